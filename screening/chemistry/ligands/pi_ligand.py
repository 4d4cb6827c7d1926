"""Pi ligands and carbon donors."""

from collections.abc import Iterator
from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.elements import HALOGENS

_C, _N, _O = 6, 7, 8
_ON_ALKYL: Final = frozenset({_C, 14, 32, 50, *HALOGENS})
"""C, Si, Ge, Sn and halogens: CH2SiMe3 and CF3 are alkyls; what has N, P or S may be an ylide."""
_PYRAMIDAL: Final = 340.0
"""Degrees: sum of the angles at a carbon; 328 in a tetrahedron, 360 in a plane."""
_SHORT: Final = 1.40
"""Angstrom: C=C of an alkenyl is 1.32-1.38; C-C beside C=O, or beside a carbene, 1.45-1.53."""
_CARBONYL: Final = 1.27
"""Angstrom: C=O of an acyl is 1.19-1.25, C-O of an alkoxycarbene 1.28-1.36."""
_OPEN: Final = {2: "alkene", 3: "allyl", 4: "diene", 5: "pentadienyl", 6: "triene"}
_CLOSED: Final = {
    4: "cyclobutadienyl",
    5: "cyclopentadienyl",
    6: "arene",
    7: "cycloheptatrienyl",
    8: "cyclooctatetraenyl",
}


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
    for ring in backbone.aromatic_rings(group[0]):
        if set(group) <= set(ring) and all(backbone.is_(i, _C) for i in ring):
            return _CLOSED[len(ring)]  # a part of it: tris(cyclopentadienyl)manganese, eta-2
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
    return _by_neighbours(backbone, carbon)


def _by_neighbours(backbone: Backbone, carbon: int) -> str | None:
    """Name a donor C that is neither in an aromatic ring nor at the end of a straight group."""
    near, n = backbone.near[carbon], len(backbone.around[carbon])
    if oxygens := backbone.bonded(carbon, _O):
        return _with_oxygen(backbone, carbon, oxygens)
    if n == 2 and any(_is_double(backbone, carbon, j) for j in near):
        return "alkenyl"
    is_alkyl = n == 3 and all(backbone.elements[j] in _ON_ALKYL for j in near)
    return "alkyl" if is_alkyl and _is_sp3(backbone, carbon) else None


def _with_oxygen(backbone: Backbone, carbon: int, oxygens: list[int]) -> str | None:
    """Name a donor C with one O and, beside it, one C (or H): RC(=O) or RC(OR)."""
    others = [j for j in backbone.around[carbon] if j not in oxygens]
    if len(oxygens) != 1 or len(others) != 1 or backbone.elements[others[0]] not in {1, _C}:
        return None
    (oxygen,) = oxygens
    if len(backbone.around[oxygen]) == 1:
        return "acyl" if backbone.length(carbon, oxygen) < _CARBONYL else None
    if _is_double(backbone, carbon, others[0]):
        return "alkenyl"
    return "alkoxycarbene" if backbone.bonded(oxygen, _C) != [carbon] else None


def _is_double(backbone: Backbone, carbon: int, other: int) -> bool:
    """Whether a donor C has a double bond to *other*, a flat carbon that is in no aromatic ring."""
    return (
        backbone.is_(other, _C)
        and not backbone.aromatic_rings(other)
        and len(backbone.around[other]) <= 3
        and backbone.length(carbon, other) < _SHORT
    )


def _is_sp3(backbone: Backbone, carbon: int) -> bool:
    """Three neighbours by single bonds, or that stand like those of a tetrahedron."""
    if all(backbone.length(carbon, j) > 1.44 for j in backbone.near[carbon] if backbone.is_(j, _C)):
        return True
    return sum(backbone.angles(carbon, backbone.around[carbon])) < _PYRAMIDAL
