"""Coordination numbers and donors against programs that are independent of smmdb.

    python benchmarks/coordination.py FOLDER [--csv FILE]

Needs pymatgen and ase. pymatgen reads each CIF of FOLDER by itself (symmetry, cell and all); on
its crystal JmolNN and CrystalNN of pymatgen and the natural cutoffs of ASE say what is bonded to
each metal. Compared are ordered structures that smmdb accepts and pymatgen reads, metal site by
metal site (by atom-site label); neighbours that are metals are left out. Every disagreement is
put down to the atoms that only one of the two counts, and why.
"""

import argparse
import csv
import io
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from ase.neighborlist import natural_cutoffs, neighbor_list
from pymatgen.analysis.local_env import CrystalNN, JmolNN
from pymatgen.core import Structure
from pymatgen.io.ase import AseAtomsAdaptor
from pymatgen.io.cif import CifParser

from screening.chemistry.graph import read_graph
from screening.crystal.complex import Accepted
from screening.crystal.donors import TOLERANCE
from screening.crystal.read import read_file
from screening.elements import COVALENT_RADII, METALS, atomic_number, symbol

Neighbours = list[tuple[str, int, float, tuple[float, ...]]]
"""(label, atomic number, distance in angstrom, position) of each atom around a metal."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--csv", type=Path, help="write every disagreement here")
    options = parser.parse_args()
    agreed: Counter[str] = Counter()
    compared: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    rows = []
    for file in sorted(options.folder.rglob("*.cif")):
        for name, label, method, ours, theirs in compare(file):
            if theirs is None:
                reasons[method]["peer fails"] += 1
                continue
            compared[method] += 1
            more, less = _difference(theirs, ours), _difference(ours, theirs)
            if not more and not less:
                agreed[method] += 1
                continue
            why = {_why_more(atom, label, theirs) for atom in more}
            why |= {_why_less(atom, label) for atom in less}
            reasons[method][" + ".join(sorted(why))] += 1
            rows.append((name, label, method, _formula(ours), _formula(theirs), "; ".join(why)))
    for method, n in compared.items():
        print(f"\n{method}: {agreed[method]} of {n} metal sites agree in number and donors")
        for reason, count in reasons[method].most_common():
            print(f"{count:>6}  {reason}")
    if options.csv:
        with options.csv.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(("block", "metal", "method", "smmdb", "peer", "explanation"))
            writer.writerows(rows)


def compare(file: Path) -> Iterator[tuple[str, str, str, Neighbours, Neighbours | None]]:
    """(block, metal label, method, our neighbours, its neighbours or None) of each metal."""
    for verdict in read_file(file.read_bytes(), file.name):
        outcome = verdict.outcome
        if not isinstance(outcome, Accepted) or any(c.is_disordered for c in outcome.complexes):
            continue
        structure = _by_pymatgen(file, verdict.position)
        if structure is None:
            continue
        ours = _by_smmdb(outcome)
        for method, around in _methods(structure):
            seen = set()
            for index, site in enumerate(structure):
                if site.label in ours and site.label not in seen:
                    seen.add(site.label)
                    try:
                        theirs = [atom for atom in around(index) if atom[1] not in METALS]
                    except Exception:  # noqa: BLE001 - whatever a peer raises
                        theirs = None
                    yield verdict.name, site.label, method, ours[site.label], theirs


def _by_pymatgen(file: Path, position: int) -> Structure | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            parser = CifParser(io.StringIO(file.read_text(encoding="latin-1")))
            blocks = list(parser._cif.data.values())  # noqa: SLF001 - no public way to one block
            structure = parser._get_structure(  # noqa: SLF001
                blocks[position], primitive=False, symmetrized=False, check_occu=True
            )
    except Exception:  # noqa: BLE001 - whatever a peer raises
        return None
    if structure is None or not structure.is_ordered:
        return None
    # What pymatgen does not know it keeps as a dummy, which its own methods then trip over.
    return structure if all(0 < site.specie.Z < 119 for site in structure) else None


def _by_smmdb(outcome: Accepted) -> dict[str, Neighbours]:
    found = {}
    for complex_ in outcome.complexes:
        graph = read_graph(complex_)
        for metal in graph.centres:
            places = complex_.positions
            found[complex_.labels[metal]] = [
                (
                    complex_.labels[i],
                    graph.elements[i],
                    float(np.linalg.norm(places[i] - places[metal])),
                    tuple(places[i]),
                )
                for i in graph.donors[metal]
            ]
    return found


def _methods(structure: Structure) -> Iterator[tuple[str, Callable[[int], Neighbours]]]:
    for finder in (JmolNN(), CrystalNN(distance_cutoffs=None, x_diff_weight=0)):
        yield type(finder).__name__, lambda i, finder=finder: _by_finder(finder, structure, i)
    atoms = AseAtomsAdaptor.get_atoms(structure, msonable=False)
    first, second, distance, vector = neighbor_list("ijdD", atoms, natural_cutoffs(atoms))

    def by_cutoffs(index: int) -> Neighbours:
        return [
            _neighbour(structure[second[k]], distance[k], structure[index].coords + vector[k])
            for k in np.flatnonzero(first == index)
        ]

    yield "ASE natural_cutoffs", by_cutoffs


def _by_finder(finder: Any, structure: Structure, index: int) -> Neighbours:
    centre = structure[index]
    with warnings.catch_warnings(action="ignore"):
        around = finder.get_nn_info(structure, index)
    return [_neighbour(n["site"], n["site"].distance(centre), n["site"].coords) for n in around]


def _neighbour(site: Any, distance: float, place: Any) -> tuple[str, int, float, tuple[float, ...]]:
    z = int(site.specie.Z)
    return site.label, z, float(distance), tuple(place)


def _difference(some: Neighbours, others: Neighbours) -> Neighbours:
    """Those of *some* without a partner (same label and distance) among *others*."""
    left = list(others)
    alone = []
    for atom in some:
        partner = next((o for o in left if o[0] == atom[0] and abs(o[2] - atom[2]) < 0.02), None)
        if partner is None:
            alone.append(atom)
        else:
            left.remove(partner)
    return alone


def _why_more(atom: Any, metal: str, theirs: Neighbours) -> str:
    """Why the peer counts an atom that smmdb does not."""
    _, z, distance, place = atom
    if z == 1:
        return "peer counts hydrogen"
    excess = distance - COVALENT_RADII[z] - COVALENT_RADII[_element(metal)]
    if excess > TOLERANCE:
        return f"peer counts {symbol(z)} farther than radii + {TOLERANCE} A"
    donors = [a for a in theirs if a is not atom and a[1] != 1 and a[2] < distance]
    if any(np.linalg.norm(np.subtract(a[3], place)) < 1.9 for a in donors):
        return f"peer counts {symbol(z)} behind a donor"
    return f"peer counts {symbol(z)} that has no free valence or is a weak donor"


def _why_less(atom: Any, metal: str) -> str:
    """Why smmdb counts an atom that the peer does not."""
    _, z, distance, _ = atom
    excess = distance - COVALENT_RADII[z] - COVALENT_RADII[_element(metal)]
    length = "long" if excess > 0.2 else "short"
    return f"peer misses a {length} bond to {symbol(z)}"


def _element(label: str) -> int:
    letters = label.rstrip("0123456789'\"()_*").capitalize()
    for text in (letters[:2], letters[:1]):
        try:
            return atomic_number(text.capitalize())
        except ValueError:
            continue
    return 0


def _formula(atoms: Neighbours) -> str:
    counts = Counter(symbol(z) for _, z, _, _ in atoms)
    return "".join(f"{e}{n if n > 1 else ''}" for e, n in sorted(counts.items()))


if __name__ == "__main__":
    main()
