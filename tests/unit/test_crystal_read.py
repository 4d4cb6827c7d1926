"""Every data block ends accepted or rejected with a true reason, and costs only itself."""

import bz2
import gzip
import lzma
import re
from pathlib import Path

import gemmi
import pytest
from crystal_factory import Atom, accept, cif, methoxide, reject
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.crystal import text as text_module
from screening.crystal.complex import Accepted, Rejected
from screening.crystal.read import read_file
from screening.crystal.verdict import CODES

GOOD = cif(methoxide("Fe"), name="good")


def codes(data: str | bytes) -> list[tuple[str, str]]:
    raw = data.encode() if isinstance(data, str) else data
    return [
        (v.name, v.outcome.code if isinstance(v.outcome, Rejected) else "accepted")
        for v in read_file(raw, "folder/some.cif")
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "told"),
    [
        ("_cell_length_b 16.0", "_cell_length_b ?", "bad_cell", "_cell_length_b is '?'"),
        ("_cell_length_b 16.0", "_cell_length_b -16", "bad_cell", "_cell_length_b is -16"),
        ("_cell_length_b 16.0", "", "bad_cell", "_cell_length_b is missing"),
        ("_cell_length_b 16.0", "_cell_length_b 0", "bad_cell", "_cell_length_b is 0"),
        ("_cell_angle_beta 90.0", "_cell_angle_beta 200", "bad_cell", "_cell_angle_beta is '200'"),
        ("_cell_length_a 15.0", "_cell_length_a 0.4", "bad_cell", "_cell_length_a is 0.4"),
        ("_cell_length_a 15.0", "_cell_length_a 1.5", "bad_cell", "1.5: it must be between 2 and"),
        ("_cell_length_a 15.0", "_cell_length_a 1.5", "bad_cell", "is it in nanometres?"),
        ("_cell_length_a 15.0", "_cell_length_a 1500", "bad_cell", "is it in picometres?"),
        ("_cell_length_a 15.0", "_cell_length_a 15,0(2)", "bad_cell", "decimal sign of a CIF"),
        ("_cell_angle_beta 90.0", "_cell_angle_beta 200", "bad_cell", "between 0 and 180 degrees"),
        ("'x,y,z'", "'x,y,z' 'x,y,q'", "bad_symmetry", "'x,y,q'"),
        ("'x,y,z'", "'x,y,z' 'y,z,x'", "bad_symmetry", "no symmetry of the cell"),
        ("'x,y,z'", "'x,y,z' '-x,-y,z+1/3'", "bad_symmetry", "form no group"),
        (
            "'x,y,z'",
            " ".join(f"x+{i}/24,y+{j}/24,z" for i in range(15) for j in range(15)),
            "bad_symmetry",
            "225",
        ),
        ("Fe1 Fe 0.33", "Fe1 Xx 0.33", "unknown_element", "Xx"),
        ("Fe1 Fe 0.333333", "Fe1 Fe ?", "bad_coordinates", "atom Fe1"),
        ("Fe1 Fe 0.333333", "Fe1 Fe 1e308", "bad_coordinates", "atom Fe1"),
        ("1.0 . .", "1.4 . .", "occupancy", "atom Fe1 has the occupancy 1.4"),
        ("1.0 . .", "-0.5 . .", "occupancy", "-0.5"),
        ("1.0 . .", "0,5 . .", "occupancy", "0,5: the decimal sign of a CIF is a point"),
        ("Fe1 Fe 0.333333", "Fe1 Fe 0,33(2)", "bad_coordinates", "at (0,33(2)  0.3125"),
        ("Fe1 Fe 0.333333", "Fe1 Fe 0,33(2)", "bad_coordinates", "the decimal sign of a CIF"),
        ("loop_\n_atom", "_loop\n_atom", "syntax", "line 13: _loop where loop_ is meant"),
        ("Fe1 Fe", "Fe1 Na", "ionic_metal_only", "Na"),
        ("Fe1 Fe", "Fe1 P", "no_metal", "C, O, P"),
        ("_atom_site_fract_x", "_atom_site_other", "no_coordinates", "_atom_site_fract_x"),
    ],
)
def test_a_fault_is_named(old, new, code, told):
    assert old in GOOD
    outcome = reject(GOOD.replace(old, new, 1))
    assert outcome.code == code
    assert told in outcome.reason


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("_chemical_formula_sum 'C6 H18 Fe O7'", "O"),
        ("_chemical_formula_sum 'C6 H18 Fe O6 W'", "W"),
        ("", None),
    ],
)
def test_w_of_a_label_alone_is_water_where_the_formula_has_no_tungsten(formula, found):
    text = re.sub(r"(?m)^(\w+\d) (?:Fe|O|C) ", r"\1 ", GOOD).replace("_atom_site_type_symbol\n", "")
    text = text.replace("_smmdb_synthetic yes", formula).rstrip() + "\nW1 0.8 0.8 0.8 1.0 . .\n"
    if found is None:
        refused = reject(text)
        assert refused.code == "unknown_element"
        assert "tungsten or water" in refused.reason
        return
    accepted = accept(text)
    assert any("W of labels" in note for note in accepted.notes) == (found == "O")
    others = [component.formula for component in accepted.components]
    assert others == ([found] if found == "W" else ["O"])


@pytest.mark.parametrize(
    ("label", "formula", "metal"),
    [
        ("FE1", "", "Fe"),
        ("DY01", "", "Dy"),
        ("NI1", "", "Ni"),
        ("Co1", "", "Co"),
        ("CO1", "_chemical_formula_sum 'C6 H18 Co O6'", "Co"),
        ("CO1", "", None),
        ("HG1", "", None),
    ],
)
def test_a_label_alone_tells_the_element(label, formula, metal):
    text = re.sub(r"(?m)^(\w+\d) (?:Fe|O|C) ", r"\1 ", GOOD).replace("_atom_site_type_symbol\n", "")
    text = text.replace("Fe1 ", f"{label} ").replace("_smmdb_synthetic yes", formula)
    if metal is None:
        assert reject(text).code == "no_metal"
    else:
        assert accept(text).complexes[0].atomic_numbers.max() == gemmi.Element(metal).atomic_number


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"# only a comment\n", "empty"),
        (b"no cif at all", "syntax"),
        (b"data_x\n", "empty"),
        (b"\x1f\x8bnot gzip", "gzip"),
        (b"\xff\xfed\x00a\x00t", "encoding"),
        (b"\0\0\0\0", "nul_bytes"),
        (b"data_hkl\nloop_\n_refln_index_h\n1 2 3\n", "no_coordinates"),
    ],
)
def test_a_file_without_a_structure_gets_one_rejection(data, code):
    assert reject(data).code == code


def test_a_file_level_rejection_carries_the_stem_of_the_file():
    (verdict,) = read_file(b"", "folder/ABCDEF.cif.gz")
    assert (verdict.position, verdict.name) == (0, "ABCDEF")


@pytest.mark.parametrize(
    "bad",
    [
        "data_bad\nloop_\n_a\n_b\n1 2 3\n",
        "data_bad\n_a 'open\n",
        "data_bad\n_a\n;text without end\n",
        "data_bad\n_cell_length_a 1 2\n",
        "data_bad\n_a nul\0byte\n",
        "data_good\n_a 1\n",  # a block name given twice
    ],
)
@pytest.mark.parametrize("bad_first", [True, False])
def test_good_neighbours_of_a_bad_block_are_kept(bad, bad_first):
    parts = [bad, GOOD] if bad_first else [GOOD, bad]
    found = codes("".join(parts))
    assert len(found) == 2
    assert found.count(("good", "accepted")) == 1


def test_line_numbers_point_into_the_file():
    bad = "data_bad\nloop_\n_atom_site_label\n_atom_site_fract_x\nFe1 0.1 0.2\n"
    verdicts = read_file((GOOD + bad).encode(), "x.cif")
    line = GOOD.count("\n") + 1
    assert [v.line for v in verdicts] == [1, line]
    outcome = verdicts[1].outcome
    assert isinstance(outcome, Rejected)
    assert f"line {line + 1}:" in outcome.reason


def test_a_tag_given_twice_matters_only_where_values_differ_and_the_tag_counts():
    twice = GOOD.replace("_cell_length_a 15.0", "_cell_length_a 15.0\n_cell_length_a 15.0")
    assert accept(twice)
    other = GOOD.replace("_cell_length_a 15.0", "_cell_length_a 15.0\n_cell_length_a 16.0")
    assert reject(other).code == "duplicate_tag"
    harmless = GOOD.replace("_cell_length_a", "_note a\n_note b\n_cell_length_a")
    assert any("_note" in note for note in accept(harmless).notes)


@pytest.mark.parametrize(
    ("encode", "note"),
    [
        (lambda t: t.encode("utf-16"), "UTF-16 text"),
        (lambda t: b"\xef\xbb\xbf" + t.encode(), None),
        (lambda t: ("# first of two files\n\ufeff" + t).encode(), None),
        (lambda t: (t + "# \xe9\n").encode("latin-1"), "not UTF-8; read as latin-1"),
        (lambda t: gzip.compress(t.encode()), "gzip-compressed"),
        (lambda t: t.replace("\n", "\r\n").encode(), None),
        (lambda t: t.replace("\n", "\r").encode(), None),
    ],
)
def test_encodings_of_the_same_text_give_the_same_complex(encode, note):
    (verdict,) = read_file(encode(GOOD), "x.cif")
    assert isinstance(verdict.outcome, Accepted)
    assert len(verdict.outcome.complexes[0].labels) == 13
    assert verdict.text_notes == (() if note is None else (note,))


PACK = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("packing", PACK)
def test_compressed_files_are_read_up_to_the_limit(packing, monkeypatch):
    (verdict,) = read_file(PACK[packing](GOOD.encode()), "x.cif")
    assert isinstance(verdict.outcome, Accepted)
    assert verdict.text_notes == (f"{packing}-compressed",)
    cut = reject(PACK[packing](GOOD.encode())[:-20])
    assert cut.code == ("gzip" if packing == "gzip" else "bad_archive")
    assert cut.reason.startswith(f"the {packing} stream cannot be read: ")
    monkeypatch.setattr(text_module, "MAX_FILE_BYTES", 1000)
    assert reject(PACK[packing](b" " * 100_000)).code == "too_large"


def test_an_archive_under_the_name_of_a_cif_is_called_one():
    outcome = reject(b"PK\x03\x04\x14\0\0\0")
    assert (outcome.code, outcome.reason) == (
        "bad_archive",
        "not a text but a ZIP archive: call it .zip",
    )


def test_too_many_atom_sites_are_refused():
    atoms = [Atom("Fe", (0.0, 0.0, 0.0))] * 100_001
    assert reject(cif(atoms)).code == "too_many_atoms"


def test_a_heap_of_atoms_is_refused_before_its_pairs_fill_the_memory():
    atoms = [Atom("Fe", (5 + i % 50 / 50, 5 + i // 50 % 50 / 50, 5)) for i in range(2500)]
    outcome = reject(cif(atoms))
    assert outcome.code == "overlapping_atoms"
    assert "in a cube of 3 angstrom" in outcome.reason


def test_a_missing_angle_is_right_only_where_the_crystal_system_says_so():
    bare = GOOD.replace("_cell_angle_beta 90.0\n", "")
    outcome = reject(bare)
    assert (outcome.code, outcome.reason) == ("bad_cell", "_cell_angle_beta is missing")
    for name in ("P 21/c", "P 3"):
        assert reject(f"{bare}_symmetry_space_group_name_H-M '{name}'\n").code == "bad_cell"
    text = cif(methoxide("Fe"), symmetry="_symmetry_space_group_name_H-M 'P 21 21 21'")
    accepted = accept(text.replace("_cell_angle_beta 90.0\n", ""))
    assert accepted.determination.cell[4] == 90.0
    assert any("_cell_angle_beta missing" in note for note in accepted.notes)


def test_a_row_of_question_marks_is_no_coordinates():
    head = GOOD[: GOOD.index("Fe1 Fe")]
    assert reject(f"{head}? ? ? ? ? ? ? ?\n").code == "no_coordinates"
    assert reject(f"{head}Fe1 Fe ? ? ? 1 . .\n").code == "bad_coordinates"


def test_cif_2_is_read_without_its_lists_and_long_texts():
    newer = (
        '_a [1 {\'k\':2} 3]\n_b """two\nlines"""\n_c [[Müller\'s\n1]\n]\n_cell_measurement_x 1\n'
    )
    text = "#\\#CIF_2.0\n" + GOOD.replace("_cell_length_a", f"{newer}_cell_length_a")
    assert any("CIF 2.0" in note for note in accept(text).notes)
    assert accept("#\\#CIF_2.0\n" + GOOD).notes == ()
    tripled = GOOD.replace("'x,y,z'", "'''x,y,z'''").replace(" 15.0", ' """15.0"""')
    assert len(accept("#\\#CIF_2.0\n" + tripled).complexes) == 1
    outcome = reject(text.replace("_cell_length_a 15.0", "_cell_length_a [15.0 2]"))
    assert (outcome.code, outcome.reason) == ("bad_cell", "_cell_length_a is '?'")


def test_the_end_mark_of_dos_is_no_text():
    assert accept(GOOD + "\x1a")
    assert accept(GOOD + "\r\n\x1a\x1a")


def test_a_flat_cell_is_refused():
    outcome = reject(cif(methoxide("Fe"), cell=(15, 16, 17, 90, 90, 2)))
    assert outcome.code == "bad_cell"
    assert "thick" in outcome.reason


def test_a_fault_of_the_program_costs_one_block_and_shows_itself(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("made up")

    monkeypatch.setattr("screening.crystal.read.find_bonds", broken)
    found = read_file((GOOD + "data_empty\n").encode(), "x.cif")
    assert [v.outcome.code for v in found] == ["internal_error", "empty"]
    assert found[0].outcome.reason == "ZeroDivisionError: made up"


def test_a_block_name_is_stored_printable_and_short():
    (verdict,) = read_file(GOOD.replace("data_good", "data_" + "A" * 5000).encode(), "x.cif")
    assert len(verdict.name) < 256


def test_every_code_that_the_program_gives_is_explained():
    package = Path(text_module.__file__).parents[1]
    paths = [*package.glob("*.py"), *(package / "crystal").glob("*.py")]
    sources = "".join(path.read_text() for path in paths)
    given = set(re.findall(r'(?:RefusalError|Rejected|unreadable)\([^"()]*"([a-z_]+)"', sources))
    given |= set(re.findall(r'(?:problem=|return )\("([a-z_]+)",', sources))
    assert {"polymer", "bad_archive", "reader_crashed", "internal_error"} <= given
    assert given <= set(CODES)


def _well_formed(data):
    verdicts = read_file(data, "x.cif")
    assert verdicts
    for i, verdict in enumerate(verdicts):
        assert verdict.position == i
        if isinstance(verdict.outcome, Rejected):
            assert verdict.outcome.code in CODES
            assert verdict.outcome.code != "internal_error", verdict.outcome.reason
            assert verdict.outcome.reason
    return verdicts


@given(st.binary(max_size=300))
def test_no_bytes_raise(data):
    assert _well_formed(data)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_no_damage_to_a_file_raises(data):
    raw = bytearray(GOOD.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        length = data.draw(st.integers(0, 30))
        raw[at : at + length] = data.draw(st.binary(max_size=6))
        if not raw:
            break
    assert _well_formed(bytes(raw))


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_no_odd_value_raises(data):
    tokens = GOOD.split(" ")
    odd = st.sampled_from(
        ["?", ".", "0", "-1", "1e308", "nan", "inf", "''", "x,y,z", "Dy", "H", "1(1)", "90", "#"]
    )
    for _ in range(data.draw(st.integers(1, 5))):
        tokens[data.draw(st.integers(0, len(tokens) - 1))] = data.draw(odd)
    assert _well_formed(" ".join(tokens).encode())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<html><body>404</body></html>", "no CIF: a page of the web"),
        ("%PDF-1.4\n", "no CIF: a PDF"),
        ("TITL x in P-1\nCELL 0.71 10 10 10 90 90 90\n", "after the command ACTA"),
        ("CRYST1   50.000   60.000\n", "the PDB format"),
        ("data_x\n_a 1\n_b 1 _c 2 3\n", "line 3: parse error: _b 1 _c 2 3"),
    ],
)
def test_what_is_no_cif_is_called_by_its_name(text, told):
    outcome = reject(text)
    assert outcome.code == "syntax"
    assert told in outcome.reason


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("loop_\n_refln_index_h\n1\n", "it holds reflections"),
        ("_pd_phase_name x\n", "it holds powder data"),
        ("_publ_contact_author_name 'A. B.'\n", "it holds what is said of the publication"),
        ("_cell_length_a 10\n", "the block has no atom sites"),
    ],
)
def test_a_block_without_atoms_is_told_by_what_it_holds(text, told):
    outcome = reject("data_x\n" + text)
    assert outcome.code == "no_coordinates"
    assert outcome.reason.endswith(told)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(encoding):
    (verdict,) = read_file(GOOD.encode(encoding), "x.cif")
    assert isinstance(verdict.outcome, Accepted)
    assert verdict.text_notes == ("UTF-16 text without a mark",)
