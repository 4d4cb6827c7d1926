"""How far four donors may be from a square and still make Ni(II) and Co(II) low-spin."""

import lzma

from screening.chemistry.graph import read_graph
from screening.chemistry.polyhedra.polyhedron import site_points
from screening.chemistry.polyhedra.shape import shape_measure
from screening.chemistry.spin import TWISTED
from screening.crystal.complex import Accepted
from screening.molecule.read import read_molecules

HIGH_SPIN = {28: 3, 27: 4}
"""Multiplicity of d8 and d7 by element; low-spin it is less by two."""


def test_ni_and_co_near_a_square_are_low_spin(shared_data):
    records = []
    with lzma.open(shared_data / "labels" / "ground_spin.xyz.xz", "rt") as lines:
        for count in lines:
            record = [count, *(next(lines) for _ in range(int(count) + 1))]
            if any(line.split()[0] in {"Ni", "Co"} for line in record[2:]):
                records += record
    low, high = [], []
    for verdict in read_molecules("".join(records).encode(), "spin.xyz", "xyz"):
        assert isinstance(verdict.outcome, Accepted)
        (complex_,) = verdict.outcome.complexes
        graph = read_graph(complex_)
        (metal,) = graph.centres
        points = site_points(complex_, graph, metal)
        above = int(dict(verdict.outcome.determination.stated)["mult"])
        above -= HIGH_SPIN[graph.elements[metal]]
        if len(points) == 5 and above in {0, -2}:  # not Co(I) or Co(III), nor Ni(I)
            (low if above else high).append(shape_measure(points, "SP-4"))
    assert sum(measure < TWISTED for measure in low) > 150
    assert 14.6 < min(high) < 14.7
