"""Atom sites of a data block, as listed."""

from dataclasses import dataclass
from functools import cached_property
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from screening.crystal.block import Block
from screening.crystal.numbers import hint, numbers
from screening.crystal.site_elements import read_elements
from screening.crystal.verdict import RefusalError
from screening.words import counted

_FRACT = ("_atom_site_fract_x", "_atom_site_fract_y", "_atom_site_fract_z")
_OTHER_CONTENTS = {
    "_refln_": "reflections",
    "_diffrn_refln_": "reflections",
    "_pd_": "powder data",
    "_chem_comp_": "a dictionary of residues",
    "_publ_": "what is said of the publication",
    "_journal_": "what is said of the publication",
}
"""Starts of data names by which other blocks are known."""
_UNKNOWN = frozenset({"", "?", "."})
_DUMMY = frozenset({"dum", "dummy"})
_MAX_FRACT = 1000.0
_MAX_SHOWN = 30
_MAX_OCCUPANCY = 1.05  # refined occupancies overshoot by their uncertainty
MAX_SITES = 100_000


@dataclass(frozen=True, eq=False)
class Sites:
    """Atom sites of the asymmetric unit (or of whatever the file lists).

    fract: (n, 3); atomic_numbers: (n,) int64; occupancy: (n,).
    assembly, group: disorder columns, "" where there is none.
    """

    labels: tuple[str, ...]
    atomic_numbers: NDArray[np.int64]
    fract: NDArray[np.float64]
    occupancy: NDArray[np.float64]
    assembly: tuple[str, ...]
    group: tuple[str, ...]

    @cached_property
    def grouped(self) -> NDArray[np.bool_]:
        """(n,) whether the site belongs to a disorder group."""
        return np.asarray(self.group_number != 0)

    @cached_property
    def group_number(self) -> NDArray[np.int64]:
        """(n,) the same for sites of one group name, far faster to compare; 0: none."""
        return _numbered(self.group)

    @cached_property
    def assembly_number(self) -> NDArray[np.int64]:
        """(n,) the same for sites of one assembly name; 0: none."""
        return _numbered(self.assembly)

    def take(self, keep: NDArray[np.bool_]) -> "Sites":
        """Return the sites where *keep* is true."""
        if keep.all():
            return self
        return Sites(
            labels=tuple(compress(self.labels, keep)),
            atomic_numbers=self.atomic_numbers[keep],
            fract=self.fract[keep],
            occupancy=self.occupancy[keep],
            assembly=tuple(compress(self.assembly, keep)),
            group=tuple(compress(self.group, keep)),
        )


def _numbered(names: tuple[str, ...]) -> NDArray[np.int64]:
    if not any(names):
        return np.zeros(len(names), dtype=np.int64)
    numbers = {name: i for i, name in enumerate(dict.fromkeys(["", *names]))}
    return np.array([numbers[name] for name in names], dtype=np.int64)


def read_sites(block: Block, notes: list[str]) -> Sites:
    """Read the atom-site columns; dummies and empty sites are left out with a note.

    Raises RefusalError (no_coordinates, bad_coordinates, unknown_element, occupancy).
    """
    columns = [block.column(name) for name in _FRACT]
    x, y, z = columns
    if x is None or y is None or z is None:
        raise RefusalError("no_coordinates", _why_no_coordinates(block))
    n = len(x)
    if n > MAX_SITES:
        raise RefusalError("too_many_atoms", f"{n} atom sites; the limit is {MAX_SITES}")
    if not len(y) == len(z) == n:
        raise RefusalError("bad_coordinates", "the coordinate columns differ in length")
    symbols = _column(block, "_atom_site_type_symbol", n)
    labels = _column(block, "_atom_site_label", n)
    if labels is None and symbols is None:
        raise RefusalError("unknown_element", "no _atom_site_label and no _atom_site_type_symbol")
    names = labels or [f"{s}{i + 1}" for i, s in enumerate(symbols or ())]
    if all(v.strip() in _UNKNOWN for column in (x, y, z, names) for v in column):
        raise RefusalError("no_coordinates", "the atom sites hold nothing but ? and .")
    occupancy = _occupancies(block, names, notes)
    keep = _present(block, names, occupancy, notes)
    fract = np.column_stack([numbers(column) for column in (x, y, z)])
    elements = read_elements(names, symbols, keep, block.text("_chemical_formula_sum"), notes)
    keep &= elements > 0
    keep &= _placed(names, elements, (x, y, z), fract, keep, notes)
    sites = Sites(
        tuple(names),
        elements,
        fract,
        occupancy,
        _disorder(block, "assembly", n),
        _disorder(block, "group", n),
    )
    kept = sites.take(keep)
    if not kept.labels:
        raise RefusalError("no_coordinates", "every atom site is a dummy or empty")
    return kept


def _why_no_coordinates(block: Block) -> str:
    if "_atom_site_cartn_x" in block.columns:
        return "the atom sites are Cartesian (_atom_site_Cartn_x); fractional ones are needed"
    if any(name.startswith("_atom_site_") for name in block.columns):
        return "the atom sites have no _atom_site_fract_x, _y, _z"
    for start, what in _OTHER_CONTENTS.items():
        if any(name.startswith(start) for name in block.columns):
            return f"the block has no atom sites, it holds {what}"
    return "the block has no atom sites"


def _present(
    block: Block, names: list[str], occupancy: NDArray[np.float64], notes: list[str]
) -> NDArray[np.bool_]:
    """Mark the sites that stand for atoms: no dummies, none empty, none left out by the CSD."""
    flags = _column(block, "_atom_site_calc_flag", len(names)) or [""] * len(names)
    dummies = {flag for flag in set(flags) if flag.strip().lower() in _DUMMY}
    dummy = np.array([flag in dummies for flag in flags], dtype=bool)
    empty = occupancy <= 0
    keep = ~dummy & ~empty
    suppressed = _marked(names) & keep
    if suppressed.sum() == keep.sum():
        suppressed[:] = False
    for what, mask in (
        ("dummy site", dummy),
        ("empty site", empty),
        ("minor disorder (label with ?) site", suppressed),
    ):
        if mask.any():
            notes.append(f"{counted(int(mask.sum()), what)} left out")
    return np.asarray(keep & ~suppressed)


def _placed(
    names: list[str],
    elements: NDArray[np.int64],
    columns: tuple[list[str], list[str], list[str]],
    fract: NDArray[np.float64],
    keep: NDArray[np.bool_],
    notes: list[str],
) -> NDArray[np.bool_]:
    """Mark the sites with usable coordinates; only hydrogens may lack them."""
    placed = (np.abs(fract) < _MAX_FRACT).all(axis=1)
    lost = np.flatnonzero(keep & ~placed)
    heavy = lost[elements[lost] != 1]
    if heavy.size or (lost.size and lost.size == keep.sum()):
        i = int((heavy if heavy.size else lost)[0])
        texts = [column[i].strip()[:_MAX_SHOWN] for column in columns]
        why = next(filter(None, map(hint, texts)), "")
        raise RefusalError("bad_coordinates", f"atom {names[i]} is at ({'  '.join(texts)}){why}")
    if lost.size:
        atoms = counted(lost.size, "hydrogen atom")
        notes.append(f"{atoms} without usable coordinates left out")
    return np.asarray(placed)


def _marked(names: list[str]) -> NDArray[np.bool_]:
    """Mark the labels that end in ?: so the CSD writes atoms that it leaves out as disordered."""
    return np.array([name[-1:] == "?" and len(name) > 1 for name in names], dtype=bool)


def _column(block: Block, name: str, n: int) -> list[str] | None:
    column = block.column(name)
    return column if column is not None and len(column) == n else None


def _disorder(block: Block, what: str, n: int) -> tuple[str, ...]:
    """Names of assemblies or groups; "" for a site that has none."""
    names = [f"_atom_site_{start}disorder_{what}" for start in ("", "refinement_")]  # CRYSTALS
    column = next(filter(None, (_column(block, name, n) for name in names)), None)
    if column is None:
        return ("",) * n
    clean = {value: _clean(value) for value in set(column)}
    return tuple([clean[value] for value in column])


def _clean(value: str) -> str:
    value = value.strip()
    return "" if value in ("?", ".", "0") else value


def _occupancies(block: Block, names: list[str], notes: list[str]) -> NDArray[np.float64]:
    column = _column(block, "_atom_site_occupancy", len(names))
    if column is None:
        return np.ones(len(names))
    values = numbers(column)
    if np.isnan(values).any():
        values = numbers(["1" if text.strip() in _UNKNOWN else text for text in column])
    bad = np.flatnonzero(~((values >= 0) & (values <= _MAX_OCCUPANCY)))
    if bad.size and (spread := _spread(block, bad.tolist())):
        values[spread] = 0
        bad = np.array([i for i in bad.tolist() if i not in spread], dtype=np.int64)
        told = ", ".join(f"{names[i]} ({column[i]})" for i in spread)
        notes.append(f"no atoms but density spread around another one, left out: {told}")
    if bad.size:
        i = int(bad[0])
        what = f"atom {names[i]} has the occupancy {column[i]}{hint(column[i])}"
        raise RefusalError("occupancy", what)
    return np.asarray(np.minimum(values, 1.0), dtype=np.float64)


def _spread(block: Block, sites: list[int]) -> list[int]:
    """Those of *sites* that stand for a shell or ring of density, as CRYSTALS models disorder.

    Such a site has the place of the atom in its middle, and as many atoms as are spread around it.
    """
    places = list(zip(*(block.column(name) or () for name in _FRACT), strict=False))
    middles = {place for i, place in enumerate(places) if i not in sites}
    return [i for i in sites if places[i] in middles]
