"""Views: the analysts' SQL, one file a view."""

import hashlib
from importlib.resources import files

from sqlalchemy import Connection, text

VIEWS = (
    "complexes",
    "metal_sites",
    "ligands",
    "plausibility",
    "near_duplicates",
    "findings",
    "finding_history",
    "labels",
    "properties",
    "property_history",
    "latest_predictions",
    "candidates",
    "prediction_failures",
    "model_metrics",
    "evaluations",
    "explanations",
    "ingest_report",
)
"""In the order of making: a view may read those before it."""


def create_views(connection: Connection) -> None:
    """Make all views with their comments, and let the analyst read them."""
    for name in VIEWS:
        cursor = connection.connection.cursor()  # text() would take : and % for parameters
        cursor.execute(view_sql(name))
        cursor.close()
        connection.execute(text(f"grant select on {name} to smmdb_writer, smmdb_analyst"))


def drop_views(connection: Connection) -> None:
    """Drop all views: each revision begins with this, going up or down.

    PostgreSQL refuses to change a table under a view, and `create or replace view` cannot drop a
    column. At the end of the run, in the same transaction, `create_views` makes them again.
    """
    for name in reversed(VIEWS):
        connection.execute(text(f"drop view if exists {name}"))


def view_sql(name: str) -> str:
    """The statements of one view."""
    return files("screening.views").joinpath(f"{name}.sql").read_text(encoding="utf-8")


def views_digest() -> str:
    """sha256 over all views; the newest revision that changes a view holds it."""
    return hashlib.sha256("".join(map(view_sql, VIEWS)).encode()).hexdigest()
