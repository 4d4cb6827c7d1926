"""An estimate whose workers are lost while they measure."""

import pytest
from distributed import KilledWorker
from distributed.client import FutureCancelledError

from screening.errors import ClusterError
from screening.inference.estimate import estimate
from screening.progress import SILENT


class LostClient:
    """Has one worker, which is gone when its answer is asked for."""

    def __init__(self, error):
        self._error = error
        self.plugins = []

    def scheduler_info(self, n_workers):
        return {"workers": {"tcp://127.0.0.1:1": {"nthreads": 1}}}

    def register_plugin(self, plugin):
        self.plugins.append(plugin.name)

    def unregister_worker_plugin(self, name):
        self.plugins.remove(name)

    def submit(self, *args, **kwargs):
        return object()

    def gather(self, futures):
        raise self._error


class Named:
    name = "scorer"


@pytest.mark.parametrize(
    "error", [FutureCancelledError("key", "lost"), KilledWorker("task", None, 0)]
)
def test_a_worker_lost_while_it_measures_is_said(error):
    client = LostClient(error)
    with pytest.raises(ClusterError, match="lost while it measured") as told:
        estimate(client, Named(), [1, 2], SILENT)
    assert told.value.exit_code == 4
    assert client.plugins == []
