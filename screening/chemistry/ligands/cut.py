"""Cut: the pieces of a complex that are left when all bonds to metals are cut."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from screening.chemistry.graph import Graph
from screening.elements import METALS
from screening.formula import hill

_ADDENDA: Final = frozenset({23, 41, 42, 73, 74})  # V, Nb, Mo, Ta, W
_OXYGEN: Final = 8
_MIN_ADDENDA: Final = 5
"""Of a polyoxometalate: V4O12 and the Mo3 clusters stay below, [W5O18]6- does not."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One ligand as atoms.

    atoms: indices into the complex, ascending; donors: (metal, donor) pairs of atom indices.
    is_polyoxometalate: its addenda metals (V, Nb, Mo, Ta, W) are part of it.
    """

    atoms: tuple[int, ...]
    donors: tuple[tuple[int, int], ...]
    is_polyoxometalate: bool = False


def cut(graph: Graph) -> tuple[Fragment, ...]:
    """Cut all bonds to metals; a polyoxometalate stays in one piece with its own metals.

    In the order of their first atoms. A polyoxometalate alone is one fragment without donors.
    """
    addenda = _addenda(graph)
    kept = {i for i, z in enumerate(graph.elements) if z not in METALS or i in addenda}
    return tuple(
        Fragment(
            atoms=tuple(piece),
            donors=tuple(
                (metal, atom)
                for atom in piece
                for metal in graph.neighbours[atom]
                if metal not in kept and atom not in addenda
            ),
            is_polyoxometalate=not addenda.isdisjoint(piece),
        )
        for piece in _pieces(graph, kept, addenda)
    )


def _pieces(graph: Graph, kept: set[int], addenda: frozenset[int]) -> list[list[int]]:
    """Connected parts of the kept atoms, not counting metal-metal bonds."""
    pieces, seen = [], set()
    for start in sorted(kept):
        if start in seen:
            continue
        piece, stack = [], [start]
        seen.add(start)
        while stack:
            atom = stack.pop()
            piece.append(atom)
            for other in graph.neighbours[atom]:
                if other in kept and other not in seen and not {atom, other} <= addenda:
                    seen.add(other)
                    stack.append(other)
        pieces.append(sorted(piece))
    return pieces


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
    left, groups = set(donors), []
    while left:
        stack = [min(left)]
        left.discard(stack[0])
        group = []
        while stack:
            atom = stack.pop()
            group.append(atom)
            near = left.intersection(graph.neighbours[atom])
            left -= near
            stack.extend(near)
        groups.append(tuple(sorted(group)))
    return groups


def donor_set(elements: Iterable[int]) -> str:
    """Donor elements as one word in Hill order: "N2O2"."""
    return hill(elements).replace(" ", "")
