"""Model versions judged by command, on small synthetic complexes, here and in another database."""

import json

import pytest
from click.testing import CliRunner
from reading_here import ingest_here
from small_crystals import write_findings, write_small_crystals
from sqlalchemy import text
from tiny_model import predict_here

from cli.main import smmdb
from screening.errors import InputError, NotFoundError
from screening.label import import_findings
from screening.learning.recipe import Recipe
from screening.learning.training_config import TrainingConfig
from screening.model_check import check_leakage
from screening.model_compare import compare_models
from screening.model_transfer import export_model, import_model
from screening.network.resnet3d import ResNet3dConfig
from screening.rank import rank
from screening.rediscovery import report_rediscovery
from screening.store import migrate
from screening.store.filters import Filters
from screening.train import train

LABELLED, ALL = 40, 48


def fill(engine, folder):
    names = write_small_crystals(folder / "cif", ALL)
    ingest_here(engine, folder / "cif")
    write_findings(folder / "findings.csv", names[:LABELLED])
    import_findings(engine, folder / "findings.csv", entered_by="test")


@pytest.fixture(scope="module")
def template(fill_once, tmp_path_factory):
    """One version, `small:1`."""

    def fill_and_train(engine):
        fill(engine, tmp_path_factory.mktemp("small"))
        train_small(engine, seed=1, width=2)

    return fill_once(fill_and_train)


@pytest.fixture
def filled(engine, database_url, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    return engine


def train_small(engine, seed, width):
    return train(
        engine,
        "small",
        synthetic=True,
        recipe=Recipe(
            config=TrainingConfig(epochs=1, seed=seed, turns="cube"),
            network=ResNet3dConfig(field=12, width=width, blocks=(1,)),
            rotations=1,
        ),
    )


def find_n(engine, part):
    """Examples of a part of the first version."""
    query = "select count(*) from training_example where model_version_id = 1 and part = :part"
    with engine.connect() as connection:
        return connection.scalar(text(query), {"part": part})


def run(*arguments, code=0):
    """Output of a command that ends with *code*; None: with whatever."""
    result = CliRunner().invoke(smmdb, list(arguments))
    assert code in (None, result.exit_code), result.output
    return result


def test_a_version_is_judged_by_command(filled):
    leakage = run("model", "leakage", "small:1")
    assert "Nothing that is tied stands on both sides" in leakage.stderr
    assert "isostructural skeleton" in leakage.stdout
    found = json.loads(run("model", "leakage", "small:1", "--format", "json").stdout)
    assert found["synthetic"] is True
    assert sum(quarter["n"] for quarter in found["nearness"][0]["quarters"]) == found["n_test"]

    n_test = find_n(filled, "test")
    permuted = run("model", "permutation", "small:1", "--network", "--epochs", "1", "--times", "2")
    assert "network" in permuted.stdout
    assert "SYNTHETIC" in permuted.stderr

    assert "has scored nothing yet" in run("model", "rediscovery", "small:1", code=5).stderr
    predict_here(filled, "small:1")
    report = run("model", "rediscovery", "small:1", "--prevalence", "0.2", "--allow-tied")
    assert "Enrichment is over the prevalence that you assume, 0.2" in report.stderr
    assert "precision" not in (report.stdout + report.stderr).lower()
    found = report_rediscovery(filled, "small:1", tops=["100%"], allow_tied=True)
    learned = LABELLED - n_test
    assert found.left_out == {"learned from": learned}
    assert found.n_pool == ALL - learned
    assert found.n_examined == found.n_test == LABELLED - learned
    assert found.tops[0].at_most == (ALL - LABELLED + found.n_positive) / found.n_pool
    new = report_rediscovery(filled, "small:1", tops=["3"], allow_tied=True, new_only=True)
    assert (new.n_pool, new.n_examined, new.prevalence) == (ALL - LABELLED, 0, None)
    with pytest.raises(InputError, match="between 0 and 1"):
        report_rediscovery(filled, "small:1", prevalence=1.0)


def test_versions_are_compared_on_what_neither_learned_from(filled):
    train_small(filled, seed=1, width=3)
    compared = run("model", "compare", "small:1", "small:2", "--format", "json")
    found = json.loads(compared.stdout)
    assert (found["n"], found["notes"]) == (find_n(filled, "test"), []), "the split is the same"
    assert "cannot be told" in found["verdict"]
    train_small(filled, seed=2, width=2)
    told = run("model", "compare", "small:1", "small:3", code=None).stderr
    assert "Their test parts differ" in told
    assert "is among the examples of small:3" in told


def test_what_was_asked_differently_is_not_compared(filled):
    with filled.begin() as connection:
        connection.execute(
            text("""
                insert into model_version (name, version, target, kind, property_source, spec_id,
                    palette, architecture, weights, weights_sha256, snapshot_digest, split, seed,
                    code_version, card, trained_on_synthetic)
                select 'other', 1, 'spin', 'binary', 'dft', spec_id, palette, architecture, weights,
                    weights_sha256, snapshot_digest, split, seed, code_version, card,
                    trained_on_synthetic
                from model_version where version = 1""")
        )
    with pytest.raises(InputError, match=r"another question than other:1.*spin \(dft\)"):
        compare_models(filled, "small:1", "other")
    with pytest.raises(InputError, match="the same version"):
        compare_models(filled, "small:1", "small")
    with pytest.raises(NotFoundError):
        compare_models(filled, "small", "none")


def test_an_imported_version_knows_what_it_was_trained_on(filled, empty_engine, tmp_path):
    export_model(filled, "small:1", tmp_path / "small.safetensors")
    migrate.upgrade(empty_engine)
    version = import_model(empty_engine, tmp_path / "small.safetensors", by="ben").version
    with pytest.raises(InputError, match="only 0 are in this database"):
        check_leakage(empty_engine, version.label)
    fill(empty_engine, tmp_path / "again")
    assert check_leakage(empty_engine, version.label).leakage.verdict.startswith("Nothing")
    predict_here(empty_engine, version.label)
    rows = rank(empty_engine, Filters(), model=version.label, top=ALL).rows
    parts = [row["training_part"] for row in rows]
    assert parts.count("train") == version.split["n"]["train"]
    with empty_engine.connect() as connection:
        known = text("select count(*) from candidates where was_training_example")
        assert connection.scalar(known) == LABELLED
    found = report_rediscovery(empty_engine, version.label, tops=["100%"], allow_tied=True)
    assert found.n_test == version.split["n"]["test"]
