"""Heterocycles: ligands that bind by N (or carbene C) of an aromatic ring."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.ring import Ring

_C, _N, _O, _S = 6, 7, 8, 16
_AZOLES: Final[dict[tuple[int, ...], str]] = {
    (_C, _C, _C, _C, _N): "pyrrole",
    (_C, _C, _N, _N, _N): "triazole",
    (_C, _N, _N, _N, _N): "tetrazole",
    (_C, _C, _C, _N, _O): "oxazole",
    (_C, _C, _C, _N, _S): "thiazole",
}
_AZOLINES: Final[dict[tuple[int, ...], str]] = {
    (_C, _C, _C, _N, _N): "imidazoline",
    (_C, _C, _C, _N, _O): "oxazoline",
    (_C, _C, _C, _N, _S): "thiazoline",
}
"""Rings of five with a C=N, but not aromatic, by formula."""
_LONGEST_DOUBLE: Final = 1.33
"""Angstrom: C=N of an azoline on a metal is 1.27-1.32, C-N of a saturated ring 1.45-1.50."""
_LARGEST_CARBENE: Final = 10
"""Atoms of the ring of an N-heterocyclic carbene: five, six, and more rarely seven to nine."""
_LONGEST_OXIDE: Final = 1.30
"""Angstrom: C-O of a pyridonate is 1.25-1.29, of a hydroxypyridine 1.32-1.35."""
_DIAZINES: Final = {1: "pyridazine", 2: "pyrimidine", 3: "pyrazine"}
"""Aromatic rings C4N2, by the bonds between their two N."""


def heterocycle_classes(backbone: Backbone) -> Iterator[str]:
    """Name the heterocycles of the ligand."""
    for carbon in _lone_donors(backbone, _C):
        if name := _carbene(backbone, carbon):
            yield name
    if any(backbone.is_(i, _N) for i in backbone.metals):
        yield from _nitrogen_classes(backbone)


def _nitrogen_classes(backbone: Backbone) -> Iterator[str]:
    nitrogens = _lone_donors(backbone, _N)
    pyridines = _rings_of(backbone, nitrogens, (_C, _C, _C, _C, _C, _N))
    polypyridine = _polypyridine(backbone, pyridines)
    yield from polypyridine
    if _polypyridine(backbone, _rings_of(backbone, nitrogens, (_C, _C, _C, _C, _N, _N))):
        yield "2,2'-bipyrimidine"
    for nitrogen, ring in pyridines.items():
        if _has_peri_oxygen(backbone, nitrogen, ring):
            yield "quinolinolate"
        elif not polypyridine:
            yield "pyridine"
        if _has_free_oxide(backbone, nitrogen, ring):
            yield "pyridonate"
    for nitrogen in nitrogens:
        yield from _azines(backbone, nitrogen)
        yield from _azoles(backbone, nitrogen)
    if any(_n_pyrazolyls(backbone, i) >= least for i, least in _hubs(backbone)):
        yield "scorpionate"


def _azoles(backbone: Backbone, nitrogen: int) -> Iterator[str]:
    """Name the five-membered rings of a donor N, aromatic ones and those with a C=N."""
    for ring in backbone.aromatic_rings(nitrogen, 5):
        formula = backbone.formula(ring)
        if formula == (_C, _C, _C, _N, _N):
            is_beside = any(backbone.is_(j, _N) for j in backbone.near[nitrogen] if j in ring)
            yield "pyrazole" if is_beside else "imidazole"
        elif formula in _AZOLES:
            yield _AZOLES[formula]
    if name := _azoline(backbone, nitrogen):
        yield name


def _azoline(backbone: Backbone, nitrogen: int) -> str | None:
    if backbone.aromatic_rings(nitrogen) or len(backbone.around[nitrogen]) > 2:
        return None
    shortest = min(backbone.length(nitrogen, j) for j in backbone.near[nitrogen] or (nitrogen,))
    if not 0 < shortest < _LONGEST_DOUBLE:
        return None
    formulas = [backbone.formula(r) for r in backbone.rings if len(r) == 5 and nitrogen in r]
    return next((_AZOLINES[f] for f in formulas if f in _AZOLINES), None)


def _azines(backbone: Backbone, nitrogen: int) -> Iterator[str]:
    """Name the six-membered aromatic rings of a donor N that hold more than one N."""
    for ring in backbone.aromatic_rings(nitrogen, 6):
        places = [k for k, i in enumerate(ring) if backbone.is_(i, _N)]
        if backbone.formula(ring) == (_C, _C, _C, _C, _N, _N):
            apart = places[1] - places[0]
            yield _DIAZINES[min(apart, 6 - apart)]
        elif backbone.formula(ring) == (_C, _C, _C, _N, _N, _N):
            yield "triazine"
        elif backbone.formula(ring) == (_C, _C, _N, _N, _N, _N):
            yield "tetrazine"


def _lone_donors(backbone: Backbone, element: int) -> list[int]:
    return sorted(
        {
            atom
            for groups in backbone.donors.values()
            for group in groups
            for atom in group
            if backbone.is_(atom, element) and backbone.binds_end_on(group)
        }
    )


def _rings_of(
    backbone: Backbone, nitrogens: Iterable[int], formula: tuple[int, ...]
) -> dict[int, Ring]:
    """Donor N, each with its aromatic ring of six of this formula."""
    return {
        nitrogen: ring
        for nitrogen in nitrogens
        for ring in backbone.aromatic_rings(nitrogen, 6)
        if backbone.formula(ring) == formula
    }


def _polypyridine(backbone: Backbone, pyridines: dict[int, Ring]) -> set[str]:
    """Names of pyridine rings joined by bonds next to their N, which bind one metal."""
    if len(pyridines) < 2:
        return set()
    links = [
        (first, second, _third(backbone, a, b))
        for first in pyridines
        for second in pyridines
        if first < second and backbone.chelates(first, second)
        for a in backbone.near[first]
        for b in backbone.near[second]
        if b in backbone.near[a]
    ]
    names = {"1,10-phenanthroline" for _, _, is_fused in links if is_fused}
    ends = Counter(i for first, second, is_fused in links if not is_fused for i in (first, second))
    if ends:
        n_middle = sum(n > 1 for n in ends.values())
        names.add({0: "2,2'-bipyridine", 1: "terpyridine"}.get(n_middle, "oligopyridine"))
    return names


def _third(backbone: Backbone, a: int, b: int) -> bool:
    """Whether two alpha carbons share a six-membered ring of carbon."""
    return any(
        a in ring and b in ring and backbone.formula(ring) == (_C,) * 6 for ring in backbone.rings
    )


def _has_peri_oxygen(backbone: Backbone, nitrogen: int, ring: Ring) -> bool:
    """8-hydroxyquinoline: N-C-C-O, the first C shared with the ring that carries the O."""
    return any(
        len(backbone.near[oxygen]) == 1 and backbone.chelates(nitrogen, oxygen)
        for shared in backbone.near[nitrogen]
        for carbon in backbone.bonded(shared, _C)
        if carbon not in ring
        and any(shared in other and other != ring for other in backbone.aromatic_rings(carbon, 6))
        for oxygen in backbone.bonded(carbon, _O)
    )


def _has_free_oxide(backbone: Backbone, nitrogen: int, ring: Ring) -> bool:
    """2-pyridonate that binds this metal by its N alone: beside the N a short C-O without H."""
    return any(
        oxygen not in backbone.metals
        and len(backbone.around[oxygen]) == 1
        and backbone.length(carbon, oxygen) < _LONGEST_OXIDE
        for carbon in backbone.near[nitrogen]
        if carbon in ring
        for oxygen in backbone.bonded(carbon, _O)
    )


def _carbene(backbone: Backbone, carbon: int) -> str | None:
    """Name a donor C between two N, or an N and a saturated C, and with nothing else on it.

    Each N carries two other groups or H.
    """
    near = backbone.near[carbon]
    nitrogens = backbone.bonded(carbon, _N)
    if (
        len(near) != 2
        or len(backbone.around[carbon]) != 2
        or not nitrogens
        or any(len(backbone.near[i]) + backbone.hydrogens[i] != 3 for i in nitrogens)
    ):
        return None
    is_in_ring = _is_in_ring(backbone, carbon)
    if len(nitrogens) == 2:
        return "n-heterocyclic carbene" if is_in_ring else "diaminocarbene"
    is_alkyl = any(len(backbone.around[i]) == 4 for i in backbone.bonded(carbon, _C))
    return "cyclic alkyl amino carbene" if is_in_ring and is_alkyl else None


def _is_in_ring(backbone: Backbone, carbon: int) -> bool:
    """Whether the two neighbours of a carbon are joined to a ring of up to ten atoms."""
    first, last = backbone.near[carbon]
    reached = {first}
    for _ in range(_LARGEST_CARBENE - 2):
        reached |= {j for i in reached for j in backbone.near[i] if j != carbon}
    return last in reached


def _hubs(backbone: Backbone) -> list[tuple[int, int]]:
    """B and C atoms, each with the pyrazolyl groups that make it the centre of a scorpionate."""
    return [
        (i, {5: 2, 6: 3}[backbone.elements[i]])
        for i in backbone.atoms
        if backbone.elements[i] in {5, 6} and len(backbone.bonded(i, _N)) > 1
    ]


def _n_pyrazolyls(backbone: Backbone, hub: int) -> int:
    """Five-membered rings whose N is on *hub* and whose next N binds a metal; one may be free."""
    found = [
        any(backbone.is_(j, _N) and j in backbone.metals for j in ring if j in backbone.near[i])
        for i in backbone.bonded(hub, _N)
        for ring in backbone.aromatic_rings(i, 5)
        if sum(backbone.is_(j, _N) for j in ring) >= 2
    ]
    return len(found) if sum(found) > 1 else 0
