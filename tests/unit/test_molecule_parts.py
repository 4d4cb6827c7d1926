"""Files of many molecules come in parts, whatever they are packed in, and under limits."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.crystal import parts
from screening.crystal.parts import open_parts
from screening.crystal.source import Source, holds_many, is_wanted, molecule_format
from screening.crystal.sources import count_sources, find_files, open_sources


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(parts, "PART_MOLECULES", 3)


def frames(first, last):
    return b"".join(b"2\nm%d\nCo 0 0 0\nO 0 0 2\n" % i for i in range(first, last + 1))


def opened(data, name="m.xyz", packed=None):
    return list(open_parts(io.BytesIO(data), name, packed))


PARTS = [
    ("m.xyz!000001-000003", frames(1, 3)),
    ("m.xyz!000004-000006", frames(4, 6)),
    ("m.xyz!000007-000007", frames(7, 7)),
]


def test_a_file_is_cut_by_the_number_of_its_molecules():
    found = opened(frames(1, 7))
    assert [(s.name, s.data) for s in found] == PARTS
    assert [(s.file_name, s.first) for s in found] == [("m.xyz", 1), ("m.xyz", 4), ("m.xyz", 7)]


def test_a_file_of_one_part_keeps_its_name():
    for last in (1, 3):
        (source,) = opened(frames(1, last))
        assert (source.name, source.data, source.first) == ("m.xyz", frames(1, last), 1)
    (empty,) = opened(b"")
    assert (empty.name, empty.data) == ("m.xyz", b"")


@pytest.mark.parametrize(
    ("ending", "pack"), [("gz", gzip.compress), ("xz", lzma.compress), ("bz2", bz2.compress)]
)
def test_packed_files_give_the_same_bytes(ending, pack):
    found = opened(pack(frames(1, 7)), f"m.xyz.{ending}")
    assert [s.data for s in found] == [data for _, data in PARTS]
    assert found[0].name == f"m.xyz.{ending}!000001-000003"


@settings(max_examples=50, deadline=None)
@given(chunk=st.integers(1, 60), last=st.integers(1, 9), cr=st.booleans())
def test_the_cuts_do_not_depend_on_how_the_file_is_read(chunk, last, cr):
    data = frames(1, last).replace(b"\n", b"\r\n" if cr else b"\n")
    whole = [(s.name, s.data) for s in opened(data)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "_CHUNK", chunk)
        assert [(s.name, s.data) for s in opened(data)] == whole
    assert b"".join(data for _, data in whole) == data


def test_a_comment_that_is_a_number_begins_no_molecule():
    data = b"".join(b"1\n7\nCo 0 0 0\n" for _ in range(4))
    assert [s.name[-13:] for s in opened(data)] == ["000001-000003", "000004-000004"]


@pytest.mark.parametrize(
    ("name", "molecule"),
    [
        ("m.sdf", b"a\n\n\n  0  0\nM  END\n$$$$\n"),
        ("m.mol2", b"@<TRIPOS>MOLECULE\na\n@<TRIPOS>ATOM\n"),
    ],
)
def test_other_formats_are_cut_where_their_molecules_begin(name, molecule):
    found = opened(molecule * 7, name)
    assert [s.data for s in found] == [molecule * 3, molecule * 3, molecule]
    assert [s.data for s in opened(molecule * 3, name)] == [molecule * 3]


def test_large_molecules_make_smaller_parts(monkeypatch):
    monkeypatch.setattr(parts, "PART_BYTES", 30)
    assert [s.name[-13:] for s in opened(frames(1, 3))] == ["000001-000002", "000003-000003"]


@pytest.mark.parametrize(
    ("ending", "pack"), [("gz", gzip.compress), ("xz", lzma.compress), ("bz2", bz2.compress)]
)
def test_what_stands_before_damage_is_read_and_the_damage_told(ending, pack):
    data = pack(frames(1, 20_000))
    found = opened(data[: len(data) // 2], f"m.xyz.{ending}")
    assert found[-1].problem is not None
    assert found[-1].problem[0] == "bad_archive"
    whole = frames(1, 20_000)
    read = b"".join(s.data for s in found[:-1])
    assert whole.startswith(read)
    (no_stream,) = opened(b"never packed", f"m.xyz.{ending}")
    assert no_stream.problem is not None


def test_a_bomb_stops(monkeypatch):
    packed = lzma.compress(b"1\n\nH 0 0 0\n" * 1_000_000)
    monkeypatch.setattr(parts, "PART_MOLECULES", 10_000)
    found = opened(packed, "m.xyz.xz", len(packed))
    assert found[-1].problem is not None
    assert found[-1].problem[0] == "archive_bomb"
    zeros = lzma.compress(b"\0" * 30_000_000)
    (bomb,) = opened(zeros, "m.xyz.xz", len(zeros))
    assert bomb.problem is not None


def test_a_molecule_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(parts, "MAX_MOLECULE_BYTES", 10_000)
    monkeypatch.setattr(parts, "_CHUNK", 1000)
    found = opened(frames(1, 3) + b"C 0 0 0\n" * 10_000)
    assert found[-1].problem is not None
    assert found[-1].problem[0] == "too_large"
    assert "molecule 3" in found[-1].problem[1]


def test_archives_give_parts_too(tmp_path):
    packed = lzma.compress(frames(1, 7))
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("deep/m.xyz.xz", packed)
        archive.writestr("one.mol", b"a\n")
    with tarfile.open(tmp_path / "t.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("m.xyz.xz")
        member.size = len(packed)
        archive.addfile(member, io.BytesIO(packed))
    found = list(open_sources([tmp_path / "t.tar.gz", tmp_path / "z.zip"]))
    names = [s.name.rpartition("/")[2] for s in found]
    assert names[:3] == [
        f"t.tar.gz!m.xyz.xz!{n}" for n in ("000001-000003", "000004-000006", "000007-000007")
    ]
    assert [s.data for s in found[3:6]] == [data for _, data in PARTS]
    assert (found[3].file_name, found[4].first) == ("m.xyz.xz", 4)
    assert found[6].file_name == "one.mol"


def test_parts_are_counted_beforehand(tmp_path):
    (tmp_path / "m.xyz.xz").write_bytes(lzma.compress(frames(1, 7)))
    (tmp_path / "n.xyz").write_bytes(frames(1, 3))
    (tmp_path / "c.cif").touch()
    (tmp_path / "broken.xyz.gz").write_bytes(b"no gzip")
    files, passed_over = find_files([tmp_path])
    assert (len(files), passed_over.total()) == (4, 0)
    assert count_sources(files) == len(list(open_sources(files))) == 6
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("m.xyz", frames(1, 7))
    assert count_sources([tmp_path / "z.zip"]) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.xyz", ("xyz", None)),
        ("a.b.XYZ.GZ", ("xyz", "gz")),
        ("a.extxyz.bz2", ("xyz", "bz2")),
        ("a.mol2", ("mol2", None)),
        ("a.mol", ("sdf", None)),
        ("a.sdf.xz", ("sdf", "xz")),
        ("xyz", (None, None)),
        ("a.xyz.txt", (None, None)),
        ("a.cif", (None, None)),
        ("a.molden", (None, None)),
    ],
)
def test_the_ending_tells_the_format(tmp_path, name, expected):
    assert molecule_format(name) == expected
    assert is_wanted(name) == (expected[0] is not None or name == "a.cif")
    assert holds_many(tmp_path / name) == (expected[0] is not None)


def test_a_stored_part_knows_what_it_is():
    source = Source("a.zip!x/tmqm.xyz.xz!000251-000500", data=b"")
    assert (source.file_name, source.first) == ("tmqm.xyz.xz", 251)
    assert Source("a.cif").first == 1
