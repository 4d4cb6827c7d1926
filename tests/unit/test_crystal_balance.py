"""Complexes that cannot be part of the sum formula are noted; what is left out is named fairly."""

import pytest
from crystal_factory import Atom, accept, cif, methoxide, moved

BASE = methoxide("Fe")


def notes(formula, atoms=BASE, more=""):
    accepted = accept(cif(atoms, extra=f"_chemical_formula_sum '{formula}'\n{more}"))
    return [note for note in accepted.notes if "sum formula" in note]


@pytest.mark.parametrize("formula", ["C6 H18 Fe O6", "C3 H9 Fe0.5 O3", "C12 Fe2 O12", "?"])
def test_a_complex_that_fits_the_sum_formula_is_not_noted(formula):
    assert notes(formula) == []


def test_a_formula_that_cannot_be_read_is_noted():
    (note,) = notes("C6 Xx2")
    assert note.startswith("the sum formula C6 Xx2 cannot be read")


def test_what_the_atoms_lack_is_named():
    (note,) = notes("C8 H18 Cl2 Fe O6")
    assert note.startswith("the atoms listed hold less C, Cl than the sum formula C8 H18 Cl2 Fe")


def test_another_number_of_formulas_than_z_is_noted():
    assert notes("C6 Fe O6", more="_cell_formula_units_Z 1") == []
    (note,) = notes("C6 Fe O6", more="_cell_formula_units_Z 2")
    assert note.endswith("the file says Z = 2")


def test_the_sum_formula_of_all_formula_units_fits_too():
    # pymatgen writes the contents of the cell, and their number
    two = [*BASE, *moved(BASE, (7.5, 8, 8.5))]
    assert notes("C12 Fe2 O12", two, "_cell_formula_units_Z 2") == []
    assert len(notes("C12 Fe2 O12", two, "_cell_formula_units_Z 4")) == 1


def test_an_element_in_excess_is_named():
    (note,) = notes("C6 H18 Fe O5")
    assert note.startswith("the complex C6 Fe O6 holds more O than the sum formula C6 H18 Fe O5")


def test_a_sum_formula_of_another_metal_is_named():
    assert notes("C6 H18 Mn O6") == ["the sum formula C6 H18 Mn O6 has no Fe"]
    assert notes("C6 H18 O6") == ["the sum formula C6 H18 O6 has no Fe"]


def test_a_metal_that_the_sum_formula_lacks_is_named():
    second = moved(methoxide("Zn", centre=(5, 5, 5)), (7.5, 8, 8.5))
    (note,) = notes("C12 Fe O12", BASE + second)
    assert note.startswith("the complexes hold more Zn than")


def test_a_salt_of_two_metal_units_is_counted_as_one_cell():
    anion = [Atom("Fe", (12, 12, 12))]
    anion += [
        Atom("Cl", (12 + x, 12 + y, 12)) for x, y in ((2.2, 0), (-2.2, 0), (0, 2.2), (0, -2.2))
    ]
    assert notes("C6 Cl4 Fe2 O6", BASE + anion) == []
    assert len(notes("C6 Cl4 Fe2 O4", BASE + anion)) == 1


def diluted(host, guest, more=()):
    """Six arms of four carbons each around a metal place with 95 % of one and 5 % of another."""
    arms = [
        Atom("C", tuple(5 + (x - 5) * f for x in a.xyz)) for a in BASE[2::2] for f in (1.4, 1.8)
    ]
    return [Atom(host, (5, 5, 5), 0.95), Atom(guest, (5, 5, 5), 0.05), *BASE[1:], *arms, *more]


@pytest.mark.parametrize("formula", ["C18 H36 Dy0.05 O6 Y0.95", "C36 H72 Dy0.1 O12 Y1.9"])
def test_the_metals_of_a_diluted_crystal_count_together(formula):
    assert notes(formula, diluted("Y", "Dy")) == []


def test_what_a_diluted_crystal_lacks_is_named():
    (note,) = notes("C20 H36 Dy0.05 O6 Y0.95", diluted("Y", "Dy"))
    assert note.startswith("the atoms listed hold less C than the sum formula")


def test_a_metal_in_excess_does_not_tell_how_often_the_cell_holds_the_formula():
    # one zinc atom in five places far apart, each with a fifth of it
    zinc = [Atom("Zn", (12.5, 1 + 3 * i, 5), 0.2, ".", str(i)) for i in range(5)]
    held = BASE + moved(methoxide("Co"), (7.5, 8, 8.5)) + zinc
    assert notes("C12 Co Fe O12 Zn", held, "_cell_formula_units_Z 1") == []


@pytest.mark.parametrize(
    ("atoms", "formula", "kind"),
    [
        ([Atom("F", (11, 11, 3))], "F", "counter-ion"),
        ([Atom("F", (11, 11, 3), 0.4)], "F", "other"),
        ([Atom("O", (11, 11, 3), 0.5), Atom("O", (11, 11, 4.25), 0.5)], "O2", "other"),
        ([Atom("O", (11, 11, 3)), Atom("O", (11, 11, 4.21))], "O2", "solvent"),
        ([Atom("N", (11, 11, 3))], "N", "other"),
        ([Atom("O", (11, 11, 3))], "O", "solvent"),
    ],
)
def test_remains_of_disorder_are_not_called_solvent_or_ions(atoms, formula, kind):
    (component,) = accept(cif(BASE + atoms)).components
    assert (component.formula, component.kind) == (formula, kind)


WATER = [Atom("O", (9.5, 9.5, 9.5)), Atom("H", (10.4, 9.5, 9.5)), Atom("H", (9.2, 10.4, 9.5))]
SODIUM = [Atom("Na", (9.5, 9.5, 9.5))]
PERCHLORATE = [
    Atom("Cl", (10.5, 11, 12)),
    *(
        Atom("O", (10.5 + 0.83 * x, 11 + 0.83 * y, 12 + 0.83 * z))
        for x, y, z in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
    ),
]


@pytest.mark.parametrize(
    ("atoms", "extra", "missing"),
    [
        (BASE, "_chemical_formula_sum 'C6 H18 Fe O6'", 18),
        (BASE, "_chemical_formula_sum 'C6 Fe O6'", 0),
        (BASE, "", None),
        (BASE, "_chemical_formula_sum 'C7 H18 Fe O6'", None),  # atoms of the solvent may be missing
        (BASE + SODIUM, "_chemical_formula_sum 'C6 H18 Fe Na O6'", 18),
        (BASE + PERCHLORATE, "_chemical_formula_sum 'C6 H18 Cl Fe O10'", 18),
        (BASE + WATER[:1], "_chemical_formula_sum 'C6 H20 Fe O7'", None),
        (BASE + WATER, "_chemical_formula_sum 'C6 H20 Fe O7'", None),  # whose they are is not told
        (BASE + WATER, "_chemical_formula_sum 'C6 H2 Fe O7'", 0),
        (BASE + WATER, "_chemical_formula_moiety 'C6 H18 Fe O6 2+, H2 O'", 18),
        (BASE + WATER, "_chemical_formula_moiety '[C6 D18 Fe O6]2+, H2 O'", 18),
        (BASE, "_chemical_formula_moiety 'C6 H18 Fe O6, C6 H16 Fe O6'", None),
    ],
)
def test_missing_hydrogens_are_counted_where_a_formula_tells_them(atoms, extra, missing):
    (complex_,) = accept(cif(atoms, extra=extra)).complexes
    assert complex_.missing_hydrogens == missing


@pytest.mark.parametrize(
    ("moiety", "excess"),
    [
        ("C6 H18 Fe O6, C H4 O", None),
        ("C6 H18 Cl2 Fe O6", None),  # the whole crystal as one part
        ("C12 Fe2 O8", None),  # of another complex
        ("C6 H18 Fe O5, H2 O", "O"),
        ("C5 Fe O5", "C, O"),
    ],
)
def test_a_complex_with_more_atoms_than_its_moiety_is_noted(moiety, excess):
    found = accept(cif(BASE, extra=f"_chemical_formula_moiety '{moiety}'")).notes
    what = f"the complex C6 Fe O6 holds more {excess} than the moiety formula {moiety} tells"
    assert found == ((what,) if excess else ())
