"""ScorerPlugin: brings a run's Scorer to the Dask workers, and the tasks that use it."""

from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING
from uuid import uuid4

from distributed import Worker, WorkerPlugin, get_worker

from screening.errors import ClusterError
from screening.inference.batch_counts import BatchCounts
from screening.store.key_ranges import KeyRanges

if TYPE_CHECKING:
    from screening.inference.probe import Probe
    from screening.inference.scorer import Scorer


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How a worker is to compute.

    threads: of torch on a CPU; None: as many as Dask gives the worker. is_numbered: workers of one
    machine that share its GPUs by their numbers. probes: whether choosing a mode is worth it.
    """

    device: str
    threads: int | None = None
    is_numbered: bool = False
    probes: bool = True


class ScorerPlugin(WorkerPlugin):
    """Keeps one Scorer on each worker for a run.

    Only plain values travel with it; the Scorer, and torch with it, is made on the worker, by the
    first task: of a plugin that fails while a worker joins, because the database is away, nobody
    would hear. The driver imports no torch for it. The database's address, password and all, is in
    none of its names and texts.
    """

    def __init__(
        self, database_url: str, version_id: int, run_id: int | None, settings: WorkerSettings
    ) -> None:
        """Of a run, or (None) only to probe."""
        # Of this run alone: two runs may share a scheduler.
        self.name = f"smmdb-scorer-{uuid4().hex if run_id is None else run_id}"
        self._database_url = database_url
        self._version_id = version_id
        self._run_id = run_id
        self._settings = settings

    def setup(self, worker: Worker) -> None:
        """Keep the worker in mind; nothing that can fail."""
        self._worker = worker
        self._making = Lock()
        self._is_over = False
        self._scorer: Scorer | None = None

    def teardown(self, worker: Worker) -> None:
        """Let the Scorer close its connections, now or with the last task that is under way."""
        with self._making:
            self._is_over = True
            if self._scorer is not None:
                self._scorer.close()

    def scorer(self) -> "Scorer":
        """This worker's Scorer."""
        with self._making:
            if self._is_over:
                raise ClusterError("the command that this task belongs to has ended")
            if self._scorer is None:
                self._scorer = import_module("screening.inference.scorer").Scorer(
                    self._database_url,
                    self._version_id,
                    self._run_id,
                    self._settings,
                    threads=self._worker.state.nthreads,
                    number=self._worker.name if self._settings.is_numbered else None,
                )
            return self._scorer


def score_batch(complex_ids: KeyRanges, plugin_name: str) -> BatchCounts:
    """The Dask task: score a batch with this worker's Scorer of the run.

    It stands in a module, so that Dask sends its name and not a copy of its globals.
    """
    return _scorer(plugin_name).score(complex_ids)


def probe_worker(complex_ids: KeyRanges, plugin_name: str) -> "Probe":
    """The Dask task of a dry run: how fast is this worker?"""
    return _scorer(plugin_name).probe(complex_ids)


def _scorer(plugin_name: str) -> "Scorer":
    plugin = get_worker().plugins[plugin_name]
    assert isinstance(plugin, ScorerPlugin)
    return plugin.scorer()
