"""Cluster: the Dask workers that score, started here or already running elsewhere."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from distributed import Client, LocalCluster

from screening.errors import ClusterError

_CONNECT_TIMEOUT_S = 10


@contextmanager
def open_client(scheduler: str | None, workers: int | None, device: str) -> Iterator[Client]:
    """A client of the scheduler at *scheduler*, or of a cluster on this machine.

    The local cluster has one worker a GPU, or else one single-threaded worker a core.
    """
    # A task's error reaches the driver itself; the workers' own account of it only repeats it.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=_CONNECT_TIMEOUT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterError(
                f"no Dask scheduler answers at {scheduler}: {error}; "
                "start one with `dask scheduler` or leave --scheduler out"
            ) from error
        with client:
            yield client
        return
    if workers is None:
        workers = torch.cuda.device_count() if device == "cuda" else os.cpu_count() or 1
    with (
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
            # The driver hears of each death at once and counts by itself.
            scheduler_kwargs={"allowed_failures": 0},
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client
