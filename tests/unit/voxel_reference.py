"""Drawing in plain numpy, every voxel against every atom, and made-up molecules to draw."""

import numpy as np
from hypothesis import strategies as st

from screening.elements import COVALENT_RADII, VDW_RADII
from screening.voxel.spec import VoxelSpec

SPECS = st.builds(
    VoxelSpec,
    edge=st.integers(1, 24),
    spacing=st.sampled_from([0.25, 0.5, 0.7, 1.0, 2.0]),
    radii=st.sampled_from(["covalent", "vdw"]),
    hydrogens=st.booleans(),
    version=st.sampled_from([1, 2]),
)


def molecule(seed: int, n: int = 60, width: float = 3.5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    numbers = rng.choice([1, 6, 7, 8, 17, 29, 66], n, p=[0.4, 0.35, 0.08, 0.08, 0.03, 0.03, 0.03])
    numbers[0] = 66
    # Multiples of 1/64 angstrom: shifts and turns are then exact in floating point.
    return numbers.astype(np.uint8), np.round(rng.normal(0, width, (n, 3)) * 64) / 64


def reference(numbers, positions, spec, centre, turn=None) -> tuple[np.ndarray, int]:
    """Every voxel against every atom."""
    table = COVALENT_RADII if spec.radii == "covalent" else VDW_RADII
    places = np.float32(positions).astype(float) - centre
    if turn is not None:
        places = np.array(
            [[row[0] * x + row[1] * y + row[2] * z for row in turn] for x, y, z in places]
        ).reshape(-1, 3)
    return fill(
        numbers,
        places / spec.spacing + spec.edge / 2,
        table[numbers] / spec.spacing,
        spec.edge,
        hydrogens=spec.hydrogens,
        nearer=spec.version == 2,
    )


def fill(numbers, places, radii, edge, *, hydrogens=True, nearer=False) -> tuple[np.ndarray, int]:
    """The rules themselves; places and radii in voxels."""
    grid = np.zeros((edge,) * 3, dtype=np.uint8)
    least = np.full(grid.shape, np.inf)
    midpoints = np.stack(np.indices(grid.shape), axis=-1) + 0.5
    n_clipped = 0
    for number, place, radius in zip(numbers, places, radii, strict=True):
        if number == 1 and not hydrogens:
            continue
        squares = (midpoints - place) ** 2
        distance = squares[..., 0] + squares[..., 1] + squares[..., 2]
        reached = distance <= radius * radius
        home = np.floor(place)
        if ((home >= 0) & (home < edge)).all():
            reached[tuple(home.astype(int))] = True
        else:
            n_clipped += 1
        wins = number > grid
        if nearer:
            wins = (distance < least) | ((distance == least) & wins)
        grid[reached & wins] = number
        least[reached & wins] = distance[reached & wins]
    return grid, n_clipped
