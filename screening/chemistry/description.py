"""Description: what is known of a complex."""

from dataclasses import dataclass

from screening.chemistry.ligands.ligand import Ligand
from screening.chemistry.rule import Flag
from screening.chemistry.site import MetalSite


@dataclass(frozen=True, slots=True)
class Description:
    """What a complex is.

    metals: distinct symbols, sorted; nuclearity: number of metal centres; molar_mass: g/mol.
    content_key, determination_key, compound_key, skeleton_key: see `identity`.
    charge: of the complex (e), charge_reason: from what it is known.
    flags: the plausibility rules that apply.
    """

    formula: str
    metals: tuple[str, ...]
    nuclearity: int
    molar_mass: float
    metal_sites: tuple[MetalSite, ...]
    content_key: str
    compound_key: str
    skeleton_key: str
    determination_key: str | None = None
    ligands: tuple[Ligand, ...] = ()
    charge: int | None = None
    charge_reason: str | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def ligand_classes(self) -> tuple[str, ...]:
        """Names of all classes that a ligand has, sorted."""
        return tuple(sorted({name for ligand in self.ligands for name in ligand.classes}))
