"""Model scores: what a version says of given complexes, stored or computed anew."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from screening.errors import InputError
from screening.learning.dataset import Examples
from screening.learning.fitting import look_at
from screening.learning.split import PARTS, Split
from screening.learning.split_kind import SplitPlan
from screening.learning.stored_examples import to_examples
from screening.network.device import pick_device
from screening.network.weights import read_predictor
from screening.progress import SILENT, Progress
from screening.store.examples import examples_with, snapshot_of
from screening.store.models import ModelVersion, read_weights
from screening.store.predictions import read_scores
from screening.voxel.views import Views


@dataclass(frozen=True, slots=True, eq=False)
class VersionScores:
    """Scores (n,) of n complexes, and their distances from the training, if there is a domain.

    are_stored: they were read from the database, as `smmdb predict` had written them.
    """

    scores: NDArray[np.float64]
    distances: NDArray[np.float64] | None
    are_stored: bool


def score_examples(
    engine: Engine,
    version: ModelVersion,
    examples: Examples,
    rows: NDArray[np.intp],
    *,
    device: str = "auto",
    progress: Progress = SILENT,
) -> VersionScores:
    """Score some rows of the examples: by the stored scores where all have one, else anew."""
    with engine.connect() as connection:
        stored = read_scores(connection, version.id, examples.complex_ids[rows].tolist())
        if len(stored) == len(rows):
            own = [stored[complex_id] for complex_id in examples.complex_ids[rows].tolist()]
            return VersionScores(
                np.array([score for score, _ in own], dtype=np.float64),
                _distances([distance for _, distance in own]),
                are_stored=True,
            )
        weights = read_weights(connection, version.id)
    predictor = read_predictor(version, weights).to(pick_device(device))
    views = Views.of_card(version.card, version.spec, version.architecture)
    judged = predictor.judge(look_at(predictor, examples, rows, views, progress=progress))
    distances = None if judged.distance is None else judged.distance.astype(np.float64)
    return VersionScores(judged.scores, distances, are_stored=False)


def read_snapshot(connection: Connection, version: ModelVersion) -> tuple[Examples, Split]:
    """The examples of a version and its split, as they were when it was trained.

    Raises InputError where some are not in this database, as of a version of elsewhere.
    """
    snapshot = snapshot_of(connection, version.id)
    answers = {complex_id: answer for complex_id, (_, answer) in snapshot.items()}
    labelled = examples_with(
        connection, answers, version.spec_id, synthetic=version.trained_on_synthetic
    )
    n = sum(version.split["n"].values())
    if len(labelled) < n:
        raise InputError(
            f"of the {n:,} examples of {version.label} only {len(labelled):,} are in this database "
            f"(drawn as {version.spec.name}): ask where it was trained, or ingest the structures"
        )
    examples = to_examples(labelled, version.spec, version.kind)
    parts = np.array([snapshot[one.complex_id][0] for one in labelled])
    train, validation, test = (np.flatnonzero(parts == part) for part in PARTS)
    split = Split(
        train,
        validation,
        test,
        seed=int(version.split["seed"]),
        plan=SplitPlan(version.split["kind"], tuple(version.split["held_out"])),
        n_left_out=int(version.split["n_left_out"]),
    )
    return examples, split


def _distances(given: Sequence[float | None]) -> NDArray[np.float64] | None:
    known = [distance for distance in given if distance is not None]
    return np.array(known, dtype=np.float64) if len(known) == len(given) else None
