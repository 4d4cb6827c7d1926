"""Lattice: the cell, grown along its axes until no two molecules touch."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Final

import gemmi
import numpy as np

from screening.sample.cluster import Entity
from screening.sample.geometry import Vector, random_rotation, rotation
from screening.sample.recipe import Symmetry

GROUPS: Final[dict[Symmetry, tuple[str, ...]]] = {
    "none": ("P -1", "P 1 21/c 1", "P 1 21 1", "C 1 2/c 1", "P b c a"),
    "inversion": ("P -1", "P 1 21/c 1"),
    "twofold": ("C 1 2/c 1",),
}
_GROWTH: Final = 1.04
_SHRINK: Final = 1.015
_SHIFTS: Final = np.array(list(product((-2, -1, 0, 1, 2), repeat=3)), dtype=np.float64)
_TRIES: Final = 2
_EMPTY: Final = 46.0
_FARTHEST: Final = 4.1  # two metals
_PER_HEAVY_ATOM: Final = 16.0  # cubic angstrom; organic and coordination crystals have 17-20


@dataclass(frozen=True, slots=True, eq=False)
class Packing:
    """A filled cell.

    fractional: one (n, 3) array for each entity of the asymmetric unit, whole molecules.
    """

    space_group: gemmi.SpaceGroup
    cell: gemmi.UnitCell
    fractional: list[Vector]


def pack(
    entities: list[Entity], symmetry: Symmetry, group: str, rng: np.random.Generator
) -> Packing:
    """Find a cell; the first entity sits on the symmetry element, if it has one.

    The first entity's element of symmetry must run through the origin (twofold: along y).
    A cell much emptier than those of real crystals is tried again with another orientation.
    """
    tries = []
    for _ in range(_TRIES):
        packing, emptiness = _pack_once(entities, symmetry, group, rng)
        tries.append((emptiness, packing))
        if emptiness < _EMPTY:
            break
    return min(tries, key=lambda one: one[0])[1]


def _pack_once(
    entities: list[Entity], symmetry: Symmetry, group: str, rng: np.random.Generator
) -> tuple[Packing, float]:
    """One random orientation and place; the packing and its volume by atom that is no H."""
    space_group = gemmi.SpaceGroup(group)
    turn = (
        rotation([0.0, 1.0, 0.0], rng.uniform(0, 360))
        if symmetry == "twofold"
        else random_rotation(rng)
    )
    clouds = [e.positions @ turn.T for e in entities]
    centre = np.zeros(3) if symmetry != "none" else np.concatenate(clouds).mean(axis=0)
    place = {
        "none": rng.uniform(0.15, 0.35, size=3),
        "inversion": np.zeros(3),
        "twofold": np.array([0.0, rng.uniform(0.1, 0.4), 0.25]),
    }[symmetry]
    contents = _Contents(entities, [c - centre for c in clouds], place, symmetry != "none")
    operations = [
        (np.array(op.float_seitz())[:3, :3], np.array(op.float_seitz())[:3, 3])
        for op in space_group.operations()
    ]
    lengths, angles = _first_cell(contents, space_group, rng, symmetry)
    _fit(lengths, lambda: contents.clashing_axis(gemmi.UnitCell(*lengths, *angles), operations))
    cell = gemmi.UnitCell(*lengths, *angles)
    inverse = np.array(cell.frac.mat.tolist())
    fractional = [cloud @ inverse.T + place for cloud in contents.clouds]
    units = len(operations) / (1 if symmetry == "none" else 2)
    return Packing(space_group, cell, fractional), cell.volume / units / contents.heavy


def _fit(lengths: list[float], clashing_axis: Callable[[], int | None]) -> None:
    """Grow the axes until nothing clashes, then take back what each has too much."""
    while (axis := clashing_axis()) is not None:
        lengths[axis] *= _GROWTH
    for axis in range(3):
        while clashing_axis() is None:
            lengths[axis] /= _SHRINK
        lengths[axis] *= _SHRINK
    for axis in range(3):
        lengths[axis] = round(lengths[axis] + 0.0005, 3)


def _first_cell(
    contents: "_Contents", group: gemmi.SpaceGroup, rng: np.random.Generator, symmetry: Symmetry
) -> tuple[list[float], list[float]]:
    count = len(group.operations()) / (1 if symmetry == "none" else 2)
    volume = _PER_HEAVY_ATOM * count * contents.heavy
    extent = np.ptp(contents.points, axis=0) + 3.0
    shape = extent * rng.uniform(0.9, 1.1, size=3)
    lengths = shape * (volume / float(np.prod(shape))) ** (1.0 / 3.0)
    system = group.crystal_system_str()
    angles = [90.0, 90.0, 90.0]
    if system == "monoclinic":
        angles[1] = round(float(rng.uniform(92.0, 112.0)), 3)
    if system == "triclinic":
        angles = [round(float(v), 3) for v in rng.uniform(80.0, 102.0, size=3)]
    return [float(v) for v in lengths], angles


class _Contents:
    """The asymmetric unit as one cloud of points about a fractional place."""

    def __init__(
        self, entities: list[Entity], clouds: list[Vector], place: Vector, special: bool
    ) -> None:
        self.clouds = clouds
        self.points = np.concatenate(clouds)
        radii = np.concatenate([e.radii for e in entities])
        self.least_squared = (radii[:, None] + radii[None, :]) ** 2
        self.place = place
        self.special = special
        self.first = len(clouds[0])
        self.heavy = sum(e != "H" for entity in entities for e in entity.elements)

    def clashing_axis(
        self, cell: gemmi.UnitCell, operations: list[tuple[Vector, Vector]]
    ) -> int | None:
        """The axis along which the nearest clashing pair of images is apart; None: no clash."""
        orthogonal = np.array(cell.orth.mat.tolist())
        inverse = np.linalg.inv(orthogonal)
        middle = self.points.mean(axis=0)
        reach = float(np.linalg.norm(self.points - middle, axis=1).max())
        lengths = np.array([cell.a, cell.b, cell.c])
        base = self.points @ inverse.T + self.place
        heart = middle @ inverse.T + self.place
        cartesian = base @ orthogonal.T
        images = [(base @ m.T + t, self.place @ m.T + t) for m, t in operations]
        hearts = np.array([heart @ m.T + t for m, t in operations])
        gaps = hearts[:, None, :] - heart
        offsets = _SHIFTS[None, :, :] - np.round(gaps)
        gaps = (gaps + offsets).reshape(-1, 3)
        apart = ((gaps @ orthogonal.T) ** 2).sum(axis=1)
        order = np.argsort(apart, kind="stable")  # near ones first: they clash first
        for k in order[: np.searchsorted(apart[order], (2.0 * reach + _FARTHEST) ** 2)]:
            image, place = images[k // len(_SHIFTS)]
            offset = offsets.reshape(-1, 3)[k]
            if float(np.abs(image + offset - base).max()) < 1e-6:
                continue  # the identity
            on_element = self.special and float(np.abs(place + offset - self.place).max()) < 1e-6
            if self._clash((image + offset) @ orthogonal.T, cartesian, on_element):
                return int(np.argmax(np.abs(gaps[k] * lengths)))
        return None

    def _clash(self, image: Vector, base: Vector, on_element: bool) -> bool:
        start = self.first if on_element else 0  # a molecule on the element is its own image
        a, b = base[start:], image[start:]
        squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2.0 * (a @ b.T)
        return bool((squared < self.least_squared[start:, start:]).any())
