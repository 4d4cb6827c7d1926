"""Network: shapes, sizes, colours on the device."""

import json

import numpy as np
import pytest
import torch

from screening.errors import InputError
from screening.network.colour import colour_table, colourise, inner
from screening.network.memory import keep_memory
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.voxel.palette import UNIQUE_RGB

CPU = torch.device("cpu")


def grids(n: int = 3, edge: int = 16, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    full = rng.integers(1, 119, (n, edge, edge, edge), dtype=np.uint8)
    return np.where(rng.random(full.shape) < 0.1, full, np.uint8(0))


@pytest.mark.parametrize(
    "config",
    [
        ResNet3dConfig(),
        ResNet3dConfig(width=4, blocks=(2, 1), stem_kernel=7, stem_stride=1),
        ResNet3dConfig(width=8, blocks=(1, 1, 1, 1), dropout=0.0),
    ],
)
@pytest.mark.parametrize("edge", [16, 21])
def test_one_logit_a_grid_at_any_edge(config, edge):
    model = ResNet3d(config).eval()
    logits = model(colourise(torch.from_numpy(grids(3, edge)), colour_table(UNIQUE_RGB, CPU)))
    assert logits.shape == (3,)
    assert logits.dtype == torch.float32


def test_the_default_network_has_the_size_it_is_described_with():
    assert ResNet3d(ResNet3dConfig()).n_parameters == 225_777


def test_every_weight_gets_a_gradient():
    model = ResNet3d(ResNet3dConfig(width=4))
    for block in model.stages:
        torch.nn.init.ones_(block.norm2.weight)  # zero at the start, which hides what is inside
    x = colourise(torch.from_numpy(grids()), colour_table(UNIQUE_RGB, CPU))
    model(x).sum().backward()
    for name, weights in model.named_parameters():
        assert weights.grad is not None, name
    assert model.stages[0].conv1.weight.grad.abs().sum() > 0


def test_config_survives_json():
    config = ResNet3dConfig(width=8, blocks=(2, 2), dropout=0.3)
    assert ResNet3dConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


@pytest.mark.parametrize(
    "architecture",
    [
        {},
        {"kind": "Transformer"},
        {"kind": "ResNet3d", "width": 8},
        {**ResNet3dConfig().to_json(), "depth": 3},
        {**ResNet3dConfig().to_json(), "blocks": []},
        {**ResNet3dConfig().to_json(), "width": 0},
        {**ResNet3dConfig().to_json(), "stem_kernel": 4},
        {**ResNet3dConfig().to_json(), "dropout": 1.0},
        {**ResNet3dConfig().to_json(), "field": 0},
    ],
)
def test_an_unknown_architecture_is_refused(architecture):
    with pytest.raises(InputError):
        ResNet3dConfig.from_json(architecture)


def test_colours_on_the_device_are_the_palette():
    elements = grids()
    x = colourise(torch.from_numpy(elements), colour_table(UNIQUE_RGB, CPU))
    assert x.shape == (3, 3, 16, 16, 16)
    assert x.is_contiguous(memory_format=torch.channels_last_3d)
    rgb = np.rint(x.permute(0, 2, 3, 4, 1).numpy() * 255).astype(np.uint8)
    assert np.array_equal(UNIQUE_RGB.decode(rgb), elements)


@pytest.mark.parametrize(("edge", "first"), [(16, 3), (21, 5), (10, 0), (6, 0)])
def test_a_network_looks_at_the_middle_of_the_grid_only(edge, first):
    model = ResNet3d(ResNet3dConfig(width=4, blocks=(1,), field=10)).eval()
    x = torch.rand(2, 3, edge, edge, edge)
    part = slice(first, first + 10)
    hidden = torch.rand_like(x)
    hidden[..., part, part, part] = x[..., part, part, part]
    assert torch.equal(model(hidden), model(x))
    assert inner(x, 10).shape[-1] == min(edge, 10)
    assert torch.equal(inner(x, 10), x[..., part, part, part])
    assert inner(x, None) is x


def test_memory_is_kept_on_glibc_only(monkeypatch):
    assert keep_memory() == (__import__("platform").libc_ver()[0] == "glibc")
    monkeypatch.setattr("platform.libc_ver", lambda: ("", ""))
    assert keep_memory() is False
