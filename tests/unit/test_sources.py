"""Sources: what folders and archives give, and what archives may not do."""

import io
import random
import tarfile
import zipfile

import pytest

from screening.crystal import source as source_module
from screening.crystal import sources
from screening.crystal.source import stem
from screening.crystal.sources import find_files, open_sources


def opened(*paths):
    return {source.name.rpartition("/")[2]: source for source in open_sources(paths)}


def problem(source):
    assert source.problem is not None
    return source.problem[0]


def test_folders_are_searched_and_other_files_counted(tmp_path):
    (tmp_path / "deep").mkdir()
    for name in (
        "b.cif",
        "a.CIF.GZ",
        "deep/c.zip",
        "d.mcif.xz",
        "notes.txt",
        "deep/LOG.TXT",
        "README",
    ):
        (tmp_path / name).touch()
    found, passed_over = find_files([tmp_path])
    assert [path.name for path in found] == ["a.CIF.GZ", "b.cif", "d.mcif.xz", "c.zip"]
    assert passed_over == {".txt": 2, "no ending": 1}


def test_a_file_named_directly_is_taken_whatever_its_name(tmp_path):
    (tmp_path / "structure.txt").write_text("data_x")
    found, _ = find_files([tmp_path / "structure.txt"])
    (source,) = open_sources(found)
    assert source.read() == b"data_x"


def test_a_bomb_is_not_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.cif", b"\0" * 20_000_000)
        archive.writestr("good.cif", b"data_good")
    found = opened(tmp_path / "z.zip")
    assert problem(found["z.zip!bomb.cif"]) == "archive_bomb"
    assert found["z.zip!good.cif"].read() == b"data_good"
    with tarfile.open(tmp_path / "t.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("bomb.cif")
        member.size = 20_000_000
        archive.addfile(member, io.BytesIO(b"\0" * member.size))
    assert problem(opened(tmp_path / "t.tar.gz")["t.tar.gz!bomb.cif"]) == "archive_bomb"


def test_linked_folders_are_entered_once(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.cif").touch()
    (tmp_path / "real" / "round").symlink_to(tmp_path)
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "link").symlink_to(tmp_path / "real")
    found, _ = find_files([tmp_path / "top"])
    assert [path.name for path in found] == ["a.cif"]


def test_archives_in_archives_are_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("inner.tar.gz", b"")
        archive.writestr("good.cif", b"data_good")
    assert problem(opened(tmp_path / "z.zip")["z.zip!inner.tar.gz"]) == "nested_archive"


def test_sources_are_counted_beforehand_where_that_is_cheap(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("a.cif", b"data_a")
        archive.writestr("b.txt", b"")
    (tmp_path / "c.cif").touch()
    assert sources.count_sources([tmp_path / "z.zip", tmp_path / "c.cif"]) == 2
    tar(tmp_path / "t.tar", "w")
    assert sources.count_sources([tmp_path / "t.tar"]) is None


def test_links_in_archives_are_refused(tmp_path):
    with tarfile.open(tmp_path / "t.tar", "w") as archive:
        link = tarfile.TarInfo("passwd.cif")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert problem(opened(tmp_path / "t.tar")["t.tar!passwd.cif"]) == "not_a_file"


def test_damaged_archives_cost_only_themselves(tmp_path):
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 cut off")
    (tmp_path / "bad.tar.gz").write_bytes(b"\x1f\x8b\x08\x00 cut off")
    (tmp_path / "good.cif").write_bytes(b"data_good")
    found = opened(*find_files([tmp_path])[0])
    assert problem(found["bad.zip"]) == problem(found["bad.tar.gz"]) == "bad_archive"
    assert found["good.cif"].problem is None


def tar(path, mode, damage=None):
    with tarfile.open(path, mode) as archive:
        for i in range(4):
            member = tarfile.TarInfo(f"{i}.cif")
            member.size = 4000
            archive.addfile(member, io.BytesIO(random.Random(i).randbytes(4000)))
    if damage is not None:
        data = bytearray(path.read_bytes())
        place = int(damage * len(data))
        data[place : place + 20] = b"\xff" * 20
        path.write_bytes(data)


@pytest.mark.parametrize(("name", "mode"), [("t.tar.gz", "w:gz"), ("t.tar.xz", "w:xz")])
def test_damage_inside_a_packed_tar_is_told(tmp_path, name, mode):
    tar(tmp_path / name, mode)
    assert all(source.problem is None for source in open_sources([tmp_path / name]))
    tar(tmp_path / name, mode, damage=0.5)
    assert "bad_archive" in [s.problem and s.problem[0] for s in open_sources([tmp_path / name])]


def test_a_damaged_header_does_not_hide_members_silently(tmp_path):
    tar(tmp_path / "t.tar", "w", damage=(512 + 4096) / (10240 * 2))
    found = list(open_sources([tmp_path / "t.tar"]))
    assert [source.name.rpartition("!")[2] for source in found[:-1]] == ["0.cif"]
    assert problem(found[-1]) == "bad_archive"


def test_damaged_deflate_and_lzma_members_cost_only_themselves(tmp_path):
    for kind in (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA):
        path = tmp_path / f"{kind}.zip"
        with zipfile.ZipFile(path, "w", kind) as archive:
            archive.writestr("a.cif", b"data_a some text " * 400)
            archive.writestr("b.cif", b"data_b")
        data = bytearray(path.read_bytes())
        data[45:60] = b"\xff" * 15
        path.write_bytes(data)
        found = opened(path)
        assert problem(found[f"{kind}.zip!a.cif"]) == "bad_archive"
        assert found[f"{kind}.zip!b.cif"].data == b"data_b"


def test_member_names_that_are_not_utf8_can_be_stored(tmp_path):
    with tarfile.open(tmp_path / "t.tar", "w", encoding="latin-1") as archive:
        archive.addfile(tarfile.TarInfo("caf\u00e9.cif"), io.BytesIO())
    (source,) = open_sources([tmp_path / "t.tar"])
    assert source.name.rpartition("!")[2] in {"caf\ufffd.cif", "caf\u00e9.cif"}
    assert source.name.encode()


def test_a_file_cut_off_inside_an_archive_keeps_its_neighbours(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("a.cif", b"data_a" * 100)
        archive.writestr("b.cif", b"data_b" * 100)
    data = bytearray((tmp_path / "z.zip").read_bytes())
    place = data.index(b"data_a")
    data[place : place + 6] = b"wrong!"
    (tmp_path / "z.zip").write_bytes(data)
    found = opened(tmp_path / "z.zip")
    assert problem(found["z.zip!a.cif"]) == "bad_archive"
    assert found["z.zip!b.cif"].data == b"data_b" * 100


def test_large_files_are_refused_with_their_size(tmp_path, monkeypatch):
    monkeypatch.setattr(source_module, "MAX_FILE_BYTES", 2**20)
    (tmp_path / "large.cif").write_bytes(b"x" * (2**20 + 1))
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.write(tmp_path / "large.cif", "large.cif")
    found = opened(tmp_path / "large.cif", tmp_path / "z.zip")
    assert {problem(source) for source in found.values()} == {"too_large"}


@pytest.mark.parametrize("name", ["caf\u00e9.cif", "a b.cif", "\udcff.cif"])
def test_any_file_name_can_be_stored(tmp_path, name):
    (tmp_path / name).write_bytes(b"data_x")
    (source,) = open_sources(find_files([tmp_path])[0])
    assert source.read() == b"data_x"
    assert source.name.encode()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Dy2.cif", "Dy2"),
        ("a/b/Dy2.100K.cif.bz2", "Dy2.100K"),
        ("x.v2.xyz", "x.v2"),
        ("LIGAND.MOL2", "LIGAND"),
        ("2012345.mcif.gz", "2012345"),
        ("structure.txt", "structure"),
        ("no ending", "no ending"),
        (".cif", ".cif"),
    ],
)
def test_a_file_is_called_by_its_name_without_the_ending(name, told):
    assert stem(name) == told
