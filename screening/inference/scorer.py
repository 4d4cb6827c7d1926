"""Scorer: what a Dask worker holds once: the predictor, and a connection to the database."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from threading import Lock

import torch
from distributed import Worker, WorkerPlugin, get_worker
from sqlalchemy import Engine

from screening.errors import IntegrityError
from screening.network.device import pick_device
from screening.network.memory import keep_memory
from screening.network.weights import read_predictor
from screening.store import predictions
from screening.store.engine import connect
from screening.store.models import get_version, read_weights
from screening.store.runs import require_running
from screening.voxel.codec import decode_batch

Score = tuple[int, float, float | None]  # complex id, score, spread
Failure = tuple[int, str, str]  # complex id, code, reason


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """What one task did; skipped: scored by another run meanwhile; seconds: inside the task."""

    done: int
    failed: int
    skipped: int
    seconds: float = 0.0

    def __add__(self, other: "BatchCounts") -> "BatchCounts":
        return BatchCounts(
            self.done + other.done,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.seconds + other.seconds,
        )


class Scorer(WorkerPlugin):
    """Loads the network once per worker and scores batches of complexes.

    Only plain values travel with it; engine and network are made on the worker, by the first task:
    of a plugin that fails while a worker joins, because the database is away, nobody would hear.
    """

    def __init__(self, database_url: str, version_id: int, run_id: int, device: str) -> None:
        # Of this run alone: two runs may share a scheduler.
        self.name = f"smmdb-scorer-{run_id}"
        self._database_url = database_url
        self._version_id = version_id
        self._run_id = run_id
        self._device = device

    def setup(self, worker: Worker) -> None:
        """Keep the worker in mind; nothing that can fail."""
        self._worker = worker
        self._engine: Engine | None = None
        self._loading = Lock()

    def teardown(self, worker: Worker) -> None:
        """Close the connections."""
        with self._loading:
            if self._engine is not None:
                self._engine.dispose()

    def _load(self) -> Engine:
        """Connect, load the weights and check them, once."""
        with self._loading:
            if self._engine is None:
                engine = connect(self._database_url)
                try:
                    self._load_network(engine, self._worker)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine

    def _load_network(self, engine: Engine, worker: Worker) -> None:
        # Dask's nanny makes glibc give memory back at once, which halves the speed of torch.
        keep_memory()
        # Dask sets OMP_NUM_THREADS=1; the worker's own thread count is what it may use.
        torch.set_num_threads(worker.state.nthreads)
        with engine.connect() as connection:
            version = get_version(connection, self._version_id)
            weights = read_weights(connection, self._version_id)
        self._spec_id, self._edge = version.spec_id, version.spec.edge
        self._rotations = int(version.card["rotations"])
        predictor = read_predictor(version, weights)
        self._device = pick_device(self._device)
        if self._device == "cuda" and isinstance(worker.name, int):
            # The cluster here numbers its workers from 0, one a GPU.
            self._device = f"cuda:{worker.name % torch.cuda.device_count()}"
        self._predictor = predictor.to(self._device)

    def score(self, complex_ids: Sequence[int]) -> BatchCounts:
        """Score those of *complex_ids* that have no score yet; writes are one transaction."""
        started = time.perf_counter()
        engine = self._load()
        with engine.connect() as connection:
            blobs = predictions.read_grids(connection, self._version_id, self._spec_id, complex_ids)
        scored, failures = self._score(blobs)
        with engine.begin() as connection:
            require_running(connection, self._run_id)
            done = predictions.add_predictions(connection, self._version_id, self._run_id, scored)
            predictions.add_failures(connection, self._run_id, failures)
            skipped = predictions.count_by_others(
                connection, self._version_id, self._run_id, complex_ids
            )
        return BatchCounts(done, len(failures), skipped, time.perf_counter() - started)

    def _score(self, blobs: Sequence[tuple[int, bytes]]) -> tuple[list[Score], list[Failure]]:
        """Score grids together; when that fails, each half by itself, down to the guilty one."""
        try:
            grids = decode_batch([blob for _, blob in blobs], self._edge)
            result = self._predictor.score(grids, self._rotations)
        except IntegrityError as error:
            if len(blobs) == 1:
                return [], [(blobs[0][0], "not_scored", str(error))]
            middle = len(blobs) // 2
            left, right = self._score(blobs[:middle]), self._score(blobs[middle:])
            return left[0] + right[0], left[1] + right[1]
        spreads = repeat(None) if result.spread is None else result.spread.tolist()
        ids = (complex_id for complex_id, _ in blobs)
        return list(zip(ids, result.scores.tolist(), spreads, strict=False)), []


def score_batch(complex_ids: Sequence[int], scorer_name: str) -> BatchCounts:
    """The Dask task: score a batch with this worker's Scorer of the run.

    It stands in a module, so that Dask sends its name and not a copy of its globals.
    """
    scorer = get_worker().plugins[scorer_name]
    assert isinstance(scorer, Scorer)
    return scorer.score(complex_ids)
