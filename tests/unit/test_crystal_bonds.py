"""Bonds to metals: what is a donor, and what only lies near."""

import numpy as np
import pytest
from crystal_factory import AXES, Atom, accept, cif, methoxide, moved, reject, ring

from screening.chemistry.describe import describe

CENTRE = np.array([5.0, 5.0, 5.0])


def near(*shift):
    return tuple(CENTRE + np.array(shift))


def site(atoms, **options):
    (complex_,) = accept(cif(atoms, **options)).complexes
    (found,) = describe(complex_).metal_sites
    return found


def chelate(metal, middle, distance, bite, outer=None):
    """Three planar four-membered chelates M(O2X), X at 120 degrees around the metal."""
    atoms = [Atom(metal, tuple(CENTRE))]
    for k in range(3):
        angle = 2 * np.pi * k / 3
        out = np.array([np.cos(angle), np.sin(angle), 0.0])
        side = np.array([0.0, 0.0, 1.0])
        half = 1.08
        along = np.sqrt(distance**2 - half**2)
        atoms += [
            Atom("O", tuple(CENTRE + along * out + half * side)),
            Atom("O", tuple(CENTRE + along * out - half * side)),
            Atom(middle, tuple(CENTRE + bite * out)),
        ]
        if outer is not None:
            atoms.append(Atom(outer, tuple(CENTRE + (bite + 1.25) * out)))
    return atoms


@pytest.mark.parametrize(("metal", "distance"), [("Dy", 2.45), ("La", 2.60), ("Lu", 2.36)])
def test_the_nitrogen_of_a_chelating_nitrate_is_no_donor(metal, distance):
    bite = np.sqrt(distance**2 - 1.08**2) + 0.63
    atoms = chelate(metal, "N", distance, bite, "O")
    atoms.append(Atom("C", near(0, 0, 2.5)))
    assert site(atoms).donor_set == "CO6"


@pytest.mark.parametrize(("metal", "distance"), [("Dy", 2.40), ("Zr", 2.20), ("Mn", 2.20)])
def test_the_carbon_of_a_chelating_carboxylate_is_no_donor(metal, distance):
    bite = np.sqrt(distance**2 - 1.08**2) + 0.67
    found = site(chelate(metal, "C", distance, bite, "C"))
    assert (found.coordination_number, found.donor_set) == (6, "O6")


@pytest.mark.parametrize(("middle", "bite"), [("S", 3.0), ("P", 3.05), ("Cl", 3.1)])
def test_the_centre_of_a_chelating_oxoanion_is_no_donor(middle, bite):
    atoms = [Atom("Dy", tuple(CENTRE)), Atom(middle, near(bite, 0, 0))]
    offset = {True: bite - 0.85, False: bite + 0.85}
    for inner in (True, False):
        for sign in (1, -1):
            arm = (offset[inner], sign * 1.2, 0.0) if inner else (offset[inner], 0.0, sign * 1.2)
            atoms.append(Atom("O", tuple(CENTRE + arm)))
    atoms.append(Atom("C", near(-2.5, 0, 0)))
    assert site(atoms).donor_set == "CO2"


@pytest.mark.parametrize(("metal", "height"), [("Fe", 1.66), ("Dy", 2.40), ("U", 2.45)])
def test_every_carbon_of_cyclopentadienyl_counts(metal, height):
    atoms = [Atom(metal, tuple(CENTRE)), *ring("C", 5, 1.21, height, CENTRE)]
    atoms += ring("C", 5, 1.21, -height, CENTRE)
    assert site(atoms).donor_set == "C10"


def test_benzene_and_a_side_on_alkene_stay_bonded():
    atoms = [Atom("Cr", tuple(CENTRE)), *ring("C", 6, 1.40, 1.61, CENTRE)]
    assert site(atoms).donor_set == "C6"
    alkene = [Atom("Pt", tuple(CENTRE))]
    alkene += [Atom("C", near(2.0, 0.7 * s, 0)) for s in (1, -1)]
    assert site(alkene).donor_set == "C2"


def test_silicon_of_a_silylamide_is_no_donor_though_near():
    atoms = [Atom("Dy", tuple(CENTRE)), Atom("N", near(2.22, 0, 0))]
    silicon = CENTRE + np.array([2.75, 1.62, 0.0])
    atoms.append(Atom("Si", tuple(silicon)))
    arms = np.array([(1.0, 1.0, 1.2), (1.0, 1.0, -1.2), (-0.9, 1.6, 0.0)])
    arms *= 1.87 / np.linalg.norm(arms, axis=1)[:, None]
    atoms += [Atom("C", tuple(silicon + arm)) for arm in arms]
    assert np.linalg.norm(silicon - CENTRE) < 3.43
    assert site(atoms).donor_set == "N"


def test_hydrogen_on_carbon_or_boron_is_no_donor_but_a_hydride_is():
    hydride = [*methoxide("Fe")[:-2], Atom("H", (5, 5, 3.45))]
    assert site(hydride).donor_set == "HO5"
    methyl = [Atom("Lu", tuple(CENTRE)), Atom("C", near(2.4, 0, 0))]
    methyl += [Atom("H", near(2.75, y, z)) for y, z in ((1, 0), (-0.5, 0.87), (-0.5, -0.87))]
    assert site(methyl).donor_set == "C"


@pytest.mark.parametrize(
    ("metal", "axial", "number"),
    [
        ("Cu", 2.45, 6),
        ("Mn", 2.45, 6),
        ("Co", 2.38, 6),
        ("Ni", 2.54, 6),
        ("Ni", 2.60, 4),
        ("Co", 2.50, 4),
        ("Zn", 2.45, 6),
        ("Zn", 2.55, 4),
        ("Cd", 2.68, 6),
        ("Ag", 2.58, 6),
        ("Cu", 2.7, 4),
        ("Dy", 2.80, 6),
        ("Dy", 2.92, 4),
        ("La", 2.95, 6),
    ],
)
def test_long_axes_count_at_3d_ions_and_cadmium_less_at_lanthanides(metal, axial, number):
    atoms = [Atom(metal, tuple(CENTRE))]
    for i, axis in enumerate(AXES):
        d = axial if i > 3 else 1.97
        atoms.append(Atom("O", tuple(CENTRE + d * axis)))
        if i <= 3:
            atoms.append(Atom("C", tuple(CENTRE + (d + 1.4) * axis)))
    assert site(atoms).coordination_number == number


def test_short_metal_metal_contacts_join_but_are_no_donors():
    atoms = [
        *methoxide("Re")[:-2],
        *moved(methoxide("Re")[:-4] + methoxide("Re")[-2:], (0, 0, -2.24)),
    ]
    (complex_,) = accept(cif(atoms)).complexes
    sites = describe(complex_).metal_sites
    assert [s.coordination_number for s in sites] == [5, 5]


def test_alkali_contacts_are_no_bonds():
    chain = [*methoxide("Fe"), Atom("Na", (7.1, 6.66, 6.66))]
    accepted = accept(cif(chain))
    assert len(accepted.complexes[0].labels) == 13
    assert [(c.formula, c.kind) for c in accepted.components] == [("Na", "counter-ion")]


def test_bonds_are_between_atoms_in_one_piece():
    (complex_,) = accept(cif(moved(methoxide("Dy", 2.3), (-5, -5, -5)))).complexes
    a, b = complex_.positions[complex_.bonds[:, 0]], complex_.positions[complex_.bonds[:, 1]]
    assert np.linalg.norm(a - b, axis=1).max() < 2.4
    assert (complex_.bonds[:, 0] < complex_.bonds[:, 1]).all()


def test_a_metal_without_donors_is_told():
    outcome = reject(cif([Atom("Fe", (5, 5, 5)), Atom("C", (9, 5, 5)), Atom("O", (10.2, 5, 5))]))
    assert outcome.code == "lone_metal"
    assert outcome.reason == "no non-metal is within the bond limit of Fe1"


@pytest.mark.parametrize(
    ("metal", "distance", "number"),
    [
        ("Pb", 2.70, 6),
        ("Pb", 2.75, 0),
        ("Bi", 2.70, 6),
        ("Sn", 2.55, 6),
        ("Tl", 2.80, 6),
        ("Tl", 2.90, 0),
        ("Hg", 2.42, 6),
        ("Hg", 2.70, 0),
    ],
)
def test_bonds_to_heavy_main_group_ions_and_mercury_are_long(metal, distance, number):
    text = cif(methoxide(metal, distance))
    if number:
        (found,) = describe(accept(text).complexes[0]).metal_sites
        assert found.coordination_number == number
    else:
        assert reject(text).code == "lone_metal"


@pytest.mark.parametrize(
    ("metal", "distance", "nuclearity"),
    [("Mn", 2.904, 2), ("Re", 3.041, 2), ("Tc", 3.036, 2), ("Mn", 3.1, 1), ("Ag", 3.0, 1)],
)
def test_bonds_between_metals_without_a_bridge(metal, distance, nuclearity):
    # M2(CO)10, as Mn2(CO)10 is
    atoms = [Atom(metal, tuple(CENTRE)), Atom(metal, near(0, 0, distance))]
    for height, shift in ((0.0, 0.0), (distance, np.pi / 4)):
        for angle in shift + np.pi / 2 * np.arange(4):
            way = np.array([np.cos(angle), np.sin(angle), 0.0])
            atoms += [Atom(e, near(*(r * way[:2]), height)) for e, r in (("C", 1.9), ("O", 3.04))]
    ends = ((-1.85, -2.99), (distance + 1.85, distance + 2.99))
    atoms += [Atom(e, near(0, 0, z)) for end in ends for e, z in zip("CO", end, strict=True)]
    found = accept(cif(atoms, cell=(25.0, 26.0, 27.0, 90.0, 90.0, 90.0))).complexes
    assert {describe(complex_).nuclearity for complex_ in found} == {nuclearity}
