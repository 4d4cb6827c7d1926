"""Clusters: files that describe batch systems, certificates, how many workers a machine carries."""

import importlib.util
import os

import pytest
from distributed import Client

from screening.errors import ClusterError, InputError
from screening.inference.batch_system import read_batch_system
from screening.inference.cluster import ClusterChoice, TlsFiles, open_cluster, workers_for
from screening.progress import SILENT

SLURM_TOML = """
system = "slurm"
jobs = 8
[options]
cores = 4
memory = "16GB"
queue = "gpu"
walltime = "02:00:00"
job_extra_directives = ["--gres=gpu:1"]
"""
SLURM_YAML = """
system: slurm
jobs: 8
options: {cores: 4, memory: 16GB, queue: gpu, walltime: '02:00:00',
          job_extra_directives: [--gres=gpu:1]}
"""

LOCAL_TOML = """
system = "local"
jobs = 1
[options]
cores = 1
memory = "1GB"
interface = "lo"
"""


def write(tmp_path, text, name="cluster.toml"):
    file = tmp_path / name
    file.write_text(text)
    return file


def test_toml_and_yaml_say_the_same(tmp_path):
    system = read_batch_system(write(tmp_path, SLURM_TOML))
    assert system == read_batch_system(write(tmp_path, SLURM_YAML, "cluster.yaml"))
    assert (system.kind, system.jobs, system.wait_hours) == ("slurm", 8, 24.0)
    assert system.options["queue"] == "gpu"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("system = [", "is no TOML"),
        ('system = "cray"\njobs = 1', "system is one of slurm"),
        ('system = "slurm"', "jobs is a whole number"),
        ('system = "slurm"\njobs = 0', "jobs is a whole number"),
        ('system = "slurm"\njobs = 1\nwait_hours = -1', "wait_hours"),
        ('system = "slurm"\njobs = 1\nnodes = 2', "nodes is not known"),
        ('system = "slurm"\njobs = 1\n[options]\ncores = 1', "options needs memory"),
        (SLURM_TOML + "gpus = 1", "options has no gpus; there are cores"),
        (SLURM_TOML.replace("cores = 4", 'cores = "4"'), "cores is of type int"),
        (SLURM_TOML.replace("cores = 4", "cores = true"), "cores is of type int"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path, text, told):
    file = write(tmp_path, text)
    with pytest.raises(InputError, match=told) as caught:
        read_batch_system(file)
    assert str(file) in str(caught.value)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_batch_system(tmp_path / "none.toml")
    with pytest.raises(InputError, match=r"\.toml or a \.yaml"):
        read_batch_system(write(tmp_path, "x", "cluster.ini"))


@pytest.mark.skipif(
    importlib.util.find_spec("dask_jobqueue") is None, reason="dask-jobqueue is not installed"
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of its local jobs
def test_jobs_ask_for_what_the_file_says_and_work(tmp_path):
    from dask_jobqueue import SLURMCluster

    system = read_batch_system(write(tmp_path, SLURM_TOML))
    own = {"processes": 1, "scheduler_options": {"dashboard_address": ":0"}}
    with SLURMCluster(n_workers=0, **own, **system.options) as cluster:
        script = cluster.job_script()
    for line in ("#SBATCH -p gpu", "#SBATCH --gres=gpu:1", "#SBATCH -t 02:00:00"):
        assert line in script
    assert "--nworkers" not in script
    opened = read_batch_system(write(tmp_path, LOCAL_TOML)).open()
    with opened as cluster, Client(cluster, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=60)
        assert client.submit(sum, [1, 2]).result() == 3


@pytest.mark.skipif(
    importlib.util.find_spec("dask_jobqueue") is not None, reason="dask-jobqueue is installed"
)
def test_without_dask_jobqueue_the_way_to_get_it_is_said(tmp_path):
    system = read_batch_system(write(tmp_path, SLURM_TOML))
    with pytest.raises(InputError, match=r"pip install 'smmdb\[jobqueue\]'"):
        system.open()


def test_a_tls_address_needs_certificates(tmp_path):
    with (
        pytest.raises(InputError, match="needs certificates: give --tls-ca"),
        open_cluster(ClusterChoice("tls://127.0.0.1:1"), "cpu", SILENT),
    ):
        pass
    missing = TlsFiles(tmp_path / "ca", tmp_path / "cert", tmp_path / "key")
    with (
        pytest.raises(InputError, match="there is no file"),
        open_cluster(ClusterChoice("tls://127.0.0.1:1", missing), "cpu", SILENT),
    ):
        pass


@pytest.mark.parametrize(
    ("cores", "gibibytes", "workers"), [(1, 1, 1), (2, 24, 2), (64, 24, 16), (8, 0.5, 1)]
)
def test_workers_fit_the_cores_and_the_memory(cores, gibibytes, workers):
    assert workers_for(cores, int(gibibytes * 2**30)) == workers


@pytest.mark.parametrize("address", ["nowhere", "http://host:8786", "tcp://host"])
def test_what_is_no_address_is_said_at_once(address):
    with (
        pytest.raises(InputError, match="is no address of a Dask scheduler"),
        open_cluster(ClusterChoice(address), "cpu", SILENT),
    ):
        pass


def end_at_once(**_):
    """As where memory runs out: before Dask hears of the process."""
    os._exit(1)


def test_workers_that_do_not_start_are_said(monkeypatch):
    monkeypatch.setattr("distributed.nanny.WorkerProcess._run", end_at_once)
    with (
        pytest.raises(ClusterError, match=r"could not be started here \(Nanny failed to start"),
        open_cluster(ClusterChoice(workers=1), "cpu", SILENT),
    ):
        pass
