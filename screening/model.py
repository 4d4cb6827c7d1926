"""Model: the trained versions, what each is worth, and the aliases that name them."""

from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, Engine

from screening.errors import NotFoundError
from screening.model_card import ORIGIN
from screening.model_question import question
from screening.store import aliases
from screening.store.models import (
    ModelVersion,
    find_version,
    get_version,
    read_metrics,
    version_ids,
)

NETWORK: Final = "network"


def list_models(engine: Engine, name: str | None = None) -> list[dict[str, Any]]:
    """All versions, or those of one model or alias, newest first, each with its main figures.

    Raises NotFoundError where nothing has that name.
    """
    with engine.connect() as connection:
        if name is None:
            versions = [get_version(connection, one) for one in version_ids(connection)]
        else:
            found = find_version(connection, name)
            ids = version_ids(connection, name) if found.name == name else [found.id]
            versions = [get_version(connection, one) for one in ids]
        names = _current_aliases(connection)
        rows = [_row(connection, version, names) for version in versions]
    return sorted(rows, key=lambda row: row["trained_at"], reverse=True)


def show_model(engine: Engine, reference: str) -> dict[str, Any]:
    """Everything known of the version that *reference* names, but its weights.

    Raises NotFoundError where there is none.
    """
    with engine.connect() as connection:
        version = find_version(connection, reference)
        metrics = read_metrics(connection, version.id)
        history = [
            alias
            for alias in aliases.read_aliases(connection, ended=True)
            if alias["model"] == version.label
        ]
        row = _row(connection, version, _current_aliases(connection))
    stored = asdict(version) | {"spec": {"name": version.spec.name, **asdict(version.spec)}}
    del stored["id"], stored["spec_id"], stored["created_at"]
    return row | stored | {"metrics": [asdict(one) for one in metrics], "alias_history": history}


def set_alias(engine: Engine, alias: str, reference: str, *, by: str) -> tuple[str, str | None]:
    """Let *alias* name a version from now on: the version, and what the alias named before.

    Both are the same where nothing changed. Raises NotFoundError for an unknown model, InputError
    for a name that cannot be an alias.
    """
    with engine.begin() as connection:
        version = find_version(connection, reference)
        return version.label, aliases.set_alias(connection, alias, version, by=by)


def remove_alias(engine: Engine, alias: str, *, by: str) -> str:
    """Let *alias* name nothing from now on: what it named. Raises NotFoundError if nothing."""
    with engine.begin() as connection:
        return aliases.remove_alias(connection, alias, by=by)


def list_aliases(
    engine: Engine, alias: str | None = None, *, history: bool = False
) -> list[dict[str, Any]]:
    """What each alias names and since when; history: also what it named before.

    Raises NotFoundError where *alias* never named anything.
    """
    with engine.connect() as connection:
        rows = aliases.read_aliases(connection, alias, ended=history)
    if alias is not None and not rows:
        ever = "never was an alias" if history else "is no alias now"
        raise NotFoundError(f"{alias!r} {ever}; `smmdb model alias --history` lists all")
    return rows


def _current_aliases(connection: Connection) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for row in aliases.read_aliases(connection):
        names.setdefault(row["model"], []).append(row["alias"])
    return names


def _row(
    connection: Connection, version: ModelVersion, names: dict[str, list[str]]
) -> dict[str, Any]:
    """What a list shows of a version; figures are of the network on its test part."""
    found = {
        metric.name: metric
        for metric in read_metrics(connection, version.id)
        if (metric.part, metric.subject) == ("test", NETWORK)
    }
    auroc, accuracy, error = found.get("auroc"), found.get("accuracy"), found.get("mae")
    first = auroc or error
    return {
        "model": version.label,
        "aliases": names.get(version.label, []),
        "asked": question(version),
        "data": "SYNTHETIC" if version.trained_on_synthetic else "real",
        "split_kind": version.split.get("kind"),
        "n": version.split.get("n", {}),
        "n_test": first and first.n,
        "auroc": auroc and auroc.value,
        "auroc_low": auroc and auroc.low,
        "auroc_high": auroc and auroc.high,
        "accuracy": accuracy and accuracy.value,
        "accuracy_low": accuracy and accuracy.low,
        "accuracy_high": accuracy and accuracy.high,
        "mae": error and error.value,
        "mae_low": error and error.low,
        "mae_high": error and error.high,
        "best_baseline": version.card.get("best_baseline"),
        "verdict": version.card.get("verdict"),
        "trained_at": version.created_at,
        "imported": version.card.get(ORIGIN),
    }
