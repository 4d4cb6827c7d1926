"""Ids as ranges: a sequence like any other, only smaller."""

import pickle  # noqa: TID251 - what Dask does with a task

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.errors import InputError
from screening.store.key_ranges import KeyRanges

ids = st.sets(st.integers(1, 300)).map(sorted)


def join_ids(known):
    """Ascending ids as the unbroken runs that they form."""
    firsts = [one for one in known if one - 1 not in known]
    lasts = [one for one in known if one + 1 not in known]
    return KeyRanges(zip(firsts, lasts, strict=True))


@given(ids)
def test_it_is_the_sequence_of_its_ids(known):
    keys = join_ids(known)
    assert list(keys) == known
    assert len(keys) == len(known)
    assert [keys[-1 - i] for i in range(len(known))] == known[::-1]


@given(ids, st.integers(0, 310), st.integers(0, 310))
def test_a_slice_is_the_slice_of_its_ids(known, start, stop):
    part = join_ids(known)[start:stop]
    assert list(part) == known[start:stop]
    assert part == join_ids(known[start:stop])


@given(ids, st.integers(1, 50))
def test_slices_side_by_side_hold_everything_once(known, rows):
    keys = join_ids(known)
    assert [i for start in range(0, len(keys), rows) for i in keys[start : start + rows]] == known


def test_a_million_in_a_row_travel_in_a_few_bytes():
    keys = KeyRanges([(1, 1_000_000)])
    assert len(keys) == 1_000_000
    assert keys[500_000:500_512].ranges == [(500_001, 500_512)]
    assert len(pickle.dumps(keys)) < 1000


@pytest.mark.parametrize("ranges", [[(3, 1)], [(1, 3), (3, 5)], [(5, 6), (1, 2)]])
def test_ranges_that_overlap_or_turn_back_are_refused(ranges):
    with pytest.raises(InputError):
        KeyRanges(ranges)


def test_outside_is_an_index_error():
    with pytest.raises(IndexError):
        join_ids([4, 5])[2]
