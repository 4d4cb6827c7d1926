"""The program itself: help, exit codes, output for people and for programs."""

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, datetime

import click
import pytest
from click.testing import CliRunner

from cli.console import PlainProgress
from cli.main import COMMANDS, smmdb
from cli.output import WIDE, Column, counted, print_rows, print_side_by_side, table_width
from screening import errors

HEAVY = ("torch", "dask", "distributed", "gemmi", "sqlalchemy", "numba", "sklearn", "rich")


def test_help_imports_nothing_heavy():
    script = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from cli.main import smmdb\n"
        "result = CliRunner().invoke(smmdb, ['--help'])\n"
        "assert result.exit_code == 0, result.output\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def commands(group=smmdb, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=lambda value: str(value)[:40])
def test_every_command_explains_itself(path, command):
    result = CliRunner().invoke(smmdb, [*path, "--help"])
    assert result.exit_code == 0
    assert command.help
    if command.params:
        assert "Example" in result.output, "help shows how to use it"
    for line in result.output.splitlines():
        assert len(line) <= 100


def test_no_command_of_a_group_is_cut_in_its_list():
    groups = {path[:-1] for path, _ in commands() if len(path) > 1}
    for path in groups:
        listed = CliRunner().invoke(smmdb, [*path, "--help"], terminal_width=80).output
        assert "..." not in listed.partition("Commands:")[2].partition("\n\n")[0], path


def test_short_help_is_not_cut():
    listed = CliRunner().invoke(smmdb, ["--help"]).output
    for name in COMMANDS:
        assert f"  {name} " in listed
    assert "..." not in listed.partition("Commands:")[2].partition("Start here")[0]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.SmmdbError, 1),
        (errors.InputError, 2),
        (errors.SchemaVersionError, 3),
        (errors.DatabaseError, 4),
        (errors.NotFoundError, 5),
        (errors.IntegrityError, 6),
        (KeyboardInterrupt, 130),
    ],
)
def test_errors_become_exit_codes(monkeypatch, error, code):
    def fail(*_):
        raise error("what to do next")

    monkeypatch.setenv("SMMDB_DATABASE_URL", "postgresql://nobody/there")
    monkeypatch.setattr("screening.store.engine.open_database", fail)
    result = CliRunner().invoke(smmdb, ["show", "x"])
    assert result.exit_code == code
    if code != 130:
        assert result.stderr == "Error: what to do next\n"
    assert "Traceback" not in result.output


def test_a_command_says_that_it_makes_the_database_first(monkeypatch, tmp_path):
    def fail(*_):
        raise errors.DatabaseError("no more of it here")

    monkeypatch.delenv("SMMDB_DATABASE_URL", raising=False)
    monkeypatch.setenv("SMMDB_HOME", str(tmp_path))
    monkeypatch.setattr("screening.store.engine.open_database", fail)
    told = f"Preparing the database under {tmp_path} (only once) ..."
    assert told in CliRunner().invoke(smmdb, ["show", "x"]).stderr
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    assert told not in CliRunner().invoke(smmdb, ["show", "x"]).stderr


ROWS = [
    {"name": "=1+1", "value": 0.123456, "metals": ["Dy", "Zn"], "known": None},
    {"name": "plain", "value": None, "metals": [], "known": True},
]
COLUMNS = [
    Column("name", "Name"),
    Column("value", "Value", ".2f"),
    Column("metals", "Metals"),
    Column("known", "Known"),
]


def test_csv_is_whole_and_no_formula(capsys):
    print_rows(ROWS, COLUMNS, "csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0] == {"name": "'=1+1", "value": "0.123456", "metals": "Dy; Zn", "known": ""}
    assert rows[1]["value"] == ""


def test_csv_holds_what_is_nested_as_json(capsys):
    at = datetime(2026, 1, 2, tzinfo=UTC)
    nested = [{"settings": {"device": "cpu", "at": at}, "failures": [{"code": "é", "n": 1}]}]
    print_rows(nested, [Column("settings", ""), Column("failures", "")], "csv")
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert json.loads(row["settings"]) == {"device": "cpu", "at": at.isoformat()}
    assert json.loads(row["failures"]) == [{"code": "é", "n": 1}]


def test_an_explicit_width_counts_without_a_terminal(monkeypatch):
    for said, width in (("80", 80), ("0", 160), ("wide", 160), ("", 160)):
        monkeypatch.setenv("COLUMNS", said)
        assert table_width() == width


def test_the_module_is_the_program():
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("smmdb, version")


def test_negative_numbers_stay_numbers_in_csv(capsys):
    print_rows([{"value": -1.5}], [Column("value", "Value", ".1f")], "csv")
    assert capsys.readouterr().out.splitlines()[1] == "-1.5"


def test_json_keeps_types(capsys):
    print_rows(ROWS, COLUMNS, "json")
    assert json.loads(capsys.readouterr().out) == ROWS


def test_table_rounds_and_shows_markup_as_text(capsys):
    print_rows([{"name": "[red]Dy[/red]", "value": 0.126}], COLUMNS, "table")
    out = capsys.readouterr().out
    assert "[red]Dy[/red]" in out
    assert "0.13" in out


def test_a_narrow_table_goes_without_what_can_be_left_out(capsys, monkeypatch):
    columns = [Column("name", "Name"), Column("value", "Value", ".2f", from_width=100)]
    for width, there in ((80, False), (100, True)):
        monkeypatch.setattr("cli.output.table_width", lambda width=width: width)
        print_rows(ROWS, columns, "table")
        assert ("0.12" in capsys.readouterr().out) == there
    print_rows(ROWS, columns, "csv")
    assert "0.123456" in capsys.readouterr().out


def test_a_narrow_table_cuts_a_long_text_to_keep_a_row_a_line(capsys, monkeypatch):
    columns = [Column("name", "Name", cut=12), Column("state", "State")]
    rows = [{"name": "[Dy(L)2(H2O)4]ClO4", "state": "waiting"}]
    for width, shown in ((80, "[Dy(L)2(H2O…  waiting"), (WIDE, "[Dy(L)2(H2O)4]ClO4  waiting")):
        monkeypatch.setattr("cli.output.table_width", lambda width=width: width)
        print_rows(rows, columns, "table")
        assert [line.strip() for line in capsys.readouterr().out.splitlines()][3] == shown
    print_rows(rows, columns, "csv")
    assert "[Dy(L)2(H2O)4]ClO4,waiting" in capsys.readouterr().out


def test_side_by_side_what_does_not_fit_follows_below(capsys, monkeypatch):
    monkeypatch.setattr("cli.output.table_width", lambda: 80)
    rows = [{"id": i, "note": f"note {i}", "empty": None} for i in range(3)]
    fields = [Column("note", "Note"), Column("empty", "Empty")]
    print_side_by_side(rows, Column("id", "Finding", "d"), fields)
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip(" ─")]
    assert lines == [
        ["Finding", "0", "1"],
        ["Note", "note", "0", "note", "1"],
        ["Finding", "2"],
        ["Note", "note", "2"],
    ]


def test_a_log_says_at_once_what_is_done(capsys):
    with PlainProgress().task("Reading structures", 2000):
        assert capsys.readouterr().err == "Reading structures, 2,000 in all ...\n"
    assert capsys.readouterr().err == "Reading structures: 0 of 2,000\n"


def test_counts_are_read_as_english():
    assert counted(1, "file") == "1 file"
    assert counted(2000, "new complex") == "2,000 new complexes"
