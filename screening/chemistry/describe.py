"""Complex to description: formula, metals and what surrounds each metal."""

from collections import Counter
from dataclasses import dataclass

import gemmi
import numpy as np

from screening.chemistry.identity import compound_key, content_key, skeleton_key
from screening.crystal.complex import Complex, Determination
from screening.crystal.formula import hill
from screening.elements import METAL_CENTRES, METALS, symbol


@dataclass(frozen=True, slots=True)
class MetalSite:
    """One metal of a complex and its donors; distances in angstrom, None without donors.

    coordination_number: bonded atoms that are no metal; each carbon of a side-on ligand counts,
    so ferrocene has 10.
    donor_set: the donors in Hill order, such as "N2O4".
    """

    atom_index: int
    label: str
    element: str
    coordination_number: int
    donor_set: str
    mean_distance: float | None
    min_distance: float | None
    max_distance: float | None


@dataclass(frozen=True, slots=True)
class Description:
    """What a complex is.

    metals: distinct symbols, sorted; nuclearity: number of metal centres; molar_mass: g/mol.
    content_key, compound_key, skeleton_key: see `identity`.
    """

    formula: str
    metals: tuple[str, ...]
    nuclearity: int
    molar_mass: float
    metal_sites: tuple[MetalSite, ...]
    content_key: str
    compound_key: str
    skeleton_key: str


def describe(complex_: Complex, determination: Determination | None = None) -> Description:
    """Describe a complex; with its determination the content key also covers cell and name."""
    numbers = complex_.atomic_numbers.tolist()
    centres = [i for i, z in enumerate(numbers) if z in METAL_CENTRES]
    donors: dict[int, list[int]] = {i: [] for i in centres}
    for a, b in complex_.bonds.tolist():
        for metal, donor in ((a, b), (b, a)):
            if metal in donors and numbers[donor] not in METALS:
                donors[metal].append(donor)
    counts = Counter(numbers)
    return Description(
        formula=hill(numbers),
        metals=tuple(sorted({symbol(numbers[i]) for i in centres})),
        nuclearity=len(centres),
        molar_mass=float(sum(gemmi.Element(z).weight * n for z, n in counts.items())),
        metal_sites=tuple(_metal_site(complex_, i, donors[i]) for i in centres),
        content_key=content_key(complex_, determination),
        compound_key=compound_key(complex_),
        skeleton_key=skeleton_key(complex_),
    )


def _metal_site(complex_: Complex, index: int, donors: list[int]) -> MetalSite:
    distances = np.linalg.norm(complex_.positions[donors] - complex_.positions[index], axis=1)
    return MetalSite(
        atom_index=index,
        label=complex_.labels[index],
        element=symbol(int(complex_.atomic_numbers[index])),
        coordination_number=len(donors),
        donor_set=hill(complex_.atomic_numbers[donors]).replace(" ", ""),
        mean_distance=float(distances.mean()) if donors else None,
        min_distance=float(distances.min()) if donors else None,
        max_distance=float(distances.max()) if donors else None,
    )
