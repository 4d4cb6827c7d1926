"""Ligand: what hangs together when the bonds to metals are cut."""

from dataclasses import dataclass
from typing import Final

UNDECIDED: Final = "bond lengths do not tell between two charges"
"""The note on a ligand that may be a radical, or have a charge that its lengths leave open."""


@dataclass(frozen=True, slots=True)
class Ligand:
    """One ligand of a complex.

    atoms: indices into the complex, ascending. donors: (metal, donor) pairs of atom indices.
    denticity: donors to the metal that it binds most (a side-on group counts once);
    hapticity: largest number of contiguous donors to one metal (1: no side-on group).
    n_metals: metals that it binds (above 1: bridging). donor_set: its donors, such as "N2O2".
    smiles: of the free ligand; smiles_note: why there is none, or what to know of it.
    charge: of the free ligand (e), None: not known.
    classes: names of `ligand_class`.
    """

    atoms: tuple[int, ...]
    donors: tuple[tuple[int, int], ...]
    formula: str
    denticity: int
    hapticity: int
    n_metals: int
    donor_set: str
    smiles: str | None = None
    smiles_note: str | None = None
    charge: int | None = None
    classes: tuple[str, ...] = ()

    @property
    def is_undecided(self) -> bool:
        """Whether it has no charge because its bond lengths fit two."""
        return self.smiles_note == UNDECIDED
