"""Commands that are stopped on their way."""

from contextlib import contextmanager
from unittest import mock

from screening import ingest as use_case


@contextmanager
def stopped_at_the_second_store():
    """Ctrl-C where `ingest` has stored its second batch and not yet committed it."""
    stored = use_case.add_files
    calls = []

    def stop_at_the_second(*arguments):
        calls.append(1)
        added = stored(*arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return added

    with mock.patch.object(use_case, "add_files", stop_at_the_second):
        yield
