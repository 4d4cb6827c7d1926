"""The baselines on real data: the ground-state spin of 1,776 complexes, grouped 5-fold.

    python benchmarks/spin.py FOLDER    with ground_spin.csv and ground_spin.xyz.xz (TM-GSspinPlus)

Target: a ground-state multiplicity of 4 or more (S >= 3/2) by DFT. It is a necessary ingredient of
a 3d single-molecule magnet, not the magnet. Folds group as the headline split of `smmdb train`
(isostructural skeleton, tied with compound and refcode family), and beside it at random; scores of
all folds are pooled, intervals are group bootstraps. The last line is the forest on shuffled
labels.
"""

import argparse
import csv
import lzma
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from screening.chemistry.describe import describe
from screening.crystal.complex import Accepted
from screening.learning.baselines import fit_baselines
from screening.learning.dataset import Examples, numbered
from screening.learning.forest import Forest
from screening.learning.metrics import estimates
from screening.learning.permutation import permutation_auroc
from screening.learning.split_kind import SPLIT_KINDS
from screening.learning.traits import Traits
from screening.molecule.read import read_molecules
from screening.voxel.spec import DEFAULT_SPEC

TARGET = "multiplicity_ge_4"
BESIDE = ("auprc", "base_rate", "ef_10", "bedroc_20", "brier", "ece")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    traits, truth = read(parser.parse_args().folder)
    groups = {kind: SPLIT_KINDS[kind].groups(traits) for kind in ("skeleton", "random")}
    n_groups = len(set(groups["skeleton"]))
    print(f"{len(traits)} complexes, {truth.mean():.3f} positive, {n_groups} skeleton groups")
    scores = {kind: pooled(traits, truth, keys) for kind, keys in groups.items()}
    number = numbered(groups["skeleton"])
    print(f"{'baseline':<18}{'accuracy (95 %)':<24}{'AUROC (95 %)':<24}AUROC, random folds")
    for name, values in scores["skeleton"].items():
        found = {e.name: e for e in estimates(truth, values, number)}
        random = {e.name: e for e in estimates(truth, scores["random"][name], number)}
        columns = (
            f"{e.value:.3f} ({e.low:.3f} to {e.high:.3f})"
            for e in (found["accuracy"], found["auroc"])
        )
        print(f"{name:<18}{''.join(f'{c:<24}' for c in columns)}{random['auroc'].value:.3f}")
        print(f"{'':<18}{', '.join(f'{key} {found[key].value:.3f}' for key in BESIDE)}")
    train, test = next(folds(truth, groups["skeleton"]))

    def learned(labels: np.ndarray) -> np.ndarray:
        forest = Forest([traits[i] for i in train], labels)
        return forest.scores([traits[i] for i in test])

    shuffled = permutation_auroc(truth, train, test, learned, times=12)
    print(
        f"forest on shuffled labels: AUROC {shuffled.mean():.3f} +- {shuffled.std():.3f} (12 times)"
    )


def read(folder: Path) -> tuple[tuple[Traits, ...], np.ndarray]:
    """What the baselines know of each complex, and whether it is positive."""
    with (folder / "ground_spin.csv").open(newline="") as stream:
        labels = {row["refcode"]: row[TARGET] == "1" for row in csv.DictReader(stream)}
    data = lzma.decompress(folder.joinpath("ground_spin.xyz.xz").read_bytes())
    traits, truth = [], []
    for verdict in read_molecules(data, "ground_spin.xyz", "xyz"):
        outcome = verdict.outcome
        assert isinstance(outcome, Accepted), verdict
        for complex_ in outcome.complexes:
            found = describe(complex_, outcome.determination, outcome.components)
            refcode = outcome.determination.refcode or verdict.name
            traits.append(
                Traits(
                    metals=tuple(site.element for site in found.metal_sites),
                    atomic_numbers=complex_.atomic_numbers,
                    positions=complex_.positions,
                    bonds=complex_.bonds,
                    compound=found.compound_key,
                    skeleton=found.skeleton_key,
                    crystal=outcome.determination.identifier,
                    family=refcode[:6],
                    ligand_classes=found.ligand_classes,
                    severities=tuple(flag.severity for flag in found.flags),
                )
            )
            truth.append(labels[refcode])
    return tuple(traits), np.array(truth)


def folds(truth: np.ndarray, groups: tuple[str, ...]):  # noqa: ANN201 - rows of both parts
    splitter = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    return splitter.split(np.zeros(len(truth)), truth, numbered(groups))


def pooled(
    traits: tuple[Traits, ...], truth: np.ndarray, groups: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Of each baseline the scores of every complex by the fold that did not learn from it."""
    examples = Examples(
        np.arange(len(truth)), (b"",) * len(truth), truth, groups, traits, DEFAULT_SPEC
    )
    scores: dict[str, np.ndarray] = {}
    for train, test in folds(truth, groups):
        for baseline in fit_baselines(examples, train):
            values = scores.setdefault(baseline.name, np.zeros(len(truth)))
            values[test] = baseline.scores([traits[i] for i in test])
    return scores


if __name__ == "__main__":
    main()
