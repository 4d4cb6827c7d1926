"""Decoding of stored grids against zstd alone and against what the default network consumes.

    python benchmarks/codec.py [--xyz FILE.xyz[.xz]] [--molecules 256] [--rounds 7]

Molecules, times and ratios as in `voxelise.py`. Batches of 64 are decoded into the same memory
over and over, as scoring does. "zstd alone" decompresses the same bytes and checks nothing but
their checksum; the network is the default one with one thread, in batches of 64 (8 at 64^3), from
colours that are there already, so that nothing but its layers counts.
"""

import argparse
import statistics
from pathlib import Path

import numpy as np
import torch
import zstandard
from voxelise import BOX, Step, made_up_molecules, real_molecules, seconds

from screening.network.colour import colour_table, colourise
from screening.network.memory import keep_memory
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.voxel.batch import draw_batch
from screening.voxel.codec import decode, decode_into, encode
from screening.voxel.molecules import pack
from screening.voxel.palette import UNIQUE_RGB
from screening.voxel.spec import VoxelSpec

HEADER = 8
BATCH = 64
N_SCORED = {32: 64, 64: 8}


def forward(grids: np.ndarray) -> Step:
    network = ResNet3d(ResNet3dConfig()).eval()
    table = colour_table(UNIQUE_RGB, torch.device("cpu"))
    colours = colourise(torch.from_numpy(grids), table)

    def step() -> None:
        with torch.inference_mode():
            network(colours)

    return step


def compare(name: str, grids: np.ndarray, n_rounds: int) -> None:
    n, edge = grids.shape[:2]
    blobs = [encode(grid) for grid in grids]
    bodies = [blob[HEADER:] for blob in blobs]
    plain = zstandard.ZstdDecompressor()
    out = np.empty_like(grids[:BATCH])

    def decode_batches() -> None:
        for start in range(0, n, BATCH):
            batch = blobs[start : start + BATCH]
            decode_into(batch, out[: len(batch)])

    scored = grids[: N_SCORED[edge]]
    steps: dict[str, tuple[int, Step]] = {
        "zstd alone": (n, lambda: [plain.decompress(body) for body in bodies]),
        "decode_into": (n, decode_batches),
        "decode, one at a time": (n, lambda: [decode(blob) for blob in blobs]),
        "encode": (n, lambda: [encode(grid) for grid in grids]),
        "default network, forward": (len(scored), forward(scored)),
    }
    for _, step in steps.values():
        step()
    rates: dict[str, list[float]] = {step: [] for step in steps}
    for _ in range(n_rounds):
        for what, (count, step) in steps.items():
            rates[what].append(count / seconds(step))
    assert all(np.array_equal(decode(b), grid) for b, grid in zip(blobs, grids, strict=True))
    size = statistics.mean(map(len, blobs))
    print(f"\n{edge}^3, {n} {name} molecules, {size:,.0f} bytes a blob")
    for what, found in rates.items():
        ratios = [own / other for own, other in zip(rates["decode_into"], found, strict=True)]
        print(
            f"  {what:26} {statistics.median(found):10,.0f} grids/s"
            f"   decode_into is {statistics.median(ratios):7.2f} x that"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Decoding against zstd and the network.")
    parser.add_argument("--xyz", type=Path, help="real molecules, such as a part of tmQM")
    parser.add_argument("--molecules", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    keep_memory()
    sets = {"made-up": made_up_molecules(options.molecules)}
    if options.xyz is not None:
        sets[f"real ({options.xyz.name})"] = real_molecules(options.xyz, options.molecules)
    for edge in N_SCORED:
        for name, molecules in sets.items():
            middles = np.zeros((len(molecules), 3))
            grids = draw_batch(pack(molecules, middles), VoxelSpec(edge, BOX / edge)).elements
            compare(name, grids, options.rounds)


if __name__ == "__main__":
    main()
