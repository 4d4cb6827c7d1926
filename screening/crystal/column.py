"""Column: the values of one data name, read from the parser when they are first asked for."""

import re
from typing import Final

import gemmi

_FOLD: Final = re.compile(r"\\[ \t]*(?:\n|$)")
"""Where a line of a text field is folded; the first line of such a field is a fold alone."""


class Loop:
    """A loop of the parser. Most are tables that nobody asks for, so its values come when read."""

    def __init__(self, loop: gemmi.cif.Loop) -> None:
        self.tags = loop.tags
        self._loop = loop
        self._values: list[str] | None = None

    def column(self, index: int) -> list[str]:
        """Every value of the name at *index*, as written."""
        if self._values is None:
            self._values = self._loop.values
        return self._values[index :: len(self.tags)]


class Column:
    """The values of one data name, read when they are first asked for."""

    __slots__ = ("_index", "_raw", "_values")

    def __init__(self, raw: list[str] | Loop, index: int = 0) -> None:
        self._raw = raw
        self._index = index
        self._values: list[str] | None = None

    @property
    def values(self) -> list[str]:
        """The values without their quotes."""
        # not functools.cached_property, whose lock takes longer than most columns
        if self._values is None:
            raw = self._raw.column(self._index) if isinstance(self._raw, Loop) else self._raw
            self._values = [_plain(v) if v[:1] in "'\";" else v for v in raw]
        return self._values


def _plain(raw: str) -> str:
    """Return the value without its quotes, and with the long lines that CIF 1.1 folds."""
    value = gemmi.cif.as_string(raw)
    if raw.startswith(";") and value.startswith("\\") and _FOLD.match(value):
        return _FOLD.sub("", value)
    return value
