"""Called: the complexes that a name stands for."""

from sqlalchemy import Connection

from screening.errors import NotFoundError
from screening.store.details import find_complexes
from screening.store.structures import complexes_of_file, find_rejections


def find_called(connection: Connection, given: str) -> list[int]:
    """Ids of the complexes called *given*, else of those of the file with that name.

    Raises NotFoundError, which says what is known instead.
    """
    found = find_complexes(connection, given) or complexes_of_file(connection, given)
    if found:
        return found
    told = [
        f"{block or 'a block without a name'} of {file} was read and rejected: {code}: {reason}"
        for block, file, code, reason in find_rejections(connection, given)
    ]
    earlier = find_complexes(connection, given, superseded=True)
    if earlier:
        rows = ", ".join(f"'row {row}'" for row in earlier)
        told.append(f"an earlier reading held it, as smmdb show {rows} tells")
    if told:
        raise NotFoundError("\n".join(told))
    raise NotFoundError(
        f"no complex is called {given!r}; give a refcode, COD id, CCDC number or block name, as "
        "`smmdb find` prints it, or the name of its file"
    )
