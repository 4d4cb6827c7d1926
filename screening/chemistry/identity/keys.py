"""Keys that say when two complexes are the same measurement, compound or skeleton."""

from typing import Final

import numpy as np

from screening.chemistry.identity.colouring import digest
from screening.chemistry.identity.constitution import Constitution
from screening.crystal.complex import Complex, Determination
from screening.elements import HALOGENS, LANTHANIDES, symbol

_YTTRIUM = 39
SKELETON_NAMES: Final = {
    **dict.fromkeys((*LANTHANIDES, _YTTRIUM), "Ln"),
    **dict.fromkeys(HALOGENS, "Hal"),
}
"""Atomic numbers that the skeleton key calls by another name than the compound key."""


def content_key(complex_: Complex, determination: Determination | None = None) -> str:
    """Hash of what was measured: elements, distances to the centroid (0.001 angstrom), and cell.

    The same block read again gives the same key; another temperature, cell or name does not, nor
    the same atoms with a disorder that they had not. Of a molecule without a crystal, name, charge
    and what else its file states tell it apart.
    """
    positions = complex_.positions
    apart = positions - positions.sum(axis=0) / len(positions)
    distances = np.sqrt((apart * apart).sum(axis=1)).round(3)
    atoms = sorted(zip(complex_.atomic_numbers.tolist(), distances.tolist(), strict=True))
    parts: list[object] = [atoms]
    if determination is not None:
        parts += [
            determination.identifier,
            determination.cell and [round(x, 4) for x in determination.cell],
            determination.temperature_k,
            determination.charge,
            determination.stated,
        ]
    disorder = (complex_.is_disordered, complex_.metal_disordered, complex_.donor_disordered)
    if any(disorder):
        parts.append(disorder)
    return digest(repr(parts))


def compound_key(constitution: Constitution) -> str:
    """Hash of what a chemist calls one compound: its ligands, and which of them binds which metal.

    Does not depend on hydrogens, stereochemistry, atom order, cell or setting.
    """
    return constitution.key(symbol)


def skeleton_key(constitution: Constitution) -> str:
    """Like `compound_key`, with one symbol for all lanthanides and Y, and one for all halogens.

    Scandium keeps its own: its radius is 0.745 angstrom against 0.861 (Lu) to 1.032 (La), for six
    donors (Shannon, Acta Cryst. A 1976, 32, 751).
    """
    return constitution.key(_skeleton_symbol)


def _skeleton_symbol(z: int) -> str:
    return SKELETON_NAMES.get(z) or symbol(z)
