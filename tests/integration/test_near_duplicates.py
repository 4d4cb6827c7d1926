"""Complexes that may be one determination under two names are linked, and neither is dropped."""

import itertools
import threading

import pytest
from factories import add_complex, add_compound, add_structure
from reading_here import ingest_here
from small_crystals import EDGE, small_cif
from sqlalchemy import text

from screening.ingest import ingest
from screening.store.duplicates import link_near_duplicates


def crystal(name, *, metal="Dy", chain=1, scale=1.0, refcode=None, kelvin=None):
    """A small crystal; *scale* stretches one edge of its cell."""
    cif = small_cif(name, metal, chain=chain)
    lines = [f"_cell_length_a {EDGE * scale:.4f}"]
    if refcode is not None:
        lines.append(f"_database_code_CSD {refcode}")
    if kelvin is not None:
        lines.append(f"_diffrn_ambient_temperature {kelvin}")
    return cif.replace(f"_cell_length_a {EDGE}", "\n".join(lines))


def links(engine):
    query = text("""
        select a.identifier, b.identifier, d.reason
        from near_duplicate d join complex a on a.id = d.complex_id
        join complex b on b.id = d.other_id""")
    with engine.connect() as connection:
        return {frozenset(row[:2]): row[2] for row in connection.execute(query)}


def store(engine, folder, *crystals):
    for i, cif in enumerate(crystals):
        folder.mkdir(exist_ok=True, parents=True)
        (folder / f"{i}.cif").write_text(cif)
    return ingest_here(engine, folder)


def test_one_crystal_under_two_names_is_kept_twice_and_linked(engine, tmp_path):
    summary = store(engine, tmp_path, crystal("first"), crystal("second", scale=1.0005))
    assert summary.added.complexes == 2
    assert links(engine) == {
        frozenset({"first", "second"}): "same compound, reduced cells within 0.05 %: "
        "perhaps one crystal twice"
    }


def test_one_phase_at_two_temperatures_says_so(engine, tmp_path):
    store(engine, tmp_path, crystal("warm", scale=1.01, kelvin=293), crystal("cold", kelvin=100))
    assert links(engine) == {
        frozenset({"warm", "cold"}): "same compound, reduced cells within 1.00 %: "
        "one phase at 100 and 293 K"
    }


@pytest.mark.parametrize("other", [{"scale": 1.03}, {"chain": 2}, {"metal": "Gd"}])
def test_another_cell_or_compound_is_no_duplicate(engine, tmp_path, other):
    store(engine, tmp_path, crystal("first"), crystal("second", **other))
    assert links(engine) == {}


def test_volumes_on_both_sides_of_an_edge_of_their_bins_are_compared(engine, tmp_path):
    crystals = [crystal(f"c{i}", scale=1 + 0.006 * i) for i in range(9)]
    store(engine, tmp_path, *crystals)
    near = {
        frozenset({f"c{i}", f"c{j}"})
        for i, j in itertools.combinations(range(9), 2)
        if (1 + 0.006 * j) / (1 + 0.006 * i) - 1 <= 0.015
    }
    assert links(engine).keys() == near


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_in_which_crystals_come_does_not_matter(engine, tmp_path, order):
    crystals = [
        crystal("a", refcode="ABCDEF"),
        crystal("b", refcode="ABCDEF01", chain=2),
        crystal("c", refcode="ABCDEF02", scale=1.002),
    ]
    for step, i in enumerate(order):
        store(engine, tmp_path / str(step), crystals[i])
    assert links(engine) == {
        frozenset({"ABCDEF", "ABCDEF02"}): "same compound, reduced cells within 0.20 %: "
        "perhaps one crystal twice",
        frozenset({"ABCDEF", "ABCDEF01"}): "refcode family ABCDEF, but another connectivity "
        "was read",
        frozenset({"ABCDEF01", "ABCDEF02"}): "refcode family ABCDEF, but another connectivity "
        "was read",
    }


def test_linking_again_adds_nothing(engine, tmp_path):
    store(engine, tmp_path, crystal("first"), crystal("second"))
    with engine.begin() as connection:
        ids = connection.scalars(text("select id from complex")).all()
        assert link_near_duplicates(connection, ids) == 0
    assert len(links(engine)) == 1


def test_two_ingests_at_once_link_what_each_of_them_brings(engine, tmp_path):
    for side in ("left", "right"):
        (tmp_path / side).mkdir()
        for i in range(4):
            cif = crystal(f"{side}{i}", chain=i + 1)
            (tmp_path / side / f"{i}.cif").write_text(cif)
    threads = [
        threading.Thread(target=ingest, args=(engine, [tmp_path / side]), kwargs={"workers": 1})
        for side in ("left", "right")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert links(engine).keys() == {frozenset({f"left{i}", f"right{i}"}) for i in range(4)}


def test_two_molecules_of_one_crystal_are_no_duplicates(engine):
    with engine.begin() as connection:
        structure, compound = add_structure(connection), add_compound(connection)
        common = {"compound_id": compound, "determination_key": "key/138", "refcode": "ABCDEF"}
        inside = [add_complex(connection, structure_id=structure, **common) for _ in range(2)]
        outside = add_complex(connection, **common)
        assert link_near_duplicates(connection, [*inside, outside]) == 2
        pairs = connection.execute(text("select complex_id, other_id from near_duplicate"))
        assert {frozenset(row) for row in pairs} == {frozenset({i, outside}) for i in inside}


def ions(*formulas):
    return [{"formula": formula, "count": 4, "kind": "counter-ion"} for formula in formulas]


@pytest.mark.parametrize(
    ("one", "other", "linked"),
    [
        (ions("Cl O4"), ions("B F4"), False),  # isostructural salts
        (ions("Cl O4", "Na"), ions("Cl O4", "K"), False),
        (ions("Hg Cl4"), ions("Cl4 Cd"), False),
        (ions("Cl O4"), [], True),  # not resolved
        (ions("C7 H7 O3 S"), ions("C7 O3 S"), True),  # hydrogens missing
        (ions("C B F24 H"), ions("C B F24"), True),
        (ions("Cl O4"), [{"formula": "C H4 O", "count": 4, "kind": "solvent"}], True),
    ],
)
def test_salts_of_other_counter_ions_are_other_crystals(engine, one, other, linked):
    with engine.begin() as connection:
        common = {"compound_id": add_compound(connection), "determination_key": "key/138"}
        ids = [add_complex(connection, components=ions_, **common) for ions_ in (one, other)]
        assert link_near_duplicates(connection, ids) == linked


def test_crystals_with_other_complexes_beside_are_other_crystals(engine):
    with engine.begin() as connection:
        common = {"compound_id": add_compound(connection), "determination_key": "key/138"}
        ids = []
        for metal in ("Au", "Ag"):
            structure = add_structure(connection)
            ids.append(add_complex(connection, structure_id=structure, **common))
            add_complex(connection, (metal,), structure_id=structure)
        assert link_near_duplicates(connection, ids) == 0


def test_two_compounds_of_one_crystal_have_their_match_in_the_next(engine):
    with engine.begin() as connection:
        compounds = [add_compound(connection) for _ in range(2)]
        ids = []
        for refcode in ("ABCDEF", "ABCDEF01"):
            structure = add_structure(connection)
            ids += [
                add_complex(connection, structure_id=structure, compound_id=i, refcode=refcode)
                for i in compounds
            ]
        assert link_near_duplicates(connection, ids) == 0


def test_a_molecule_without_a_crystal_is_linked_by_its_refcode(engine):
    with engine.begin() as connection:
        crystal_id = add_complex(connection, refcode="ABCDEF")
        molecule = add_complex(connection, refcode="ABCDEF", cell=None)
        assert link_near_duplicates(connection, [molecule]) == 1
        reason = connection.scalar(text("select reason from near_duplicate"))
    assert (crystal_id < molecule, reason) == (True, "same refcode ABCDEF")


def test_a_compound_measured_very_often_is_compared_with_the_first_only(engine, monkeypatch):
    monkeypatch.setattr("screening.store.duplicates._MOST", 3)
    with engine.begin() as connection:
        compound = add_compound(connection)
        ids = [
            add_complex(connection, compound_id=compound, determination_key="key/138")
            for _ in range(20)
        ]
        assert link_near_duplicates(connection, ids) <= 3 * len(ids)
