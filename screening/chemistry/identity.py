"""Keys that say when two complexes are the same determination, compound or skeleton."""

import hashlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from screening.crystal.complex import Complex, Determination
from screening.elements import HALOGENS, LANTHANIDES, METALS, symbol

_ROUNDS = 6
"""Of neighbourhood refinement: tells apart atoms whose surroundings differ within six bonds."""
_YTTRIUM = 39


def content_key(complex_: Complex, determination: Determination | None = None) -> str:
    """Hash of what was measured: elements, distances to the centroid (0.001 angstrom), and cell.

    The same block read again gives the same key; another temperature or cell does not.
    """
    distances = np.linalg.norm(complex_.positions - complex_.positions.mean(axis=0), axis=1)
    atoms = sorted(
        zip(complex_.atomic_numbers.tolist(), np.round(distances, 3).tolist(), strict=True)
    )
    parts: list[object] = [atoms]
    if determination is not None:
        parts += [
            determination.identifier,
            determination.cell and [round(x, 4) for x in determination.cell],
            determination.temperature_k,
        ]
    return _digest(repr(parts))


def compound_key(complex_: Complex) -> str:
    """Hash of the graph of the heavy atoms with their elements: what a chemist calls one compound.

    Hydrogens are left out, since many structures lack them, and metal-metal contacts, since their
    length decides nothing. Does not depend on atom order, cell or setting.
    """
    return _graph_key(complex_, [symbol(int(z)) for z in complex_.atomic_numbers])


def skeleton_key(complex_: Complex) -> str:
    """Like `compound_key`, with one symbol for all lanthanides and Y, and one for all halogens."""
    return _graph_key(complex_, [_skeleton_symbol(int(z)) for z in complex_.atomic_numbers])


def _skeleton_symbol(z: int) -> str:
    if z in LANTHANIDES or z == _YTTRIUM:
        return "Ln"
    return "Hal" if z in HALOGENS else symbol(z)


def _graph_key(complex_: Complex, names: Sequence[str]) -> str:
    """Weisfeiler-Lehman hash: refine each atom's label by those of its neighbours, count labels.

    Own code rather than a library's, because the value is stored and must not change with a
    library's version.
    """
    z = complex_.atomic_numbers.tolist()
    neighbours: dict[int, list[int]] = {i: [] for i, number in enumerate(z) if number != 1}
    for a, b in complex_.bonds.tolist():
        if 1 in (z[a], z[b]) or (z[a] in METALS and z[b] in METALS):
            continue
        neighbours[a].append(b)
        neighbours[b].append(a)
    labels = {i: names[i] for i in neighbours}
    counts = [Counter(labels.values())]
    for _ in range(_ROUNDS):
        labels = {
            i: _digest(labels[i] + "(" + ",".join(sorted(labels[j] for j in around)) + ")")[:16]
            for i, around in neighbours.items()
        }
        counts.append(Counter(labels.values()))
    return _digest(repr([sorted(c.items()) for c in counts]))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
