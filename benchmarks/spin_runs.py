"""Runs on the spin set: networks and what they say, kept in a folder and never made twice."""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import numpy as np
import safetensors.torch
from safetensors import safe_open
from sklearn.model_selection import StratifiedGroupKFold

from screening.learning.checkpoint import remove_checkpoints
from screening.learning.dataset import Examples
from screening.learning.fitting import look_at
from screening.learning.split import Part, Split
from screening.learning.train import TrainingConfig, train
from screening.network.predictor import Predictor
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.voxel.palette import Palette
from screening.voxel.views import Source, Views

PARTS: Final[tuple[Part, ...]] = ("validation", "test")


class Look(NamedTuple):
    """The views whose probabilities are averaged: their source and the number of turns."""

    source: Source
    turns: int


@dataclass(frozen=True)
class Trial:
    """One training: rows to learn from and rows to test on; those of one name are pooled."""

    name: str
    learn: np.ndarray
    test: np.ndarray
    epochs: int


@dataclass(frozen=True)
class Method:
    """How a network is made; all of it decides which stored network may be used again."""

    config: TrainingConfig
    network: ResNet3dConfig
    palette: Palette


@dataclass(frozen=True)
class Told:
    """What one network says, before calibration.

    logits: (n, 1, turns) by part and look. cpu: seconds of its training, None where it was taken
    up again.
    """

    logits: dict[tuple[Part, Look], np.ndarray]
    cpu: float | None


class Runs:
    """A folder with the weights and the logits of every network, and checkpoints of those to be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def told(self, examples: Examples, trial: Trial, method: Method, looks: Iterable[Look]) -> Told:
        """Train the network and let it look, or read what it said."""
        key = key_of(examples, trial, method)
        weights = self._folder / f"{key}.safetensors"
        if not weights.exists():
            self._train(examples, trial, method, key, weights)
        with safe_open(weights, framework="pt") as tensors:
            facts = json.loads(tensors.metadata()["facts"])
        said: dict[tuple[Part, Look], np.ndarray] = {}
        for look in looks:
            file = self._folder / f"{key}-{look.source}-{look.turns}.npz"
            if not file.exists():
                network = ResNet3d(method.network)
                network.load_state_dict(safetensors.torch.load_file(weights))
                predictor = Predictor((network.eval(),), method.palette)
                views = Views(
                    look.source,
                    look.turns,
                    examples.spec,
                    method.network.field,
                    method.config.edges,
                )
                split = stopping(examples, trial)
                found = {
                    part: look_at(predictor, examples, split.rows(part), views).logits
                    for part in PARTS
                }
                with whole(file) as stream:
                    np.savez(stream, **found)
            with np.load(file) as kept:
                said |= {(part, look): kept[part] for part in PARTS}
        return Told(said, facts["cpu"])

    def _train(
        self, examples: Examples, trial: Trial, method: Method, key: str, weights: Path
    ) -> None:
        anew = not (self._folder / key).exists()
        started = time.process_time()
        trained = train(
            examples,
            stopping(examples, trial),
            replace(method.config, epochs=trial.epochs, patience=trial.epochs),
            method.network,
            method.palette,
            checkpoint=self._folder / key,
        ).members[0]
        cpu = time.process_time() - started if anew else None
        facts = {"trial": trial.name, "cpu": cpu, "best_epoch": trained.best_epoch}
        tensors = {name: one.contiguous() for name, one in trained.network.state_dict().items()}
        with whole(weights) as stream:
            stream.write(safetensors.torch.save(tensors, metadata={"facts": json.dumps(facts)}))
        remove_checkpoints(self._folder / key)
        spent = "taken up again" if cpu is None else f"{cpu:.0f} CPU s"
        print(f"{key} {trial.name}, seed {method.config.seed}: {spent}", flush=True)


def key_of(examples: Examples, trial: Trial, method: Method) -> str:
    """A name for all that decides a network; threads and machine change its last digits only."""
    facts = [
        replace(method.config, epochs=trial.epochs, patience=trial.epochs).to_json(),
        method.network.to_json(),
        method.palette.name,
        examples.spec.digest,
        trial.learn.tolist(),
        trial.test.tolist(),
    ]
    total = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for one, positive in zip(examples.traits, examples.targets, strict=True):
        total.update(bytes([int(positive)]))
        total.update(np.asarray(one.atomic_numbers, dtype=np.uint8).tobytes())
        total.update(np.asarray(one.positions, dtype=np.float32).tobytes())
    return total.hexdigest()[:16]


def stopping(examples: Examples, trial: Trial) -> Split:
    """A grouped seventh of the rows to learn from chooses the epoch and fits the calibration."""
    targets, groups = examples.targets[trial.learn], examples.group_numbers(trial.learn)
    parts = StratifiedGroupKFold(7, shuffle=True, random_state=0)
    kept, parted = next(parts.split(np.zeros(len(targets)), targets, groups))
    return Split(trial.learn[kept], trial.learn[parted], trial.test, seed=0)


@contextmanager
def whole(file: Path) -> Iterator[BinaryIO]:
    """A file to write that is there only when all of it is."""
    new = file.with_suffix(".new")
    with new.open("wb") as stream:
        yield stream
    new.replace(file)
