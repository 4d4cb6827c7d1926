"""Donor charges: how the charge of each ligand stands on the donors of a metal."""

from collections.abc import Iterable, Sequence
from typing import Final

from screening.chemistry.graph import Graph
from screening.chemistry.ligands.ligand import Ligand
from screening.elements import METALS

_MOST_NEIGHBOURS: Final = {7: 2, 15: 2, 8: 1, 16: 1, 34: 1}
"""Beside metals, of an atom that can be negative: an amide N, an alkoxide O; not an ether."""
_READINESS: Final = ({8, 9, 16, 17, 34, 35, 53, 1}, {7, 15}, {5, 6, 14})
"""Elements that carry a negative charge, the readiest first."""


def donor_charges(graph: Graph, ligands: Iterable[Ligand], metal: int) -> list[float] | None:
    """Negative charge (e, above 0) of each donor of a metal, in the order of `graph.donors`.

    The charge of a ligand is shared equally by those of its donors that can carry it: O, S and
    halogens before N, N before C, an ether or amine never. A neutral ligand has none on its donors,
    as in the electrostatic model of N. F. Chilton et al., Nat. Commun. 2013, 4, 2551; how the
    charge is shared is our choice. None where the charge of a ligand on this metal is not known.
    """
    charges: dict[int, float] = {}
    for ligand in ligands:
        if all(centre != metal for centre, _ in ligand.donors):
            continue
        if ligand.charge is None:
            return None
        donors = list(dict.fromkeys(donor for _, donor in ligand.donors))
        carriers = _carriers(graph, donors)
        share = max(0.0, -float(ligand.charge)) / len(carriers) if carriers else 0.0
        charges |= {donor: share if donor in carriers else 0.0 for donor in donors}
    found = [charges.get(donor) for donor in graph.donors[metal]]
    known = [charge for charge in found if charge is not None]
    return known if len(known) == len(found) else None


def _carriers(graph: Graph, donors: Sequence[int]) -> list[int]:
    able = [i for i in donors if _can_be_negative(graph, i)] or list(donors)
    for elements in _READINESS:
        if carriers := [i for i in able if graph.elements[i] in elements]:
            return carriers
    return able


def _can_be_negative(graph: Graph, atom: int) -> bool:
    most = _MOST_NEIGHBOURS.get(graph.elements[atom])
    beside = sum(graph.elements[j] not in METALS for j in graph.neighbours[atom])
    return most is None or beside <= most
