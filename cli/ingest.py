"""`smmdb ingest`: files of structures to complexes."""

import json
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.console import open_progress
from cli.output import Column, Format, counted, output_options, print_rows
from cli.report_file import check_report, open_report
from cli.session import open_engine
from screening.errors import SmmdbError

if TYPE_CHECKING:
    from screening.ingest import IngestSummary
    from screening.store.complexes import Added

_MOST = 15
_MAX_ENDINGS = 5
"""Rows of metals and ligand classes on the screen."""

_REJECTED = (
    Column("file", "File", max_width=26, cut=20),
    Column("block", "Block", max_width=16, cut=14),
    Column("code", "Code", no_wrap=True),
    Column("reason", "Why"),
)
_VERDICT_COLUMNS = [
    Column("verdict", "Verdict"),
    Column("code", "Code"),
    Column("blocks", "Blocks", ",d"),
    Column("meaning", "Meaning"),
]
_KIND_COLUMNS = [
    Column("metal", "Metal"),
    Column("with_metal", "New complexes", ",d"),
    Column("ligand", "Ligand class"),
    Column("with_ligand", "New complexes", ",d"),
]


@click.command(
    short_help="Read crystal structures (CIF files, folders, archives).",
    epilog="""\b
Examples:
  smmdb ingest structures/                   a folder, with all folders in it
  smmdb ingest my.cif export.zip cod.tar.gz  files and archives
  smmdb ingest tmqm.xyz.xz                   many molecules in one file
  smmdb ingest cod/ --report cod.csv         what became of each block
  smmdb db psql -- -c "select * from ingest_report where verdict = 'rejected'"
""",
)
@click.argument(
    "inputs",
    metavar="FOLDER|FILE|ARCHIVE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True),
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Reading processes.  [default: one for each core]",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=check_report,
    metavar="FILE",
    help="Write what became of each block to FILE (.csv or .json), anew each time.",
)
@output_options
def ingest(
    inputs: tuple[Path, ...], workers: int | None, report: Path | None, output_format: Format
) -> None:
    """Read crystal structures (CIF as the CSD and the COD export it) into the database.

    Every data block ends accepted, or rejected with a code and a reason; what is
    known already is not read again, so the same command goes on after a stop.
    Folders give their .cif and .mcif files, molecules without a crystal (.xyz,
    .mol2, .sdf, .mol), each also packed (.gz, .xz, .bz2), and those in .zip and .tar
    archives; a file named here is read whatever its name, as CIF if the name says
    nothing else. --format csv prints the verdicts, --format json also the counts of
    new complexes by metal and ligand class.
    """
    from screening.reader_server import start_reader_server

    start_reader_server()  # what reads is loaded while this process loads what stores
    from screening.crystal.source import ARCHIVE_SUFFIXES, CIF_SUFFIXES, MOLECULE_KINDS
    from screening.ingest import REPORT_KEYS
    from screening.ingest import ingest as run_ingest

    with open_engine() as engine, ExitStack() as stack:
        write = stack.enter_context(open_report(report, REPORT_KEYS)) if report else None
        progress = open_progress()
        summary = run_ingest(engine, inputs, workers=workers, report=write, progress=progress)
    print_summary(summary, output_format, report)
    if not summary.files:
        endings = (*CIF_SUFFIXES, *(f".{kind}" for kind in MOLECULE_KINDS), *ARCHIVE_SUFFIXES)
        raise SmmdbError(
            f"no file of structures and no archive was found there: looked for {', '.join(endings)}"
            " (crystals and molecules also .gz, .xz, .bz2); a file of another ending is read if you"
            " name it"
        )


def print_summary(
    summary: "IngestSummary", output_format: Format, report: Path | None = None
) -> None:
    """Print what came in by metal and ligand class, and what did not, and why."""
    added = summary.added
    if output_format == "json":
        click.echo(json.dumps(_as_json(summary), indent=2))
    elif output_format == "csv":
        print_rows(_verdicts(summary), _VERDICT_COLUMNS, "csv")
    elif summary.blocks:
        print_rows(_verdicts(summary), _VERDICT_COLUMNS, "table")
        if _is_named(summary):
            named = [{**row, "file": Path(row["file"]).name} for row in summary.rejections]
            print_rows(named, _REJECTED, "table")
        _print_kinds(added)
    told = output_format == "table" and _is_named(summary)
    for line in _lines(summary, report, all_told=told):
        click.echo(line, err=True)


def _lines(summary: "IngestSummary", report: Path | None, *, all_told: bool) -> list[str]:
    """What to know of the whole; all_told: each new rejection was named."""
    added = summary.added
    lines = [
        (
            f"{counted(summary.blocks, 'block')} of {counted(added.files, 'new file')}: "
            f"{added.accepted:,} accepted, "
            f"{added.rejected.total():,} rejected."
        ),
        counted(added.complexes, "new complex") + ".",
    ]
    if added.known_complexes:
        lines.append(f"Met again and added only once: {counted(added.known_complexes, 'complex')}.")
    if added.known_files:
        lines.append(
            f"Met before (same bytes) and left alone: {counted(added.known_files, 'file')}"
            f"{_known_rejected(summary)}."
        )
    if summary.passed_over:
        endings = [f"{ending} {n:,}" for ending, n in summary.passed_over.most_common(_MAX_ENDINGS)]
        more = ", ..." if len(summary.passed_over) > _MAX_ENDINGS else ""
        n_files = counted(summary.passed_over.total(), "file")
        lines.append(f"Passed over for other endings: {n_files} ({', '.join(endings)}{more}).")
    lines += _property_lines(summary)
    if summary.known_rejected or (added.rejected and not all_told):
        where = "the same command with --report FILE.csv" if report is None else report
        lines.append(f"Which and why: {where} has a row for each.")
    if added.complexes:
        lines.append("`smmdb find` lists what came in, `smmdb show NAME` tells all of one.")
    return lines


def _is_named(summary: "IngestSummary") -> bool:
    """Whether the summary names every rejected block."""
    return 0 < summary.added.rejected.total() == len(summary.rejections)


def _known_rejected(summary: "IngestSummary") -> str:
    codes = summary.known_rejected
    if not codes:
        return ""
    listed = ", ".join(f"{code} {count:,}" for code, count in codes.most_common())
    return f"; {counted(codes.total(), 'block')} of them rejected then ({listed})"


def _property_lines(summary: "IngestSummary") -> list[str]:
    values, lines = summary.values, []
    if values.values:
        shared = f"; to others here, too: {values.shared:,} (see property import --of)"
        lines.append(
            f"Values of properties that belong to new complexes: {values.values:,}"
            f"{shared if values.shared else ''}."
        )
    if summary.added.complexes and values.ambiguous:
        lines.append(
            "Values that fit several compounds here, and count for none: "
            f"{values.ambiguous:,} (smmdb property list)."
        )
    return lines


def _verdicts(summary: "IngestSummary") -> list[dict[str, object]]:
    from screening.crystal.verdict import CODES

    added = summary.added
    return [
        {"verdict": "accepted", "blocks": added.accepted},
        *(
            {"verdict": "rejected", "code": code, "blocks": count, "meaning": CODES[code]}
            for code, count in added.rejected.most_common()
        ),
    ]


def _as_json(summary: "IngestSummary") -> dict[str, object]:
    added = summary.added
    return {
        "files": added.files,
        "known_files": added.known_files,
        "blocks": summary.blocks,
        "complexes": added.complexes,
        "known_complexes": added.known_complexes,
        "property_values": summary.values.values,
        "shared_property_values": summary.values.shared,
        "ambiguous_property_values": summary.values.ambiguous,
        "verdicts": _verdicts(summary),
        "metals": dict(added.metals.most_common()),
        "ligand_classes": dict(added.ligand_classes.most_common()),
    }


def _print_kinds(added: "Added") -> None:
    kinds = _kinds(added)
    if kinds:
        print_rows(kinds[:_MOST], _KIND_COLUMNS, "table")
    if len(kinds) > _MOST:
        click.echo("The rarer ones: `smmdb find --metal SYMBOL` and `--ligand CLASS`.", err=True)


def _kinds(added: "Added") -> list[dict[str, object]]:
    """New complexes by metal beside those by ligand class; a complex may count in several rows."""
    pairs = zip_longest(
        added.metals.most_common(), added.ligand_classes.most_common(), fillvalue=(None, None)
    )
    return [
        {"metal": metal, "with_metal": n, "ligand": ligand, "with_ligand": m}
        for (metal, n), (ligand, m) in pairs
    ]
