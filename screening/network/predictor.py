"""Predictor: what scores, one network or several that vote."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from screening.errors import InputError, IntegrityError
from screening.network.calibration import UNCALIBRATED, Calibration
from screening.network.colour import colour_table, colourise
from screening.network.domain import Domain
from screening.network.resnet3d import ResNet3d
from screening.voxel.palette import Palette

BATCH_SIZE: Final = 64
"""Molecules at a time; more are not faster on a CPU."""


class Scores(NamedTuple):
    """What a predictor says of n molecules.

    scores: (n,) float64: the mean, over members and views, of the calibrated probability, from 0 to
        1, or of the number in the unit of the property.
    spread: (n,) float64, standard deviation over the same, or None when there was one look.
    distance: (n,) float32, distance from the training examples in the space of the embeddings,
        above 1 outside of their domain; None where the predictor has no domain.
    """

    scores: NDArray[np.float64]
    spread: NDArray[np.float64] | None
    distance: NDArray[np.float32] | None


class Looks(NamedTuple):
    """What the members say of n molecules in each of their views, before any calibration.

    logits: (n, members, views) float32. embeddings: (n, d) float32, those of the members side by
    side, each the mean over the views.
    """

    logits: NDArray[np.float32]
    embeddings: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Predictor:
    """Networks of one architecture on one device, and how their logits become a score."""

    members: tuple[ResNet3d, ...]
    palette: Palette
    calibration: Calibration = UNCALIBRATED
    domain: Domain | None = None

    def __post_init__(self) -> None:
        if not self.members:
            raise InputError("a predictor needs a network")
        width = sum(member.n_embedded for member in self.members)
        if self.domain is not None and len(self.domain.mean) != width:
            raise IntegrityError(
                f"the domain has {len(self.domain.mean)} numbers, the embeddings have {width}"
            )

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.members[0].head.weight.device

    def to(self, device: torch.device | str) -> "Predictor":
        """The same predictor, its networks moved to another device."""
        members = tuple(member.to(device) for member in self.members)
        domain = None if self.domain is None else self.domain.to(device)
        return Predictor(members, self.palette, self.calibration, domain)

    def score(self, views: NDArray[np.uint8], *, batch_size: int = BATCH_SIZE) -> Scores:
        """Score molecules by their views (n, k, d, d, d) uint8, element grids (`voxel.views`).

        A score does not depend on the molecules beside it.

        Raises:
            InputError: for what are no views.
            IntegrityError: when a score is not a number.
        """
        return self.judge(self.look(views, batch_size=batch_size))

    def judge(self, looks: Looks) -> Scores:
        """What the looks of `look` come to.

        Raises:
            IntegrityError: when a distance is not a number.
        """
        # Numbers may be large and differ little: single precision would round that away.
        logits = torch.from_numpy(looks.logits).flatten(1).double()
        said = self.calibration.scores(logits).numpy()
        spread = said.std(axis=1) if said.shape[1] > 1 else None
        distance = None
        if self.domain is not None:
            embeddings = torch.from_numpy(looks.embeddings).to(self.device)
            distance = self.domain.distances(embeddings).cpu().numpy()
            if not np.isfinite(distance).all():
                raise IntegrityError("the network gave a distance that is not a number")
        return Scores(said.mean(axis=1), spread, distance)

    def look(self, views: NDArray[np.uint8], *, batch_size: int = BATCH_SIZE) -> Looks:
        """Run the members over views (n, k, d, d, d) uint8; errors as of `score`."""
        if views.ndim != 5 or not views.shape[1]:
            raise InputError(f"views are (n, k, d, d, d) with k above 0, not {views.shape}")
        n, n_views = views.shape[:2]
        logits = np.empty((n, len(self.members), n_views), dtype=np.float32)
        width = sum(member.n_embedded for member in self.members)
        embeddings = np.empty((n, width), dtype=np.float32)
        with _scoring(self.members):
            table = colour_table(self.palette, self.device)
            for start in range(0, n, batch_size):
                some = slice(start, start + batch_size)
                batch = np.require(views[some], requirements=["C", "W"])
                own = self._look(torch.from_numpy(batch).to(self.device), table)
                logits[some], embeddings[some] = (part.float().cpu().numpy() for part in own)
        if not np.isfinite(logits).all():
            raise IntegrityError("the network gave a score that is not a number")
        return Looks(logits, embeddings)

    def _look(self, views: Tensor, table: Tensor) -> tuple[Tensor, Tensor]:
        logits, embeddings = [], []
        for grids in views.unbind(dim=1):
            colours = colourise(grids, table)
            own = [member.embed(colours) for member in self.members]
            embeddings.append(torch.cat(own, dim=1))
            said = zip(self.members, own, strict=True)
            logits.append(torch.stack([member.classify(one) for member, one in said], dim=1))
        return torch.stack(logits, dim=2), torch.stack(embeddings).mean(dim=0)


@contextmanager
def _scoring(members: tuple[ResNet3d, ...]) -> Iterator[None]:
    """The members as they score, and afterwards as they were."""
    was_training = [member.training for member in members]
    for member in members:
        member.eval()
    try:
        # TF32 would give scores on a GPU that differ from those on a CPU in the third digit.
        with torch.inference_mode(), torch.backends.cudnn.flags(allow_tf32=False):
            yield
    finally:
        for member, training in zip(members, was_training, strict=True):
            member.train(training)
