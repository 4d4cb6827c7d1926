"""Weights: round trip, and bytes that must be refused."""

import hashlib
import io
import pickle  # noqa: TID251 - an attack: made here to see it refused
from dataclasses import dataclass, field

import pytest
import safetensors.torch
import torch

from screening.errors import InputError, IntegrityError
from screening.network.calibration import Calibration
from screening.network.domain import Domain
from screening.network.predictor import Predictor
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.network.weights import read_predictor, to_bytes
from screening.voxel.palette import UNIQUE_RGB

CONFIG = ResNet3dConfig(width=4, blocks=(1, 1))


@pytest.fixture
def model() -> ResNet3d:
    torch.manual_seed(0)
    return ResNet3d(CONFIG)


def sha256(blob: bytes) -> str:
    return hashlib.sha256(blob).hexdigest()


@dataclass
class Stored:
    architecture: dict
    weights_sha256: str
    palette: str = UNIQUE_RGB.name
    card: dict = field(default_factory=dict)


def read(config: ResNet3dConfig, blob: bytes, digest: str, **fields) -> Predictor:
    return read_predictor(Stored(config.to_json(), digest, **fields), blob)


def saved(tensors: dict[str, torch.Tensor]) -> tuple[bytes, str]:
    blob = safetensors.torch.save({name: one.contiguous() for name, one in tensors.items()})
    return blob, sha256(blob)


def test_round_trip_gives_the_same_network(model):
    blob, digest = to_bytes([model])
    again = read(CONFIG, blob, digest)
    (member,) = again.members
    assert not member.training
    x = torch.rand(2, 3, 8, 8, 8)
    assert torch.equal(member(x), model.eval()(x))
    assert to_bytes(again.members) == (blob, digest)


def test_any_changed_byte_is_refused(model):
    blob, digest = to_bytes([model])
    for place in range(0, len(blob), len(blob) // 50):
        tampered = bytearray(blob)
        tampered[place] ^= 1
        with pytest.raises(IntegrityError, match="altered"):
            read(CONFIG, bytes(tampered), digest)


class Payload:
    ran = False

    def __reduce__(self):
        return (setattr, (Payload, "ran", True))


def test_pickle_is_refused_and_not_run(model):
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)  # noqa: TID251 - an attack, as above
    for blob in (pickle.dumps(Payload()), buffer.getvalue(), b"", b"{}"):
        with pytest.raises(IntegrityError, match="no safetensors"):
            read(CONFIG, blob, sha256(blob))
    assert not Payload.ran


def test_a_cut_header_is_refused(model):
    blob, _ = to_bytes([model])
    for length in (7, 8, 100, len(blob) - 1):
        with pytest.raises(IntegrityError, match="no safetensors"):
            read(CONFIG, blob[:length], sha256(blob[:length]))


def test_weights_of_another_architecture_are_refused(model):
    blob, digest = to_bytes([model])
    with pytest.raises(IntegrityError, match="missing or unknown"):
        read(ResNet3dConfig(width=4, blocks=(1, 2)), blob, digest)
    with pytest.raises(IntegrityError, match="not float32"):
        read(ResNet3dConfig(width=8, blocks=(1, 1)), blob, digest)


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
        read(CONFIG, *saved(tensors))


def ensemble(n: int) -> list[ResNet3d]:
    made = []
    for seed in range(n):
        torch.manual_seed(seed)
        made.append(ResNet3d(CONFIG))
    return made


def domain() -> Domain:
    width = ensemble(1)[0].n_embedded * 3
    return Domain(torch.rand(width), torch.rand(width, 2), torch.tensor(2.5))


def test_all_members_and_the_domain_share_one_block():
    members, area = ensemble(3), domain()
    blob, digest = to_bytes(members, area)
    card = {"calibration": {"slope": 0.5, "intercept": 0.1}}
    again = read(CONFIG, blob, digest, card=card)
    assert len(again.members) == 3
    assert to_bytes(again.members, again.domain) == (blob, digest)
    assert again.calibration == Calibration(0.5, 0.1)
    assert torch.equal(again.domain.whitening, area.whitening)
    x = torch.rand(2, 3, 8, 8, 8)
    for old, new in zip(members, again.members, strict=True):
        assert torch.equal(old.eval()(x), new(x))


@pytest.mark.parametrize(
    "change",
    [
        lambda tensors: tensors.pop("members.1.head.bias"),
        lambda tensors: tensors.pop("domain.limit"),
        lambda tensors: tensors.update({"members.5.head.bias": torch.zeros(1)}),
        lambda tensors: tensors.update({"members.x": torch.zeros(1)}),
        lambda tensors: tensors.update({"domain.limit": torch.tensor(0.0)}),
        lambda tensors: tensors.update({"domain.limit": torch.tensor(1.0).double()}),
        lambda tensors: tensors.update({"domain.mean": torch.zeros(3)}),
    ],
)
def test_a_block_with_a_part_missing_or_strange_is_refused(change):
    tensors = safetensors.torch.load(to_bytes(ensemble(3), domain())[0])
    change(tensors)
    with pytest.raises(IntegrityError):
        read(CONFIG, *saved(tensors))


def test_members_of_two_architectures_are_refused():
    with pytest.raises(InputError, match="one architecture"):
        to_bytes([*ensemble(1), ResNet3d(ResNet3dConfig(width=8, blocks=(1, 1)))])
    with pytest.raises(InputError, match="one architecture"):
        to_bytes([])
