"""`smmdb find`: what the database holds, without a model."""

import csv
import io
import json
from collections.abc import Callable

import factories as make
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from cli.main import smmdb
from screening.errors import InputError, NotFoundError
from screening.find import find
from screening.store.filters import Filters


@pytest.fixture
def stored(engine: Engine) -> Engine:
    with engine.begin() as connection:
        make.add_complex(connection, refcode="SALENB", ligand_classes=["salen-type", "schiff-base"])
        make.add_complex(connection, ("Gd",), refcode="SALENA", ligand_classes=["salen-type"])
        make.add_complex(connection, ("Co", "Dy"), refcode="DIMERS", skeleton_key="another")
        row = make.add_complex(
            connection,
            ("Co",),
            refcode="COBALT",
            skeleton_key="third",
            metal_disordered=True,
            is_disordered=True,
            missing_hydrogens=2,
            cell=None,
            site={"coordination_number": 4},
        )
        make.add_flag(connection, row, reason="Co1: too short")
        old = make.add_complex(connection, refcode="OLDONE")
        make.supersede(connection, old, row)
    return engine


@pytest.fixture
def command(
    stored: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    return lambda *words: CliRunner().invoke(smmdb, words)


def names(engine: Engine, like: str | None = None, **filters: object) -> list[str]:
    found = find(engine, Filters(**filters), isostructural_to=like)
    assert found.total == len(found.rows)
    return [row["identifier"] for row in found.rows]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["COBALT", "DIMERS", "SALENA", "SALENB"]),
        ({"metals": ["Co"]}, ["COBALT", "DIMERS"]),
        ({"ligand_classes": ["salen"]}, ["SALENA", "SALENB"]),
        ({"coordination_number": 4}, ["COBALT"]),
        ({"min_nuclearity": 2, "max_nuclearity": 2}, ["DIMERS"]),
        ({"ordered": True, "metals": ["Co"]}, ["DIMERS"]),
        ({"plausible": True, "metals": ["Co"]}, ["DIMERS"]),
        ({"crystal": False}, ["COBALT"]),
        ({"synthetic": True}, []),
        ({"like": "SALENA"}, ["SALENA", "SALENB"]),
        ({"like": "SALENA", "metals": ["Dy"]}, ["SALENB"]),
    ],
)
def test_what_matches_comes_by_name(
    stored: Engine, filters: dict[str, object], expected: list[str]
) -> None:
    assert names(stored, **filters) == expected


def test_the_first_few_tell_how_many_there_are(stored: Engine) -> None:
    found = find(stored, Filters(), top=2)
    assert [row["identifier"] for row in found.rows] == ["COBALT", "DIMERS"]
    assert found.total == 4


def test_a_row_tells_its_sites_and_what_speaks_against_it(stored: Engine) -> None:
    (row,) = find(stored, Filters(coordination_number=4)).rows
    assert row["sites"] == "Co CN 4 N2O6"
    assert row["remarks"] == "R5: Co1: too short; metal disordered; 2 H missing; no crystal"


def test_unknown_names_and_classes_are_refused(stored: Engine) -> None:
    with pytest.raises(NotFoundError, match="no complex is called 'NOBODY'"):
        find(stored, Filters(), isostructural_to="NOBODY")
    with pytest.raises(InputError, match="no complex has a ligand of the class 'porphyrin'"):
        find(stored, Filters(ligand_classes=["porphyrin"]))


def test_the_command_prints_for_people_and_for_programs(command: Callable[..., Result]) -> None:
    table = command("find", "--top", "3")
    assert "Co CN 4 N2O6" in table.stdout
    assert table.stderr == "3 of 4 complexes; --all lists all.\n"
    rows = json.loads(command("find", "--metal", "co", "--format", "json").stdout)
    assert [row["identifier"] for row in rows] == ["COBALT", "DIMERS"]
    assert rows[1]["metals"] == ["Co", "Dy"]
    lines = csv.DictReader(io.StringIO(command("find", "--all", "--format", "csv").stdout))
    assert [line["identifier"] for line in lines] == ["COBALT", "DIMERS", "SALENA", "SALENB"]
    nothing = command("find", "--metal", "U")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert nothing.stderr == "No complex matches.\n"


def test_show_tells_of_isostructural_complexes(command: Callable[..., Result]) -> None:
    assert "1 complex (smmdb find --isostructural SALENA)" in command("show", "SALENA").stdout
    assert "Isostructural" not in command("show", "DIMERS").stdout
