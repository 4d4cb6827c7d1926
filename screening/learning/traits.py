"""Traits: what is known of a complex besides its grid; splits and baselines go by it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """One complex as chemistry and its source describe it; None where the source says nothing.

    metals: symbols of its metal centres, a symbol as often as the metal is there.
    atomic_numbers: (n,); positions: (n, 3) in angstrom; bonds: (m, 2) pairs of atoms.
    compound, skeleton: keys of its graph and of that with one symbol for the lanthanides and one
    for the halogens; crystal: what the determination is called; family: the first six letters of
    its refcode.
    ligand_classes: of all its ligands, each once. severities: of its plausibility flags, one each.
    """

    metals: tuple[str, ...]
    atomic_numbers: NDArray[np.integer]
    positions: NDArray[np.floating]
    bonds: NDArray[np.integer]
    compound: str
    skeleton: str
    crystal: str | None = None
    family: str | None = None
    doi: str | None = None
    year: int | None = None
    ligand_classes: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
