"""Counts of what a call found and did, which add up over calls."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self


@dataclass(slots=True)
class Counts:
    """Base of dataclasses whose fields are numbers and `Counter`s."""

    def add(self, other: Self) -> None:
        """Add the counts of *other* to these."""
        for item in fields(self):
            if isinstance(value := getattr(other, item.name), Counter):
                getattr(self, item.name).update(value)
            else:
                setattr(self, item.name, getattr(self, item.name) + value)
