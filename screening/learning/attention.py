"""Attention: where a version looks on the whole, beside what chance and shuffled weights give."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import spearmanr

from screening.learning.metrics import estimate, estimates, resamples
from screening.learning.occlusion import occlude, without
from screening.learning.ranked import Floats, ratio
from screening.learning.scoring import Scoring
from screening.network.predictor import Predictor
from screening.network.resnet3d import ResNet3d
from screening.voxel.molecules import Molecules, pack

DISTANCES: Final = (2.8, 4.0, 5.5, 8.0)
"""Angstrom from the nearest metal at which one zone ends and the next begins."""
ZONES: Final = ("metals", "to 2.8 A", "2.8 to 4 A", "4 to 5.5 A", "5.5 to 8 A", "beyond 8 A")
KEPT: Final = (
    ("metals alone", (0,)),
    ("metals and donors", (0, 1)),
    ("to the second shell", (0, 1, 2)),
    ("whole complex", (0, 1, 2, 3)),
    ("all but the donors", (0, 2, 3)),
    ("all but the metals", (1, 2, 3)),
)
"""What is left of a complex, by its shells (`chemistry.shells`)."""
_N_PROBES: Final = 8
_PROBE_GAP: Final = 3.0  # angstrom from any atom: no contact of a molecule is longer
_CARBON: Final = 6


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One molecule of n atoms to look at.

    shells: (n,) index of `chemistry.shells.SHELLS`. distances: (n,) angstrom to the nearest metal
    site, 0 for the sites. importances: (n,) log-odds by occlusion.
    """

    molecule: Molecules
    shells: NDArray[np.uint8]
    distances: Floats
    importances: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What one molecule tells.

    shares: by subject (network, shuffled weights, atoms, volume) the share of each zone.
    agreement: rank correlation of the sizes of the importances with those of shuffled weights.
    changes: mean size of the change of the log-odds by what was done.
    scores: of what is left of the molecule, in the order of KEPT.
    """

    shares: dict[str, Floats]
    agreement: float
    changes: dict[str, float]
    scores: Floats


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure over the sample, with its 95 % interval by bootstrap over groups.

    about: share, agreement, change or auroc; n: molecules that it was computed from.
    """

    about: str
    subject: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int


def shuffle_weights(scoring: Scoring, seed: int) -> Scoring:
    """The same networks with the numbers of each tensor in shuffled places.

    What such a network finds important comes from its build and from the size of the atoms, not
    from training (after Adebayo et al., "Sanity checks for saliency maps", NeurIPS 2018).
    """
    generator = torch.Generator().manual_seed(seed)
    members = tuple(_shuffled(member, generator) for member in scoring.predictor.members)
    predictor = Predictor(members, scoring.predictor.palette, scoring.predictor.calibration)
    return Scoring(predictor, scoring.views)


def _shuffled(member: ResNet3d, generator: torch.Generator) -> ResNet3d:
    copy = deepcopy(member)
    for tensor in copy.state_dict().values():
        places = torch.randperm(tensor.numel(), generator=generator).to(tensor.device)
        tensor.copy_(tensor.flatten()[places].view(tensor.shape))
    return copy


def look(scoring: Scoring, subject: Subject, seed: int) -> Look:
    """Look at one molecule with a network and with its shuffled weights.

    seed: of the shuffling and of the places in the empty space.
    """
    molecule, sizes = subject.molecule, np.abs(subject.importances)
    singles = list(np.arange(len(sizes))[:, None])
    other = np.abs(occlude(shuffle_weights(scoring, seed), molecule, singles).mean(axis=0))
    zones = np.where(
        subject.shells == 0, 0, 1 + np.searchsorted(DISTANCES, subject.distances, side="left")
    )
    owners = scoring.views.owners(molecule)
    volumes = np.bincount(owners[owners >= 0], minlength=len(sizes))
    shares = {
        name: _shares(zones, weights)
        for name, weights in (
            ("network", sizes),
            ("shuffled weights", other),
            ("atoms", np.ones(len(sizes))),
            ("volume", volumes),
        )
    }
    return Look(
        shares,
        _agreement(sizes, other),
        _changes(scoring, subject, seed),
        _kept_scores(scoring, subject),
    )


def figures(
    looks: Sequence[Look], targets: NDArray[np.bool_], groups: NDArray[np.intp], *, seed: int = 0
) -> tuple[Figure, ...]:
    """All figures over the sample.

    Args:
        looks: n of them.
        targets: (n,) classes.
        groups: (n,) numbered from 0; resamples take whole groups.
        seed: of the resamples.
    """
    found: list[Figure] = []
    for subject in looks[0].shares:
        table = np.array([one.shares[subject] for one in looks])
        found += [
            Figure("share", subject, zone, *_mean(column, groups, seed))
            for zone, column in zip(ZONES, table.T, strict=True)
        ]
    agreements = np.array([one.agreement for one in looks])
    found.append(
        Figure("agreement", "network", "shuffled weights", *_mean(agreements, groups, seed))
    )
    for name in looks[0].changes:
        column = np.array([one.changes[name] for one in looks])
        found.append(Figure("change", "network", name, *_mean(column, groups, seed)))
    scores = np.array([one.scores for one in looks])
    for (name, _), column in zip(KEPT, scores.T, strict=True):
        auroc = next(e for e in estimates(targets, column, groups, seed=seed) if e.name == "auroc")
        found.append(Figure("auroc", "network", name, auroc.value, auroc.low, auroc.high, auroc.n))
    return tuple(found)


def _shares(zones: NDArray[np.intp], weights: NDArray[np.number]) -> Floats:
    """Share of each zone (6,); NaN where all weights are 0."""
    sums = np.bincount(zones, weights=weights, minlength=len(ZONES))
    total = sums.sum()
    return sums / total if total > 0 else np.full(len(ZONES), np.nan)


def _agreement(sizes: Floats, other: Floats) -> float:
    if len(np.unique(sizes)) < 2 or len(np.unique(other)) < 2:
        return float("nan")  # where all are alike there is no order
    return float(spearmanr(sizes, other).statistic)


def _changes(scoring: Scoring, subject: Subject, seed: int) -> dict[str, float]:
    sizes, numbers = np.abs(subject.importances), subject.molecule.atomic_numbers
    beyond = (subject.shells >= 2) & (numbers > 1)
    kinds = {
        "a metal taken away": subject.shells == 0,
        "a donor taken away": subject.shells == 1,
        "another atom, no hydrogen, taken away": beyond,
        "a hydrogen taken away": (subject.shells >= 2) & (numbers == 1),
    }
    changes = {
        name: float(sizes[chosen].mean()) if chosen.any() else float("nan")
        for name, chosen in kinds.items()
    }
    return changes | {"a carbon put into empty space": _probe(scoring, subject.molecule, seed)}


def _probe(scoring: Scoring, molecule: Molecules, seed: int) -> float:
    """Mean size of the change by a carbon atom where the network looks and no atom is near."""
    views, centre = scoring.views, molecule.centres[0]
    along = (np.arange(views.edge) + 0.5 - views.edge / 2) * views.spec.spacing
    middles = np.stack(np.meshgrid(along, along, along), axis=-1).reshape(-1, 3)
    # In the ball that every view has, however it is turned.
    middles = middles[np.linalg.norm(middles, axis=1) < along[-1]]
    away, _ = cKDTree(molecule.positions - centre).query(middles)
    empty = np.flatnonzero(away >= _PROBE_GAP)
    if not len(empty):
        return float("nan")  # the molecule fills what the network looks at
    chosen = np.random.default_rng(seed).choice(empty, min(_N_PROBES, len(empty)), replace=False)
    numbers = np.append(molecule.atomic_numbers, _CARBON)
    probed = [
        (numbers, np.concatenate([molecule.positions, (centre + middles[place])[None]]))
        for place in chosen
    ]
    packed = pack(probed, np.repeat(molecule.centres, len(probed), axis=0))
    said, changed = (scoring.log_odds(views.draw(one)) for one in (molecule, packed))
    return float(np.abs((changed - said).mean(axis=0)).mean())


def _kept_scores(scoring: Scoring, subject: Subject) -> Floats:
    gone = [np.flatnonzero(~np.isin(subject.shells, shells)) for _, shells in KEPT]
    views = scoring.views.draw(without(subject.molecule, gone))
    return scoring.score(views)


def _mean(
    values: Floats, groups: NDArray[np.intp], seed: int
) -> tuple[float | None, float | None, float | None, int]:
    """Mean of the values that there are, its interval, and how many there are."""
    there = ~np.isnan(values)
    n = int(there.sum())
    if not n:
        return None, None, None, 0

    def mean(weights: Floats) -> Floats:
        return ratio(weights[:, there] @ values[there], weights[:, there].sum(axis=1))

    found = estimate("mean", mean, len(values), resamples(groups, seed))
    return found.value, found.low, found.high, n
