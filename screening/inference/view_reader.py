"""ViewReader: what a version is to see of complexes, read from the database and made into views."""

from collections.abc import Sequence
from typing import Any, cast

from numpy.typing import NDArray
from sqlalchemy import Connection

from screening.errors import InputError, IntegrityError
from screening.store.key_ranges import KeyRanges
from screening.store.predictions import Atoms, read_atoms, read_grids
from screening.voxel.molecules import pack
from screening.voxel.views import Views

Seen = bytes | Atoms
"""Of one complex as it is stored: its grid, or its atoms where views are drawn from them."""


class ViewReader:
    """Reads complexes that a version has not scored, and draws or decodes its views of them."""

    def __init__(self, views: Views, version_id: int, spec_id: int) -> None:
        self.views = views
        self._version_id = version_id
        self._spec_id = spec_id

    @property
    def failure(self) -> str:
        """Code of a complex whose views cannot be made."""
        return "damaged_grid" if self.views.source == "grid" else "damaged_atoms"

    def read(self, connection: Connection, keys: KeyRanges) -> list[tuple[int, Seen]]:
        """(complex id, what is stored) of those of *keys* that still have no score."""
        read = read_grids if self.views.source == "grid" else read_atoms
        return [*read(connection, self._version_id, self._spec_id, keys)]

    def fill(self, stored: Sequence[Seen], out: NDArray[Any]) -> None:
        """Make the views of n complexes, each in its place of *out* (n, k, d, d, d).

        Raises:
            IntegrityError: when what is stored of one of them cannot be made into views.
        """
        if self.views.source == "grid":
            self.views.decode(cast("Sequence[bytes]", stored), out)
            return
        try:
            self.views.draw(pack(cast("Sequence[Atoms]", stored)), out)
        except InputError as error:
            raise IntegrityError(f"the stored atoms cannot be drawn: {error}") from error
