"""Nearest polyhedra and shape measures against cosymlib, a program independent of smmdb.

    python benchmarks/polyhedra.py PATH... [--sites N]

Needs cosymlib. PATH is a folder of CIF files, or an .xyz or .xyz.xz file of molecules. Of each
number of vertices the first N sites that smmdb finds there are given to both; where real sites are
few (10 to 12 vertices), made-up ones join them: each ideal shape with 0.15 angstrom of noise.
cosymlib measures every reference shape, as its own `shape` command does, and the lowest is
compared. Times are CPU time, both warm.
"""

import argparse
import lzma
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
from cosymlib.shape.shp import cshm

from screening.chemistry.graph import read_graph
from screening.chemistry.polyhedra.polyhedron import read_polyhedron, site_points
from screening.chemistry.polyhedra.reference_shape import N_VERTICES, reference_shapes
from screening.chemistry.polyhedra.shape import nearest_shape
from screening.crystal.complex import Accepted, BlockVerdict
from screening.crystal.read import read_file
from screening.molecule.read import read_molecules

NOISE, RADIUS, FEW = 0.15, 2.4, 13
LEAST_SECONDS = 0.02  # of CPU time, whose clock is coarse on some machines
T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--sites", type=int, default=200)
    options = parser.parse_args()
    real = real_points(options.paths, options.sites)
    print(
        f"{'vertices':>8} {'sites':>6} {'made up':>8} {'smmdb ms':>9} {'cosymlib ms':>12}", end=""
    )
    print(f" {'times':>7} {'max difference':>15} {'other code':>11}")
    for n in N_VERTICES:
        made_up = made_up_points(n) if len(real[n]) < FEW else []
        compare(n, real[n], made_up)


def real_points(paths: list[Path], n_sites: int) -> dict[int, list[np.ndarray]]:
    found = defaultdict(list)
    for verdict in verdicts(paths):
        if not isinstance(verdict.outcome, Accepted):
            continue
        for complex_ in verdict.outcome.complexes:
            graph = read_graph(complex_)
            for metal in graph.centres:
                points = site_points(complex_, graph, metal)
                has_shape = read_polyhedron(complex_, graph, metal).code is not None
                if has_shape and len(found[len(points) - 1]) < n_sites:
                    found[len(points) - 1].append(points)
    return found


def verdicts(paths: list[Path]) -> Iterator[BlockVerdict]:
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*.cif")):
                yield from read_file(file.read_bytes(), file.name)
        else:
            data = path.read_bytes()
            data = lzma.decompress(data) if path.suffix == ".xz" else data
            yield from read_molecules(data, path.name, "xyz")


def made_up_points(n: int) -> list[np.ndarray]:
    generator = np.random.default_rng(n)
    shapes = reference_shapes(n).points
    return [RADIUS * p + generator.normal(scale=NOISE, size=p.shape) for p in shapes]


def timed(step: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of one call, over as many as the clock needs, and what it gives."""
    calls, start = 0, time.process_time()
    while True:
        result = step()
        calls += 1
        if (taken := time.process_time() - start) >= LEAST_SECONDS:
            return taken / calls, result


def compare(n: int, real: list[np.ndarray], made_up: list[np.ndarray]) -> None:
    shapes = reference_shapes(n)
    nearest_shape(shapes.points[0])
    ours, peers, differences, others = [], [], [], 0
    for points in real + made_up:
        taken, (code, measure) = timed(lambda p=points: nearest_shape(p))
        ours.append(taken)
        taken, measures = timed(lambda p=points: [cshm(p, s, n + 1) for s in shapes.points])
        peers.append(taken)
        differences.append(abs(measure - min(measures)))
        others += code != shapes.codes[int(np.argmin(measures))]
    times = np.median(peers) / np.median(ours)
    print(f"{n:8d} {len(real):6d} {len(made_up):8d} {1000 * np.median(ours):9.3f}", end="")
    print(f" {1000 * np.median(peers):12.2f} {times:7.0f} {max(differences):15.1e} {others:11d}")


if __name__ == "__main__":
    main()
