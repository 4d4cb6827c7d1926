"""Batch: many molecules drawn in one call, into memory that may be there already."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from screening.errors import InputError
from screening.voxel.gaussians import add_gaussians
from screening.voxel.molecules import Molecules
from screening.voxel.placing import in_voxels, radii_in_voxels
from screening.voxel.shares import in_shares
from screening.voxel.soft_spheres import paint_softly
from screening.voxel.spec import Edges, VoxelSpec
from screening.voxel.spheres import paint


class Grids(NamedTuple):
    """Molecules on their grids.

    elements: (m, edge, edge, edge) uint8, atomic number of each voxel by x, y, z; 0 is empty.
    n_clipped: (m,) int64, atoms of each drawing whose centre lies outside its box.
    """

    elements: NDArray[np.uint8]
    n_clipped: NDArray[np.int64]


def draw_batch(
    molecules: Molecules,
    spec: VoxelSpec,
    out: NDArray[np.uint8] | None = None,
    *,
    rotations: NDArray[np.floating] | None = None,
    threads: int = 1,
) -> Grids:
    """Draw molecules as hard spheres by the rule of `grid.draw`, each on its grid.

    Args:
        molecules: m of them.
        spec: edge, spacing, radii, hydrogens and which atom has a contested voxel.
        out: (m, edge, edge, edge) uint8 in C order to draw into, whatever it holds; made if None.
        rotations: (m, 3, 3) turns of the atoms about the middle of the box, one a molecule.
        threads: that draw, beside each other; the drawing itself holds no lock of Python.

    Raises:
        InputError: for a spec, memory or rotations that do not fit.
    """
    radii, n_clipped = radii_in_voxels(spec), np.empty(len(molecules), dtype=np.int64)
    how = _How(paint, radii, np.uint8, (spec.winner == "nearer", n_clipped))
    return Grids(_draw(how, molecules, spec, out, rotations, threads), n_clipped)


def draw_soft(
    molecules: Molecules,
    spec: VoxelSpec,
    out: NDArray[np.int16] | None = None,
    *,
    rotations: NDArray[np.floating] | None = None,
    threads: int = 1,
) -> NDArray[np.int16]:
    """Draw molecules as soft spheres: (m, edge, edge, edge) int16, element + 256 * coverage.

    Coverage is clip(r - d + 0.5, 0, 1) in 127ths, with the radius r and the distance d from the
    atom's centre to the midpoint of the voxel in voxels: it falls from 1 to 0 across one voxel at
    the surface. The voxel of an atom's centre has 1/127 or more. Of several atoms the one of
    greatest coverage has the voxel, and of as great the heaviest. An empty voxel is 0. These grids
    tell distances finer than a voxel and are never stored; the drawing rule of *spec* has no say.
    Arguments and errors as of `draw_batch`.
    """
    how = _How(paint_softly, radii_in_voxels(spec), np.int16)
    return _draw(how, molecules, spec, out, rotations, threads)


def draw_edges(
    molecules: Molecules,
    spec: VoxelSpec,
    edges: Edges,
    out: NDArray[Any] | None = None,
    *,
    rotations: NDArray[np.floating] | None = None,
) -> NDArray[np.integer]:
    """Draw molecules as hard spheres (`draw_batch`, uint8) or soft ones (`draw_soft`, int16)."""
    if edges == "soft":
        return draw_soft(molecules, spec, out, rotations=rotations)
    return draw_batch(molecules, spec, out, rotations=rotations).elements


def draw_gaussians(
    molecules: Molecules,
    spec: VoxelSpec,
    weights: NDArray[np.float32],
    out: NDArray[np.float32] | None = None,
    *,
    rotations: NDArray[np.floating] | None = None,
    threads: int = 1,
) -> NDArray[np.float32]:
    """Draw molecules as sums of Gaussians: (m, channels, edge, edge, edge) float32.

    An atom adds weight * exp(-d^2 / (2 s^2)) to each voxel of each channel, with d from its centre
    to the midpoint of the voxel and s half its radius, so exp(-2) of the weight on the sphere that
    `draw_batch` fills; nothing is cut off and no atom wins. A sum does not tell what it was made
    of, so these grids are drawn anew and never stored; the drawing rule of *spec* has no say.

    Args:
        molecules: m of them.
        spec: edge, spacing, radii and hydrogens.
        weights: (119, channels) by atomic number, such as `Palette.weights`; a channel for each
            class of elements (`ELEMENT_CLASS`) is a density of that class.
        out: memory in C order to draw into, whatever it holds; made if None.
        rotations: (m, 3, 3) turns of the atoms about the middle of the box, one a molecule.
        threads: that draw, beside each other.

    Raises:
        InputError: for a spec, weights, memory or rotations that do not fit.
    """
    radii = radii_in_voxels(spec)
    if weights.ndim != 2 or len(weights) != len(radii) or weights.dtype != np.float32:
        raise InputError(f"weights are (119, channels) float32, not {weights.shape}")
    more = (np.ascontiguousarray(weights),)
    how = _How(add_gaussians, radii, np.float32, more, channels=weights.shape[1:])
    return _draw(how, molecules, spec, out, rotations, threads)


class _How(NamedTuple):
    """A compiled loop, the radii it draws, what its grids hold, and what else it takes."""

    paint: Callable[..., None]
    radii: NDArray[np.float64]
    dtype: DTypeLike
    more: tuple[Any, ...] = ()
    channels: tuple[int, ...] = ()


def _draw(
    how: _How,
    molecules: Molecules,
    spec: VoxelSpec,
    out: NDArray[Any] | None,
    rotations: NDArray[np.floating] | None,
    threads: int,
) -> NDArray[Any]:
    shape = (len(molecules), *how.channels, *(spec.edge,) * 3)
    grids = np.empty(shape, how.dtype) if out is None else _checked_memory(out, shape, how.dtype)
    places = in_voxels(molecules, spec, rotations)

    def draw_share(first: int, last: int) -> None:
        """Draw the molecules from *first* to *last*."""
        atoms = (molecules.atomic_numbers, places, molecules.starts)
        how.paint(grids, first, last, *atoms, how.radii, spec.hydrogens, *how.more)

    in_shares(draw_share, len(molecules), threads)
    return grids


def _checked_memory(out: NDArray[Any], shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    if out.shape != shape or out.dtype != dtype:
        raise InputError(f"grids need memory of {np.dtype(dtype)} {shape}, not {out.shape}")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise InputError("grids need memory in C order that may be written to")
    return out
