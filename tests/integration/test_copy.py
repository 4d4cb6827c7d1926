"""Rows go in by COPY, within the caller's transaction."""

import numpy as np
import psycopg
import pytest
from sqlalchemy import Engine, text

from screening.store.copy import copy_rows

COLUMNS = ("key", "formula")
TYPES = ("text", "text")


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("select count(*) from compound")).scalar_one()


def test_rows_arrive(engine: Engine) -> None:
    with engine.begin() as connection:
        rows = ((f"k{i}", "C2 H6") for i in range(1000))
        assert copy_rows(connection, "compound", COLUMNS, TYPES, rows) == 1000
    assert count(engine) == 1000


def test_a_rollback_takes_the_rows_back(engine: Engine) -> None:
    with engine.connect() as connection:
        assert copy_rows(connection, "compound", COLUMNS, TYPES, [("k", "C")]) == 1
        connection.rollback()
    assert count(engine) == 0


def test_an_error_in_the_middle_leaves_no_row(engine: Engine) -> None:
    def rows() -> object:
        yield ("a", "C")
        raise RuntimeError("a worker died")

    with pytest.raises(RuntimeError, match="a worker died"), engine.begin() as connection:
        copy_rows(connection, "compound", COLUMNS, TYPES, rows())
    assert count(engine) == 0


def test_arrays_blobs_and_nulls_arrive_as_they_are(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("create temporary table t (a int8, b bytea, c float4[], d text[])"))
        row = (None, b"\x00\xff", [0.5, 1.5], ["Dy", "é"])
        copy_rows(connection, "t", "abcd", ("int8", "bytea", "float4[]", "text[]"), [row])
        assert tuple(connection.execute(text("select * from t")).one()) == row


def test_numbers_arrive_from_arrays_as_from_lists(engine: Engine) -> None:
    types = ("int2[]", "float4[]", "int2[]")
    pairs = np.array([[0, 1], [1, 2]], dtype=np.int32)
    with engine.begin() as connection:
        connection.execute(text("create temporary table t (a int2[], b float4[], c int2[])"))
        rows = [(np.array([66, 8], dtype=np.uint8), np.array([0.5, -1.5]), pairs), ([-7], (2,), [])]
        copy_rows(connection, "t", "abc", types, rows)
        found = [tuple(row) for row in connection.execute(text("select * from t"))]
    assert found == [([66, 8], [0.5, -1.5], [0, 1, 1, 2]), ([-7], [2.0], [])]


def test_a_number_too_big_for_its_column_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("create temporary table t (a int2[])"))
        with pytest.raises(psycopg.DataError, match="-32768 to 32767"):
            copy_rows(connection, "t", "a", ("int2[]",), [(np.array([40_000]),)])
        connection.rollback()
