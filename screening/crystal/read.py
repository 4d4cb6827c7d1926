"""CIF file to verdicts: every data block ends accepted or rejected."""

from dataclasses import replace

import numpy as np

from screening.crystal.balance import compare_with_moiety, compare_with_sum, weigh
from screening.crystal.block import Block, parse
from screening.crystal.bonds import find_bonds
from screening.crystal.cell import read_cell
from screening.crystal.complex import (
    Accepted,
    BlockVerdict,
    Determination,
    Rejected,
)
from screening.crystal.components import name_components
from screening.crystal.hydrogens import count_missing
from screening.crystal.mending import is_essential
from screening.crystal.metadata import read_metadata
from screening.crystal.molecules import partition
from screening.crystal.numbers import number
from screening.crystal.ordered import fill_ordered
from screening.crystal.setting import settle
from screening.crystal.sites import Sites, read_sites
from screening.crystal.source import stem
from screening.crystal.stray import find_strays
from screening.crystal.symmetry import read_symmetry
from screening.crystal.text import decode
from screening.crystal.verdict import RefusalError
from screening.crystal.weak import note_weak_bridges
from screening.elements import METAL_CENTRES, METALS, symbol

_NAMES = ("_chemical_name_systematic", "_chemical_name_common")


def read_file(data: bytes, name: str) -> list[BlockVerdict]:
    """Read the bytes of one file (CIF, also packed) and judge each of its data blocks.

    A file without any data block gets one rejection at position 0 under the file's stem, by which
    also a block without a name is called.
    Raises nothing but MemoryError, whatever the bytes are.
    """
    called = stem(name)
    try:
        text, text_notes = decode(data)
        blocks = parse(text)
    except RefusalError as refusal:
        return [BlockVerdict(0, called, None, Rejected(refusal.code, refusal.reason))]
    for block in blocks:
        block.name = block.name.strip() or called
    return [
        BlockVerdict(position, block.name, block.line, _judge(block), text_notes)
        for position, block in enumerate(blocks)
    ]


def _judge(block: Block) -> Accepted | Rejected:
    """Judge one block.

    The broad catch is the one border where a fault of this program must not cost the neighbours
    of the block: files come from anywhere, and a rejection with the exception's text shows it.
    """
    known: list[Determination] = []
    try:
        return _read_block(block, known)
    except RefusalError as refusal:
        return Rejected(refusal.code, refusal.reason, known[0] if known else None)
    except MemoryError:
        raise  # says nothing of the block: with more memory it may be a good one
    except Exception as error:  # noqa: BLE001 - see above
        reason = f"{type(error).__name__}: {error}"
        return Rejected("internal_error", reason, known[0] if known else None)


def _read_block(block: Block, known: list[Determination]) -> Accepted:
    if block.problem is not None:
        raise block.problem
    if not block.columns:
        raise RefusalError("empty", "the block holds no data")
    notes = list(block.mended)
    if block.column("_atom_site_fract_x") is None:
        read_sites(block, notes)  # says what is missing
    _check_conflicts(block, notes)
    cell = read_cell(block, notes)
    named = block.text("_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m")
    known.append(read_metadata(block, cell, named, notes))
    symmetry = read_symmetry(block, cell, notes)
    sites = read_sites(block, notes)
    known[0] = _in_group(known[0], symmetry.name)
    check_metals(sites)
    if (number(block.text("_cell_modulation_dimension")) or 0) > 0:
        notes.append("the structure is modulated; what is read is its average over the crystal")
    settled = settle(sites, symmetry, cell, notes)
    known[0] = _in_group(known[0], settled.name)
    sites, atoms = fill_ordered(sites, settled, cell, notes)
    bonds = find_bonds(atoms)
    strays = find_strays(sites, atoms, bonds, notes)
    if strays.any():
        atoms = atoms.take(np.flatnonzero(~strays))
        bonds = find_bonds(atoms)
    parts = partition(sites, atoms, bonds, notes)
    notes.extend(note_weak_bridges(sites, atoms, bonds))
    if any("catena" in (block.text(tag) or "").lower() for tag in _NAMES):
        notes.append("the name says catena, a polymer; the bonds found make molecules")
    formula = known[0].formula_sum
    balance = weigh(parts, formula)
    notes.extend(compare_with_sum(parts, balance, formula, _formula_units(block)))
    notes.extend(compare_with_moiety(parts.complexes, known[0].formula_moiety))
    others = name_components(parts.others, known[0].formula_moiety, parts.loose)
    complexes = count_missing(parts, balance, known[0].formula_moiety)
    return Accepted(known[0], complexes, others, tuple(notes))


def _in_group(known: Determination, name: str | None) -> Determination:
    return known if known.space_group == name else replace(known, space_group=name)


def _formula_units(block: Block) -> float | None:
    stated = number(block.text("_cell_formula_units_z"))
    return stated if stated is not None and stated > 0 else None


def _check_conflicts(block: Block, notes: list[str]) -> None:
    for name in sorted(block.conflicts):
        if is_essential(name):
            raise RefusalError("duplicate_tag", f"{name} is given twice with different values")
        notes.append(f"{name} given twice: the first value counts")


def check_metals(sites: Sites) -> None:
    """Raise RefusalError where no site is a metal centre (no_metal, ionic_metal_only)."""
    present = set(sites.atomic_numbers.tolist())
    if present & METAL_CENTRES:
        return
    metals = sorted(symbol(z) for z in present & METALS)
    if metals:
        raise RefusalError("ionic_metal_only", f"the only metals are {', '.join(metals)}")
    elements = ", ".join(sorted(symbol(z) for z in present))
    raise RefusalError("no_metal", f"the elements are {elements}")
