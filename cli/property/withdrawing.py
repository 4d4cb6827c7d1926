"""`smmdb property withdraw`: values that turned out wrong."""

import click

from cli.output import counted
from cli.person import by_option
from cli.session import open_engine


@click.command(
    short_help="Let values count no more, or again.",
    epilog="""\b
Examples:
  smmdb property withdraw spin 1734 --reason "another polymorph" --by "A. Chemist"
  smmdb property withdraw spin --source "TM-GSspinPlus" --reason "wrong sign, see erratum"
  smmdb property withdraw spin --source "TM-GSspinPlus" --undo
  smmdb property show spin --withdrawn
""",
)
@click.argument("name")
@click.argument("value_id", required=False, type=click.IntRange(1, 2**63 - 1), metavar="[ID]")
@click.option("--source", metavar="TEXT", help="All that this source says of the property.")
@click.option("--reason", metavar="TEXT", help="Why; must be said.")
@click.option("--undo", is_flag=True, help="Let a value count again, or what was last withdrawn.")
@by_option
def withdraw(
    name: str, value_id: int | None, source: str | None, reason: str | None, undo: bool, by: str
) -> None:
    """Withdraw the value ID of the property NAME, or all that a source says of it.

    They match, train and show no more, and stay to be seen with who, when and why.
    Importing the same value again leaves it withdrawn; another value from the same
    source takes its place. Versions that learned from them stay as they are.
    """
    from screening.property_withdrawal import reinstate
    from screening.property_withdrawal import withdraw as run_withdraw

    what = value_id if value_id is not None else source
    if what is None or (value_id is not None and source is not None):
        raise click.UsageError("say what: the ID of a value, or --source TEXT")
    if not undo and not (reason and reason.strip()):
        raise click.UsageError("say why: --reason TEXT")
    with open_engine() as engine:
        if undo:
            n = reinstate(engine, name, what, by=by, reason=reason)
        else:
            n = run_withdraw(engine, name, what, by=by, reason=reason or "")
    if n:
        click.echo(f"{name}: {counted(n, 'value')} {'again counted' if undo else 'withdrawn'}.")
    else:
        state = "is withdrawn" if undo else "counts"
        click.echo(f"{name}: nothing of that {state}, so nothing was changed.")
