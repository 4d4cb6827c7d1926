"""Molecules of the database: their atoms, and what a version knew of them."""

import factories as make
import numpy as np
from sqlalchemy import Engine

from screening.store.explanations import sample_held_out
from screening.store.molecules import read_molecule


def test_atoms_ligands_and_distances_come_as_stored(engine: Engine) -> None:
    with engine.begin() as connection:
        complex_id = make.add_complex(connection)
        make.add_ligand(connection, complex_id)
        version = make.add_version(connection)
        found = read_molecule(connection, complex_id, version)
    assert found.labels == ("Dy1", "O1")
    assert found.metal_sites == (0,)
    assert np.allclose(found.metal_distances, [0, 2.3])
    assert found.shells.tolist() == [0, 1]
    assert np.allclose(found.atoms.centres, 0)
    assert [(ligand.position, ligand.atoms) for ligand in found.ligands] == [(0, [1])]
    assert found.training_part is None


def test_a_complex_read_anew_is_still_the_example_that_it_was(engine: Engine) -> None:
    with engine.begin() as connection:
        old, new = make.add_complex(connection), make.add_complex(connection)
        version = make.add_version(connection)
        make.add_example(connection, version, old, part="validation")
        make.supersede(connection, old, by=new)
        assert read_molecule(connection, new, version).training_part == "validation"
        other = make.add_version(connection, version=2)
        assert read_molecule(connection, new, other).training_part is None


def test_the_sample_is_of_the_test_part_and_the_same_for_a_seed(engine: Engine) -> None:
    with engine.begin() as connection:
        version = make.add_version(connection)
        for number in range(12):
            complex_id = make.add_complex(connection)
            part = "test" if number % 2 else "train"
            make.add_example(connection, version, complex_id, part=part, group_key=f"{number}")
        found = sample_held_out(connection, version, 4, seed=0)
        assert len(found) == 4
        assert all(int(one.group_key) % 2 for one in found)
        assert sample_held_out(connection, version, 4, seed=0) == found
        everything = sample_held_out(connection, version, 100, seed=1)
        assert len(everything) == 6
        assert {one.complex_id for one in found} < {one.complex_id for one in everything}
