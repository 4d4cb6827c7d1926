"""Donors of each metal against the list of bonds that the authors give in the same file.

    python benchmarks/bond_tables.py FOLDER

Of every accepted block of FOLDER with a list (`_geom_bond_atom_site_label_1`, `_2` and
`_geom_bond_distance`) the contacts of each metal site are compared by label and length (0.04
angstrom). Not counted are hydrogens, metals, and labels that are no atoms of the complex, such as
those of a minor disorder group or of a counter-ion.
"""

import argparse
import re
from collections import Counter, defaultdict
from pathlib import Path

import gemmi
import numpy as np

from screening.chemistry.graph import read_graph
from screening.crystal.complex import Accepted, Complex
from screening.crystal.read import read_file
from screening.elements import METALS

_SAME = 0.04
_TAGS = [f"_geom_bond_{name}" for name in ("atom_site_label_1", "atom_site_label_2", "distance")]
_NUMBER = re.compile(r"\d*\.\d+|\d+")

Contacts = dict[str, list[tuple[str, float]]]
"""By label: the labels beside it, each with the distance in angstrom."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    for path in sorted(options.folder.rglob("*.cif")):
        tables = read_tables(path)
        for verdict in read_file(path.read_bytes(), path.name):
            table = tables.get(verdict.position)
            if isinstance(verdict.outcome, Accepted) and table:
                for complex_ in verdict.outcome.complexes:
                    compare(complex_, table, path.name, counts)
    for what, n in counts.most_common():
        print(f"{n:6}  {what}")


def read_tables(path: Path) -> dict[int, Contacts]:
    """The authors' bonds of each block that has some, by position; none of a file that slips."""
    try:
        document = gemmi.cif.read_string(path.read_text("utf-8", "replace"))
    except (RuntimeError, ValueError):
        return {}
    return {k: table for k, block in enumerate(document) if (table := _contacts(block))}


def _contacts(block: gemmi.cif.Block) -> Contacts:
    found: Contacts = defaultdict(list)
    for row in block.find(_TAGS):
        first, second, length = (gemmi.cif.as_string(value) for value in row)
        if number := _NUMBER.match(length):
            found[first].append((second, float(number.group())))
            found[second].append((first, float(number.group())))
    return dict(found)


def compare(complex_: Complex, table: Contacts, name: str, counts: Counter[str]) -> None:
    """Count the bonds of the metals that both have, only the authors, or only smmdb."""
    graph = read_graph(complex_)
    heavy = {
        label
        for label, z in zip(complex_.labels, graph.elements, strict=True)
        if z > 1 and z not in METALS
    }
    for metal in {
        complex_.labels[i]: i for i in graph.centres if complex_.labels[i] in table
    }.values():
        label = complex_.labels[metal]
        theirs = [bond for bond in table[label] if bond[0] in heavy]
        ours = [
            (
                complex_.labels[i],
                float(np.linalg.norm(complex_.positions[i] - complex_.positions[metal])),
            )
            for i in graph.donors[metal]
            if graph.elements[i] > 1
        ]
        only_theirs = [bond for bond in theirs if not _has(ours, bond)]
        only_ours = [bond for bond in ours if not _has(theirs, bond)]
        counts["metal sites"] += 1
        counts["bonds of both"] += len(ours) - len(only_ours)
        counts["bonds of the authors only"] += len(only_theirs)
        counts["bonds of smmdb only"] += len(only_ours)
        counts["metal sites that agree"] += not only_theirs and not only_ours
        for whose, bonds in (("authors", only_theirs), ("smmdb", only_ours)):
            for donor, length in bonds:
                print(f"{name}: {label}-{donor} {length:.3f} {whose} only")


def _has(bonds: list[tuple[str, float]], bond: tuple[str, float]) -> bool:
    return any(label == bond[0] and abs(length - bond[1]) < _SAME for label, length in bonds)


if __name__ == "__main__":
    main()
