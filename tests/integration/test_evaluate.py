"""Evaluate: what counts as never seen, and what is stored of a test."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import factories as make
import pytest
from click.testing import CliRunner
from reading_here import ingest_here
from small_crystals import write_small_crystals
from sqlalchemy import Engine, text
from tiny_model import predict_here

from cli.main import smmdb
from screening.errors import InputError, NotFoundError
from screening.evaluate import evaluate, scores_of
from screening.evidence.property_table import read_property_table
from screening.learning.recipe import Recipe
from screening.learning.training_config import TrainingConfig
from screening.network.resnet3d import ResNet3dConfig
from screening.property import import_property
from screening.store.seen import seen_by
from screening.train import train

SEEN, ALL = 32, 40
SAID = "invented: whether the metal is Dy or Co"


def load(engine: Engine, path: Path, names: list[str], **given: str) -> None:
    rows = [f"{name},{int(int(name[-3:]) % 4 < 2)}" for name in names]
    path.write_text("\n".join(["id,magnetic", *rows]) + "\n")
    table = read_property_table(path, id_column="id", column="magnetic")
    given = {"source": "A", "description": SAID} | given
    import_property(engine, table, name="magnetic", by="me", **given)


def train_small(engine: Engine, name: str = "small") -> None:
    train(
        engine,
        name,
        target="magnetic",
        synthetic=True,
        recipe=Recipe(
            config=TrainingConfig(epochs=2, seed=1, turns="cube"),
            network=ResNet3dConfig(width=4, blocks=(1,)),
            rotations=2,
        ),
    )


@pytest.fixture(scope="module")
def template(
    fill_once: Callable[[Callable[[Engine], None]], str], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A version trained on 32 synthetic complexes."""
    folder = tmp_path_factory.mktemp("small")

    def fill(engine: Engine) -> None:
        names = write_small_crystals(folder / "cif", SEEN)
        ingest_here(engine, folder / "cif")
        load(engine, folder / "seen.csv", names)
        train_small(engine)

    return fill_once(fill)


@pytest.fixture
def trained(engine: Engine, tmp_path: Path) -> Engine:
    """8 more complexes came later, with their answers."""
    names = write_small_crystals(tmp_path / "cif", ALL)
    ingest_here(engine, tmp_path / "cif")
    load(engine, tmp_path / "later.csv", names[SEEN:])
    return engine


def test_what_came_later_is_judged_once(
    trained: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    summary = evaluate(trained, "small")
    found = summary.evaluation
    assert summary.is_new
    assert (found.n, found.n_positive, found.left_out) == (8, 4, {"its own examples": SEEN})
    assert {m.subject for m in found.metrics} >= {"network", "majority", "random-forest"}
    assert {m.part for m in found.metrics} == {"unseen"}
    assert sum(one["n"] for one in found.reliability) == 8
    again = evaluate(trained, "small")
    assert not again.is_new
    assert again.evaluation == found
    other = evaluate(trained, "small", rotations=3)
    assert other.evaluation.id != found.id
    with trained.connect() as connection:
        query = text("select count(*) from metric where evaluation_id = :id")
        assert connection.scalar(query, {"id": found.id}) == len(found.metrics)
        view = text("select model, n, verdict from evaluations where evaluation_id = :id")
        assert connection.execute(view, {"id": found.id}).one() == ("small", 8, found.verdict)
    scores = scores_of(trained, found.id)
    assert [row["score"] for row in scores] == sorted((r["score"] for r in scores), reverse=True)

    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    run = CliRunner()
    plot = tmp_path / "plot.svg"
    table = run.invoke(smmdb, ["evaluate", "--model", "small", "--reliability", str(plot)])
    assert table.exit_code == 0, table.output
    assert "random-forest" in table.stdout
    for told in (SAID, "SYNTHETIC", "32 its own examples", "nothing was computed anew"):
        assert told in table.stderr
    assert "<circle" in plot.read_text()
    rows = {
        kind: run.invoke(smmdb, ["evaluate", "--model", "small", "--rows", kind, "--format", form])
        for kind, form in (("metrics", "json"), ("reliability", "csv"), ("scores", "csv"))
    }
    assert {row["part"] for row in json.loads(rows["metrics"].stdout)} == {"unseen"}
    assert (
        sum(int(row["n"]) for row in csv.DictReader(io.StringIO(rows["reliability"].stdout))) == 8
    )
    assert len(list(csv.DictReader(io.StringIO(rows["scores"].stdout)))) == 8


def test_scores_are_those_of_predict(trained: Engine) -> None:
    found = evaluate(trained, "small").evaluation
    predict_here(trained, "small")
    with trained.connect() as connection:
        stored = dict(connection.execute(text("select complex_id, score from prediction")).all())
    for row in scores_of(trained, found.id):
        assert row["score"] == pytest.approx(stored[row["complex_id"]], abs=1e-5)


def test_answers_of_another_source_count_and_can_be_asked_for_alone(
    trained: Engine, tmp_path: Path
) -> None:
    load(trained, tmp_path / "b.csv", ["small_033"], source="B", description=SAID)
    with pytest.raises(InputError, match="'C' says nothing of magnetic; its sources: A; B"):
        evaluate(trained, "small", source="C")
    of_source = evaluate(trained, "small", source="B").evaluation
    assert (of_source.n, of_source.left_out) == (1, {})
    assert "cannot be told" in of_source.verdict


def test_where_nothing_is_left_it_says_why(engine: Engine) -> None:
    with pytest.raises(NotFoundError, match="no model is called 'other'"):
        evaluate(engine, "other")
    with pytest.raises(
        InputError, match=r"never saw has an answer.*32 are its own examples; bring"
    ):
        evaluate(engine, "small")
    with pytest.raises(NotFoundError, match="no target is called 'gap'"):
        evaluate(engine, "small", target="gap")


def test_what_is_tied_to_what_it_learned_from_is_not_unseen(engine: Engine) -> None:
    with engine.begin() as connection:
        version = make.add_version(connection)
        plain = {"skeleton_key": "other"}
        compound = make.add_compound(connection, key="k")
        learned = make.add_complex(
            connection, refcode="ABCDEF", doi="10.1/A", skeleton_key="s", compound_id=compound
        )
        tested = make.add_complex(connection, refcode="TESTED", skeleton_key="t")
        make.add_example(connection, version, learned)
        make.add_example(connection, version, tested, part="test")
        later = make.add_complex(connection, refcode="LATERA", **plain)
        latest = make.add_complex(connection, refcode="LATERB", **plain)
        make.supersede(connection, learned, by=later)
        make.supersede(connection, later, by=latest)
        make.add_imported_example(
            connection, version, content_key="there", compound_key="far", skeleton_key="away"
        )
        asked = {
            make.add_complex(connection, refcode=refcode, **plain | given): tie
            for refcode, given, tie in (
                ("COMPOU", {"compound_id": compound}, "compound"),
                ("ABCDEF01", {}, "refcode family"),
                ("PAPERA", {"doi": "10.1/a"}, "paper"),
                ("SKELET", {"skeleton_key": "s"}, "isostructural skeleton"),
                ("IMPORT", {"content_key": "there"}, "its own examples"),
                ("IMPORS", {"skeleton_key": "away"}, "isostructural skeleton"),
                ("OFTEST", {"skeleton_key": "t"}, None),
                ("UNSEEN", {}, None),
            )
        }
        asked |= dict.fromkeys((learned, later, latest, tested), "its own examples")
        found = seen_by(connection, version, list(asked))
    assert found == {complex_id: tie for complex_id, tie in asked.items() if tie is not None}
