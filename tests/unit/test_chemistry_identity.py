"""Keys of one compound stay through order, cell, setting, noise and lost hydrogens; others part."""

from dataclasses import replace

import gemmi
import numpy as np
import pytest
from crystal_factory import Atom, accept, cif, methoxide, orthogonal
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.chemistry.adjacency import neighbours as adjacency
from screening.chemistry.describe import describe
from screening.chemistry.graph import read_graph
from screening.chemistry.identity.colouring import graph_key
from screening.chemistry.identity.constitution import read_constitution
from screening.chemistry.identity.determination import near_determinations
from screening.chemistry.identity.keys import compound_key
from screening.chemistry.identity.reduced_cell import near_bins, reduce_cell
from screening.chemistry.ligands.ring import find_rings
from screening.crystal.complex import Accepted, Determination
from screening.crystal.read import read_file
from screening.elements import symbol
from screening.molecule.read import read_molecules

SEEDS = st.integers(0, 2**32 - 1)


def keys(text):
    accepted = accept(text)
    found = [describe(item, accepted.determination) for item in accepted.complexes]
    return {(d.compound_key, d.skeleton_key) for d in found}


def on_metal(atoms, metal="Co", centre=(5.0, 5.0, 5.0)):
    return [Atom(metal, centre), *atoms]


def phenylthiolate(*, pucker=0.0, hydrogens=False):
    """M-S-C6, flat or (pucker in angstrom) a chair, on a cobalt."""
    centre = np.array([5 + 2.2 + 1.78 + 1.42, 5, 5])
    atoms = on_metal([Atom("S", (7.2, 5, 5))])
    for i in range(6):
        angle = np.pi * (1 + i / 3)
        out = np.array([np.cos(angle), np.sin(angle), 0.0])
        height = np.array([0, 0, pucker * (1 if i % 2 else -1)])
        atoms.append(Atom("C", tuple(centre + 1.42 * out + height)))
        if hydrogens and i:
            atoms.append(Atom("H", tuple(centre + 2.4 * out + height)))
    return atoms


def test_a_saturated_ring_is_not_an_arene_whether_or_not_hydrogens_are_listed():
    flat, chair = phenylthiolate(), phenylthiolate(pucker=0.24)
    assert keys(cif(flat)) == keys(cif(phenylthiolate(hydrogens=True)))
    assert keys(cif(chair)) == keys(cif(phenylthiolate(pucker=0.24, hydrogens=True)))
    assert keys(cif(flat)) != keys(cif(chair))


def test_an_amine_is_not_an_imine():
    def nitrogen(height):
        ends = [Atom("C", (7.0 + 0.7, 5 + y, 5 + height)) for y in (1.25, -1.25)]
        return keys(cif(on_metal([Atom("N", (7.0, 5, 5)), *ends])))

    assert nitrogen(0.0) == nitrogen(0.2)
    assert nitrogen(0.0) != nitrogen(1.0)


def test_nitro_and_nitrito_are_two_compounds():
    def bound_by(first, second, third):
        atoms = [Atom(first, (7.0, 5, 5)), Atom(second, (8.1, 5.6, 5)), Atom(third, (9.2, 5.0, 5))]
        return keys(cif(on_metal(atoms)))

    nitro = on_metal([Atom("N", (7.0, 5, 5)), Atom("O", (7.6, 6.05, 5)), Atom("O", (7.6, 3.95, 5))])
    assert bound_by("O", "N", "O") != keys(cif(nitro))


def carboxylate(far):
    """A copper that one O of a carboxylate binds at 1.95 angstrom; the other O is at *far*."""
    cosine = (1.95**2 + far**2 - 2.18**2) / (2 * 1.95 * far)
    near, second = np.array([1.95, 0.0]), far * np.array([cosine, np.sqrt(1 - cosine**2)])
    middle, across = (near + second) / 2, second - near
    outward = np.array([across[1], -across[0]]) / np.linalg.norm(across)
    carbon = middle + 0.65 * outward * np.sign(outward @ middle)
    places = [("O", near), ("C", carbon), ("O", second)]
    return on_metal([Atom(e, (5 + x, 5 + y, 5.0)) for e, (x, y) in places], "Cu")


@pytest.mark.parametrize("far", [2.0, 2.4, 2.6, 2.9])
def test_how_far_the_second_arm_of_a_ligand_reaches_does_not_matter(far):
    assert keys(cif(carboxylate(far))) == keys(cif(carboxylate(3.3)))


def test_which_ligand_bridges_which_metals_matters():
    def dimer(bridge, end):
        atoms = [Atom("Cu", (5, 5, 5)), Atom(bridge, (7, 5, 5)), Atom("Cu", (9, 5, 5))]
        return keys(cif([*atoms, Atom(end, (3, 5, 5)), Atom(end, (11, 5, 5))]))

    assert dimer("O", "N") != dimer("N", "O")


def chain_of_rings(size, bonds):
    """Labels and neighbours of *size* carbons, each marked with its six-rings."""
    neighbours = {i: [] for i in range(size)}
    for one, other in bonds:
        neighbours[one].append(other)
        neighbours[other].append(one)
    rings = find_rings(*adjacency(np.array(bonds, dtype=np.int32), np.ones(size, dtype=bool)))
    found = [atom for ring in rings.tolist() if ring[-1] >= 0 for atom in ring]
    return [f"C{found.count(i)}" for i in range(size)], list(neighbours.values())


def test_rings_that_a_plain_refinement_confuses_are_told_apart():
    # Decalin and bicyclopentyl: the same surroundings everywhere, but other rings.
    decalin = [(i, (i + 1) % 10) for i in range(10)] + [(0, 5)]
    five = [(i, (i + 1) % 5) for i in range(5)]
    bicyclopentyl = [*five, *((5 + one, 5 + other) for one, other in five), (0, 5)]
    labels, one = chain_of_rings(10, decalin)
    other_labels, other = chain_of_rings(10, bicyclopentyl)
    assert graph_key(["C"] * 10, one) == graph_key(["C"] * 10, other)
    assert graph_key(labels, one) != graph_key(other_labels, other)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_order_origin_and_place_change_no_key(seed):
    generator = np.random.default_rng(seed)
    atoms = [*methoxide("Dy", 2.3)[:-2], Atom("Cl", (5, 5, 2.4))]
    moved = [
        replace(a, xyz=tuple(np.array(a.xyz) + shift))
        for shift in [generator.uniform(-30, 30, 3)]
        for a in atoms
    ]
    shuffled = [moved[i] for i in generator.permutation(len(moved))]
    assert keys(cif(shuffled)) == keys(cif(atoms))


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_noise_changes_no_key_of_a_clear_molecule(seed):
    generator = np.random.default_rng(seed)
    for atoms in (methoxide("Dy", 2.3), phenylthiolate(), phenylthiolate(pucker=0.24)):
        noise = np.clip(generator.normal(scale=0.05 / np.sqrt(3), size=(len(atoms), 3)), -0.1, 0.1)
        shaken = [
            replace(a, xyz=tuple(np.array(a.xyz) + d)) for a, d in zip(atoms, noise, strict=True)
        ]
        assert keys(cif(shaken)) == keys(cif(atoms))


def test_the_same_crystal_in_p1_has_the_same_keys():
    whole = methoxide("Fe", 2.0, (0, 0, 0))
    half = [atom for atom in whole if sum(atom.xyz) >= 0]
    assert keys(cif(half, operations=("x,y,z", "-x,-y,-z"))) == keys(cif(whole))


def unimodular(generator):
    matrix = np.eye(3)
    for _ in range(4):
        i, j = generator.permutation(3)[:2]
        step = np.eye(3)
        step[i, j] = generator.integers(-1, 2)
        matrix = matrix @ step
    return matrix


def parameters(rows):
    a, b, c = rows

    def angle(u, v):
        return float(np.degrees(np.arccos(u @ v / np.linalg.norm(u) / np.linalg.norm(v))))

    edges = [float(np.linalg.norm(v)) for v in rows]
    return (*edges, angle(b, c), angle(a, c), angle(a, b))


CELLS = st.tuples(
    *[st.sampled_from([8.0, 8.05, 11.3, 16.1, 30.0])] * 3,
    *[st.sampled_from([75.0, 89.9, 90.0, 90.1, 103.0])] * 2,
    st.sampled_from([60.0, 89.9, 90.0, 90.1, 109.47, 120.0]),
).filter(lambda cell: gemmi.UnitCell(*cell).volume > 0.3 * cell[0] * cell[1] * cell[2])


@given(cell=CELLS, seed=SEEDS)
def test_the_reduced_cell_does_not_depend_on_the_choice_of_axes(cell, seed):
    rows = orthogonal(cell).T
    other = parameters(unimodular(np.random.default_rng(seed)) @ rows)
    assert reduce_cell(cell, "P 1").deviation(reduce_cell(other, None)) < 1e-5


@given(cell=CELLS, seed=SEEDS)
def test_a_small_strain_changes_the_reduced_cell_by_no_more(cell, seed):
    generator = np.random.default_rng(seed)
    strain = np.eye(3) + generator.uniform(-0.004, 0.004, (3, 3))
    largest = np.abs(np.linalg.svd(strain)[1] - 1).max()
    one = reduce_cell(cell, "P 1")
    other = reduce_cell(parameters(orthogonal(cell).T @ strain), "P 1")
    assert one.deviation(other) <= 1.05 * largest + 1e-9
    assert other.bin in near_bins(one.bin)


@pytest.mark.parametrize("setting", ["I 1 2/a 1", "P 1"])
def test_settings_of_one_lattice_reduce_to_one_cell(setting):
    standard = (20.0, 12.0, 15.0, 90.0, 105.0, 90.0)
    a, b, c = orthogonal(standard).T
    axes = {"I 1 2/a 1": [-c, b, a + c], "P 1": [(a + b) / 2, (a - b) / 2, c]}[setting]
    reduced = reduce_cell(parameters(np.array(axes)), setting)
    assert reduced.deviation(reduce_cell(standard, "C 1 2/c 1")) < 1e-6
    assert reduced.volume == pytest.approx(gemmi.UnitCell(*standard).volume / 2)


def test_rhombohedral_and_hexagonal_axes_reduce_to_one_cell():
    rhombohedral = (8.0, 8.0, 8.0, 75.0, 75.0, 75.0)
    edge = 2 * 8.0 * np.sin(np.radians(37.5))
    height = 8.0 * np.sqrt(3 * (1 + 2 * np.cos(np.radians(75.0))))
    hexagonal = (edge, edge, height, 90.0, 90.0, 120.0)
    one, other = reduce_cell(rhombohedral, "R -3"), reduce_cell(hexagonal, "R -3")
    assert one.deviation(other) < 1e-6


def test_the_determination_key_is_of_a_crystal_only():
    accepted = accept(cif(methoxide("Fe")))
    (molecule,) = accepted.complexes
    described = describe(molecule, accepted.determination)
    assert described.determination_key is not None
    assert described.determination_key.startswith(described.compound_key)
    assert described.determination_key in near_determinations(described.determination_key)
    free = replace(accepted.determination, cell=None)
    assert describe(molecule, free).determination_key is None
    assert describe(molecule).determination_key is None


def test_molecules_without_a_crystal_differ_by_name_charge_and_what_is_stated():
    (molecule,) = accept(cif(methoxide("Fe"))).complexes
    plain = Determination("ABCDEF", None)
    others = (
        replace(plain, identifier="ABCDEG"),
        replace(plain, charge=1),
        replace(plain, stated=(("spin", "5"),)),
    )
    contents = [describe(molecule, d).content_key for d in (plain, *others)]
    assert len(set(contents)) == len(contents)
    assert describe(molecule, replace(plain)).content_key == contents[0]


@pytest.fixture(scope="module")
def real(shared_data):
    """(file, its complexes) of the real molecular crystals."""
    paths = sorted((shared_data / "cif/real/molecular").glob("*.cif"))
    return [
        (path.name, verdict.outcome.complexes)
        for path in paths
        for verdict in read_file(path.read_bytes(), path.name)
        if isinstance(verdict.outcome, Accepted)
    ]


def test_molecules_of_one_real_crystal_are_one_compound(real):
    parted = []
    for name, complexes in real:
        found = {}
        for item in complexes:
            heavy = tuple(sorted(z for z in item.atomic_numbers.tolist() if z > 1))
            found.setdefault(heavy, set()).add(compound_of(item))
        parted += [name for compounds in found.values() if len(compounds) > 1]
    assert parted == []


def read_alone(complex_, positions, keep):
    """Compound keys of the atoms *keep* at *positions*, bonded anew, without their crystal."""
    rows = [
        f"{symbol(z)} {x:.4f} {y:.4f} {w:.4f}"
        for z, (x, y, w), kept in zip(
            complex_.atomic_numbers.tolist(), positions.tolist(), keep, strict=True
        )
        if kept
    ]
    text = "\n".join([str(len(rows)), "real", *rows, ""])
    (verdict,) = read_molecules(text.encode(), "real.xyz", "xyz")
    assert isinstance(verdict.outcome, Accepted), verdict.outcome
    return {compound_of(item) for item in verdict.outcome.complexes}


def compound_of(complex_):
    return compound_key(read_constitution(complex_, read_graph(complex_)))


def test_real_molecules_stay_what_they_are_through_noise_and_without_hydrogens(real):
    generator = np.random.default_rng(0)
    molecules = [item for _, complexes in real for item in complexes][::2]
    n_noise = n_hydrogen = 0
    for item in molecules:
        everything = np.ones(len(item.labels), dtype=bool)
        reference = read_alone(item, item.positions, everything)
        noise = generator.normal(scale=0.05 / np.sqrt(3), size=item.positions.shape)
        n_noise += read_alone(item, item.positions + noise, everything) != reference
        n_hydrogen += read_alone(item, item.positions, item.atomic_numbers > 1) != reference
    assert n_noise <= 0.02 * len(molecules)
    assert n_hydrogen <= 0.02 * len(molecules)
