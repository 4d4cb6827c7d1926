"""Weights: round trip, and bytes that must be refused."""

import hashlib
import io
import pickle  # noqa: TID251 - an attack: made here to see it refused

import pytest
import safetensors.torch
import torch

from screening.errors import IntegrityError
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.network.weights import from_bytes, to_bytes

CONFIG = ResNet3dConfig(width=4, blocks=(1, 1))


@pytest.fixture
def model() -> ResNet3d:
    torch.manual_seed(0)
    return ResNet3d(CONFIG)


def sha256(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()


def saved(tensors: dict[str, torch.Tensor]) -> tuple[bytes, str]:
    blob = safetensors.torch.save({name: one.contiguous() for name, one in tensors.items()})
    return blob, sha256(blob)


def test_round_trip_gives_the_same_network(model):
    blob, digest = to_bytes(model)
    again = from_bytes(CONFIG, blob, digest)
    assert not again.training
    x = torch.rand(2, 3, 8, 8, 8)
    assert torch.equal(again(x), model.eval()(x))
    assert to_bytes(again) == (blob, digest)


def test_any_changed_byte_is_refused(model):
    blob, digest = to_bytes(model)
    for place in range(0, len(blob), len(blob) // 50):
        tampered = bytearray(blob)
        tampered[place] ^= 1
        with pytest.raises(IntegrityError, match="altered"):
            from_bytes(CONFIG, bytes(tampered), digest)


class Payload:
    ran = False

    def __reduce__(self):
        return (setattr, (Payload, "ran", True))


def test_pickle_is_refused_and_not_run(model):
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)  # noqa: TID251 - an attack, as above
    for blob in (pickle.dumps(Payload()), buffer.getvalue(), b"", b"{}"):
        with pytest.raises(IntegrityError, match="no safetensors"):
            from_bytes(CONFIG, blob, sha256(blob))
    assert not Payload.ran


def test_a_cut_header_is_refused(model):
    blob, _ = to_bytes(model)
    for length in (7, 8, 100, len(blob) - 1):
        with pytest.raises(IntegrityError, match="no safetensors"):
            from_bytes(CONFIG, blob[:length], sha256(blob[:length]))


def test_weights_of_another_architecture_are_refused(model):
    blob, digest = to_bytes(model)
    with pytest.raises(IntegrityError, match="missing or unknown"):
        from_bytes(ResNet3dConfig(width=4, blocks=(1, 2)), blob, digest)
    with pytest.raises(IntegrityError, match="not float32"):
        from_bytes(ResNet3dConfig(width=8, blocks=(1, 1)), blob, digest)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda tensors: tensors.pop("head.bias"), "head.bias"),
        (lambda tensors: tensors.update(extra=torch.zeros(1)), "extra"),
        (lambda tensors: tensors.update({"head.bias": torch.zeros(2)}), "head.bias"),
        (lambda tensors: tensors.update({"head.bias": torch.zeros(1).double()}), "float64"),
        (lambda tensors: tensors.update({"head.bias": torch.tensor([torch.nan])}), "finite"),
        (lambda tensors: tensors.update({"head.bias": torch.tensor([torch.inf])}), "finite"),
    ],
)
def test_weights_that_do_not_fit_are_refused(model, change, text):
    tensors = dict(model.state_dict())
    change(tensors)
    with pytest.raises(IntegrityError, match=text):
        from_bytes(CONFIG, *saved(tensors))
