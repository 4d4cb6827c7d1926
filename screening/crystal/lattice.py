"""The unit cell filled with atoms, and which of them are near each other across its walls."""

from dataclasses import dataclass
from typing import NamedTuple

import gemmi
import numpy as np
from numpy.typing import NDArray

from screening.crystal.images import all_images
from screening.crystal.near import near_pairs
from screening.crystal.precedence import precedence
from screening.crystal.sites import Sites
from screening.crystal.symmetry import Symmetry
from screening.crystal.verdict import RefusalError
from screening.words import counted

MAX_CELL_ATOMS = 100_000
_GRID = 1000
_DIGITS = np.array([_GRID**2, _GRID, 1.0])
_BOX = 3.0
_MAX_IN_BOX = 200  # real crystals have fewer than ten, with all their disorder fewer than a hundred


@dataclass(frozen=True, slots=True, eq=False)
class CellAtoms:
    """The atoms of one unit cell, or of a molecule without one.

    site: (n,) index into the sites; operation: (n,) index of the operation that made the atom.
    fract: (n, 3) in [0, 1). order: (n,) how many operations leave the atom where it is.
    atomic_numbers: (n,). orth: (3, 3), column vectors a, b, c in angstrom.
    shared: (n,) whether a metal that was left out had the same place.
    periodic: False where nothing repeats; then fract is Cartesian and orth the unit matrix.
    """

    site: NDArray[np.int64]
    operation: NDArray[np.int64]
    fract: NDArray[np.float64]
    order: NDArray[np.int64]
    atomic_numbers: NDArray[np.int64]
    orth: NDArray[np.float64]
    shared: NDArray[np.bool_]
    periodic: bool = True

    def take(self, index: NDArray[np.int64]) -> "CellAtoms":
        """Return the atoms of *index*."""
        return CellAtoms(
            self.site[index],
            self.operation[index],
            self.fract[index],
            self.order[index],
            self.atomic_numbers[index],
            self.orth,
            self.shared[index],
            self.periodic,
        )


class Contacts(NamedTuple):
    """Pairs of atoms: *second* displaced by *shift* cells is at *distance* angstrom from *first*.

    first, second: (m,); shift: (m, 3) int64; distance: (m,).
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    shift: NDArray[np.int64]
    distance: NDArray[np.float64]

    def take(self, keep: NDArray[np.bool_]) -> "Contacts":
        """Return the pairs where *keep* is true."""
        index = keep.nonzero()[0]
        return Contacts(
            self.first.take(index),
            self.second.take(index),
            self.shift.take(index, axis=0),
            self.distance.take(index),
        )


def joined(parts: list[Contacts]) -> Contacts:
    """Return all pairs of *parts* as one list."""
    return Contacts(*map(np.concatenate, zip(*parts, strict=True)))


def fill(sites: Sites, symmetry: Symmetry, cell: gemmi.UnitCell, notes: list[str]) -> CellAtoms:
    """Put every site through every operation; a special position becomes one averaged atom.

    Sites that the file lists although symmetry makes them from another one (so do some exports)
    count once. Raises RefusalError (too_many_atoms, overlapping_atoms).
    """
    orth = np.array(cell.orth.mat.tolist())
    n, m = len(sites.labels), len(symmetry.rotations)
    if n * m > 4 * MAX_CELL_ATOMS:
        raise RefusalError(
            "too_many_atoms", f"{n} sites times {m} operations; the limit is {MAX_CELL_ATOMS} atoms"
        )
    site, operation, places, order = all_images(
        sites.fract, symmetry.rotations, symmetry.translations, orth
    )
    once = _first_at_each_place(sites, site, places, notes)
    if len(once) < len(site):
        site, operation, places = site[once], operation[once], places[once]
    _check_density(sites, site, places @ orth.T)
    if len(site) > MAX_CELL_ATOMS:
        raise RefusalError(
            "too_many_atoms", f"{len(site)} atoms in the cell; the limit is {MAX_CELL_ATOMS}"
        )
    numbers = sites.atomic_numbers[site]
    unshared = np.zeros(len(site), dtype=bool)
    return CellAtoms(site, operation, places, order[site], numbers, orth, unshared)


def _first_at_each_place(
    sites: Sites, site: NDArray[np.int64], places: NDArray[np.float64], notes: list[str]
) -> NDArray[np.int64]:
    """Return the rows that come first of their element and disorder group at their place."""
    grid = np.rint(places * _GRID)
    grid[grid == _GRID] = 0.0  # the wall of the next cell
    numbers = grid @ _DIGITS  # far faster to compare than rows
    ordered = np.sort(numbers)
    if (ordered[1:] != ordered[:-1]).all():
        return np.arange(len(site))
    kind = sites.atomic_numbers * (len(sites.labels) + 1) + sites.group_number
    numbers = numbers.astype(np.int64) + kind[site] * _GRID**3
    order = np.argsort(precedence(sites)[site], kind="stable")
    _, first = np.unique(numbers[order], return_index=True)
    first = np.sort(order[first])
    lost = np.setdiff1d(site, site[first])
    if lost.size:
        notes.append(
            f"{counted(lost.size, 'site')} on the place of another one left out: "
            + ", ".join(sites.labels[i] for i in lost[:3])
            + (", ..." if lost.size > 3 else "")
        )
    return np.asarray(first)


def without_lattice(sites: Sites) -> CellAtoms:
    """Take the sites, whose coordinates are Cartesian (angstrom), as they are: nothing repeats.

    Raises RefusalError (overlapping_atoms).
    """
    n = len(sites.labels)
    every = np.arange(n)
    _check_density(sites, every, sites.fract)
    return CellAtoms(
        site=every,
        operation=np.zeros(n, dtype=np.int64),
        fract=sites.fract,
        order=np.ones(n, dtype=np.int64),
        atomic_numbers=sites.atomic_numbers,
        orth=np.eye(3),
        shared=np.zeros(n, dtype=bool),
        periodic=False,
    )


def _check_density(sites: Sites, site: NDArray[np.int64], positions: NDArray[np.float64]) -> None:
    """Refuse heaps of atoms, whose pairs would fill the memory."""
    if len(site) <= _MAX_IN_BOX:
        return
    x, y, z = np.floor(positions.T / _BOX).astype(np.int64)
    numbers = (x * (np.ptp(y) + 1) + y) * (np.ptp(z) + 1) + z
    ordered = np.sort(numbers)
    if (ordered[_MAX_IN_BOX:] == ordered[:-_MAX_IN_BOX]).any():
        boxes, counts = np.unique(numbers, return_counts=True)
        count = counts.max()
        label = sites.labels[site[(numbers == boxes[counts.argmax()]).argmax()]]
        raise RefusalError(
            "overlapping_atoms",
            f"{count} atoms in a cube of {_BOX:g} angstrom around {label}",
        )


def contacts(
    atoms: CellAtoms,
    radius: float,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
) -> Contacts:
    """Find every pair of a *first* atom and any lattice image of a *second* one within *radius*.

    All images count, not only the nearest, so that small cells are right. A pair of two atoms
    that are in both lists comes twice, once from each side.
    """
    return contacts_within(atoms, np.full(len(atoms.site), radius / 2), first, second)


def contacts_within(
    atoms: CellAtoms,
    reach: NDArray[np.float64],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
) -> Contacts:
    """Like `contacts`, of the pairs no farther apart than their two *reach* (n,) together."""
    i, j, shift, distance = near_pairs(
        atoms.fract, atoms.orth, reach, first, second, atoms.periodic
    )
    return Contacts(i, j, shift, distance)
