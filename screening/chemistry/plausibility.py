"""Plausibility: which rules of chemistry apply to a complex (R1 to R16, see `rules.toml`)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from screening.chemistry.field import axiality, equator
from screening.chemistry.graph import Graph
from screening.chemistry.ligands.ligand import Ligand
from screening.chemistry.rule import Flag, Severity
from screening.chemistry.site import MetalSite
from screening.chemistry.spin import is_low_spin_cobalt, is_planar
from screening.chemistry.surroundings import Surroundings, look_around, named, only
from screening.crystal.complex import Complex
from screening.elements import atomic_number

CLEAR_AXIALITY: Final = 0.15
"""Below this the donors make neither an axis nor a plane that R9 would speak of (our choice)."""
_PENTAGONAL_BIPYRAMID: Final = 7
_N3O2: Final = [7, 7, 7, 8, 8]


def find_flags(
    complex_: Complex,
    graph: Graph,
    sites: Sequence[MetalSite],
    ligands: Sequence[Ligand],
    charge: int | None = None,
) -> tuple[Flag, ...]:
    """The rules that apply to a complex, in the order of their numbers; charge: of it (e).

    What hangs on an oxidation state that is not known raises no flag against the complex.
    """
    around = look_around(complex_, graph, sites, ligands, charge)
    return tuple(Flag(name, *found) for name, check in _CHECKS.items() if (found := check(around)))


Found = tuple[Severity, str] | None


def _only_diamagnetic(around: Surroundings) -> Found:
    if len(around.silent) < len(around.sites) or any(is_planar(s, "Ni") for s in around.sites):
        return None  # planar nickel is R4's
    labels = named(around.sites)
    if around.radical:
        return "medium", f"{labels}: no unpaired electron on a metal, but {around.radical}"
    return "high", f"{labels}: no unpaired electron"


def _diamagnetic_beside(around: Surroundings) -> Found:
    if not around.silent or not around.magnetic:
        return None
    return "note", f"{named(around.silent)} beside {named(around.magnetic)}"


def _cobalt(around: Surroundings) -> Found:
    cobalt = [site for site in around.sites if site.element == "Co"]
    if not cobalt:
        return None
    if all(site.oxidation_state == 2 for site in cobalt):
        if all(map(_is_planar_cobalt, cobalt)):
            return "note", f"{named(cobalt)}: Co(II) in a square plane, low-spin: see R7"
        return "favourable", f"{named(cobalt)}: Co(II)"
    if all(map(is_low_spin_cobalt, cobalt)):
        severity: Severity = "note" if around.magnetic else "medium"
        return severity, f"{named(cobalt)}: Co(III), diamagnetic when low-spin"
    if all(site.oxidation_state == 3 for site in cobalt):
        return "note", f"{named(cobalt)}: Co(III) of fewer than six donors, S = 0, 1 or 2"
    unknown = [site for site in cobalt if site.oxidation_state is None]
    what = "not known" if unknown else "mixed"
    return "note", f"{named(unknown or cobalt)}: oxidation state {what}"


def _is_planar_cobalt(site: MetalSite) -> bool:
    return site.oxidation_state == 2 and is_planar(site, "Co")


def _planar_nickel(around: Surroundings) -> Found:
    planar = [s for s in around.sites if is_planar(s, "Ni")]
    if not planar:
        return None
    plane = f"{named(planar)}: four donors in a square plane"
    if any(s.oxidation_state is None and s.atom_index in around.doubtful for s in planar):
        return "medium", f"{plane}; a redox-active ligand leaves open whether it is Ni(II)"
    return ("note" if around.magnetic else "high"), plane


def _gadolinium(around: Surroundings) -> Found:
    gadolinium = [site for site in around.magnetic if site.element == "Gd"]
    without_anisotropy = {"Gd", "Eu", "Cu"}
    if not gadolinium or any(s.element not in without_anisotropy for s in around.magnetic):
        return None
    return "high", f"{named(gadolinium)}: the only source of anisotropy would be isotropic"


def _europium(around: Surroundings) -> Found:
    if not only(around.magnetic, lambda s: s.element == "Eu" and s.oxidation_state != 2):
        return None
    return "high", f"{named(around.magnetic)}: J = 0 if Eu(III)"


def _spin_half(around: Surroundings) -> Found:
    def is_spin_half(site: MetalSite) -> bool:
        # Cu(I) is no magnet either, so copper needs no oxidation state
        is_vanadyl = site.element == "V" and site.oxidation_state == 4
        return site.element == "Cu" or is_vanadyl or _is_planar_cobalt(site)

    if not only(around.magnetic, is_spin_half):
        return None
    if len(around.magnetic) == 1:
        return "medium", f"{named(around.magnetic)}: S = 1/2 at most"
    return "soft", f"{named(around.magnetic)}: S = 1/2 each; coupled spins can be larger"


def _kramers(around: Surroundings) -> Found:
    ions = [site for site in around.magnetic if site.anisotropy in {"oblate", "prolate"}]
    kramers = [site for site in ions if site.is_kramers]
    if kramers:
        shapes = dict.fromkeys(site.anisotropy for site in kramers)
        each = (
            f"{named(s for s in kramers if s.anisotropy == shape)}: Kramers, {shape}"
            for shape in shapes
        )
        return "favourable", "; ".join(each)
    return ("soft", f"{named(ions)}: no Kramers ion") if ions else None


def _ligand_field(around: Surroundings) -> Found:
    """R9; of several sites the best speaks."""
    against = None
    for site, value in _axialities(around):
        axis = f"axiality of its donors {value:+.2f}"
        if (site.anisotropy == "oblate") == (value > 0):
            where = "axial" if value > 0 else "equatorial"
            return "favourable", f"{site.label}: {site.anisotropy} and {where} ({axis})"
        where = "equatorial" if value < 0 else "axial"
        against = against or f"{site.label}: {site.anisotropy} but {where} ({axis})"
    return ("soft", against) if against else None


def _axialities(around: Surroundings) -> Iterator[tuple[MetalSite, float]]:
    """Sites of a clear axis or plane, but those whose cyclooctatetraenyl ring points mislead."""
    under_ring = around.metals_of("cyclooctatetraenyl")
    for site in around.magnetic:
        if site.anisotropy in {"oblate", "prolate"} and site.atom_index not in under_ring:
            donors = around.graph.donors[site.atom_index]
            value = axiality(around.complex.positions, site.atom_index, donors)
            if abs(value) >= CLEAR_AXIALITY:
                yield site, value


def _equatorial_erbium(around: Surroundings) -> Found:
    for site, value in _axialities(around):
        if site.element == "Er" and value < 0:
            return "favourable", f"{site.label}: CN {site.coordination_number}, equatorial donors"
    return None


def _pentagonal_dysprosium(around: Surroundings) -> Found:
    found = [
        site
        for site in around.sites
        if site.element == "Dy"
        and site.polyhedron == "PBPY-7"
        and site.coordination_number == _PENTAGONAL_BIPYRAMID
        and _equator(around, site) == _N3O2
    ]
    return ("note", f"{named(found)}: PBPY-7 with N3O2 around the equator") if found else None


def _equator(around: Surroundings, site: MetalSite) -> list[int]:
    donors = around.graph.donors[site.atom_index]
    beside = equator(around.complex.positions, site.atom_index, donors)
    return sorted(around.graph.elements[i] for i in beside)


def _salen_manganese(around: Surroundings) -> Found:
    in_salen = around.metals_of("salen-type")
    found = [
        site
        for site in around.sites
        if site.element == "Mn" and site.oxidation_state == 3 and site.atom_index in in_salen
    ]
    return ("favourable", f"{named(found)}: Mn(III) in a salen") if found else None


def _half_filled(around: Surroundings) -> Found:
    if not only(around.magnetic, lambda s: s.element in {"Mn", "Fe"} and s.d_count == 5):
        return None
    return "soft", f"{named(around.magnetic)}: d5, isotropic if high-spin"


def _single_cobalt(around: Surroundings) -> Found:
    if len(around.magnetic) != 1 or not _cobaltous(around.magnetic):
        return None
    return (
        "note",
        f"{named(around.magnetic)}: a large D alone does not make it an SMM at zero field",
    )


def _only_3d(around: Surroundings) -> Found:
    if not only(around.magnetic, lambda s: 21 <= atomic_number(s.element) <= 30):
        return None
    return "note", f"{named(around.magnetic)}: a 3d complex; D and S are not known from here"


def _record(around: Surroundings) -> Found:
    records = {"2217 K": _lanthanides(around.magnetic), "219 K": _cobaltous(around.magnetic)}
    found = [f"Ueff above {value} for {named(s)}" for value, s in records.items() if s]
    return ("note", f"{'; '.join(found)} would be a record") if found else None


def _lanthanides(sites: Iterable[MetalSite]) -> list[MetalSite]:
    return [s for s in sites if s.anisotropy in {"oblate", "prolate"}]


def _cobaltous(sites: Iterable[MetalSite]) -> list[MetalSite]:
    """Co(II) that may be high-spin."""
    return [
        s
        for s in sites
        if s.element == "Co" and s.oxidation_state == 2 and not _is_planar_cobalt(s)
    ]


_CHECKS: Final[dict[str, Callable[[Surroundings], Found]]] = {
    "R1": _only_diamagnetic,
    "R2": _diamagnetic_beside,
    "R3": _cobalt,
    "R4": _planar_nickel,
    "R5": _gadolinium,
    "R6": _europium,
    "R7": _spin_half,
    "R8": _kramers,
    "R9": _ligand_field,
    "R10": _equatorial_erbium,
    "R11": _pentagonal_dysprosium,
    "R12": _salen_manganese,
    "R13": _half_filled,
    "R14": _single_cobalt,
    "R15": _only_3d,
    "R16": _record,
}
