"""Codec: an element grid as bytes and back.

Layout: magic `SMVX`, version (1 byte), a zero byte, edge (2 bytes, little endian), then one zstd
frame of the edge^3 atomic numbers in x, y, z order, with its content size and its xxhash checksum.
"""

import struct
import threading
from collections.abc import Sequence
from typing import Final

import numpy as np
import zstandard
from numpy.typing import NDArray

from screening.elements import MAX_ATOMIC_NUMBER
from screening.errors import InputError, IntegrityError
from screening.voxel.shares import in_shares
from screening.voxel.spec import MAX_EDGE

_MAGIC: Final = b"SMVX"
_VERSION: Final = 1
_HEADER: Final = struct.Struct("<4sBxH")
_LEVEL: Final = 3
_MAX_WINDOW: Final = MAX_EDGE**3


class _Contexts(threading.local):
    """zstd contexts are dear to make and must not be shared between threads."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(
            level=_LEVEL, write_checksum=True, write_content_size=True
        )
        self.decompressor = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)


_contexts = _Contexts()


def encode(elements: NDArray[np.uint8]) -> bytes:
    """Encode an element grid (edge, edge, edge) uint8; the same grid gives the same bytes.

    Raises:
        InputError: when it is no such grid.
    """
    edge = elements.shape[0] if elements.ndim else 0
    if elements.dtype != np.uint8 or elements.shape != (edge,) * 3 or not 1 <= edge <= MAX_EDGE:
        raise InputError(f"not a cube of uint8 voxels: {elements.dtype} {elements.shape}")
    if elements.max() > MAX_ATOMIC_NUMBER:
        raise InputError(f"voxel value {elements.max()} is no atomic number")
    body = _contexts.compressor.compress(np.ascontiguousarray(elements).data)
    return _HEADER.pack(_MAGIC, _VERSION, edge) + body


def decode(blob: bytes) -> NDArray[np.uint8]:
    """Decode the bytes of `encode` to (edge, edge, edge) uint8, read-only.

    Raises:
        IntegrityError: for bytes that are cut, altered, foreign or larger than they may be.
    """
    edge = _read_edge(blob)
    return _read_body(blob, edge).reshape(edge, edge, edge)


def decode_into(blobs: Sequence[bytes], out: NDArray[np.uint8], *, threads: int = 1) -> None:
    """Decode grids, each to its place in *out* (b, edge, edge, edge) uint8.

    *out* may be memory that a GPU reads from: `torch.empty(shape, pin_memory=True).numpy()`.
    More than one thread pays for grids of 64 voxels a side and more: only the decompression
    itself goes on beside other threads.

    Raises:
        InputError: when *out* has not that form, or not one place for each blob.
        IntegrityError: for the first blob that cannot be decoded or has another edge; *out* then
            holds anything.
    """
    edge = out.shape[-1]
    if out.shape != (len(blobs), edge, edge, edge) or out.dtype != np.uint8:
        raise InputError(f"{len(blobs)} grids do not fit memory of {out.dtype} {out.shape}")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise InputError("grids need memory in C order that may be written to")
    places = out.reshape(len(blobs), edge**3)

    def decode_share(first: int, last: int) -> None:
        for position in range(first, last):
            found = _read_edge(blobs[position])
            if found != edge:
                raise IntegrityError(
                    f"voxel blob {position} of the batch has {found} voxels a side, not {edge}"
                )
            places[position] = _read_body(blobs[position], edge)

    in_shares(decode_share, len(blobs), threads)


def decode_batch(blobs: Sequence[bytes], edge: int) -> NDArray[np.uint8]:
    """Decode grids that must all have *edge* voxels a side to (b, edge, edge, edge) uint8.

    Raises:
        IntegrityError: for the first blob that cannot be decoded or has another edge.
    """
    grids = np.empty((len(blobs), edge, edge, edge), dtype=np.uint8)
    decode_into(blobs, grids)
    return grids


def _read_body(blob: bytes, edge: int) -> NDArray[np.uint8]:
    """The voxels (edge^3,) of a blob whose header says *edge*; read-only."""
    body = memoryview(blob)[_HEADER.size :]
    n_voxels = edge**3
    try:
        # What the frame declares is checked before anything of that size is allocated.
        frame = zstandard.get_frame_parameters(body)
        if frame.content_size != n_voxels or not frame.has_checksum:
            raise IntegrityError(f"voxel blob: the body is no checked grid of {edge}^3 voxels")
        raw = _contexts.decompressor.decompress(
            body, max_output_size=n_voxels, allow_extra_data=False
        )
    except zstandard.ZstdError as error:
        raise IntegrityError(f"voxel blob: the body is cut or altered ({error})") from error
    elements = np.frombuffer(raw, dtype=np.uint8)
    if len(elements) != n_voxels or elements.max() > MAX_ATOMIC_NUMBER:
        raise IntegrityError("voxel blob: the body does not hold atomic numbers")
    return elements


def _read_edge(blob: bytes) -> int:
    if len(blob) < _HEADER.size:
        raise IntegrityError(f"voxel blob: {len(blob)} bytes are too few for a header")
    magic, version, edge = _HEADER.unpack_from(blob)
    if magic != _MAGIC:
        raise IntegrityError("voxel blob: these bytes are no voxel grid")
    if version != _VERSION:
        raise IntegrityError(f"voxel blob: version {version} is not known, only {_VERSION}")
    if not 1 <= edge <= MAX_EDGE:
        raise IntegrityError(f"voxel blob: an edge of {edge} voxels is not allowed")
    return int(edge)
