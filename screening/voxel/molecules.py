"""Molecules: many molecules packed end to end, as drawing takes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.compiled import compiled
from screening.elements import IS_CENTRE, MAX_ATOMIC_NUMBER
from screening.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Molecules:
    """m molecules of n atoms in all.

    atomic_numbers: (n,) uint8, 1 to 118.
    positions: (n, 3) float32 angstrom, as the database stores them, so that a grid can be drawn
        again from the stored atoms without a changed voxel.
    starts: (m + 1,) int64; molecule i has the atoms from starts[i] to before starts[i + 1].
    centres: (m, 3) float64 angstrom, the middle of each box.
    """

    atomic_numbers: NDArray[np.uint8]
    positions: NDArray[np.float32]
    starts: NDArray[np.int64]
    centres: NDArray[np.float64]

    def __post_init__(self) -> None:
        n, m = len(self.atomic_numbers), len(self.starts) - 1
        kinds = (self.atomic_numbers, self.positions, self.starts, self.centres)
        if [kind.dtype for kind in kinds] != [np.uint8, np.float32, np.int64, np.float64]:
            raise InputError(f"molecules: wrong types of numbers: {[k.dtype.name for k in kinds]}")
        if self.positions.shape != (n, 3):
            raise InputError(f"positions have shape {self.positions.shape} for {n} atomic numbers")
        if m < 0 or self.starts[0] != 0 or self.starts[m] != n or (np.diff(self.starts) < 0).any():
            raise InputError("molecules: the starts must lead from 0 to the number of atoms")
        _check_atoms(self.atomic_numbers, self.positions)
        if self.centres.shape != (m, 3) or not np.isfinite(self.centres).all():
            raise InputError("the centre of a grid must be three finite numbers")

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, rows: NDArray[np.intp]) -> "Molecules":
        """The molecules of some rows, in that order; a row may come again."""
        counts = np.diff(self.starts)[rows]
        starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        atoms = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], counts)
        return Molecules(
            self.atomic_numbers[atoms], self.positions[atoms], starts, self.centres[rows]
        )


def pack(
    molecules: Sequence[tuple[NDArray[np.integer], NDArray[np.floating]]],
    centres: NDArray[np.floating] | None = None,
) -> Molecules:
    """Pack molecules, each its atomic numbers (n,) and positions (n, 3) in angstrom.

    Without *centres* (m, 3) each box is centred on the mean position of the metal centres.

    Raises:
        InputError: for atoms that cannot be drawn, or a molecule that has no centre.
    """
    for elements, places in molecules:
        if np.ndim(elements) != 1 or np.shape(places) != (len(elements), 3):
            raise InputError(
                f"positions have shape {np.shape(places)}, atomic numbers have {np.shape(elements)}"
            )
    counts = [len(elements) for elements, _ in molecules]
    starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    joined = np.concatenate([np.empty(0, np.uint8), *(elements for elements, _ in molecules)])
    with np.errstate(over="ignore"):  # too large for single precision: refused as not finite
        positions = np.concatenate(
            [np.empty((0, 3), np.float32), *(places for _, places in molecules)]
        ).astype(np.float32)
    _check_atoms(joined, positions)
    numbers = joined.astype(np.uint8)
    if centres is None:
        middles = np.empty((len(counts), 3))
        _centroids(middles, numbers, positions, starts, IS_CENTRE)
        lost = np.flatnonzero(np.isnan(middles[:, 0]))
        if len(lost):
            raise InputError(f"molecule {lost[0]} has no metal centre, so its grid has no middle")
    else:
        middles = np.asarray(centres, dtype=np.float64)
    return Molecules(numbers, positions, starts, middles)


def _check_atoms(numbers: NDArray[np.integer], positions: NDArray[np.float32]) -> None:
    if len(numbers) and not 1 <= numbers.min() <= numbers.max() <= MAX_ATOMIC_NUMBER:
        raise InputError(f"atomic numbers must lie between 1 and {MAX_ATOMIC_NUMBER}")
    if not np.isfinite(positions).all():
        raise InputError("atom positions must be finite numbers")


def _centroids_of(
    centroids: NDArray[np.float64],
    numbers: NDArray[np.uint8],
    positions: NDArray[np.float32],
    starts: NDArray[np.int64],
    is_metal: NDArray[np.bool_],
) -> None:
    for molecule in range(len(centroids)):
        atoms = np.arange(starts[molecule], starts[molecule + 1])
        metals = atoms[is_metal[numbers[atoms]]]
        for axis in range(3):
            # Sorted, since a sum of floats depends on the order of the atoms and the grid must not.
            total = 0.0
            for place in np.sort(positions[metals, axis]):
                total += place
            centroids[molecule, axis] = total / len(metals) if len(metals) else np.nan


_centroids: Final[Callable[..., None]] = compiled(_centroids_of)
