"""Checkpoint: a training under way in a file, safetensors and never pickle."""

import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from screening.errors import InputError, IntegrityError


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """What a training needs to go on.

    identity: sha256 of all that decides how the training runs; another one's is of no use.
    tensors: by name. facts: JSON values; floats come back to the bit.
    """

    identity: str
    tensors: Mapping[str, Tensor]
    facts: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """sha256 of everything in it."""
        total = hashlib.sha256(f"{self.identity}\n{_canonical(self.facts)}\n".encode())
        for name, tensor in sorted(self.tensors.items()):
            total.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
            total.update(tensor.numpy().tobytes())
        return total.hexdigest()


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write or replace the file; after a kill or a power cut it is whole, the old or the new.

    Raises:
        InputError: when it cannot be written.
    """
    tensors = {name: tensor.cpu().contiguous() for name, tensor in checkpoint.tensors.items()}
    kept = Checkpoint(checkpoint.identity, tensors, checkpoint.facts)
    metadata = {
        "identity": kept.identity,
        "facts": _canonical(kept.facts),
        "digest": kept.digest,
    }
    new = path.with_suffix(f".{uuid.uuid4().hex}.new")  # the same training may run twice
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as stream:
            stream.write(safetensors.torch.save(tensors, metadata=metadata))
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise InputError(f"the checkpoint {path} cannot be written: {error}") from error


def read_checkpoint(path: Path, identity: str) -> Checkpoint | None:
    """Read what `write_checkpoint` wrote; None when there is no file.

    Raises:
        IntegrityError: when it belongs to a training of another identity, or was altered.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        facts = json.loads(metadata["facts"])
        found = Checkpoint(metadata["identity"], tensors, facts)
        intact = found.digest == metadata["digest"]
    except FileNotFoundError:
        return None
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"the checkpoint {path} is damaged: {error}") from error
    if not intact:
        raise IntegrityError(f"the checkpoint {path} was altered")
    if found.identity != identity:
        raise IntegrityError(
            f"the checkpoint {path} belongs to a training on other data or in another way"
        )
    return found


def remove_checkpoints(folder: Path) -> None:
    """Remove the checkpoints of a training whose result is stored; the folder may be gone."""
    for path in sorted(folder.glob("member-*.safetensors")):
        path.unlink(missing_ok=True)
    with suppress(OSError):  # gone, or not empty: the same training may run twice
        folder.rmdir()


def _canonical(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, sort_keys=True)
