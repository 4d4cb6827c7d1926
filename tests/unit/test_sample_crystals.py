"""The reader finds in the synthetic crystals what was built, and refuses what was broken."""

import re
from itertools import product

import gemmi
import numpy as np
import pytest

from screening.chemistry.describe import describe
from screening.crystal.complex import Accepted
from screening.crystal.read import read_file
from screening.sample.cluster import entity, settle
from screening.sample.guests import ANIONS, SOLVENTS, guest
from screening.sample.lanthanide import build_antiprism, build_bipyramid, build_dimer
from screening.sample.lattice import GROUPS, pack
from screening.sample.mononuclear import recipes as salens
from screening.sample.symmetry import MATRICES, symmetrise
from screening.sample.transition import build_tetrahedron
from screening.sample.write import make_blocks

COUNT = 305  # blocks of the sample that `write_sample` makes by default
CODES = {
    "loop slip": "syntax",
    "unknown coordinates": "bad_coordinates",
    "no cell": "bad_cell",
    "unknown space group": "bad_symmetry",
    "unknown element": "unknown_element",
    "reflections only": "no_coordinates",
    "polymer": "polymer",
    "no metal": "no_metal",
}


@pytest.fixture(scope="module")
def blocks():
    return list(make_blocks(COUNT, 2024))


@pytest.fixture(scope="module")
def read(blocks):
    verdicts = {b.name: read_file(b.text.encode(), f"{b.name}.cif") for b in blocks}
    assert all(len(found) == 1 for found in verdicts.values())
    return {name: found[0].outcome for name, found in verdicts.items()}


def donors(text):
    """Donor letters of a set such as "N2O4", sorted."""
    found = re.findall(r"([A-Z][a-z]?)(\d*)", text)
    return sorted(element for element, count in found for _ in range(int(count or 1)))


def test_every_good_block_is_accepted(blocks, read):
    refused = {
        b.name: read[b.name]
        for b in blocks
        if not b.fault and not isinstance(read[b.name], Accepted)
    }

    assert not refused


def test_each_broken_block_is_refused_for_its_fault(blocks, read):
    assert {b.fault: read[b.name].code for b in blocks if b.fault} == CODES


def test_coordination_numbers_and_donors_are_the_ones_built(blocks, read):
    wrong = []
    for block in blocks:
        if block.fault:
            continue
        built = sorted((s.element, s.coordination_number, list(s.donors)) for s in block.sites)
        for one in read[block.name].complexes:
            sites = describe(one).metal_sites
            found = sorted((s.element, s.coordination_number, donors(s.donor_set)) for s in sites)
            if found != built:
                wrong.append((block.name, block.recipe.name, found, built))

    assert not wrong


def test_molecules_are_whole_and_nothing_is_stuck_to_them(blocks, read):
    for block in blocks:
        if not block.fault:
            formulas = {
                describe(one).formula.replace(" ", "") for one in read[block.name].complexes
            }
            assert formulas == {block.formula.replace(" ", "")}, block.name


def test_the_sample_has_symmetry_disorder_solvent_ions_and_two_molecules(blocks, read):
    accepted = [o for o in read.values() if isinstance(o, Accepted)]
    complexes = [one for o in accepted for one in o.complexes]
    kinds = {c.kind for o in accepted for c in o.components}
    groups = {o.determination.space_group.replace(" ", "") for o in accepted}

    assert {"P-1", "P121/c1", "C12/c1", "P1211", "Pbca"} <= groups
    assert {"solvent", "counter-ion"} <= kinds
    assert sum(len(set(one.labels)) < len(one.labels) for one in complexes) >= 10
    assert sum(one.is_disordered for one in complexes) >= 3
    assert sum(len(o.complexes) == 2 for o in accepted) >= 5
    assert all(o.determination.is_synthetic for o in accepted)


def test_metals_of_the_field_are_there(blocks):
    metals = {metal for b in blocks if b.recipe for metal in b.recipe.metals}

    assert metals >= {"Mn", "Fe", "Co", "Ni", "Cu", "Zn", "V"}
    assert metals >= {"Y", "La", "Ce", "Nd", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Yb", "Lu"}


def test_no_two_atoms_of_a_molecule_clash(read):
    for name, outcome in read.items():
        if isinstance(outcome, Accepted):
            for one in outcome.complexes:
                assert nearest_free_pair(one) is None, name


def nearest_free_pair(one):
    """The first pair of atoms, no bond and no angle between them, that is too near; else None."""
    size = len(one.labels)
    bonded = np.zeros((size, size), dtype=int)
    bonded[one.bonds[:, 0], one.bonds[:, 1]] = bonded[one.bonds[:, 1], one.bonds[:, 0]] = 1
    free = (bonded + bonded @ bonded) == 0
    between = np.linalg.norm(one.positions[:, None] - one.positions[None, :], axis=2)
    hydrogen = one.atomic_numbers == 1
    both, none = hydrogen[:, None] & hydrogen[None, :], ~hydrogen[:, None] & ~hydrogen[None, :]
    clash = free & ((both & (between < 1.5)) | (none & (between < 2.0)))
    pairs = np.argwhere(np.triu(clash, 1))
    return None if not len(pairs) else tuple(one.labels[i] for i in pairs[0])


def crystals():
    """One molecule for each kind of place in the cell."""
    dimer, _ = symmetrise(build_dimer("Dy", "Me", "H", "none"), "inversion")
    tetrahedron, _ = symmetrise(build_tetrahedron("Co", "py", "Cl"), "twofold")
    salen = next(r for r in salens() if r.name == "[Mn(salen-en-3-H-5-H)(Cl)]").build()
    yield from ((dimer, "inversion", group) for group in GROUPS["inversion"])
    yield from ((tetrahedron, "twofold", group) for group in GROUPS["twofold"])
    yield from ((salen, "none", group) for group in GROUPS["none"])


@pytest.mark.parametrize(("molecule", "symmetry", "group"), list(crystals()))
def test_molecules_of_a_cell_keep_apart(molecule, symmetry, group):
    rng = np.random.default_rng(11)
    entities = [entity(molecule)]
    entities.append(settle(entities, guest("CH2Cl2"), rng, MATRICES.get(symmetry)))
    packing = pack(entities, symmetry, group, rng)

    least = np.inf
    heavy = [[e != "H" for e in one.elements] for one in entities]
    base = [f[mask] for f, mask in zip(packing.fractional, heavy, strict=True)]
    orthogonal = np.array(packing.cell.orth.mat.tolist())
    for operation in gemmi.SpaceGroup(group).operations():
        seitz = np.array(operation.float_seitz())
        for shift in product((-2, -1, 0, 1, 2), repeat=3):
            for i, j in product(range(2), repeat=2):
                image = base[j] @ seitz[:3, :3].T + seitz[:3, 3] + np.array(shift)
                between = np.linalg.norm((base[i][:, None] - image[None, :]) @ orthogonal.T, axis=2)
                same_molecule = i == j and between.min(axis=1).max() < 0.01
                if not same_molecule:
                    least = min(least, float(between.min()))

    assert 3.0 < least < 4.5


@pytest.mark.parametrize(
    ("build", "metal", "donor", "low", "high"),
    [
        (lambda: build_antiprism("Dy", ("Me", "Me"), "phen"), "Dy", "O", 2.33, 2.42),
        (lambda: build_antiprism("Dy", ("Me", "Me"), "phen"), "Dy", "N", 2.50, 2.60),
        (lambda: build_bipyramid("Dy", "tBu", "H", "OR"), "Dy", "O", 2.08, 2.15),
        (lambda: build_tetrahedron("Co", "py", "Cl"), "Co", "Cl", 2.20, 2.30),
    ],
)
def test_bond_lengths_are_those_of_real_complexes(build, metal, donor, low, high):
    molecule = build()
    centre = molecule.elements.index(metal)
    lengths = [
        np.linalg.norm(molecule.positions[i] - molecule.positions[j])
        for i, j in molecule.bonds
        if centre in (i, j) and donor in (molecule.elements[i], molecule.elements[j])
    ]

    assert lengths
    assert low < min(lengths)
    assert max(lengths) < high


def test_lanthanide_contraction_is_in_the_bonds():
    means = []
    for metal in ("La", "Gd", "Lu"):
        molecule = build_antiprism(metal, ("Me", "Me"), "H2O")
        around = [j for i, j in molecule.bonds if i == 0]
        means.append(
            np.linalg.norm(molecule.positions[around] - molecule.positions[0], axis=1).mean()
        )

    assert means[0] > means[1] > means[2]
    assert means[0] - means[2] == pytest.approx(0.18, abs=0.03)


@pytest.mark.parametrize("name", [*SOLVENTS, *ANIONS])
def test_guests_have_their_charge_and_formula(name):
    formula = {
        "H2O": "H2 O", "MeOH": "C H4 O", "MeCN": "C2 H3 N", "CH2Cl2": "C H2 Cl2",
        "ClO4": "Cl O4", "BF4": "B F4", "PF6": "F6 P", "BPh4": "C24 H20 B",
    }[name]  # fmt: skip

    assert guest(name).formula == formula
    assert guest(name).charge == (-1 if name in ANIONS else 0)
