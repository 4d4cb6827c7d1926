"""What `rank` leaves out and what it remarks on."""

import itertools
import re
from pathlib import Path

import factories as make
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from cli.main import smmdb
from screening.errors import InputError
from screening.rank import rank
from screening.store.aliases import set_alias
from screening.store.example_keys import ExampleKeys, add_imported_examples
from screening.store.filters import Filters
from screening.store.models import find_version


@pytest.fixture
def scored(engine: Engine) -> Engine:
    """Six complexes, best first, each of which another filter leaves out."""
    with engine.begin() as connection:
        version = make.add_version(connection, card={"verdict": "none"})
        run = make.add_run(connection, version)
        spec = make.add_spec(connection)
        kinds = {
            "SALENA": {"ligand_classes": ["salen-type", "schiff-base"]},
            "SALANB": {"ligand_classes": ["salan-type"]},
            "METALC": {"metal_disordered": True, "is_disordered": True},
            "DONORD": {"donor_disordered": True, "is_disordered": True},
            "COMPUT": {"cell": None, "missing_hydrogens": 2},
            "GADOLF": {"site": {"polyhedron": "SAPR-8"}},
        }
        for i, (name, given) in enumerate(kinds.items()):
            row = make.add_complex(connection, refcode=name, **given)
            make.add_grid(connection, row, spec)
            make.add_prediction(connection, run, row, 0.9 - i / 10)
        make.add_flag(connection, row, reason="Gd1: only Gd")
    return engine


def names(engine: Engine, **filters: object) -> list[str]:
    return [row["identifier"] for row in rank(engine, Filters(**filters)).rows]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"ligand_classes": ["salen-type"]}, ["SALENA"]),
        ({"ligand_classes": ["salen"]}, ["SALENA"]),
        ({"ligand_classes": ["Salen_Type", "Schiff base"]}, ["SALENA"]),
        ({"ligand_classes": ["salen", "salan"]}, []),
        ({"ordered": True}, ["SALENA", "SALANB", "COMPUT", "GADOLF"]),
        ({"plausible": True}, ["SALENA", "SALANB", "METALC", "DONORD", "COMPUT"]),
        ({"crystal": False}, ["COMPUT"]),
        ({"crystal": True, "ordered": True, "plausible": True}, ["SALENA", "SALANB"]),
    ],
)
def test_filters(scored: Engine, filters: dict[str, object], found: list[str]) -> None:
    assert names(scored, **filters) == found


def test_an_unknown_class_names_the_known_ones(scored: Engine) -> None:
    with pytest.raises(InputError, match=r"'porphyrin'; known: salan-type, salen-type, schiff"):
        names(scored, ligand_classes=["porphyrin"])
    with pytest.raises(InputError, match=r"several ligand classes: salan-type, salen-type"):
        names(scored, ligand_classes=["sal"])


def _documented_classes() -> list[str]:
    page = Path(__file__).parents[2] / "docs" / "ligands.md"
    table = page.read_text(encoding="utf-8").split("| class | what it means here |")[1]
    rows = itertools.takewhile(lambda line: line.startswith("|"), table.splitlines()[2:])
    return sorted({name for row in rows for name in re.findall("`([^`]+)`", row.split("|")[1])})


def test_each_class_is_found_by_its_name(engine: Engine) -> None:
    classes = _documented_classes()
    assert {"salen-type", "n-heterocyclic carbene", "borane cluster"} <= set(classes)
    with engine.begin() as connection:
        run = make.add_run(connection, make.add_version(connection, card={"verdict": "none"}))
        for name in classes:
            row = make.add_complex(connection, ligand_classes=[name], compound_name=name)
            make.add_prediction(connection, run, row, 0.5)
    for name in classes:
        for written in {name, name.replace(" ", "-"), name.replace("-", " ")}:
            found = rank(engine, Filters(ligand_classes=[written])).rows
            assert [row["compound_name"] for row in found] == [name], written


def test_remarks_and_sites_say_what_to_know(scored: Engine) -> None:
    rows = {row["identifier"]: row for row in rank(scored, Filters()).rows}
    assert "metal disordered" in rows["METALC"]["remarks"]
    assert "donor disordered" in rows["DONORD"]["remarks"]
    assert "2 H missing; no crystal" in rows["COMPUT"]["remarks"]
    assert "R5: Gd1: only Gd" in rows["GADOLF"]["remarks"]
    assert rows["GADOLF"]["sites"] == "Dy CN 8 SAPR-8 N2O6"


def test_the_command_takes_the_filters(
    scored: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    done = CliRunner().invoke(
        smmdb, ["rank", "--ligand", "salen", "--ordered", "--plausible", "--crystal"]
    )
    assert done.exit_code == 0
    assert "SALENA" in done.stdout
    assert "SALANB" not in done.stdout


@pytest.mark.parametrize(
    ("score", "told"), [("nan", "give a number"), ("inf", "give a number"), ("5", "from 0 to 1")]
)
def test_a_lowest_score_that_no_score_can_have_is_refused(
    scored: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, score: str, told: str
) -> None:
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    done = CliRunner().invoke(smmdb, ["rank", "--min-score", score])
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_model_of_an_older_policy_sees_the_labels_of_today(engine: Engine) -> None:
    with engine.begin() as connection:
        version = make.add_version(connection, card={"verdict": "none"}, policy_version=1)
        run = make.add_run(connection, version)
        row = make.add_complex(connection, refcode="KNOWNA")
        make.add_prediction(connection, run, row, 0.9)
        compound = make.compound_of(connection, row)
        make.add_label(connection, compound, "positive", policy_version=2)
        view = text("select label from candidates")
        assert list(connection.scalars(view)) == ["positive"]
    assert names(engine, labelled=True) == ["KNOWNA"]
    assert names(engine, labelled=False) == []


def test_a_model_of_a_property_says_of_what_and_hides_its_own_examples(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "a necessary ingredient of a 3d SMM, not the SMM property"
    with engine.begin() as connection:
        version = make.add_version(
            connection,
            "spin",
            target="high_spin",
            policy=None,
            policy_version=None,
            card={
                "verdict": "none",
                "target": {"question": "the property high_spin", "description": said},
            },
        )
        spec = connection.scalar(text("select spec_id from model_version"))
        run = make.add_run(connection, version)
        rows = [
            make.add_complex(connection, refcode=name, metals=(metal,))
            for name, metal in (("TRAINA", "Co"), ("INSIDE", "Co"), ("UNSEEN", "Fe"))
        ]
        make.add_example(connection, version, rows[0])
        make.add_grid(connection, rows[2], spec, n_clipped=2)
        for row in rows:
            make.add_prediction(connection, run, row, 0.9)
        connection.execute(text("alter table prediction disable trigger refuse_change"))
        connection.execute(
            text("update prediction set distance = case complex_id when :far then 2 else 0.5 end"),
            {"far": rows[2]},
        )
        view = text("select identifier, out_of_domain, target from candidates order by 1")
        shown = [tuple(row) for row in connection.execute(view)]
    assert shown == [
        ("INSIDE", [], "high_spin"),
        ("TRAINA", [], "high_spin"),
        ("UNSEEN", ["unseen metal", "clipped", "far"], "high_spin"),
    ]
    ranking = rank(engine, Filters(labelled=False))
    assert {row["identifier"]: row["out_of_domain"] for row in ranking.rows} == {
        "INSIDE": [],
        "UNSEEN": ["unseen metal", "clipped", "far"],
    }
    assert any("1 examples that spin:1" in note for note in ranking.notes)
    assert any(said in note for note in ranking.notes)
    assert names(engine, labelled=True) == ["TRAINA", "INSIDE", "UNSEEN"]
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    listed = CliRunner().invoke(smmdb, ["rank"])
    assert "0.900 ±0.05!" in listed.stdout
    assert "far from the training (2.0)" in " ".join(listed.stdout.split())
    assert "!: outside the domain" in listed.stderr
    details = CliRunner().invoke(smmdb, ["show", "UNSEEN"])
    assert "unseen metal, clipped, far" in details.stdout
    assert said in details.stdout


def test_examples_of_an_imported_version_and_newer_readings_are_left_out(engine: Engine) -> None:
    card = {
        "verdict": "none",
        "target": {"question": "the property high_spin", "description": None},
    }
    with engine.begin() as connection:
        version = make.add_version(
            connection, "spin", target="high_spin", policy=None, policy_version=None, card=card
        )
        run = make.add_run(connection, version)
        key = "0f" * 16
        rows = {
            "IMPORT": make.add_complex(connection, refcode="IMPORT", content_key=key),
            "REREAD": make.add_complex(connection, refcode="REREAD"),
            "UNSEEN": make.add_complex(connection, refcode="UNSEEN"),
        }
        before = make.add_complex(connection, refcode="BEFORE")
        make.add_example(connection, version, before)
        connection.execute(
            text("update complex set superseded_at = now(), superseded_by = :new where id = :id"),
            {"new": rows["REREAD"], "id": before},
        )
        elsewhere = ExampleKeys(key, key, key, ("Co",), "train", answer=1.0)
        add_imported_examples(connection, version, [elsewhere])
        for row in rows.values():
            make.add_prediction(connection, run, row, 0.9)
    assert names(engine, labelled=False) == ["UNSEEN"]
    assert any("2 examples" in note for note in rank(engine, Filters(labelled=False)).notes)
    assert names(engine, labelled=True) == ["IMPORT", "REREAD", "UNSEEN"]


def test_without_a_model_production_ranks_if_it_has_scored(engine: Engine) -> None:
    with engine.begin() as connection:
        row = make.add_complex(connection, refcode="SALENA")
        make.add_grid(connection, row, make.add_spec(connection))
        for name, score in (("first", 0.9), ("last", 0.1)):
            version = make.add_version(connection, name, card={"verdict": "none"})
            make.add_prediction(connection, make.add_run(connection, version), row, score)
        make.add_version(connection, "idle", card={"verdict": "none"})
    found = rank(engine, Filters())
    assert found.version.label == "last:1"
    assert "Others have scored too (--model): first:1." in found.notes
    assert not any("Others" in note for note in rank(engine, Filters(), model="last").notes)
    for name, ranks in (("first", "first:1"), ("idle", "last:1")):
        with engine.begin() as connection:
            set_alias(connection, "production", find_version(connection, name), by="curator")
        assert rank(engine, Filters()).version.label == ranks


def test_scores_that_only_rounding_parts_are_told_of(scored: Engine) -> None:
    assert not any("apart" in note for note in rank(scored, Filters()).notes)
    with scored.begin() as connection:
        connection.execute(text("alter table prediction disable trigger all"))
        connection.execute(text("update prediction set score = 0.4 + complex_id / 1e7"))
    (note,) = [note for note in rank(scored, Filters()).notes if "apart" in note]
    assert "does not tell these apart" in note
