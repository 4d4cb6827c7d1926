"""`smmdb ingest`, from files to committed rows, against pymatgen and against itself.

    python benchmarks/ingest.py FOLDER                    against pymatgen, on the files of FOLDER
    python benchmarks/ingest.py FOLDER --growth 100 10000 cost a file and memory as folders grow

Needs pymatgen (`pip install pymatgen`). Each ingest is the whole command in processes of its own,
with a fresh embedded PostgreSQL that runs already: parsing, chemistry, voxels, COPY and commit.
pymatgen reads the same files one after another in this process: its CifParser alone, and with the
StructureGraph of JmolNN. One core each; the files come in the same order. For growth the files
are copied with another cell length each (by up to 1 %), so that no copy is known.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path

import psutil

SMMDB = str(Path(sys.executable).with_name("smmdb"))
_CELL = re.compile(r"(?m)^(_cell_length_a\s+)([0-9.]+)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=60, help="how many for pymatgen (default 60)")
    parser.add_argument("--growth", type=int, nargs="*", help="numbers of files to ingest")
    options = parser.parse_args()
    files = sorted(options.folder.rglob("*.cif"))
    if options.growth:
        compare_sizes(files, options.growth)
    else:
        compare_with_pymatgen(files[:: max(1, len(files) // options.files)])


def compare_with_pymatgen(files: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as scratch, database(Path(scratch)) as environment:
        folder = Path(scratch, "files")
        folder.mkdir()
        for number, file in enumerate(files):
            folder.joinpath(f"{number:05d}.cif").write_bytes(file.read_bytes())
        ours, _ = ingest(folder, environment, workers=1)
    parsed, graphs, failed = pymatgen_seconds(files)
    print(f"{len(files)} files on one core; pymatgen could not read {failed}")
    print(f"{'smmdb ingest, files to committed rows':<48}{ours:8.1f} s")
    for name, seconds in (
        ("pymatgen CifParser", parsed),
        ("pymatgen CifParser + StructureGraph (JmolNN)", parsed + graphs),
    ):
        print(f"{name:<48}{seconds:8.1f} s   ratio {seconds / ours:6.1f}")


def pymatgen_seconds(files: list[Path]) -> tuple[float, float, int]:
    """Seconds in the parser and in the graphs, and the number of files it could not read."""
    from pymatgen.analysis.graphs import StructureGraph  # noqa: PLC0415 - a peer
    from pymatgen.analysis.local_env import JmolNN  # noqa: PLC0415
    from pymatgen.io.cif import CifParser  # noqa: PLC0415

    parsing = graphing = 0.0
    failed = 0
    for file in files:
        started = time.perf_counter()
        try:
            with warnings.catch_warnings(action="ignore"):
                structures = CifParser(file, occupancy_tolerance=100).parse_structures()
        except Exception:  # noqa: BLE001 - whatever a peer raises
            failed += 1
            structures = []
        parsed = time.perf_counter()
        parsing += parsed - started
        for structure in structures:
            try:
                with warnings.catch_warnings(action="ignore"):
                    StructureGraph.from_local_env_strategy(structure, JmolNN())
            except Exception:  # noqa: BLE001 - partial occupancies are refused by it
                pass
        graphing += time.perf_counter() - parsed
    return parsing, graphing, failed


def compare_sizes(files: list[Path], sizes: list[int]) -> None:
    print(f"{'files':>8}{'workers':>9}{'seconds':>10}{'ms a file':>11}{'peak MiB (processes)':>24}")
    for size in sizes:
        for workers in (1, 2):
            with tempfile.TemporaryDirectory() as scratch, database(Path(scratch)) as environment:
                folder = Path(scratch, "files")
                folder.mkdir()
                for number, file in enumerate(islice(cycle(files), size)):
                    changed = _changed(file.read_text(encoding="latin-1"), number)
                    folder.joinpath(f"{number:06d}.cif").write_text(changed, encoding="latin-1")
                seconds, peak = ingest(folder, environment, workers)
            print(f"{size:>8,}{workers:>9}{seconds:>10.1f}{1000 * seconds / size:>11.1f}{peak:>24}")


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


def ingest(folder: Path, environment: dict[str, str], workers: int) -> tuple[float, str]:
    """Seconds of the command, and the peak memory of it and its largest reading process."""
    command = [SMMDB, "ingest", str(folder), "--workers", str(workers)]
    started = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        peak = {"command": 0, "reader": 0}
        watcher = threading.Thread(target=_watch, args=(process.pid, peak))
        watcher.start()
        status = process.wait()
        watcher.join()
    if status:
        raise SystemExit(f"smmdb ingest ended with {status}")
    seconds = time.perf_counter() - started
    return seconds, " + ".join(f"{value // 2**20} {name}" for name, value in peak.items())


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
