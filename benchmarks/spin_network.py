"""The network beside all baselines on real data: ground-state spin of 1,776 complexes.

    python benchmarks/spin_network.py FOLDER [TASK] [--epochs 80] [--members 3] [--looks 4,16]

FOLDER has ground_spin.csv and ground_spin.xyz.xz (TM-GSspinPlus); target and folds are those of
`spin.py`. A ground state of S >= 3/2 is a necessary ingredient of a 3d single-molecule magnet,
not the magnet.

TASK: cv, five grouped folds, scores pooled (default); curve, what few labels give; metal, each
metal held out in turn; ligand, salen-type and Schiff-base complexes held out; ablation, what each
choice of `spin_changes.py` changes (--changes NAME ... for some). Folds of cv, curve and ablation
are the first of the five (--folds).

Of the examples to learn from, a grouped seventh chooses a network's epoch and fits its
calibration; the baselines learn from them all. A score is the mean, over networks and looks, of
the calibrated probability, as `smmdb predict` has it. A look is a view drawn from the atoms at a
free turn, or the stored grid, as drawn or turned by a rotation of the box.

Weights and logits of each network stay in the folder --runs, with a checkpoint while it trains:
the same command goes on where it was stopped, and takes from there what another one trained.
"""

import argparse
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from spin import folds, read
from spin_changes import CHANGES
from spin_runs import Look, Method, Runs, Told, Trial
from spin_scores import Pool, head, interval, table

from screening.learning.dataset import Examples
from screening.learning.split_kind import SPLIT_KINDS
from screening.learning.train import TrainingConfig
from screening.learning.traits import Traits
from screening.network.resnet3d import ResNet3dConfig
from screening.voxel.batch import draw_batch
from screening.voxel.codec import encode
from screening.voxel.molecules import pack
from screening.voxel.palette import DEFAULT_PALETTE, named_palette
from screening.voxel.spec import DEFAULT_SPEC, EDGES, VoxelSpec

CURVE = (100, 200, 400, 800)
LIGANDS = {"salen-type", "schiff-base"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    tasks = ("cv", "curve", "metal", "ligand", "ablation")
    parser.add_argument("task", nargs="?", default="cv", choices=tasks)
    kept = Path(tempfile.gettempdir()) / "smmdb-spin-network"
    parser.add_argument("--runs", type=Path, default=kept, help="folder that keeps the networks")
    parser.add_argument("--epochs", type=int, default=TrainingConfig().epochs)
    parser.add_argument("--members", type=int, default=1, help="networks of the ensemble")
    parser.add_argument("--looks", type=numbers, default=(4, 16), help="numbers of views: 4,16")
    parser.add_argument("--folds", type=int, default=5, help="how many of the five to test on")
    parser.add_argument("--changes", nargs="+", choices=CHANGES, default=list(CHANGES))
    parser.add_argument("--palette", type=named_palette, default=DEFAULT_PALETTE)
    parser.add_argument("--edges", choices=EDGES, default="soft")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    runs = Runs(options.runs)
    traits, truth = read(options.folder)
    examples = drawn(traits, truth, DEFAULT_SPEC)
    trials = tuple(plan(examples, options.task, options.folds, options.epochs))
    config = TrainingConfig(epochs=options.epochs, edges=options.edges)
    network = ResNet3dConfig(channels_in=options.palette.channels)
    plain = Method(config, network, options.palette)
    if options.task == "ablation":
        ablation(runs, Pool(examples, trials), plain, options.changes)
        return
    ways = {f"{n} views": Look("atoms", n) for n in options.looks}
    turned = {"stored grid": Look("grid", 1), "24 turns of the grid": Look("grid", 24)}
    first = ways if options.edges == "soft" else turned | ways
    # Network by network, so that a first one of every training is there early.
    told = [
        [
            runs.told(examples, trial, seeded(plain, seed), (ways if seed else first).values())
            for trial in trials
        ]
        for seed in range(options.members)
    ]
    for name in dict.fromkeys(trial.name for trial in trials):
        own = [number for number, trial in enumerate(trials) if trial.name == name]
        pool = Pool(examples, tuple(trials[number] for number in own))
        by_member = [[member[number] for number in own] for member in told]
        print(f"\n{name}: {trained_on(pool)}; {cost(by_member)}")
        every = list(zip(*by_member, strict=True))
        one = [own[:1] for own in every]
        scores = {f"network, {way}": pool.scores(one, look) for way, look in first.items()}
        if options.members > 1:
            of = f"ensemble of {options.members}"
            scores |= {f"{of}, {way}": pool.scores(every, look) for way, look in ways.items()}
        scores |= {f"`{subject}`": values for subject, values in pool.baselines().items()}
        print("\n".join(table(pool, scores)), flush=True)


def drawn(traits: tuple[Traits, ...], truth: np.ndarray, spec: VoxelSpec) -> Examples:
    molecules = pack([(one.atomic_numbers, one.positions) for one in traits])
    blobs = tuple(encode(grid) for grid in draw_batch(molecules, spec).elements)
    groups = SPLIT_KINDS["skeleton"].groups(traits)
    return Examples(np.arange(len(truth)), blobs, truth, groups, traits, spec)


def plan(examples: Examples, task: str, n_folds: int, epochs: int) -> Iterator[Trial]:
    groups = np.array(examples.groups, dtype=object)
    if task in {"cv", "curve", "ablation"}:
        for number, (learn, test) in enumerate(folds(examples.targets, examples.groups)):
            if number >= n_folds:
                break
            if task != "curve":
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


def seeded(method: Method, seed: int) -> Method:
    return replace(method, config=replace(method.config, seed=seed))


def ablation(runs: Runs, pool: Pool, plain: Method, names: Sequence[str]) -> None:
    """Print what each change does, judged against no change on the same folds and epochs."""
    by_spec: dict[VoxelSpec, Examples] = {DEFAULT_SPEC: pool.examples}

    def scores_of(name: str) -> tuple[np.ndarray, str]:
        change = CHANGES[name]
        method = change.method(plain)
        if change.spec not in by_spec:
            by_spec[change.spec] = drawn(pool.examples.traits, pool.examples.targets, change.spec)
        examples = by_spec[change.spec]
        told = [
            [
                runs.told(examples, trial, seeded(method, seed), [change.look])
                for trial in pool.trials
            ]
            for seed in change.seeds
        ]
        return pool.scores(list(zip(*told, strict=True)), change.look), spent(told)

    print(f"\nablation: {trained_on(pool)}", flush=True)
    none = scores_of("none")[0]
    found = {name: scores_of(name) for name in names}
    less = [f"{figure}, less none" for figure in ("accuracy", "AUROC")]
    print("\n".join(head("change", "accuracy (95 %)", "AUROC (95 %)", *less, "CPU s a fold")))
    for name, (scores, seconds) in found.items():
        figures = pool.figures(scores)
        own = " | ".join(interval(figures[figure]) for figure in ("accuracy", "auroc"))
        gains = "- | -" if name == "none" else pool.gains(scores, none)
        print(f"| {name} | {own} | {gains} | {seconds} |")


def trained_on(pool: Pool) -> str:
    learned = span(len(trial.learn) for trial in pool.trials)
    return (
        f"{len(pool.rows)} test complexes in {len(pool.trials)} trainings on {learned} complexes, "
        f"{span(trial.epochs for trial in pool.trials)} epochs"
    )


def cost(told: Sequence[Sequence[Told]]) -> str:
    one, rest = spent(told[:1]), spent(told)
    together = f", {rest} all {len(told)} networks of it" if len(told) > 1 else ""
    return f"CPU s of a training: {one}{together}"


def spent(told: Sequence[Sequence[Told]]) -> str:
    """Processor seconds of a training's networks together, least and most of the trainings.

    A training that was stopped and taken up again does not know its own.
    """
    totals = [[one.cpu for one in trial] for trial in zip(*told, strict=True)]
    known = [round(sum(trial)) for trial in totals if None not in trial]
    return span(known) if known else "not known"


def span(found: Iterable[int]) -> str:
    ordered = sorted(set(found))
    return " to ".join(str(number) for number in dict.fromkeys((ordered[0], ordered[-1])))


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


if __name__ == "__main__":
    main()
