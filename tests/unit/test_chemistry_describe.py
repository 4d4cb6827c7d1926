"""A complex is described by formula, metals, surroundings and keys."""

from dataclasses import replace

import numpy as np
import pytest
from crystal_factory import Atom, accept, cif, methoxide, moved

from screening.chemistry.describe import describe
from screening.crystal.complex import Complex


def complex_of(atoms, **options) -> Complex:
    (found,) = accept(cif(atoms, **options)).complexes
    return found


def turned(complex_: Complex, seed: int) -> Complex:
    """The same molecule with its atoms in another order and place."""
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(complex_.labels))
    place = np.argsort(order)
    rotation, _ = np.linalg.qr(generator.normal(size=(3, 3)))
    bonds = np.sort(place[complex_.bonds], axis=1).astype(np.int32)
    return Complex(
        complex_.atomic_numbers[order],
        complex_.positions[order] @ rotation.T + generator.normal(size=3),
        tuple(complex_.labels[i] for i in order),
        bonds,
    )


def test_formula_mass_metals_and_sites():
    found = describe(complex_of(methoxide("Dy", 2.3)))
    assert found.formula == "C6 Dy O6"
    assert found.molar_mass == pytest.approx(162.50 + 6 * (12.011 + 15.999), abs=0.02)
    assert (found.metals, found.nuclearity) == (("Dy",), 1)
    (site,) = found.metal_sites
    assert (site.element, site.label, site.atom_index) == ("Dy", "Dy1", 0)
    assert (site.coordination_number, site.donor_set) == (6, "O6")
    assert site.mean_distance == pytest.approx(2.3, abs=1e-4)
    assert site.min_distance == pytest.approx(site.max_distance, abs=1e-4)


def test_two_metals_are_named_once_and_counted_twice():
    bridged = methoxide("Cu", 2.0)[:-1] + moved(methoxide("Zn", 2.0)[:9], (0, 0, -4.0))
    found = describe(complex_of(bridged))
    assert found.metals == ("Cu", "Zn")
    assert found.nuclearity == 2


@pytest.mark.parametrize("seed", range(5))
def test_keys_do_not_depend_on_order_or_place(seed):
    one = complex_of(methoxide("Dy", 2.3))
    other = turned(one, seed)
    a, b = describe(one), describe(other)
    assert (a.compound_key, a.skeleton_key) == (b.compound_key, b.skeleton_key)
    assert a.content_key == b.content_key


def test_the_skeleton_forgets_which_lanthanide_and_halogen_the_compound_does_not():
    def halide(metal, halogen, distance):
        atoms = methoxide(metal, 2.3)[:-2]
        return describe(complex_of([*atoms, Atom(halogen, (5, 5, 5 - distance))]))

    dysprosium, terbium = halide("Dy", "Cl", 2.6), halide("Tb", "Br", 2.8)
    assert dysprosium.skeleton_key == terbium.skeleton_key
    assert dysprosium.compound_key != terbium.compound_key
    assert halide("Y", "Cl", 2.6).skeleton_key == dysprosium.skeleton_key
    assert halide("Zr", "Cl", 2.5).skeleton_key != dysprosium.skeleton_key


def test_isomers_have_different_keys():
    def tailed(end):
        return [*methoxide("Fe"), Atom("C", end)]

    on_carbon, on_oxygen = (5 + 3.52 + 1.0, 5 + 1.1, 5), (5 + 2.1 + 0.3, 5 + 1.4, 5)
    first, second = describe(complex_of(tailed(on_carbon))), describe(complex_of(tailed(on_oxygen)))
    assert first.formula == second.formula
    assert first.compound_key != second.compound_key


def test_hydrogens_do_not_change_the_compound():
    bare = methoxide("Fe")
    dressed = [*bare, Atom("H", (5 + 3.52 + 0.5, 5.9, 5))]
    assert describe(complex_of(bare)).compound_key == describe(complex_of(dressed)).compound_key


def test_the_content_key_is_of_one_determination():
    text = cif(methoxide("Fe"))
    warm = cif(methoxide("Fe", 2.11))
    keys = [describe(accept(t).complexes[0]).content_key for t in (text, text, warm)]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("what", ["is_disordered", "metal_disordered", "donor_disordered"])
def test_the_content_key_tells_the_same_atoms_with_a_disorder_apart(what):
    """Whichever is read first, its flags are not those of the other."""
    plain = complex_of(methoxide("Fe"))
    disordered = replace(plain, **{what: True})
    assert describe(plain).content_key != describe(disordered).content_key


def test_the_content_key_with_its_determination_covers_name_cell_and_temperature():
    def key(**options):
        accepted = accept(cif(methoxide("Fe"), **options))
        return describe(accepted.complexes[0], accepted.determination).content_key

    reference = key()
    assert key() == reference
    assert key(name="other") != reference
    assert key(extra="_diffrn_ambient_temperature 100") != reference
    assert key(cell=(15, 16, 18, 90, 90, 90)) != reference
