"""Donor classes: ligands named by the group that a donor atom belongs to."""

from collections.abc import Callable, Iterator
from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.quinone import is_no_phenol
from screening.elements import HALOGENS

_B, _C, _N, _O, _SI, _P, _S = 5, 6, 7, 8, 14, 15, 16
_SHORTEST_AMINE: Final = 1.42
"""Angstrom: C-N is 1.45-1.50 where both are sp3, 1.33-1.43 where either is flat."""
_LONGEST_AMIDE: Final = 0.95
"""Bond of an amide N in sums of the covalent radii: 0.82-0.96; of an amine 0.95-1.08."""
_IMIDO: Final = 0.875
"""A bond to N this short, in sums of the covalent radii, is a multiple one: 1.70-1.80 angstrom."""
_SHORTEST_ALCOHOL: Final = 1.33
"""Angstrom: C-O is 1.38-1.44 in alcohols and alkoxides, 1.23-1.31 in what has C=O."""
_OXO_ACIDS: Final = {
    (_P, 1, 3): "phosphine oxide",
    (_P, 2, 2): "phosphinate",
    (_P, 3, 1): "phosphonate",
    (_P, 4, 0): "phosphate ester",
    (_S, 1, 2): "sulfoxide",
    (_S, 2, 1): "sulfinate",
    (_S, 3, 1): "sulfonate",
}
"""By central atom and its numbers of O and C."""


def donor_classes(backbone: Backbone) -> Iterator[str]:
    """Name the groups of all donors that bind end-on."""
    for groups in backbone.donors.values():
        for group in groups:
            rule = _RULES.get(backbone.elements[group[0]])
            if len(group) == 1 and rule and (name := rule(backbone, group[0])):
                yield name


def _oxygen(backbone: Backbone, oxygen: int) -> str | None:
    near = backbone.near[oxygen]
    if len(near) == 2:
        return "ether" if all(backbone.is_(j, _C) for j in near) else None
    if len(near) != 1:
        return None
    centre = near[0]
    element = backbone.elements[centre]
    if element == _SI:
        return "siloxide" if _is_bare(backbone, oxygen) else None
    if element in {_C, _N}:
        rule = _on_carbon if element == _C else _on_nitrogen
        return rule(backbone, oxygen, centre)
    n_oxygen, n_carbon = (len(backbone.bonded(centre, z)) for z in (_O, _C))
    is_whole = n_oxygen + n_carbon == len(backbone.near[centre])
    return _OXO_ACIDS.get((element, n_oxygen, n_carbon)) if is_whole else None


def _is_bare(backbone: Backbone, atom: int) -> bool:
    """No hydrogen, by what the file draws or, where it draws none, because two metals share it."""
    if backbone.hydrogens[atom]:
        return False
    return backbone.has_hydrogens or len(backbone.metals[atom]) > 1


def _on_carbon(backbone: Backbone, oxygen: int, carbon: int) -> str | None:
    oxygens = backbone.bonded(carbon, _O)
    others = [j for j in backbone.near[carbon] if j not in oxygens]
    if backbone.phenol_rings(carbon):
        is_phenoxide = not backbone.hydrogens[oxygen] and not is_no_phenol(backbone, carbon)
        return "phenoxide" if is_phenoxide else None
    if len(oxygens) > 1:
        return "carboxylate" if _is_carboxylate(backbone, carbon, oxygens, others) else None
    if backbone.length(oxygen, carbon) < _SHORTEST_ALCOHOL:
        return "carboxamide" if any(backbone.is_(j, _N) for j in others) else None
    if len(others) == 2 and backbone.is_flat(carbon):
        return None
    if backbone.hydrogens[oxygen]:
        return "alcohol"
    return "alkoxide" if _is_bare(backbone, oxygen) else None


def _is_carboxylate(backbone: Backbone, carbon: int, oxygens: list[int], others: list[int]) -> bool:
    """R-CO2 or H-CO2 whose two O carry nothing else, no hydrogen either."""
    if len(oxygens) != 2 or len(others) > 1 or any(not backbone.is_(j, _C) for j in others):
        return False
    is_free = all(len(backbone.near[i]) == 1 and not backbone.hydrogens[i] for i in oxygens)
    return is_free and (not others or backbone.is_flat(carbon))


def _on_nitrogen(backbone: Backbone, oxygen: int, nitrogen: int) -> str | None:
    if backbone.aromatic_rings(nitrogen, 6):
        return "n-oxide"
    carbons = backbone.bonded(nitrogen, _C)
    if len(carbons) != 2 or len(backbone.near[nitrogen]) != 3 or backbone.hydrogens[oxygen]:
        return None
    if not 1.24 < backbone.length(nitrogen, oxygen) < 1.33:
        return None
    if all(backbone.length(nitrogen, c) > _SHORTEST_AMINE for c in carbons):
        return "nitroxide"
    is_nitronyl = any(
        other != nitrogen and len(backbone.near[other]) == 3 and backbone.bonded(other, _O)
        for c in carbons
        for other in backbone.bonded(c, _N)
    )
    return "nitroxide" if is_nitronyl else None


def _nitrogen(backbone: Backbone, nitrogen: int) -> str | None:
    near = backbone.near[nitrogen]
    if not near or backbone.aromatic_rings(nitrogen):
        return None
    if len(near) == 2 and all(backbone.is_(j, _SI) for j in near):
        return "silylamide"
    if len(near) == 1 and backbone.metal_ratio(nitrogen) < _IMIDO:
        return "imido"
    if len(near) == 1 and backbone.is_(near[0], _C) and backbone.is_linear(near[0]):
        is_triple = backbone.length(nitrogen, near[0]) < 1.20
        return "nitrile" if is_triple and backbone.bonded(near[0], _C) else None
    is_amine = all(
        backbone.is_(j, _C)
        and not backbone.aromatic_rings(j)
        and backbone.length(nitrogen, j) > _SHORTEST_AMINE
        for j in near
    )
    is_full = len(near) + backbone.hydrogens[nitrogen] == 3 or (
        not backbone.has_hydrogens and backbone.metal_ratio(nitrogen) > _LONGEST_AMIDE
    )
    return "amine" if is_amine and is_full else None


def _phosphorus(backbone: Backbone, phosphorus: int) -> str | None:
    near = backbone.near[phosphorus]
    if len(near) + backbone.hydrogens[phosphorus] != 3:
        return None
    if near and all(backbone.is_(j, _C) for j in near):
        return "phosphine" if backbone.is_(phosphorus, _P) else "arsine"
    if len(near) == 3 and all(backbone.is_(j, _O) for j in near):
        return "phosphite"
    return (
        "phosphine" if len(near) == 3 and {backbone.elements[j] for j in near} <= HALOGENS else None
    )


def _sulfur(backbone: Backbone, sulfur: int) -> str | None:
    near = backbone.near[sulfur]
    if any(not backbone.is_(j, _C) for j in near):
        return "sulfoxide" if len(near) == 3 and len(backbone.bonded(sulfur, _O)) == 1 else None
    if len(near) == 2:
        return None if backbone.aromatic_rings(sulfur) else "thioether"
    if len(near) == 1 and not backbone.hydrogens[sulfur]:
        carbon = near[0]
        plain = all(backbone.is_(j, _C) for j in backbone.near[carbon] if j != sulfur)
        return "thiolate" if plain and backbone.length(sulfur, carbon) > 1.70 else None
    return None


_RULES: Final[dict[int, Callable[[Backbone, int], str | None]]] = {
    _N: _nitrogen,
    _O: _oxygen,
    _P: _phosphorus,
    33: _phosphorus,
    _S: _sulfur,
}
