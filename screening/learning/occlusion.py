"""Occlusion: what a network says of a molecule without some of its atoms."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.learning.scoring import Scoring
from screening.voxel.molecules import Molecules, pack

_BATCH: Final = 64
"""Molecules drawn at once; more would not be faster on a CPU and need more memory."""


def occlude(
    scoring: Scoring, molecule: Molecules, groups: Sequence[NDArray[np.intp]]
) -> NDArray[np.float64]:
    """Log-odds that each group of atoms gives to the whole: (looks, groups), natural logarithm.

    The atoms of a group are taken away, the box stays where it was, and each view is drawn again:
    what they covered comes to light. The change is whole less rest, so above 0 where the group
    raises the score, and exactly 0 where no voxel of any view changes (an atom far out or under a
    heavier one).

    Args:
        scoring: of the version.
        molecule: one, with its box.
        groups: indices of atoms.
    """
    whole = scoring.views.draw(molecule)
    said = scoring.log_odds(whole)
    changes = np.zeros((scoring.n_looks, len(groups)))
    for start in range(0, len(groups), _BATCH):
        rests = without(molecule, groups[start : start + _BATCH])
        drawn = scoring.views.draw(rests)
        changed = np.flatnonzero((drawn != whole).any(axis=(1, 2, 3, 4)))
        if len(changed):
            changes[:, start + changed] = said - scoring.log_odds(drawn[changed])
    return changes


def without(molecule: Molecules, groups: Sequence[NDArray[np.intp]]) -> Molecules:
    """What is left of *molecule* without each group of atoms, each in the box of the whole."""
    rests = [
        (np.delete(molecule.atomic_numbers, group), np.delete(molecule.positions, group, axis=0))
        for group in groups
    ]
    return pack(rests, np.repeat(molecule.centres, len(groups), axis=0))
