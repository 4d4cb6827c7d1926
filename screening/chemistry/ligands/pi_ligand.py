"""Pi ligands and carbon donors."""

from collections.abc import Iterator
from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.elements import HALOGENS

_C, _N = 6, 7
_ON_ALKYL: Final = frozenset({_C, 14, 32, 50, *HALOGENS})
"""C, Si, Ge, Sn and halogens: CH2SiMe3 and CF3 are alkyls; what has N, P or S may be an ylide."""
_PYRAMIDAL: Final = 340.0
"""Degrees: sum of the angles at a carbon; 328 in a tetrahedron, 360 in a plane."""
_OPEN: Final = {2: "alkene", 3: "allyl", 4: "diene"}
_CLOSED: Final = {4: "cyclobutadienyl", 5: "cyclopentadienyl", 6: "arene", 8: "cyclooctatetraenyl"}


def carbon_classes(backbone: Backbone) -> Iterator[str]:
    """Name how the carbons of the ligand bind: side-on rings and chains, or one by one."""
    for groups in backbone.donors.values():
        for group in groups:
            if all(backbone.is_(i, _C) for i in group):
                name = _side_on(backbone, group) if len(group) > 1 else _end_on(backbone, group[0])
                if name:
                    yield name
    if sum(backbone.is_(i, 5) for i in backbone.atoms) >= 5:
        yield "borane cluster"


def _side_on(backbone: Backbone, group: tuple[int, ...]) -> str | None:
    inside = [sum(j in group for j in backbone.near[i]) for i in group]
    if any(len(backbone.near[i]) + backbone.hydrogens[i] > 3 for i in group):
        return None  # sp3 carbon: drawn side-on by nearness only, or part of a cage
    if all(n == 2 for n in inside):
        return _CLOSED.get(len(group))
    if len(group) == 2 and all(len(backbone.near[i]) + backbone.hydrogens[i] < 3 for i in group):
        return _two_with_one_group_each(backbone, group)
    return _OPEN.get(len(group)) if sorted(inside)[:2] == [1, 1] and max(inside) < 3 else None


def _two_with_one_group_each(backbone: Backbone, group: tuple[int, ...]) -> str | None:
    """Alkyne, or an alkene whose hydrogens are lost: by angle, or by length without any angle."""
    angles = [
        backbone.angle(group[1 - k], group[k], j)
        for k in range(2)
        for j in backbone.near[group[k]]
        if j not in group
    ]
    if min(angles) > 135 if angles else backbone.length(*group) < 1.31:
        return "alkyne"
    return None if backbone.has_hydrogens else "alkene"


def _end_on(backbone: Backbone, carbon: int) -> str | None:
    near, n = backbone.near[carbon], len(backbone.around[carbon])
    if backbone.aromatic_rings(carbon):
        # three neighbours: a whole arene that only touches the metal
        ring = backbone.aromatic_rings(carbon)[0]
        return "aryl" if n == 2 and all(backbone.is_(i, _C) for i in ring) else None
    is_straight = len(near) == 1 and (
        backbone.is_linear(near[0]) or len(backbone.near[near[0]]) == 1
    )
    if is_straight and not backbone.hydrogens[carbon]:
        length = backbone.length(carbon, near[0])
        if backbone.is_(near[0], _N):
            return "isocyanide" if length < 1.25 else None
        return "alkynyl" if length < 1.27 else None
    if n != 3 or any(backbone.elements[j] not in _ON_ALKYL for j in near):
        return None
    return "alkyl" if _is_sp3(backbone, carbon) else None


def _is_sp3(backbone: Backbone, carbon: int) -> bool:
    """Three neighbours by single bonds, or that stand like those of a tetrahedron."""
    if all(backbone.length(carbon, j) > 1.44 for j in backbone.near[carbon] if backbone.is_(j, _C)):
        return True
    return sum(backbone.angles(carbon, backbone.around[carbon])) < _PYRAMIDAL
