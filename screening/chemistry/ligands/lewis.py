"""Lewis structure: double bonds and formal charges of a free ligand, from bonds and lengths.

Bonds to metals are cut so that the donor keeps both electrons. Each atom may then take part in
0, 1, 2 or 3 second bonds; what that makes of its charge, and how readily, is in `valence`. The
cheapest structure of each total charge is found exactly, by dynamic programming over the bonds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from screening.chemistry.ligands.valence import States, UnclearError

_MAX_ROWS: Final = 100_000
"""Of all tables of partial structures of one part: about half a second; C60 stays below."""
_WINDOW: Final = 1.0
_WEIGHT: Final = 0.5
_MOST: Final = 2.5
_MIDDLES: Final = {
    (6, 6): (1.40, 0.06),
    (6, 7): (1.335, 0.05),
    (6, 8): (1.28, 0.05),
    (6, 16): (1.71, 0.05),
    (6, 34): (1.86, 0.05),
    (7, 7): (1.32, 0.06),
    (7, 8): (1.28, 0.06),
    (8, 8): (1.33, 0.06),
    (7, 15): (1.62, 0.05),
    (16, 16): (1.97, 0.06),
}
"""Angstrom by elements: between a single and a double bond, and half the way from one to the other.

Our choice, between the lengths that such bonds have in conjugated ligands.
"""

Bond = tuple[int, int]
_Chain = tuple["_Chain", Bond, int] | None
"""The second bonds of a partial structure, last first."""


@dataclass(frozen=True, slots=True)
class Lewis:
    """The best structure: orders by bond (i < j), charges by atom (those not 0), both in e.

    margin: how much worse the best structure of another total charge is (infinite: none is near).
    worst: the least ready state that an atom is in.
    """

    orders: dict[Bond, int]
    charges: dict[int, int]
    margin: float
    worst: float


def solve(
    states: Mapping[int, States],
    neighbours: Mapping[int, Iterable[int]],
    length: Callable[[int, int], float],
    elements: Sequence[int],
) -> Lewis:
    """Choose one state for each atom so that the second bonds meet; UnclearError if none does.

    states: by its number of second bonds, of each atom but hydrogens with a bond, which have none.
    length: of a bond, angstrom. elements: atomic numbers.
    """
    orders: dict[Bond, int] = {}
    margin = float("inf")
    most = {i: max(choices) for i, choices in states.items()}
    open_atoms = {i for i, n in most.items() if n}
    for atoms, bonds in _parts(open_atoms, neighbours):
        costs = {(i, j): _double_cost(length(i, j), elements[i], elements[j]) for i, j in bonds}
        ranked = sorted(
            _best_by_charge(atoms, bonds, states, costs, most), key=lambda found: found[0]
        )
        if not ranked:
            raise UnclearError("no structure with closed shells fits the atoms")
        if len(ranked) > 1:
            margin = min(margin, ranked[1][0] - ranked[0][0])
        chain = ranked[0][1]
        while chain is not None:
            chain, bond, order = chain
            orders[bond] = order
    second = dict.fromkeys(states, 0)
    for (i, j), order in orders.items():
        second[i] += order
        second[j] += order
    chosen = {i: choices[second[i]] for i, choices in states.items()}
    return Lewis(
        orders=orders,
        charges={i: state.charge for i, state in chosen.items() if state.charge},
        margin=margin,
        worst=max((state.cost for state in chosen.values()), default=0.0),
    )


def _double_cost(length: float, first: int, second: int) -> float:
    """What a second bond costs at this length: below 0 where the bond is short."""
    middle, half = _MIDDLES.get((min(first, second), max(first, second)), (length, 1.0))
    return _WEIGHT * max(-_MOST, min(_MOST, (length - middle) / half))


def _parts(
    open_atoms: set[int], neighbours: Mapping[int, Iterable[int]]
) -> list[tuple[list[int], list[Bond]]]:
    """Connected parts of the atoms that can have second bonds, with their bonds in a good order."""
    atoms = sorted(open_atoms)
    number = {atom: k for k, atom in enumerate(atoms)}
    near = tuple([tuple([number[j] for j in neighbours[i] if j in number]) for i in atoms])
    return [
        ([atoms[k] for k in order], [(atoms[i], atoms[j]) for i, j in bonds])
        for order, bonds in _ordered(near)
    ]


@lru_cache(maxsize=4096)  # nine ligands of ten have a graph that was met before
def _ordered(near: tuple[tuple[int, ...], ...]) -> list[tuple[list[int], list[Bond]]]:
    """The parts and their bonds; near: the neighbours of each atom, by number.

    A good order of bonds: few atoms have some bonds decided and others not. The next atom is the
    one that leaves the fewest such atoms; of equals, one bonded to the atom begun last, so that
    branches end soon.
    """
    parts, left = [], set(range(len(near)))
    for start in sorted(left, key=lambda i: (len(near[i]), i)):
        if start not in left:
            continue
        order, bonds = [start], []
        left.discard(start)
        waiting = {i: len(near[i]) for i in (start,)}
        while waiting:
            begun = [i for i, n in waiting.items() if n]
            if not begun:
                break
            choices = {j: rank for rank, i in enumerate(begun) for j in near[i] if j in left}
            chosen = min(choices, key=lambda j: (_growth(j, near, waiting), -choices[j], j))
            left.discard(chosen)
            order.append(chosen)
            waiting[chosen] = len(near[chosen])
            for other in near[chosen]:
                if other in waiting and other != chosen:
                    bonds.append((min(chosen, other), max(chosen, other)))
                    waiting[chosen] -= 1
                    waiting[other] -= 1
        parts.append((order, bonds))
    return parts


def _growth(atom: int, near: Sequence[Sequence[int]], waiting: Mapping[int, int]) -> int:
    """How many more atoms have undecided bonds once *atom* is taken."""
    ended = sum(waiting.get(j, 0) == 1 for j in near[atom])
    return any(j not in waiting for j in near[atom]) - ended


_Row = dict[int, tuple[float, _Chain]]
"""Cost and second bonds of the best partial structure, by its charge."""


def _best_by_charge(
    atoms: list[int],
    bonds: list[Bond],
    states: Mapping[int, States],
    costs: Mapping[Bond, float],
    most: Mapping[int, int],
) -> list[tuple[float, _Chain]]:
    """The cheapest structure of one part for each total charge: (cost, second bonds).

    The table holds, for the second bonds so far of the atoms with undecided bonds, a row of
    charges. A charge that costs `_WINDOW` more than another of its row will to the end, so it
    is dropped: only a margin above `_WINDOW` goes unseen.
    """
    if not bonds:
        choices = states[atoms[0]]
        return [(choices[0].cost, None)] if 0 in choices else []
    last = {i: k for k, bond in enumerate(bonds) for i in bond}
    table: dict[tuple[int, ...], _Row] = {(): {0: (0.0, None)}}
    begun: list[int] = []
    n_rows = 0
    for k, bond in enumerate(bonds):
        slots = begun + [i for i in bond if i not in begun]
        fresh = (0,) * (len(slots) - len(begun))
        a, b = slots.index(bond[0]), slots.index(bond[1])
        most_a, most_b = most[bond[0]], most[bond[1]]
        closing = [(s, states[i]) for s, i in enumerate(slots) if last[i] == k]
        staying = [s for s, i in enumerate(slots) if last[i] != k]
        new: dict[tuple[int, ...], _Row] = {}
        for used, row in table.items():
            counts = [*used, *fresh]
            for order in range(min(most_a - counts[a], most_b - counts[b], 2) + 1):
                if order:
                    counts[a] += 1
                    counts[b] += 1
                more, shift = 0.0, 0
                for s, choices in closing:
                    end = choices.get(counts[s])
                    if end is None:
                        break
                    more += end.cost
                    shift += end.charge
                else:
                    if order:
                        more += costs[bond]
                    _extend(
                        row,
                        new.setdefault(tuple([counts[s] for s in staying]), {}),
                        more,
                        shift,
                        (bond, order) if order else None,
                    )
        n_rows += len(new)
        if n_rows > _MAX_ROWS:
            raise UnclearError("too many possible structures")
        table, begun = (
            {used: _pruned(row) for used, row in new.items()},
            [slots[s] for s in staying],
        )
    return [found for row in table.values() for found in row.values()]


def _extend(row: _Row, into: _Row, more: float, shift: int, step: tuple[Bond, int] | None) -> None:
    """Put the structures of *row* with one more bond *into* another one where they are cheapest."""
    for charge, (cost, chain) in row.items():
        known = into.get(charge + shift)
        if known is None or cost + more < known[0]:
            into[charge + shift] = (cost + more, chain if step is None else (chain, *step))


def _pruned(row: _Row) -> _Row:
    if len(row) == 1:
        return row
    least = min(cost for cost, _ in row.values())
    return {charge: found for charge, found in row.items() if found[0] <= least + _WINDOW}
