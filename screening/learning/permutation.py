"""Permutation: what a way to learn finds where there is nothing to find."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from screening.learning.ranked import rank

Learner = Callable[[NDArray[np.bool_]], NDArray[np.floating]]


def permutation_auroc(
    targets: NDArray[np.bool_],
    train: NDArray[np.intp],
    test: NDArray[np.intp],
    learn: Learner,
    *,
    times: int = 20,
    seed: int = 0,
) -> NDArray[np.float64]:
    """AUROC on the test rows of scores learned from shuffled training labels: (times,).

    learn: fits to labels of the training rows and gives the scores of the test rows, in order.

    The mean is 0.5 within its error unless something tells of the test labels by another way than
    the training labels. A single value spreads with the size of the test part.
    """
    rng = np.random.default_rng(seed)
    once = np.ones((1, len(test)))
    return np.array(
        [
            rank(targets[test], learn(rng.permutation(targets[train])), once).auroc()[0]
            for _ in range(times)
        ]
    )
