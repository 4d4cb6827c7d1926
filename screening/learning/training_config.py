"""TrainingConfig: how a network is trained."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from screening.errors import InputError
from screening.voxel.spec import EDGES, Edges

Turns = Literal["free", "cube", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """How a network is trained.

    epochs: at most; patience: epochs without a lower validation loss before stopping.
    learning_rate: the peak of the one-cycle schedule.
    turns: of each molecule at random, anew in each epoch. free: by any angle, drawn again from the
    atoms. cube: of its stored grid, by one of the 24 rotations of the box. none: as stored.
    edges: of the spheres that are drawn from the atoms. Soft ones need free turns, since a stored
    grid has none.
    seed: of the first weights, the order of the examples, the turns and the dropout.
    """

    epochs: int = 80
    batch_size: int = 16
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    patience: int = 40
    turns: Turns = "free"
    edges: Edges = "hard"
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.epochs, self.patience) < 1 or self.batch_size < 2:
            raise InputError("training needs epochs, patience >= 1 and batches of 2 or more")
        if self.learning_rate <= 0 or self.weight_decay < 0:
            raise InputError("the learning rate must be above 0 and the weight decay not below")
        if self.turns not in get_args(Turns):
            raise InputError(f"turns are {', '.join(get_args(Turns))}, not {self.turns!r}")
        if self.edges not in EDGES:
            raise InputError(f"edges are {', '.join(EDGES)}, not {self.edges!r}")
        if self.edges == "soft" and self.turns != "free":
            raise InputError("soft edges are drawn from the atoms, so they need free turns")

    def to_json(self) -> dict[str, Any]:
        """As JSON values, for the card of a model version."""
        return asdict(self)
