"""Transition-metal rules: what speaks for or against a 3d ion (R3, R4, R7, R12 to R15)."""

from collections.abc import Iterable

from screening.chemistry.rule import Found, Severity
from screening.chemistry.site import MetalSite
from screening.chemistry.spin import is_low_spin_cobalt, is_planar
from screening.chemistry.surroundings import Surroundings, named, only
from screening.elements import atomic_number


def cobalt(around: Surroundings) -> Found:
    """R3: Co(II) or Co(III)."""
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
    return _other_cobalt(cobalt)


def _other_cobalt(cobalt: list[MetalSite]) -> Found:
    if all(site.oxidation_state == 3 for site in cobalt):
        return "note", f"{named(cobalt)}: Co(III) of fewer than six donors, S = 0, 1 or 2"
    if unknown := [site for site in cobalt if site.oxidation_state is None]:
        return "note", f"{named(unknown)}: oxidation state not known"
    states = {site.oxidation_state for site in cobalt}
    if len(states) == 1:
        return None  # Co(I) and the like: the rule does not speak of them
    return "note", f"{named(cobalt)}: oxidation state mixed"


def _is_planar_cobalt(site: MetalSite) -> bool:
    return site.oxidation_state == 2 and is_planar(site, "Co")


def planar_nickel(around: Surroundings) -> Found:
    """R4: Ni(II) in a square plane."""
    planar = [s for s in around.sites if is_planar(s, "Ni")]
    if not planar:
        return None
    is_flat = all(s.has_shape("SP-4") for s in planar)
    plane = f"{named(planar)}: four donors in a {'' if is_flat else 'twisted '}square plane"
    if any(s.oxidation_state is None and s.atom_index in around.doubtful for s in planar):
        return "medium", f"{plane}; a redox-active ligand leaves open whether it is Ni(II)"
    return ("note" if around.magnetic else "high"), plane


def spin_half(around: Surroundings) -> Found:
    """R7: ions of S = 1/2 only."""

    def is_spin_half(site: MetalSite) -> bool:
        # Cu(I) is no magnet either, so copper needs no oxidation state
        is_vanadyl = site.element == "V" and site.oxidation_state == 4
        return site.element == "Cu" or is_vanadyl or is_low_spin_plane(site)

    def is_low_spin_plane(site: MetalSite) -> bool:
        is_sure = site.oxidation_state == 2 or site.atom_index not in around.doubtful
        return is_planar(site, "Co") and is_sure

    if not only(around.magnetic, is_spin_half):
        return None
    open_ = [s for s in around.magnetic if s.element == "Co" and s.oxidation_state is None]
    if open_:
        return "note", f"{named(open_)}: Co in a square plane, S = 1/2 if it is Co(II)"
    if len(around.magnetic) == 1:
        return "medium", f"{named(around.magnetic)}: S = 1/2 at most"
    return "soft", f"{named(around.magnetic)}: S = 1/2 each; coupled spins can be larger"


def salen_manganese(around: Surroundings) -> Found:
    """R12: Mn(III) in a salen."""
    in_salen = around.metals_of("salen-type")
    found = [
        site
        for site in around.sites
        if site.element == "Mn" and site.oxidation_state == 3 and site.atom_index in in_salen
    ]
    return ("favourable", f"{named(found)}: Mn(III) in a salen") if found else None


def half_filled(around: Surroundings) -> Found:
    """R13: d5 ions only."""
    if not only(around.magnetic, lambda s: s.element in {"Mn", "Fe"} and s.d_count == 5):
        return None
    return "soft", f"{named(around.magnetic)}: d5, isotropic if high-spin"


def single_cobalt(around: Surroundings) -> Found:
    """R14: one Co(II)."""
    if len(around.magnetic) != 1 or not cobaltous(around.magnetic):
        return None
    return (
        "note",
        f"{named(around.magnetic)}: a large D alone does not make it an SMM at zero field",
    )


def only_3d(around: Surroundings) -> Found:
    """R15: 3d metals only."""
    if not only(around.magnetic, lambda s: 21 <= atomic_number(s.element) <= 30):
        return None
    return "note", f"{named(around.magnetic)}: a 3d complex; D and S are not known from here"


def cobaltous(sites: Iterable[MetalSite]) -> list[MetalSite]:
    """Co(II) that may be high-spin."""
    return [
        s
        for s in sites
        if s.element == "Co" and s.oxidation_state == 2 and not _is_planar_cobalt(s)
    ]
