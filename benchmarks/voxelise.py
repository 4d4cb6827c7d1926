"""Voxelisation against peers and against writing the memory, in one run on the same molecules.

    python benchmarks/voxelise.py [--xyz FILE.xyz[.xz]] [--molecules 64] [--rounds 7]

Molecules: made-up clouds of 100 atoms and, with --xyz, the first of a file of real ones. One
thread; times are CPU seconds of this process, taken by turns, so that other load on the machine
meets all alike; every ratio is the median over rounds of the ratio within a round. Each peer gets
its molecules ready made and draws into memory that it has. What it draws is not quite the same:

- libmolgrid: float32, a sphere in the channel of its element; once with a channel for each element
  of the molecule, once with one channel for all, which does not tell what an atom is.
- atomvoxelizer: uint8, the same one channel; its spheres snap to whole voxels.
- moleculekit: float64, a smooth occupancy in a channel; it looks at every atom for every voxel, so
  it gets the first few molecules only, and is compared on these.

Peers that are not installed are named and left out.
"""

import argparse
import lzma
import platform
import statistics
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import numpy as np

from screening.elements import COVALENT_RADII, VDW_RADII, atomic_number
from screening.errors import InputError
from screening.molecule.xyz import read_xyz
from screening.voxel.batch import draw_batch
from screening.voxel.grid import draw
from screening.voxel.molecules import pack
from screening.voxel.rotations import random_rotations
from screening.voxel.spec import VoxelSpec

Molecule = tuple[np.ndarray, np.ndarray]
Step = Callable[[], object]

BOX = 16.0
N_SLOW = 3
LEAST_SECONDS = 0.02
RADII = {"covalent": COVALENT_RADII, "vdw": VDW_RADII}


def made_up_molecules(n: int) -> list[Molecule]:
    rng = np.random.default_rng(0)
    elements = np.array([1, 6, 7, 8, 66], dtype=np.uint8)
    return [(rng.choice(elements, 100), rng.normal(0, 3.5, (100, 3))) for _ in range(n)]


def real_molecules(path: Path, n: int) -> list[Molecule]:
    """The first n of an xyz file that have a metal centre, moved to it."""
    with (lzma.open if path.suffix == ".xz" else open)(path, "rt") as file:
        text = "".join(islice(file, 300 * n))
    found: list[Molecule] = []
    for record in read_xyz(text):
        if record.problem is None and len(found) < n:
            numbers = np.array([atomic_number(word) for word in record.symbols], dtype=np.uint8)
            positions = np.array(record.coordinates, dtype=float)
            try:
                found.append((numbers, positions - pack([(numbers, positions)]).centres))
            except InputError:
                continue
    return found


def by_numpy(molecule: Molecule, spec: VoxelSpec) -> np.ndarray:
    """The same grid, one numpy slice an atom."""
    grid = np.zeros((spec.edge,) * 3, dtype=np.uint8)
    for number, position in zip(*molecule, strict=True):
        place = position.astype(np.float32).astype(float) / spec.spacing + spec.edge / 2
        radius = RADII[spec.radii][number] / spec.spacing
        start = np.clip(np.floor(place - radius).astype(int), 0, spec.edge)
        stop = np.clip(np.floor(place + radius).astype(int) + 1, 0, spec.edge)
        box = tuple(slice(low, high) for low, high in zip(start, stop, strict=True))
        x, y, z = np.ogrid[box]
        dx, dy, dz = x + 0.5 - place[0], y + 0.5 - place[1], z + 0.5 - place[2]
        inside = dx * dx + dy * dy + dz * dz <= radius * radius
        grid[box] = np.maximum(grid[box], np.where(inside, number, 0))
        home = np.floor(place).astype(int)
        if ((home >= 0) & (home < spec.edge)).all():
            grid[tuple(home)] = max(grid[tuple(home)], number)
    return grid


def libmolgrid(molecules: list[Molecule], spec: VoxelSpec, *, one_channel: bool) -> Step:
    with warnings.catch_warnings(action="ignore"):
        import molgrid  # noqa: PLC0415 - a peer that need not be there
    maker = molgrid.GridMaker(
        resolution=spec.spacing, dimension=(spec.edge - 1) * spec.spacing, binary=True
    )
    outs, sets = {}, []
    for numbers, positions in molecules:
        elements = [0] if one_channel else np.unique(numbers).tolist()
        n, channels = len(numbers), len(elements)
        places, kinds, radii = molgrid.MGrid2f(n, 3), molgrid.MGrid1f(n), molgrid.MGrid1f(n)
        for i, (number, position) in enumerate(zip(numbers, positions, strict=True)):
            for axis in range(3):
                places[i][axis] = float(position[axis])
            kinds[i] = 0.0 if one_channel else float(elements.index(number))
            radii[i] = float(RADII[spec.radii][number])
        outs.setdefault(channels, molgrid.MGrid4f(*maker.grid_dimensions(channels)))
        atoms = molgrid.CoordinateSet(places.cpu(), kinds.cpu(), radii.cpu(), channels)
        # The atoms only look at these arrays, which must live as long.
        sets.append((atoms, outs[channels], (places, kinds, radii)))
    middle = molgrid.float3(0, 0, 0)
    return lambda: [maker.forward(middle, atoms, out.cpu()) for atoms, out, _ in sets]


def atomvoxelizer(molecules: list[Molecule], spec: VoxelSpec, *, backend: str) -> Step:
    import atomvoxelizer as peer  # noqa: PLC0415 - a peer that need not be there

    grid = getattr(peer, backend)(np.eye(3) * BOX, gpts=(spec.edge,) * 3, dtype=np.uint8)
    # Its box is periodic, so atoms outside would come in again on the other side.
    jobs = [
        [
            {
                "operation": "set",
                "centers": positions[numbers == z] + BOX / 2,
                "radii": np.full((numbers == z).sum(), RADII[spec.radii][z]),
                "value": int(z),
            }
            for z in np.unique(numbers)
        ]
        for numbers, positions in (
            (numbers[inside], positions[inside])
            for numbers, positions in molecules
            for inside in [(np.abs(positions) < BOX / 2).all(axis=1)]
        )
    ]

    def step() -> None:
        for job in jobs:
            grid.grid.fill(0)
            grid.apply_sphere_operations(job)

    return step


def moleculekit(molecules: list[Molecule], spec: VoxelSpec) -> Step:
    from moleculekit.tools.voxeldescriptors import (  # noqa: PLC0415 - a peer that need not be there
        getVoxelDescriptors,
    )

    along = (np.arange(spec.edge) + 0.5) * spec.spacing - BOX / 2
    centres = np.stack(np.meshgrid(along, along, along, indexing="ij"), -1).reshape(-1, 3)
    jobs = [
        (positions.astype(np.float32), RADII[spec.radii][numbers][:, np.newaxis])
        for numbers, positions in molecules
    ]
    return lambda: [
        getVoxelDescriptors(None, usercoords=places, usercenters=centres, userchannels=sigmas)
        for places, sigmas in jobs
    ]


PEERS: dict[str, tuple[str, Callable[[list[Molecule], VoxelSpec], Step], bool]] = {
    "libmolgrid, channel an element": (
        "molgrid",
        lambda molecules, spec: libmolgrid(molecules, spec, one_channel=False),
        False,
    ),
    "libmolgrid, one channel": (
        "molgrid",
        lambda molecules, spec: libmolgrid(molecules, spec, one_channel=True),
        False,
    ),
    "atomvoxelizer, C++": (
        "atomvoxelizer",
        lambda molecules, spec: atomvoxelizer(molecules, spec, backend="VoxelGridCpp"),
        False,
    ),
    "atomvoxelizer, numba": (
        "atomvoxelizer",
        lambda molecules, spec: atomvoxelizer(molecules, spec, backend="VoxelGridNumba"),
        False,
    ),
    "moleculekit": ("moleculekit", moleculekit, True),
}


def seconds(step: Step) -> float:
    """CPU seconds of one call, over as many calls as the clock needs."""
    calls, started = 0, time.process_time()
    while True:
        step()
        calls += 1
        taken = time.process_time() - started
        if taken >= LEAST_SECONDS:
            return taken / calls


def own_steps(molecules: list[Molecule], spec: VoxelSpec) -> dict[str, tuple[int, Step]]:
    """Other ways to draw the same, and the bound: how many molecules, and the call."""
    n = len(molecules)
    middles = np.zeros((n, 3))
    packed = pack(molecules, middles)
    memory = np.empty((n, *(spec.edge,) * 3), dtype=np.uint8)
    turns = random_rotations(n, np.random.default_rng(0))
    nearer = VoxelSpec(spec.edge, spec.spacing, spec.radii, version=2)
    few = molecules[:N_SLOW]
    return {
        "bound: write the voxels": (n, lambda: memory.fill(0)),
        "with a rotation": (n, lambda: draw_batch(packed, spec, memory, rotations=turns)),
        "nearer atom wins": (n, lambda: draw_batch(packed, nearer, memory)),
        "with packing": (n, lambda: draw_batch(pack(molecules, middles), spec, memory)),
        "one at a time": (n, lambda: [draw(*one, spec, middles[0]) for one in molecules]),
        "numpy, a slice an atom": (len(few), lambda: [by_numpy(one, spec) for one in few]),
    }


def drawing(molecules: list[Molecule], spec: VoxelSpec) -> Step:
    packed = pack(molecules, np.zeros((len(molecules), 3)))
    memory = np.empty((len(packed), *(spec.edge,) * 3), dtype=np.uint8)
    for molecule, grid in zip(molecules, draw_batch(packed, spec, memory).elements, strict=True):
        assert np.array_equal(grid, by_numpy(molecule, spec))
    return lambda: draw_batch(packed, spec, memory)


def compare(name: str, molecules: list[Molecule], spec: VoxelSpec, n_rounds: int) -> None:
    n = len(molecules)
    steps = own_steps(molecules, spec)
    missing = []
    for peer, (package, make, is_slow) in PEERS.items():
        count = N_SLOW if is_slow else n
        try:
            steps[peer] = (count, make(molecules[:count], spec))
        except ImportError:
            missing.append(f"  {peer}: not compared, {package} is not installed")
    mine = {count: drawing(molecules[:count], spec) for count in (n, N_SLOW)}
    for _, step in steps.values():
        step()  # compiles, and fills the caches that peers keep
    ours: list[float] = []
    found: dict[str, list[tuple[float, float]]] = {peer: [] for peer in steps}
    for _ in range(n_rounds):
        for peer, (count, step) in steps.items():
            own, other = seconds(mine[count]), seconds(step)
            found[peer].append((count / other, other / own))
            ours.extend([n / own] if count == n else [])
    n_atoms = statistics.mean(len(numbers) for numbers, _ in molecules)
    print(f"\n{spec.name}: {n} {name} molecules of {n_atoms:.0f} atoms on average")
    print(f"  {'smmdb draw_batch':32} {statistics.median(ours):10,.0f} molecules/s")
    for peer, results in found.items():
        rate, ratio = map(statistics.median, zip(*results, strict=True))
        print(f"  {peer:32} {rate:10,.0f} molecules/s   smmdb is {ratio:7.2f} x that")
    print(*missing, sep="\n", end="\n" if missing else "", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Voxelisation against peers.")
    parser.add_argument("--xyz", type=Path, help="real molecules, such as a part of tmQM")
    parser.add_argument("--molecules", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    sets = {"made-up": made_up_molecules(options.molecules)}
    if options.xyz is not None:
        sets[f"real ({options.xyz.name})"] = real_molecules(options.xyz, options.molecules)
    print(f"{platform.machine()}, Python {platform.python_version()}, numba {version('numba')}")
    for edge in (32, 64):
        for radii in ("covalent", "vdw"):
            for name, molecules in sets.items():
                spec = VoxelSpec(edge, BOX / edge, radii)
                compare(name, molecules, spec, options.rounds)


if __name__ == "__main__":
    main()
