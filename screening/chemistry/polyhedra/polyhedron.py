"""Polyhedron: what the donors of a metal form, as the nearest ideal shape."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.graph import Graph
from screening.chemistry.ligands.cut import LONE_PAIR_DONORS, side_on_groups
from screening.chemistry.polyhedra.reference_shape import N_VERTICES
from screening.chemistry.polyhedra.shape import near_shapes
from screening.crystal.complex import Complex

_MARGIN: Final = 0.5
_RATIO: Final = 1.5
"""A shape at most this much farther than the nearest, and at most so many times, is told too."""
_KIN: Final = {"vOC-5": "SPY-5", "JSD-8": "TDD-8"}
"""Shapes that chemists call by one name; so are those that differ by a J (Johnson solids)."""
_SAME_PLACE = 0.3
"""Angstrom: nearer to each other than this, no two donors are told apart."""


@dataclass(frozen=True, slots=True)
class Polyhedron:
    """The shape around one metal.

    code: of SHAPE, such as "SAPR-8"; measure: continuous shape measure, 0 is ideal; None where
    there is no shape. note: why there is none, what stands for side-on groups, and which other
    polyhedra are nearly as near.
    """

    code: str | None
    measure: float | None
    note: str | None


def read_polyhedron(complex_: Complex, graph: Graph, metal: int) -> Polyhedron:
    """The polyhedron around the atom *metal*; a side-on group is one vertex, at its centroid."""
    groups = coordination_positions(graph, metal)
    n_side_on = sum(len(group) > 1 for group in groups)
    note = _side_on_note(n_side_on, len(groups)) if n_side_on else None
    points = _points(complex_, (*groups, (metal,)))
    fault = _fault(points)
    if fault is not None:
        return Polyhedron(None, None, f"{fault}; {note}" if note else fault)
    near = near_shapes(points, _MARGIN)
    code, measure = near[0]
    rivals = _rivals(near)
    return Polyhedron(code, measure, f"{note}; {rivals}" if note and rivals else note or rivals)


def _rivals(near: Sequence[tuple[str, float]]) -> str | None:
    """Words for the shapes that are nearly as near as the first, but for variants of it."""
    (first, least), *others = near
    told = {_family(first)}
    words = []
    for code, measure in others:
        if measure <= _RATIO * least and _family(code) not in told:
            told.add(_family(code))
            words.append(f"{code} ({measure:.2f})")
    if not words:
        return None
    return (
        f"between shapes: {' and '.join(words)} {'is' if len(words) == 1 else 'are'} nearly as near"
    )


def _family(code: str) -> str:
    return _KIN.get(code, code.removeprefix("J"))


def site_points(complex_: Complex, graph: Graph, metal: int) -> NDArray[np.float64]:
    """(n + 1, 3) what surrounds *metal*, angstrom, the metal last; of a side-on group its centroid.

    In the order of `coordination_positions`.
    """
    return _points(complex_, (*coordination_positions(graph, metal), (metal,)))


def _points(complex_: Complex, groups: Sequence[tuple[int, ...]]) -> NDArray[np.float64]:
    if all(len(group) == 1 for group in groups):
        return complex_.positions[[atom for (atom,) in groups]]
    return np.array([complex_.positions[list(group)].mean(axis=0) for group in groups])


def coordination_positions(graph: Graph, metal: int) -> tuple[tuple[int, ...], ...]:
    """The donors of *metal*, those of one side-on group together, in the order of the atoms.

    Donors bonded to each other are a side-on group (cyclopentadienyl, arene, alkene, carborane),
    unless all of them are N, O, S, Se or Te: these count one by one, as each has a lone pair of
    its own for the metal.
    """
    positions: list[tuple[int, ...]] = []
    for group in side_on_groups(graph, graph.donors[metal]):
        if all(graph.elements[atom] in LONE_PAIR_DONORS for atom in group):
            positions.extend([(atom,) for atom in group])
        else:
            positions.append(group)
    return tuple(sorted(positions))


def _side_on_note(n_side_on: int, n_positions: int) -> str:
    groups = "the side-on group counts" if n_side_on == 1 else "each side-on group counts"
    positions = "1 position" if n_positions == 1 else f"{n_positions} positions"
    return f"{groups} as its centroid: {positions}"


def _fault(points: NDArray[np.float64]) -> str | None:
    """Why *points*, the metal last, have no shape."""
    n = len(points) - 1
    if n == 0:
        return "no donors"
    if n not in N_VERTICES:
        return f"no reference shape for CN {n}"
    apart = min(itertools.starmap(math.dist, itertools.combinations(points.tolist(), 2)))
    return None if apart > _SAME_PLACE else "two of the positions are one place"
