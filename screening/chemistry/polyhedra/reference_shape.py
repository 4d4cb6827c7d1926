"""Reference shape: an ideal polyhedron with its centre."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

N_VERTICES: Final = range(2, 13)
"""Numbers of vertices, without the centre, that there are reference shapes for."""
_TOLERANCE = 1e-6
"""The vertices are given to twelve decimals."""


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceShapes:
    """All k ideal polyhedra of n vertices.

    codes: k names as SHAPE has them, such as "SAPR-8".
    points: (k, n + 1, 3), the vertices and last the centre; centroid 0, mean square length 1.
    starts: (k, n, n) bool; of all ordered pairs of vertices that the symmetry of the shape makes
    one another's images, one is marked.
    """

    codes: tuple[str, ...]
    points: NDArray[np.float64]
    starts: NDArray[np.bool_]


@cache
def reference_shapes(n_vertices: int) -> ReferenceShapes:
    """The shapes of 2 to 12 vertices, of SHAPE 2.1 as cosymlib has them; see the data file."""
    found = [
        (shape["code"], normalised(np.array(shape["vertices"])))
        for shape in _table()
        if len(shape["vertices"]) == n_vertices + 1
    ]
    points = [shape for _, shape in found]
    return ReferenceShapes(
        tuple(code for code, _ in found),
        np.stack(points),
        np.stack([_distinct_pairs(shape) for shape in points]),
    )


@cache
def _table() -> list[dict[str, Any]]:
    text = (
        files("screening.chemistry.polyhedra").joinpath("reference_shapes.json").read_text("utf-8")
    )
    shapes: list[dict[str, Any]] = json.loads(text)["shapes"]
    return shapes


def normalised(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) points moved to centroid 0 and scaled to mean square length 1."""
    centred: NDArray[np.float64] = points - points.sum(axis=0) / len(points)
    scaled: NDArray[np.float64] = centred / np.sqrt((centred**2).sum() / len(points))
    return scaled


def _distinct_pairs(shape: NDArray[np.float64]) -> NDArray[np.bool_]:
    n = len(shape) - 1
    symmetry = _symmetry(shape)
    distinct = np.zeros((n, n), dtype=np.bool_)
    seen: set[tuple[int, int]] = set()
    for i in range(n):
        for j in range(n):
            if i != j and (i, j) not in seen:
                distinct[i, j] = True
                seen.update(zip(symmetry[:, i].tolist(), symmetry[:, j].tolist(), strict=True))
    return distinct


def _symmetry(shape: NDArray[np.float64]) -> NDArray[np.intp]:
    """(g, n) the permutations of the vertices by rotations and reflections of *shape*.

    Each of them is told by where it takes two vertices that span a plane with the centroid; for a
    line, where no two do, only the identity is given.
    """
    vertices = shape[:-1]
    across = np.cross(vertices[:, None], vertices[None])
    areas = np.linalg.norm(across, axis=2)
    a, b = np.unravel_index(areas.argmax(), areas.shape)
    if areas[a, b] < _TOLERANCE:
        return np.arange(len(vertices))[None]
    frame = np.stack([vertices[a], vertices[b], across[a, b]], axis=1)
    first, second = np.broadcast_arrays(vertices[:, None], vertices[None])
    images = np.concatenate(
        [np.stack([first, second, sign * across], axis=3).reshape(-1, 3, 3) for sign in (1, -1)]
    )
    moves = images @ np.linalg.inv(frame)
    strain = np.abs(moves @ moves.transpose(0, 2, 1) - np.eye(3)).max(axis=(1, 2))
    moved = shape @ moves[strain < _TOLERANCE].transpose(0, 2, 1)
    distances = np.linalg.norm(moved[:, :, None] - shape[None, None], axis=3)
    fits = (distances.min(axis=2) < _TOLERANCE).all(axis=1)
    permutations: NDArray[np.intp] = distances[fits].argmin(axis=2)[:, :-1]
    return permutations
