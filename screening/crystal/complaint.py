"""Complaint: why a text is no CIF, in words that lead to the line at fault."""

import re
from typing import Final

import gemmi

_GEMMI_POSITION: Final = re.compile(r"^string:(\d+)(?::\d+\(\d+\))?(?: in [^:]*)?:? ?")
_MAX_NAME: Final = 200
_MAX_LINE: Final = 80
_RESULT: Final = "the CIF that SHELXL writes after the command ACTA is needed"
_NO_LOOP: Final = frozenset({"_loop", "_loop_", "loop"})
_OTHER_FORMATS: Final = {
    "<": "a page of the web or XML",
    "%PDF": "a PDF",
    "{": "JSON",
    "TITL ": f"a file of SHELXL; {_RESULT}",
    "CELL ": f"a file of SHELXL; {_RESULT}",
    "HEADER ": "a file of the PDB format",
    "CRYST1": "a file of the PDB format",
}
"""How texts begin that are saved under the name of a CIF by mistake."""


def complaint(piece: str, line: int) -> str:
    """What the parser says of a piece that starts at *line* of the file."""
    try:
        gemmi.cif.read_string(piece, 0)
    except (ValueError, RuntimeError) as error:
        message = str(error).splitlines()[0]
        match = _GEMMI_POSITION.match(message)
        if match is None:
            return message
        at = int(match.group(1)) - 1
        lines = piece.split("\n", at + 1)[: at + 1]
        for i, text in reversed(list(enumerate(lines))):
            if text.strip().lower() in _NO_LOOP:
                return f"line {line + i}: {text.strip()} where loop_ is meant"
        what = f"line {line + at}: {message[match.end() :]}"
        text = shown("".join(lines[at:]).strip()[:_MAX_LINE])
        return what if text.lower() == "loop_" else f"{what}: {text or 'the end of the block'}"
    return "the text before the first data block is no CIF"


def why_no_block(text: str) -> str:
    """Why a text without a data block is none; of other formats their name."""
    start = text.lstrip("\ufeff \t\n")
    for mark, what in _OTHER_FORMATS.items():
        if start[: len(mark)].upper() == mark:
            return f"no CIF: {what}"
    return f"no data_ line; {complaint(text, 1)}"


def shown(name: str) -> str:
    """Name of a block as it is stored: printable and of bounded length."""
    clean = "".join(c for c in name if c.isprintable())
    return clean if len(clean) <= _MAX_NAME else clean[:_MAX_NAME] + "..."
