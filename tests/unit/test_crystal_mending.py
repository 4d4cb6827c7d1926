"""Slips of syntax that leave no doubt are mended with a note; what may matter is refused."""

import time

import pytest
from crystal_factory import accept, cif, methoxide, reject

from screening.crystal.mending import mend

GOOD = cif(methoxide("Fe"), name="good")


def with_lines(*lines: str) -> str:
    """Return a good file with *lines* behind its second line."""
    return GOOD.replace("_smmdb_synthetic yes", "\n".join(["_smmdb_synthetic yes", *lines]))


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        (["_exptl_crystal_colour dark red"], "line 3: a value that needs quotes"),
        (["_exptl_crystal_colour dark red # dichroic"], "line 3: a value that needs"),
        (["_exptl_price $12"], "line 3: a value that needs quotes"),
        (["_chemical_name_common", "iron tris methanolate"], "line 4: a value that needs quotes"),
        (["_computing_x 'SHELXL-97 (Sheldrick, 1997)"], "line 3: a quote that is not closed"),
        (["_citation_x 'A. Author and B. Author',"], "line 3: a quote that is not closed"),
        (["_chemical_name_common 'bis(2' -pyridyl)'"], "line 3: a quote inside a value"),
        (["_symmetry_cell_x 'R 3' ccc"], "line 3: what follows a quote is passed over: ccc"),
        (["computing_molecular_graphics ?"], "line 3: passed over, it is no CIF: computing_mol"),
        (["_x 'Olex2 1.2", "(compiled 2018)'"], "line 4: passed over, it is no CIF: (compiled"),
        (
            ["loop_", "_geom_bond_a", "_geom_bond_b", "Fe1 O1 2.1", "Fe1 O2"],
            "line 3: the table of _geom_bond_a passed over: 5 values do not fill its 2 columns",
        ),
        (["_exptl_colour\f green"], "control characters and odd blanks are read as blanks"),
        (["_exptl_colour gr\u00fcn"], "characters outside ASCII are read as ?"),
        (["_exptl_colour\u00a0green"], "control characters and odd blanks are read as blanks"),
    ],
)
def test_a_slip_is_mended_and_told(lines, note):
    accepted = accept(with_lines(*lines))
    assert len(accepted.complexes) == 1
    assert [n for n in accepted.notes if n.startswith(note)], accepted.notes
    assert accepted.determination.is_synthetic


def test_the_name_of_a_block_may_hold_blanks():
    # W-Pd-Se clusters of a supplement of 2001 have data_W-Pd-Se-dppm cluster
    accepted = accept(GOOD.replace("data_good", "data_W-Pd cluster"))
    assert accepted.determination.identifier == "W-Pd_cluster"


def test_a_space_group_without_quotes_is_read_whole():
    text = cif(methoxide("Fe"), symmetry="_symmetry_space_group_name_H-M P 1 21/c 1")
    assert accept(text).determination.space_group == "P 1 21/c 1"


def test_a_name_at_the_very_end_is_no_loss():
    assert accept(GOOD + "_publ_author")


@pytest.mark.parametrize(
    "lines",
    [
        ["loop_", "_atom_site_label", "_atom_site_x", "Fe1 0.1 0.2"],  # a table asked for
        ["_loop", "_geom_bond_a", "_geom_bond_b", "Fe1 O1"],
        ["no CIF"] * 6,
        ["_a", "_b", "1 2 3"],
        ["_a 1", "C9 C 0.5 -0.25 .75 1.0 . ."],  # an atom that is lost from its table
        ["_text", ";", "without end"],
        ["_a 1 _b 2 3"],
    ],
)
def test_what_is_not_clear_is_refused(lines):
    assert reject(with_lines(*lines)).code == "syntax"


def test_a_block_of_nothing_else_is_refused():
    outcome = reject("data_x\nloop_\n_a\n_b\n1 2 3\n")
    assert outcome.code == "syntax"
    assert outcome.reason == "line 2: Wrong number of values in loop _*"


def test_every_line_keeps_its_number():
    text = with_lines("_x 'Olex2", "(2018)'", "loop_", "_geom_a", "_geom_b", "1 2 3", ";", ";")
    mended, _ = mend(text, 1)
    assert [line for line in mended.split("\n") if line.startswith("_cell")] == [
        line for line in text.split("\n") if line.startswith("_cell")
    ]
    assert mended.count("\n") == text.count("\n")
    assert mended.index("_cell") > 0


def test_a_glut_of_quotes_takes_no_time():
    began = time.process_time()
    mend("data_x\n" + "_a " + "'a " * 10**6 + "\n", 1)
    mend("data_x\n" + "_a '\n" * 10**6, 1)
    assert time.process_time() - began < 20
