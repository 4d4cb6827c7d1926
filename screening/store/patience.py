"""Patience: how long to wait for a database that went away, and when to give up."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from screening.errors import DatabaseError
from screening.store.failures import explain, is_passing

PATIENCE_S: Final = 300.0
_FIRST_REST_S: Final = 0.25
_LONGEST_REST_S: Final = 10.0

T = TypeVar("T")


class Patience:
    """Rests of growing length between tries while the database is away.

    note: is told once that the database is away, and once that it is back.
    """

    def __init__(self, note: Callable[[str], None], seconds: float = PATIENCE_S) -> None:
        self._note = note
        self._seconds = seconds
        self._away_since: float | None = None
        self._rest = _FIRST_REST_S
        self._resume_at = 0.0

    @property
    def rest(self) -> float:
        """Seconds until the next try; 0 when there is nothing to wait for."""
        return max(0.0, self._resume_at - time.monotonic())

    def lost(self, error: Exception) -> None:
        """An attempt met *error*: rest, or raise what the user can do about it.

        Raises:
            DatabaseError: the database was away for too long, or refuses for a reason that does
                not pass, such as a full disk.
        """
        told = explain(error)
        if told is None:
            raise error
        if not is_passing(error):
            raise told from error
        now = time.monotonic()
        if self._away_since is None:
            self._away_since, self._rest = now, _FIRST_REST_S
            self._note(f"The database is away ({_first_line(error)}): waiting for it")
        if now - self._away_since > self._seconds:
            raise DatabaseError(
                f"{told} Waited {self._seconds:.0f} s for it to come back."
            ) from error
        if now >= self._resume_at:  # of many that fail together the first sets the rest
            self._resume_at = now + self._rest
            self._rest = min(2 * self._rest, _LONGEST_REST_S)

    def found(self) -> None:
        """An attempt succeeded."""
        if self._away_since is not None:
            waited = time.monotonic() - self._away_since
            self._away_since, self._resume_at = None, 0.0
            self._note(f"The database is back after {waited:.0f} s")

    def persist(self, attempt: Callable[[], T]) -> T:
        """What *attempt* gives, tried again as long as patience lasts."""
        while True:
            try:
                result = attempt()
            except Exception as error:  # noqa: BLE001 - `lost` raises all that it does not know
                self.lost(error)
                time.sleep(self.rest)
            else:
                self.found()
                return result


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0]
