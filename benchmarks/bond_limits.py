"""Distances of N, O, F and S from metals in MetaLig: what is a donor there, and what is not.

    python benchmarks/bond_limits.py csd_ligands.jsonl.xz

MetaLig's ligands are cut from the CSD with their metal, and name their donors. By metal and
element: how many donors there are by what their distance exceeds the covalent radii, in angstrom,
and behind the plus how many atoms of the same ligands, as far from the metal, are none.
"""

import argparse
import json
import lzma
from bisect import bisect
from collections import defaultdict
from pathlib import Path

import numpy as np

from screening.elements import COVALENT_RADII, METALS, atomic_number

_STEPS = (0.3, 0.4, 0.5, 0.6, 0.66, 0.75)
_ELEMENTS = ("N", "O", "F", "S")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--least", type=int, default=20, help="fewest donors that are printed")
    options = parser.parse_args()
    counts: dict[tuple[str, str], list[list[int]]] = defaultdict(
        lambda: [[0] * (len(_STEPS) + 1) for _ in range(2)]
    )
    with lzma.open(options.file, "rt") as stream:
        for line in stream:
            ligand = json.loads(line)
            places = np.reshape(ligand["xyz"], (-1, 3)) - np.array(ligand["metal_xyz"])
            metal, donors = atomic_number(ligand["metal"]), set(ligand["donors"])
            if metal not in METALS:
                continue
            distances = np.linalg.norm(places, axis=1).tolist()
            for i, element in enumerate(ligand["el"].split()):
                if element in _ELEMENTS:
                    radii = COVALENT_RADII[metal] + COVALENT_RADII[atomic_number(element)]
                    step = bisect(_STEPS, distances[i] - radii)
                    counts[ligand["metal"], element][i not in donors][step] += 1
    print("pair      " + "".join(f"{f'to {step}':>12}" for step in _STEPS) + "      beyond")
    for (metal_symbol, element), (bound, free) in sorted(counts.items()):
        if sum(bound) >= options.least:
            cells = [f"{n} + {k}" for n, k in zip(bound, [*free[:-1], 0], strict=True)]
            cells[-1] = str(bound[-1])
            print(f"{metal_symbol + '-' + element:10}" + "".join(f"{cell:>12}" for cell in cells))


if __name__ == "__main__":
    main()
