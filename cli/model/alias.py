"""`smmdb model alias`: names that move from version to version, with their history."""

import click

from cli.output import Column, Format, output_options, print_rows
from cli.person import by_option
from cli.session import open_engine

_NOW = (
    Column("alias", "Alias", no_wrap=True),
    Column("model", "Version", no_wrap=True),
    Column("valid_from", "Since (UTC)", no_wrap=True),
    Column("set_by", "Set by"),
)
_HISTORY = (
    *_NOW,
    Column("valid_to", "Until (UTC)", no_wrap=True),
    Column("ended_by", "Ended by"),
)


@click.command(
    epilog="""\b
Examples:
  smmdb model alias                             what each alias names
  smmdb model alias production spin:3
  smmdb predict --model production
  smmdb model alias production --history        what it named, and when
  smmdb model alias production --remove
"""
)
@click.argument("alias", required=False)
@click.argument("model", metavar="[NAME[:VERSION]]", required=False)
@click.option("--remove", is_flag=True, help="Let ALIAS name nothing from now on.")
@click.option("--history", is_flag=True, help="List also what was named before, and by whom.")
@by_option
@output_options
def alias(
    alias: str | None,
    model: str | None,
    remove: bool,
    history: bool,
    by: str,
    output_format: Format,
) -> None:
    """Let ALIAS name a version, or list what the aliases name.

    An alias is taken wherever a model is, and moves in one step: a command that runs
    meanwhile goes on with the version that it began with. What it named before stays
    in the history. A model and an alias cannot have the same name.
    """
    from screening.model import list_aliases, remove_alias, set_alias

    if remove and (alias is None or model is not None or history):
        raise click.UsageError("--remove needs an ALIAS and nothing else")
    if history and model is not None:
        raise click.UsageError("--history sets nothing: leave the model out")
    with open_engine() as engine:
        if alias is not None and remove:
            before = remove_alias(engine, alias, by=by)
            click.echo(f"{alias} named {before} and names nothing now.")
        elif alias is not None and model is not None:
            label, was = set_alias(engine, alias, model, by=by)
            moved = "" if was is None else f" (before: {was})"
            click.echo(
                f"{alias} names {label} already." if was == label else f"{alias} -> {label}{moved}"
            )
        else:
            rows = list_aliases(engine, alias, history=history)
            print_rows(rows, _HISTORY if history else _NOW, output_format)
