"""`smmdb property`: measured or computed values of complexes, with unit, method and source."""

import click

from cli.property.importing import import_
from cli.property.listing import export, list_, show
from cli.property.withdrawing import withdraw


@click.group(
    "property",
    short_help="Measured or computed values of complexes.",
    epilog="""\b
Example:
  smmdb property import ground_spin.csv --id refcode --column multiplicity_ge_4 \\
      --source "TM-GSspinPlus" --method "DFT, ground-state multiplicity" --dry-run
  smmdb property list
""",
)
def property() -> None:  # noqa: A001 - the name of the command
    """Measured or computed values of complexes, each with unit, method and source."""


for command in (import_, list_, show, export, withdraw):
    property.add_command(command)
