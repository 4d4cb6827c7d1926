"""What an identifier can stand for."""

import pytest

from screening.evidence.finding import Behaviour, Finding
from screening.evidence.identifier import (
    Reading,
    doubt,
    is_paper_label,
    one_spelling,
    read_identifier,
)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("ABCDEF", Reading("abcdef", refcode="ABCDEF", family="ABCDEF")),
        ("abcdef01", Reading("abcdef01", refcode="ABCDEF01", family="ABCDEF")),
        ("ABCDEF1", Reading("abcdef1")),
        ("1517016", Reading("1517016", cod_id=1517016, ccdc_number=1517016)),
        ("654321", Reading("654321", ccdc_number=654321)),
        ("COD 1517016", Reading("cod 1517016", cod_id=1517016)),
        ("CCDC-1517016", Reading("ccdc-1517016", ccdc_number=1517016)),
        ("CCDC no. 1517016", Reading("ccdc no. 1517016", ccdc_number=1517016)),
        ("604034.0", Reading("604034.0", ccdc_number=604034)),
        ("6.04034E+05", Reading("6.04034e+05", ccdc_number=604034)),
        ("6.04E+05", Reading("6.04e+05")),
        ("CCDC-604034.", Reading("ccdc-604034.", ccdc_number=604034)),
        (
            "CCDC deposition number 604034",
            Reading("ccdc deposition number 604034", ccdc_number=604034),
        ),
        ("GARRAT 01", Reading("garrat 01", refcode="GARRAT01", family="GARRAT")),
        ("GARRAT-01", Reading("garrat-01", refcode="GARRAT01", family="GARRAT")),
        ("CSD refcode: GARRAT", Reading("csd refcode: garrat", refcode="GARRAT", family="GARRAT")),
        (
            "INOVAL (Cl3 Fe H2 O)",
            Reading(
                "inoval",
                refcode="INOVAL",
                family="INOVAL",
                formula="Cl3FeH2O",
                whole="inoval (cl3 fe h2 o)",
            ),
        ),
        (
            "1517016(C2 Dy)",
            Reading("1517016", None, None, 1517016, 1517016, "C2Dy", "1517016(c2 dy)"),
        ),
        (
            "tris(salen) iron (III)",
            Reading("tris(salen) iron", formula="III", whole="tris(salen) iron (iii)"),
        ),
        ("[Dy(L)  (NO3)3]", Reading("[dy(l) (no3)3]")),
        ("12", Reading("12")),
    ],
)
def test_readings(text, reading):
    assert read_identifier(text) == reading


@pytest.mark.parametrize(
    ("text", "looks_like"),
    [
        ("6.04E+05", "number"),
        ("604034/5", "number"),
        ("CCDC 604034 and 604035", "number"),
        ("12345678", "number"),
        ("12345", "number"),
        ("GARRAT1", "refcode"),
        ("GARRAT/01", "refcode"),
        ("GARRAT, INOVAL", "several refcodes"),
        ("GARRAT01/GARRAT02", "several refcodes"),
        ("https://doi.org/10.1021/ic5001599", "DOI"),
        ("12-Jan", "date"),
        ("2024-05-03", "date"),
        ("604034", None),
        ("GARRAT 01", None),
        ("INOVAL (Cl3 Fe)", None),
        ("tris(salen) iron", None),
        ("compound 12", None),
        ("12", None),
    ],
)
def test_what_looks_like_a_number_or_refcode_and_is_none_is_doubted(text, looks_like):
    message = doubt(text)
    assert (message is None) if looks_like is None else (looks_like in message)


def test_readings_of_one_crystal_overlap():
    asked = read_identifier("604034")
    assert asked.overlaps(read_identifier("CCDC 604034"))
    assert not asked.overlaps(read_identifier("CCDC 604035"))
    assert read_identifier("GARRAT").overlaps(read_identifier("GARRAT01"))


@pytest.mark.parametrize(
    "text", ["1", "2a", "(3)", "compound 4'", "I", "(II)", "complex IVa", "(xviiib)"]
)
def test_a_number_of_a_paper_means_nothing_elsewhere(text):
    assert is_paper_label(text)


@pytest.mark.parametrize(
    "text",
    ["ABCDEF", "XXXXXX", "XIXIVA", "1517016", "water", "ivory", "[Dy(L)3]", "xi-ferrocene"],
)
def test_a_name_is_no_number_of_a_paper(text):
    assert not is_paper_label(text)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("604034", "604034"),
        ("CCDC 604034", "604034"),
        ("ccdc no. 604034 (C20H18DyN5O9)", "604034 (C20H18DyN5O9)"),
        ("604034.0", "604034"),
        ("CSD refcode ABCDEF 01", "ABCDEF01"),
        ("CCDC 1234567", "CCDC 1234567"),  # 1234567 alone can be a COD id
        ("1234567", "1234567"),
        ("compound 2", "compound 2"),
    ],
)
def test_one_spelling(text, spelling):
    assert one_spelling(text) == spelling


def test_two_spellings_of_a_number_make_one_statement():
    spellings = ("604034", "CCDC 604034")
    made = [Finding(identifier=i, behaviour=Behaviour.SMM_ZERO_FIELD) for i in spellings]
    keys = {finding.key for finding in made}
    assert len(keys) == 1
