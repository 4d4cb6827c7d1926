"""kill -9 in the middle of a command; the same command then finishes."""

import pytest
from processes import environment, kill_hard, run_smmdb, start_smmdb, wait_until
from reading_here import ingest_here
from small_crystals import small_cif, write_small_crystals
from sqlalchemy import text

FILES = 600  # some are stored before all are read


@pytest.fixture
def env(database_url):
    return environment(SMMDB_DATABASE_URL=database_url)


def write_folder(folder, n_files):
    """40 compounds, the others their copies under other names: many files, read quickly."""
    write_small_crystals(folder, 40)
    for i in range(40, n_files):
        (folder / f"copy_{i}.cif").write_text(small_cif(f"copy_{i}", "Dy", 6, 1 + i % 6))
    return folder


def count(engine, table):
    with engine.connect() as connection:
        return connection.scalar(text(f"select count(*) from {table}"))


def test_ingest_killed_in_the_middle_finishes_when_run_again(engine, env, tmp_path):
    folder = write_folder(tmp_path / "cif", FILES)
    process = start_smmdb("ingest", str(folder), env=env)
    wait_until(lambda: count(engine, "source_file") > 0)
    kill_hard(process)
    stored = count(engine, "source_file")
    assert 0 < stored < FILES
    assert count(engine, "structure") == stored
    again = run_smmdb("ingest", str(folder), env=env)
    assert again.returncode == 0, again.stderr
    assert f"{FILES - stored} blocks of {FILES - stored} new files" in again.stderr
    assert count(engine, "structure") == count(engine, "source_file") == FILES
    assert count(engine, "complex") == count(engine, "voxel_grid")


def test_reingest_killed_in_the_middle_finishes_when_run_again(engine, env, tmp_path, monkeypatch):
    """All complexes were read by an older chemistry."""
    folder = write_folder(tmp_path / "cif", 256)
    keyed = "screening.reading._chemistry_key"
    monkeypatch.setattr(keyed, lambda *_: "older")
    ingest_here(engine, folder)
    complexes = count(engine, "complex")
    superseded = "complex where superseded_at is not null"
    process = start_smmdb("reingest", env=env)
    wait_until(lambda: count(engine, superseded) > 0)
    kill_hard(process)
    done = count(engine, superseded)
    assert 0 < done < complexes
    again = run_smmdb("reingest", env=env)
    assert again.returncode == 0, again.stderr
    assert f"{complexes - done} complexes were superseded" in again.stderr
    assert count(engine, superseded) == complexes
    assert count(engine, "complex") == count(engine, "voxel_grid") == 2 * complexes
    third = run_smmdb("reingest", env=env)
    assert "0 blocks changed" in third.stderr
