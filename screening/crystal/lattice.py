"""The unit cell filled with atoms, and which of them are near each other across its walls."""

from dataclasses import dataclass

import gemmi
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from screening.crystal.sites import Sites
from screening.crystal.symmetry import Symmetry
from screening.crystal.verdict import RefusalError

_SAME_PLACE = 0.3
"""Angstrom: images of one site this close are one atom on a special position."""
MAX_CELL_ATOMS = 100_000


@dataclass(frozen=True, slots=True)
class CellAtoms:
    """The atoms of one unit cell.

    site: (n,) index into the sites; operation: (n,) index of the operation that made the atom.
    fract: (n, 3) in [0, 1). order: (n,) how many operations leave the atom where it is.
    atomic_numbers: (n,). orth: (3, 3), column vectors a, b, c in angstrom.
    """

    site: NDArray[np.int64]
    operation: NDArray[np.int64]
    fract: NDArray[np.float64]
    order: NDArray[np.int64]
    atomic_numbers: NDArray[np.int64]
    orth: NDArray[np.float64]

    def take(self, index: NDArray[np.int64]) -> "CellAtoms":
        """Return the atoms of *index*."""
        return CellAtoms(
            self.site[index],
            self.operation[index],
            self.fract[index],
            self.order[index],
            self.atomic_numbers[index],
            self.orth,
        )


@dataclass(frozen=True, slots=True)
class Contacts:
    """Pairs of atoms: *second* displaced by *shift* cells is at *distance* angstrom from *first*.

    first, second: (m,); shift: (m, 3) int64; distance: (m,).
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    shift: NDArray[np.int64]
    distance: NDArray[np.float64]

    def take(self, keep: NDArray[np.bool_]) -> "Contacts":
        """Return the pairs where *keep* is true."""
        return Contacts(self.first[keep], self.second[keep], self.shift[keep], self.distance[keep])


def fill(sites: Sites, symmetry: Symmetry, cell: gemmi.UnitCell) -> CellAtoms:
    """Put every site through every operation; a special position becomes one averaged atom.

    Raises RefusalError (too_many_atoms).
    """
    orth = np.array(cell.orth.mat.tolist())
    n, m = len(sites.labels), len(symmetry.rotations)
    if n * m > 4 * MAX_CELL_ATOMS:
        raise RefusalError(
            "too_many_atoms", f"{n} sites times {m} operations; the limit is {MAX_CELL_ATOMS} atoms"
        )
    fract = _on_special_positions(sites.fract, symmetry, orth)
    images = np.einsum("mij,nj->nmi", symmetry.rotations, fract) + symmetry.translations
    images -= np.floor(images)
    images[images >= 1.0] = 0.0
    delta = images - images[:, :1]
    delta -= np.rint(delta)
    stays = np.einsum("ij,nmj->nmi", orth, delta)
    order = (np.linalg.norm(stays, axis=2) < _SAME_PLACE).sum(axis=1)
    keep = np.ones((n, m), dtype=bool)
    for i in np.flatnonzero(order > 1):
        apart = images[i][:, None] - images[i][None]
        apart -= np.rint(apart)
        same = np.linalg.norm(apart @ orth.T, axis=2) < _SAME_PLACE
        keep[i] = ~np.any(np.tril(same, -1), axis=1)
    site, operation = np.nonzero(keep)
    if len(site) > MAX_CELL_ATOMS:
        raise RefusalError(
            "too_many_atoms", f"{len(site)} atoms in the cell; the limit is {MAX_CELL_ATOMS}"
        )
    numbers = sites.atomic_numbers[site]
    return CellAtoms(site, operation, images[site, operation], order[site], numbers, orth)


def _on_special_positions(
    fract: NDArray[np.float64], symmetry: Symmetry, orth: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Average each site over the operations that move it by almost nothing."""
    images = np.einsum("mij,nj->nmi", symmetry.rotations, fract) + symmetry.translations
    delta = images - fract[:, None]
    delta -= np.rint(delta)
    near = np.linalg.norm(np.einsum("ij,nmj->nmi", orth, delta), axis=2) < _SAME_PLACE
    mean = np.einsum("nm,nmi->ni", near, delta) / np.maximum(near.sum(axis=1), 1)[:, None]
    return np.asarray(fract + mean)


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
    reciprocal = np.linalg.inv(atoms.orth)
    margin = radius * np.linalg.norm(reciprocal, axis=1)
    reach = np.floor(margin).astype(np.int64) + 1
    grid = [np.arange(-r, r + 1) for r in reach]
    shifts = np.array(np.meshgrid(*grid, indexing="ij")).reshape(3, -1).T
    base = atoms.fract[first]
    low, high = (base.min(axis=0), base.max(axis=0)) if first.size else (0.0, 0.0)
    found = []
    for shift in shifts:
        moved = atoms.fract[second] + shift
        inside = np.all((moved >= low - margin) & (moved <= high + margin), axis=1)
        if inside.any():
            found.append((np.flatnonzero(inside), shift))
    if not found:
        empty = np.empty(0, dtype=np.int64)
        return Contacts(empty, empty, np.empty((0, 3), dtype=np.int64), np.empty(0))
    target = np.concatenate([second[index] for index, _ in found])
    moved_by = np.repeat([s for _, s in found], [len(i) for i, _ in found], axis=0)
    tree = cKDTree(base @ atoms.orth.T)
    other = cKDTree((atoms.fract[target] + moved_by) @ atoms.orth.T)
    pairs = tree.sparse_distance_matrix(other, radius, output_type="ndarray")
    i, j = first[pairs["i"]], target[pairs["j"]]
    shift = moved_by[pairs["j"]]
    real = (i != j) | np.any(shift != 0, axis=1)
    return Contacts(i[real], j[real], shift[real], pairs["v"][real])
