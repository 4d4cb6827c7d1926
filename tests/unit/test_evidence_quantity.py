"""Numbers as papers give them: uncertainties, ranges and bounds, and back into a table."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.errors import InputError
from screening.evidence.columns import COLUMNS
from screening.evidence.export import to_cells, to_csv, to_json, to_xlsx
from screening.evidence.finding import Behaviour, Finding, Sample
from screening.evidence.quantity import standard_uncertainty
from screening.evidence.table import parse_table, read_table

UNITS = 1.438777


def barrier(cell: str, heading: str = "ueff_k"):
    table = parse_table(f"identifier;behaviour;{heading}\nA;smm_zero_field;{cell}\n", "t.csv")
    return table.rows[0].finding if table.rows else table.errors[0].message


def numbers(finding: Finding):
    return (finding.ueff_k, finding.ueff_low_k, finding.ueff_high_k, finding.ueff_sigma_k)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("139", (139, None, None, None)),
        ("139(5)", (139, None, None, 5)),
        ("1.39(5)e2", (139, None, None, 5)),
        ("139.2(12)", (139.2, None, None, 1.2)),
        ("139 ± 5", (139, None, None, 5)),
        ("139 +/- 5", (139, None, None, 5)),
        ("318-350", (None, 318, 350, None)),
        ("318 – 350", (None, 318, 350, None)),  # noqa: RUF001 - a dash as printed
        ("318 to 350", (None, 318, 350, None)),
        ("3.18e2-3.5e2", (None, 318, 350, None)),
        ("350-350", (350, None, None, None)),
        ("> 300", (None, 300, None, None)),
        ("≤ 300", (None, None, 300, None)),
        ("ca. 300", (300, None, None, None)),
        ("44,6(3)", (44.6, None, None, 0.3)),
        ("139 ± 5 K", (139, None, None, 5)),
        ("318 - 350 K", (None, 318, 350, None)),
        ("1 250", (1250, None, None, None)),
        ("1\N{NARROW NO-BREAK SPACE}250", (1250, None, None, None)),
    ],
)
def test_a_barrier_as_papers_write_it(cell, wanted):
    assert numbers(barrier(cell)) == pytest.approx(wanted)


def test_a_range_in_wavenumbers_is_stored_in_kelvin():
    finding = barrier("100-200", "ueff_cm-1")
    assert numbers(finding) == (None, 100 * UNITS, 200 * UNITS, None)
    assert (finding.ueff_given, finding.ueff_unit) == (None, "cm-1")


@pytest.mark.parametrize(
    "cell",
    [
        "350-318",
        "300-",
        "-300",
        "> -3",
        "1-2-3",
        "318 to much",
        "0-5",
        "139(5",
        ">",
        f"1({400 * '9'})",
    ],
)
def test_what_is_no_quantity_is_refused(cell):
    assert isinstance(barrier(cell), str)


def test_a_field_is_one_number():
    assert "one number" in barrier("1000-1500", "dc_field_oe")
    assert "one number" in barrier("~1000", "dc_field_oe")


@pytest.mark.parametrize("cell", ["62.5 62", "62 90", "62, 90", "0.001 2", "500 1000", "12-15e1"])
def test_two_numbers_in_a_cell_are_never_one(cell):
    assert isinstance(barrier(cell), str)


@pytest.mark.parametrize("cell", ["90 cm-1", "90cm\u207b\u00b9", "12 meV", "62 Oe"])
def test_another_unit_than_that_of_the_column_is_refused(cell):
    assert "this column is in K" in barrier(cell)


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("raman_n", "4.5(2)"),
        ("tau_qtm_s", "0.01 +- 0.002"),
        ("t_min_k", "2.0(1)"),
        ("ueff_k", "100-120(5)"),
        ("ueff_k", "> 300(5)"),
    ],
)
def test_an_uncertainty_without_a_place_is_told(heading, cell):
    table = parse_table(f"identifier,behaviour,{heading}\nA,conflict,{cell}\n", "t.csv")
    assert table.rows[0].given[heading] == cell
    assert [w.column for w in table.warnings] == [heading]
    assert "the row as given" in table.warnings[0].message


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("ueff_k\nA,conflict,5(10)", "larger than the number"),
        ("f_max_hz\nA,conflict,1.5", "outside the usual 20"),
        ("ueff_k\nA,conflict,1 250", "grouping thousands"),
    ],
)
def test_odd_numbers_are_doubted(cells, words):
    table = parse_table(f"identifier,behaviour,{cells}\n", "t.csv")
    assert words in table.warnings[0].message


def test_both_ends_of_a_range_are_checked():
    table = parse_table("identifier,behaviour,ueff_k\nA,conflict,2-9000\n", "t.csv")
    assert [w.column for w in table.warnings] == ["ueff_k", "ueff_k"]


def test_the_row_is_kept_as_it_stood():
    table = parse_table(
        "Behaviour;Identifier;Ueff [cm-1];tau0 (s)\nSMM zero field;abcdef;44,6(3);1,1e-8\n", "t.csv"
    )
    assert table.rows[0].given == {
        "Behaviour": "SMM zero field",
        "Identifier": "abcdef",
        "Ueff [cm-1]": "44,6(3)",
        "tau0 (s)": "1,1e-8",
    }


@pytest.mark.parametrize(
    ("cell", "sigma"), [("139(5)", 5), ("1.39(12)e-8", 1.2e-9), ("139(5.5)", 5.5), ("139", None)]
)
def test_standard_uncertainty_counts_in_the_last_digits(cell, sigma):
    assert standard_uncertainty(cell) == (sigma and pytest.approx(sigma))


POSITIVE = st.floats(1e-3, 1e5)
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12).filter(
    lambda text: not text.startswith(("'", "#"))
)


@st.composite
def findings(draw):
    """Findings as a table can state them."""
    unit = draw(st.sampled_from(["K", "cm-1"]))
    factor = UNITS if unit == "cm-1" else 1.0
    stated: dict[str, object] = {"ueff_unit": unit}
    value, low, high = draw(POSITIVE), draw(POSITIVE), draw(POSITIVE)
    form = draw(st.sampled_from(["none", "value", "sigma", "range", "above", "below"]))
    if form in ("value", "sigma"):
        stated |= {"ueff_given": value, "ueff_k": value * factor}
    if form == "sigma":
        stated["ueff_sigma_k"] = draw(st.floats(1e-3, 10)) * factor
    if form == "range":
        stated |= {"ueff_low_k": min(low, high) * factor, "ueff_high_k": (low + high) * factor}
    if form == "above":
        stated["ueff_low_k"] = low * factor
    if form == "below":
        stated["ueff_high_k"] = high * factor
    if form == "none":
        stated["ueff_unit"] = None
    doi = draw(st.sampled_from([None, "10.1021/ic1"]))
    return Finding(
        identifier=draw(WORDS),
        behaviour=draw(st.sampled_from(list(Behaviour))),
        sample=draw(st.sampled_from(list(Sample))),
        stated_formula=draw(st.none() | WORDS),
        host=draw(st.none() | WORDS),
        doi=doi,
        year=draw(st.none() | st.integers(1990, 2025)) if doi else None,
        dc_field_oe=draw(st.none() | st.floats(0, 1e5)),
        tau0_s=(tau0 := draw(st.none() | st.floats(1e-13, 1e-2))),
        tau0_sigma_s=None if tau0 is None else draw(st.none() | st.floats(1e-14, 1e-2)),
        raman_n=draw(st.none() | POSITIVE),
        tb_low_k=draw(st.none() | POSITIVE),
        note=draw(st.none() | WORDS),
        **stated,
    )


@given(st.lists(findings(), min_size=1, max_size=4))
def test_an_exported_csv_imports_to_the_same(tmp_path_factory, some):
    table = parse_table(to_csv([to_cells(finding) for finding in some]), "t.csv")
    assert table.errors == ()
    assert [row.finding.key for row in table.rows] == [finding.key for finding in some]


HARD = Finding(
    identifier="=HYPERLINK(1)",
    behaviour=Behaviour.SMM_FIELD_INDUCED,
    sample=Sample.DILUTED,
    host="5 % in Y",
    stated_formula="[Dy(C5H7O2)3(H2O)2]",
    doi="10.1021/ic1",
    year=2015,
    dc_field_oe=1500.0,
    ueff_k=100.5 * UNITS,
    ueff_given=100.5,
    ueff_sigma_k=0.5 * UNITS,
    ueff_unit="cm-1",
    tau0_low_s=1e-9,
    tau0_high_s=3e-9,
    note="-5 K shift; see SI\nand the table",
)


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx"])
def test_every_format_comes_back_the_same(tmp_path, ending):
    cells = [to_cells(HARD), to_cells(Finding(identifier="604034", behaviour=Behaviour.CONFLICT))]
    content = {"csv": to_csv, "json": to_json, "xlsx": to_xlsx}[ending](cells)
    path = tmp_path / f"t.{ending}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    table = read_table(path)
    assert table.errors == ()
    assert [row.finding.identifier for row in table.rows] == ["=HYPERLINK(1)", "604034"]
    assert table.rows[0].finding.key == HARD.key


@pytest.mark.parametrize("text", ["{}", "[1]", "[", "[]", '"x"'])
def test_json_that_is_no_table_is_refused(tmp_path, text):
    path = tmp_path / "t.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"t\.json"):
        read_table(path)


def test_a_json_cell_that_is_no_text_costs_its_row(tmp_path):
    path = tmp_path / "t.json"
    path.write_text('[{"identifier": "A", "behaviour": ["x"]}, {"formula": "B", "behaviour": 1}]')
    assert [(e.line, e.column) for e in read_table(path).errors] == [(1, None), (2, "behaviour")]


@pytest.mark.parametrize("escape", [r"\ud800", r"\u0000", r"\u001b[31m"])
def test_json_escapes_that_no_database_or_terminal_takes_are_refused(tmp_path, escape):
    path = tmp_path / "t.json"
    path.write_text(f'[{{"identifier": "A{escape}", "behaviour": "conflict"}}]')
    assert [(e.line, e.column) for e in read_table(path).errors] == [(1, "identifier")]


def test_json_numbers_are_read_as_written(tmp_path):
    path = tmp_path / "t.json"
    path.write_text(json.dumps([{"identifier": "A", "behaviour": "conflict", "ueff_k": 90.10}]))
    assert read_table(path).rows[0].finding.ueff_k == 90.1


def test_the_key_of_an_older_statement_has_not_changed():
    """Findings stored before ranges and formulas were known must not be added again."""
    old = Finding(identifier="ABCDEF", behaviour=Behaviour.SMM_ZERO_FIELD, ueff_k=90.0)
    assert old.key == "10decd502b96eb1f5890cbfd3fd2046d651518c142a1cd0242051505e922561e"


def test_the_template_names_every_column():
    names = [column.name for column in COLUMNS]
    assert {"formula", "host", "raman_n", "tau_qtm_s"} <= set(names)
