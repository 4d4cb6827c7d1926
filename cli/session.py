"""The database of a command, from the settings of the environment."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


@contextmanager
def open_engine() -> "Iterator[Engine]":
    """The database of the settings, its connections closed at the end."""
    from screening.config import load_settings
    from screening.store.engine import open_database

    engine = open_database(load_settings())
    try:
        yield engine
    finally:
        engine.dispose()
