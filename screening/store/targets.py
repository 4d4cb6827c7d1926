"""Target: what a network learns, from labels under a policy or from a property."""

import math
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import Connection, text

from screening.errors import InputError, NotFoundError
from screening.evidence.policy import Policy, load_policy
from screening.evidence.property_value import Kind
from screening.store.property_definitions import Definition, find_definition

SMM: Final = "smm"
"""The target that labels answer: is it a single-molecule magnet, under a policy?"""


class Asked(Protocol):
    """What a model version or an evaluation holds of its target."""

    @property
    def target(self) -> str: ...
    @property
    def policy(self) -> str | None: ...
    @property
    def property_source(self) -> str | None: ...
    @property
    def at_least(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked of each complex.

    policy: of the target "smm". property_: otherwise; source: whose values (None: of all sources,
    and where they disagree there is no answer). at_least: the number from which on a numeric
    property is a yes; without it the number itself is asked.
    """

    name: str
    policy: Policy | None = None
    property_: Definition | None = None
    source: str | None = None
    at_least: float | None = None

    @property
    def kind(self) -> Kind:
        """A yes or no, or a number in the unit of the property."""
        is_number = self.property_ is not None and self.property_.kind is Kind.NUMERIC
        return Kind.NUMERIC if is_number and self.at_least is None else Kind.BINARY

    @property
    def unit(self) -> str:
        """Of a number that has one; else empty."""
        named = self.property_ is not None and self.kind is Kind.NUMERIC and self.property_.unit
        return named or ""

    def columns(self) -> dict[str, Any]:
        """The columns of `model_version` and `evaluation` that say what was asked."""
        return {
            "target": self.name,
            "policy": self.policy and self.policy.name,
            "policy_version": self.policy and self.policy.version,
            "property_source": self.source,
            "at_least": self.at_least,
        }

    def to_json(self) -> dict[str, Any]:
        """What the card of a model version says, so that it stays with the model elsewhere."""
        return {
            "question": self.question,
            "description": self.property_ and self.property_.description,
            "unit": self.unit,
        }

    @property
    def question(self) -> str:
        """What a yes, or the number, means in a phrase."""
        if self.policy is not None:
            return f"labels under the policy {self.policy.name} v{self.policy.version}"
        assert self.property_ is not None
        phrase = f"the property {self.name}"
        if self.at_least is not None:
            unit = f" {self.property_.unit}" if self.property_.unit else ""
            phrase += f", {self.at_least:g}{unit} or more"
        elif self.unit:
            phrase += f" in {self.unit}"
        return f"{phrase}, as {self.source} says" if self.source is not None else phrase


def find_target(
    connection: Connection,
    name: str,
    *,
    policy: Policy | None = None,
    source: str | None = None,
    at_least: float | None = None,
) -> Target:
    """The target called *name*: "smm", or a property of which *source* says something.

    Raises NotFoundError where there is none, InputError where an option does not fit it.
    """
    if name == SMM:
        if source is not None or at_least is not None:
            raise InputError(f"{SMM} is no property: leave --source and --at-least out")
        return Target(SMM, policy or load_policy())
    definition = find_definition(connection, name)
    if definition is None:
        known = ", ".join(connection.scalars(_NAMES))
        hint = f"there are {SMM}, {known}" if known else f"there is only {SMM}"
        raise NotFoundError(
            f"no target is called {name!r}; {hint} (`smmdb property import` brings properties)"
        )
    if policy is not None:
        raise InputError(f"{name} is a property and not under a policy: leave --policy out")
    if definition.kind is Kind.BINARY and at_least is not None:
        raise InputError(f"{name} is a yes or no already: leave --at-least out")
    if at_least is not None and math.isnan(at_least):
        raise InputError("--at-least takes a number, and nan is none")
    _check_source(connection, name, source)
    return Target(name, property_=definition, source=source, at_least=at_least)


def target_of(connection: Connection, asked: Asked) -> Target:
    """What a stored version was trained on, by the labels and values of today.

    The policy is today's version, for labels of older ones are kept nowhere.
    """
    policy = None if asked.policy is None else load_policy(asked.policy)
    return find_target(
        connection,
        asked.target,
        policy=policy,
        source=asked.property_source,
        at_least=asked.at_least,
    )


def spread_words(connection: Connection, target: Target) -> str:
    """How the values of a numeric property spread, and how many lie where a yes begins."""
    assert target.property_ is not None
    unit = f" {target.property_.unit}" if target.property_.unit else ""
    asked = {
        "property": target.property_.id,
        "source": target.source,
        "at_least": target.at_least,
    }
    row = connection.execute(_SPREAD, asked).one()
    return (
        f"Of {row.n:,} values {row.n_yes:,} are {target.at_least:g}{unit} or more; the least is "
        f"{row.least:g}, a quarter lie below {row.quarter:g}, half below {row.median:g}, three "
        f"quarters below {row.three:g}, the largest is {row.most:g}."
    )


def _check_source(connection: Connection, name: str, source: str | None) -> None:
    sources = list(connection.scalars(_SOURCES, {"property": name}))
    if source is not None and source not in sources:
        known = "; ".join(sources) or "none"
        raise InputError(f"{source!r} says nothing of {name}; its sources: {known}")


_NAMES = text("select name from property_definition order by name")
_SOURCES = text("""
    select distinct v.source from property_value v
    join property_definition d on d.id = v.property_id
    where d.name = :property and v.withdrawn_at is null order by 1""")
_SPREAD = text("""
    select count(*) as n, count(*) filter (where value >= :at_least) as n_yes,
        min(value) as least, max(value) as most,
        percentile_cont(0.25) within group (order by value) as quarter,
        percentile_cont(0.5) within group (order by value) as median,
        percentile_cont(0.75) within group (order by value) as three
    from property_value
    where property_id = :property and withdrawn_at is null
        and (cast(:source as text) is null or source = :source)""")
