"""Rotations: the 24 turns that map the box onto itself, so that no voxel is resampled."""

from dataclasses import dataclass
from itertools import permutations, product
from typing import Final

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CubeRotation:
    """A turn of the box: take the axes in this order, then reverse those named.

    axes: which old axis becomes the new x, y and z.
    reversed_axes: the new axes that run backwards.
    """

    axes: tuple[int, int, int]
    reversed_axes: tuple[int, ...]

    @property
    def matrix(self) -> NDArray[np.int64]:
        """(3, 3) rotation matrix that turns positions about the box centre as it turns grids."""
        matrix = np.zeros((3, 3), dtype=np.int64)
        for new, old in enumerate(self.axes):
            matrix[new, old] = -1 if new in self.reversed_axes else 1
        return matrix


def _cube_rotations() -> tuple[CubeRotation, ...]:
    turns = [
        CubeRotation((a, b, c), tuple(axis for axis in range(3) if signs[axis]))
        for a, b, c in permutations(range(3))
        for signs in product((False, True), repeat=3)
    ]
    proper = [turn for turn in turns if round(float(np.linalg.det(turn.matrix))) == 1]
    # Even orders of axes first: the first 4 turns and the first 12 are groups of their own, so
    # an average over 1, 4, 12 or 24 of them favours no direction of the box.
    rank = {(0, 1, 2): 0, (1, 2, 0): 1, (2, 0, 1): 2}
    return tuple(sorted(proper, key=lambda turn: (rank.get(turn.axes, 3), len(turn.reversed_axes))))


CUBE_ROTATIONS: Final = _cube_rotations()
"""The 24 proper rotations, the identity first. Mirror images are not among them."""


def rotate(elements: NDArray[np.uint8], rotation: CubeRotation) -> NDArray[np.uint8]:
    """Turn grids (..., edge, edge, edge) about their middle; a view, nothing is copied."""
    lead = elements.ndim - 3
    turned = elements.transpose(*range(lead), *(lead + axis for axis in rotation.axes))
    return np.flip(turned, axis=tuple(lead + axis for axis in rotation.reversed_axes))
