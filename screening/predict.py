"""Predict: score every complex that a model version has not scored, through Dask."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError as ConstraintError

from screening.errors import InputError, IntegrityError
from screening.inference.batch_system import BatchSystem
from screening.inference.cluster import ClusterChoice, TlsFiles, open_cluster
from screening.inference.drive import score_all
from screening.inference.estimate import Estimate, estimate
from screening.inference.held_run import HeldRun
from screening.inference.scorer_plugin import ScorerPlugin
from screening.progress import SILENT, Progress
from screening.store.key_ranges import KeyRanges
from screening.store.models import ModelVersion, find_version
from screening.store.patience import Patience
from screening.store.predictions import count_grids, pending_complexes
from screening.store.runs import RunBooks, close_dead_runs

WORTH_A_PROBE = 2000
"""Complexes from which on choosing a mode, a second or so for each worker, pays."""


@dataclass(frozen=True, slots=True)
class PredictSummary:
    """The version that scored, what there was to do, and the books of its run.

    books: None when nothing was left to do, or in a dry run. estimate: of a dry run.
    waited_share: of the time, from 0 to 1, that devices waited for grids.
    lost_workers: worker processes that were lost meanwhile.
    """

    version: ModelVersion
    complexes: int
    pending: int
    books: RunBooks | None = None
    cancelled_by: str | None = None
    waited_share: float | None = None
    lost_workers: int = 0
    estimate: Estimate | None = None


def predict(
    engine: Engine,
    model: str,
    *,
    scheduler: str | None = None,
    tls: TlsFiles | None = None,
    batch_system: BatchSystem | None = None,
    workers: int | None = None,
    device: str = "auto",
    rotations: int | None = None,
    dry_run: bool = False,
    progress: Progress = SILENT,
) -> PredictSummary:
    """Score what the version `model` (`name` or `name:version`) has not scored yet.

    Workers read grids and write scores themselves, a transaction a batch; stopped anywhere, the
    same call does only the rest. A dry run stores nothing and measures how long it would take.
    Workers: of the Dask cluster at *scheduler*, or of *batch_system*, or so many here.

    Raises:
        NotFoundError: for an unknown model.
        InputError: for another count of *rotations* than the version's.
    """
    cluster = ClusterChoice(scheduler, tls, batch_system, workers)
    with engine.begin() as connection:
        close_dead_runs(connection)
        version = find_version(connection, model)
    _check_rotations(version, rotations)
    complexes, pending = _plan(engine, version)
    if not pending:
        return PredictSummary(version, complexes, 0)
    if dry_run:
        with open_cluster(cluster, device, progress) as (client, settings):
            cluster.await_worker(client, progress)
            plugin = ScorerPlugin(_url(engine), version.id, None, settings)
            estimated = estimate(client, plugin, pending, progress)
        return PredictSummary(version, complexes, len(pending), estimate=estimated)
    return _run(engine, version, complexes, pending, cluster, device, progress)


def _check_rotations(version: ModelVersion, wanted: int | None) -> None:
    own = int(version.card["rotations"])
    if wanted is not None and wanted != own:
        raise InputError(
            f"{version.label} was calibrated and measured with --rotations {own}, and a version has"
            f" one score for each complex. For another version train with --rotations {wanted}; or"
            " leave --rotations out."
        )


def _plan(engine: Engine, version: ModelVersion) -> tuple[int, KeyRanges]:
    """How many complexes there are, and which of them to score: both at one moment."""
    steady = engine.execution_options(isolation_level="REPEATABLE READ")
    with steady.begin() as connection:
        complexes = count_grids(connection, version.spec_id)
        return complexes, pending_complexes(connection, version.id, version.spec_id)


def _run(
    engine: Engine,
    version: ModelVersion,
    complexes: int,
    pending: KeyRanges,
    cluster: ClusterChoice,
    device: str,
    progress: Progress,
) -> PredictSummary:
    skipped = complexes - len(pending)
    with ExitStack() as stack:
        # Before there is a run: one that nothing could come of would stand in the list as failed.
        client, computing = stack.enter_context(open_cluster(cluster, device, progress))
        run = HeldRun(
            engine,
            Patience(progress.note),
            version.id,
            asked=complexes,
            skipped=skipped,
            device=computing.device,
            settings={**cluster.to_json(), "rotations": version.card["rotations"]},
        )
        try:
            with stack.pop_all():  # the workers end before the run does
                cluster.await_worker(client, progress)
                settings = replace(computing, probes=len(pending) >= WORTH_A_PROBE)
                plugin = ScorerPlugin(_url(engine), version.id, run.id, settings)
                started = time.monotonic()
                counts = score_all(client, plugin, pending, run, progress)
                seconds = time.monotonic() - started
            run.record(settings={"probes": list(counts.probes)}, measured=counts.measured(seconds))
            if run.cancelled_by is None:
                books = _balance(run, skipped + counts.skipped)
            else:
                books = run.close("cancelled", skipped + counts.skipped)
        except BaseException as error:
            status = "cancelled" if isinstance(error, KeyboardInterrupt) else "failed"
            run.abandon(status, skipped)
            raise
        finally:
            run.release()
    return PredictSummary(
        version,
        complexes,
        len(pending),
        books,
        run.cancelled_by,
        counts.waited_share,
        counts.lost_workers,
    )


def _url(engine: Engine) -> str:
    """With the password: for the workers, never for people."""
    return engine.url.render_as_string(hide_password=False)


def _balance(run: HeldRun, skipped: int) -> RunBooks:
    try:
        return run.close("done", skipped)
    except ConstraintError as error:
        books = run.close("failed", skipped)
        raise IntegrityError(
            f"run {run.id} does not balance: asked {books.asked:,}, done {books.done:,}, failed "
            f"{books.failed:,}, skipped {books.skipped:,}; run the same command again"
        ) from error
