"""Worker imports: what a worker needs, imported and made ready once, before any is forked."""

import atexit
import ctypes
import os
import signal
from importlib import import_module
from typing import Final

from screening.inference.nursery import PARENT

_MODULES: Final = (
    "screening.inference.scorer",
    "sqlalchemy.dialects.postgresql.psycopg",
    "distributed.nanny",
)
_ONE_THREAD: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""As Dask sets them for a worker that it spawns; torch is told its count by the Scorer."""
_PR_SET_PDEATHSIG: Final = 1


def _import_all() -> None:
    # A nursery looks after its parent only when it has imported all, on a busy machine much later.
    _end_with_parent(signal.SIGKILL)
    parent = os.getppid()
    if parent != int(os.environ.pop(PARENT, parent)):
        os._exit(0)
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    for name in _MODULES:
        import_module(name)
    _compute_once()
    atexit.register(os._exit, 0)  # in order it would take torch a second, on the user's terminal
    _end_with_parent(0)  # to Linux that is the thread that started it, which may end before


def _end_with_parent(number: int) -> None:
    """Have Linux send this process a signal when its parent ends; 0: none."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def _compute_once() -> None:
    """What numba compiled takes it half a second to load."""
    # Imported here, after the environment is set: numpy counts its threads then.
    import numpy as np  # noqa: PLC0415

    from screening.elements import MAX_ATOMIC_NUMBER  # noqa: PLC0415
    from screening.network.element_stem import ElementStem  # noqa: PLC0415
    from screening.voxel.molecules import pack  # noqa: PLC0415
    from screening.voxel.spec import DEFAULT_SPEC, EDGES  # noqa: PLC0415
    from screening.voxel.views import Views  # noqa: PLC0415

    iron = (np.array([26], dtype=np.int16), np.zeros((1, 3), dtype=np.float32))
    weight = np.zeros((1, 1, 1, MAX_ATOMIC_NUMBER + 1, 1), dtype=np.float32)
    for edges in EDGES:
        views = Views("atoms", 1, DEFAULT_SPEC, edges=edges).draw(pack([iron]))
        ElementStem(weight, weight[0, 0, 0, 0], 1)(views[0])


_import_all()
