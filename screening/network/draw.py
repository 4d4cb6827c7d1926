"""Draw: molecules on grids by torch, on any device, for training and for specs not stored.

The rules are those of `screening.voxel`, and hard spheres agree with its grids voxel for voxel.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from screening.voxel.molecules import Molecules
from screening.voxel.placing import in_voxels, radii_in_voxels
from screening.voxel.spec import VoxelSpec

_MAX_CELLS: Final = 2**22
"""Voxels looked at together: they bound the memory, about 50 bytes each."""


class _Cells(NamedTuple):
    """Voxels about some atoms, (atoms, window^3) each but numbers (atoms, 1).

    flat: index in all grids of the batch; squares: distances from the atom; reached: by the atom.
    """

    flat: Tensor
    squares: Tensor
    reached: Tensor
    numbers: Tensor


def draw_spheres(
    molecules: Molecules,
    spec: VoxelSpec,
    device: torch.device | str = "cpu",
    *,
    rotations: NDArray[np.floating] | None = None,
) -> Tensor:
    """Draw m molecules as hard spheres: (m, edge, edge, edge) uint8 on *device*.

    The same grids as `voxel.batch.draw_batch`, which is faster on a CPU.

    Raises:
        InputError: for a spec or rotations that do not fit.
    """
    size = len(molecules) * spec.edge**3
    grids = torch.zeros(size, dtype=torch.int32, device=device)
    if spec.winner == "nearer":
        nearest = torch.full((size,), torch.inf, dtype=torch.float64, device=device)
        for cells in _cells(molecules, spec, device, rotations):
            squares = cells.squares.masked_fill(~cells.reached, torch.inf)
            nearest.scatter_reduce_(0, cells.flat.flatten(), squares.flatten(), "amin")
    for cells in _cells(molecules, spec, device, rotations):
        wins = cells.reached
        if spec.winner == "nearer":
            wins = wins & (cells.squares == nearest[cells.flat])
        # The largest number is the heaviest atom; 0 changes nothing where an atom does not win.
        grids.scatter_reduce_(0, cells.flat.flatten(), (cells.numbers * wins).flatten(), "amax")
    return grids.to(torch.uint8).view(len(molecules), *(spec.edge,) * 3)


def draw_gaussians(
    molecules: Molecules,
    spec: VoxelSpec,
    weights: Tensor,
    *,
    rotations: NDArray[np.floating] | None = None,
) -> Tensor:
    """Draw m molecules as Gaussians: (m, channels, edge, edge, edge) float32.

    As `voxel.batch.draw_gaussians`, to rounding; on the device of *weights* (119, channels)
    float32, which may be a `colour.colour_table`.

    Raises:
        InputError: for a spec or rotations that do not fit.
    """
    device = weights.device
    deviations = radii_in_voxels(spec)[molecules.atomic_numbers] / 2
    places = in_voxels(molecules, spec, rotations)
    drawn = np.flatnonzero(spec.hydrogens | (molecules.atomic_numbers > 1))
    rows = np.repeat(np.arange(len(molecules)), np.diff(molecules.starts))[drawn]
    counts = np.bincount(rows, minlength=len(molecules))
    slots = np.arange(len(rows)) - (np.cumsum(counts) - counts)[rows]
    shape = (len(molecules), counts.max(initial=0))  # molecules of fewer atoms get empty slots
    at = (torch.from_numpy(rows).to(device), torch.from_numpy(slots).to(device))
    middles = torch.arange(spec.edge, dtype=torch.float64, device=device) + 0.5
    place = torch.from_numpy(places[drawn]).to(device)[:, :, None]
    deviation = torch.from_numpy(deviations[drawn]).to(device)[:, None, None]
    along = weights.new_zeros(*shape, 3, spec.edge)
    along[at] = torch.exp(-0.5 * ((middles - place) / deviation) ** 2).float()
    heights = weights.new_zeros(*shape, weights.shape[1])
    heights[at] = weights[torch.from_numpy(molecules.atomic_numbers[drawn]).to(device).int()]
    grids = weights.new_empty(len(molecules), weights.shape[1], *(spec.edge,) * 3)
    share = max(1, _MAX_CELLS // max(1, shape[1] * spec.edge**2))
    for start in range(0, len(molecules), share):
        some = slice(start, start + share)
        x, y, z = along[some].unbind(dim=2)
        # A Gaussian is the product of three along the axes, so a grid is one matrix product.
        across = torch.einsum("mnc,mni->mcin", heights[some], x).flatten(1, 2)
        sheets = torch.einsum("mnj,mnk->mnjk", y, z).flatten(2)
        torch.bmm(across, sheets, out=grids[some].view(len(x), -1, spec.edge**2))
    return grids


def _cells(
    molecules: Molecules,
    spec: VoxelSpec,
    device: torch.device | str,
    rotations: NDArray[np.floating] | None,
) -> Iterator[_Cells]:
    """The voxels that atoms may reach, for atoms of one window at a time."""
    radii = radii_in_voxels(spec)[molecules.atomic_numbers]
    places = in_voxels(molecules, spec, rotations)
    rows = np.repeat(np.arange(len(molecules)), np.diff(molecules.starts))
    windows = np.floor(2 * radii).astype(np.int64) + 2
    drawn = spec.hydrogens | (molecules.atomic_numbers > 1)
    drawn &= ((places >= -radii[:, None]) & (places <= spec.edge + radii[:, None])).all(axis=1)
    for window in np.unique(windows[drawn]).tolist():
        atoms = np.flatnonzero(drawn & (windows == window))
        for share in np.array_split(atoms, -(-len(atoms) * window**3 // _MAX_CELLS)):
            yield _window(
                torch.from_numpy(places[share]).to(device),
                torch.from_numpy(radii[share]).to(device),
                torch.from_numpy(rows[share]).to(device),
                torch.from_numpy(molecules.atomic_numbers[share]).to(device),
                window,
                spec.edge,
            )


def _window(
    places: Tensor, radii: Tensor, rows: Tensor, numbers: Tensor, window: int, edge: int
) -> _Cells:
    offsets = torch.arange(window, device=places.device)
    first = torch.floor(places - radii[:, None]).long()
    axes = first[:, :, None] + offsets  # (atoms, 3, window)
    away = (axes + 0.5) - places[:, :, None]
    x, y, z = (away * away).unbind(dim=1)
    # In the order of the compiled loop and one operation at a time, so that it rounds alike.
    squares = (x[:, :, None, None] + y[:, None, :, None]) + z[:, None, None, :]
    reached = squares <= (radii * radii)[:, None, None, None]
    reached |= _meet(axes == torch.floor(places).long()[:, :, None])  # the voxel of its centre
    reached &= _meet((axes >= 0) & (axes < edge))
    i, j, k = axes.clamp(0, edge - 1).unbind(dim=1)
    sheet = (rows[:, None, None, None] * edge + i[:, :, None, None]) * edge + j[:, None, :, None]
    flat = sheet * edge + k[:, None, None, :]
    return _Cells(flat.flatten(1), squares.flatten(1), reached.flatten(1), numbers[:, None].int())


def _meet(along: Tensor) -> Tensor:
    """Where all three axes (atoms, 3, window) say yes: (atoms, window, window, window)."""
    i, j, k = along.unbind(dim=1)
    return i[:, :, None, None] & j[:, None, :, None] & k[:, None, None, :]
