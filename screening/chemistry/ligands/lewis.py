"""Lewis structure: double bonds and formal charges of a free ligand, from bonds and lengths.

Bonds to metals are cut so that the donor keeps both electrons. Each atom may then take part in
0, 1, 2 or 3 second bonds; what that makes of its charge, and how readily, is in `valence`. The
cheapest structure of each total charge is found exactly, by dynamic programming over the bonds
(`second_bonds`).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.ligands.second_bonds import NONE_FITS, TOO_MANY, cheapest
from screening.chemistry.ligands.valence import States, UnclearError
from screening.compiled import compiled

_WEIGHT: Final = 0.5
_MOST: Final = 2.5
_MIDDLES: Final = np.array(
    [
        (6, 6, 1.40, 0.06),
        (6, 7, 1.335, 0.05),
        (6, 8, 1.28, 0.05),
        (6, 16, 1.71, 0.05),
        (6, 34, 1.86, 0.05),
        (7, 7, 1.32, 0.06),
        (7, 8, 1.28, 0.06),
        (8, 8, 1.33, 0.06),
        (7, 15, 1.62, 0.05),
        (16, 16, 1.97, 0.06),
    ]
)
"""Two elements, and angstrom: the middle between a single and a double bond, and half the way from
one to the other.

Our choice, between the lengths that such bonds have in conjugated ligands.
"""

Bond = tuple[int, int]


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
    neighbours: Sequence[Iterable[int]],
    positions: NDArray[np.float64],
    atomic_numbers: NDArray[np.int64],
) -> Lewis:
    """Choose one state for each atom so that the second bonds meet; UnclearError if none does.

    states: by its number of second bonds, of each atom but hydrogens with a bond, which have none.
    positions: (n, 3) angstrom; atomic_numbers: (n,), of the whole complex.
    """
    orders: dict[Bond, int] = {}
    margin = math.inf
    atoms = sorted([i for i, choices in states.items() if any(choices)])
    if atoms:
        number = {atom: k for k, atom in enumerate(atoms)}
        plan = _plan(
            tuple([tuple([number[j] for j in neighbours[i] if j in number]) for i in atoms])
        )
        bonds = [(atoms[i], atoms[j]) for i, j in plan.pairs]
        costs, charges = [math.inf] * (4 * len(atoms)), [0] * (4 * len(atoms))
        for k, atom in enumerate(atoms):
            for n, state in states[atom].items():
                costs[4 * k + n], charges[4 * k + n] = state.cost, state.charge
        outcome, found, margin = cheapest(
            plan.bonds,
            plan.starts,
            plan.lone,
            np.array(costs).reshape(-1, 4),
            np.array(charges).reshape(-1, 4),
            _double_costs(plan.bonds, np.array(atoms), positions, atomic_numbers, _MIDDLES),
        )
        if outcome == NONE_FITS:
            raise UnclearError("no structure with closed shells fits the atoms")
        if outcome == TOO_MANY:
            raise UnclearError("too many possible structures")
        orders = {bond: n for bond, n in zip(bonds, found.tolist(), strict=True) if n}
    second = dict.fromkeys(states, 0)
    for (i, j), order in orders.items():
        second[i] += order
        second[j] += order
    chosen = {i: choices[second[i]] for i, choices in states.items()}
    return Lewis(
        orders=orders,
        charges={i: state.charge for i, state in chosen.items() if state.charge},
        margin=margin,
        worst=max([state.cost for state in chosen.values()], default=0.0),
    )


@compiled
def _double_costs(bonds: Any, atoms: Any, positions: Any, z: Any, middles: Any) -> Any:
    """What a second bond of each of *bonds* (m, 2), numbers of *atoms*, costs: below 0 if short."""
    costs = np.zeros(len(bonds))
    for k in range(len(bonds)):
        i, j = atoms[bonds[k, 0]], atoms[bonds[k, 1]]
        first, second = min(z[i], z[j]), max(z[i], z[j])
        for row in range(len(middles)):
            if middles[row, 0] == first and middles[row, 1] == second:
                square = 0.0
                for x in range(3):
                    square += (positions[i, x] - positions[j, x]) ** 2
                longer = (math.sqrt(square) - middles[row, 2]) / middles[row, 3]
                costs[k] = _WEIGHT * max(-_MOST, min(_MOST, longer))
    return costs


@dataclass(frozen=True, slots=True)
class _Plan:
    """The connected parts of the atoms that can have second bonds, and their bonds in a good order.

    pairs, bonds: (m, 2) numbers of atoms, i < j, as tuples and as an array. starts: (parts + 1,)
    of the bonds of each part. lone: (parts,) the atom of a part without bonds, else -1.
    """

    pairs: list[Bond]
    bonds: NDArray[np.int64]
    starts: NDArray[np.int64]
    lone: NDArray[np.int64]


@lru_cache(maxsize=4096)  # nine ligands of ten have a graph that was met before
def _plan(near: tuple[tuple[int, ...], ...]) -> _Plan:
    """The parts and their bonds; near: the neighbours of each atom, by number.

    A good order of bonds: few atoms have some bonds decided and others not. The next atom is the
    one that leaves the fewest such atoms; of equals, one bonded to the atom begun last, so that
    branches end soon.
    """
    pairs: list[Bond] = []
    starts, lone = [0], []
    left = set(range(len(near)))
    for start in sorted(left, key=lambda i: (len(near[i]), i)):
        if start not in left:
            continue
        left.discard(start)
        waiting = {start: len(near[start])} if near[start] else {}  # undecided bonds of each atom
        while waiting:
            choices = {j: rank for rank, i in enumerate(waiting) for j in near[i] if j in left}
            chosen = min(choices, key=lambda j: (_growth(j, near, waiting), -choices[j], j))
            left.discard(chosen)
            waiting[chosen] = len(near[chosen])
            for other in near[chosen]:
                if other in waiting and other != chosen:
                    pairs.append((min(chosen, other), max(chosen, other)))
                    waiting[chosen] -= 1
                    waiting[other] -= 1
            waiting = {i: n for i, n in waiting.items() if n}
        lone.append(start if len(pairs) == starts[-1] else -1)
        starts.append(len(pairs))
    bonds = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return _Plan(pairs, bonds, np.array(starts), np.array(lone))


def _growth(atom: int, near: Sequence[Sequence[int]], waiting: Mapping[int, int]) -> int:
    """How many more atoms have undecided bonds once *atom* is taken."""
    left = [waiting.get(j) for j in near[atom]]
    return (None in left) - left.count(1)
