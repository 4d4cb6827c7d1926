"""From labels to a ranked table: train, predict, rank, show on small invented complexes."""

import csv
import io
import json

import pytest
from click.testing import CliRunner
from reading_here import ingest_here
from small_crystals import write_findings, write_small_crystals
from sqlalchemy import text
from tiny_model import cluster_here

from cli.main import smmdb
from screening.errors import InputError, NotFoundError
from screening.label import import_findings
from screening.learning.recipe import Recipe
from screening.learning.train import TrainingConfig
from screening.network.resnet3d import ResNet3dConfig
from screening.predict import predict
from screening.rank import rank
from screening.show import show
from screening.store.filters import Filters
from screening.train import train

LABELLED, ALL = 32, 40


@pytest.fixture(scope="module")
def template(fill_once, tmp_path_factory):
    """40 synthetic complexes, 32 of them with a finding."""
    folder = tmp_path_factory.mktemp("small")

    def fill(engine):
        names = write_small_crystals(folder / "cif", ALL)
        ingest_here(engine, folder / "cif")
        write_findings(folder / "findings.csv", names[:LABELLED])
        import_findings(engine, folder / "findings.csv", entered_by="test")

    return fill_once(fill)


def train_small(engine, name="small"):
    return train(
        engine,
        name,
        synthetic=True,
        recipe=Recipe(
            config=TrainingConfig(epochs=2, seed=1),
            network=ResNet3dConfig(width=4, blocks=(1,)),
            rotations=2,
        ),
    )


def test_labels_by_an_older_policy_are_made_anew_before_training(engine):
    with engine.begin() as connection:
        connection.execute(text("create temp table old as select * from label"))
        connection.execute(text("update old set policy_version = 0"))
        connection.execute(text("delete from label"))
        connection.execute(text("insert into label select * from old"))
    assert sum(train_small(engine).parts.values()) == LABELLED
    with engine.connect() as connection:
        versions = text("select min(policy_version) from label where policy = 'paper-binary'")
        assert connection.scalar(versions) > 0


def test_the_whole_way(engine, database_url, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    trained = train_small(engine)
    assert trained.version.label == "small:1"
    assert sum(trained.parts.values()) == LABELLED
    assert {m.subject for m in trained.metrics} > {"network", "majority"}

    first = predict(engine, "small", workers=1)
    assert first.books is not None
    assert (first.books.status, first.books.asked, first.books.done) == ("done", ALL, ALL)
    again = predict(engine, "small", workers=1)
    assert (again.books, again.pending) == (None, 0)

    ranking = rank(engine, Filters(metals=["Dy"], labelled=False), top=50)
    assert [row["identifier"] for row in ranking.rows] == sorted(
        (row["identifier"] for row in ranking.rows),
        key=lambda name: next(-r["score"] for r in ranking.rows if r["identifier"] == name),
    )
    assert {row["identifier"] for row in ranking.rows} == {"small_032", "small_036"}
    assert all(0 <= row["score"] <= 1 and row["spread"] is not None for row in ranking.rows)
    assert any("SYNTHETIC" in note for note in ranking.notes)
    everything = rank(engine, Filters(metals=["Dy"]), top=50)
    assert len(everything.rows) == ALL // 4
    assert "in train set" in " ".join(row["remarks"] for row in everything.rows)

    (details,) = show(engine, "small_000")
    assert details["metal_sites"][0]["coordination_number"] == 3
    assert details["findings"][0]["behaviour"] == "smm_zero_field"
    assert details["predictions"][0]["model"] == "small:1"

    runner = CliRunner()
    table = runner.invoke(smmdb, ["rank", "--metal", "dy", "--top", "1"])
    assert table.exit_code == 0
    assert "small_03" in table.stdout
    listed = json.loads(runner.invoke(smmdb, ["rank", "--metal", "Dy", "--format", "json"]).stdout)
    assert [row["rank"] for row in listed] == [1, 2]
    rows = list(
        csv.DictReader(io.StringIO(runner.invoke(smmdb, ["rank", "--format", "csv"]).stdout))
    )
    assert len(rows) == ALL - LABELLED
    assert rows[0]["model"] == "small:1"
    empty = runner.invoke(smmdb, ["rank", "--metal", "Er"])
    assert (empty.exit_code, empty.stdout) == (0, "")
    assert "No complex" in empty.stderr
    shown = runner.invoke(smmdb, ["show", "small_000"])
    assert "SYNTHETIC" in shown.stdout
    assert runner.invoke(smmdb, ["show", "nothing"]).exit_code == NotFoundError.exit_code
    assert runner.invoke(smmdb, ["rank", "--metal", "Q"]).exit_code == InputError.exit_code


def test_new_complexes_are_scored_and_old_ones_kept(engine, tmp_path):
    train_small(engine)
    with cluster_here() as cluster:
        predict(engine, "small", scheduler=cluster.scheduler_address)
        with engine.connect() as connection:
            before = connection.execute(text("select complex_id, score from prediction")).all()
        write_small_crystals(tmp_path / "more", ALL + 2)
        ingest_here(engine, tmp_path / "more")
        summary = predict(engine, "small", scheduler=cluster.scheduler_address)
    assert summary.books is not None
    assert (summary.books.done, summary.books.skipped) == (2, ALL)
    with engine.connect() as connection:
        after = connection.execute(text("select complex_id, score from prediction")).all()
    assert set(before) < set(after)


def test_training_again_gives_the_next_version_with_the_same_weights(engine):
    first, second = train_small(engine), train_small(engine)
    assert (first.version.version, second.version.version) == (1, 2)
    assert first.version.weights_sha256 == second.version.weights_sha256
    assert first.version.snapshot_digest == second.version.snapshot_digest


def test_synthetic_labels_never_train_a_model_of_real_complexes(engine):
    with pytest.raises(InputError, match=r"no real complex has a label.*32 synthetic"):
        train(engine, "real")


def test_what_is_missing_is_said(engine):
    with pytest.raises(NotFoundError, match="no model is called 'x'"):
        predict(engine, "x")
    with pytest.raises(NotFoundError, match="nothing has been scored"):
        rank(engine, Filters())
    with pytest.raises(NotFoundError, match="no complex is called"):
        show(engine, "ABCDEF")
    with pytest.raises(InputError, match="cannot name a model"):
        train(engine, "a:b")
