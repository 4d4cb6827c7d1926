"""Salen-type ligands: N,N'-bis(salicylidene)diamines and their ortho-methoxy (valen) kin.

The ligand is drawn flat, its N2O2 pocket open towards -y, and bent into shape by `relax`.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from screening.sample.builder import SINGLE, Builder
from screening.sample.geometry import Vector
from screening.sample.substituents import substitute

_HALF: Final = {
    "N": (1.35, 1.45),
    "C7": (2.62, 1.40),
    "C1": (3.27, 0.20),
    "C2": (2.62, -1.00),
    "O": (1.35, -1.35),
}
"""Right half, metal at the origin, angstrom; numbered as salicylaldehyde is (C2 carries the O)."""
_BRIDGE: Final[dict[str, list[tuple[float, float, float]]]] = {
    "en": [(0.75, 2.65, 0.3), (-0.75, 2.65, -0.3)],
    "pn": [(1.25, 2.75, 0.1), (0.0, 3.35, 0.6), (-1.25, 2.75, 0.1)],
    "cy": [
        (0.75, 2.65, 0.3), (-0.75, 2.65, -0.3), (-1.40, 3.9, 0.2), (-0.75, 5.1, -0.3),
        (0.75, 5.1, 0.3), (1.40, 3.9, -0.2),
    ],
    "ph": [(0.70, 2.70, 0.0), (-0.70, 2.70, 0.0)],
}  # fmt: skip
BRIDGES: Final = tuple(_BRIDGE)


@dataclass(frozen=True, slots=True)
class Salen:
    """Which salen: the bridge between the N, the groups ortho and para to the phenolate O."""

    bridge: str = "en"
    ortho: str = "H"
    para: str = "H"


@dataclass(frozen=True, slots=True)
class Pocket:
    """Atoms of a drawn ligand that a second metal may use."""

    phenolates: tuple[int, int]
    ethers: tuple[int, ...]


def draw_salen(
    b: Builder, metal: int, salen: Salen, lengths: tuple[float, float], turn: Vector
) -> Pocket:
    """Draw the ligand about a metal; lengths: (M-N, M-O); turn: (3, 3) from the drawing's axes."""
    b.open_ligand(-2)
    origin = b.points[metal]

    nitrogens, oxygens, ethers = [], [], []
    for sign in (1.0, -1.0):
        n, c7, c1, c2, o = (
            b.atom(name[0], "sp2", origin + turn @ [sign * x, y, 0.0], int(name == "C7"))
            for name, (x, y) in _HALF.items()
        )
        b.bond(metal, n, lengths[0])
        b.bond(metal, o, lengths[1])
        for i, j, length in ((n, c7, 1.285), (c7, c1, 1.44), (c2, o, 1.315)):
            b.bond(i, j, length, planar=True)
        b.bond(c1, c2, 1.41, planar=True)
        ring = b.ring_on(c1, c2, origin)  # C3, C4, C5, C6
        nitrogens.append(n)
        oxygens.append(o)
        before = len(b.elements)
        substitute(b, ring[0], salen.ortho)
        if salen.ortho == "OMe":
            ethers.append(before)
        substitute(b, ring[2], salen.para)
    points = [origin + turn @ point for point in _BRIDGE[salen.bridge]]
    _bridge(b, salen.bridge, points, nitrogens)
    return Pocket((oxygens[0], oxygens[1]), tuple(ethers))


def _bridge(b: Builder, name: str, points: list[Vector], nitrogens: list[int]) -> None:
    if name == "ph":
        first, last = (b.atom("C", "sp2", point) for point in points)
        b.bond(first, last, 1.40, planar=True)
        b.ring_on(first, last, b.points[nitrogens[0]])
        ends = [first, last]
    else:
        chain = [b.atom("C", "sp3", point, 2) for point in points]
        ends = [chain[0], chain[1] if name == "cy" else chain[-1]]
        for i, j in pairwise(chain):
            b.bond(i, j, SINGLE)
        if name == "cy":
            b.bond(chain[-1], chain[0], SINGLE)
            for atom in ends:
                b.hydrogens[atom] = 1
    length = 1.42 if name == "ph" else 1.47
    for nitrogen, end in zip(nitrogens, ends, strict=True):
        b.bond(nitrogen, end, length, planar=name == "ph")
