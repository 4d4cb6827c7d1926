"""The nursery: what is known there, when it ends, and that the command needs no torch for it."""

import subprocess
import sys
import time

import psutil
import pytest
import torch

from screening.errors import ClusterError, InputError
from screening.inference.nursery import ask

HASTY = """
import psutil
from screening.inference.nursery import open_nursery
open_nursery()
print(*(child.pid for child in psutil.Process().children()))
"""

INTERRUPTED = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # in a script's background it is ignored
from screening.inference.nursery import ask, open_nursery
open_nursery()
try:
    os.killpg(0, signal.SIGINT)
    signal.pause()
except KeyboardInterrupt:
    print(ask("operator:add", 1, 2))
"""


def run(code):
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)


def test_predict_itself_imports_no_torch():
    told = run("import sys, screening.predict; print('torch' in sys.modules)")
    assert told.stdout.strip() == "False"


def test_a_nursery_ends_with_its_command_though_it_still_imports():
    began = time.monotonic()
    pids = [int(pid) for pid in run(HASTY).stdout.split()]
    assert len(pids) == 2, "the nursery and Python's tracker of resources"
    while any(map(psutil.pid_exists, pids)):
        assert time.monotonic() - began < 20
        time.sleep(0.05)


def test_ctrl_c_is_not_for_the_nursery_even_while_it_imports():
    command = [sys.executable, "-c", INTERRUPTED]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, start_new_session=True, timeout=120
    )
    assert (done.stdout, done.stderr) == ("3\n", "")


def test_an_answer_and_an_error_come_from_a_process_of_the_nursery():
    assert ask("operator:add", 1, 2) == 3
    assert ask("os:getppid") in {child.pid for child in psutil.Process().children()}
    if not torch.cuda.is_available():
        with pytest.raises(InputError, match="torch sees no GPU here"):
            ask("screening.network.device:pick_device", "cuda")


def test_a_process_that_is_killed_is_said():
    with pytest.raises(ClusterError, match="give the same command again"):
        ask("os:_exit", 1)
