"""Real processes for acceptance tests: the program itself, a server over TCP, Dask."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from screening.store.embedded import EmbeddedServer

PASSWORD = "p@ss%w/rd: 1?"  # every sign that a URL holds against it


def smmdb_command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from cli.main import main; main()", *arguments]


def environment(**given: str) -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if "SMMDB" not in key} | given


def run_smmdb(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        smmdb_command(*arguments), env=env, capture_output=True, text=True, timeout=280, check=False
    )


def start_smmdb(*arguments: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        smmdb_command(*arguments), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def wait_until(happens: Callable[[], bool], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            raise TimeoutError(f"did not happen within {seconds} s")
        time.sleep(0.02)


def kill_hard(process: subprocess.Popen[bytes]) -> None:
    """Kill -9 the process alone; its children must see by themselves that it is gone."""
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(children, timeout=30)
    orphans = [child for child in alive if child.status() != psutil.STATUS_ZOMBIE]
    assert orphans == [], "children outlive the killed parent"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def tcp_server() -> Iterator[tuple[str, int]]:
    """A PostgreSQL started by hand that listens on TCP and asks for PASSWORD: (host, port)."""
    home = Path(tempfile.mkdtemp(prefix="smmdb-tcp-"))
    home.chmod(0o755)
    embedded = EmbeddedServer(home)  # only for its binaries and its user
    data, secret, port = home / "data", home / "secret", free_port()
    secret.write_text(PASSWORD + "\n")
    if embedded.user.is_demoted:
        os.chown(home, embedded.user.uid, embedded.user.gid)
        os.chown(secret, embedded.user.uid, embedded.user.gid)

    def pg(program: str, *arguments: str) -> None:
        with (home / "log").open("ab") as log:
            command = [str(embedded.bin_dir / program), *arguments]
            done = embedded.user.run(command, data, log)
        assert done.returncode == 0, (home / "log").read_text()

    pg("initdb", "--username=smmdb", f"--pwfile={secret}", "--auth=scram-sha-256", "--no-sync")
    options = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
    pg("pg_ctl", "start", "-s", "-w", "-o", options)
    try:
        yield "127.0.0.1", port
    finally:
        pg("pg_ctl", "stop", "-s", "-w", "-m", "fast")
        shutil.rmtree(home)
