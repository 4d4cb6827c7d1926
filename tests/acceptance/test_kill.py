"""kill -9 in the middle of a command; the same command then finishes."""

import pytest
from processes import environment, kill_hard, run_smmdb, start_smmdb, wait_until
from small_crystals import small_cif, write_findings, write_small_crystals
from sqlalchemy import text

from screening.ingest import ingest
from screening.label import import_findings
from screening.learning.train import TrainingConfig
from screening.reading import read_source
from screening.train import train

FILES = 400


@pytest.fixture
def env(database_url):
    return environment(SMMDB_DATABASE_URL=database_url)


@pytest.fixture
def folder(tmp_path):
    """40 compounds, the others their copies under other names: many files, read quickly."""
    names = write_small_crystals(tmp_path / "cif", 40)
    for i in range(40, FILES):
        (tmp_path / "cif" / f"copy_{i}.cif").write_text(small_cif(f"copy_{i}", "Dy", 6, 1 + i % 6))
    write_findings(tmp_path / "findings.csv", names)
    return tmp_path


def count(engine, table):
    with engine.connect() as connection:
        return connection.scalar(text(f"select count(*) from {table}"))


def test_ingest_killed_in_the_middle_finishes_when_run_again(engine, env, folder):
    process = start_smmdb("ingest", str(folder / "cif"), env=env)
    wait_until(lambda: count(engine, "source_file") > 0)
    kill_hard(process)
    stored = count(engine, "source_file")
    assert 0 < stored < FILES
    assert count(engine, "structure") == stored
    again = run_smmdb("ingest", str(folder / "cif"), env=env)
    assert again.returncode == 0, again.stderr
    assert f"{FILES - stored} blocks of {FILES - stored} new files" in again.stderr
    assert count(engine, "structure") == count(engine, "source_file") == FILES
    assert count(engine, "complex") == count(engine, "voxel_grid")


def test_reingest_killed_in_the_middle_finishes_when_run_again(engine, env, folder, monkeypatch):
    """All complexes were read by an older chemistry."""
    keyed = "screening.reading._chemistry_key"
    monkeypatch.setattr(keyed, lambda *_: "older")
    monkeypatch.setattr("screening.ingest.read_sources", read_here)
    ingest(engine, [folder / "cif"])
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


def read_here(sources, spec, known, _workers):
    """Read in this process, where a test can change the chemistry."""
    for source in sources:
        yield [read_source(source, spec, known)]


def test_predict_killed_in_the_middle_finishes_when_run_again(engine, env, folder):
    ingest(engine, [folder / "cif"])
    import_findings(engine, folder / "findings.csv", entered_by="test")
    config = TrainingConfig(epochs=1)
    train(engine, "killed", synthetic=True, config=config, rotations=24)
    complexes = count(engine, "complex")
    process = start_smmdb("predict", "--model", "killed", "--workers", "1", env=env)
    wait_until(lambda: count(engine, "prediction") > 0)
    kill_hard(process)
    scored = count(engine, "prediction")
    assert 0 < scored < complexes
    again = run_smmdb("predict", "--model", "killed", "--workers", "1", env=env)
    assert again.returncode == 0, again.stderr
    assert count(engine, "prediction") == complexes
    with engine.connect() as connection:
        books = connection.execute(
            text("select status, asked, done, failed, skipped from screening_run order by id")
        ).all()
    assert [tuple(row) for row in books] == [
        ("failed", complexes, scored, 0, 0),
        ("done", complexes, complexes - scored, 0, scored),
    ]
    with engine.connect() as connection:
        leaked = connection.scalar(
            text(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid() and state = 'idle in transaction'"
            )
        )
    assert leaked == 0
