"""Files under a name that a user gives: whole or not at all, and none replaced unasked."""

import os

import pytest

from cli.report_file import open_report
from screening.errors import InputError
from screening.new_file import new_file, write_new


def test_what_is_there_is_replaced_only_where_that_is_asked_for(tmp_path):
    path = tmp_path / "out.csv"
    write_new(path, b"mine", overwrite=False)
    with pytest.raises(InputError, match=r"out\.csv exists already.*--overwrite"):
        write_new(path, b"other", overwrite=False)
    assert path.read_bytes() == b"mine"
    write_new(path, b"other", overwrite=True)
    assert path.read_bytes() == b"other"
    assert list(tmp_path.iterdir()) == [path]


def test_a_stop_leaves_what_was_there_and_nothing_half(tmp_path):
    path = tmp_path / "out.csv"
    path.write_bytes(b"mine")

    def stopped():
        with new_file(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert path.read_bytes() == b"mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere/out\.csv cannot be written: No such file"):
        write_new(tmp_path / "nowhere" / "out.csv", b"mine", overwrite=False)


def test_others_may_read_it_as_any_file(tmp_path):
    before = os.umask(0o022)
    try:
        write_new(tmp_path / "out.csv", b"mine", overwrite=False)
    finally:
        os.umask(before)
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("name", "text"),
    [("out.csv", "a,b\n1,é\n"), ("out.json", '[\n{"a": 1, "b": "é"}\n]\n')],
)
def test_a_report_is_of_the_kind_that_its_name_says(tmp_path, name, text):
    with open_report(tmp_path / name, ("a", "b")) as write:
        write([{"a": 1, "b": "é", "c": 0}])
    assert (tmp_path / name).read_text(encoding="utf-8") == text
