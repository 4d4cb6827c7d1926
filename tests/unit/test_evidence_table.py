"""Reading findings tables: units, spellings, and errors that name row and column."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.errors import InputError
from screening.evidence.columns import COLUMNS
from screening.evidence.finding import Behaviour, Sample
from screening.evidence.table import decode, parse_table, read_table, template

HEAD = "identifier,behaviour"


def only(text: str):
    table = parse_table(text, "t.csv")
    assert not table.errors
    (row,) = table.rows
    return row.finding


def problems(text: str):
    return [(p.line, p.column) for p in parse_table(text, "t.csv").errors]


def test_kelvin_and_wavenumbers_give_the_same_finding():
    kelvin = only(f"{HEAD},ueff_k\nABCDEF,smm_zero_field,143.8777\n")
    wavenumber = only(f"{HEAD},ueff_cm-1\nABCDEF,smm_zero_field,100\n")
    assert wavenumber.ueff_k == pytest.approx(143.8777)
    assert (wavenumber.ueff_given, wavenumber.ueff_unit) == (100.0, "cm-1")
    assert (kelvin.ueff_given, kelvin.ueff_unit) == (143.8777, "K")
    assert wavenumber.key == kelvin.key


def test_oersted_and_tesla_give_the_same_finding():
    oersted = only(f"{HEAD},dc_field_oe\nABCDEF,smm_field_induced,1500\n")
    tesla = only(f"{HEAD},dc_field_t\nABCDEF,smm_field_induced,0.15\n")
    assert tesla.dc_field_oe == pytest.approx(1500.0)
    assert tesla.key == oersted.key


@pytest.mark.parametrize(
    "heading",
    ["ueff_cm-1", "ueff_cm1", "ueff [cm-1]", "Ueff (cm^-1)", "UEFF / cm⁻¹", "Ueff (cm−1)"],  # noqa: RUF001 - as pasted from papers
)
def test_spellings_of_the_wavenumber_heading(heading):
    assert only(f"{HEAD},{heading}\nABCDEF,smm_zero_field,100\n").ueff_unit == "cm-1"


def test_two_units_in_one_table_but_not_in_one_row():
    rows = "A,smm_zero_field,50,\nB,smm_zero_field,,50\nC,smm_zero_field,50,50\n"
    text = f"{HEAD},ueff_k,ueff_cm-1\n{rows}"
    table = parse_table(text, "t.csv")
    assert [row.finding.ueff_unit for row in table.rows] == ["K", "cm-1"]
    (error,) = table.errors
    assert (error.line, error.column) == (4, "ueff_cm-1")
    assert "ueff_k and ueff_cm-1" in error.message


def test_bad_row_costs_only_itself_and_every_problem_is_told():
    text = (
        f"{HEAD},tau0_s,doi,year\n"
        "GOODAA,smm_zero_field,1e-7,10.1021/x,2015\n"
        ",smm_zero_fields,fast,no doi,3015\n"
        "\n"
        "GOODBB,not measured,,,\n"
    )
    table = parse_table(text, "t.csv")
    assert [row.finding.identifier for row in table.rows] == ["GOODAA", "GOODBB"]
    assert [row.line for row in table.rows] == [2, 5]
    assert {(e.line, e.column) for e in table.errors} == {
        (3, "identifier"),
        (3, "behaviour"),
        (3, "tau0_s"),
        (3, "doi"),
        (3, "year"),
    }
    (behaviour,) = [e for e in table.errors if e.column == "behaviour"]
    assert "did you mean smm_zero_field?" in behaviour.message
    assert all(state in behaviour.message for state in Behaviour)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("dc_field_oe", "-1"),
        ("ueff_k", "0"),
        ("ueff_k", "nan"),
        ("ueff_k", "inf"),
        ("ueff_k", "1e999"),
        ("ueff_cm-1", "1.7e308"),
        ("tau0_s", "-1e-8"),
        ("t_min_k", "~2"),
        ("tb_k", "12 mK"),
        ("tb_k", "12 cm-1"),
        ("ueff_k", "62.5 62"),
        ("dc_field_oe", "500 1000"),
        ("dc_field_oe", "1 kOe"),
        ("tau0_s", "1.2 ± 0.3e-7"),
        ("tau0_s", "120 ns"),
        ("ueff_k", "62(0)"),
        ("year", "2014.5"),
        ("year", "2o15"),
        ("year", "1889"),
        ("sample", "powder"),
    ],
)
def test_impossible_cells_are_refused_by_name(column, cell):
    assert problems(f"{HEAD},{column}\nABCDEF,smm_zero_field,{cell}\n") == [(2, column)]


@pytest.mark.parametrize(
    ("column", "cell"), [("ueff_k", "4"), ("ueff_cm-1", "2000"), ("tau0_s", "1e-23")]
)
def test_unusual_numbers_are_taken_with_a_warning(column, cell):
    table = parse_table(f"{HEAD},{column}\nABCDEF,smm_zero_field,{cell}\n", "t.csv")
    assert len(table.rows) == 1
    assert [(w.line, w.column) for w in table.warnings] == [(2, column)]


@pytest.mark.parametrize("cell", ["139", "139(5)", "1.39e2", "+139", "139.0"])
def test_numbers_as_papers_write_them(cell):
    assert only(f"{HEAD},ueff_k\nABCDEF,smm_zero_field,{cell}\n").ueff_k == 139.0


def test_decimal_comma_where_semicolons_separate():
    assert only("identifier;behaviour;tau0_s\nABCDEF;smm_zero_field;3,65e-8\n").tau0_s == 3.65e-8
    assert problems("identifier;behaviour;ueff_k\nABCDEF;smm_zero_field;1,200\n") == [(2, "ueff_k")]


def test_point_that_may_group_thousands_is_refused_beside_a_decimal_comma():
    rows = "A;smm_zero_field;1.500;\nB;smm_zero_field;90;1,8\n"
    table = parse_table(f"identifier;behaviour;ueff_k;t_min_k\n{rows}", "t.csv")
    (error,) = table.errors
    assert (error.line, error.column) == (2, "ueff_k")
    assert "write 1500 or 1.5" in error.message


def test_point_that_may_group_thousands_is_warned_of_without_a_decimal_comma():
    table = parse_table("identifier;behaviour;ueff_k\nA;smm_zero_field;15.500\n", "t.csv")
    assert table.rows[0].finding.ueff_k == 15.5
    assert [(w.line, w.column) for w in table.warnings] == [(2, "ueff_k")]
    commas = parse_table(f"{HEAD},ueff_k\nA,smm_zero_field,15.500\n", "t.csv")
    assert (commas.errors, commas.warnings) == ((), ())


@pytest.mark.parametrize("start", ["#N/A", "#NAME?", "#NV", "#WERT!", "#DIV/0!"])
def test_errors_of_a_spreadsheet_are_refused_with_row_and_column(start):
    text = f"# talk\n{HEAD},ueff_k\n{start},conflict,\nA,conflict,{start}\n"
    assert problems(text) == [(3, "identifier"), (4, "ueff_k")]


def test_after_the_heading_a_hash_is_no_comment():
    table = parse_table(f"# talk\n{HEAD},note\n#12 in the review,conflict,\n# done\n", "t.csv")
    assert [row.finding.identifier for row in table.rows] == ["#12 in the review"]
    assert [(e.line, "above the heading" in e.message) for e in table.errors] == [(4, True)]


@pytest.mark.parametrize("separator", [";", "|", "\t", ","])
def test_a_stated_separator_is_obeyed(separator):
    lines = [f"sep={separator}", f"note{separator}behaviour{separator}identifier"]
    lines.append(f"n{separator}conflict{separator}ABCDEF")
    table = parse_table("\r\n".join(lines), "t.csv")
    assert [(r.line, r.finding.identifier, r.finding.note) for r in table.rows] == [
        (3, "ABCDEF", "n")
    ]


@pytest.mark.parametrize("column", ["identifier", "note", "doi", "fit"])
def test_control_characters_are_refused(column):
    cells = {"identifier": "ABCDEF", "behaviour": "conflict", "doi": "10.1021/x", "fit": "f"}
    cells |= {"note": "n", column: cells.get(column, "") + "\x1b[31mred"}
    assert problems(",".join(cells) + "\n" + ",".join(cells.values())) == [(2, column)]


def test_invisible_characters_are_left_out():
    assert only(f"{HEAD},note\nABC\u200bDEF\ufeff,conflict,a\u202eb\n").identifier == "ABCDEF"
    assert problems(f"{HEAD}\n\u200b,conflict\n") == [(2, "identifier")]


def test_lines_lost_to_an_open_quote_are_counted():
    table = parse_table(f'{HEAD},note\nA,conflict,"open\nB,conflict,\nC,conflict,\n', "t.csv")
    assert [(e.line, e.message.endswith("not read: 2")) for e in table.errors] == [(2, True)]


def test_a_repeated_row_names_the_line_of_the_first():
    table = parse_table(f"{HEAD}\nA,conflict\nB,conflict\na,conflict\n", "t.csv")
    assert [str(w) for w in table.warnings] == ["line 4: says the same as line 2"]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("smm_zero_field,1000,,", "dc_field_oe"),
        ("smm_field_induced,0,,", "dc_field_oe"),
        ("no_signal_observed,,1.8,1000", "behaviour"),
        ("no_signal_observed,0,,1000", "behaviour"),
        ("no_signal_observed,0,1.8,", "behaviour"),
        ("no_signal_observed,0,1.8,1000", None),
        ("smm_zero_field,0,,", None),
    ],
)
def test_cells_that_sit_oddly_together_are_warned_of(row, column):
    table = parse_table(f"{HEAD},dc_field_oe,t_min_k,f_max_hz\nABCDEF,{row}\n", "t.csv")
    assert [w.column for w in table.warnings] == ([column] if column else [])


def test_identifiers_that_look_like_numbers_are_warned_of():
    table = parse_table(f"{HEAD}\n604034/5,conflict\n", "t.csv")
    assert [(w.line, w.column) for w in table.warnings] == [(2, "identifier")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator, newline):
    lines = ["behaviour,note,identifier", 'conflict,"a,b;c\td",ABCDEF']
    text = newline.join(
        [lines[0].replace(",", separator), f'conflict{separator}"a,b;c\td"{separator}ABCDEF', ""]
    )
    finding = only(text)
    assert finding.note == "a,b;c\td"
    assert finding.behaviour is Behaviour.CONFLICT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(encoding):
    content = f"{HEAD},note\nABCDEF,not_measured,Müller – 5 €\n".encode(encoding)  # noqa: RUF001 - a dash of Windows-1252
    assert only(decode(content, "t.csv")).note == "Müller – 5 €"  # noqa: RUF001 - the same


@pytest.mark.parametrize("content", [b"PK\x03\x04 workbook", b"a\0b", b"", b"\n\n# only talk\n"])
def test_files_that_are_no_table(content, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"t\.csv"):
        read_table(path)


def test_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "absent.csv")


def test_unknown_column_is_named_with_the_nearest():
    with pytest.raises(InputError, match=r"'identifer' \(did you mean identifier\?\).*template"):
        parse_table("identifer,behaviour\nA,conflict\n", "t.csv")


@pytest.mark.parametrize("head", ["identifier", "behaviour,note", "identifier,behaviour,behavior"])
def test_headings_that_cannot_work(head):
    with pytest.raises(InputError):
        parse_table(f"{head}\na,b,c\n", "t.csv")


def test_other_literature_tables_fail_with_one_clear_error(shared_data):
    with pytest.raises(InputError, match=r"'record'.*'metals'.*smmdb label template.*--mapping"):
        read_table(shared_data / "labels" / "literature_smm.csv")


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("A,conflict\nB,conflict,x,y\nC,conflict,\n", [2, 3]),  # cut row, shifted row
        ('A,conflict,"open\nB,conflict,\n', [2]),
        ('A,conflict,"x" y\nC,conflict,\n', [2]),
    ],
)
def test_broken_rows_are_told_and_the_rest_is_read(body, lines):
    table = parse_table(f"{HEAD},note\n{body}", "t.csv")
    assert [e.line for e in table.errors] == lines
    expected = ["C"] if "\nC" in body else []
    assert [row.finding.identifier for row in table.rows] == expected


def test_line_numbers_count_comments_and_quoted_line_ends():
    text = f'# talk, "talk\n{HEAD},note\nA,conflict,"two\nlines"\nB,bad,\n'
    table = parse_table(text, "t.csv")
    assert [row.line for row in table.rows] == [3]
    assert [e.line for e in table.errors] == [5]


def test_template_explains_every_column_and_imports_as_it_is():
    text = template()
    assert all(f"# {column.name} " in text for column in COLUMNS)
    assert parse_table(text, "t.csv").rows == ()
    values = {"identifier": "ABCDEF", "behaviour": "conflict"}
    finding = only(text + ",".join(values.get(column.name, "") for column in COLUMNS))
    assert (finding.identifier, finding.behaviour) == ("ABCDEF", Behaviour.CONFLICT)


def test_template_survives_a_spreadsheet():
    quoted = "\n".join(
        f'"{line}",,,' if line.startswith("#") else line for line in template().splitlines()
    )
    assert parse_table(quoted, "t.csv").errors == ()


def test_year_without_doi_is_kept_in_the_note():
    finding = only(f"{HEAD},year,note\nABCDEF,conflict,2016,read by hand\n")
    assert (finding.year, finding.note) == (None, "read by hand; published 2016")


@pytest.mark.parametrize(
    ("first", "second", "warned"), [("65", "93.5", [3]), ("93.5", "65", [3]), ("65", "90", [])]
)
def test_barriers_that_differ_by_the_unit_are_warned_of(first, second, warned):
    text = f"{HEAD},ueff_k\nABCDEF,smm_zero_field,{first}\nabcdef,smm_zero_field,{second}\n"
    assert [w.line for w in parse_table(text, "t.csv").warnings] == warned


def test_doi_has_one_spelling():
    keys = {
        only(f"{HEAD},doi\nABCDEF,conflict,{doi}\n").key
        for doi in (
            "10.1021/IC5001599",
            "https://doi.org/10.1021/ic5001599",
            "doi: 10.1021/ic5001599",
        )
    }
    assert len(keys) == 1


def test_sample_is_not_stated_unless_said():
    assert only(f"{HEAD},sample\nABCDEF,conflict,\n").sample is Sample.NOT_STATED
    assert only(f"{HEAD},sample\nABCDEF,conflict,Not stated\n").sample is Sample.NOT_STATED
    assert only(f"{HEAD},sample\nABCDEF,conflict,undiluted\n").sample is Sample.NEAT


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("sample", "non-diluted"),
        ("behaviour", "measured"),
        ("behaviour", "signal_observed"),
        ("behaviour", "slow relaxation barrier"),
        ("behaviour", "smm_in_field"),
    ],
)
def test_no_hint_turns_a_statement_round(column, cell):
    cells = {"identifier": "A", "behaviour": "conflict", "sample": "neat", column: cell}
    table = parse_table(",".join(cells) + "\n" + ",".join(cells.values()), "t.csv")
    (error,) = table.errors
    assert error.column == column
    assert "did you mean" not in error.message


@pytest.mark.parametrize(
    ("heading", "hint"),
    [
        ("ueff_mev", "give it as ueff_k or ueff_cm-1"),
        ("Ueff", "give it as ueff_k or ueff_cm-1"),
        ("dc_field_koe", "give it as dc_field_oe or dc_field_t"),
        ("tau0_ms", "give it as tau0_s"),
        ("f_max_khz", "give it as f_max_hz"),
        ("uef_k", "did you mean ueff_k?"),
        ("tb_defn", "did you mean tb_definition?"),
    ],
)
def test_hints_for_headings_never_change_the_unit(heading, hint):
    with pytest.raises(InputError, match=re.escape(f"'{heading}' ({hint})")):
        parse_table(f"{HEAD},{heading}\nA,conflict,1\n", "t.csv")


@pytest.mark.parametrize(
    ("identifier", "note", "synthetic"),
    [
        ("synthetic-1", "", True),
        ("ABCDEF", "Synthetic: made up", True),
        ("ABCDEF", '"synthetic, made by rule"', True),
        ("ABCDEF", "synthetic", True),
        ("ABCDEF", "Synthetic procedure: see SI", False),
        ("ABCDEF", "synthetically useful", False),
        ("ABCDEF", "not so", False),
    ],
)
def test_synthetic_findings_say_so(identifier, note, synthetic):
    finding = only(f"{HEAD},note\n{identifier},conflict,{note}\n")
    assert finding.is_synthetic is synthetic


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_never_a_crash(text):
    try:
        table = parse_table(f"{HEAD},note,ueff_k\n{text}", "t.csv")
    except InputError:
        return
    assert all(row.finding.identifier for row in table.rows)


@given(st.permutations(["identifier", "behaviour", "sample", "ueff_k", "note"]))
def test_columns_stand_in_any_order(order):
    cells = {
        "identifier": "ABCDEF",
        "behaviour": "smm_zero_field",
        "sample": "neat",
        "ueff_k": "50",
        "note": "n",
    }
    text = ",".join(order) + "\n" + ",".join(cells[name] for name in order) + "\n"
    reference = ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"
    assert only(text) == only(reference)


def test_refused_lines_keep_the_identifier_that_their_cells_hold():
    rows = ("ABCDEF,smm", "ABCDEF", ",smm", "GHIJKL,conflict,more")
    table = parse_table("\n".join([HEAD, *rows]), "t.csv")
    assert table.refused == {2: "ABCDEF", 3: "ABCDEF", 4: None, 5: "GHIJKL"}


def test_an_unknown_heading_is_cut_where_it_is_named():
    with pytest.raises(InputError) as error:
        parse_table(f"{'x' * 500},behaviour\n", "t.csv")
    assert f"'{'x' * 57}...'" in str(error.value)
    assert "x" * 58 not in str(error.value)
