"""Worker imports: what a worker needs, imported and made ready once, before any is forked."""

import atexit
import os
from importlib import import_module
from threading import Event, Thread
from typing import Final

_MODULES: Final = (
    "screening.inference.scorer",
    "sqlalchemy.dialects.postgresql.psycopg",
    "distributed.nanny",
)
_ONE_THREAD: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""As Dask sets them for a worker that it spawns; torch is told its count by the Scorer."""
_LOOK_S: Final = 0.1


def _import_all() -> None:
    parent, is_over = os.getppid(), Event()
    watch = Thread(target=_end_with, args=(parent, is_over), daemon=True)
    watch.start()
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    for name in _MODULES:
        import_module(name)
    _draw_once()
    atexit.register(os._exit, 0)  # in order it would take torch a second, on the user's terminal
    is_over.set()
    watch.join()  # a process with one thread forks safely


def _draw_once() -> None:
    """The first drawing takes numba half a second of loading."""
    # Imported here, after the environment is set: numpy counts its threads then.
    import numpy as np  # noqa: PLC0415

    from screening.voxel.molecules import pack  # noqa: PLC0415
    from screening.voxel.spec import DEFAULT_SPEC  # noqa: PLC0415
    from screening.voxel.views import Views  # noqa: PLC0415

    iron = (np.array([26], dtype=np.int16), np.zeros((1, 3), dtype=np.float32))
    Views("atoms", 1, DEFAULT_SPEC).draw(pack([iron]))


def _end_with(parent: int, is_over: Event) -> None:
    """A nursery looks after its parent only when it has imported all, seconds later."""
    while not is_over.wait(_LOOK_S):
        if os.getppid() != parent:
            os._exit(0)


_import_all()
