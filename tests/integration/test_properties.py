"""Properties: which complexes a value belongs to, and what a source cannot say twice."""

from pathlib import Path
from typing import Any

import factories as make
import pytest
from property_loading import Import, loader
from reading_here import ingest_here
from small_crystals import small_cif
from sqlalchemy import Engine, text

from screening.errors import InputError, NotFoundError
from screening.evidence.policy import load_policy
from screening.evidence.property_table import read_property_table
from screening.evidence.property_value import Kind
from screening.property import PropertyReport, import_property
from screening.property_list import export_property, list_properties, show_property
from screening.store.examples import count_by_origin, examples_of
from screening.store.property_list import NewMatches
from screening.store.targets import find_target


@pytest.fixture
def load(engine: Engine, tmp_path: Path) -> Import:
    return loader(engine, tmp_path)


def add(engine: Engine, **given: Any) -> int:
    with engine.begin() as connection:
        return make.add_complex(connection, **given)


def values(engine: Engine, name: str = "spin") -> list[tuple[Any, ...]]:
    return [
        (row["identifier"], row["value"], row["state"], row["matched_by"], row["complex_ids"])
        for row in export_property(engine, name)
    ]


def history(engine: Engine) -> list[tuple[Any, ...]]:
    query = text("""
        select event, given, by, reason from property_history
        where event <> 'entered' order by at""")
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def told(report: PropertyReport) -> list[tuple[int, str, str | None]]:
    return [(o.line, o.outcome, o.match or o.remark) for o in report.outcomes]


def test_each_kind_of_identifier_finds_its_complex(engine: Engine, load: Import) -> None:
    ids = [
        add(engine, refcode="ABCDEF01"),
        add(engine, identifier="1517016", cod_id=1517016),
        add(engine, identifier="block", ccdc_number=604034),
        add(engine, identifier="Ln Dy-12"),
    ]
    report = load("abcdef01,1", "COD 1517016,0", "604034.0,1", "ln  dy-12,no")
    assert [match for _, _, match in told(report)] == [
        "by refcode",
        "by COD id",
        "by CCDC number",
        "by identifier",
    ]
    assert [row[-1] for row in values(engine)] == [[i] for i in ids]
    assert (report.kind, report.n_yes, report.is_new) == (Kind.BINARY, 2, True)


def test_another_determination_or_a_name_is_no_match(engine: Engine, load: Import) -> None:
    add(engine, refcode="ABCDEF01", compound_name="dysprosium nitrate", doi="10.1/a")
    report = load("ABCDEF,1", "ABCDEF02,1", "dysprosium nitrate,0")
    assert report.states == {"waiting": 3}


def test_a_value_waits_and_belongs_to_what_arrives(engine: Engine, load: Import) -> None:
    assert load("ABCDEF,1").states == {"waiting": 1}
    arrived = add(engine, refcode="ABCDEF")
    assert values(engine) == [("ABCDEF", 1.0, "matched", "refcode", [arrived])]


def test_a_value_follows_its_complex_to_a_newer_reading(engine: Engine, load: Import) -> None:
    old = add(engine, refcode="ABCDEF")
    load("ABCDEF,1")
    new = add(engine, refcode="ABCDEF")
    with engine.begin() as connection:
        make.supersede(connection, old, by=new)
    assert values(engine) == [("ABCDEF", 1.0, "matched", "refcode", [new])]
    with engine.begin() as connection:
        make.supersede(connection, new)
    assert values(engine) == [("ABCDEF", 1.0, "waiting", None, [])]


def test_several_compounds_are_ambiguous_until_the_formula_says(
    engine: Engine, load: Import
) -> None:
    add(engine, refcode="INOVAL", formula="C20 H18 Dy")
    anion = add(engine, refcode="INOVAL", formula="Cl3 Fe H2 O")
    report = load("INOVAL,1", "INOVAL (Cl3 Fe H2O),0")
    assert told(report) == [
        (2, "added", "ambiguous: INOVAL (C20 H18 Dy); INOVAL (Cl3 Fe H2 O)"),
        (3, "added", "by refcode"),
    ]
    assert [row[-1] for row in values(engine)] == [[], [anion]]


def test_all_complexes_of_one_compound_get_the_value(engine: Engine, load: Import) -> None:
    one = add(engine, refcode="ABCDEF")
    with engine.connect() as connection:
        compound = make.compound_of(connection, one)
    two = add(engine, refcode="ABCDEF", compound_id=compound)
    report = load("ABCDEF,1")
    assert (report.states, report.several) == ({"matched": 1}, 1)
    assert values(engine)[0][-1] == [one, two]


def test_the_file_of_the_structures_says_which_are_meant(engine: Engine, load: Import) -> None:
    with engine.begin() as connection:
        name = "sets/dft.v2.xyz.xz!000251-000500"
        of_dft = make.add_file(connection, name=name)
        structure = make.add_structure(connection, source_file_id=of_dft)
        optimised = make.add_complex(connection, refcode="ABCDEF", structure_id=structure)
        make.add_complex(connection, refcode="ABCDEF")
    assert load("ABCDEF,1").states == {"ambiguous": 1}
    assert load("ABCDEF,1", of_file="dft.v2.xyz.xz").states == {"matched": 1}
    with pytest.raises(NotFoundError, match=r"called 'dft.v2.xyz'.*Is 'dft.v2.xyz.xz' meant\?"):
        load("ABCDEF,1", of_file="dft.v2.xyz")
    assert [row[-1] for row in values(engine)] == [[], [optimised]]


def test_an_ingest_tells_how_many_values_it_served(
    engine: Engine, load: Import, tmp_path: Path
) -> None:
    first, then = tmp_path / "first.cif", tmp_path / "then.cif"
    shared = small_cif("shared", "Co", 4)
    first.write_text(shared + small_cif("twice", "Zn", 4))
    load("alone,1", "shared,0", "twice,1", "nowhere,0")
    assert ingest_here(engine, first).values == NewMatches(values=2, shared=0, ambiguous=0)
    stretched = shared.replace("_cell_length_a 30.0", "_cell_length_a 30.2")
    then.write_text(small_cif("alone", "Dy", 3) + stretched + small_cif("twice", "Gd", 4))
    assert ingest_here(engine, then).values == NewMatches(values=2, shared=1, ambiguous=1)
    assert ingest_here(engine, then).values == NewMatches(values=0, shared=0, ambiguous=1)


def test_again_adds_nothing(engine: Engine, load: Import) -> None:
    assert load("ABCDEF,1", "ABCDEF,1", "GHIJKL,0").counts == {"added": 2, "known": 1}
    again = load("ABCDEF,1", "GHIJKL,0", file="other.csv")
    assert again.counts == {"known": 2}
    assert not again.is_new
    assert len(values(engine)) == 2


def test_a_source_cannot_say_another_thing(engine: Engine, load: Import) -> None:
    load("ABCDEF,1")
    report = load("GHIJKL,1", "ABCDEF,0", file="b.csv")
    assert told(report) == [
        (2, "added", "waits for its structure"),
        (3, "refused", "ABCDEF has 0 here, but 1 is stored from the same source (a.csv, line 2)"),
    ]
    assert [row[:2] for row in values(engine)] == [("ABCDEF", 1.0), ("GHIJKL", 1.0)]


def test_a_value_tells_that_its_structure_was_read_and_rejected(
    engine: Engine, load: Import
) -> None:
    with engine.begin() as connection:
        file = make.add_file(connection, name="a.zip!many.xyz!0-99")
        make.add_structure(
            connection,
            source_file_id=file,
            block_name="ABCDEF",
            verdict="rejected",
            code="no_metal",
            reason="it has none",
        )
        make.add_complex(connection, refcode="GHIJKL")
    report = load("ABCDEF,1", "GHIJKL,0", "MNOPQR,0")
    assert [outcome.match for outcome in report.outcomes] == [
        "read and rejected: no_metal",
        "by refcode",
        "waits for its structure",
    ]
    assert report.rejected == 1
    assert load("ABCDEF,0", source="B", of_file="many.xyz").rejected == 1


def test_nor_under_another_name_of_the_complex(engine: Engine, load: Import) -> None:
    add(engine, refcode="ABCDEF", ccdc_number=604034, cod_id=1517016)
    load("ABCDEF,1")
    report = load("CCDC 604034,0", "GHIJKL,0", "COD 1517016,1", file="b.csv")
    assert [(line, outcome) for line, outcome, _ in told(report)] == [
        (2, "refused"),
        (3, "added"),
        (4, "added"),
    ]
    assert report.outcomes[0].remark == (
        "CCDC 604034 has 0 here, but is the same complex as ABCDEF with 1 (a.csv, line 2)"
    )
    assert [row[0] for row in values(engine)] == ["ABCDEF", "GHIJKL", "COD 1517016"]


def test_names_that_turn_out_to_be_one_complex_are_a_contradiction(
    engine: Engine, load: Import
) -> None:
    load("ABCDEF,1", "CCDC 604034,0")
    assert list_properties(engine)[0]["contradicted"] == 0
    add(engine, refcode="ABCDEF", ccdc_number=604034)
    (listed,) = list_properties(engine)
    assert (listed["contradicted"], listed["disagreeing"], listed["complexes"]) == (1, 0, 1)
    assert len(export_property(engine, "spin", state="contradicted")) == 2
    report = load("ABCDEF,1", "GHIJKL,1", file="b.csv")
    assert report.counts == {"known": 1, "added": 1}


def test_a_source_has_one_method(engine: Engine, load: Import) -> None:
    load("ABCDEF,1", method="PBE0")
    report = load("ABCDEF,1", method="TPSSh")
    assert "stored with the method 'PBE0' from the same source" in report.outcomes[0].remark


def test_sources_may_disagree(engine: Engine, load: Import) -> None:
    complex_id = add(engine, refcode="ABCDEF")
    load("ABCDEF,1")
    load("ABCDEF,0", source="B", method="SQUID")
    (listed,) = list_properties(engine)
    assert (listed["disagreeing"], listed["contradicted"]) == (1, 0)
    shown = show_property(engine, "spin", "ABCDEF")
    assert [(v["source"], v["value"], v["method"]) for v in shown["values"]] == [
        ("A", 1, None),
        ("B", 0, "SQUID"),
    ]
    assert shown["by_metal"] == [
        {"metal": metal, "complexes": 1, "least": 0.5, "mean": 0.5, "most": 0.5}
        for metal in ("Dy", None)
    ]
    with engine.begin() as connection:
        spec = make.add_spec(connection)
        make.add_grid(connection, complex_id, spec)
        assert examples_of(connection, find_target(connection, "spin"), spec) == []
        target = find_target(connection, "spin", source="B")
        (example,) = examples_of(connection, target, spec)
        assert (example.complex_id, example.answer, example.metals) == (
            complex_id,
            False,
            ["Dy"],
        )


def test_examples_are_the_present_and_not_synthetic(engine: Engine, load: Import) -> None:
    old = add(engine, refcode="ABCDEF")
    new = add(engine, refcode="ABCDEF")
    made_up = add(engine, refcode="SYNTHA", is_synthetic=True)
    undrawn = add(engine, refcode="GHIJKL")
    load("ABCDEF,1", "SYNTHA,0", "GHIJKL,1", "WAITER,1")
    with engine.begin() as connection:
        make.supersede(connection, old, by=new)
        spec, other = make.add_spec(connection), make.add_spec(connection)
        for complex_id in (old, new, made_up):
            make.add_grid(connection, complex_id, spec)
        make.add_grid(connection, undrawn, other)
        target = find_target(connection, "spin")
        assert count_by_origin(connection, target) == {False: 2, True: 1}
        examples = examples_of(connection, target, spec)
        assert [(e.complex_id, e.answer, e.refcode_family) for e in examples] == [
            (new, True, "ABCDEF")
        ]
        synthetic = examples_of(connection, target, spec, synthetic=True)
        assert [(e.complex_id, e.answer) for e in synthetic] == [(made_up, False)]


def test_a_number_is_a_yes_from_a_threshold_on(engine: Engine, load: Import) -> None:
    ids = [add(engine, refcode=refcode) for refcode in ("ABCDEF", "GHIJKL", "MNOPQR")]
    load("ABCDEF,-11.63", "GHIJKL,0", "MNOPQR,5", unit="kcal/mol")
    load("MNOPQR,9", file="b.csv", source="B", unit="kcal/mol")
    with engine.begin() as connection:
        spec = make.add_spec(connection)
        for complex_id in ids:
            make.add_grid(connection, complex_id, spec)
        number = find_target(connection, "spin")
        # The sources disagree on the last, so that it has no number.
        assert [e.answer for e in examples_of(connection, number, spec)] == [-11.63, 0.0]
        assert (number.question, number.unit) == ("the property spin in kcal/mol", "kcal/mol")
        for at_least, expected in ((0, [False, True, True]), (6, [False, False])):
            target = find_target(connection, "spin", at_least=at_least)
            assert target.unit == ""
            examples = examples_of(connection, target, spec)
            # The sources disagree on the last: both say more than 0, one says more than 6.
            assert [e.answer for e in examples] == expected
        assert target.question == "the property spin, 6 kcal/mol or more"
        of_source = find_target(connection, "spin", at_least=6, source="B")
        assert [e.answer for e in examples_of(connection, of_source, spec)] == [True]
        with pytest.raises(NotFoundError, match="no target is called 'gap'; there are smm, spin"):
            find_target(connection, "gap")
        with pytest.raises(InputError, match="'C' says nothing of spin; its sources: A; B"):
            find_target(connection, "spin", at_least=0, source="C")
        with pytest.raises(InputError, match="nan is none"):
            find_target(connection, "spin", at_least=float("nan"))
        with pytest.raises(InputError, match="smm is no property"):
            find_target(connection, "smm", source="A")


def test_a_yes_or_no_has_no_threshold_and_no_policy(engine: Engine, load: Import) -> None:
    add(engine, refcode="ABCDEF")
    load("ABCDEF,1")
    with engine.connect() as connection:
        with pytest.raises(InputError, match="yes or no already: leave --at-least out"):
            find_target(connection, "spin", at_least=1)
        with pytest.raises(InputError, match="leave --policy out"):
            find_target(connection, "spin", policy=load_policy())


def test_no_property_is_called_as_the_labels_are(load: Import) -> None:
    with pytest.raises(InputError, match="smm is what labels made of findings are called"):
        load("ABCDEF,1", name="smm")


def test_a_dry_run_changes_nothing(engine: Engine, load: Import) -> None:
    add(engine, refcode="ABCDEF")
    report = load("ABCDEF,1", "GHIJKL,maybe", dry_run=True)
    assert told(report) == [
        (2, "added", "by refcode"),
        (3, "refused", "'maybe' is not one of: 0, 1, false, true, no, yes"),
    ]
    assert list_properties(engine) == []


def test_a_table_without_a_value_makes_no_property(engine: Engine, load: Import) -> None:
    assert load("ABCDEF,1", "ABCDEF,0").counts == {"refused": 2}
    assert list_properties(engine) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [({}, "a number or a yes or no"), ({"kind": Kind.BINARY}, "a yes or no"), ({"unit": "K"}, "")],
)
def test_a_column_of_words_is_refused_whole(
    engine: Engine, load: Import, given: dict[str, Any], words: str
) -> None:
    said = rf"'value' holds {words}.* \(line 3: 'wide'\)"
    with pytest.raises(InputError, match=said):
        load("GHIJKL,", "ABCDEF,wide", **given)
    assert list_properties(engine) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "spin is stored in kcal/mol, this table is without one"),
        ({"unit": "kJ/mol"}, "stored in kcal/mol, this table is in kJ/mol: smmdb converts nothing"),
        ({"unit": "kcal/mol", "kind": Kind.BINARY}, "spin is numeric here, not binary"),
        ({"unit": "kcal/mol", "description": "other"}, "has its description already: splitting"),
        ({"unit": " "}, "the unit is empty"),
        ({"source": " "}, "the source is empty"),
        ({"unit": "kcal/mol", "description": " "}, "the description is empty"),
        ({"name": "a b"}, "'a b' cannot name a property"),
        ({"name": "new", "unit": "K", "kind": Kind.BINARY}, "a yes or no has no unit"),
    ],
)
def test_a_property_stays_what_it_is(
    engine: Engine, load: Import, given: dict[str, Any], message: str
) -> None:
    load("ABCDEF,1", unit="kcal/mol", description="splitting")
    with pytest.raises(InputError, match=message):
        load("GHIJKL,1", **given)
    assert [row["name"] for row in list_properties(engine)] == ["spin"]


def test_a_description_may_come_later_and_once(engine: Engine, load: Import) -> None:
    load("ABCDEF,1")
    assert load("ABCDEF,1", description="S is 3/2 or more", by="her").is_described
    assert not load("ABCDEF,1", description="S is 3/2 or more").is_described
    (listed,) = list_properties(engine)
    assert (listed["description"], listed["defined_by"]) == ("S is 3/2 or more", "me")
    with pytest.raises(InputError, match="has its description already: S is 3/2 or more"):
        load("ABCDEF,1", description="other")
    assert history(engine)[1:] == [("described", None, "her", None)]


def test_a_dry_run_describes_nothing(engine: Engine, load: Import) -> None:
    load("ABCDEF,1")
    assert load("ABCDEF,1", description="S", dry_run=True).is_described
    assert list_properties(engine)[0]["description"] is None


def test_the_writer_may_import(engine: Engine, load: Import) -> None:
    load("ABCDEF,1")
    with engine.begin() as connection:
        connection.execute(text("set local role smmdb_writer"))
        property_id = make.add_property(connection, "gap", kind="numeric", unit="K")
        make.add_value(connection, property_id, "ABCDEF", 1.5)
        query = text("select property, value from properties order by property")
        assert connection.execute(query).all() == [("gap", 1.5), ("spin", 1.0)]


def test_the_real_spin_set_as_a_table(engine: Engine, load: Import, shared_data: Path) -> None:
    path = shared_data / "labels" / "ground_spin.csv"
    table = read_property_table(path, id_column="refcode", column="multiplicity_ge_4")
    add(engine, metals=("Co",), refcode="ABAJIX")
    report = import_property(engine, table, name="spin", source="TM-GSspinPlus", by="me")
    assert (report.kind, report.counts, report.n_yes) == (Kind.BINARY, {"added": 1776}, 846)
    assert report.states == {"waiting": 1775, "matched": 1}
    split = read_property_table(path, id_column="refcode", column="spin_splitting_kcal_mol")
    report = import_property(
        engine, split, name="splitting", source="TM-GSspinPlus", unit="kcal/mol", by="me"
    )
    assert (report.kind, report.unit) == (Kind.NUMERIC, "kcal/mol")
    assert report.least < 0 < report.most


def test_new_values_that_contradict_each_other_are_all_refused(
    engine: Engine, load: Import
) -> None:
    add(engine, refcode="ABCDEF", ccdc_number=604034)
    report = load("ABCDEF,1", "GHIJKL,0", "CCDC 604034,0")
    assert [outcome.outcome for outcome in report.outcomes] == ["refused", "added", "refused"]
    assert "the same complex as CCDC 604034 with 0 (a.csv, line 4)" in report.outcomes[0].remark
    assert [row[0] for row in values(engine)] == ["GHIJKL"]
