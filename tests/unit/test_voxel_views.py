"""Views: what a version sees, of a stored grid or of the atoms, is the same wherever it is made."""

import numpy as np
import pytest

from screening.errors import InputError, IntegrityError
from screening.voxel.batch import draw_batch, draw_soft
from screening.voxel.codec import encode
from screening.voxel.molecules import pack
from screening.voxel.owners import draw_owners
from screening.voxel.rotations import CUBE_ROTATIONS, rotate, spread_rotations
from screening.voxel.soft_spheres import COVERED
from screening.voxel.spec import EDGES, VoxelSpec
from screening.voxel.views import Views

SPEC = VoxelSpec(edge=16)


def molecules(n: int = 5, seed: int = 0):
    rng = np.random.default_rng(seed)
    return pack(
        [
            (np.array([26, *rng.choice([1, 6, 7, 8], 14)]), rng.normal(scale=2.0, size=(15, 3)))
            for _ in range(n)
        ]
    )


def test_turns_are_rotations_far_from_each_other():
    for n, least in ((1, 180), (4, 100), (16, 45), (24, 40)):
        turns = spread_rotations(n)
        assert np.allclose(turns @ turns.transpose(0, 2, 1), np.eye(3))
        assert np.allclose(np.linalg.det(turns), 1)
        traces = np.einsum("aij,bij->ab", turns, turns)[~np.eye(n, dtype=bool)]
        assert (np.degrees(np.arccos((traces - 1) / 2)) > least).all()


def test_views_of_the_grid_are_its_turns_decoded_or_drawn_again():
    views = Views("grid", 24, SPEC, field=10)
    some = molecules()
    grids = draw_batch(some, SPEC).elements
    middle = grids[:, 3:13, 3:13, 3:13]
    expected = np.stack([rotate(middle, turn) for turn in CUBE_ROTATIONS], axis=1)
    assert np.array_equal(views.decode([encode(grid) for grid in grids]), expected)
    assert np.array_equal(views.draw(some), expected)


@pytest.mark.parametrize("field", [None, 10, 9, 40])
def test_views_of_the_atoms_are_the_middle_of_the_box_drawn_turned(field):
    views = Views("atoms", 3, SPEC, field=field)
    some = molecules()
    drawn = [
        draw_batch(some, SPEC, rotations=np.repeat(turn[None], len(some), axis=0)).elements
        for turn in spread_rotations(3)
    ]
    first = 0 if field in {None, 40} else (16 - field) // 2
    part = slice(first, first + views.edge)
    assert views.edge == min(field or 16, 16)
    assert np.array_equal(views.draw(some), np.stack(drawn, axis=1)[..., part, part, part])


def test_views_of_one_molecule_do_not_depend_on_the_others_nor_on_the_memory():
    views = Views("atoms", 4, SPEC, field=12)
    whole = views.draw(molecules())
    memory = np.full(views.shape(1), 7, dtype=np.uint8)
    assert views.draw(molecules().take(np.array([3])), memory) is memory
    assert np.array_equal(memory[0], whole[3])


@pytest.mark.parametrize("field", [None, 10, 9])
def test_views_with_soft_edges_are_the_middle_of_the_box_drawn_softly(field):
    views = Views("atoms", 2, SPEC, field=field, edges="soft")
    some = molecules()
    drawn = [
        draw_soft(some, SPEC, rotations=np.repeat(turn[None], len(some), axis=0))
        for turn in spread_rotations(2)
    ]
    seen = views.draw(some)
    first = 0 if field is None else (16 - field) // 2
    part = slice(first, first + views.edge)
    assert seen.dtype == views.empty(1).dtype == np.int16
    assert np.array_equal(seen, np.stack(drawn, axis=1)[..., part, part, part])


@pytest.mark.parametrize("edges", EDGES)
@pytest.mark.parametrize(("source", "field"), [("grid", 10), ("atoms", 10), ("atoms", 9)])
def test_every_filled_voxel_of_a_view_has_an_atom_of_its_element(source, field, edges):
    if (source, edges) == ("grid", "soft"):
        with pytest.raises(InputError, match="a stored grid has none"):
            Views(source, 4, SPEC, field=field, edges=edges)
        return
    views = Views(source, 4, SPEC, field=field, edges=edges)
    one = molecules(1)
    owners, seen = views.owners(one), views.draw(one)[0].astype(int) % COVERED
    assert owners.shape == seen.shape
    assert np.array_equal(owners >= 0, seen > 0)
    assert np.array_equal(one.atomic_numbers[owners[owners >= 0]], seen[seen > 0])


def test_owners_turn_with_the_atoms():
    one = molecules(1)
    for turn in CUBE_ROTATIONS[:6]:
        turned = draw_owners(one, SPEC, turn.matrix.astype(float))
        assert np.array_equal(turned, rotate(draw_owners(one, SPEC), turn))


def test_what_cannot_be_seen_is_refused():
    for turns in (0, 25):
        with pytest.raises(InputError, match="1 to 24 turns"):
            Views("atoms", turns, SPEC)
    with pytest.raises(InputError, match="not 'rough'"):
        Views("atoms", 1, SPEC, edges="rough")
    with pytest.raises(InputError, match="not 'mirror'"):
        Views("mirror", 1, SPEC)
    with pytest.raises(InputError, match="not in a stored grid"):
        Views("atoms", 1, SPEC).decode([])
    with pytest.raises(IntegrityError, match="8 voxels a side, not 16"):
        Views("grid", 1, SPEC).decode([encode(np.zeros((8, 8, 8), dtype=np.uint8))])


def test_a_version_of_before_looks_at_its_grid():
    card = {"rotations": 4}
    assert Views.of_card(card, SPEC, {"field": 12}) == Views("grid", 4, SPEC, 12)
    card["views"] = "atoms"
    assert Views.of_card(card, SPEC, {}, 8) == Views("atoms", 8, SPEC)
    soft = Views.of_card({**card, "edges": "soft"}, SPEC, {})
    assert soft == Views("atoms", 4, SPEC, edges="soft")
