"""Trained: what a training gives, a network or several that vote."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from screening.network.resnet3d import ResNet3d


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

    seed: its own, drawn from the seed of the training.
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
