"""The neighbour lists of a complex, against what they are said to be."""

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from screening.chemistry.graph import parts, read_graph
from screening.crystal.complex import Complex
from screening.elements import METAL_CENTRES, METALS


@st.composite
def complexes(draw):
    elements = draw(st.lists(st.sampled_from([1, 5, 6, 8, 11, 26, 66]), min_size=1, max_size=12))
    n = len(elements)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    bonds = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return Complex(
        np.array(elements, dtype=np.uint8),
        np.random.default_rng(n).normal(scale=3, size=(n, 3)),
        tuple(map(str, range(n))),
        np.array(bonds, dtype=np.int32).reshape(-1, 2),
    )


@given(complexes())
def test_each_list_holds_what_it_says(complex_):
    graph = read_graph(complex_)
    whole = nx.Graph(complex_.bonds.tolist())
    whole.add_nodes_from(range(len(graph.elements)))
    metals = {i for i, z in enumerate(graph.elements) if z in METALS}
    heavy = {i for i, z in enumerate(graph.elements) if z > 1} - metals
    for i in whole:
        bonded = set(whole[i])
        assert graph.neighbours[i] == tuple(sorted(bonded))
        assert graph.around[i] == (() if i in metals else tuple(sorted(bonded - metals)))
        assert graph.near[i] == (tuple(sorted(bonded & heavy)) if i in heavy else ())
        assert graph.metals.get(i, []) == ([] if i in metals else sorted(bonded & metals))
    assert graph.centres == tuple(
        i for i in range(len(whole)) if graph.elements[i] in METAL_CENTRES
    )
    for centre, donors in graph.donors.items():
        assert donors == tuple(sorted(set(whole[centre]) - metals))
        apart = complex_.positions[list(donors)] - complex_.positions[centre]
        assert np.allclose(graph.lengths[centre], np.linalg.norm(apart, axis=1))


@given(complexes())
def test_parts_are_the_connected_components(complex_):
    graph = read_graph(complex_)
    atoms = [i for i, z in enumerate(graph.elements) if z not in METALS]
    inside = nx.Graph(complex_.bonds.tolist()).subgraph(atoms).copy()
    inside.add_nodes_from(atoms)
    found = [sorted(part) for part in parts(atoms, graph.around)]
    assert found == sorted(map(sorted, nx.connected_components(inside)))
