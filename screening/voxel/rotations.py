"""Rotations: turns of the box onto itself, which resample no voxel, and turns of the atoms."""

from dataclasses import dataclass
from itertools import permutations, product
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from screening.errors import InputError

T = TypeVar("T", bound=np.generic)
_TOLERANCE: Final = 1e-5
"""Of the products of rows; rotations made in single precision are within it."""
_PHI: Final = 2**0.5
_PSI: Final = 1.533751168755204288118041
"""Constants of the spiral, from its paper: psi solves psi^4 = psi + 4."""


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


def rotate(elements: NDArray[T], rotation: CubeRotation) -> NDArray[T]:
    """Turn grids (..., edge, edge, edge) about their middle; a view, nothing is copied."""
    lead = elements.ndim - 3
    turned = elements.transpose(*range(lead), *(lead + axis for axis in rotation.axes))
    return np.flip(turned, axis=tuple(lead + axis for axis in rotation.reversed_axes))


def random_rotations(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Rotations (n, 3, 3), each direction and angle as likely as its share of all rotations.

    A row of four normal numbers points evenly in all directions of the unit quaternions
    (Muller 1959), and these cover the rotations evenly (Shoemake, Graphics Gems III, 1992).
    """
    return _matrices(rng.normal(size=(n, 4)))


def spread_rotations(n: int) -> NDArray[np.float64]:
    """Rotations (n, 3, 3) spread over all of them about as evenly as n can be, always the same.

    A super-Fibonacci spiral (Marc Alexa, "Super-Fibonacci Spirals: Fast, Low-Discrepancy Sampling
    of SO(3)", CVPR 2022). Those of another n are others.
    """
    steps = np.arange(n) + 0.5
    along, across = np.sqrt(steps / n), np.sqrt(1 - steps / n)
    alpha, beta = 2 * np.pi * steps / _PHI, 2 * np.pi * steps / _PSI
    return _matrices(
        np.stack(
            [
                along * np.sin(alpha),
                along * np.cos(alpha),
                across * np.sin(beta),
                across * np.cos(beta),
            ],
            axis=1,
        )
    )


def _matrices(quaternions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rotations (n, 3, 3) of quaternions (n, 4) of any length above 0."""
    w, x, y, z = (quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True)).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    matrices: NDArray[np.float64] = np.moveaxis(np.array(rows), 2, 0)
    return np.ascontiguousarray(matrices)


def checked_rotations(matrices: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rotations (n, 3, 3) as float64 in C order.

    Raises:
        InputError: for matrices that stretch, skew or mirror, by more than rounding.
    """
    rotations = np.ascontiguousarray(matrices, dtype=np.float64)
    if rotations.ndim != 3 or rotations.shape[1:] != (3, 3):
        raise InputError(f"rotations are (n, 3, 3), not {rotations.shape}")
    squares = rotations @ rotations.transpose(0, 2, 1)
    if not (np.abs(squares - np.eye(3)) < _TOLERANCE).all():
        raise InputError("a rotation must have rows of length 1 at right angles")
    if not (np.linalg.det(rotations) > 0).all():
        raise InputError("a mirror image is no rotation")
    return rotations
