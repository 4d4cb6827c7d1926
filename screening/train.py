"""Train: complexes with an answer to an immutable model version, beside its baselines."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from screening import __version__
from screening.errors import InputError, NotFoundError
from screening.evidence.policy import Policy
from screening.learning.checkpoint import remove_checkpoints
from screening.learning.dataset import Examples
from screening.learning.evaluate import evaluate
from screening.learning.fitting import fit_predictor
from screening.learning.recipe import Recipe
from screening.learning.split import Split
from screening.learning.split_kind import HEADLINE, SPLIT_KINDS
from screening.learning.stored_examples import to_examples
from screening.learning.train import train as fit
from screening.network.device import pick_device
from screening.network.weights import to_bytes
from screening.progress import SILENT, Progress
from screening.store.examples import (
    LabelledComplex,
    count_by_origin,
    examples_of,
    snapshot_digest,
)
from screening.store.labels import resolve_labels
from screening.store.model_names import check_name
from screening.store.models import (
    MetricValue,
    ModelVersion,
    TrainingExample,
    add_version,
    find_version,
)
from screening.store.structures import ensure_spec
from screening.store.targets import SMM, Target, find_target, spread_words
from screening.training_card import judged, made
from screening.voxel.spec import DEFAULT_SPEC


@dataclass(frozen=True, slots=True)
class TrainSummary:
    """The stored version, its metrics, how many examples each part has and are positive.

    positives: None where the target is a number.
    """

    version: ModelVersion
    metrics: tuple[MetricValue, ...]
    verdict: str
    parts: dict[str, int]
    positives: dict[str, int] | None


def train(
    engine: Engine,
    name: str,
    *,
    target: str = SMM,
    policy: Policy | None = None,
    source: str | None = None,
    at_least: float | None = None,
    synthetic: bool = False,
    recipe: Recipe | None = None,
    device: str = "auto",
    checkpoints: Path | None = None,
    progress: Progress = SILENT,
) -> TrainSummary:
    """Train on the real (or only the synthetic) complexes with an answer, and store the version.

    target, policy, source, at_least: what is asked; see `store.targets`. checkpoints: folder in
    which a training that is stopped leaves what the same call goes on from; it is tidied when the
    version is stored.

    Raises InputError when the complexes are too few, naming what to do.
    """
    recipe = recipe or Recipe()
    with engine.begin() as connection:
        check_name(connection, name)
        spec_id = ensure_spec(connection, DEFAULT_SPEC)
        asked = find_target(connection, target, policy=policy, source=source, at_least=at_least)
        if asked.policy is not None:
            resolve_labels(connection, asked.policy)  # the policy may be newer than the labels
        labelled = _labelled(connection, asked, spec_id, synthetic=synthetic)
    examples = to_examples(labelled, DEFAULT_SPEC, asked.kind)
    split = _split(engine, asked, examples, recipe)
    views, place = recipe.views(DEFAULT_SPEC), pick_device(device)
    checkpoint = checkpoints and checkpoints / f"{name}-{recipe.digest(examples, split)}"
    trained = fit(
        examples,
        split,
        recipe.config,
        recipe.architecture,
        recipe.palette,
        progress=progress,
        device=place,
        checkpoint=checkpoint,
        members=recipe.members,
    )
    predictor = fit_predictor(
        trained.networks,
        recipe.palette,
        examples,
        split,
        views=views,
        device=place,
        progress=progress,
    )
    evaluation = evaluate(predictor, examples, split, views=views, unit=asked.unit)
    card = {
        "target": asked.to_json(),
        **made(trained, recipe.config, views, place),
        **judged(predictor, evaluation, examples, split),
    }
    weights, sha256 = to_bytes(predictor.members, predictor.domain)
    fields = _made_of(recipe, asked, labelled, split) | {
        "spec_id": spec_id,
        "weights_sha256": sha256,
        "card": card,
        "trained_on_synthetic": synthetic,
    }
    metrics = tuple(MetricValue(**asdict(metric)) for metric in evaluation.metrics)
    with engine.begin() as connection:
        parts = _parts(examples, split)
        version = add_version(
            connection, name, weights=weights, fields=fields, examples=parts, metrics=metrics
        )
    if checkpoint is not None:
        remove_checkpoints(checkpoint)
    return _summary(version, metrics, evaluation.verdict, examples, split)


def trained_on_the_same(
    engine: Engine, name: str, *, synthetic: bool = False
) -> ModelVersion | None:
    """The newest version of *name*, if this program trained it on exactly today's labels.

    Another split than the headline one does not count.
    """
    with engine.begin() as connection:
        spec_id = ensure_spec(connection, DEFAULT_SPEC)
        try:
            version = find_version(connection, name)
        except NotFoundError:
            return None
        asked = find_target(connection, SMM)
        digest = snapshot_digest(_labelled(connection, asked, spec_id, synthetic=synthetic))
    made = (version.target, version.snapshot_digest, version.code_version)
    same = made == (SMM, digest, __version__) and version.split.get("kind") == HEADLINE
    return version if same else None


def _labelled(
    connection: Connection, target: Target, spec_id: int, *, synthetic: bool
) -> list[LabelledComplex]:
    counts = count_by_origin(connection, target)
    if counts[synthetic]:
        return examples_of(connection, target, spec_id, synthetic=synthetic)
    kind = "synthetic" if synthetic else "real"
    missing = "label under" if target.policy else "answer to"
    what = f"the policy {target.policy.name}" if target.policy else target.question
    if counts[not synthetic]:
        hint = (
            f"There are {counts[True]:,} synthetic ones: --synthetic trains a demonstration."
            if not synthetic
            else f"There are {counts[False]:,} real ones: leave --synthetic out."
        )
    elif target.policy:
        hint = "Import findings with `smmdb label import`, and the crystals they speak of."
    else:
        hint = (
            "Ingest the structures that its values speak of (`smmdb property list` tells how many "
            "wait)."
        )
    raise InputError(f"no {kind} complex has a {missing} {what}. {hint}")


def _split(engine: Engine, asked: Target, examples: Examples, recipe: Recipe) -> Split:
    try:
        return recipe.split(examples)
    except InputError as error:
        if asked.at_least is None:
            raise
        with engine.connect() as connection:
            raise InputError(f"{error} {spread_words(connection, asked)}") from error


def _made_of(
    recipe: Recipe, asked: Target, labelled: list[LabelledComplex], split: Split
) -> dict[str, Any]:
    """The columns of a version that say what it was made of."""
    return {
        **asked.columns(),
        "kind": asked.kind,
        "palette": recipe.palette.name,
        "architecture": recipe.architecture.to_json(),
        "snapshot_digest": snapshot_digest(labelled),
        "split": split.to_json(),
        "seed": recipe.config.seed,
        "code_version": __version__,
    }


def _parts(examples: Examples, split: Split) -> list[TrainingExample]:
    groups = SPLIT_KINDS[split.plan.kind].groups(examples.traits)
    return [
        TrainingExample(
            complex_id=int(examples.complex_ids[row]),
            answer=float(examples.targets[row]),
            part=part,
            group_key=groups[row],
        )
        for row, part in split.part_of_rows().items()
    ]


def _summary(
    version: ModelVersion,
    metrics: tuple[MetricValue, ...],
    verdict: str,
    examples: Examples,
    split: Split,
) -> TrainSummary:
    rows = {part: split.rows(part) for part in ("train", "validation", "test")}
    positives = None
    if not examples.are_numbers:
        positives = {part: int(examples.classes[own].sum()) for part, own in rows.items()}
    parts = {part: len(own) for part, own in rows.items()}
    return TrainSummary(version, metrics, verdict, parts, positives)
