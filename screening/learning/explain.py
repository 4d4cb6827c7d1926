"""Explain: how much each atom, ligand and shell of a complex moves what a version says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from screening.chemistry.shells import SHELLS
from screening.learning.gradients import integrate_gradients
from screening.learning.occlusion import occlude
from screening.learning.scoring import Scoring
from screening.voxel.molecules import Molecules

Method = Literal["occlusion", "gradients"]


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Importances in log-odds (natural logarithm), above 0 where something raises the score.

    score: of the whole complex, as `smmdb predict` gives it; log_odds: its mean over the looks.
    atoms: (n,) mean over the looks; spreads: (n,) their standard deviation, 0 with one look.
    ligands: one a ligand. shells: one for each of `chemistry.shells.SHELLS`, None where the
    complex has no such atom. Under occlusion a group of atoms is taken away at once, which is not
    the sum of its atoms; under gradients it is the sum.
    """

    method: Method
    n_looks: int
    score: float
    log_odds: float
    atoms: NDArray[np.float64]
    spreads: NDArray[np.float64]
    ligands: tuple[float, ...]
    shells: tuple[float | None, ...]


def explain(
    scoring: Scoring,
    molecule: Molecules,
    *,
    shells: NDArray[np.uint8],
    ligands: Sequence[NDArray[np.intp]] = (),
    method: Method = "occlusion",
) -> Explanation:
    """Explain the score of one molecule.

    Args:
        scoring: of the version.
        molecule: one of n atoms, in the box that it was scored in.
        shells: (n,) index of SHELLS.
        ligands: indices of the atoms of each.
        method: `occlusion` or `gradients`.
    """
    n = len(molecule.atomic_numbers)
    in_shell = [np.flatnonzero(shells == shell) for shell in range(len(SHELLS))]
    groups = [*ligands, *in_shell]
    if method == "occlusion":
        singles: list[NDArray[np.intp]] = list(np.arange(n)[:, None])
        changes = occlude(scoring, molecule, [*singles, *groups])
        atoms, grouped = changes[:, :n], changes[:, n:].mean(axis=0)
    else:
        atoms = integrate_gradients(scoring, molecule)
        grouped = np.array([atoms[:, group].sum(axis=1).mean() for group in groups])
    views = scoring.views.draw(molecule)
    return Explanation(
        method,
        scoring.n_looks,
        float(scoring.score(views)[0]),
        float(scoring.log_odds(views).mean()),
        atoms.mean(axis=0),
        atoms.std(axis=0),
        tuple(grouped[: len(ligands)].tolist()),
        tuple(
            float(value) if len(group) else None
            for value, group in zip(grouped[len(ligands) :], in_shell, strict=True)
        ),
    )
