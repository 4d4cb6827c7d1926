"""Drawing by torch: the same grids as the compiled loop, on every device there is."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from voxel_reference import SPECS, molecule

from screening.network import draw
from screening.network.colour import colour_table
from screening.voxel.batch import draw_batch, draw_gaussians
from screening.voxel.molecules import pack
from screening.voxel.palette import CHEMISTRY_RGB, ELEMENT_CLASS
from screening.voxel.rotations import random_rotations
from screening.voxel.spec import VoxelSpec

DEVICES = [
    "cpu",
    pytest.param(
        "cuda",
        marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here"),
    ),
]


@pytest.mark.parametrize("device", DEVICES)
@settings(max_examples=40, deadline=None)
@given(spec=SPECS, seed=st.integers(0, 10_000), turned=st.booleans())
def test_spheres_agree_voxel_for_voxel(device, spec, seed, turned):
    molecules = pack([molecule(seed + i, 1 + 20 * i) for i in range(3)])
    turns = random_rotations(3, np.random.default_rng(seed)) if turned else None
    drawn = draw.draw_spheres(molecules, spec, device, rotations=turns)
    assert drawn.dtype == torch.uint8
    assert drawn.device.type == device
    grids = draw_batch(molecules, spec, rotations=turns).elements
    assert np.count_nonzero(drawn.cpu().numpy() != grids) == 0


@pytest.mark.parametrize("rule", [1, 2])
def test_many_cells_are_looked_at_in_shares(monkeypatch, rule):
    molecules = pack([molecule(i) for i in range(4)])
    spec = VoxelSpec(radii="vdw", version=rule)
    monkeypatch.setattr(draw, "_MAX_CELLS", 5000)
    drawn = draw.draw_spheres(molecules, spec).numpy()
    assert np.array_equal(drawn, draw_batch(molecules, spec).elements)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("palette", [CHEMISTRY_RGB, ELEMENT_CLASS])
def test_gaussians_agree_to_rounding(monkeypatch, device, palette):
    monkeypatch.setattr(draw, "_MAX_CELLS", 2 * 41 * 20**2)  # two molecules, then one
    molecules = pack([molecule(i, 1 + 20 * i) for i in range(3)])
    spec = VoxelSpec(edge=20, hydrogens=False)
    turns = random_rotations(3, np.random.default_rng(0))
    table = colour_table(palette, torch.device(device))
    drawn = draw.draw_gaussians(molecules, spec, table, rotations=turns).cpu().numpy()
    ours = draw_gaussians(molecules, spec, palette.weights, rotations=turns)
    assert np.abs(drawn - ours).max() < 1e-5
    assert ours.max() > 0.5


def test_atoms_far_outside_change_nothing():
    numbers = np.array([66, 6, 6], dtype=np.uint8)
    positions = np.array([[0.1, 0.2, 0.3], [1e30, 0, 0], [0, -400.0, 0]])
    molecules = pack([(numbers, positions)])
    spec = VoxelSpec(edge=12)
    drawn = draw.draw_spheres(molecules, spec).numpy()
    assert np.array_equal(drawn, draw_batch(molecules, spec).elements)
    assert set(np.unique(drawn)) == {0, 66}
