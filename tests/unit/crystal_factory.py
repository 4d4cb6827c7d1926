"""Hand-made crystals of invented molecules, as CIF text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from screening.crystal.complex import Accepted, Rejected
from screening.crystal.read import read_file

CELL = (15.0, 16.0, 17.0, 90.0, 90.0, 90.0)
AXES = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], dtype=float)


@dataclass(frozen=True)
class Atom:
    element: str
    xyz: tuple[float, float, float]
    occupancy: float = 1.0
    assembly: str = "."
    group: str = "."


def orthogonal(cell: Sequence[float]) -> NDArray[np.float64]:
    a, b, c, alpha, beta, gamma = cell
    ca, cb, cg = (np.cos(np.radians(x)) for x in (alpha, beta, gamma))
    sg = np.sin(np.radians(gamma))
    z = c * (ca - cb * cg) / sg
    return np.array(
        [[a, b * cg, c * cb], [0, b * sg, z], [0, 0, np.sqrt(c**2 - (c * cb) ** 2 - z**2)]]
    )


def cif(
    atoms: Iterable[Atom],
    *,
    cell: Sequence[float] = CELL,
    operations: Sequence[str] = ("x,y,z",),
    extra: str = "",
    name: str = "made",
    symmetry: str | None = None,
) -> str:
    inverse = np.linalg.inv(orthogonal(cell))
    names = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
    lines = [f"data_{name}", "_smmdb_synthetic yes"]
    lines += [f"_cell_{n} {v}" for n, v in zip(names, cell, strict=True)]
    lines += [extra]
    if symmetry is None:
        lines += ["loop_", "_space_group_symop_operation_xyz", *(f"'{o}'" for o in operations)]
    else:
        lines += [symmetry]
    lines += ["loop_"]
    lines += [
        f"_atom_site_{column}"
        for column in (
            "label",
            "type_symbol",
            "fract_x",
            "fract_y",
            "fract_z",
            "occupancy",
            "disorder_assembly",
            "disorder_group",
        )
    ]
    for i, atom in enumerate(atoms):
        x, y, z = inverse @ np.array(atom.xyz)
        lines.append(
            f"{atom.element}{i + 1} {atom.element} {x:.6f} {y:.6f} {z:.6f} "
            f"{atom.occupancy} {atom.assembly} {atom.group}"
        )
    return "\n".join(lines) + "\n"


def methoxide(metal: str, distance: float = 2.1, centre: Sequence[float] = (5, 5, 5)) -> list[Atom]:
    """Octahedral M(OC)6, without hydrogens: coordination number 6, donors O6."""
    origin = np.array(centre, dtype=float)
    atoms = [Atom(metal, tuple(origin))]
    for axis in AXES:
        atoms.append(Atom("O", tuple(origin + distance * axis)))
        atoms.append(Atom("C", tuple(origin + (distance + 1.42) * axis)))
    return atoms


def moved(atoms: Iterable[Atom], shift: Sequence[float]) -> list[Atom]:
    return [replace(a, xyz=tuple(np.array(a.xyz) + np.array(shift))) for a in atoms]


def ring(element: str, n: int, radius: float, height: float, centre: Sequence[float]) -> list[Atom]:
    """A flat ring above *centre*."""
    angles = 2 * np.pi * np.arange(n) / n
    return [
        Atom(
            element,
            (centre[0] + radius * np.cos(t), centre[1] + radius * np.sin(t), centre[2] + height),
        )
        for t in angles
    ]


def accept(text: str) -> Accepted:
    (verdict,) = read_file(text.encode(), "made.cif")
    assert isinstance(verdict.outcome, Accepted), verdict.outcome
    return verdict.outcome


def reject(text: str | bytes) -> Rejected:
    data = text.encode() if isinstance(text, str) else text
    (verdict,) = read_file(data, "made.cif")
    assert isinstance(verdict.outcome, Rejected), verdict.outcome
    return verdict.outcome
