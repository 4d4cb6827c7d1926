"""Tables with headings of their own, read through a mapping; the shared one as the example."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from screening.errors import InputError
from screening.evidence.mapping import read_mapping
from screening.evidence.table import parse_table, read_table

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "literature-mapping.toml"
BEHAVIOUR = {
    "SMM_zero_field": "smm_zero_field",
    "SMM_field_induced": "smm_field_induced",
    "SMM_field_not_stated": "smm_field_not_stated",
    "no_slow_relaxation": "no_signal_observed",
    "weak_out_of_phase_signal": "signal_only",
}
SMALL = """
note = ["who"]
ignore = ["page"]
[columns]
identifier = "code"
behaviour = "seen"
[ranges]
ueff_k = ["min", "max"]
[values.behaviour]
yes = "smm_zero_field"
[[refuse]]
column = "seen"
value = "chain"
reason = "no molecule"
"""


@pytest.fixture
def small(tmp_path):
    def read(text=SMALL):
        path = tmp_path / "m.toml"
        path.write_text(text)
        return read_mapping(path)

    return read


def test_every_row_of_the_shared_table_is_imported_or_refused(shared_data):
    """Checked against the file itself, cell by cell, not against the mapping."""
    path = shared_data / "labels" / "literature_smm.csv"
    with path.open(newline="") as file:
        source = dict(enumerate(csv.DictReader(file), start=2))
    table = read_table(path, mapping=read_mapping(EXAMPLE))
    refused = {error.line: error.message for error in table.errors}
    taken = {row.line: row for row in table.rows}
    assert len(source) == 54
    assert taken.keys() | refused.keys() == source.keys()
    assert not taken.keys() & refused.keys()
    assert {source[line]["record"] for line in refused} == {"8", "48", "49"}
    assert Counter("series" in message for message in refused.values()) == {True: 2, False: 1}
    for line, row in taken.items():
        cells, finding = source[line], row.finding
        assert row.given == {name: text for name, text in cells.items() if text}
        assert finding.identifier == finding.stated_formula == cells["formula"]
        assert finding.behaviour == BEHAVIOUR[cells["label"]]
        low, high = cells["Ueff_K_min"], cells["Ueff_K_max"]
        stated = (finding.ueff_low_k, finding.ueff_k, finding.ueff_high_k)
        if low == high:
            assert stated == (None, float(low) if low else None, None)
        else:
            assert stated == (float(low), None, float(high))
        assert finding.tau0_s == (float(cells["tau0_s"]) if cells["tau0_s"] else None)
        assert finding.dc_field_oe == (float(cells["Hdc_Oe"]) if cells["Hdc_Oe"] else None)
        assert finding.doi == (cells["doi"].lower() or None)
        if cells["year"]:
            assert finding.year == int(cells["year"]) or cells["year"] in finding.note
        for kept in ("record", "citation", "nuclearity", "polymeric", "evidence"):
            assert cells[kept] in finding.note
        assert not finding.is_synthetic


def test_a_small_mapping(small):
    text = (
        "code,seen,min,max,who,page\nABCDEF,yes,5,9,Ann,3\nB,chain,,,,\nC,maybe,,,,\nD,yes,7,,,\n"
    )
    table = parse_table(text, "t.csv", mapping=small())
    first, last = (row.finding for row in table.rows)
    assert (first.ueff_low_k, first.ueff_high_k, first.note) == (5, 9, "who Ann")
    assert (last.ueff_low_k, last.ueff_high_k, last.note) == (7, None, None)
    assert [(e.line, e.column) for e in table.errors] == [(3, None), (4, "behaviour")]
    assert table.refused == {3: "B", 4: "C"}
    assert "no molecule" in table.errors[0].message
    assert "'maybe' is not one of" in table.errors[1].message


def test_table_and_mapping_must_agree(small):
    with pytest.raises(InputError, match=r"has no column max, min, page"):
        parse_table("code,seen,who\nA,yes,\n", "t.csv", mapping=small())
    with pytest.raises(InputError, match=r"does not say what becomes of extra in t\.csv"):
        parse_table("code,seen,min,max,who,page,extra\n", "t.csv", mapping=small())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "no TOML"),
        ("wrong = 1\n[columns]", "does not know wrong"),
        ("", "columns"),
        ("[columns]\nueff = 'x'", "'ueff' is no column"),
        ("[columns]\nueff_k = 'x'\n[ranges]\nueff_k = ['a', 'b']", "filled twice"),
        ("[columns]\n[ranges]\nt_min_k = ['a', 'b']", "cannot hold a range"),
        ("[columns]\n[[refuse]]\ncolumn = 'a'\nreason = 'b'", "either value or contains"),
        ("[columns]\n[[refuse]]\ncolum = 'a'", "no mapping"),
    ],
)
def test_a_mapping_that_cannot_be_used(small, text, message):
    with pytest.raises(InputError, match=message):
        small(text)


def test_a_mapping_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_mapping(tmp_path / "none.toml")
