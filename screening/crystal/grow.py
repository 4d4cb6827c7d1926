"""Molecules of a crystal, from the quotient graph of its bonds."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from screening.compiled import compiled
from screening.crystal.connected import connect
from screening.crystal.lattice import CellAtoms, Contacts


@dataclass(frozen=True, slots=True)
class Molecule:
    """One connected set of cell atoms.

    atoms: (n,) indices into the cell atoms; offsets: (n, 3) the cell each one stands in, so that
    the molecule is in one piece. bonds: (m, 2) indices into `atoms`, i < j.
    dimension: 0 for a discrete molecule, 1, 2 or 3 for a chain, layer or network (whose bonds
    to the next cell are left out of `bonds`).
    """

    atoms: NDArray[np.int64]
    offsets: NDArray[np.int64]
    bonds: NDArray[np.int32]
    dimension: int


def components(n: int, bonds: Contacts) -> list[NDArray[np.int64]]:
    """Group the *n* cell atoms by connection, in the order of their first atoms."""
    label = connect(n, bonds.first, bonds.second)
    order = np.argsort(label, kind="stable")
    ends = np.cumsum(np.bincount(label)).tolist()
    return [order[start:end] for start, end in pairwise([0, *ends])]


def grow(members: NDArray[np.int64], bonds: Contacts) -> Molecule:
    """Walk the bonds from one atom, counting cells.

    Coming back to an atom in another cell gives a lattice vector along which the structure is
    infinite; the rank of these vectors is the dimension, exactly.
    """
    placed, bonded, loops = _walk(members, bonds.first, bonds.second, bonds.shift)
    dimension = int(np.linalg.matrix_rank(loops)) if len(loops) else 0
    return Molecule(members, placed, bonded, dimension)


@compiled
def _walk(members: Any, first: Any, second: Any, shift: Any) -> tuple[Any, Any, Any]:
    """Place each member in a cell by the bonds that lead to it, the nearest ones first.

    Returns the cells (n, 3); the bonds (m, 2) that lead to where their second ends are, as indices
    of the members; and the lattice vectors by which the other bonds miss the places of theirs.
    """
    place = np.full(max(members.max(), first.max() if len(first) else 0) + 1, -1)
    for i, atom in enumerate(members):
        place[atom] = i
    inside = np.flatnonzero(place[first] >= 0)
    first, second, shift = place[first[inside]], place[second[inside]], shift[inside]
    n, m = len(members), len(inside)
    start = np.zeros(n + 1, dtype=np.int64)  # of the steps that lead from each member
    for k in range(m):
        start[first[k] + 1] += 1
        start[second[k] + 1] += 1
    start = np.cumsum(start)
    end = start[:-1].copy()
    steps = np.empty((2 * m, 2), dtype=np.int64)  # the bond, and whether it is walked back
    for k in range(m):
        steps[end[first[k]], 0], steps[end[first[k]], 1] = k, 0
        end[first[k]] += 1
        steps[end[second[k]], 0], steps[end[second[k]], 1] = k, 1
        end[second[k]] += 1
    cells = np.zeros((n, 3), dtype=np.int64)
    is_placed = np.zeros(n, dtype=np.bool_)
    is_placed[0] = True
    queue = np.zeros(n, dtype=np.int64)
    n_queued = 1
    for here in queue:  # grows while it is walked
        for step in range(start[here], start[here + 1]):
            k, is_back = steps[step, 0], steps[step, 1]
            j = first[k] if is_back else second[k]
            if not is_placed[j]:
                is_placed[j] = True
                for x in range(3):
                    way = -shift[k, x] if is_back else shift[k, x]
                    cells[j, x] = cells[here, x] + way
                queue[n_queued] = j
                n_queued += 1
    loops = cells[first] + shift - cells[second]
    numbers, closing = np.empty(m, dtype=np.int64), np.empty(m, dtype=np.bool_)
    for k in range(m):
        closing[k] = loops[k, 0] != 0 or loops[k, 1] != 0 or loops[k, 2] != 0
        numbers[k] = min(first[k], second[k]) * n + max(first[k], second[k])
    numbers = np.unique(numbers[~closing])
    bonds = np.empty((len(numbers), 2), dtype=np.int32)
    for k, number in enumerate(numbers):
        bonds[k, 0], bonds[k, 1] = number // n, number % n
    return cells, bonds, loops[np.flatnonzero(closing)]


def positions(molecule: Molecule, atoms: CellAtoms) -> NDArray[np.float64]:
    """Cartesian coordinates (n, 3) in angstrom."""
    return np.asarray((atoms.fract[molecule.atoms] + molecule.offsets) @ atoms.orth.T)
