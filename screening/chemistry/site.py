"""Metal site: one metal of a complex and what surrounds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from screening.chemistry.graph import Graph
from screening.chemistry.ligands.cut import donor_set
from screening.chemistry.ligands.donor_groups import donor_groups
from screening.chemistry.ligands.ligand import Ligand
from screening.chemistry.polyhedra.polyhedron import read_polyhedron
from screening.crystal.complex import Complex
from screening.elements import symbol

FAR: Final = 3.0
"""Shape measure above which the name of the nearest polyhedron says little (our choice)."""


@dataclass(frozen=True, slots=True)
class MetalSite:
    """One metal of a complex and its donors; distances in angstrom, None without donors.

    coordination_number: bonded atoms that are no metal; each carbon of a side-on ligand counts,
    so ferrocene has 10.
    donor_set: the donors in Hill order, such as "N2O4"; donor_groups: the same, ligand by ligand,
    such as "N2O2 + 2 O".
    polyhedron: SHAPE code of the nearest ideal polyhedron, such as "SAPR-8"; shape_measure: its
    continuous shape measure, 0 is ideal; shape_note: why there is none, or that side-on groups
    count as their centroids.
    bond_valence_sum: valence units. oxidation_state: a hint, its reason beside it.
    d_count, f_count, is_kramers, anisotropy: of the ion in that oxidation state; anisotropy is
    "oblate", "prolate", "isotropic", "diamagnetic" or "none" (J = 0) for a lanthanide, of another
    metal "diamagnetic" or None.
    """

    atom_index: int
    label: str
    element: str
    coordination_number: int
    donor_set: str
    mean_distance: float | None
    min_distance: float | None
    max_distance: float | None
    donor_groups: str | None = None
    polyhedron: str | None = None
    shape_measure: float | None = None
    shape_note: str | None = None
    bond_valence_sum: float | None = None
    oxidation_state: int | None = None
    oxidation_state_reason: str | None = None
    d_count: int | None = None
    f_count: int | None = None
    is_kramers: bool | None = None
    anisotropy: str | None = None

    def has_shape(self, *codes: str, most: float = FAR) -> bool:
        """Whether the donors make one of these polyhedra, of a shape measure up to *most*."""
        return (
            self.shape_measure is not None
            and self.polyhedron in codes
            and self.shape_measure <= most
        )


def read_sites(complex_: Complex, graph: Graph, ligands: Sequence[Ligand]) -> tuple[MetalSite, ...]:
    """The metal sites with what their donors tell, but no valence; in the order of the atoms."""
    return tuple([_read_site(complex_, graph, ligands, i) for i in graph.centres])


def _read_site(complex_: Complex, graph: Graph, ligands: Sequence[Ligand], index: int) -> MetalSite:
    donors, elements, distances = graph.donors[index], graph.elements, graph.lengths[index]
    lengths = distances.tolist()
    shape = read_polyhedron(complex_, graph, index)
    return MetalSite(
        atom_index=index,
        label=complex_.labels[index],
        element=symbol(elements[index]),
        coordination_number=len(donors),
        donor_set=donor_set([elements[i] for i in donors]),
        mean_distance=float(distances.sum()) / len(lengths) if donors else None,
        min_distance=min(lengths, default=None),
        max_distance=max(lengths, default=None),
        donor_groups=donor_groups(graph, ligands, index),
        polyhedron=shape.code,
        shape_measure=shape.measure,
        shape_note=shape.note,
    )
