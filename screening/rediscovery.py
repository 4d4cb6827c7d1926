"""Rediscovery: what is known of the complexes that a version ranks highest in its pool."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Engine

from screening.errors import InputError, NotFoundError
from screening.learning.rediscovery import Rediscovery, depths, rediscover
from screening.model_question import check_yes_or_no
from screening.store.examples import answers_to, snapshot_of
from screening.store.labels import resolve_labels
from screening.store.models import ModelVersion, find_version
from screening.store.predictions import scored_complexes
from screening.store.seen import OWN, seen_by
from screening.store.targets import Target, target_of

DEPTHS: Final = ("10", "50", "100", "1%", "5%")


@dataclass(frozen=True, slots=True)
class RediscoveryReport:
    """The highest scores of a version among compounds that it did not learn from.

    n_pool: compounds ranked, each by its highest score. n_examined, n_positive: of them with a
    label, and positive ones. n_test: of the examined those that were the version's own test part.
    left_out: complexes that were scored and are not ranked, by the reason.
    prevalence: what enrichment is set against; is_assumed: it was given, not computed.
    examined: the ranked compounds with a label down to the largest k, as rows.
    """

    version: ModelVersion
    asked: Target
    n_pool: int
    n_examined: int
    n_positive: int
    n_test: int
    left_out: dict[str, int]
    prevalence: float | None
    is_assumed: bool
    tops: tuple[Rediscovery, ...]
    examined: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """One compound of the pool, by its complex of highest score."""

    identifier: str
    score: float
    answer: bool | None
    is_test: bool


def report_rediscovery(
    engine: Engine,
    reference: str,
    *,
    prevalence: float | None = None,
    tops: Sequence[str] = DEPTHS,
    new_only: bool = False,
    allow_tied: bool = False,
) -> RediscoveryReport:
    """Count among a version's highest scores what was examined, and what was confirmed.

    Not ranked is what the version learned from, and what is tied to that (*allow_tied* ranks it).
    new_only: nor its test part, so that only labels count which came after the training.
    prevalence: the share of positives one assumes in the pool; without it the share among its
    examined compounds is taken, which literature makes too high.

    Raises NotFoundError for an unknown model or one without scores, InputError for a prevalence
    that is none, or where no compound is left.
    """
    if prevalence is not None and not 0 < prevalence < 1:
        raise InputError(f"a prevalence lies between 0 and 1, not at {prevalence:g}")
    with engine.begin() as connection:
        version = find_version(connection, reference)
        check_yes_or_no(version, "rediscovery counts what was confirmed")
        asked = target_of(connection, version)
        if asked.policy is not None:
            resolve_labels(connection, asked.policy)
        pool, left_out = _pool(connection, version, asked, new_only=new_only, allow_tied=allow_tied)
    answers = [one.answer for one in pool]
    scores = [one.score for one in pool]
    known = [answer for answer in answers if answer is not None]
    assumed = prevalence is not None
    if prevalence is None and known:
        prevalence = sum(known) / len(known)
    ks = depths(tops, len(pool))
    examined = [
        {"rank": place, "identifier": one.identifier, "score": one.score, "confirmed": one.answer}
        for place, one in enumerate(pool[: ks[-1]], 1)
        if one.answer is not None
    ]
    return RediscoveryReport(
        version=version,
        asked=asked,
        n_pool=len(pool),
        n_examined=len(known),
        n_positive=sum(known),
        n_test=sum(one.is_test and one.answer is not None for one in pool),
        left_out=left_out,
        prevalence=prevalence,
        is_assumed=assumed,
        tops=tuple(rediscover(scores, answers, k, prevalence) for k in ks),
        examined=tuple(examined),
    )


def _pool(
    connection: Connection,
    version: ModelVersion,
    asked: Target,
    *,
    new_only: bool,
    allow_tied: bool,
) -> tuple[list[_Ranked], dict[str, int]]:
    """The compounds to rank, highest score first, and what was left out for which reason."""
    scored = scored_complexes(connection, version.id, synthetic=version.trained_on_synthetic)
    if not scored:
        raise NotFoundError(
            f"{version.label} has scored nothing yet: run `smmdb predict --model {version.label}`"
        )
    snapshot = snapshot_of(connection, version.id)
    tests = {one for one, (part, _) in snapshot.items() if part == "test"}
    left_out = {}
    for complex_id, tie in seen_by(connection, version.id, [row[0] for row in scored]).items():
        if tie == OWN and (new_only or complex_id not in tests):
            left_out[complex_id] = "learned from or tested on" if new_only else "learned from"
        elif tie != OWN and not allow_tied:
            left_out[complex_id] = f"tied to what it learned from by {tie}"
    answers = _by_compound(answers_to(connection, asked), scored)
    pool: dict[int, _Ranked] = {}
    for complex_id, compound_id, identifier, score in scored:
        if complex_id not in left_out:
            one = _Ranked(identifier, score, answers.get(compound_id), complex_id in tests)
            pool.setdefault(compound_id, one)
    if not pool:
        raise InputError(
            f"no complex that {version.label} scored is left to rank: "
            + "; ".join(f"{n:,} {why}" for why, n in Counter(left_out.values()).items())
        )
    return list(pool.values()), dict(Counter(left_out.values()))


def _by_compound(
    answers: Mapping[int, float], scored: Sequence[tuple[int, int, str, float]]
) -> dict[int, bool]:
    """The answer of each compound whose complexes agree on one."""
    found: dict[int, set[bool]] = {}
    for complex_id, compound_id, _, _ in scored:
        if complex_id in answers:
            found.setdefault(compound_id, set()).add(answers[complex_id] == 1)
    return {compound: answer.pop() for compound, answer in found.items() if len(answer) == 1}
