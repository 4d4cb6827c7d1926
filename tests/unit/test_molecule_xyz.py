"""xyz text: frames, comments, atoms; what is malformed costs itself alone."""

import lzma

import numpy as np
import pytest
from crystal_factory import Atom, accept, cif, methoxide, moved
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.chemistry.describe import describe
from screening.crystal.complex import Accepted, Rejected
from screening.molecule.read import read_molecules


def frame(atoms, comment="", count=None):
    lines = [f"{a.element} " + " ".join(f"{x:.6f}" for x in a.xyz) for a in atoms]
    return "\n".join([str(len(atoms) if count is None else count), comment, *lines]) + "\n"


def read(text, first=1, name="made.xyz"):
    data = text if isinstance(text, bytes) else text.encode()
    return read_molecules(data, name, "xyz", first)


def only(text, **options) -> Accepted:
    (verdict,) = read(text, **options)
    assert isinstance(verdict.outcome, Accepted), verdict.outcome
    return verdict.outcome


def refused(text, **options) -> Rejected:
    (verdict,) = read(text, **options)
    assert isinstance(verdict.outcome, Rejected), verdict.outcome
    return verdict.outcome


DY = methoxide("Dy", 2.3)


def test_a_molecule_is_the_same_complex_as_in_its_crystal():
    free, crystal = only(frame(DY)).complexes[0], accept(cif(DY)).complexes[0]
    assert free.labels == crystal.labels
    assert np.array_equal(free.bonds, crystal.bonds)
    assert np.allclose(free.positions, crystal.positions, atol=1e-4)
    one, other = describe(free), describe(crystal)
    assert (one.formula, one.compound_key) == (other.formula, other.compound_key)
    assert one.metal_sites[0].donor_set == "O6"


def test_nothing_is_bonded_across_walls_that_are_not_there():
    far = [*DY, *moved(methoxide("Gd", 2.3), (1000, 0, 0))]
    assert [len(c.labels) for c in only(frame(far)).complexes] == [13, 13]


@pytest.mark.parametrize(
    ("comment", "name", "refcode", "charge", "stated"),
    [
        (
            "IGIZUT q=0 S=0 C6O6Dy MND=4",
            "IGIZUT",
            "IGIZUT",
            0,
            {"q": "0", "S": "0", "MND": "4"},
        ),
        ("AACANI11 q=-2 mult=3", "AACANI11", "AACANI11", -2, {"q": "-2", "mult": "3"}),
        (
            "CSD_code = WIXKOE | q = 1 | MND = 4 | 2020-2024 CSD",
            "WIXKOE",
            "WIXKOE",
            1,
            {"CSD_code": "WIXKOE", "q": "1", "MND": "4", "title": "2020-2024 CSD"},
        ),
        ("IGIZUT", "IGIZUT", "IGIZUT", None, {}),
        (
            "09/05/2018 16:14, XYZ structure",
            "made",
            None,
            None,
            {"title": "09/05/2018 16:14, XYZ structure"},
        ),
        ("Coordinates from ORCA-job dy1 E -123.4", "dy1", None, None, {"title": "E -123.4"}),
        (" energy: -46.8 gnorm: 0.1", "made", None, None, {"energy": "-46.8", "gnorm": "0.1"}),
        ("charge: 1 mult: 3", "made", None, 1, {"charge": "1", "mult": "3"}),
        ("     -46.85512345", "made", None, None, {"title": "-46.85512345"}),
        ("/home/x/my.dy.xyz", "my.dy", None, None, {}),
        ("complex1: optimised", "complex1", None, None, {"title": "optimised"}),
        ("POSCAR written by a program", "POSCAR", None, None, {"title": "written by a program"}),
        ('"my complex 3" charge=+1', "my complex 3", None, 1, {"charge": "+1"}),
        ("café-Δ  энергия=1", "café-Δ", None, None, {"энергия": "1"}),
        ("energy=-5.2 charge=0.5", "made", None, None, {"energy": "-5.2", "charge": "0.5"}),
        ("Energy = -5.2", "made", None, None, {"Energy": "-5.2"}),
        ("", "made", None, None, {}),
        ("5", "5", None, None, {}),
    ],
)
def test_comment_lines(comment, name, refcode, charge, stated):
    determination = only(frame(DY, comment)).determination
    assert determination.identifier == name
    assert determination.refcode == refcode
    assert determination.charge == charge
    assert dict(determination.stated) == stated
    assert determination.cell is None


def test_the_word_that_is_the_formula_of_the_atoms_is_the_formula():
    assert only(frame(DY, "x C6O6Dy")).determination.formula_sum == "C6O6Dy"
    other = only(frame(DY, "x C7O6Dy")).determination
    assert (other.formula_sum, dict(other.stated)) == (None, {"title": "C7O6Dy"})
    assert "sum formula" in only(frame(DY, "x formula=C9O6Dy")).notes[0]


def test_molecules_without_a_name_are_counted_through_the_file():
    verdicts = read(frame(DY) + frame(DY), first=251)
    assert [v.name for v in verdicts] == ["made_251", "made_252"]
    assert [v.position for v in verdicts] == [0, 1]
    assert [v.line for v in verdicts] == [1, 16]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (frame(DY, "bad", count=12), "atom_count"),
        (frame(DY, "bad", count=14), "atom_count"),
        (frame(DY, "bad").rsplit("\n", 3)[0] + "\n", "atom_count"),
        (frame(DY, "bad").replace("Dy", "Dx"), "unknown_element"),
        (frame(DY, "bad").replace("5.000000", "?", 1), "bad_coordinates"),
        (frame(DY, "bad").replace("5.000000", "nan", 1), "bad_coordinates"),
        (frame(DY, "bad").replace("5.000000", "1e9", 1), "bad_coordinates"),
        (frame(DY, "bad").replace("5.000000", "1_0", 1), "bad_coordinates"),
        (frame(DY, "bad").replace("5.000000", "", 1), "bad_coordinates"),
        (frame(DY, "bad").replace("5.000000", "5.0\0", 1), "nul_bytes"),
        (frame(DY, 'bad Lattice="9 0 0 0 9 0 0 0 9"'), "periodic"),
        (frame(DY[1:], "bad"), "no_metal"),
        (frame([*moved(methoxide("Na"), (9, 9, 9))], "bad"), "ionic_metal_only"),
        (frame(DY[:1], "bad"), "lone_metal"),
        (frame([*DY, *moved(DY[2:3], (0, 0.3, 0))], "bad"), "overlapping_atoms"),
        (frame([*DY, *DY[2:3] * 300], "bad"), "overlapping_atoms"),
        ("0\nbad\n", "empty"),
        ("999999999\nbad\nC 0 0 0\n", "too_many_atoms"),
        (frame(DY, "bad " + "x" * 200_000), "syntax"),
    ],
)
def test_a_bad_frame_costs_only_itself(bad, code):
    verdicts = read(frame(DY, "before") + bad + frame(DY, "after"))
    outcomes = {v.name: v.outcome for v in verdicts}
    assert isinstance(outcomes["before"], Accepted)
    assert isinstance(outcomes["after"], Accepted)
    (rejected,) = (o for o in outcomes.values() if isinstance(o, Rejected))
    assert rejected.code == code


def test_a_phosphorane_near_a_metal_is_no_disorder():
    """In a crystal it would be a phosphine in two orientations."""
    phosphorus = np.array((2.3, 0.0, 0.0))
    turns = ((0.0, 1.0, 0.0), (0.0, -1.0, 0.0), (0.5, 0.0, 0.87), (0.5, 0.0, -0.87))
    carbons = [Atom("C", tuple(phosphorus + 1.9 * np.array(turn))) for turn in turns]
    metal = [Atom("Pd", (0, 0, 0)), Atom("Cl", (-2.3, 0, 0)), Atom("P", tuple(phosphorus))]
    assert len(only(frame([*metal, *carbons], "ABCDEF")).complexes) == 1


def test_text_before_the_first_frame_is_told():
    verdicts = read("a title\n" + frame(DY, "good"))
    assert [getattr(v.outcome, "code", None) for v in verdicts] == ["syntax", None]
    assert refused("no frame at all").code == "syntax"
    assert refused("").code == "empty"
    assert refused(b"\xff\xfe\x00").code == "encoding"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        ("\n", "\r"),
        ("5.000000", "0.5D+01"),
        ("5.000000", "+5."),
        ("Dy ", "66 "),
        ("Dy ", "DY "),
        ("Dy ", "Dy1 "),
        ("Dy ", "Dy3+ "),
        (".000000\n", ".000000 0.1 0.2 0.3\n"),
        ("13\nx", "  13  \nx"),
    ],
)
def test_other_ways_to_write_the_same(old, new):
    plain = frame(DY, "x")
    assert old in plain
    found = only(plain.replace(old, new)).complexes[0]
    assert np.allclose(found.positions, only(plain).complexes[0].positions)
    assert found.atomic_numbers.tolist() == [66, *[8, 6] * 6]


@pytest.mark.parametrize("dummy", ["X", "Xx", "Du", "Bq", "*", "0"])
def test_dummies_are_left_out(dummy):
    text = frame(DY).replace("13\n", "14\n") + f"{dummy} 0 0 0\n"
    accepted = only(text)
    assert len(accepted.complexes[0].labels) == 13
    assert accepted.notes == ("1 dummy atom left out",)


def test_extended_xyz_says_where_its_columns_are():
    rows = [f"{i} {a.element} " + " ".join(map(str, a.xyz)) for i, a in enumerate(DY)]
    comment = 'Properties=id:I:1:species:S:1:pos:R:3 pbc="F F F" Lattice="9 0 0 0 9 0 0 0 9"'
    found = only("\n".join(["13", comment, *rows]))
    assert found.complexes[0].positions[1] == pytest.approx([7.3, 5, 5])
    broken = comment.replace("pos", "velocity")
    assert refused("\n".join(["13", broken, *rows])).code == "syntax"


def test_what_stands_beside_the_complex_is_listed_and_the_charge_is_then_of_both():
    water = [DY[1].__class__("O", (20, 20, 20))]
    found = only(frame([*DY, *water], "x q=3"))
    assert [(c.formula, c.count) for c in found.components] == [("O", 1)]
    assert found.determination.charge is None
    assert dict(found.determination.stated)["q"] == "3"
    assert "of all that the file holds" in found.notes[0]


def test_a_bond_that_is_only_too_short_is_noted():
    short = [*DY[:2], DY[2].__class__("C", (5 + 2.3 + 0.96, 5, 5)), *DY[3:]]
    assert only(frame(short)).notes == ("O2 and C3 are only 0.96 angstrom apart",)


@pytest.mark.parametrize(("factor", "is_noted"), [(1 / 0.529177, True), (3.0, False)])
def test_coordinates_in_bohr_are_called_so(factor, is_noted):
    atoms = [f"{a.element} {' '.join(str(x * factor) for x in a.xyz)}" for a in methoxide("Fe")]
    (verdict,) = read_molecules("\n".join(["13", "", *atoms]).encode(), "a.xyz", "xyz")
    assert isinstance(verdict.outcome, Rejected)
    assert verdict.outcome.code == "lone_metal"
    assert verdict.outcome.reason.endswith("give coordinates in angstrom") is is_noted


def test_a_synthetic_molecule_says_so():
    assert only(frame(DY, "x smmdb_synthetic=yes")).determination.is_synthetic


names = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=20)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            names,
            st.integers(-9, 9),
            st.tuples(*[st.floats(-500, 500)] * 3),
            st.permutations(range(13)),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_is_read_back(molecules):
    written = [
        (name, charge, [moved(DY, shift)[i] for i in order])
        for name, charge, shift, order in molecules
    ]
    verdicts = read("".join(frame(atoms, f"{name} q={q}") for name, q, atoms in written))
    assert len(verdicts) == len(written)
    for verdict, (name, charge, atoms) in zip(verdicts, written, strict=True):
        assert verdict.name == name
        assert isinstance(verdict.outcome, Accepted)
        assert verdict.outcome.determination.charge == charge
        (complex_,) = verdict.outcome.complexes
        assert np.allclose(complex_.positions, [a.xyz for a in atoms], atol=1e-5)
        assert len(complex_.bonds) == 12


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_no_bytes_bring_the_reader_down(noise, place):
    data = (frame(DY, "one q=1") * 2).encode()
    for verdict in read(data[:place] + noise + data[place + len(noise) // 2 :]):
        outcome = verdict.outcome
        assert isinstance(outcome, Accepted) or outcome.code != "internal_error", outcome


def test_every_molecule_of_a_real_set_is_read(shared_data):
    path = shared_data / "labels" / "ground_spin.xyz.xz"
    with lzma.open(path, "rt") as stream:
        frames = stream.read(300_000)
    verdicts = read(frames[: frames.rindex("\n36\n") + 1])
    assert len(verdicts) > 80
    assert all(isinstance(v.outcome, Accepted) for v in verdicts)
    assert all(v.outcome.determination.refcode == v.name for v in verdicts)
