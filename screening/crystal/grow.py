"""Molecules of a crystal, from the quotient graph of its bonds."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return np.split(order, cuts) if n else []


def grow(members: NDArray[np.int64], bonds: Contacts) -> Molecule:
    """Walk the bonds from one atom, counting cells.

    Coming back to an atom in another cell gives a lattice vector along which the structure is
    infinite; the rank of these vectors is the dimension, exactly.
    """
    position = {int(atom): i for i, atom in enumerate(members)}
    inside = np.isin(bonds.first, members)
    steps: list[list[tuple[int, tuple[int, int, int]]]] = [[] for _ in members]
    edges: list[tuple[int, int, tuple[int, int, int]]] = []
    for a, b, (s, t, u) in zip(
        bonds.first[inside].tolist(),
        bonds.second[inside].tolist(),
        bonds.shift[inside].tolist(),
        strict=True,
    ):
        i, j = position[a], position[b]
        edges.append((i, j, (s, t, u)))
        steps[i].append((j, (s, t, u)))
        steps[j].append((i, (-s, -t, -u)))
    offsets: list[tuple[int, int, int] | None] = [None] * len(members)
    offsets[0] = (0, 0, 0)
    queue = deque([0])
    while queue:
        i = queue.popleft()
        base = offsets[i]
        assert base is not None
        for j, (s, t, u) in steps[i]:
            if offsets[j] is None:
                offsets[j] = (base[0] + s, base[1] + t, base[2] + u)
                queue.append(j)
    n = len(members)
    placed = np.array(offsets, dtype=np.int64)
    first = np.array([i for i, _, _ in edges], dtype=np.int64)
    second = np.array([j for _, j, _ in edges], dtype=np.int64)
    shift = np.array([s for _, _, s in edges], dtype=np.int64).reshape(-1, 3)
    loops = placed[first] + shift - placed[second]
    closing = np.any(loops != 0, axis=1)
    dimension = (
        int(np.linalg.matrix_rank(np.unique(loops[closing], axis=0))) if closing.any() else 0
    )
    inner = ~closing
    low, high = np.minimum(first, second)[inner], np.maximum(first, second)[inner]
    bonded = np.stack(np.divmod(np.unique(low * n + high), n), axis=1).astype(np.int32)
    return Molecule(members, placed, bonded, dimension)


def positions(molecule: Molecule, atoms: CellAtoms) -> NDArray[np.float64]:
    """Cartesian coordinates (n, 3) in angstrom."""
    return np.asarray((atoms.fract[molecule.atoms] + molecule.offsets) @ atoms.orth.T)
