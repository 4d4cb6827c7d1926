"""Constitution: the graph of a complex that stays the same from one crystal of it to another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from screening.chemistry.graph import Graph, parts
from screening.chemistry.identity.colouring import graph_key
from screening.chemistry.identity.saturation import saturation_marks
from screening.crystal.complex import Complex
from screening.elements import HALOGENS, METALS, symbol

_CARBON: Final = 6
_AMBIDENTATE: Final = range(2, 6)
"""Heavy atoms of the ligands whose donor elements count (CN, NCS, NO2, DMSO, S2O3)."""


@dataclass(frozen=True, slots=True)
class Constitution:
    """A graph of heavy atoms, ligands and links.

    elements: atomic number of each node, 0 for a ligand or a link; marks: what else tells it apart.
    neighbours: an atom has its ligand's other atoms that it is bonded to, and its ligand; a ligand
    has its atoms and its links; a link has one ligand and one metal.
    """

    elements: Sequence[int]
    marks: Sequence[str]
    neighbours: Sequence[Sequence[int]]

    def key(self, name: Callable[[int], str]) -> str:
        """Hash of the graph with each atomic number called by *name*."""
        labels = [
            name(z) + mark if z else mark for z, mark in zip(self.elements, self.marks, strict=True)
        ]
        return graph_key(labels, self.neighbours)


def read_constitution(complex_: Complex, graph: Graph) -> Constitution:
    """The constitution of *complex_*: `docs/identity.md` says what is in it and what is not."""
    heavy = [i for i, z in enumerate(graph.elements) if z != 1 and z not in METALS]
    marks = saturation_marks(complex_)
    place = {atom: node for node, atom in enumerate([*heavy, *graph.centres])}
    elements = [graph.elements[atom] for atom in place]
    names = [marks[atom] for atom in place]
    neighbours = [[place[j] for j in graph.near[atom]] for atom in place]

    def add(name: str, around: Sequence[int]) -> int:
        for node in around:
            neighbours[node].append(len(neighbours))
        elements.append(0)
        names.append(name)
        neighbours.append(list(around))
        return len(neighbours) - 1

    for atoms in parts(heavy, graph.near):
        ligand = add("ligand", [place[atom] for atom in atoms])
        is_ambidentate = len(atoms) in _AMBIDENTATE
        for metal, donors in _bound_metals(graph, atoms).items():
            add("-" + (_donor_names(donors) if is_ambidentate else ""), [ligand, place[metal]])
    return Constitution(elements, names, neighbours)


def _bound_metals(graph: Graph, atoms: Sequence[int]) -> dict[int, set[int]]:
    """Each metal that the ligand of *atoms* binds, and the elements through which it does."""
    donors: dict[int, set[int]] = {}
    for atom in atoms:
        for metal in graph.metals.get(atom, ()):
            if metal in graph.donors:
                donors.setdefault(metal, set()).add(graph.elements[atom])
    return donors


def _donor_names(elements: set[int]) -> str:
    """The elements through which a metal is bound, as one word.

    Carbon counts only where it alone binds, for how far a side-on group reaches varies. Halogens
    are one, as in the skeleton.
    """
    names = {"Hal" if z in HALOGENS else symbol(z) for z in elements - {_CARBON} or elements}
    return " ".join(sorted(names))
