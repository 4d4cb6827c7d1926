"""What a name on the command line finds."""

import json

import pytest
from click.testing import CliRunner
from factories import (
    add_complex,
    add_file,
    add_flag,
    add_ligand,
    add_near_duplicate,
    add_structure,
)

from cli.main import smmdb
from screening.crystal.source import stem
from screening.errors import NotFoundError
from screening.show import show
from screening.store.structures import complexes_of_file


@pytest.fixture
def filled(engine):
    with engine.begin() as connection:
        add_complex(connection, identifier="ABCDEF01", refcode="ABCDEF01", formula="C2 Dy")
        add_complex(connection, identifier="ABCDEF02", refcode="ABCDEF02", formula="C2 Dy")
        add_complex(connection, identifier="7050234", cod_id=7050234, formula="C3 Dy")
        add_complex(connection, identifier="7050234", cod_id=7050234, formula="C4 Dy")
        deposit = add_structure(
            connection, source_file_id=add_file(connection, name="in/a.zip!B415935g.cif.gz")
        )
        add_complex(connection, identifier="I", structure_id=deposit)
        add_complex(
            connection, identifier="x", ccdc_number=727461, compound_name="Tris(made up)dysprosium"
        )
    return engine


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("ABCDEF01", ["ABCDEF01"]),
        ("abcdef02", ["ABCDEF02"]),
        ("ABCDEF", ["ABCDEF01", "ABCDEF02"]),
        ("ABCDEF07", ["ABCDEF01", "ABCDEF02"]),
        ("7050234", ["7050234", "7050234"]),
        ("COD 7050234", ["7050234", "7050234"]),
        ("7050234 (C4 Dy)", ["7050234"]),
        ("CCDC 727461", ["x"]),
        ("tris(made up)dysprosium", ["x"]),
        ("b415935g", ["I"]),
    ],
)
def test_names_that_find(filled, given, found):
    assert [item["identifier"] for item in show(filled, given)] == found


@pytest.mark.parametrize("given", ["", "%", "ABCDEX", "COD 727461", "nothing"])
def test_names_that_find_nothing(filled, given):
    with pytest.raises(NotFoundError):
        show(filled, given)


def test_a_molecule_of_the_same_crystal_is_no_other_determination(filled):
    first, second = show(filled, "7050234")
    assert first["other_determinations"] is None
    assert second["other_determinations"] is None


def test_a_name_of_many_is_listed_and_all_shows_each(engine, database_url, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    with engine.begin() as connection:
        for i in range(6):
            add_complex(connection, identifier="many", cod_id=7000000, formula=f"C{i} Dy")
    listed = CliRunner().invoke(smmdb, ["show", "7000000"])
    assert listed.exit_code == 0
    assert "C5 Dy" in listed.stdout
    assert "Metal sites" not in listed.stdout
    assert "6 complexes are called 7000000: --all shows each" in listed.stderr
    shown = CliRunner().invoke(smmdb, ["show", "7000000", "--all"])
    assert shown.stdout.count("Metal sites") == 6
    told = CliRunner().invoke(smmdb, ["show", "7000000", "--format", "json"])
    assert len(json.loads(told.stdout)) == 6


def test_chemistry_is_shown_with_its_reasons(engine, database_url, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    site = {
        "polyhedron": "SAPR-8",
        "shape_measure": 0.42,
        "oxidation_state": 3,
        "oxidation_state_reason": "the name says dysprosium(III)",
    }
    with engine.begin() as connection:
        one = add_complex(
            connection,
            refcode="ABCDEF",
            cell=None,
            charge=1,
            charge_reason="counter-ions",
            missing_hydrogens=4,
            stated={"spin": "5"},
            site=site,
        )
        other = add_complex(connection, refcode="GHIJKL")
        add_ligand(connection, one)
        add_ligand(connection, one, position=1)
        add_flag(connection, one)
        add_near_duplicate(connection, one, other)
    shown = CliRunner().invoke(smmdb, ["show", "ABCDEF"]).stdout
    for words in (
        "SAPR-8",
        "0.42",
        "the name says dysprosium(III)",
        "salen-type",
        "Gd1: isotropic",
        "GHIJKL",
        "no crystal",
        "+1 (counter-ions)",
        "Hydrogens missing   4",
        "Stated: spin        5",
    ):
        assert words in shown
    (told,) = json.loads(CliRunner().invoke(smmdb, ["show", "ABCDEF", "--format", "json"]).stdout)
    assert [ligand["smiles"] for ligand in told["ligands"]] == ["O=Cc1ccccc1"] * 2
    assert told["plausibility"][0]["source"]
    assert told["metal_sites"][0]["shape_measure"] == 0.42


@pytest.mark.parametrize(
    ("file", "given"),
    [
        ("in/Dy2.100K.cif.bz2", "dy2.100k"),
        ("b.tar.gz!c/LIGAND.MOL2", "ligand"),
        ("d/structure.txt", "structure"),
    ],
)
def test_a_file_is_found_by_its_name_without_the_ending(engine, file, given):
    with engine.begin() as connection:
        deposit = add_structure(connection, source_file_id=add_file(connection, name=file))
        added = add_complex(connection, identifier="I", structure_id=deposit)
        assert complexes_of_file(connection, given) == [added]
        assert complexes_of_file(connection, file.rpartition("/")[2]) == [added]
    assert stem(file.rpartition("!")[2]).lower() == given
