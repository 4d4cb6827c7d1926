"""Model transfer: a version to a file that any safetensors tool reads, and from it into a database.

The structures that a version learned from stay where they are. The file says of each example its
keys, class and part, so that it is known as an example wherever the same structure is read.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from screening.errors import InputError
from screening.evidence.cells import printable
from screening.model_card import ORIGIN, ModelCard
from screening.model_card_reading import read_card
from screening.network.model_file import MOST_BYTES, pack, unpack
from screening.network.weights import read_predictor
from screening.new_file import write_new
from screening.store.example_keys import add_imported_examples, read_example_keys
from screening.store.model_names import lock_names
from screening.store.models import (
    ModelVersion,
    add_version,
    find_version,
    get_version,
    read_metrics,
    read_weights,
    versions_of_weights,
)
from screening.store.predictions import count_grids
from screening.store.structures import ensure_spec


@dataclass(frozen=True, slots=True)
class Exported:
    """A model file as it was written; sha256: of the file, to be told beside it."""

    version: ModelVersion
    path: Path
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a model file.

    version: as it stands here now, or None after a dry run of a version that is not here.
    is_new: False where it was here before. n_grids: complexes that are drawn as it needs.
    """

    card: ModelCard
    version: ModelVersion | None
    is_new: bool
    n_grids: int
    sha256: str


def export_model(
    engine: Engine, reference: str, path: Path | None = None, *, overwrite: bool = False
) -> Exported:
    """Write the version that *reference* names to a file, by default `NAME-VERSION.safetensors`.

    Raises NotFoundError for an unknown model, IntegrityError when its stored weights are damaged,
    InputError when the file exists (unless *overwrite*) or cannot be written.
    """
    with engine.connect() as connection:
        version = find_version(connection, reference)
        card = _card_of(connection, version)
        weights = read_weights(connection, version.id)
    read_predictor(card, weights)  # what is damaged is not passed on
    data = pack(card.to_json(), weights)
    path = path or Path(f"{version.name}-{version.version}.safetensors")
    write_new(path, data, overwrite=overwrite)
    return Exported(version, path, len(data), hashlib.sha256(data).hexdigest())


def import_model(
    engine: Engine,
    path: Path,
    *,
    by: str,
    name: str | None = None,
    sha256: str | None = None,
    dry_run: bool = False,
) -> Imported:
    """Store the version that a model file holds, under *name* or the name that it had.

    A version that is here already, under whatever name, is not added again. It keeps its number
    where that is above those of the versions here, and gets the next one otherwise.
    sha256: of the file, as its sender told it.

    Raises InputError for a file of another kind, or a name that is an alias here; IntegrityError
    where a byte was altered, or the file's parts do not belong together.
    """
    data = _read(path)
    found = hashlib.sha256(data).hexdigest()
    if sha256 is not None and sha256.lower() != found:
        raise InputError(f"{path} has the sha256 {found}, not the one you gave: another file")
    values, weights = unpack(data)
    card = read_card(values)
    read_predictor(card, weights)
    with engine.begin() as connection:
        lock_names(connection)
        known = _same_version(connection, card)
        if known is not None or dry_run:
            n_grids = 0 if known is None else count_grids(connection, known.spec_id)
            return Imported(card, known, is_new=False, n_grids=n_grids, sha256=found)
        spec_id = ensure_spec(connection, card.spec)
        origin = {
            "name": card.name,
            "version": card.version,
            "by": printable(by),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "sha256": found,
        }
        fields = {
            **card.stored,
            "card": {**card.card, ORIGIN: origin},
            "spec_id": spec_id,
            "created_at": card.trained_at,
        }
        version = add_version(
            connection,
            name or card.name,
            weights=weights,
            fields=fields,
            examples=(),
            metrics=card.metrics,
            least=card.version if name in (None, card.name) else 1,
        )
        add_imported_examples(connection, version.id, card.examples)
        n_grids = count_grids(connection, spec_id)
    return Imported(card, version, is_new=True, n_grids=n_grids, sha256=found)


def _card_of(connection: Connection, version: ModelVersion) -> ModelCard:
    metrics = tuple(read_metrics(connection, version.id))
    return ModelCard.of_version(version, metrics, read_example_keys(connection, version.id))


def _same_version(connection: Connection, card: ModelCard) -> ModelVersion | None:
    for version_id in versions_of_weights(connection, card.weights_sha256):
        version = get_version(connection, version_id)
        if _card_of(connection, version).digest == card.digest:
            return version
    return None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise InputError(f"{path} is too large for a model file")
    return data
