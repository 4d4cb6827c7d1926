"""`ingest` of files of molecules: in parts, each of which is one transaction and stored whole."""

import json
import lzma

import pytest
import zstandard
from click.testing import CliRunner
from sqlalchemy import text
from stopping import stopped_at_the_second_store

from cli.main import smmdb
from screening.crystal import parts
from screening.crystal.source import Source
from screening.ingest import ingest
from screening.reading import read_source
from screening.voxel.spec import DEFAULT_SPEC

_AXES = ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1))


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(parts, "PART_MOLECULES", 3)


def molecule(name, donors=6, carbons=1):
    atoms = ["Dy 0 0 0"]
    for axis in _AXES[:donors]:
        for i in range(carbons + 1):
            place = " ".join(f"{(2.3 + 1.45 * i) * part:.3f}" for part in axis)
            atoms.append(f"{'C' if i else 'O'} {place}")
    return f"{len(atoms)}\n{name} q=-{donors} smmdb_synthetic=yes\n" + "\n".join(atoms) + "\n"


def write_molecules(path, count=7):
    """*count* invented molecules, the last but one without its last atom."""
    frames = [molecule(f"made_{i}", 2 + i % 5, 1 + i // 5) for i in range(count)]
    frames[-2] = frames[-2].rsplit("\n", 2)[0] + "\n"
    path.write_bytes(lzma.compress("".join(frames).encode()))


def rows(engine, query):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_every_molecule_gets_its_verdict_once(engine, tmp_path):
    write_molecules(tmp_path / "many.xyz.xz")
    summary = ingest(engine, [tmp_path], workers=1)
    assert (summary.files, summary.added.files, summary.blocks) == (1, 3, 7)
    assert (summary.added.accepted, summary.added.rejected) == (6, {"atom_count": 1})
    assert rows(engine, "select code, block, position from ingest_report where code is not null")
    names = [name.rpartition("/")[2] for (name,) in rows(engine, "select name from source_file")]
    assert sorted(names) == [
        "many.xyz.xz!000001-000003",
        "many.xyz.xz!000004-000006",
        "many.xyz.xz!000007-000007",
    ]
    again = ingest(engine, [tmp_path], workers=1)
    assert (again.blocks, again.added.known_files) == (0, 3)


def test_a_molecule_is_marked_as_no_crystal_and_keeps_what_was_stated(engine, tmp_path):
    (tmp_path / "one.xyz").write_text(molecule("made_one"))
    ingest(engine, [tmp_path], workers=1)
    ((identifier, cell, space_group, r_factor, stated, is_synthetic),) = rows(
        engine,
        "select identifier, cell, space_group, r_factor, stated, is_synthetic from complex",
    )
    assert (identifier, cell, space_group, r_factor) == ("made_one", None, None, None)
    assert stated == {"q": "-6", "smmdb_synthetic": "yes"}
    assert is_synthetic
    assert rows(engine, "select count(*) from voxel_grid") == [(1,)]


def test_stopped_between_parts_it_goes_on(engine, tmp_path, monkeypatch):
    monkeypatch.setattr("screening.ingest._STORED_BLOCKS", 1)
    monkeypatch.setattr("screening.pool.BATCH_FILES", 1)
    write_molecules(tmp_path / "many.xyz.xz")
    with stopped_at_the_second_store(), pytest.raises(KeyboardInterrupt):
        ingest(engine, [tmp_path], workers=1)
    assert rows(engine, "select count(*) from complex") == [(3,)]
    assert ingest(engine, [tmp_path], workers=1).added.files == 2
    assert rows(engine, "select count(*) from complex") == [(6,)]


def test_a_stored_part_can_be_read_again_without_its_file(engine, tmp_path):
    write_molecules(tmp_path / "many.xyz.xz")
    ingest(engine, [tmp_path], workers=1)
    (name, content), *_ = rows(engine, "select name, content from source_file order by id offset 1")
    again = read_source(
        Source(name, data=zstandard.decompress(bytes(content))), DEFAULT_SPEC, frozenset()
    )
    assert [block.verdict.name for block in again.blocks] == ["made_3", "made_4", "made_5"]


def test_show_says_that_there_is_no_crystal(database_url, engine, tmp_path, monkeypatch):
    (tmp_path / "one.xyz").write_text(molecule("made_one"))
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    ran = CliRunner().invoke(smmdb, ["ingest", str(tmp_path), "--workers", "1"])
    assert ran.exit_code == 0, ran.output
    shown = CliRunner().invoke(smmdb, ["show", "made_one"])
    assert shown.exit_code == 0, shown.output
    assert "no crystal" in shown.output
    (details,) = json.loads(
        CliRunner().invoke(smmdb, ["show", "made_one", "--format", "json"]).stdout
    )
    assert details["cell"] is None
