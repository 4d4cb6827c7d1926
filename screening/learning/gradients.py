"""Gradients: integrated gradients of a network, from the empty box to the molecule."""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from screening.learning.scoring import Scoring
from screening.network.colour import colour_table, colourise
from screening.network.resnet3d import ResNet3d
from screening.voxel.molecules import Molecules

STEPS: Final = 64
"""Points on the way from the empty box, half a step from its ends."""
_BATCH: Final = 16


def integrate_gradients(
    scoring: Scoring, molecule: Molecules, steps: int = STEPS
) -> NDArray[np.float64]:
    """Log-odds that each atom gives to the whole: (looks, n), natural logarithm.

    Integrated gradients (Sundararajan, Taly and Yan, ICML 2017): all voxels brighten together from
    the black of the empty box to their colours; the mean gradient on the way times the colour is
    what a voxel gives, and an atom has the sum over its voxels (`voxel.owners`). The atoms of a
    look sum to the log-odds of the molecule less those of the empty box, but for the error of
    taking the mean over *steps* points.

    Args:
        scoring: of the version.
        molecule: one, with its box.
        steps: points on the way.
    """
    predictor = scoring.predictor
    views = torch.from_numpy(scoring.views.draw(molecule)[0]).to(predictor.device)
    owners = scoring.views.owners(molecule)
    table = colour_table(predictor.palette, predictor.device)
    n = len(molecule.atomic_numbers)
    looks = [
        _give(member, grid[None], owned, table, n, steps)
        for member in predictor.members
        for grid, owned in zip(views, owners, strict=True)
    ]
    return predictor.calibration.slope * np.stack(looks)


def _give(
    member: ResNet3d,
    grid: Tensor,
    owned: NDArray[np.int32],
    table: Tensor,
    n: int,
    steps: int,
) -> NDArray[np.float64]:
    """What each of the n atoms gives to the logit of one network in one view."""
    colours = colourise(grid, table)
    way = (torch.arange(steps, device=colours.device, dtype=colours.dtype) + 0.5) / steps
    slopes = torch.zeros_like(colours[0])
    was_training = member.training
    member.eval()  # training norms by the batch, so a score would depend on the points beside it
    with torch.backends.cudnn.flags(allow_tf32=False):
        for start in range(0, steps, _BATCH):
            some = way[start : start + _BATCH, None, None, None, None]
            points = (some * colours).requires_grad_()
            (gradient,) = torch.autograd.grad(member(points).sum(), points)
            slopes += gradient.sum(dim=0)
    member.train(was_training)
    voxels = (colours[0] * slopes / steps).sum(dim=0).double().cpu().numpy()
    filled = owned >= 0
    return np.asarray(np.bincount(owned[filled], voxels[filled], minlength=n), dtype=np.float64)
