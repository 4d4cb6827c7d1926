"""A file that eats memory or time, or meets a fault of the program, costs itself alone."""

import time

from small_crystals import small_cif

from screening.chemistry.describe import describe
from screening.crystal.complex import Accepted
from screening.crystal.source import Source
from screening.pool import Limits, read_sources
from screening.reading import read_source
from screening.voxel.spec import DEFAULT_SPEC


class Greedy(Source):
    """A file whose reading takes more memory than there is."""

    __slots__ = ()

    def read(self):
        return b" " * 2**40


class Endless(Source):
    """A file whose reading does not end."""

    __slots__ = ()

    def read(self):
        time.sleep(600)
        return b""


class Faulty(Source):
    """A file on which the program itself fails."""

    __slots__ = ()

    def read(self):
        raise ZeroDivisionError("made up")


def read(sources, limits):
    batches = read_sources(sources, DEFAULT_SPEC, frozenset(), 1, limits)
    readings = [reading for batch in batches for reading in batch]
    return {reading.name: reading.blocks[0].verdict.outcome for reading in readings}


def good(name):
    return Source(name, data=small_cif(name, "Dy").encode())


def test_a_file_that_eats_memory_or_meets_a_fault_costs_only_itself():
    # 2.4 million values, which take much more memory than the file has bytes
    swollen = b"data_x\nloop_\n_a\n" + b"1 " * (24 * 10**5)
    sources = [
        good("before"),
        Source("swollen", data=swollen),
        Greedy("greedy"),
        Faulty("faulty"),
        good("after"),
    ]
    outcomes = read(sources, Limits(memory=150 * 2**20))
    assert isinstance(outcomes["before"], Accepted)
    assert isinstance(outcomes["after"], Accepted)
    for name in ("swollen", "greedy"):
        assert outcomes[name].code == "reader_memory"
        assert outcomes[name].reason == "reading took more than 150 MiB of memory"
    assert outcomes["faulty"].code == "internal_error"
    assert outcomes["faulty"].reason == "ZeroDivisionError: made up"


def test_a_fault_of_the_chemistry_costs_one_block(monkeypatch):
    def broken(complex_, *rest):
        if "Dy1" in complex_.labels:
            raise ZeroDivisionError("made up")
        return describe(complex_, *rest)

    monkeypatch.setattr("screening.reading.describe", broken)
    data = (small_cif("a", "Dy") + small_cif("b", "Co")).encode()
    reading = read_source(Source("two.cif", data=data), DEFAULT_SPEC, frozenset())
    assert reading.blocks is not None
    first, second = reading.blocks
    assert first.verdict.outcome.code == "internal_error"
    assert first.verdict.outcome.reason == "ZeroDivisionError: made up"
    assert (len(first.complexes), len(second.complexes)) == (0, 1)


def test_a_file_that_never_ends_costs_its_time():
    outcomes = read([good("before"), Endless("endless")], Limits(seconds=5))
    assert isinstance(outcomes["before"], Accepted)
    assert outcomes["endless"].code == "reader_timeout"
    assert outcomes["endless"].reason == "reading took longer than 5 s"
