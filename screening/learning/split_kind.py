"""Split kind: what may not stand on both sides of a split, from lenient to strict."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from screening.errors import InputError
from screening.learning.grouping import tied_groups
from screening.learning.traits import Traits

HEADLINE: Final = "skeleton"

TIES: Final[dict[str, Callable[[Traits], str | None]]] = {
    "compound": lambda one: f"compound {one.compound}",
    "crystal": lambda one: one.crystal and f"crystal {one.crystal}",
    "refcode family": lambda one: one.family and f"family {one.family}",
    "paper": lambda one: one.doi and f"paper {one.doi.lower()}",
    "isostructural skeleton": lambda one: f"skeleton {one.skeleton}",
}
"""What ties a complex to others, by the name of the tie: a key, or None where it has none."""
_COMPOUND: Final = ("compound", "crystal", "refcode family")
_STRICTEST: Final = (*_COMPOUND, "paper", "isostructural skeleton")


@dataclass(frozen=True, slots=True)
class SplitKind:
    """A way to split.

    ties: examples that share one of these, directly or through others, never part.
    holds_out: what is said to hold out, such as "metal"; None where chance picks the groups.
    """

    name: str
    ties: tuple[str, ...] = _STRICTEST
    holds_out: str | None = None

    def groups(self, traits: Sequence[Traits]) -> tuple[str, ...]:
        """One key for all examples that are tied."""
        return tied_groups([[TIES[tie](one) for tie in self.ties] for one in traits])


SPLIT_KINDS: Final = {
    kind.name: kind
    for kind in (
        SplitKind("random", ()),
        SplitKind("compound", _COMPOUND),
        SplitKind("doi", (*_COMPOUND, "paper")),
        SplitKind("skeleton"),
        SplitKind("ligand-class", holds_out="ligand class"),
        SplitKind("metal", holds_out="metal"),
        SplitKind("year", holds_out="last year of training"),
    )
}


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """A kind of split and what it holds out.

    held_out: metals or ligand classes that stand in the test part only; for "year" the last year
    of the training part.
    """

    kind: str = HEADLINE
    held_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in SPLIT_KINDS:
            known = ", ".join(SPLIT_KINDS)
            raise InputError(f"no split is called {self.kind!r}; there are: {known}")
        wanted = SPLIT_KINDS[self.kind].holds_out
        if wanted is None and self.held_out:
            raise InputError(f"the {self.kind} split holds out nothing by name")
        if self.kind == "year":
            _year(self.held_out)

    def is_held_out(self, traits: Traits) -> bool | None:
        """Whether a complex belongs to the test part; None where that is not known."""
        if self.kind == "year":
            return None if traits.year is None else traits.year > _year(self.held_out)
        return not set(self.held_out).isdisjoint(_holdable(self.kind, traits))

    def check_held_out(self, traits: Sequence[Traits]) -> None:
        """Refuse names that no example has, telling those there are, with their numbers."""
        if self.kind == "year":
            return
        counts = Counter(name for one in traits for name in set(_holdable(self.kind, one)))
        unknown = [name for name in self.held_out if name not in counts]
        if self.held_out and not unknown:
            return
        what = SPLIT_KINDS[self.kind].holds_out
        there = ", ".join(f"{name} ({n})" for name, n in counts.most_common(_SHOWN)) or "none"
        problem = (
            f"no labelled complex has the {what} {', '.join(unknown)}"
            if unknown
            else f"the {self.kind} split needs a {what} to hold out (--hold-out)"
        )
        raise InputError(f"{problem}; labelled complexes have: {there}")


_SHOWN: Final = 20


def _year(held_out: tuple[str, ...]) -> int:
    if len(held_out) != 1 or not re.fullmatch("[12][0-9]{3}", held_out[0]):
        raise InputError(
            "the year split needs one year, the last to train on, such as --hold-out 2018"
        )
    return int(held_out[0])


def _holdable(kind: str, traits: Traits) -> tuple[str, ...]:
    return traits.metals if kind == "metal" else traits.ligand_classes
