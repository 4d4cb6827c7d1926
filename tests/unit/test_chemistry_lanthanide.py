"""Free Ln(III) ions: the table of the free-ion ground levels, computed from the 4f count."""

from fractions import Fraction

import pytest

from screening.chemistry.lanthanide import FREE_IONS, describe_ion

TABLE = """
57 0 0 no none
58 1 5/2 yes oblate
59 2 4 no oblate
60 3 9/2 yes oblate
61 4 4 no prolate
62 5 5/2 yes prolate
63 6 0 no none
64 7 7/2 yes isotropic
65 8 6 no oblate
66 9 15/2 yes oblate
67 10 8 no oblate
68 11 15/2 yes prolate
69 12 6 no prolate
70 13 7/2 yes prolate
71 14 0 no none
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines())
def test_a_row_of_the_table(row):
    z, n4f, total, kramers, shape = row.split()
    ion = FREE_IONS[int(z)]
    assert (ion.n4f, ion.total) == (int(n4f), Fraction(total))
    assert ion.is_kramers == (kramers == "yes")
    assert ion.shape == shape


def test_an_odd_number_of_electrons_has_half_integer_momentum():
    for ion in FREE_IONS.values():
        assert ion.is_kramers == (ion.total.denominator == 2)


def test_an_ion_in_words():
    assert describe_ion("Dy") == "4f9 Kramers oblate"
    assert describe_ion("Tb") == "4f8 oblate"
    assert describe_ion("Gd") == "4f7 Kramers isotropic"
    assert describe_ion("Eu") == "4f6"
    assert describe_ion("La") == "4f0 diamagnetic"
    assert describe_ion("Co") is None
