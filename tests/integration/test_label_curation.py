"""What curators decide: matches, withdrawals, corrections, conflicts; and its history."""

import json
from dataclasses import replace

import openpyxl
import pytest
from click.testing import CliRunner
from factories import add_complex, add_file, add_structure, compound_of
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from cli.main import smmdb
from screening.curate import (
    correct,
    decide_match,
    list_open,
    reinstate,
    undo_match,
    withdraw,
)
from screening.errors import InputError, NotFoundError
from screening.findings import list_conflicts, list_findings, show_compounds, show_finding
from screening.label import import_findings
from screening.schema import ComplexRow, FindingRow
from screening.store.findings import match_findings

HEAD = "identifier,behaviour,dc_field_oe,t_min_k,ueff_k,doi,formula"


@pytest.fixture
def bring(engine, tmp_path):
    """Import rows of a findings table; returns the report."""

    def bring(*rows, head=HEAD, name="t.csv", **options):
        path = tmp_path / name
        path.write_text("\n".join([head, *rows]) + "\n")
        return import_findings(engine, path, entered_by="Ann", **options)

    return bring


def put(engine, **given) -> int:
    with engine.begin() as connection:
        return add_complex(connection, **given)


def states(engine):
    return {
        row["identifier"]: row["matched_by"] if row["state"] == "matched" else row["state"]
        for row in list_findings(engine)
    }


def paper_labels(engine):
    with engine.connect() as connection:
        query = text("select class from label where policy = 'paper-binary' order by compound_id")
        return list(connection.scalars(query))


def events(engine, finding_id):
    history = show_finding(engine, finding_id)["history"]
    return [(event["event"], event["by"], event["reason"]) for event in history]


# DOI and formula


def test_doi_and_formula_find_the_crystal(engine, bring):
    paper = {"doi": "10.1021/IC1"}
    put(engine, refcode="ABCDEF", formula="C15 H25 Dy O8", **paper)
    put(engine, refcode="GHIJKL", formula="C15 H25 O8 Tb", **paper)
    put(engine, refcode="MNOPQR", formula="C15 H25 Dy O8", doi="10.1021/other")
    bring(
        "compound 1,conflict,,,,10.1021/ic1,[Dy(C5H7O2)3(H2O)2].2CH3OH",
        ",conflict,,,,10.1021/ic1,C15H25TbO8",
        "compound 3,conflict,,,,10.1021/ic1,[Er(C5H7O2)3(H2O)2]",
        "compound 4,conflict,,,,,C15H25TbO8",
    )
    assert states(engine) == {
        "compound 1": "DOI and formula",
        "C15H25TbO8": "DOI and formula",
        "compound 3": "waiting",
        "compound 4": "waiting",
    }
    one, two, *_ = list_findings(engine)
    assert one["compound_id"] != two["compound_id"]


def test_the_number_of_a_compound_means_nothing_without_its_paper(engine, bring):
    put(engine, identifier="1", doi="10.1021/IC1")
    put(engine, compound_name="Compound 2a", doi=None)
    bring(
        "1,smm_zero_field,,,,10.1021/ic1,",
        "1,smm_zero_field,,,,10.1021/other,",
        "1,smm_zero_field,,,,,",
        "compound 2a,smm_zero_field,,,,10.1021/ic1,",
    )
    assert [row["matched_by"] for row in list_findings(engine)] == ["identifier", None, None, None]


def test_the_name_of_a_block_names_no_crystal_of_another_paper(engine, bring):
    put(engine, identifier="water", doi="10.1021/IC1")
    put(engine, identifier="II", doi="10.1021/IC1")
    bring(
        "water,smm_zero_field,,,,10.1021/ic1,",
        "water,smm_zero_field,,,,10.1021/other,",
        "water,smm_zero_field,,,,,",
        "II,smm_zero_field,,,,10.1021/ic1,",
        "(II),smm_zero_field,,,,10.1021/other,",
        "II,smm_zero_field,,,,,",
    )
    matched = [row["matched_by"] for row in list_findings(engine)]
    assert matched == ["identifier", None, "identifier", "identifier", None, None]


def test_one_formula_for_two_compounds_of_a_paper_is_ambiguous(engine, bring):
    for refcode in ("ABCDEF", "GHIJKL"):
        put(engine, refcode=refcode, formula="C15 H25 Dy O8", doi="10.1021/ic1")
    report = bring("polymorph 1,conflict,,,,10.1021/ic1,C15H25DyO8")
    assert report.ambiguous[0].matches == ("ABCDEF (C15 H25 Dy O8)", "GHIJKL (C15 H25 Dy O8)")
    (row,) = list_open(engine)
    assert (row["state"], row["candidates"]) == ("ambiguous", list(report.ambiguous[0].matches))


def test_a_refcode_goes_before_doi_and_formula(engine, bring):
    put(engine, refcode="ABCDEF", formula="C15 H25 Dy O8", doi="10.1021/ic1")
    put(engine, refcode="GHIJKL", formula="C2 H6 Dy")
    bring("GHIJKL,conflict,,,,10.1021/ic1,C15H25DyO8")
    assert states(engine) == {"GHIJKL": "refcode"}


def test_a_superseded_complex_matches_nothing(engine, bring):
    complex_id = put(engine, refcode="ABCDEF")
    with engine.begin() as connection:
        connection.execute(
            update(ComplexRow)
            .where(ComplexRow.id == complex_id)
            .values(superseded_at=text("now()"))
        )
    bring("ABCDEF,conflict,,,,,")
    assert states(engine) == {"ABCDEF": "waiting"}


# Decisions


@pytest.fixture
def ambiguous(engine, bring):
    """A finding that fits two compounds, and their complexes."""
    complexes = [put(engine, refcode=f"ABCDEF0{i}") for i in (1, 2)]
    bring("ABCDEF,smm_zero_field,,,90,,")
    (row,) = list_findings(engine)
    return row["id"], complexes


def test_a_decision_matches_and_says_who(engine, ambiguous):
    finding, (_, second) = ambiguous
    decided = decide_match(engine, finding, "ABCDEF02", by="Ann", reason="Fig. 2")
    assert (decided.is_new, decided.before, decided.others) == (True, None, ())
    again = decide_match(engine, finding, "ABCDEF02", by="Bob")
    assert again == replace(decided, is_new=False)
    (row,) = list_findings(engine)
    with engine.connect() as connection:
        assert row["compound_id"] == compound_of(connection, second)
    assert row["matched_by"] == "decision"
    assert events(engine, finding) == [
        ("entered", "Ann", None),
        ("decided", "Ann", "Fig. 2"),
        ("matched", "smmdb", None),
    ]
    assert paper_labels(engine) == ["positive"]


def test_a_decision_is_taken_back(engine, ambiguous):
    finding, _ = ambiguous
    decide_match(engine, finding, "ABCDEF02", by="Ann")
    assert undo_match(engine, finding, by="Bob", reason="unsure")
    assert not undo_match(engine, finding, by="Bob")
    assert states(engine) == {"ABCDEF": "ambiguous"}
    assert [event for event, *_ in events(engine, finding)][-2:] == ["undecided", "unmatched"]
    assert paper_labels(engine) == []


def test_a_decision_survives_new_matches_and_better_chemistry(engine, ambiguous, bring):
    finding, (_, old) = ambiguous
    decide_match(engine, finding, "ABCDEF02", by="Ann")
    bring("OTHERS,conflict,,,,,", name="more.csv")
    new = put(engine, refcode="ABCDEF02", identifier="ABCDEF02")
    with engine.begin() as connection:
        values = {"superseded_at": text("now()"), "superseded_by": new}
        connection.execute(update(ComplexRow).where(ComplexRow.id == old).values(values))
        match_findings(connection)
        wanted = compound_of(connection, new)
    row = list_findings(engine)[0]
    assert (row["matched_by"], row["compound_id"]) == ("decision", wanted)


def test_a_decision_needs_one_complex_and_a_finding(engine, ambiguous):
    finding, _ = ambiguous
    with pytest.raises(InputError, match=r"fits several compounds; give one of: ABCDEF01 \("):
        decide_match(engine, finding, "ABCDEF", by="Ann")
    with pytest.raises(NotFoundError):
        decide_match(engine, finding, "NOBODY", by="Ann")
    with pytest.raises(NotFoundError, match="no finding 999"):
        decide_match(engine, 999, "ABCDEF01", by="Ann")
    withdraw(engine, finding, by="Ann", reason="x")
    with pytest.raises(InputError, match="is withdrawn"):
        decide_match(engine, finding, "ABCDEF01", by="Ann")


# Withdrawals


def test_a_withdrawn_finding_counts_no_more_and_stays_to_be_seen(engine, bring):
    put(engine, refcode="ABCDEF")
    rows = ("ABCDEF,smm_zero_field,0,1.8,90,,", "ABCDEF,no_signal_observed,0,1.8,,,")
    bring(*rows)
    first, second = (row["id"] for row in list_findings(engine))
    assert len(list_conflicts(engine)) == 1
    assert withdraw(engine, first, by="Ann", reason="of compound 2")
    assert not withdraw(engine, first, by="Bob", reason="again")
    assert list_conflicts(engine) == []
    assert paper_labels(engine) == ["negative"]
    assert [row["state"] for row in list_findings(engine)] == ["withdrawn", "matched"]
    assert [row["id"] for row in list_findings(engine, withdrawn=True)] == [first]
    assert events(engine, first)[-1] == ("withdrawn", "Ann", "of compound 2")
    again = bring(*rows)
    assert [outcome.outcome for outcome in again.outcomes] == ["withdrawn", "known"]
    assert [outcome.finding_id for outcome in again.outcomes] == [first, second]
    assert (again.added, dict(again.matched_by)) == (0, {"refcode": 1})
    assert reinstate(engine, first, by="Bob", reason="it was right")
    assert not reinstate(engine, first, by="Bob")
    assert paper_labels(engine) == ["positive"]
    assert events(engine, first)[-1] == ("reinstated", "Bob", "it was right")


def test_a_withdrawn_finding_waits_for_nothing(engine, bring):
    bring("ABCDEF,conflict,,,,,")
    (row,) = list_findings(engine)
    withdraw(engine, row["id"], by="Ann", reason="x")
    put(engine, refcode="ABCDEF")
    with engine.begin() as connection:
        assert match_findings(connection).findings == 0
    assert list_open(engine) == []


def test_a_correction_replaces(engine, bring):
    put(engine, refcode="ABCDEF")
    bring(
        "ABCDEF,smm_zero_field,0,40(2),1e-8,10.1021/x",
        head="identifier,behaviour,dc_field_oe,ueff_k,tau0_s,doi",
    )
    (old,) = list_findings(engine)
    new, warnings = correct(
        engine, old["id"], {"ueff_cm-1": "40(2)", "tau0_s": ""}, by="Bob", reason="cm-1"
    )
    assert warnings == []
    before, after = list_findings(engine)
    assert (before["state"], after["state"], after["id"]) == ("withdrawn", "matched", new)
    assert after["replaces"] == before["id"]
    assert after["ueff_k"] == pytest.approx(40 * 1.438777)
    assert after["ueff_sigma_k"] == pytest.approx(2 * 1.438777)
    assert (after["ueff_given"], after["ueff_unit"], after["tau0_s"]) == (40, "cm-1", None)
    assert (after["doi"], after["source_row"], after["entered_by"]) == ("10.1021/x", 2, "Bob")
    (*_, last) = show_finding(engine, old["id"])["history"]
    assert (last["event"], last["details"]) == ("withdrawn", {"replaced_by": new})
    assert show_finding(engine, new)["history"][0]["details"]["replaces"] == old["id"]


def test_a_correction_that_is_none(engine, bring):
    bring("ABCDEF,smm_zero_field,0,1.8,90,,", "ABCDEF,smm_zero_field,0,1.8,95,,")
    first, second = (row["id"] for row in list_findings(engine))
    for changes, message in [
        ({"ueff_k": "90"}, "nothing to correct"),
        ({"ueff_k": "95"}, f"Finding {second} .* says so already"),
        ({"ueff_k": "fast"}, "ueff_k: 'fast' is no number"),
        ({"colour": "red"}, "'colour' is no column"),
    ]:
        with pytest.raises(InputError, match=message):
            correct(engine, first, changes, by="Ann", reason="x")
    assert [row["state"] for row in list_findings(engine)] == ["waiting", "waiting"]


def test_a_correction_keeps_the_decision(engine, ambiguous):
    finding, _ = ambiguous
    decide_match(engine, finding, "ABCDEF01", by="Ann")
    new, _ = correct(engine, finding, {"ueff_k": "95"}, by="Bob", reason="typo")
    assert show_finding(engine, new)["matched_by"] == "decision"


# Guards


@pytest.mark.parametrize(
    "statement",
    [
        "update finding set ueff_k = 1",
        "update finding set given = '{}'",
        "update finding set replaces = id",
        "update finding set withdrawn_at = now()",
        "update finding set decided_complex_id = (select id from complex limit 1)",
        "delete from finding",
        "update finding_event set by = 'nobody'",
        "delete from finding_event",
        "truncate finding_event",
        """insert into finding_event (finding_id, event, by, details)
        select id, 'forgotten', 'x', '{}' from finding""",
    ],
)
def test_the_database_refuses_what_leaves_no_trace(engine, bring, statement):
    put(engine, refcode="ABCDEF")
    bring("ABCDEF,smm_zero_field,0,1.8,90,,")
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(statement))


def test_the_writer_may_withdraw_and_decide(engine, ambiguous):
    finding, _ = ambiguous
    with engine.begin() as connection:
        connection.execute(text("set local role smmdb_writer"))
        connection.execute(
            text(
                "insert into finding_event (finding_id, event, by, reason, details)"
                f" values ({finding}, 'withdrawn', 'w', 'x', '{{}}')"
            )
        )
        values = {"withdrawn_at": text("now()")}
        connection.execute(update(FindingRow).where(FindingRow.id == finding).values(values))
    assert list_findings(engine)[0]["state"] == "withdrawn"


# Conflicts and doubts


def test_conflicts_stand_side_by_side(engine, bring):
    put(engine, refcode="ABCDEF")
    put(engine, refcode="GHIJKL")
    bring(
        "ABCDEF,smm_zero_field,0,1.8,90,10.1021/a,",
        "ABCDEF,no_signal_observed,0,1.8,,10.1021/b,",
        "ABCDEF,smm_field_induced,1000,1.8,129.5,10.1021/c,",
        "GHIJKL,smm_zero_field,0,1.8,90,10.1021/a,",
    )
    (item,) = list_conflicts(engine)
    a, b, c = (row["id"] for row in item["findings"])
    assert item["identifiers"] == ["ABCDEF"]
    assert item["reasons"][0] == f"{a} and {b}: smm_zero_field against no_signal_observed"
    assert item["reasons"][1].startswith(f"{a} and {c}: 90 K and 129.5 K differ by 1.4388")
    assert [row["doi"][-1] for row in item["findings"]] == ["a", "b", "c"]
    (shown,) = show_compounds(engine, "ABCDEF")
    assert shown["conflicts"] == item["reasons"]
    assert {label["policy"]: label["label"] for label in shown["labels"]} == {
        "paper-binary": "positive",
        "strict-zero-field": "positive",
        "any-slow-relaxation": "positive",
    }


def test_blocking_temperatures_that_cannot_both_be(engine, bring):
    put(engine, refcode="ABCDEF")
    bring(
        "ABCDEF,smm_zero_field,18,tau = 100 s",
        "ABCDEF,smm_zero_field,12,hysteresis at 200 Oe/s",
        head="identifier,behaviour,tb_k,tb_definition",
    )
    (item,) = list_conflicts(engine)
    assert "relaxation takes 100 s at 18 K, yet hysteresis is seen only up to 12 K" in str(item)


def test_a_swap_against_a_stored_finding_is_told_in_a_dry_run(engine, bring):
    put(engine, refcode="ABCDEF01", ccdc_number=604034)
    bring("ABCDEF01,smm_zero_field,0,1.8,90,10.1021/a,")
    (stored,) = list_findings(engine)
    report = bring("604034,smm_zero_field,0,1.8,129.5,10.1021/b,", name="b.csv", dry_run=True)
    (outcome,) = report.outcomes
    assert (outcome.outcome, outcome.finding_id) == ("added", None)
    assert outcome.match.startswith("by CCDC number: ")
    (remark,) = outcome.remarks
    assert f"129.5 K here and 90 K in finding {stored['id']} (10.1021/a)" in remark


def test_doubts_stand_in_the_list(engine, bring):
    bring(
        "A,no_signal_observed,0,1.8,3000,,",
        "B,smm_zero_field,0,1.8,90,,",
        "C,smm_field_induced,0.1,1.8,,,",
    )
    first, second, third = list_findings(engine)
    assert "ueff_k: 3000 K is outside the usual 5 to 2.5e+03; is the unit right?" in first["doubts"]
    assert "yet a barrier Ueff is given" in first["doubts"]
    assert second["doubts"] is None
    assert third["doubts"] == "0.1 Oe is hardly a field: was tesla meant?"


def test_outcomes_row_by_row(engine, bring):
    put(engine, refcode="ABCDEF")
    bring("ABCDEF,conflict,,,,,")
    report = bring(
        "ABCDEF,conflict,,,,,",
        "ABCDEF,smm_zero_field,0,1.8,90,,",
        "ABCDEF,smm_zero_field,0,1.8,90,,",
        "X,smm,,,,,",
        "nobody,conflict,,,,,",
        dry_run=True,
    )
    assert [(o.line, o.outcome) for o in report.outcomes] == [
        (2, "known"),
        (3, "added"),
        (4, "known"),
        (5, "refused"),
        (6, "added"),
    ]
    assert "says the same as line 3" in report.outcomes[2].remarks
    assert report.outcomes[4].match == "waits for its structure"


def reject(engine, block, file="cod.zip!a.cif", code="overlapping_atoms"):
    with engine.begin() as connection:
        add_structure(
            connection,
            source_file_id=add_file(connection, name=file),
            block_name=block,
            verdict="rejected",
            code=code,
            reason="C1 and C2 are 0.3 angstrom apart",
        )


def test_a_finding_tells_that_its_structure_was_read_and_rejected(engine, bring):
    reject(engine, "2101934")
    reject(engine, "global", file="in/ABCDEF01.cif", code="no_metal")
    reject(engine, "1", code="polymeric")
    reject(engine, "dysal", code="no_atoms")
    report = bring(
        "COD 2101934,conflict,,,,,",
        "abcdef01,conflict,,,,,",
        "1,conflict,,,,10.1021/ic1,",
        "dysal,conflict,,,,10.1021/ic1,",
        "dysal,conflict,,,,,",
        "604034,conflict,,,,,",
    )
    assert [outcome.match for outcome in report.outcomes] == [
        "read and rejected: overlapping_atoms",
        "read and rejected: no_metal",
        "waits for its structure",
        "waits for its structure",
        "read and rejected: no_atoms",
        "waits for its structure",
    ]
    assert report.rejected["COD 2101934"] == "overlapping_atoms"
    whys = {row["identifier"]: row["why"] for row in list_open(engine)}
    assert whys["abcdef01"] == "read and rejected: no_metal"
    assert whys["604034"] is None


# The commands


@pytest.fixture
def run(database_url, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    return lambda *arguments: CliRunner().invoke(smmdb, ["label", *arguments])


def test_a_decision_against_an_earlier_one_and_the_candidates_says_so(run, engine, ambiguous):
    finding = str(ambiguous[0])
    run("match", finding, "ABCDEF01")
    put(engine, refcode="OTHERS", metals=("Co",))
    other = run("match", finding, "OTHERS")
    assert "matched to OTHERS (" in other.stdout
    assert "Before, it was decided to be ABCDEF01 (" in other.stderr
    assert "none of its candidates: ABCDEF01 (" in other.stderr


def test_the_commands_of_a_curator(run, engine, ambiguous, tmp_path):
    finding, _ = ambiguous
    listed = run("match")
    assert "ABCDEF01 (" in listed.stdout
    assert "Waiting: 0; ambiguous: 1." in listed.stderr
    assert run("match", str(finding)).exit_code == 2
    assert run("match", str(finding), "ABCDEF").exit_code == 2
    assert run("match", "999", "ABCDEF01").exit_code == 5
    done = run("match", str(finding), "ABCDEF01", "--by", "Ann", "--reason", "Fig. 1")
    assert done.stdout.startswith(f"Finding {finding} matched to ABCDEF01 (")
    assert done.stderr == ""
    assert "was decided already" in run("match", str(finding), "ABCDEF01").stdout
    shown = run("show", str(finding)).stdout
    assert "decided by Ann: Fig. 1" in shown
    assert "entered by Ann (" in shown
    assert "file t.csv" in shown
    assert "decision" in run("show", "ABCDEF01").stdout
    assert json.loads(run("show", "ABCDEF01", "--format", "json").stdout)[0]["labels"]
    assert "matches by itself again" in run("match", str(finding), "--undo").stdout
    assert run("withdraw", str(finding)).exit_code == 2
    assert "is withdrawn" in run("withdraw", str(finding), "--reason", "slip").stdout
    assert "already" in run("withdraw", str(finding), "--reason", "slip").stdout
    assert "withdrawn" in run("list").stdout
    assert "counts again" in run("withdraw", str(finding), "--undo").stdout
    fixed = run("correct", str(finding), "--set", "ueff_k=91", "--reason", "typo")
    assert f"Finding {finding} is withdrawn; finding" in fixed.stdout
    assert run("show", "999").exit_code == 5
    assert run("show", "NOBODY").exit_code == 5
    assert run("conflicts").exit_code == 0


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_what_is_exported_imports_to_nothing_new(run, bring, engine, tmp_path, ending):
    bring(
        "ABCDEF,smm_zero_field,0,1.8,90.123456789(12),10.1021/a,",
        "=1+1,conflict,,,> 300,,",
        "604034,smm_field_induced,1500,2,,10.1021/b,[Dy(C5H7O2)3(H2O)2]",
    )
    path = tmp_path / f"out.{ending}"
    assert run("export", str(path)).exit_code == 0
    assert run("export", str(path)).exit_code == 2  # it is there
    again = run("import", str(path))
    assert again.exit_code == 0, again.output
    assert "Rows: 3 (0 added, 3 known already, 0 refused)." in again.stdout


def test_a_row_of_a_workbook_is_found_again(run, tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.title = "Dy papers"
    for row in (("identifier", "behaviour"), ("ABCDEF", "conflict")):
        workbook.active.append(row)
    workbook.save(tmp_path / "ours.xlsx")
    assert run("import", str(tmp_path / "ours.xlsx"), "--by", "Ann").exit_code == 0
    (row,) = json.loads(run("list", "--format", "json").stdout)
    assert (row["source_name"], row["source_row"]) == ("ours.xlsx, sheet Dy papers", 2)


def test_export_to_standard_output(run, bring):
    bring("ABCDEF,conflict,,,,,")
    assert "ABCDEF" in run("export").stdout
    assert json.loads(run("export", "--format", "json").stdout) == [
        {"identifier": "ABCDEF", "sample": "not_stated", "behaviour": "conflict"}
    ]
    assert run("export", "--format", "xlsx").exit_code == 2


def test_an_export_needs_an_ending_that_says_its_kind(run, bring, tmp_path):
    bring("ABCDEF,conflict,,,,,")
    path = tmp_path / "out.txt"
    refused = run("export", str(path))
    assert refused.exit_code == 2
    assert "must end in .csv, .xlsx or .json" in refused.stderr
    assert not path.exists()
    assert run("export", str(path), "--format", "json").exit_code == 0
    assert json.loads(path.read_text())[0]["identifier"] == "ABCDEF"


def test_rows_of_a_dry_run_as_json(run, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("identifier,behaviour\nABCDEF,conflict\nX,smm\n")
    result = run("import", str(path), "--dry-run", "--format", "json")
    assert result.exit_code == 1
    rows = json.loads(result.stdout)
    assert [row["outcome"] for row in rows] == ["added", "refused"]
    assert [row["identifier"] for row in rows] == ["ABCDEF", "X"]
    assert "'smm' is not one of" in rows[1]["remarks"][0]


def test_conflicts_as_csv_and_json(run, engine, bring):
    put(engine, refcode="ABCDEF")
    bring("ABCDEF,conflict,,,,10.1021/a,")
    assert "the paper contradicts itself" in run("conflicts", "--format", "csv").stdout
    (item,) = json.loads(run("conflicts", "--format", "json").stdout)
    assert item["findings"][0]["doi"] == "10.1021/a"
