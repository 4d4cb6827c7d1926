"""Findings that were stored before ranges, rows as given and events were known."""

from sqlalchemy import Engine, text

from screening.evidence.finding import Behaviour, Finding
from screening.findings import show_finding
from screening.label import import_findings
from screening.store import migrate

OLD = Finding(
    identifier="ABCDEF",
    behaviour=Behaviour.SMM_ZERO_FIELD,
    ueff_k=143.8777,
    ueff_given=100.0,
    ueff_unit="cm-1",
)
INSERT = text("""
    insert into finding (key, identifier, sample, behaviour, ueff_k, ueff_given, ueff_unit,
        is_synthetic, source_name, source_row, entered_by)
    values (:key, 'ABCDEF', 'not_stated', 'smm_zero_field', 143.8777, 100, 'cm-1', false,
        'old.csv', 2, 'Ann')""")


def test_they_stay_known_and_say_what_they_can(empty_engine: Engine, tmp_path) -> None:
    migrate.upgrade(empty_engine, "0008")
    with empty_engine.begin() as connection:
        connection.execute(INSERT, {"key": OLD.key})
    migrate.upgrade(empty_engine)
    path = tmp_path / "old.csv"
    path.write_text("identifier,behaviour,ueff_cm-1\nABCDEF,smm_zero_field,100\n")
    report = import_findings(empty_engine, path, entered_by="Bob")
    assert (report.added, report.known) == (0, 1)
    shown = show_finding(empty_engine, report.outcomes[0].finding_id)
    assert shown["given"] == {"ueff_cm-1": "100"}
    assert [(e["event"], e["by"]) for e in shown["history"]] == [("entered", "Ann")]
