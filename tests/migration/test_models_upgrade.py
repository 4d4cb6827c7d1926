"""A database with a trained network from before models had other targets and evaluations."""

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
        false, '{}', '[]', '{27}', '{0,0,0}', '{Co1}', '{}' from made returning id""")
SPEC = text("""
    insert into voxel_spec (name, digest, edge, spacing, radii, hydrogens, version)
    values ('s', 'd', 32, 0.5, 'covalent', true, 1) returning id""")
VERSION = """
    insert into model_version (name, version, target, spec_id, palette, architecture, weights,
        weights_sha256, policy, policy_version, snapshot_digest, split, seed, code_version, card,
        trained_on_synthetic)
    values ('old', {number}, '{target}', :spec, 'p', '{{}}', 'w', repeat('a', 64), {policy}, 'd',
        '{{}}', 0, '0', '{{}}', false) returning id"""
TODAY = VERSION.replace("target, spec_id", "target, kind, spec_id").replace(
    "'{target}', :spec", "'{target}', '{kind}', :spec"
)
EXAMPLE = text("insert into training_example values (:version, :complex, true, 'train', 'g')")
METRIC = text("""
    insert into metric (model_version_id, part, subject, name, value, n)
    values (:version, 'test', 'network', 'auroc', 0.7, 40)""")
EVALUATION = text("""
    insert into evaluation (model_version_id, target, policy, policy_version, digest, n, n_positive,
        left_out, settings, reliability, verdict, code_version)
    values (:version, 'smm', 'paper', 1, repeat('b', 64), 1, 1, '{}', '{}', '[]', '', '0')""")


@pytest.fixture
def old_engine(empty_engine: Engine) -> Engine:
    migrate.upgrade(empty_engine, "0010")
    with empty_engine.begin() as connection:
        complex_id = connection.scalar(COMPLEX)
        statement = text(VERSION.format(number=1, target="smm", policy="'paper', 1"))
        version = connection.scalar(statement, {"spec": connection.scalar(SPEC)})
        connection.execute(EXAMPLE, {"version": version, "complex": complex_id})
        connection.execute(METRIC, {"version": version})
    migrate.upgrade(empty_engine)
    return empty_engine


def test_what_was_trained_before_stands_as_it_was(old_engine: Engine) -> None:
    query = text("""
        select v.target, v.policy, v.policy_version, v.property_source, v.at_least,
            m.evaluation_id, m.value
        from model_version v join metric m on m.model_version_id = v.id""")
    with old_engine.connect() as connection:
        assert connection.execute(query).one() == ("smm", "paper", 1, None, None, None, 0.7)
        assert connection.scalar(text("select count(*) from training_example")) == 1
    migrate.downgrade(old_engine, "0010")
    with old_engine.connect() as connection:
        query = text("select target, policy, policy_version from model_version")
        assert connection.execute(query).one() == ("smm", "paper", 1)


@pytest.mark.parametrize(
    ("target", "policy"), [("smm", "null, null"), ("spin", "'paper', 1"), ("spin", "null, 1")]
)
def test_a_policy_stands_exactly_where_the_target_is_labels(
    old_engine: Engine, target: str, policy: str
) -> None:
    given = {"number": 2, "target": target, "policy": policy, "kind": "binary"}
    statement = text(TODAY.format(**given))
    with old_engine.connect() as connection, pytest.raises(Exception, match="ck_model_version_tar"):
        connection.execute(
            statement, {"spec": connection.scalar(text("select id from voxel_spec"))}
        )


def test_a_metric_of_an_evaluation_is_of_the_evaluated_version(old_engine: Engine) -> None:
    with old_engine.begin() as connection:
        connection.execute(EVALUATION, {"version": 1})
        spec = connection.scalar(text("select id from voxel_spec"))
        statement = TODAY.format(number=2, target="spin", policy="null, null", kind="binary")
        other = connection.scalar(text(statement), {"spec": spec})
    wrong = text("""
        insert into metric (model_version_id, evaluation_id, part, subject, name, n)
        values (:version, 1, 'unseen', 'network', 'auroc', 1)""")
    with old_engine.begin() as connection:
        connection.execute(wrong, {"version": 1})
    with old_engine.connect() as connection, pytest.raises(Exception, match="fk_metric_evaluation"):
        connection.execute(wrong, {"version": other})


def test_the_older_schema_has_no_place_for_a_model_of_a_property(old_engine: Engine) -> None:
    with old_engine.begin() as connection:
        spec = connection.scalar(text("select id from voxel_spec"))
        statement = TODAY.format(number=2, target="spin", policy="null, null", kind="binary")
        connection.execute(text(statement), {"spec": spec})
    with pytest.raises(DatabaseError, match=r'column "policy".*contains null values'):
        migrate.downgrade(old_engine, "0010")
    assert migrate.current(old_engine) == migrate.head()


def test_the_older_schema_has_no_place_for_an_evaluation(old_engine: Engine) -> None:
    with old_engine.begin() as connection:
        connection.execute(EVALUATION, {"version": 1})
        connection.execute(
            text("""
                insert into metric (model_version_id, evaluation_id, part, subject, name, n)
                values (1, 1, 'unseen', 'network', 'auroc', 1)""")
        )
    with pytest.raises(DatabaseError, match="no_evaluation"):
        migrate.downgrade(old_engine, "0010")
    assert migrate.current(old_engine) == migrate.head()


def test_what_was_trained_before_answers_yes_or_no(old_engine: Engine) -> None:
    query = text("""
        select v.kind, e.answer from model_version v
        join training_example e on e.model_version_id = v.id""")
    with old_engine.begin() as connection:
        assert connection.execute(query).one() == ("binary", 1.0)
        spec = connection.scalar(text("select id from voxel_spec"))
        wrong = TODAY.format(number=2, target="smm", policy="'paper', 1", kind="numeric")
        with pytest.raises(Exception, match="ck_model_version_kind"), connection.begin_nested():
            connection.execute(text(wrong), {"spec": spec})
    migrate.downgrade(old_engine, "0013")
    with old_engine.connect() as connection:
        assert connection.scalar(text("select is_positive from training_example")) is True


def test_the_older_schema_has_no_place_for_a_model_of_a_number(old_engine: Engine) -> None:
    with old_engine.begin() as connection:
        spec = connection.scalar(text("select id from voxel_spec"))
        statement = TODAY.format(number=2, target="gap", policy="null, null", kind="numeric")
        connection.execute(text(statement), {"spec": spec})
    with pytest.raises(DatabaseError, match="no_number"):
        migrate.downgrade(old_engine, "0013")
    assert migrate.current(old_engine) == migrate.head()
