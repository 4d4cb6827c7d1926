"""Builder: a molecule drawn atom by atom; hydrogens come last, by the valence of each atom."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from screening.sample.geometry import Vector, frame, polygon_on, unit

Kind = Literal["metal", "sp", "sp2", "sp3", "ion", "h"]

AROMATIC: Final = 1.39
SINGLE: Final = 1.52
HYDROGEN: Final[dict[str, float]] = {"C": 0.95, "O": 0.84, "N": 0.88}
"""Bond lengths to H as X-ray structures have them (riding positions), angstrom."""


@dataclass(frozen=True, slots=True)
class Bond:
    """A bond's length (angstrom), and whether the groups at its ends lie in one plane."""

    length: float
    planar: bool = False


@dataclass(slots=True)
class Builder:
    """What is drawn so far; positions are rough until `relax` has moved them.

    ligand: number of the ligand each atom belongs to (-1: a metal).
    hydrogens: how many H each atom still wants.
    """

    elements: list[str] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    points: list[Vector] = field(default_factory=list)
    ligand: list[int] = field(default_factory=list)
    hydrogens: list[int] = field(default_factory=list)
    bonds: dict[tuple[int, int], Bond] = field(default_factory=dict)
    near: list[list[int]] = field(default_factory=list)
    butyls: list[tuple[int, int, tuple[int, int, int]]] = field(default_factory=list)
    charge: int = 0
    current: int = -1

    def metal(self, element: str, point: Vector, charge: int) -> int:
        """Put a metal ion."""
        self.charge += charge
        self.elements.append(element)
        self.kinds.append("metal")
        self.points.append(np.array(point, dtype=np.float64))
        self.ligand.append(-1)
        self.hydrogens.append(0)
        self.near.append([])
        return len(self.elements) - 1

    def open_ligand(self, charge: int = 0) -> None:
        """Start the next ligand or free molecule: the atoms that follow belong to it."""
        self.charge += charge
        self.current = max(self.ligand, default=-1) + 1

    def atom(self, element: str, kind: Kind, point: Vector, hydrogens: int = 0) -> int:
        """Put an atom of the ligand that is open."""
        self.elements.append(element)
        self.kinds.append(kind)
        self.points.append(np.array(point, dtype=np.float64))
        self.ligand.append(self.current)
        self.hydrogens.append(hydrogens)
        self.near.append([])
        return len(self.elements) - 1

    def bond(self, i: int, j: int, length: float, *, planar: bool = False) -> None:
        """Join two atoms."""
        self.bonds[min(i, j), max(i, j)] = Bond(length, planar)
        self.near[i].append(j)
        self.near[j].append(i)

    def neighbours(self, i: int) -> list[int]:
        """Atoms bonded to *i*, in the order in which the bonds were drawn."""
        return self.near[i]

    def outward(self, i: int) -> Vector:
        """Direction from *i* away from all that it is bonded to."""
        away = sum((unit(self.points[i] - self.points[j]) for j in self.neighbours(i)), np.zeros(3))
        return unit(away + 1e-3 * np.array([0.3, 0.5, 0.7]))

    def extend(
        self, element: str, kind: Kind, parent: int, length: float, *, hydrogens: int = 0,
        direction: Vector | None = None, planar: bool = False,
    ) -> int:  # fmt: skip
        """Put an atom on *parent*; without a direction, away from the parent's neighbours."""
        way = self.outward(parent) if direction is None else unit(direction)
        i = self.atom(element, kind, self.points[parent] + length * way, hydrogens)
        self.bond(parent, i, length, planar=planar)
        return i

    def ring_on(self, i: int, j: int, away: Vector, elements: str = "CCCC") -> list[int]:
        """Fuse an aromatic ring on the edge i-j; its atoms run from j round to i, one H each."""
        corners = polygon_on(self.points[i], self.points[j], away, len(elements) + 2)
        ring = [
            self.atom(element, "sp2", point, int(element == "C"))
            for element, point in zip(elements, corners, strict=True)
        ]
        chain = [j, *ring, i]
        for a, b in pairwise(chain):
            self.bond(a, b, AROMATIC, planar=True)
        return ring

    def ring_at(self, apex: int, direction: Vector, plane: Vector, elements: str) -> list[int]:
        """Draw an aromatic six-ring from *apex* on that points along *direction*."""
        axes = frame(direction, plane)
        apex_point = self.points[apex]
        centre = apex_point + AROMATIC * axes[0]
        ring = [apex]
        for k, element in enumerate(elements, start=1):
            angle = np.pi + k * np.pi / 3.0
            point = centre + AROMATIC * (np.cos(angle) * axes[0] + np.sin(angle) * axes[1])
            ring.append(self.atom(element, "sp2", point, int(element == "C")))
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            self.bond(a, b, AROMATIC, planar=True)
        return ring

    def image(self, matrix: Vector, first: int, charge: int) -> dict[int, int]:
        """Copy the atoms from *first* on by a symmetry operation; old index to new index.

        charge: that of the copied atoms together.
        """
        self.charge += charge
        count, shift = len(self.elements), max(self.ligand) + 1
        new = {i: count + i - first for i in range(first, count)}
        for i in range(first, count):
            self.elements.append(self.elements[i])
            self.kinds.append(self.kinds[i])
            self.points.append(matrix @ self.points[i])
            self.ligand.append(-1 if self.ligand[i] < 0 else self.ligand[i] + shift)
            self.hydrogens.append(self.hydrogens[i])
            self.near.append([])
        for (a, b), bond in list(self.bonds.items()):
            if a >= first or b >= first:
                x, y = new.get(a, a), new.get(b, b)
                self.bond(x, y, bond.length, planar=bond.planar)
        for root, centre, ends in list(self.butyls):
            if centre in new:
                copies = (new[ends[0]], new[ends[1]], new[ends[2]])
                self.butyls.append((new.get(root, root), new[centre], copies))
        return new

    def add_hydrogens(self) -> None:
        """Put the H atoms that are still wanted, at ideal angles for the atom's kind."""
        for i in range(len(self.elements)):
            count, self.hydrogens[i] = self.hydrogens[i], 0
            if not count:
                continue
            self.current = self.ligand[i]
            for direction in self._hydrogen_directions(i, count):
                self.extend("H", "h", i, HYDROGEN.get(self.elements[i], 1.1), direction=direction)

    def _hydrogen_directions(self, i: int, count: int) -> list[Vector]:
        near = self.neighbours(i)
        away = self.outward(i)
        if count == 1 and len(near) != 1:
            return [away]
        others = [k for j in near for k in self.neighbours(j) if k != i]
        toward = (
            self.points[others[0]] - self.points[near[0]] if others else np.array([0.1, 1, 0.2])
        )
        if len(near) == 2:  # CH2: across the plane of the two neighbours
            first, second = (unit(self.points[j] - self.points[i]) for j in near)
            across = unit(np.cross(first, second))
            return [unit(0.58 * away + sign * 0.82 * across) for sign in (1.0, -1.0)]
        axes = frame(away, -toward if self.kinds[i] == "sp3" else toward)
        turns = [2.0 * np.pi * k / (2 if count == 2 else 3) for k in range(count)]
        return [0.34 * axes[0] + 0.94 * (np.cos(t) * axes[1] + np.sin(t) * axes[2]) for t in turns]
