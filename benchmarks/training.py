"""The training step against sgemm, and the loader against the training step.

    python benchmarks/training.py [--xyz FILE.xyz[.xz]] [--threads 2] [--rounds 7] [--field 20]

Molecules as in `voxelise.py`. Per round and in turn: sgemm of 1,024 squared matrices; training
steps (forward, backward, AdamW) of the default network, or one of another field, with the default
batch on grids that are drawn already; the same steps on batches that the loader draws at free
turns beside them; the loader alone. The arithmetic of a step is what torch counts for its
convolutions and its last layer, forward and backward; sgemm is the most that the machine gives,
so the share is a share of that bound. Times are of the wall: run it where nothing else runs.
"""

import argparse
import statistics
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode
from voxelise import made_up_molecules, real_molecules, seconds

from screening.learning.dataset import Examples
from screening.learning.loader import Loader
from screening.learning.training_config import TrainingConfig
from screening.learning.traits import Traits
from screening.network.colour import colour_table, colourise, inner
from screening.network.memory import keep_memory
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.voxel.batch import draw_soft
from screening.voxel.molecules import pack
from screening.voxel.palette import DEFAULT_PALETTE
from screening.voxel.spec import DEFAULT_SPEC

SIZE = 1024
N_BATCHES = 16


class Trainer:
    """The step that `learning.fit` makes, on batches from anywhere."""

    def __init__(self, network: ResNet3dConfig, config: TrainingConfig) -> None:
        self.model = ResNet3d(network).train()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=config.learning_rate)
        self.table = colour_table(DEFAULT_PALETTE, torch.device("cpu"))

    def step(self, grids: np.ndarray) -> None:
        seen = inner(torch.from_numpy(grids), self.model.config.field)
        logits = self.model(colourise(seen, self.table))
        loss = functional.binary_cross_entropy_with_logits(logits, torch.ones(len(grids)))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


def examples_of(molecules: list) -> Examples:
    traits = tuple(
        Traits((), numbers, positions, np.empty((0, 2), dtype=int), str(row), str(row))
        for row, (numbers, positions) in enumerate(molecules)
    )
    n = len(traits)
    return Examples(
        np.arange(n), (b"",) * n, np.ones(n, dtype=bool), ("",) * n, traits, DEFAULT_SPEC
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--xyz", type=Path, help="real molecules, such as a part of tmQM")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--field", type=int, default=ResNet3dConfig().field)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    keep_memory()
    network = ResNet3dConfig(channels_in=DEFAULT_PALETTE.channels, field=options.field)
    config = TrainingConfig(edges="soft")
    n = N_BATCHES * config.batch_size
    molecules = made_up_molecules(n) if options.xyz is None else real_molecules(options.xyz, n)
    trainer, matrix = Trainer(network, config), torch.randn(SIZE, SIZE)
    grids = np.array_split(draw_soft(pack(molecules), DEFAULT_SPEC), N_BATCHES)
    loader = Loader(examples_of(molecules), np.arange(n), config.turns, config.edges)
    with FlopCounterMode(display=False) as counter:
        trainer.step(grids[0])
    operations = N_BATCHES * counter.get_total_flops()

    def batches() -> list[np.ndarray]:
        return [batch.grids for batch in loader.epoch(N_BATCHES, np.random.default_rng(0))]

    def learn() -> None:
        for batch in loader.epoch(N_BATCHES, np.random.default_rng(0)):
            trainer.step(batch.grids)

    steps = {
        "sgemm": lambda: [matrix @ matrix for _ in range(8)],
        "steps": lambda: [trainer.step(batch) for batch in grids],
        "steps and loader": learn,
        "loader alone": batches,
    }
    for step in steps.values():
        step()
    rounds = [{what: seconds(step) for what, step in steps.items()} for _ in range(options.rounds)]
    bound = [8 * 2 * SIZE**3 / own["sgemm"] for own in rounds]
    whole = {what: statistics.median(own[what] for own in rounds) for what in steps}
    share = [operations / own["steps"] / top for own, top in zip(rounds, bound, strict=True)]
    held = [own["steps and loader"] / own["steps"] - 1 for own in rounds]
    ahead = [own["steps"] / own["loader alone"] for own in rounds]
    print(
        f"{options.threads} threads, batches of {config.batch_size}, {operations / n / 1e6:.0f} "
        f"million operations an example"
    )
    print(f"sgemm                {statistics.median(bound) / 1e9:8.1f} GFLOP/s")
    print(
        f"steps                {n / whole['steps']:8,.0f} examples/s, "
        f"{statistics.median(share):.0%} of sgemm ({min(share):.0%} to {max(share):.0%})"
    )
    print(
        f"steps and loader     {n / whole['steps and loader']:8,.0f} examples/s, "
        f"{statistics.median(held):+.0%} time"
    )
    print(
        f"loader alone         {n / whole['loader alone']:8,.0f} examples/s, "
        f"{statistics.median(ahead):.1f} x the steps"
    )


if __name__ == "__main__":
    main()
