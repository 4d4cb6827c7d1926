"""Trained: what a training gives, a network or several that vote."""

from dataclasses import asdict, dataclass
from typing import Any

from screening.network.resnet3d import ResNet3d


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training part.

    The losses are cross entropies with classes weighing alike; of numbers, scaled by the mean and
    the standard deviation of the training part, Huber losses.
    """

    number: int
    train_loss: float
    validation_loss: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A network as it was at its lowest validation loss, on the CPU.

    seed: its own, drawn from the seed of the training.
    """

    network: ResNet3d
    seed: int
    history: tuple[Epoch, ...]
    best_epoch: int

    def to_json(self) -> dict[str, Any]:
        """How it was trained, for the card of a model version."""
        epochs = [asdict(epoch) for epoch in self.history]
        return {"seed": self.seed, "best_epoch": self.best_epoch, "history": epochs}


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """One network, or several that vote."""

    members: tuple[Member, ...]

    @property
    def networks(self) -> tuple[ResNet3d, ...]:
        """The networks of all members."""
        return tuple(member.network for member in self.members)
