"""Precedence: which of alternative sites comes first, in whatever order they are listed."""

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from screening.crystal.sites import Sites

_LABEL = re.compile(r"(\D*)(\d{0,9})")


@lru_cache(maxsize=2)  # of the same sites it is asked again and again
def precedence(sites: Sites) -> NDArray[np.int64]:
    """(n,) rank of each site: by occupancy, then by disorder group, then by label; 0 is first."""
    groups = {group: group_order(group) for group in set(sites.group)}
    keys = [
        (-round(occupancy, 3), groups[group], _site_order(label))
        for occupancy, group, label in zip(
            sites.occupancy.tolist(), sites.group, sites.labels, strict=True
        )
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def group_order(group: str) -> tuple[int, int, str]:
    """Order of group labels: by number whatever the sign, positive first, words last."""
    try:
        value = int(group)
    except ValueError:
        return (10**9, 0, group)
    return (abs(value), int(value < 0), group)


def _site_order(label: str) -> tuple[str, int, str]:
    """Order of labels as one reads them: C2 before C10."""
    match = _LABEL.match(label)
    assert match is not None  # every part of it may be empty
    return (match.group(1), int(match.group(2) or 0), label)
