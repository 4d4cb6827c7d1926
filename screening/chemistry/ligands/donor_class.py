"""Donor classes: ligands named by the group that a donor atom belongs to."""

from collections.abc import Callable, Iterator
from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.nitrogen_donor import nitrogen_class
from screening.chemistry.ligands.oxygen_donor import oxygen_class
from screening.elements import HALOGENS

_C, _N, _O, _SI, _P, _S, _GE, _AS, _SE, _SB = 6, 7, 8, 14, 15, 16, 32, 33, 34, 51
_SILYLS: Final = {_SI: "silyl", _GE: "germyl"}
_PNICTANES: Final = {_P: "phosphine", _AS: "arsine", _SB: "stibine"}
_ESTERS: Final = {1: "phosphinite", 2: "phosphonite", 3: "phosphite"}
"""By the number of O on P."""
_DITHIO_ACIDS: Final = {0: "dithiophosphinate", 1: "dithiophosphonate", 2: "dithiophosphate"}
"""By the number of O on P, beside two S."""
_THIOLATES: Final = {_S: "thiolate", _SE: "selenolate"}
_THIOETHERS: Final = {_S: "thioether", _SE: "selenoether"}
_SHORTEST_THIOLATE: Final = {_S: 1.70, _SE: 1.84}
"""Angstrom: to carbon; a thione is 1.62-1.70, a selone 1.78-1.84."""


def donor_classes(backbone: Backbone) -> Iterator[str]:
    """Name the groups of all donors that bind end-on, or side by side through lone pairs."""
    for groups in backbone.donors.values():
        for group in groups:
            for atom in group if backbone.binds_end_on(group) else ():
                rule = _RULES.get(backbone.elements[atom])
                if rule and (name := rule(backbone, atom)):
                    yield name


def _phosphorus(backbone: Backbone, phosphorus: int) -> str | None:
    near = backbone.near[phosphorus]
    if len(near) + backbone.hydrogens[phosphorus] != 3:
        return None
    elements = {backbone.elements[j] for j in near}
    if _O in elements:
        is_ester = elements <= {_C, _O} and backbone.is_(phosphorus, _P)
        return (
            _ESTERS[len(backbone.bonded(phosphorus, _O))] if is_ester and len(near) == 3 else None
        )
    plain = {_C, _N, _SI, *HALOGENS}
    return _PNICTANES[backbone.elements[phosphorus]] if elements <= plain else None


def _sulfur(backbone: Backbone, sulfur: int) -> str | None:
    near, element = backbone.near[sulfur], backbone.elements[sulfur]
    if any(not backbone.is_(j, _C) for j in near):
        return _not_on_carbon(backbone, sulfur)
    if len(near) == 2:
        return None if backbone.aromatic_rings(sulfur) else _THIOETHERS[element]
    if len(near) != 1 or backbone.hydrogens[sulfur]:
        return None
    carbon = near[0]
    others = {backbone.elements[j] for j in backbone.near[carbon] if j != sulfur}
    if others <= {_C}:
        is_single = backbone.length(sulfur, carbon) > _SHORTEST_THIOLATE[element]
        return _THIOLATES[element] if is_single else None
    is_ring = bool(backbone.aromatic_rings(carbon))
    return _of_thioacid(others, is_ring=is_ring) if element == _S else None


def _not_on_carbon(backbone: Backbone, sulfur: int) -> str | None:
    near = backbone.near[sulfur]
    if not backbone.is_(sulfur, _S):
        return None
    if len(near) == 1 and backbone.is_(near[0], _SI) and not backbone.hydrogens[sulfur]:
        return "silanethiolate"
    if len(near) == 1 and backbone.is_(near[0], _P):
        n_sulfur = sum(len(backbone.near[j]) == 1 for j in backbone.bonded(near[0], _S))
        n_oxygen = len(backbone.bonded(near[0], _O))
        return _DITHIO_ACIDS.get(n_oxygen) if n_sulfur == 2 else None
    return "sulfoxide" if len(near) == 3 and len(backbone.bonded(sulfur, _O)) == 1 else None


def _of_thioacid(others: set[int], *, is_ring: bool) -> str | None:
    """Name S on a carbon by the elements of what else is on that."""
    if _O in others and others <= {_C, _N, _O}:
        return "thiocarbamate" if _N in others else "thiocarboxylate"
    return "thioamide" if _N in others and (others <= {_C, _N} or is_ring) else None


def _silicon(backbone: Backbone, silicon: int) -> str | None:
    """Si or Ge between a metal and three groups, H among them."""
    n = len(backbone.near[silicon]) + backbone.hydrogens[silicon]
    return _SILYLS[backbone.elements[silicon]] if n == 3 else None


_RULES: Final[dict[int, Callable[[Backbone, int], str | None]]] = {
    _N: nitrogen_class,
    _O: oxygen_class,
    _SI: _silicon,
    _GE: _silicon,
    _P: _phosphorus,
    _AS: _phosphorus,
    _SB: _phosphorus,
    _S: _sulfur,
    _SE: _sulfur,
}
