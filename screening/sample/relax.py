"""Relax: move the drawn atoms until their distances keep the bounds."""

import numpy as np

from screening.sample.geometry import Vector
from screening.sample.terms import Terms


def relax(points: Vector, terms: Terms, *, steps: int = 400, tolerance: float = 2e-3) -> Vector:
    """Minimise the weighted squared violations of the bounds; (n, 3) in and out.

    FIRE (E. Bitzek et al., Phys. Rev. Lett. 97 (2006) 170201): damped dynamics, no line search.
    Pairs too far apart to touch are left out and looked at again every 50 steps.
    """
    x = points.copy()
    velocity = np.zeros_like(x)
    step, damping, downhill = 0.15, 0.1, 0
    force = velocity
    for count in range(steps):
        if count % 50 == 0:
            near = _near(x, terms)
        force = _force(x, near)
        if float(np.abs(force).max()) < tolerance:
            break
        power = float((force * velocity).sum())
        if power > 0:
            downhill += 1
            size = float(np.linalg.norm(velocity)) / (float(np.linalg.norm(force)) + 1e-12)
            velocity = (1 - damping) * velocity + damping * size * force
            if downhill > 5:
                step, damping = min(step * 1.1, 0.5), damping * 0.99
        else:
            velocity, step, damping, downhill = np.zeros_like(x), step * 0.5, 0.1, 0
        velocity = velocity + step * force
        move = step * velocity
        longest = float(np.abs(move).max())
        x = x + move * min(1.0, 0.15 / (longest + 1e-12))
    return x


def _near(x: Vector, terms: Terms) -> Terms:
    distance = np.linalg.norm(x[terms.pairs[:, 0]] - x[terms.pairs[:, 1]], axis=1)
    keep = (terms.high < 20.0) | (distance < terms.low + 2.5)
    return Terms(terms.pairs[keep], terms.low[keep], terms.high[keep], terms.weight[keep])


def _force(x: Vector, terms: Terms) -> Vector:
    first, second = terms.pairs[:, 0], terms.pairs[:, 1]
    difference = x[first] - x[second]
    distance = np.sqrt((difference**2).sum(axis=1)) + 1e-9
    wanted = np.clip(distance, terms.low, terms.high)
    pull = (terms.weight * (wanted - distance) / distance)[:, None] * difference
    size = len(x)
    return np.stack(
        [
            np.bincount(first, pull[:, k], size) - np.bincount(second, pull[:, k], size)
            for k in range(3)
        ],
        axis=1,
    )
