"""`smmdb label list`, `show` and `conflicts`: what the findings say."""

import json
from collections.abc import Mapping
from typing import Any

import click

from cli.console import tell
from cli.output import (
    WIDE,
    Column,
    Format,
    as_json_value,
    output_options,
    print_rows,
    print_side_by_side,
    table_width,
)
from cli.session import open_engine

_FINDING_DIGITS = 5  # longer numbers are COD ids and CCDC numbers
_ID_DIGITS = 18  # of what the database can count

_TABLE_COLUMNS = (
    Column("id", "Id", "d", no_wrap=True),
    Column("identifier", "Identifier", cut=18),
    Column("behaviour", "Behaviour", no_wrap=True),
    Column("dc_field_oe", "Oe", "g", no_wrap=True),
    Column("ueff", "Ueff K", no_wrap=True),
    Column("doi", "DOI", from_width=100),
    Column("matched", "Matched by", cut=15),
)
_DOUBTS = Column("doubts", "Doubts", max_width=40, from_width=WIDE)
_IS_DOUBTED = Column("is_doubted", "")
_DOUBT_MEANS = (
    "!: doubtful, by its numbers or by what it says beside them; why: smmdb label show ID"
)
_SIDE_BY_SIDE = (
    Column("identifier", "Identifier"),
    Column("behaviour", "Behaviour"),
    Column("sample", "Sample"),
    Column("host", "Host"),
    Column("dc_field_oe", "Field/Oe", "g"),
    Column("t_min_k", "T min/K", "g"),
    Column("f_max_hz", "f max/Hz", "g"),
    Column("ueff", "Ueff/K"),
    Column("doi", "DOI"),
    Column("matched", "Matched by"),
    Column("note", "Note"),
)


def for_people(row: Mapping[str, Any]) -> dict[str, Any]:
    """A finding with its barrier in one cell, and with how it is matched or why not."""
    ueff: str | None
    low, high, value = row["ueff_low_k"], row["ueff_high_k"], row["ueff_k"]
    if value is not None:
        sigma = row["ueff_sigma_k"]
        ueff = f"{value:.4g}" + (f" +- {sigma:.2g}" if sigma is not None else "")
    elif low is not None and high is not None:
        ueff = f"{low:.4g}-{high:.4g}"
    elif low is not None:
        ueff = f"> {low:.4g}"
    else:
        ueff = f"< {high:.4g}" if high is not None else None
    matched = row["matched_by"] if row["state"] == "matched" else row["state"]
    if row["rejected_as"]:
        matched = f"rejected: {row['rejected_as']}"
    return dict(row) | {"ueff": ueff, "matched": matched}


@click.command(
    "list",
    short_help="List the findings.",
    epilog="""\b
Examples:
  smmdb label list --unmatched
  smmdb label list --withdrawn
  smmdb label list --identifier ABCDEF --format csv
""",
)
@click.option("--unmatched", is_flag=True, help="Only findings without a structure.")
@click.option("--withdrawn", is_flag=True, help="Only findings that were withdrawn.")
@click.option(
    "--identifier", metavar="X", help="Only findings on this refcode, number, name or complex."
)
@output_options
def list_(unmatched: bool, withdrawn: bool, identifier: str | None, output_format: Format) -> None:
    """List the findings; CSV and JSON hold every field, and each row as it was given.

    A finding is matched, waiting for its structure (which may have been read and
    rejected), ambiguous (it fits several compounds; CSV and JSON name them) or
    withdrawn. Doubts are numbers outside the
    usual range and statements that sit oddly beside each other.
    """
    from screening.findings import list_findings
    from screening.store.finding_list import FINDING_FIELDS

    with open_engine() as engine:
        rows = list_findings(
            engine, identifier=identifier, unmatched=unmatched, withdrawn=withdrawn
        )
    if output_format == "table":
        is_marked = table_width() < WIDE
        has_doubts = any(row["doubts"] for row in rows)
        columns = [*_TABLE_COLUMNS, _IS_DOUBTED if is_marked else _DOUBTS]
        shown = [for_people(row) | {"is_doubted": "!" if row["doubts"] else ""} for row in rows]
        print_rows(shown, columns if has_doubts else _TABLE_COLUMNS, output_format)
        if has_doubts and is_marked:
            tell(_DOUBT_MEANS)
    else:
        print_rows(rows, [Column(k, k) for k in FINDING_FIELDS], output_format)
    click.echo(f"Findings: {len(rows)}.", err=True)


def _print_beside(findings: list[dict[str, Any]]) -> None:
    rows = [for_people(row) for row in findings]
    print_side_by_side(rows, Column("id", "Finding", "d"), _SIDE_BY_SIDE)


@click.command(
    short_help="Show a finding with its history, or a compound.",
    epilog="""\b
Examples:
  smmdb label show 15             finding 15 with its history
  smmdb label show ABCDEF         a compound: findings, labels, contradictions
  smmdb label show ABCDEF --format json
""",
)
@click.argument("what", metavar="FINDING_ID|COMPLEX")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Text for reading, JSON for programs.",
)
def show(what: str, output_format: str) -> None:
    """Show a finding with its history, or a compound with its findings and labels.

    A number of up to five digits is a finding; longer ones are COD ids and CCDC
    numbers, unless written `finding 123456`.
    """
    from screening.findings import show_compounds, show_finding

    number = what.lower().removeprefix("finding").strip()
    is_finding = number.isascii() and number.isdigit()
    most = _FINDING_DIGITS if number == what else _ID_DIGITS
    is_finding = is_finding and len(number) <= most
    with open_engine() as engine:
        shown = [show_finding(engine, int(number))] if is_finding else show_compounds(engine, what)
    if output_format == "json":
        click.echo(json.dumps(shown, indent=2, default=as_json_value, ensure_ascii=False))
        return
    for item in shown:
        (_print_finding if is_finding else _print_compound)(item)


def _print_finding(item: Mapping[str, Any]) -> None:
    click.echo(f"Finding {item['id']}: {item['identifier']}, {item['behaviour']} ({item['state']})")
    skipped = {"id", "key", "identifier", "behaviour", "state", "given", "history"}
    for name, value in item.items():
        if value is not None and name not in skipped:
            click.echo(f"  {name:<16}{value}")
    click.echo("As given:")
    for name, text in item["given"].items():
        click.echo(f"  {name:<16}{text}")
    click.echo("History:")
    for event in item["history"]:
        details = ", ".join(f"{k} {v}" for k, v in event["details"].items() if v is not None)
        click.echo(
            f"  {event['at']:%Y-%m-%d %H:%M}  {event['event']} by {event['by']}"
            + (f": {event['reason']}" if event["reason"] else "")
            + (f" ({details})" if details else "")
        )


def _print_compound(item: Mapping[str, Any]) -> None:
    click.echo(f"{item['formula']}: {', '.join(item['identifiers'])}")
    if item["findings"]:
        _print_beside(item["findings"])
    else:
        click.echo("No findings.")
    for reason in item["conflicts"]:
        click.echo(f"Contradiction: {reason}")
    columns = [
        Column("policy", "Policy"),
        Column("policy_version", "Version", "d"),
        Column("label", "Label"),
        Column("reason", "Why", max_width=60),
        Column("finding_ids", "Findings"),
    ]
    print_rows(item["labels"], columns, "table")


@click.command(
    epilog="""\b
Examples:
  smmdb label conflicts
  smmdb label conflicts --identifier ABCDEF
  smmdb label conflicts --format json
"""
)
@click.option("--identifier", metavar="X", help="Only of this refcode, number, name or complex.")
@output_options
def conflicts(identifier: str | None, output_format: Format) -> None:
    """Show compounds whose findings do not go together, side by side.

    They contradict each other (one sees a signal where the other sees none), differ
    by just the factor between K and cm-1, or put 100 s above the hysteresis. Withdrawn
    findings do not count.
    """
    from screening.findings import list_conflicts

    with open_engine() as engine:
        found = list_conflicts(engine, identifier=identifier)
    if output_format == "json":
        click.echo(json.dumps(found, indent=2, default=as_json_value, ensure_ascii=False))
    elif output_format == "csv":
        keys = ("compound_id", "formula", "identifiers", "reasons")
        rows = [
            {f"compound_{k}" if k == "formula" else k: item[k] for k in keys} | row
            for item in found
            for row in item["findings"]
        ]
        fields = ["compound_id", "compound_formula", "identifiers", "reasons"]
        fields += ["id", *(c.key for c in _SIDE_BY_SIDE if c.key not in ("ueff", "matched"))]
        fields += ["ueff_k", "ueff_low_k", "ueff_high_k", "ueff_given", "ueff_unit", "tau0_s"]
        print_rows(rows, [Column(k, k) for k in fields], output_format)
    else:
        for item in found:
            click.echo(f"{item['formula']}: {', '.join(item['identifiers'])}")
            for reason in item["reasons"]:
                click.echo(f"  {reason}")
            _print_beside(item["findings"])
    click.echo(f"Compounds: {len(found)}.", err=True)
