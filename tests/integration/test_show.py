"""What a name on the command line finds."""

import pytest
from factories import add_complex

from screening.errors import NotFoundError
from screening.show import show


@pytest.fixture
def filled(engine):
    with engine.begin() as connection:
        add_complex(connection, identifier="ABCDEF01", refcode="ABCDEF01", formula="C2 Dy")
        add_complex(connection, identifier="ABCDEF02", refcode="ABCDEF02", formula="C2 Dy")
        add_complex(connection, identifier="7050234", cod_id=7050234, formula="C3 Dy")
        add_complex(connection, identifier="7050234", cod_id=7050234, formula="C4 Dy")
        add_complex(
            connection, identifier="x", ccdc_number=727461, compound_name="Tris(made up)dysprosium"
        )
    return engine


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("ABCDEF01", ["ABCDEF01"]),
        ("abcdef02", ["ABCDEF02"]),
        ("ABCDEF", ["ABCDEF01", "ABCDEF02"]),
        ("ABCDEF07", ["ABCDEF01", "ABCDEF02"]),
        ("7050234", ["7050234", "7050234"]),
        ("COD 7050234", ["7050234", "7050234"]),
        ("7050234 (C4 Dy)", ["7050234"]),
        ("CCDC 727461", ["x"]),
        ("tris(made up)dysprosium", ["x"]),
    ],
)
def test_names_that_find(filled, given, found):
    assert [item["identifier"] for item in show(filled, given)] == found


@pytest.mark.parametrize("given", ["", "%", "ABCDEX", "COD 727461", "nothing"])
def test_names_that_find_nothing(filled, given):
    with pytest.raises(NotFoundError):
        show(filled, given)


def test_a_molecule_of_the_same_crystal_is_no_other_determination(filled):
    first, second = show(filled, "7050234")
    assert first["other_determinations"] is None
    assert second["other_determinations"] is None
