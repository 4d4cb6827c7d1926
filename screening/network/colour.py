"""Colour: element grids to the colours that a network sees, on the device."""

from typing import Any, TypeVar

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from screening.voxel.palette import Palette
from screening.voxel.soft_spheres import COVERED, FULL

Grids = TypeVar("Grids", Tensor, NDArray[Any])


def colour_table(palette: Palette, device: torch.device) -> Tensor:
    """Colours of a palette on the device: (119, channels) float32 from 0 to 1."""
    return torch.from_numpy(palette.table.copy()).to(device).float() / 255


def colourise(grids: Tensor, table: Tensor) -> Tensor:
    """Colour grids (b, d, d, d) to (b, channels, d, d, d) float32, channels last in memory.

    Element grids are uint8. Soft ones (`voxel.batch.draw_soft`) are int16: coverage dims the colour
    of the element. Grids travel to the device as they are and get their colours there.
    """
    if grids.dtype == torch.uint8:
        return functional.embedding(grids.int(), table).permute(0, 4, 1, 2, 3)
    codes = grids.int()
    colours = functional.embedding(codes & (COVERED - 1), table)
    # In place: the colours are the largest tensor here.
    colours *= ((codes >> 8).to(colours.dtype) / FULL).unsqueeze(-1)
    return colours.permute(0, 4, 1, 2, 3)


def inner(grids: Grids, field: int | None) -> Grids:
    """The middle of grids (..., d, d, d), *field* voxels a side; all where there are no more."""
    edge = grids.shape[-1]
    if field is None or field >= edge:
        return grids
    part = slice((edge - field) // 2, (edge - field) // 2 + field)
    return grids[..., part, part, part]
