"""Findings in the database: import, matching and labels."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import Engine, insert, select, text

from screening.evidence.policy import LabelClass, load_policy
from screening.findings import list_findings
from screening.label import import_findings, resolve
from screening.schema import ComplexRow, CompoundRow, FindingRow, LabelRow, PublicationRow
from screening.store.findings import match_findings
from screening.store.labels import count_labels, resolve_labels

HEAD = "identifier,behaviour,dc_field_oe,t_min_k,ueff_k,doi,year"
LIMITS = "identifier,behaviour,dc_field_oe,t_min_k,f_max_hz"


@pytest.fixture
def table(tmp_path):
    """Write a findings table; returns its path."""

    def write(*rows: str, head: str = HEAD, name: str = "findings.csv"):
        path = tmp_path / name
        path.write_text("\n".join([head, *rows]) + "\n")
        return path

    return write


def add_complex(engine: Engine, compound: str, content: str, metals=("Dy",), **names) -> int:
    """Put a one-atom complex of *compound* in; returns the compound's id."""
    with engine.begin() as connection:
        compound_id = connection.scalar(select(CompoundRow.id).where(CompoundRow.key == compound))
        if compound_id is None:
            compound_id = connection.scalar(
                insert(CompoundRow).values(key=compound, formula=compound).returning(CompoundRow.id)
            )
        connection.execute(
            insert(ComplexRow).values(
                compound_id=compound_id,
                content_key=content,
                skeleton_key=compound,
                identifier=names.pop("identifier", names.get("refcode", content)),
                formula=names.pop("formula", "Dy"),
                metals=list(metals),
                nuclearity=1,
                n_atoms=1,
                molar_mass=162.5,
                cell=[10, 10, 10, 90, 90, 90],
                is_disordered=False,
                metal_disordered=False,
                donor_disordered=False,
                ligand_classes=[],
                stated={},
                is_synthetic=True,
                components=[],
                atomic_numbers=[66],
                positions=[0, 0, 0],
                atom_labels=["Dy1"],
                bonds=[],
                **names,
            )
        )
    return compound_id


def bring_in(engine: Engine, path, **options):
    return import_findings(engine, path, entered_by="tester", **options)


def match(engine: Engine):
    with engine.begin() as connection:
        return match_findings(connection)


def matches(engine: Engine) -> dict[str, tuple[str, str] | None]:
    return {
        row["identifier"]: row["matched_by"] and (row["formula"], row["matched_by"])
        for row in list_findings(engine)
    }


def labels(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        query = select(CompoundRow.key, LabelRow.class_).join(LabelRow)
        return dict(connection.execute(query.where(LabelRow.policy == "paper-binary")).all())


def test_importing_twice_adds_nothing(engine, table):
    path = table("ABCDEF,smm_zero_field,0,1.8,90,10.1021/X,2015", "GHIJKL,not_measured,,,,,")
    first = bring_in(engine, path)
    again = bring_in(engine, path)
    assert (first.added, first.known) == (2, 0)
    assert (again.added, again.known) == (0, 2)
    assert len(list_findings(engine)) == 2


def test_one_statement_in_two_files_and_two_units_is_one_finding(engine, table):
    kelvin = table("ABCDEF,smm_zero_field,143.8777", head="identifier,behaviour,ueff_k")
    bring_in(engine, kelvin)
    head = "ueff_cm-1,identifier,behaviour"
    report = bring_in(engine, table("100,ABCDEF,smm_zero_field", head=head, name="other.csv"))
    assert (report.added, report.known) == (0, 1)
    (row,) = list_findings(engine)
    assert (row["ueff_k"], row["ueff_given"], row["ueff_unit"]) == (143.8777, 143.8777, "K")
    assert (row["source_name"], row["source_row"]) == ("findings.csv", 2)


def test_same_statement_twice_in_one_file_is_one_finding(engine, table):
    report = bring_in(engine, table("ABCDEF,conflict,,,,,", "abcdef,conflict,,,,,"))
    assert (report.rows, report.added, report.known) == (2, 1, 1)


def test_bad_rows_are_counted_and_the_good_ones_are_in(engine, table):
    report = bring_in(engine, table("ABCDEF,smm,x,,,,", "GHIJKL,conflict,,,,,"))
    assert (report.rows, report.added, report.refused) == (2, 1, 1)
    assert {(e.line, e.column) for e in report.errors} == {(2, "behaviour"), (2, "dc_field_oe")}


def test_dry_run_tells_everything_and_changes_nothing(engine, table):
    add_complex(engine, "one", "c1", refcode="ABCDEF")
    path = table("ABCDEF,smm_zero_field,0,1.8,90,10.1021/x,2015")
    report = bring_in(engine, path, dry_run=True)
    assert (report.added, dict(report.matched_by)) == (1, {"refcode": 1})
    assert report.labels["paper-binary"] == {LabelClass.POSITIVE: 1}
    assert list_findings(engine) == []
    with engine.connect() as connection:
        assert connection.scalar(select(PublicationRow.id)) is None


def test_unmatched_finding_waits_and_matches_when_its_complex_comes(engine, table):
    report = bring_in(engine, table("ABCDEF,smm_zero_field,,,,,"))
    assert report.unmatched == ("ABCDEF",)
    assert [row["identifier"] for row in list_findings(engine, unmatched=True)] == ["ABCDEF"]
    assert labels(engine) == {}
    add_complex(engine, "one", "c1", refcode="ABCDEF")
    assert match(engine).changed == 1
    resolve(engine, "paper-binary")
    assert list_findings(engine, unmatched=True) == []
    assert labels(engine) == {"one": "positive"}


def test_every_kind_of_identifier_matches_and_says_how(engine, table):
    add_complex(engine, "one", "c1", refcode="ABCDEF01")
    add_complex(engine, "two", "c2", cod_id=1517016, identifier="1517016")
    add_complex(engine, "three", "c3", ccdc_number=654321)
    add_complex(engine, "four", "c4", compound_name="Tris(Salen)  dysprosium")
    add_complex(engine, "five", "c5", identifier="block-7")
    add_complex(engine, "six", "c6", ccdc_number=654322)
    wanted = {
        "abcdef01": ("one", "refcode"),
        "ABCDEF": ("one", "refcode family"),
        "1517016": ("two", "COD id"),
        "COD 1517016": ("two", "COD id"),
        "CCDC 1517016": None,
        "CCDC 654321": ("three", "CCDC number"),
        "654322": ("six", "CCDC number"),
        "tris(salen) dysprosium": ("four", "compound name"),
        "Block-7": ("five", "identifier"),
        "nobody": None,
    }
    report = bring_in(engine, table(*(f"{name},conflict,,,,," for name in wanted)))
    assert matches(engine) == wanted
    assert report.unmatched == ("CCDC 1517016", "nobody")


def test_several_compounds_are_ambiguous_until_the_identifier_says_which(engine, table):
    add_complex(engine, "one", "c1", refcode="ABCDEF01")
    add_complex(engine, "two", "c2", refcode="ABCDEF02")
    add_complex(engine, "three", "c3", cod_id=1517016)
    add_complex(engine, "four", "c4", ccdc_number=1517016)
    names = ("ABCDEF", "ABCDEF02", "1517016", "CCDC 1517016")
    report = bring_in(engine, table(*(f"{name},conflict,,,,," for name in names)))
    assert [a.identifier for a in report.ambiguous] == ["ABCDEF", "1517016"]
    assert report.ambiguous[0].matches == ("ABCDEF01 (Dy)", "ABCDEF02 (Dy)")
    assert report.unmatched == ()
    assert matches(engine) == {
        "ABCDEF": None,
        "ABCDEF02": ("two", "refcode"),
        "1517016": None,
        "CCDC 1517016": ("four", "CCDC number"),
    }


def test_the_formula_says_which_complex_of_one_crystal_is_meant(engine, table):
    add_complex(engine, "cation", "c1", refcode="ABCDEF", formula="C2 H6 Dy")
    add_complex(engine, "anion", "c2", refcode="ABCDEF", formula="Cl3 Fe H2 O")
    add_complex(engine, "named", "c3", compound_name="tris(salen) iron (III)")
    rows = ["ABCDEF", "ABCDEF (Co)", "tris(salen) iron (III)"]
    report = bring_in(engine, table(*(f"{name},conflict,,,,," for name in rows)))
    (ambiguity,) = report.ambiguous
    assert ambiguity.matches == ("ABCDEF (C2 H6 Dy)", "ABCDEF (Cl3 Fe H2 O)")
    assert report.unmatched == ("ABCDEF (Co)",)
    said = [*ambiguity.matches, "abcdef(Cl3FeH2O)"]
    bring_in(engine, table(*(f"{name},smm_zero_field,,,,," for name in said)))
    assert matches(engine) == {
        "ABCDEF": None,
        "ABCDEF (Co)": None,
        "tris(salen) iron (III)": ("named", "compound name"),
        "ABCDEF (C2 H6 Dy)": ("cation", "refcode"),
        "ABCDEF (Cl3 Fe H2 O)": ("anion", "refcode"),
        "abcdef(Cl3FeH2O)": ("anion", "refcode"),
    }


def test_listing_marks_what_is_ambiguous(engine, table):
    add_complex(engine, "one", "c1", refcode="ABCDEF01")
    add_complex(engine, "two", "c2", refcode="ABCDEF02")
    bring_in(engine, table("ABCDEF,conflict,,,,,", "nobody,conflict,,,,,"))
    listed = {row["identifier"]: row["fits"] for row in list_findings(engine, unmatched=True)}
    assert listed == {"ABCDEF": "ABCDEF01 (Dy); ABCDEF02 (Dy)", "nobody": None}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("garrat", ["GARRAT01", "654321"]),
        ("GARRAT 01", ["GARRAT01", "654321"]),
        ("GARRAT02", ["GARRAT01", "654321"]),  # by its family, as a finding would match
        ("CCDC 654321", ["GARRAT01", "654321"]),
        ("654321.0", ["GARRAT01", "654321"]),
        ("some  Name", ["GARRAT01", "654321"]),
        ("COD 1517016", ["1517016"]),
        ("1517016", ["1517016"]),
        ("No Crystal", ["no crystal"]),
        ("crystal", []),
    ],
)
def test_listing_finds_by_every_kind_of_identifier(engine, table, asked, found):
    add_complex(
        engine, "one", "c1", refcode="GARRAT01", ccdc_number=654321, compound_name="Some name"
    )
    rows = ["GARRAT01", "654321", "1517016", "no crystal"]
    bring_in(engine, table(*(f"{name},conflict,,,,," for name in rows)))
    assert [row["identifier"] for row in list_findings(engine, identifier=asked)] == found


def test_several_determinations_of_one_compound_are_not_ambiguous(engine, table):
    add_complex(engine, "one", "c1", refcode="ABCDEF01")
    add_complex(engine, "one", "c2", refcode="ABCDEF02")
    bring_in(engine, table("ABCDEF,conflict,,,,,"))
    assert matches(engine) == {"ABCDEF": ("one", "refcode family")}


def test_the_order_of_arrival_does_not_matter(engine, table):
    """A family match gives way to the determination itself, and to a contradiction."""
    add_complex(engine, "one", "c1", refcode="ABCDEF01")
    bring_in(engine, table("ABCDEF02,smm_zero_field,,,,,", "ABCDEF03,smm_zero_field,,,,,"))
    assert set(matches(engine).values()) == {("one", "refcode family")}
    add_complex(engine, "two", "c2", refcode="ABCDEF02")
    report = match(engine)
    assert matches(engine) == {"ABCDEF02": ("two", "refcode"), "ABCDEF03": None}
    assert [a.identifier for a in report.ambiguous] == ["ABCDEF03"]
    assert (report.findings, report.matched, report.unmatched) == (2, 1, 1)
    resolve(engine, "paper-binary")
    assert labels(engine) == {"two": "positive"}


def test_contradictions_stay_visible_and_resolve_as_the_policy_says(engine, table):
    compound = add_complex(engine, "one", "c1", refcode="ABCDEF", metals=("Dy", "Zn"))
    report = bring_in(
        engine,
        table("ABCDEF,smm_zero_field,0,1.8,90,10.1/a,", "ABCDEF,no_signal_observed,0,1.8,,10.1/b,"),
    )
    assert report.refused == 2  # 10.1 is no DOI prefix
    rows = ("ABCDEF,smm_zero_field,0,1.8,1500", "ABCDEF,no_signal_observed,0,1.8,1500")
    report = bring_in(engine, table(*rows, head=LIMITS))
    assert report.contradicted == resolve(engine, "paper-binary").contradicted == 1
    assert len(list_findings(engine, identifier="ABCDEF")) == 2
    with engine.connect() as connection:
        found = connection.execute(
            select(LabelRow.policy, LabelRow.class_, LabelRow.finding_ids, LabelRow.reason).where(
                LabelRow.compound_id == compound
            )
        ).all()
        ids = list(connection.scalars(select(FindingRow.id).order_by(FindingRow.id)))
        counts = count_labels(connection, load_policy("strict-zero-field"))
    assert {policy: reason for policy, *_, reason in found} == {
        "paper-binary": "reported as single-molecule magnet; another"
        f" finding says otherwise ({ids[1]})",
        "strict-zero-field": "one finding sees an SMM in zero field, another no signal in zero"
        " field",
        "any-slow-relaxation": "slow relaxation was seen; another finding says otherwise"
        f" ({ids[1]})",
    }
    assert {policy: (class_, used) for policy, class_, used, _ in found} == {
        "paper-binary": ("positive", ids[:1]),
        "strict-zero-field": ("excluded", ids),
        "any-slow-relaxation": ("positive", ids[:1]),
    }
    assert [(row["metal"], row["positive"], row["excluded"]) for row in counts] == [
        ("Dy", 0, 1),
        ("Zn", 0, 1),
        (None, 0, 1),
    ]


def test_resolving_again_touches_no_label(engine, table):
    add_complex(engine, "one", "c1", refcode="ABCDEF")
    bring_in(engine, table("ABCDEF,smm_zero_field,,,,,"))
    versions = text("select xmin, resolved_at from label order by policy")
    with engine.connect() as connection:
        before = connection.execute(versions).all()
    with engine.begin() as connection:
        resolve_labels(connection, load_policy())
        resolve_labels(connection, load_policy("strict-zero-field"))
    with engine.connect() as connection:
        assert connection.execute(versions).all() == before
    assert len(before) == 3


def test_a_policy_has_labels_of_its_present_version_only(engine, table):
    policy = load_policy()
    older = replace(policy, version=policy.version - 1)
    add_complex(engine, "one", "c1", refcode="ABCDEF")
    add_complex(engine, "two", "c2", refcode="GHIJKL")
    bring_in(engine, table("ABCDEF,smm_zero_field,,,,,"))
    versions = text("select distinct policy_version from label where policy = :name")
    for now in (older, policy):
        with engine.begin() as connection:
            resolve_labels(connection, now)
        with engine.connect() as connection:
            assert list(connection.scalars(versions, {"name": policy.name})) == [now.version]
    assert labels(engine) == {"one": "positive"}


def test_new_evidence_changes_the_label(engine, table):
    add_complex(engine, "one", "c1", refcode="ABCDEF")
    bring_in(engine, table("ABCDEF,no_signal_observed,0,1.8,,,"))
    assert labels(engine) == {"one": "negative"}
    bring_in(engine, table("ABCDEF,smm_field_induced,1000,1.8,20,,"))
    assert labels(engine) == {"one": "positive"}


def test_a_paper_is_one_row_however_its_doi_is_written(engine, table):
    rows = [
        "ABCDEF,conflict,,,,https://doi.org/10.1021/IC1,",
        "GHIJKL,conflict,,,,10.1021/ic1,2015",
    ]
    bring_in(engine, table(*rows))
    with engine.connect() as connection:
        found = connection.execute(select(PublicationRow.doi, PublicationRow.year)).all()
    assert found == [("10.1021/ic1", 2015)]


def test_a_row_that_gives_a_paper_another_year_is_warned_of(engine, table):
    path = table("A,conflict,,,,10.1021/x,2015", "B,conflict,,,,10.1021/x,2016")
    for _ in range(2):
        (warning,) = bring_in(engine, path).warnings
        assert (warning.line, warning.column) == (3, "year")
        assert "2016 here, but 10.1021/x is stored with 2015" in warning.message
    assert {row["year"] for row in list_findings(engine)} == {2015}


def test_synthetic_findings_are_marked(engine, table):
    bring_in(engine, table("synthetic-1,conflict", "ABCDEF,conflict", head="identifier,behaviour"))
    marks = {row["identifier"]: row["is_synthetic"] for row in list_findings(engine)}
    assert marks == {"synthetic-1": True, "ABCDEF": False}


def test_two_imports_at_once_add_each_finding_once(engine, table):
    path = table(*(f"N{i},conflict,,,,10.1021/x{i % 7}," for i in range(200)))
    reports = []
    threads = [
        threading.Thread(target=lambda: reports.append(bring_in(engine, path))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.added for report in reports) == [0, 0, 200]
    assert len(list_findings(engine)) == 200
