"""Scaffold: a complex without its metals, with angles and small rings, read once for all ligands.

Everything here works without hydrogens: a ring is flat or not, a bond is long or short.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.adjacency import neighbours
from screening.chemistry.ligands.ring import Ring, find_rings
from screening.compiled import compiled
from screening.crystal.complex import Complex
from screening.elements import IS_METAL

_FLAT: Final = (533.0, 708.0)
"""Least sum of the inner angles (degrees) of a flat ring of five and of six: 540 and 720 ideal, 667
for a chair."""
_LONGEST_MEAN: Final = 1.44
_LONGEST: Final = (1.49, 1.53)
"""Angstrom: of the bonds of an aromatic ring of five and of six. A saturated ring has a mean of
1.50 or more; C-C of an oxazoline, whose mean is 1.42, is 1.52-1.55."""
_LONGER_TO_SULFUR: Final = 0.35
_CROWDED: Final = 4
"""Heavy neighbours from which a boron belongs to a cage, whose many rings are not listed."""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """The atoms that are no metals, and the bonds between them.

    atomic_numbers: (n,) of all atoms of the complex; places: (n, 3) where they are, angstrom, and
    positions: the same as lists.
    bends: of each atom the angle of its two neighbours, or the sum of the three angles of three,
    degrees; 0 with more or fewer. rings: by their least atoms, those of five before those of six;
    aromatic: those of them that are flat and of short bonds.
    """

    atomic_numbers: NDArray[np.int64]
    places: NDArray[np.float64]
    positions: list[list[float]]
    bends: list[float]
    rings: dict[int, list[Ring]]
    aromatic: frozenset[Ring]


def read_scaffold(complex_: Complex) -> Scaffold:
    """The scaffold of *complex_*."""
    z = complex_.atomic_numbers.astype(np.int64)
    bends, found, is_aromatic = _read(z, complex_.positions, complex_.bonds, ~IS_METAL[z])
    rings: dict[int, list[Ring]] = {}
    aromatic: list[Ring] = []
    for atoms, flat in zip(found.tolist(), is_aromatic.tolist(), strict=True):
        ring = tuple(atoms if atoms[-1] >= 0 else atoms[:-1])
        rings.setdefault(ring[0], []).append(ring)
        if flat:
            aromatic.append(ring)
    return Scaffold(
        z,
        complex_.positions,
        complex_.positions.tolist(),
        bends.tolist(),
        rings,
        frozenset(aromatic),
    )


@compiled
def _read(z: Any, positions: Any, bonds: Any, kept: Any) -> tuple[Any, Any, Any]:
    """Bends, rings, and which of these are aromatic."""
    start, around = neighbours(bonds, kept)
    bends, is_heavy = np.zeros(len(z)), np.empty(len(z), dtype=np.bool_)
    for i in range(len(z)):
        is_heavy[i] = kept[i] and z[i] > 1
        if 2 <= start[i + 1] - start[i] <= 3:
            for k in range(start[i] + 1, start[i + 1]):
                for m in range(start[i], k):
                    bends[i] += _angle(positions, around[k], i, around[m])
    near_start, _ = neighbours(bonds, is_heavy)
    for i in range(len(z)):
        is_cage = z[i] == 5 and near_start[i + 1] - near_start[i] >= _CROWDED
        is_heavy[i] = is_heavy[i] and not is_cage
    ring_start, ring_near = neighbours(bonds, is_heavy)
    rings = find_rings(ring_start, ring_near)
    is_aromatic = np.empty(len(rings), dtype=np.bool_)
    for k in range(len(rings)):
        is_aromatic[k] = _is_aromatic(z, start, positions, rings[k])
    return bends, rings, is_aromatic


@compiled
def _angle(positions: Any, i: int, centre: int, j: int) -> float:
    """Angle i-centre-j in degrees."""
    dot = square_i = square_j = 0.0
    for x in range(3):
        u, v = positions[i, x] - positions[centre, x], positions[j, x] - positions[centre, x]
        dot += u * v
        square_i += u * u
        square_j += v * v
    cosine = dot / (math.sqrt(square_i) * math.sqrt(square_j))
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))


@compiled
def _is_aromatic(z: Any, start: Any, positions: Any, ring: Any) -> bool:
    """Flat, of C, N, O, S only, with bonds shorter than single ones (C-S counts less 0.35).

    No carbon has four neighbours: this tells oxazolines whose hydrogens are drawn.
    """
    n = 6 if ring[5] >= 0 else 5
    total = angles = 0.0
    for k in range(n):
        before, atom, after = ring[(k + n - 1) % n], ring[k], ring[(k + 1) % n]
        if start[atom + 1] - start[atom] > 3 or z[atom] not in (6, 7, 8, 16):
            return False
        square = 0.0
        for x in range(3):
            square += (positions[after, x] - positions[atom, x]) ** 2
        length = math.sqrt(square)
        if z[atom] == 16 or z[after] == 16:
            length -= _LONGER_TO_SULFUR
        if length >= _LONGEST[n - 5]:
            return False
        total += length
        angles += _angle(positions, before, atom, after)
    return total < _LONGEST_MEAN * n and angles > _FLAT[n - 5]
