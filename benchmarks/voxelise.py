"""Voxelisation, encoding and decoding against peers and a bound taken in the same run.

    python benchmarks/voxelise.py

The molecules are synthetic: 64 random clouds of 100 atoms. Peers: plain numpy with one slice an
atom, and libmolgrid where it is installed (`pip install molgrid`); libmolgrid draws five channels
of float32, the element grid is one channel of uint8. The bound is writing the voxels once.
"""

import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np

from screening.elements import VDW_RADII
from screening.voxel.codec import decode, encode
from screening.voxel.grid import draw
from screening.voxel.spec import VoxelSpec

SPEC = VoxelSpec(radii="vdw")
ELEMENTS = np.array([1, 6, 7, 8, 66], dtype=np.uint8)
N_MOLECULES, N_ATOMS, N_ROUNDS = 64, 100, 7
CENTRE = np.zeros(3)


def made_up_molecules() -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(0)
    return [
        (rng.choice(ELEMENTS, N_ATOMS), rng.normal(0, 3.5, (N_ATOMS, 3)))
        for _ in range(N_MOLECULES)
    ]


def draw_by_numpy(numbers: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The same grid, one numpy slice an atom."""
    grid = np.zeros((SPEC.edge,) * 3, dtype=np.uint8)
    places = positions.astype(np.float32).astype(float) / SPEC.spacing + SPEC.edge / 2
    for number, place in zip(numbers, places, strict=True):
        radius = VDW_RADII[number] / SPEC.spacing
        start = np.maximum(np.floor(place - radius).astype(int), 0)
        stop = np.minimum(np.floor(place + radius).astype(int) + 1, SPEC.edge)
        if (start >= stop).any():
            continue
        box = tuple(slice(low, high) for low, high in zip(start, stop, strict=True))
        x, y, z = np.ogrid[box]
        dx, dy, dz = x + 0.5 - place[0], y + 0.5 - place[1], z + 0.5 - place[2]
        inside = dx * dx + dy * dy + dz * dz <= radius * radius
        grid[box] = np.maximum(grid[box], np.where(inside, number, 0))
    return grid


def libmolgrid() -> Callable[[int], object] | None:
    """The drawing of molecule i by libmolgrid, or None where it is not installed."""
    try:
        with warnings.catch_warnings(action="ignore"):
            import molgrid  # noqa: PLC0415 - a peer that need not be there
    except ImportError:
        return None
    maker = molgrid.GridMaker(
        resolution=SPEC.spacing, dimension=(SPEC.edge - 1) * SPEC.spacing, binary=True
    )
    out = molgrid.MGrid4f(*maker.grid_dimensions(len(ELEMENTS)))
    sets = []
    for numbers, positions in made_up_molecules():
        places, kinds, radii = (
            molgrid.MGrid2f(N_ATOMS, 3),
            molgrid.MGrid1f(N_ATOMS),
            molgrid.MGrid1f(N_ATOMS),
        )
        for i, (number, position) in enumerate(zip(numbers, positions, strict=True)):
            for axis in range(3):
                places[i][axis] = float(position[axis])
            kinds[i] = float(np.searchsorted(ELEMENTS, number))
            radii[i] = float(VDW_RADII[number])
        sets.append(molgrid.CoordinateSet(places.cpu(), kinds.cpu(), radii.cpu(), len(ELEMENTS)))
    middle = molgrid.float3(0, 0, 0)
    return lambda i: maker.forward(middle, sets[i], out.cpu())


def main() -> None:
    molecules = made_up_molecules()
    grids = [draw(*molecule, SPEC, CENTRE).elements for molecule in molecules]
    # The rule that an atom fills the voxel of its centre changes nothing with these radii.
    for molecule, grid in zip(molecules, grids, strict=True):
        assert np.array_equal(grid, draw_by_numpy(*molecule))
    blobs = [encode(grid) for grid in grids]
    full = grids[0].copy()
    steps: dict[str, Callable[[int], object]] = {
        "smmdb draw": lambda i: draw(*molecules[i], SPEC, CENTRE),
        "numpy, a slice an atom": lambda i: draw_by_numpy(*molecules[i]),
        "bound: write the voxels": lambda _: full.copy(),
        "smmdb encode": lambda i: encode(grids[i]),
        "smmdb decode": lambda i: decode(blobs[i]),
    }
    if (peer := libmolgrid()) is not None:
        steps["libmolgrid"] = peer
    rates: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(N_ROUNDS):  # by turns, so that other load meets all alike
        for name, step in steps.items():
            started = time.perf_counter()
            for i in range(N_MOLECULES):
                step(i)
            rates[name].append(N_MOLECULES / (time.perf_counter() - started))
    print(f"{SPEC.name}, {N_MOLECULES} synthetic molecules of {N_ATOMS} atoms, one thread")
    for name, found in rates.items():
        ratios = [ours / rate for ours, rate in zip(rates["smmdb draw"], found, strict=True)]
        print(
            f"{name:26} {statistics.median(found):10,.0f} molecules/s"
            f"   smmdb draw is {statistics.median(ratios):8.2f} x that"
        )
    if peer is None:
        print("libmolgrid                 not installed, not compared")
    print(f"bytes a blob: {statistics.median(map(len, blobs)):,.0f}")


if __name__ == "__main__":
    main()
