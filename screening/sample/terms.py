"""Terms: the distances that a drawn molecule should have, as bounds on pairs of atoms.

Bond lengths and angles are averages over organic and coordination crystals (F. H. Allen et al.,
J. Chem. Soc. Perkin Trans. 2 1987, S1; A. G. Orpen et al., J. Chem. Soc. Dalton Trans. 1989, S1),
rounded. Angles enter as 1-3 distances, planarity as 1-4 distances, bulk as lower bounds.
"""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations, product
from math import cos, radians, sqrt
from typing import Final

import gemmi
import numpy as np
from numpy.typing import NDArray

from screening.elements import COVALENT_RADII
from screening.sample.builder import Builder, Kind
from screening.sample.geometry import Vector, unit

_ANGLE: Final[dict[Kind, tuple[float, float]]] = {
    "sp": (178.0, 180.0), "sp3": (107.5, 111.5), "ion": (109.0, 110.0),
}  # fmt: skip
_RING_ANGLE: Final = {5: (107.0, 109.0), 6: (118.5, 121.5)}
_METAL_ANGLE: Final[dict[str, tuple[float, float]]] = {
    "sp": (165.0, 180.0), "sp2": (106.0, 134.0), "sp3": (106.0, 134.0), "ion": (90.0, 180.0),
    "C": (60.0, 150.0),  # a cyclopentadienyl carbon under its metal
}  # fmt: skip
"""Range of metal-donor-X by kind of the donor, degrees."""
_FAR: Final = 30.0
_METALS_APART: Final = 2.9
_OFF: Final = 0.55
"""An atom that is no donor keeps this much more than a covalent bond away from a metal."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Pairs of atoms with a lower and an upper bound of their distance (angstrom) and a weight."""

    pairs: NDArray[np.intp]
    low: Vector
    high: Vector
    weight: Vector


def _third_side(a: float, b: float, angle: float) -> float:
    return sqrt(max(a * a + b * b - 2.0 * a * b * cos(radians(angle)), 0.0))


def ring_sizes(builder: Builder, limit: int = 6) -> dict[tuple[int, int, int], int]:
    """Size of the smallest ring through each angle i-centre-k (metals left out), up to *limit*."""
    near = [
        [j for j in builder.neighbours(i) if builder.kinds[j] != "metal"]
        for i in range(len(builder.elements))
    ]
    sizes: dict[tuple[int, int, int], int] = {}
    for centre, ends in enumerate(near):
        if builder.kinds[centre] == "metal":
            continue
        for i, k in combinations(sorted(ends), 2):
            reached, front = {i, centre}, [i]
            for size in range(3, limit + 1):
                front = [n for f in front for n in near[f] if n not in reached]
                if k in front:
                    sizes[i, centre, k] = size
                    break
                reached.update(front)
    return sizes


def _angle_range(
    builder: Builder, centre: int, i: int, k: int, ring: int | None
) -> tuple[float, float]:
    kinds = builder.kinds
    if "metal" in (kinds[i], kinds[k]):
        return _METAL_ANGLE["C" if builder.elements[centre] == "C" else kinds[centre]]
    if kinds[centre] != "sp2":
        return _ANGLE[kinds[centre]]
    if ring is not None and ring in _RING_ANGLE:
        return _RING_ANGLE[ring]
    # Chelate rings open the angles inside them.
    chelate = any(kinds[j] == "metal" for j in builder.neighbours(i) + builder.neighbours(k))
    return (116.0, 127.0) if chelate else (117.0, 127.0)


def _angles(builder: Builder) -> dict[tuple[int, int], tuple[float, float, float]]:
    rings = ring_sizes(builder)
    terms: dict[tuple[int, int], tuple[float, float, float]] = {}
    for centre, kind in enumerate(builder.kinds):
        if kind == "metal":
            continue
        for i, k in combinations(sorted(builder.neighbours(centre)), 2):
            if (i, k) in builder.bonds:
                continue
            low, high = _angle_range(builder, centre, i, k, rings.get((i, centre, k)))
            a = builder.bonds[min(i, centre), max(i, centre)].length
            b = builder.bonds[min(k, centre), max(k, centre)].length
            weight = 0.4 if "metal" in (builder.kinds[i], builder.kinds[k]) else 0.6
            terms[i, k] = (_third_side(a, b, low), _third_side(a, b, high), weight)
    return terms


def _planar(
    builder: Builder, known: set[tuple[int, int]]
) -> dict[tuple[int, int], tuple[float, float, float]]:
    terms: dict[tuple[int, int], tuple[float, float, float]] = {}
    points = builder.points
    for (a, b), bond in builder.bonds.items():
        if not bond.planar:
            continue
        axis = unit(points[b] - points[a])
        for i, j in product(builder.neighbours(a), builder.neighbours(b)):
            pair = (min(i, j), max(i, j))
            if i in (b, j) or j == a or pair in known or pair in builder.bonds:
                continue
            u, v = points[i] - points[a], points[j] - points[a]
            cis = 1.0 if float(u @ v) > float(u @ axis) * float(v @ axis) else -1.0
            first = builder.bonds[min(i, a), max(i, a)].length
            last = builder.bonds[min(j, b), max(j, b)].length
            along = bond.length + 0.5 * (first + last)
            across = (sqrt(3.0) / 2.0) * (first - cis * last)
            distance = sqrt(along**2 + across**2)
            metal = "metal" in (builder.kinds[i], builder.kinds[j])
            low, high = (0.1, 0.4) if metal else (0.08, 0.08)
            terms[pair] = (distance - low, distance + high, 0.15)
    return terms


def _graph_distance(builder: Builder) -> NDArray[np.intp]:
    """(n, n) bonds between two atoms; 9 where there are more than three."""
    size = len(builder.elements)
    distance = np.full((size, size), 9, dtype=np.intp)
    for start in range(size):
        front = reached = {start}
        for hops in range(4):
            distance[start, list(front)] = hops
            front = {j for i in front for j in builder.near[i]} - reached
            reached = reached | front
    return distance


def _bulk(builder: Builder, done: Collection[tuple[int, int]]) -> tuple[NDArray[np.intp], Vector]:
    """Pairs that nothing else holds, and the lower bound of each (angstrom)."""
    hops = _graph_distance(builder)
    elements = np.array(builder.elements)
    is_h = elements == "H"
    heavy = np.isin(elements, ["S", "Cl", "Br", "P", "I"])
    radius = np.where(is_h, 1.12, np.where(heavy, 1.75, 1.6))
    low = radius[:, None] + radius[None, :]
    low = np.where(hops == 3, low - np.where(is_h[:, None] | is_h[None, :], 0.2, 0.42), low)
    donors = np.zeros(len(elements), dtype=bool)
    metals = [i for i, kind in enumerate(builder.kinds) if kind == "metal"]
    for metal in metals:
        donors[builder.neighbours(metal)] = True
    both = donors[:, None] & donors[None, :]
    low = np.where(both, np.minimum(low, 2.62), low)
    covalent = np.array([COVALENT_RADII[gemmi.Element(e).atomic_number] for e in builder.elements])
    for metal in metals:
        low[metal] = low[:, metal] = covalent[metal] + covalent + _OFF
        low[metal, metals] = low[metals, metal] = _METALS_APART
    free = np.triu((hops >= 3) | (both & (hops == 2)), 1)
    held = np.array(list(done), dtype=np.intp).reshape(-1, 2)
    free[held[:, 0], held[:, 1]] = False
    pairs = np.argwhere(free)
    return pairs, low[pairs[:, 0], pairs[:, 1]]


def make_terms(builder: Builder) -> Terms:
    """All bounds of a molecule, its metals' polyhedra held near the directions as drawn."""
    found: dict[tuple[int, int], tuple[float, float, float]] = {}
    for pair, bond in builder.bonds.items():
        found[pair] = (bond.length, bond.length, 1.0)
    found.update({k: v for k, v in _angles(builder).items() if k not in found})
    found.update(_planar(builder, set(found)))
    for metal, kind in enumerate(builder.kinds):
        if kind != "metal":
            continue
        near = sorted(builder.neighbours(metal))
        for i, k in combinations(near, 2):
            if builder.ligand[i] == builder.ligand[k] or (i, k) in found:
                continue
            u = builder.points[i] - builder.points[metal]
            v = builder.points[k] - builder.points[metal]
            cosine = float(u @ v) / float(np.linalg.norm(u) * np.linalg.norm(v))
            a = builder.bonds[min(i, metal), max(i, metal)].length
            b = builder.bonds[min(k, metal), max(k, metal)].length
            distance = max(sqrt(max(a * a + b * b - 2 * a * b * cosine, 0.0)), 2.62)
            found[i, k] = (distance - 0.05, distance + 0.05, 0.08)
    loose, least = _bulk(builder, found)
    low, high, weight = np.array(list(found.values())).reshape(-1, 3).T
    held = np.array(list(found), dtype=np.intp).reshape(-1, 2)
    return Terms(
        pairs=np.concatenate([held, loose]),
        low=np.concatenate([low, least]),
        high=np.concatenate([high, np.full(len(loose), _FAR)]),
        weight=np.concatenate([weight, np.full(len(loose), 0.25)]),
    )
