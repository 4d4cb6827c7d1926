"""Estimate: how long a run would take, by a short measurement on every worker."""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from distributed import Client, KilledWorker
from distributed.client import FutureCancelledError

from screening.errors import ClusterError
from screening.inference.drive import await_workers
from screening.inference.scorer_plugin import ScorerPlugin, probe_worker
from screening.progress import Progress
from screening.store.key_ranges import KeyRanges

if TYPE_CHECKING:
    from screening.inference.probe import Probe

_MEASURED = 64  # complexes that each worker looks at


@dataclass(frozen=True, slots=True)
class Estimate:
    """What each worker found; rate: complexes a second of all together; seconds: for all."""

    probes: "tuple[Probe, ...]"
    rate: float
    seconds: float


def estimate(
    client: Client, plugin: ScorerPlugin, pending: KeyRanges, progress: Progress
) -> Estimate:
    """Let all workers measure at once, as they would work; nothing is stored.

    Raises:
        ClusterError: no worker is there, or one was lost while it measured.
    """
    await_workers(client, progress)
    client.register_plugin(plugin)
    try:
        workers = client.scheduler_info(n_workers=-1)["workers"]
        futures = [
            client.submit(
                probe_worker, pending[:_MEASURED], plugin.name, workers=[worker], pure=False
            )
            for worker in workers
        ]
        probes = tuple(client.gather(futures))
    except (FutureCancelledError, KilledWorker) as error:
        raise ClusterError(
            "a worker or the scheduler was lost while it measured; nothing was stored, give the"
            " same command again"
        ) from error
    finally:
        with suppress(OSError, TimeoutError):  # of a lost scheduler
            client.unregister_worker_plugin(plugin.name)
    rate = sum(probe.rate for probe in probes)
    return Estimate(probes, rate, len(pending) / rate)
