"""Small ligands: named by their heavy atoms, and by what hydrogens or lengths tell."""

from collections.abc import Callable
from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.bare_oxygen import bare_oxygen_class
from screening.chemistry.ligands.lengths import AQUA_OR_AMMINE, MULTIPLE
from screening.elements import HALOGENS, LANTHANIDES, symbol
from screening.formula import hill

_CENTRED: Final = {
    ("N", "N O2"): "nitrite",
    ("N", "N O3"): "nitrate",
    ("C", "C O3"): "carbonate",
    ("S", "O4 S"): "sulfate",
    ("P", "O4 P"): "phosphate",
    ("As", "As O4"): "arsenate",
    ("Cl", "Cl O4"): "perchlorate",
    ("B", "B F4"): "tetrafluoroborate",
    ("P", "F6 P"): "hexafluorophosphate",
    ("As", "As F6"): "hexafluoroarsenate",
    ("Sb", "F6 Sb"): "hexafluoroantimonate",
    ("Si", "F6 Si"): "hexafluorosilicate",
    ("Cl", "Cl O3"): "chlorate",
    ("Br", "Br O3"): "bromate",
    ("I", "I O3"): "iodate",
    ("S", "O2 S"): "sulfur dioxide",
    ("C", "C S2"): "carbon disulfide",
    ("C", "C N O"): "cyanate",
    ("N", "C N O"): "fulminate",
    ("C", "C N S"): "thiocyanate",
    ("C", "C N Se"): "selenocyanate",
    ("N", "N3"): "azide",
    ("S", "O3 S"): "sulfite",
    ("S", "O3 S2"): "thiosulfate",
    ("Se", "O4 Se"): "selenate",
    ("Se", "O3 Se"): "selenite",
    ("C", "C S3"): "trithiocarbonate",
}
"""By the heavy atom that is bonded to all others, and by all of them."""
_PAIRS: Final = {
    "C O": "carbonyl",
    "C N": "cyanide",
    "N O": "nitrosyl",
    "N2": "dinitrogen",
    "O2": "dioxygen",
    "S2": "disulfido",
}
_LONGEST_PAIR: Final = 1.28
"""Angstrom: CO, CN-, NO, N2 are 1.09-1.22; methanol and methylamine without hydrogens 1.40-1.50."""
_AMMINE_OF_LANTHANIDE: Final = 0.895
"""Of a lanthanide a bond to a lone N this long or longer is to ammonia, in sums of the radii."""
_LONGEST_PAIRS: Final = {"S2": 2.5, "N2": 1.55}
"""Angstrom; in N2 4- it is 1.50."""
_LONGEST_BARE_N2: Final = 1.42
"""Angstrom: hydrazine without its hydrogens is 1.43-1.47."""
_O2_LIMITS: Final = ((1.25, "dioxygen"), (1.37, "superoxo"), (float("inf"), "peroxo"))
"""Angstrom; O2 1.21, superoxo 1.28-1.34, peroxo 1.40-1.50."""


def small_class(backbone: Backbone) -> str | None:
    """Class of a ligand of no to eight heavy atoms that its formula names; else None."""
    atoms = backbone.atoms
    if len(atoms) > 8:
        return None
    if len(atoms) < 2:
        return _single(backbone, atoms[0]) if atoms else "hydride"
    formula = hill([backbone.elements[i] for i in atoms])
    if formula in _PAIRS:
        return _pair(backbone, formula)
    for centre in [i for i in atoms if len(backbone.near[i]) == len(atoms) - 1]:
        if name := _CENTRED.get((symbol(backbone.elements[centre]), formula)):
            return name
    if formula not in _EACH:
        return None
    name, is_it = _EACH[formula]
    return name if all(is_it(backbone, i) for i in atoms if backbone.is_(i, 6)) else None


def _pair(backbone: Backbone, formula: str) -> str | None:
    length = backbone.length(*backbone.atoms)
    if formula == "O2":
        return next(name for longest, name in _O2_LIMITS if length <= longest)
    by_oxygen = formula == "C O" and not any(backbone.is_(i, 6) for i in backbone.metals)
    bare = not by_oxygen and not any(backbone.hydrogens.values())
    longest = _LONGEST_PAIRS.get(formula, _LONGEST_PAIR)
    if formula == "N2" and not backbone.has_hydrogens:
        longest = _LONGEST_BARE_N2
    return _PAIRS[formula] if length < longest and bare else None


def _single(backbone: Backbone, atom: int) -> str | None:
    element, n_hydrogens = backbone.elements[atom], backbone.hydrogens[atom]
    if element in HALOGENS:
        return "halide"
    if element == 8:
        bare = None if n_hydrogens else bare_oxygen_class(backbone, atom)
        return {0: bare, 1: "hydroxo"}.get(n_hydrogens, "aqua")
    if element == 7 and n_hydrogens in {0, 3}:
        return "ammine" if n_hydrogens else _bare_nitrogen(backbone, atom)
    if element == 16 and n_hydrogens < 2:
        return "hydrosulfido" if n_hydrogens else "sulfido"
    return "borohydride" if element == 5 and n_hydrogens == 4 else None


def _bare_nitrogen(backbone: Backbone, atom: int) -> str | None:
    """Name an N drawn without hydrogens; None where it may have one."""
    metals = backbone.metals.get(atom, [])
    if len(metals) != 1:
        return "nitrido" if backbone.has_hydrogens and metals else None
    ratio = backbone.metal_ratio(atom)
    if ratio < MULTIPLE:
        return "nitrido"
    is_lanthanide = backbone.elements[metals[0]] in LANTHANIDES
    return (
        "ammine" if ratio > (_AMMINE_OF_LANTHANIDE if is_lanthanide else AQUA_OR_AMMINE) else None
    )


def _is_oxalic(backbone: Backbone, carbon: int) -> bool:
    return len(backbone.bonded(carbon, 8)) == 2


def _is_cyano(backbone: Backbone, carbon: int) -> bool:
    """A cyano carbon, or the one that three of them are bonded to."""
    n_carbon = len(backbone.bonded(carbon, 6))
    return n_carbon == 3 or (n_carbon == 1 and backbone.is_linear(carbon))


def _is_squaric(backbone: Backbone, carbon: int) -> bool:
    return (len(backbone.bonded(carbon, 8)), len(backbone.bonded(carbon, 6))) == (1, 2)


_EACH: Final[dict[str, tuple[str, Callable[[Backbone, int], bool]]]] = {
    "C2 N3": ("dicyanamide", Backbone.is_linear),
    "C4 N3": ("tricyanomethanide", _is_cyano),
    "C2 O4": ("oxalate", _is_oxalic),
    "C4 O4": ("squarate", _is_squaric),
}
"""By heavy atoms: the class, and what must hold for each carbon."""
