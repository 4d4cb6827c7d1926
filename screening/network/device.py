"""Device: where a network computes."""

import torch

from screening.errors import InputError


def pick_device(wanted: str) -> str:
    """`cuda` or `cpu`; `auto` takes the GPU when there is one. InputError if it is not there."""
    if wanted == "cuda" and not torch.cuda.is_available():
        raise InputError("--device cuda: torch sees no GPU here; use --device auto or cpu")
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return wanted


def thread_count() -> int:
    """Threads of one operation on the CPU; the same weights need the same count."""
    return torch.get_num_threads()
