"""Model file: one safetensors file that holds a model's weights and, in its header, its card.

Any tool that reads safetensors reads the tensors. The file is 8 bytes with the length of the
header, the header (JSON), and the tensors' bytes. The header holds under `__metadata__`, beside
what the weights had there:

- `smmdb.format`: 1
- `smmdb.card`: the card as JSON
- `smmdb.weights_header`: the header of the weights as they are stored, so that reading gives the
  same bytes, of the same sha256, that were written
- `smmdb.sha256`: of the whole file with this digest written as 64 zeros

Source of the layout: https://github.com/huggingface/safetensors, README, "Format".
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from screening.errors import InputError, IntegrityError

MOST_BYTES: Final = 1 << 30
"""Of a file: PostgreSQL takes no longer value."""
_MOST_HEADER_BYTES: Final = 100_000_000  # the format's own limit
_LENGTH: Final = 8
_FORMAT: Final = "1"
_DIGEST: Final = re.compile(rb'"smmdb\.sha256":"([0-9a-f]{64})"')
_ZEROS: Final = "0" * 64
_OTHER_KINDS: Final = (
    (re.compile(rb"\x80[\x00-\x05]|[(c\]}][\s\S]*\.\Z"), "a pickle"),
    (re.compile(rb"PK\x03\x04(?=[\s\S]*data\.pkl)"), "a pickle in a zip archive, as of torch.save"),
    (re.compile(rb"PK\x03\x04"), "a zip archive"),
    (re.compile(rb"\x1f\x8b|\xfd7zXZ|\x28\xb5\x2f\xfd|BZh"), "a compressed file"),
    (re.compile(rb"\x89HDF"), "an HDF5 file"),
    (re.compile(rb"\x93NUMPY"), "a numpy array"),
)


class ModelFile(NamedTuple):
    """The card as JSON values, and the weights as safetensors."""

    card: dict[str, Any]
    weights: bytes


def pack(card: Mapping[str, Any], weights: bytes) -> bytes:
    """A model file; the same card and weights give the same bytes.

    Raises:
        InputError: when it would be too large.
    """
    header, tensors = _parts(weights)
    entries = _entries(header)
    metadata = {
        **entries.pop("__metadata__", {}),
        "smmdb.format": _FORMAT,
        "smmdb.sha256": _ZEROS,
        "smmdb.card": json.dumps(card, sort_keys=True, ensure_ascii=False, allow_nan=False),
        "smmdb.weights_header": header.decode(),
    }
    whole = {"__metadata__": metadata, **entries}
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH)
    if len(text) > _MOST_HEADER_BYTES or len(text) + len(tensors) > MOST_BYTES - _LENGTH:
        raise InputError("the model is too large for a model file")
    data = len(text).to_bytes(_LENGTH, "little") + text + tensors
    start, stop = _digests(data, len(text))[0].span(1)
    return data[:start] + hashlib.sha256(data).hexdigest().encode() + data[stop:]


def unpack(data: bytes) -> ModelFile:
    """Read a model file; nothing of it is run, and every byte of it is checked.

    Raises:
        InputError: when it is a file of another kind, such as a pickle.
        IntegrityError: when a byte was altered or is missing.
    """
    if data[_LENGTH : _LENGTH + 1] != b"{":  # where a header begins
        _refuse_other_kinds(data)
    header, tensors = _parts(data)
    entries = _entries(header)
    metadata = entries.pop("__metadata__", {})
    if not isinstance(metadata, dict) or "smmdb.format" not in metadata:
        raise InputError(
            "this is a safetensors file without a card: only files of `smmdb model export` say "
            "what a network was trained on and how its scores are to be read"
        )
    if metadata["smmdb.format"] != _FORMAT:
        raise InputError("this model file is of another version of smmdb, with another format")
    _check_digest(data, len(header))
    try:
        own_header = metadata["smmdb.weights_header"].encode()
        card = json.loads(metadata["smmdb.card"], parse_constant=_refuse)
    except (KeyError, AttributeError, TypeError, ValueError, RecursionError) as error:
        raise IntegrityError("the model file's card cannot be read") from error
    weights = len(own_header).to_bytes(_LENGTH, "little") + own_header + tensors
    own_entries = _entries(own_header)
    own_entries.pop("__metadata__", None)
    if own_entries != entries or not isinstance(card, dict):
        raise IntegrityError("the model file contradicts itself: it was made by another program")
    return ModelFile(card, weights)


def _refuse_other_kinds(data: bytes) -> None:
    for pattern, kind in _OTHER_KINDS:
        if pattern.match(data):
            pickled = " A pickle can run any program when it is read." if "pickle" in kind else ""
            raise InputError(
                f"this is {kind}, and smmdb reads models only from files of `smmdb model export`, "
                f"which are safetensors.{pickled}"
            )


def _parts(data: bytes) -> tuple[bytes, bytes]:
    """The header and the bytes of the tensors."""
    length = int.from_bytes(data[:_LENGTH], "little")
    if len(data) < _LENGTH:
        raise IntegrityError("the file is cut short: it ends before its header")
    if length > _MOST_HEADER_BYTES:
        raise InputError(
            f"this is no model file: its first bytes claim a header of {length:,} bytes"
        )
    if length > len(data) - _LENGTH:
        raise IntegrityError("the file is cut short: it ends within its header")
    return data[_LENGTH : _LENGTH + length], data[_LENGTH + length :]


def _entries(header: bytes) -> dict[str, Any]:
    try:
        entries = json.loads(header, parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise IntegrityError(f"the file's header cannot be read: {error}") from error
    if not isinstance(entries, dict):
        raise IntegrityError("the file's header is no table of tensors")
    return entries


def _check_digest(data: bytes, header_length: int) -> None:
    stated = _digests(data, header_length)
    if len(stated) != 1:
        raise IntegrityError("the model file was altered: it has no digest, or several")
    start, stop = stated[0].span(1)
    found = hashlib.sha256(data[:start])
    found.update(_ZEROS.encode())
    found.update(memoryview(data)[stop:])
    if found.hexdigest() != stated[0][1].decode():
        raise IntegrityError(
            f"the model file was altered, or damaged or cut short on its way: its sha256 is "
            f"{found.hexdigest()[:12]}..., and it says {stated[0][1].decode()[:12]}..."
        )


def _digests(data: bytes, header_length: int) -> list[re.Match[bytes]]:
    """Where the header states the digest of the file; in a text its quotes are escaped."""
    return list(_DIGEST.finditer(data, 0, _LENGTH + header_length))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
