"""Each question of docs/sql.md is asked of a database with rows, as an analyst."""

import re
from pathlib import Path

import factories as make
import pytest
from sqlalchemy import Connection, Engine, text

from screening.views import VIEWS

PAGE = (Path(__file__).parents[2] / "docs" / "sql.md").read_text()
QUESTIONS = re.findall(r"^## (\d+)\. (.+?)$.*?^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

# What each question finds in the rows below: its first column.
ANSWERS = {
    "1": ["FRESHB"],
    "2": ["FRESHB"],
    "3": ["Dy"],
    "4": ["compound"],
    "5": ["KNOWNA"],
    "6": ["NOTYET"],
    "7": ["salen", "salen"],
    "8": ["no-metal"],
    "9": ["salen"],
    "10": ["FRESHB"],
    "11": ["MANGAN"],
    "12": ["KNOWNA"],
    "13": ["KNOWNA"],
}


def fill(connection: Connection) -> int:
    known = make.add_complex(connection, refcode="KNOWNA", min_distance=2.1)
    oblate = {"is_kramers": True, "anisotropy": "oblate"}
    fresh = make.add_complex(connection, refcode="FRESHB", min_distance=2.1, site=oblate)
    make.add_ligand(connection, fresh)
    make.add_near_duplicate(connection, known, fresh)
    other = make.add_complex(connection, metals=("Mn",), refcode="MANGAN")
    make.add_flag(connection, other)
    spin = make.add_property(connection, "multiplicity_ge_4")
    for refcode, value, source in (("KNOWNA", 1, "a"), ("KNOWNA", 0, "b"), ("FRESHB", 1, "a")):
        make.add_value(connection, spin, refcode, value, source=source)
    make.add_structure(
        connection, verdict="rejected", code="no-metal", reason="the block holds no metal atom"
    )
    compound = make.compound_of(connection, known)
    make.add_finding(
        connection, doi="10.1/a", identifier="KNOWNA", compound_id=compound, ueff_k=600.0
    )
    make.add_finding(
        connection,
        doi="10.1/b",
        identifier="KNOWNA",
        compound_id=compound,
        behaviour="no_signal_observed",
    )
    make.add_finding(connection, identifier="NOTYET", behaviour="not_measured")
    make.add_label(connection, compound, "positive")
    # Unlike samples and fields are no disagreement; a finding without a verdict is no label.
    quiet = make.compound_of(connection, fresh)
    for behaviour, sample, field in (
        ("no_signal_observed", "neat", 0.0),
        ("slow_relaxation_no_barrier", "diluted", 0.0),
        ("smm_field_induced", "neat", 1000.0),
    ):
        make.add_finding(
            connection,
            identifier="FRESHB",
            compound_id=quiet,
            behaviour=behaviour,
            sample=sample,
            dc_field_oe=field,
        )
    make.add_label(connection, quiet, "unlabelled")
    version = make.add_version(connection)
    make.add_example(connection, version, known)
    make.add_metric(connection, version)
    make.add_metric(connection, version, subject="majority", value=0.4)
    run = make.add_run(connection, version)
    for complex_id, score in ((known, 0.9), (fresh, 0.8), (other, 0.7)):
        make.add_prediction(connection, run, complex_id, score)
    # A number in some unit is no probability of being a magnet, however high.
    splitting = make.add_version(
        connection,
        "splitting",
        target="spin_splitting",
        kind="numeric",
        policy=None,
        policy_version=None,
    )
    number = make.add_run(connection, splitting)
    for complex_id in (fresh, other):
        make.add_prediction(connection, number, complex_id, 53.7)
    make.add_failure(connection, run, make.add_complex(connection, refcode="LATERD"))
    return compound


def test_there_are_thirteen_questions_over_all_kinds_of_views() -> None:
    assert [number for number, _, _ in QUESTIONS] == list(ANSWERS)
    for view in VIEWS:
        assert f"| `{view}` |" in PAGE


@pytest.mark.parametrize(("number", "query"), [(n, q) for n, _, q in QUESTIONS])
def test_a_question_has_its_answer(engine: Engine, number: str, query: str) -> None:
    with engine.connect() as connection:
        compound = fill(connection)
        connection.execute(text("set role smmdb_analyst"))
        rows = connection.execute(text(query)).all()
    wanted = [compound if answer == "compound" else answer for answer in ANSWERS[number]]
    assert [row[0] for row in rows] == wanted
