"""The revisions form one line, and their folder never shadows the package alembic."""

import re
import subprocess
import sys
from pathlib import Path

from screening.views import VIEWS, view_sql, views_digest

REPOSITORY = Path(__file__).resolve().parents[2]
REVISIONS = sorted((REPOSITORY / "alembic" / "versions").glob("*.py"))


def test_the_folder_is_no_package() -> None:
    assert not (REPOSITORY / "alembic" / "__init__.py").exists()
    assert not (REPOSITORY / "alembic" / "versions" / "__init__.py").exists()


def test_import_alembic_from_the_checkout_is_the_installed_package() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import alembic; print(alembic.__version__, alembic.__file__)"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "site-packages" in done.stdout


def test_there_is_one_line_of_revisions() -> None:
    texts = [path.read_text() for path in REVISIONS]
    names = [re.search(r'^revision = "(\d{4})"$', text, re.MULTILINE).group(1) for text in texts]
    parent = re.compile(r'^down_revision = (?:"(\d{4})"|None)$', re.MULTILINE)
    parents = [parent.search(text).group(1) for text in texts]
    assert [path.name[:4] for path in REVISIONS] == names
    assert parents == [None, *names[:-1]]


def test_each_revision_drops_the_views_first() -> None:
    for path in REVISIONS:
        for way in ("upgrade", "downgrade"):
            start = f"def {way}() -> None:\n    drop_views(op.get_bind())\n"
            assert start in path.read_text(), f"{path.name}: {way}"


def test_a_changed_view_has_a_revision() -> None:
    digests = [
        found.group(1)
        for path in REVISIONS
        if (found := re.search(r'^views_digest = "(\w+)"$', path.read_text(), re.MULTILINE))
    ]
    assert digests[-1] == views_digest(), (
        "a view differs from the one of the newest revision: databases in use would keep the old"
        " one. Add a revision as 0007_views.py is (before a release: put the digest in there)."
    )


def test_each_view_file_is_made() -> None:
    files = {path.stem for path in (REPOSITORY / "screening" / "views").glob("*.sql")}
    assert files == set(VIEWS)


def test_each_view_says_what_a_row_is() -> None:
    for name in VIEWS:
        assert f"comment on view {name} is" in view_sql(name)
