"""The network beside all baselines on real data: ground-state spin of 1,776 complexes.

    python benchmarks/spin_network.py FOLDER [TASK] [--epochs 80] [--runs DIR]

FOLDER has ground_spin.csv and ground_spin.xyz.xz (TM-GSspinPlus); target and folds are those of
`spin.py`. A ground state of S >= 3/2 is a necessary ingredient of a 3d single-molecule magnet,
not the magnet.

TASK: cv, five grouped folds, scores pooled (default); curve, what few labels give, on the first
folds; metal, each metal held out in turn; ligand, salen-type and Schiff-base complexes held out.
Of the examples to learn from, a grouped seventh only stops the training of the network; the
baselines learn from them all. Scores of the network are not calibrated, and means over looks: at
the stored grid, at turns of it by the rotations of the box, or at grids drawn from the atoms at
turns by any angle. Each training leaves its scores in DIR and a checkpoint while it
runs, so that the same command goes on where it was stopped, and several processes may share the
folds (--only 0 2). Options that change the network or the drawing make ablations.
"""

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from sklearn.model_selection import StratifiedGroupKFold
from spin import folds, read

from screening.learning.baselines import fit_baselines
from screening.learning.calibration import mean_probability
from screening.learning.checkpoint import remove_checkpoints
from screening.learning.dataset import Examples
from screening.learning.metrics import Estimate, auroc_difference, estimates
from screening.learning.split import Split
from screening.learning.split_kind import SPLIT_KINDS
from screening.learning.train import TrainingConfig, train
from screening.network.calibration import UNCALIBRATED
from screening.network.predictor import Predictor
from screening.network.resnet3d import ResNet3dConfig
from screening.voxel.batch import draw_batch
from screening.voxel.codec import encode
from screening.voxel.molecules import pack
from screening.voxel.palette import Palette, named_palette
from screening.voxel.rotations import random_rotations
from screening.voxel.spec import VoxelSpec

CUBE_LOOKS, FREE_LOOKS = 24, 16
LOOKS = (
    ("network, stored grid", "cube", 1),
    ("network, 4 cube turns", "cube", 4),
    ("network, 24 cube turns", "cube", CUBE_LOOKS),
    ("network, 16 free turns", "free", FREE_LOOKS),
)
CURVE = (100, 200, 400, 800)
LIGANDS = {"salen-type", "schiff-base"}


@dataclass(frozen=True)
class Trial:
    """One training: rows to learn from and rows to test on; those of one name are pooled."""

    name: str
    learn: np.ndarray
    test: np.ndarray
    epochs: int


@dataclass(frozen=True)
class Method:
    """How the network is made; all of it decides which stored scores may be used again."""

    config: TrainingConfig
    network: ResNet3dConfig
    palette: Palette


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("task", nargs="?", default="cv", choices=("cv", "curve", "metal", "ligand"))
    parser.add_argument(
        "--runs", type=Path, default=Path(tempfile.gettempdir()) / "smmdb-spin-network"
    )
    parser.add_argument("--only", type=int, nargs="+", help="trainings to run, and tell nothing")
    parser.add_argument("--folds", type=int, default=5, help="of cv and curve: how many to test on")
    parser.add_argument("--threads", type=int, default=2)
    default, plain = TrainingConfig(), ResNet3dConfig()
    parser.add_argument("--epochs", type=int, default=default.epochs)
    parser.add_argument("--turns", default=default.turns)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--members", type=int, default=1)
    parser.add_argument("--width", type=int, default=plain.width)
    parser.add_argument("--blocks", type=int, nargs="+", default=list(plain.blocks))
    parser.add_argument("--field", type=int, default=plain.field)
    parser.add_argument("--palette", default="unique-rgb-v1")
    parser.add_argument("--edge", type=int, default=32)
    parser.add_argument("--spacing", type=float, default=0.5)
    parser.add_argument("--radii", default="covalent")
    parser.add_argument("--rule", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    palette = named_palette(options.palette)
    method = Method(
        replace(default, epochs=options.epochs, turns=options.turns, seed=options.seed),
        ResNet3dConfig(
            channels_in=palette.channels,
            width=options.width,
            blocks=tuple(options.blocks),
            field=options.field,
        ),
        palette,
    )
    spec = VoxelSpec(options.edge, options.spacing, options.radii, version=options.rule)
    examples = drawn(options.folder, spec)
    trials = list(plan(examples, options.task, options.folds, options.epochs))
    wanted = range(len(trials)) if options.only is None else options.only
    scores = [
        looks_of_all(examples, trials[number], method, options.members, options.runs)
        for number in wanted
    ]
    if options.only is None:
        for name in dict.fromkeys(trial.name for trial in trials):
            own = [pair for pair in zip(trials, scores, strict=True) if pair[0].name == name]
            tell(examples, name, own)


def drawn(folder: Path, spec: VoxelSpec) -> Examples:
    traits, truth = read(folder)
    molecules = pack([(one.atomic_numbers, one.positions) for one in traits])
    blobs = tuple(encode(grid) for grid in draw_batch(molecules, spec).elements)
    groups = SPLIT_KINDS["skeleton"].groups(traits)
    return Examples(np.arange(len(truth)), blobs, truth, groups, traits, spec)


def plan(examples: Examples, task: str, n_folds: int, epochs: int) -> Iterator[Trial]:
    groups = np.array(examples.groups, dtype=object)
    if task in {"cv", "curve"}:
        for number, (learn, test) in enumerate(folds(examples.targets, examples.groups)):
            if number >= n_folds:
                break
            if task == "cv":
                yield Trial("all", learn, test, epochs)
                continue
            order = np.random.default_rng(number).permutation(learn)
            for n in CURVE:
                # Fewer examples are seen more often, but never as many times more as they are.
                more = (len(learn) / n) ** 0.5
                yield Trial(f"{n} labels", np.sort(order[:n]), test, round(epochs * more))
        return
    if task == "metal":
        of = np.array([one.metals[0] for one in examples.traits])
        held = {f"without {metal}": of == metal for metal in sorted(set(of))}
    else:
        held = {
            "without salen-type and Schiff-base": np.array(
                [not LIGANDS.isdisjoint(one.ligand_classes) for one in examples.traits]
            )
        }
    for name, out in held.items():
        learn = np.flatnonzero(~out & ~np.isin(groups, groups[out]))
        yield Trial(name, learn, np.flatnonzero(out), epochs)


def looks_of_all(
    examples: Examples, trial: Trial, method: Method, members: int, runs: Path
) -> dict[str, np.ndarray]:
    """Scores of all members on the test rows, by the looks that they are means of."""
    logits = []
    for seed in range(method.config.seed, method.config.seed + members):
        config = replace(method.config, seed=seed)
        logits.append(run(examples, trial, replace(method, config=config), runs))
    joined = {kind: np.concatenate([own[kind] for own in logits], axis=1) for kind in logits[0]}
    return {name: mean_probability(joined[kind][:, :, :n], UNCALIBRATED) for name, kind, n in LOOKS}


def run(examples: Examples, trial: Trial, method: Method, runs: Path) -> dict[str, np.ndarray]:
    """Logits of one network: (n, 1, looks) on the test rows, by kind of look."""
    config = replace(method.config, epochs=trial.epochs, patience=trial.epochs)
    facts = [
        config.to_json(),
        method.network.to_json(),
        method.palette.name,
        examples.digest,
        trial.learn.tolist(),
        trial.test.tolist(),
    ]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
    file = runs / f"{key}.npz"
    if not file.exists():
        split = stopping(examples, trial)
        started, cpu = time.monotonic(), time.process_time()
        trained = train(
            examples,
            split,
            config,
            method.network,
            method.palette,
            checkpoint=runs / key,
        )
        seconds, cpu = time.monotonic() - started, time.process_time() - cpu
        print(f"{trial.name}: {seconds:.0f} s, {cpu:.0f} s of processors, {key}", flush=True)
        predictor = Predictor(trained.networks, method.palette)
        logits = predictor.look(examples.grids(trial.test), CUBE_LOOKS).logits
        free = free_looks(predictor, examples, trial.test)
        with (runs / f"{key}.new").open("wb") as stream:
            np.savez(stream, cube=logits, free=free)
        (runs / f"{key}.new").replace(file)
        remove_checkpoints(runs / key)
    return dict(np.load(file))


def stopping(examples: Examples, trial: Trial) -> Split:
    """A grouped seventh of the rows to learn from stops the training."""
    targets, groups = examples.targets[trial.learn], examples.group_numbers(trial.learn)
    parts = StratifiedGroupKFold(7, shuffle=True, random_state=0)
    kept, parted = next(parts.split(np.zeros(len(targets)), targets, groups))
    return Split(trial.learn[kept], trial.learn[parted], trial.test, seed=0)


def free_looks(predictor: Predictor, examples: Examples, rows: np.ndarray) -> np.ndarray:
    """Logits of atoms drawn anew at random turns: (n, members, FREE_LOOKS)."""
    rng = np.random.default_rng(0)
    traits = [examples.traits[row] for row in rows]
    molecules = pack([(one.atomic_numbers, one.positions) for one in traits])
    looks = []
    for _ in range(FREE_LOOKS):
        turns = random_rotations(len(rows), rng)
        grids = draw_batch(molecules, examples.spec, rotations=turns).elements
        looks.append(predictor.look(grids).logits)
    return np.concatenate(looks, axis=2)


def tell(examples: Examples, name: str, trials: list[tuple[Trial, dict[str, np.ndarray]]]) -> None:
    """The table of one test: every subject, and what the network has over the forest."""
    rows = np.concatenate([trial.test for trial, _ in trials])
    parts: dict[str, list[np.ndarray]] = {}
    for trial, scores in trials:
        for subject, own in scores.items():
            parts.setdefault(subject, []).append(own)
        traits = [examples.traits[row] for row in trial.test]
        for baseline in fit_baselines(examples, trial.learn):
            parts.setdefault(baseline.name, []).append(baseline.scores(traits))
    pooled = {subject: np.concatenate(own) for subject, own in parts.items()}
    truth, groups = examples.targets[rows], examples.group_numbers(rows)
    learned = [len(trial.learn) for trial, _ in trials]
    print(
        f"\n{name}: {len(rows)} test complexes in {len(trials)} trainings on "
        f"{span(learned)} complexes, {span([trial.epochs for trial, _ in trials])} epochs"
    )
    print(f"{'subject':<24}{'accuracy (95 %)':<24}{'AUROC (95 %)':<24}Brier   ECE")
    for subject, own in pooled.items():
        found = {one.name: one for one in estimates(truth, own, groups)}
        columns = "".join(f"{interval(found[key]):<24}" for key in ("accuracy", "auroc"))
        print(f"{subject:<24}{columns}{found['brier'].value:.3f}   {found['ece'].value:.3f}")
    forest = pooled["random-forest"]
    for subject in [subject for subject in pooled if subject.startswith("network")]:
        area = auroc_difference(truth, pooled[subject], forest, groups)
        rate = accuracy_difference(truth, pooled[subject], forest, groups)
        print(f"{subject} less forest: accuracy {interval(rate)}, AUROC {interval(area)}")


def accuracy_difference(
    truth: np.ndarray, scores: np.ndarray, others: np.ndarray, groups: np.ndarray
) -> Estimate:
    gains = ((scores >= 0.5) == truth).astype(int) - ((others >= 0.5) == truth)
    n_groups = groups.max() + 1
    by_group, sizes = np.bincount(groups, gains), np.bincount(groups)
    draws = np.random.default_rng(0).multinomial(n_groups, np.full(n_groups, 1 / n_groups), 1000)
    low, high = np.percentile(draws @ by_group / (draws @ sizes), [2.5, 97.5])
    return Estimate("accuracy_difference", gains.mean(), low, high, len(truth))


def span(numbers: list[int]) -> str:
    return " to ".join(str(number) for number in sorted({min(numbers), max(numbers)}))


def interval(one: Estimate) -> str:
    if one.value is None:
        return "not defined"
    return f"{one.value:.4f} ({one.low:.4f} to {one.high:.4f})"


if __name__ == "__main__":
    main()
