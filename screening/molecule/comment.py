"""The second line of an xyz frame: identifier, pairs of key and value, other words."""

import re
from typing import Final

from screening.crystal.verdict import RefusalError
from screening.molecule.record import Record, as_refcode, printable

_PAIR = re.compile(r"""([^\W\d][\w.-]*)\s*=\s*("[^"]*"|'[^']*'|\{[^}]*\}|[^\s|]+)""")
_FIRST = re.compile(r"""\s*(?:"([^"]+)"|([^\s|="]+))(?!\s*=)(?=[\s|]|$)""")
_WHOLE = re.compile(r"[+-]?\d{1,3}(?:\.0*)?")
_NO_NAME = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|[+-]?\d+\.\d+")
"""First words that name no molecule: the date of molSimplify, the energy of CREST."""
_KEY = re.compile(r"\b(energy|gnorm|charge|mult|multiplicity|spin|xtb) *: +(?=\S)", re.IGNORECASE)
"""A key with a colon in place of the sign of equality, as xtb and others write it."""
_ORCA = re.compile(r"Coordinates from ORCA-job (\S+)")
_FILE = re.compile(
    r"(?:.*[/\\])?([^/\\]+)\.(?:xyz|mol2?|sdf|pdb|cif|log|out|gjf|com|inp)", re.IGNORECASE
)
_NAMES: Final = ("csd_code", "refcode", "identifier", "name", "id")
_CHARGES: Final = ("q", "charge", "total_charge")
_FORMULAS: Final = ("formula", "stoichiometry")
_MAX_COMMENT = 100_000


def read_comment(text: str, record: Record) -> None:
    """Put what a comment line says into *record*.

    The first word is the identifier (in quotes it may hold blanks; of the name of a file its
    stem), unless it is the key of a pair, a date or an energy; then a pair such as
    `CSD_code = ABCDEF` may name it. It is a CSD refcode when it has the form of one and only
    pairs, or at least one, follow. Raises RefusalError (syntax, periodic).
    """
    if len(text) > _MAX_COMMENT:
        raise RefusalError("syntax", f"the comment line has {len(text)} characters")
    text = _KEY.sub(r"\1=", _ORCA.sub(r"\1", text))
    first = _FIRST.match(text)
    if first and _NO_NAME.fullmatch(first.group(1) or first.group(2)):
        first = None
    rest = text[first.end() :] if first else text
    name = (first.group(1) or first.group(2)).strip(" ,;:") if first else ""
    if file := _FILE.fullmatch(name):
        name = file.group(1)
    found = [(key, _bare(value)) for key, value in _PAIR.findall(rest)]
    pairs = {key.lower(): value for key, value in reversed(found)}  # the first of a key counts
    for key, value in found:
        record.state(key, value)
    record.words = [w for w in _PAIR.sub(" ", rest).replace("|", " ").split() if w.strip(",;:")]
    named = next((pairs[key] for key in _NAMES if pairs.get(key)), "")
    record.name = printable(name or named) or None
    record.refcode = _refcode(name, pairs, record.words)
    record.formula = next((printable(pairs[key]) for key in _FORMULAS if pairs.get(key)), None)
    record.charge = stated_charge(pairs, record.notes)
    record.is_synthetic = pairs.get("smmdb_synthetic", "").lower() == "yes"
    _check_lattice(pairs)


def columns_of(record: Record) -> tuple[int, int]:
    """Where an atom line holds element and x: the Properties of an extended xyz file, or 0, 1.

    Raises RefusalError (syntax).
    """
    layout = next((v for k, v in record.stated.items() if k.lower() == "properties"), None)
    if layout is None:
        return 0, 1
    parts = layout.split(":")
    where: dict[str, int] = {}
    column = 0
    for name, width in zip(parts[::3], parts[2::3], strict=False):
        where[name.lower()] = column
        column += int(width) if width.isascii() and width.isdigit() else 0
    element = where.get("species", where.get("z"))
    if element is None or "pos" not in where:
        raise RefusalError("syntax", f"Properties={layout[:80]} names no species or no pos")
    return element, where["pos"]


def _bare(value: str) -> str:
    return value[1:-1] if value[0] in "\"'{" and len(value) > 1 else value


def _refcode(name: str, pairs: dict[str, str], words: list[str]) -> str | None:
    for key in ("csd_code", "refcode"):
        if stated := as_refcode(pairs.get(key, "").upper()):
            return stated
    # "POSCAR made by some program" names no crystal structure of the CSD
    return as_refcode(name) if pairs or not words else None


def stated_charge(pairs: dict[str, str], notes: list[str]) -> int | None:
    """Charge (e) of the pairs (keys in lower case); one that is no whole number is noted."""
    for key in _CHARGES:
        if key in pairs:
            if _WHOLE.fullmatch(pairs[key]):
                return int(float(pairs[key]))
            notes.append(f"{key}={printable(pairs[key])} is no whole charge")
    return None


def _check_lattice(pairs: dict[str, str]) -> None:
    if "lattice" not in pairs or not pairs.get("lattice", "").strip(" 0.,"):
        return
    flags = pairs.get("pbc", "T T T").replace(",", " ").split()
    if any(flag.strip("[]\"'").lower() in {"t", "true", "1"} for flag in flags):
        raise RefusalError(
            "periodic", "the comment gives a Lattice, so atoms may be bonded across its walls"
        )
