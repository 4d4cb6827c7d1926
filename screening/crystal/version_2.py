"""CIF 2.0 as CIF 1.1, as far as a crystal needs it."""

import re
from typing import Final

from screening.crystal.mending import quoted

_TRIPLE: Final = re.compile(r"'''(.*?)'''|\"\"\"(.*?)\"\"\"", re.DOTALL)
_OPENING: Final = {"[": "]", "{": "}"}
_COMPOUND: Final = re.compile(r"(?:^|(?<=\s))([\[{])")


def without_version_2(text: str) -> str:
    """Return CIF 2.0 as CIF 1.1: texts in triple quotes, lists and tables as unknown values.

    Every line keeps its number.
    """
    text = _TRIPLE.sub(_single, text)
    parts, kept, at = [], 0, 0
    while (match := _COMPOUND.search(text, at)) is not None:
        at = _end_of_compound(text, match.start(1))
        parts += [text[kept : match.start(1)], "?", "\n" * text.count("\n", match.start(1), at)]
        kept = at
    return "".join([*parts, text[kept:]])


def _single(match: re.Match[str]) -> str:
    content = match.group(1) if match.group(1) is not None else match.group(2)
    return quoted(content) if "\n" not in content else "?" + "\n" * content.count("\n")


def _end_of_compound(text: str, start: int) -> int:
    """Offset after the bracket that closes the one at *start*, or after the one character."""
    waiting: list[str] = []
    at = start
    while at < len(text):
        character = text[at]
        if character in _OPENING:
            waiting.append(_OPENING[character])
        elif character in "'\"":
            line_end = text.find("\n", at)
            end = text.find(character, at + 1, line_end if line_end >= 0 else len(text))
            at = max(at, end)  # an apostrophe where it is not closed
        elif character == waiting[-1]:
            waiting.pop()
            if not waiting:
                return at + 1
        at += 1
    return start + 1
