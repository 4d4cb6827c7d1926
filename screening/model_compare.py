"""Model compare: two versions on the same complexes, none of which either learned from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from screening.errors import InputError
from screening.learning.dataset import Examples
from screening.learning.metrics import Estimate, estimates
from screening.learning.numbers import NUMBER_METRICS, number_differences, number_estimates
from screening.learning.paired import paired_differences
from screening.learning.stored_examples import to_examples
from screening.learning.verdict import LEAST_TEST_GROUPS, fewest_groups, in_figures
from screening.model_question import check_same_question
from screening.model_scores import score_examples
from screening.progress import SILENT, Progress
from screening.store.examples import examples_with, snapshot_of
from screening.store.models import ModelVersion, find_version
from screening.store.seen import OWN, seen_by

COMPARED: Final = ("accuracy", "balanced_accuracy", "auroc", "auprc", "brier", "ece")
_TEST: Final = "test"
_LENIENT: Final = ("random", "compound", "doi")


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """One figure of both versions on the same complexes, and the first less the second."""

    name: str
    one: Estimate
    other: Estimate
    difference: Estimate


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions side by side.

    n, n_positive: complexes that they were compared on; of numbers none is positive. notes: what a
    reader must know of them.
    """

    one: ModelVersion
    other: ModelVersion
    n: int
    n_positive: int | None
    figures: tuple[ComparedFigure, ...]
    verdict: str
    notes: tuple[str, ...]


def compare_models(
    engine: Engine, one: str, other: str, *, device: str = "auto", progress: Progress = SILENT
) -> Comparison:
    """Compare two versions on test complexes of either that neither learned from.

    Left out is what one of them was trained on, and what is tied to it: the same compound, refcode
    family, paper or isostructural skeleton. Both are drawn on the same resamples of groups.

    Raises NotFoundError for an unknown model, InputError where they were asked different things or
    no complex is left.
    """
    with engine.connect() as connection:
        versions = (find_version(connection, one), find_version(connection, other))
        if versions[0].id == versions[1].id:
            raise InputError(f"{one} and {other} are the same version, {versions[0].label}")
        check_same_question(*versions)
        answers, notes = _held_out(connection, versions)
        both = _drawn_for_both(connection, versions, answers)
    examples = both[0]
    rows = np.arange(len(examples))
    scores = [
        score_examples(engine, version, own, rows, device=device, progress=progress).scores
        for version, own in zip(versions, both, strict=True)
    ]
    if len(examples) < len(answers):
        notes.append(f"{len(answers) - len(examples):,} complexes are not drawn as both need them.")
    groups = examples.group_numbers(rows)
    compared = _numbers if examples.are_numbers else _classes
    figures = compared(examples, versions, scores, groups)
    return Comparison(
        *versions,
        len(examples),
        None if examples.are_numbers else int(examples.classes.sum()),
        figures,
        _verdict(versions, figures, fewest_groups(examples, rows)),
        tuple(notes),
    )


def _classes(
    examples: Examples,
    versions: Sequence[ModelVersion],
    scores: Sequence[NDArray[np.float64]],
    groups: NDArray[np.intp],
) -> tuple[ComparedFigure, ...]:
    thresholds = (float(versions[0].card["threshold"]), float(versions[1].card["threshold"]))
    found = [
        {e.name: e for e in estimates(examples.classes, own, groups, threshold=threshold)}
        for own, threshold in zip(scores, thresholds, strict=True)
    ]
    differences = paired_differences(
        examples.classes, scores[0], scores[1], groups, thresholds=thresholds
    )
    return tuple(
        ComparedFigure(name, found[0][name], found[1][name], differences[name]) for name in COMPARED
    )


def _numbers(
    examples: Examples,
    _: Sequence[ModelVersion],
    scores: Sequence[NDArray[np.float64]],
    groups: NDArray[np.intp],
) -> tuple[ComparedFigure, ...]:
    targets = examples.numbers
    found = [{e.name: e for e in number_estimates(targets, own, groups)} for own in scores]
    differences = number_differences(targets, scores[0], scores[1], groups)
    return tuple(
        ComparedFigure(name, found[0][name], found[1][name], differences[name])
        for name in NUMBER_METRICS
    )


def _held_out(
    connection: Connection, versions: Sequence[ModelVersion]
) -> tuple[dict[int, float], list[str]]:
    """Test complexes of either with their answer, without what the other learned from."""
    tests = [
        {
            complex_id: answer
            for complex_id, (part, answer) in snapshot_of(connection, version.id).items()
            if part == _TEST
        }
        for version in versions
    ]
    every = tests[1] | tests[0]
    disputed = [one for one in tests[0].keys() & tests[1].keys() if tests[0][one] != tests[1][one]]
    reasons = dict.fromkeys(disputed, "they learned different answers of it")
    for version, test in zip(versions, tests, strict=True):
        for complex_id, tie in seen_by(connection, version.id, list(every)).items():
            if complex_id not in test:
                own = f"is among the examples of {version.label}"
                tied = f"shares its {tie} with what {version.label} learned from"
                reasons.setdefault(complex_id, own if tie == OWN else tied)
    held_out = {one: every[one] for one in every if one not in reasons}
    notes = _notes(versions, tests, reasons)
    if not held_out:
        raise InputError(
            " ".join(["No test complex is left that neither learned from.", *notes])
            + " Versions of one snapshot, split and seed have the same test part; `smmdb evaluate` "
            "judges each on complexes that came later."
        )
    return held_out, notes


def _notes(
    versions: Sequence[ModelVersion],
    tests: Sequence[Mapping[int, float]],
    reasons: Mapping[int, str],
) -> list[str]:
    notes = []
    one, other = (version.label for version in versions)
    if tests[0].keys() != tests[1].keys():
        notes.append(
            f"Their test parts differ ({len(tests[0]):,} and {len(tests[1]):,} complexes, "
            f"{len(tests[0].keys() & tests[1].keys()):,} in both): the figures are not those of "
            "their cards."
        )
    for reason, n in Counter(reasons.values()).items():
        notes.append(f"Left out: {n:,} test complexes, each {reason}.")
    notes += [
        f"The {version.split['kind']} split of {version.label} lets isostructural complexes part: "
        "its own test complexes flatter it."
        for version in versions
        if version.split["kind"] in _LENIENT
    ]
    policies = [(version.policy, version.policy_version) for version in versions]
    if policies[0] != policies[1]:
        notes.append(f"{one} and {other} learned under different policies.")
    return notes


def _drawn_for_both(
    connection: Connection, versions: Sequence[ModelVersion], answers: Mapping[int, float]
) -> tuple[Examples, Examples]:
    """The complexes as each version needs them drawn, those that both have, in one order."""
    drawn = [
        examples_with(connection, answers, version.spec_id, synthetic=version.trained_on_synthetic)
        for version in versions
    ]
    ids = {one.complex_id for one in drawn[0]} & {one.complex_id for one in drawn[1]}
    if not ids:
        raise InputError("no complex is drawn as both versions need it")
    first, second = (
        to_examples([one for one in own if one.complex_id in ids], version.spec, version.kind)
        for own, version in zip(drawn, versions, strict=True)
    )
    return first, second


def _verdict(
    versions: Sequence[ModelVersion], figures: Sequence[ComparedFigure], fewest: int
) -> str:
    one, other = (version.label for version in versions)
    headline = {figure.name: figure.difference for figure in figures}
    if "mae" in headline:
        return _verdict_of_error(versions, headline["mae"], fewest)
    difference = headline["auroc"]
    if fewest < LEAST_TEST_GROUPS or difference.low is None or difference.high is None:
        return (
            f"Which of {one} and {other} ranks better cannot be told: a class stands in only "
            f"{fewest} groups of these complexes, and fewer than {LEAST_TEST_GROUPS} prove nothing."
        )
    told = in_figures(difference, "complexes")
    if difference.low > 0:
        return f"{one} ranks better than {other} {told}."
    if difference.high < 0:
        return f"{one} ranks worse than {other} {told}."
    return f"{one} and {other} are not shown to differ {told}."


def _verdict_of_error(versions: Sequence[ModelVersion], difference: Estimate, fewest: int) -> str:
    one, other = (version.label for version in versions)
    value, low, high = difference.value, difference.low, difference.high
    if fewest < LEAST_TEST_GROUPS or value is None or low is None or high is None:
        return (
            f"Which of {one} and {other} errs less cannot be told: these complexes stand in only "
            f"{fewest} groups, and fewer than {LEAST_TEST_GROUPS} prove nothing."
        )
    figures = (
        f"(mean absolute error {value:+.3g}, 95 % interval {low:+.3g} to {high:+.3g}, "
        f"{difference.n} complexes)"
    )
    if high < 0:
        return f"{one} errs less than {other} {figures}."
    if low > 0:
        return f"{one} errs more than {other} {figures}."
    return f"{one} and {other} are not shown to differ {figures}."
