"""Store model versions: immutable networks with their card, examples and metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text

from screening.errors import NotFoundError
from screening.evidence.property_value import Kind
from screening.schema import MetricRow, ModelVersionRow, VoxelSpecRow
from screening.store.copy import copy_rows
from screening.store.model_names import check_name, label_of_alias
from screening.voxel.spec import VoxelSpec


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One trained network as stored, without its weights.

    target: "smm", labels under a policy, or the name of a property: its values of one source
    (None: of all), positive from the number *at_least* on. kind: whether a score is the chance of a
    yes, or a number in the unit of a numeric property.
    created_at: when it was trained, here or elsewhere.
    """

    id: int
    name: str
    version: int
    target: str
    kind: Kind
    spec: VoxelSpec
    spec_id: int
    palette: str
    architecture: dict[str, Any]
    weights_sha256: str
    policy: str | None
    policy_version: int | None
    property_source: str | None
    at_least: float | None
    snapshot_digest: str
    split: dict[str, Any]
    seed: int
    code_version: str
    card: dict[str, Any]
    trained_on_synthetic: bool
    created_at: datetime

    @property
    def label(self) -> str:
        """`name:version`, as users write it."""
        return f"{self.name}:{self.version}"


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """One complex of a version's data snapshot; answer: 1, 0, or a number."""

    complex_id: int
    answer: float
    part: str
    group_key: str


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One computed figure: of the network or of a baseline (subject), on a part, with n."""

    part: str
    subject: str
    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int


def add_version(
    connection: Connection,
    name: str,
    *,
    weights: bytes,
    fields: Mapping[str, Any],
    examples: Sequence[TrainingExample],
    metrics: Sequence[MetricValue],
    least: int = 1,
) -> ModelVersion:
    """Store a trained network under the next version number of *name*, *least* or higher.

    fields: the remaining columns of `model_version` by name.
    Raises InputError for a name that no model may have: see `check_name`.
    """
    check_name(connection, name)
    last = connection.scalar(
        select(func.max(ModelVersionRow.version)).where(ModelVersionRow.name == name)
    )
    number = max(least, (last or 0) + 1)
    version_id = connection.execute(
        insert(ModelVersionRow)
        .values(name=name, version=number, weights=weights, **fields)
        .returning(ModelVersionRow.id)
    ).scalar_one()
    copy_rows(
        connection,
        "training_example",
        ("model_version_id", "complex_id", "answer", "part", "group_key"),
        ("int8", "int8", "float8", "text", "text"),
        ((version_id, e.complex_id, e.answer, e.part, e.group_key) for e in examples),
    )
    if metrics:
        connection.execute(
            insert(MetricRow), [{"model_version_id": version_id} | asdict(m) for m in metrics]
        )
    return get_version(connection, version_id)


def get_version(connection: Connection, version_id: int) -> ModelVersion:
    """The version with this id."""
    row = connection.execute(_SELECT.where(ModelVersionRow.id == version_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"no model version has the id {version_id}")
    return _version(row)


def find_version(connection: Connection, reference: str) -> ModelVersion:
    """The version that `name` (its newest), `name:version` or an alias names.

    Raises NotFoundError where there is none.
    """
    name, _, number = reference.partition(":")
    is_number = number.isdecimal() and len(number) <= _MOST_DIGITS
    query = _SELECT.where(ModelVersionRow.name == name)
    if is_number:
        query = query.where(ModelVersionRow.version == int(number))
    row = None
    if not number or is_number:
        newest = query.order_by(ModelVersionRow.version.desc()).limit(1)
        row = connection.execute(newest).one_or_none()
    label = None if row else label_of_alias(connection, name)
    if label is not None and number:
        raise NotFoundError(f"{name!r} is an alias of {label} and has no versions of its own")
    if label is not None:
        return find_version(connection, label)
    if row is None:
        known = [f"{n}:{v}" for n, v in connection.execute(_NAMES)]
        known += connection.scalars(_ALIASES)
        hint = f"there are: {', '.join(known)}" if known else "train one with `smmdb train`"
        raise NotFoundError(f"no model is called {reference!r}; {hint}")
    return _version(row)


def version_ids(connection: Connection, name: str | None = None) -> list[int]:
    """Ids of all versions (of one model), by name and version."""
    query = select(ModelVersionRow.id).order_by(ModelVersionRow.name, ModelVersionRow.version)
    if name is not None:
        query = query.where(ModelVersionRow.name == name)
    return list(connection.scalars(query))


def versions_of_weights(connection: Connection, sha256: str) -> list[int]:
    """Ids of the versions with these weights."""
    query = select(ModelVersionRow.id).where(ModelVersionRow.weights_sha256 == sha256)
    return list(connection.scalars(query.order_by(ModelVersionRow.id)))


def read_metrics(connection: Connection, version_id: int) -> list[MetricValue]:
    """The figures that were computed when the version was trained, in their order."""
    columns = [getattr(MetricRow, field) for field in MetricValue.__dataclass_fields__]
    query = select(*columns).where(
        MetricRow.model_version_id == version_id, MetricRow.evaluation_id.is_(None)
    )
    return [MetricValue(*row) for row in connection.execute(query.order_by(MetricRow.id))]


def read_weights(connection: Connection, version_id: int) -> bytes:
    """The safetensors bytes of a version; whoever loads them checks the sha256."""
    return connection.execute(
        select(ModelVersionRow.weights).where(ModelVersionRow.id == version_id)
    ).scalar_one()


_MOST_DIGITS = 18  # of a bigint
_NAMES = select(ModelVersionRow.name, ModelVersionRow.version).order_by(
    ModelVersionRow.name, ModelVersionRow.version
)
_ALIASES = text("select alias from model_alias where valid_to is null order by alias")
_SELECT = select(
    ModelVersionRow.id,
    ModelVersionRow.name,
    ModelVersionRow.version,
    ModelVersionRow.target,
    ModelVersionRow.kind,
    ModelVersionRow.spec_id,
    ModelVersionRow.palette,
    ModelVersionRow.architecture,
    ModelVersionRow.weights_sha256,
    ModelVersionRow.policy,
    ModelVersionRow.policy_version,
    ModelVersionRow.property_source,
    ModelVersionRow.at_least,
    ModelVersionRow.snapshot_digest,
    ModelVersionRow.split,
    ModelVersionRow.seed,
    ModelVersionRow.code_version,
    ModelVersionRow.card,
    ModelVersionRow.trained_on_synthetic,
    ModelVersionRow.created_at,
    VoxelSpecRow.edge,
    VoxelSpecRow.spacing,
    VoxelSpecRow.radii,
    VoxelSpecRow.hydrogens,
    VoxelSpecRow.version.label("spec_version"),
).join(VoxelSpecRow, VoxelSpecRow.id == ModelVersionRow.spec_id)


def _version(row: Row[Any]) -> ModelVersion:
    values = dict(row._mapping)  # noqa: SLF001 - the public name of SQLAlchemy's row mapping
    spec = VoxelSpec(
        edge=values.pop("edge"),
        spacing=values.pop("spacing"),
        radii=values.pop("radii"),
        hydrogens=values.pop("hydrogens"),
        version=values.pop("spec_version"),
    )
    return ModelVersion(spec=spec, kind=Kind(values.pop("kind")), **values)
