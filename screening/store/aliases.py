"""Store aliases: names such as `production` that stand for one model version, with their history.

Models and aliases share one space of names: what names a model is no alias, and the other way
round, so that a command can be given either.
"""

from typing import Any

from sqlalchemy import Connection, insert, text, update

from screening.errors import InputError, NotFoundError
from screening.evidence.cells import printable
from screening.schema import ModelAliasRow
from screening.store.model_names import check_form, lock_names
from screening.store.models import ModelVersion


def set_alias(connection: Connection, alias: str, version: ModelVersion, *, by: str) -> str | None:
    """Let *alias* name *version* from now on, in one step; what it named before, if anything.

    Where it names that version already, nothing is written and its label is given back.
    Raises InputError for a name that no alias may have, or that a model has.
    """
    check_form(alias, "an alias")
    lock_names(connection)
    if connection.scalar(_IS_MODEL, {"name": alias}):
        raise InputError(f"a model is called {alias!r}: an alias needs a name of its own")
    current = connection.execute(_CURRENT, {"alias": alias}).one_or_none()
    if current is not None and current.model_version_id == version.id:
        return version.label
    at = connection.scalar(_NOW)
    if current is not None:
        _end(connection, current.id, at=at, by=by)
    values = {"alias": alias, "model_version_id": version.id, "valid_from": at}
    connection.execute(insert(ModelAliasRow).values(**values, set_by=printable(by)))
    return None if current is None else str(current.label)


def remove_alias(connection: Connection, alias: str, *, by: str) -> str:
    """Let *alias* name nothing from now on; the label of what it named. NotFoundError if none."""
    lock_names(connection)
    current = connection.execute(_CURRENT, {"alias": alias}).one_or_none()
    if current is None:
        raise NotFoundError(f"{alias!r} is no alias now; `smmdb model alias` lists them")
    _end(connection, current.id, at=connection.scalar(_NOW), by=by)
    return str(current.label)


def read_aliases(
    connection: Connection, alias: str | None = None, *, ended: bool = False
) -> list[dict[str, Any]]:
    """Which version each alias names, as rows in the order of names and time.

    ended: also what it named before.
    """
    rows = connection.execute(_ALIASES, {"alias": alias, "ended": ended}).mappings()
    return [dict(row) for row in rows]


def _end(connection: Connection, alias_id: int, *, at: Any, by: str) -> None:
    change = update(ModelAliasRow).where(ModelAliasRow.id == alias_id)
    connection.execute(change.values(valid_to=at, ended_by=printable(by)))


# Not now(), which is when the transaction began: it may have waited for another's to end.
_NOW = text("select clock_timestamp()")
_IS_MODEL = text("select exists (select from model_version where name = :name)")
_CURRENT = text("""
    select a.id, a.model_version_id, v.name || ':' || v.version as label
    from model_alias a join model_version v on v.id = a.model_version_id
    where a.alias = :alias and a.valid_to is null""")
_ALIASES = text("""
    select a.alias, v.name || ':' || v.version as model, a.valid_from, a.set_by, a.valid_to,
        a.ended_by
    from model_alias a join model_version v on v.id = a.model_version_id
    where (:ended or a.valid_to is null)
        and (cast(:alias as text) is null or a.alias = :alias)
    order by a.alias, a.valid_from, a.id""")
