"""Molecule: a finished geometry, and the checks that it must pass."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from screening.sample.builder import Builder
from screening.sample.geometry import Vector
from screening.sample.relax import relax
from screening.sample.terms import Terms, make_terms

_STRAIN: Final = 0.12
"""How far a bond may be from its length, angstrom."""
_SLACK: Final = 0.45
"""How far a contact may fall short of the bound that `terms` asks for, angstrom."""
_METAL_SLACK: Final = 0.12


@dataclass(frozen=True, slots=True)
class Site:
    """A metal of a molecule: the coordination number and donors that were built."""

    element: str
    coordination_number: int
    donors: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Molecule:
    """A molecule or ion at rest.

    positions: (n, 3) angstrom. butyls: (root, centre, three ends) of each tert-butyl group.
    """

    elements: tuple[str, ...]
    positions: Vector
    bonds: tuple[tuple[int, int], ...]
    sites: tuple[Site, ...]
    charge: int
    butyls: tuple[tuple[int, int, tuple[int, int, int]], ...]

    @property
    def formula(self) -> str:
        """Hill formula, C and H first."""
        return hill(Counter(self.elements))


def hill(counts: Counter[str]) -> str:
    """Formula text as CIF wants it: `C16 H14 Co N2 O2`."""
    lead = [e for e in ("C", "H") if e in counts] if "C" in counts else []
    rest = sorted(e for e in counts if e not in lead)
    return " ".join(f"{e}{counts[e] if counts[e] > 1 else ''}" for e in [*lead, *rest])


def finish(builder: Builder) -> Molecule:
    """Relax the heavy atoms, put the hydrogens, relax again.

    Raises:
        RuntimeError: the drawing came to rest with a broken bond or a clash.
    """
    heavy = np.array(builder.points)
    heavy = relax(heavy, make_terms(builder), tolerance=0.01)  # rough: H atoms come yet
    builder.points = list(heavy)
    builder.add_hydrogens()
    terms = make_terms(builder)
    points = relax(np.array(builder.points), terms)
    builder.points = list(points)
    molecule = Molecule(
        elements=tuple(builder.elements),
        positions=points,
        bonds=tuple(sorted(builder.bonds)),
        sites=tuple(_sites(builder)),
        charge=builder.charge,
        butyls=tuple(builder.butyls),
    )
    fault = _find_fault(builder, points, terms)
    if fault:
        raise RuntimeError(f"{molecule.formula}: {fault}")
    return molecule


def _sites(builder: Builder) -> list[Site]:
    sites = []
    for i, kind in enumerate(builder.kinds):
        if kind == "metal":
            donors = tuple(sorted(builder.elements[j] for j in builder.neighbours(i)))
            sites.append(Site(builder.elements[i], len(donors), donors))
    return sites


def _find_fault(builder: Builder, points: Vector, terms: Terms) -> str | None:
    """Say what is wrong with a relaxed molecule: a strained bond, or a clash; else None."""
    names = [f"{e}{i}" for i, e in enumerate(builder.elements)]
    for (i, j), bond in builder.bonds.items():
        length = float(np.linalg.norm(points[i] - points[j]))
        if abs(length - bond.length) > _STRAIN:
            return f"bond {names[i]}-{names[j]} is {length:.2f}, not {bond.length:.2f}"
    loose = terms.high > 20.0
    pairs = terms.pairs[loose]
    distance = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    metal = np.array([kind == "metal" for kind in builder.kinds])[pairs].any(axis=1)
    short = distance - terms.low[loose] + np.where(metal, _METAL_SLACK, _SLACK)
    if len(short) and float(short.min()) < 0.0:
        i, j = pairs[int(np.argmin(short))]
        return f"{names[i]} and {names[j]} are {float(distance[np.argmin(short)]):.2f} apart"
    return None
