"""Quinones: two O on a ring of six carbons, and which of their three states the lengths tell."""

from collections.abc import Iterator
from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.ring import Ring

_C, _O = 6, 8
_LONGEST_QUINONE: Final = 1.265
_SEMIQUINONATE: Final = (1.265, 1.315)
_SHORTEST_CATECHOLATE: Final = 1.325
"""Angstrom: C-O is about 1.23, 1.29 and 1.35 in the three states (background).

That the lengths of crystals tell the states apart: O. Carugo et al., J. Chem. Soc., Dalton Trans.
1992, 837; the limits are our choice, and what lies between them is not named.
"""
_ORTHO, _PARA = 1, 3


def quinone_classes(backbone: Backbone) -> Iterator[str]:
    """Name the states of pairs of O: quinone (ortho or para), semiquinonate and catecholate.

    The last two only where both O are on one metal. A ring of more than two O (an anilate), whose
    lengths mean something else, is not named.
    """
    if not any(backbone.is_(i, _O) for i in backbone.metals):
        return
    for ring, oxygens in _rings(backbone):
        if not backbone.metals.keys().isdisjoint(oxygens.values()):
            state = _state(backbone, ring, oxygens)
            if state:
                yield state


def is_no_phenol(backbone: Backbone, carbon: int) -> bool:
    """Whether the O of a ring carbon belongs to a quinone, a semiquinonate or an anilate."""
    for ring, oxygens in _rings(backbone):
        if carbon in oxygens and (
            _state(backbone, ring, oxygens) in {"quinone", "semiquinonate"}
            or (len(oxygens) > 2 and backbone.length(carbon, oxygens[carbon]) < _SEMIQUINONATE[1])
        ):
            return True
    return False


def _rings(backbone: Backbone) -> Iterator[tuple[Ring, dict[int, int]]]:
    """Flat rings of six carbons with two O or more, and these by their carbons."""
    for ring in backbone.rings:
        oxygens = _oxygens(backbone, ring)
        if len(oxygens) < 2 or backbone.formula(ring) != (_C,) * 6:
            continue
        if all(backbone.is_flat(i) for i in ring):
            yield ring, oxygens


def _oxygens(backbone: Backbone, ring: Ring) -> dict[int, int]:
    """The O of a ring that bind nothing else but metals, by their carbons."""
    return {
        i: oxygen
        for i in ring
        for oxygen in backbone.bonded(i, _O)
        if len(backbone.near[oxygen]) == 1 and not backbone.hydrogens[oxygen]
    }


def _state(backbone: Backbone, ring: Ring, oxygens: dict[int, int]) -> str | None:
    if len(oxygens) != 2:
        return None
    a, b = oxygens
    apart = abs(ring.index(a) - ring.index(b))
    apart = min(apart, len(ring) - apart)
    shorter, longer = sorted(backbone.length(i, oxygens[i]) for i in (a, b))
    if longer < _LONGEST_QUINONE:
        return "quinone" if apart in {_ORTHO, _PARA} else None
    if apart != _ORTHO or not backbone.chelates(oxygens[a], oxygens[b]):
        return None
    if _SEMIQUINONATE[0] <= shorter and longer < _SEMIQUINONATE[1]:
        return "semiquinonate"
    return "catecholate" if shorter >= _SHORTEST_CATECHOLATE else None
