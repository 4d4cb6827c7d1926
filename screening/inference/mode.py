"""Mode: how a device runs the networks; every mode gives the same scores within the tolerance."""

from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

Precision = Literal["float32", "float16", "bfloat16"]

_MOST_BYTES: Final = 64 * 2**20
"""Of one batch: four such batches lie in memory that a GPU reads from."""


@dataclass(frozen=True, slots=True)
class Mode:
    """How to run the networks.

    precision: of the convolutions (autocast); the rest is float32.
    compiled: by torch.compile, for batches of one size.
    batch: views at a time.
    """

    precision: Precision = "float32"
    compiled: bool = False
    batch: int = 256

    def __str__(self) -> str:
        compiled = ", compiled" if self.compiled else ""
        return f"{self.precision}{compiled}, {self.batch} views at a time"

    def to_json(self) -> dict[str, Any]:
        """As JSON values, for the settings of a run."""
        return asdict(self)


SAFE_MODE: Final = Mode()
"""What every device can do."""


def modes_for(device_type: str, n_bytes: int) -> tuple[Mode, ...]:
    """What a device is worth trying in, for views that have *n_bytes* each.

    Small batches stay in the cache of a CPU, large ones set its layers up less often. Lower
    precision is for GPUs: a CPU without units for it is 200 times slower.
    """
    if device_type != "cuda":
        return tuple(Mode(batch=batch) for batch in (64, 256))
    batches = [batch for batch in (256, 1024, 4096) if batch * n_bytes <= _MOST_BYTES] or [64]
    precisions: tuple[Precision, ...] = ("float32", "float16", "bfloat16")
    eager = [Mode(precision, batch=batch) for precision in precisions for batch in batches]
    compiled = [Mode(precision, compiled=True, batch=batches[-1]) for precision in precisions]
    return (*eager, *compiled)
