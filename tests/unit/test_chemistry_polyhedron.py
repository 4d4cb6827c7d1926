"""The nearest ideal polyhedron, its shape measure, and what stands for side-on groups."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.chemistry.graph import read_graph
from screening.chemistry.polyhedra.polyhedron import Polyhedron, read_polyhedron
from screening.chemistry.polyhedra.reference_shape import N_VERTICES, normalised, reference_shapes
from screening.chemistry.polyhedra.shape import near_shapes, nearest_shape, shape_measure
from screening.chemistry.site import read_sites
from screening.crystal.complex import Accepted, Complex
from screening.crystal.read import read_file
from screening.elements import atomic_number

SHAPES = {
    code: points
    for n in N_VERTICES
    for code, points in zip(reference_shapes(n).codes, reference_shapes(n).points, strict=True)
}
seeds = st.integers(0, 2**32 - 1)


def turned(points, generator):
    """The same shape, its centre last, reordered, turned (or reflected), scaled and moved."""
    order = [*generator.permutation(len(points) - 1), len(points) - 1]
    rotation, _ = np.linalg.qr(generator.normal(size=(3, 3)))
    return points[order] @ rotation * generator.uniform(0.5, 3) + generator.normal(size=3)


def noisy(code, sigma, generator):
    """Donors 2.3 angstrom (root mean square) from the metal, each moved by *sigma* angstrom."""
    points = SHAPES[code] - SHAPES[code][-1]
    points *= 2.3 / np.sqrt((points[:-1] ** 2).sum(axis=1).mean())
    return points + generator.normal(scale=sigma, size=points.shape)


def complex_of(elements, positions, bonds) -> Complex:
    return Complex(
        np.array([atomic_number(e) for e in elements], dtype=np.uint8),
        np.array(positions, dtype=float),
        tuple(f"{e}{i}" for i, e in enumerate(elements)),
        np.sort(np.array(bonds, dtype=np.int32).reshape(-1, 2), axis=1),
    )


def around(metal, donors, between=()) -> Polyhedron:
    """The polyhedron of (element, position) *donors* bonded to *metal* at the origin.

    between: pairs of donors, counted from 1, that are bonded to each other.
    """
    elements, positions = zip((metal, (0, 0, 0)), *donors, strict=True)
    bonds = [(0, i) for i in range(1, len(elements))] + list(between)
    complex_ = complex_of(elements, positions, bonds)
    return read_polyhedron(complex_, read_graph(complex_), 0)


def ring(n, radius, height, first=1):
    """Carbons of a ring above or below the metal, and their bonds."""
    angles = 2 * np.pi * np.arange(n) / n
    atoms = [("C", (radius * np.cos(a), radius * np.sin(a), height)) for a in angles]
    return atoms, [(first + i, first + (i + 1) % n) for i in range(n)]


def test_there_are_the_shapes_of_the_shape_program():
    counts = [len(reference_shapes(n).codes) for n in N_VERTICES]
    assert counts == [3, 4, 4, 5, 5, 7, 13, 13, 13, 7, 13]
    assert all(code.endswith(f"-{len(points) - 1}") for code, points in SHAPES.items())


@pytest.mark.parametrize("code", SHAPES)
def test_an_ideal_shape_is_its_own_nearest(code):
    found, measure = nearest_shape(turned(SHAPES[code], np.random.default_rng(0)))
    assert found == code
    assert measure < 1e-6


@pytest.mark.parametrize("n", range(2, 7))
def test_no_order_of_the_vertices_and_no_turn_is_nearer(n):
    """Against the definition: every permutation, each turned by a singular value decomposition."""
    generator = np.random.default_rng(n)
    orders = np.array([[*order, n] for order in permutations(range(n))])
    for sigma in (0.1, 0.5, 2.0):
        points = generator.normal(scale=sigma, size=(n + 1, 3)) + reference_shapes(n).points[0]
        q = normalised(points)
        expected = {}
        for code, p in zip(reference_shapes(n).codes, reference_shapes(n).points, strict=True):
            h = np.einsum("oix,iy->oxy", p[orders], q)
            total = np.linalg.svd(h, compute_uv=False).sum(axis=1).max()
            expected[code] = 100 * (1 - (total / (n + 1)) ** 2)
        measures = {code: shape_measure(points, code) for code in expected}
        assert measures == pytest.approx(expected, abs=1e-6)
        code, measure = nearest_shape(points)
        assert measure == pytest.approx(min(expected.values()), abs=1e-6)
        assert measure == pytest.approx(expected[code], abs=1e-6)


@pytest.mark.parametrize("n", [8, 9, 10, 12])
def test_the_nearest_is_that_of_all_measures(n):
    generator = np.random.default_rng(n)
    codes = reference_shapes(n).codes
    for code in codes[3:8]:
        points = noisy(code, 0.3, generator)
        found, measure = nearest_shape(points)
        measures = {other: shape_measure(points, other) for other in codes}
        assert found == min(measures, key=measures.__getitem__)
        assert measure == pytest.approx(measures[found], abs=1e-7)


@pytest.mark.parametrize(
    ("code", "other", "measure"),
    [
        # By hand: pressed flat, a tetrahedron keeps two thirds of its sum of squares
        ("SP-4", "T-4", 100 / 3),
        # Alvarez et al., New J. Chem. 2002, 26, 996
        ("OC-6", "TPR-6", 16.737),
    ],
)
def test_measures_between_ideal_shapes(code, other, measure):
    assert shape_measure(SHAPES[code], other) == pytest.approx(measure, abs=1e-3)
    assert shape_measure(SHAPES[other], code) == pytest.approx(measure, abs=1e-3)


# Coordinates (angstrom; metal first) and measures of the examples of the SHAPE 2.1 program, as
# cosymlib ships them in tests/data/shape (examples 2 and 5).
EXAMPLES = {
    "DOSDAQ": (
        (
            "16.04450 0 0  17.11627 -1.46619 -0.92483  17.11627 1.46619 0.92483"
            "  14.97273 -1.46619 -0.92483  14.97273 1.46619 0.92483"
        ),
        {"SP-4": 5.271, "T-4": 36.847},
    ),
    "LEGFOS": (
        (
            "5.47182 6.64300 6.21762  3.90370 5.54292 7.02349  7.04319 5.53495 5.40674"
            "  3.90370 7.74308 7.02349  7.04319 7.75105 5.40674"
        ),
        {"SP-4": 5.047, "T-4": 36.698},
    ),
    "BOYGOL": (
        (
            "-2.01859 15.17612 3.40291  -3.02522 14.98464 5.51132  -2.17289 12.84935 3.26636"
            "  -3.39746 17.02591 3.63698  0.03863 14.89916 4.42076  -0.52591 16.54038 2.22545"
            "  -3.10277 14.76411 1.37960"
        ),
        {"OC-6": 12.011, "TPR-6": 0.954},
    ),
    "BOZCAU": (
        (
            "-0.40113 1.75609 3.21129  0.69939 1.53300 5.44636  -1.78709 3.67403 4.01926"
            "  -1.50164 1.53300 0.97623  1.40580 0.08654 2.66152  -2.20805 0.08654 3.76107"
            "  0.98484 3.67403 2.40333"
        ),
        {"OC-6": 1.142, "TPR-6": 11.245},
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_the_shape_program(name):
    text, measures = EXAMPLES[name]
    points = np.roll(np.array(text.split(), dtype=float).reshape(-1, 3), -1, axis=0)
    found = {code: shape_measure(points, code) for code in measures}
    assert found == pytest.approx(measures, abs=1e-3)
    assert nearest_shape(points)[0] == min(measures, key=measures.__getitem__)


@settings(deadline=None)
@given(code=st.sampled_from(list(SHAPES)), seed=seeds)
def test_order_place_scale_and_hand_do_not_matter(code, seed):
    generator = np.random.default_rng(seed)
    points = noisy(code, 0.1, generator)
    found, measure = nearest_shape(points)
    assert nearest_shape(turned(points, generator)) == (found, pytest.approx(measure, abs=1e-6))


@settings(deadline=None)
@given(
    code=st.sampled_from(
        ["L-2", "TP-3", "T-4", "SP-4", "OC-6", "TPR-6", "PBPY-7", "CU-8", "SAPR-8", "IC-12"]
    ),
    seed=seeds,
)
def test_noise_of_a_crystal_structure_leaves_the_shape(code, seed):
    found, measure = nearest_shape(noisy(code, 0.05, np.random.default_rng(seed)))
    assert found == code
    assert measure < 0.6


def test_an_unknown_shape_is_refused():
    with pytest.raises(ValueError, match="not in"):
        shape_measure(SHAPES["OC-6"], "T-4")


def test_an_octahedron_of_single_donors():
    donors = [("O", 2.1 * axis) for axis in np.vstack([np.eye(3), -np.eye(3)])]
    found = around("Co", donors)
    assert (found.code, found.note) == ("OC-6", None)
    assert found.measure < 1e-6


def test_ferrocene_is_linear_between_the_centroids_of_its_rings():
    upper, bonds = ring(5, 1.21, 1.65)
    lower, more = ring(5, 1.21, -1.65, first=6)
    found = around("Fe", upper + lower, bonds + more)
    assert found.code == "L-2"
    assert found.measure == pytest.approx(0, abs=1e-6)
    assert found.note == "each side-on group counts as its centroid: 2 positions"


def test_a_piano_stool_is_a_tetrahedron_of_ring_and_legs():
    arene, bonds = ring(6, 1.4, 1.7)
    legs = [
        ("Cl", (2.2 * np.cos(a), 2.2 * np.sin(a), -0.8)) for a in np.radians([30.0, 150.0, 270.0])
    ]
    found = around("Ru", arene + legs, bonds)
    assert found.code == "T-4"
    assert found.note == "the side-on group counts as its centroid: 4 positions"


@settings(deadline=None, max_examples=30)
@given(seed=seeds)
def test_the_order_of_the_atoms_does_not_matter(seed):
    """A bent sandwich with two chlorides, its atoms numbered anew and the molecule turned."""
    generator = np.random.default_rng(seed)
    upper, bonds = ring(5, 1.21, 2.0)
    lower, more = ring(5, 1.21, -2.0, first=6)
    chlorides = [("Cl", (1.7, 1.7, 0.1)), ("Cl", (1.7, -1.7, -0.1))]
    elements, positions = zip(("Zr", (0, 0, 0)), *upper, *lower, *chlorides, strict=True)
    pairs = np.array([(0, i) for i in range(1, 13)] + bonds + more)
    expected = around("Zr", [*upper, *lower, *chlorides], bonds + more)
    order = generator.permutation(13)
    place = np.argsort(order)
    rotation, _ = np.linalg.qr(generator.normal(size=(3, 3)))
    complex_ = complex_of(
        [elements[i] for i in order], np.array(positions)[order] @ rotation, place[pairs]
    )
    found = read_polyhedron(complex_, read_graph(complex_), int(place[0]))
    assert (found.code, found.note) == (expected.code, expected.note)
    assert found.measure == pytest.approx(expected.measure, abs=1e-6)


def test_zeise_is_a_square():
    alkene = [("C", (0.0, 2.0, 0.7)), ("C", (0.0, 2.0, -0.7))]
    chlorides = [("Cl", (2.3, 0, 0)), ("Cl", (-2.3, 0, 0)), ("Cl", (0, -2.3, 0))]
    assert around("Pt", alkene + chlorides, [(1, 2)]).code == "SP-4"


def test_each_oxygen_of_a_peroxide_counts():
    """[Cr(O2)4]3-: four chelating peroxides make a dodecahedron of eight oxygens."""
    points = 2.0 * SHAPES["TDD-8"][:-1]
    near = np.linalg.norm(points[:, None] - points[None], axis=2)
    pairs = [(i + 1, j + 1) for i, j in np.argwhere(np.triu(near < near[near > 0].min() + 0.1))]
    found = around("Cr", [("O", p) for p in points], [p for p in pairs if p[0] != p[1]][:4])
    assert (found.code, found.note) == ("TDD-8", None)


@pytest.mark.parametrize(("n", "note"), [(0, "no donors"), (1, "no reference shape for CN 1")])
def test_too_few_donors_have_no_shape(n, note):
    assert around("Hg", [("Cl", (2.3, 0, 0))] * n) == Polyhedron(None, None, note)


def test_thirteen_donors_have_no_shape():
    donors = [("O", p) for p in np.random.default_rng(0).normal(size=(13, 3)) * 5]
    assert around("Th", donors) == Polyhedron(None, None, "no reference shape for CN 13")


def test_a_lone_ring_is_one_position():
    atoms, bonds = ring(5, 1.2, 2.2)
    assert around("Tl", atoms, bonds) == Polyhedron(
        None,
        None,
        "no reference shape for CN 1; the side-on group counts as its centroid: 1 position",
    )


@pytest.mark.parametrize("place", [(2.0, 0.0, 0.0), (0.0, 0.0, 0.0), (np.nan, 0.0, 0.0)])
def test_donors_on_one_place_have_no_shape(place):
    donors = [("O", (2.0, 0.0, 0.0)), ("O", place), ("O", (0.0, 2.0, 0.0))]
    note = "two of the positions are one place"
    assert around("Cu", donors) == Polyhedron(None, None, note)


def test_donors_all_on_one_side_have_a_shape_that_is_far():
    generator = np.random.default_rng(0)
    donors = [("O", generator.normal(loc=(0, 0, 5), size=3)) for _ in range(9)]
    assert around("La", donors).measure > 30


def test_sites_are_filled():
    donors = [("N", 2.0 * axis) for axis in np.vstack([np.eye(3), -np.eye(3)])]
    elements, positions = zip(("Fe", (0, 0, 0)), *donors, strict=True)
    complex_ = complex_of(elements, positions, [(0, i) for i in range(1, 7)])
    graph = read_graph(complex_)
    (site,) = read_sites(complex_, graph, ())
    assert (site.coordination_number, site.polyhedron, site.shape_note) == (6, "OC-6", None)
    assert site.shape_measure < 1e-6


@pytest.mark.parametrize(
    ("file", "element", "codes", "limit"),
    [
        # [Er(oxydiacetate)3]3-: three meridional chelates, the textbook tricapped prism
        ("1512718.cif", "Er", {"TCTPR-9"}, 1.5),
        # [EuW10O36]9-: Eu between two lacunary W5 units turned by 45 degrees
        ("EuW5-Gu.cif", "Eu", {"SAPR-8"}, 0.5),
        # diaqua(15-crown-5)iron(II): the crown around the waist, water at the poles
        ("bs5069.cif", "Fe", {"PBPY-7"}, 1.0),
    ],
)
def test_real_structures(shared_data, file, element, codes, limit):
    path = shared_data / "cif" / "real" / "molecular" / file
    found = []
    for verdict in read_file(path.read_bytes(), file):
        if isinstance(verdict.outcome, Accepted):
            for complex_ in verdict.outcome.complexes:
                graph = read_graph(complex_)
                sites = read_sites(complex_, graph, ())
                found += [site for site in sites if site.element == element]
    assert {site.polyhedron for site in found} == codes
    assert max(site.shape_measure for site in found) < limit


def between(first, second, share):
    """Donors on the way from one ideal shape to another, each to the partner it is nearest to."""
    here, there = SHAPES[first], SHAPES[second]
    best = None
    for order in permutations(range(len(here) - 1)):
        points = there[[*order, len(here) - 1]]
        u, _, v = np.linalg.svd(points.T @ here)
        apart = ((points @ (u @ v) - here) ** 2).sum()
        if best is None or apart < best[0]:
            best = (apart, points @ (u @ v))
    return here + share * (best[1] - here)


def test_a_site_between_two_polyhedra_tells_both():
    middle = 2.1 * between("TBPY-5", "SPY-5", 0.5)
    found = around("Co", [("O", tuple(point - middle[-1])) for point in middle[:-1]])
    assert found.code in {"TBPY-5", "SPY-5"}
    other = {"TBPY-5": "SPY-5", "SPY-5": "TBPY-5"}[found.code]
    measure = shape_measure(middle, other)
    assert found.note == f"between shapes: {other} ({measure:.2f}) is nearly as near"


def test_a_site_near_one_polyhedron_tells_only_that():
    for code in ("SAPR-8", "TDD-8", "TBPY-5", "vOC-5", "PBPY-7"):
        points = noisy(code, 0.02, np.random.default_rng(3))
        donors = [("O", tuple(point - points[-1])) for point in points[:-1]]
        found = around("Dy", donors)
        assert (found.code, found.note) == (code, None)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["TBPY-5", "OC-6", "PBPY-7", "SAPR-8", "TCTPR-9"]), seeds)
def test_the_shapes_within_a_margin_are_those_whose_measures_are(code, seed):
    points = noisy(code, 0.25, np.random.default_rng(seed))
    found = near_shapes(points, 0.8)
    measures = {c: shape_measure(points, c) for c in reference_shapes(len(points) - 1).codes}
    least = min(measures.values())
    expected = {c: m for c, m in measures.items() if m <= least + 0.8}
    assert dict(found) == pytest.approx(expected, abs=1e-6)
    assert [m for _, m in found] == sorted(m for _, m in found)
