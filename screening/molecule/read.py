"""File of molecules to verdicts: every molecule ends accepted or rejected."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from screening.crystal.balance import compare_with_sum, weigh
from screening.crystal.bonds import find_bonds
from screening.crystal.complex import Accepted, BlockVerdict, Determination, Rejected
from screening.crystal.components import name_components
from screening.crystal.lattice import CellAtoms, Contacts, contacts, without_lattice
from screening.crystal.molecules import partition
from screening.crystal.overlap import TOO_NEAR
from screening.crystal.site_elements import check_metals
from screening.crystal.sites import Sites
from screening.crystal.source import stem
from screening.crystal.text import decode
from screening.crystal.verdict import RefusalError
from screening.elements import COVALENT_RADII, METALS, symbol
from screening.formula import count_atoms
from screening.molecule.atoms import read_atoms
from screening.molecule.molfile import read_mol2, read_sdf
from screening.molecule.record import MAX_VALUE, Record, printable
from screening.molecule.xyz import read_xyz

_READERS: Final[dict[str, Callable[[str], Iterator[Record]]]] = {
    "xyz": read_xyz,
    "mol2": read_mol2,
    "sdf": read_sdf,
}
_MAX_SHORT: Final = 5
_ANGSTROM_IN_BOHR: Final = 0.529177
_LONGEST_IN_BOHR: Final = 6.0
_LIKE_A_BOND: Final = 0.15
"""By which part a distance may differ from the sum of the radii."""
_MOST: Final = 0.8
_BOHR: Final = "; atoms are as far apart as bonds are long in bohr: give coordinates in angstrom"
_FORMULA = re.compile(r"(?:[A-Z][a-z]?\d*)+")


def read_molecules(data: bytes, name: str, kind: str, first: int = 1) -> list[BlockVerdict]:
    """Read the bytes of a file of molecules and judge each of them.

    kind: "xyz", "mol2" or "sdf" (also a single molfile). first: number of the first molecule,
    by which one without a name is called. Raises nothing but MemoryError, whatever the bytes are.
    """
    file = stem(name)
    try:
        text, text_notes = decode(data)
    except RefusalError as refusal:
        return [BlockVerdict(0, file, None, Rejected(refusal.code, refusal.reason))]
    records = list(_READERS[kind](text))
    alone = len(records) == 1 and first == 1
    verdicts = []
    for position, record in enumerate(records):
        called = record.name or (file if alone else f"{file}_{first + position}")
        outcome = _judge(record, called)
        verdicts.append(BlockVerdict(position, called, record.line, outcome, text_notes))
    return verdicts


def _judge(record: Record, name: str) -> Accepted | Rejected:
    """Judge one molecule.

    The broad catch is the same border as in `crystal.read`: a fault of this program must not cost
    the neighbours of the molecule, and a rejection with the exception's text shows it.
    """
    known = Determination(
        identifier=name,
        cell=None,
        refcode=record.refcode,
        formula_sum=record.formula,
        is_synthetic=record.is_synthetic,
        charge=record.charge,
        stated=tuple(record.stated.items()),
    )
    try:
        return _read_record(record, known)
    except RefusalError as refusal:
        return Rejected(refusal.code, refusal.reason, known)
    except MemoryError:
        raise  # says nothing of the molecule: with more memory it may be a good one
    except Exception as error:  # noqa: BLE001 - see above
        return Rejected("internal_error", f"{type(error).__name__}: {error}", known)


def _read_record(record: Record, known: Determination) -> Accepted:
    if record.problem is not None:
        raise record.problem
    notes = record.notes
    sites = read_atoms(record)
    check_metals(sites.atomic_numbers)
    atoms = without_lattice(sites)
    bonds = find_bonds(atoms)
    try:
        parts = partition(sites, atoms, bonds, notes)
    except RefusalError as refusal:
        if refusal.code == "lone_metal" and _is_in_bohr(atoms):
            refusal = RefusalError(refusal.code, refusal.reason + _BOHR)
        raise refusal from None
    notes.extend(_short_bonds(sites, bonds))
    known = _with_words(known, record.words, sites)
    balance = weigh(parts, known.formula_sum)
    notes.extend(compare_with_sum(parts, balance, known.formula_sum, None))
    if known.charge is not None and (parts.others or len(parts.complexes) > 1):
        notes.append(f"the charge {known.charge} is of all that the file holds, not of one complex")
        known = replace(known, charge=None)
    others = name_components(parts.others, None, parts.loose)
    return Accepted(known, parts.complexes, others, tuple(notes))


def _is_in_bohr(atoms: CellAtoms) -> bool:
    """Whether most atoms are as far from their nearest neighbour as bonds are long in bohr."""
    z, everything = atoms.atomic_numbers, np.arange(len(atoms.site))
    near = contacts(atoms, _LONGEST_IN_BOHR, everything, everything)
    ratio = np.full(len(z), np.inf)
    radii = COVALENT_RADII[z[near.first]] + COVALENT_RADII[z[near.second]]
    np.minimum.at(ratio, near.first, near.distance / radii)
    like = np.abs(ratio * _ANGSTROM_IN_BOHR - 1) < _LIKE_A_BOND
    return bool(like.mean() > _MOST)


def _short_bonds(sites: Sites, bonds: Contacts) -> list[str]:
    """A note on the bonds that are too short to be right, as in a poorly measured carbonyl."""
    z = sites.atomic_numbers
    radii = COVALENT_RADII[z[bonds.first]] + COVALENT_RADII[z[bonds.second]]
    heavy = (z[bonds.first] > 1) & (z[bonds.second] > 1)
    metal = np.isin(z, list(METALS))
    short = heavy & ~metal[bonds.first] & ~metal[bonds.second]
    short &= bonds.distance < TOO_NEAR * radii
    return [
        f"{sites.labels[bonds.first[i]]} and {sites.labels[bonds.second[i]]} are only"
        f" {bonds.distance[i]:.2f} angstrom apart"
        for i in np.flatnonzero(short)[:_MAX_SHORT]
    ]


def _with_words(known: Determination, words: list[str], sites: Sites) -> Determination:
    """Keep the other words of the title; one that is the formula of the atoms is the formula."""
    if known.formula_sum is None:
        held = Counter(symbol(z) for z in sites.atomic_numbers.tolist())
        for word in words:
            if _FORMULA.fullmatch(word) and count_atoms(word) == held:
                known = replace(known, formula_sum=word)
                words = [other for other in words if other != word]
                break
    if not words:
        return known
    return replace(known, stated=(*known.stated, ("title", printable(" ".join(words), MAX_VALUE))))
