"""Renewed: what a reading anew found and did, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from screening.store.counts import Counts
from screening.store.facts import CHANGES, pair

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from screening.store.block_change import BlockChange

_SCORED = text("""
    select count(*) from complex c
    where c.id = any(cast(:ids as bigint[])) and c.superseded_by is not null
        and exists (select from prediction p where p.complex_id = c.id)""")


@dataclass(slots=True)
class Renewed(Counts):
    """What one call of `renew_files` found and did.

    changes: how many blocks or complexes changed, by kind; superseded: old rows of complexes;
    scored: those of them that have a score, and a new row without one.
    """

    files: int = 0
    blocks: int = 0
    changed_blocks: int = 0
    superseded: int = 0
    scored: int = 0
    changes: Counter[str] = field(default_factory=Counter)


def count_renewed(
    connection: Connection,
    changes: Sequence[BlockChange],
    old_ids: AbstractSet[int],
    *,
    files: int,
    blocks: int,
) -> Renewed:
    """Count the changes of as many files and blocks; old_ids: superseded rows of complexes."""
    scored = connection.execute(_SCORED, {"ids": list(old_ids)}).scalar_one()
    of_blocks = Counter(
        kind for change in changes for kind in change.changes if kind not in CHANGES
    )
    # A complex that two blocks hold changes once.
    pairs = {(old, new) for change in changes for old, new in pair(change.before, change.after)}
    of_complexes = Counter(kind for old, new in pairs for kind in old.changes(new))
    return Renewed(
        files=files,
        blocks=blocks,
        changed_blocks=len(changes),
        superseded=len(old_ids),
        scored=scored,
        changes=of_blocks + of_complexes,
    )
