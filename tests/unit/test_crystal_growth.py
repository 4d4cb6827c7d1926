"""Molecules grow through symmetry until closed; what never closes is a polymer."""

import numpy as np
import pytest
from crystal_factory import CELL, Atom, accept, cif, methoxide, moved, orthogonal, reject, ring
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.chemistry.describe import describe
from screening.elements import symbol

LOW = (13.0, 14.5, 17.0, 81.0, 97.0, 104.0)
"""A cell with no right angle."""


WIDE = (30.0, 30.0, 30.0, 90.0, 90.0, 90.0)


def asymmetric(metal="Dy"):
    """An invented molecule without any symmetry: CN 6 with donors C2 N Cl O2, plus solvent."""
    m = np.array([2.0, 3.0, 4.0])
    arms = {
        "O": [(2.3, 0, 0), (0, 2.35, 0)],
        "N": [(-2.5, 0.1, 0)],
        "Cl": [(0.1, -2.65, 0)],
        "C": [(0, 0.2, 2.5), (0.2, 0, -2.5)],
    }
    atoms = [Atom(metal, tuple(m))]
    for element, places in arms.items():
        for place in places:
            atoms.append(Atom(element, tuple(m + place)))
            if element != "Cl":
                tail = np.array(place) * (1 + 1.4 / np.linalg.norm(place))
                atoms.append(Atom("C", tuple(m + tail)))
    return [*atoms, Atom("O", (6.5, 7.0, 8.0))]


def facts(accepted):
    """What must not depend on how the crystal is written."""
    found = set()
    for complex_ in accepted.complexes:
        d = describe(complex_)
        sites = tuple(sorted((s.element, s.donor_set) for s in d.metal_sites))
        found.add((d.formula, d.compound_key, d.skeleton_key, sites))
    return found


REFERENCE = facts(accept(cif(asymmetric(), cell=LOW)))


def test_the_reference_is_what_was_drawn():
    ((formula, _, _, sites),) = REFERENCE
    assert formula == "C7 Cl Dy N O2"
    assert sites == (("Dy", "C2ClNO2"),)


@settings(deadline=None, max_examples=40)
@given(
    st.permutations(range(len(asymmetric()))),
    st.tuples(*[st.floats(-20, 20)] * 3),
    st.integers(0, 2**32 - 1),
)
def test_order_origin_and_noise_change_nothing(order, shift, seed):
    noise = np.random.default_rng(seed).uniform(-1, 1, (len(order), 3))
    noise *= 0.05 / np.linalg.norm(noise, axis=1).max()
    atoms = asymmetric()
    atoms = [moved([atoms[i]], np.array(shift) + noise[i])[0] for i in order]
    assert facts(accept(cif(atoms, cell=LOW))) == REFERENCE


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2), st.integers(2, 3), st.booleans())
def test_a_supercell_holds_the_same_molecule(axis, times, invert):
    cell = list(LOW)
    cell[axis] *= times
    step = orthogonal(LOW)[:, axis]
    atoms = [a for k in range(times) for a in moved(asymmetric(), k * step)]
    accepted = accept(cif(atoms[::-1] if invert else atoms, cell=cell))
    assert facts(accepted) == REFERENCE
    assert len(accepted.complexes) == 1
    assert [(c.formula, c.count) for c in accepted.components] == [("O", times)]


def test_another_choice_of_axes_changes_nothing():
    matrix = orthogonal(LOW)
    skew = matrix @ np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]])  # b' = a + b
    lengths = np.linalg.norm(skew, axis=0)
    unit = skew / lengths
    angles = [np.degrees(np.arccos(unit[:, i] @ unit[:, j])) for i, j in ((1, 2), (0, 2), (0, 1))]
    cell = (*lengths, *angles)
    turn = orthogonal(cell) @ np.linalg.inv(skew)
    atoms = [Atom(a.element, tuple(turn @ np.array(a.xyz))) for a in asymmetric()]
    assert facts(accept(cif(atoms, cell=cell))) == REFERENCE


def test_symmetry_written_out_as_p1_gives_the_same_molecules():
    operations = ["x,y,z", "-x,y+1/2,-z+1/2", "-x,-y,-z", "x,-y+1/2,z+1/2"]
    monoclinic = (18.0, 16.0, 17.0, 90.0, 103.0, 90.0)
    short = accept(cif(asymmetric(), cell=monoclinic, operations=operations))
    matrix = orthogonal(monoclinic)
    inverse = np.linalg.inv(matrix)
    long = []
    for sx, sy, sz, ty, tz in (
        (1, 1, 1, 0, 0),
        (-1, 1, -1, 0.5, 0.5),
        (-1, -1, -1, 0, 0),
        (1, -1, 1, 0.5, 0.5),
    ):
        for a in asymmetric():
            x, y, z = inverse @ np.array(a.xyz)
            long.append(Atom(a.element, tuple(matrix @ (sx * x, sy * y + ty, sz * z + tz))))
    full = accept(cif(long, cell=monoclinic))
    assert facts(full) == facts(short) == REFERENCE
    assert len(full.complexes) == len(short.complexes) == 1
    assert full.components == short.components
    assert any("3 independent copies" in note for note in full.notes)


def test_a_molecule_across_the_cell_wall_is_in_one_piece():
    (complex_,) = accept(cif(moved(methoxide("Fe"), (-5, -5, -5)))).complexes
    spread = np.linalg.norm(complex_.positions - complex_.positions.mean(axis=0), axis=1)
    assert spread.max() < 3.6


def test_independent_molecules_are_distinct_and_symmetry_copies_are_not():
    two = methoxide("Fe") + methoxide("Fe", 2.0, (11, 11, 11))
    accepted = accept(cif(two, cell=WIDE, operations=["x,y,z", "-x,-y,-z"]))
    assert len(accepted.complexes) == 2


@pytest.mark.parametrize(("axes", "what"), [(1, "1D chain"), (2, "2D layer"), (3, "3D network")])
def test_polymers_are_told_by_their_dimension(axes, what):
    cell = [4.2 if i < axes else 16.0 for i in range(3)] + [90.0] * 3
    atoms = [Atom("Cd", (0, 0, 0))]
    atoms += [Atom("O", tuple(2.1 * (np.arange(3) == i))) for i in range(axes)]
    if axes < 3:
        atoms += [Atom("C", (0, 0, 2.2))]
    outcome = reject(cif(atoms, cell=cell))
    assert outcome.code == "polymer"
    assert what in outcome.reason


def test_a_chain_of_one_atom_bonded_to_its_own_image_is_seen():
    # the repeat is shorter than the bonding distance of second neighbours: all images count
    outcome = reject(
        cif([Atom("Pt", (0, 0, 0)), Atom("C", (0, 2.0, 0))], cell=(2.6, 16, 16, 90, 90, 90))
    )
    assert outcome.code == "polymer"
    assert "1D" in outcome.reason


def test_a_helix_through_two_cells_is_infinite_and_a_ring_is_not():
    ring_atoms = [*ring("O", 4, 2.1, 0, (8, 8, 8)), Atom("Cd", (8, 8, 8))]
    assert accept(cif([*ring_atoms, Atom("C", (8, 8, 10.2))])).complexes
    chain = [Atom("Cd", (0, 0, 0)), Atom("O", (2.1, 0, 0)), Atom("C", (0, 2.2, 0))]
    chain += [Atom("Cd", (4.2, 0, 0)), Atom("O", (6.3, 0, 0)), Atom("C", (4.2, 2.2, 0))]
    assert reject(cif(chain, cell=(8.4, 16, 16, 90, 90, 90))).code == "polymer"


def bridged(metal, halide, short, long):
    """A T-shaped M(OC)2X whose X reaches the next metal along x from the other side."""
    atoms = [Atom(metal, (0, 0, 0)), Atom(halide, (short, 0, 0))]
    for sign in (1, -1):
        atoms += [Atom("O", (0, sign * 2.0, 0)), Atom("C", (0, sign * 3.42, 0))]
    return cif(atoms, cell=(short + long, 16, 17, 90, 90, 90))


@pytest.mark.parametrize(
    ("metal", "halide", "short", "long"),
    [("Cu", "Br", 2.43, 3.10), ("Cu", "Cl", 2.28, 2.90), ("Hg", "Br", 2.61, 2.94)],
)
def test_chains_through_long_halide_bridges_are_polymers(metal, halide, short, long):
    outcome = reject(bridged(metal, halide, short, long))
    assert outcome.code == "polymer"
    assert "1D chain" in outcome.reason


@pytest.mark.parametrize(
    ("metal", "halide", "short", "long"), [("Cu", "Cl", 2.3, 3.05), ("Zn", "Cl", 2.25, 3.0)]
)
def test_chains_through_still_longer_contacts_are_noted(metal, halide, short, long):
    accepted = accept(bridged(metal, halide, short, long))
    (note,) = [note for note in accepted.notes if "too long" in note]
    assert note == (
        "a chain through contacts of metals that are too long for bonds "
        f"({metal}1 and {halide}2, {long:.2f} angstrom)"
    )
    apart = accept(bridged(metal, halide, short, 3.6))
    assert not any("too long" in note for note in apart.notes)


def test_two_complexes_joined_by_a_long_contact_are_noted():
    square = methoxide("Cu", 1.95)[:9]
    partner = moved(square, (1.95, 0, 2.75))  # an oxygen of the one above the metal of the other
    accepted = accept(cif([*square, *partner], cell=WIDE))
    assert len(accepted.complexes) == 1  # both have the same shape
    (note,) = [note for note in accepted.notes if "too long" in note]
    assert note.startswith("2 complexes joined")


def test_a_molecule_whose_name_says_catena_is_noted():
    accepted = accept(cif(methoxide("Fe"), extra="_chemical_name_systematic 'catena-poly[iron]'"))
    assert any("catena" in note for note in accepted.notes)


def test_a_chain_that_only_clashing_atoms_make_is_no_polymer():
    # linkers of neighbouring molecules run into each other across the cell wall
    arm = [Atom("C", (3.52 + 1.4 * i, 0, 0)) for i in range(1, 4)]
    atoms = [*moved(methoxide("Fe"), (-5, -5, -5)), *arm]
    outcome = reject(cif(atoms, cell=(11.6, 16, 17, 90, 90, 90)))
    assert outcome.code == "overlapping_atoms"
    assert "angstrom apart; with all atoms the metal-bearing part is a 1D chain" in outcome.reason


def test_a_complex_beside_a_polymer_is_kept_and_told():
    chain = [Atom("Cd", (0, 0, 0)), Atom("O", (2.1, 0, 0)), Atom("C", (0, 2.2, 0))]
    chain = [a for k in range(3) for a in moved(chain, (4.2 * k, 0, 0))]
    accepted = accept(
        cif([*chain, *methoxide("Fe", 2.1, (6, 8, 8))], cell=(12.6, 16, 17, 90, 90, 90))
    )
    assert [symbol(int(c.atomic_numbers[0])) for c in accepted.complexes] == ["Fe"]
    assert any("1D chain" in note for note in accepted.notes)


def test_solvent_and_ions_are_counted_per_cell():
    water = [Atom("O", (9.5, 9.5, 9.5)), Atom("H", (10.4, 9.5, 9.5)), Atom("H", (9.2, 10.4, 9.5))]
    atoms = [*methoxide("Fe"), *water, Atom("Cl", (1, 1, 12)), Atom("K", (12, 12, 14))]
    zinc = [Atom("Zn", (12, 3, 12))]
    zinc += [
        Atom("Cl", tuple(np.array([12, 3, 12]) + 2.25 * np.array(d) / 3**0.5))
        for d in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
    ]
    moiety = "_chemical_formula_moiety 'C6 Fe O6 3+, H2 O, Cl -, K +, Cl4 Zn 2-'"
    accepted = accept(cif(atoms + zinc, cell=WIDE, operations=["x,y,z", "-x,-y,-z"], extra=moiety))
    assert [(c.formula, c.count, c.kind) for c in accepted.components] == [
        ("Cl", 2, "counter-ion"),
        ("Cl4 Zn", 2, "counter-ion"),
        ("H2 O", 2, "solvent"),
        ("K", 2, "counter-ion"),
    ]


def test_a_complex_without_carbon_is_one_where_nothing_else_is():
    zinc = [
        Atom("Zn", (5, 5, 5)),
        *(Atom("Cl", a.xyz) for a in methoxide("Zn", 2.3) if a.element == "O"),
    ]
    assert describe(accept(cif(zinc)).complexes[0]).formula == "Cl6 Zn"


def test_lattice_vectors_of_the_default_cell_are_orthogonal():
    assert np.allclose(orthogonal(CELL), np.diag(CELL[:3]))


@pytest.mark.parametrize("occupancy", [0.3, 1.0])
def test_disordered_ions_in_a_framework_are_no_complexes(occupancy):
    # a cage of silicon and oxygen with copper and two waters in it, as in a zeolite
    cell = (8.0, 8.0, 8.0, 90, 90, 90)
    frame = [Atom("Si", (0, 0, 0))]
    frame += [Atom(e, tuple(d * axis)) for axis in np.eye(3) for e, d in (("O", 1.6), ("O", 6.4))]
    frame += [Atom("Si", tuple(d * axis)) for axis in np.eye(3) for d in (3.2, 4.8)]
    guest = [Atom("Cu", (5, 5, 5), occupancy), Atom("O", (5, 5, 6.95)), Atom("O", (5, 5, 3.05))]
    text = cif(frame + guest, cell=cell)
    if occupancy < 1:
        outcome = reject(text)
        assert outcome.code == "polymer"
        assert outcome.reason.startswith("disordered metal ions in a 3D network (O6 Si7 per")
    else:
        assert describe(accept(text).complexes[0]).formula == "Cu O2"
