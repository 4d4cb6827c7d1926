"""Lanthanide rules: what speaks for or against a 4f ion as a magnet (R5, R6, R8 to R11)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from screening.chemistry.donor_charge import donor_charges
from screening.chemistry.field import axiality, equator
from screening.chemistry.rule import Found
from screening.chemistry.site import MetalSite
from screening.chemistry.spin import is_radical
from screening.chemistry.surroundings import Surroundings, named, only

CLEAR_AXIALITY: Final = 0.15
"""Below this the donors make neither an axis nor a plane that R9 would speak of (our choice)."""
_PENTAGONAL_BIPYRAMID: Final = 7
_N3O2: Final = [7, 7, 7, 8, 8]


def isotropic(around: Surroundings) -> Found:
    """R5: isotropic ions (4f7: Gd(III), Eu(II), Tb(IV)) beside none that is anisotropic."""
    found = [site for site in around.magnetic if site.anisotropy == "isotropic"]
    if not found or not all(map(_has_no_anisotropy, around.magnetic)):
        return None
    return "high", f"{named(found)}: the only source of anisotropy would be isotropic"


def _has_no_anisotropy(site: MetalSite) -> bool:
    """Isotropic, J = 0 or S = 1/2; so is europium in either of its states."""
    return site.anisotropy in {"isotropic", "none"} or site.element in {"Eu", "Cu"}


def without_moment(around: Surroundings) -> Found:
    """R6: ions of J = 0 (4f6: Eu(III), Sm(II)) alone."""
    sites = around.magnetic
    if not only(sites, lambda s: s.anisotropy == "none" or _is_open_europium(s)):
        return None
    condition = " if Eu(III), isotropic if Eu(II)" if any(map(_is_open_europium, sites)) else ""
    return "high", f"{named(sites)}: J = 0{condition}"


def _is_open_europium(site: MetalSite) -> bool:
    return site.element == "Eu" and site.oxidation_state is None


def kramers(around: Surroundings) -> Found:
    """R8: Kramers ions, or none."""
    ions = [site for site in around.magnetic if site.anisotropy in {"oblate", "prolate"}]
    kramers = [site for site in ions if site.is_kramers]
    if kramers:
        shapes = dict.fromkeys(site.anisotropy for site in kramers)
        each = (
            f"{named(s for s in kramers if s.anisotropy == shape)}: Kramers, {shape}"
            for shape in shapes
        )
        return "favourable", "; ".join(each)
    return _without_kramers_ion(around, ions) if ions else None


def _without_kramers_ion(around: Surroundings, ions: Sequence[MetalSite]) -> Found:
    """Kramers' theorem counts all electrons: an odd spin beside the ion makes up for it."""
    others = [site for site in around.magnetic if site not in ions]
    if any(site.is_kramers is None for site in others):
        return None
    odd = [site.label for site in others if site.is_kramers]
    odd += [ligand.formula for ligand in around.ligands if is_radical(ligand)]
    if len(odd) % 2 == 1:
        beside = ", ".join(dict.fromkeys(odd))
        return "note", f"{named(ions)}: no Kramers ion, but one with the odd spin of {beside}"
    return "soft", f"{named(ions)}: no Kramers ion"


def ligand_field(around: Surroundings) -> Found:
    """R9; of several sites the best speaks."""
    against = None
    for site, value, kind in _axialities(around, around.magnetic):
        axis = f"axiality of its {kind} {value:+.2f}"
        if (site.anisotropy == "oblate") == (value > 0):
            where = "axial" if value > 0 else "equatorial"
            return "favourable", f"{site.label}: {site.anisotropy} and {where} ({axis})"
        where = "equatorial" if value < 0 else "axial"
        against = against or f"{site.label}: {site.anisotropy} but {where} ({axis})"
    return ("soft", against) if against else None


def _axialities(
    around: Surroundings, sites: Iterable[MetalSite]
) -> Iterator[tuple[MetalSite, float, str]]:
    """Sites of a clear axis or plane, its axiality and what it is of.

    Of the donors' charges where those are known, else of the donors as equals. Without sites under
    a cyclooctatetraenyl ring, whose points mislead.
    """
    under_ring = around.metals_of("cyclooctatetraenyl")
    for site in sites:
        if site.anisotropy in {"oblate", "prolate"} and site.atom_index not in under_ring:
            donors = around.graph.donors[site.atom_index]
            charges = donor_charges(around.graph, around.ligands, site.atom_index)
            value = axiality(around.complex.positions, site.atom_index, donors, charges)
            if abs(value) >= CLEAR_AXIALITY:
                kind = "donors, taken as equal," if charges is None else "charged donors"
                yield site, value, kind


def equatorial_erbium(around: Surroundings) -> Found:
    """R10: Er(III) with equatorial donors."""
    erbium = [site for site in around.magnetic if site.element == "Er"]
    for site, value, _ in _axialities(around, erbium):
        if value < 0:
            return "favourable", f"{site.label}: CN {site.coordination_number}, equatorial donors"
    return None


def pentagonal_dysprosium(around: Surroundings) -> Found:
    """R11: Dy(III) in a pentagonal bipyramid with N3O2 around."""
    found = [
        site
        for site in around.sites
        if site.element == "Dy"
        and site.anisotropy == "oblate"
        and site.has_shape("PBPY-7")
        and site.coordination_number == _PENTAGONAL_BIPYRAMID
        and _equator(around, site) == _N3O2
    ]
    return ("note", f"{named(found)}: PBPY-7 with N3O2 around the equator") if found else None


def _equator(around: Surroundings, site: MetalSite) -> list[int]:
    donors = around.graph.donors[site.atom_index]
    beside = equator(around.complex.positions, site.atom_index, donors)
    return sorted(around.graph.elements[i] for i in beside)


def anisotropic_lanthanides(sites: Iterable[MetalSite]) -> list[MetalSite]:
    """The sites with an oblate or prolate ion."""
    return [s for s in sites if s.anisotropy in {"oblate", "prolate"}]
