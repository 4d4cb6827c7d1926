"""How a use case tells how far it is, without knowing who watches."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Task(Protocol):
    """One long step under way."""

    def advance(self, amount: int = 1) -> None:
        """Count *amount* more items as done."""

    def detail(self, text: str) -> None:
        """Show a short text beside the step, such as a loss."""


class Progress(Protocol):
    """Where steps and notes are shown."""

    def task(self, description: str, total: int | None = None) -> AbstractContextManager[Task]:
        """Open a step of *total* items (None: not known yet)."""

    def note(self, text: str) -> None:
        """Tell something once."""


class _SilentTask:
    def advance(self, amount: int = 1) -> None:
        pass

    def detail(self, text: str) -> None:
        pass


class _Silent:
    @contextmanager
    def task(self, description: str, total: int | None = None) -> Iterator[Task]:
        yield _SilentTask()

    def note(self, text: str) -> None:
        pass


SILENT: Progress = _Silent()
"""For library use and tests: shows nothing."""
