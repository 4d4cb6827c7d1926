"""A network as it scores: what it says is what the network says, to rounding."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.network.colour import colour_table, colourise
from screening.network.element_stem import ElementStem, wire
from screening.network.folded import FoldedNetwork
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.voxel.palette import CLASS_AND_CHEMISTRY, ELEMENT_CLASS, UNIQUE_RGB
from screening.voxel.soft_spheres import COVERED, FULL
from screening.voxel.spec import EDGES

CPU = torch.device("cpu")


def network(config: ResNet3dConfig) -> ResNet3d:
    """As after training: no norm is at its start."""
    torch.manual_seed(0)
    model = ResNet3d(config).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm3d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.bias, -0.5, 0.5)
            torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
            torch.nn.init.uniform_(module.running_var, 0.5, 2.0)
    return model


def grids(n: int, edge: int, filled: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(0)
    full = rng.integers(1, 119, (n, edge, edge, edge), dtype=np.uint8)
    return np.where(rng.random(full.shape) < filled, full, np.uint8(0))


def softened(boxes: np.ndarray) -> np.ndarray:
    """The same elements, each with some coverage."""
    coverage = np.random.default_rng(1).integers(1, FULL + 1, boxes.shape)
    return np.where(boxes > 0, boxes + COVERED * coverage, 0).astype(np.int16)


def test_coverage_dims_the_colour():
    table = colour_table(UNIQUE_RGB, CPU)
    codes = torch.tensor([0, 26 + COVERED * FULL, 26 + COVERED * 32], dtype=torch.int16)
    colours = colourise(codes.view(3, 1, 1, 1), table).flatten(1)
    assert torch.equal(colours[0], torch.zeros(3))
    assert torch.equal(colours[1], table[26])
    assert torch.allclose(colours[2], table[26] * 32 / 127)


@pytest.mark.parametrize(
    "config",
    [
        ResNet3dConfig(),
        ResNet3dConfig(width=6, blocks=(2, 1), stem_kernel=5, stem_stride=1, field=7),
        ResNet3dConfig(width=4, blocks=(1,), stem_kernel=1, stem_stride=2, field=None),
    ],
)
@pytest.mark.parametrize(
    "palette", [UNIQUE_RGB, ELEMENT_CLASS, CLASS_AND_CHEMISTRY], ids=lambda palette: palette.name
)
@pytest.mark.parametrize("edges", EDGES)
def test_a_folded_network_says_what_the_network_says(config, palette, edges):
    model = network(replace(config, channels_in=palette.channels))
    boxes = grids(5, 22) if edges == "hard" else softened(grids(5, 22))
    with torch.inference_mode():
        expected = model.embed(colourise(torch.from_numpy(boxes), colour_table(palette, CPU)))
        folded = FoldedNetwork(model, palette)
        assert torch.allclose(folded.embed(boxes), expected, rtol=1e-4, atol=1e-5)
        assert torch.allclose(folded.classify(expected), model.classify(expected))
        folded.compiled(lambda layers: layers)
        assert torch.allclose(folded.embed(boxes), expected, rtol=1e-4, atol=1e-5)


def test_folding_leaves_the_network_as_it_was():
    model = network(ResNet3dConfig(width=4)).train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    FoldedNetwork(model, UNIQUE_RGB).embed(grids(2, 20))
    assert model.training
    assert all(parameter.requires_grad for parameter in model.parameters())
    after = model.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())


@given(
    edge=st.integers(1, 9),
    kernel=st.sampled_from([1, 3, 5]),
    stride=st.integers(1, 3),
    channels=st.integers(1, 9),
    filled=st.floats(0, 1),
    threads=st.integers(1, 3),
    soft=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_the_stem_is_the_convolution_of_the_colours(
    edge, kernel, stride, channels, filled, threads, soft
):
    torch.manual_seed(edge)
    conv = torch.nn.Conv3d(3, channels, kernel, stride=stride, padding=kernel // 2)
    table = colour_table(UNIQUE_RGB, CPU)
    boxes = softened(grids(3, edge, filled)) if soft else grids(3, edge, filled)
    with torch.inference_mode():
        weight = torch.einsum("ocxyz,ec->xyzeo", conv.weight, table).numpy()
        stem = ElementStem(weight, conv.bias.numpy(), stride)
        expected = torch.relu(conv(colourise(torch.from_numpy(boxes), table)))
    found = stem(boxes, threads)
    assert np.allclose(found, expected.permute(0, 2, 3, 4, 1).numpy(), rtol=1e-4, atol=1e-5)


def test_every_tap_of_every_output_is_wired_once():
    wiring = wire(6, 3, 2)
    assert wiring.edge == 3
    pairs = set(zip(wiring.outputs.tolist(), wiring.taps.tolist(), strict=True))
    assert len(pairs) == len(wiring.outputs) == 8**3  # of 3 outputs of 3 taps one falls outside
    assert wiring.starts[-1] == len(pairs)


def test_what_is_no_number_stays_none():
    weight = np.full((1, 1, 1, 119, 2), np.nan, dtype=np.float32)
    weight[..., 1] = 1
    found = ElementStem(weight, np.zeros(2, dtype=np.float32), 1)(grids(1, 4, filled=1))
    assert np.isnan(found[..., 0]).all()
    assert (found[..., 1] == 1).all()
