"""The table that `smmdb train` prints: a row for each subject, and the split in words."""

import pytest
from click.testing import CliRunner

from cli.main import smmdb
from cli.output import print_rows
from cli.metric_table import metric_columns, metric_rows, split_words
from cli.train import _SPLITS
from screening.learning.metrics import METRIC_NAMES
from screening.learning.split_kind import HEADLINE, SPLIT_KINDS
from screening.store.models import MetricValue


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
    print_rows(metric_rows(metrics(), "test"), metric_columns("Test part"), "table")
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any("nearest-skeleton" in line and "0.950" in line for line in lines)


def test_the_split_in_words():
    split = {"kind": "metal", "group": "compound, paper", "held_out": ["Dy", "Tb"]}
    assert split_words(split) == "split metal, Dy and Tb held out; never parted: compound, paper"


def test_the_command_offers_every_kind_of_split():
    assert set(_SPLITS) == set(SPLIT_KINDS)
    shown = CliRunner().invoke(smmdb, ["train", "--help"]).output
    assert f"[default: {HEADLINE}]" in " ".join(shown.split())


@pytest.mark.parametrize(
    "options", [["--split", "skeleton", "--hold-out", "Dy"], ["--split", "year"]]
)
def test_a_plan_without_sense_ends_before_a_database_is_opened(options, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", "postgresql://nobody@localhost:1/none")
    result = CliRunner().invoke(smmdb, ["train", "--name", "x", *options])
    assert result.exit_code != 0
    assert "hold" in str(result.output) + str(result.exception)
