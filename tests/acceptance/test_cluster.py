"""The compose file by hand: PostgreSQL over TCP, a Dask scheduler, two workers, the program."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import yaml
from processes import PASSWORD, environment, free_port, run_smmdb, tcp_server, wait_until
from small_crystals import write_findings, write_small_crystals

REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = ("--field", "12", "--width", "4", "--blocks", "1", "--rotations", "1")


@pytest.fixture
def server():
    with tcp_server() as (host, port):
        with psycopg.connect(
            host=host, port=port, user="smmdb", password=PASSWORD, dbname="postgres"
        ) as connection:
            connection.autocommit = True
            connection.execute("create database smmdb")
        yield f"postgresql://smmdb:{quote(PASSWORD, safe='')}@{host}:{port}/smmdb"


@pytest.fixture
def scheduler(tmp_path):
    """Address of a scheduler with two workers, each a process of its own."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "dask"]
    local = ["--no-dashboard"]
    commands = [[*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), *local]] + [
        [*dask, "worker", address, "--nthreads", "1", "--local-directory", str(tmp_path), *local]
    ] * 2
    with ExitStack() as stack:
        for number, command in enumerate(commands):
            log = stack.enter_context((tmp_path / f"dask-{number}.log").open("wb"))
            process = subprocess.Popen(
                command, env=environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
            stack.callback(process.wait, 30)
            stack.callback(process.terminate)
        log = tmp_path / "dask-0.log"
        wait_until(lambda: log.read_text().count("Register worker") >= 2)
        yield address


@pytest.mark.timeout(900)  # a dozen processes one after the other, on a machine that may be busy
def test_predict_on_a_cluster_over_tcp(server, scheduler, tmp_path):
    env = environment(SMMDB_DATABASE_URL=server)
    names = write_small_crystals(tmp_path / "cif", 48)
    write_findings(tmp_path / "findings.csv", names)

    behind = run_smmdb("ingest", str(tmp_path / "cif"), env=env)
    assert behind.returncode == 3
    assert "smmdb db upgrade" in behind.stderr
    steps = [
        ("db", "upgrade"),
        ("ingest", str(tmp_path / "cif")),
        ("label", "import", str(tmp_path / "findings.csv")),
        ("train", "--name", "far", "--synthetic", "--epochs", "1", *SMALL),
    ]
    for step in steps:
        done = run_smmdb(*step, env=env)
        assert done.returncode == 0, done.stderr
        assert PASSWORD not in done.stdout + done.stderr
    nowhere = f"tcp://127.0.0.1:{free_port()}"
    lost = run_smmdb("predict", "--model", "far", "--scheduler", nowhere, env=env)
    assert lost.returncode == 4
    assert f"no Dask scheduler answers at {nowhere}" in lost.stderr
    assert "Traceback" not in lost.stderr
    done = run_smmdb("predict", "--model", "far", "--scheduler", scheduler, env=env)
    assert "asked 48 = done 48 + failed 0 + skipped 0" in done.stdout
    ranked = run_smmdb("rank", "--metal", "Dy", "--include-labelled", "--format", "csv", env=env)
    assert len(ranked.stdout.splitlines()) == 1 + 12


def test_compose_starts_what_the_test_above_starts():
    services = yaml.safe_load((REPOSITORY / "docker" / "compose.yaml").read_text())["services"]
    assert services["database"]["image"] == "postgres:18"
    assert services["scheduler"]["entrypoint"][:2] == ["dask", "scheduler"]
    for worker in ("worker", "gpu-worker"):
        assert services[worker]["entrypoint"][:2] == ["dask", "worker"]
        assert "SMMDB_DATABASE_URL" in services[worker]["environment"]
    assert services["gpu-worker"]["profiles"] == ["gpu"]
    assert services["upgrade"]["command"] == ["db", "upgrade"]
    image = (REPOSITORY / "docker" / "Dockerfile").read_text()
    for line in image.splitlines():
        if line.startswith("COPY"):
            for source in line.split()[1:-1]:
                assert (REPOSITORY / source).exists(), source
