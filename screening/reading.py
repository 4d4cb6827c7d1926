"""Reading: from the bytes of a file to its FileReading, without a database."""

import hashlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from operator import attrgetter
from typing import Final

import numpy as np

from screening.chemistry.describe import describe
from screening.chemistry.description import Description
from screening.crystal.complex import Accepted, BlockVerdict, Complex, Rejected
from screening.crystal.read import read_file
from screening.crystal.source import Source, molecule_format
from screening.file_reading import (
    BlockReading,
    ComplexReading,
    FileReading,
    compress,
    unreadable,
)
from screening.molecule.read import read_molecules
from screening.voxel.batch import draw_batch
from screening.voxel.codec import encode
from screening.voxel.molecules import pack
from screening.voxel.spec import VoxelSpec

_WHOLE: Final = frozenset({int, str, bool, type(None)})
"""Types of what rounding leaves as it is."""


def read_source(source: Source, spec: VoxelSpec, known: frozenset[str]) -> FileReading:
    """Read one source; a file whose sha256 is in *known* is only identified."""
    if source.problem is not None:
        return unreadable(source, *source.problem)
    try:
        data = source.read()
    except OSError as error:
        return unreadable(source, "unreadable", error.strerror or str(error))
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 in known:
        return FileReading(source.name, sha256, len(data), b"", None)
    blocks = tuple(_read_block(verdict, spec) for verdict in _verdicts(data, source))
    content = compress(data)
    return FileReading(source.name, sha256, len(data), content, blocks)


def _verdicts(data: bytes, source: Source) -> list[BlockVerdict]:
    kind, _ = molecule_format(source.file_name)
    if kind is None:
        return read_file(data, source.file_name)
    return read_molecules(data, source.file_name, kind, source.first)


def _read_block(verdict: BlockVerdict, spec: VoxelSpec) -> BlockReading:
    outcome = verdict.outcome
    if not isinstance(outcome, Accepted):
        return BlockReading(verdict, ())
    try:
        complexes = _read_complexes(outcome, spec)
    except MemoryError:
        raise  # says nothing of the block: with more memory it may be a good one
    except Exception as error:  # noqa: BLE001 - a fault of ours costs this block, and shows itself
        reason = f"{type(error).__name__}: {error}"
        fault = Rejected("internal_error", reason, outcome.determination)
        return BlockReading(replace(verdict, outcome=fault), ())
    return BlockReading(verdict, complexes)


def _read_complexes(block: Accepted, spec: VoxelSpec) -> tuple[ComplexReading, ...]:
    grids = draw_batch(
        pack([(item.atomic_numbers, item.positions) for item in block.complexes]), spec
    )
    descriptions = [_described(item, block) for item in block.complexes]
    return tuple(
        ComplexReading(
            complex=item,
            description=description,
            chemistry_key=_chemistry_key(item, description, block),
            blob=encode(elements),
            n_clipped=n_clipped,
        )
        for item, description, elements, n_clipped in zip(
            block.complexes, descriptions, grids.elements, grids.n_clipped.tolist(), strict=True
        )
    )


def _described(item: Complex, block: Accepted) -> Description:
    """Describe a complex; a synthetic one is never the same compound as a real one.

    What is said of the one would else become the other's label.
    """
    description = describe(item, block.determination, block.components)
    if not block.determination.is_synthetic:
        return description
    return replace(description, compound_key=f"synthetic {description.compound_key}")


def _chemistry_key(item: Complex, description: Description, block: Accepted) -> str:
    """Hash of what the database will hold; numbers to 0.001, below which machines may differ."""
    words = (description, block.determination, block.components)
    flags = (
        item.is_disordered,
        item.metal_disordered,
        item.donor_disordered,
        item.missing_hydrogens,
    )
    digest = hashlib.sha256(repr((_rounded(words), flags, item.labels)).encode())
    digest.update(item.atomic_numbers.tobytes())
    digest.update(np.rint(item.positions * 1000).astype(np.int64).tobytes())
    digest.update(item.bonds.tobytes())
    return digest.hexdigest()


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, tuple):
        if _WHOLE.issuperset(map(type, value)):
            return list(value)
        return [item if type(item) in _WHOLE else _rounded(item) for item in value]
    kind = type(value)
    if is_dataclass(kind):
        items = _fields(kind)(value)
        return [item if type(item) in _WHOLE else _rounded(item) for item in items]
    return value


@cache
def _fields(kind: type) -> Callable[[object], tuple[object, ...]]:
    """What takes the fields of a dataclass of this kind, which has two or more."""
    return attrgetter(*(f.name for f in fields(kind)))
