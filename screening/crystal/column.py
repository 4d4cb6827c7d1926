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


Column = str | tuple[Loop, int]
"""The value of a name outside loops, as written; or a loop and the place of the name in it."""


def read_column(column: Column) -> list[str]:
    """Every value without its quotes."""
    raw = [column] if isinstance(column, str) else column[0].column(column[1])
    text = "".join(raw)  # most columns hold no quotes, which is soon seen of all values at once
    if "'" in text or '"' in text or ";" in text:
        return [_plain(v) if v[:1] in "'\";" else v for v in raw]
    return raw


def _plain(raw: str) -> str:
    """Return the value without its quotes, and with the long lines that CIF 1.1 folds."""
    value = gemmi.cif.as_string(raw)
    if raw.startswith(";") and value.startswith("\\") and _FOLD.match(value):
        return _FOLD.sub("", value)
    return value
