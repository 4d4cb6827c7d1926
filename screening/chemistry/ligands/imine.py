"""Imine: donors N=C told from amines and from aromatic N by lengths, without hydrogens."""

from typing import Final, Literal

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.ring import Ring

_LONGEST_DOUBLE: Final = 1.37
"""Angstrom: C=N on a metal is 1.27-1.31, C-N of an amine 1.45-1.50."""
_ENAMIDE: Final = (1.345, 1.39)
"""C-N longer than the first beside C-C shorter than the second is N-C=C, an enamide."""
_C, _N, _O = 6, 7, 8

Kind = Literal["imine", "amine"]


def imine_carbon(backbone: Backbone, nitrogen: int) -> int | None:
    """Return the C of N=C at a donor N, where it has no hetero atom but this N; else None.

    So amidines, amidates, oxazolines and guanidines are no imines; nor is an N or a C in an
    aromatic ring, a nitrile, nor an N with a hydrogen and two other neighbours. A ring of five
    carbons with C=N on it, as in acenaphthenequinone diimines, is not aromatic.
    """
    if backbone.aromatic_rings(nitrogen) or len(backbone.around[nitrogen]) > 2:
        return None
    carbons = backbone.bonded(nitrogen, _C)
    if not carbons:
        return None
    carbon = min(carbons, key=lambda c: backbone.length(nitrogen, c))
    others = [j for j in backbone.near[carbon] if j != nitrogen]
    if (
        backbone.length(nitrogen, carbon) > _LONGEST_DOUBLE
        or not others
        or any(not backbone.is_(j, _C) for j in others)
        or (len(others) == 2 and not backbone.is_flat(carbon))
        or backbone.is_linear(carbon)
        or _is_aromatic(backbone, carbon)
    ):
        return None
    long, short = _ENAMIDE
    if backbone.length(nitrogen, carbon) > long and any(
        backbone.length(carbon, j) < short and not _is_aromatic(backbone, j) for j in others
    ):
        return None
    return carbon


def _is_aromatic(backbone: Backbone, carbon: int) -> bool:
    rings = backbone.aromatic_rings(carbon)
    return any(backbone.formula(ring) != (_C,) * 5 for ring in rings)


def imines(backbone: Backbone) -> dict[int, int | None]:
    """Imine N that bind a metal, each with the other element on it (6, 7 or 8; None: only H)."""
    found: dict[int, int | None] = {}
    for groups in backbone.donors.values():
        for nitrogen in [i for g in groups if backbone.binds_end_on(g) for i in g]:
            carbon = imine_carbon(backbone, nitrogen) if backbone.is_(nitrogen, _N) else None
            if carbon is not None:
                others = [backbone.elements[j] for j in backbone.near[nitrogen] if j != carbon]
                found[nitrogen] = others[0] if others else None
    return found


def salicyl_arms(backbone: Backbone, nitrogen: int, metal: int) -> dict[int, Kind]:
    """Phenolate O on *metal* that hang on a donor N as N-C-C(aromatic)-C(aromatic)-O.

    "imine" where the N-C bond is the double one of an imine, "amine" where it is single.
    """
    double = imine_carbon(backbone, nitrogen)
    found: dict[int, Kind] = {}
    for arm in backbone.bonded(nitrogen, _C):
        if backbone.aromatic_rings(arm) or len(backbone.bonded(arm, _O)):
            continue
        if arm != double and backbone.length(nitrogen, arm) < 1.40:
            continue
        for ipso in backbone.bonded(arm, _C):
            for ring in backbone.phenol_rings(ipso):
                for oxygen in _phenolates(backbone, ring, ipso):
                    if metal in backbone.metals.get(oxygen, ()):
                        found[oxygen] = "imine" if arm == double else "amine"
    return found


def _phenolates(backbone: Backbone, ring: Ring, ipso: int) -> list[int]:
    """O without other heavy neighbour on the ring carbons next to *ipso*."""
    place = ring.index(ipso)
    return [
        oxygen
        for ortho in (ring[place - 1], ring[(place + 1) % len(ring)])
        if backbone.is_(ortho, _C)
        for oxygen in backbone.bonded(ortho, _O)
        if len(backbone.near[oxygen]) == 1
    ]


def salen_class(backbone: Backbone) -> str | None:
    """Name the kind of salen that the ligand is to one of its metals, if it is any.

    Two N and two phenolate O of one ligand on one metal, each O on its own N by `salicyl_arms`;
    the ligand may give this metal nothing else but ether O. "salen-type": both N imines;
    "salalen-type": one; "salan-type": none.
    """
    for metal, groups in backbone.donors.items():
        donors = [group[0] for group in groups if len(group) == 1]
        nitrogens = [i for i in donors if backbone.is_(i, _N)]
        oxygens = [i for i in donors if backbone.is_(i, _O) and len(backbone.near[i]) == 1]
        ethers = [i for i in donors if backbone.is_(i, _O) and len(backbone.near[i]) > 1]
        if (len(nitrogens), len(oxygens)) != (2, 2) or len(groups) != 4 + len(ethers):
            continue
        first, second = (salicyl_arms(backbone, n, metal) for n in nitrogens)
        for a, b in (oxygens, reversed(oxygens)):
            if a in first and b in second:
                n_imines = [first[a], second[b]].count("imine")
                return ("salan-type", "salalen-type", "salen-type")[n_imines]
    return None
