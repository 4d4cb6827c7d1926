"""Score: the probability that a network gives to each grid."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from screening.errors import InputError, IntegrityError
from screening.network.colour import colour_table, colourise, turn
from screening.network.resnet3d import ResNet3d
from screening.voxel.palette import Palette
from screening.voxel.rotations import CUBE_ROTATIONS


class Scores(NamedTuple):
    """What a network says of n grids.

    scores: (n,) float32 from 0 to 1.
    spread: (n,) float32, standard deviation over the rotations, or None when there was one.
    """

    scores: NDArray[np.float32]
    spread: NDArray[np.float32] | None


def predict_scores(
    model: ResNet3d,
    grids: NDArray[np.uint8],
    palette: Palette,
    device: torch.device | str = "cpu",
    rotations: int = 1,
    *,
    batch_size: int = 64,
) -> Scores:
    """Score element grids (n, d, d, d) uint8 with a network that lies on *device*.

    A score does not depend on the grids beside it. With *rotations* above 1 (at most 24) it is
    the mean over that many turns of the box. Larger batches are not faster on a CPU.

    Raises:
        InputError: for another count of rotations.
        IntegrityError: when a score is not a number.
    """
    if not 1 <= rotations <= len(CUBE_ROTATIONS):
        raise InputError(f"rotations lie between 1 and {len(CUBE_ROTATIONS)}, not {rotations}")
    was_training = model.training
    model.eval()
    try:
        # TF32 would give scores on a GPU that differ from those on a CPU in the third digit.
        with torch.inference_mode(), torch.backends.cudnn.flags(allow_tf32=False):
            table = colour_table(palette, torch.device(device))
            parts = [
                _score_batch(model, grids[start : start + batch_size], table, rotations)
                for start in range(0, len(grids), batch_size)
            ]
    finally:
        model.train(was_training)
    turned = np.concatenate([*parts, np.empty((0, rotations), dtype=np.float32)])
    if not np.isfinite(turned).all():
        raise IntegrityError("the network gave a score that is not a number")
    if rotations == 1:
        return Scores(turned[:, 0], None)
    return Scores(turned.mean(axis=1), turned.std(axis=1))


def _score_batch(
    model: ResNet3d, grids: NDArray[np.uint8], table: torch.Tensor, rotations: int
) -> NDArray[np.float32]:
    batch = torch.from_numpy(np.require(grids, requirements=["C", "W"])).to(table.device)
    columns = [
        torch.sigmoid(model(colourise(turn(batch, rotation), table)))
        for rotation in CUBE_ROTATIONS[:rotations]
    ]
    scores: NDArray[np.float32] = torch.stack(columns, dim=1).float().cpu().numpy()
    return scores
