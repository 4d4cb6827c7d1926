"""Options that several of the model commands have."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def device_option(command: F) -> F:
    """Add `--device`, as parameter `device`."""
    return click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda"]),
        default="auto",
        show_default=True,
        help="What networks compute on, where scores are not stored.",
    )(command)
