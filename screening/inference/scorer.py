"""Scorer: what a worker holds once: the predictor, its pipeline, the database's engine."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray
from sqlalchemy import Engine

from screening.errors import ClusterError, IntegrityError
from screening.inference.batch_counts import BatchCounts
from screening.inference.device_clock import DeviceClock
from screening.inference.pipeline import Pipeline
from screening.inference.probe import Probe, tune
from screening.inference.scorer_plugin import WorkerSettings
from screening.inference.tuned import TunedPredictor
from screening.inference.view_reader import Seen, ViewReader
from screening.network.device import pick_device
from screening.network.memory import keep_memory
from screening.network.predictor import Predictor
from screening.network.weights import read_predictor
from screening.store import predictions
from screening.store.engine import connect
from screening.store.key_ranges import KeyRanges
from screening.store.models import get_version, read_weights
from screening.store.runs import require_running
from screening.voxel.views import Views

_PROBED = 64  # complexes of the first task that a probe measures with


class Scorer:
    """Loads the networks once and scores batches of complexes, in several tasks at a time."""

    def __init__(
        self,
        database_url: str,
        version_id: int,
        run_id: int | None,
        settings: WorkerSettings,
        *,
        threads: int,
        number: int | None,
    ) -> None:
        """Of a run, or (None) only to probe. It connects and loads with its first task.

        threads: of torch on a CPU, where *settings* say nothing. number: by which a worker picks
        its GPU among those of the machine; None: it sees only its own.
        """
        self._database_url = database_url
        self._version_id = version_id
        self._run_id = run_id
        self._settings = settings
        self._threads, self._number = settings.threads or threads, number
        self._clock = DeviceClock()
        self._engine: Engine | None = None
        self._pipeline: Pipeline | None = None
        self._loading = Lock()
        self._n_tasks = 0
        self._is_over = False
        self._found: list[Probe] = []

    def close(self) -> None:
        """Close the connections, now or with the last task that is under way."""
        with self._loading:
            self._is_over = True
            self._close_if_idle()

    def _close_if_idle(self) -> None:
        # A connection in use would go back to a pool that nobody closes any more.
        if self._n_tasks or not self._is_over:
            return
        if self._pipeline is not None:
            self._pipeline.close()
        if self._engine is not None:
            self._engine.dispose()

    def score(self, keys: KeyRanges) -> BatchCounts:
        """Score those of *keys* that have no score yet; writes are one transaction."""
        with self._at_work() as engine:
            return self._score(engine, keys)

    def _score(self, engine: Engine, keys: KeyRanges) -> BatchCounts:
        assert self._run_id is not None
        started = time.perf_counter()
        with engine.connect() as connection:
            given = self._reader.read(connection, keys)
        begun = time.perf_counter()
        pipeline = self._ready(given)
        started += time.perf_counter() - begun  # choosing a mode says nothing of the next tasks
        outcome = pipeline.score(given)
        with engine.begin() as connection:
            require_running(connection, self._run_id)
            done = predictions.add_predictions(
                connection,
                self._version_id,
                self._run_id,
                outcome.scored,
                scale=self._predictor.calibration.scale,
            )
            predictions.add_failures(connection, self._run_id, outcome.failures)
            skipped = predictions.count_by_others(connection, self._version_id, self._run_id, keys)
        times = self._clock.take()
        with self._loading:
            probes, self._found = tuple(self._found), []
        return BatchCounts(
            done,
            len(outcome.failures),
            skipped,
            time.perf_counter() - started,
            times.elapsed,
            times.busy,
            tuple(probe.to_json() for probe in probes),
        )

    def probe(self, keys: KeyRanges) -> Probe:
        """Measure on the complexes of *keys* how fast this worker is; nothing is stored."""
        with self._at_work() as engine, engine.connect() as connection:
            given = self._reader.read(connection, keys)
        _, probe = tune(self._predictor, self._sample(given))
        return probe

    @contextmanager
    def _at_work(self) -> Iterator[Engine]:
        """The engine, which stays open as long as a task uses it."""
        with self._loading:
            self._n_tasks += 1
        try:
            yield self._load()
        finally:
            with self._loading:
                self._n_tasks -= 1
                self._close_if_idle()

    def _load(self) -> Engine:
        """Connect, load the weights and check them, once."""
        with self._loading:
            if self._is_over:
                raise ClusterError("the command that this task belongs to has ended")
            if self._engine is None:
                engine = connect(self._database_url)
                try:
                    self._predictor = self._read_predictor(engine)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine

    def _read_predictor(self, engine: Engine) -> Predictor:
        # Dask's nanny makes glibc give memory back at once, which halves the speed of torch.
        keep_memory()
        # Dask sets OMP_NUM_THREADS=1; the worker's own thread count is what it may use.
        torch.set_num_threads(self._threads)
        with engine.connect() as connection:
            version = get_version(connection, self._version_id)
            weights = read_weights(connection, self._version_id)
        views = Views.of_card(version.card, version.spec, version.architecture)
        self._reader = ViewReader(views, self._version_id, version.spec_id)
        device = pick_device(self._settings.device)
        if device == "cuda" and self._number is not None:
            device = f"cuda:{self._number % torch.cuda.device_count()}"
        return read_predictor(version, weights).to(device)

    def _ready(self, given: Sequence[tuple[int, Seen]]) -> Pipeline:
        """The pipeline, made when the first complexes are there to choose its mode with."""
        with self._loading:
            if self._pipeline is None:
                tuned = TunedPredictor(self._predictor)
                sample = self._sample(given)
                if self._settings.probes and len(sample):
                    tuned, probe = tune(self._predictor, sample)
                    self._found.append(probe)
                is_cuda = self._predictor.device.type == "cuda"
                self._pipeline = Pipeline(tuned, self._reader, self._clock, pin=is_cuda)
                self._clock.start()
            return self._pipeline

    def _sample(self, given: Sequence[tuple[int, Seen]]) -> NDArray[np.integer]:
        views = self._reader.views.empty(min(_PROBED, len(given)))
        n = 0
        for _, stored in given[:_PROBED]:
            try:
                self._reader.fill([stored], views[n : n + 1])
            except IntegrityError:  # becomes a failure with its reason when it is to be scored
                continue
            n += 1
        return views[:n]
