"""`reingest`: what is stored is read again; only what reads otherwise gets new rows."""

import csv
import json
import threading
from dataclasses import replace

import factories as make
import pytest
from click.testing import CliRunner
from reading_here import read_here
from small_crystals import small_cif, write_findings, write_small_crystals
from sqlalchemy import text

from cli.main import smmdb
from screening import ingest as ingest_case
from screening import reingest as reingest_case
from screening.crystal.complex import Rejected
from screening.errors import NotFoundError
from screening.file_reading import BlockReading, unreadable
from screening.ingest import ingest
from screening.label import import_findings
from screening.reingest import reingest
from screening.show import show
from screening.store.contents import stored_sources
from screening.voxel.spec import DEFAULT_SPEC

TABLES = ("structure", "complex", "metal_site", "voxel_grid", "structure_complex")


def rows(engine, query):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def counts(engine):
    return {table: rows(engine, f"select count(*) from {table}") for table in TABLES}


@pytest.fixture(autouse=True)
def _no_reading_processes(monkeypatch):
    """What is read in processes of its own is killed in the acceptance tests."""
    monkeypatch.setattr(ingest_case, "read_sources", read_here)
    monkeypatch.setattr(reingest_case, "read_sources", read_here)


@pytest.fixture
def folder(tmp_path):
    """Six complexes in six files, and a file with a good and a bad block."""
    folder = tmp_path / "cif"
    write_small_crystals(folder, 6)
    good = small_cif("good_neighbour", "Dy", 5, 4)
    bad = small_cif("no_such_element", "Dy").replace("Dy1 Dy", "Xx1 Xx")
    (folder / "two.cif").write_text(good + bad)
    return folder


@pytest.fixture
def older(monkeypatch):
    """Ingest by an older chemistry: what it made of some blocks, by block name."""

    def ingest_older(engine, folder, **blocks):
        def read_as_before(*arguments):
            for batch in read_here(*arguments):
                yield [_changed(reading, blocks) for reading in batch]

        with monkeypatch.context() as patch:
            patch.setattr(ingest_case, "read_sources", read_as_before)
            return ingest(engine, [folder], workers=1)

    return ingest_older


def _changed(reading, blocks):
    changed = tuple(blocks.get(b.verdict.name, lambda b: b)(b) for b in reading.blocks)
    return replace(reading, blocks=changed)


def rejected(block):
    outcome = Rejected("bad_cell", "an older reader could not read this cell")
    return BlockReading(replace(block.verdict, outcome=outcome), ())


def with_coordination_number_9(block):
    (item,) = block.complexes
    sites = tuple(replace(s, coordination_number=9) for s in item.description.metal_sites)
    description = replace(item.description, metal_sites=sites)
    return BlockReading(
        block.verdict, (replace(item, description=description, chemistry_key=None),)
    )


def of_another_compound(block):
    (item,) = block.complexes
    description = replace(item.description, compound_key="older", content_key="older")
    return BlockReading(
        block.verdict, (replace(item, description=description, chemistry_key="older"),)
    )


@pytest.mark.parametrize("at_once", [1, 10**9])
def test_stored_files_come_one_after_the_other(engine, folder, monkeypatch, at_once):
    ingest(engine, [folder], workers=1)
    monkeypatch.setattr("screening.store.contents._MOST_BYTES", at_once)
    ids = [file_id for file_id, _, _ in stored_sources(engine, 10**6)]
    with engine.connect() as connection:
        held = connection.scalars(text("select id from source_file order by id")).all()
    assert ids == list(held)
    assert len(ids) > 1


def test_the_same_chemistry_changes_nothing(engine, folder):
    ingest(engine, [folder], workers=1)
    before = counts(engine)
    summary = reingest(engine, workers=1)
    assert (summary.renewed.files, summary.renewed.blocks) == (7, 8)
    assert summary.renewed.changed_blocks == summary.renewed.superseded == 0
    assert counts(engine) == before


def test_only_what_reads_otherwise_gets_new_rows(engine, folder, older):
    older(
        engine,
        folder,
        small_000=with_coordination_number_9,
        small_001=of_another_compound,
        good_neighbour=rejected,
    )
    before = counts(engine)
    summary = reingest(engine, workers=1)
    assert summary.renewed.changed_blocks == 3
    assert summary.renewed.superseded == 2
    assert summary.renewed.changes == {
        "newly accepted": 1,
        "coordination number": 1,
        "compound": 1,
    }
    # The bad neighbour in the same file keeps its row, and so does each block that reads the same.
    old = rows(
        engine, "select block_name from structure where superseded_at is not null order by 1"
    )
    assert old == [("good_neighbour",), ("small_001",)]
    assert rows(engine, "select count(*) from complex where superseded_at is null") == [(7,)]
    changed = rows(
        engine,
        "select o.identifier, n.identifier, o.content_key = n.content_key from complex o"
        " join complex n on n.id = o.superseded_by order by 1",
    )
    assert changed == [("small_000", "small_000", True), ("small_001", "small_001", False)]
    after = counts(engine)
    assert after["complex"][0][0] == before["complex"][0][0] + 3
    again = reingest(engine, workers=1)
    assert (again.renewed.changed_blocks, again.renewed.superseded) == (0, 0)
    assert counts(engine) == after


def test_a_block_that_is_refused_now_loses_its_complex(engine, tmp_path, older):
    write_small_crystals(tmp_path, 1)
    (tmp_path / "bad.cif").write_text(small_cif("bad", "Dy").replace("Dy1 Dy", "Xx1 Xx"))
    held = {}

    def keep(block):
        held["block"] = block
        return block

    def accepted(block):
        return BlockReading(
            replace(block.verdict, outcome=held["block"].verdict.outcome),
            tuple(
                replace(i, description=replace(i.description, content_key="bad"))
                for i in held["block"].complexes
            ),
        )

    (tmp_path / "a.cif").write_text(small_cif("first", "Co"))
    older(engine, tmp_path, first=keep, bad=accepted)
    summary = reingest(engine, workers=1)
    assert summary.renewed.changes == {"newly rejected": 1}
    ((gone, successor),) = rows(
        engine, "select id, superseded_by from complex where superseded_at is not null"
    )
    assert successor is None
    with pytest.raises(NotFoundError, match=r"rejected: unknown_element"):
        show(engine, "bad")
    (details,) = show(engine, f"row {gone}")
    assert details["superseded_at"] is not None
    assert details["current_id"] is None


def test_a_complex_of_two_blocks_is_as_the_first_tells_it(engine, tmp_path, older):
    """Two files hold the same block, one with a DOI: they must not supersede each other."""
    cif = small_cif("shared", "Dy")
    (tmp_path / "a.cif").write_text(cif + "_journal_paper_doi 10.1234/first\n")
    (tmp_path / "b.cif").write_text(cif + "_journal_paper_doi 10.1234/second\n")
    older(engine, tmp_path, shared=with_coordination_number_9)
    first = reingest(engine, workers=1)
    assert first.renewed.superseded == 1
    current = "select doi from complex where superseded_at is null"
    assert rows(engine, current) == [("10.1234/first",)]
    assert rows(engine, "select complexes from ingest_report") == [(1,), (1,)]
    assert reingest(engine, workers=1).renewed.superseded == 0


def test_a_dry_run_says_what_would_change_and_changes_nothing(engine, folder, older):
    older(engine, folder, small_000=with_coordination_number_9, small_001=rejected)
    before = counts(engine)
    would = reingest(engine, workers=1, dry_run=True)
    assert counts(engine) == before
    assert would.matched is None
    did = reingest(engine, workers=1)
    assert would.renewed == did.renewed


def test_a_dry_run_counts_a_complex_that_two_batches_hold(engine, tmp_path, older, monkeypatch):
    cif = small_cif("shared", "Dy")
    (tmp_path / "a.cif").write_text(cif + "_journal_paper_doi 10.1234/first\n")
    (tmp_path / "b.cif").write_text(cif + "_journal_paper_doi 10.1234/second\n")
    older(engine, tmp_path, shared=of_another_compound)
    monkeypatch.setattr("screening.pool.BATCH_FILES", 1)
    would = reingest(engine, workers=1, dry_run=True)
    assert would.renewed.superseded == 1
    assert would.renewed == reingest(engine, workers=1).renewed


def test_findings_move_to_the_new_compound_and_labels_with_them(engine, folder, older, tmp_path):
    older(engine, folder, small_000=of_another_compound)
    write_findings(tmp_path / "findings.csv", ["small_000"])
    import_findings(engine, tmp_path / "findings.csv", entered_by="test")
    of_label = "select k.key = 'older' from label l join compound k on k.id = l.compound_id"
    assert set(rows(engine, of_label)) == {(True,)}
    summary = reingest(engine, workers=1)
    assert summary.matched is not None
    assert summary.matched.changed == 1
    assert set(rows(engine, of_label)) == {(False,)}


def test_scores_by_older_rows_are_counted(engine, folder, older):
    older(
        engine, folder, small_000=with_coordination_number_9, small_004=with_coordination_number_9
    )
    with engine.begin() as connection:
        run = make.add_run(connection, make.add_version(connection))
        for (complex_id,) in rows(engine, "select id from complex where identifier <> 'small_004'"):
            make.add_prediction(connection, run, complex_id, 0.5)
    assert reingest(engine, workers=1).renewed.scored == 1
    assert rows(engine, "select count(*) from latest_predictions") == [(5,)]


def test_files_without_bytes_are_skipped_and_damaged_ones_left_alone(engine, folder):
    (folder / "lost.cif").symlink_to(folder / "nowhere")
    ingest(engine, [folder], workers=1)
    with engine.begin() as connection:
        connection.execute(text("set session_replication_role = replica"))
        connection.execute(
            text("update source_file set content = 'damaged' where name like '%small_002%'")
        )
        connection.execute(text("set session_replication_role = default"))
    before = counts(engine)
    summary = reingest(engine, workers=1)
    assert summary.without_bytes == 1
    ((name, reason),) = summary.not_read
    assert name.endswith("small_002.cif")
    assert "stored bytes are damaged" in reason
    assert counts(engine) == before


def test_a_reader_that_dies_takes_nothing_away(engine, folder, monkeypatch):
    ingest(engine, [folder], workers=1)

    def read_badly(sources, *_):
        for source in sources:
            yield [unreadable(source, "reader_crashed", "the reader process died on this file")]

    monkeypatch.setattr(reingest_case, "read_sources", read_badly)
    summary = reingest(engine, workers=1)
    assert len(summary.not_read) == 7
    assert rows(engine, "select count(*) from complex where superseded_at is not null") == [(0,)]


def test_stopped_in_the_middle_it_goes_on(engine, folder, older, monkeypatch):
    names = [f"small_{i:03d}" for i in range(6)]
    older(engine, folder, **dict.fromkeys(names, with_coordination_number_9))
    monkeypatch.setattr("screening.pool.BATCH_FILES", 2)
    renew = reingest_case.renew_files
    calls = []

    def stop_at_the_second(*arguments):
        calls.append(1)
        done = renew(*arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(reingest_case, "renew_files", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        reingest(engine, workers=1)
    superseded = "select count(*) from complex where superseded_at is not null"
    assert rows(engine, superseded) == [(2,)], "the transaction under way was not taken back"
    monkeypatch.setattr(reingest_case, "renew_files", renew)
    assert reingest(engine, workers=1).renewed.superseded == 4
    assert rows(engine, superseded) == [(6,)]


def test_two_at_once_change_everything_once(engine, folder, older):
    names = [f"small_{i:03d}" for i in range(6)]
    older(engine, folder, **dict.fromkeys(names, with_coordination_number_9))
    threads = [
        threading.Thread(target=reingest, args=(engine,), kwargs={"workers": 1}) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    current = "select count(*) from complex where superseded_at is {} null"
    assert rows(engine, current.format("")) == [(7,)]
    assert rows(engine, current.format("not")) == [(6,)]


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_the_command_says_what_changed_and_writes_it(
    engine, database_url, folder, older, tmp_path, monkeypatch, ending
):
    older(engine, folder, small_000=with_coordination_number_9, good_neighbour=rejected)
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    path = tmp_path / f"changes.{ending}"
    done = CliRunner().invoke(smmdb, ["reingest", "--report", str(path), "--workers", "1"])
    assert done.exit_code == 0, done.output
    assert "8 blocks of 7 files read again" in done.stderr
    assert "2 blocks changed, 6 stay" in done.stderr
    assert "coordination number" in done.stdout
    written = path.read_text()
    told = json.loads(written) if ending == "json" else csv.DictReader(written.splitlines())
    by_block = {row["block"]: row for row in told}
    assert set(by_block) == {"small_000", "good_neighbour"}
    assert by_block["good_neighbour"]["verdict_before"] == "bad_cell"
    assert by_block["good_neighbour"]["verdict_after"] == "accepted"
    assert "CN 9" in str(by_block["small_000"]["sites_before"])
    assert "CN 3" in str(by_block["small_000"]["sites_after"])
    assert [file.name for file in tmp_path.glob("changes*")] == [path.name]


def test_what_stays_is_drawn_under_a_new_spec_too(engine, folder):
    ingest(engine, [folder], workers=1)
    finer = replace(DEFAULT_SPEC, spacing=0.4)
    summary = reingest(engine, workers=1, spec=finer)
    assert summary.renewed.superseded == 0
    assert rows(engine, "select spec_id, count(*) from voxel_grid group by 1 order by 1") == [
        (1, 7),
        (2, 7),
    ]
