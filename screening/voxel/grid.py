"""Grid: a molecule drawn as hard spheres on a cube of voxels."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.elements import COVALENT_RADII, MAX_ATOMIC_NUMBER, METAL_CENTRES, VDW_RADII
from screening.errors import InputError
from screening.voxel.spec import MAX_EDGE, VoxelSpec
from screening.voxel.spheres import paint

DRAWING_VERSION: Final = 1
"""The rule below; `VoxelSpec.version` must name it, so that grids of two rules never mix."""

_RADII: Final = {"covalent": COVALENT_RADII, "vdw": VDW_RADII}
_SPACING: Final = (0.05, 5.0)
_IS_METAL_CENTRE: Final = np.isin(np.arange(MAX_ATOMIC_NUMBER + 1), list(METAL_CENTRES))


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

    A voxel belongs to an atom when its midpoint is within the atom's radius; an atom also fills
    the voxel that holds its centre, however small it is. Of several atoms the heaviest wins, so
    the order of the atoms never shows. Spheres that reach into the box from outside are drawn.

    Args:
        atomic_numbers: (n,), 1 to 118.
        positions: (n, 3) angstrom; taken to single precision first, as the database stores them,
            so that a grid can be drawn again from the stored atoms without a changed voxel.
        spec: edge, spacing and radii.
        centre: (3,) angstrom, the middle of the box.

    Raises:
        InputError: for atoms or a spec that cannot be drawn.
    """
    numbers, places = _checked(atomic_numbers, positions)
    _check_spec(spec)
    middle = np.asarray(centre, dtype=np.float64)
    if middle.shape != (3,) or not np.isfinite(middle).all():
        raise InputError(f"the centre of a grid must be three finite numbers, not {centre!r}")
    if not spec.hydrogens:
        heavy = numbers > 1
        numbers, places = numbers[heavy], places[heavy]
    in_voxels = (places - middle) / spec.spacing + spec.edge / 2
    elements = np.zeros((spec.edge,) * 3, dtype=np.uint8)
    n_clipped = paint(elements, numbers, in_voxels, _RADII[spec.radii][numbers] / spec.spacing)
    return Grid(elements, n_clipped)


def metal_centroid(
    atomic_numbers: NDArray[np.uint8], positions: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Mean position (3,) in angstrom of the metal centres, which every grid is centred on.

    Raises:
        InputError: when no atom is a metal centre.
    """
    numbers, places = _checked(atomic_numbers, positions)
    metals = places[_IS_METAL_CENTRE[numbers]]
    if not len(metals):
        raise InputError("the molecule has no metal centre, so its grid has no middle")
    # Sorted, since a sum of floats depends on the order of the atoms and the grid must not.
    centroid: NDArray[np.float64] = np.sort(metals, axis=0).mean(axis=0)
    return centroid


def _checked(
    atomic_numbers: NDArray[np.uint8], positions: NDArray[np.floating]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    numbers = np.asarray(atomic_numbers, dtype=np.intp)
    with np.errstate(over="ignore"):  # too large for single precision: refused below
        places = np.asarray(positions, dtype=np.float32).astype(np.float64)
    if numbers.ndim != 1 or places.shape != (len(numbers), 3):
        raise InputError(
            f"positions have shape {places.shape}, atomic numbers have {numbers.shape}"
        )
    if len(numbers) and (numbers.min() < 1 or numbers.max() > MAX_ATOMIC_NUMBER):
        raise InputError(f"atomic numbers must lie between 1 and {MAX_ATOMIC_NUMBER}")
    if not np.isfinite(places).all():
        raise InputError("atom positions must be finite numbers")
    return numbers, places


def _check_spec(spec: VoxelSpec) -> None:
    if spec.version != DRAWING_VERSION:
        raise InputError(
            f"voxel spec {spec.name} asks for drawing rule {spec.version}; "
            f"this program knows rule {DRAWING_VERSION}"
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
