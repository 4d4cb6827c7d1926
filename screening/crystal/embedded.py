"""Embedded: the reflections and instructions that SHELXL puts into a CIF as text fields."""

import re
from typing import Final

_SHELX: Final = "_shelx_"
_NAME: Final = re.compile(r"(?<!\S)_shelx_\w+\s*\Z", re.ASCII | re.IGNORECASE)
"""A data name under which it does so, at the end of what stands before the field."""
_LONGEST_NAME: Final = 40


def without_embedded(text: str) -> str:
    """Put hashes for the embedded files.

    Nobody asks for them, and they are most of a file and of the time that its parsing takes.
    """
    if _SHELX not in text:
        return text
    parts, kept = [], 0
    start = _find_field(text, 0)
    while start >= 0 and (end := _find_field(text, start + 2)) >= 0:
        if _NAME.search(text, max(start - _LONGEST_NAME, 0), start):
            parts += [text[kept : start + 2], str(hash(text[start + 2 : end]))]
            kept = end
        start = _find_field(text, end + 2)
    return "".join([*parts, text[kept:]])


def _find_field(text: str, start: int) -> int:
    """Offset of the line end before the next line that begins with a semicolon; -1: none."""
    # one character is found many times faster than two
    at = text.find(";", start)
    while at >= 0 and text[at - 1 : at] != "\n":
        at = text.find(";", at + 1)
    return at - 1 if at > 0 else -1
