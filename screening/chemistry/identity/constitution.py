"""Constitution: the graph of a complex that stays the same from one crystal of it to another."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from screening.chemistry.graph import Graph
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

    elements: tuple[int, ...]
    marks: tuple[str, ...]
    neighbours: tuple[tuple[int, ...], ...]

    def key(self, name: Callable[[int], str]) -> str:
        """Hash of the graph with each atomic number called by *name*."""
        labels = [
            name(z) + mark if z else mark for z, mark in zip(self.elements, self.marks, strict=True)
        ]
        return graph_key(labels, self.neighbours)


def read_constitution(complex_: Complex, graph: Graph) -> Constitution:
    """The constitution of *complex_*: `docs/identity.md` says what is in it and what is not."""
    bonds = _covalent_bonds(graph)
    marks = saturation_marks(complex_)
    place = {atom: node for node, atom in enumerate([*bonds, *graph.centres])}
    elements = [graph.elements[atom] for atom in place]
    names = [marks[atom] for atom in place]
    neighbours = [[place[j] for j in bonds.get(atom, ())] for atom in place]

    def add(name: str, around: Sequence[int]) -> int:
        for node in around:
            neighbours[node].append(len(neighbours))
        elements.append(0)
        names.append(name)
        neighbours.append(list(around))
        return len(neighbours) - 1

    for atoms in _ligands(bonds):
        ligand = add("ligand", [place[atom] for atom in atoms])
        for metal, donors in _bound_metals(graph, atoms):
            add("-" + (donors if len(atoms) in _AMBIDENTATE else ""), [ligand, place[metal]])
    return Constitution(tuple(elements), tuple(names), tuple(map(tuple, neighbours)))


def _covalent_bonds(graph: Graph) -> dict[int, list[int]]:
    """Of each atom that is neither hydrogen nor metal those that are bonded to it."""
    z = graph.elements
    heavy = {i for i, number in enumerate(z) if number != 1 and number not in METALS}
    return {i: [j for j in graph.neighbours[i] if j in heavy] for i in sorted(heavy)}


def _ligands(bonds: dict[int, list[int]]) -> Iterator[list[int]]:
    seen: set[int] = set()
    for start in bonds:
        if start in seen:
            continue
        seen.add(start)
        atoms = [start]
        for atom in atoms:
            new = [j for j in bonds[atom] if j not in seen]
            seen.update(new)
            atoms.extend(new)
        yield atoms


def _bound_metals(graph: Graph, atoms: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Each metal that the ligand of *atoms* binds, and the elements through which it does.

    Carbon counts only where it alone binds, for how far a side-on group reaches varies. Halogens
    are one, as in the skeleton.
    """
    donors: dict[int, set[int]] = {}
    for atom in atoms:
        for metal in graph.neighbours[atom]:
            if metal in graph.donors:
                donors.setdefault(metal, set()).add(graph.elements[atom])
    for metal, found in donors.items():
        names = {"Hal" if z in HALOGENS else symbol(z) for z in found - {_CARBON} or found}
        yield metal, " ".join(sorted(names))
