"""One spelling of a DOI for the many that people write."""

import pytest

from screening.evidence.doi import normalise_doi


@pytest.mark.parametrize(
    "text",
    [
        "10.1021/ic5001599",
        "https://doi.org/10.1021/IC5001599",
        "http://dx.doi.org/10.1021/ic5001599",
        "www.doi.org/10.1021/ic5001599",
        "doi: 10.1021/ic5001599",
        "10.1021/ic5001599.",
        "10.1021/ic5001599).",
        "10.1021/ic5001599,",
        'https://doi.org/10.1021/ic5001599">',
    ],
)
def test_every_spelling_is_one(text):
    assert normalise_doi(text) == "10.1021/ic5001599"


@pytest.mark.parametrize(
    "text",
    [
        "10.1002/(sici)1521-3773(19980401)37:6<805::aid-anie805>3.0.co;2-l",
        "10.1016/s0020-1693(00)88888-8",
        "10.1016/0022-2836(75)90101-(3)",
    ],
)
def test_brackets_of_a_doi_stay(text):
    assert normalise_doi(text) == text


@pytest.mark.parametrize("text", ["", "10.1021", "ic5001599", "10.1021/a 10.1021/b", "."])
def test_what_is_no_doi(text):
    assert normalise_doi(text) is None
