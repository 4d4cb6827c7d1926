"""`ingest`: every block gets its verdict, once, whatever happens on the way."""

import csv
import gzip
import json
import os
import signal
import tarfile
import threading
import zipfile

import pytest
from click.testing import CliRunner
from reading_here import ingest_here
from small_crystals import small_cif, write_findings, write_small_crystals
from sqlalchemy import text
from stopping import stopped_at_the_second_store

from cli.main import smmdb
from screening import ingest as use_case
from screening.crystal.complex import Accepted
from screening.crystal.source import Source
from screening.errors import InputError, NotFoundError
from screening.ingest import ingest
from screening.label import import_findings
from screening.pool import read_sources
from screening.show import show
from screening.voxel.spec import DEFAULT_SPEC


def count(engine, table):
    with engine.connect() as connection:
        return connection.scalar(text(f"select count(*) from {table}"))


def verdicts(engine):
    with engine.connect() as connection:
        query = text("select block, verdict, code from ingest_report order by block")
        return [tuple(row) for row in connection.execute(query)]


def test_blocks_are_accepted_or_rejected_and_a_second_time_adds_nothing(engine, tmp_path):
    write_small_crystals(tmp_path / "cif", 3)
    good = small_cif("good_neighbour", "Dy", 5, 4)
    bad = small_cif("no_such_element", "Dy").replace("Dy1 Dy", "Xx1 Xx")
    (tmp_path / "cif" / "two.cif").write_text(good + bad)
    (tmp_path / "cif" / "empty.cif").write_bytes(b"")
    (tmp_path / "cif" / "notes.txt").write_text("not a crystal")
    summary = ingest(engine, [tmp_path], workers=1)
    assert (summary.blocks, summary.added.accepted, summary.passed_over.total()) == (6, 4, 1)
    assert summary.added.rejected == {"unknown_element": 1, "empty": 1}
    assert count(engine, "structure") == 6
    assert count(engine, "complex") == count(engine, "voxel_grid") == 4
    again = ingest(engine, [tmp_path], workers=1)
    assert (again.blocks, again.added.known_files) == (0, 5)
    assert count(engine, "structure") == 6


def test_archives_and_gzip_hold_the_same_crystals(engine, tmp_path):
    cif = small_cif("packed", "Co")
    (tmp_path / "plain.cif").write_text(cif)
    (tmp_path / "packed.cif.gz").write_bytes(gzip.compress(cif.encode(), mtime=0))
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.writestr("../deep/packed.cif", cif + "\n# another file\n")
        archive.writestr("readme.txt", "not read")
    with tarfile.open(tmp_path / "some.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "plain.cif", "same.cif")
    summary = ingest_here(engine, tmp_path)
    assert (summary.added.accepted, summary.added.known_files) == (3, 1)
    assert (summary.added.complexes, summary.added.known_complexes) == (1, 2)
    assert count(engine, "complex") == 1
    with engine.connect() as connection:
        names = set(connection.scalars(text("select name from source_file")))
    assert f"{tmp_path}/some.zip!../deep/packed.cif" in names
    assert not (tmp_path.parent / "deep").exists()


def test_stopped_in_the_middle_it_goes_on(engine, tmp_path, monkeypatch):
    monkeypatch.setattr("screening.ingest._STORED_BLOCKS", 1)
    monkeypatch.setattr("screening.pool.BATCH_FILES", 2)
    write_small_crystals(tmp_path, 6)
    with stopped_at_the_second_store(), pytest.raises(KeyboardInterrupt):
        ingest(engine, [tmp_path], workers=1)
    assert count(engine, "source_file") == 2, "the transaction under way was not taken back"
    assert ingest(engine, [tmp_path], workers=1).added.files == 4
    assert count(engine, "complex") == 6


def test_two_at_once_store_everything_once(engine, tmp_path):
    write_small_crystals(tmp_path, 8)
    threads = [
        threading.Thread(target=ingest, args=(engine, [tmp_path]), kwargs={"workers": 1})
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(engine, "source_file") == count(engine, "complex") == 8


class Deadly(Source):
    """A file whose reading kills the process, as a fault in a C++ parser does."""

    __slots__ = ()

    def read(self):
        if os.getpid() != int(self.name):
            os.abort()
        return b"deadly"


def test_a_file_that_kills_the_reader_costs_only_itself(tmp_path):
    names = write_small_crystals(tmp_path, 2)
    sources = [Source(name, path=tmp_path / f"{name}.cif") for name in names]
    sources.insert(1, Deadly(str(os.getpid())))
    readings = [r for batch in read_sources(sources, DEFAULT_SPEC, {}, 1) for r in batch]
    outcomes = [reading.blocks[0].verdict.outcome for reading in readings]
    assert [getattr(outcome, "code", "accepted") for outcome in outcomes] == [
        "accepted",
        "reader_crashed",
        "accepted",
    ]


class DeadlyOnce(Source):
    """A file whose first reader is killed from outside, as by a machine out of memory."""

    __slots__ = ()

    def read(self):
        met = self.path.with_suffix(".met")
        if not met.exists():
            met.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self.path.read_bytes()


def test_a_reader_killed_from_outside_costs_no_file(tmp_path):
    (name,) = write_small_crystals(tmp_path, 1)
    sources = [DeadlyOnce(name, path=tmp_path / f"{name}.cif")]
    ((reading,),) = read_sources(sources, DEFAULT_SPEC, {}, 1)
    assert isinstance(reading.blocks[0].verdict.outcome, Accepted)


def test_a_file_that_could_not_be_read_is_read_when_it_comes_again(engine, tmp_path):
    cif = tmp_path / "late.cif"
    cif.symlink_to(tmp_path / "nowhere")
    assert ingest_here(engine, tmp_path).added.rejected == {"unreadable": 1}
    cif.unlink()
    cif.write_text(small_cif("late", "Dy"))
    assert ingest_here(engine, tmp_path).added.accepted == 1


def test_what_is_said_of_a_synthetic_complex_is_not_said_of_a_real_one(engine, tmp_path):
    made = small_cif("made_up", "Dy")
    (tmp_path / "made.cif").write_text(made)
    (tmp_path / "real.cif").write_text(
        made.replace("_smmdb_synthetic yes", "").replace("data_made_up", "data_measured")
    )
    ingest_here(engine, tmp_path)
    write_findings(tmp_path / "findings.csv", ["made_up"])
    import_findings(engine, tmp_path / "findings.csv", entered_by="test")
    with engine.connect() as connection:
        query = text(
            "select c.identifier from label l join complex c using (compound_id)"
            " where l.policy = 'paper-binary'"
        )
        assert connection.scalars(query).all() == ["made_up"]


def test_a_finding_waits_for_its_crystal(engine, tmp_path):
    names = write_small_crystals(tmp_path / "cif", 2)
    write_findings(tmp_path / "findings.csv", names)
    imported = import_findings(engine, tmp_path / "findings.csv", entered_by="test")
    assert sum(imported.matched_by.values()) == 0
    ingest_here(engine, tmp_path / "cif")
    with engine.connect() as connection:
        labels = connection.scalars(
            text("select class from label where policy = 'paper-binary' order by compound_id")
        ).all()
    assert labels == ["positive", "positive"]


def test_a_missing_folder_is_named(engine, tmp_path):
    with pytest.raises(InputError, match="nowhere: no such file or folder"):
        ingest(engine, [tmp_path / "nowhere"])


def test_show_says_that_a_block_was_rejected_and_why(engine, tmp_path):
    bad = small_cif("no_such_element", "Dy").replace("Dy1 Dy", "Xx1 Xx")
    (tmp_path / "4300001.cif").write_text(bad)
    ingest_here(engine, tmp_path)
    for name in ("no_such_element", "4300001"):
        with pytest.raises(NotFoundError, match=r"was read and rejected: unknown_element: .*Xx"):
            show(engine, name)


def run(database_url, monkeypatch, *arguments):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    return CliRunner().invoke(smmdb, ["ingest", "--workers", "1", *map(str, arguments)])


def test_a_report_has_a_row_for_each_block_new_or_known(
    engine, database_url, tmp_path, monkeypatch
):
    folder, path = tmp_path / "cif", tmp_path / "report.csv"
    write_small_crystals(folder, 1)
    bad = small_cif("=1+1", "Dy").replace("Dy1 Dy", "Xx1 Xx")
    (folder / "two.cif").write_text(small_cif("good", "Co", 5) + bad)
    assert run(database_url, monkeypatch, folder, "--report", path).exit_code == 0
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [(r["block"], r["status"], r["verdict"], r["code"]) for r in rows] == [
        ("small_000", "new", "accepted", ""),
        ("good", "new", "accepted", ""),
        ("'=1+1", "new", "rejected", "unknown_element"),
    ]
    assert rows[0]["metals"] == "Dy"
    assert rows[0]["sites"].startswith("Dy CN 3 ")
    assert rows[0]["formulas"] == "C3 Dy O3"
    (folder / "later.cif").write_text(small_cif("later", "Dy", 4))
    path = path.with_suffix(".json")
    assert run(database_url, monkeypatch, folder, "--report", path).exit_code == 0
    status = {row["block"]: row["status"] for row in json.loads(path.read_text())}
    assert status == {"small_000": "known", "good": "known", "=1+1": "known", "later": "new"}


def test_a_report_of_a_stopped_run_is_not_left_half_written(
    engine, database_url, tmp_path, monkeypatch
):
    write_small_crystals(tmp_path / "cif", 2)
    report = tmp_path / "report.csv"
    report.write_text("of an earlier run")

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(use_case, "read_blocks", stop)
    done = run(database_url, monkeypatch, tmp_path / "cif", "--report", report)
    assert done.exit_code == 130
    assert report.read_text() == "of an earlier run"
    assert [file.name for file in tmp_path.glob("report*")] == ["report.csv"]


@pytest.mark.parametrize(
    ("report", "told"),
    [("report.xls", ".csv or .json"), ("nowhere/report.csv", "there is no folder")],
)
def test_a_report_that_cannot_be_is_refused_before_any_work(
    engine, database_url, tmp_path, monkeypatch, report, told
):
    write_small_crystals(tmp_path / "cif", 1)
    done = run(database_url, monkeypatch, tmp_path / "cif", "--report", tmp_path / report)
    assert done.exit_code == 2
    assert told in done.stderr
    assert count(engine, "structure") == 0


def test_rejected_blocks_are_named_and_told_again(engine, database_url, tmp_path, monkeypatch):
    bad = small_cif("bad", "Dy").replace("Dy1 Dy", "Xx1 Xx")
    (tmp_path / "two.cif").write_text(small_cif("good", "Co", 5) + bad)
    first = run(database_url, monkeypatch, tmp_path)
    assert "two.cif" in first.stdout
    assert "unknown_element" in first.stdout
    (tmp_path / "one.cif").write_text(small_cif("other", "Zn", 5))
    again = run(database_url, monkeypatch, tmp_path)
    assert "left alone: 1 file; 1 block of them rejected then (unknown_element 1)." in again.stderr
    assert "two.cif" not in again.stdout


def test_a_folder_without_structures_is_an_error(engine, database_url, tmp_path, monkeypatch):
    (tmp_path / "notes.txt").write_text("nothing")
    done = run(database_url, monkeypatch, tmp_path)
    assert done.exit_code == 1
    assert "Passed over for other endings: 1 file (.txt 1)." in done.stderr
    assert "looked for .cif, .mcif, .xyz" in done.stderr


def test_the_summary_counts_metals_and_ligand_classes(engine, database_url, tmp_path, monkeypatch):
    write_small_crystals(tmp_path / "cif", 4)
    done = run(database_url, monkeypatch, tmp_path / "cif")
    assert "Ligand class" in done.stdout
    for metal in ("Dy", "Co", "Zn", "Gd"):
        assert metal in done.stdout
