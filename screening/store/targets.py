"""Target: the yes or no that a network learns, from labels under a policy or from a property."""

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
    property is a yes.
    """

    name: str
    policy: Policy | None = None
    property_: Definition | None = None
    source: str | None = None
    at_least: float | None = None

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
        }

    @property
    def question(self) -> str:
        """What a yes means, in a phrase."""
        if self.policy is not None:
            return f"labels under the policy {self.policy.name} v{self.policy.version}"
        assert self.property_ is not None
        phrase = f"the property {self.name}"
        if self.at_least is not None:
            unit = f" {self.property_.unit}" if self.property_.unit else ""
            phrase += f", {self.at_least:g}{unit} or more"
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
    if definition.kind is Kind.NUMERIC and at_least is None:
        raise InputError(_no_threshold(connection, definition))
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


def _no_threshold(connection: Connection, definition: Definition) -> str:
    unit = f" {definition.unit}" if definition.unit else ""
    message = (
        f"{definition.name} is a number, and networks learn a yes or no: say from which number on "
        "it is a yes (--at-least X)"
    )
    row = connection.execute(_SPREAD, {"property": definition.id}).one()
    if row.n:
        message += (
            f"; of {row.n:,} values the least is {row.least:g}{unit}, the median {row.median:g}, "
            f"the largest {row.most:g}"
        )
    return message


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
    select count(*) as n, min(value) as least, max(value) as most,
        percentile_cont(0.5) within group (order by value) as median
    from property_value where property_id = :property and withdrawn_at is null""")
