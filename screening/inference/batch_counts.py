"""BatchCounts: what tasks did, as their workers tell the driver."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """What one task did, or several together.

    skipped: scored by another run meanwhile. seconds: inside the task. device_seconds: for which
    a device was there since it was last told of, and busy_seconds: in which it computed. probes:
    of workers that have chosen their mode, as JSON values: a driver knows nothing of torch.
    lost_workers: that died, or were not heard of any more, with a task of theirs.
    """

    done: int
    failed: int
    skipped: int
    seconds: float = 0.0
    device_seconds: float = 0.0
    busy_seconds: float = 0.0
    probes: tuple[dict[str, Any], ...] = ()
    lost_workers: int = 0

    def __add__(self, other: "BatchCounts") -> "BatchCounts":
        return BatchCounts(
            self.done + other.done,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.seconds + other.seconds,
            self.device_seconds + other.device_seconds,
            self.busy_seconds + other.busy_seconds,
            self.probes + other.probes,
            self.lost_workers + other.lost_workers,
        )

    @property
    def waited_share(self) -> float:
        """Share of the time, from 0 to 1, that devices waited for grids, between tasks too."""
        if not self.device_seconds:
            return 0.0
        return max(0.0, 1 - self.busy_seconds / self.device_seconds)

    def measured(self, seconds: float) -> dict[str, Any]:
        """What a run that took *seconds* measured, as JSON values."""
        return {
            "seconds": round(seconds, 3),
            "complexes_per_second": round(self.done / seconds, 1) if seconds else None,
            "device_seconds": round(self.device_seconds, 3),
            "device_waited_share": round(self.waited_share, 4),
            "lost_workers": self.lost_workers,
        }
