"""Failures: what an error of the database means to the user."""

import psycopg
from sqlalchemy.exc import DBAPIError

from screening.errors import DatabaseError

_PASSING = (
    "08",  # the connection was lost
    "40",  # a deadlock, or a transaction that another one overtook
    "53300",  # too many connections
    "57P",  # the server stops, crashed or starts
)
"""Beginnings of the codes of errors that pass by themselves."""


def is_passing(error: Exception) -> bool:
    """Whether the same statement may succeed later: the server restarts, or is out of reach."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)):
        return False
    # Without a code the answer never came.
    return cause.sqlstate is None or cause.sqlstate.startswith(_PASSING)


def explain(error: Exception) -> DatabaseError | None:
    """What the user can do about *error*; None when it is no matter of connection or rights."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, psycopg.Error):
        return None
    told = (str(cause).strip().splitlines() or [type(cause).__name__])[0]
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return DatabaseError(
            f"The login lacks a right: {told}. Let an administrator grant it smmdb_writer, which"
            " the commands need, or smmdb_analyst, which is enough for `smmdb db psql` and"
            " `smmdb db url --role analyst`."
        )
    if isinstance(cause, psycopg.errors.ReadOnlySqlTransaction):
        return DatabaseError(
            f"The database takes no changes now ({told}): it is a standby, or its administrator set"
            " it to read only. `smmdb rank`, `smmdb show` and `smmdb db psql` still read it."
        )
    if not isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)):
        return None
    # Without a code the answer never came; 08 and 57P are lost connections and shutdowns.
    if cause.sqlstate is None or cause.sqlstate.startswith(("08", "57P")):
        return DatabaseError(
            f"The database was lost: {told}. What was finished is kept; the same command goes on"
            " when it is back."
        )
    why = ""
    if isinstance(cause, psycopg.errors.QueryCanceled):
        why = " The server sets a limit, or its administrator ended the statement."
    return DatabaseError(f"The database refused: {told}. What was finished is kept.{why}")
