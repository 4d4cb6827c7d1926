"""`smmdb label`: literature findings in, labels out; one file a group of commands."""

import click

from cli.label.curating import correct, match, withdraw
from cli.label.exporting import export
from cli.label.importing import import_, template
from cli.label.listing import conflicts, list_, show
from cli.label.resolving import policies, resolve


@click.group(
    short_help="Literature findings, and labels made of them.",
    epilog="""\b
A curator's way:
  smmdb label template my.csv           an empty table, its columns explained
  smmdb label import my.csv --dry-run   row by row, what would happen
  smmdb label import my.csv
  smmdb label match                     what waits or is ambiguous
  smmdb label conflicts                 compounds with contradicting findings
  smmdb label withdraw 15 --reason "..."
""",
)
def label() -> None:
    """Literature findings, and the labels that a policy makes of them."""


for command in (
    template,
    import_,
    list_,
    show,
    conflicts,
    match,
    withdraw,
    correct,
    export,
    resolve,
    policies,
):
    label.add_command(command)
