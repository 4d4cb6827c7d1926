"""The filled cell parted into complexes and everything else."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from screening.crystal.complex import Complex
from screening.crystal.copies import without_copies
from screening.crystal.faults import find_faults, with_metals_around
from screening.crystal.grow import Molecule, components, grow, positions
from screening.crystal.lattice import CellAtoms, Contacts
from screening.crystal.overlap import is_loose
from screening.crystal.sites import Sites
from screening.crystal.verdict import RefusalError
from screening.elements import IS_CENTRE, IS_METAL, METAL_CENTRES, symbol
from screening.formula import hill

MAX_COMPLEX_ATOMS = 10_000
_WHAT = {1: "a 1D chain", 2: "a 2D layer", 3: "a 3D network"}


@dataclass(slots=True)
class Partition:
    """What the cell holds: distinct complexes, and the other units with their number a cell.

    loose: those of the other units that hold disordered atoms.
    held: atoms of all complexes of the cell by atomic number; n_held: number of these complexes.
    """

    complexes: tuple[Complex, ...]
    others: Counter[tuple[int, ...]]
    loose: frozenset[tuple[int, ...]]
    held: Counter[int]
    n_held: int


@dataclass(slots=True)
class _Units:
    """Metal-bearing units by what they are; lone metals and carbon-free units with their count."""

    organic: list[Molecule] = field(default_factory=list)
    inorganic: list[Molecule] = field(default_factory=list)
    lone: list[Molecule] = field(default_factory=list)
    infinite: list[Molecule] = field(default_factory=list)


def partition(sites: Sites, atoms: CellAtoms, bonds: Contacts, notes: list[str]) -> Partition:
    """Part the cell. Units made of the same sites are one distinct molecule.

    Carbon-free units (CoCl4, polyoxometalates) are complexes only where every metal-bearing unit
    is such; otherwise they are counted like counter-ions. Raises RefusalError
    (polymer, lone_metal, no_metal, overlapping_atoms, too_many_atoms).
    """
    others: Counter[tuple[int, ...]] = Counter()
    number: Counter[frozenset[int]] = Counter()
    units = _Units()
    rest: list[NDArray[np.int64]] = []
    at_fault = find_faults(sites, atoms, bonds)
    faults = with_metals_around(at_fault, atoms)
    loose = is_loose(sites, atoms)
    loose_others: set[tuple[int, ...]] = set()
    loose_atoms = set(np.flatnonzero(loose).tolist())
    for members in components(len(atoms.site), bonds):
        unit = tuple(atoms.atomic_numbers[members].tolist())
        if METAL_CENTRES.isdisjoint(unit):
            others[unit] += 1
            rest.append(members)
            if loose_atoms and not loose_atoms.isdisjoint(members.tolist()):
                loose_others.add(unit)
            continue
        key = frozenset(atoms.site[members].tolist())
        number[key] += 1
        if number[key] == 1:
            _sort_in(grow(members, bonds), atoms, faults, units)
    chosen = units.organic or ([] if units.infinite else units.inorganic)
    if not chosen:
        _check_infinite(units.infinite, atoms, bonds, at_fault)
        raise _refusal(sites, atoms, units)
    _check_framework(units, rest, atoms, bonds, loose)
    beside = units.lone + units.infinite + (units.inorganic if units.organic else [])
    for molecule in beside:
        key = frozenset(atoms.site[molecule.atoms].tolist())
        others[tuple(atoms.atomic_numbers[molecule.atoms].tolist())] += number[key]
    notes.extend(f"beside the complex: {_infinite(atoms, m)}" for m in units.infinite)
    found = [_complex(sites, atoms, loose, molecule) for molecule in chosen]
    unique = without_copies(found)
    if len(unique) < len(found):
        n_copies = len(found) - len(unique)
        what = "copy" if n_copies == 1 else "copies"
        notes.append(f"{n_copies} independent {what} of the same molecule left out")
    held: Counter[int] = Counter()
    n_held = 0
    for molecule in chosen:
        copies = number[frozenset(atoms.site[molecule.atoms].tolist())]
        n_held += copies
        for z, n in Counter(atoms.atomic_numbers[molecule.atoms].tolist()).items():
            held[z] += n * copies
    return Partition(tuple(unique), others, frozenset(loose_others), held, n_held)


def _sort_in(molecule: Molecule, atoms: CellAtoms, faults: dict[int, str], units: _Units) -> None:
    z = atoms.atomic_numbers[molecule.atoms]
    if molecule.dimension:
        units.infinite.append(molecule)
        return
    fault = _fault(molecule, faults)
    if fault is not None:
        raise RefusalError("overlapping_atoms", fault)
    if len(z) > MAX_COMPLEX_ATOMS:
        raise RefusalError(
            "too_many_atoms", f"a molecule of {len(z)} atoms; the limit is {MAX_COMPLEX_ATOMS}"
        )
    if IS_METAL[z].all():
        units.lone.append(molecule)
    elif 6 in z:
        units.organic.append(molecule)
    else:
        units.inorganic.append(molecule)


def _fault(molecule: Molecule, faults: dict[int, str]) -> str | None:
    return next((faults[i] for i in molecule.atoms.tolist() if i in faults), None)


def _check_infinite(
    infinite: list[Molecule], atoms: CellAtoms, bonds: Contacts, at_fault: dict[int, str]
) -> None:
    """Refuse a unit that is infinite only through atoms that cannot all be there."""
    for molecule in infinite:
        fault = _fault(molecule, at_fault)
        if fault is None:
            continue
        sound = np.zeros(len(atoms.site), dtype=bool)
        sound[molecule.atoms] = True
        sound[list(at_fault)] = False
        left = bonds.take(sound[bonds.first] & sound[bonds.second])
        parts = components(len(atoms.site), left)
        if not any(grow(part, left).dimension for part in parts if sound[part[0]]):
            what = _infinite(atoms, molecule)
            raise RefusalError("overlapping_atoms", f"{fault}; with all atoms {what}")


def _check_framework(
    units: _Units,
    rest: list[NDArray[np.int64]],
    atoms: CellAtoms,
    bonds: Contacts,
    loose: NDArray[np.bool_],
) -> None:
    """Refuse disordered metal ions in a framework without a metal: the cations of a zeolite."""
    z = atoms.atomic_numbers
    disordered = [bool((loose[m.atoms] & IS_CENTRE[z[m.atoms]]).any()) for m in units.inorganic]
    if units.organic or not all(disordered):
        return
    frames = [molecule for part in rest if (molecule := grow(part, bonds)).dimension]
    if frames:
        what = f"{_WHAT[frames[0].dimension]} ({hill(z[frames[0].atoms])}"
        raise RefusalError("polymer", f"disordered metal ions in {what} per translation unit)")


def _refusal(sites: Sites, atoms: CellAtoms, units: _Units) -> RefusalError:
    if units.infinite:
        what = dict.fromkeys(_infinite(atoms, m) for m in units.infinite)
        return RefusalError("polymer", "; ".join(what))
    if units.lone:
        labels = [sites.labels[atoms.site[m.atoms[0]]] for m in units.lone]
        return RefusalError(
            "lone_metal", f"no non-metal is within the bond limit of {', '.join(labels[:5])}"
        )
    metals = sorted({symbol(z) for z in sites.atomic_numbers.tolist() if z in METAL_CENTRES})
    return RefusalError(
        "no_metal", f"{', '.join(metals)} only as a minor alternative of another atom"
    )


def _infinite(atoms: CellAtoms, molecule: Molecule) -> str:
    formula = hill(atoms.atomic_numbers[molecule.atoms])
    return f"the metal-bearing part is {_WHAT[molecule.dimension]} ({formula} per translation unit)"


def _complex(
    sites: Sites, atoms: CellAtoms, loose: NDArray[np.bool_], molecule: Molecule
) -> Complex:
    z = atoms.atomic_numbers[molecule.atoms]
    partial = loose[molecule.atoms]
    is_disordered = bool(partial.any())
    return Complex(
        atomic_numbers=z.astype(np.uint8),
        positions=positions(molecule, atoms),
        labels=tuple([sites.labels[i] for i in atoms.site[molecule.atoms].tolist()]),
        bonds=molecule.bonds,
        is_disordered=is_disordered,
        metal_disordered=is_disordered and bool((partial & IS_CENTRE[z]).any()),
        donor_disordered=is_disordered and bool(partial[_donors(z, molecule.bonds)].any()),
    )


def _donors(z: NDArray[np.int64], bonds: NDArray[np.int32]) -> NDArray[np.int32]:
    """Indices of the atoms that bind a metal centre and are no metals."""
    ends = np.concatenate([bonds, bonds[:, ::-1]])
    return np.asarray(ends[IS_CENTRE[z[ends[:, 0]]] & ~IS_METAL[z[ends[:, 1]]], 1])
