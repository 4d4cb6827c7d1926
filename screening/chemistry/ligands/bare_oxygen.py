"""Bare oxygen: a lone O drawn without hydrogens, told by the valence of its bonds to metals."""

from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.lengths import AQUA_OR_AMMINE, MULTIPLE
from screening.chemistry.oxidation.bond_valence import bond_valence_range
from screening.elements import symbol

_SHORT_OXIDES: Final = frozenset({24, 25, 26, 27, 28})
"""Cr to Ni: their terminal oxides are of states that no R0 is known for, such as Fe(IV)."""
_LIMITS: Final = (
    (0.50, "aqua"),
    (0.65, "hydroxo or aqua"),
    (1.35, "hydroxo"),
    (1.50, "oxo or hydroxo"),
    (float("inf"), "oxo"),
)
"""Highest valence that the metals give an O of each kind.

In 539 waters with hydrogens of CIF files and of the spin set it is 0.11-0.64, in 10 terminal
hydroxides 0.58-0.87, in 37 oxides 1.6-2.1; bridging hydroxides have 1.0-1.2, as published for
manganese and iron clusters, whose oxides have 1.8-2.0. Between them both kinds are named.
"""


def bare_oxygen_class(backbone: Backbone, atom: int) -> str | None:
    """Name a lone O drawn without hydrogens; None where nothing tells.

    Whatever else the file draws: hydrogens of water and hydroxide are those that are left out most.
    """
    metals = backbone.metals.get(atom, [])
    ratio = backbone.metal_ratio(atom) if len(metals) == 1 else None
    if ratio is not None and ratio < MULTIPLE and backbone.elements[metals[0]] in _SHORT_OXIDES:
        return "oxo"
    valence = oxygen_valence(backbone, atom)
    if valence is not None:
        return next(name for most, name in _LIMITS if valence <= most)
    # metals without R0
    if ratio is None:
        return "oxo" if backbone.has_hydrogens and metals else None
    if ratio < MULTIPLE:
        return "oxo"
    return "aqua" if ratio > AQUA_OR_AMMINE else None


def is_oxide_by_valence(backbone: Backbone, atom: int) -> bool:
    """Whether the lengths alone make it an oxide, so that no hydrogen can be lost from it."""
    valence = oxygen_valence(backbone, atom)
    return valence is not None and valence > _LIMITS[-2][0]


def oxygen_valence(backbone: Backbone, atom: int) -> float | None:
    """What the metals of an O give it, valence units; None without metals, or without R0 of one.

    Of each metal the middle of what its oxidation states give.
    """
    found = _valences(backbone, atom)
    return None if found is None else sum(found) / 2


def most_oxygen_valence(backbone: Backbone, atom: int) -> float | None:
    """The same with the oxidation states that give most: Cu(II) where Cu(I) is known too."""
    found = _valences(backbone, atom)
    return None if found is None else found[1]


def _valences(backbone: Backbone, atom: int) -> tuple[float, float] | None:
    metals = backbone.metals.get(atom, [])
    ranges = [
        bond_valence_range(symbol(backbone.elements[metal]), "O", backbone.length(atom, metal))
        for metal in metals
    ]
    known = [found for found in ranges if found is not None]
    if not known or len(known) < len(ranges):
        return None
    return sum(least for least, _ in known), sum(most for _, most in known)
