"""Block change: how one block reads now, beside how it read before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.store.facts import CHANGES, Facts, pair

_OF_BLOCKS = (
    "newly accepted",
    "newly rejected",
    "other code",
    "number of complexes",
    "other words",
    "other",
)
KINDS = dict.fromkeys(_OF_BLOCKS, "blocks") | dict.fromkeys(CHANGES, "complexes")
"""The kinds of change, and what is counted of each."""


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One block that reads otherwise now; before, after: verdict or code, and what was held.

    changes: of `KINDS`; "other words": reason, notes or line; "other": none of those named.
    """

    file: str
    block: str
    changes: tuple[str, ...]
    verdict_before: str | None
    verdict_after: str | None
    reason_before: str | None
    reason_after: str | None
    before: tuple[Facts, ...]
    after: tuple[Facts, ...]


def compare(
    file: str,
    row: Mapping[str, object],
    now: Mapping[str, object],
    before: tuple[Facts, ...],
    after: tuple[Facts, ...],
) -> BlockChange:
    """Say how a block of *file* changed.

    row, now: its columns of `structure`, empty where there was, or is, no such block; before,
    after: its complexes.
    """
    either = now or row
    return BlockChange(
        file=file,
        block=str(either["block_name"]),
        changes=tuple(_kinds(row, now, before, after)),
        verdict_before=_verdict(row),
        verdict_after=_verdict(now),
        reason_before=_text(row.get("reason") or row.get("notes")),
        reason_after=_text(now.get("reason") or now.get("notes")),
        before=before,
        after=after,
    )


def _verdict(row: Mapping[str, object]) -> str | None:
    return _text(row.get("code") or row.get("verdict"))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _kinds(
    row: Mapping[str, object],
    now: Mapping[str, object],
    before: Sequence[Facts],
    after: Sequence[Facts],
) -> list[str]:
    was, is_ = row.get("verdict"), now.get("verdict")
    if was != is_:
        return ["newly accepted" if is_ == "accepted" else "newly rejected"]
    if row["code"] != now["code"]:
        return ["other code"]
    kinds = ["number of complexes"] if len(before) != len(after) else []
    found = {kind for old, new in pair(before, after) for kind in old.changes(new)}
    kinds += [kind for kind in CHANGES if kind in found]
    if not kinds and row != now:
        kinds.append("other words")
    return kinds or ["other"]
