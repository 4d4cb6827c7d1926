"""Mononuclear salen complexes of 3d metals: planar, square-pyramidal and octahedral."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np

from screening.sample.builder import Builder
from screening.sample.ligands import monodentate, oxide
from screening.sample.molecule import Molecule, finish
from screening.sample.radii import donor_distance
from screening.sample.recipe import Recipe
from screening.sample.salen import BRIDGES, Salen, draw_salen

_UP: Final = np.array([0.0, 0.0, 1.0])
_CENTRES: Final[tuple[tuple[str, int, tuple[str, ...]], ...]] = (
    ("Ni", 2, ()),
    ("Cu", 2, ()),
    ("Co", 2, ()),
    ("Co", 2, ("py", "py")),
    ("Zn", 2, ("py",)),
    ("Zn", 2, ("H2O",)),
    ("V", 4, ("oxide",)),
    ("Fe", 3, ("Cl",)),
    ("Mn", 3, ("Cl",)),
    ("Mn", 3, ("N3",)),
    ("Mn", 3, ("MeOH", "MeOH")),
    ("Mn", 3, ("H2O", "H2O")),
    ("Mn", 3, ("NCS", "MeOH")),
)
_GROUPS: Final = (
    ("H", "H"), ("OMe", "H"), ("H", "OMe"), ("tBu", "tBu"), ("H", "Br"), ("H", "NO2"), ("H", "Cl"),
    ("Me", "H"), ("H", "Me"), ("OMe", "Br"), ("H", "tBu"),
)  # fmt: skip
_JAHN_TELLER: Final = 0.28
"""How much longer the axial bonds of Mn(III) are than the ionic radii say, angstrom."""


def _build(metal: str, charge: int, axial: tuple[str, ...], salen: Salen) -> Molecule:
    b = Builder()
    number = 4 + len(axial)
    ion = f"{metal}{charge}"
    # The axis of Mn(III) is long and its N2O2 plane short, as at coordination number 5.
    plane = 5 if metal == "Mn" else number
    lengths = (donor_distance(ion, plane, "N-imine"), donor_distance(ion, plane, "O"))
    centre = b.metal(metal, np.zeros(3), charge)
    draw_salen(b, centre, salen, lengths, np.eye(3))
    for name, way in zip(axial, (_UP, -_UP), strict=False):
        if name == "oxide":
            oxide(b, centre, way)
            continue
        draw, donor = monodentate(name)
        stretch = _JAHN_TELLER if metal == "Mn" and number == 6 else 0.05
        draw(b, centre, way, donor_distance(ion, number, donor) + stretch)
    return finish(b)


def recipes() -> Iterator[Recipe]:
    """Every combination of centre, bridge and substituents that the family knows."""
    for metal, charge, axial in _CENTRES:
        for bridge in BRIDGES:
            for ortho, para in _GROUPS:
                salen = Salen(bridge, ortho, para)
                tags = {"salen", f"CN{4 + len(axial)}", *axial}
                if para == "NO2":
                    tags.add("electron-poor")
                twofold = not axial and bridge in {"en", "cy"} and "tBu" not in (ortho, para)
                yield Recipe(
                    family="salen",
                    name=f"[{metal}(salen-{bridge}-3-{ortho}-5-{para}){_text(axial)}]",
                    metals=(metal,),
                    tags=frozenset(tags),
                    build=partial(_build, metal, charge, axial, salen),
                    symmetry="twofold" if twofold else "none",
                )


def _text(axial: tuple[str, ...]) -> str:
    return "".join(f"({name})" for name in axial)
