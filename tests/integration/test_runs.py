"""Runs as other commands see them."""

from screening.run import list_runs


def test_runs_are_listed_on_a_database_that_takes_no_changes(engine):
    assert list_runs(engine.execution_options(postgresql_readonly=True), 5) == []
