"""Checkpoint: a killed training goes on to the same weights, and no strange file is used."""

import dataclasses
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from learning_factory import examples

from screening.errors import InputError, IntegrityError
from screening.learning.checkpoint import (
    Checkpoint,
    read_checkpoint,
    remove_checkpoints,
    write_checkpoint,
)
from screening.learning.fit import Fit
from screening.learning.split import grouped_split
from screening.learning.train import TrainingConfig, train
from screening.network.resnet3d import ResNet3dConfig
from screening.network.weights import to_bytes
from screening.voxel.palette import UNIQUE_RGB

NETWORK = ResNet3dConfig(width=4, blocks=(1, 1), dropout=0.2)
CONFIG = TrainingConfig(epochs=5, batch_size=8)
STATE = Checkpoint(
    "me", {"a": torch.rand(3), "b": torch.tensor(2.0)}, {"loss": 0.1 + 0.2, "none": float("inf")}
)


class KilledError(Exception):
    """As a SIGKILL: nothing runs after it."""


class Notes:
    """Progress that remembers what it was told."""

    def __init__(self):
        self.notes = []

    def task(self, description, total=None):
        from screening.progress import SILENT

        return SILENT.task(description, total)

    def note(self, text):
        self.notes.append(text)


def run(folder=None, *, config=CONFIG, seed=0, members=2, notes=None):
    some = examples(40, seed=seed)
    trained = train(
        some,
        grouped_split(some),
        config,
        NETWORK,
        UNIQUE_RGB,
        progress=notes or Notes(),
        checkpoint=folder,
        members=members,
    )
    return to_bytes(trained.networks)[1]


@pytest.fixture(scope="module")
def unbroken():
    return run()


@pytest.mark.parametrize("epochs", [1, 3, 5, 7])
def test_a_killed_training_ends_with_the_weights_of_an_unbroken_one(
    tmp_path, monkeypatch, unbroken, epochs
):
    with monkeypatch.context() as patch:
        done = []

        def dies(self):
            if len(done) == epochs:
                raise KilledError
            done.append(1)
            return run_epoch(self)

        run_epoch = Fit.run_epoch
        patch.setattr(Fit, "run_epoch", dies)
        with pytest.raises(KilledError):
            run(tmp_path)
    notes = Notes()
    assert run(tmp_path, notes=notes) == unbroken
    assert f"Going on after epoch {min(epochs, 5)} from" in notes.notes[0]
    # A training that is done is there at once.
    with monkeypatch.context() as patch:
        patch.setattr(Fit, "run_epoch", lambda _: pytest.fail("trained again"))
        assert run(tmp_path) == unbroken


def test_checkpoints_change_nothing(tmp_path, unbroken):
    assert run(tmp_path) == unbroken
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "member-0.safetensors",
        "member-1.safetensors",
    ]
    remove_checkpoints(tmp_path)
    assert not tmp_path.exists()
    remove_checkpoints(tmp_path)


@pytest.mark.parametrize("other", [{"seed": 3}, {"config": dataclasses.replace(CONFIG, epochs=4)}])
def test_a_checkpoint_of_another_training_is_told_of_and_not_used(tmp_path, other):
    run(tmp_path, members=1, **other)
    notes = Notes()
    assert run(tmp_path, members=1, notes=notes) == run(members=1)
    assert "belongs to a training on other data or in another way" in notes.notes[0]


def test_an_altered_checkpoint_is_told_of_and_not_used(tmp_path):
    expected = run(tmp_path, members=1)
    path = tmp_path / "member-0.safetensors"
    whole = path.read_bytes()
    for place in range(0, len(whole), len(whole) // 12):
        altered = bytearray(whole)
        altered[place] ^= 1
        path.write_bytes(bytes(altered))
        with pytest.raises(IntegrityError):
            read_checkpoint(path, "me")
    notes = Notes()
    assert run(tmp_path, members=1, notes=notes) == expected
    assert "starts anew" in notes.notes[0]


def test_a_checkpoint_comes_back_to_the_bit(tmp_path):
    path = tmp_path / "folder" / "one.safetensors"
    write_checkpoint(path, STATE)
    found = read_checkpoint(path, "me")
    assert found.facts == STATE.facts
    assert {name: one.tolist() for name, one in found.tensors.items()} == {
        name: one.tolist() for name, one in STATE.tensors.items()
    }
    assert found.digest == STATE.digest
    assert list(path.parent.iterdir()) == [path]


def test_two_that_write_the_same_file_leave_a_whole_one(tmp_path):
    path = tmp_path / "member-0.safetensors"
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write_checkpoint, path, STATE) for _ in range(40)]:
            done.result()
    assert read_checkpoint(path, "me").digest == STATE.digest
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_another_still_writes_outlasts_the_tidying(tmp_path):
    folder = tmp_path / "name-0"
    write_checkpoint(folder / "member-0.safetensors", STATE)
    (folder / "member-0.0.new").touch()
    remove_checkpoints(folder)
    assert [file.name for file in folder.iterdir()] == ["member-0.0.new"]
    remove_checkpoints(tmp_path / "gone")


def test_no_file_is_no_checkpoint(tmp_path):
    assert read_checkpoint(tmp_path / "none", "me") is None


@pytest.mark.parametrize("cut", [0, 5, 100, -1])
def test_half_a_file_is_refused(tmp_path, cut):
    path = tmp_path / "one.safetensors"
    write_checkpoint(path, STATE)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(IntegrityError, match="damaged"):
        read_checkpoint(path, "me")


def test_changed_facts_are_refused(tmp_path):
    path = tmp_path / "one.safetensors"
    metadata = {
        "identity": "me",
        "facts": json.dumps({**STATE.facts, "loss": 0.0}),
        "digest": STATE.digest,
    }
    path.write_bytes(safetensors.torch.save(dict(STATE.tensors), metadata=metadata))
    with pytest.raises(IntegrityError, match="altered"):
        read_checkpoint(path, "me")


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_checkpoint(blocked / "one.safetensors", STATE)


_VICTIM = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import test_learning_checkpoint as here
from screening.learning import train
write = train.write_checkpoint
def writes_and_dies(path, checkpoint):
    write(path, checkpoint)
    if len(checkpoint.facts["history"]) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
train.write_checkpoint = writes_and_dies
here.run(Path({folder!r}))
"""


def test_a_process_killed_with_sigkill_goes_on_in_another(tmp_path, unbroken):
    script = _VICTIM.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    threads = {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, env={**os.environ, **threads}
    )
    assert done.returncode == -9
    notes = Notes()
    assert run(tmp_path, notes=notes) == unbroken
    assert "Going on after epoch 3" in notes.notes[0]


def test_the_state_holds_only_numbers_of_the_training(tmp_path):
    run(tmp_path, members=1)
    tensors = safetensors.torch.load((tmp_path / "member-0.safetensors").read_bytes())
    assert {name.split(".")[0] for name in tensors} == {"model", "best", "optimizer"}
    assert all(np.isfinite(one.double().numpy()).all() for one in tensors.values())
