"""Caretaker: clears the workers of a cluster when the command that uses them dies."""

from distributed import Scheduler, SchedulerPlugin


class Caretaker(SchedulerPlugin):
    """Lives on the scheduler; takes a run's Scorer off the workers when its client is gone.

    Else each killed command would leave a network and a connection on every worker for good.
    """

    def __init__(self, client_id: str, scorer_name: str) -> None:
        self.name = f"caretaker-{scorer_name}"
        self._client_id = client_id
        self._scorer_name = scorer_name

    def remove_client(self, scheduler: Scheduler, client: str) -> None:
        """Called when any client is gone."""
        if client != self._client_id:
            return
        if self._scorer_name in scheduler.worker_plugins:
            scheduler.loop.add_callback(
                scheduler.unregister_worker_plugin, None, name=self._scorer_name
            )
        scheduler.remove_plugin(self.name)
