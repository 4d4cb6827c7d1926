"""Train: what is stored of a version, and a training that was stopped."""

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest
from reading_here import ingest_here
from small_crystals import write_findings, write_small_crystals
from sqlalchemy import Engine, text

from screening.errors import InputError
from screening.label import import_findings
from screening.learning.recipe import Recipe
from screening.learning.training_config import TrainingConfig
from screening.network.calibration import Calibration
from screening.network.resnet3d import ResNet3dConfig
from screening.network.weights import read_predictor
from screening.progress import SILENT
from screening.store.models import ModelVersion, read_weights
from screening.train import train

LABELLED = 32


@pytest.fixture(scope="module")
def template(
    fill_once: Callable[[Callable[[Engine], None]], str], tmp_path_factory: pytest.TempPathFactory
) -> str:
    folder = tmp_path_factory.mktemp("small")

    def fill(engine: Engine) -> None:
        names = write_small_crystals(folder / "cif", LABELLED)
        ingest_here(engine, folder / "cif")
        write_findings(folder / "findings.csv", names)
        import_findings(engine, folder / "findings.csv", entered_by="test")

    return fill_once(fill)


def train_small(engine: Engine, **given: object):
    return train(
        engine,
        "small",
        synthetic=True,
        recipe=Recipe(
            config=TrainingConfig(epochs=2, seed=1, turns="cube"),
            network=ResNet3dConfig(field=12, width=2, blocks=(1,)),
            members=2,
            rotations=2,
        ),
        **given,
    )


class StopIn:
    """Progress that is stopped, as by Ctrl-C, in the nth epoch."""

    def __init__(self, n: int) -> None:
        self._left = n

    @contextmanager
    def task(self, description, total=None):
        with SILENT.task(description, total) as task:
            if description == "Training":
                task.detail = self._count
            yield task

    def note(self, text):
        pass

    def _count(self, text):
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt


def test_a_stopped_training_goes_on_to_the_same_weights(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    with pytest.raises(KeyboardInterrupt):
        train_small(engine, checkpoints=folder, progress=StopIn(3))
    (kept,) = folder.iterdir()
    assert kept.name.startswith("small-")
    assert list(kept.iterdir())
    resumed = train_small(engine, checkpoints=folder)
    assert not list(folder.iterdir())
    unbroken = train_small(engine)
    assert resumed.version.weights_sha256 == unbroken.version.weights_sha256
    assert (resumed.version.version, unbroken.version.version) == (1, 2)
    check_card(engine, resumed.version)


def check_card(engine: Engine, version: ModelVersion) -> None:
    """The card tells how the scores came to be."""
    card = version.card
    assert card["target"] == {
        "question": f"labels under the policy paper-binary v{version.policy_version}",
        "description": None,
        "unit": "",
    }
    assert len(card["members"]) == 2
    assert card["threshold"] == 0.5
    assert 0 < card["base_rate"] < 1
    assert card["domain"]["limit"] > 0
    assert sum(one["n"] for one in card["reliability"]) == version.split["n"]["test"]
    with engine.connect() as connection:
        predictor = read_predictor(version, read_weights(connection, version.id))
        names = set(connection.scalars(text("select name from metric where subject = 'network'")))
    assert predictor.calibration == Calibration.from_json(card["calibration"])
    assert predictor.domain is not None
    assert {"ece", "ece_uncalibrated", "brier", "brier_uncalibrated"} < names


def test_what_cannot_be_learned_is_said(engine: Engine) -> None:
    with pytest.raises(InputError, match=r"no real complex has a label.*32 synthetic"):
        train(engine, "real")
    with pytest.raises(InputError, match="leave --source and --at-least out"):
        train(engine, "real", at_least=1.0)
