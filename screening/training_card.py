"""Training card: what a model version tells of how it was made and judged."""

import platform
from dataclasses import asdict
from importlib.metadata import version as installed_version
from typing import Any, Final

from screening.learning.comparison import THRESHOLD, Evaluation
from screening.learning.dataset import Examples
from screening.learning.domain import INSIDE
from screening.learning.split import Split
from screening.learning.trained import TrainedModel
from screening.learning.training_config import TrainingConfig
from screening.network.device import thread_count
from screening.network.predictor import Predictor
from screening.voxel.views import Views

_LIBRARIES: Final = ("numpy", "rdkit", "scikit-learn", "scipy", "torch")


def made(
    trained: TrainedModel, config: TrainingConfig, views: Views, device: str
) -> dict[str, Any]:
    """How a version was made, as JSON values."""
    return {
        "training": config.to_json(),
        "views": views.source,
        "edges": views.edges,
        "rotations": views.turns,
        "members": [member.to_json() for member in trained.members],
        "parameters": sum(network.n_parameters for network in trained.networks),
        "device": device,
        "threads": thread_count(),
        "python": platform.python_version(),
        "libraries": {name: installed_version(name) for name in _LIBRARIES},
    }


def judged(
    predictor: Predictor, evaluation: Evaluation, examples: Examples, split: Split
) -> dict[str, Any]:
    """How a version's scores are to be read, and what they are worth, as JSON values."""
    mean, _ = examples.scale_of(split.train)
    own = {} if examples.are_numbers else {"threshold": THRESHOLD, "base_rate": mean}
    return {
        **own,
        "calibration": predictor.calibration.to_json(),
        "domain": predictor.domain
        and {
            "limit": float(predictor.domain.limit),
            "inside_of_validation": INSIDE,
            "outside_of_test": float(evaluation.is_far.mean()),
        },
        "reliability": [asdict(one) for one in evaluation.reliability],
        "best_baseline": evaluation.best_baseline,
        "verdict": evaluation.verdict,
    }
