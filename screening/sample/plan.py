"""Plan: which compounds a sample holds, drawn from what the families can make."""

from typing import Final

import numpy as np

from screening.sample import lanthanide, mixed, mononuclear, transition
from screening.sample.recipe import Recipe

_SHARES: Final[dict[str, float]] = {
    "salen": 0.26, "3d-4f": 0.21, "3d-4f-3d": 0.06, "diketonate": 0.12, "bipyramid": 0.09,
    "sandwich": 0.06, "dimer": 0.09, "tetrahedron": 0.05, "octahedron": 0.06,
}  # fmt: skip
_COMMON: Final = {"Dy": 5.0, "Tb": 1.8, "Er": 1.8, "Gd": 1.3, "Co": 1.8, "Mn": 1.4}
"""How much more often than others a lead metal is drawn: literature is not even either."""
_AGAIN: Final = 0.08
"""Part of the crystals that are a second determination of a compound of the sample."""


def draw_compounds(count: int, rng: np.random.Generator) -> list[Recipe]:
    """*count* recipes in random order, a few of them twice."""
    families: dict[str, list[Recipe]] = {}
    for module in (mononuclear, mixed, lanthanide, transition):
        for recipe in module.recipes():
            families.setdefault(recipe.family, []).append(recipe)
    again = round(_AGAIN * count)
    exact = {name: share * (count - again) for name, share in _SHARES.items()}
    wanted = {name: int(number) for name, number in exact.items()}
    for name in sorted(exact, key=lambda name: wanted[name] - exact[name]):
        wanted[name] += sum(wanted.values()) < count - again  # the largest remainders first
    drawn: list[Recipe] = []
    for name, number in wanted.items():
        members = families[name]
        weight = np.array([_COMMON.get(recipe.metals[0], 1.0) for recipe in members])
        size = min(number, len(members))
        picked = rng.choice(len(members), size=size, replace=False, p=weight / weight.sum())
        drawn += [members[i] for i in picked]
    drawn += [drawn[i] for i in rng.choice(len(drawn), size=count - len(drawn))]
    return [drawn[i] for i in rng.permutation(len(drawn))]
