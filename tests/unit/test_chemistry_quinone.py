"""The three states of quinones, told by their C-O lengths."""

import numpy as np
import pytest

from screening.chemistry.graph import read_graph
from screening.chemistry.ligands.find import find_ligands
from screening.crystal.complex import Complex

RING = np.array([[np.cos(a), np.sin(a), 0.0] for a in np.radians(60 * np.arange(6))])


def classes(lengths, *, zinc_on, ring=1.40):
    """Classes of a benzene ring of *ring* angstrom with O at these places and distances."""
    numbers, points, bonds = [6] * 6, [*(ring * RING)], [(i, (i + 1) % 6) for i in range(6)]
    for place, length in lengths.items():
        bonds.append((place, len(numbers)))
        numbers.append(8)
        points.append((ring + length) * RING[place])
    for place in set(range(6)) - set(lengths):
        bonds.append((place, len(numbers)))
        numbers.append(1)
        points.append((ring + 1.08) * RING[place])
    oxygens = {place: 6 + k for k, place in enumerate(lengths)}
    bonds += [(oxygens[place], len(numbers)) for place in zinc_on]
    middle = sum(RING[place] for place in zinc_on)
    numbers.append(30)
    points.append(4.2 * middle / np.linalg.norm(middle))
    complex_ = Complex(
        np.array(numbers, dtype=np.uint8),
        np.array(points),
        tuple(f"A{i}" for i in range(len(numbers))),
        np.sort(np.array(bonds, dtype=np.int32), axis=1),
    )
    (ligand,) = find_ligands(complex_, read_graph(complex_))
    return " ".join(ligand.classes)


@pytest.mark.parametrize(
    ("lengths", "names"),
    [
        ((1.23, 1.23), "dioxolene quinone"),
        ((1.29, 1.29), "dioxolene semiquinonate"),
        ((1.35, 1.35), "catecholate dioxolene phenoxide"),
        ((1.32, 1.32), "dioxolene phenoxide"),  # between two states
        ((1.23, 1.35), "dioxolene phenoxide"),
    ],
)
def test_two_ortho_oxygens_on_one_metal(lengths, names):
    assert classes(dict(enumerate(lengths)), zinc_on=(0, 1)) == names


def test_a_para_quinone_is_no_phenoxide():
    assert classes({0: 1.22, 3: 1.22}, zinc_on=(0,)) == "quinone"
    assert classes({0: 1.34, 3: 1.34}, zinc_on=(0,)) == "phenoxide"


def test_two_meta_oxygens_are_no_quinone():
    assert "quinone" not in classes({0: 1.22, 2: 1.22}, zinc_on=(0,))


def test_an_anilate_is_a_dioxolene_whose_state_is_not_named():
    lengths = dict.fromkeys((0, 1, 3, 4), 1.25)
    assert classes(lengths, zinc_on=(0, 1)) == "dioxolene"
