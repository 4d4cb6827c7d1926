"""Examples with a common tie stand in one group."""

from screening.learning.grouping import tied_groups


def test_ties_join_directly_and_through_others():
    ties = [("compound 1", "paper a"), ("compound 2", "paper a"), ("compound 2", None), ("c 3",)]
    groups = tied_groups(ties)
    assert groups[0] == groups[1] == groups[2] != groups[3]


def test_the_order_of_examples_does_not_matter():
    ties = [("a", "b"), ("c",), ("b", "c"), ("d",)]
    assert sorted(tied_groups(ties)) == sorted(tied_groups(ties[::-1]))


def test_examples_without_ties_stand_alone():
    assert len(set(tied_groups([(None,), (None,)]))) == 2
