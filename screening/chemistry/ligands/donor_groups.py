"""Donor groups: the donors of a metal ligand by ligand, such as "N2O2 + 2 O"."""

from collections import Counter
from collections.abc import Iterable

from screening.chemistry.graph import Graph
from screening.chemistry.ligands.cut import donor_set
from screening.chemistry.ligands.ligand import Ligand


def donor_groups(graph: Graph, ligands: Iterable[Ligand], metal: int) -> str | None:
    """The donors of *metal* ligand by ligand; None without donors.

    A term is the donor set of one ligand at this metal, in Hill order; in front of it stands how
    many ligands give it. Most donors first, then by letter: "N2O2 + O2" has one ligand with two O,
    "N2O2 + 2 O" two ligands with one O each. Ferrocene has "2 C5". Inside a polyoxometalate each
    donor counts by itself.
    """
    sets = [
        [graph.elements[atom] for centre, atom in ligand.donors if centre == metal]
        for ligand in ligands
    ]
    if not any(sets):
        sets = [[graph.elements[atom]] for atom in graph.donors[metal]]
    counts = Counter((len(around), donor_set(around)) for around in sets if around)
    terms = sorted(counts.items(), key=lambda term: (-term[0][0], term[0][1]))
    return " + ".join(name if n == 1 else f"{n} {name}" for (_, name), n in terms) or None
