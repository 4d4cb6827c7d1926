"""`smmdb label`: what it prints and how it exits."""

import csv
import io
import json
import sys

import pytest
from click.testing import CliRunner
from factories import add_complex

from cli.main import smmdb
from screening.evidence.columns import COLUMNS


@pytest.fixture
def run(database_url, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)

    def run(*arguments: str):
        return CliRunner().invoke(smmdb, ["label", *arguments])

    return run


@pytest.fixture
def filled(tmp_path):
    """A template with three rows: good, refused, and one that a spreadsheet would run."""
    path = tmp_path / "mine.csv"
    result = CliRunner().invoke(smmdb, ["label", "template", str(path)])
    assert result.exit_code == 0
    rows = ["ABCDEF,smm_zero_field", "GHIJKL,smm", '"=HYPERLINK(1)",not_measured']
    names = [column.name for column in COLUMNS]
    with path.open("a") as file:
        for row in csv.reader(rows):
            cells = dict(zip(("identifier", "behaviour"), row, strict=True))
            csv.DictWriter(file, names).writerow(cells)
    return path


def test_template_to_import_to_list(run, filled):
    first = run("import", str(filled), "--by", "A. Chemist")
    assert first.exit_code == 1
    assert "Rows: 3 (2 added, 0 known already, 1 refused)." in first.stdout
    line = filled.read_text().splitlines().index("GHIJKL,,,,,,smm" + "," * 11) + 1
    assert f"Error: line {line}, column behaviour: 'smm' is not one of" in first.stderr
    again = run("import", str(filled))
    assert "Rows: 3 (0 added, 2 known already, 1 refused)." in again.stdout
    listed = json.loads(run("list", "--unmatched", "--format", "json").stdout)
    assert [(row["identifier"], row["entered_by"]) for row in listed] == [
        ("ABCDEF", "A. Chemist"),
        ("=HYPERLINK(1)", "A. Chemist"),
    ]


def test_exported_cells_are_no_formulas(run, filled):
    run("import", str(filled))
    rows = list(csv.DictReader(io.StringIO(run("list", "--format", "csv").stdout)))
    assert [row["identifier"] for row in rows] == ["ABCDEF", "'=HYPERLINK(1)"]


def test_dry_run_changes_nothing(run, filled):
    result = run("import", str(filled), "--dry-run")
    assert "2 added" in result.stdout
    assert "nothing was changed" in result.stdout
    assert json.loads(run("list", "--format", "json").stdout) == []


def test_unusable_files_exit_with_2(run, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("record,label\n1,SMM\n")
    result = run("import", str(path))
    assert result.exit_code == 2
    assert "'record'" in result.stderr
    assert "smmdb label template" in result.stderr


def test_template_leaves_a_file_that_is_there(filled):
    before = filled.read_text()
    result = CliRunner().invoke(smmdb, ["label", "template", str(filled)])
    assert result.exit_code == 2
    assert filled.read_text() == before


def test_policies_are_listed_and_shown():
    names = json.loads(CliRunner().invoke(smmdb, ["label", "policies", "--format", "json"]).stdout)
    assert names[0]["name"] == "paper-binary"
    for entry in names:
        shown = CliRunner().invoke(smmdb, ["label", "policies", entry["name"]])
        assert "[[rule]]" in shown.stdout


def test_the_rules_of_a_policy_as_json():
    shown = CliRunner().invoke(
        smmdb, ["label", "policies", "strict-zero-field", "--format", "json"]
    )
    policy = json.loads(shown.stdout)
    assert policy["kind"]["no_signal_zero_field"]["f_max_hz_at_least"] == 900
    refused = CliRunner().invoke(smmdb, ["label", "policies", "paper-binary", "--format", "csv"])
    assert refused.exit_code == 2


def test_a_file_that_is_no_table_starts_no_database(monkeypatch, tmp_path):
    def refuse():
        pytest.fail("the database was opened")

    monkeypatch.setattr("cli.label.importing.open_engine", refuse)
    path = tmp_path / "other.csv"
    path.write_text("record,label\n1,SMM\n")
    assert CliRunner().invoke(smmdb, ["label", "import", str(path)]).exit_code == 2


def test_the_list_fits_80_columns_and_breaks_no_number(run, tmp_path, monkeypatch, capsys):
    path = tmp_path / "long.csv"
    path.write_text(
        "identifier,behaviour,dc_field_oe,ueff_k,doi\n"
        "tris(acetylacetonato)-bis(aqua)-dysprosium(III) hydrate,slow_relaxation_no_barrier,12500,"
        "1234.5,10.1002/anie.201601234567890\n"
    )
    run("import", str(path))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    smmdb.main(["label", "list"], standalone_mode=False)
    listed = capsys.readouterr().out
    assert max(map(len, listed.splitlines())) <= 80
    for whole in ("slow_relaxation_no_barrier", "12500", "1234"):
        assert whole in listed


def test_an_ambiguous_finding_is_marked_in_the_list(run, engine, tmp_path):
    with engine.begin() as connection:
        for number in ("01", "02"):
            add_complex(connection, refcode=f"ABCDEF{number}")
    path = tmp_path / "one.csv"
    path.write_text("identifier,behaviour\nABCDEF,conflict\n")
    imported = run("import", str(path))
    assert "Write in its row which is" in imported.stderr
    assert "smmdb label match 1: ABCDEF01 (" in imported.stderr
    assert "ambiguous" in run("list", "--unmatched").stdout
    (listed,) = json.loads(run("list", "--unmatched", "--format", "json").stdout)
    assert listed["matched_by"] is None
    assert listed["fits"].startswith("ABCDEF01 (")


def test_unknown_policy_exits_with_5(run):
    result = run("resolve", "--policy", "wishful")
    assert result.exit_code == 5
    assert "paper-binary" in result.stderr


def test_what_another_policy_says_otherwise(run, engine, tmp_path):
    with engine.begin() as connection:
        for refcode in ("ABCDEF", "GHIJKL"):
            add_complex(connection, refcode=refcode)
    path = tmp_path / "two.csv"
    path.write_text(
        "identifier,behaviour\nABCDEF,smm_field_induced\nABCDEF,no_signal_observed\n"
        "GHIJKL,smm_zero_field\n"
    )
    run("import", str(path))
    asked = ("resolve", "--policy", "strict-zero-field", "--against", "paper-binary")
    changed = run(*asked, "--format", "json")
    (row,) = json.loads(changed.stdout)
    assert (row["identifiers"], row["other_class"], row["class"]) == (
        ["ABCDEF"],
        "positive",
        "negative",
    )
    assert row["metals"] == ["Dy"]
    assert "only in a dc field" in row["reason"]
    assert "Labelled otherwise than under paper-binary version 2: 1 compound." in changed.stderr
    read = run(*asked)
    assert "Metal" in read.stdout
    assert "ABCDEF" in read.stdout
    assert "GHIJKL" not in read.stdout
    assert run("resolve", "--against", "wishful").exit_code == 5


def test_a_correction_taken_back_is_told_of_what_replaced_it(run, tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("identifier,behaviour,ueff_k\nABCDEF,smm_zero_field,60\n")
    run("import", str(path))
    assert run("correct", "1", "--set", "ueff_k=62", "--reason", "typo").exit_code == 0
    back = run("correct", "2", "--set", "ueff_k=60", "--reason", "no typo")
    assert back.exit_code == 2
    assert "smmdb label withdraw 1 --undo" in back.stderr
    undone = run("withdraw", "1", "--undo")
    assert "finding 2, which was entered in its place, counts too" in undone.stderr
    run("withdraw", "2", "--reason", "it was no typo")
    again = run("withdraw", "1", "--reason", "x"), run("withdraw", "1", "--undo")
    assert "in its place" not in again[1].stderr
