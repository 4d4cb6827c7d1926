"""FoldedNetwork: a network as it scores, which takes less work than as it learns."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from screening.network.colour import colour_table, colourise, inner
from screening.network.element_stem import ElementStem
from screening.network.resnet3d import ResNet3d
from screening.voxel.palette import Palette


class FoldedNetwork:
    """A network for scoring alone: each batch norm is part of the convolution before it.

    On a CPU its first layer is computed from the elements themselves. What it says is what the
    network says, to rounding; it does not learn, and the network itself stays as it is.
    """

    def __init__(self, network: ResNet3d, palette: Palette) -> None:
        self._network = _fold(network)
        self.table = colour_table(palette, self.device)
        self._embed: Callable[[Tensor], Tensor] = self._network.embed
        self._stem = _element_stem(self._network.stem, self.table) if self._is_on_cpu else None

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self._network.head.weight.device

    @property
    def _is_on_cpu(self) -> bool:
        return self.device.type == "cpu"

    def compiled(self, compile_: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        """Run the layers as *compile_* makes them, all of them on colours."""
        self._embed, self._stem = compile_(self._network.embed), None

    def embed(self, grids: NDArray[Any]) -> Tensor:
        """Grids (b, d, d, d) of a view -> what the last layer decides by: (b, n_embedded)."""
        if self._stem is None:
            elements = torch.from_numpy(grids).to(self.device)
            return self._embed(colourise(elements, self.table))
        seen = np.ascontiguousarray(inner(grids, self._network.config.field))
        first = torch.from_numpy(self._stem(seen, torch.get_num_threads()))
        return self._network.embed_first(first.permute(0, 4, 1, 2, 3))

    def classify(self, embedded: Tensor) -> Tensor:
        """Embeddings (b, n_embedded) -> logits (b,)."""
        return self._network.classify(embedded)


def _fold(network: ResNet3d) -> ResNet3d:
    folded = copy.deepcopy(network).eval().requires_grad_(False)
    pairs: list[tuple[Any, str, str]] = [(folded, "stem", "norm")]
    for block in folded.stages:
        pairs += [(block, "conv1", "norm1"), (block, "conv2", "norm2")]
        if isinstance(block.shortcut, nn.Sequential):
            pairs.append((block.shortcut, "0", "1"))
    for owner, conv, norm in pairs:
        setattr(owner, conv, fuse_conv_bn_eval(getattr(owner, conv), getattr(owner, norm)))
        setattr(owner, norm, nn.Identity())
    nn.utils.convert_conv3d_weight_memory_format(folded, torch.channels_last_3d)
    return folded


def _element_stem(stem: nn.Conv3d, table: Tensor) -> ElementStem:
    assert stem.bias is not None
    weight = torch.einsum("ocxyz,ec->xyzeo", stem.weight, table)
    return ElementStem(weight.numpy(), stem.bias.numpy(), stem.stride[0])
