"""`smmdb label resolve` and `policies`: what a policy makes of the findings."""

import json
from typing import Any

import click

from cli.label.importing import contradictions
from cli.output import Column, Format, output_options, print_rows
from cli.session import open_engine


@click.command(
    epilog="""\b
Examples:
  smmdb label resolve
  smmdb label resolve --policy strict-zero-field --format json
"""
)
@click.option("--policy", default="paper-binary", show_default=True, metavar="NAME")
@output_options
def resolve(policy: str, output_format: Format) -> None:
    """Make the labels of a policy anew and count them by metal and class.

    A compound with several metals counts under each; the row `all` counts it once.
    """
    from screening.label import resolve as run_resolve

    with open_engine() as engine:
        resolved = run_resolve(engine, policy)
    named: list[dict[str, Any]] = [r | {"metal": r["metal"] or "all"} for r in resolved.rows]
    classes = ("positive", "negative", "unlabelled", "excluded")
    columns = [Column("metal", "Metal"), *(Column(c, c.capitalize(), ",d") for c in classes)]
    print_rows(named, columns, output_format)
    used = resolved.policy
    click.echo(f"Policy {used.name} version {used.version}: {used.title}.", err=True)
    if resolved.contradicted:
        click.echo(contradictions(resolved.contradicted), err=True)


@click.command(
    epilog="""\b
Examples:
  smmdb label policies
  smmdb label policies strict-zero-field    its rules, with comments
"""
)
@click.argument("name", required=False)
@output_options
def policies(name: str | None, output_format: Format) -> None:
    """List the label policies, or print the rules of one."""
    from screening.evidence.policy import builtin_policies, policy_data, policy_text

    if name is not None:
        if output_format == "csv":
            raise click.UsageError("the rules of a policy are no table: use --format json")
        as_json = output_format == "json"
        click.echo(
            json.dumps(policy_data(name), indent=2) if as_json else policy_text(name).strip()
        )
        return
    rows = [{"name": p.name, "version": p.version, "title": p.title} for p in builtin_policies()]
    columns = [
        Column("name", "Policy"),
        Column("version", "Version", "d"),
        Column("title", "Title"),
    ]
    print_rows(rows, columns, output_format)
