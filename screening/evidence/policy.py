"""Policy: how all findings on one compound become one class, as a named and versioned file."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any, Final, Literal, get_args

from screening.errors import NotFoundError
from screening.evidence.contradiction import contradict
from screening.evidence.finding import Behaviour, Finding, Sample

DEFAULT_POLICY: Final = "paper-binary"
_SEEN: Final = {
    Behaviour.SMM_ZERO_FIELD: "SMM in zero field",
    Behaviour.SMM_FIELD_INDUCED: "SMM in a dc field",
    Behaviour.SMM_FIELD_NOT_STATED: "SMM, in which field is not stated",
    Behaviour.SIGNAL_ONLY: "an out-of-phase signal without a barrier or a mechanism",
    Behaviour.SLOW_RELAXATION_NO_BARRIER: "slow relaxation without a barrier",
    Behaviour.NO_SIGNAL_OBSERVED: "no signal",
    Behaviour.NOT_MEASURED: "not measured",
    Behaviour.CONFLICT: "a paper contradicts itself",
}

DcField = Literal["zero", "applied"]


class LabelClass(StrEnum):
    """What a compound is for training; unlabelled is never a quiet negative."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNLABELLED = "unlabelled"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding; a limit that the finding does not state is not met.

    dc_field: "zero" or "applied", None for any. t_min_k_at_most: K. f_max_hz_at_least: Hz.
    """

    behaviour: frozenset[Behaviour]
    sample: frozenset[Sample]
    dc_field: DcField | None = None
    t_min_k_at_most: float | None = None
    f_max_hz_at_least: float | None = None

    def holds(self, finding: Finding) -> bool:
        return finding.behaviour in self.behaviour and not self.misses(finding)

    def misses(self, finding: Finding) -> list[str]:
        """What a finding of the right behaviour lacks, in words; empty where it has all."""
        lacks = []
        if finding.sample not in self.sample:
            lacks.append(f"the sample is {finding.sample.replace('_', ' ')}")
        field = finding.dc_field_oe
        if self.dc_field is not None and (
            field is None or (field == 0) != (self.dc_field == "zero")
        ):
            wanted = "zero field" if self.dc_field == "zero" else "a dc field"
            given = "field not stated" if field is None else f"at {field:g} Oe"
            lacks.append(f"{given} (wanted: {wanted})")
        lowest, limit = finding.t_min_k, self.t_min_k_at_most
        if limit is not None and (lowest is None or lowest > limit):
            given = (
                "lowest temperature not stated"
                if lowest is None
                else f"looked only down to {lowest:g} K"
            )
            lacks.append(f"{given} (wanted: {limit:g} K or lower)")
        highest, least = finding.f_max_hz, self.f_max_hz_at_least
        if least is not None and (highest is None or highest < least):
            given = (
                "highest frequency not stated"
                if highest is None
                else f"looked only up to {highest:g} Hz"
            )
            lacks.append(f"{given} (wanted: {least:g} Hz or higher)")
        return lacks


@dataclass(frozen=True, slots=True)
class Rule:
    """Gives the class of a compound that has a finding of each kind in *has*."""

    has: tuple[str, ...]
    class_: LabelClass
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A named version: kinds of findings, and rules asked from top to bottom."""

    name: str
    version: int
    title: str
    kinds: Mapping[str, Kind]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """The class of one compound, why, and by which of its findings (indices, ascending).

    opposed: the findings that the class does not rest on and that contradict those it rests on.
    """

    class_: LabelClass
    reason: str
    used: tuple[int, ...]
    opposed: tuple[int, ...] = ()


def resolve(findings: Sequence[Finding], policy: Policy) -> Resolution:
    """What *policy* makes of all findings on one compound; their order does not matter."""
    members = {
        name: {i for i, finding in enumerate(findings) if kind.holds(finding)}
        for name, kind in policy.kinds.items()
    }
    for rule in policy.rules:
        if all(members[name] for name in rule.has):
            used = set[int]().union(*(members[name] for name in rule.has))
            opposed = tuple(
                i
                for i, finding in enumerate(findings)
                if i not in used and any(contradict(finding, findings[j]) for j in used)
            )
            return Resolution(rule.class_, rule.reason, tuple(sorted(used)), opposed)
    reasons = sorted({_why_unused(finding, policy) for finding in findings})
    return Resolution(LabelClass.UNLABELLED, "; ".join(reasons), tuple(range(len(findings))))


def _why_unused(finding: Finding, policy: Policy) -> str:
    """Why no rule takes the finding: what it lacks for the kind that it misses least."""
    seen = _SEEN[finding.behaviour]
    near = [k.misses(finding) for k in policy.kinds.values() if finding.behaviour in k.behaviour]
    if not near:
        return seen if finding.behaviour is Behaviour.NOT_MEASURED else f"no rule for: {seen}"
    lacks = min(near, key=len)
    return f"{seen}, but {', '.join(lacks)}" if lacks else f"{seen}, which does not suffice alone"


def policy_names() -> tuple[str, ...]:
    """Names of the policies that come with smmdb, the default first."""
    files = resources.files("screening.evidence").joinpath("policies").iterdir()
    names = sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))
    return tuple(sorted(names, key=lambda name: name != DEFAULT_POLICY))


def policy_text(name: str) -> str:
    """The file of the policy *name*. Raises NotFoundError."""
    if name not in policy_names():
        raise NotFoundError(f"No policy {name!r}; there are: {', '.join(policy_names())}")
    file = resources.files("screening.evidence").joinpath("policies", f"{name}.toml")
    return file.read_text(encoding="utf-8")


def policy_data(name: str) -> dict[str, Any]:
    """The file of the policy *name* as plain data. Raises NotFoundError."""
    return tomllib.loads(policy_text(name))


def load_policy(name: str = DEFAULT_POLICY) -> Policy:
    """The policy *name* in its current version. Raises NotFoundError."""
    return parse_policy(policy_text(name))


def builtin_policies() -> tuple[Policy, ...]:
    """Every policy that comes with smmdb, the default first."""
    return tuple(load_policy(name) for name in policy_names())


def parse_policy(text: str) -> Policy:
    """Read a policy file. Raises ValueError where it says what no policy may say."""
    data = tomllib.loads(text)
    _only(data, {"name", "version", "title", "kind", "rule"}, "the policy")
    kinds = {name: _kind(name, entry) for name, entry in data["kind"].items()}
    rules = tuple(_rule(entry, kinds) for entry in data["rule"])
    return Policy(data["name"], data["version"], data["title"], kinds, rules)


def _kind(name: str, entry: dict[str, Any]) -> Kind:
    known = {"behaviour", "sample", "dc_field", "t_min_k_at_most", "f_max_hz_at_least"}
    _only(entry, known, f"kind {name}")
    dc_field = entry.get("dc_field")
    if dc_field is not None and dc_field not in get_args(DcField):
        raise ValueError(f"kind {name}: dc_field is one of {', '.join(get_args(DcField))}")
    return Kind(
        behaviour=frozenset(map(Behaviour, entry["behaviour"])),
        sample=frozenset(map(Sample, entry.get("sample", list(Sample)))),
        dc_field=dc_field,
        t_min_k_at_most=entry.get("t_min_k_at_most"),
        f_max_hz_at_least=entry.get("f_max_hz_at_least"),
    )


def _rule(entry: dict[str, Any], kinds: Mapping[str, Kind]) -> Rule:
    _only(entry, {"has", "class", "reason"}, "a rule")
    rule = Rule(tuple(entry["has"]), LabelClass(entry["class"]), entry["reason"])
    if not rule.has or not kinds.keys() >= set(rule.has):
        raise ValueError(f"a rule names one or more of the kinds {', '.join(kinds)}")
    behaviours = set[Behaviour]().union(*(kinds[name].behaviour for name in rule.has))
    if Behaviour.NOT_MEASURED in behaviours and rule.class_ is LabelClass.NEGATIVE:
        raise ValueError("what was not measured is never negative")
    return rule


def _only(entry: Mapping[str, Any], allowed: set[str], where: str) -> None:
    if unknown := sorted(entry.keys() - allowed):
        raise ValueError(f"{where} does not know {', '.join(unknown)}")
