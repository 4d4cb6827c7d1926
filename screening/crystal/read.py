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
from screening.crystal.lattice import CellAtoms
from screening.crystal.mending import is_essential
from screening.crystal.metadata import read_metadata
from screening.crystal.molecules import partition
from screening.crystal.numbers import number
from screening.crystal.ordered import fill_ordered
from screening.crystal.setting import settle
from screening.crystal.site_elements import check_metals
from screening.crystal.sites import Sites, read_sites
from screening.crystal.source import stem
from screening.crystal.stray import find_strays
from screening.crystal.symmetry import read_symmetry
from screening.crystal.text import decode
from screening.crystal.verdict import RefusalError
from screening.crystal.weak import note_weak_bridges

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
        BlockVerdict(position, block.name, block.line, _Reader(block).judge(), text_notes)
        for position, block in enumerate(blocks)
    ]


class _Reader:
    """One block on its way to its verdict; what is known of the crystal stays if it is refused."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._notes = list(block.mended)
        self._known: Determination | None = None

    def judge(self) -> Accepted | Rejected:
        """Judge the block.

        The broad catch is the one border where a fault of this program must not cost the neighbours
        of the block: files come from anywhere, and a rejection with the exception's text shows it.
        """
        try:
            return self._read()
        except RefusalError as refusal:
            return Rejected(refusal.code, refusal.reason, self._known)
        except MemoryError:
            raise  # says nothing of the block: with more memory it may be a good one
        except Exception as error:  # noqa: BLE001 - see above
            return Rejected("internal_error", f"{type(error).__name__}: {error}", self._known)

    def _read(self) -> Accepted:
        block, notes = self._block, self._notes
        _check_whole(block)
        _check_conflicts(block, notes)
        cell = read_cell(block, notes)
        named = block.text("_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m")
        known = self._known = read_metadata(block, cell, named, notes)
        symmetry = read_symmetry(block, cell, notes)
        sites = read_sites(block, notes)
        known = self._known = _in_group(known, symmetry.name)
        check_metals(sites.atomic_numbers)
        if (number(block.text("_cell_modulation_dimension")) or 0) > 0:
            notes.append("the structure is modulated; what is read is its average over the crystal")
        settled = settle(sites, symmetry, cell, notes)
        known = self._known = _in_group(known, settled.name)
        sites, atoms = fill_ordered(sites, settled, cell, notes)
        return self._find_complexes(sites, atoms, known)

    def _find_complexes(self, sites: Sites, atoms: CellAtoms, known: Determination) -> Accepted:
        block, notes = self._block, self._notes
        bonds = find_bonds(atoms)
        strays = find_strays(sites, atoms, bonds, notes)
        if strays.any():
            atoms = atoms.take(np.flatnonzero(~strays))
            bonds = find_bonds(atoms)
        parts = partition(sites, atoms, bonds, notes)
        notes.extend(note_weak_bridges(sites, atoms, bonds))
        if any("catena" in (block.text(tag) or "").lower() for tag in _NAMES):
            notes.append("the name says catena, a polymer; the bonds found make molecules")
        balance = weigh(parts, known.formula_sum)
        notes.extend(compare_with_sum(parts, balance, known.formula_sum, _formula_units(block)))
        notes.extend(compare_with_moiety(parts.complexes, known.formula_moiety))
        others = name_components(parts.others, known.formula_moiety, parts.loose)
        complexes = count_missing(parts, balance, known.formula_moiety)
        return Accepted(known, complexes, others, tuple(notes))


def _check_whole(block: Block) -> None:
    """Raise RefusalError for a block that could not be parsed or holds no atoms."""
    if block.problem is not None:
        raise block.problem
    if not block.columns:
        raise RefusalError("empty", "the block holds no data")
    if block.column("_atom_site_fract_x") is None:
        read_sites(block, [])  # says what is there instead


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
