"""Charge balance: what the ligands leave of a complex's charge is what its metals have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from screening.chemistry.graph import Graph
from screening.chemistry.ion import Ion, read_ion
from screening.chemistry.ligands.ligand import Ligand
from screening.chemistry.site import MetalSite
from screening.crystal.complex import Complex
from screening.elements import IONIC_METALS, LANTHANIDES, symbol

_ALKALI: Final = frozenset({3, 11, 19, 37, 55, 87})
_NON_INNOCENT: Final = frozenset({"N O", "O2"})
"""Ligands whose charge the formula does not tell: NO+, NO or NO-; superoxide or peroxide."""
_MET: Final = {
    **dict.fromkeys(("Be", "Mg", "Zn", "Cd", "Hg"), range(1, 3)),
    **dict.fromkeys(("Cu", "Ag", "Au", "Al", "Ga", "In", "Tl"), range(1, 4)),
    **dict.fromkeys(("Sn", "Pb"), range(1, 5)),
    "Bi": range(1, 6),
    **dict.fromkeys(("Co", "Ni"), range(4)),
    **dict.fromkeys(("Pd", "Pt"), range(5)),
    **dict.fromkeys(("Rh", "Ir"), range(6)),
    **{symbol(z): range(2, 4) for z in LANTHANIDES},
    **dict.fromkeys(("Ce", "Pr", "Tb"), range(2, 5)),
}
"""States of complexes; of all other metals 0 to as many as their group has electrons.

1 is met at bonds between metals (Be to Hg, Sn, Pb: Zn2(C5Me5)2, ArSnSnAr), in C5Me5Al and its kin
and in bismuthinidenes (background); molecular Ln(II) of all but Pm: M. R. MacDonald et al., J. Am.
Chem. Soc. 2013, 135, 9857; Ln(IV) of Ce, Pr and Tb: Dalton Trans. 2020, d0dt01400a. Some of what is
left out was made, too, as Ln(0) in bis(arenes), but a proton or a counter-ion that the charge lacks
is far more often the cause.
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """Charge left for the metals by the ligands: the state of each element, or why there is none.

    states: of elements whose atoms share it evenly.
    """

    states: dict[str, int]
    note: str


def balance_charge(
    complex_: Complex,
    graph: Graph,
    sites: Sequence[MetalSite],
    ligands: Sequence[Ligand],
    charge: int | None,
    fixed: Mapping[int, int | None],
) -> Balance:
    """Charge of the complex less those of the ligands and of the metals whose state is *fixed*.

    Where one atom or atoms of one element remain, they share it. Where none does, a single metal
    gets what the ligands leave, for comparison.
    """
    problem = _unbalanced(complex_, graph, sites, ligands)
    if charge is None or problem:
        return Balance({}, problem or "the charge of the complex is not known")
    left = charge - sum(ligand.charge or 0 for ligand in ligands)
    held = {atom for ligand in ligands for atom in ligand.atoms}
    left -= sum(
        1 if z in _ALKALI else 2
        for i, z in enumerate(graph.elements)
        if z in IONIC_METALS and i not in held
    )
    open_ = [site for site in sites if fixed[site.atom_index] is None]
    if open_ or len(sites) > 1:
        left -= sum(state for state in fixed.values() if state is not None)
    else:
        open_ = list(sites)
    if not open_:
        return Balance({}, "")
    elements = sorted({site.element for site in open_})
    if len(elements) > 1:
        return Balance({}, f"the charge balance leaves {left}+ to {' and '.join(elements)}")
    if left % len(open_):
        note = f"the charge balance leaves {left}+ to {len(open_)} {elements[0]}: mixed valence"
        return Balance({}, f"{note} or a radical")
    state = left // len(open_)
    problem = f"the charge balance would make {elements[0]} {state}"
    possible = is_met(elements[0], state)
    return Balance({elements[0]: state}, "") if possible else Balance({}, problem)


def is_met(element: str, state: int) -> bool:
    """Whether complexes of the element in that state are known."""
    if element in _MET:
        return state in _MET[element]
    return state >= 0 and read_ion(element, state) != Ion()


def _unbalanced(
    complex_: Complex, graph: Graph, sites: Sequence[MetalSite], ligands: Sequence[Ligand]
) -> str | None:
    """Why the charges of the ligands cannot be added up; None: they can."""
    if complex_.missing_hydrogens:
        return "hydrogens are missing, so that ligand charges are not sure"
    unknown = sorted({ligand.formula for ligand in ligands if ligand.charge is None})
    if unknown:
        return f"the charge of ligand {unknown[0]} is not known"
    doubtful = sorted({ligand.formula for ligand in ligands} & _NON_INNOCENT)
    if doubtful:
        return f"the charge of ligand {doubtful[0]} is a matter of convention"
    held = {atom for ligand in ligands for atom in ligand.atoms}
    held |= {site.atom_index for site in sites}
    loose = (i for i, z in enumerate(graph.elements) if i not in held and z not in IONIC_METALS)
    return "not all atoms belong to a known ligand" if any(True for _ in loose) else None
