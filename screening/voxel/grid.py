"""Grid: a molecule drawn as hard spheres on a cube of voxels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from screening.voxel.batch import draw_batch
from screening.voxel.molecules import pack
from screening.voxel.spec import VoxelSpec


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """One molecule on one grid.

    elements: (edge, edge, edge) uint8, atomic number of each voxel by x, y, z; 0 is empty.
    n_clipped: atoms of the drawing whose centre lies outside the box.
    """

    elements: NDArray[np.uint8]
    n_clipped: int


def draw(
    atomic_numbers: NDArray[np.uint8],
    positions: NDArray[np.floating],
    spec: VoxelSpec,
    centre: NDArray[np.floating],
) -> Grid:
    """Draw a molecule as hard spheres.

    A voxel belongs to an atom when its midpoint is within the atom's radius; an atom also reaches
    the voxel that holds its centre, however small it is. Of several atoms the one that the rule of
    the spec names wins, so the order of the atoms never shows. Spheres that reach into the box
    from outside are drawn.

    Args:
        atomic_numbers: (n,), 1 to 118.
        positions: (n, 3) angstrom; taken to single precision first.
        spec: edge, spacing, radii, hydrogens and which atom has a contested voxel.
        centre: (3,) angstrom, the middle of the box.

    Raises:
        InputError: for atoms or a spec that cannot be drawn.
    """
    grids = draw_batch(pack([(atomic_numbers, positions)], np.asarray(centre)[np.newaxis]), spec)
    return Grid(grids.elements[0], int(grids.n_clipped[0]))


def metal_centroid(
    atomic_numbers: NDArray[np.uint8], positions: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Mean position (3,) in angstrom of the metal centres, which every grid is centred on.

    Raises:
        InputError: when no atom is a metal centre.
    """
    centroid: NDArray[np.float64] = pack([(atomic_numbers, positions)]).centres[0]
    return centroid
