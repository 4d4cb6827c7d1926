"""Predict: score every complex that a model version has not scored, through Dask."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError as ConstraintError

from screening.errors import IntegrityError
from screening.inference.cluster import open_client
from screening.inference.drive import score_all
from screening.inference.held_run import HeldRun
from screening.inference.scorer import Scorer
from screening.network.device import pick_device
from screening.progress import SILENT, Progress
from screening.store.models import ModelVersion, find_version
from screening.store.patience import Patience
from screening.store.predictions import count_grids, pending_complexes
from screening.store.runs import RunBooks, close_dead_runs


@dataclass(frozen=True, slots=True)
class PredictSummary:
    """The version that scored and the books of its run (None: nothing was left to do)."""

    version: ModelVersion
    books: RunBooks | None
    complexes: int
    pending: int


def predict(
    engine: Engine,
    model: str,
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    device: str = "auto",
    dry_run: bool = False,
    progress: Progress = SILENT,
) -> PredictSummary:
    """Score what the version `model` (`name` or `name:version`) has not scored yet.

    Workers read grids and write scores themselves, a transaction a batch; stopped anywhere, the
    same call does only the rest. Raises NotFoundError for an unknown model.
    """
    with engine.begin() as connection:
        close_dead_runs(connection)
        version = find_version(connection, model)
        complexes = count_grids(connection, version.spec_id)
        pending = pending_complexes(connection, version.id, version.spec_id)
    if dry_run or not pending:
        return PredictSummary(version, None, complexes, len(pending))
    # On a cluster the workers' machines decide what `auto` means.
    local_device = pick_device(device) if scheduler is None else device
    skipped = complexes - len(pending)
    run = HeldRun(
        engine,
        Patience(progress.note),
        version.id,
        asked=complexes,
        skipped=skipped,
        device=local_device,
        settings={"scheduler": scheduler, "workers": workers},
    )
    try:
        scorer = Scorer(
            engine.url.render_as_string(hide_password=False), version.id, run.id, local_device
        )
        with open_client(scheduler, workers, local_device) as client:
            counts = score_all(client, scorer, pending, run, progress)
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
    return PredictSummary(version, books, complexes, len(pending))


def _balance(run: HeldRun, skipped: int) -> RunBooks:
    try:
        return run.close("done", skipped)
    except ConstraintError as error:
        books = run.close("failed", skipped)
        raise IntegrityError(
            f"run {run.id} does not balance: asked {books.asked:,}, done {books.done:,}, failed "
            f"{books.failed:,}, skipped {books.skipped:,}; run the same command again"
        ) from error
