"""Drive: hand batches to the cluster, and see to it that each is scored whatever dies meanwhile."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Any, Final

from distributed import Client, Future, KilledWorker, LocalCluster
from distributed.client import FutureCancelledError
from psycopg import InterfaceError, OperationalError
from sqlalchemy.exc import DBAPIError

from screening.errors import ClusterError, SmmdbError
from screening.inference.backlog import Backlog, Batch
from screening.inference.batch_counts import BatchCounts
from screening.inference.caretaker import Caretaker
from screening.inference.held_run import HeldRun
from screening.inference.scorer_plugin import ScorerPlugin, score_batch
from screening.progress import Progress, Task

MIN_ROWS: Final = 16  # of the first tasks, before a rate is known
MAX_ROWS: Final = 4096
TASK_SECONDS: Final = 3.0  # a task costs Dask 7 ms and the rest 10, a lost one its own time
SHORTEST_SECONDS: Final = 0.5  # of the last tasks, which are cut smaller
BATCHES_PER_THREAD: Final = 2  # one under way and one waiting beside it
_TAIL: Final = 2  # of what is left a thread takes at most half of its share: all end together
WORKERS_TIMEOUT_S: Final = 60
_RESULT_TIMEOUT_S: Final = 30
_LOOK_S: Final = 2.0
_WAIT_S: Final = 0.5


def score_all(
    client: Client,
    plugin: ScorerPlugin,
    complex_ids: Sequence[int],
    run: HeldRun,
    progress: Progress,
) -> BatchCounts:
    """Score *complex_ids* on the cluster; each batch is committed by the worker that scored it.

    A batch whose worker died is scored again, and in ever smaller pieces when that repeats, until
    the complex that kills is found and recorded as failed. While the database is away it waits,
    as long as the run's patience lasts. Someone's request to cancel ends it early.

    Raises:
        ClusterError: the scheduler or all workers are gone, or workers die whatever they score.
        DatabaseError: the database was away for too long, or takes no more rows.
    """
    await_workers(client, progress)
    caretaker = Caretaker(client.id, plugin.name)
    client.register_plugin(caretaker)
    client.register_plugin(plugin)
    try:
        with progress.task("Scoring", len(complex_ids)) as task:
            return _Drive(client, plugin.name, complex_ids, run, task).finish()
    finally:
        # Network, connections and the database's address leave the workers with the run.
        if client.status == "running":
            with suppress(OSError, TimeoutError, ValueError):
                client.unregister_worker_plugin(plugin.name)
                client.unregister_scheduler_plugin(caretaker.name)


class _Drive:
    def __init__(
        self, client: Client, plugin_name: str, complex_ids: Sequence[int], run: HeldRun, task: Task
    ) -> None:
        self._client, self._plugin_name = client, plugin_name
        self._run, self._patience, self._task = run, run.patience, task
        self._backlog = Backlog(complex_ids)
        self._out: dict[Future[BatchCounts], Batch] = {}
        self._landed: SimpleQueue[Future[BatchCounts]] = SimpleQueue()
        self._threads = _count_threads(client)
        # Of a cluster that this command started, whose workers it can also replace.
        self._cluster = client.cluster if isinstance(client.cluster, LocalCluster) else None
        self._n_workers = len(self._cluster.worker_spec) if self._cluster else 0
        self._deserted_since: float | None = None
        self._next_look = time.monotonic() + _LOOK_S
        self._rate = 0.0  # complexes a second and thread
        self._total = BatchCounts(0, 0, 0)
        self._lost: set[str] = set()  # addresses of lost workers

    def finish(self) -> BatchCounts:
        """Until nothing is out or left to hand out; on an error what is out is called back."""
        try:
            while self._out or (self._backlog and self._run.cancelled_by is None):
                self._look()
                self._hand_out()
                with suppress(Empty):
                    self._land(self._landed.get(timeout=_WAIT_S))
        except BaseException:
            self._call_back()
            raise
        return replace(self._total, lost_workers=len(self._lost))

    def _hand_out(self) -> None:
        while len(self._out) < self._most_out():
            if self._run.cancelled_by is not None or self._patience.rest:
                return
            if any(batch.is_alone for batch in self._out.values()):
                return
            batch = self._backlog.take(self._rows(), is_idle=not self._out)
            if batch is None:
                return
            future = self._client.submit(
                score_batch, batch.complex_ids, plugin_name=self._plugin_name, pure=False
            )
            self._out[future] = batch
            future.add_done_callback(self._landed.put)

    def _most_out(self) -> int:
        # Before a rate is known tasks are small: the fewer of them, the better.
        return self._threads * (BATCHES_PER_THREAD if self._rate else 1)

    def _rows(self) -> int:
        fair = self._backlog.n_fresh / (_TAIL * max(1, self._threads))
        rows = max(self._rate * SHORTEST_SECONDS, min(self._rate * TASK_SECONDS, fair))
        return max(MIN_ROWS, min(MAX_ROWS, round(rows)))

    def _land(self, future: Future[BatchCounts]) -> None:
        batch = self._out.pop(future)
        try:
            # Also raises what a second try met, after the worker died that held the first answer.
            counts = future.result(timeout=_RESULT_TIMEOUT_S)
        except FutureCancelledError as error:
            raise ClusterError(
                "the Dask scheduler was lost; what was scored is kept, and the same command goes on"
                " with a scheduler that runs"
            ) from error
        except SmmdbError:
            raise
        except (DBAPIError, OperationalError, InterfaceError) as error:
            # COPY and binary reads pass SQLAlchemy by, and so do their errors.
            self._patience.lost(error)
            self._backlog.put_back(batch)
        except Exception as error:  # noqa: BLE001 - it becomes a failure's reason, or is raised
            self._fall(batch, error)
        else:
            self._add(batch, counts)
        finally:
            future.release()

    def _add(self, batch: Batch, counts: BatchCounts) -> None:
        self._patience.found()
        self._backlog.succeeded()
        if counts.seconds > 0:
            # Of tasks that shared a device each waited for the other: the faster is the rate.
            self._rate = max(0.8 * self._rate, len(batch.complex_ids) / counts.seconds)
        self._total += counts
        self._tell(len(batch.complex_ids))

    def _fall(self, batch: Batch, error: Exception) -> None:
        is_guilty = self._backlog.fell(batch)
        is_killed = isinstance(error, KilledWorker)
        if isinstance(error, KilledWorker) and error.last_worker is not None:
            self._lost.add(error.last_worker.address)  # each task of a worker tells of its death
        if is_guilty:
            reason = (
                "the worker process died each time it scored this complex"
                if is_killed
                else f"{type(error).__name__}: {error}"
            )
            (complex_id,) = batch.complex_ids
            self._run.fail(complex_id, "worker_died" if is_killed else "not_scored", reason)
            self._total += BatchCounts(0, 1, 0)
            self._tell(1)
        elif self._backlog.is_hopeless:
            raise ClusterError(
                "the workers fail whatever they score; the last one said"
                f" {type(error).__name__}: {error}"
            ) from error

    def _tell(self, n: int) -> None:
        self._task.advance(n)
        failed = self._total.failed
        self._task.detail(f"{failed:,} failed" if failed else "")

    def _look(self) -> None:
        """Every few seconds: does the run still stand, and who is there to work?"""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + _LOOK_S
        try:
            self._run.keep()
        except DBAPIError as error:
            self._patience.lost(error)
        if self._client.status != "running":
            return  # what is out comes back as lost
        self._threads = _count_threads(self._client)
        if self._cluster is not None:
            # A nanny restarts a worker that was killed, but goes with one that ended by itself.
            self._cluster.scale(self._n_workers)
        if self._threads:
            self._deserted_since = None
        elif self._deserted_since is None:
            self._deserted_since = now
        elif now - self._deserted_since > WORKERS_TIMEOUT_S:
            raise ClusterError(
                f"no worker has been there for {WORKERS_TIMEOUT_S} s; what was scored is kept:"
                " start workers, then give the same command again"
            )

    def _call_back(self) -> None:
        if self._out and self._client.status == "running":
            with suppress(OSError, TimeoutError):
                self._client.cancel(list(self._out))


def _count_threads(client: Client) -> int:
    workers: dict[str, dict[str, Any]] = client.scheduler_info(n_workers=-1)["workers"]
    return sum(worker["nthreads"] for worker in workers.values())


def await_workers(client: Client, progress: Progress) -> None:
    """Wait until a worker is there, for a minute at most.

    Raises:
        ClusterError: none came.
    """
    if _count_threads(client):
        return
    progress.note(f"No worker has joined the scheduler yet: waiting {WORKERS_TIMEOUT_S} s")
    try:
        client.wait_for_workers(1, timeout=WORKERS_TIMEOUT_S)
    except TimeoutError as error:
        raise ClusterError(
            "no worker joined the scheduler; start some with `dask worker ADDRESS`"
        ) from error
