"""Weights: a predictor's networks as one block of safetensors and back, never as pickle."""

import hashlib
import json
import math
from collections.abc import Sequence
from typing import Any, Final, Protocol

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from screening.errors import InputError, IntegrityError
from screening.network.calibration import Calibration
from screening.network.domain import Domain
from screening.network.predictor import Predictor
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.voxel.palette import named_palette

_DOMAIN: Final = "domain."
_MEMBERS: Final = "members."


class StoredModel(Protocol):
    """What is known of a model version beside its weights."""

    @property
    def architecture(self) -> dict[str, Any]: ...
    @property
    def palette(self) -> str: ...
    @property
    def weights_sha256(self) -> str: ...
    @property
    def card(self) -> dict[str, Any]: ...


def to_bytes(members: Sequence[ResNet3d], domain: Domain | None = None) -> tuple[bytes, str]:
    """Networks of one architecture and their domain as safetensors, and the sha256 in hex.

    The same weights give the same bytes; the architecture is written into the header. The first
    network's tensors have their own names, those of the others begin with `members.1.` and so on.

    Raises:
        InputError: when the networks are none, or not of one architecture.
    """
    architectures = {json.dumps(member.config.to_json(), sort_keys=True) for member in members}
    if len(architectures) != 1:
        raise InputError("the members of a model must have one architecture")
    tensors = {
        (f"{_MEMBERS}{number}." if number else "") + name: tensor.detach().cpu().contiguous()
        for number, member in enumerate(members)
        for name, tensor in member.state_dict().items()
    }
    if domain is not None:
        parts = {"mean": domain.mean, "whitening": domain.whitening, "limit": domain.limit}
        tensors |= {_DOMAIN + name: part.cpu().contiguous() for name, part in parts.items()}
    blob = safetensors.torch.save(tensors, metadata={"architecture": architectures.pop()})
    return blob, hashlib.sha256(blob).hexdigest()


def read_predictor(model: StoredModel, blob: bytes) -> Predictor:
    """Build the predictor of a stored model from its weights, on the CPU and ready to score.

    Raises:
        InputError: for an architecture or palette that this program does not know.
        IntegrityError: when the bytes are not those of the sha256, are no safetensors, do not
            fit the architecture, or hold numbers that are not finite.
    """
    config = ResNet3dConfig.from_json(model.architecture)
    tensors = _read(blob, model.weights_sha256)
    domain = _take(tensors, _DOMAIN)
    others = _take(tensors, _MEMBERS)
    members = [_network(config, tensors)]
    while others:
        members.append(_network(config, _take(others, f"{len(members)}.") or others))
    return Predictor(
        tuple(members),
        named_palette(model.palette),
        Calibration.from_json(model.card.get("calibration")),
        _domain(domain) if domain else None,
    )


def _read(blob: bytes, expected_sha256: str) -> dict[str, Tensor]:
    found = hashlib.sha256(blob).hexdigest()
    if found != expected_sha256:
        raise IntegrityError(
            f"the weights have sha256 {found[:12]}..., not {expected_sha256[:12]}...: "
            "they were altered or belong to another model version"
        )
    try:
        tensors = safetensors.torch.load(blob)
    except (SafetensorError, KeyError) as error:  # KeyError: a type of number torch does not know
        raise IntegrityError(f"the weights are no safetensors: {error}") from error
    for name, tensor in tensors.items():
        if not math.isfinite(tensor.double().sum().item()):
            raise IntegrityError(f"the weights are not finite: {name}")
    return tensors


def _take(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Take out the tensors whose names begin with *prefix*, and name them without it."""
    names = [name for name in tensors if name.startswith(prefix)]
    return {name.removeprefix(prefix): tensors.pop(name) for name in names}


def _network(config: ResNet3dConfig, tensors: dict[str, Tensor]) -> ResNet3d:
    with torch.device("meta"):  # takes no memory: a foreign file's architecture can be of any size
        own = ResNet3d(config).state_dict()
    if tensors.keys() != own.keys():
        strange = sorted(tensors.keys() ^ own.keys())
        raise IntegrityError(
            f"the weights do not fit the architecture: missing or unknown {', '.join(strange[:4])}"
        )
    for name, tensor in tensors.items():
        if tensor.shape != own[name].shape or tensor.dtype != own[name].dtype:
            raise IntegrityError(
                f"the weights do not fit the architecture: {name} is {_form(tensor)}, "
                f"not {_form(own[name])}"
            )
    network = ResNet3d(config)
    network.load_state_dict(tensors)
    return network.eval()


def _domain(tensors: dict[str, Tensor]) -> Domain:
    if tensors.keys() != {"mean", "whitening", "limit"}:
        raise IntegrityError(f"the weights hold no whole domain: {', '.join(sorted(tensors))}")
    if any(tensor.dtype != torch.float32 for tensor in tensors.values()):
        raise IntegrityError("the numbers of a domain must be float32")
    return Domain(**tensors)


def _form(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
