"""Copies of one molecule in a structure that is written without its symmetry."""

import numpy as np
from numpy.typing import NDArray

from screening.crystal.complex import Complex

_TOLERANCE = 0.02
"""Angstrom; rounding of written coordinates stays below, real differences of molecules do not."""


def without_copies(complexes: list[Complex]) -> list[Complex]:
    """Keep the first of molecules that agree in every distance to their two centres.

    These are the mean of the atoms, and their mean weighed by the squares of the atomic numbers,
    which lies near the metals.
    """
    if len(complexes) < 2:
        return complexes
    kept: list[tuple[Complex, NDArray[np.int64], NDArray[np.float64]]] = []
    for candidate in complexes:
        numbers, distances = _profile(candidate)
        if not any(
            np.array_equal(numbers, other) and np.abs(distances - profile).max() < _TOLERANCE
            for _, other, profile in kept
        ):
            kept.append((candidate, numbers, distances))
    return [candidate for candidate, _, _ in kept]


def _profile(candidate: Complex) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Elements, and distances (n, 2) to both centres, sorted by element."""
    z = candidate.atomic_numbers.astype(np.int64)
    weights = z.astype(np.float64) ** 2
    centre = candidate.positions.mean(axis=0)
    heavy = (candidate.positions * weights[:, None]).sum(axis=0) / weights.sum()
    near = np.linalg.norm(candidate.positions - centre, axis=1)
    far = np.linalg.norm(candidate.positions - heavy, axis=1)
    order = np.lexsort((near, z))
    second = np.lexsort((far, z))
    return z[order], np.stack([near[order], far[second]], axis=1)
