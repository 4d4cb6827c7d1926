"""What an error of the database means to the user."""

import psycopg

from screening.store.failures import explain


def test_a_database_that_is_read_only_is_told_in_a_sentence() -> None:
    error = psycopg.errors.ReadOnlySqlTransaction(
        "cannot execute INSERT in a read-only transaction"
    )
    assert "takes no changes now (cannot execute INSERT" in str(explain(error))


def test_a_statement_that_was_ended_is_no_lost_database() -> None:
    error = psycopg.errors.QueryCanceled("canceling statement due to statement timeout")
    assert "The database refused: canceling statement due to" in str(explain(error))


def test_other_faults_are_not_explained_away() -> None:
    assert explain(psycopg.errors.UndefinedColumn("column x does not exist")) is None
    assert explain(ValueError("no matter of the database")) is None
