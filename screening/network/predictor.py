"""Predictor: what scores, one network or several that vote."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from screening.errors import InputError, IntegrityError
from screening.network.calibration import UNCALIBRATED, Calibration
from screening.network.domain import Domain
from screening.network.folded import FoldedNetwork
from screening.network.resnet3d import ResNet3d
from screening.voxel.palette import Palette

BATCH_SIZE: Final = 256
"""Views at a time; more are not faster on a CPU."""


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
    """Networks of one architecture on one device, and how their logits become a score.

    It scores by the weights that the networks have when it is made.
    """

    members: tuple[ResNet3d, ...]
    palette: Palette
    calibration: Calibration = UNCALIBRATED
    domain: Domain | None = None
    _folded: tuple[FoldedNetwork, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.members:
            raise InputError("a predictor needs a network")
        width = sum(member.n_embedded for member in self.members)
        if self.domain is not None and len(self.domain.mean) != width:
            raise IntegrityError(
                f"the domain has {len(self.domain.mean)} numbers, the embeddings have {width}"
            )
        folded = tuple(FoldedNetwork(member, self.palette) for member in self.members)
        object.__setattr__(self, "_folded", folded)

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.members[0].head.weight.device

    def to(self, device: torch.device | str) -> "Predictor":
        """The same predictor, its networks moved to another device."""
        members = tuple(member.to(device) for member in self.members)
        domain = None if self.domain is None else self.domain.to(device)
        return Predictor(members, self.palette, self.calibration, domain)

    def compiled(self, compile_: Callable[[Callable[..., Any]], Callable[..., Any]]) -> "Predictor":
        """The same predictor, its layers run as *compile_* makes them."""
        twin = replace(self)
        for network in twin._folded:  # noqa: SLF001 - of another one of these
            network.compiled(compile_)
        return twin

    def score(
        self, views: NDArray[Any], *, batch_size: int = BATCH_SIZE, whole: bool = False
    ) -> Scores:
        """Score molecules by their views (n, k, d, d, d) of `voxel.views`.

        A score does not depend on the molecules beside it. *batch_size* views go through the
        networks at a time; whole: empty ones make up the last batch.

        Raises:
            InputError: for what are no views.
            IntegrityError: when a score is not a number.
        """
        return self.judge(self.look(views, batch_size=batch_size, whole=whole))

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

    def look(
        self, views: NDArray[Any], *, batch_size: int = BATCH_SIZE, whole: bool = False
    ) -> Looks:
        """Run the members over views (n, k, d, d, d); the rest as of `score`."""
        if views.ndim != 5 or not views.shape[1]:
            raise InputError(f"views are (n, k, d, d, d) with k above 0, not {views.shape}")
        n, k = views.shape[:2]
        grids = np.require(views.reshape(n * k, *views.shape[2:]), requirements=["C", "W"])
        logits = np.empty((n * k, len(self.members)), dtype=np.float32)
        width = sum(member.n_embedded for member in self.members)
        embeddings = np.empty((n * k, width), dtype=np.float32)
        # TF32 would give scores on a GPU that differ from those on a CPU in the third digit.
        with torch.inference_mode(), torch.backends.cudnn.flags(allow_tf32=False):
            for start in range(0, n * k, batch_size):
                some = slice(start, min(start + batch_size, n * k))
                batch = _filled_up(grids[some], batch_size) if whole else grids[some]
                said = [part.float().cpu().numpy() for part in self._look(batch)]
                logits[some], embeddings[some] = (part[: some.stop - start] for part in said)
        if not np.isfinite(logits).all():
            raise IntegrityError("the network gave a score that is not a number")
        return Looks(
            np.ascontiguousarray(logits.reshape(n, k, len(self.members)).swapaxes(1, 2)),
            embeddings.reshape(n, k, width).mean(axis=1),
        )

    def _look(self, grids: NDArray[Any]) -> tuple[Tensor, Tensor]:
        own = [network.embed(grids) for network in self._folded]
        said = zip(self._folded, own, strict=True)
        logits = torch.stack([network.classify(one) for network, one in said], dim=1)
        return logits, torch.cat(own, dim=1)


def _filled_up(grids: NDArray[Any], n: int) -> NDArray[Any]:
    missing = np.zeros((n - len(grids), *grids.shape[1:]), dtype=grids.dtype)
    return np.concatenate([grids, missing]) if len(missing) else grids
