"""Workbooks: what a spreadsheet alters is an error with the cell's name."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from screening.errors import InputError
from screening.evidence.table import read_table

HEAD = ("identifier", "behaviour", "ueff_k", "year")


@pytest.fixture
def book(tmp_path):
    """Write rows into a workbook, with a change before it is saved; returns its path."""

    def write(*rows, change=None, head=HEAD):
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        for row in (head, *rows):
            sheet.append(row)
        if change:
            change(workbook, sheet)
        path = tmp_path / "t.xlsx"
        workbook.save(path)
        return path

    return write


def errors(path, **options):
    return [str(error) for error in read_table(path, **options).errors]


def test_numbers_and_texts(book):
    def title(workbook, sheet):
        sheet.insert_rows(1)
        sheet["A1"] = "# our papers"
        sheet.insert_rows(4)  # a blank row

    path = book(
        ("ABCDEF", "smm_zero_field", 91.88, 2015),
        (604034.0, "SMM field induced", "318-350", None),
        change=title,
    )
    table = read_table(path)
    assert table.errors == ()
    assert [row.line for row in table.rows] == [3, 5]
    first, second = (row.finding for row in table.rows)
    assert (first.ueff_k, first.identifier) == (91.88, "ABCDEF")
    assert (second.ueff_low_k, second.ueff_high_k, second.identifier) == (318, 350, "604034")
    assert table.rows[1].given["identifier"] == "604034"


def test_a_date_is_an_error_with_its_cell(book):
    path = book(
        ("ABCDEF", "conflict", dt.datetime(2024, 5, 3), None),  # noqa: DTZ001
        ("GHIJKL", "conflict", 90, None),
        (dt.date(2026, 3, 1), "conflict", dt.time(1, 2), None),
    )
    table = read_table(path)
    assert [row.finding.identifier for row in table.rows] == ["GHIJKL"]
    first, third = map(str, table.errors)
    assert "line 2: cell C2 holds a date or time (2024-05-03)" in first
    assert "cell A4" in third
    assert "cell C4" in third


def test_truth_values_and_percentages_are_errors(book):
    def percent(workbook, sheet):
        sheet["C3"].number_format = "0.0%"

    path = book(("A", "conflict", True, None), ("B", "conflict", 0.5, None), change=percent)
    first, second = errors(path)
    assert "cell C2 holds the truth value True" in first
    assert "cell C3 holds a percentage" in second


def test_a_formula_without_its_result_is_an_error(book):
    (error,) = errors(book(("ABCDEF", "conflict", "=40+50", None)))
    assert "cell C2 holds a formula without its result" in error


def test_a_formula_with_its_result_is_its_result(book, tmp_path):
    path = book(("ABCDEF", "conflict", "=40+50", None))
    out = tmp_path / "computed.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"<v></v>", b"<v>90</v>").replace(b"<v />", b"<v>90</v>")
            new.writestr(name, content)
    assert read_table(out).rows[0].finding.ueff_k == 90


def test_an_error_value_is_refused(book):
    def fail(workbook, sheet):
        sheet["C2"] = "#N/A"

    (error,) = errors(book(("ABCDEF", "conflict", None, None), change=fail))
    assert "#N/A" in error


def test_merged_cells_are_an_error_in_each_row(book):
    def merge(workbook, sheet):
        sheet.merge_cells("A2:A3")

    path = book(("A", "conflict", 1, None), ("B", "conflict", 2, None), change=merge)
    first, second = errors(path)
    assert "cell A2 is merged (A2:A3)" in first
    assert "cell A3 is merged (A2:A3)" in second


def test_several_sheets_ask_which(book):
    def second(workbook, sheet):
        other = workbook.create_sheet("Dy papers")
        other.append(HEAD)
        other.append(("XYZABC", "conflict", None, None))
        workbook.create_sheet("empty")

    path = book(("ABCDEF", "conflict", None, None), change=second)
    with pytest.raises(InputError, match="several sheets with cells: Sheet, Dy papers"):
        read_table(path)
    assert read_table(path, sheet="Dy papers").rows[0].finding.identifier == "XYZABC"
    with pytest.raises(InputError, match="no sheet 'Tb'"):
        read_table(path, sheet="Tb")


def test_workbooks_that_cannot_be_used(tmp_path, book):
    path = tmp_path / "bad.xlsx"
    for content in (b"PK\x03\x04 cut", _archive({"a.txt": b"x"}), b"\xd0\xcf\x11\xe0 old excel"):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"bad\.xlsx"):
            read_table(path)
    path.write_bytes(bytes(range(256)))
    with pytest.raises(InputError, match=r"bad\.xlsx is no XLSX workbook"):
        read_table(path)
    path.write_bytes(_archive({"xl/workbook.xml": b"<" * (33 * 2**20)}))
    with pytest.raises(InputError, match="unpacks to more than 32 MB"):
        read_table(path)
    wide = book(head=(*HEAD, *([None] * 200), "x"))
    with pytest.raises(InputError, match="columns; at most"):
        read_table(wide)
    csv = tmp_path / "t.csv"
    csv.write_text("identifier,behaviour\n")
    with pytest.raises(InputError, match="no workbook"):
        read_table(csv, sheet="x")


def test_an_empty_workbook(tmp_path):
    path = tmp_path / "t.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(InputError, match="no sheet with cells"):
        read_table(path)


def _archive(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("shown", "words"),
    [('0.0" cm-1"', "is in cm-1"), ("0.0,", "shows it as"), ('0.0,"k"', "shows it as")],
)
def test_a_format_that_shows_another_unit_is_refused(book, shown, words):
    def change(_, sheet):
        sheet["C2"].number_format = shown

    (error,) = errors(book(("ABCDEF", "conflict", 62.5, None), change=change))
    assert words in error


@pytest.mark.parametrize("shown", ['0.0" K"', "0.00", "#,##0", "General", "0.0E+00", "@"])
def test_a_format_that_shows_the_number_is_no_matter(book, shown):
    def change(_, sheet):
        sheet["C2"].number_format = shown

    table = read_table(book(("ABCDEF", "conflict", 1062.5, None), change=change))
    assert [row.finding.ueff_k for row in table.rows] == [1062.5]
