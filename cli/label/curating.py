"""`smmdb label match`, `withdraw` and `correct`: what curators decide."""

import json

import click

from cli.console import tell
from cli.output import Column, Format, output_options, print_rows
from cli.person import by_option
from cli.session import open_engine

_SHOWN = 10  # candidates named before "and N more"
_ID = click.IntRange(1, 2**63 - 1)
_OPEN = (
    Column("id", "Id", "d", no_wrap=True),
    Column("identifier", "Identifier", max_width=36),
    Column("state", "State", no_wrap=True),
    Column("behaviour", "Behaviour", no_wrap=True, from_width=120),
    Column("doi", "DOI", from_width=140),
    Column("candidates", "Candidates"),
    Column("why", "Why"),
    Column("source_name", "File", from_width=120),
    Column("source_row", "Row", "d", from_width=120),
)


@click.command(
    short_help="List findings without a structure, or match one.",
    epilog="""\b
Examples:
  smmdb label match                          what waits or is ambiguous
  smmdb label match 15 ABCDEF02 --by "A. Chemist"
  smmdb label match 15 "INOVAL (Cl3 Fe H2 O)" --reason "the anion, see Fig. 2"
  smmdb label match 15 --undo                it matches by itself again
""",
)
@click.argument("finding_id", required=False, type=_ID)
@click.argument("complex_", metavar="[COMPLEX]", required=False)
@click.option("--undo", is_flag=True, help="Take the decision on this finding back.")
@click.option("--reason", metavar="TEXT", help="Why, for the history.")
@by_option
@output_options
def match(
    finding_id: int | None,
    complex_: str | None,
    undo: bool,
    reason: str | None,
    by: str,
    output_format: Format,
) -> None:
    """List findings without a structure, or decide which complex one speaks of.

    COMPLEX is a refcode, COD id, CCDC number or name; a formula in brackets behind it
    says which complex of a crystal. A decision stands above all other ways to match,
    and survives a new reading of the crystal; `smmdb label show` tells who made it.
    """
    from screening.curate import decide_match, list_open, undo_match

    if finding_id is not None and undo == (complex_ is not None):
        raise click.UsageError("give the COMPLEX that the finding speaks of, or --undo")
    with open_engine() as engine:
        if finding_id is None:
            rows = list_open(engine)
            if output_format == "table":
                rows = [row | {"candidates": "; ".join(row["candidates"])} for row in rows]
            elif output_format == "csv":
                rows = [row | {"candidates": json.dumps(row["candidates"])} for row in rows]
            print_rows(rows, _OPEN, output_format)
            waiting = sum(row["state"] == "waiting" for row in rows)
            rejected = sum(row["rejected_as"] is not None for row in rows)
            of_them = f" (read and rejected: {rejected})" if rejected else ""
            click.echo(f"Waiting: {waiting}{of_them}; ambiguous: {len(rows) - waiting}.", err=True)
        elif complex_ is None:
            is_new = undo_match(engine, finding_id, by=by, reason=reason)
            done = "matches by itself again" if is_new else "has no decision to take back"
            click.echo(f"Finding {finding_id} {done}.")
        else:
            decided = decide_match(engine, finding_id, complex_, by=by, reason=reason)
            done = "matched to" if decided.is_new else "was decided already:"
            click.echo(f"Finding {finding_id} {done} {decided.title}.")
            if decided.before is not None:
                tell(f"Before, it was decided to be {decided.before}.")
            if decided.others:
                listed = "; ".join(decided.others[:_SHOWN])
                more = len(decided.others) - _SHOWN
                and_more = f" and {more:,} more" if more > 0 else ""
                tell(f"Warning: that is none of its candidates: {listed}{and_more}")


@click.command(
    short_help="Withdraw a finding: it counts no more, and stays to be seen.",
    epilog="""\b
Examples:
  smmdb label withdraw 15 --reason "barrier of compound 2" --by "A. Chemist"
  smmdb label withdraw 15 --undo
  smmdb label list --withdrawn
""",
)
@click.argument("finding_id", type=_ID)
@click.option("--reason", metavar="TEXT", help="Why; must be said.")
@click.option("--undo", is_flag=True, help="Let a withdrawn finding count again.")
@by_option
def withdraw(finding_id: int, reason: str | None, undo: bool, by: str) -> None:
    """Withdraw a finding: it counts no more, and stays to be seen with who and why.

    Labels are made anew at once. Importing the same statement again leaves it
    withdrawn. To mend a slip, use `smmdb label correct`.
    """
    from screening.curate import reinstate, standing_replacements
    from screening.curate import withdraw as run_withdraw

    replacements: list[int] = []
    if not undo and not (reason and reason.strip()):
        raise click.UsageError("say why: --reason TEXT")
    with open_engine() as engine:
        if undo:
            is_new = reinstate(engine, finding_id, by=by, reason=reason)
            replacements = standing_replacements(engine, finding_id) if is_new else []
            done = "counts again" if is_new else "was not withdrawn"
        else:
            is_new = run_withdraw(engine, finding_id, by=by, reason=reason or "")
            done = "is withdrawn" if is_new else "was withdrawn already"
    click.echo(f"Finding {finding_id} {done}.")
    for other in replacements:
        click.echo(
            f"Warning: finding {other}, which was entered in its place, counts too: withdraw the"
            " one that is wrong",
            err=True,
        )


@click.command(
    short_help="Correct a finding: another replaces it.",
    epilog="""\b
Examples:
  smmdb label correct 15 --set ueff_cm-1=62.5 --reason "table 2 is in cm-1"
  smmdb label correct 15 --set sample=diluted --set host="Y" --reason SI
  smmdb label correct 15 --set tau0_s= --reason "not in the paper"
""",
)
@click.argument("finding_id", type=_ID)
@click.option(
    "--set", "changes", metavar="COLUMN=TEXT", multiple=True, required=True, help="A new cell."
)
@click.option("--reason", metavar="TEXT", required=True, help="Why, for the history.")
@by_option
def correct(finding_id: int, changes: tuple[str, ...], reason: str, by: str) -> None:
    """Correct a finding: it is withdrawn, and another that replaces it is entered.

    Columns are those of `smmdb label template`; all cells that are not named stay. Both
    findings know of each other, see `smmdb label show`.
    """
    from screening.curate import correct as run_correct

    if not all("=" in change for change in changes):
        raise click.UsageError("write --set COLUMN=TEXT, for example --set ueff_k=90")
    cells = {name.strip(): text for name, _, text in (change.partition("=") for change in changes)}
    with open_engine() as engine:
        new_id, warnings = run_correct(engine, finding_id, cells, by=by, reason=reason)
    for warning in warnings:
        click.echo(f"Warning: {warning}", err=True)
    click.echo(f"Finding {finding_id} is withdrawn; finding {new_id} replaces it.")
