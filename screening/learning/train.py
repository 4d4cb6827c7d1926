"""Train: fit a 3D ResNet to examples."""

import math
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from screening.errors import InputError
from screening.learning.dataset import Examples
from screening.learning.split import Split
from screening.network.colour import colour_table, colourise
from screening.network.memory import keep_memory
from screening.network.predictor import Predictor
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.progress import SILENT, Progress
from screening.voxel.palette import Palette
from screening.voxel.rotations import CUBE_ROTATIONS, rotate


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """How a network is trained.

    epochs: at most; patience: epochs without a lower validation loss before stopping.
    learning_rate: the peak of the one-cycle schedule.
    rotate: turn each grid at random by one of the 24 rotations of the box, anew in each epoch.
    seed: of the first weights, the order of the examples, the turns and the dropout.
    """

    epochs: int = 40
    batch_size: int = 16
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    patience: int = 15
    rotate: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.epochs, self.patience) < 1 or self.batch_size < 2:
            raise InputError("training needs epochs, patience >= 1 and batches of 2 or more")
        if self.learning_rate <= 0 or self.weight_decay < 0:
            raise InputError("the learning rate must be above 0 and the weight decay not below")

    def to_json(self) -> dict[str, Any]:
        """As JSON values, for the card of a model version."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training part; losses are cross entropies with classes weighing alike."""

    number: int
    train_loss: float
    validation_loss: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A network as it was at its lowest validation loss, on the CPU.

    seed: of its own, drawn from the seed of the training.
    validation_logits: (v,) float32, of the validation part, each grid as it stands.
    """

    network: ResNet3d
    seed: int
    history: tuple[Epoch, ...]
    best_epoch: int
    validation_logits: NDArray[np.float32]

    def to_json(self) -> dict[str, Any]:
        """How it was trained, for the card of a model version."""
        epochs = [asdict(epoch) for epoch in self.history]
        return {"seed": self.seed, "best_epoch": self.best_epoch, "history": epochs}


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """One network, or several that vote.

    threshold: scores from here on count as positive. The classes weigh alike in training, so
    0.5 is where both are equally likely had there been as many of each.
    """

    members: tuple[Member, ...]
    threshold: float = 0.5

    @property
    def networks(self) -> tuple[ResNet3d, ...]:
        """The networks of all members."""
        return tuple(member.network for member in self.members)


def train(
    examples: Examples,
    split: Split,
    config: TrainingConfig,
    network: ResNet3dConfig,
    palette: Palette,
    *,
    progress: Progress = SILENT,
    device: torch.device | str = "cpu",
    members: int = 1,
) -> TrainedModel:
    """Train on the training part and stop by the validation part; the test part is not looked at.

    members: networks to train, each from its own first weights and in its own order.

    The same examples, seed, machine and thread count give the same weights. The
    forward pass runs in bfloat16 on a GPU that has it, in single precision elsewhere.

    Raises:
        InputError: when a part lacks a class, there is no member to train, or the loss is no
            longer a number.
    """
    if members < 1:
        raise InputError(f"a model needs at least one network, not {members}")
    keep_memory()
    place = torch.device(device)
    for part in ("train", "validation"):
        if len(np.unique(examples.targets[split.rows(part)])) != 2:
            raise InputError(f"the {part} part of the examples has only one class")
    cuda = [place] if place.type == "cuda" else []
    with (
        torch.random.fork_rng(devices=cuda),
        torch.backends.cudnn.flags(benchmark=False, deterministic=True),
        progress.task("Training", total=members * config.epochs) as task,
    ):
        trained = []
        for seed in _seeds(config.seed, members):
            fit = _Fit(examples, split, config, network, palette, seed=seed, device=place)
            while fit.goes_on():
                epoch = fit.run_epoch()
                task.advance()
                task.detail(
                    f"loss {epoch.train_loss:.3f}, validation {epoch.validation_loss:.3f}, "
                    f"best {fit.best_loss:.3f}"
                )
            # Stopping early is being done, so the bar ends full.
            task.advance(config.epochs - len(fit.history))
            trained.append(fit.result())
        return TrainedModel(tuple(trained))


def _seeds(seed: int, members: int) -> list[int]:
    """A seed for each member; that of a member does not depend on how many there are."""
    return [int(own.generate_state(1)[0]) for own in np.random.SeedSequence(seed).spawn(members)]


class _Fit:
    """A training under way."""

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
        torch.manual_seed(seed)
        self._seed = seed
        self._examples = examples
        self._split = split
        self._config = config
        self._device = device
        self._palette = palette
        self._table = colour_table(palette, device)
        self._rng = np.random.default_rng(seed)
        positives = int(examples.targets[split.train].sum())
        self._positive_weight = torch.tensor(
            (len(split.train) - positives) / positives, device=device
        )
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
        self._best_weights: dict[str, torch.Tensor] = {}

    def goes_on(self) -> bool:
        waited = len(self.history) - self.best_epoch
        return len(self.history) < self._config.epochs and waited < self._config.patience

    def run_epoch(self) -> Epoch:
        started = time.monotonic()
        train_loss = self._train_once()
        validation_loss = self._validate()
        number = len(self.history) + 1
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
        self._model.load_state_dict(self._best_weights)
        looks = Predictor((self._model,), self._palette).look(
            self._examples.grids(self._split.validation)
        )
        return Member(
            self._model.cpu().eval(),
            self._seed,
            tuple(self.history),
            self.best_epoch,
            looks.logits[:, 0, 0],
        )

    def _train_once(self) -> float:
        self._model.train()
        total = 0.0
        order = self._rng.permutation(self._split.train)
        # Equal batches: a last batch of one has no spread for the batch norm to measure.
        for rows in np.array_split(order, self._n_batches):
            loss = self._loss(rows, turned=self._config.rotate)
            self._optimizer.zero_grad()
            torch.autograd.backward(loss)
            self._optimizer.step()
            self._schedule.step()
            total += loss.item() * len(rows)
        return total / len(order)

    def _validate(self) -> float:
        self._model.eval()
        rows = self._split.validation
        total = 0.0
        with torch.inference_mode():
            for start in range(0, len(rows), self._config.batch_size):
                batch = rows[start : start + self._config.batch_size]
                total += self._loss(batch, turned=False).item() * len(batch)
        return total / len(rows)

    def _loss(self, rows: NDArray[np.intp], *, turned: bool) -> torch.Tensor:
        grids = self._examples.grids(rows)
        if turned:
            turns = self._rng.integers(len(CUBE_ROTATIONS), size=len(rows))
            grids = np.stack(
                [rotate(grid, CUBE_ROTATIONS[i]) for grid, i in zip(grids, turns, strict=True)]
            )
        targets = torch.from_numpy(self._examples.targets[rows]).to(self._device).float()
        with _precision(self._device):
            logits = self._model(colourise(torch.from_numpy(grids).to(self._device), self._table))
        return functional.binary_cross_entropy_with_logits(
            logits.float(), targets, pos_weight=self._positive_weight
        )


def _precision(device: torch.device) -> AbstractContextManager[Any]:
    # On a CPU without bfloat16 units autocast is 200 times slower, so it stays off there.
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return nullcontext()
