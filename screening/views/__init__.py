"""Views: the analysts' SQL, one file a view."""

from importlib.resources import files

from sqlalchemy import Connection, text

VIEWS: tuple[str, ...] = ()
"""In the order of making: a view may read those before it."""


def create_views(connection: Connection) -> None:
    """Make all views, with their comments."""
    for name in VIEWS:
        connection.exec_driver_sql(_sql(name))


def drop_views(connection: Connection) -> None:
    """Drop all views; a revision that changes a table, or a view, begins with this."""
    for name in reversed(VIEWS):
        connection.execute(text(f"drop view if exists {name}"))


def _sql(name: str) -> str:
    return files("screening.views").joinpath(f"{name}.sql").read_text(encoding="utf-8")
