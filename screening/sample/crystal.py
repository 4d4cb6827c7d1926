"""Crystal: one compound made into the sites of an asymmetric unit."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import gemmi
import numpy as np

from screening.sample.cluster import (
    MAJOR,
    Entity,
    disorder_butyl,
    disorder_guest,
    entity,
    settle,
)
from screening.sample.geometry import Vector
from screening.sample.guests import ANIONS, SOLVENTS, guest
from screening.sample.lattice import GROUPS, Packing, pack
from screening.sample.molecule import Molecule
from screening.sample.recipe import Recipe, Symmetry
from screening.sample.symmetry import MATRICES, symmetrise

_NOISE: Final = 0.02
"""Standard deviation of each heavy atom's coordinate, angstrom; H atoms ride."""


@dataclass(frozen=True, slots=True)
class AtomSite:
    """One row of the atom-site loop; part 0 is no disorder."""

    label: str
    element: str
    fractional: tuple[float, float, float]
    occupancy: float
    part: int


@dataclass(frozen=True, slots=True)
class Crystal:
    """Everything that the CIF of one crystal tells.

    formula_sum: of one complex with its share of guests. moieties: formula, charge, count.
    """

    space_group: gemmi.SpaceGroup
    cell: gemmi.UnitCell
    sites: tuple[AtomSite, ...]
    formula_sum: Counter[str]
    moieties: tuple[tuple[str, int, int], ...]
    temperature: int
    r_factor: float


def grow_crystal(recipe: Recipe, molecule: Molecule, rng: np.random.Generator) -> Crystal:
    """Surround a molecule with counter-ions and solvent, pack it, shake it, name its atoms."""
    symmetry: Symmetry = recipe.symmetry if rng.random() < 0.6 else "none"
    partner = np.arange(len(molecule.elements))
    if symmetry != "none":
        exact = symmetrise(molecule, symmetry)
        if exact is None:
            symmetry = "none"
        else:
            molecule, partner = exact
    entities = _contents(molecule, symmetry, rng)
    weights = {"none": (0.3, 0.37, 0.1, 0.15, 0.08), "inversion": (0.5, 0.5), "twofold": (1.0,)}
    group = str(rng.choice(GROUPS[symmetry], p=weights[symmetry]))
    packing = pack(entities, symmetry, group, rng)
    sites = _sites(entities, packing, symmetry, partner, rng)
    share = 1 if symmetry == "none" else 2
    counts: Counter[str] = Counter()
    moieties: Counter[tuple[str, int]] = Counter()
    for k, one in enumerate(entities):
        copies = share if k else 1
        for element in one.molecule.elements:
            counts[element] += copies
        moieties[one.molecule.formula, one.molecule.charge] += copies
    return Crystal(
        space_group=packing.space_group,
        cell=packing.cell,
        sites=tuple(sites),
        formula_sum=counts,
        moieties=tuple((formula, charge, n) for (formula, charge), n in moieties.items()),
        temperature=int(rng.choice([100, 120, 150, 173, 200, 293])),
        r_factor=round(float(rng.uniform(0.022, 0.078)), 4),
    )


def _contents(molecule: Molecule, symmetry: Symmetry, rng: np.random.Generator) -> list[Entity]:
    matrix = None if symmetry == "none" else MATRICES[symmetry]
    entities = [entity(molecule)]
    if symmetry == "none" and rng.random() < 0.12 and disorder_butyl(entities[0]):
        pass
    elif symmetry == "none" and len(molecule.elements) < 90 and rng.random() < 0.08:
        entities.append(settle(entities, molecule, rng))  # Z' = 2
    ions = molecule.charge * len(entities)
    anion = str(rng.choice(ANIONS, p=(0.3, 0.2, 0.3, 0.2)))
    guests = [anion] * ions
    if rng.random() < 0.45:
        guests.append(str(rng.choice(SOLVENTS)))
    for name in guests:
        entities.append(settle(entities, guest(name), rng, matrix))
        if (entities[0].parts == 0).all() and len(guests) and rng.random() < 0.2:
            disorder_guest(entities[-1], rng)
    return entities


def _sites(
    entities: list[Entity],
    packing: Packing,
    symmetry: Symmetry,
    partner: np.ndarray,
    rng: np.random.Generator,
) -> list[AtomSite]:
    names: Counter[str] = Counter()
    inverse = np.array(packing.cell.frac.mat.tolist())
    sites = []
    for k, (one, fractional) in enumerate(zip(entities, packing.fractional, strict=True)):
        shaken = fractional + _shake(one, rng) @ inverse.T
        for i, element in enumerate(one.elements):
            if k == 0 and symmetry != "none":
                if partner[i] < i:
                    continue  # the other half comes by symmetry
                if partner[i] == i:
                    shaken[i] = _on_element(fractional[i], shaken[i], symmetry)
            part = int(one.parts[i])
            names[element] += 1
            x, y, z = (float(v) for v in shaken[i])
            occupancy = {0: 1.0, 1: MAJOR, 2: 1.0 - MAJOR}[part]
            label = f"{element}{names[element]}{('', 'A', 'B')[part]}"
            sites.append(AtomSite(label, element, (x, y, z), round(occupancy, 2), part))
    return sites


def _on_element(still: Vector, shaken: Vector, symmetry: Symmetry) -> Vector:
    if symmetry == "inversion":
        return still
    return np.array([still[0], shaken[1], still[2]])


def _shake(one: Entity, rng: np.random.Generator) -> Vector:
    moves = rng.normal(scale=_NOISE, size=(len(one.elements), 3))
    heavy = np.array([e != "H" for e in one.elements])
    points = one.positions
    for i in np.nonzero(~heavy)[0]:
        distance = np.linalg.norm(points[heavy] - points[i], axis=1)
        moves[i] = moves[heavy][int(distance.argmin())]
    return moves
