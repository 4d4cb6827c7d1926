"""Of fragments that exclude each other, the choice that leaves most, and the same in any order."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from screening.crystal.rivals import choose_equals


def excluding(*pairs):
    rivals = {}
    for a, b in pairs:
        rivals.setdefault(a, set()).add(b)
        rivals.setdefault(b, set()).add(a)
    return rivals


def sized(rivals, size=1):
    return dict.fromkeys(rivals, size)


def test_of_two_the_earlier_stays():
    rivals = excluding((4, 7))
    assert choose_equals([7, 4], rivals, sized(rivals)) == {7}


def test_every_second_one_stays_of_a_ring_whatever_comes_first():
    cube = excluding(*[(a, b) for a, b in combinations(range(8), 2) if (a ^ b).bit_count() == 1])
    assert choose_equals([0, 7, *range(1, 7)], cube, sized(cube)) == {0, 3, 5, 6}


def test_two_ends_stay_rather_than_the_middle_that_comes_first():
    rivals = excluding((1, 0), (1, 2))
    assert choose_equals([1, 0, 2], rivals, sized(rivals)) == {0, 2}
    assert choose_equals([1, 0, 2], rivals, {0: 1, 1: 5, 2: 1}) == {1}


def test_many_in_one_heap_are_decided_one_by_one():
    chain = excluding(*[(i, i + 1) for i in range(30)])
    assert choose_equals(range(31), chain, sized(chain)) == set(range(0, 31, 2))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] != p[1])))
def test_none_of_the_chosen_exclude_each_other_and_no_other_choice_is_larger(pairs):
    rivals = excluding(*pairs)
    chosen = choose_equals(sorted(rivals), rivals, sized(rivals))
    assert all(b not in rivals[a] for a in chosen for b in chosen)
    larger = combinations(rivals, len(chosen) + 1)
    assert all(any(b in rivals[a] for a, b in combinations(some, 2)) for some in larger)
