"""xyz text to records: frames of a number of atoms, a comment and as many atom lines."""

import re
from collections.abc import Iterator
from itertools import pairwise

from screening.crystal.sites import MAX_SITES
from screening.crystal.verdict import RefusalError
from screening.molecule.comment import columns_of, read_comment
from screening.molecule.record import Record, check_no_nul

_COUNT = re.compile(r"[ \t]*\d{1,9}[ \t]*", re.ASCII)


def read_xyz(text: str) -> Iterator[Record]:
    """One Record a frame, in their order.

    A frame begins at every line that is a whole number and does not follow such a line (then it
    is the comment): a frame with too few or too many atom lines costs itself alone. What stands
    before the first frame is a record with a problem.
    """
    lines = text.split("\n")
    heads = _heads(lines)
    before = next((i for i in range(heads[0] if heads else len(lines)) if lines[i].strip()), None)
    if before is not None:
        what = "no number of atoms" if heads else "no number of atoms, nor is any later line"
        problem = RefusalError("syntax", f"line {before + 1} is {what}: {lines[before][:40]!r}")
        yield Record(before + 1, problem=problem)
    elif not heads:
        yield Record(1, problem=RefusalError("empty", "the file is empty"))
    for head, end in pairwise([*heads, len(lines)]):
        yield _frame(lines, head, end)


def _heads(lines: list[str]) -> list[int]:
    heads: list[int] = []
    for i, line in enumerate(lines):
        if _COUNT.fullmatch(line) and (not heads or heads[-1] != i - 1):
            heads.append(i)
    return heads


def _frame(lines: list[str], head: int, end: int) -> Record:
    record = Record(head + 1)
    comment = lines[head + 1] if head + 1 < end else ""
    while end > head + 2 and not lines[end - 1].strip():
        end -= 1
    try:
        check_no_nul(*lines[head + 1 : end])
        read_comment(comment, record)
        _read_atoms(lines[head + 2 : end], int(lines[head]), record)
    except RefusalError as refusal:
        record.problem = refusal
    return record


def _read_atoms(body: list[str], count: int, record: Record) -> None:
    if count > MAX_SITES:
        raise RefusalError("too_many_atoms", f"{count} atoms; the limit is {MAX_SITES}")
    if len(body) != count:
        raise RefusalError("atom_count", f"{count} atoms are told, {len(body)} lines follow")
    if not count:
        raise RefusalError("empty", "a frame of no atoms")
    element, x = columns_of(record)
    for number, line in enumerate(body, start=1):
        words = line.split()
        if len(words) <= max(element, x + 2):
            raise RefusalError(
                "bad_coordinates", f"atom {number} has no element and three numbers: {line[:60]!r}"
            )
        record.symbols.append(words[element])
        record.coordinates.append(words[x : x + 3])
