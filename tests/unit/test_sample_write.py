"""The synthetic sample on disk: the same bytes each time, all kinds of files, no false names."""

import csv
import gzip
import re
import zipfile

import gemmi
import pytest

from screening.errors import InputError
from screening.evidence.table import read_table
from screening.sample import write_sample
from screening.sample.findings import COLUMNS

SMALL = 24


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("sample"), n_files=SMALL)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def texts(folder):
    for path in sorted(folder.iterdir()):
        if path.suffix == ".gz":
            yield gzip.decompress(path.read_bytes()).decode()
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield from (archive.read(name).decode() for name in archive.namelist())
        else:
            yield path.read_text()


def test_the_same_seed_gives_the_same_bytes(sample, tmp_path):
    write_sample(tmp_path, n_files=SMALL)

    assert contents(tmp_path) == contents(sample.findings_file.parent)


def test_another_seed_gives_other_crystals_and_leaves_no_file_of_the_first(sample, tmp_path):
    write_sample(tmp_path, n_files=SMALL + 4)
    write_sample(tmp_path, seed=7, n_files=SMALL)

    other, first = contents(tmp_path), contents(sample.findings_file.parent)
    assert len(other) == len(first)
    assert other["synthetic-many-blocks.cif"] != first["synthetic-many-blocks.cif"]


def test_the_summary_counts_what_is_on_disk(sample):
    paths = list(sample.cif_folder.iterdir())
    blocks = sum(
        text.count("\ndata_") + text.startswith("data_") for text in texts(sample.cif_folder)
    )
    with sample.findings_file.open(newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert len(paths) == sample.files == SMALL
    assert blocks == sample.blocks
    assert len(rows) == sample.findings


def test_there_are_plain_compressed_zipped_and_many_block_files(sample):
    suffixes = {"".join(path.suffixes) for path in sample.cif_folder.iterdir()}
    many = gemmi.cif.read_string((sample.cif_folder / "synthetic-many-blocks.cif").read_text())

    assert suffixes == {".cif", ".cif.gz", ".zip"}
    assert [block.name for block in many] == [f"synthetic_{k:04d}" for k in range(1, 5)]


def test_every_file_and_block_says_that_it_is_synthetic(sample):
    assert all(path.name.startswith("synthetic-") for path in sample.cif_folder.iterdir())
    for text in texts(sample.cif_folder):
        for block in text.split("data_synthetic_")[1:]:
            assert "_smmdb_synthetic yes" in block
            assert "synthetic crystal made by smmdb, not a measurement" in block


def test_nothing_looks_like_a_real_deposition(sample):
    for text in texts(sample.cif_folder):
        assert "_database_code" not in text
        assert "ccdc" not in text.casefold()
        assert not re.search(r"10\.\d{4,}/", text)
    rows = list(csv.DictReader(sample.findings_file.read_text().splitlines()))
    assert all(row["identifier"].startswith("synthetic") for row in rows)
    assert {row["doi"] + row["year"] for row in rows} == {""}


def test_the_findings_table_is_one_that_the_importer_takes_whole(sample):
    header = sample.findings_file.read_text().splitlines()[0].split(",")
    table = read_table(sample.findings_file)

    assert tuple(header) == COLUMNS
    assert len(table.rows) == sample.findings
    assert not table.errors


def test_a_sample_too_small_for_its_kinds_of_files_is_refused(tmp_path):
    with pytest.raises(InputError, match="at least 20"):
        write_sample(tmp_path, n_files=19)
