"""Plausibility: which rules of chemistry apply to a complex (R1 to R16, see `rules.toml`)."""

from collections.abc import Callable, Sequence
from typing import Final

from screening.chemistry import lanthanide_rules as four_f
from screening.chemistry import transition_rules as three_d
from screening.chemistry.graph import Graph
from screening.chemistry.ligands.ligand import Ligand
from screening.chemistry.rule import Flag, Found
from screening.chemistry.site import MetalSite
from screening.chemistry.spin import is_planar
from screening.chemistry.surroundings import Surroundings, look_around, named
from screening.crystal.complex import Complex


def find_flags(
    complex_: Complex,
    graph: Graph,
    sites: Sequence[MetalSite],
    ligands: Sequence[Ligand],
    *,
    is_odd: bool | None = None,
) -> tuple[Flag, ...]:
    """The rules that apply to a complex, in the order of their numbers.

    is_odd: whether it has an odd number of electrons, of `has_odd_electrons`; None: not known.
    What hangs on an oxidation state that is not known raises no flag against the complex.
    """
    around = look_around(complex_, graph, sites, ligands, is_odd=is_odd)
    return tuple(Flag(name, *found) for name, check in _CHECKS.items() if (found := check(around)))


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


def _record(around: Surroundings) -> Found:
    records = {
        "2217 K": four_f.anisotropic_lanthanides(around.magnetic),
        "219 K": three_d.cobaltous(around.magnetic),
    }
    found = [f"Ueff above {value} for {named(s)}" for value, s in records.items() if s]
    return ("note", f"{'; '.join(found)} would be a record") if found else None


_CHECKS: Final[dict[str, Callable[[Surroundings], Found]]] = {
    "R1": _only_diamagnetic,
    "R2": _diamagnetic_beside,
    "R3": three_d.cobalt,
    "R4": three_d.planar_nickel,
    "R5": four_f.isotropic,
    "R6": four_f.without_moment,
    "R7": three_d.spin_half,
    "R8": four_f.kramers,
    "R9": four_f.ligand_field,
    "R10": four_f.equatorial_erbium,
    "R11": four_f.pentagonal_dysprosium,
    "R12": three_d.salen_manganese,
    "R13": three_d.half_filled,
    "R14": three_d.single_cobalt,
    "R15": three_d.only_3d,
    "R16": _record,
}
