"""Who it is that enters, decides or cancels: the option `--by`."""

import getpass
from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def by_option(command: F) -> F:
    """Add `--by NAME` to a command, as parameter `by`; by default the user's own name."""
    return click.option(
        "--by",
        metavar="NAME",
        callback=lambda _ctx, _option, value: value or _user_name(),
        help="Who says so, for the history.  [default: your user name]",
    )(command)


def _user_name() -> str:
    """The name of the user; a container may run as a number without one."""
    from screening.errors import InputError

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise InputError("Say who you are: --by NAME") from None
