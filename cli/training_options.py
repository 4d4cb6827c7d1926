"""Options of a training: what the network is built of and how it learns."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from screening.learning.training_config import TrainingConfig

if TYPE_CHECKING:
    from screening.learning.recipe import Recipe

F = TypeVar("F", bound=Callable[..., Any])

# What knows these is slow to load, and `--help` is to be quick; a test compares them.
FIELD = 20
WIDTH = 16
BLOCKS = (1, 1, 1)
STEM = (3, 2)
PALETTES = (
    "class-and-chemistry-v1",
    "unique-rgb-v1",
    "chemistry-rgb-v1",
    "element-class-onehot-v1",
)
EDGES = ("hard", "soft")
SPLITS = ("random", "compound", "doi", "skeleton", "ligand-class", "metal", "year")


_DEFAULT = TrainingConfig()


class _Numbers(click.ParamType[tuple[int, ...]]):
    """Whole numbers with commas between them."""

    name = "N,N,..."

    def __init__(self, exactly: int | None = None) -> None:
        self._exactly = exactly

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        numbers = tuple(map(int, value.split(","))) if re.fullmatch(r"\d+(,\d+)*", value) else ()
        if not numbers or (self._exactly is not None and len(numbers) != self._exactly):
            wanted = "3,2" if self._exactly else "1,1,1"
            self.fail(f"{value!r} is not like {wanted}", param, ctx)
        return numbers


def _shown(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))


_OPTIONS = (
    click.option(
        "--split",
        "split_kind",
        type=click.Choice(SPLITS),
        default="skeleton",
        show_default=True,
        help="What never stands on both sides (see docs/learning.md).",
    ),
    click.option(
        "--hold-out",
        "held_out",
        metavar="NAME",
        multiple=True,
        help="Metal or ligand class that only the test part has (repeat for several), or the last "
        "year to train on.",
    ),
    click.option(
        "--epochs", type=click.IntRange(min=1), default=_DEFAULT.epochs, show_default=True
    ),
    click.option(
        "--ensemble",
        "members",
        metavar="N",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        help="Networks that vote; each costs a training.",
    ),
    click.option(
        "--field",
        metavar="VOXELS",
        type=click.IntRange(min=1),
        default=FIELD,
        show_default=True,
        help="Edge of the cube about the middle of the box that the network looks at.",
    ),
    click.option(
        "--width",
        type=click.IntRange(min=1),
        default=WIDTH,
        show_default=True,
        help="Channels of the first stage; each later one has twice as many.",
    ),
    click.option(
        "--blocks",
        type=_Numbers(),
        default=_shown(BLOCKS),
        show_default=True,
        help="Residual blocks of each stage; each after the first halves the grid.",
    ),
    click.option(
        "--stem",
        metavar="KERNEL,STRIDE",
        type=_Numbers(2),
        default=_shown(STEM),
        show_default=True,
        help="The first convolution.",
    ),
    click.option(
        "--batch-size", type=click.IntRange(min=2), default=_DEFAULT.batch_size, show_default=True
    ),
    click.option(
        "--learning-rate",
        type=click.FloatRange(min=0, min_open=True),
        default=_DEFAULT.learning_rate,
        show_default=True,
        help="Peak of the one-cycle schedule.",
    ),
    click.option(
        "--patience",
        type=click.IntRange(min=1),
        default=_DEFAULT.patience,
        show_default=True,
        help="Epochs without a lower validation loss before it stops.",
    ),
    click.option(
        "--turns",
        type=click.Choice(["free", "cube", "none"]),
        default=_DEFAULT.turns,
        show_default=True,
        help="Of each molecule in each epoch: by any angle, by the 24 turns of the box, or not.",
    ),
    click.option(
        "--edges",
        type=click.Choice(EDGES),
        show_default="soft with free turns, else hard",
        help="Of the drawn atoms: soft ones fade across one voxel (see docs/voxels.md).",
    ),
    click.option(
        "--palette",
        type=click.Choice(PALETTES),
        default=PALETTES[0],
        show_default=True,
        help="How elements become colours (see docs/voxels.md).",
    ),
    click.option(
        "--seed", type=int, default=0, show_default=True, help="Of split, weights and turns."
    ),
    click.option(
        "--rotations",
        type=click.IntRange(1, 24),
        default=4,
        show_default=True,
        help="Views of a complex that each score is the mean of: drawn from its atoms at angles "
        "that are always the same, or, with --turns cube or none, turns of its stored grid.",
    ),
)


def training_options(command: F) -> F:
    """Add them to a command; `training_recipe` makes of their values what trains."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def training_recipe(given: dict[str, Any]) -> "Recipe":
    """The recipe that the options stand for, with those of `smmdb train` beside them."""
    from screening.learning.recipe import Recipe
    from screening.learning.split_kind import SplitPlan
    from screening.network.resnet3d import ResNet3dConfig
    from screening.voxel.palette import named_palette

    kernel, stride = given["stem"]
    return Recipe(
        plan=SplitPlan(given["split_kind"], given["held_out"]),
        config=TrainingConfig(
            epochs=given["epochs"],
            batch_size=given["batch_size"],
            learning_rate=given["learning_rate"],
            patience=given["patience"],
            turns=given["turns"],
            edges=given["edges"] or ("soft" if given["turns"] == "free" else "hard"),
            seed=given["seed"],
        ),
        network=ResNet3dConfig(
            field=given["field"],
            width=given["width"],
            blocks=given["blocks"],
            stem_kernel=kernel,
            stem_stride=stride,
        ),
        palette=named_palette(given["palette"]),
        members=given["members"],
        rotations=given["rotations"],
    )
