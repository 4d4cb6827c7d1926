"""Plausibility: which rules of chemistry apply to a complex (R1 to R16, see `rules.toml`)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from screening.chemistry.field import axiality
from screening.chemistry.graph import Graph
from screening.chemistry.ligands.ligand import Ligand
from screening.chemistry.rule import Flag, Severity
from screening.chemistry.site import MetalSite
from screening.crystal.complex import Complex
from screening.elements import LANTHANIDES, atomic_number

CLEAR_AXIALITY: Final = 0.15
"""Below this the donors make neither an axis nor a plane that R9 would speak of (our choice)."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules look at.

    magnetic: the sites that may have unpaired electrons.
    """

    complex: Complex
    graph: Graph
    sites: tuple[MetalSite, ...]
    ligands: tuple[Ligand, ...]
    magnetic: tuple[MetalSite, ...]


def find_flags(
    complex_: Complex, graph: Graph, sites: Sequence[MetalSite], ligands: Sequence[Ligand]
) -> tuple[Flag, ...]:
    """The rules that apply to a complex, in the order of their numbers.

    What hangs on an oxidation state that is not known raises no flag against the complex.
    """
    magnetic = tuple(site for site in sites if not is_diamagnetic(site))
    around = Surroundings(complex_, graph, tuple(sites), tuple(ligands), magnetic)
    return tuple(Flag(name, *found) for name, check in _CHECKS.items() if (found := check(around)))


_CLOSED_SHELLS: Final = frozenset({"Zn", "Cd", "Al", "Sc", "Y", "La", "Lu", "Zr", "Hf"})
"""Metals of one common oxidation state, without unpaired electrons in it."""


def is_diamagnetic(site: MetalSite) -> bool:
    """Whether a metal surely has no unpaired electron; False also where that is not known.

    Closed shells by element or by oxidation state, low-spin Co(III), and Ni(II) in a square plane.
    """
    return (
        site.element in _CLOSED_SHELLS
        or site.anisotropy == "diamagnetic"
        or (site.element == "Co" and site.oxidation_state == 3)
        or _is_planar_nickel(site)
    )


def _is_planar_nickel(site: MetalSite) -> bool:
    return (
        site.element == "Ni"
        and site.polyhedron == "SP-4"
        and site.oxidation_state in (None, 2)  # Ni(II) is by far the usual state
    )


Found = tuple[Severity, str] | None


def _only_diamagnetic(around: Surroundings) -> Found:
    if around.magnetic or any(map(_is_planar_nickel, around.sites)):
        return None  # planar nickel is R4's
    return "high", f"{_named(around.sites)}: no unpaired electron"


def _diamagnetic_beside(around: Surroundings) -> Found:
    silent = [site for site in around.sites if is_diamagnetic(site)]
    if not silent or not around.magnetic:
        return None
    return "note", f"{_named(silent)} beside {_named(around.magnetic)}"


def _cobalt(around: Surroundings) -> Found:
    cobalt = [site for site in around.sites if site.element == "Co"]
    if not cobalt:
        return None
    if all(site.oxidation_state == 2 for site in cobalt):
        return "favourable", f"{_named(cobalt)}: Co(II)"
    if all(site.oxidation_state == 3 for site in cobalt):
        severity: Severity = "note" if around.magnetic else "medium"
        return severity, f"{_named(cobalt)}: Co(III), diamagnetic when low-spin"
    unknown = [site for site in cobalt if site.oxidation_state is None]
    what = "not known" if unknown else "mixed"
    return "note", f"{_named(unknown or cobalt)}: oxidation state {what}"


def _planar_nickel(around: Surroundings) -> Found:
    planar = [site for site in around.sites if _is_planar_nickel(site)]
    if not planar:
        return None
    severity: Severity = "note" if around.magnetic else "high"
    return severity, f"{_named(planar)}: four donors in a square plane"


def _gadolinium(around: Surroundings) -> Found:
    gadolinium = [site for site in around.magnetic if site.element == "Gd"]
    without_anisotropy = {"Gd", "Eu", "Cu"}
    if not gadolinium or any(s.element not in without_anisotropy for s in around.magnetic):
        return None
    return "high", f"{_named(gadolinium)}: the only source of anisotropy would be isotropic"


def _europium(around: Surroundings) -> Found:
    if not _only(around.magnetic, lambda s: s.element == "Eu" and s.oxidation_state != 2):
        return None
    return "high", f"{_named(around.magnetic)}: J = 0 if Eu(III)"


def _spin_half(around: Surroundings) -> Found:
    def is_spin_half(site: MetalSite) -> bool:
        # Cu(I) is no magnet either, so copper needs no oxidation state
        return site.element == "Cu" or (site.element == "V" and site.oxidation_state == 4)

    if not _only(around.magnetic, is_spin_half):
        return None
    if len(around.magnetic) == 1:
        return "medium", f"{_named(around.magnetic)}: S = 1/2 at most"
    return "soft", f"{_named(around.magnetic)}: S = 1/2 each; coupled spins can be larger"


def _kramers(around: Surroundings) -> Found:
    ions = [site for site in around.magnetic if site.anisotropy in {"oblate", "prolate"}]
    kramers = [site for site in ions if site.is_kramers]
    if kramers:
        return "favourable", f"{_named(kramers)}: Kramers, {kramers[0].anisotropy}"
    return ("soft", f"{_named(ions)}: no Kramers ion") if ions else None


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
    for site in around.magnetic:
        if site.anisotropy in {"oblate", "prolate"}:
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
    found = [s for s in around.sites if s.element == "Dy" and s.polyhedron == "PBPY-7"]
    return ("note", f"{_named(found)}: PBPY-7") if found else None


def _salen_manganese(around: Surroundings) -> Found:
    in_salen = {
        metal
        for ligand in around.ligands
        if "salen-type" in ligand.classes
        for metal, _ in ligand.donors
    }
    found = [
        site
        for site in around.sites
        if site.element == "Mn" and site.oxidation_state == 3 and site.atom_index in in_salen
    ]
    return ("favourable", f"{_named(found)}: Mn(III) in a salen") if found else None


def _half_filled(around: Surroundings) -> Found:
    if not _only(around.magnetic, lambda s: s.element in {"Mn", "Fe"} and s.d_count == 5):
        return None
    return "soft", f"{_named(around.magnetic)}: d5, isotropic if high-spin"


def _single_cobalt(around: Surroundings) -> Found:
    if len(around.magnetic) != 1 or not _only(
        around.magnetic, lambda s: s.element == "Co" and s.oxidation_state == 2
    ):
        return None
    return (
        "note",
        f"{_named(around.magnetic)}: a large D alone does not make it an SMM at zero field",
    )


def _only_3d(around: Surroundings) -> Found:
    if not _only(around.magnetic, lambda s: 21 <= atomic_number(s.element) <= 30):
        return None
    return "note", f"{_named(around.magnetic)}: a 3d complex; D and S are not known from here"


def _record(around: Surroundings) -> Found:
    records = {"2217 K": _lanthanides(around.magnetic), "219 K": _named_only(around, "Co")}
    found = [f"Ueff above {value} for {_named(s)}" for value, s in records.items() if s]
    return ("note", f"{'; '.join(found)} would be a record") if found else None


def _lanthanides(sites: Iterable[MetalSite]) -> list[MetalSite]:
    return [s for s in sites if atomic_number(s.element) in LANTHANIDES and s.anisotropy]


def _named_only(around: Surroundings, element: str) -> list[MetalSite]:
    return [s for s in around.magnetic if s.element == element and s.oxidation_state == 2]


def _only(sites: Sequence[MetalSite], test: Callable[[MetalSite], bool]) -> bool:
    return bool(sites) and all(map(test, sites))


def _named(sites: Iterable[MetalSite]) -> str:
    return ", ".join(dict.fromkeys(site.label for site in sites))


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
