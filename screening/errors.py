"""Errors that a user can act on; each carries the exit code of the command that meets it."""


class SmmdbError(Exception):
    """Something the user can mend; the message says what to do next."""

    exit_code = 1


class InputError(SmmdbError):
    """A file, row or option that cannot be used; the message names it."""

    exit_code = 2


class SchemaVersionError(SmmdbError):
    """The database schema is older or newer than this program."""

    exit_code = 3


class DatabaseError(SmmdbError):
    """The database cannot be reached, started or written."""

    exit_code = 4


class ClusterError(SmmdbError):
    """The Dask scheduler or its workers cannot be reached, or were lost."""

    exit_code = 4


class NotFoundError(SmmdbError):
    """The thing named on the command line is not in the database."""

    exit_code = 5


class IntegrityError(SmmdbError):
    """Stored bytes or numbers are not what they claim to be."""

    exit_code = 6
