"""A numeric property learned as a number: from import to ranking, judged and carried elsewhere."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_crystals import write_small_crystals
from sqlalchemy import Engine, text

from cli.main import smmdb
from screening.errors import InputError
from screening.evaluate import evaluate
from screening.evidence.property_table import read_property_table
from screening.evidence.property_value import Kind
from screening.explain import explain
from screening.ingest import ingest
from screening.learning.recipe import Recipe
from screening.learning.training_config import TrainingConfig
from screening.model_check import check_leakage, check_permutation
from screening.model_compare import compare_models
from screening.network.resnet3d import ResNet3dConfig
from screening.property import import_property
from screening.rediscovery import report_rediscovery
from screening.store.models import find_version
from screening.train import train

SEEN, ALL = 32, 40
SAID = "invented: ten times the number of the metal in a list"


def number_of(name: str) -> float:
    place = int(name[-3:])
    return 10.0 * (place % 4) + 0.25 * (place // 4)


def load(engine: Engine, path: Path, names: list[str]) -> None:
    path.write_text("\n".join(["id,gap", *(f"{n},{number_of(n)}" for n in names)]) + "\n")
    table = read_property_table(path, id_column="id", column="gap")
    given = {"source": "A", "description": SAID, "unit": "kcal/mol", "by": "me"}
    import_property(engine, table, name="gap", **given)


def train_small(engine: Engine, name: str = "small", **given: object):
    return train(
        engine,
        name,
        target="gap",
        synthetic=True,
        recipe=Recipe(
            config=TrainingConfig(epochs=2, seed=1, turns="cube"),
            network=ResNet3dConfig(width=4, blocks=(1,)),
            rotations=2,
        ),
        **given,
    )


@pytest.fixture(scope="module")
def template(fill_once, tmp_path_factory) -> str:
    """Version 1 of `small` learned 32 numbers; 8 more complexes came later with theirs."""
    folder = tmp_path_factory.mktemp("numbers")

    def fill(engine: Engine) -> None:
        names = write_small_crystals(folder / "cif", SEEN)
        ingest(engine, [folder / "cif"], workers=1)
        load(engine, folder / "seen.csv", names)
        train_small(engine)
        names = write_small_crystals(folder / "cif", ALL)
        ingest(engine, [folder / "cif"], workers=1)
        load(engine, folder / "later.csv", names[SEEN:])

    return fill_once(fill)


@pytest.fixture
def trained(engine: Engine, database_url: str, monkeypatch) -> Engine:
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    return engine


def run(*arguments: str):
    result = CliRunner().invoke(smmdb, arguments)
    assert result.exit_code == 0, result.output
    return result


def test_the_whole_way(trained: Engine, tmp_path: Path) -> None:
    with trained.connect() as connection:
        version = find_version(connection, "small")
        query = text("select min(answer), max(answer) from training_example")
        assert connection.execute(query).one() == (0.0, 31.75)
    assert (version.kind, version.at_least) == (Kind.NUMERIC, None)
    assert version.card["calibration"]["link"] == "identity"
    assert "threshold" not in version.card

    found = evaluate(trained, "small").evaluation
    assert (found.n, found.n_positive, found.reliability) == (8, None, [])
    assert {m.name for m in found.metrics} == {"mae", "rmse", "r2", "spearman"}
    assert {m.subject for m in found.metrics} == {
        "network",
        "median",
        "metal-median",
        "nearest-skeleton",
        "random-forest",
    }
    told = run("evaluate", "--model", "small")
    assert "8 SYNTHETIC complexes that it never saw: the property gap in kcal/mol." in told.stderr
    assert SAID in told.stderr
    assert "metal-median" in told.stdout
    assert max(map(len, told.stdout.splitlines())) <= 80

    run("predict", "--model", "small", "--workers", "1")
    with trained.connect() as connection:
        scores = connection.execute(text("select min(score), max(score) from candidates")).one()
        kinds = connection.scalars(text("select distinct kind from candidates")).all()
    assert scores[1] > 1
    assert kinds == ["numeric"]
    ranked = run("rank", "--model", "small", "--include-labelled", "--format", "json")
    rows = json.loads(ranked.stdout)
    assert [row["score"] for row in rows] == sorted((r["score"] for r in rows), reverse=True)
    assert "the property gap in kcal/mol, highest first: invented" in ranked.stderr
    assert "gap, kcal/mol" in run("show", "small_033").stdout

    listed = json.loads(run("model", "list", "--format", "json").stdout)
    assert (listed[0]["asked"], listed[0]["auroc"]) == ("gap, in kcal/mol", None)
    assert listed[0]["mae"] > 0
    sheet = run("model", "show", "small").stdout
    assert "R2" in sheet
    assert re.search(r"Scale +output x \S+ [+-] \S+: standard deviation and", sheet)
    assert len(re.findall(r"[Ss]eed +1\b", sheet)) == 1

    path = tmp_path / "small.safetensors"
    run("model", "export", "small", str(path))
    again = run("model", "import", str(path), "--dry-run")
    assert "small" in again.output


def test_two_versions_are_compared_by_their_errors(trained: Engine) -> None:
    train_small(trained, "other")
    found = compare_models(trained, "small", "other")
    assert [figure.name for figure in found.figures] == ["mae", "rmse", "r2", "spearman"]
    error = found.figures[0]
    assert error.difference.value == pytest.approx(error.one.value - error.other.value)
    assert (found.n_positive, found.n > 0) == (None, True)
    assert "errs less cannot be told" in found.verdict
    assert "positive" not in run("model", "compare", "small", "other").stderr


def test_what_needs_a_yes_or_no_says_so(trained: Engine) -> None:
    gives = r"small:1 gives numbers \(gap, in kcal/mol\)"
    for refused in (
        lambda: explain(trained, "small_001", "small"),
        lambda: check_leakage(trained, "small"),
        lambda: check_permutation(trained, "small"),
        lambda: report_rediscovery(trained, "small"),
    ):
        with pytest.raises(InputError, match=gives):
            refused()
    with pytest.raises(InputError, match="gap, 10 kcal/mol or more is a yes or no: ask for a num"):
        evaluate(trained, "small", at_least=10.0)


def test_a_threshold_that_leaves_a_class_empty_tells_the_spread(trained: Engine) -> None:
    with pytest.raises(
        InputError, match=r"Of 40 values 1 are 32.25 kcal/mol or more; the least is 0, a quarter"
    ):
        train_small(trained, at_least=32.25)
    classes = train_small(trained, "classes", at_least=15.0)
    assert classes.version.kind is Kind.BINARY
    with pytest.raises(InputError, match="classes:1 answers another question than small:1"):
        compare_models(trained, "classes", "small")
