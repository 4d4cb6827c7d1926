"""Train: complexes with an answer to an immutable model version, beside its baselines."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
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
from screening.learning.split import Split, make_split
from screening.learning.split_kind import HEADLINE, SPLIT_KINDS, SplitPlan
from screening.learning.stored_examples import to_examples
from screening.learning.train import train as fit
from screening.learning.training_config import TrainingConfig
from screening.network.device import pick_device
from screening.network.resnet3d import ResNet3dConfig
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
from screening.voxel.palette import DEFAULT_PALETTE, Palette
from screening.voxel.spec import DEFAULT_SPEC
from screening.voxel.views import Source, Views


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
    plan: SplitPlan | None = None,
    config: TrainingConfig | None = None,
    network: ResNet3dConfig | None = None,
    palette: Palette = DEFAULT_PALETTE,
    members: int = 1,
    rotations: int = 4,
    device: str = "auto",
    checkpoints: Path | None = None,
    progress: Progress = SILENT,
) -> TrainSummary:
    """Train on the real (or only the synthetic) complexes with an answer, and store the version.

    target, policy, source, at_least: what is asked; see `store.targets`. plan: how to split, by
    default by isostructural skeleton. network: its channels are those of *palette*. members:
    networks that vote. rotations: views of a complex that a score of this version is the mean of:
    drawn from its atoms at free turns where *config* trains with free turns, else turns of its
    stored grid. checkpoints: folder in which a training that is stopped leaves what the same call
    goes on from; it is tidied when the version is stored.

    Raises InputError when the complexes are too few, naming what to do.
    """
    config = config or TrainingConfig()
    network = replace(network or ResNet3dConfig(), channels_in=palette.channels)
    with engine.begin() as connection:
        check_name(connection, name)
        spec_id = ensure_spec(connection, DEFAULT_SPEC)
        asked = find_target(connection, target, policy=policy, source=source, at_least=at_least)
        if asked.policy is not None:
            resolve_labels(connection, asked.policy)  # the policy may be newer than the labels
        labelled = _labelled(connection, asked, spec_id, synthetic=synthetic)
    examples = to_examples(labelled, DEFAULT_SPEC, asked.kind)
    drawn_from: Source = "atoms" if config.turns == "free" else "grid"
    views = Views(drawn_from, rotations, DEFAULT_SPEC, network.field, config.edges)
    split = _split(engine, asked, examples, plan, config.seed)
    place = pick_device(device)
    checkpoint = None
    if checkpoints is not None:
        asked_of_it = [examples.digest, split.to_json(), config.to_json(), network.to_json()]
        checkpoint = checkpoints / f"{name}-{_digest([*asked_of_it, palette.name, members])}"
    trained = fit(
        examples,
        split,
        config,
        network,
        palette,
        progress=progress,
        device=place,
        checkpoint=checkpoint,
        members=members,
    )
    predictor = fit_predictor(
        trained.networks,
        palette,
        examples,
        split,
        views=views,
        device=place,
        progress=progress,
    )
    evaluation = evaluate(predictor, examples, split, views=views, unit=asked.unit)
    weights, sha256 = to_bytes(predictor.members, predictor.domain)
    fields = {
        **asked.columns(),
        "kind": asked.kind,
        "spec_id": spec_id,
        "palette": palette.name,
        "architecture": network.to_json(),
        "weights_sha256": sha256,
        "snapshot_digest": snapshot_digest(labelled),
        "split": split.to_json(),
        "seed": config.seed,
        "code_version": __version__,
        "card": {
            "target": asked.to_json(),
            **made(trained, config, views, place),
            **judged(predictor, evaluation, examples, split),
        },
        "trained_on_synthetic": synthetic,
    }
    metrics = tuple(MetricValue(**asdict(metric)) for metric in evaluation.metrics)
    with engine.begin() as connection:
        version = add_version(
            connection,
            name,
            weights=weights,
            fields=fields,
            examples=_parts(examples, split),
            metrics=metrics,
        )
    if checkpoint is not None:
        remove_checkpoints(checkpoint)
    rows = {part: split.rows(part) for part in ("train", "validation", "test")}
    return TrainSummary(
        version,
        metrics,
        evaluation.verdict,
        {part: len(own) for part, own in rows.items()},
        None
        if examples.are_numbers
        else {part: int(examples.classes[own].sum()) for part, own in rows.items()},
    )


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


def _split(
    engine: Engine, asked: Target, examples: Examples, plan: SplitPlan | None, seed: int
) -> Split:
    try:
        return make_split(examples, plan, seed=seed)
    except InputError as error:
        if asked.at_least is None:
            raise
        with engine.connect() as connection:
            raise InputError(f"{error} {spread_words(connection, asked)}") from error


def _digest(values: list[Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


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
