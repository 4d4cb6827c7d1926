"""A corpus of hard files, each with its verdict; the limits that a glut meets."""

import re
import time
from pathlib import Path

import numpy as np
import pytest
from crystal_factory import Atom, accept, cif, methoxide, moved, orthogonal, reject
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.chemistry.describe import describe
from screening.crystal.complex import Accepted, Rejected
from screening.crystal.read import read_file
from screening.crystal.source import MAX_FILE_BYTES
from screening.crystal.sources import find_files, open_sources
from screening.crystal.verdict import CODES

GOOD = cif(methoxide("Fe"), name="good")
LOOP = "loop_\n_space_group_symop_operation_xyz\n'x,y,z'\n"
ROW = "Fe1 Fe 0.333333 0.312500 0.294118 1.0 . ."
P1 = "_symmetry_space_group_name_H-M 'P 1'\n"


def swapped(*pairs: tuple[str, str]) -> str:
    text = GOOD
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


HARD = {
    # the text
    "loop slip": (swapped(("loop_\n_atom", "_loop\n_atom")), "syntax"),
    "wrong loop count": (GOOD + "0.5\n", "syntax"),
    "save frame": (GOOD + "save_frame\n_a 1\nsave_\n", None),
    "open text field": (GOOD + "_a\n;text\n", None),
    "open text field that swallows names": (GOOD + "_a\n;text\n_b 1\n", "syntax"),
    "open text field of the sites": (GOOD + "_atom_site_special\n;text\n", "syntax"),
    "open quote": (GOOD + "_a 'text\n", None),
    "open quote at a loop's end": (GOOD + "C9 C 0.5 0.5 'text\n", "syntax"),
    "tag without value": (GOOD + "_a\n", None),
    "cell without value": (swapped(("_cell_length_b 16.0", "_cell_length_b")), "bad_cell"),
    "text field that holds a data line": (GOOD + "_a\n;\ndata_inside\n;\n", None),
    "NUL bytes at the end": (GOOD + "\0" * 7, None),
    "name at the very end": (GOOD + "_publ", None),
    "NUL in a comment": (GOOD + "# \0\n", "nul_bytes"),
    "a name of no length": (GOOD.replace("data_good", "data_"), None),
    "CIF in capitals": (GOOD.replace("_atom_site_fract_x", "_ATOM_SITE_FRACT_X"), None),
    "no line end at the end": (GOOD.rstrip("\n"), None),
    "one long line": (GOOD + "_a " + "x" * 10**6 + "\n", None),
    "cell twice, alike": (GOOD + "_cell_length_a 15.0\n", None),
    "cell twice, with and without uncertainty": (GOOD + "_cell_length_a 15.000(3)\n", None),
    "cell twice, unknown at first": (
        swapped(("_cell_length_a 15.0", "_cell_length_a ?")) + "_cell_length_a 15.0\n",
        None,
    ),
    "cell twice, different": (GOOD + "_cell_length_a 15.1\n", "duplicate_tag"),
    "what nobody reads twice": (
        GOOD + "_symmetry_cell_setting monoclinic\n_symmetry_cell_setting Monoclinic\n",
        None,
    ),
    "atoms twice, different": (GOOD + f"loop_\n_atom_site_label\n{'X ' * 13}\n", "duplicate_tag"),
    # the cell
    "cell with uncertainties": (
        swapped(("_a 15.0", "_a 15.000(3)"), ("beta 90.0", "beta 90.00(2)")),
        None,
    ),
    "cell with uncertainties of the old ICSD": (swapped(("_a 15.0", "_a 15.000+3")), None),
    "zero cell": (swapped(("_a 15.0", "_a 0.0"), ("_b 16.0", "_b 0.0")), "bad_cell"),
    "negative angle": (swapped(("beta 90.0", "beta -90.0")), "bad_cell"),
    "angles that enclose nothing": (
        swapped(("alpha 90.0", "alpha 20"), ("beta 90.0", "beta 170")),
        "bad_cell",
    ),
    "cell in nanometres": (
        swapped(("_a 15.0", "_a 1.5"), ("_b 16.0", "_b 1.6"), ("_c 17.0", "_c 1.7")),
        "bad_cell",
    ),
    # the symmetry
    "operations only": (GOOD, None),
    "Hall symbol only": (swapped((LOOP, "_space_group_name_Hall 'P 1'\n")), None),
    "an operation that flattens": (swapped(("'x,y,z'", "'x,y,z' '0,y,z'")), "bad_symmetry"),
    "wrong Hall symbol beside a name": (
        swapped((LOOP, f"_space_group_name_Hall 'P 99'\n{P1}")),
        None,
    ),
    "wrong Hall symbol only": (swapped((LOOP, "_space_group_name_Hall 'P 99'\n")), "bad_symmetry"),
    "name only": (swapped((LOOP, P1)), None),
    "wrong name beside operations": (
        swapped((LOOP, LOOP + "_symmetry_space_group_name_H-M 'P 99'\n")),
        None,
    ),
    "wrong name only": (
        swapped((LOOP, "_symmetry_space_group_name_H-M 'P 99'\n")),
        "bad_symmetry",
    ),
    "nothing": (swapped((LOOP, "")), "no_symmetry"),
    "unknown name, number of one setting": (
        swapped((LOOP, "_symmetry_space_group_name_H-M ?\n_symmetry_Int_Tables_number 1\n")),
        None,
    ),
    # the atoms
    "unknown coordinates": (swapped((ROW, "Fe1 Fe ? ? ? 1.0 . .")), "bad_coordinates"),
    "hydrogen with unknown coordinates": (GOOD + "H1 H ? ? ? 1.0 . .\n", None),
    "coordinates in letters": (swapped((ROW, "Fe1 Fe a b c 1.0 . .")), "bad_coordinates"),
    "coordinates as fractions": (swapped(("Fe1 Fe 0.333333", "Fe1 Fe 1/3")), None),
    "coordinates with a comma": (swapped(("Fe1 Fe 0.333333", "Fe1 Fe 0,3333")), "bad_coordinates"),
    "uncertainty of the old ICSD": (swapped(("Fe1 Fe 0.333333", "Fe1 Fe 0.3333+4")), None),
    "uncertainty left out": (swapped(("Fe1 Fe 0.333333", "Fe1 Fe 0.3333(-)")), None),
    "peaks of the density": (GOOD + "Q1 Q 0.8 0.8 0.8 1 . .\nQ2 Q 0.9 0.8 0.8 1 . .\n", None),
    "centroid": (GOOD + "Cg1 Cg 0.8 0.8 0.8 1 . .\n", None),
    "isotope": (swapped((ROW, ROW.replace("Fe1 Fe", "Fe1 57Fe"))), None),
    "tritium that no formula tells": (GOOD + "T1 T 0.8 0.8 0.8 1 . .\n", "unknown_element"),
    "tritium of the formula": (
        swapped(("_smmdb_synthetic", "_chemical_formula_sum 'C6 Fe O6 T'\n_smmdb_synthetic"))
        + "T1 T 0.8 0.8 0.8 1 . .\n",
        None,
    ),
    "no atom is there": (GOOD.replace(" 1.0 . .", " 0 . ."), "no_coordinates"),
    "coordinates with uncertainties": (
        swapped((ROW, "Fe1 Fe 0.333333(12) 0.312500(9) 0.294118(7) 1.0 . .")),
        None,
    ),
    "unknown element": (swapped((ROW, ROW.replace("Fe1 Fe", "Xx1 Xx"))), "unknown_element"),
    "element unknown in the label only": (swapped((ROW, ROW.replace("Fe1", "Xx1"))), None),
    "element with a charge": (swapped((ROW, ROW.replace("Fe1 Fe", "Fe1 Fe3+"))), None),
    "type with a Roman number": (swapped((ROW, ROW.replace("Fe1 Fe", "Fe1 FeIII"))), None),
    "type with a remark": (swapped((ROW, ROW.replace("Fe1 Fe", "Fe1 Feval"))), None),
    "type of two elements": (swapped((ROW, ROW.replace("Fe1 Fe", "Fe1 FeNi"))), "unknown_element"),
    "type of a water": (GOOD + "O99 OW 0.1 0.9 0.9 1 . .\n", None),
    "dummy by its type": (GOOD + "X1 dummy 0.1 0.9 0.9 1 . .\n", None),
    "element in capitals": (swapped((ROW, ROW.replace("Fe1 Fe", "FE1 FE"))), None),
    "deuterium": (GOOD + "D1 D 0.1 0.9 0.9 1.0 . .\n", None),
    "occupancy over one by its uncertainty": (
        swapped((ROW, ROW.replace("1.0 .", "1.02(3) ."))),
        None,
    ),
    "occupancy over one": (swapped((ROW, ROW.replace("1.0 .", "2.0 ."))), "occupancy"),
    "shell of density around an atom": (
        GOOD + "B1 B 0.8 0.8 0.8 1 . .\nF1 F 0.8 0.8 0.8 1.81(3) . .\n",
        None,
    ),
    "two such shells, no atom": (
        GOOD + "F1 F 0.8 0.8 0.8 1.81(3) . .\nF2 F 0.8 0.8 0.8 1.81 . .\n",
        "occupancy",
    ),
    "occupancy unknown": (swapped((ROW, ROW.replace("1.0 .", "? ."))), None),
    "reflections only": ("data_x\nloop_\n_refln_index_h\n_refln_index_k\n1 2\n", "no_coordinates"),
    "reflections beside the crystal": (GOOD + "loop_\n_refln_index_h\n1 2 3\n", None),
    "metal without a neighbour": (
        cif([Atom("Fe", (5, 5, 5)), *moved(methoxide("P", 1.5), (3, 3, 8))]),
        "lone_metal",
    ),
    "two metals on one place, both full": (
        cif([*methoxide("Fe"), Atom("Zn", (5, 5, 5))]),
        "overlapping_atoms",
    ),
    "hydrogen on another atom": (
        cif([*methoxide("Fe"), Atom("H", methoxide("Fe")[2].xyz)]),
        "overlapping_atoms",
    ),
    "no metal": (cif(methoxide("P", 1.6)), "no_metal"),
    "sodium alone": (cif(methoxide("Na", 2.4)), "ionic_metal_only"),
}
"""Text and code of what it ends in; None: one complex is accepted."""


@pytest.mark.parametrize("case", HARD)
def test_a_hard_file_gets_its_verdict(case):
    text, code = HARD[case]
    (verdict,) = read_file(text.encode(), "hard.cif")
    outcome = verdict.outcome
    assert (outcome.code if isinstance(outcome, Rejected) else None) == code, outcome
    if isinstance(outcome, Accepted):
        assert describe(outcome.complexes[0]).metals == ("Fe",)


def test_a_good_neighbour_of_each_hard_block_is_kept():
    lost = []
    for case, (text, _) in HARD.items():
        verdicts = read_file((text.rstrip("\n") + "\n" + GOOD).encode(), "hard.cif")
        last = verdicts[-1]
        if len(verdicts) != 2 or not isinstance(last.outcome, Accepted):
            lost.append(case)
    assert lost == []


def test_a_block_without_a_name_is_called_by_its_file():
    (verdict,) = read_file(GOOD.replace("data_good", "data_").encode(), "folder/mine.cif")
    assert isinstance(verdict.outcome, Accepted)
    assert (verdict.name, verdict.outcome.determination.identifier) == ("mine", "mine")


def test_deuterium_is_hydrogen():
    (water,) = accept(
        GOOD + "O1W O 0.7 0.7 0.7 1 . .\nD1 D 0.76 0.7 0.7 1 . .\nD2 D 0.68 0.76 0.7 1 . .\n"
    ).components
    assert (water.formula, water.kind) == ("H2 O", "solvent")


def test_a_million_atoms_are_refused_within_seconds():
    text = GOOD + "C C 0.1 0.2 0.3 1 . .\n" * 10**6
    began = time.process_time()
    outcome = reject(text)
    assert outcome.code == "too_many_atoms"
    assert "1000013 atom sites; the limit is 100000" in outcome.reason
    assert time.process_time() - began < 20


def test_three_hundred_megabytes_of_one_line_are_not_read(tmp_path):
    with (tmp_path / "line.cif").open("wb") as file:
        file.truncate(300 * 10**6)  # takes no room on the disk
    found, _ = find_files([tmp_path])
    (source,) = open_sources(found)
    assert source.problem is not None
    assert source.problem[0] == "too_large"
    assert MAX_FILE_BYTES < 300 * 10**6


def test_ten_megabytes_of_one_line_end_as_any_other_text():
    assert reject("x" * 10**7).code == "syntax"
    assert reject("data_x _a " + "x" * 10**7).code == "no_coordinates"


def test_the_page_explains_every_code_with_an_example():
    page = (Path(__file__).parents[2] / "docs" / "crystal.md").read_text()
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    explained = [code for row in rows for code in re.findall("`(.+?)`", row) if code in CODES]
    assert explained == list(dict.fromkeys(explained))
    assert set(explained) == set(CODES)


P21C = ("x,y,z", "-x,y+1/2,-z+1/2", "-x,-y,-z", "x,-y+1/2,z+1/2")
MATRICES = [
    (np.diag([1, 1, 1]), (0, 0, 0)),
    (np.diag([-1, 1, -1]), (0, 0.5, 0.5)),
    (np.diag([-1, -1, -1]), (0, 0, 0)),
    (np.diag([1, -1, 1]), (0, 0.5, 0.5)),
]
MONOCLINIC = (18.0, 16.0, 17.0, 90.0, 103.0, 90.0)
MOLECULE = moved([*methoxide("Dy", 2.3)[:-1], Atom("Cl", (7.6, 6.9, 6.5))], (0.2, 0.3, 0.1))


def facts(accepted):
    descriptions = [describe(c) for c in accepted.complexes]
    return {(d.formula, d.compound_key, d.skeleton_key) for d in descriptions}


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), *[st.integers(-2, 2)] * 3),
        min_size=len(MOLECULE),
        max_size=len(MOLECULE),
    )
)
def test_any_image_of_an_atom_stands_for_it(choices):
    matrix = orthogonal(MONOCLINIC)
    inverse = np.linalg.inv(matrix)
    images = []
    for atom, (operation, *shift) in zip(MOLECULE, choices, strict=True):
        rotation, translation = MATRICES[operation]
        fract = rotation @ (inverse @ np.array(atom.xyz)) + translation + shift
        images.append(Atom(atom.element, tuple(matrix @ fract)))
    written = accept(cif(images, cell=MONOCLINIC, operations=P21C))
    assert facts(written) == facts(accept(cif(MOLECULE, cell=MONOCLINIC, operations=P21C)))


def test_a_complex_written_and_read_again_is_the_same():
    (first,) = accept(cif(MOLECULE, cell=MONOCLINIC, operations=P21C)).complexes
    places = zip(first.labels, first.positions.tolist(), strict=True)
    atoms = [Atom(label.rstrip("0123456789"), tuple(place)) for label, place in places]
    again = accept(cif(atoms, cell=(40.0, 40.0, 40.0, 90.0, 90.0, 90.0)))
    (second,) = again.complexes
    assert describe(second).compound_key == describe(first).compound_key
    assert np.allclose(second.positions, first.positions, atol=1e-3)
