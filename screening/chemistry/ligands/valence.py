"""Valence: the states that an atom of a free ligand may be in, by element and neighbours."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from screening.elements import HALOGENS, symbol


class UnclearError(Exception):
    """There is no structure to be sure of; the text says why."""


@dataclass(frozen=True, slots=True)
class State:
    """A formal charge (e), and how little an atom likes it (0: its usual state; 1: rare)."""

    charge: int
    cost: float = 0.0


States = dict[int, State]
"""States of an atom by the number of its second bonds."""


class Place(NamedTuple):
    """What decides an atom's states.

    n: bonded atoms of the ligand, hydrogens included; n_hydrogens: of them hydrogens.
    is_donor, is_side_on: binds a metal; with a bonded neighbour that does too.
    linear: C or N whose two neighbours make an angle above 150 degrees; planar: C in a plane with
    its three neighbours. near: elements of its neighbours; ends: elements of those of them that
    have no other neighbour, hydrogens not counted.
    """

    element: int
    n: int
    n_hydrogens: int
    is_donor: bool
    is_side_on: bool
    linear: bool
    planar: bool
    near: tuple[int, ...]
    ends: tuple[int, ...]


_RARE: Final = 1.5
_HETERO: Final = frozenset({7, 8, 16})
_LOST_HYDROGEN: Final = "hydrogens are missing"


@lru_cache(maxsize=4096)
def states(place: Place) -> States:
    """The states of one atom; UnclearError where an atom is not understood or lacks hydrogens."""
    if place.element in HALOGENS:
        found = _halogen(place)
    elif (rule := _RULES.get(place.element)) is None:
        raise UnclearError(f"no rule for {symbol(place.element)}")
    else:
        found = rule(place)
    if found is None:
        raise UnclearError(f"{symbol(place.element)} with {place.n} neighbours is not understood")
    return found


def _carbon(at: Place) -> States | None:
    if at.n in {2, 3}:
        return _carbon_of_two(at) if at.n == 2 else _carbon_of_three(at)
    if at.n == 1:
        if at.is_donor:
            return None if at.is_side_on else {2: State(-1, 0.1)}
        if at.near == (7,) and at.ends == (7,):  # a cyanide that binds by N
            return {2: State(-1, 0.1)}
        raise UnclearError(_LOST_HYDROGEN)
    return {0: State(0)} if at.n == 4 else None


def _carbon_of_two(at: Place) -> States:
    if at.is_side_on:
        return {2: State(0), 1: State(-1, 0.6)}
    if at.is_donor:
        is_stable_carbene = _HETERO.intersection(at.near)
        return {1: State(-1, 0.1), 0: State(0, 0.3 if is_stable_carbene else _RARE)}
    if not at.linear:
        raise UnclearError(_LOST_HYDROGEN)
    return {2: State(0), 1: State(-1, _RARE)}


def _carbon_of_three(at: Place) -> States:
    if at.is_side_on:
        return {1: State(0), 0: State(-1, 0.5)}
    if at.is_donor:
        return {0: State(-1, 0.1), 1: State(0, 0.6)}
    if not at.planar:
        raise UnclearError(_LOST_HYDROGEN)
    return {1: State(0), 0: State(-1, _RARE)}


def _nitrogen(at: Place) -> States | None:
    if at.n == 4:
        return {0: State(1)}
    if at.n == 3:
        if at.is_donor and not at.is_side_on:
            return {0: State(0)}
        return {0: State(0), 1: State(1, 0.2 if 8 in at.ends else 0.7)}
    if at.n == 2:
        bent = {1: State(0), 0: State(-1, 0.35 if at.is_donor else 0.9)}
        return bent | ({2: State(1, 0.5)} if at.linear else {})
    if at.n == 1:
        if at.near == (8,) and at.is_donor:
            raise UnclearError("nitrosyl: NO+, NO or NO- is not told by the ligand")
        return {
            2: State(0),
            1: State(-1, 0.35 if at.is_donor else 0.7),
            0: State(-2, 0.8 if at.is_donor else 2.0),
        }
    return {0: State(-3)}


def _oxygen(at: Place) -> States | None:
    if at.n == 0:
        return {0: State(-2)}
    if at.n == 1:
        if at.n_hydrogens:
            return {0: State(-1)}
        found = {1: State(0), 0: State(-1, 0.3 if at.is_donor else 0.8)}
        is_carbon_monoxide = at.ends == (6,) and not at.is_donor
        return found | ({2: State(1)} if is_carbon_monoxide else {})
    if at.n == 2:
        return {0: State(0)}
    return {0: State(1)} if at.n == 3 else None


def _sulfur(at: Place) -> States | None:
    if at.n == 0:
        return {0: State(-2)}
    if at.n == 1:
        if at.n_hydrogens:
            return {0: State(-1)}
        return {1: State(0), 0: State(-1, 0.15 if at.is_donor else 0.8)}
    if at.n == 2:
        return {0: State(0)} | ({2: State(0, 0.1)} if 8 in at.ends else {})
    if at.n == 3:
        return {1: State(0, 0.1), 0: State(1, 0.7)}
    return {2: State(0), 1: State(1, 0.8)} if at.n == 4 else None


def _phosphorus(at: Place) -> States | None:
    return {
        2: {1: State(0, 0.3), 0: State(-1, 0.2 if at.is_donor else 0.9)},
        3: {0: State(0)},
        4: {1: State(0), 0: State(1, 0.7)},
        5: {0: State(0)},
        6: {0: State(-1)},
    }.get(at.n)


def _boron(at: Place) -> States | None:
    return {3: {0: State(0)}, 4: {0: State(-1)}}.get(at.n)


def _silicon(at: Place) -> States | None:
    if at.n == 3 and not at.is_donor:
        raise UnclearError(_LOST_HYDROGEN)
    return {4: {0: State(0)}, 3: {0: State(-1)}}.get(at.n)


def _halogen(at: Place) -> States | None:
    n_oxygen = sum(z == 8 for z in at.near)
    if at.n == 4 and n_oxygen == 4:
        return {3: State(0)}
    if at.n == 3 and n_oxygen == 3:
        return {2: State(0)}
    return {0: {0: State(-1)}, 1: {0: State(0)}}.get(at.n)


_RULES: Final[dict[int, Callable[[Place], States | None]]] = {
    5: _boron,
    6: _carbon,
    7: _nitrogen,
    8: _oxygen,
    14: _silicon,
    15: _phosphorus,
    16: _sulfur,
    32: _silicon,
    33: _phosphorus,
    34: _sulfur,
    51: _phosphorus,
    52: _sulfur,
}
