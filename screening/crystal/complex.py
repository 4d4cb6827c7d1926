"""Complex: one molecule, of a crystal structure determination or of a file without a crystal."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Determination:
    """What a data block says of the crystal and of where it was published.

    cell: (a, b, c, alpha, beta, gamma) in angstrom and degrees; None: a molecule without a crystal.
    identifier: what to call it on screen: refcode, else COD id, else CCDC number, else block name.
    refcode: CSD refcode, six letters and optionally two digits.
    charge: of the molecule, where the file states it (e).
    stated: what else the file says of the molecule, such as the key=value pairs of an xyz comment.
    """

    identifier: str
    cell: tuple[float, float, float, float, float, float] | None
    space_group: str | None = None
    refcode: str | None = None
    cod_id: int | None = None
    ccdc_number: int | None = None
    doi: str | None = None
    year: int | None = None
    compound_name: str | None = None
    formula_sum: str | None = None
    formula_moiety: str | None = None
    temperature_k: float | None = None
    r_factor: float | None = None
    is_synthetic: bool = False
    charge: int | None = None
    stated: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """A molecule or ion that is left out of the complexes, and how many the unit cell holds."""

    formula: str
    count: int
    kind: str  # "solvent", "counter-ion" or "other"


@dataclass(frozen=True, slots=True, eq=False)
class Complex:
    """One molecule that holds at least one metal, grown through symmetry until closed.

    atomic_numbers: (n,) uint8.
    positions: (n, 3) float64, Cartesian, angstrom.
    labels: n atom-site labels of the CIF (symmetry copies repeat a label).
    bonds: (m, 2) int32 atom indices, i < j.
    donor_disordered: an atom that binds a metal is disordered.
    missing_hydrogens: how many of them the file's formula has and its atoms lack; None: not known.
    """

    atomic_numbers: NDArray[np.uint8]
    positions: NDArray[np.float64]
    labels: tuple[str, ...]
    bonds: NDArray[np.int32]
    is_disordered: bool = False
    metal_disordered: bool = False
    donor_disordered: bool = False
    missing_hydrogens: int | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A data block with at least one discrete complex."""

    determination: Determination
    complexes: tuple[Complex, ...]
    components: tuple[Component, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A data block that holds no usable complex; the code is one of `verdict.CODES`."""

    code: str
    reason: str
    determination: Determination | None = None


@dataclass(frozen=True, slots=True)
class BlockVerdict:
    """What became of one data block (or of a whole file that has none)."""

    position: int
    name: str
    line: int | None
    outcome: Accepted | Rejected
    text_notes: tuple[str, ...] = field(default=())
