"""A file that eats memory or time, or meets a fault of the program, costs itself alone."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from small_crystals import small_cif

from screening.chemistry.describe import describe
from screening.crystal.complex import Accepted
from screening.crystal.source import Source
from screening.pool import Limits, read_sources
from screening.reading import read_source
from screening.voxel.spec import DEFAULT_SPEC


class Greedy(Source):
    """A file whose reading takes more memory than there is."""

    __slots__ = ()

    def read(self):
        return b" " * 2**40


class Endless(Source):
    """A file whose reading does not end."""

    __slots__ = ()

    def read(self):
        time.sleep(600)
        return b""


class Toilsome(Source):
    """A file whose reading computes and computes."""

    __slots__ = ()

    def read(self):
        while True:
            pass


class Faulty(Source):
    """A file on which the program itself fails."""

    __slots__ = ()

    def read(self):
        raise ZeroDivisionError("made up")


def read(sources, limits):
    batches = read_sources(sources, DEFAULT_SPEC, {}, 1, limits)
    readings = [reading for batch in batches for reading in batch]
    return {reading.name: reading.blocks[0].verdict.outcome for reading in readings}


def good(name):
    return Source(name, data=small_cif(name, "Dy").encode())


def test_a_known_file_is_only_identified(tmp_path):
    tmp_path.joinpath("there.cif").write_text("data_there")
    sources = [good("AAA"), good("BBB"), Source("there", path=tmp_path / "there.cif")]
    assert sources[0].size() == sources[1].size()
    digest = hashlib.sha256(sources[0].data).hexdigest()
    known = {sources[0].size(): [digest], 10: [hashlib.sha256(b"data_there").hexdigest()]}
    readings = [r for batch in read_sources(sources, DEFAULT_SPEC, known, 1) for r in batch]
    assert [(r.name, r.blocks is None) for r in readings] == [
        ("AAA", True),
        ("BBB", False),
        ("there", True),
    ]
    assert Source("lost", path=tmp_path / "lost.cif").size() == 0


def test_a_file_that_eats_memory_or_meets_a_fault_costs_only_itself():
    # 2.4 million values, which take much more memory than the file has bytes
    swollen = b"data_x\nloop_\n_a\n" + b"1 " * (24 * 10**5)
    sources = [
        good("before"),
        Source("swollen", data=swollen),
        Greedy("greedy"),
        Faulty("faulty"),
        good("after"),
    ]
    outcomes = read(sources, Limits(memory=150 * 2**20))
    assert isinstance(outcomes["before"], Accepted)
    assert isinstance(outcomes["after"], Accepted)
    for name in ("swollen", "greedy"):
        assert outcomes[name].code == "reader_memory"
        assert outcomes[name].reason == "reading took more than 150 MiB of memory"
    assert outcomes["faulty"].code == "internal_error"
    assert outcomes["faulty"].reason == "ZeroDivisionError: made up"


def test_a_fault_of_the_chemistry_costs_one_block(monkeypatch):
    def broken(complex_, *rest):
        if "Dy1" in complex_.labels:
            raise ZeroDivisionError("made up")
        return describe(complex_, *rest)

    monkeypatch.setattr("screening.reading.describe", broken)
    data = (small_cif("a", "Dy") + small_cif("b", "Co")).encode()
    reading = read_source(Source("two.cif", data=data), DEFAULT_SPEC, frozenset())
    assert reading.blocks is not None
    first, second = reading.blocks
    assert first.verdict.outcome.code == "internal_error"
    assert first.verdict.outcome.reason == "ZeroDivisionError: made up"
    assert (len(first.complexes), len(second.complexes)) == (0, 1)


def test_a_file_that_never_ends_costs_its_time():
    outcomes = read([good("before"), Endless("endless")], Limits(clock_seconds=5))
    assert isinstance(outcomes["before"], Accepted)
    assert outcomes["endless"].code == "reader_timeout"
    assert outcomes["endless"].reason == "reading took longer than 5 s by the clock"


def test_a_file_that_computes_for_too_long_costs_its_time():
    outcomes = read([good("before"), Toilsome("toilsome")], Limits(seconds=2))
    assert isinstance(outcomes["before"], Accepted)
    assert outcomes["toilsome"].code == "reader_timeout"
    assert outcomes["toilsome"].reason == "reading took longer than 2 s of the processor's time"


READS_FOR_EVER = """
from test_pool import Endless, read
from screening.pool import Limits

if __name__ == "__main__":
    read([Endless("endless")], Limits())
"""


def test_readers_end_with_a_command_that_is_killed(tmp_path):
    script = tmp_path / "reads.py"
    script.write_text(READS_FOR_EVER)
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1]), *sys.path]
    command = subprocess.Popen(
        [sys.executable, str(script)], env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    )
    try:
        await_true(lambda: any(map(children, children(command.pid))))
        servers = children(command.pid)
        readers = servers + [reader for server in servers for reader in children(server)]
    finally:
        command.send_signal(signal.SIGKILL)
        command.wait()
    await_true(lambda: not any(Path(f"/proc/{reader}").exists() for reader in readers))


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split() + [
        child
        for thread in Path(f"/proc/{pid}/task").iterdir()
        if thread.name != str(pid)
        for child in (thread / "children").read_text().split()
    ]


def await_true(condition):
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.2)


_INTERRUPTED = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # in a script's background it is ignored
from screening.reader_server import start_reader_server

context = start_reader_server()
try:
    os.killpg(0, signal.SIGINT)
    signal.pause()
except KeyboardInterrupt:
    reader = context.Process(target=print, args=("alive",))
    reader.start()
    reader.join()
"""


def test_ctrl_c_is_not_for_the_reader_server_even_while_it_loads():
    command = [sys.executable, "-c", _INTERRUPTED]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, start_new_session=True, timeout=120
    )
    assert (done.stdout, done.stderr) == ("alive\n", "")
