"""Ligand name: which class of ligands a person means."""

from sqlalchemy import Connection

from screening.chemistry.ligands.abbreviation import ABBREVIATIONS
from screening.errors import InputError
from screening.store.ranking import has_ligand_class, known_ligand_classes


def ligand_class(connection: Connection, given: str) -> str:
    """The class that *given* names: itself, its abbreviation (POM), or the only one it begins.

    Raises InputError for one that no complex has, or that several begin with.
    """
    wanted = ABBREVIATIONS.get(_spelled(given), given.strip().lower())
    for name in (wanted, f"{wanted}-type"):  # by an index; all classes are a look at every row
        if has_ligand_class(connection, name):
            return name
    known = known_ligand_classes(connection)
    spelled = _spelled(wanted)
    found = [name for name in known if _spelled(name) == spelled]
    found = found or [name for name in known if spelled and _spelled(name).startswith(spelled)]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        raise InputError(f"{given!r} can mean several ligand classes: {', '.join(found)}")
    if not known:
        raise InputError(
            "no complex has a ligand class yet; `smmdb reingest` finds them in structures that an "
            "older smmdb has read"
        )
    raise InputError(f"no complex has a ligand of the class {given!r}; known: {', '.join(known)}")


def _spelled(name: str) -> str:
    """A class as people write it: blanks, hyphens and underscores are one."""
    return name.strip().lower().replace("_", "-").replace(" ", "-")
