"""Owners: each voxel of a molecule has the atom that filled it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.elements import COVALENT_RADII
from screening.errors import InputError
from screening.voxel.batch import draw_batch
from screening.voxel.molecules import Molecules, pack
from screening.voxel.owners import draw_owners
from screening.voxel.spec import VoxelSpec

places = st.floats(-7, 7, width=32)
atoms = st.lists(
    st.tuples(st.sampled_from([1, 6, 8, 26, 66]), places, places, places), min_size=1, max_size=12
)
specs = st.builds(
    VoxelSpec,
    edge=st.sampled_from([1, 9, 16]),
    spacing=st.sampled_from([0.4, 1.0]),
    radii=st.sampled_from(["covalent", "vdw"]),
    hydrogens=st.booleans(),
    version=st.sampled_from([1, 2]),
)


def molecule(rows) -> Molecules:
    numbers = np.array([row[0] for row in rows], dtype=np.uint8)
    positions = np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 3)
    return pack([(numbers, positions)], np.zeros((1, 3)))


@settings(deadline=None)
@given(atoms, specs)
def test_every_filled_voxel_is_owned_by_an_atom_of_its_element(rows, spec):
    some = molecule(rows)
    elements = draw_batch(some, spec).elements[0]
    owners = draw_owners(some, spec)
    assert np.array_equal(owners >= 0, elements > 0)
    filled = owners >= 0
    assert np.array_equal(some.atomic_numbers[owners[filled]], elements[filled])


@settings(deadline=None)
@given(atoms, specs)
def test_an_owner_reaches_its_voxel_and_no_atom_of_the_element_is_nearer(rows, spec):
    some = molecule(rows)
    owners = draw_owners(some, spec)
    radii = {"covalent": COVALENT_RADII}.get(spec.radii)
    for voxel in np.argwhere(owners >= 0)[::7]:
        owner = owners[tuple(voxel)]
        middle = (voxel + 0.5 - spec.edge / 2) * spec.spacing
        away = np.linalg.norm(some.positions - middle, axis=1)
        holds = np.floor(some.positions[owner] / spec.spacing + spec.edge / 2) == voxel
        if radii is not None and not holds.all():
            assert away[owner] <= radii[some.atomic_numbers[owner]] + 1e-4
        alike = some.atomic_numbers == some.atomic_numbers[owner]
        assert away[owner] <= away[alike].min() + 1e-4 or holds.all()


def test_of_two_atoms_of_one_element_each_has_its_half():
    pair = molecule([(6, -0.6, 0.0, 0.0), (6, 0.6, 0.0, 0.0)])
    owners = draw_owners(pair, VoxelSpec(edge=16, spacing=0.25))
    assert (owners[:8] != 1).all()
    assert (owners[8:] != 0).all()
    assert (owners == 0).sum() == (owners == 1).sum() > 0


def test_an_atom_outside_the_box_owns_nothing():
    far = molecule([(26, 0.0, 0.0, 0.0), (6, 1e30, 0.0, 0.0)])
    assert set(np.unique(draw_owners(far, VoxelSpec(edge=8)))) == {-1, 0}


def test_owners_are_asked_of_one_molecule():
    two = pack([(np.array([26]), np.zeros((1, 3)))] * 2)
    with pytest.raises(InputError, match="one molecule"):
        draw_owners(two, VoxelSpec())
