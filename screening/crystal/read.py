"""CIF file to verdicts: every data block ends accepted or rejected."""

from pathlib import PurePath

import gemmi
import numpy as np

from screening.crystal.block import Block, parse
from screening.crystal.bonds import find_bonds
from screening.crystal.cell import read_cell
from screening.crystal.complex import (
    Accepted,
    BlockVerdict,
    Complex,
    Determination,
    Rejected,
)
from screening.crystal.components import name_components
from screening.crystal.copies import without_copies
from screening.crystal.disorder import choose_groups, is_loose, overlaps, resolve
from screening.crystal.formula import hill
from screening.crystal.grow import Molecule, components, grow, positions
from screening.crystal.lattice import CellAtoms, Contacts, fill
from screening.crystal.metadata import read_metadata
from screening.crystal.sites import Sites, read_sites
from screening.crystal.symmetry import Symmetry, read_symmetry
from screening.crystal.text import decode
from screening.crystal.verdict import RefusalError
from screening.elements import METAL_CENTRES, METALS, symbol

_ESSENTIAL = ("_cell_length", "_cell_angle", "_symmetry", "_space_group", "_atom_site_")
_IS_CENTRE = np.isin(np.arange(119), list(METAL_CENTRES))
_NEAR_METAL = 1.5


def read_file(data: bytes, name: str) -> list[BlockVerdict]:
    """Read the bytes of one file (CIF, also gzip-compressed) and judge each of its data blocks.

    A file without any data block gets one rejection at position 0 under the file's stem.
    Never raises, whatever the bytes are.
    """
    stem = PurePath(name).name.split(".")[0]
    try:
        text, text_notes = decode(data)
        blocks = parse(text)
    except RefusalError as refusal:
        return [BlockVerdict(0, stem, None, Rejected(refusal.code, refusal.reason))]
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
    except Exception as error:  # noqa: BLE001 - see above
        reason = f"{type(error).__name__}: {error}"
        return Rejected("internal_error", reason, known[0] if known else None)


def _read_block(block: Block, known: list[Determination]) -> Accepted:
    if block.problem is not None:
        raise block.problem
    if not block.values:
        raise RefusalError("empty", "the block holds no data")
    notes: list[str] = []
    if block.column("_atom_site_fract_x") is None:
        read_sites(block, notes)  # says what is missing
    _check_conflicts(block, notes)
    cell = read_cell(block, notes)
    named = block.text("_space_group_name_h-m_alt", "_symmetry_space_group_name_h-m")
    known.append(read_metadata(block, cell, named, notes))
    symmetry = read_symmetry(block, cell, notes)
    sites = read_sites(block, notes)
    known[0] = read_metadata(block, cell, symmetry.name, [])
    _check_metals(sites)
    sites, atoms = _fill_ordered(sites, symmetry, cell, notes)
    bonds = find_bonds(atoms)
    complexes, others = _split(sites, atoms, bonds, notes)
    moiety = known[0].formula_moiety
    return Accepted(known[0], complexes, name_components(others, moiety), tuple(notes))


def _check_conflicts(block: Block, notes: list[str]) -> None:
    for name in sorted(block.conflicts):
        if name.startswith(_ESSENTIAL):
            raise RefusalError("duplicate_tag", f"{name} is given twice with different values")
        notes.append(f"{name} given twice: the first value counts")


def _check_metals(sites: Sites) -> None:
    present = set(sites.atomic_numbers.tolist())
    if present & METAL_CENTRES:
        return
    metals = sorted(symbol(z) for z in present & METALS)
    if metals:
        raise RefusalError("ionic_metal_only", f"the only metals are {', '.join(metals)}")
    elements = ", ".join(sorted(symbol(z) for z in present))
    raise RefusalError("no_metal", f"the elements are {elements}")


def _fill_ordered(
    sites: Sites, symmetry: Symmetry, cell: gemmi.UnitCell, notes: list[str]
) -> tuple[Sites, CellAtoms]:
    """Fill the cell and leave one of all alternatives."""
    atoms = fill(sites, symmetry, cell)
    chosen = choose_groups(sites, atoms)
    if not chosen.all():
        notes.append(f"{int((~chosen).sum())} sites of minor disorder groups left out")
        atoms = atoms.take(np.flatnonzero(chosen[atoms.site]))
    kept = resolve(sites, atoms, notes)
    if not kept.all():
        notes.append(f"{int((~kept).sum())} overlapping atoms of the cell left out")
        atoms = atoms.take(np.flatnonzero(kept))
    return sites, atoms


def _split(
    sites: Sites, atoms: CellAtoms, bonds: Contacts, notes: list[str]
) -> tuple[tuple[Complex, ...], list[tuple[int, ...]]]:
    """Part the cell into distinct complexes and the rest."""
    seen: set[frozenset[int]] = set()
    found: list[Complex] = []
    lost: dict[str, list[str]] = {}
    others: list[tuple[int, ...]] = []
    clashes = _full_clashes(sites, atoms)
    for members in components(len(atoms.site), bonds):
        numbers = atoms.atomic_numbers[members]
        if not _IS_CENTRE[numbers].any():
            others.append(tuple(numbers.tolist()))
            continue
        key = frozenset(atoms.site[members].tolist())
        if key in seen:
            continue
        seen.add(key)
        molecule = grow(members, bonds)
        reason = _unfit(sites, atoms, molecule, clashes)
        if reason is not None:
            lost.setdefault(reason[0], []).append(reason[1])
        else:
            found.append(_complex(sites, atoms, molecule))
    if found:
        notes.extend(f"{code}: {reason}" for code, all_ in lost.items() for reason in all_)
        unique = without_copies(found)
        if len(unique) < len(found):
            notes.append(f"{len(found) - len(unique)} copies of the same molecule left out")
        return tuple(unique), others
    order = ("overlapping_atoms", "polymer", "no_carbon", "lone_metal")
    code = next(c for c in order if c in lost)
    raise RefusalError(code, "; ".join(dict.fromkeys(lost[code])))


def _full_clashes(sites: Sites, atoms: CellAtoms) -> Contacts:
    clash = overlaps(atoms, is_loose(sites, atoms))
    z = atoms.atomic_numbers
    return clash.take((z[clash.first] > 1) & (z[clash.second] > 1))


def _unfit(
    sites: Sites, atoms: CellAtoms, molecule: Molecule, clashes: Contacts
) -> tuple[str, str] | None:
    """Why a metal-bearing unit is no discrete complex, or None."""
    numbers = atoms.atomic_numbers[molecule.atoms]
    inside = np.isin(clashes.first, molecule.atoms)
    if inside.any():
        row = int(np.flatnonzero(inside)[0])
        a, b = (sites.labels[atoms.site[i]] for i in (clashes.first[row], clashes.second[row]))
        return (
            "overlapping_atoms",
            f"{a} and {b} are {clashes.distance[row]:.2f} angstrom apart",
        )
    formula = hill(numbers)
    if molecule.dimension:
        what = {1: "a 1D chain", 2: "a 2D layer", 3: "a 3D network"}[molecule.dimension]
        return ("polymer", f"the metal-bearing part is {what} ({formula} per translation unit)")
    if _IS_CENTRE[numbers].all():
        label = sites.labels[atoms.site[molecule.atoms[0]]]
        return ("lone_metal", f"{label} has no bonded neighbour")
    if 6 not in numbers:
        return ("no_carbon", f"the unit {formula} holds no carbon")
    return None


def _complex(sites: Sites, atoms: CellAtoms, molecule: Molecule) -> Complex:
    site = atoms.site[molecule.atoms]
    loose = is_loose(sites, atoms)[molecule.atoms]
    numbers = atoms.atomic_numbers[molecule.atoms]
    return Complex(
        atomic_numbers=numbers.astype(np.uint8),
        positions=positions(molecule, atoms),
        labels=tuple(sites.labels[i] for i in site),
        bonds=molecule.bonds,
        is_disordered=bool(loose.any()),
        metal_disordered=bool((loose & _IS_CENTRE[numbers]).any()),
    )
