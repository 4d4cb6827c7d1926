"""Cells and tables of properties: what is read, and what is refused with which reason."""

import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.errors import InputError
from screening.evidence.cells import CellError
from screening.evidence.property_table import read_property_table, read_values
from screening.evidence.property_value import Kind, infer_kind, is_property_name, parse_value


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("1", 1), ("true", 1), ("False", 0), ("YES", 1), ("no", 0)],
)
def test_a_yes_or_no(text: str, value: float) -> None:
    assert parse_value(text, Kind.BINARY) == value


@pytest.mark.parametrize("text", ["2", "-1", "1.0", "y", "on", "ja", "maybe", "01", "0,0"])
def test_nothing_else_is_a_yes_or_no(text: str) -> None:
    with pytest.raises(CellError, match="is not one of: 0, 1, false, true, no, yes"):
        parse_value(text, Kind.BINARY)


@pytest.mark.parametrize("kind", Kind)
def test_an_empty_cell_is_no_value(kind: Kind) -> None:
    with pytest.raises(CellError, match="the cell is empty"):
        parse_value("", kind)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_as_python_writes_it(value: float) -> None:
    assert parse_value(repr(value), Kind.NUMERIC) == value


def test_a_minus_sign_of_typography_is_one() -> None:
    assert parse_value("\N{MINUS SIGN}11.63", Kind.NUMERIC) == -11.63


@pytest.mark.parametrize(
    "text",
    [
        *("nan", "inf", "-Infinity", "n/a", "-", "?", "12 K", "1,5", "1.500,0", "1 200", "1_000"),
        *("139(5)", "3-5", "> 300", "0x10", "1e", "e5", "٣", "1e400", "2e-400"),
    ],
)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(CellError, match=r"no plain number|too large|too small"):
        parse_value(text, Kind.NUMERIC)


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["0", "1"], Kind.BINARY),
        (["yes", "", "garbage", "no"], Kind.BINARY),
        (["0", "1", "2"], Kind.NUMERIC),
        (["1", "0.5"], Kind.NUMERIC),
        (["garbage"], Kind.NUMERIC),
        ([], Kind.NUMERIC),
    ],
)
def test_the_kind_is_that_of_the_numbers(texts: list[str], kind: Kind) -> None:
    assert infer_kind(texts) is kind


@pytest.mark.parametrize(
    ("name", "is_good"),
    [("spin", True), ("T1_2", True), ("1a", False), ("a b", False), ("", False), ("ä", False)],
)
def test_names_are_words(name: str, is_good: bool) -> None:
    assert is_property_name(name) is is_good


@pytest.fixture
def read(tmp_path: Path):
    def read(text: str, kind: Kind = Kind.NUMERIC):
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8")
        table = read_property_table(path, id_column="refcode", column="gap")
        rows, errors = read_values(table, kind)
        said = [(row.line, row.identifier, row.value) for row in rows]
        return said, {error.line: error.message for error in errors}

    return read


def test_columns_are_found_among_others(read) -> None:
    text = "metal;gap;refcode\nFe;1.5;ABCDEF\nCo;-2;GHIJKL01\n"
    assert read(text) == ([(2, "ABCDEF", 1.5), (3, "GHIJKL01", -2)], {})


def test_a_bad_row_costs_only_itself(read) -> None:
    text = (
        "refcode,gap\nABCDEF,1.5\n,2\nGHIJKL,\n1,4\nMNOPQR,wide\nSTUVWX\nAAAAAA,#N/A\n"
        "BBBBBB,1,2\nCCCCCC,7\n"
    )
    rows, errors = read(text)
    assert rows == [(2, "ABCDEF", 1.5), (10, "CCCCCC", 7)]
    assert list(errors) == [3, 4, 5, 6, 7, 8, 9]
    assert "which structure" in errors[3]
    assert errors[4] == "no value: the cell is empty"
    assert "how a paper numbers its compounds" in errors[5]
    assert "'wide' is no plain number" in errors[6]
    assert "1 cells under 2 headings" in errors[7]
    assert "error of the spreadsheet" in errors[8]
    assert "3 cells under 2 headings" in errors[9]


def test_rows_that_contradict_each_other_are_all_refused(read) -> None:
    rows, errors = read("refcode,gap\nABCDEF,1\nGHIJKL,2\nCSD refcode ABCDEF,3\nghijkl,2.0\n")
    assert rows == [(3, "GHIJKL", 2), (5, "ghijkl", 2)]
    assert errors == {
        2: "ABCDEF has 1 here and 3 in line 4",
        4: "CSD refcode ABCDEF has 3 here and 1 in line 2",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no heading"),
        ("refcode,spin\n", "no column 'gap'; it has: 'refcode', 'spin'"),
        ("refcode,gap,gap\n", "2 columns 'gap'"),
    ],
)
def test_a_table_without_the_columns_is_refused(read, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(text)


def test_a_workbook_is_read(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.title = "DFT"
    for row in (["refcode", "gap"], ["ABCDEF", -11.63], ["GHIJKL", 1]):
        workbook.active.append(row)
    content = io.BytesIO()
    workbook.save(content)
    path = tmp_path / "a.xlsx"
    path.write_bytes(content.getvalue())
    table = read_property_table(path, id_column="refcode", column="gap")
    assert table.name == "a.xlsx, sheet DFT"
    assert [cell.text for cell in table.cells] == ["-11.63", "1"]
