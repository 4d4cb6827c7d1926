"""BatchSystem: Dask workers as jobs of Slurm, PBS and others, described in a file."""

import tomllib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Final

import yaml
from distributed import Client

from screening.errors import ClusterError, InputError
from screening.progress import Progress

_CLASSES: Final = {
    "slurm": "dask_jobqueue:SLURMCluster",
    "pbs": "dask_jobqueue:PBSCluster",
    "sge": "dask_jobqueue:SGECluster",
    "lsf": "dask_jobqueue:LSFCluster",
    "oar": "dask_jobqueue:OARCluster",
    "htcondor": "dask_jobqueue:HTCondorCluster",
    "moab": "dask_jobqueue:MoabCluster",
    "local": "dask_jobqueue.local:LocalCluster",
}
"""Names of batch systems and their classes; `local` runs the jobs on this machine,
to try a file."""

_OPTIONS: Final = {
    "cores": int,
    "memory": str,
    "processes": int,
    "walltime": str,
    "queue": str,
    "account": str,
    "interface": str,
    "local_directory": str,
    "shared_temp_directory": str,
    "log_directory": str,
    "python": str,
    "security": bool,
    "death_timeout": int,
    "job_extra_directives": list,
    "job_script_prologue": list,
    "worker_extra_args": list,
}
"""Of a job, as dask_jobqueue names them, and their types."""

_NEEDED: Final = ("cores", "memory")
_WAIT_HOURS: Final = 24.0


@dataclass(frozen=True, slots=True)
class BatchSystem:
    """A batch system and what to ask it for.

    jobs: how many; each holds one worker unless its options say otherwise. wait_hours: for the
    first of them to start.
    """

    kind: str
    jobs: int
    wait_hours: float
    options: Mapping[str, Any]

    def open(self) -> AbstractContextManager[Any]:
        """Start a scheduler here and hand in the jobs.

        Raises:
            InputError: dask_jobqueue is not installed, or does not take the options.
            ClusterError: the batch system takes no job.
        """
        try:
            cluster_class = resolve_name(_CLASSES[self.kind])
        except ImportError as error:
            raise InputError(
                "--cluster needs dask-jobqueue: pip install 'smmdb[jobqueue]'"
            ) from error
        try:
            # security: a certificate for this run, given to the jobs in shared_temp_directory.
            cluster: AbstractContextManager[Any] = cluster_class(
                n_workers=0,
                scheduler_options={"allowed_failures": 0, "dashboard_address": ":0"},
                **{"processes": 1, **self.options},
            )
        except ImportError as error:
            raise InputError(f"{error} (pip install cryptography)") from error
        except (TypeError, ValueError) as error:
            raise InputError(f"{self.kind} does not take these options: {error}") from error
        try:
            cluster.scale(jobs=self.jobs)  # type: ignore[attr-defined]
        except (OSError, RuntimeError) as error:
            raise ClusterError(f"{self.kind} takes no job: {error}") from error
        return cluster

    def await_worker(self, client: Client, progress: Progress) -> None:
        """Wait for the first job to start: there may be a queue before it."""
        progress.note(f"{self.jobs} jobs handed to {self.kind}: waiting for the first to start")
        try:
            client.wait_for_workers(1, timeout=self.wait_hours * 3600)
        except TimeoutError as error:
            raise ClusterError(
                f"no job of {self.kind} has started within {self.wait_hours:g} h; look at its queue"
                " and at the jobs' own output, then give the same command again"
            ) from error


def read_batch_system(file: Path) -> BatchSystem:
    """Read a TOML or YAML file: `system`, `jobs`, `wait_hours`, and `options` of a job.

    Raises:
        InputError: naming the file and what is wrong with it.
    """
    try:
        given = _parse(file)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is no {file.suffix[1:].upper()}: {error}") from error
    if not isinstance(given, dict):
        raise InputError(f"{file} does not hold names with values")
    system, jobs = given.pop("system", None), given.pop("jobs", None)
    wait_hours, options = given.pop("wait_hours", _WAIT_HOURS), given.pop("options", {})
    if system not in _CLASSES:
        raise InputError(f"{file}: system is one of {', '.join(_CLASSES)}, not {system!r}")
    if type(jobs) is not int or jobs < 1:
        raise InputError(f"{file}: jobs is a whole number from 1, not {jobs!r}")
    if not isinstance(wait_hours, int | float) or not wait_hours > 0:
        raise InputError(f"{file}: wait_hours is a number above 0, not {wait_hours!r}")
    if given:
        raise InputError(f"{file}: {', '.join(map(str, given))} is not known here")
    _check_options(file, options)
    return BatchSystem(system, jobs, float(wait_hours), options)


def _parse(file: Path) -> Any:
    if file.suffix == ".toml":
        return tomllib.loads(file.read_text(encoding="utf-8"))
    if file.suffix in (".yaml", ".yml"):
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    raise InputError(f"{file}: a cluster is described in a .toml or a .yaml file")


def _check_options(file: Path, options: Any) -> None:
    if not isinstance(options, dict):
        raise InputError(f"{file}: options holds names with values")
    for name in _NEEDED:
        if name not in options:
            raise InputError(f"{file}: options needs {name}, of one job")
    for name, value in options.items():
        if name not in _OPTIONS:
            raise InputError(f"{file}: options has no {name}; there are {', '.join(_OPTIONS)}")
        if type(value) is not _OPTIONS[name]:
            raise InputError(f"{file}: {name} is of type {_OPTIONS[name].__name__}, not {value!r}")
