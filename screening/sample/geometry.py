"""Geometry: unit vectors, frames, rotations, polygons, and directions spread on a sphere."""

from math import cos, pi, radians, sin
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector: TypeAlias = NDArray[np.float64]
"""(3,) for one point or (n, 3) for many, angstrom."""

HINT = np.array([0.37, 0.61, -0.7])
"""A direction along none of the axes, where any will do."""


def unit(vector: ArrayLike) -> Vector:
    """Scale a (3,) vector to length one."""
    array = np.asarray(vector, dtype=np.float64)
    return np.divide(array, float(np.linalg.norm(array)))


def frame(axis: ArrayLike, hint: ArrayLike) -> Vector:
    """(3, 3) orthonormal rows: along *axis*, towards *hint*, and their cross product."""
    first = unit(axis)
    second = np.asarray(hint, dtype=np.float64)
    second = second - first * float(second @ first)
    if float(np.linalg.norm(second)) < 1e-6:
        return frame(axis, np.roll(first, 1) + np.array([0.3, 0.1, -0.2]))
    second = unit(second)
    return np.array([first, second, np.cross(first, second)])


def rotation(axis: ArrayLike, angle: float) -> Vector:
    """(3, 3) matrix that turns column vectors by *angle* degrees about *axis* (Rodrigues)."""
    x, y, z = unit(axis)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    theta = radians(angle)
    turned: Vector = np.eye(3) + sin(theta) * cross + (1.0 - cos(theta)) * (cross @ cross)
    return turned


def random_rotation(rng: np.random.Generator) -> Vector:
    """(3, 3) rotation drawn uniformly: the QR factor of a Gaussian matrix."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = np.multiply(q, np.sign(np.diag(r)))
    proper: Vector = q * np.sign(np.linalg.det(q))
    return proper


def polygon_on(first: Vector, second: Vector, away: Vector, corners: int) -> Vector:
    """(corners - 2, 3): a regular polygon on the edge first-second, on the side away from *away*.

    The points run from the neighbour of *second* round to the neighbour of *first*.
    """
    edge = second - first
    side = float(np.linalg.norm(edge))
    middle = (first + second) / 2.0
    axes = frame(edge, middle - away)
    apothem = side / (2.0 * np.tan(pi / corners))
    centre = middle + apothem * axes[1]
    radius = side / (2.0 * sin(pi / corners))
    start = -pi / 2.0 + pi / corners  # the angle of *second*, seen from the centre
    angles = [start + 2.0 * pi * k / corners for k in range(1, corners - 1)]
    return np.array([centre + radius * (cos(a) * axes[0] + sin(a) * axes[1]) for a in angles])


def spread(fixed: Vector, count: int) -> Vector:
    """(count, 3) unit vectors that keep away from the *fixed* ones and from each other.

    Points on a sphere that repel by 1/r^4, moved downhill from a spiral start: no randomness.
    """
    turns = np.arange(count) * pi * (3.0 - np.sqrt(5.0))
    height = 1.0 - 2.0 * (np.arange(count) + 0.5) / count
    ring = np.sqrt(1.0 - height**2)
    free = np.stack([ring * np.cos(turns), ring * np.sin(turns), height], axis=1)
    for _ in range(200):
        everything = np.concatenate([fixed, free])
        difference = free[:, None, :] - everything[None, :, :]
        squared = (difference**2).sum(axis=2) + 1e-9
        push = np.where(squared > 1e-8, squared**-3, 0.0)
        force = (difference * push[:, :, None]).sum(axis=1)
        size = np.linalg.norm(force, axis=1, keepdims=True)
        free = free + 0.05 * force / np.maximum(size, 1.0)
        free = free / np.linalg.norm(free, axis=1, keepdims=True)
    return free
