"""Model names: one space of names for models and for the aliases of their versions."""

import re
from typing import Final

from sqlalchemy import Connection, text

from screening.errors import InputError

_FORM: Final = re.compile(r"[A-Za-z0-9][\w.+-]{0,63}")
_LOCK = text("select pg_advisory_xact_lock(hashtext('smmdb.model_version'))")
_LABEL_OF_ALIAS = text("""
    select v.name || ':' || v.version from model_alias a
    join model_version v on v.id = a.model_version_id
    where a.alias = :alias and a.valid_to is null""")


def check_name(connection: Connection, name: str) -> None:
    """Refuse, by InputError, a name that no model may have, or that is an alias now.

    Nobody else gives a name to a model or an alias until the transaction ends.
    """
    check_form(name, "a model")
    lock_names(connection)
    label = label_of_alias(connection, name)
    if label is not None:
        raise InputError(
            f"{name!r} is an alias of {label}: call the model otherwise, or remove the alias with "
            f"`smmdb model alias {name} --remove`"
        )


def check_form(name: str, what: str) -> None:
    """Refuse, by InputError, what cannot name a model or an alias."""
    if not _FORM.fullmatch(name):
        raise InputError(
            f"{name!r} cannot name {what}: up to 64 letters, digits and . _ + - are allowed"
        )


def lock_names(connection: Connection) -> None:
    """Let nobody else name a model or an alias until the transaction ends."""
    connection.execute(_LOCK)


def label_of_alias(connection: Connection, alias: str) -> str | None:
    """The `name:version` that *alias* stands for now, if it is one."""
    label: str | None = connection.scalar(_LABEL_OF_ALIAS, {"alias": alias})
    return label
