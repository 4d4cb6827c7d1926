"""Identifier: what the first column of a findings table can mean."""

import re
from dataclasses import dataclass

_REFCODE = re.compile(r"([A-Z]{6})(\d{2})?", re.IGNORECASE)
_NUMBER = re.compile(r"(?:(COD|CCDC)\s*(?:ID|no\.?|number)?[\s:#-]*)?(\d{5,8})", re.IGNORECASE)
_COD_DIGITS = 7
_CCDC_DIGITS = (6, 7)


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that one identifier can stand for; None where its form rules it out.

    refcode: upper case; family: its six letters. name: lower case, single spaces.
    A bare number of seven digits can be both a COD id and a CCDC number.
    """

    name: str
    refcode: str | None = None
    family: str | None = None
    cod_id: int | None = None
    ccdc_number: int | None = None


def read_identifier(text: str) -> Reading:
    """Read *text* as refcode, COD id, CCDC number and name, as far as its form allows each."""
    name = " ".join(text.lower().split())
    if match := _REFCODE.fullmatch(name):
        return Reading(name, refcode=name.upper(), family=match[1].upper())
    if match := _NUMBER.fullmatch(name):
        prefix, digits = match[1], match[2]
        is_cod = prefix == "cod" or (prefix is None and len(digits) == _COD_DIGITS)
        is_ccdc = prefix == "ccdc" or (prefix is None and len(digits) in _CCDC_DIGITS)
        return Reading(
            name,
            cod_id=int(digits) if is_cod else None,
            ccdc_number=int(digits) if is_ccdc else None,
        )
    return Reading(name)
