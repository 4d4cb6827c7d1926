"""A preload of Dask workers that goes wrong on order; the orders are a file, read at every task.

{"slow": seconds each complex takes longer, "poison": [ids that end the process],
 "raise": [ids that raise an error]}
"""

import ctypes
import json
import time
from contextlib import suppress
from pathlib import Path

import dask
from distributed import get_worker
from distributed.chaos import KillWorker

from screening.inference.scorer import Scorer

ORDERS = "faulty-worker.orders"  # in Dask's configuration, which reaches every worker
_score = Scorer.score


def dask_setup(_worker):
    Scorer.score = _score_with_faults


def _score_with_faults(self, complex_ids):
    path = Path(dask.config.get(ORDERS))
    orders = json.loads(path.read_text())
    if "kill" in orders and (kill := _ticket(path, *orders["kill"])) is not None:
        worker = get_worker()
        worker.loop.add_callback(worker.plugin_add, kill)
    time.sleep(orders.get("slow", 0.0) * len(complex_ids))
    if set(orders.get("poison", [])) & set(complex_ids):
        ctypes.string_at(0)  # a segmentation fault
    if set(orders.get("raise", [])) & set(complex_ids):
        raise RuntimeError("this structure is too much")
    return _score(self, complex_ids)


def _ticket(orders, mode, seconds, deaths):
    """Dask's own killer for the first workers that take a task, None for those after them."""
    for number in range(deaths):
        with suppress(FileExistsError):
            orders.with_suffix(f".death-{number}").touch(exist_ok=False)
            return KillWorker(seconds, mode)
    return None
