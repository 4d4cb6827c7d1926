"""A database with complexes from before properties were known."""

import pytest
from sqlalchemy import Engine, text

from screening.errors import DatabaseError
from screening.store import migrate

COMPLEX = text("""
    with made as (insert into compound (key, formula) values ('k', 'Co') returning id)
    insert into complex (compound_id, content_key, skeleton_key, identifier, refcode, formula,
        metals, nuclearity, n_atoms, molar_mass, is_disordered, metal_disordered, donor_disordered,
        ligand_classes, is_synthetic, stated, components, atomic_numbers, positions, atom_labels,
        bonds)
    select id, 'c', 's', 'ABCDEF', 'ABCDEF', 'Co', '{Co}', 1, 1, 58.9, false, false, false, '{}',
        false, '{}', '[]', '{27}', '{0,0,0}', '{Co1}', '{}' from made""")
VALUE = text("""
    with made as (
        insert into property_definition (name, kind, defined_by) values ('spin', 'binary', 'me')
        returning id)
    insert into property_value (property_id, identifier, name, refcode, value, given, source,
        source_name, source_sha256, source_row, entered_by)
    select id, 'ABCDEF', 'abcdef', 'ABCDEF', 1, '1', 'A', 'a.csv', 'x', 2, 'me' from made""")


def test_values_belong_to_what_was_there_before(empty_engine: Engine) -> None:
    migrate.upgrade(empty_engine, "0009")
    with empty_engine.begin() as connection:
        connection.execute(COMPLEX)
    migrate.upgrade(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(VALUE)
        query = text("select property, identifier, metals, value, state from properties")
        assert connection.execute(query).one() == ("spin", "ABCDEF", ["Co"], 1.0, "matched")
    migrate.downgrade(empty_engine, "0009")
    with empty_engine.connect() as connection:
        assert connection.scalar(text("select count(*) from complex")) == 1


WITHDRAW = text("""
    with told as (
        insert into property_event (value_id, event, by) select id, 'withdrawn', 'me'
        from property_value returning value_id)
    select count(*) from told""")


def test_values_from_before_withdrawals_count_and_withdrawn_ones_stop_the_way_down(
    empty_engine: Engine,
) -> None:
    migrate.upgrade(empty_engine, "0013")
    with empty_engine.begin() as connection:
        connection.execute(VALUE)
    migrate.upgrade(empty_engine)
    query = text("select identifier, value from properties")
    with empty_engine.begin() as connection:
        assert connection.execute(query).all() == [("ABCDEF", 1.0)]
    migrate.downgrade(empty_engine, "0013")
    migrate.upgrade(empty_engine)
    with empty_engine.begin() as connection:
        assert connection.scalar(WITHDRAW) == 1
        connection.execute(text("update property_value set withdrawn_at = now()"))
        assert connection.execute(query).all() == []
    with pytest.raises(DatabaseError, match="no_withdrawal"):
        migrate.downgrade(empty_engine, "0013")
    assert migrate.current(empty_engine) == migrate.head()
