"""Shape: the ideal polyhedron that points around a centre are nearest to, and how near.

The continuous shape measure of Pinsky and Avnir (Inorg. Chem. 1998, 37, 5575), over centre and
vertices as SHAPE 2.1 takes it: 100 times the smallest sum of squared distances to the ideal shape,
by the sum of squared distances to the centroid. The shape may be turned, reflected, scaled and
moved, and its vertices taken in any order; its centre meets the centre.

With both sides at centroid 0 and mean square length 1, m points p and q, and H the sum of the outer
products of matched points, the best turn and scale leave 100 (1 - (N / m)^2), where N is the sum of
the singular values of H. So the largest N over all orders of the vertices is sought. No order is
left out that could have it: the search goes through the orders vertex by vertex, and drops a
beginning only where N of what is matched so far, plus sqrt(P Q) for the rest (P and Q: the sums of
squares of the points yet to match), which no turn can exceed, is below what is already found.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.polyhedra.reference_shape import (
    ReferenceShapes,
    normalised,
    reference_shapes,
)
from screening.compiled import compiled

_LIMITS: Final = (1.0, 3.0, 10.0, 20.0, 30.0, 40.0, 60.0, 100.0)
"""Measures under which the nearest shape is sought, one after the other: the lower, the faster."""
_SLACK = 1e-9
"""Of N: shapes nearer to each other than rounding do not change places."""
_N_BOUND_ROUNDS, _N_EXACT_ROUNDS = 5, 25


def nearest_shape(points: NDArray[np.float64]) -> tuple[str, float]:
    """Code and measure (0: ideal) of the nearest shape of 2 to 12 vertices.

    points: (n + 1, 3), the centre last; any unit; finite and not all in one place.
    """
    return near_shapes(points, 0.0)[0]


def near_shapes(points: NDArray[np.float64], margin: float) -> list[tuple[str, float]]:
    """Codes and measures of the nearest shape and of those at most *margin* farther, in order.

    points: as of `nearest_shape`.
    """
    shapes = reference_shapes(len(points) - 1)
    spread = _spread(normalised(points))
    for limit in _LIMITS:
        found = _near(spread, shapes, limit, margin)
        if found:
            return found
    raise AssertionError("every shape is nearer than 100")


def shape_measure(points: NDArray[np.float64], code: str) -> float:
    """The measure of (n + 1, 3) *points*, the centre last, against one shape, such as "OC-6".

    ValueError where *code* is no shape of n vertices.
    """
    shapes = reference_shapes(len(points) - 1)
    k = shapes.codes.index(code)
    only = ReferenceShapes((code,), shapes.points[k : k + 1], shapes.starts[k : k + 1])
    ((_, measure),) = _near(_spread(normalised(points)), only, _LIMITS[-1], 0.0)
    return measure


def _near(
    spread: NDArray[np.float64], shapes: ReferenceShapes, limit: float, margin: float
) -> list[tuple[str, float]]:
    """Code and measure of the nearest of *shapes* and of those at most *margin* farther.

    Empty where none is nearer than *limit*. spread: the points in the order of `_spread`.
    """
    n = len(spread) - 1
    totals = _largest_sums(shapes.points, spread, shapes.starts, limit, margin)
    found = [pair for pair in zip(totals.tolist(), shapes.codes, strict=True) if pair[0] > 0.0]
    found.sort(key=lambda pair: -pair[0])  # of equals the first stays first
    near = [(code, _measure_of_sum(total, n)) for total, code in found]
    if not near or near[0][1] > limit:
        return []
    return [(code, measure) for code, measure in near if measure <= near[0][1] + margin]


def _measure_of_sum(total: float, n: int) -> float:
    return max(0.0, 100.0 * (1.0 - (total / (n + 1)) ** 2))


def _spread(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points in an order in which each lies in another direction than those before.

    What does not fit is then seen after few of them. The centre stays last.
    """
    vertices = points[:-1]
    order: NDArray[np.int64] = _spread_order(vertices, vertices @ vertices.T)
    return points[order]


def _spread_order_(
    vertices: NDArray[np.float64], products: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Each time the vertex that is least like the most alike of those before, and the centre last.

    Begins with the farthest. products: (n, n) of the vertices with each other.
    """
    n = len(vertices)
    squares, nearness, order = np.zeros(n), np.zeros(n), np.empty(n + 1, dtype=np.int64)
    for i in range(n):
        for x in range(3):
            squares[i] += vertices[i, x] * vertices[i, x]
    order[0], order[n] = squares.argmax(), n
    for k in range(n):
        if k > 0:
            order[k] = nearness.argmin()
        chosen = order[k]
        for i in range(n):
            alike = products[i, chosen] ** 2 / max(squares[i] * squares[chosen], _SLACK)
            nearness[i] = max(nearness[i], alike)
        nearness[chosen] = np.inf
    return order


def _largest_sums_(
    shapes: NDArray[np.float64],
    points: NDArray[np.float64],
    starts: NDArray[np.bool_],
    limit: float,
    margin: float,
) -> NDArray[np.float64]:
    """The largest N of each shape that is nearer than *limit* and among the nearest; 0 of others.

    Those at most *margin* farther than the nearest before it are among them.
    """
    n = len(points) - 1
    totals = np.zeros(len(shapes))
    for k in range(len(shapes)):
        floor = (n + 1) * math.sqrt(1.0 - min(100.0, limit + margin) / 100.0)
        total = _largest_sum(shapes[k], points, starts[k], floor)
        if total > floor:
            totals[k] = total
            limit = min(limit, max(0.0, 100.0 * (1.0 - (total / (n + 1)) ** 2)))
    return totals


def _sum_of_singular_values_(h: NDArray[np.float64], n_rounds: int) -> float:
    """Of a 3 x 3 matrix, given as its nine numbers; from above, nine times nearer each round.

    With a the sum of squares, b that of the cofactors and d the determinant, the sum N obeys
    N^2 = a + 2 sqrt(b + 2 |d| N), and N^2 <= 3 a.
    """
    c0, c1, c2 = h[4] * h[8] - h[5] * h[7], h[5] * h[6] - h[3] * h[8], h[3] * h[7] - h[4] * h[6]
    c3, c4, c5 = h[2] * h[7] - h[1] * h[8], h[0] * h[8] - h[2] * h[6], h[1] * h[6] - h[0] * h[7]
    c6, c7, c8 = h[1] * h[5] - h[2] * h[4], h[2] * h[3] - h[0] * h[5], h[0] * h[4] - h[1] * h[3]
    a = 0.0
    for x in range(9):
        a += h[x] * h[x]
    b = c0 * c0 + c1 * c1 + c2 * c2 + c3 * c3 + c4 * c4 + c5 * c5 + c6 * c6 + c7 * c7 + c8 * c8
    d = abs(h[0] * c0 + h[1] * c1 + h[2] * c2)
    total = math.sqrt(3.0 * a)
    for _ in range(n_rounds):
        total = math.sqrt(a + 2.0 * math.sqrt(b + 2.0 * d * total))
    return total


def _largest_sum_(
    shape: NDArray[np.float64],
    points: NDArray[np.float64],
    starts: NDArray[np.bool_],
    floor: float,
) -> float:
    """The largest N over the orders of the vertices of *shape*; *floor* where none is larger."""
    n = len(points) - 1
    matched, taken = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.int64)
    bounds, sums = np.empty((n, n)), np.empty((n + 1, n, 9))
    for x in range(9):
        sums[n, 0, x] = shape[n, x // 3] * points[n, x % 3]  # of the centre
    k = 0  # the point that is matched; those before have taken their vertices
    _bound(shape, points, starts, sums[n, 0], matched, taken[0], bounds[k], sums[k])
    while k >= 0:
        best = bounds[k].argmax()
        if bounds[k, best] > floor + _SLACK and k < n - 1:
            taken[k], matched[best] = best, True
            h = sums[k, best]
            bounds[k, best] = 0.0
            k += 1
            _bound(shape, points, starts, h, matched, taken[0], bounds[k], sums[k])
            continue
        if bounds[k, best] > floor + _SLACK:
            floor = bounds[k, best]
        k -= 1
        matched[taken[k]] = False
    return floor


def _bound_(
    shape: NDArray[np.float64],
    points: NDArray[np.float64],
    starts: NDArray[np.bool_],
    h: NDArray[np.float64],
    matched: NDArray[np.bool_],
    first: int,
    bounds: NDArray[np.float64],
    sums: NDArray[np.float64],
) -> None:
    """Write the bound of N for each vertex that the next point may take, and H with it to *sums*.

    matched: (n,) the vertices that the points before have taken, of which *first* by the first one;
    h: (9,) H of these and of the centre.
    """
    n = len(matched)
    k = 0  # the point that is matched here
    shape_rest = points_rest = 0.0
    for i in range(n):
        if matched[i]:
            k += 1
        else:
            shape_rest += shape[i, 0] ** 2 + shape[i, 1] ** 2 + shape[i, 2] ** 2
    for i in range(k + 1, n):
        points_rest += points[i, 0] ** 2 + points[i, 1] ** 2 + points[i, 2] ** 2
    bounds[:] = 0.0
    for i in range(n):
        if matched[i] or (k == 1 and not starts[first, i]):
            continue
        for x in range(9):
            sums[i, x] = h[x] + shape[i, x // 3] * points[k, x % 3]
        square = shape[i, 0] ** 2 + shape[i, 1] ** 2 + shape[i, 2] ** 2
        rest = math.sqrt(max(0.0, shape_rest - square) * points_rest)
        n_rounds = _N_EXACT_ROUNDS if k == n - 1 else _N_BOUND_ROUNDS
        bounds[i] = _sum_of_singular_values(sums[i], n_rounds) + rest


_sum_of_singular_values = compiled(_sum_of_singular_values_)
_spread_order = compiled(_spread_order_)
_bound = compiled(_bound_)
_largest_sum = compiled(_largest_sum_)
_largest_sums = compiled(_largest_sums_)
