"""Nitrogen donors that are in no aromatic ring: named by what they are bonded to."""

from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.lengths import FARTHEST_AMIDE, LONGEST_AMIDE, SHORTEST_AMINE

_H, _C, _N, _O, _SI, _P, _S = 1, 6, 7, 8, 14, 15, 16
_SHORTEST_ANILIDE: Final = 1.33
"""Angstrom: between N and an aromatic carbon, 1.36-1.45; less in quinoid rings."""
_PLANAR: Final = 345.0
"""Degrees: sum of the angles at an N between two others and its metal; of an amine without its
hydrogen 325-338, of an amide 350-360."""
_IMIDO: Final = 0.875
"""A bond to N this short, in sums of the covalent radii, is a multiple one: 1.70-1.80 angstrom."""
_KETIMIDE: Final = 1.31
"""Angstrom: N=C is shorter than this in ketimides, N-C of an imide is 1.36-1.46."""


def nitrogen_class(backbone: Backbone, nitrogen: int) -> str | None:
    """Class of the group of an N that binds end-on; None where it has no name."""
    near = backbone.near[nitrogen]
    is_n2 = len(backbone.atoms) == 2 and bool(near) and backbone.is_(near[0], _N)
    if not near or is_n2 or backbone.aromatic_rings(nitrogen):
        return None
    n = len(near) + backbone.hydrogens[nitrogen]
    named = _at_end(backbone, nitrogen, near[0]) if n == 1 else None
    if named is None and n == 2:
        named = _acid(backbone, nitrogen)
    if named is None and _is_amine(backbone, nitrogen):
        named = "amine"
    if named is None and _is_amide(backbone, nitrogen):
        named = "silylamide" if backbone.bonded(nitrogen, _SI) else "amide"
    return named


def _at_end(backbone: Backbone, nitrogen: int, other: int) -> str | None:
    """An N bonded to nothing but *other* and its metals."""
    if backbone.metal_ratio(nitrogen) < _IMIDO:
        is_ketimide = backbone.is_(other, _C) and backbone.length(nitrogen, other) < _KETIMIDE
        return None if is_ketimide else "imido"
    if backbone.is_(other, _C) and backbone.is_linear(other):
        is_triple = backbone.length(nitrogen, other) < 1.20
        return "nitrile" if is_triple and backbone.bonded(other, _C) else None
    return None


def _acid(backbone: Backbone, nitrogen: int) -> str | None:
    """N- beside SO2 or C=O: sulfonamide or carboxamide that lost its proton; of both the former."""
    acyl = None
    for j in backbone.near[nitrogen]:
        oxygens = [i for i in backbone.bonded(j, _O) if len(backbone.near[i]) == 1]
        if backbone.is_(j, _S) and len(oxygens) == 2:
            return "sulfonamide"
        if backbone.is_(j, _C) and oxygens and not backbone.aromatic_rings(j):
            acyl = "carboxamide"
    return acyl


def _is_amine(backbone: Backbone, nitrogen: int) -> bool:
    near = backbone.near[nitrogen]
    if not all(_is_saturated(backbone, nitrogen, j) or _is_aryl(backbone, j) for j in near):
        return False
    if len(near) + backbone.hydrogens[nitrogen] == 3:
        return True
    is_told = not any(_is_aryl(backbone, j) for j in near) and not backbone.has_hydrogens
    return is_told and backbone.metal_ratio(nitrogen) > LONGEST_AMIDE


def _is_amide(backbone: Backbone, nitrogen: int) -> bool:
    """N- between Si, saturated and aromatic C; a dialkylamide is flat at N.

    Beside Si at any distance: silylamines hardly bind metals.
    """
    near, metals = backbone.near[nitrogen], backbone.metals[nitrogen]
    longest = FARTHEST_AMIDE if backbone.has_hydrogens else LONGEST_AMIDE
    is_dialkyl = len(near) == 2 and all(_is_saturated(backbone, nitrogen, j) for j in near)
    # an amine whose hydrogen is lost is not
    if is_dialkyl and len(metals) == 1 and _angles(backbone, nitrogen, [*near, *metals]) < _PLANAR:
        return False
    return (
        len(near) + backbone.hydrogens[nitrogen] == 2
        and (backbone.metal_ratio(nitrogen) < longest or bool(backbone.bonded(nitrogen, _SI)))
        and all(
            backbone.is_(j, _SI)
            or _is_saturated(backbone, nitrogen, j)
            or (_is_aryl(backbone, j) and backbone.length(nitrogen, j) > _SHORTEST_ANILIDE)
            for j in near
        )
    )


def _angles(backbone: Backbone, nitrogen: int, around: list[int]) -> float:
    return sum(backbone.angles(nitrogen, around))


def _is_saturated(backbone: Backbone, nitrogen: int, carbon: int) -> bool:
    if not backbone.is_(carbon, _C) or backbone.aromatic_rings(carbon):
        return False
    if len(backbone.around[carbon]) == 4:
        return True
    is_flat = len(backbone.near[carbon]) == 3 and backbone.is_flat(carbon)
    return backbone.length(nitrogen, carbon) > SHORTEST_AMINE and not is_flat


def _is_aryl(backbone: Backbone, carbon: int) -> bool:
    return backbone.is_(carbon, _C) and bool(backbone.aromatic_rings(carbon))
