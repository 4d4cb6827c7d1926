"""Each reader of the present leaves out rows whose place a later reading took."""

from collections.abc import Iterator

import factories as make
import pytest
from sqlalchemy import Connection, Engine, text

from screening.errors import NotFoundError
from screening.evidence.identifier import read_identifier
from screening.evidence.policy import builtin_policies
from screening.rank import rank
from screening.show import show
from screening.store.details import find_complexes
from screening.store.examples import count_by_origin, examples_of
from screening.store.filters import Filters
from screening.store.labels import count_labels
from screening.store.lookup import find_compounds
from screening.store.predictions import count_grids, pending_complexes
from screening.store.ranking import (
    count_labelled,
    has_ligand_class,
    has_scored,
    known_ligand_classes,
)
from screening.store.targets import Target

POLICY = next(p for p in builtin_policies() if p.name == "paper-binary")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A complex read twice under two compounds, old and new, each scored, labelled and drawn."""
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def ids(connection: Connection) -> dict[str, int]:
    spec = make.add_spec(connection)
    version = make.add_version(
        connection,
        spec_id=spec,
        policy=POLICY.name,
        policy_version=POLICY.version,
        card={"verdict": "none"},
    )
    run = make.add_run(connection, version)
    found = {"spec": spec, "version": version, "run": run}
    for name in ("old", "new"):
        row = make.add_complex(
            connection, refcode="ABCDEF", content_key=name, ligand_classes=[f"{name}-class"]
        )
        make.add_ligand(connection, row)
        make.add_flag(connection, row)
        make.add_grid(connection, row, spec)
        compound = make.compound_of(connection, row)
        label = {"policy": POLICY.name, "policy_version": POLICY.version}
        make.add_label(connection, compound, "positive", **label)
        found[name] = row
    for row in (found["old"], found["new"]):
        make.add_prediction(connection, run, row, 0.9)
        make.add_failure(connection, run, row)
    make.add_near_duplicate(connection, found["old"], found["new"])
    make.supersede(connection, found["old"], by=found["new"])
    connection.commit()
    return found


@pytest.mark.parametrize(
    "view",
    [
        "complexes",
        "metal_sites",
        "ligands",
        "plausibility",
        "latest_predictions",
        "candidates",
        "prediction_failures",
    ],
)
def test_views_show_the_present(connection: Connection, ids: dict[str, int], view: str) -> None:
    assert connection.scalars(text(f"select complex_id from {view}")).all() == [ids["new"]]


def test_other_views_show_the_present(connection: Connection, ids: dict[str, int]) -> None:
    assert connection.scalar(text("select count(*) from near_duplicates")) == 0
    held = connection.scalars(text("select complex_ids from ingest_report")).all()
    assert held == [[ids["new"]]]
    identifiers = "select identifiers from labels order by compound_id"
    assert connection.scalars(text(identifiers)).all() == [None, ["ABCDEF"]]


def test_findings_match_and_labels_count_the_present(
    connection: Connection, ids: dict[str, int]
) -> None:
    found = find_compounds(connection, {1: read_identifier("ABCDEF")})
    assert found[1].compounds == [make.compound_of(connection, ids["new"])]
    assert [(r["metal"], r["positive"]) for r in count_labels(connection, POLICY)] == [
        ("Dy", 1),
        (None, 2),
    ]


def test_training_takes_the_present(connection: Connection, ids: dict[str, int]) -> None:
    target = Target("smm", POLICY)
    examples = examples_of(connection, target, ids["spec"])
    assert [example.complex_id for example in examples] == [ids["new"]]
    assert count_by_origin(connection, target) == {False: 1, True: 0}


def test_predict_asks_for_the_present(connection: Connection, ids: dict[str, int]) -> None:
    assert count_grids(connection, ids["spec"]) == 1
    other = make.add_version(connection, "other", spec_id=ids["spec"])
    assert list(pending_complexes(connection, other, ids["spec"])) == [ids["new"]]


def test_rank_lists_the_present(
    engine: Engine, connection: Connection, ids: dict[str, int]
) -> None:
    ranking = rank(engine, Filters(), one_per_compound=False)
    assert [row["complex_id"] for row in ranking.rows] == [ids["new"]]
    assert count_labelled(connection, ids["version"], Filters()) == 1
    assert has_scored(connection, ids["version"], synthetic=False)
    assert not has_scored(connection, ids["version"], synthetic=True)
    assert known_ligand_classes(connection) == ["new-class"]
    assert not has_ligand_class(connection, "old-class")


def test_a_version_that_scored_only_what_was_superseded_has_scored_nothing(
    engine: Engine, ids: dict[str, int]
) -> None:
    with engine.begin() as connection:
        make.supersede(connection, ids["new"])
    with pytest.raises(NotFoundError, match="has scored nothing"):
        rank(engine, Filters())


def test_a_complex_read_anew_is_still_a_training_example(
    engine: Engine, ids: dict[str, int]
) -> None:
    with engine.begin() as connection:
        newest = make.add_complex(connection, refcode="ABCDEF")
        make.supersede(connection, ids["new"], by=newest)
        make.add_example(connection, ids["version"], ids["old"])
        make.add_prediction(connection, ids["run"], newest, 0.8)
    (row,) = rank(engine, Filters()).rows
    assert (row["complex_id"], row["training_part"]) == (newest, "train")
    with engine.connect() as connection:
        query = text("select complex_id, was_training_example, training_part from candidates")
        assert connection.execute(query).all() == [(newest, True, "train")]


def test_show_finds_the_present_and_tells_of_the_past(
    engine: Engine, connection: Connection, ids: dict[str, int]
) -> None:
    assert find_complexes(connection, "ABCDEF") == [ids["new"]]
    (present,) = show(engine, "ABCDEF")
    assert [row["id"] for row in present["earlier_readings"]] == [ids["old"]]
    assert present["superseded_at"] is None
    assert present["predictions"][0]["scored"] == 1
    (past,) = show(engine, f"row {ids['old']}")
    assert past["current_id"] == ids["new"]
