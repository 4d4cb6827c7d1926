"""Withdrawn values: they count no more, stay to be seen, and count again."""

from pathlib import Path

import factories as make
import pytest
from property_loading import Import, loader
from sqlalchemy import Engine, text

from screening.errors import InputError, NotFoundError
from screening.property_list import export_property, list_properties, show_property
from screening.property_withdrawal import reinstate, withdraw, withdrawn_values
from screening.store.examples import answers_to
from screening.store.property_list import values_of_complex
from screening.store.targets import find_target


@pytest.fixture
def load(engine: Engine, tmp_path: Path) -> Import:
    return loader(engine, tmp_path)


def said(engine: Engine) -> list[tuple[str, float, str]]:
    """What counts: identifier, value, source."""
    rows = export_property(engine, "spin")
    return [(row["identifier"], row["value"], row["source"]) for row in rows]


def id_of(engine: Engine, identifier: str) -> int:
    (found,) = (r for r in export_property(engine, "spin") if r["identifier"] == identifier)
    value_id: int = found["value_id"]
    return value_id


def test_what_is_withdrawn_matches_shows_and_trains_no_more(engine: Engine, load: Import) -> None:
    with engine.begin() as connection:
        complex_id = make.add_complex(connection, refcode="ABCDEF")
    load("ABCDEF,1", "GHIJKL,0")
    before = id_of(engine, "ABCDEF")
    assert withdraw(engine, "spin", before, by="her", reason="another polymorph") == 1
    assert said(engine) == [("GHIJKL", 0.0, "A")]
    assert show_property(engine, "spin", "ABCDEF")["values"] == []
    with engine.connect() as connection:
        assert answers_to(connection, find_target(connection, "spin")) == {}
        assert values_of_complex(connection, complex_id) == []
    (listed,) = list_properties(engine)
    assert (listed["stated"], listed["withdrawn"], listed["complexes"]) == (1, 1, 0)
    (gone,) = withdrawn_values(engine, "spin")
    assert (gone["value_id"], gone["given"], gone["withdrawn_by"], gone["reason"]) == (
        before,
        "1",
        "her",
        "another polymorph",
    )
    assert withdraw(engine, "spin", before, by="her", reason="again") == 0
    assert reinstate(engine, "spin", before, by="him") == 1
    assert reinstate(engine, "spin", before, by="him") == 0
    with engine.connect() as connection:
        assert answers_to(connection, find_target(connection, "spin")) == {complex_id: True}
        query = text("""
            select event, by, reason from property_history
            where value_id = :id order by at""")
        assert connection.execute(query, {"id": before}).all() == [
            ("entered", "me", None),
            ("withdrawn", "her", "another polymorph"),
            ("reinstated", "him", None),
        ]


def test_the_same_stays_withdrawn_and_another_value_takes_its_place(
    engine: Engine, load: Import
) -> None:
    load("ABCDEF,1", "GHIJKL,0")
    wrong = id_of(engine, "ABCDEF")
    withdraw(engine, "spin", wrong, by="her", reason="a slip")
    again = load("ABCDEF,1", "GHIJKL,0", file="b.csv")
    assert again.counts == {"withdrawn": 1, "known": 1}
    assert again.outcomes[0].remark == "withdrawn before"
    right = load("ABCDEF,0", file="c.csv")
    assert right.counts == {"added": 1}
    assert said(engine) == [("GHIJKL", 0.0, "A"), ("ABCDEF", 0.0, "A")]
    with pytest.raises(InputError, match=r"A has said 0 of ABCDEF since, value \d+: withdraw that"):
        reinstate(engine, "spin", wrong, by="her")
    assert load("ABCDEF,1", file="d.csv").counts == {"refused": 1}
    withdraw(engine, "spin", id_of(engine, "ABCDEF"), by="her", reason="it was right before")
    assert reinstate(engine, "spin", wrong, by="her") == 1
    assert said(engine) == [("ABCDEF", 1.0, "A"), ("GHIJKL", 0.0, "A")]


def test_a_withdrawn_value_by_another_method_is_another(engine: Engine, load: Import) -> None:
    load("ABCDEF,1", method="PBE0")
    withdraw(engine, "spin", id_of(engine, "ABCDEF"), by="her", reason="poor functional")
    assert load("ABCDEF,1", method="TPSSh").counts == {"added": 1}


def test_a_source_is_withdrawn_as_a_whole_and_comes_back_as_it_was(
    engine: Engine, load: Import
) -> None:
    load("ABCDEF,1", "GHIJKL,0", "MNOPQR,1")
    load("ABCDEF,0", source="B")
    withdraw(engine, "spin", id_of(engine, "GHIJKL"), by="her", reason="a slip")
    assert withdraw(engine, "spin", " A ", by="her", reason="wrong sign") == 2
    assert said(engine) == [("ABCDEF", 0.0, "B")]
    with engine.connect() as connection, pytest.raises(InputError, match="its sources: B"):
        find_target(connection, "spin", source="A")
    assert reinstate(engine, "spin", "A", by="her", reason="it was right") == 2
    assert [row[0] for row in said(engine)] == ["ABCDEF", "MNOPQR", "ABCDEF"]
    assert [row["identifier"] for row in withdrawn_values(engine, "spin")] == ["GHIJKL"]
    assert reinstate(engine, "spin", "A", by="her") == 1
    assert reinstate(engine, "spin", "A", by="her") == 0


def test_a_withdrawn_value_contradicts_nothing(engine: Engine, load: Import) -> None:
    load("ABCDEF,1", "CCDC 604034,0")
    with engine.begin() as connection:
        complex_id = make.add_complex(connection, refcode="ABCDEF", ccdc_number=604034)
    assert list_properties(engine)[0]["contradicted"] == 1
    withdraw(engine, "spin", id_of(engine, "CCDC 604034"), by="her", reason="another crystal")
    assert list_properties(engine)[0]["contradicted"] == 0
    with engine.connect() as connection:
        assert answers_to(connection, find_target(connection, "spin")) == {complex_id: True}


def test_what_is_not_there_cannot_be_withdrawn(engine: Engine, load: Import) -> None:
    load("ABCDEF,1")
    load("ABCDEF,1", name="gap")
    (other,) = export_property(engine, "gap")
    said = {"by": "me", "reason": "x"}
    with pytest.raises(NotFoundError, match="there is no property 'nothing'"):
        withdraw(engine, "nothing", 1, **said)
    with pytest.raises(NotFoundError, match=f"spin has no value {other['value_id']}"):
        withdraw(engine, "spin", other["value_id"], **said)
    with pytest.raises(NotFoundError, match="'B' never said anything of spin; its sources: A"):
        withdraw(engine, "spin", "B", **said)
    with pytest.raises(InputError, match="the reason is empty"):
        withdraw(engine, "spin", "A", by="me", reason="\u200b")
    assert list_properties(engine)[1]["withdrawn"] == 0


def test_the_writer_may_withdraw(engine: Engine, load: Import) -> None:
    load("ABCDEF,1")
    with engine.begin() as connection:
        connection.execute(text("set local role smmdb_writer"))
        value_id = connection.scalar(text("select id from property_value"))
        make.add_property_event(connection, value_id)
        connection.execute(text("update property_value set withdrawn_at = now()"))
    assert said(engine) == []
