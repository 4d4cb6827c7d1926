"""What an identifier can stand for."""

import pytest

from screening.evidence.identifier import Reading, read_identifier


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
        ("[Dy(L)  (NO3)3]", Reading("[dy(l) (no3)3]")),
        ("12", Reading("12")),
    ],
)
def test_readings(text, reading):
    assert read_identifier(text) == reading
