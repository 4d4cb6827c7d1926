"""Ligands: monodentate and bidentate ones, drawn on a metal along given directions."""

from collections.abc import Callable

import numpy as np

from screening.sample.builder import AROMATIC, Builder
from screening.sample.geometry import HINT, Vector, frame, unit
from screening.sample.substituents import put_on_ring, substitute, tert_group


def halide(b: Builder, metal: int, way: Vector, length: float, element: str = "Cl") -> None:
    """Cl-, Br- or I-."""
    b.open_ligand(-1)
    b.extend(element, "ion", metal, length, direction=way)


def oxide(b: Builder, metal: int, way: Vector, length: float = 1.59) -> None:
    """Put the terminal oxide of a vanadyl group."""
    b.open_ligand(-2)
    b.extend("O", "ion", metal, length, direction=way)


def water(b: Builder, metal: int, way: Vector, length: float) -> None:
    """H2O."""
    b.open_ligand()
    b.extend("O", "sp3", metal, length, direction=way, hydrogens=0)
    b.hydrogens[-1] = 2


def methanol(b: Builder, metal: int, way: Vector, length: float) -> None:
    """CH3OH through its O."""
    b.open_ligand()
    oxygen = b.extend("O", "sp3", metal, length, direction=way)
    b.hydrogens[oxygen] = 1
    carbon = b.extend("C", "sp3", oxygen, 1.43, direction=unit(way) + 1.2 * frame(way, HINT)[1])
    b.hydrogens[carbon] = 3


def linear(b: Builder, metal: int, way: Vector, length: float, name: str) -> None:
    """MeCN, N3- or NCS- through N."""
    atoms = {"MeCN": "CC", "N3": "NN", "NCS": "CS"}[name]
    lengths = {"MeCN": (1.14, 1.46), "N3": (1.18, 1.16), "NCS": (1.16, 1.63)}[name]
    b.open_ligand(0 if name == "MeCN" else -1)
    bent = name == "N3"
    first = b.extend("N", "sp2" if bent else "sp", metal, length, direction=way)
    way = unit(way) + 0.9 * frame(way, HINT)[1] if bent else way
    second = b.extend(atoms[0], "sp", first, lengths[0], direction=way)
    last = b.extend(atoms[1], "sp3" if name == "MeCN" else "sp", second, lengths[1], direction=way)
    b.hydrogens[last] = 3 if name == "MeCN" else 0


def pyridine(
    b: Builder, metal: int, way: Vector, length: float, para: str = "H", plane: Vector = HINT
) -> None:
    """Pyridine, with a substituent in the 4-position; *plane*: a vector that the ring contains."""
    b.open_ligand()
    nitrogen = b.extend("N", "sp2", metal, length, direction=way)
    ring = b.ring_at(nitrogen, way, plane, "CCCCC")
    substitute(b, ring[3], para)


def alkoxide(b: Builder, metal: int, way: Vector, length: float, group: str) -> None:
    """RO-: tert-butoxide ("tBu"), phenoxide ("Ph") or 2-phenylpropan-2-olate ("CMe2Ph")."""
    b.open_ligand(-1)
    oxygen = b.extend("O", "sp", metal, length, direction=way)
    slant = unit(unit(way) + 0.08 * frame(way, HINT)[1])
    if group == "Ph":
        first = b.extend("C", "sp2", oxygen, 1.33, direction=slant)
        b.ring_at(first, slant, HINT, "CCCCC")
        return
    if group == "tBu":
        tert_group(b, oxygen, "tBu")
        return
    carbon = b.extend("C", "sp3", oxygen, 1.41, direction=slant)
    axes = frame(slant, HINT)
    for turn in (0.0, 2.1, 4.2):
        direction = 0.34 * axes[0] + 0.94 * (np.cos(turn) * axes[1] + np.sin(turn) * axes[2])
        if turn:
            b.hydrogens[b.extend("C", "sp3", carbon, 1.53, direction=direction)] = 3
        else:
            first = b.extend("C", "sp2", carbon, 1.53, direction=direction)
            b.ring_at(first, direction, axes[2], "CCCCC")


def nitrate(b: Builder, metal: int, ways: tuple[Vector, Vector], length: float) -> None:
    """NO3- through two O."""
    b.open_ligand(-1)
    first = b.extend("O", "sp2", metal, length, direction=ways[0])
    second = b.extend("O", "sp2", metal, length, direction=ways[1])
    middle = unit(unit(ways[0]) + unit(ways[1]))
    nitrogen = b.extend("N", "sp2", first, 1.26, direction=_towards(b, metal, first, 2.9 * middle))
    b.bond(second, nitrogen, 1.26, planar=True)
    b.extend("O", "sp2", nitrogen, 1.22, direction=middle, planar=True)


def _towards(b: Builder, metal: int, start: int, offset: Vector) -> Vector:
    return unit(b.points[metal] + offset - b.points[start])


def diketonate(
    b: Builder, metal: int, ways: tuple[Vector, Vector], length: float, ends: tuple[str, str]
) -> None:
    """R-CO-CH-CO-R' through both O: acac (Me, Me), dpm (tBu, tBu), dbm (Ph, Ph), tfac, hfac."""
    b.open_ligand(-1)
    oxygens = [b.extend("O", "sp2", metal, length, direction=way) for way in ways]
    middle = unit(unit(ways[0]) + unit(ways[1]))
    carbons = []
    for oxygen in oxygens:
        side = b.points[oxygen] - b.points[metal]
        across = unit(side - middle * float(side @ middle))
        target = b.points[metal] + (float(side @ middle) + 1.15) * middle + 1.22 * across
        way = target - b.points[oxygen]
        carbons.append(b.extend("C", "sp2", oxygen, 1.27, direction=way, planar=True))
    top = (b.points[carbons[0]] + b.points[carbons[1]]) / 2 + 0.68 * middle
    centre = b.atom("C", "sp2", top, 1)
    for carbon, end in zip(carbons, ends, strict=True):
        b.bond(carbon, centre, 1.395, planar=True)
        b.hydrogens[carbon] = 1
        substitute(b, carbon, end)


def diimine(b: Builder, metal: int, ways: tuple[Vector, Vector], length: float, name: str) -> None:
    """1,10-phenanthroline ("phen") or 2,2'-bipyridine ("bpy")."""
    b.open_ligand()
    first, second = (b.extend("N", "sp2", metal, length, direction=way) for way in ways)
    middle = unit(unit(ways[0]) + unit(ways[1]))
    carbons = []
    for nitrogen in (first, second):
        side = b.points[nitrogen] - b.points[metal]
        across = unit(side - middle * float(side @ middle))
        point = b.points[metal] + (float(side @ middle) + 1.2) * middle + 0.72 * across
        carbons.append(b.atom("C", "sp2", point))
        b.bond(nitrogen, carbons[-1], AROMATIC, planar=True)
    b.bond(carbons[0], carbons[1], 1.44 if name == "phen" else 1.48, planar=True)
    inner = []
    for nitrogen, carbon, other in ((first, carbons[0], second), (second, carbons[1], first)):
        ring = b.ring_on(nitrogen, carbon, b.points[other])
        inner.append(ring[0])
    if name == "phen":
        for atom in inner:
            b.hydrogens[atom] = 0
        ends = [b.atom("C", "sp2", b.points[atom] + AROMATIC * middle, 1) for atom in inner]
        for atom, end in zip(inner, ends, strict=True):
            b.bond(atom, end, 1.43, planar=True)
        b.bond(ends[0], ends[1], 1.35, planar=True)


def cyclopentadienyl(
    b: Builder, metal: int, way: Vector, length: float, groups: str, turn: float
) -> None:
    """Five C of C5H5, C5Me5 ("Me5") or 1,3-di-tert-butyl-C5H3 ("tBu2"), all bound to the metal."""
    b.open_ligand(-1)
    radius = 1.41 / (2 * np.sin(np.pi / 5))
    height = float(np.sqrt(length**2 - radius**2))
    axes = frame(way, HINT)
    centre = b.points[metal] + height * axes[0]
    ring = []
    for k in range(5):
        angle = turn + 2 * np.pi * k / 5
        point = centre + radius * (np.cos(angle) * axes[1] + np.sin(angle) * axes[2])
        ring.append(b.atom("C", "sp2", point, 1))
        b.bond(metal, ring[-1], length)
    for i, j in zip(ring, ring[1:] + ring[:1], strict=True):
        b.bond(i, j, 1.41, planar=True)
    wanted = {"H": {}, "Me5": dict.fromkeys(range(5), "Me"), "tBu2": {0: "tBu", 2: "tBu"}}[groups]
    for k, group in wanted.items():
        outward = unit(b.points[ring[k]] - centre)
        put_on_ring(b, ring[k], group, outward)


Monodentate = Callable[[Builder, int, Vector, float], None]


def monodentate(name: str) -> tuple[Monodentate, str]:
    """How to draw a one-donor ligand, and the name of its donor in `radii.DONORS`."""
    if name in {"Cl", "Br", "I"}:
        return (lambda b, m, w, r: halide(b, m, w, r, name)), name
    if name in {"N3", "NCS", "MeCN"}:
        donor = "N" if name == "MeCN" else "N-anion"
        return (lambda b, m, w, r: linear(b, m, w, r, name)), donor
    if name.startswith("py"):
        para = name.partition("-")[2] or "H"
        return (lambda b, m, w, r: pyridine(b, m, w, r, para)), "N"
    return {"H2O": (water, "O-neutral"), "MeOH": (methanol, "O-neutral")}[name]
