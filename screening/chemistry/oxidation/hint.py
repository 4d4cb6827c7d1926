"""Oxidation states of the metals of a complex: hints, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from screening.chemistry.electrons import has_odd_electrons
from screening.chemistry.graph import Graph
from screening.chemistry.ion import read_ion
from screening.chemistry.ligands.ligand import Ligand
from screening.chemistry.oxidation.bond_valence import (
    FEWEST,
    Fit,
    bond_valence_sums,
    decide,
    missing_pairs,
)
from screening.chemistry.oxidation.charge_balance import balance_charge
from screening.chemistry.oxidation.evidence import TYPED, Evidence
from screening.chemistry.oxidation.stated import states_in_names, states_of_types
from screening.chemistry.site import MetalSite
from screening.crystal.complex import Complex, Determination
from screening.elements import (
    COVALENT_RADII,
    IONIC_METALS,
    LANTHANIDES,
    METALS,
    atomic_number,
    symbol,
)

_USUAL: Final = {
    **dict.fromkeys(("Sc", "Y", "Al", "Ga", "In"), 3),
    **dict.fromkeys(("Zn", "Cd"), 2),
    **{symbol(z): 3 for z in LANTHANIDES - {58, 62, 63, 70}},
}
"""Elements met in one state; Ce, Sm, Eu and Yb, which are met in two, are left to the evidence."""
_LOW_VALENT_TOO: Final = frozenset({"Al", "Ga", "In", "Zn", "Cd"})
_MAY_BOND: Final = METALS - LANTHANIDES - IONIC_METALS
_METAL_BOND: Final = 0.3
"""angstrom over the sum of covalent radii up to which a contact of these is a bond."""
_LOOSE: Final = 0.5
"""Valence units by which a sum may miss a state and still agree with it."""


def with_oxidation(
    complex_: Complex,
    graph: Graph,
    sites: Sequence[MetalSite],
    ligands: Sequence[Ligand],
    charge: int | None,
    determination: Determination | None = None,
) -> tuple[MetalSite, ...]:
    """The sites with bond-valence sum, oxidation state, its reason, and the electrons of the ion.

    charge: of the complex (e), None: not known. A name in the file counts most, then what it states
    of the atom type, then the usual state of an element that has but one, then the charge balance,
    then the bond-valence sum.
    What disagrees is said in the reason; where nothing tells, the state is None and the reason
    says what is missing.
    """
    given = states_in_names(determination) if determination is not None else {}
    named = {element: min(states) for element, states in given.items() if len(states) == 1}
    typed = states_of_types(determination) if determination is not None else {}
    usual = {site.atom_index: usual_state(complex_, graph, site) for site in sites}
    told = {**typed, **named}
    fixed = {site.atom_index: told.get(site.element, usual[site.atom_index]) for site in sites}
    balance = balance_charge(complex_, graph, sites, ligands, charge, fixed)
    # of the metal too if it is but one, for the ligands are closed shells
    is_odd = has_odd_electrons(complex_, charge, determination) if len(sites) == 1 else None
    has_crystal = determination is not None and determination.cell is not None
    vague = _vagueness(complex_, is_measured=has_crystal or is_odd is not None)
    donors = {site.atom_index: donor_distances(graph, site) for site in sites}
    fits = {i: bond_valence_sums(symbol(graph.elements[i]), near) for i, near in donors.items()}
    bonds = {
        site.atom_index: None
        if vague
        else decide(of_parity(site, fits[site.atom_index], is_odd), len(donors[site.atom_index]))
        for site in sites
    }
    shared = _shared_evenly(balance.states, sites, bonds)
    found = []
    for site in sites:
        i = site.atom_index
        alone = decide(fits[i], len(donors[i])) if has_crystal and not vague else None
        evidence = Evidence(
            named.get(site.element),
            typed.get(site.element),
            shared.get(site.element),
            bonds[i],
            usual[i],
            alone,
            fits[i],
        )
        judged = _judged(site, evidence)
        if judged.oxidation_state is None:
            silence = (balance.note, _silence(site, donors[i], fits[i], vague))
            why = evidence.conflict() or "; ".join(text for text in silence if text)
            judged = replace(judged, oxidation_state_reason=f"not known: {why}")
        found.append(judged)
    return tuple(found)


def _vagueness(complex_: Complex, *, is_measured: bool) -> str:
    """Why no bond length of the complex tells a state; empty: they may."""
    if complex_.metal_disordered or complex_.donor_disordered:
        return "are of disordered atoms"
    return "" if is_measured else "are of positions that need not be measured"


def _shared_evenly(
    states: Mapping[str, int], sites: Sequence[MetalSite], bonds: Mapping[int, Fit | None]
) -> dict[str, int]:
    """The balanced states but for elements of mixed valence.

    These have bonds that tell different states of the same sum, as Mn(II) beside Mn(IV).
    """
    even = dict(states)
    for element, state in states.items():
        told = [bonds[site.atom_index] for site in sites if site.element == element]
        each = [fit.state for fit in told if fit is not None]
        if len(each) == len(told) and sum(each) == state * len(told) and set(each) != {state}:
            del even[element]
    return even


def _judged(site: MetalSite, evidence: Evidence) -> MetalSite:
    state, source = evidence.strongest()
    fits = evidence.fits
    own = [fit for fit in fits if fit.state == state]
    total = own[0].total if own else fits[0].total if fits else None
    if state is None:
        return replace(site, bond_valence_sum=total)
    ion = read_ion(site.element, state)
    return replace(
        site,
        bond_valence_sum=total,
        oxidation_state=state,
        oxidation_state_reason=source + _agreement(state, source, evidence, own),
        d_count=ion.d_count,
        f_count=ion.f_count,
        is_kramers=ion.is_kramers,
        anisotropy=ion.anisotropy,
    )


def _agreement(state: int, source: str, evidence: Evidence, own: Sequence[Fit]) -> str:
    """What else agrees with the state and what does not, as the end of a sentence."""
    others = {
        TYPED: evidence.typed,
        "usual state of the element": evidence.usual,
        "charge balance": evidence.balanced,
    }
    told = {what: other for what, other in others.items() if other is not None and what != source}
    agree = [what for what, other in told.items() if other == state]
    against = [f"{what} gives {other}" for what, other in told.items() if other != state]
    if own and not source.startswith("bond-valence"):
        sum_, better = f"bond-valence sum {own[0].total:.2f}", evidence.bonds
        if own[0].miss > _LOOSE:
            against.append(f"{sum_} does not fit")
        elif better is not None and better.state != state:
            against.append(f"bond-valence sum {better.total:.2f} speaks for {better.state}")
        else:
            agree.append(sum_)
    text = f"; {' and '.join(agree)} {'agree' if len(agree) > 1 else 'agrees'}" if agree else ""
    return text + (f"; but {' and '.join(against)}" if against else "")


def _silence(
    site: MetalSite, donors: Sequence[tuple[str, float]], fits: Sequence[Fit], vague: str
) -> str:
    """Why the bonds do not tell the state."""
    if not donors:
        return "no donor is bonded to the metal"
    missing = missing_pairs(site.element, donors)
    if missing:
        return f"no bond-valence parameters for {', '.join(missing)}"
    if not fits:
        return "no state of the metal has bond-valence parameters for all its donors"
    sums = ", ".join(f"{fit.total:.2f} as {fit.state}+" for fit in _best_of_each(fits))
    few = "are of too few donors" if len(donors) < FEWEST else "single out no state"
    return f"bond-valence sums {sums} {vague or few}"


def of_parity(site: MetalSite, fits: Sequence[Fit], is_odd: bool | None) -> list[Fit]:
    """The fits whose state leaves the metal an odd (or even) number of electrons; None: all."""
    z = atomic_number(site.element)
    return [fit for fit in fits if is_odd is None or (z - fit.state) % 2 == is_odd]


def _best_of_each(fits: Sequence[Fit]) -> list[Fit]:
    best: dict[int, Fit] = {}
    for fit in sorted(fits, key=lambda fit: fit.miss):
        best.setdefault(fit.state, fit)
    return [best[state] for state in sorted(best)]


def donor_distances(graph: Graph, site: MetalSite) -> list[tuple[str, float]]:
    """Element and distance (angstrom) of each donor of a metal, in the order of `graph.donors`."""
    names = [symbol(graph.elements[i]) for i in graph.donors[site.atom_index]]
    return list(zip(names, graph.lengths[site.atom_index].tolist(), strict=True))


def usual_state(complex_: Complex, graph: Graph, site: MetalSite) -> int | None:
    """The one usual state; None for Al, Ga, In, Zn or Cd at a bond to a metal (Zn-Zn, Ga-Fe)."""
    centre = site.atom_index
    z = graph.elements[centre]
    if site.element in _LOW_VALENT_TOO:
        for i in graph.neighbours[centre]:
            limit = COVALENT_RADII[z] + COVALENT_RADII[graph.elements[i]] + _METAL_BOND
            metal = graph.elements[i] in _MAY_BOND
            places = complex_.positions
            if metal and np.linalg.norm(places[i] - places[centre]) < limit:
                return None
    return _USUAL.get(site.element)
