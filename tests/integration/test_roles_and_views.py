"""What each role may do, what nobody may do, and what the views show."""

from collections.abc import Iterator

import factories as make
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from screening.schema import Base
from screening.views import VIEWS

TABLES = sorted(Base.metadata.tables)
IMMUTABLE = [
    "source_file",
    "structure",
    "structure_complex",
    "compound",
    "complex",
    "metal_site",
    "ligand",
    "plausibility_flag",
    "near_duplicate",
    "voxel_spec",
    "voxel_grid",
    "model_version",
    "training_example",
    "imported_example",
    "evaluation",
    "evaluation_example",
    "metric",
    "prediction",
    "prediction_failure",
    "explanation",
    "explanation_check",
    "property_event",
]


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


def fill(connection: Connection) -> dict[str, int]:
    """Two Dy complexes and a Mn one, scored by two versions; a rejected block, two findings."""
    known = make.add_complex(connection, refcode="KNOWNA", doi="10.1/known")
    fresh = make.add_complex(connection, refcode="FRESHB")
    mixed = make.add_complex(connection, metals=("Dy", "Mn"), refcode="MIXEDC", is_synthetic=True)
    unscored = make.add_complex(connection, metals=("Mn",), refcode="LATERD")
    make.add_structure(
        connection,
        source_file_id=make.add_file(connection, name="bad.cif"),
        block_name="broken",
        verdict="rejected",
        code="no-metal",
        reason="the block holds no metal atom",
    )
    compound = make.compound_of(connection, known)
    finding = make.add_finding(
        connection, doi="10.1/known", identifier="KNOWNA", compound_id=compound, ueff_k=600.0
    )
    make.add_finding(connection, identifier="NOTYET", behaviour="not_measured")
    make.add_label(connection, compound, "positive", finding_ids=[finding])
    make.add_label(connection, compound, "negative", policy="other")
    old = make.add_version(connection, "salen", 1)
    new = make.add_version(connection, "salen", 2)
    make.add_version(connection, "salen", 3)  # has not scored anything yet
    make.add_example(connection, new, known)
    make.add_imported_example(connection, old)
    evaluation = make.add_evaluation(connection, new)
    make.add_evaluation_example(connection, evaluation, fresh)
    make.add_metric(connection, new)
    make.add_metric(connection, new, subject="majority", value=0.4)
    for version, scores in ((old, (0.1, 0.1, 0.1)), (new, (0.99, 0.8, 0.6))):
        run = make.add_run(connection, version)
        for complex_id, score in zip((known, fresh, mixed), scores, strict=True):
            make.add_prediction(connection, run, complex_id, score)
    spec = connection.scalar(text("select spec_id from model_version where id = :v"), {"v": new})
    make.add_grid(connection, known, spec, n_clipped=7)
    make.add_explanation(connection, new, known)
    make.add_explanation_check(connection, new)
    make.add_ligand(connection, known)
    make.add_flag(connection, mixed)
    make.add_near_duplicate(connection, known, fresh)
    value = make.add_value(connection, make.add_property(connection, "spin"), "KNOWNA", 1)
    make.add_property_event(connection, value, "reinstated")
    for failed in (unscored, fresh):
        make.add_failure(connection, run, failed)
    return {"known": known, "fresh": fresh, "mixed": mixed, "unscored": unscored}


def act_as(connection: Connection, role: str) -> None:
    connection.execute(text(f"set role smmdb_{role}"))


def is_refused(connection: Connection, statement: str) -> bool:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.begin_nested():
        connection.execute(text(statement))
    return True


def test_the_analyst_reads_every_view(connection: Connection) -> None:
    fill(connection)
    act_as(connection, "analyst")
    counts = {
        view: connection.scalar(text(f"select count(*) from (select * from {view}) as v"))
        for view in VIEWS
    }
    assert counts == {
        "complexes": 4,
        "metal_sites": 5,
        "ligands": 1,
        "plausibility": 1,
        "near_duplicates": 2,
        "findings": 2,
        "finding_history": 2,
        "labels": 2,
        "properties": 1,
        "property_history": 3,
        "latest_predictions": 3,
        "candidates": 3,
        "prediction_failures": 2,
        "model_metrics": 2,
        "evaluations": 1,
        "explanations": 2,
        "ingest_report": 5,
    }


@pytest.mark.parametrize("table", TABLES)
def test_the_analyst_reads_no_table(connection: Connection, table: str) -> None:
    act_as(connection, "analyst")
    assert is_refused(connection, f"select * from {table}")


def test_the_analyst_writes_and_makes_nothing(connection: Connection) -> None:
    act_as(connection, "analyst")
    rights = text("select has_table_privilege(:view, 'insert, update, delete, truncate')")
    for view in VIEWS:
        assert connection.scalar(rights, {"view": view}) is False
    assert is_refused(connection, "insert into compound (key, formula) values ('a', 'b')")
    assert is_refused(connection, "create table mine (a int)")
    assert is_refused(connection, "create view mine as select 1")
    assert is_refused(connection, "select nextval('compound_id_seq')")


def test_the_writer_adds_and_reads_everything(connection: Connection) -> None:
    act_as(connection, "writer")
    fill(connection)
    for table in [*TABLES, *VIEWS, "smmdb_schema_version"]:
        connection.execute(text(f"select * from {table}"))
    next_id = text("select nextval(pg_get_serial_sequence('complex', 'id'))")
    assert connection.scalar(next_id) > 0


def test_the_writer_changes_only_what_may_change(connection: Connection) -> None:
    fill(connection)
    act_as(connection, "writer")
    connection.execute(text("update screening_run set status = 'failed'"))
    connection.execute(text("delete from label"))
    connection.execute(
        text(
            "update finding set compound_id = (select min(id) from compound),"
            " matched_by = 'refcode', matched_at = now() where compound_id is null"
        )
    )
    assert is_refused(connection, "update finding set behaviour = 'conflict'")
    connection.execute(text("update label set class = 'negative', resolved_at = now()"))
    connection.execute(text("update publication set year = year"))
    assert is_refused(connection, "update label set policy = 'mine'")
    assert is_refused(connection, "update publication set doi = '10.1/other'")
    assert is_refused(connection, "delete from publication")
    assert is_refused(connection, "delete from screening_run")
    assert is_refused(connection, "delete from finding")
    assert is_refused(connection, "create table mine (a int)")
    assert is_refused(connection, "update smmdb_schema_version set version_num = '1'")
    for table in IMMUTABLE:
        assert is_refused(connection, f"delete from {table}")


@pytest.mark.parametrize("role", ["owner", None])
@pytest.mark.parametrize("table", IMMUTABLE)
def test_what_is_stored_stays_for_the_owner_and_a_superuser_too(
    connection: Connection, table: str, role: str | None
) -> None:
    fill(connection)
    if role is not None:
        act_as(connection, role)
    column = next(c.name for c in Base.metadata.tables[table].columns if c.identity is None)
    for statement in (
        f"update {table} set {column} = {column}",
        f"delete from {table}",
        f"truncate {table} cascade",
    ):
        with (
            pytest.raises(DBAPIError, match=r"rows of \w+ are never changed"),
            connection.begin_nested(),
        ):
            connection.execute(text(statement))


def test_a_finding_is_only_matched(connection: Connection) -> None:
    fill(connection)
    for statement in (
        "update finding set ueff_k = 1",
        "update finding set note = 'x', matched_at = now()",
        "delete from finding",
        "truncate finding cascade",
    ):
        with pytest.raises(DBAPIError, match="never changed"), connection.begin_nested():
            connection.execute(text(statement))


@pytest.mark.parametrize("role", ["owner", None])
def test_a_property_is_only_described_and_a_value_only_withdrawn(
    connection: Connection, role: str | None
) -> None:
    fill(connection)
    if role is not None:
        act_as(connection, role)
    for statement in (
        "update property_value set value = 0",
        "update property_value set withdrawn_at = now(), given = '2'",
        "delete from property_value",
        "truncate property_value cascade",
        "update property_definition set unit = 'K'",
        "delete from property_definition",
        "truncate property_definition cascade",
    ):
        with pytest.raises(DBAPIError, match="never changed"), connection.begin_nested():
            connection.execute(text(statement))
    for statement in (
        "update property_value set withdrawn_at = now()",
        "update property_definition set description = 'x'",
    ):
        with pytest.raises(DBAPIError, match="says who"), connection.begin_nested():
            connection.execute(text(statement))


def test_the_writer_changes_nothing_else_of_a_property(connection: Connection) -> None:
    fill(connection)
    act_as(connection, "writer")
    for statement in (
        "update property_value set value = 0",
        "delete from property_value",
        "update property_definition set name = 'x'",
        "delete from property_definition",
    ):
        assert is_refused(connection, statement)


def test_a_publication_only_gains_its_missing_year(connection: Connection) -> None:
    fill(connection)
    connection.execute(text("insert into publication (doi) values ('10.1/undated')"))
    year = "update publication set year = {} where doi = '10.1/undated'"
    connection.execute(text(year.format(2019)))
    for statement in (
        year.format(2020),
        year.format("null"),
        "update publication set doi = '10.1/other'",
        "delete from publication",
        "truncate publication cascade",
    ):
        with pytest.raises(DBAPIError, match="never changed"), connection.begin_nested():
            connection.execute(text(statement))


def test_a_version_that_has_only_begun_hides_nothing(connection: Connection) -> None:
    ids = fill(connection)
    shown = text("select distinct model_version from candidates where model = 'salen'")
    connection.execute(
        text(
            "update screening_run set status = 'done', asked = 3, done = 3 where model_version_id"
            " = (select id from model_version where name = 'salen' and version = 2)"
        )
    )
    newest = connection.scalar(text("select id from model_version where version = 3"))
    run = make.add_run(connection, newest)
    make.add_prediction(connection, run, ids["known"], 0.2)
    assert connection.scalars(shown).all() == [2]
    connection.execute(
        text("update screening_run set status = 'done', done = 1 where id = :run"), {"run": run}
    )
    assert connection.scalars(shown).all() == [3]


def test_failures_name_the_version_and_whether_it_scored_since(connection: Connection) -> None:
    fill(connection)
    query = text(
        "select identifier, model, model_version, code, scored_since from prediction_failures"
        " order by identifier"
    )
    assert connection.execute(query).all() == [
        ("FRESHB", "salen", 2, "damaged-grid", True),
        ("LATERD", "salen", 2, "damaged-grid", False),
    ]


def test_a_complex_is_scored_once_by_a_version(connection: Connection) -> None:
    ids = fill(connection)
    run = connection.scalar(text("select max(id) from screening_run"))
    with pytest.raises(IntegrityError, match="pk_prediction"):
        make.add_prediction(connection, run, ids["known"], 0.5)


def test_a_run_is_done_only_when_its_books_balance(connection: Connection) -> None:
    fill(connection)
    with pytest.raises(IntegrityError, match="books_balance"), connection.begin_nested():
        connection.execute(text("update screening_run set status = 'done', asked = 3, done = 2"))
    connection.execute(
        text(
            "update screening_run set status = 'done', asked = 3, done = 1, failed = 1, skipped = 1"
        )
    )


def test_candidates_show_the_newest_version_that_has_scored(connection: Connection) -> None:
    fill(connection)
    rows = connection.execute(text("select * from candidates order by score desc")).mappings().all()
    seen = [
        (
            r["identifier"],
            r["score"],
            r["model"],
            r["model_version"],
            r["label"],
            r["training_part"],
        )
        for r in rows
    ]
    assert seen == [
        ("KNOWNA", 0.99, "salen", 2, "positive", "train"),
        ("FRESHB", 0.8, "salen", 2, None, None),
        ("MIXEDC", 0.6, "salen", 2, None, None),
    ]
    assert [r["was_training_example"] for r in rows] == [True, False, False]
    assert [r["is_synthetic"] for r in rows] == [False, False, True]
    assert rows[0]["doi"] == "10.1/known"
    assert [r["n_clipped"] for r in rows] == [7, None, None]


def test_models_are_ranked_beside_each_other(connection: Connection) -> None:
    ids = fill(connection)
    run = make.add_run(connection, make.add_version(connection, "other", 1))
    make.add_prediction(connection, run, ids["unscored"], 0.3)
    query = text("select model, count(*) from candidates group by model order by model")
    assert connection.execute(query).all() == [("other", 1), ("salen", 3)]


def test_the_ingest_report_tells_of_every_block(connection: Connection) -> None:
    fill(connection)
    query = text("select file, block, verdict, code, reason, complexes from ingest_report")
    rows = connection.execute(query).all()
    assert rows.count(("a.cif", "I", "accepted", None, None, 1)) == 4
    reason = "the block holds no metal atom"
    assert ("bad.cif", "broken", "rejected", "no-metal", reason, 0) in rows
    joined = text("""
        select c.identifier from ingest_report as r
        join complexes as c on c.complex_id = any (r.complex_ids) order by 1""")
    assert connection.scalars(joined).all() == ["FRESHB", "KNOWNA", "LATERD", "MIXEDC"]


def test_findings_and_labels_keep_apart_what_is_matched(connection: Connection) -> None:
    fill(connection)
    findings = text("select identifier, doi, is_matched, ueff_k from findings order by identifier")
    assert connection.execute(findings).all() == [
        ("KNOWNA", "10.1/known", True, 600.0),
        ("NOTYET", None, False, None),
    ]
    labels = text("select policy, class, identifiers, is_synthetic from labels order by policy")
    assert connection.execute(labels).all() == [
        ("other", "negative", ["KNOWNA"], False),
        ("paper", "positive", ["KNOWNA"], False),
    ]


def test_a_label_from_an_invented_finding_says_so(connection: Connection) -> None:
    compound = make.compound_of(connection, make.add_complex(connection))
    make.add_finding(connection, compound_id=compound, is_synthetic=True)
    make.add_label(connection, compound, "positive")
    assert connection.scalar(text("select is_synthetic from labels")) is True
