"""Train: fit 3D ResNets to examples."""

from pathlib import Path

import numpy as np
import torch

from screening.errors import InputError, IntegrityError
from screening.learning.checkpoint import read_checkpoint, write_checkpoint
from screening.learning.dataset import Examples
from screening.learning.fit import Fit
from screening.learning.split import Split
from screening.learning.trained import TrainedModel
from screening.learning.training_config import TrainingConfig
from screening.network.memory import keep_memory
from screening.network.resnet3d import ResNet3dConfig
from screening.progress import SILENT, Progress, Task
from screening.voxel.palette import Palette

__all__ = ["TrainedModel", "TrainingConfig", "train"]


def train(
    examples: Examples,
    split: Split,
    config: TrainingConfig,
    network: ResNet3dConfig,
    palette: Palette,
    *,
    progress: Progress = SILENT,
    device: torch.device | str = "cpu",
    checkpoint: Path | None = None,
    members: int = 1,
) -> TrainedModel:
    """Train on the training part and stop by the validation part; the test part is not looked at.

    members: networks to train, each from its own first weights and in its own order.
    checkpoint: folder that has a file for each member, written anew after every epoch. A training
    that was killed goes on from there when it is called again with the same arguments, and ends
    with the same weights as an unbroken one. A file of another training or one that was altered
    is told of and written over. `checkpoint.remove_checkpoints` removes them.

    The same examples, seed, machine and thread count give the same weights. The
    forward pass runs in bfloat16 on a GPU that has it, in single precision elsewhere.

    Raises:
        InputError: when a part has one answer only, there is no member to train, the loss is no
            longer a number, or a checkpoint cannot be written.
    """
    if members < 1:
        raise InputError(f"a model needs at least one network, not {members}")
    for part in ("train", "validation"):
        if len(np.unique(examples.targets[split.rows(part)])) < 2:
            raise InputError(f"the {part} part of the examples has one answer only")
    keep_memory()
    place = torch.device(device)
    cuda = [place] if place.type == "cuda" else []
    trained = []
    with (
        torch.random.fork_rng(devices=cuda),
        torch.backends.cudnn.flags(benchmark=False, deterministic=True),
        progress.task("Training", total=members * config.epochs) as task,
    ):
        for number, seed in enumerate(_seeds(config.seed, members)):
            fit = Fit(examples, split, config, network, palette, seed=seed, device=place)
            file = None if checkpoint is None else checkpoint / f"member-{number}.safetensors"
            if file is not None:
                _resume(fit, file, progress)
            task.advance(len(fit.history))
            _run(fit, file, task, f"{number + 1}/{members}: " if members > 1 else "")
            # Stopping early is being done, so the bar ends full.
            task.advance(config.epochs - len(fit.history))
            trained.append(fit.result())
    return TrainedModel(tuple(trained))


def _run(fit: Fit, file: Path | None, task: Task, name: str) -> None:
    while fit.goes_on:
        epoch = fit.run_epoch()
        if file is not None:
            write_checkpoint(file, fit.checkpoint())
        task.advance()
        task.detail(
            f"{name}loss {epoch.train_loss:.3f}, validation {epoch.validation_loss:.3f}, "
            f"best {fit.best_loss:.3f}"
        )


def _resume(fit: Fit, file: Path, progress: Progress) -> None:
    try:
        found = read_checkpoint(file, fit.identity)
    except IntegrityError as error:
        progress.note(f"{error}; the training starts anew")
        return
    if found is not None:
        fit.resume(found)
        progress.note(f"Going on after epoch {len(fit.history)} from {file}")


def _seeds(seed: int, members: int) -> list[int]:
    """A seed for each member; that of a member does not depend on how many there are."""
    return [int(own.generate_state(1)[0]) for own in np.random.SeedSequence(seed).spawn(members)]
