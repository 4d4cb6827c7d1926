"""Property withdrawal: values that turned out wrong count no more, and count again."""

from typing import Any

from sqlalchemy import Engine

from screening.errors import InputError
from screening.evidence.cells import one_line
from screening.store.property_definitions import get_definition, lock_properties
from screening.store.property_withdrawal import (
    list_withdrawn,
    reinstate_source,
    reinstate_value,
    withdraw_source,
    withdraw_value,
)


def withdraw(engine: Engine, name: str, what: int | str, *, by: str, reason: str) -> int:
    """Let the value with the id *what*, or all of the source *what*, count no more.

    How many values that are; those withdrawn before do not count. Nothing is deleted: who withdrew
    what, when and why stays. Raises NotFoundError for an unknown property, value or source.
    """
    by, reason = _said(by, "by"), _said(reason, "reason")
    with engine.begin() as connection:
        lock_properties(connection)
        definition = get_definition(connection, name)
        if isinstance(what, int):
            return withdraw_value(connection, definition, what, by=by, reason=reason)
        return withdraw_source(connection, definition, one_line(what), by=by, reason=reason)


def reinstate(
    engine: Engine, name: str, what: int | str, *, by: str, reason: str | None = None
) -> int:
    """Let a withdrawn value, or what was last withdrawn of a source, count again; how many.

    Raises as `withdraw`, and InputError where the source has said something else since.
    """
    by, reason = _said(by, "by"), None if reason is None else _said(reason, "reason")
    with engine.begin() as connection:
        lock_properties(connection)
        definition = get_definition(connection, name)
        if isinstance(what, int):
            return reinstate_value(connection, definition, what, by=by, reason=reason)
        return reinstate_source(connection, definition, one_line(what), by=by, reason=reason)


def withdrawn_values(engine: Engine, name: str) -> list[dict[str, Any]]:
    """The withdrawn values of a property, by whom, when and why. Raises NotFoundError."""
    with engine.connect() as connection:
        return list_withdrawn(connection, get_definition(connection, name))


def _said(text: str, what: str) -> str:
    if not (said := one_line(text)):
        raise InputError(f"the {what} is empty")
    return said
