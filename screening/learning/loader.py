"""Loader: the batches of an epoch, drawn while the network learns from those before."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.learning.dataset import Examples
from screening.learning.training_config import Turns
from screening.voxel.batch import draw_edges
from screening.voxel.rotations import CUBE_ROTATIONS, random_rotations, rotate
from screening.voxel.spec import Edges

_AHEAD: Final = 4
"""Batches that wait to be learned from; a slow one among them is not felt."""


class Batch(NamedTuple):
    """rows: (b,) of the examples; grids: (b, edge, edge, edge) uint8, int16 with soft edges."""

    rows: NDArray[np.intp]
    grids: NDArray[np.integer]


class Loader:
    """Draws batches of examples in random order and turned at random.

    A drawing of the atoms takes a small part of the time of a training step and holds no lock of
    Python for most of it, so one thread is always ahead.
    """

    def __init__(
        self,
        examples: Examples,
        rows: NDArray[np.intp],
        turns: Turns,
        edges: Edges = "hard",
    ) -> None:
        self._examples = examples
        self._rows = rows
        self._turns = turns
        self._edges = edges
        if turns == "free":
            self._molecules = examples.molecules(rows)

    def epoch(self, n_batches: int, rng: np.random.Generator) -> Iterator[Batch]:
        """Every row once, in batches of nearly one size; all chance is that of *rng*.

        Raises:
            IntegrityError: when a stored grid is damaged.
        """
        # Equal batches: a last batch of one has no spread for the batch norm to measure.
        orders = np.array_split(rng.permutation(len(self._rows)), n_batches)
        waiting: deque[Future[Batch]] = deque()
        with ThreadPoolExecutor(1) as pool:
            try:
                for order in orders:
                    waiting.append(pool.submit(self._draw, order, self._turn(len(order), rng)))
                    if len(waiting) > _AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _turn(self, n: int, rng: np.random.Generator) -> NDArray[Any]:
        """What _draw turns by: matrices (n, 3, 3), or numbers (n,) of rotations of the cube."""
        if self._turns == "free":
            return random_rotations(n, rng)
        return rng.integers(len(CUBE_ROTATIONS), size=n) if self._turns == "cube" else np.zeros(n)

    def _draw(self, order: NDArray[np.intp], turns: NDArray[Any]) -> Batch:
        rows = self._rows[order]
        if self._turns == "free":
            molecules = self._molecules.take(order)
            drawn = draw_edges(molecules, self._examples.spec, self._edges, rotations=turns)
            return Batch(rows, drawn)
        grids = self._examples.grids(rows)
        for grid, number in zip(grids, turns.astype(int), strict=True):
            grid[:] = rotate(grid, CUBE_ROTATIONS[number]).copy()
        return Batch(rows, grids)
