"""Progress on standard error: bars on a terminal, a line now and then elsewhere."""

import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from screening.progress import Progress, Task

_PLAIN_INTERVAL_S = 10.0


class _PlainTask:
    """Prints a line at once, then at most one every ten seconds: a log file stays short."""

    def __init__(self, description: str, total: int | None) -> None:
        self._description, self._total = description, total
        self._done, self._detail = 0, ""
        self._last = time.monotonic()
        of = "" if total is None else f", {total:,} in all"
        click.echo(f"{description}{of} ...", err=True)

    def advance(self, amount: int = 1) -> None:
        self._done += amount
        if time.monotonic() - self._last >= _PLAIN_INTERVAL_S:
            self.print_line()

    def detail(self, text: str) -> None:
        self._detail = text

    def print_line(self) -> None:
        self._last = time.monotonic()
        of = "" if self._total is None else f" of {self._total:,}"
        detail = f" ({self._detail})" if self._detail else ""
        click.echo(f"{self._description}: {self._done:,}{of}{detail}", err=True)


class PlainProgress:
    """Progress for logs and pipes."""

    @contextmanager
    def task(self, description: str, total: int | None = None) -> Iterator[Task]:
        task = _PlainTask(description, total)
        try:
            yield task
        finally:
            task.print_line()

    def note(self, text: str) -> None:
        click.echo(text, err=True)


class TerminalProgress:
    """Progress for people: a rich bar with rate, time left and a detail."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)

    @contextmanager
    def task(self, description: str, total: int | None = None) -> Iterator[Task]:
        from rich import progress as rich_progress

        bar = rich_progress.Progress(
            rich_progress.TextColumn("{task.description}"),
            rich_progress.BarColumn(bar_width=12),
            rich_progress.MofNCompleteColumn(),
            rich_progress.TimeRemainingColumn(elapsed_when_finished=True),
            rich_progress.TextColumn("[dim]{task.fields[detail]}"),
            console=self._console,
            speed_estimate_period=120,
            refresh_per_second=4,  # at rich's own ten a bar takes as much time as Dask's scheduler
        )
        with bar:
            task_id = bar.add_task(description, total=total, detail="")

            class BarTask:
                def advance(self, amount: int = 1) -> None:
                    bar.advance(task_id, amount)

                def detail(self, text: str) -> None:
                    bar.update(task_id, detail=text)

            yield BarTask()

    def note(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False)


def tell(text: str, *, err: bool = True) -> None:
    """Say something on standard error or output; on a terminal its lines end between words."""
    if (sys.stderr if err else sys.stdout).isatty():
        width = shutil.get_terminal_size().columns
        text = textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)
    click.echo(text, err=err)


def open_progress() -> Progress:
    """The progress display that suits standard error."""
    return TerminalProgress() if sys.stderr.isatty() else PlainProgress()
