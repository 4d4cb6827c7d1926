"""Ligand field: whether the donors of a metal make an axis or a plane."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def axiality(
    positions: NDArray[np.float64],
    metal: int,
    donors: Sequence[int],
    charges: Sequence[float] | None = None,
) -> float:
    """How axial (above 0, at most 1) or equatorial (below 0, at least -0.5) the donors stand.

    The second-order term of the point-charge model, sum of q (3 cos^2 - 1) / (2 r^3) over the
    donors along the axis where it is largest in size, divided by the sum of q / r^3; less where
    the field is rhombic, by the factor 1 - 3 E/D, so that it is 0 where axis and plane cannot be
    told apart (E/D = 1/3). That is minus twice the middle eigenvalue, so it does not jump.
    Two donors on a line give 1, a planar ring -0.5; an octahedron or a cube 0, as does a T.
    Source: M. T. Hutchings, Solid State Physics 1964, 16, 227; the factor is our choice.

    positions: (n, 3) angstrom; metal, donors: indices; charges: of the donors, one sign (e); all
    equal where None. Without donors, or without charge on them, 0.
    """
    if not donors or (charges is not None and not any(charges)):
        return 0.0
    arms = positions[list(donors)] - positions[metal]
    lengths = np.linalg.norm(arms, axis=1)
    weights = lengths**-3.0 if charges is None else np.asarray(charges) * lengths**-3.0
    units = arms / lengths[:, None]
    tensor = np.einsum("i,ij,ik->jk", weights, units, units) * 1.5 / weights.sum()
    return -2.0 * float(np.linalg.eigvalsh(tensor - 0.5 * np.eye(3))[1])


def equator(positions: NDArray[np.float64], metal: int, donors: Sequence[int]) -> list[int]:
    """The donors beside the two that stand at the widest angle (the axis).

    positions: (n, 3) angstrom; metal, donors: indices, two donors at least.
    """
    arms = positions[list(donors)] - positions[metal]
    units = arms / np.linalg.norm(arms, axis=1)[:, None]
    axis = np.unravel_index(np.argmin(units @ units.T), (len(donors), len(donors)))
    return [donor for place, donor in enumerate(donors) if place not in axis]
