"""mol2 and SDF: elements and places by a library, bonds by our rules."""

import numpy as np
import pytest
from crystal_factory import Atom, methoxide

from screening.crystal.complex import Accepted
from screening.molecule import molfile as molfile_module
from screening.molecule import read as read_module
from screening.molecule.read import read_molecules

CO = methoxide("Co", 2.0)


def mol2(atoms, name="ABCDEF", types=None):
    types = {i: a.element for i, a in enumerate(atoms, start=1)} | (types or {})
    rows = [
        f"{i} {a.element}{i} {a.xyz[0]} {a.xyz[1]} {a.xyz[2]} {types[i]} 1 R 0"
        for i, a in enumerate(atoms, start=1)
    ]
    head = ["@<TRIPOS>MOLECULE", name, f"{len(atoms)} 1 1 0 0", "SMALL", "NO_CHARGES", ""]
    return "\n".join([*head, "@<TRIPOS>ATOM", *rows, "@<TRIPOS>BOND", "1 1 2 un"]) + "\n"


def molfile(atoms, name="ABCDEF", dimension="3D", charge="", fields=""):
    head = [name, f"     made    0000000000{dimension}", ""]
    counts = f"{len(atoms):3d}  0  0  0  0  0  0  0  0  0999 V2000"
    rows = [
        "".join(f"{x:10.4f}" for x in a.xyz) + f" {a.element:<3} 0  0  0  0  0  0" for a in atoms
    ]
    return "\n".join([*head, counts, *rows, *([charge] if charge else []), "M  END", fields])


def v3000(atoms):
    rows = [
        f"M  V30 {i} {a.element} {a.xyz[0]} {a.xyz[1]} {a.xyz[2]} 0"
        for i, a in enumerate(atoms, start=1)
    ]
    head = ["ABCDEF", "     made    00000000003D", "", "  0  0  0     0  0            999 V3000"]
    counts = ["M  V30 BEGIN CTAB", f"M  V30 COUNTS {len(atoms)} 0 0 0 0", "M  V30 BEGIN ATOM"]
    return "\n".join([*head, *counts, *rows, "M  V30 END ATOM", "M  V30 END CTAB", "M  END", ""])


def read(text, kind):
    return read_molecules(text.encode(), f"made.{kind}", kind)


@pytest.mark.parametrize(
    ("text", "kind"), [(mol2(CO), "mol2"), (molfile(CO), "sdf"), (v3000(CO), "sdf")]
)
def test_each_format_gives_the_same_complex(text, kind):
    (verdict,) = read(text, kind)
    assert isinstance(verdict.outcome, Accepted), verdict.outcome
    (complex_,) = verdict.outcome.complexes
    assert np.allclose(complex_.positions, [a.xyz for a in CO])
    assert len(complex_.bonds) == 12, "bonds are by our rules, not by the file's"
    assert complex_.labels[:2] == ("Co1", "O2")
    assert verdict.outcome.determination.cell is None
    assert verdict.outcome.determination.refcode == "ABCDEF"


def test_octahedral_cobalt_and_dummies_of_tripos():
    atoms = [*CO, Atom("X", (0, 0, 0))]
    (verdict,) = read(mol2(atoms, types={1: "Co.oh", 2: "O.3", 14: "Du"}), "mol2")
    assert isinstance(verdict.outcome, Accepted), verdict.outcome
    assert verdict.outcome.notes == ("1 dummy atom left out",)


def test_types_in_capitals_are_elements():
    text = mol2(methoxide("Fe"), types={1: "FE", 2: "O.3"})
    (verdict,) = read(text, "mol2")
    assert isinstance(verdict.outcome, Accepted)


def test_the_cell_of_a_mol2_file_is_passed_over_with_a_note():
    cell = "@<TRIPOS>CRYSIN\n15.0 16.0 17.0 90.0 90.0 90.0 14 1\n"
    (verdict,) = read(mol2(CO) + cell, "mol2")
    assert isinstance(verdict.outcome, Accepted), verdict.outcome
    assert verdict.outcome.determination.cell is None
    assert "CRYSIN" in verdict.outcome.notes[0]


def test_data_fields_and_charges_of_an_sd_file():
    fields = "> <charge>\n-2\n\n> <source>\na b\n\n$$$$\n"
    text = molfile(CO, fields=fields) + molfile(CO, "second", charge="M  CHG  1   1   3")
    first, second = read(text, "sdf")
    assert first.outcome.determination.charge == -2
    assert dict(first.outcome.determination.stated) == {"charge": "-2", "source": "a b"}
    assert (second.name, second.outcome.determination.charge) == ("second", 3)
    assert (first.line, second.line) == (1, 26)


def test_a_broken_molecule_costs_only_itself():
    flat = [Atom(a.element, (a.xyz[0], a.xyz[1], 0.0)) for a in CO]
    sdf = [molfile(CO, "a"), "no molfile\n", molfile(flat, "drawn", "2D")]
    outcomes = [v.outcome for v in read("$$$$\n".join([*sdf, molfile(CO, "b")]), "sdf")]
    codes = [getattr(o, "code", None) for o in outcomes]
    assert codes == [None, "syntax", "no_coordinates", None]
    bad = mol2(CO, types={1: "Any"})
    outcomes = [v.outcome for v in read(mol2(CO) + bad + mol2(CO, "last"), "mol2")]
    assert [getattr(o, "code", None) for o in outcomes] == [None, "syntax", None]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (v3000(CO).replace("COUNTS 13", "COUNTS 199999990"), "sdf"),
        (mol2(CO).replace("\n13 ", "\n-1 "), "mol2"),
        (mol2(CO).replace("\n13 ", "\n12 "), "mol2"),
        (mol2(CO).replace("\n13 ", "\n" + "9" * 5000 + " "), "mol2"),
    ],
)
def test_counts_that_do_not_fit_the_text_are_refused_at_once(text, kind):
    (verdict,) = read(text, kind)
    assert verdict.outcome.code == "atom_count"


@pytest.mark.parametrize("kind", ["sdf", "mol2"])
@pytest.mark.parametrize("text", ["", "\n\n", "nonsense", "a\0b", "@<TRIPOS>MOLECULE", "$$$$\n"])
def test_what_is_no_molecule_is_refused(text, kind):
    for verdict in read(text, kind):
        assert verdict.outcome.code in {"empty", "syntax", "nul_bytes"}


def test_a_fault_of_the_library_costs_one_molecule(monkeypatch):
    def fails(piece, record):
        if "broken" in piece:
            raise RuntimeError("made up")
        return plainly(piece, record)

    plainly = molfile_module._read_mol2
    monkeypatch.setattr(molfile_module, "_read_mol2", fails)
    first, second, third = read(mol2(CO) + mol2(CO, "broken") + mol2(CO), "mol2")
    assert isinstance(first.outcome, Accepted)
    assert (second.outcome.code, second.outcome.reason) == (
        "internal_error",
        "RuntimeError: made up",
    )
    assert isinstance(third.outcome, Accepted)


def test_running_out_of_memory_is_no_verdict(monkeypatch):
    def fails(*_):
        raise MemoryError

    monkeypatch.setattr(read_module, "find_bonds", fails)
    with pytest.raises(MemoryError):
        read(mol2(CO), "mol2")
