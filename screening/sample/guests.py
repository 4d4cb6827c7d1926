"""Guests: solvents and counter-ions of the lattice."""

from functools import cache
from typing import Final

import numpy as np

from screening.sample.builder import Builder
from screening.sample.geometry import unit
from screening.sample.molecule import Molecule, finish

SOLVENTS: Final = ("H2O", "MeOH", "MeCN", "CH2Cl2")
ANIONS: Final = ("ClO4", "BF4", "PF6", "BPh4")
_CORNERS: Final = [unit(v) for v in ([1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1])]


@cache
def guest(name: str) -> Molecule:
    """A solvent molecule or an anion by its name; bond lengths are crystal averages."""
    if name == "PF6":
        return _hexafluorophosphate()
    b = Builder()
    if name in SOLVENTS:
        _solvent(b, name)
    else:
        _anion(b, name)
    return finish(b)


def _solvent(b: Builder, name: str) -> None:
    b.open_ligand()
    if name == "H2O":
        b.atom("O", "sp3", np.zeros(3), 2)
    elif name == "MeOH":
        oxygen = b.atom("O", "sp3", np.zeros(3), 1)
        b.extend("C", "sp3", oxygen, 1.41, hydrogens=3)
    elif name == "MeCN":
        nitrogen = b.atom("N", "sp", np.zeros(3))
        way = np.array([1.0, 0.0, 0.0])
        middle = b.extend("C", "sp", nitrogen, 1.14, direction=way)
        b.extend("C", "sp3", middle, 1.45, hydrogens=3, direction=way)
    else:
        carbon = b.atom("C", "sp3", np.zeros(3), 2)
        for corner in _CORNERS[:2]:
            b.extend("Cl", "ion", carbon, 1.76, direction=corner)


def _anion(b: Builder, name: str) -> None:
    b.open_ligand(-1)
    if name == "BPh4":
        centre = b.atom("B", "sp3", np.zeros(3))
        for corner in _CORNERS:
            first = b.extend("C", "sp2", centre, 1.645, direction=corner)
            b.ring_at(first, corner, np.array([0.2, 0.5, 0.9]), "CCCCC")
        return
    element, edge, length = ("Cl", "O", 1.43) if name == "ClO4" else ("B", "F", 1.38)
    centre = b.atom(element, "ion", np.zeros(3))
    for corner in _CORNERS:
        b.extend(edge, "ion", centre, length, direction=corner)


def _hexafluorophosphate() -> Molecule:
    """PF6-, drawn exact: the only octahedron about a non-metal, so `terms` has no rule for it."""
    corners = 1.58 * np.concatenate([np.eye(3), -np.eye(3)])
    return Molecule(
        elements=("P", *("F",) * 6),
        positions=np.concatenate([np.zeros((1, 3)), corners]),
        bonds=tuple((0, i) for i in range(1, 7)),
        sites=(),
        charge=-1,
        butyls=(),
    )
