"""Source names: the files that structures came from, without their folders and archives."""

from difflib import get_close_matches

from sqlalchemy import Connection, text

from screening.crystal.source import ENDING
from screening.errors import NotFoundError

_MOST_ALIKE = 3

STEM = f"lower(regexp_replace(regexp_replace(f.name, '^.*[/!]', ''), '{ENDING}', '', 'i'))"
"""SQL: the name of a file `f` as `crystal.source.stem` has it, in small letters."""


def check_file_name(connection: Connection, name: str) -> None:
    """Raise NotFoundError, naming files called alike, where no structure came from a file *name*.

    Of a file with many molecules that is the name of the whole file.
    """
    names = connection.scalars(_NAMES).all()
    if name in names:
        return
    alike = get_close_matches(name, names, _MOST_ALIKE)
    meant = f" Is {' or '.join(map(repr, alike))} meant?" if alike else ""
    raise NotFoundError(
        f"no structure here came from a file called {name!r}, so its values would wait for ever."
        f"{meant} Otherwise ingest that file first"
    )


# As the view `properties` reads a name: without the number of a molecule in its file, the archive
# and the folders.
_NAMES = text(r"""
    select distinct regexp_replace(regexp_replace(name, '![\d-]+$', ''), '^.*[/!]', '')
    from source_file""")
