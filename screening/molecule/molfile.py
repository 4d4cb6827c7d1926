"""mol2 and SDF text to records, read by RDKit; its bonds are left aside, ours count."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from screening.crystal.sites import MAX_SITES
from screening.crystal.verdict import RefusalError
from screening.molecule.comment import stated_charge
from screening.molecule.record import Record, as_refcode, check_no_nul, printable

if TYPE_CHECKING:
    from rdkit.Chem import Mol

_SDF_END = re.compile(r"^\$\$\$\$.*\n?", re.MULTILINE)
_MOL2_START = re.compile(r"^@<TRIPOS>MOLECULE", re.MULTILINE)
_SDF_COUNTS = re.compile(r"^M  V30 COUNTS +(.*)", re.MULTILINE)
_MOL2_COUNTS = re.compile(r"^@<TRIPOS>MOLECULE.*\n(?:#.*\n)*.*\n(?:#.*\n)*(.*)", re.MULTILINE)
_CAPITALS = re.compile(r"^([ \t]*\S+(?:[ \t]+\S+){4}[ \t]+)([A-Z]{2})(?=\s|$)", re.MULTILINE)
_WHOLE = re.compile(r"-?\d+", re.ASCII)


def read_sdf(text: str) -> Iterator[Record]:
    """One Record a molecule of an SD file, or that of a molfile (V2000 and V3000)."""
    ends = [match.end() for match in _SDF_END.finditer(text)]
    yield from _records(text, [0, *ends, len(text)], _read_sdf)


def read_mol2(text: str) -> Iterator[Record]:
    """One Record a molecule of a Tripos mol2 file."""
    starts = [match.start() for match in _MOL2_START.finditer(text)]
    yield from _records(text, [*(starts or [0]), len(text)], _read_mol2)


def _records(text: str, cuts: list[int], read: Callable[[str, Record], None]) -> Iterator[Record]:
    """Read each piece between *cuts*; one that is blank is no record unless all are."""
    pieces = [(a, b) for a, b in pairwise(cuts) if text[a:b].strip("$ \t\n")]
    if not pieces:
        yield Record(1, problem=RefusalError("empty", "the file is empty"))
    line, counted = 1, 0
    for start, end in pieces:
        line, counted = line + text.count("\n", counted, start), start
        record = Record(line)
        try:
            check_no_nul(text[start:end])
            read(text[start:end], record)
        except RefusalError as refusal:
            record.problem = refusal
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - what RDKit raises costs this molecule alone
            record.problem = RefusalError("internal_error", f"{type(error).__name__}: {error}")
        yield record


def _read_sdf(piece: str, record: Record) -> None:
    from rdkit import Chem, rdBase  # noqa: PLC0415 - its import takes a third of a second

    record.name = printable(piece.split("\n", 1)[0]) or None
    _check_counts(_SDF_COUNTS.search(piece), piece)
    supplier = Chem.SDMolSupplier()
    with rdBase.BlockLogs():
        supplier.SetData(piece, sanitize=False, removeHs=False, strictParsing=False)
        molecule = next(iter(supplier), None)
    if molecule is None:
        raise RefusalError("syntax", "RDKit reads no molfile from it (V2000 or V3000)")
    fields = molecule.GetPropsAsDict(autoConvertStrings=False)
    pairs = {key: str(value) for key, value in fields.items()}
    for key, value in pairs.items():
        record.state(key, value)
    _take(molecule, record)
    if molecule.GetNumConformers() and not molecule.GetConformer().Is3D():
        raise RefusalError("no_coordinates", "a drawing: the molfile is two-dimensional")
    drawn = sum(atom.GetFormalCharge() for atom in molecule.GetAtoms())
    record.charge = stated_charge({k.lower(): v for k, v in pairs.items()}, record.notes)
    if record.charge is None and any(atom.GetFormalCharge() for atom in molecule.GetAtoms()):
        record.charge = drawn


def _read_mol2(piece: str, record: Record) -> None:
    from rdkit import Chem, rdBase  # noqa: PLC0415 - its import takes a third of a second

    lines = piece.split("\n", 2)
    record.name = printable(lines[1]) or None if len(lines) > 1 else None
    told = _MOL2_COUNTS.search(piece)
    _check_counts(told, piece)
    n_rows = _n_atom_rows(piece)
    # RDKit reads as many atoms as are told and passes over the others
    if told is not None and told.group(1).split()[:1] != [str(n_rows)]:
        raise RefusalError(
            "atom_count", f"{n_rows} atom lines, but the counts are {told.group(1)[:60]!r}"
        )
    # Metals and dummies have no valence model: nothing is sanitised, nothing taken off. The
    # charges that RDKit gives to mol2 atoms are guesses from the types, so none is taken.
    with rdBase.BlockLogs():
        molecule = Chem.MolFromMol2Block(
            _with_types(piece), sanitize=False, removeHs=False, cleanupSubstructures=False
        )
    if molecule is None:
        raise RefusalError("syntax", "RDKit reads no mol2 molecule from it")
    if "\n@<TRIPOS>CRYSIN" in piece:
        record.notes.append("the cell of CRYSIN is passed over: the atoms are taken as listed")
    _take(molecule, record)
    labels = [_text(atom, "_TriposAtomName") for atom in molecule.GetAtoms()]
    record.labels = tuple(printable(label) for label in labels) if all(labels) else None


def _with_types(piece: str) -> str:
    """Write types in capitals, such as FE, as elements: RDKit knows no others."""
    before, mark, after = piece.partition("@<TRIPOS>ATOM")
    rows, end, rest = after.partition("\n@")
    return before + mark + _CAPITALS.sub(lambda m: m[1] + m[2].capitalize(), rows) + end + rest


def _n_atom_rows(piece: str) -> int:
    _, _, after = piece.partition("@<TRIPOS>ATOM")
    rows = after.split("\n@", 1)[0].split("\n")[1:]
    return sum(bool(row.strip()) and not row.startswith("#") for row in rows)


def _check_counts(told: re.Match[str] | None, piece: str) -> None:
    """Refuse numbers of atoms and bonds that the text cannot hold: RDKit goes on for minutes."""
    n_lines = piece.count("\n") + 1
    for word in told.group(1).split() if told else ():
        if _WHOLE.fullmatch(word) and not (len(word) < 10 and 0 <= int(word) <= n_lines):
            raise RefusalError("atom_count", f"the counts tell {word[:20]}, in {n_lines} lines")


def _take(molecule: "Mol", record: Record) -> None:
    record.refcode = as_refcode(record.name)
    n = molecule.GetNumAtoms()
    if n > MAX_SITES:
        raise RefusalError("too_many_atoms", f"{n} atoms; the limit is {MAX_SITES}")
    if not n or not molecule.GetNumConformers():
        raise RefusalError("empty", "the molecule has no atoms")
    record.symbols = [
        atom.GetSymbol() if atom.GetAtomicNum() else "*" for atom in molecule.GetAtoms()
    ]
    record.coordinates = [
        [repr(float(x)) for x in row] for row in molecule.GetConformer().GetPositions().tolist()
    ]


def _text(atom: Any, key: str) -> str:
    return str(atom.GetProp(key)) if atom.HasProp(key) else ""
