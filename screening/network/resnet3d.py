"""ResNet3d: a residual network on voxels that gives one logit for each grid."""

from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from screening.errors import InputError
from screening.network.colour import inner


@dataclass(frozen=True, slots=True, kw_only=True)
class ResNet3dConfig:
    """What a network is built of; stored with the weights.

    channels_in: colours of a voxel.
    field: voxels along each side of the cube, in the middle of the grid, that the network looks at;
        None: the whole grid.
    width: channels of the stem; stage i has width * 2^i.
    blocks: residual blocks of each stage; every stage after the first halves the grid.
    stem_kernel, stem_stride: the first convolution.
    dropout: before the last layer, while training.
    """

    channels_in: int = 3
    field: int | None = 20
    width: int = 16
    blocks: tuple[int, ...] = (1, 1, 1)
    stem_kernel: int = 3
    stem_stride: int = 2
    dropout: float = 0.1

    def __post_init__(self) -> None:
        counts = (self.channels_in, self.width, self.stem_stride, *self.blocks)
        if not self.blocks or min(counts) < 1 or self.stem_kernel < 1 or self.stem_kernel % 2 == 0:
            raise InputError("a network needs positive sizes and an odd stem kernel")
        if self.field is not None and self.field < 1:
            raise InputError(f"a network looks at one voxel or more, not at {self.field}")
        if not 0 <= self.dropout < 1:
            raise InputError(f"dropout lies from 0 to below 1, not at {self.dropout}")

    def to_json(self) -> dict[str, Any]:
        """As JSON values, for the architecture column of a model version."""
        return {"kind": "ResNet3d", **asdict(self), "blocks": list(self.blocks)}

    @classmethod
    def from_json(cls, architecture: dict[str, Any]) -> "ResNet3dConfig":
        """Read what `to_json` wrote.

        Raises:
            InputError: for another kind of network, or options that are missing or unknown.
        """
        options = dict(architecture)
        if options.pop("kind", None) != "ResNet3d":
            raise InputError(f"not a ResNet3d: {architecture.get('kind')!r}")
        if options.keys() != {field.name for field in fields(cls)}:
            raise InputError(f"not the options of a ResNet3d: {', '.join(sorted(options))}")
        return cls(**{**options, "blocks": tuple(options["blocks"])})


class _Block(nn.Module):
    """Two convolutions beside a short cut."""

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = _conv(channels_in, channels_out, kernel=3, stride=stride)
        self.norm1 = nn.BatchNorm3d(channels_out)
        self.conv2 = _conv(channels_out, channels_out, kernel=3, stride=1)
        self.norm2 = nn.BatchNorm3d(channels_out)
        nn.init.zeros_(self.norm2.weight)  # starts as the short cut alone, which trains steadily
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels_in != channels_out:
            self.shortcut = nn.Sequential(
                _conv(channels_in, channels_out, kernel=1, stride=stride),
                nn.BatchNorm3d(channels_out),
            )

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu(self.norm1(self.conv1(x)), inplace=True)
        joined: Tensor = self.norm2(self.conv2(inner)) + self.shortcut(x)
        return functional.relu(joined, inplace=True)


class ResNet3d(nn.Module):
    """3D ResNet: stem, stages, mean over space, one logit.

    No pooling layer but the last mean: strides do the same work and their gradients are
    deterministic on a GPU too.
    """

    def __init__(self, config: ResNet3dConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = _conv(
            config.channels_in, config.width, kernel=config.stem_kernel, stride=config.stem_stride
        )
        self.norm = nn.BatchNorm3d(config.width)
        blocks: list[nn.Module] = []
        channels = config.width
        for stage, count in enumerate(config.blocks):
            for position in range(count):
                stride = 2 if stage > 0 and position == 0 else 1
                wider = config.width * 2**stage
                blocks.append(_Block(channels, wider, stride))
                channels = wider
        self.stages = nn.Sequential(*blocks)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(channels, 1)
        nn.utils.convert_conv3d_weight_memory_format(self, torch.channels_last_3d)

    def forward(self, x: Tensor) -> Tensor:
        """Colours (b, channels_in, d, d, d) from 0 to 1 -> logits (b,)."""
        return self.classify(self.embed(x))

    def embed(self, x: Tensor) -> Tensor:
        """Colours (b, channels_in, d, d, d) -> what the last layer decides by: (b, n_embedded)."""
        x = self.norm(self.stem(inner(x, self.config.field)))
        return self.embed_first(functional.relu(x, inplace=True))

    def embed_first(self, x: Tensor) -> Tensor:
        """What the first layer made (b, width, e, e, e) -> embeddings (b, n_embedded)."""
        means: Tensor = self.stages(x).mean(dim=(2, 3, 4))
        return means

    def classify(self, embedded: Tensor) -> Tensor:
        """Embeddings (b, n_embedded) -> logits (b,)."""
        logits: Tensor = self.head(self.dropout(embedded))
        return logits.squeeze(1)

    @property
    def n_embedded(self) -> int:
        """Numbers of an embedding."""
        return self.head.in_features

    @property
    def n_parameters(self) -> int:
        """Numbers that training changes."""
        return sum(weights.numel() for weights in self.parameters())


def _conv(channels_in: int, channels_out: int, *, kernel: int, stride: int) -> nn.Conv3d:
    conv = nn.Conv3d(
        channels_in, channels_out, kernel, stride=stride, padding=kernel // 2, bias=False
    )
    # To draw nothing on the meta device, torch would import its compiler, which takes 2 s.
    if not conv.weight.is_meta:
        nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
    return conv
