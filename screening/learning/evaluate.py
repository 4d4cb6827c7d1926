"""Evaluate: a network and its baselines on the same examples, and what that proves."""

from typing import Final

import numpy as np

from screening.learning.baselines import fit_baselines
from screening.learning.comparison import Evaluation, baseline_scores, compare, measure
from screening.learning.dataset import Examples
from screening.learning.split import Part, Split, make_split
from screening.learning.split_kind import SplitPlan
from screening.network.predictor import Predictor
from screening.progress import SILENT, Progress
from screening.voxel.views import Views

RANDOM: Final = "random test"
"""Part of the figures that the baselines reach on a random split."""
UNSEEN: Final = "unseen"
"""Part of the figures on examples that came later."""
_PARTS: Final[tuple[Part, ...]] = ("validation", "test")


def evaluate(
    predictor: Predictor,
    examples: Examples,
    split: Split,
    *,
    views: Views,
    unit: str = "",
    seed: int = 0,
) -> Evaluation:
    """Measure a network and its baselines on the validation and the test part.

    views: what the network sees of each complex. unit: of the numbers, if they have one.

    The validation part chose the epoch and the calibration, so its figures flatter the network; the
    test part was not used for anything before. The best baseline is the one that does best on the
    test part, which is the harder comparison. Beside it stands what the baselines reach on a
    random split.

    Raises:
        IntegrityError: when a grid is damaged.
    """
    baselines = fit_baselines(examples, split.train)
    comparisons = {
        part: compare(predictor, baselines, examples, split.rows(part), part, views, seed)
        for part in _PARTS
    }
    metrics = [metric for part in _PARTS for metric in comparisons[part].metrics]
    metrics += comparisons["test"].by_metal()
    if split.plan.kind != "random":
        lenient = make_split(examples, SplitPlan("random"), seed=split.seed)
        easy = fit_baselines(examples, lenient.train)
        scores = baseline_scores(easy, examples, lenient.test)
        metrics += measure(RANDOM, examples, lenient.test, scores, seed)
    return comparisons["test"].judge(metrics, "test complexes", unit)


def evaluate_unseen(
    predictor: Predictor,
    known: Examples | None,
    unseen: Examples,
    *,
    views: Views,
    unit: str = "",
    seed: int = 0,
    progress: Progress = SILENT,
) -> Evaluation:
    """Measure a network on examples that it never saw, beside baselines fitted to what it saw.

    known: the examples that the network was trained on; None where they are not at hand, so that
    no baseline can be fitted and nothing is claimed. unit: of the numbers, if they have one.

    Raises:
        IntegrityError: when a grid is damaged.
    """
    rows = np.arange(len(unseen))
    baselines = fit_baselines(known, np.arange(len(known))) if known is not None else ()
    comparison = compare(predictor, baselines, unseen, rows, UNSEEN, views, seed, progress=progress)
    metrics = [*comparison.metrics, *comparison.by_metal()]
    return comparison.judge(metrics, "complexes that it never saw", unit)
