"""Words: a polyhedron as it stands beside a coordination number."""


def shape_words(polyhedron: str, coordination_number: int) -> str:
    """The polyhedron as it is shown beside a coordination number: "SAPR-8", "T-4 of centroids".

    The second where it has fewer vertices than there are donors, for side-on groups count once.
    """
    n_vertices = int(polyhedron.rpartition("-")[2])
    return polyhedron if n_vertices == coordination_number else f"{polyhedron} of centroids"
