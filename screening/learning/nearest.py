"""Nearest skeleton: a complex is what the most similar complex of the training part is."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem, DataStructs
from rdkit.Chem import rdFingerprintGenerator

from screening.elements import HALOGENS, LANTHANIDES
from screening.learning.traits import Traits

_RADIUS: Final = 2
_YTTRIUM: Final = 39
_LANTHANIDE: Final = 57
_HALOGEN: Final = 9
_SAME: Final = 1e-9


class NearestSkeleton:
    """One nearest neighbour by the Tanimoto similarity of Morgan counts (radius 2) of skeletons.

    A skeleton is the graph of the heavy atoms with one symbol for the lanthanides and yttrium and
    one for the halogens. Neighbours that are equally near are averaged.
    """

    name = "nearest-skeleton"

    def __init__(
        self, traits: Sequence[Traits], targets: NDArray[np.bool_] | NDArray[np.float64]
    ) -> None:
        self._known = [fingerprint(one) for one in traits]
        self._targets = targets

    def scores(self, traits: Sequence[Traits]) -> NDArray[np.float64]:
        """Share of positives, or mean number, among the nearest."""
        scores = np.empty(len(traits))
        for row, one in enumerate(traits):
            near = np.array(DataStructs.BulkTanimotoSimilarity(fingerprint(one), self._known))
            scores[row] = self._targets[near >= near.max() - _SAME].mean()
        return scores


def nearest_similarity(traits: Sequence[Traits], known: Sequence[Traits]) -> NDArray[np.float64]:
    """Tanimoto similarity, from 0 to 1, of each complex to the most similar of *known*: (n,)."""
    prints = [fingerprint(one) for one in known]
    found = [max(DataStructs.BulkTanimotoSimilarity(fingerprint(one), prints)) for one in traits]
    return np.array(found, dtype=np.float64)


def fingerprint(traits: Traits) -> DataStructs.UIntSparseIntVect:
    """Morgan counts, radius 2, of the graph of a skeleton."""
    molecule = Chem.RWMol()
    places: dict[int, int] = {}
    for atom, z in enumerate(traits.atomic_numbers.tolist()):
        if z != 1:
            places[atom] = molecule.AddAtom(Chem.Atom(z))
    for a, b in traits.bonds.tolist():
        if a in places and b in places:
            molecule.AddBond(places[a], places[b], Chem.BondType.SINGLE)
    Chem.FastFindRings(molecule)
    names = [_skeleton_number(int(traits.atomic_numbers[atom])) for atom in places]
    counts: DataStructs.UIntSparseIntVect = _MORGAN.GetCountFingerprint(
        molecule, customAtomInvariants=names
    )
    return counts


def _skeleton_number(z: int) -> int:
    if z in LANTHANIDES or z == _YTTRIUM:
        return _LANTHANIDE
    return _HALOGEN if z in HALOGENS else z


_MORGAN: Final = rdFingerprintGenerator.GetMorganGenerator(radius=_RADIUS)
