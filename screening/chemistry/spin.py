"""Spin: which metals surely have no unpaired electron, and where a ligand may have one."""

import re
from collections.abc import Collection, Sequence
from typing import Final

from screening.chemistry.ligands.ligand import Ligand
from screening.chemistry.site import MetalSite
from screening.elements import atomic_number

_CLOSED_SHELLS: Final = frozenset({"Zn", "Cd", "Al", "Sc", "Y", "La", "Lu", "Zr", "Hf"})
"""Metals without unpaired electrons in their one common state: where no other is known, that."""
_OXIDE_FORMERS: Final = frozenset({"Nb", "Mo", "Ta", "W"})
_FIRST_4D: Final = 39
_SIX_DONORS: Final = 6
TWISTED: Final = 6.5
"""Shape measure to SP-4 up to which four donors make Ni(II) and Co(II) low-spin.

Of the complexes of TM-GSspinPlus all are up to 6.4; the first that is high-spin has 14.7.
"""
_CARBON: Final = re.compile("C(?![a-z])")
_REDOX_ACTIVE: Final = frozenset({"dithiolene", "dioxolene"})
_RADICALS: Final = frozenset({"nitroxide", "semiquinonate", "superoxo"})


def is_diamagnetic(site: MetalSite) -> bool:
    """Whether a metal surely has no unpaired electron; False also where that is not known.

    Closed shells by oxidation state, or by element where no state is known; Co(III) as
    `is_low_spin_cobalt` has it (others are met with S = 1 and 2); 4d and 5d ions that are d6, or d8
    and not octahedral, which are low-spin. Planar nickel is left to the caller.
    """
    return (
        site.anisotropy == "diamagnetic"
        or (site.oxidation_state is None and site.element in _CLOSED_SHELLS)
        or is_low_spin_cobalt(site)
        or _is_heavy_low_spin(site)
    )


def is_low_spin_cobalt(site: MetalSite) -> bool:
    """Co(III) of six donors or more, or in a clear square pyramid with a carbon (alkyl cobalt)."""
    if site.element != "Co" or site.oxidation_state != 3:
        return False
    is_alkyl = site.has_shape("SPY-5", "vOC-5") and bool(_CARBON.match(site.donor_set))
    return is_alkyl or site.coordination_number >= _SIX_DONORS


def is_planar(site: MetalSite, element: str) -> bool:
    """Whether a site is this element, 2+ or of unknown state, with four donors in a plane.

    Also where the plane is twisted, as far as the field of a plane keeps the ion low-spin.
    """
    is_divalent = site.oxidation_state in {None, 2}
    return site.element == element and is_divalent and site.has_shape("SP-4", most=TWISTED)


def _is_heavy_low_spin(site: MetalSite) -> bool:
    if atomic_number(site.element) < _FIRST_4D:
        return False
    return site.d_count == 6 or (site.d_count == 8 and site.polyhedron != "OC-6")


def oxide_metals(sites: Sequence[MetalSite], ligands: Sequence[Ligand]) -> frozenset[int]:
    """Indices of the Nb, Mo, Ta and W of polyoxometalates: d0 unless the cluster is reduced."""
    clusters = {
        i for ligand in ligands if "polyoxometalate" in ligand.classes for i in ligand.atoms
    }
    return frozenset(
        site.atom_index
        for site in sites
        if site.element in _OXIDE_FORMERS and site.atom_index in clusters
    )


def redox_active_sites(ligands: Sequence[Ligand]) -> frozenset[int]:
    """Indices of the metals of a ligand that may be a radical: their own state is in doubt too."""
    return frozenset(
        metal
        for ligand in ligands
        if not _REDOX_ACTIVE.isdisjoint(ligand.classes) or ligand.is_undecided
        for metal, _ in ligand.donors
    )


def is_radical(ligand: Ligand) -> bool:
    """Whether a ligand has an unpaired electron by its class."""
    return not _RADICALS.isdisjoint(ligand.classes)


def ligand_radical(ligands: Collection[Ligand], *, is_odd: bool | None) -> str | None:
    """Why a ligand has, or may have, an unpaired electron where no metal has one; None: no sign.

    is_odd: whether the number of electrons of the complex is, which tells where it is known.
    """
    for ligand in filter(is_radical, ligands):
        names = sorted(_RADICALS.intersection(ligand.classes))
        return f"{ligand.formula} has one ({', '.join(names)})"
    if is_odd is not None:
        return "the number of electrons is odd, so a ligand has one" if is_odd else None
    doubtful = [ligand.formula for ligand in ligands if ligand.is_undecided]
    return f"{doubtful[0]} may be a radical" if doubtful else None
