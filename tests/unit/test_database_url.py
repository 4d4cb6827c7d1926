"""SMMDB_DATABASE_URL is read whatever its password holds, and the password is not shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from screening.errors import InputError
from screening.store.engine import libpq_url, parse_url, printable_url, session_options

passwords = st.text(st.characters(min_codepoint=33, exclude_categories=("Cs",)), min_size=1)


@given(passwords)
def test_a_quoted_password_is_read_back(password: str) -> None:
    url = make_url("postgresql://me@host:6543/db").set(password=password)
    read = parse_url(url.render_as_string(hide_password=False))
    assert (read.password, read.host, read.port, read.database) == (password, "host", 6543, "db")


@pytest.mark.parametrize("password", ["a@b", "50%", "a:b", "a/b", "p@ss%word#1", "%zz"])
def test_a_password_typed_without_quoting_is_read_as_it_is(password: str) -> None:
    read = parse_url(f"postgres://me:{password}@host/db?sslmode=require")
    assert (read.password, read.host, read.database) == (password, "host", "db")
    assert read.query == {"sslmode": "require"}
    assert read.drivername == "postgresql+psycopg"


@given(passwords)
def test_libpq_reads_what_is_meant(password: str) -> None:
    url = parse_url("postgresql://a%20b@host:1/d?options=-c%20work_mem%3D1MB").set(
        password=password
    )
    read = conninfo_to_dict(libpq_url(url))
    assert read["password"] == password
    assert read["user"] == "a b"
    assert read["options"] == "-c work_mem=1MB"


@pytest.mark.parametrize("text", ["mysql://me:secret@host/db", "host=h password=secret", "secret"])
def test_what_is_no_postgresql_url_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_url(text)
    assert "secret" not in str(caught.value)
    assert "postgresql://" in str(caught.value)


def test_a_port_that_is_no_number_is_refused_without_the_password() -> None:
    with pytest.raises(InputError) as caught:
        parse_url("postgresql://me:secret@host:port/db")
    assert "secret" not in str(caught.value)


def test_the_password_is_not_printed() -> None:
    shown = printable_url("postgresql+psycopg://me:secret@host/db")
    assert shown == "postgresql://me:***@host/db"


@given(passwords)
def test_a_password_in_the_query_counts_and_is_not_printed(password: str) -> None:
    given_url = make_url("postgresql://me@host/db").update_query_dict({"password": password})
    read = parse_url(given_url.render_as_string())
    assert read.password == password
    shown = printable_url(read.render_as_string(hide_password=False))
    assert shown == "postgresql://me:***@host/db"


def test_other_secrets_are_not_printed() -> None:
    shown = printable_url("postgresql://host/db?sslpassword=s3cret&sslmode=require")
    assert shown == "postgresql://host/db?sslmode=require"


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(InputError, match="does not know: foo"):
        parse_url("postgresql://me@host/db?foo=bar&sslmode=require")


def test_an_unquoted_question_mark_in_a_password_does_not_show_it() -> None:
    with pytest.raises(InputError) as caught:
        parse_url("postgresql://me:p@ss?cr=et@host/db")
    assert "cr" not in str(caught.value)
    assert "%3F" in str(caught.value)


def test_our_options_come_after_those_of_the_url() -> None:
    url = make_url("postgresql://host/db?options=-csearch_path%3Dmine")
    assert session_options(url, "smmdb_analyst").split() == [
        "-csearch_path=mine",
        "-crole=smmdb_analyst",
        "-csearch_path=public",
    ]
