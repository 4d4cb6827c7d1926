"""A few of the inputs of the fuzz target; all of them take `python benchmarks/fuzz.py`."""

import subprocess
import sys
from pathlib import Path

FUZZ = Path(__file__).parents[2] / "benchmarks" / "fuzz.py"
DEADLY = """
import os, sys, time
import screening.crystal.read as read
whole, count = read.read_file, iter(range(100))
def deadly(data, name):
    number = next(count) - 1  # the first call is the warming up
    if sys.argv[sys.argv.index("--child") + 1] == "0" and number == 3:
        os.abort()
    if number == 5:
        time.sleep(60)
    if number == 2:
        raise ZeroDivisionError("made up")
    return whole(data, name)
read.read_file = deadly
"""


def fuzz(inputs: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, FUZZ, "--inputs", str(inputs)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_three_hundred_inputs_find_nothing():
    found = fuzz(300)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "inputs: 300 " in found.stdout
    assert "crashes: 0, hangs over 5 s: 0, faults: 0" in found.stdout


def test_crashes_hangs_and_faults_are_found(tmp_path, monkeypatch):
    hook = f"import sys\nif '--child' in sys.argv:\n    exec({DEADLY!r})\n"
    (tmp_path / "sitecustomize.py").write_text(hook)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = fuzz(12)
    assert found.returncode == 1, found.stdout + found.stderr
    assert "inputs: 12 " in found.stdout
    # after the crash at 3 a new process counts from 4, and after the hang at 9 one from 10
    assert "crashes: 1, hangs over 5 s: 1, faults: 2" in found.stdout
    assert "input 3: exit status -6" in found.stdout
    assert "input 9: hang" in found.stdout
    for number in (2, 6):
        assert f"input {number}: raised ZeroDivisionError('made up')" in found.stdout
