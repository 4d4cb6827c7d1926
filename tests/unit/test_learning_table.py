"""The table that `smmdb train` prints: a row for each subject, and the split in words."""

import pytest
from click.testing import CliRunner

from cli.evaluate import _RELIABILITY, _bin_row
from cli.main import smmdb
from cli.metric_table import (
    by_metal_columns,
    by_metal_rows,
    metric_columns,
    metric_rows,
    split_words,
    target_words,
)
from cli.output import print_rows
from cli.training_options import (
    BLOCKS,
    EDGES,
    FIELD,
    PALETTES,
    SPLITS,
    STEM,
    WIDTH,
    training_recipe,
)
from screening.learning.metrics import METRIC_NAMES
from screening.learning.split_kind import HEADLINE, SPLIT_KINDS, SplitPlan
from screening.network.resnet3d import ResNet3dConfig
from screening.store.models import MetricValue
from screening.voxel import palette, spec


def metrics() -> list[MetricValue]:
    values = [
        MetricValue("test", subject, name, 0.75, 0.6, 0.9, 40)
        for subject in ("network", "nearest-skeleton")
        for name in METRIC_NAMES
    ]
    return [
        *values,
        MetricValue("test Dy", "network", "auroc", 0.1, None, None, 10),
        MetricValue("random test", "nearest-skeleton", "auroc", 0.95, 0.9, 1.0, 40),
    ]


def test_a_row_for_each_subject_with_the_gap_to_a_random_split():
    network, nearest = metric_rows(metrics(), "test")
    assert (network["subject"], network["auroc"], network["low"]) == ("network", 0.75, 0.6)
    assert "random" not in network
    assert nearest["random"] == 0.95


def test_the_table_fits_a_terminal(capsys):
    print_rows(
        metric_rows(metrics(), "test"), metric_columns("Test part", metrics(), random=True), "table"
    )
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any("nearest-skeleton" in line and "0.950" in line for line in lines)


def test_the_split_in_words():
    split = {"kind": "metal", "group": "compound, paper", "held_out": ["Dy", "Tb"]}
    assert split_words(split) == "split metal, Dy and Tb held out; never parted: compound, paper"


def test_the_command_offers_every_kind_of_split():
    assert set(SPLITS) == set(SPLIT_KINDS)
    shown = CliRunner().invoke(smmdb, ["train", "--help"]).output
    assert f"[default: {HEADLINE}]" in " ".join(shown.split())


def test_the_shown_defaults_are_those_of_the_program():
    given = ResNet3dConfig()
    stem = (given.stem_kernel, given.stem_stride)
    assert (given.field, given.width, given.blocks, stem) == (FIELD, WIDTH, BLOCKS, STEM)
    assert set(PALETTES) == set(palette._PALETTES)
    assert spec.EDGES == EDGES
    assert palette.DEFAULT_PALETTE.name == PALETTES[0]
    recipe = training_recipe(
        {
            "epochs": 3,
            "members": 2,
            "field": 12,
            "width": 8,
            "blocks": (1, 2),
            "stem": (5, 1),
            "batch_size": 4,
            "learning_rate": 1e-3,
            "patience": 2,
            "turns": "cube",
            "edges": "hard",
            "palette": "element-class-onehot-v1",
            "split_kind": "metal",
            "held_out": ("Dy",),
            "rotations": 6,
            "seed": 7,
        }
    )
    network, config = recipe.architecture, recipe.config
    assert (network.blocks, network.stem_kernel, network.stem_stride) == ((1, 2), 5, 1)
    assert network.field == 12
    assert network.channels_in == recipe.palette.channels
    assert (config.turns, config.seed, recipe.members) == ("cube", 7, 2)
    assert (recipe.plan, recipe.rotations) == (SplitPlan("metal", ("Dy",)), 6)


def test_what_a_score_speaks_of_is_said():
    property_ = {"question": "the property spin, 4 or more", "description": None}
    assert "Nobody has described" in target_words(property_, "spin")
    said = "a necessary ingredient, not the SMM property"
    assert said in target_words(property_ | {"description": said}, "spin")
    labels = {"question": "labels under the policy paper-binary v1", "description": None}
    assert target_words(labels, "smm") == "Target: labels under the policy paper-binary v1."
    assert target_words(None, "smm") == "Target: smm."


def test_the_figures_of_each_metal_stand_beside_those_of_the_best_baseline(capsys):
    found = [
        MetricValue("unseen Dy", subject, name, value, 0.1, 0.9, 12)
        for subject, value in (("network", 0.8), ("random-forest", 0.7))
        for name in METRIC_NAMES
    ]
    (row,) = rows = by_metal_rows(found, "unseen", "random-forest")
    print_rows(rows, by_metal_columns(found), "table")
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
    assert (row["metal"], row["n"], row["auroc"], row["best_auroc"]) == ("Dy", 12, 0.8, 0.7)


def test_the_reliability_table_fits_a_terminal(capsys):
    bins = [
        {"low": 0.0, "high": 1 / 15, "n": 1000, "mean_score": 0.02, "share": 0.02}
        | {"share_low": 0.0, "share_high": 1.0},
        {"low": 14 / 15, "high": 1.0, "n": 5, "mean_score": 1.0, "share": 0.5}
        | {"share_low": 0.0, "share_high": 1.0},
    ]
    print_rows([_bin_row(one) for one in bins], _RELIABILITY, "table")
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any("@...................." in line for line in lines)
    assert any("..........x.........o" in line for line in lines)


@pytest.mark.parametrize("wrong", ["1,", "a", "1,1,1", ""])
def test_a_stem_without_sense_is_refused(wrong):
    result = CliRunner().invoke(smmdb, ["train", "--name", "x", "--stem", wrong])
    assert result.exit_code == 2
    assert "is not like 3,2" in result.output


@pytest.mark.parametrize(
    "options", [["--split", "skeleton", "--hold-out", "Dy"], ["--split", "year"]]
)
def test_a_plan_without_sense_ends_before_a_database_is_opened(options, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", "postgresql://nobody@localhost:1/none")
    result = CliRunner().invoke(smmdb, ["train", "--name", "x", *options])
    assert result.exit_code != 0
    assert "hold" in str(result.output) + str(result.exception)
