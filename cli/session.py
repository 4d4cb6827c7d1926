"""The database of a command, from the settings of the environment."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.console import tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


@contextmanager
def open_engine() -> "Iterator[Engine]":
    """The database of the settings, its connections closed at the end.

    Says so where it has to be made first: that takes many seconds on a slow disk.
    """
    from screening.config import load_settings
    from screening.store.embedded import EmbeddedServer
    from screening.store.engine import open_database

    settings = load_settings()
    if settings.database_url is None and EmbeddedServer(settings.home).status().data_dir is None:
        tell(f"Preparing the database under {settings.home} (only once) ...")
    engine = open_database(settings)
    try:
        yield engine
    finally:
        engine.dispose()
