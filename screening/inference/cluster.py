"""Cluster: the Dask workers that score, started here, through a batch system, or elsewhere."""

import logging
import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import dask
from dask.system import CPU_COUNT
from distributed import Client, LocalCluster, Security
from distributed.comm.addressing import parse_address, parse_host_port
from distributed.comm.registry import get_backend
from distributed.system import MEMORY_LIMIT
from distributed.utils import get_mp_context

from screening.errors import ClusterError, InputError
from screening.inference.batch_system import BatchSystem
from screening.inference.nursery import ask, open_nursery
from screening.inference.scorer_plugin import WorkerSettings
from screening.progress import Progress

_CONNECT_TIMEOUT_S: Final = 10
_WORKER_MEMORY: Final = 1.5 * 2**30
_TASKS_AT_ONCE: Final = 2  # while one computes, the other reads and writes
_DASK: Final = {
    # A worker that is forked from a process with torch in it is there at once, and shares it.
    "distributed.worker.multiprocessing-method": "forkserver",
    # What Dask does a hundred, fifty and ten times a second in each process, and nobody reads
    # here, costs as much as a tenth of a core. Its own guard of a worker's memory stays.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.cycle": "5s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.worker.memory.monitor-interval": "500ms",
}
"""For a cluster here; a scheduler elsewhere has a configuration of its own."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files of a connection to a tls:// scheduler: authority, own certificate, own key."""

    ca: Path
    cert: Path
    key: Path


@dataclass(frozen=True, slots=True)
class ClusterChoice:
    """Where workers come from: a scheduler's address, a batch system, or (neither) this machine.

    workers: how many to start here; None: one a GPU, or what cores and memory carry.
    """

    scheduler: str | None = None
    tls: TlsFiles | None = None
    batch_system: BatchSystem | None = None
    workers: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON values, for the settings of a run."""
        system = self.batch_system
        return {
            "scheduler": self.scheduler,
            "batch_system": None if system is None else system.kind,
            "workers": self.workers,
        }

    def await_worker(self, client: Client, progress: Progress) -> None:
        """Wait for the first worker of a batch system; ClusterError when none comes in time."""
        if self.batch_system is not None:
            self.batch_system.await_worker(client, progress)


@contextmanager
def open_cluster(
    choice: ClusterChoice, device: str, progress: Progress
) -> Iterator[tuple[Client, WorkerSettings]]:
    """A client of the chosen cluster, and how its workers are to compute on *device*.

    Elsewhere than here the workers' machines decide what `auto` means.

    Raises:
        ClusterError: nothing answers at the scheduler's address, or no worker starts here.
        InputError: for TLS files that cannot be read, or a device that is not there.
    """
    # A task's error reaches the driver itself; the workers' own account of it only repeats it.
    for name in ("distributed", "distributed.client"):  # Dask gives its client a level of its own
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        settings = WorkerSettings(device)
        if choice.scheduler is not None:
            client = stack.enter_context(_connect(choice.scheduler, _security(choice.tls)))
        elif choice.batch_system is not None:
            cluster = stack.enter_context(choice.batch_system.open())
            client = stack.enter_context(Client(cluster, set_as_default=False))
        else:
            stack.enter_context(dask.config.set(_DASK))
            get_mp_context()  # of Dask, which would have the nursery import something else
            open_nursery()
            try:
                cluster, settings = _start_here(choice.workers, _device_here(device))
            except RuntimeError as error:  # Dask's, when a worker ends before it is there
                raise ClusterError(
                    f"the workers could not be started here ({error}); give the same command again,"
                    " or fewer of them (--workers)"
                ) from error
            stack.enter_context(cluster)
            client = stack.enter_context(Client(cluster, set_as_default=False))
        _tell_dashboard(client, progress)
        yield client, settings


def _device_here(wanted: str) -> str:
    if wanted == "cpu":
        return wanted
    return str(ask("screening.network.device:pick_device", wanted))


def _connect(scheduler: str, security: Security | None) -> Client:
    _check(scheduler, security)
    try:
        return Client(
            scheduler, timeout=_CONNECT_TIMEOUT_S, security=security, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {scheduler}: {error}; "
            "start one with `dask scheduler` or leave --scheduler out"
        ) from error


def _check(scheduler: str, security: Security | None) -> None:
    """Refuse what a client of Dask refuses only after half a minute, with a traceback at exit."""
    try:
        scheme, place = parse_address(scheduler)
        get_backend(scheme)
        parse_host_port(place)
    except ValueError as error:
        raise InputError(
            f"{scheduler} is no address of a Dask scheduler, such as tcp://host:8786: {error}"
        ) from error
    try:
        context = (security or Security()).get_connection_args("client")["ssl_context"]
    except OSError as error:
        raise InputError(f"the certificates cannot be used: {error}") from error
    if scheme == "tls" and context is None:
        raise InputError(
            f"{scheduler} needs certificates: give --tls-ca, --tls-cert and --tls-key, or set"
            " distributed.comm.tls in Dask's configuration"
        )


def _security(tls: TlsFiles | None) -> Security | None:
    if tls is None:
        return None
    for file in (tls.ca, tls.cert, tls.key):
        if not file.is_file():
            raise InputError(f"there is no file {file}")
    return Security(
        tls_ca_file=str(tls.ca),
        tls_client_cert=str(tls.cert),
        tls_client_key=str(tls.key),
        require_encryption=True,
    )


def _start_here(workers: int | None, device: str) -> tuple[Any, WorkerSettings]:
    options = {
        "threads_per_worker": _TASKS_AT_ONCE,
        "dashboard_address": "127.0.0.1:0",
        "silence_logs": logging.CRITICAL,
        # The driver hears of each death at once and counts by itself.
        "scheduler_kwargs": {"allowed_failures": 0},
    }
    if device == "cuda":
        count = workers or ask("torch.cuda:device_count")
        if find_spec("dask_cuda") is not None:
            cuda_cluster = import_module("dask_cuda").LocalCUDACluster
            return cuda_cluster(n_workers=count, **options), WorkerSettings(device)
        return LocalCluster(n_workers=count, **options), WorkerSettings(device, is_numbered=True)
    count = workers or workers_for(CPU_COUNT, MEMORY_LIMIT)
    threads = max(1, CPU_COUNT // count)
    return LocalCluster(n_workers=count, **options), WorkerSettings(device, threads=threads)


def workers_for(cores: int, memory: int) -> int:
    """Workers of one machine: one a core, as far as its memory (bytes) carries them."""
    return max(1, min(cores, math.floor(memory / _WORKER_MEMORY)))


def _tell_dashboard(client: Client, progress: Progress) -> None:
    if not client.dashboard_link:
        return
    hint = "" if find_spec("bokeh") else " (its pages need bokeh: pip install 'smmdb[dashboard]')"
    progress.note(f"Dask dashboard: {client.dashboard_link}{hint}")
