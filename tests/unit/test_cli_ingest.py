"""What `smmdb ingest` prints."""

import json
from collections import Counter

from cli.ingest import print_summary
from screening.ingest import IngestSummary
from screening.store.complexes import Added
from screening.store.findings import MatchReport
from screening.store.property_list import NewMatches


def test_json_counts_verdicts_metals_and_ligand_classes(capsys):
    added = Added(
        files=2,
        accepted=2,
        complexes=2,
        rejected=Counter(no_metal=1),
        metals=Counter(Dy=2, Zn=1),
        ligand_classes=Counter({"salen-type": 1}),
    )
    summary = IngestSummary(2, added, Counter(), MatchReport(0, 0, 0, ()), NewMatches(1200, 3, 2))
    print_summary(summary, "json")
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["property_values"] == 1200
    assert "new complexes: 1,200; to others here, too: 3 (" in err
    assert "count for none: 2 (" in err
    assert (told["blocks"], told["complexes"]) == (3, 2)
    assert told["metals"] == {"Dy": 2, "Zn": 1}
    assert told["ligand_classes"] == {"salen-type": 1}
    assert [row["blocks"] for row in told["verdicts"]] == [2, 1]


def test_the_endings_of_files_passed_over_are_named(capsys):
    endings = Counter({".hkl": 1200, ".res": 3, ".txt": 2, ".pdf": 1, ".doc": 1, "no ending": 1})
    told = MatchReport(0, 0, 0, ()), NewMatches(0, 0, 0)
    print_summary(IngestSummary(3, Added(files=3), endings, *told), "table")
    err = capsys.readouterr().err
    assert "1,208 files (.hkl 1,200, .res 3, .txt 2, .pdf 1, .doc 1, ...)." in err


def test_few_rejected_blocks_are_named_and_many_are_not(capsys):
    row = {"file": "a.cif", "block": "I", "code": "no_metal", "reason": "nothing but C and H"}
    told = MatchReport(0, 0, 0, ()), NewMatches(0, 0, 0)
    few = IngestSummary(1, Added(files=1, rejected=Counter(no_metal=1)), Counter(), *told, (row,))
    print_summary(few, "table")
    out, err = capsys.readouterr()
    assert "nothing but C and H" in out
    assert "--report" not in err
    many = IngestSummary(1, Added(files=1, rejected=Counter(no_metal=2)), Counter(), *told, (row,))
    print_summary(many, "table")
    out, err = capsys.readouterr()
    assert "nothing but C and H" not in out
    assert "the same command with --report FILE.csv" in err


def test_files_met_before_say_what_of_them_was_rejected(capsys):
    codes = Counter(no_metal=2, overlapping_atoms=1)
    told = MatchReport(0, 0, 0, ()), NewMatches(0, 0, 0)
    print_summary(IngestSummary(3, Added(known_files=3), Counter(), *told, (), codes), "table")
    err = capsys.readouterr().err
    assert "left alone: 3 files; 3 blocks of them rejected then (no_metal 2, overl" in err
