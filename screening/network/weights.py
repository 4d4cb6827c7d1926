"""Weights: a network as safetensors bytes and back, never as pickle."""

import hashlib
import json
import math

import safetensors.torch
import torch
from safetensors import SafetensorError

from screening.errors import IntegrityError
from screening.network.resnet3d import ResNet3d, ResNet3dConfig


def to_bytes(model: ResNet3d) -> tuple[bytes, str]:
    """Weights of a network as safetensors, and their sha256 in hex.

    The same weights give the same bytes; the architecture is written into the header.
    """
    tensors = {
        name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()
    }
    architecture = json.dumps(model.config.to_json(), sort_keys=True)
    blob = safetensors.torch.save(tensors, metadata={"architecture": architecture})
    return blob, hashlib.sha256(blob).hexdigest()


def from_bytes(config: ResNet3dConfig, blob: bytes, expected_sha256: str) -> ResNet3d:
    """Build a network of *config* with stored weights, on the CPU and ready to score.

    Raises:
        IntegrityError: when the bytes are not those of the sha256, are no safetensors, do not
            fit the architecture, or hold numbers that are not finite.
    """
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
    model = ResNet3d(config)
    own = model.state_dict()
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
        if not math.isfinite(tensor.double().sum().item()):
            raise IntegrityError(f"the weights are not finite: {name}")
    model.load_state_dict(tensors)
    return model.eval()


def _form(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
