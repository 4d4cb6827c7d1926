"""Images: where symmetry puts the sites of a cell, in compiled loops."""

from typing import Any, Final

import numpy as np

from screening.compiled import compiled

_SAME_PLACE: Final = 0.3
"""Angstrom: images of one site this close are one atom on a special position."""


@compiled
def _apart(orth: Any, one: Any, other: Any, gap: Any) -> float:
    """Write the shortest way from *other* to an image of *one* to *gap*; its length."""
    for x in range(3):
        gap[x] = one[x] - other[x]
        gap[x] -= np.rint(gap[x])
    square = 0.0
    for x in range(3):
        along = orth[x, 0] * gap[0] + orth[x, 1] * gap[1] + orth[x, 2] * gap[2]
        square += along * along
    return np.sqrt(square)  # type: ignore[no-any-return]


@compiled
def _moved(rotations: Any, translations: Any, place: Any, images: Any) -> None:
    """Write the images (m, 3) of one place by all operations."""
    for k in range(len(rotations)):
        for x in range(3):
            turned = 0.0
            for y in range(3):
                turned += rotations[k, x, y] * place[y]
            images[k, x] = turned + translations[k, x]


@compiled
def _averaged(place: Any, images: Any, orth: Any, gap: Any) -> Any:
    """Return the mean of *place* and of those of its images that are almost where it is."""
    total, n = np.zeros(3), 0
    for image in images:
        if _apart(orth, image, place, gap) < _SAME_PLACE:
            total += gap
            n += 1
    return place + total / max(n, 1)


@compiled
def _into_cell(images: Any) -> None:
    """Move the places to [0, 1)."""
    for k in range(len(images)):
        for x in range(3):
            images[k, x] -= np.floor(images[k, x])
            if images[k, x] >= 1.0:
                images[k, x] = 0.0


@compiled
def _is_there(image: Any, images: Any, orth: Any, gap: Any) -> bool:
    """Whether one of *images* is where *image* is."""
    for other in images:  # noqa: SIM110 - numba compiles no generator
        if _apart(orth, image, other, gap) < _SAME_PLACE:
            return True
    return False


@compiled
def all_images(
    fract: Any, rotations: Any, translations: Any, orth: Any
) -> tuple[Any, Any, Any, Any]:
    """Put each site, averaged over the operations that move it by almost nothing, through all.

    Images of one site in one place are one. Returns site and operation of each atom, its place,
    and for each site how many operations leave it where it is.
    """
    n, m = len(fract), len(rotations)
    site, operation = np.empty(n * m, dtype=np.int64), np.empty(n * m, dtype=np.int64)
    places, order = np.empty((n * m, 3)), np.zeros(n, dtype=np.int64)
    images, gap = np.empty((m, 3)), np.empty(3)
    n_atoms = 0
    for i in range(n):
        _moved(rotations, translations, fract[i], images)
        _moved(rotations, translations, _averaged(fract[i], images, orth, gap), images)
        _into_cell(images)
        for k in range(m):
            order[i] += _apart(orth, images[k], images[0], gap) < _SAME_PLACE
        for k in range(m):
            if order[i] > 1 and _is_there(images[k], images[:k], orth, gap):
                continue
            site[n_atoms], operation[n_atoms] = i, k
            places[n_atoms] = images[k]
            n_atoms += 1
    return site[:n_atoms].copy(), operation[:n_atoms].copy(), places[:n_atoms].copy(), order
