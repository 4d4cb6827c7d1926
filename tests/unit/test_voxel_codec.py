"""Codec: round trip, and bytes that must be refused."""

import struct
import tracemalloc

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.errors import InputError, IntegrityError
from screening.voxel.codec import decode, decode_batch, decode_into, encode


def grid(edge: int = 16, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    full = rng.integers(1, 119, (edge,) * 3, dtype=np.uint8)
    return np.where(rng.random(full.shape) < 0.1, full, np.uint8(0))


def blob(body: bytes, *, magic: bytes = b"SMVX", version: int = 1, edge: int = 8) -> bytes:
    return struct.pack("<4sBxH", magic, version, edge) + body


def frame(raw: bytes, **options) -> bytes:
    return zstandard.ZstdCompressor(**{"write_checksum": True} | options).compress(raw)


@settings(max_examples=30, deadline=None)
@given(edge=st.integers(1, 40), seed=st.integers(0, 1000))
def test_round_trip(edge, seed):
    elements = grid(edge, seed)
    assert np.array_equal(decode(encode(elements)), elements)


def test_a_view_and_its_copy_give_the_same_bytes():
    turned = grid().transpose(2, 0, 1)[::-1]
    assert encode(turned) == encode(turned.copy())


def test_batch_decodes_in_order():
    grids = np.stack([grid(8, seed) for seed in range(5)])
    assert np.array_equal(decode_batch([encode(one) for one in grids], 8), grids)
    assert decode_batch([], 8).shape == (0, 8, 8, 8)


def test_batch_names_the_blob_of_another_edge():
    with pytest.raises(IntegrityError, match="blob 1 of the batch has 8 voxels a side, not 16"):
        decode_batch([encode(grid(16)), encode(grid(8))], 16)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_batch_is_decoded_into_memory_that_is_given(threads):
    grids = np.stack([grid(8, seed) for seed in range(20)])
    out = np.full(grids.shape, 99, dtype=np.uint8)
    decode_into([encode(one) for one in grids], out, threads=threads)
    assert np.array_equal(out, grids)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_first_bad_blob_of_a_batch_is_an_error(threads):
    good = encode(grid(8))
    out = np.empty((3, 8, 8, 8), dtype=np.uint8)
    for bad in (good[:-1], good + b"x", b"", encode(grid(9)), blob(frame(b"\x77" * 512))):
        with pytest.raises(IntegrityError):
            decode_into([good, bad, good], out, threads=threads)
    with pytest.raises(IntegrityError, match="does not hold atomic numbers"):
        decode_into([good, blob(frame(b"\x77" * 512)), good], out)


@pytest.mark.parametrize(
    "out",
    [
        np.empty((1, 8, 8, 8), np.uint8),
        np.empty((2, 8, 8, 9), np.uint8),
        np.empty((2, 8, 8, 8), np.int8),
        np.empty((2, 8, 8, 16), np.uint8)[..., ::2],
        np.frombuffer(bytes(1024), np.uint8).reshape(2, 8, 8, 8),
    ],
)
def test_memory_that_does_not_fit_is_refused(out):
    with pytest.raises(InputError):
        decode_into([encode(grid(8))] * 2, out)


def test_bytes_of_version_1_are_read_for_ever():
    # Written by the first release of the codec; zstd of another release may pack them otherwise.
    stored = bytes.fromhex(
        "534d56580100040028b52ffd24407d000038060606060042000200008915a0054b881b97"
    )
    elements = np.zeros((4, 4, 4), np.uint8)
    elements[1, 2, 3], elements[0, 0] = 66, 6
    assert np.array_equal(decode(stored), elements)


def test_every_cut_is_refused():
    whole = encode(grid(8))
    for length in range(len(whole)):
        with pytest.raises(IntegrityError):
            decode(whole[:length])


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_changed_bit_never_gives_another_grid(data):
    elements = grid(8)
    whole = bytearray(encode(elements))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    # A bit that means nothing (padding, a reserved one) may be let pass; a wrong grid never.
    try:
        decoded = decode(bytes(whole))
    except IntegrityError:
        return
    assert np.array_equal(decoded, elements)


@settings(max_examples=200, deadline=None)
@given(noise=st.binary(max_size=200))
def test_foreign_bytes_are_refused(noise):
    for foreign in (noise, b"SMVX" + noise, blob(noise), blob(b"\x28\xb5\x2f\xfd" + noise)):
        with pytest.raises(IntegrityError):
            decode(foreign)


@pytest.mark.parametrize(
    ("attack", "text"),
    [
        (blob(frame(bytes(512)), magic=b"PK\3\4"), "no voxel grid"),
        (blob(frame(bytes(512)), version=2), "version 2"),
        (blob(frame(bytes(512)), edge=0), "edge of 0"),
        (blob(frame(bytes(257**3)), edge=257), "edge of 257"),
        (blob(frame(bytes(513))), "no checked grid"),
        (blob(frame(bytes(511))), "no checked grid"),
        (blob(frame(bytes(512), write_checksum=False)), "no checked grid"),
        (blob(frame(bytes(512), write_content_size=False)), "no checked grid"),
        (blob(frame(bytes(512)) + b"more"), "cut or altered"),
        (blob(frame(bytes(512)) * 2), "cut or altered"),
        (blob(frame(b"\x77" * 512)), "atomic numbers"),
    ],
)
def test_attacks_are_refused(attack, text):
    with pytest.raises(IntegrityError, match=text):
        decode(attack)


def test_a_bomb_is_refused_before_it_takes_memory():
    bomb = blob(frame(bytes(1 << 28)), edge=256)
    assert len(bomb) < 50_000
    tracemalloc.start()
    with pytest.raises(IntegrityError, match="no checked grid"):
        decode(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((4, 4, 5), np.uint8),
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.int16),
        np.full((4, 4, 4), 119, np.uint8),
        np.zeros((0, 0, 0), np.uint8),
    ],
)
def test_what_is_no_grid_is_not_encoded(wrong):
    with pytest.raises(InputError):
        encode(wrong)
