"""Model file: round trip, what other tools see, and files that must be refused."""

import gzip
import hashlib
import io
import json
import pickle  # noqa: TID251 - an attack: made here to see it refused
import zipfile
from typing import ClassVar

import pytest
import safetensors.torch
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

from screening.errors import InputError, IntegrityError
from screening.network.model_file import pack, unpack
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.network.weights import read_predictor, to_bytes

CONFIG = ResNet3dConfig(width=4, blocks=(1,))
CARD = {"name": "spin", "verdict": 'says "smmdb.sha256":"0", Å', "numbers": [0.1, 1e-7, 12, None]}


@pytest.fixture(scope="module")
def weights() -> bytes:
    torch.manual_seed(0)
    return to_bytes([ResNet3d(CONFIG)])[0]


@pytest.fixture(scope="module")
def packed(weights) -> bytes:
    return pack(CARD, weights)


def test_card_and_weights_come_back_to_the_byte(packed, weights):
    assert unpack(packed) == (CARD, weights)
    assert pack(CARD, weights) == packed


def test_any_safetensors_tool_reads_the_tensors_and_the_card(packed, weights, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(packed)
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        assert json.loads(file.metadata()["smmdb.card"]) == CARD
        assert "architecture" in file.metadata()
    ours, theirs = safetensors.torch.load(packed), safetensors.torch.load(weights)
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_every_altered_byte_is_refused(packed):
    header = int.from_bytes(packed[:8], "little")
    places = [*range(8 + header), *range(8 + header, len(packed), 97), len(packed) - 1]
    for place in places:
        altered = bytearray(packed)
        altered[place] ^= 1 << place % 8
        with pytest.raises((IntegrityError, InputError)):
            unpack(bytes(altered))


@given(st.data())
def test_no_cut_or_longer_file_is_read(packed, data):
    cut = data.draw(st.integers(0, len(packed) - 1))
    with pytest.raises(IntegrityError):
        unpack(packed[:cut])
    with pytest.raises(IntegrityError):
        unpack(packed + data.draw(st.binary(min_size=1, max_size=64)))


@given(st.binary(max_size=4096))
def test_chance_bytes_are_refused_in_a_sentence(data):
    with pytest.raises((IntegrityError, InputError)):
        unpack(data)


class Payload:
    ran = False

    def __reduce__(self):
        return (setattr, (Payload, "ran", True))


def test_pickles_are_named_and_not_run():
    torch_file = io.BytesIO()
    torch.save({"weights": torch.zeros(2)}, torch_file)  # noqa: TID251 - an attack, as above
    old_torch_file = io.BytesIO()
    torch.save({}, old_torch_file, _use_new_zipfile_serialization=False)  # noqa: TID251
    files = [pickle.dumps(Payload(), protocol) for protocol in range(6)]
    for data in (*files, torch_file.getvalue(), old_torch_file.getvalue()):
        with pytest.raises(InputError, match=r"this is a pickle.* can run any program"):
            unpack(data)
    assert not Payload.ran


def test_other_kinds_of_files_are_named(packed, weights):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("model.safetensors", packed)
    with pytest.raises(InputError, match="a zip archive"):
        unpack(archive.getvalue())
    with pytest.raises(InputError, match="a compressed file"):
        unpack(gzip.compress(packed))
    with pytest.raises(InputError, match="without a card"):
        unpack(weights)


def test_a_huge_header_is_refused_before_it_is_read(packed):
    with pytest.raises(InputError, match="claim a header of 9,223,372,036,854,775,807 bytes"):
        unpack((2**63 - 1).to_bytes(8, "little") + packed[8:])


def forged(packed: bytes, change) -> bytes:
    """The file with another header, and a digest that fits it: what an attacker would send."""
    length = int.from_bytes(packed[:8], "little")
    header = json.loads(packed[8 : 8 + length])
    change(header)
    header["__metadata__"]["smmdb.sha256"] = "0" * 64
    text = json.dumps(header, separators=(",", ":")).encode()
    data = len(text).to_bytes(8, "little") + text + packed[8 + length :]
    digest = hashlib.sha256(data).hexdigest()
    return data.replace(b'"smmdb.sha256":"' + b"0" * 64, f'"smmdb.sha256":"{digest}'.encode())


def rename(header):
    header["other"] = header.pop("head.bias")


def deepen(header):
    header["__metadata__"]["smmdb.card"] = "[" * 100_000


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (rename, "contradicts itself"),
        (deepen, "cannot be read"),
        (lambda header: header["__metadata__"].update({"smmdb.card": "[]"}), "contradicts itself"),
        (lambda header: header["__metadata__"].update({"smmdb.card": "NaN"}), "cannot be read"),
        (lambda header: header["__metadata__"].update({"smmdb.card": 1}), "cannot be read"),
        (lambda header: header["__metadata__"].pop("smmdb.weights_header"), "cannot be read"),
        (lambda header: header["__metadata__"].update({"smmdb.format": "2"}), "another format"),
    ],
)
def test_a_forged_header_is_refused(packed, change, text):
    with pytest.raises((IntegrityError, InputError), match=text):
        unpack(forged(packed, change))


def test_an_architecture_of_any_size_takes_no_memory(weights):
    """A foreign file may claim one; 4096 channels in three stages would be 60 GB."""

    class Stored:
        architecture = ResNet3dConfig(width=4096, blocks=(1, 1, 1)).to_json()
        palette = "unique-rgb-v1"
        weights_sha256 = hashlib.sha256(weights).hexdigest()
        card: ClassVar = {}

    with pytest.raises(IntegrityError, match="do not fit the architecture"):
        read_predictor(Stored(), weights)
