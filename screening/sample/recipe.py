"""Recipe: one compound that the sample can make, and what the synthetic rule sees of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from screening.sample.molecule import Molecule

Symmetry = Literal["none", "inversion", "twofold"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A compound.

    name: formula in the short hand of chemists; unique.
    metals: element symbols, most telling first.
    tags: words on geometry and ligands that the rule of `findings` reads.
    build: draws and relaxes the molecule.
    symmetry: element through the origin of the drawing; "twofold" is the y axis.
    """

    family: str
    name: str
    metals: tuple[str, ...]
    tags: frozenset[str]
    build: Callable[[], Molecule]
    symmetry: Symmetry = "none"
