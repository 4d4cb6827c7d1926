"""What stands beside the complexes, by its formula and by what the moiety formula says of it."""

from collections import Counter

import pytest

from screening.crystal.components import name_components

HEXAAMMINE = (27, *[7] * 6, *[1] * 18)


@pytest.mark.parametrize(
    ("unit", "moiety", "kind"),
    [
        ((80, 17, 17), None, "counter-ion"),
        ((80, 17, 17), "C10 H8 N2 Zn 2+, Hg Cl2, 2(Cl 1-)", "other"),  # a neutral molecule
        ((80, *[17] * 4), "C10 H8 N2 Zn 2+, Hg Cl4 2-", "counter-ion"),
        (HEXAAMMINE, None, "other"),
        (HEXAAMMINE, "C10 H8 Fe N2 3-, H18 Co N6 3+", "counter-ion"),
        ((8, 1, 1), "C10 H8 N2 Zn 2+, H2 O, 2(Cl 1-)", "solvent"),
        ((17,), None, "counter-ion"),
    ],
)
def test_charges_of_the_moiety_formula_tell_ions_from_molecules(unit, moiety, kind):
    (part,) = name_components(Counter({tuple(sorted(unit)): 1}), moiety)
    assert part.kind == kind
