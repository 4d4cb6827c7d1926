"""`smmdb label resolve` and `policies`: what a policy makes of the findings."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from cli.console import tell
from cli.label.importing import contradictions
from cli.output import Column, Format, counted, output_options, print_rows
from cli.session import open_engine

if TYPE_CHECKING:
    from screening.label import Resolved

# The findings against a label are another matter for each compound.
_OPPOSED = re.compile(r"; (?:another finding says|other findings say) otherwise \([\d, ]+\)$")
_NAMED = 5  # compounds named for each kind of change


@click.command(
    short_help="Make the labels of a policy anew and count them.",
    epilog="""\b
Examples:
  smmdb label resolve
  smmdb label resolve --policy strict-zero-field --format json
  smmdb label resolve --policy strict-zero-field --against paper-binary
""",
)
@click.option("--policy", default="paper-binary", show_default=True, metavar="NAME")
@click.option(
    "--against",
    metavar="NAME",
    help="Show what is labelled otherwise under this policy; CSV and JSON then hold these"
    " compounds one by one, and no counts.",
)
@output_options
def resolve(policy: str, against: str | None, output_format: Format) -> None:
    """Make the labels of a policy anew and count them by metal and class.

    A compound with several metals counts under each; the row `all` counts it once.
    """
    from screening.label import resolve as run_resolve

    with open_engine() as engine:
        resolved = run_resolve(engine, policy, against)
    if against is None or output_format == "table":
        named: list[dict[str, Any]] = [r | {"metal": r["metal"] or "all"} for r in resolved.rows]
        classes = ("positive", "negative", "unlabelled", "excluded")
        columns = [Column("metal", "Metal"), *(Column(c, c.capitalize(), ",d") for c in classes)]
        print_rows(named, columns, output_format)
    used = resolved.policy
    if against is not None:
        _print_changes(resolved, output_format)
    tell(f"Policy {used.name} version {used.version}: {used.title}.")
    if resolved.contradicted:
        tell(contradictions(resolved.contradicted))


def _print_changes(resolved: "Resolved", output_format: Format) -> None:
    """What the other policy says otherwise: kinds of changes to read, compounds for programs."""
    used, other, changes = resolved.policy, resolved.other, resolved.changes
    if other is None:
        return
    if output_format == "table" and changes:
        kinds: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for row in changes:
            reason = _OPPOSED.sub("", row["reason"])
            kinds[row["other_class"], row["class"], reason].append(row)
        columns = [
            Column("other_class", other.name),
            Column("class", used.name),
            Column("compounds", "Compounds", ",d"),
            Column("reason", "Why now"),
            Column("which", "Which"),
        ]
        print_rows([_kind(*kind) for kind in kinds.items()], columns, output_format)
    elif output_format != "table":
        keys = ("compound_id", "identifiers", "metals", "other_class", "other_reason")
        columns = [Column(key, key) for key in (*keys, "class", "reason", "finding_ids")]
        print_rows(changes, columns, output_format)
    tell(
        f"Labelled otherwise than under {other.name} version {other.version}:"
        f" {counted(len(changes), 'compound')}."
    )


def _kind(kind: tuple[str, str, str], changes: list[Mapping[str, Any]]) -> dict[str, Any]:
    other_class, class_, reason = kind
    named = [" = ".join(row["identifiers"]) for row in changes[:_NAMED]]
    more = f" and {len(changes) - _NAMED:,} more" if len(changes) > _NAMED else ""
    return {
        "other_class": other_class,
        "class": class_,
        "compounds": len(changes),
        "reason": reason,
        "which": ", ".join(named) + more,
    }


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
