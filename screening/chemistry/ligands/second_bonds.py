"""Second bonds: where the double and triple bonds of the cheapest structure are, compiled.

The bonds are decided one after the other. What a partial structure will cost further depends on its
charge and on the second bonds of the atoms with undecided bonds: two bits of a key for each, at a
place that the atom has for as long. Of the structures of one key and one charge only the cheapest
is kept, the first of equals.
"""

from typing import Any, Final

import numpy as np

from screening.compiled import compiled

NONE_FITS, TOO_MANY = 1, 2
"""Outcomes of `cheapest` other than 0."""
_MAX_KEYS: Final = 100_000
"""Of all tables of one part: about a tenth of a second; C60 stays below."""
_MAX_PLACES: Final = 31
"""In a key; with as many undecided atoms there are too many keys anyway."""
_WINDOW: Final = 1.0
"""A charge that costs this much more than another of its key will to the end, so it is dropped:
only a margin above it goes unseen."""
_SPREAD: Final = 0x9E3779B97F4A7C1
"""An odd number that spreads keys over a table."""


@compiled
def cheapest(
    bonds: Any, starts: Any, lone: Any, costs: Any, charges: Any, seconds: Any
) -> tuple[int, Any, float]:
    """Find the cheapest structure of each part of a ligand.

    bonds: (m, 2) atoms; starts: (parts + 1,) of the bonds of each part; lone: (parts,) the atom of
    a part without bonds, else -1. costs, charges: (n, 4) of the states of each atom by its number
    of second bonds; an infinite cost is no state. seconds: (m,) what a second bond costs.

    Returns the outcome (0: found), the number of second bonds (m,), and how much more the cheapest
    structure of another charge costs, the least of all parts.
    """
    orders, margin = np.zeros(len(bonds), dtype=np.int64), np.inf
    for part in range(len(lone)):
        if lone[part] >= 0:
            if costs[lone[part], 0] == np.inf:
                return NONE_FITS, orders, margin
            continue
        first, last = starts[part], starts[part + 1]
        outcome, apart = _solve(
            bonds[first:last], costs, charges, seconds[first:last], orders[first:last]
        )
        if outcome != 0:
            return outcome, orders, margin
        margin = min(margin, apart)
    return 0, orders, margin


@compiled
def _solve(bonds: Any, costs: Any, charges: Any, seconds: Any, orders: Any) -> tuple[int, float]:
    """Find the second bonds of one part, written to *orders*; the outcome, and the margin."""
    last, most = _spans(bonds, costs)
    place = np.full(len(costs), -1)
    taken = n_keys = n_steps = 0
    # a key has its first row; a row its charge, its last step and the next row of the same key
    keys, rows, row_costs = np.zeros((1, 2), np.int64), np.array([[0, -1, -1]]), np.zeros(1)
    steps = np.empty((64, 3), dtype=np.int64)  # the step before, the bond, its second bonds
    for k in range(len(bonds)):
        for atom in bonds[k]:
            if place[atom] < 0:
                place[atom] = _free(taken)
                taken |= 1 << place[atom]
        i, j = bonds[k]
        if max(place[i], place[j]) >= _MAX_PLACES:
            return TOO_MANY, 0.0
        while n_steps + 2 * len(rows) > len(steps):
            steps = np.concatenate((steps, np.empty_like(steps)))
        ends = np.array(
            [[i, place[i], most[i], last[i] == k], [j, place[j], most[j], last[j] == k]]
        )
        keys, rows, row_costs, n_steps = _decided(
            k, ends, (keys, rows, row_costs), costs, charges, seconds[k], steps, n_steps
        )
        n_keys += len(keys)
        if n_keys > _MAX_KEYS:
            return TOO_MANY, 0.0
        for atom in bonds[k]:
            if last[atom] == k:
                taken &= ~(1 << place[atom])
    if len(rows) == 0:
        return NONE_FITS, 0.0
    best = row_costs.argmin()
    _trace(rows[best, 1], steps, orders)
    least, row_costs[best] = row_costs[best], np.inf
    return 0, row_costs.min() - least


@compiled
def _spans(bonds: Any, costs: Any) -> tuple[Any, Any]:
    """The last bond of each atom, and the most second bonds that it can have."""
    last, most = np.full(len(costs), -1), np.zeros(len(costs), dtype=np.int64)
    for k in range(len(bonds)):
        for atom in bonds[k]:
            last[atom] = k
            for n in range(4):
                if costs[atom, n] < np.inf:
                    most[atom] = n
    return last, most


@compiled
def _trace(step: int, steps: Any, orders: Any) -> None:
    """Write the second bonds that lead to a step."""
    while step >= 0:
        orders[steps[step, 1]] = steps[step, 2]
        step = steps[step, 0]


@compiled
def _free(taken: int) -> int:
    place = 0
    while taken >> place & 1:
        place += 1
    return place


@compiled
def _decided(
    k: int, ends: Any, table: Any, costs: Any, charges: Any, second: float, steps: Any, n_steps: int
) -> tuple[Any, Any, Any, int]:
    """Extend all structures by the ways to decide bond *k*.

    ends: its two atoms, each with its place in the keys, the most second bonds that it can have,
    and whether this is the last of its bonds.
    """
    keys, rows, row_costs = table
    (i, at_i, most_i, closes_i), (j, at_j, most_j, closes_j) = ends
    slots = np.full(_size(3 * len(keys)), -1)
    new_keys = np.empty((3 * len(keys), 2), dtype=np.int64)
    new_rows, new_costs = np.empty((3 * len(rows), 3), dtype=np.int64), np.empty(3 * len(rows))
    n_new = n_rows = 0
    for key, head in keys:
        n_i, n_j = key >> 2 * at_i & 3, key >> 2 * at_j & 3
        rest = key & ~(3 << 2 * at_i | 3 << 2 * at_j)
        for order in range(min(most_i - n_i, most_j - n_j, 2) + 1):
            more, shift, ahead = 0.0, 0, rest
            if closes_i:
                more, shift = more + costs[i, n_i + order], shift + charges[i, n_i + order]
            else:
                ahead |= n_i + order << 2 * at_i
            if closes_j:
                more, shift = more + costs[j, n_j + order], shift + charges[j, n_j + order]
            else:
                ahead |= n_j + order << 2 * at_j
            if more == np.inf:
                continue
            slot = _slot(slots, new_keys, ahead)
            if slots[slot] < 0:
                slots[slot] = n_new
                new_keys[n_new, 0], new_keys[n_new, 1] = ahead, -1
                n_new += 1
            more += second if order else 0.0
            row = head
            while row >= 0:
                step = rows[row, 1]
                if order:
                    steps[n_steps, 0], steps[n_steps, 1], steps[n_steps, 2] = step, k, order
                    step = n_steps
                    n_steps += 1
                n_rows = _put(
                    new_keys[slots[slot]],
                    new_rows,
                    new_costs,
                    n_rows,
                    rows[row, 0] + shift,
                    row_costs[row] + more,
                    step,
                )
                row = rows[row, 2]
    kept, kept_costs = _pruned(new_keys[:n_new], new_rows[:n_rows], new_costs)
    return new_keys[:n_new], kept, kept_costs, n_steps


@compiled
def _size(n: int) -> int:
    """A power of two above twice *n*."""
    size = 8
    while size < 2 * n:
        size *= 2
    return size


@compiled
def _slot(slots: Any, keys: Any, key: int) -> int:
    """Where a key stands in the table of slots, or the free slot for it."""
    mask = len(slots) - 1
    slot = (key * _SPREAD >> 20) & mask
    while slots[slot] >= 0 and keys[slots[slot], 0] != key:
        slot = slot + 1 & mask
    return slot


@compiled
def _put(key: Any, rows: Any, costs: Any, n_rows: int, charge: int, cost: float, step: int) -> int:
    """Put a structure into the row of its charge, where it is the cheapest; the number of rows."""
    row, before = key[1], -1
    while row >= 0 and rows[row, 0] != charge:
        before, row = row, rows[row, 2]
    if row < 0:
        row = n_rows
        if before < 0:
            key[1] = row
        else:
            rows[before, 2] = row
        rows[row, 0], rows[row, 2], costs[row] = charge, -1, np.inf
    if cost < costs[row]:
        rows[row, 1], costs[row] = step, cost
    return max(n_rows, row + 1)  # type: ignore[no-any-return]


@compiled
def _pruned(keys: Any, rows: Any, costs: Any) -> tuple[Any, Any]:
    """Leave out what costs too much beside another charge of its key."""
    kept, kept_costs, n = np.empty_like(rows), np.empty(len(rows)), 0
    for q in range(len(keys)):
        least, row = np.inf, keys[q, 1]
        while row >= 0:
            least, row = min(least, costs[row]), rows[row, 2]
        row, before = keys[q, 1], -1
        while row >= 0:
            if costs[row] <= least + _WINDOW:
                kept[n, 0], kept[n, 1], kept[n, 2], kept_costs[n] = (
                    rows[row, 0],
                    rows[row, 1],
                    -1,
                    costs[row],
                )
                if before < 0:
                    keys[q, 1] = n
                else:
                    kept[before, 2] = n
                before = n
                n += 1
            row = rows[row, 2]
    return kept[:n], kept_costs[:n]
