"""Colour: element grids to the colours that a network sees, on the device."""

from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from screening.voxel.palette import Palette

Grids = TypeVar("Grids", Tensor, NDArray[np.uint8])


def colour_table(palette: Palette, device: torch.device) -> Tensor:
    """Colours of a palette on the device: (119, 3) float32 from 0 to 1."""
    return torch.from_numpy(palette.table.copy()).to(device).float() / 255


def colourise(grids: Tensor, table: Tensor) -> Tensor:
    """Colour element grids (b, d, d, d) uint8 to (b, 3, d, d, d) float32, channels last in memory.

    Grids travel to the device as one byte a voxel and get their colours there.
    """
    return functional.embedding(grids.int(), table).permute(0, 4, 1, 2, 3)


def inner(grids: Grids, field: int | None) -> Grids:
    """The middle of grids (..., d, d, d), *field* voxels a side; all where there are no more."""
    edge = grids.shape[-1]
    if field is None or field >= edge:
        return grids
    part = slice((edge - field) // 2, (edge - field) // 2 + field)
    return grids[..., part, part, part]
