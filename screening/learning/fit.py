"""Fit: the training of one network, under way."""

import hashlib
import json
import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from screening.errors import InputError
from screening.learning.checkpoint import Checkpoint
from screening.learning.dataset import Examples
from screening.learning.loader import Loader
from screening.learning.split import Split
from screening.learning.trained import Epoch, Member
from screening.learning.training_config import TrainingConfig
from screening.network.colour import colour_table, colourise, inner
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.voxel.batch import draw_soft
from screening.voxel.palette import Palette

_MODEL, _BEST, _OPTIMIZER = "model.", "best.", "optimizer."


class Fit:
    """The training of one network, an epoch at a time.

    The chance of an epoch comes from the seed and the epoch's number alone, so a training that
    goes on from a checkpoint meets what an unbroken one would have met.
    """

    def __init__(
        self,
        examples: Examples,
        split: Split,
        config: TrainingConfig,
        network: ResNet3dConfig,
        palette: Palette,
        *,
        seed: int,
        device: torch.device,
    ) -> None:
        self._examples = examples
        self._split = split
        self._config = config
        self._device = device
        self._palette = palette
        self._seed = seed
        self._table = colour_table(palette, device)
        self._loader = Loader(examples, split.train, config.turns, config.edges)
        self._targets = _targets(examples, split.train)
        self._loss_of = _loss(examples, split.train, device)
        torch.manual_seed(seed)
        self._model = ResNet3d(network).to(device)
        self._n_batches = math.ceil(len(split.train) / config.batch_size)
        self._optimizer = torch.optim.AdamW(
            self._model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer, config.learning_rate, total_steps=config.epochs * self._n_batches
        )
        self.history: list[Epoch] = []
        self.best_epoch = 0
        self.best_loss = math.inf
        self._best_weights: dict[str, Tensor] = {}

    @property
    def goes_on(self) -> bool:
        """Whether there is an epoch to run."""
        waited = len(self.history) - self.best_epoch
        return len(self.history) < self._config.epochs and waited < self._config.patience

    def run_epoch(self) -> Epoch:
        """Learn from the training part once and measure the validation part.

        Raises:
            InputError: when the loss is no longer a number.
        """
        started = time.monotonic()
        number = len(self.history) + 1
        train_loss = self._train_once(number)
        validation_loss = self._validate()
        if not math.isfinite(train_loss + validation_loss):
            raise InputError(
                f"training broke down in epoch {number}: the loss is no number. "
                f"Try a learning rate below {self._config.learning_rate:g}."
            )
        if validation_loss < self.best_loss:
            self.best_epoch, self.best_loss = number, validation_loss
            weights = self._model.state_dict()
            self._best_weights = {name: tensor.clone() for name, tensor in weights.items()}
        epoch = Epoch(number, train_loss, validation_loss, time.monotonic() - started)
        self.history.append(epoch)
        return epoch

    def result(self) -> Member:
        """The network of the best epoch; the training ends with it."""
        self._model.load_state_dict(self._best_weights)
        network = self._model.cpu().eval()
        return Member(network, self._seed, tuple(self.history), self.best_epoch)

    @cached_property
    def identity(self) -> str:
        """sha256 of all that decides the weights: examples, split, settings, seed and machine."""
        split = self._split
        facts = {
            "config": self._config.to_json(),
            "network": self._model.config.to_json(),
            "palette": self._palette.name,
            "seed": self._seed,
            "spec": self._examples.spec.digest,
            "train": split.train.tolist(),
            "validation": split.validation.tolist(),
            "device": self._device.type,
            "threads": torch.get_num_threads(),
            "torch": torch.__version__,
        }
        total = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
        for row in (*split.train, *split.validation):
            traits = self._examples.traits[row]
            total.update(self._examples.targets[row].tobytes())
            total.update(hashlib.sha256(self._examples.blobs[row]).digest())
            total.update(np.asarray(traits.atomic_numbers, dtype=np.uint8).tobytes())
            total.update(np.asarray(traits.positions, dtype=np.float32).tobytes())
        return total.hexdigest()

    def checkpoint(self) -> Checkpoint:
        """Where the training stands after an epoch."""
        tensors = {_MODEL + name: one for name, one in self._model.state_dict().items()}
        tensors |= {_BEST + name: one for name, one in self._best_weights.items()}
        optimizer = self._optimizer.state_dict()
        for number, own in optimizer["state"].items():
            tensors |= {f"{_OPTIMIZER}{number}.{name}": one for name, one in own.items()}
        facts = {
            "history": [asdict(epoch) for epoch in self.history],
            "best_epoch": self.best_epoch,
            "best_loss": self.best_loss,
            "groups": optimizer["param_groups"],
            "schedule": self._schedule.state_dict(),
        }
        return Checkpoint(self.identity, tensors, facts)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Go on from where `checkpoint` stood, of a training of this identity."""
        facts, tensors = checkpoint.facts, checkpoint.tensors
        self._model.load_state_dict(_named(tensors, _MODEL))
        own = self._model.state_dict()
        best = _named(tensors, _BEST)
        # In the layout of the weights themselves: sums depend on the order in memory.
        self._best_weights = {name: torch.empty_like(own[name]).copy_(best[name]) for name in best}
        state: dict[int, dict[str, Tensor]] = {}
        parameters = list(self._model.parameters())
        for place, tensor in _named(tensors, _OPTIMIZER).items():
            number, name = place.split(".")
            shaped = tensor if tensor.ndim == 0 else torch.empty_like(parameters[int(number)])
            state.setdefault(int(number), {})[name] = shaped.copy_(tensor).detach()
        self._optimizer.load_state_dict({"state": state, "param_groups": facts["groups"]})
        self._schedule.load_state_dict(facts["schedule"])
        self.history = [Epoch(**epoch) for epoch in facts["history"]]
        self.best_epoch, self.best_loss = facts["best_epoch"], facts["best_loss"]

    def _train_once(self, number: int) -> float:
        chance = np.random.SeedSequence([self._seed, number])
        torch.manual_seed(int(chance.generate_state(1)[0]))
        self._model.train()
        total = 0.0
        for rows, grids in self._loader.epoch(self._n_batches, np.random.default_rng(chance)):
            loss = self._loss(rows, grids)
            self._optimizer.zero_grad()
            torch.autograd.backward(loss)
            self._optimizer.step()
            self._schedule.step()
            total += loss.item() * len(rows)
        return total / len(self._split.train)

    def _validate(self) -> float:
        self._model.eval()
        rows = self._split.validation
        total = 0.0
        with torch.inference_mode():
            for start in range(0, len(rows), self._config.batch_size):
                batch = rows[start : start + self._config.batch_size]
                total += self._loss(batch, self._as_stored(batch)).item() * len(batch)
        return total / len(rows)

    def _as_stored(self, rows: NDArray[np.intp]) -> NDArray[np.integer]:
        """Grids of some rows, unturned."""
        if self._config.edges == "hard":
            return self._examples.grids(rows)
        return draw_soft(self._examples.molecules(rows), self._examples.spec)

    def _loss(self, rows: NDArray[np.intp], grids: NDArray[np.integer]) -> Tensor:
        targets = torch.from_numpy(self._targets[rows]).to(self._device)
        with _precision(self._device):
            seen = inner(torch.from_numpy(grids).to(self._device), self._model.config.field)
            logits = self._model(colourise(seen, self._table))
        return self._loss_of(logits.float(), targets)


def _targets(examples: Examples, train: NDArray[np.intp]) -> NDArray[np.float32]:
    """What networks learn (n,): 0 or 1, or numbers in standard deviations from their mean.

    Both are of the training part.
    """
    if not examples.are_numbers:
        return examples.targets.astype(np.float32)
    mean, deviation = examples.scale_of(train)
    # Before they lose digits: numbers may be large and differ little.
    return ((examples.numbers - mean) / deviation).astype(np.float32)


def _loss(
    examples: Examples, train: NDArray[np.intp], device: torch.device
) -> Callable[[Tensor, Tensor], Tensor]:
    """What outputs (n,) lose against targets (n,).

    That of numbers is P. J. Huber's (Ann. Math. Stat. 1964, 35, 73), which a few far ones do not
    rule.
    """
    if examples.are_numbers:
        return functional.huber_loss
    positives = int(examples.targets[train].sum())
    weight = torch.tensor((len(train) - positives) / positives, device=device)
    return lambda outputs, targets: functional.binary_cross_entropy_with_logits(
        outputs, targets, pos_weight=weight
    )


def _named(tensors: Any, prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): one for name, one in tensors.items() if name.startswith(prefix)
    }


def _precision(device: torch.device) -> AbstractContextManager[Any]:
    # On a CPU without bfloat16 units autocast is 200 times slower, so it stays off there.
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return nullcontext()
