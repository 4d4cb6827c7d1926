"""Fitting: trained networks to what scores, with a calibration and the domain of the training."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from screening.learning.calibration import fit_calibration
from screening.learning.dataset import Examples
from screening.learning.domain import fit_domain
from screening.learning.split import Split
from screening.network.calibration import Calibration
from screening.network.predictor import Looks, Predictor
from screening.network.resnet3d import ResNet3d
from screening.progress import SILENT, Progress
from screening.voxel.palette import Palette
from screening.voxel.views import Views

_CHUNK: Final = 256


def fit_predictor(
    networks: Sequence[ResNet3d],
    palette: Palette,
    examples: Examples,
    split: Split,
    *,
    views: Views,
    device: torch.device | str = "cpu",
    progress: Progress = SILENT,
) -> Predictor:
    """Calibrate networks on the validation part and learn where the training part lies.

    Numbers are put back from the scale they were learned on, that of the training part; else the
    probabilities are those of the training part's share of positives. The networks saw the
    validation part only to choose their epoch. Both parts are seen as scores will be: by *views*.
    The predictor lies on *device*.

    Raises:
        IntegrityError: when a grid is damaged.
    """
    plain = Predictor(tuple(networks), palette).to(device)
    train = look_at(plain, examples, split.train, views, progress=progress)
    validation = look_at(plain, examples, split.validation, views, progress=progress)
    mean, deviation = examples.scale_of(split.train)
    calibration = (
        Calibration(deviation, mean, "identity")
        if examples.are_numbers
        else fit_calibration(validation.logits, examples.classes[split.validation], mean)
    )
    domain = fit_domain(train.embeddings, validation.embeddings)
    return Predictor(plain.members, palette, calibration, domain and domain.to(device))


def look_at(
    predictor: Predictor,
    examples: Examples,
    rows: NDArray[np.intp],
    views: Views,
    *,
    progress: Progress = SILENT,
) -> Looks:
    """What the networks say of some rows of the examples, before any calibration."""
    parts = []
    with progress.task("Looking at complexes", len(rows)) as task:
        for start in range(0, len(rows), _CHUNK):
            own = rows[start : start + _CHUNK]
            parts.append(predictor.look(examples.views(own, views)))
            task.advance(len(own))
    if not parts:
        return predictor.look(views.empty(0))
    return Looks(
        np.concatenate([part.logits for part in parts]),
        np.concatenate([part.embeddings for part in parts]),
    )
