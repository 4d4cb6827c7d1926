"""`smmdb model`: trained versions, their worth, names and files; one file a group of commands."""

import click

from cli.model.alias import alias
from cli.model.checking import leakage, permutation
from cli.model.comparing import compare
from cli.model.listing import list_, show
from cli.model.rediscovering import rediscovery
from cli.model.transfer import export, import_


@click.group(
    short_help="Trained versions: what each is worth, aliases, files.",
    epilog="""\b
From a training to what a group relies on:
  smmdb model list                        every version beside its baseline
  smmdb model show spin:3                 one in full
  smmdb model compare spin:2 spin:3       on complexes new to both
  smmdb model leakage spin:3              is the test near the training?
  smmdb model permutation spin:3          what would chance alone find?
  smmdb model alias production spin:3     what others name without a version
  smmdb model rediscovery production --prevalence 0.1
  smmdb model export production spin.safetensors
""",
)
def model() -> None:
    """Trained versions: what each is worth, aliases, files.

    A version never changes. Wherever a command takes NAME[:VERSION], an alias is
    taken too.
    """


for command in (
    list_,
    show,
    compare,
    leakage,
    permutation,
    rediscovery,
    alias,
    export,
    import_,
):
    model.add_command(command)
