"""Train: what is stored of a version, and a training that was stopped."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from small_crystals import write_findings, write_small_crystals
from sqlalchemy import Engine, text

from screening.errors import InputError
from screening.ingest import ingest
from screening.label import import_findings
from screening.learning.training_config import TrainingConfig
from screening.network.calibration import Calibration
from screening.network.resnet3d import ResNet3dConfig
from screening.network.weights import read_predictor
from screening.progress import SILENT
from screening.store.models import ModelVersion, read_weights
from screening.train import train

LABELLED = 32


@pytest.fixture
def filled(engine: Engine, tmp_path: Path) -> Engine:
    names = write_small_crystals(tmp_path / "cif", LABELLED)
    ingest(engine, [tmp_path / "cif"], workers=1)
    write_findings(tmp_path / "findings.csv", names)
    import_findings(engine, tmp_path / "findings.csv", entered_by="test")
    return engine


def train_small(engine: Engine, **given: object):
    return train(
        engine,
        "small",
        synthetic=True,
        config=TrainingConfig(epochs=2, seed=1, turns="cube"),
        network=ResNet3dConfig(field=12, width=2, blocks=(1,)),
        members=2,
        rotations=2,
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


def test_a_stopped_training_goes_on_to_the_same_weights(filled: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    with pytest.raises(KeyboardInterrupt):
        train_small(filled, checkpoints=folder, progress=StopIn(3))
    (kept,) = folder.iterdir()
    assert kept.name.startswith("small-")
    assert list(kept.iterdir())
    resumed = train_small(filled, checkpoints=folder)
    assert not list(folder.iterdir())
    unbroken = train_small(filled)
    assert resumed.version.weights_sha256 == unbroken.version.weights_sha256
    assert (resumed.version.version, unbroken.version.version) == (1, 2)
    check_card(filled, resumed.version)


def check_card(engine: Engine, version: ModelVersion) -> None:
    """The card tells how the scores came to be."""
    card = version.card
    assert card["target"] == {
        "question": f"labels under the policy paper-binary v{version.policy_version}",
        "description": None,
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


def test_what_cannot_be_learned_is_said(filled: Engine) -> None:
    with pytest.raises(InputError, match=r"no real complex has a label.*32 synthetic"):
        train(filled, "real")
    with pytest.raises(InputError, match="leave --source and --at-least out"):
        train(filled, "real", at_least=1.0)
