"""Shells: metals, what binds them, what binds that, and the rest."""

import numpy as np

from screening.chemistry.shells import SHELLS, shells


def named(numbers, bonds) -> list[str]:
    found = shells(np.array(numbers, dtype=np.uint8), np.array(bonds))
    return [SHELLS[shell] for shell in found]


def test_shells_count_bonds_from_the_metal():
    # Fe-N-C-C-C, and an O bonded to Fe and to the first C
    bonds = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (2, 5)]
    assert named([26, 7, 6, 6, 6, 8], bonds) == [
        "metals",
        "donors",
        "second shell",
        "rest",
        "rest",
        "donors",
    ]


def test_a_metal_is_no_donor_of_another():
    # Co-O-Co with a cobalt-cobalt bond, and sodium on the oxygen and on a cobalt
    bonds = [(0, 1), (1, 2), (0, 2), (1, 3), (2, 3)]
    assert named([27, 8, 27, 11], bonds) == ["metals", "donors", "metals", "second shell"]


def test_atoms_without_bonds_are_the_rest():
    assert named([66, 8, 1], np.zeros((0, 2))) == ["metals", "rest", "rest"]
