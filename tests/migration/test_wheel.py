"""The wheel brings the migrations and the views, and nothing beside the two packages."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from sqlalchemy import Engine

from screening.store import migrate
from screening.views import VIEWS

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = WheelBuilder(str(REPOSITORY)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_only_two_packages_come_in(unpacked: Path) -> None:
    names = {path.name for path in unpacked.iterdir() if not path.name.endswith(".dist-info")}
    assert names == {"cli", "screening"}


def test_every_revision_and_view_comes_in(unpacked: Path) -> None:
    def listing(folder: Path) -> set[str]:
        return {
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }

    assert listing(unpacked / "screening" / "migrations") == listing(REPOSITORY / "alembic")
    assert {f"{view}.sql" for view in VIEWS} <= listing(unpacked / "screening" / "views")
    assert not list(unpacked.rglob("*.pyc"))


def test_an_empty_database_is_brought_up_from_the_wheel(
    unpacked: Path, empty_database_url: str, empty_engine: Engine, tmp_path: Path
) -> None:
    code = (
        "import screening.store.migrate as m; print(m.migrations_dir());"
        "from cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "db", "upgrade"],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(unpacked),
            "SMMDB_DATABASE_URL": empty_database_url,
        },
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.splitlines()[0] == str(unpacked / "screening" / "migrations")
    assert migrate.current(empty_engine) == migrate.head()


def test_the_developers_way_works_from_the_checkout(
    empty_database_url: str, empty_engine: Engine
) -> None:
    subprocess.run(
        [sys.executable, "-m", "alembic", "-c", "migrations.ini", "upgrade", "head"],
        cwd=REPOSITORY,
        env={**os.environ, "SMMDB_DATABASE_URL": empty_database_url},
        capture_output=True,
        check=True,
    )
    assert migrate.current(empty_engine) == migrate.head()
