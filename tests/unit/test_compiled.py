"""Compiled loops: numba is loaded without what it never needs here."""

import subprocess
import sys


def printed(script: str) -> str:
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_what_reads_files_loads_no_linear_algebra_of_scipy() -> None:
    assert printed("import sys, screening.reading; print('scipy.linalg' in sys.modules)") == "False"


def test_what_was_hidden_can_be_loaded_later() -> None:
    script = "import screening.compiled, scipy.linalg; print(scipy.linalg.det([[2.0]]))"
    assert printed(script) == "2.0"
