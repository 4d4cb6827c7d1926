"""Names of compounds as a CIF writes them, as plain text."""

import re
from typing import Final

_JUNK: Final = re.compile(
    r"\?|\.|;|#|n/?a|none|unknown|as described|synthe[sz]\w*(?: as described| by .*| of .*)?|"
    r".*insert the .* here.*|.*chemical name here.*|(?:see|given in) text",
    re.IGNORECASE,
)
"""Whole values that name nothing: place holders and what belongs into another field."""
_GREEK: Final = {
    "a": "alpha", "b": "beta", "g": "gamma", "d": "delta", "e": "epsilon", "h": "eta",
    "k": "kappa", "l": "lambda", "m": "mu", "n": "nu", "p": "pi", "s": "sigma", "w": "omega",
    "D": "Delta", "L": "Lambda", "W": "Omega",
}  # fmt: skip
"""The CIF codes of letters that occur in names; \\h is eta there."""
_CODE: Final = re.compile(r"\\([abgdehklmnpswDLW])(?![a-z])")
_TAG: Final = re.compile(r"</?(?:i|b|sub|sup)>", re.IGNORECASE)
_SUBSCRIPT: Final = re.compile(r"~([^~\s]{1,20})~")
_SUPERSCRIPT: Final = re.compile(r"\^([^^\s]{1,20})\^")


def compound_name(value: str | None) -> str | None:
    """Return a name on one line with its CIF codes decoded; None for one that names nothing."""
    if value is None:
        return None
    name = " ".join(value.split()).strip("'\" ")
    name = name.removeprefix("?").strip() if name.startswith("? #") else name
    if not name or _JUNK.fullmatch(name):
        return None
    name = _TAG.sub("", name)
    name = _CODE.sub(lambda match: _GREEK[match.group(1)], name)
    return _SUPERSCRIPT.sub(r"\1", _SUBSCRIPT.sub(r"\1", name))
