"""Domain: fit where the embeddings of the training examples lie, and how far is far."""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.covariance import LedoitWolf

from screening.network.domain import Domain

INSIDE: Final = 0.99
"""Share of the validation examples that lie within the domain."""


def fit_domain(train: NDArray[np.floating], validation: NDArray[np.floating]) -> Domain | None:
    """Fit the domain of embeddings (n, d) and (m, d), those of the members side by side.

    The distance is Mahalanobis' from the mean of the training examples (K. Lee et al., "A simple
    unified framework for detecting out-of-distribution samples and adversarial attacks", NeurIPS
    2018, with one mean instead of one a class), with the covariance shrunk as by O. Ledoit and
    M. Wolf (J. Multivar. Anal. 2004, 88, 365), since there may be fewer examples than numbers.
    The training examples lie closer than others, for the network was fitted to them; so the limit
    is the distance that one in a hundred validation examples exceeds.

    None where the embeddings of the training examples do not differ: there is no far.
    """
    embeddings = np.asarray(train, dtype=np.float64)
    if not np.ptp(embeddings, axis=0).any():
        return None
    fitted = LedoitWolf().fit(embeddings)
    # With precision = w w^T, |(x - mean) w| is the Mahalanobis distance.
    whitening = np.linalg.cholesky(fitted.precision_)
    apart = (np.asarray(validation, dtype=np.float64) - fitted.location_) @ whitening
    limit = float(np.quantile(np.linalg.norm(apart, axis=1), INSIDE))
    return Domain(*(torch.tensor(part).float() for part in (fitted.location_, whitening, limit)))
