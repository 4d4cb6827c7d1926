"""Graph: the bonds of a complex as neighbour lists, read once for all of chemistry."""

from dataclasses import dataclass

from screening.crystal.complex import Complex
from screening.elements import METAL_CENTRES, METALS


@dataclass(frozen=True, slots=True)
class Graph:
    """A complex as elements and neighbours.

    elements: atomic number of each atom; neighbours: indices of the atoms bonded to each.
    centres: indices of the metal centres (alkali and alkaline-earth ions are none).
    donors: of each centre the bonded atoms that are no metal, in ascending order.
    """

    elements: tuple[int, ...]
    neighbours: tuple[tuple[int, ...], ...]
    centres: tuple[int, ...]
    donors: dict[int, tuple[int, ...]]


def read_graph(complex_: Complex) -> Graph:
    """Neighbour lists of *complex_*."""
    elements = tuple(complex_.atomic_numbers.tolist())
    around: list[list[int]] = [[] for _ in elements]
    for a, b in complex_.bonds.tolist():
        around[a].append(b)
        around[b].append(a)
    neighbours = tuple(tuple(sorted(atoms)) for atoms in around)
    centres = tuple(i for i, z in enumerate(elements) if z in METAL_CENTRES)
    donors = {i: tuple(j for j in neighbours[i] if elements[j] not in METALS) for i in centres}
    return Graph(elements, neighbours, centres, donors)
