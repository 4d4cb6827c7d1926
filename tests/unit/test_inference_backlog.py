"""The search for a complex that no worker survives, without workers."""

import random

import pytest

from screening.inference.backlog import FALLS_IN_A_ROW, Backlog


def score(backlog, guilty, rows=64, at_once=4, chance=None, risk=0.0):
    """Score all; a batch with a guilty complex falls, and what is out beside it falls too."""
    scored, found, deaths = [], [], 0
    while backlog:
        out = []
        while len(out) < at_once:
            if any(batch.is_alone for batch in out):
                break
            batch = backlog.take(rows, is_idle=not out)
            if batch is None:
                break
            out.append(batch)
        assert out, "nothing is handed out though something is left"
        assert not any(batch.is_alone for batch in out) or len(out) == 1
        dies = any(guilty & set(batch.complex_ids) for batch in out)
        dies |= chance is not None and chance.random() < risk
        deaths += dies
        for batch in out:
            if not dies:
                backlog.succeeded()
                scored.extend(batch.complex_ids)
            elif backlog.fell(batch):
                found.extend(batch.complex_ids)
    return scored, found, deaths


def test_all_are_scored_once_when_nothing_happens():
    scored, found, deaths = score(Backlog(range(1000)), set())
    assert (scored, found, deaths) == (list(range(1000)), [], 0)


@pytest.mark.parametrize("guilty", [{0}, {511}, {17, 18}, {3, 300, 511}])
def test_the_guilty_are_found_and_only_these(guilty):
    scored, found, _ = score(Backlog(range(512)), guilty, rows=512)
    assert sorted(found) == sorted(guilty)
    assert sorted(scored) == sorted(set(range(512)) - guilty)


def test_one_guilty_complex_of_a_large_batch_costs_few_workers():
    _, _, deaths = score(Backlog(range(4096)), {1234}, rows=4096, at_once=1)
    assert deaths <= 8


@pytest.mark.parametrize("seed", range(5))
def test_chance_deaths_leave_nobody_out_and_blame_nobody(seed):
    chance = random.Random(seed)
    scored, found, deaths = score(Backlog(range(2000)), {999}, chance=chance, risk=0.1)
    assert deaths > 2
    assert sorted(scored + found) == list(range(2000))
    assert 999 in found
    assert len(found) <= 2  # twice alone by chance: one in a hundred of the few that are suspected


def test_what_is_put_back_comes_again_as_it_was():
    backlog = Backlog(range(10))
    batch = backlog.take(4, is_idle=True)
    backlog.put_back(batch)
    assert backlog.take(4, is_idle=True) == batch


def test_falls_without_end_are_hopeless():
    backlog = Backlog(range(10_000))
    for _ in range(FALLS_IN_A_ROW):
        assert not backlog.is_hopeless
        backlog.fell(backlog.take(16, is_idle=True))
    assert backlog.is_hopeless
