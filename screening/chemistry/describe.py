"""Complex to description: formula, metals, what surrounds each metal, ligands and identity."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import gemmi

from screening.chemistry.description import Description
from screening.chemistry.electrons import has_odd_electrons
from screening.chemistry.graph import read_graph
from screening.chemistry.identity.constitution import read_constitution
from screening.chemistry.identity.determination import determination_key
from screening.chemistry.identity.keys import (
    SKELETON_NAMES,
    compound_key,
    content_key,
    skeleton_key,
)
from screening.chemistry.ligands.find import find_ligands
from screening.chemistry.oxidation.charge import read_charge
from screening.chemistry.oxidation.hint import with_oxidation
from screening.chemistry.plausibility import find_flags
from screening.chemistry.site import read_sites
from screening.crystal.complex import Complex, Component, Determination
from screening.elements import MAX_ATOMIC_NUMBER, symbol
from screening.formula import write_formula

_WEIGHTS: Final = tuple(gemmi.Element(z).weight for z in range(MAX_ATOMIC_NUMBER + 1))
"""g/mol by atomic number."""


def describe(
    complex_: Complex,
    determination: Determination | None = None,
    components: Sequence[Component] = (),
) -> Description:
    """Describe a complex; with its determination the content key also covers cell and name.

    components: what else its crystal holds.
    """
    graph = read_graph(complex_)
    constitution = read_constitution(complex_, graph)
    compound = compound_key(constitution)
    counts = Counter(graph.elements)
    has_skeleton_names = any(z in SKELETON_NAMES for z in counts)
    ligands = find_ligands(complex_, graph)
    charge, charge_reason = read_charge(graph.elements, determination, components)
    is_odd = has_odd_electrons(complex_, charge, determination)
    sites = read_sites(complex_, graph, ligands)
    sites = with_oxidation(complex_, graph, sites, ligands, charge, determination)
    return Description(
        formula=write_formula({symbol(z): n for z, n in counts.items()}),
        metals=tuple(sorted({symbol(graph.elements[i]) for i in graph.centres})),
        nuclearity=len(graph.centres),
        molar_mass=float(sum(_WEIGHTS[z] * n for z, n in counts.items())),
        metal_sites=sites,
        content_key=content_key(complex_, determination),
        compound_key=compound,
        skeleton_key=skeleton_key(constitution) if has_skeleton_names else compound,
        determination_key=determination_key(compound, determination),
        ligands=ligands,
        charge=charge,
        charge_reason=charge_reason,
        flags=find_flags(complex_, graph, sites, ligands, is_odd=is_odd),
    )
