"""Cut: the pieces of a complex that are left when all bonds to metals are cut."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from screening.chemistry.graph import Graph, Neighbours, parts
from screening.elements import METALS
from screening.formula import hill

_ADDENDA: Final = frozenset({23, 41, 42, 73, 74})  # V, Nb, Mo, Ta, W
_OXYGEN: Final = 8
LONE_PAIR_DONORS: Final = frozenset({7, 8, 16, 34, 52})
"""N, O, S, Se, Te: neighbours that bind a metal through a lone pair each (peroxide, pyrazolate)."""
_MIN_ADDENDA: Final = 5
"""Of a polyoxometalate: V4O12 and the Mo3 clusters stay below, [W5O18]6- does not."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One ligand as atoms.

    atoms: indices into the complex, ascending; donors: (metal, donor) pairs of atom indices.
    formula: in the Hill order.
    is_polyoxometalate: its addenda metals (V, Nb, Mo, Ta, W) are part of it.
    """

    atoms: tuple[int, ...]
    donors: tuple[tuple[int, int], ...]
    formula: str
    is_polyoxometalate: bool = False


def cut(graph: Graph) -> tuple[Fragment, ...]:
    """Cut all bonds to metals; a polyoxometalate stays in one piece with its own metals.

    In the order of their first atoms. A polyoxometalate alone is one fragment without donors.
    """
    addenda = _addenda(graph)
    kept = [i for i, z in enumerate(graph.elements) if z not in METALS or i in addenda]
    bonds = _with_addenda(graph, addenda) if addenda else graph.around
    return tuple([_fragment(graph, sorted(piece), addenda) for piece in parts(kept, bonds)])


def _fragment(graph: Graph, piece: Sequence[int], addenda: frozenset[int]) -> Fragment:
    outside = [
        (metal, atom)
        for atom in piece
        for metal in graph.metals.get(atom, ())
        if metal not in addenda
    ]
    return Fragment(
        atoms=tuple(piece),
        donors=tuple(outside),
        formula=hill([graph.elements[i] for i in piece]),
        is_polyoxometalate=not addenda.isdisjoint(piece),
    )


def _with_addenda(graph: Graph, addenda: frozenset[int]) -> Neighbours:
    """The bonds between kept atoms, but not those between two addenda metals."""
    return [
        graph.around[i] + tuple(j for j in graph.metals.get(i, ()) if j in addenda)
        if i not in addenda
        else graph.donors[i]
        for i in range(len(graph.elements))
    ]


def _addenda(graph: Graph) -> frozenset[int]:
    """The metals of polyoxometalates: five or more V, Nb, Mo, Ta, W with only O around them.

    They are joined by shared O, and each has an O that binds nothing else.
    """
    candidates = {
        i
        for i in graph.centres
        if graph.elements[i] in _ADDENDA
        and len(graph.donors[i]) >= 4
        and all(graph.elements[j] == _OXYGEN for j in graph.donors[i])
        and any(len(graph.neighbours[j]) == 1 for j in graph.donors[i])
    }
    found: set[int] = set()
    while candidates:
        cluster, stack = set(), [candidates.pop()]
        while stack:
            metal = stack.pop()
            cluster.add(metal)
            near = {k for j in graph.donors[metal] for k in graph.neighbours[j]} & candidates
            candidates -= near
            stack.extend(near)
        if len(cluster) >= _MIN_ADDENDA:
            found |= cluster
    return frozenset(found)


def side_on_groups(graph: Graph, donors: Iterable[int]) -> list[tuple[int, ...]]:
    """Donors to one metal, those bonded to each other together: (5 C of a cyclopentadienyl)."""
    inside = set(donors)
    bonds = {i: inside.intersection(graph.around[i]) for i in inside}
    return [tuple(sorted(group)) for group in parts(sorted(inside), bonds)]


def donor_set(elements: Iterable[int]) -> str:
    """Donor elements as one word in Hill order: "N2O2"."""
    return hill(elements).replace(" ", "")
