"""The space group that a data block names, and which origin it means."""

import re
from dataclasses import dataclass
from functools import lru_cache

import gemmi

from screening.crystal.block import Block
from screening.crystal.numbers import number

NAMES = (
    "_space_group_name_h-m_alt",
    "_symmetry_space_group_name_h-m",
    "_space_group_name_h-m_full",
    "_space_group_name_h-m",
    "_space_group_name_h-m_ref",
)
NUMBER = ("_space_group_it_number", "_symmetry_int_tables_number")
_ORIGIN = re.compile(
    r"[\s:]*(?:\(?\s*origin(?:\s+choice)?\s*([12])\s*\)?|\s([SZ]))\s*$", re.IGNORECASE
)
"""Ends of a name that say which origin it means; S and Z as in the ICSD."""
_NUMBERED = re.compile(
    r"[\s,;]*(?:\((?:No\.?|\#)?\s*\d{2,3}\)|\((?:No\.?|\#)\s*\d\)|(?:No\.?|\#)\s*\d{1,3})\s*$",
    re.IGNORECASE,
)
"""The number after a name: `P 21/c (No. 14)`, `P 21/c #14`."""
_CHOICE = re.compile(r"\s*:\s*-?[abc][123]?\s*$")
"""The cell choice after a monoclinic name, which has said it: `P 1 21/n 1 :b2`."""
_MARKUP = re.compile(r"[_()~]|</?sub>", re.IGNORECASE)
_BAR = re.compile("([1346])\\s*(?:bar|[\u0304\u0305])", re.IGNORECASE)
_PLAIN = str.maketrans({"\u00af": "-"} | {chr(0x2080 + digit): str(digit) for digit in range(10)})
_OTHER = {"1": "2", "2": "1"}
LAST_NUMBER = 230


@dataclass(frozen=True, slots=True)
class Named:
    """The group that a block names; *other*: the same by the origin that the name leaves open."""

    group: gemmi.SpaceGroup
    other: gemmi.SpaceGroup | None


def named_system(block: Block) -> str | None:
    """Return the crystal system of the named or numbered space group, in small letters."""
    known = named(block, 0.0, 0.0)
    if known is not None:
        return known.group.crystal_system_str()
    value = number(block.text(*NUMBER))
    if value is None or not 1 <= value <= LAST_NUMBER:
        return None
    return gemmi.find_spacegroup_by_number(int(value)).crystal_system_str()


def named(block: Block, alpha: float, gamma: float) -> Named | None:
    """Find the group of the Hermann-Mauguin name; the angles (degrees) tell R axes from H axes."""
    for tag in NAMES:
        name = block.text(tag)
        if name is None:
            continue
        found = _find(name, alpha, gamma)
        if found is not None:
            return found
    return None


@lru_cache(maxsize=1024)
def _find(name: str, alpha: float, gamma: float) -> Named | None:
    name = re.sub(r"\s*/\s*", "/", _CHOICE.sub("", _NUMBERED.sub("", name)))
    bare = _MARKUP.sub("", _BAR.sub(r"-\1", name.translate(_PLAIN)))
    for spelling in (name, bare, name.replace("_", " "), _origin(name), "".join(bare.split())):
        group = gemmi.find_spacegroup_by_name(spelling.strip(), alpha, gamma)
        if group is not None:
            return Named(group, None if ":" in spelling else _by_other_origin(group))
    return None


def _by_other_origin(group: gemmi.SpaceGroup) -> gemmi.SpaceGroup | None:
    ext = _OTHER.get(group.ext)
    return gemmi.find_spacegroup_by_name(f"{group.hm}:{ext}") if ext else None


def _origin(name: str) -> str:
    """Write the origin of a name as gemmi does: `P 4/n (origin choice 2)` is `P 4/n:2`."""
    match = _ORIGIN.search(name)
    if match is None:
        return name
    choice = match.group(1) or {"S": "1", "Z": "2"}[match.group(2).upper()]
    return f"{name[: match.start()]}:{choice}"
