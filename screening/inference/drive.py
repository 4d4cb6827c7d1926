"""Drive: hand batches to the cluster and add up what comes back."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from distributed import Client, as_completed

from screening.errors import DatabaseError
from screening.inference.scorer import BatchCounts, Scorer, score_batch
from screening.progress import Progress

MIN_ROWS: Final = 16
MAX_ROWS: Final = 512
_BATCHES_PER_WORKER: Final = 4  # enough that the last batches end together
RETRIES: Final = 3
WORKERS_TIMEOUT_S: Final = 60


def plan_batches(complex_ids: Sequence[int], workers: int) -> list[Sequence[int]]:
    """Cut *complex_ids* into batches of about a second's work, at least four a worker."""
    rows = -(-len(complex_ids) // max(1, _BATCHES_PER_WORKER * workers))
    rows = min(MAX_ROWS, max(MIN_ROWS, rows))
    return [complex_ids[i : i + rows] for i in range(0, len(complex_ids), rows)]


def score_all(
    client: Client, scorer: Scorer, complex_ids: Sequence[int], progress: Progress
) -> BatchCounts:
    """Score *complex_ids* on the cluster; each batch is committed by the worker that scored it."""
    done = failed = skipped = 0
    _await_workers(client, progress)
    with progress.task("Scoring", len(complex_ids)) as task:
        client.register_plugin(scorer)
        batches = plan_batches(complex_ids, _count_workers(client))
        futures = client.map(
            score_batch, batches, scorer_name=scorer.name, retries=RETRIES, pure=False
        )
        rows = dict(zip((future.key for future in futures), map(len, batches), strict=True))
        try:
            for future, counts in as_completed(futures, loop=client.loop, with_results=True):
                done, failed = done + counts.done, failed + counts.failed
                skipped += counts.skipped
                task.advance(rows[future.key])
                task.detail(f"{failed:,} failed" if failed else "")
                future.release()
        except BaseException:
            client.cancel(futures)
            raise
        finally:
            # Network, connections and the database's address leave the workers with the run.
            with suppress(OSError, TimeoutError):
                client.unregister_worker_plugin(scorer.name)
    return BatchCounts(done, failed, skipped)


def _count_workers(client: Client) -> int:
    return len(client.scheduler_info(n_workers=-1)["workers"])


def _await_workers(client: Client, progress: Progress) -> None:
    if _count_workers(client):
        return
    progress.note(f"No worker has joined the scheduler yet: waiting {WORKERS_TIMEOUT_S} s")
    try:
        client.wait_for_workers(1, timeout=WORKERS_TIMEOUT_S)
    except TimeoutError as error:
        raise DatabaseError(
            "no worker joined the scheduler; start some with `dask worker ADDRESS`"
        ) from error
