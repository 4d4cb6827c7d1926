"""Domain: how far an embedding lies from what a network was trained on."""

from dataclasses import dataclass

import torch
from torch import Tensor

from screening.errors import IntegrityError


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """Where the training examples lie in the space of a predictor's embeddings.

    mean: (d,) float32, their middle. whitening: (d, r) float32, under which they spread alike in
    all r directions, so that a length there is a Mahalanobis distance.
    limit: () float32, the distance at which the domain ends.
    """

    mean: Tensor
    whitening: Tensor
    limit: Tensor

    def __post_init__(self) -> None:
        width = len(self.mean) if self.mean.ndim == 1 else -1
        if self.whitening.ndim != 2 or len(self.whitening) != width or self.limit.ndim:
            raise IntegrityError("a domain needs a mean (d,), a whitening (d, r) and one limit")
        if not self.limit > 0:
            raise IntegrityError(f"the limit of a domain lies above 0, not at {self.limit.item()}")

    def distances(self, embeddings: Tensor) -> Tensor:
        """Distances (n,) of embeddings (n, d) in units of the limit: above 1 is outside."""
        lengths: Tensor = torch.linalg.vector_norm((embeddings - self.mean) @ self.whitening, dim=1)
        return lengths / self.limit

    def to(self, device: torch.device | str) -> "Domain":
        """The same on another device."""
        return Domain(self.mean.to(device), self.whitening.to(device), self.limit.to(device))
