"""HeldRun: an open run in the driver's hands: its lock, its books, and whether to go on."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from screening.errors import DatabaseError
from screening.store.patience import Patience
from screening.store.predictions import add_failures
from screening.store.runs import (
    RunBooks,
    close_run,
    hold_run,
    open_run,
    read_state,
    record_measured,
)


class HeldRun:
    """Holds the lock that shows that a run's driver lives, through restarts of the database.

    patience: shared by all that this driver asks of the database, so that it gives up once.
    """

    def __init__(
        self,
        engine: Engine,
        patience: Patience,
        version_id: int,
        *,
        asked: int,
        skipped: int,
        device: str,
        settings: Mapping[str, Any],
    ) -> None:
        """Open the run; its counts as `open_run` takes them."""
        self.patience = patience
        self.cancelled_by: str | None = None
        self._engine = engine
        self._holder: Connection | None = engine.connect()
        try:
            self.id = open_run(
                self._holder,
                version_id,
                asked=asked,
                skipped=skipped,
                device=device,
                settings=settings,
            )
            self._holds = hold_run(self._holder, self.id)
            self._holder.commit()  # the lock outlasts the transaction
        except BaseException:
            self.release()
            raise

    def keep(self) -> None:
        """Look whether the run is still open and wanted; take its lock again if it was lost.

        Sets `cancelled_by`. To be called every few seconds; waits for nothing.

        Raises:
            DBAPIError: the database is away.
            DatabaseError: another command has closed the run, taking this driver for dead.
        """
        try:
            if self._holder is None:
                self._holder, self._holds = self._engine.connect(), False
            if not self._holds:
                self._holds = hold_run(self._holder, self.id)
            state = read_state(self._holder, self.id)
            self._holder.commit()
        except DBAPIError:
            self.release()
            raise
        if state.status != "running":
            raise DatabaseError(
                f"run {self.id} was closed by another command while the database was away from this"
                " one; give the same command again, it does only the rest"
            )
        self.cancelled_by = state.cancelled_by

    def fail(self, complex_id: int, code: str, reason: str) -> None:
        """Record a complex that cannot be scored."""

        def record() -> None:
            with self._engine.begin() as connection:
                add_failures(connection, self.id, [(complex_id, code, reason)])

        self.patience.persist(record)

    def record(self, *, settings: Mapping[str, Any], measured: Mapping[str, Any]) -> None:
        """Add to the run's settings what was chosen on the way, and what was measured."""

        def record() -> None:
            with self._engine.begin() as connection:
                record_measured(connection, self.id, settings=settings, measured=measured)

        self.patience.persist(record)

    def close(self, status: str, skipped: int) -> RunBooks:
        """End the run; with status `done` the database refuses books that do not balance."""

        def close() -> RunBooks:
            with self._engine.begin() as connection:
                return close_run(connection, self.id, status, skipped)

        return self.patience.persist(close)

    def abandon(self, status: str, skipped: int) -> None:
        """End a run that came to grief; if the database is away, the next predict closes it."""
        with suppress(DBAPIError), self._engine.begin() as connection:
            if read_state(connection, self.id).status == "running":
                close_run(connection, self.id, status, skipped)

    def release(self) -> None:
        """Let the lock go."""
        if self._holder is not None:
            # Of a connection that may be broken: the pool must not hand it out again.
            self._holder.invalidate()
            self._holder.close()
            self._holder = None
