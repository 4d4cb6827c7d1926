"""TunedPredictor: a predictor run in the mode that suits its device, within its memory."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from screening.inference.mode import SAFE_MODE, Mode
from screening.network.predictor import Predictor, Scores

_NO_MEMORY: Final = ("can't allocate memory", "not enough memory", "bad_alloc", "out of memory")

Compile = Callable[[Callable[..., Any]], Callable[..., Any]]


def compile_for_one_size(function: Callable[..., Any]) -> Callable[..., Any]:
    """torch.compile for batches that all have one shape."""
    compiled: Callable[..., Any] = torch.compile(function, dynamic=False)
    return compiled


class TunedPredictor:
    """Scores views as its mode says.

    When memory runs out it halves its batches, for good; a score that is no number in lower
    precision is tried again in float32.
    """

    def __init__(
        self,
        predictor: Predictor,
        mode: Mode = SAFE_MODE,
        compile_: Compile = compile_for_one_size,
    ) -> None:
        self.mode = mode
        self._plain = predictor
        self._predictor = predictor.compiled(compile_) if mode.compiled else predictor

    def score(self, views: NDArray[np.integer]) -> Scores:
        """Score molecules by their views (n, k, d, d, d); errors as of `Predictor.score`.

        Raises:
            MemoryError: memory does not suffice for a single view.
        """
        while True:
            try:
                return self._score(views)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                smaller = min(self.mode.batch, max(1, views.shape[0] * views.shape[1])) // 2
                if not smaller:
                    raise MemoryError(f"not enough memory for one view: {error}") from error
                self.mode = replace(self.mode, batch=smaller)
            if torch.cuda.is_available():
                torch.cuda.empty_cache()

    def score_safely(self, views: NDArray[np.integer]) -> Scores:
        """Score in float32 and uncompiled, whatever the mode."""
        return self._plain.score(views, batch_size=self.mode.batch)

    def _score(self, views: NDArray[np.integer]) -> Scores:
        with self._precision():
            # Compiled for one shape, so no batch may be smaller.
            return self._predictor.score(
                views, batch_size=self.mode.batch, whole=self.mode.compiled
            )

    def _precision(self) -> AbstractContextManager[Any]:
        if self.mode.precision == "float32":
            return nullcontext()
        dtype = getattr(torch, self.mode.precision)
        return torch.autocast(self._plain.device.type, dtype=dtype)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error of torch or Python says that memory ran out; torch has no type for a CPU."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error) for text in _NO_MEMORY)
