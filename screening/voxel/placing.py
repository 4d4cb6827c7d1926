"""Placing: atoms in the unit of the grid, the edge of a voxel."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.elements import COVALENT_RADII, VDW_RADII
from screening.errors import InputError
from screening.voxel.molecules import Molecules
from screening.voxel.rotations import checked_rotations
from screening.voxel.spec import MAX_EDGE, WINNERS, VoxelSpec

_RADII: Final = {"covalent": COVALENT_RADII, "vdw": VDW_RADII}
_SPACING: Final = (0.05, 5.0)


def in_voxels(
    molecules: Molecules, spec: VoxelSpec, rotations: NDArray[np.floating] | None = None
) -> NDArray[np.float64]:
    """Places of the atoms (n, 3) from the corner of their box, each box turned about its middle.

    All drawing starts from these numbers, on every device, so that it agrees voxel for voxel.

    Raises:
        InputError: for *rotations* that are not one (3, 3) rotation a molecule.
    """
    counts = np.diff(molecules.starts)
    middles = np.repeat(molecules.centres, counts, axis=0)
    places: NDArray[np.float64] = np.subtract(molecules.positions, middles, dtype=np.float64)
    if rotations is not None:
        turns = checked_rotations(rotations)
        if len(turns) != len(molecules):
            raise InputError(f"{len(turns)} rotations for {len(molecules)} molecules")
        # Summed by hand: a matrix product may round otherwise, and then a turn of the cube
        # would no longer draw the turned grid.
        x, y, z = places.T
        t = np.repeat(turns, counts, axis=0)
        places = np.stack([t[:, i, 0] * x + t[:, i, 1] * y + t[:, i, 2] * z for i in range(3)], 1)
    places /= spec.spacing
    places += spec.edge / 2
    return places


def radii_in_voxels(spec: VoxelSpec) -> NDArray[np.float64]:
    """Radius of each element's sphere (119,).

    Raises:
        InputError: for a spec that nothing can be drawn by.
    """
    if spec.version not in WINNERS:
        raise InputError(
            f"voxel spec {spec.name} asks for drawing rule {spec.version}; "
            f"this program knows {', '.join(f'rule {version}' for version in WINNERS)}"
        )
    if not 1 <= spec.edge <= MAX_EDGE:
        raise InputError(f"a grid has 1 to {MAX_EDGE} voxels a side, not {spec.edge}")
    if not _SPACING[0] <= spec.spacing <= _SPACING[1]:
        raise InputError(
            f"the voxel spacing must lie from {_SPACING[0]} to {_SPACING[1]} angstrom, "
            f"not at {spec.spacing}"
        )
    if spec.radii not in _RADII:
        raise InputError(f"radii are one of {', '.join(_RADII)}, not {spec.radii!r}")
    radii: NDArray[np.float64] = _RADII[spec.radii] / spec.spacing
    return radii
