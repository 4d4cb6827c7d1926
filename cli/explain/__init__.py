"""`smmdb explain`: which atoms drive a score, and where a model looks on the whole."""

from pathlib import Path
from typing import Literal

import click

from cli.console import open_progress
from cli.explain.checked import print_check
from cli.explain.complex import print_explained, write_xyz
from cli.output import Format, output_options
from cli.report_file import overwrite_option
from cli.session import open_engine


@click.command(
    short_help="Tell which atoms drive a score.",
    epilog="""\b
Examples:
  smmdb explain ABCDEF01 --model spin
  smmdb explain ABCDEF01 --model spin:2 --method gradients --top 20
  smmdb explain ABCDEF01 --model spin --xyz abcdef01.xyz   for OVITO, ASE
  smmdb explain --model spin --check                      on the whole
  smmdb explain --model spin --check --sample 50 --format csv
""",
)
@click.argument("identifier", metavar="[REFCODE|COD-ID|NAME]", required=False)
@click.option(
    "--model",
    required=True,
    metavar="NAME[:VERSION]",
    help="Whose score; without a version its newest one.",
)
@click.option(
    "--method",
    type=click.Choice(["occlusion", "gradients"]),
    default="occlusion",
    show_default=True,
    help="Take each atom away and draw the rest again, or integrate gradients.",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Atoms in the table; CSV and JSON have all.",
)
@click.option(
    "--xyz",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the atoms as extended xyz with the importance as a column.",
)
@overwrite_option
@click.option(
    "--check",
    "checked",
    is_flag=True,
    help="Not one complex but a sample of the test part: does the model look at the metals?",
)
@click.option(
    "--sample",
    type=click.IntRange(min=2),
    default=200,
    show_default=True,
    help="Complexes that --check looks at.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the sample of --check.")
@click.option(
    "--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True
)
@output_options
def explain(
    identifier: str | None,
    model: str,
    method: Literal["occlusion", "gradients"],
    top: int,
    xyz: Path | None,
    overwrite: bool,
    checked: bool,
    sample: int,
    seed: int,
    device: str,
    output_format: Format,
) -> None:
    """Tell which atoms, ligands and shells drive the score of a complex.

    An importance is a share of the log-odds of the score: +0.7 doubles the odds,
    -0.7 halves them. It tells what the model reacts to, which need not be a cause in
    nature. Each explanation is computed once and stored (docs/explain.md).
    """
    if checked == (identifier is not None):
        raise click.UsageError("name one complex, or ask for --check without one.")
    if checked:
        if method != "occlusion" or xyz is not None:
            raise click.UsageError("--check looks by occlusion and writes no xyz.")
        _check(model, sample, seed, device, output_format)
        return
    from screening.explain import explain as run_explain
    from screening.new_file import check_free

    if xyz is not None:
        check_free(xyz, overwrite=overwrite)
    assert identifier is not None
    with open_engine() as engine:
        found = run_explain(engine, identifier, model, method=method, device=device)
    if xyz is not None:
        write_xyz(found, xyz, overwrite=overwrite)
    print_explained(found, output_format, top)


def _check(model: str, sample: int, seed: int, device: str, output_format: Format) -> None:
    from screening.explain_check import check

    with open_engine() as engine:
        found = check(
            engine, model, sample=sample, seed=seed, device=device, progress=open_progress()
        )
    print_check(found, output_format)
