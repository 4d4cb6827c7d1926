"""Evaluate: a model version on complexes that it never saw, beside its baselines."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from screening import __version__
from screening.errors import InputError
from screening.evidence.policy import Policy, load_policy
from screening.evidence.property_value import Kind
from screening.learning.comparison import Evaluation
from screening.learning.evaluate import evaluate_unseen
from screening.learning.stored_examples import to_examples
from screening.network.device import pick_device
from screening.network.weights import read_predictor
from screening.progress import SILENT, Progress
from screening.store.evaluations import (
    EvaluationExample,
    StoredEvaluation,
    add_evaluation,
    evaluation_scores,
    find_evaluation,
)
from screening.store.examples import (
    LabelledComplex,
    examples_of,
    examples_with,
    snapshot_digest,
    snapshot_of,
)
from screening.store.labels import resolve_labels
from screening.store.models import MetricValue, ModelVersion, find_version, read_weights
from screening.store.seen import OWN, seen_by
from screening.store.targets import Target, find_target
from screening.voxel.views import Views


@dataclass(frozen=True, slots=True)
class EvaluateSummary:
    """What was asked of a version and what it is worth.

    is_new: not known before. missing: training examples that are not in this database, so that no
    baseline was fitted.
    """

    version: ModelVersion
    asked: Target
    evaluation: StoredEvaluation
    is_new: bool
    missing: int


def evaluate(
    engine: Engine,
    model: str,
    *,
    target: str | None = None,
    policy: Policy | None = None,
    source: str | None = None,
    at_least: float | None = None,
    allow_tied: bool = False,
    rotations: int | None = None,
    device: str = "auto",
    progress: Progress = SILENT,
) -> EvaluateSummary:
    """Score the complexes that have an answer and that the version *model* never saw, and judge.

    target, policy, source, at_least: what is asked, by default what the version learned, of all
    sources. allow_tied: also complexes that share compound, refcode family, paper or skeleton with
    what it learned from. rotations: views of each complex, by default as many as the version's
    scores have.

    The same version on the same examples is evaluated once. Synthetic and real complexes are never
    mixed: a version is judged on the kind it was trained on.

    Raises NotFoundError for an unknown model or target, InputError where nothing is left to judge.
    """
    with engine.begin() as connection:
        version = find_version(connection, model)
        asked = _target(connection, version, target, policy, source, at_least)
        if asked.policy is not None:
            resolve_labels(connection, asked.policy)
        known = _learned_from(connection, version)
        unseen, left_out = _unseen(connection, version, asked, allow_tied=allow_tied)
        views = Views.of_card(version.card, version.spec, version.architecture, rotations)
        digest = _digest(asked, unseen, views.turns)
        before = find_evaluation(connection, version.id, digest, __version__)
        missing = int(version.split["n"]["train"]) - len(known)
        if before is not None:
            return EvaluateSummary(version, asked, before, is_new=False, missing=missing)
        weights = read_weights(connection, version.id)
    predictor = read_predictor(version, weights).to(pick_device(device))
    examples = to_examples(unseen, version.spec, version.kind)
    judged = evaluate_unseen(
        predictor,
        None if missing else to_examples(known, version.spec, version.kind),
        examples,
        views=views,
        unit=asked.unit,
        progress=progress,
    )
    fields = {
        **asked.columns(),
        "digest": digest,
        "n": len(unseen),
        "n_positive": None if examples.are_numbers else int(examples.classes.sum()),
        "left_out": left_out,
        "settings": {
            "rotations": views.turns,
            "allow_tied": allow_tied,
            "best_baseline": judged.best_baseline,
            "outside_domain": int(judged.is_far.sum()),
        },
        "reliability": [asdict(one) for one in judged.reliability],
        "verdict": judged.verdict,
        "code_version": __version__,
    }
    metrics = [MetricValue(**asdict(metric)) for metric in judged.metrics]
    with engine.begin() as connection:
        stored = add_evaluation(
            connection, version.id, fields, _scored(unseen, examples.groups, judged), metrics
        )
    return EvaluateSummary(version, asked, stored, is_new=True, missing=missing)


def scores_of(engine: Engine, evaluation_id: int) -> list[dict[str, Any]]:
    """The examples of an evaluation with their scores, highest first."""
    with engine.connect() as connection:
        return evaluation_scores(connection, evaluation_id)


def _target(
    connection: Connection,
    version: ModelVersion,
    name: str | None,
    policy: Policy | None,
    source: str | None,
    at_least: float | None,
) -> Target:
    same = name is None or name == version.target
    if same and policy is None and version.policy is not None:
        policy = load_policy(version.policy)
    if same and at_least is None:
        at_least = version.at_least
    asked = find_target(
        connection, name or version.target, policy=policy, source=source, at_least=at_least
    )
    if asked.kind is not version.kind:
        raise InputError(
            f"{version.label} gives numbers, and {asked.question} is a yes or no: ask for a "
            "numeric property, without --at-least"
            if version.kind is Kind.NUMERIC
            else f"{version.label} says how likely a yes is, and {asked.question} is a number: say "
            "from which number on it is a yes (--at-least X)"
        )
    return asked


def _learned_from(connection: Connection, version: ModelVersion) -> list[LabelledComplex]:
    """The examples of the version's training part, as far as they are here."""
    answers = {
        complex_id: answer
        for complex_id, (part, answer) in snapshot_of(connection, version.id).items()
        if part == "train"
    }
    return examples_with(
        connection, answers, version.spec_id, synthetic=version.trained_on_synthetic
    )


def _unseen(
    connection: Connection, version: ModelVersion, asked: Target, *, allow_tied: bool
) -> tuple[list[LabelledComplex], dict[str, int]]:
    """Examples that the version never saw, and how many were left out for which reason."""
    labelled = examples_of(
        connection, asked, version.spec_id, synthetic=version.trained_on_synthetic
    )
    seen = seen_by(connection, version.id, [one.complex_id for one in labelled])
    reasons = {complex_id: tie for complex_id, tie in seen.items() if tie == OWN or not allow_tied}
    unseen = [one for one in labelled if one.complex_id not in reasons]
    left_out = dict(Counter(reasons.values()))
    if not unseen:
        kind = "synthetic" if version.trained_on_synthetic else "real"
        told = "; ".join(
            f"{n:,} {'are' if tie == OWN else 'tied to what it learned from by'} {tie}"
            for tie, n in left_out.items()
        )
        hint = (
            "--allow-tied judges on them"
            if set(left_out) - {OWN}
            else "bring structures with `smmdb ingest` and their answers with `smmdb property "
            "import` or `smmdb label import`"
        )
        raise InputError(
            f"no {kind} complex that {version.label} never saw has an answer to "
            f"{asked.question}{f': {told}' if told else ''}; {hint}"
        )
    return unseen, left_out


def _digest(asked: Target, examples: Sequence[LabelledComplex], rotations: int) -> str:
    question = json.dumps([asked.columns(), rotations, snapshot_digest(examples)], sort_keys=True)
    return hashlib.sha256(question.encode()).hexdigest()


def _scored(
    examples: Sequence[LabelledComplex], groups: Sequence[str], judged: Evaluation
) -> list[EvaluationExample]:
    return [
        EvaluationExample(one.complex_id, one.answer, group, score)
        for one, group, score in zip(examples, groups, judged.scores.tolist(), strict=True)
    ]
