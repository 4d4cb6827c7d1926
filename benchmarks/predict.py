"""`smmdb predict` whole, database to database, against the bare forward pass of the same network.

    python benchmarks/predict.py [--xyz tmqm_01.xyz.xz ...] [--rows 6000] [--workers 1 2]
                                 [--rotations 4] [--growth 5] [--device auto]
                                 [--palette class-and-chemistry-v1] [--edges soft]

The database is an embedded one of the benchmark's own. Its complexes are those of the xyz files
(repeated in another orientation when there are fewer than --rows), else made-up clouds of 100
atoms; they are drawn and written straight into the tables, without the chemistry of an ingest. The
network is the default one, not trained, which costs the same; it looks at each complex in so many
views (--rotations), drawn from the atoms, as a version does that `smmdb train` made.

The command is measured from outside, with all of its processes and those of the server: CPU seconds
ten times a second, and the most memory of each. What a complex costs is taken between the first
answer of a worker, which has loaded and chosen its mode by then, and the last answer; what comes
before and after is given beside it. The bare forward pass is the layers alone on colours that are
there already, as the network was trained: with its batch norms, and its first layer on colours. It
runs in processes of their own, as many at once as there are workers and each with as many threads,
before and after, in the batches that `smmdb predict` chose and in the others it can choose. A
complex is worth as many passes as it has views. On a machine that is busy only the ratios of CPU
seconds mean anything, on a GPU only those of the clock.
"""

import argparse
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from sqlalchemy import Engine, insert, make_url, text
from voxelise import Molecule, made_up_molecules, real_molecules

from screening.inference.mode import SAFE_MODE
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.network.weights import to_bytes
from screening.predict import WORTH_A_PROBE
from screening.schema import (
    ComplexRow,
    CompoundRow,
    ModelVersionRow,
    VoxelSpecRow,
)
from screening.store import migrate
from screening.store.copy import copy_rows
from screening.store.embedded import EmbeddedServer
from screening.store.engine import connect
from screening.voxel.batch import draw_batch
from screening.voxel.codec import encode
from screening.voxel.molecules import pack
from screening.voxel.palette import DEFAULT_PALETTE, Palette, named_palette
from screening.voxel.rotations import random_rotations
from screening.voxel.spec import DEFAULT_SPEC, EDGES, Edges

AT_ONCE = 512
BARE_SECONDS = 3.0

PREDICT = """
import json, sys, time
import screening.inference.cluster as cluster
from screening.inference.drive import _Drive
cluster.CPU_COUNT = int(sys.argv.pop(1))
add = _Drive._add
def tell_and_add(self, batch, counts):
    print(json.dumps([time.monotonic(), len(batch.complex_ids)]), file=sys.stderr)
    add(self, batch, counts)
_Drive._add = tell_and_add
from cli.main import main
main()
"""

BARE = """
import json, sys, time
import torch
from screening.network.memory import keep_memory
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
threads, batch, device, least, precision, channels = json.loads(sys.argv[1])
keep_memory()
torch.set_num_threads(threads)
network = ResNet3d(ResNet3dConfig(channels_in=channels)).eval().to(device)
edge = network.config.field
colours = torch.rand(batch, channels, edge, edge, edge, device=device)
colours = colours.to(memory_format=torch.channels_last_3d)
is_cuda = device.startswith("cuda")
cast = torch.autocast("cuda", dtype=getattr(torch, precision), enabled=precision != "float32")
def step():
    with torch.inference_mode(), cast:
        network(colours)
    if is_cuda:
        torch.cuda.synchronize()
step(), step()
began, cpu, calls = time.perf_counter(), time.process_time(), 0
while time.process_time() - cpu < least * threads or time.perf_counter() - began < least:
    step()
    calls += 1
wall, cpu = time.perf_counter() - began, time.process_time() - cpu
print(json.dumps([wall / calls / batch, cpu / calls / batch]))
"""


@dataclass
class Usage:
    """CPU seconds while complexes are scored and most memory of processes, by what they are.

    wall: of the whole command. begun, ended: when in it the first and the last answer came, in
    seconds. started: CPU seconds until the first one. scored: complexes in between, in so many
    tasks.
    """

    wall: float
    begun: float
    ended: float
    started: float
    scored: int
    tasks: int
    cpu: dict[str, float]
    mib: dict[str, float]


class Watch(threading.Thread):
    """Looks at a command's processes and the server's, ten times a second."""

    def __init__(self, command: psutil.Process, server: psutil.Process) -> None:
        super().__init__(daemon=True)
        self._command, self._server = command, server
        self._times: list[float] = []
        self._cpu: dict[str, list[float]] = {"server": [], "driver": [], "workers": []}
        self._own: dict[int, float] = {}
        self.mib: dict[str, float] = {}
        self._is_over = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._is_over.wait(0.1):
            with suppress(psutil.Error):
                self._look()

    def end(self) -> None:
        self._is_over.set()
        self.join()

    def cpu(self, begun: float, ended: float) -> dict[str, float]:
        """CPU seconds between two moments of time.monotonic."""
        ends = (begun, ended)
        return {
            kind: float(np.diff(np.interp(ends, self._times, seconds))[0])
            for kind, seconds in self._cpu.items()
        }

    def _look(self) -> None:
        driver = self._seconds("driver", self._command)
        for child in self._command.children(recursive=True):
            with suppress(psutil.Error):
                self._own[child.pid] = self._seconds("workers", child)
        self._times.append(time.monotonic())
        self._cpu["driver"].append(driver)
        self._cpu["workers"].append(sum(self._own.values()))
        self._cpu["server"].append(self._server_seconds())

    def _seconds(self, kind: str, process: psutil.Process) -> float:
        times, memory = process.cpu_times(), process.memory_info()
        self.mib[kind] = max(self.mib.get(kind, 0.0), memory.rss / 2**20)
        return times.user + times.system

    def _server_seconds(self) -> float:
        """Of all its processes, those that ended included."""
        times = self._server.cpu_times()
        own = times.user + times.system + times.children_user + times.children_system
        for child in self._server.children():
            with suppress(psutil.Error):
                times = child.cpu_times()
                own += times.user + times.system
        return float(own)


class Bench:
    """A server, a database for each number of complexes, and the command under measurement."""

    def __init__(
        self,
        home: Path,
        molecules: Sequence[Molecule],
        device: str,
        rotations: int,
        palette: Palette,
        edges: Edges,
    ) -> None:
        self.rotations, self.palette, self._edges = rotations, palette, edges
        self._server = EmbeddedServer(home)
        self._url = make_url(self._server.ensure_running())
        self._molecules = molecules
        self._device = device
        self._engines: dict[int, Engine] = {}
        self._spec_ids: dict[int, int] = {}
        self._n_models = 0
        torch.manual_seed(0)
        self._network = ResNet3d(ResNet3dConfig(channels_in=palette.channels)).eval()

    def close(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        pid = self._server.status().pid
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)
        while self._server.status().running:
            time.sleep(0.01)
        shutil.rmtree(self._server.socket_dir, ignore_errors=True)

    def database(self, rows: int) -> Engine:
        """A database that holds so many complexes."""
        if rows not in self._engines:
            administrator = connect(self._url.render_as_string(hide_password=False))
            with administrator.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(text(f"create database rows_{rows}"))
            administrator.dispose()
            url = self._url.set(database=f"rows_{rows}")
            engine = connect(url.render_as_string(hide_password=False))
            migrate.upgrade(engine)
            self._spec_ids[rows] = fill(engine, self._molecules, rows)
            self._engines[rows] = engine
        return self._engines[rows]

    def predict(self, rows: int, workers: int, cores: int) -> tuple[Usage, dict[str, Any]]:
        """`smmdb predict` with a model of its own; what it used, and what its run says."""
        engine = self.database(rows)
        self._n_models += 1
        name = f"bench-{self._n_models}"
        with engine.begin() as connection:
            connection.execute(self._model(name, self._spec_ids[rows]))
        pid = self._server.status().pid
        assert pid is not None
        command = [sys.executable, "-c", PREDICT, str(cores), "predict", "--model", name]
        command += ["--workers", str(workers), "--device", self._device]
        url = str(engine.url.render_as_string(hide_password=False)).replace("+psycopg", "")
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            env=os.environ | {"SMMDB_DATABASE_URL": url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        watch = Watch(psutil.Process(process.pid), psutil.Process(pid))
        told = process.communicate()[1].decode()
        wall = time.monotonic() - began
        watch.end()
        if process.returncode:
            raise SystemExit(told)
        answers = [json.loads(line) for line in told.splitlines() if line.startswith("[")]
        begun, ended = answers[0][0], answers[-1][0]
        usage = Usage(
            wall,
            begun - began,
            ended - began,
            sum(watch.cpu(began, begun).values()),
            sum(n for _, n in answers[1:]),
            len(answers) - 1,
            watch.cpu(begun, ended),
            watch.mib,
        )
        query = text("select settings, measured, done from screening_run order by id desc limit 1")
        with engine.connect() as connection:
            run = connection.execute(query).one()
        assert run.done == rows
        return usage, {"settings": run.settings, "measured": run.measured}

    def _model(self, name: str, spec_id: int) -> Any:
        weights, sha256 = to_bytes([self._network])
        return insert(ModelVersionRow).values(
            name=name,
            version=1,
            target="smm",
            kind="binary",
            spec_id=spec_id,
            palette=self.palette.name,
            architecture=self._network.config.to_json(),
            weights=weights,
            weights_sha256=sha256,
            policy="none",
            policy_version=1,
            snapshot_digest="0" * 64,
            split={},
            seed=0,
            code_version="benchmark",
            card={"rotations": self.rotations, "views": "atoms", "edges": self._edges},
            trained_on_synthetic=True,
        )


def fill(engine: Engine, molecules: Sequence[Molecule], rows: int) -> int:
    """Draw *rows* complexes into the tables; the id of their spec."""
    spec, random = DEFAULT_SPEC, np.random.default_rng(0)
    with engine.begin() as connection:
        values = {key: getattr(spec, key) for key in ("edge", "spacing", "radii", "hydrogens")}
        spec_id = connection.execute(
            insert(VoxelSpecRow)
            .values(name=spec.name, digest=spec.digest, version=spec.version, **values)
            .returning(VoxelSpecRow.id)
        ).scalar_one()
        compound_id = connection.execute(
            insert(CompoundRow)
            .values(key="benchmark", formula="benchmark")
            .returning(CompoundRow.id)
        ).scalar_one()
        for start in range(0, rows, AT_ONCE):
            numbers = range(start, min(rows, start + AT_ONCE))
            turns = random_rotations(len(numbers), random)
            # The first time round each stands as it is.
            turns[[i < len(molecules) for i in numbers]] = np.eye(3)
            some = [
                (elements, (places @ turn.T).astype(np.float32))
                for turn, (elements, places) in zip(
                    turns, (molecules[i % len(molecules)] for i in numbers), strict=True
                )
            ]
            memory = np.empty((len(some), *(spec.edge,) * 3), dtype=np.uint8)
            grids = draw_batch(pack(some), spec, memory).elements
            ids = connection.scalars(
                insert(ComplexRow).returning(ComplexRow.id, sort_by_parameter_order=True),
                [
                    complex_values(i, compound_id, molecule)
                    for i, molecule in zip(numbers, some, strict=True)
                ],
            ).all()
            copy_rows(
                connection,
                "voxel_grid",
                ("complex_id", "spec_id", "blob", "n_clipped"),
                ("int8", "int8", "bytea", "int2"),
                ((id_, spec_id, encode(grid), 0) for id_, grid in zip(ids, grids, strict=True)),
            )
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("vacuum analyze"))
    return spec_id


def complex_values(number: int, compound_id: int, molecule: Molecule) -> dict[str, Any]:
    """What the tables ask for; `predict` reads nothing but the atoms."""
    elements, places = molecule
    return {
        "compound_id": compound_id,
        "content_key": f"benchmark-{number}",
        "skeleton_key": "benchmark",
        "identifier": f"benchmark-{number}",
        "formula": "benchmark",
        "metals": ["Dy"],
        "nuclearity": 1,
        "n_atoms": len(elements),
        "molar_mass": 162.5,
        "is_disordered": False,
        "metal_disordered": False,
        "donor_disordered": False,
        "ligand_classes": [],
        "is_synthetic": True,
        "stated": {},
        "components": [],
        "atomic_numbers": elements.tolist(),
        "positions": places.ravel().tolist(),
        "atom_labels": [""] * len(elements),
        "bonds": [],
    }


def bare(
    workers: int, threads: int, mode: dict[str, Any], device: str, channels: int
) -> tuple[float, float]:
    """Seconds by the clock and of the CPU that a bare forward pass takes for a complex.

    By the clock: as one of so many processes that compute at once.
    """
    options = [threads, mode["batch"], device, BARE_SECONDS, mode["precision"], channels]
    command = [sys.executable, "-c", BARE, json.dumps(options)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(workers)]
    told = [process.communicate()[0] for process in processes]
    walls, cpus = zip(*map(json.loads, told), strict=True)
    return statistics.harmonic_mean(walls), statistics.mean(cpus)


def compare(bench: Bench, rows: int, workers: int, cores: int, device: str) -> tuple[float, float]:
    """One table row: the command against the bare pass.

    Returns the seconds by the clock for a complex, and for a bare one by all processes at once.
    """
    threads = max(1, cores // workers)
    plain, channels = SAFE_MODE.to_json(), bench.palette.channels
    passes = [
        bare(workers, threads, plain | {"batch": batch}, device, channels) for batch in (64, 256)
    ]
    usage, run = bench.predict(rows, workers, cores)
    mode = run["settings"]["probes"][0]["mode"]
    passes += [bare(workers, threads, mode, device, channels) for _ in range(2)]
    bare_wall, bare_cpu = (
        bench.rotations * statistics.median(values) for values in zip(*passes, strict=True)
    )
    wall = (usage.ended - usage.begun) / usage.scored
    cpu = {kind: seconds / usage.scored for kind, seconds in usage.cpu.items()}
    total = sum(cpu.values())
    waited = run["measured"]["device_waited_share"]
    print(
        f"\n{rows:,} complexes, {workers} workers of {threads} threads, rotations"
        f" {bench.rotations}, {mode['precision']}, {mode['batch']} views at a time,"
        f" load {os.getloadavg()[0]:.1f}"
    )
    print(f"  bare forward pass, a complex  {bare_wall * 1e3:8.3f} ms {bare_cpu * 1e3:8.3f} ms CPU")
    print(f"  smmdb predict, a complex      {wall * 1e3:8.3f} ms {total * 1e3:8.3f} ms CPU")
    for kind, seconds in cpu.items():
        print(f"    of this the {kind:18}           {seconds * 1e3:8.3f} ms CPU")
    by_clock = bare_wall / workers / wall
    print(f"  bare / predict: by the clock {by_clock:5.2f}, CPU {bare_cpu / total:5.2f}")
    print(f"  bare / workers alone: CPU {bare_cpu / cpu['workers']:5.2f}")
    print(
        f"  driver (Dask's scheduler included) / all: CPU {cpu['driver'] / total:6.3f},"
        f" in {usage.tasks} tasks; of the time of {cores} cores {cpu['driver'] / wall / cores:6.3f}"
    )
    print(f"  share of the time that devices waited: {waited:5.3f}")
    print(
        f"  whole command {usage.wall:.1f} s: {usage.begun:.1f} s until the first answer"
        f" ({usage.started:.1f} s CPU), {usage.ended - usage.begun:.1f} s scoring,"
        f" {usage.wall - usage.ended:.1f} s its end"
    )
    print(f"  most memory: {', '.join(f'{k} {m:,.0f} MiB' for k, m in usage.mib.items())}")
    sys.stdout.flush()
    return wall, bare_wall / workers


def growth(bench: Bench, rows: int, times: int, cores: int) -> None:
    small, _ = bench.predict(rows, 1, cores)
    large, _ = bench.predict(rows * times, 1, cores)
    walls = [(usage.ended - usage.begun) / usage.scored for usage in (small, large)]
    cpus = [sum(usage.cpu.values()) / usage.scored for usage in (small, large)]
    print(f"\n{rows * times:,} complexes against {rows:,}, one worker; whole command")
    print(
        f"  {large.wall / small.wall:.2f} x by the clock; a complex {walls[1] / walls[0]:.2f} x by"
    )
    print(f"  the clock, {cpus[1] / cpus[0]:.2f} x CPU")
    for kind, mib in small.mib.items():
        print(f"  most memory of the {kind}: {mib:,.0f} and {large.mib[kind]:,.0f} MiB", flush=True)


@contextmanager
def open_bench(options: argparse.Namespace, device: str) -> Iterator[Bench]:
    molecules: list[Molecule] = []
    most = options.rows * max(1, options.growth)
    for path in options.xyz:
        molecules += real_molecules(path, most - len(molecules))
    source = f"{len(molecules):,} real molecules" if molecules else "made-up clouds of atoms"
    molecules = molecules or made_up_molecules(min(most, 4096))
    print(
        f"{platform.machine()}, torch {torch.__version__}, {os.cpu_count()} cores, on {device};"
        f" {source}, load {os.getloadavg()[0]:.1f}"
    )
    home = Path(tempfile.mkdtemp(prefix="smmdb-bench-"))
    home.chmod(0o755)  # the server user enters it
    bench = Bench(home, molecules, device, options.rotations, options.palette, options.edges)
    try:
        yield bench
    finally:
        bench.close()
        shutil.rmtree(home, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="smmdb predict against the bare forward pass.")
    parser.add_argument("--xyz", type=Path, nargs="*", default=[], help="such as parts of tmQM")
    parser.add_argument("--rows", type=int, default=6000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1])
    parser.add_argument("--cores", type=int, help="for all workers together [default: one each]")
    parser.add_argument("--rotations", type=int, default=4, help="views, of the model version")
    parser.add_argument("--growth", type=int, default=0, help="also that many times the rows")
    parser.add_argument("--palette", type=named_palette, default=DEFAULT_PALETTE)
    parser.add_argument("--edges", choices=EDGES, default="soft")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()
    if options.rows < WORTH_A_PROBE:
        parser.error(f"--rows are at least {WORTH_A_PROBE:,}")
    with open_bench(options, options.device) as bench:
        found = [
            compare(bench, options.rows, workers, options.cores or workers, options.device)
            for workers in options.workers
        ]
        for workers, (wall, bare_wall) in zip(options.workers[1:], found[1:], strict=True):
            print(
                f"{workers} workers against {options.workers[0]}: {found[0][0] / wall:.2f} x;"
                f" bare passes {found[0][1] / bare_wall:.2f} x"
            )
        if options.growth:
            growth(bench, options.rows, options.growth, options.cores or 1)


if __name__ == "__main__":
    main()
