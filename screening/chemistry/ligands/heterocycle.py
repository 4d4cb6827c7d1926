"""Heterocycles: ligands that bind by N (or carbene C) of an aromatic ring."""

from collections.abc import Iterator
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


def heterocycle_classes(backbone: Backbone) -> Iterator[str]:
    """Name the heterocycles of the ligand."""
    pyridines = _pyridines(backbone)
    polypyridine = _polypyridine(backbone, pyridines)
    if polypyridine:
        yield polypyridine
    for nitrogen, ring in pyridines.items():
        if _has_peri_oxygen(backbone, nitrogen, ring):
            yield "quinolinolate"
        elif not polypyridine:
            yield "pyridine"
    for nitrogen in _lone_donors(backbone, _N):
        for ring in backbone.aromatic_rings(nitrogen, 5):
            if name := _azole(backbone, nitrogen, ring):
                yield name
    if any(_is_carbene(backbone, carbon) for carbon in _lone_donors(backbone, _C)):
        yield "n-heterocyclic carbene"
    if any(_n_pyrazolyls(backbone, i) >= least for i, least in _hubs(backbone)):
        yield "scorpionate"


def _azole(backbone: Backbone, nitrogen: int, ring: Ring) -> str | None:
    formula = backbone.formula(ring)
    if formula == (_C, _C, _C, _N, _N):
        is_beside = any(backbone.is_(j, _N) for j in backbone.near[nitrogen] if j in ring)
        return "pyrazole" if is_beside else "imidazole"
    return _AZOLES.get(formula)


def _lone_donors(backbone: Backbone, element: int) -> list[int]:
    return sorted(
        {
            group[0]
            for groups in backbone.donors.values()
            for group in groups
            if len(group) == 1 and backbone.is_(group[0], element)
        }
    )


def _pyridines(backbone: Backbone) -> dict[int, Ring]:
    """Donor N with their aromatic ring C5N."""
    return {
        nitrogen: ring
        for nitrogen in _lone_donors(backbone, _N)
        for ring in backbone.aromatic_rings(nitrogen, 6)
        if backbone.formula(ring) == (_C, _C, _C, _C, _C, _N)
    }


def _polypyridine(backbone: Backbone, pyridines: dict[int, Ring]) -> str | None:
    """Pyridine rings joined by bonds next to their N, which bind one metal."""
    links: list[tuple[int, int, str]] = []
    for first in pyridines:
        for second in pyridines:
            if first < second and backbone.chelates(first, second):
                for a in backbone.near[first]:
                    for b in backbone.near[second]:
                        if b in backbone.near[a]:
                            name = "1,10-phenanthroline" if _third(backbone, a, b) else ""
                            links.append((first, second, name or "2,2'-bipyridine"))
    ends = [nitrogen for first, second, _ in links for nitrogen in (first, second)]
    if any(ends.count(nitrogen) > 1 for nitrogen in ends):
        return "terpyridine"
    return links[0][2] if links else None


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


def _is_carbene(backbone: Backbone, carbon: int) -> bool:
    """Donor C of a five-membered ring between two N that carry something outside the ring."""
    for ring in backbone.rings:
        if len(ring) == 5 and carbon in ring:
            near = backbone.bonded(carbon, _N)
            return len(near) == 2 and all(
                i in ring and len(backbone.near[i]) + backbone.hydrogens[i] == 3 for i in near
            )
    return False


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
