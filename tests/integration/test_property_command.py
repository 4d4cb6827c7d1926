"""`smmdb property`: what it prints and how it exits."""

import csv
import json

import pytest
from click.testing import CliRunner
from factories import add_complex

from cli.main import smmdb

TABLE = "refcode,spin,gap\nABCDEF,1,-11.63\nGHIJKL,maybe,2\nMNOPQR,0,\n"
IMPORT = ("import", "--id", "refcode", "--source", "a paper", "--by", "A. Chemist")


@pytest.fixture
def run(database_url, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    return lambda *arguments: CliRunner().invoke(smmdb, ["property", *map(str, arguments)])


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "spin.csv"
    path.write_text(TABLE)
    return path


@pytest.fixture
def complex_id(engine):
    with engine.begin() as connection:
        return add_complex(connection, metals=("Co",), refcode="ABCDEF")


def test_import_to_list_and_show(run, table, complex_id):
    first = run(*IMPORT, table, "--column", "spin", "--description", "S is 3/2 or more.")
    assert first.exit_code == 1
    assert "Property spin (binary, new here)." in first.stdout
    assert "Rows: 3 (2 added, 0 known already, 1 refused)." in first.stdout
    assert "Yes: 1 of 2 (50.0%)." in first.stdout
    assert "Values: 1 matched, 1 waiting, 0 ambiguous." in first.stdout
    assert "Error: line 3 (GHIJKL): 'maybe' is not one of: 0, 1, false, true" in first.stderr
    again = run(*IMPORT, table, "--column", "spin")
    assert "Rows: 3 (0 added, 2 known already, 1 refused)." in again.stdout
    (listed,) = json.loads(run("list", "--format", "json").stdout)
    assert (listed["name"], listed["stated"], listed["complexes"]) == ("spin", 2, 1)
    assert "spin" in run("list").stdout
    shown = run("show", "spin").stdout
    assert "spin: binary. S is 3/2 or more." in shown
    assert "2 values of 1 complex; 1 waiting" in shown
    assert "Source: a paper" in shown
    (value,) = json.loads(run("show", "spin", "ABCDEF", "--format", "json").stdout)
    assert value["complex_ids"] == [complex_id]
    assert (value["entered_by"], value["source_row"]) == ("A. Chemist", 2)
    assert len(value["source_sha256"]) == 64
    assert "refcode" in run("show", "spin", "ABCDEF").stdout
    known = CliRunner().invoke(smmdb, ["show", "ABCDEF"]).stdout
    assert "Measured or computed values:" in known
    assert "a paper" in known
    assert "disagree" not in known
    table.write_text("refcode,spin\nABCDEF,0\n")
    run("import", table, "--id", "refcode", "--column", "spin", "--source", "another paper")
    known = CliRunner().invoke(smmdb, ["show", "ABCDEF"])
    assert "Values that disagree: spin." in known.stderr


def test_a_number_under_a_name_of_its_own(run, table, complex_id):
    result = run(*IMPORT, table, "--column", "gap", "--as", "splitting", "--unit", "kcal/mol")
    assert "Property splitting (numeric, in kcal/mol, new here)." in result.stdout
    assert "From -11.63 to 2." in result.stdout
    assert "Error: line 4 (MNOPQR): no value: the cell is empty" in result.stderr
    rows = list(csv.DictReader(run("show", "splitting", "--format", "csv").stdout.splitlines()))
    assert [(row["metal"], row["mean"]) for row in rows] == [("Co", "-11.63"), ("all", "-11.63")]


def test_a_column_without_values_makes_no_property(run, table):
    result = run(*IMPORT, table, "--column", "refcode", "--as", "metal")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: no row of the column 'refcode' holds a number or a yes or no (line 2: 'ABCDEF'):"
        " name another --column\n"
    )
    assert json.loads(run("list", "--format", "json").stdout) == []


def test_dry_run_prints_each_row_and_changes_nothing(run, table, complex_id):
    result = run(*IMPORT, table, "--column", "spin", "--dry-run")
    assert "Would be" in result.stdout
    assert "by refcode" in result.stdout
    assert "waits for its structure" in result.stdout
    assert "Dry run: nothing was changed." in result.stdout
    rows = run(*IMPORT, table, "--column", "spin", "--dry-run", "--format", "json")
    assert [row["outcome"] for row in json.loads(rows.stdout)] == ["added", "refused", "added"]
    assert json.loads(run("list", "--format", "json").stdout) == []


def test_an_export_imports_to_the_same(run, table, tmp_path):
    run(*IMPORT, table, "--column", "gap", "--unit", "K")
    path = tmp_path / "out.csv"
    assert "Wrote 2 values" in run("export", "gap", path).stderr
    assert "exists already" in run("export", "gap", path, "--state", "matched").stderr
    assert "Wrote 2 values" in run("export", "gap", path, "--overwrite").stderr
    arguments = ("--id", "identifier", "--column", "value", "--as", "gap", "--unit", "K")
    again = run("import", path, *arguments, "--source", "a paper")
    assert again.exit_code == 0
    assert "(0 added, 2 known already, 0 refused)" in again.stdout
    assert run("export", "gap", tmp_path / "out.txt").exit_code == 2
    waiting = tmp_path / "out.json"
    run("export", "gap", waiting, "--state", "waiting")
    assert [row["given"] for row in json.loads(waiting.read_text())] == ["-11.63", "2"]


def test_an_export_of_a_yes_or_no_imports_to_the_same(run, table, tmp_path):
    method = ("--method", "SQUID")
    run(*IMPORT, table, "--column", "spin", *method)
    path = tmp_path / "out.csv"
    run("export", "spin", path)
    assert [row["value"] for row in csv.DictReader(path.read_text().splitlines())] == ["1", "0"]
    arguments = ("--id", "identifier", "--column", "value", "--as", "spin", "--source", "a paper")
    again = run("import", path, *arguments, *method)
    assert again.exit_code == 0
    assert "(0 added, 2 known already, 0 refused)" in again.stdout
    elsewhere = run("import", path, *arguments[:-3], "spin_of_another", "--source", "a paper")
    assert "Property spin_of_another (binary, new here)." in elsewhere.stdout
    rows = tmp_path / "out.json"
    run("export", "spin", rows)
    assert [repr(row["value"]) for row in json.loads(rows.read_text())] == ["1", "0"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("show", "nothing"), 5, "there is no property 'nothing'"),
        (("export", "nothing", "x.csv"), 5, "there is no property 'nothing'"),
    ],
)
def test_unknown_properties_exit_with_5(run, arguments, code, message):
    result = run(*arguments)
    assert result.exit_code == code
    assert message in result.stderr


def test_a_file_without_the_column_starts_no_database(monkeypatch, table):
    def refuse():
        pytest.fail("the database was opened")

    monkeypatch.setattr("cli.property.importing.open_engine", refuse)
    arguments = ["property", *IMPORT, str(table), "--column", "S"]
    result = CliRunner().invoke(smmdb, arguments)
    assert result.exit_code == 2
    assert "no column 'S'; it has: 'refcode', 'spin', 'gap'" in result.stderr


def test_withdraw_and_undo(run, table, complex_id):
    run(*IMPORT, table, "--column", "spin")
    (value,) = json.loads(run("show", "spin", "ABCDEF", "--format", "json").stdout)
    number = value["value_id"]
    assert str(number) in run("show", "spin", "ABCDEF").stdout
    said = ("--reason", "another polymorph", "--by", "A. Chemist")
    assert "spin: 1 value withdrawn." in run("withdraw", "spin", number, *said).stdout
    assert "nothing of that counts" in run("withdraw", "spin", number, *said).stdout
    assert "1 withdrawn" in run("show", "spin").stdout
    listed = run("show", "spin", "--withdrawn").stdout
    assert "another polymorph" in listed
    assert "A. Chemist" in listed
    (gone,) = csv.DictReader(
        run("show", "spin", "--withdrawn", "--format", "csv").stdout.splitlines()
    )
    assert (gone["value_id"], gone["withdrawn_by"]) == (str(number), "A. Chemist")
    again = run(*IMPORT, table, "--column", "spin", "--description", "S is 3/2 or more.")
    assert "(0 added, 1 known already, 1 withdrawn before, 1 refused)" in again.stdout
    assert "It has its description now." in again.stdout
    assert "smmdb property show spin --withdrawn" in again.stdout
    undone = run("withdraw", "spin", "--source", "a paper", "--undo")
    assert "spin: 1 value again counted." in undone.stdout
    assert run("withdraw", "spin", "--source", "a paper", "--reason", "x").exit_code == 0
    assert json.loads(run("list", "--format", "json").stdout)[0]["withdrawn"] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("withdraw", "spin", "--reason", "x"), 2, "say what: the ID of a value, or --source"),
        (("withdraw", "spin", "1", "--source", "A", "--reason", "x"), 2, "say what"),
        (("withdraw", "spin", "1"), 2, "say why: --reason TEXT"),
        (("show", "spin", "ABCDEF", "--withdrawn"), 2, "leave COMPLEX out"),
        (("withdraw", "spin", "1", "--reason", "x"), 5, "there is no property 'spin'"),
    ],
)
def test_a_withdrawal_says_what_and_why(run, arguments, code, message):
    result = run(*arguments)
    assert result.exit_code == code
    assert message in result.stderr
