"""Forest: a random forest on metal-donor distances and composition."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.feature_extraction import DictVectorizer

from screening.elements import COVALENT_RADII, HALOGENS, METAL_CENTRES, METALS, symbol
from screening.learning.traits import Traits

_N_TREES: Final = 300


class Forest:
    """Random forest on what a chemist reads off the metal's surroundings, without the 3D picture.

    Features, over all bonds of a metal centre to an atom that is no metal: number, least, mean and
    largest distance; the same by donor element (halogens as one) and for distances less the
    donor's covalent radius; the eight shortest; the mean of the two longest and of the rest; and
    how many metal centres and atoms of each element the complex has.
    A distance that a complex does not have is missing; the trees send it to the better side.
    """

    name = "random-forest"

    def __init__(
        self,
        traits: Sequence[Traits],
        targets: NDArray[np.bool_] | NDArray[np.float64],
        *,
        seed: int = 0,
    ) -> None:
        self._table: Any = DictVectorizer(sparse=False)
        self._table.fit([features(one) for one in traits])
        self._forest: Any = (
            RandomForestClassifier(_N_TREES, class_weight="balanced", random_state=seed)
            if targets.dtype == np.bool_
            else RandomForestRegressor(_N_TREES, random_state=seed)
        )
        self._forest.fit(self._columns(traits), targets)

    def scores(self, traits: Sequence[Traits]) -> NDArray[np.float64]:
        """Mean over the trees of the share of positives, or of the mean number, in the leaf."""
        if not traits:
            return np.empty(0)
        if isinstance(self._forest, RandomForestRegressor):
            numbers: NDArray[np.float64] = self._forest.predict(self._columns(traits))
            return numbers
        both: NDArray[np.float64] = self._forest.predict_proba(self._columns(traits))
        return both[:, 1]

    def _columns(self, traits: Sequence[Traits]) -> NDArray[np.float64]:
        rows: NDArray[np.float64] = self._table.transform([features(one) for one in traits])
        names = self._table.get_feature_names_out()
        # What is absent is counted as 0, but a distance that is not there has no value.
        is_distance = np.array([name.endswith(" A") for name in names])
        rows[:, is_distance] = np.where(rows[:, is_distance] == 0, np.nan, rows[:, is_distance])
        return rows


def features(traits: Traits) -> dict[str, float]:
    """Features of one complex by name; distances, in angstrom, have names that end in " A"."""
    found: dict[str, float] = dict(Counter(map(symbol, traits.atomic_numbers.tolist())))
    for metal, count in Counter(traits.metals).items():
        found[f"{metal} centres"] = count
    bonds = _donor_bonds(traits)
    ordered = sorted(distance for _, distance in bonds)
    groups = {"donor": ordered, "excess": [d - COVALENT_RADII[z] for z, d in bonds]}
    for z, distance in bonds:
        name = "halogen" if z in HALOGENS else symbol(z)
        groups.setdefault(f"{name} donor", []).append(distance)
    for name, distances in groups.items():
        found[f"{name} number"] = len(distances)
        if distances:
            found[f"{name} least A"] = min(distances)
            found[f"{name} mean A"] = float(np.mean(distances))
            found[f"{name} largest A"] = max(distances)
    for place, distance in enumerate(ordered[:_SHORTEST]):
        found[f"shortest {place} A"] = distance
    if len(ordered) > _LONGEST:
        found["two longest A"] = float(np.mean(ordered[-_LONGEST:]))
        found["rest A"] = float(np.mean(ordered[:-_LONGEST]))
    return found


_SHORTEST: Final = 8
_LONGEST: Final = 2
"""A Jahn-Teller axis has two long bonds."""


def _donor_bonds(traits: Traits) -> list[tuple[int, float]]:
    """Atomic number and distance of each donor, over all metal centres."""
    elements = traits.atomic_numbers.tolist()
    bonds = []
    for pair in traits.bonds.tolist():
        for metal, donor in (pair, pair[::-1]):
            if elements[metal] in METAL_CENTRES and elements[donor] not in METALS:
                apart = traits.positions[metal] - traits.positions[donor]
                bonds.append((elements[donor], float(np.linalg.norm(apart))))
    return bonds
