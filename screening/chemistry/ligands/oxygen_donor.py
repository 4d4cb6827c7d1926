"""Oxygen donors: ligands named by the group that a donor O belongs to."""

from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.bare_oxygen import most_oxygen_valence
from screening.chemistry.ligands.lengths import SHORTEST_AMINE
from screening.chemistry.ligands.quinone import is_no_phenol
from screening.chemistry.ligands.ring import Ring

_C, _N, _O, _SI, _P, _S, _AS = 6, 7, 8, 14, 15, 16, 33
_SHORTEST_ALCOHOL: Final = 1.33
"""Angstrom: C-O is 1.38-1.44 in alcohols and alkoxides, 1.23-1.31 in what has C=O."""
_LEAST_ALKOXIDE: Final = 0.42
_MOST_ALCOHOL: Final = 0.56
"""Valence that one metal gives the O of an alkoxide at least, of an alcohol at most.

In the real files and the spin set 142 alkoxides have 0.48-1.13, 86 alcohols with their hydrogen
0.14-0.55, 14 siloxides 0.62-0.80.
"""
_LONGEST_KETONE: Final = 1.255
"""Angstrom: C=O is 1.20-1.25 in ketones and aldehydes on a metal, 1.26-1.35 in C-O with a share
in the conjugation of a phenolate or diketonate."""
_LONGEST_QUINOID: Final = 1.245
"""Angstrom: of the C=O of a flat ring."""
_SHORTEST_QUINOID: Final = 1.46
"""Angstrom: mean of the ring bonds beside C=O of a flat ring: 1.46-1.49; of a phenolate 1.42."""
_LONGEST_IMINOQUINONE: Final = (1.315, 1.36)
"""Angstrom: C-O and C-N; 1.23 and 1.30 in o-iminobenzoquinones, 1.29 and 1.34 in their radicals,
1.34 and 1.39 in amidophenolates."""
_SHORTEST_ARYL: Final = 1.36
"""Angstrom: between the N of an aryl nitroxide and its ring, 1.38-1.43."""
_LONGEST_OXIME: Final = 1.36
"""Angstrom: C=N of oximes and oximates is 1.27-1.33."""
_OXO_ACIDS: Final = {
    (_P, 1, 3): "phosphine oxide",
    (_AS, 1, 3): "arsine oxide",
    (_P, 2, 2): "phosphinate",
    (_P, 3, 1): "phosphonate",
    (_P, 4, 0): "phosphate ester",
    (_S, 1, 2): "sulfoxide",
    (_S, 2, 1): "sulfinate",
    (_S, 3, 1): "sulfonate",
}
"""By central atom and its numbers of O and C."""


def oxygen_class(backbone: Backbone, oxygen: int) -> str | None:
    """Class of the group of an O that binds end-on; None where it has no name."""
    near = backbone.near[oxygen]
    if len(near) == 2:
        return "ether" if all(backbone.is_(j, _C) for j in near) else None
    if len(near) != 1:
        return None
    centre = near[0]
    element = backbone.elements[centre]
    if element == _SI:
        return _hydroxyl(backbone, oxygen, "siloxide", "silanol")
    if element in {_C, _N}:
        rule = _on_carbon if element == _C else _on_nitrogen
        return rule(backbone, oxygen, centre)
    n_oxygen, n_carbon, n_nitrogen = (len(backbone.bonded(centre, z)) for z in (_O, _C, _N))
    is_whole = n_oxygen + n_carbon + n_nitrogen == len(backbone.near[centre])
    if n_nitrogen:
        return "phosphoramide" if is_whole and (element, n_oxygen) == (_P, 1) else None
    return _OXO_ACIDS.get((element, n_oxygen, n_carbon)) if is_whole else None


def is_lost_alcohol(backbone: Backbone, oxygen: int) -> bool:
    """Whether an O drawn without hydrogen is too far from its one metal for an alkoxide."""
    valence = most_oxygen_valence(backbone, oxygen) if len(backbone.metals[oxygen]) == 1 else None
    return valence is not None and valence < _LEAST_ALKOXIDE and not backbone.hydrogens[oxygen]


def _hydroxyl(backbone: Backbone, oxygen: int, bare: str, protonated: str) -> str | None:
    """Name an O on a saturated atom by its hydrogen, or by its bonds where the file lacks it."""
    if backbone.hydrogens[oxygen] or is_lost_alcohol(backbone, oxygen):
        return protonated
    if backbone.has_hydrogens or len(backbone.metals[oxygen]) > 1:
        return bare
    valence = most_oxygen_valence(backbone, oxygen)
    return bare if valence is not None and valence > _MOST_ALCOHOL else None


def _on_carbon(backbone: Backbone, oxygen: int, carbon: int) -> str | None:
    oxygens = backbone.bonded(carbon, _O)
    others = [j for j in backbone.near[carbon] if j not in oxygens]
    if backbone.phenol_rings(carbon):
        return _on_ring(backbone, oxygen, carbon)
    length = backbone.length(oxygen, carbon)
    is_alone = len(oxygens) == 1
    if _is_saturated(backbone, carbon, is_long=is_alone and length > _SHORTEST_ALCOHOL):
        return _hydroxyl(backbone, oxygen, "alkoxide", "alcohol")
    if not is_alone:
        return _of_acid(backbone, carbon, oxygens, others)
    return _carbonyl(backbone, carbon, others, length) if length < _SHORTEST_ALCOHOL else None


def _on_ring(backbone: Backbone, oxygen: int, carbon: int) -> str | None:
    """Name an O on an aromatic ring of six."""
    names = [_pyridone(backbone, carbon, ring) for ring in backbone.phenol_rings(carbon)]
    if pyridone := next((name for name in names if name), None):
        return None if backbone.hydrogens[oxygen] else pyridone
    is_double = _is_iminoquinone(backbone, oxygen, carbon) or _is_quinoid(backbone, oxygen, carbon)
    if is_double or is_no_phenol(backbone, carbon):
        return None
    return "phenol" if backbone.hydrogens[oxygen] else "phenoxide"


def _is_quinoid(backbone: Backbone, oxygen: int, carbon: int) -> bool:
    """C=O between two single bonds of its ring, as in anthrones: short, and they are long."""
    beside = [backbone.length(carbon, j) for j in backbone.bonded(carbon, _C)]
    is_between = len(beside) == 2 and sum(beside) / 2 > _SHORTEST_QUINOID
    return is_between and backbone.length(oxygen, carbon) < _LONGEST_QUINOID


def _pyridone(backbone: Backbone, carbon: int, ring: Ring) -> str | None:
    """Name an O by the N of its ring: beside the carbon, or one that carries another group."""
    for place, i in enumerate(ring):
        if backbone.is_(i, _N):
            apart = abs(place - ring.index(carbon))
            if len(backbone.around[i]) == 3:  # 2- and 4-pyridones; 3-oxides are phenolates
                return "pyridone" if apart % 2 else None
            return "pyridonate" if min(apart, len(ring) - apart) == 1 else None
    return None


def _is_iminoquinone(backbone: Backbone, oxygen: int, carbon: int) -> bool:
    """C-O beside C=N, both shorter than in an amidophenolate: iminoquinones and their radicals."""
    return backbone.length(oxygen, carbon) < _LONGEST_IMINOQUINONE[0] and any(
        backbone.length(j, nitrogen) < _LONGEST_IMINOQUINONE[1]
        and len(backbone.around[nitrogen]) <= 2
        and not backbone.aromatic_rings(nitrogen)
        and not backbone.bonded(nitrogen, _N)
        for j in backbone.bonded(carbon, _C)
        if backbone.aromatic_rings(j)
        for nitrogen in backbone.bonded(j, _N)
    )


def _carbonyl(backbone: Backbone, carbon: int, others: list[int], length: float) -> str | None:
    """Name what has one O on a flat carbon, by the *others* on it."""
    if any(backbone.is_(j, _S) for j in others):
        return None  # named by its S
    if any(backbone.is_(j, _N) for j in others):
        return "carboxamide"
    is_short = length < _LONGEST_KETONE and not is_no_phenol(backbone, carbon)
    if is_short and all(backbone.is_(j, _C) for j in others):
        return {1: "aldehyde", 2: "ketone"}.get(len(others))
    return None


def _is_saturated(backbone: Backbone, carbon: int, *, is_long: bool) -> bool:
    """Whether a carbon has four neighbours, or would with hydrogens that the file may lack.

    So the hydrates and hemiacetals of ketones count. is_long: it has one O, as far as an alcohol's.
    """
    if len(backbone.around[carbon]) == 4:
        return True
    is_flat = len(backbone.near[carbon]) == 3 and backbone.is_flat(carbon)
    if is_long:
        return not is_flat
    is_bent = len(backbone.near[carbon]) == 3 and not is_flat
    return is_bent and not backbone.has_hydrogens


def _of_acid(backbone: Backbone, carbon: int, oxygens: list[int], others: list[int]) -> str | None:
    """R-CO2 or H-CO2, and its acid and esters, by what the two O carry."""
    if len(oxygens) != 2 or len(others) > 1 or any(not backbone.is_(j, _C) for j in others):
        return None
    if others and not backbone.is_flat(carbon):
        return None
    beyond = [j for i in oxygens for j in backbone.near[i] if j != carbon]
    if beyond:
        return "ester" if all(backbone.is_(j, _C) for j in beyond) else None
    return "carboxylic acid" if any(backbone.hydrogens[i] for i in oxygens) else "carboxylate"


def _on_nitrogen(backbone: Backbone, oxygen: int, nitrogen: int) -> str | None:
    if backbone.aromatic_rings(nitrogen, 6):
        return "n-oxide"
    carbons = backbone.bonded(nitrogen, _C)
    if len(carbons) == 1 and len(backbone.near[nitrogen]) == 2:
        is_double = backbone.length(nitrogen, carbons[0]) < _LONGEST_OXIME
        return "oxime" if is_double and not backbone.aromatic_rings(carbons[0]) else None
    if len(carbons) != 2 or len(backbone.near[nitrogen]) != 3 or backbone.hydrogens[oxygen]:
        return None
    if not 1.24 < backbone.length(nitrogen, oxygen) < 1.33:
        return None
    if all(_is_single(backbone, nitrogen, c) for c in carbons):
        return "nitroxide"
    is_nitronyl = any(
        other != nitrogen and len(backbone.near[other]) == 3 and backbone.bonded(other, _O)
        for c in carbons
        for other in backbone.bonded(c, _N)
    )
    return "nitroxide" if is_nitronyl else None


def _is_single(backbone: Backbone, nitrogen: int, carbon: int) -> bool:
    shortest = _SHORTEST_ARYL if backbone.aromatic_rings(carbon) else SHORTEST_AMINE
    return backbone.length(nitrogen, carbon) > shortest
