"""Bond-valence sums: the valence that the lengths of a metal's bonds add up to."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

SOFTNESS: Final = 0.37
"""angstrom: b of s = exp((R0 - R) / b), for which all R0 of the table hold."""

TOLERANCE: Final = 0.30
"""Valence units by which the sum may miss the oxidation state it speaks for."""
MARGIN: Final = 0.20
"""Valence units by which every other state must miss more."""
FEWEST: Final = 4
"""Donors below which a sum says nothing: the short bonds of amides and the like mislead it."""
_MOST: Final = {("Cu", 1): 4}
"""Donors that a state has at most: with five, long bonds are those of Cu(II), not of Cu(I)."""
_LOW_SPIN_NITROGEN: Final = 2.10
"""angstrom: a low- or intermediate-spin 3d ion has M-N bonds shorter than this on average."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The bond-valence sum of a site, if it had this oxidation state.

    spin: of the ion that R0 holds for ("high", "intermediate", "low"), empty: R0 knows no spin.
    """

    state: int
    spin: str
    total: float

    @property
    def miss(self) -> float:
        return abs(self.total - self.state)


@dataclass(frozen=True, slots=True)
class _Parameters:
    """R0 in angstrom of one metal by (state, spin, donor); state None holds for any."""

    r0: dict[tuple[int | None, str, str], float]

    def find(self, state: int, spin: str, donor: str) -> float | None:
        for key in ((state, spin, donor), (state, "", donor), (None, "", donor)):
            if key in self.r0:
                return self.r0[key]
        return None


@cache
def _table() -> dict[str, _Parameters]:
    """R0 of `bond_valence.csv`, by metal.

    Where several values are published the one fitted to coordination compounds is taken, then
    Brown & Altermatt's (from inorganic crystals), then Brese & O'Keeffe's (partly extrapolated).
    Cu(III) and Ni(III) are left out: rare, and too near to long-bonded Cu(II) and Ni(II).

    Sources: Brown & Altermatt, Acta Cryst. B41 (1985) 244; Brese & O'Keeffe, Acta Cryst. B47
    (1991) 192; Liu & Thorp, Inorg. Chem. 32 (1993) 4102; Palenik, Inorg. Chem. 36 (1997) 3394;
    Kanowitz & Palenik, Inorg. Chem. 37 (1998) 2086; Wood & Palenik, Inorg. Chem. 37 (1998) 4149;
    Wood et al., Inorg. Chem. 39 (2000) 2065; Shields et al., Acta Cryst. B56 (2000) 455; Roulhac
    & Palenik, Inorg. Chem. 42 (2003) 118; Trzesowska et al., Acta Cryst. B60 (2004) 174, B61
    (2005) 429, B62 (2006) 745; Palenik, Can. J. Chem. 84 (2006) 99; and for M-N by spin state
    Hu (2014), listed in I. D. Brown's accumulated table of 2016 as to be published.
    """
    found: dict[str, _Parameters] = {}
    text = (
        files("screening.chemistry.oxidation")
        .joinpath("bond_valence.csv")
        .read_text(encoding="utf-8")
    )
    for row in csv.DictReader(text.splitlines()):
        state = int(row["state"]) if row["state"] else None
        parameters = found.setdefault(row["metal"], _Parameters({}))
        parameters.r0[state, row["spin"], row["donor"]] = float(row["r0"])
    return found


def missing_pairs(metal: str, donors: Sequence[tuple[str, float]]) -> list[str]:
    """The metal-donor pairs, such as "Fe-C", that the table has for no oxidation state."""
    parameters = _table().get(metal)
    known = {donor for _, _, donor in parameters.r0} if parameters else set()
    return sorted({f"{metal}-{donor}" for donor, _ in donors if donor not in known})


def bond_valence_range(metal: str, donor: str, distance: float) -> tuple[float, float] | None:
    """Least and largest valence of one bond (angstrom) over the states of the metal.

    None where the table has no R0 of the pair.
    """
    parameters = _table().get(metal)
    r0s = [r0 for (_, _, d), r0 in parameters.r0.items() if d == donor] if parameters else []
    if not r0s:
        return None
    return math.exp((min(r0s) - distance) / SOFTNESS), math.exp((max(r0s) - distance) / SOFTNESS)


def bond_valence_sums(metal: str, donors: Sequence[tuple[str, float]]) -> list[Fit]:
    """Sums over *donors* (element, distance in angstrom) for each state that has all its R0.

    Best fit first. Empty where a pair is missing, or there is no donor.
    """
    fits = []
    for state, spin, r0s in _all_r0(metal, tuple([donor for donor, _ in donors])):
        if _may_have(spin, donors) and len(donors) <= _MOST.get((metal, state), len(donors)):
            bonds = zip(r0s, donors, strict=True)
            total = sum([math.exp((r0 - distance) / SOFTNESS) for r0, (_, distance) in bonds])
            fits.append(Fit(state, spin, total))
    return sorted(fits, key=lambda fit: (fit.miss, fit.state))


@lru_cache(maxsize=1024)
def _all_r0(metal: str, donors: tuple[str, ...]) -> list[tuple[int, str, list[float]]]:
    """R0 of the bonds to *donors* for each state and spin of the metal that has all of them."""
    parameters = _table().get(metal)
    if parameters is None or not donors:
        return []
    spins = {(state, spin) for state, spin, _ in parameters.r0 if state is not None}
    found = []
    for state, spin in sorted(spins):
        r0s = [parameters.find(state, spin, donor) for donor in donors]
        known = [r0 for r0 in r0s if r0 is not None]
        if len(known) == len(donors):
            found.append((state, spin, known))
    return found


def _may_have(spin: str, donors: Sequence[tuple[str, float]]) -> bool:
    """Whether a spin, which only R0 of M-N asks for, is possible with these bonds."""
    nitrogen = [distance for donor, distance in donors if donor == "N"]
    if not spin or not nitrogen:
        return not spin
    return spin == "high" or sum(nitrogen) / len(nitrogen) < _LOW_SPIN_NITROGEN


def decide(fits: Sequence[Fit], n_donors: int) -> Fit | None:
    """The one fit that its bonds speak for.

    It has at least `FEWEST` donors and misses its state by at most `TOLERANCE`, and every other
    state misses by `MARGIN` more.
    """
    if not fits or n_donors < FEWEST:
        return None
    best = min(fits, key=lambda fit: fit.miss)
    others = [fit.miss for fit in fits if fit.state != best.state]
    clear = all(miss >= best.miss + MARGIN for miss in others)
    return best if best.miss <= TOLERANCE and clear else None
