"""Model card: all that is known of a version beside its weights, as it travels in a model file."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from screening.store.example_keys import ExampleKeys
from screening.store.models import MetricValue, ModelVersion
from screening.voxel.spec import VoxelSpec

ORIGIN: Final = "imported"
"""Part of a version's card that says where it came from, when it was trained elsewhere."""
AS_STORED: Final = (
    "target",
    "kind",
    "policy",
    "policy_version",
    "property_source",
    "at_least",
    "palette",
    "architecture",
    "weights_sha256",
    "snapshot_digest",
    "split",
    "seed",
    "code_version",
    "card",
    "trained_on_synthetic",
)
"""Columns of `model_version` that stand in the file under their own names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A version as it was where it was trained; its fields are those of `ModelVersion`.

    stored: the columns of `model_version` that are the same in every database.
    """

    name: str
    version: int
    trained_at: datetime
    spec: VoxelSpec
    stored: dict[str, Any]
    metrics: tuple[MetricValue, ...]
    examples: tuple[ExampleKeys, ...]

    @property
    def architecture(self) -> dict[str, Any]:
        """What the network is built of."""
        return cast("dict[str, Any]", self.stored["architecture"])

    @property
    def palette(self) -> str:
        """Name of the palette."""
        return str(self.stored["palette"])

    @property
    def weights_sha256(self) -> str:
        """sha256 of the weights, in hex."""
        return str(self.stored["weights_sha256"])

    @property
    def card(self) -> dict[str, Any]:
        """How it was trained and what it reached there."""
        return cast("dict[str, Any]", self.stored["card"])

    @property
    def label(self) -> str:
        """What it was called where it was trained."""
        return f"{self.name}:{self.version}"

    @property
    def digest(self) -> str:
        """sha256 of everything but the name: the same version has it in every database."""
        own = self.to_json()
        del own["name"], own["version"]
        return hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "name": self.name,
            "version": self.version,
            "trained_at": self.trained_at.astimezone(UTC).isoformat(),
            "spec": asdict(self.spec),
            **self.stored,
            "metrics": [list(asdict(metric).values()) for metric in self.metrics],
            "examples": [
                [*list(asdict(one).values())[:3], " ".join(one.metals), one.part, one.answer]
                for one in self.examples
            ],
        }

    @classmethod
    def of_version(
        cls,
        version: ModelVersion,
        metrics: tuple[MetricValue, ...],
        examples: tuple[ExampleKeys, ...],
    ) -> "ModelCard":
        """The card of a stored version, without where it came from."""
        stored = {column: getattr(version, column) for column in AS_STORED}
        stored["card"] = {key: value for key, value in version.card.items() if key != ORIGIN}
        origin = version.card.get(ORIGIN, {"name": version.name, "version": version.version})
        return cls(
            name=origin["name"],
            version=origin["version"],
            trained_at=version.created_at,
            spec=version.spec,
            stored=stored,
            metrics=metrics,
            examples=examples,
        )
