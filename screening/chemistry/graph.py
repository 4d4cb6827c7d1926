"""Graph: the bonds of a complex as neighbour lists, read once for all of chemistry."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.adjacency import neighbours as adjacency
from screening.compiled import compiled
from screening.crystal.complex import Complex
from screening.elements import IS_METAL, METAL_CENTRES, METALS

Neighbours = list[tuple[int, ...]]
"""Of each atom indices of others, in ascending order."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A complex as elements and neighbours.

    elements: atomic number of each atom; neighbours: the atoms bonded to each.
    around: of each atom that is no metal the neighbours that are none; near: of each heavy one of
    these the heavy ones. metals: of each atom that is none its metals, where it has any.
    centres: indices of the metal centres (alkali and alkaline-earth ions are none).
    donors: of each centre the bonded atoms that are no metal, in ascending order; lengths: how far
    each of them is, angstrom.
    """

    elements: tuple[int, ...]
    neighbours: Neighbours
    around: Neighbours
    near: Neighbours
    metals: dict[int, list[int]]
    centres: tuple[int, ...]
    donors: dict[int, tuple[int, ...]]
    lengths: dict[int, NDArray[np.float64]]


def read_graph(complex_: Complex) -> Graph:
    """Neighbour lists of *complex_*."""
    z = complex_.atomic_numbers
    elements = tuple(z.tolist())
    neighbours, near = map(_lists, _read(complex_.bonds, z, IS_METAL))
    around = list(neighbours)
    metals: dict[int, list[int]] = {}
    donors = {}
    for metal in [i for i, element in enumerate(elements) if element in METALS]:
        bonded = tuple([j for j in neighbours[metal] if elements[j] not in METALS])
        for atom in bonded:
            metals.setdefault(atom, []).append(metal)
        around[metal] = ()
        if elements[metal] in METAL_CENTRES:
            donors[metal] = bonded
    for atom, bound in metals.items():
        around[atom] = tuple([j for j in neighbours[atom] if j not in bound])
    return Graph(
        elements,
        neighbours,
        around,
        near,
        metals,
        tuple(donors),
        donors,
        {i: _lengths(complex_.positions, i, atoms) for i, atoms in donors.items()},
    )


@compiled
def _read(bonds: Any, z: Any, is_metal: Any) -> Any:
    """Neighbours of each atom, and those among the heavy ones that are no metals.

    is_metal: by atomic number.
    """
    is_any, is_heavy = np.ones(len(z), dtype=np.bool_), np.empty(len(z), dtype=np.bool_)
    for i in range(len(z)):
        is_heavy[i] = z[i] > 1 and not is_metal[z[i]]
    return adjacency(bonds, is_any), adjacency(bonds, is_heavy)


def _lists(around: tuple[NDArray[np.int64], NDArray[np.int64]]) -> Neighbours:
    start, items = around
    flat = tuple(items.tolist())
    return [flat[first:last] for first, last in pairwise(start.tolist())]


def _lengths(
    positions: NDArray[np.float64], metal: int, donors: Sequence[int]
) -> NDArray[np.float64]:
    apart = positions[list(donors)] - positions[metal]
    lengths: NDArray[np.float64] = np.sqrt((apart * apart).sum(axis=1))
    return lengths


def parts(
    atoms: Iterable[int], bonds: Sequence[Iterable[int]] | Mapping[int, Iterable[int]]
) -> Iterator[list[int]]:
    """The parts in which *atoms* hang together, in the order of their first atoms.

    bonds: of each atom those of *atoms* that are bonded to it.
    """
    seen: set[int] = set()
    for start in atoms:
        if start in seen:
            continue
        seen.add(start)
        part = [start]
        for atom in part:
            for other in bonds[atom]:
                if other not in seen:
                    seen.add(other)
                    part.append(other)
        yield part
