"""Rediscovery: what nobody examined is neither a hit nor a miss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.errors import InputError
from screening.learning.rediscovery import depths, rediscover


def test_only_the_examined_are_counted():
    answers = [True, None, False, None, True, None, None, False]
    scores = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]
    found = rediscover(scores, answers, 5, 0.25)
    assert (found.n_examined, found.n_confirmed, found.lowest_score) == (3, 2, 0.5)
    assert found.share == pytest.approx(2 / 3)
    assert found.enrichment == pytest.approx(8 / 3)
    assert (found.at_least, found.at_most) == (0.4, 0.8)
    # Wilson's interval of 2 of 3, by his formula with z = 1.95996.
    assert (found.share_low, found.share_high) == pytest.approx((0.2077, 0.9385), abs=1e-4)
    assert found.enrichment_low == pytest.approx(0.2077 * 4, abs=1e-3)


def test_nothing_examined_gives_no_share_and_no_enrichment():
    found = rediscover([0.9, 0.8], [None, None], 2, 0.1)
    assert (found.share, found.enrichment, found.at_least, found.at_most) == (None, None, 0, 1)


def test_without_a_prevalence_there_is_no_enrichment():
    assert rediscover([0.9], [True], 1, None).enrichment is None
    assert rediscover([0.9], [True], 1, 0.0).enrichment is None


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=60), st.data())
def test_the_share_of_all_lies_between_its_bounds_whatever_the_unexamined_are(answers, data):
    k = data.draw(st.integers(1, len(answers)))
    found = rediscover([0.5] * len(answers), answers, k, 0.3)
    truth = [data.draw(st.booleans()) if answer is None else answer for answer in answers[:k]]
    share = sum(truth) / k
    assert found.at_least - 1e-9 <= share <= found.at_most + 1e-9


def test_depths_are_numbers_or_shares_of_the_pool():
    assert depths(["10", "1%", "5%", "100", "0.5%"], 250) == [2, 3, 10, 13, 100]
    assert depths(["10", "100", "1e99999999"], 7) == [7]
    assert depths(["1.1%"], 1000) == [11], "not 12, as 1000 * 1.1 / 100 of floats"
    for wrong in ("", "x", "0", "-3", "2.5", "101%", "nan", "inf"):
        with pytest.raises(InputError, match="write a number such as 50"):
            depths([wrong], 100)
