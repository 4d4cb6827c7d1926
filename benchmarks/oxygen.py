"""Valence that metals give to oxygens, by the hydrogens that are drawn on these.

    python benchmarks/oxygen.py FOLDER MOLECULES.xyz.xz

The limits of `bare_oxygen` and `oxygen_donor` lie between these. Of all CIF files of FOLDER and
all molecules of the xyz file: a lone O by its hydrogens and number of metals, and an O on a
saturated carbon or silicon that has one metal. Each row: how many, and the least, first, fiftieth
and last percentile and largest valence; of a lone O the middle of what the metals' oxidation
states give, else the most.
"""

import argparse
import lzma
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from screening.chemistry.graph import read_graph
from screening.chemistry.oxidation.bond_valence import bond_valence_range
from screening.crystal.complex import Accepted, BlockVerdict, Complex
from screening.crystal.read import read_file
from screening.elements import METAL_CENTRES, symbol
from screening.molecule.read import read_molecules

_CARBON, _OXYGEN, _SILICON = 6, 8, 14
_SATURATED = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("molecules", type=Path)
    options = parser.parse_args()
    found: dict[str, list[float]] = defaultdict(list)
    for complex_ in complexes(options.folder, options.molecules):
        for kind, valence in valences(complex_):
            found[kind].append(valence)
    for kind, values in sorted(found.items()):
        shown = " ".join(f"{v:.2f}" for v in np.quantile(values, (0, 0.01, 0.5, 0.99, 1)))
        print(f"{kind:40} {len(values):5}  {shown}")


def complexes(folder: Path, molecules: Path) -> Iterator[Complex]:
    verdicts: list[BlockVerdict] = []
    for path in sorted(folder.rglob("*.cif")):
        verdicts += read_file(path.read_bytes(), path.name)
    with lzma.open(molecules, "rt") as lines:
        for head in lines:
            text = "".join([head, *islice(lines, int(head) + 1)])
            verdicts += read_molecules(text.encode(), molecules.name, "xyz")
    for verdict in verdicts:
        if isinstance(verdict.outcome, Accepted):
            yield from verdict.outcome.complexes


def valences(complex_: Complex) -> Iterator[tuple[str, float]]:
    """(what kind of oxygen, valence) of the oxygens that metals with known R0 bind."""
    graph = read_graph(complex_)
    for oxygen in [i for i, z in enumerate(graph.elements) if z == _OXYGEN]:
        near = graph.neighbours[oxygen]
        metals = [j for j in near if graph.elements[j] in METAL_CENTRES]
        heavy = [j for j in near if j not in metals and graph.elements[j] > 1]
        ranges = [
            bond_valence_range(
                symbol(graph.elements[j]),
                "O",
                float(np.linalg.norm(complex_.positions[oxygen] - complex_.positions[j])),
            )
            for j in metals
        ]
        known = [found for found in ranges if found is not None]
        if not known or len(known) < len(ranges):
            continue
        least, most = (sum(pair[k] for pair in known) for k in range(2))
        hydrogens = len(near) - len(metals) - len(heavy)
        if not heavy:
            yield f"lone O, {hydrogens} H, {len(metals)} metals", (least + most) / 2
        elif len(metals) == len(heavy) == 1 and graph.elements[heavy[0]] in {_CARBON, _SILICON}:
            beside = [j for j in graph.neighbours[heavy[0]] if j not in metals]
            if len(beside) == _SATURATED:
                yield f"O on saturated {symbol(graph.elements[heavy[0]])}, {hydrogens} H", most


if __name__ == "__main__":
    main()
