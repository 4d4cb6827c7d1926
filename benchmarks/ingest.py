"""`smmdb ingest`, from files to committed rows, against pymatgen and against itself.

    python benchmarks/ingest.py FOLDER --files 180 --growth 100 1000 10000

Needs pymatgen and ASE (`pip install pymatgen ase`). Each ingest is the whole command in processes
of its own, with a fresh embedded PostgreSQL that runs already: parsing, chemistry, voxels, COPY and
commit. CPU is that of the command, its readers and the database server together.

Against pymatgen all runs on one and the same core. pymatgen reads the same files one after another
in this process: its CifParser alone, and with the StructureGraph of JmolNN; its imports are not
counted. The two take turns, since the speed of a machine drifts: in each round smmdb ingests one
file and then all files, and pymatgen reads its share, so that after all rounds it has read each
file once. The whole command counts the start of processes and what an ingest does once; a further
file is what the command costs beyond that of a single file. Of smmdb's rounds the mean counts.

Growth (`--growth`) is measured on one core with one reader and on two cores with two, the database
server and the command on the same cores. The files are copied with another cell length each (by up
to 1 %), so that no copy is known. All copies of a file are one compound, and each is linked with
its relatives, which are few in a real folder; with `--molecules many.xyz.xz` the files are other
ones instead: each molecule of it as a CIF file, in a cell of its own without symmetry. A further
file is there what the files cost beyond those of the size before.
"""

import argparse
import ctypes
import lzma
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import psutil
from ase import Atoms
from ase.io import iread

from screening.store.embedded import EmbeddedServer

SMMDB = str(Path(sys.executable).with_name("smmdb"))
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux
_CELL = re.compile(r"(?m)^(_cell_length_a\s+)([0-9.]+)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--files", type=int, default=60, help="how many for pymatgen (default 60; 0: leave it out)"
    )
    parser.add_argument("--rounds", type=int, default=6, help="against pymatgen (default 6)")
    parser.add_argument("--growth", type=int, nargs="*", help="numbers of files to ingest")
    parser.add_argument("--molecules", type=Path, help="write the files of --growth from these")
    options = parser.parse_args()
    files = sorted(options.folder.rglob("*.cif"))
    if options.files:
        with cores(1):
            compare_with_pymatgen(files[:: max(1, len(files) // options.files)], options.rounds)
    if options.growth:
        compare_sizes(files, options.molecules, sorted(options.growth))


@contextmanager
def cores(number: int) -> Iterator[None]:
    """Run this process, and what it starts, on so many cores."""
    allowed = os.sched_getaffinity(0)
    if len(allowed) < number:
        raise SystemExit(f"{number} cores are needed, {len(allowed)} may be used")
    os.sched_setaffinity(0, sorted(allowed)[:number])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def compare_with_pymatgen(files: list[Path], rounds: int) -> None:
    """On one core, the database server too."""
    load = os.getloadavg()[0]
    ingest_fresh(files[:1])  # what the first run of all has to load from the disk
    alone = ours = parsed = graphs = Cost(0.0, 0.0)
    failed = 0
    for number in range(rounds):
        single, whole = ingest_fresh(files[:1]), ingest_fresh(files)
        alone, ours = alone + single / rounds, ours + whole / rounds
        share = files[number::rounds]
        parsing, graphing, unread = pymatgen_costs(share)
        parsed, graphs, failed = parsed + parsing, graphs + graphing, failed + unread
    further = (ours - alone) / (len(files) - 1)
    print(f"{len(files)} files on one core; load average {load:.1f} before, and", end=" ")
    print(f"{os.getloadavg()[0]:.1f} after; pymatgen could not read {failed}")
    print(f"{'':<52}{'wall':>10}{'CPU':>10}")
    for name, cost in (
        ("smmdb ingest, whole command, s", ours),
        ("smmdb ingest of a single file, s", alone),
    ):
        print(f"{name:<52}{cost.wall:>10.1f}{cost.cpu:>10.1f}")
    print(
        f"{'smmdb ingest, a further file, ms':<52}{further.wall_ms:>10.1f}{further.cpu_ms:>10.1f}"
    )
    for name, cost in (
        ("pymatgen CifParser", parsed),
        ("pymatgen CifParser + StructureGraph (JmolNN)", parsed + graphs),
    ):
        each = cost / len(files)
        print(f"{name + ', a file, ms':<52}{each.wall_ms:>10.1f}{each.cpu_ms:>10.1f}")
        for what, ratio in (("further file", each / further), ("whole command", cost / ours)):
            print(f"{'  times smmdb, ' + what:<52}{ratio.wall:>10.1f}{ratio.cpu:>10.1f}")


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of the processor."""

    wall: float
    cpu: float

    @property
    def wall_ms(self) -> float:
        return 1000 * self.wall

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.wall + other.wall, self.cpu + other.cpu)

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.wall - other.wall, self.cpu - other.cpu)

    def __truediv__(self, other: "Cost | int") -> "Cost":
        by = other if isinstance(other, Cost) else Cost(other, other)
        return Cost(self.wall / by.wall, self.cpu / by.cpu)


def now() -> Cost:
    return Cost(time.perf_counter(), time.process_time())


def ingest_fresh(files: list[Path]) -> Cost:
    """Cost of the ingest of *files* into an empty database; CPU of command, readers and server."""
    with tempfile.TemporaryDirectory() as scratch, database(Path(scratch)) as environment:
        folder = Path(scratch, "files")
        folder.mkdir()
        for number, file in enumerate(files):
            folder.joinpath(f"{number:05d}.cif").write_bytes(file.read_bytes())
        return ingest(folder, environment, 1, Path(scratch))[0]


def child_seconds() -> float:
    """CPU of the commands that have ended, and of their reading processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def server_seconds(scratch: Path) -> float:
    """CPU of the database server and of what it started."""
    server = psutil.Process(EmbeddedServer(scratch / "home").status().pid)
    ended = server.cpu_times()
    running = [child.cpu_times() for child in server.children(recursive=True)]
    total = sum(times.user + times.system for times in (ended, *running))
    return float(total + ended.children_user + ended.children_system)


def pymatgen_costs(files: list[Path]) -> tuple[Cost, Cost, int]:
    """Cost of the parser and of the graphs, and the number of files it could not read."""
    from pymatgen.analysis.graphs import StructureGraph  # noqa: PLC0415 - a peer
    from pymatgen.analysis.local_env import JmolNN  # noqa: PLC0415
    from pymatgen.io.cif import CifParser  # noqa: PLC0415

    parsing = graphing = Cost(0.0, 0.0)
    failed = 0
    for file in files:
        started = now()
        try:
            with warnings.catch_warnings(action="ignore"):
                structures = CifParser(file, occupancy_tolerance=100).parse_structures()
        except Exception:  # noqa: BLE001 - whatever a peer raises
            failed += 1
            structures = []
        parsed = now()
        parsing += parsed - started
        for structure in structures:
            try:
                with warnings.catch_warnings(action="ignore"):
                    StructureGraph.from_local_env_strategy(structure, JmolNN())
            except Exception:  # noqa: BLE001 - partial occupancies are refused by it
                pass
        graphing += now() - parsed
    return parsing, graphing, failed


def compare_sizes(files: list[Path], molecules: Path | None, sizes: list[int]) -> None:
    contents = [] if molecules is None else read_molecules(molecules)
    print(f"\ngrowing folders; load average {os.getloadavg()[0]:.1f}")
    print(f"{'':<18}{'the command, s':>16}{'a further file, ms':>22}    peak MiB (processes)")
    print(f"{'files':>8}{'cores':>10}{'wall':>8}{'CPU':>8}{'wall':>14}{'CPU':>8}")
    further: dict[tuple[int, int], Cost] = {}
    for workers in (1, 2):
        before, cost_before = 0, Cost(0.0, 0.0)
        for size in sizes:
            with cores(workers):
                cost, peak = ingest_many(contents or copies(files), size, workers)
            each = further[size, workers] = (cost - cost_before) / (size - before)
            print(f"{size:>8,}{workers:>10}{cost.wall:>8.1f}{cost.cpu:>8.1f}", end="")
            print(f"{each.wall_ms:>14.1f}{each.cpu_ms:>8.1f}    {peak}")
            before, cost_before = size, cost
    for size in sizes[1:]:
        ratio = further[size, 1].wall / further[size, 2].wall
        print(f"up to {size:,} files a further file is {ratio:.2f} times as fast on two cores")


def ingest_many(contents: Iterable[str], size: int, workers: int) -> tuple[Cost, str]:
    """Cost and peak memory of the ingest of *size* files into an empty database."""
    with tempfile.TemporaryDirectory() as scratch, database(Path(scratch)) as environment:
        folder = Path(scratch, "files")
        folder.mkdir()
        number = -1
        for number, content in enumerate(islice(contents, size)):
            folder.joinpath(f"{number:06d}.cif").write_text(content, encoding="latin-1")
        if number + 1 < size:
            raise SystemExit(f"there are {number + 1} files, not {size}")
        return ingest(folder, environment, workers, Path(scratch))


def copies(files: list[Path]) -> Iterator[str]:
    """Changed copies of *files* without end."""
    for number, file in enumerate(cycle(files)):
        yield _changed(file.read_text(encoding="latin-1"), number)


def read_molecules(path: Path) -> list[str]:
    """A CIF of each molecule; read once, since ASE takes long."""
    with lzma.open(path, "rt") as lines:
        frames = enumerate(iread(lines, format="xyz"))
        return [_as_cif(molecule, f"molecule_{number}") for number, molecule in frames]


def _as_cif(molecule: Atoms, name: str) -> str:
    """A crystal of nothing but this molecule, far from its copies."""
    molecule.center(vacuum=8.0)
    sites = zip(molecule.get_chemical_symbols(), molecule.get_scaled_positions(), strict=True)
    return "\n".join(
        [
            f"data_{name}",
            *(
                f"_cell_length_{axis} {length:.4f}"
                for axis, length in zip("abc", molecule.cell.lengths(), strict=True)
            ),
            *(f"_cell_angle_{angle} 90" for angle in ("alpha", "beta", "gamma")),
            "_space_group_name_H-M_alt 'P 1'",
            "loop_",
            *(
                f"_atom_site_{field}"
                for field in ("label", "type_symbol", "fract_x", "fract_y", "fract_z")
            ),
            *(
                f"{element}{n} {element} {x:.5f} {y:.5f} {z:.5f}"
                for n, (element, (x, y, z)) in enumerate(sites, 1)
            ),
            "",
        ]
    )


def _changed(text: str, number: int) -> str:
    """The file with a cell length of its own."""
    factor = 1 + 1e-6 * number
    return _CELL.sub(lambda m: f"{m[1]}{float(m[2]) * factor:.6f}", text)


@contextmanager
def database(scratch: Path) -> Iterator[dict[str, str]]:
    """A fresh embedded database that runs, as the environment of commands that use it."""
    environment = os.environ | {"SMMDB_HOME": str(scratch / "home")}
    environment.pop("SMMDB_DATABASE_URL", None)
    smmdb("db", "upgrade", environment=environment)
    try:
        yield environment
    finally:
        smmdb("db", "stop", environment=environment)


def smmdb(*arguments: str, environment: dict[str, str]) -> None:
    command = [SMMDB, *arguments]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def ingest(
    folder: Path, environment: dict[str, str], workers: int, scratch: Path
) -> tuple[Cost, str]:
    """Cost of the command, and the peak memory of it and its largest reading process."""
    command = [SMMDB, "ingest", str(folder), "--workers", str(workers)]
    used = server_seconds(scratch) + child_seconds()
    started = time.perf_counter()
    with (
        adopting_orphans(),
        subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process,
    ):
        peak = {"command": 0, "reader": 0}
        watcher = threading.Thread(target=_watch, args=(process.pid, peak))
        watcher.start()
        status = process.wait()
        wall = time.perf_counter() - started
        watcher.join()
    if status:
        raise SystemExit(f"smmdb ingest ended with {status}")
    used = server_seconds(scratch) + child_seconds() - used
    return Cost(wall, used), " + ".join(f"{value // 2**20} {name}" for name, value in peak.items())


@contextmanager
def adopting_orphans() -> Iterator[None]:
    """Wait at the end for what the command leaves behind: else nobody counts what readers used.

    They are children of a server that ends with the command, and not before.
    """
    libc = ctypes.CDLL(None)
    libc.prctl(_SUBREAPER, 1)
    try:
        yield
        with suppress(ChildProcessError):
            while True:
                os.wait()
    finally:
        libc.prctl(_SUBREAPER, 0)


def _watch(pid: int, peak: dict[str, int]) -> None:
    try:
        process = psutil.Process(pid)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            readers = [_memory(child) for child in process.children(recursive=True)]
            peak["command"] = max(peak["command"], _memory(process))
            peak["reader"] = max(peak["reader"], *readers, 0)
            time.sleep(0.2)
    except psutil.NoSuchProcess:
        return


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


if __name__ == "__main__":
    main()
