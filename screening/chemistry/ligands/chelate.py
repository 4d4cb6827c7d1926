"""Chelates: ligands named by the chain between two of their donors."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from screening.chemistry.ligands.backbone import Backbone

_C, _N, _O, _S = 6, 7, 8, 16
_LONGEST_CONJUGATED: Final = 1.47
"""Angstrom: C-C of a delocalised chelate is 1.36-1.42, of a neutral diketone 1.50."""
_LONGEST_MEAN: Final = 1.45
_LONGEST_DIOXOLENE: Final = 1.57
"""Angstrom: between the carbons of C-O; 1.40 in catecholates, up to 1.56 in quinones."""
_LONGEST_CN: Final = 1.40
_LEAST_CROWN: Final = 4
_LEAST_BOUND: Final = 3


def chelate_classes(backbone: Backbone) -> Iterator[str]:
    """Name the chelates of the ligand."""
    for donor, element in [(i, backbone.elements[i]) for i in backbone.metals]:
        if element in {_O, _N}:
            yield from _five_chain(backbone, donor, element)
        if element in {_O, _S}:
            yield from _four_chain(backbone, donor, element)
        if element in {_N, _S}:
            yield from _three_chain(backbone, donor, element)
    if _is_crown_ether(backbone):
        yield "crown ether"


def _is_end(backbone: Backbone, atom: int, partner: int, element: int) -> bool:
    return backbone.is_(atom, element) and backbone.chelates(atom, partner)


def _five_chain(backbone: Backbone, donor: int, element: int) -> Iterator[str]:
    """X-C-C-C-X on one metal, conjugated and in no aromatic ring: diketonate, diketiminate."""
    for a in backbone.bonded(donor, _C):
        for b in backbone.bonded(a, _C):
            for c in backbone.bonded(b, _C):
                for end in backbone.near[c]:
                    if c == a or end <= donor or not _is_end(backbone, end, donor, element):
                        continue
                    if element == _O and _is_acylpyrazolone(backbone, (donor, a, b, c, end)):
                        yield "acylpyrazolonate"
                    if not _is_delocalised(backbone, (donor, a, b, c, end)):
                        continue
                    if element == _O:
                        yield "beta-diketonate"
                    elif max(backbone.length(donor, a), backbone.length(c, end)) < _LONGEST_CN:
                        yield "beta-diketiminate"


def _is_acylpyrazolone(backbone: Backbone, chain: tuple[int, int, int, int, int]) -> bool:
    """O-C-C-C-O, one outer carbon and the middle one of which are in a ring of a pyrazolone."""
    first, a, b, c, last = chain
    rings = [
        r for r in backbone.aromatic_rings(b, 5) if backbone.formula(r) == (_C, _C, _C, _N, _N)
    ]
    is_one_inside = any((a in ring) != (c in ring) for ring in rings)
    return is_one_inside and len(backbone.near[first]) == len(backbone.near[last]) == 1


def _is_delocalised(backbone: Backbone, chain: tuple[int, int, int, int, int]) -> bool:
    """Flat in the middle, C-C short, no hetero atom beside the donors, O without other groups."""
    first, a, b, c, last = chain
    sides = {j for i in (a, c) for j in backbone.near[i]} - set(chain)
    return (
        not any(backbone.aromatic_rings(i) for i in chain)
        and (backbone.length(a, b) + backbone.length(b, c)) / 2 < _LONGEST_MEAN
        and all(len(backbone.near[i]) < 4 for i in (a, b, c))
        and (len(backbone.near[b]) < 3 or backbone.is_flat(b))
        and all(backbone.is_(j, _C) for j in sides)
        and (backbone.is_(first, _N) or len(backbone.near[first]) == len(backbone.near[last]) == 1)
    )


def _four_chain(backbone: Backbone, donor: int, element: int) -> Iterator[str]:
    """X-C-C-X on one metal: dioxolene (catechol, semiquinone, quinone) and dithiolene."""
    if len(backbone.near[donor]) > 1:
        return
    for a in backbone.bonded(donor, _C):
        for b in backbone.bonded(a, _C):
            for end in backbone.near[b]:
                if end <= donor or not _is_end(backbone, end, donor, element):
                    continue
                if len(backbone.near[end]) > 1 or backbone.length(a, b) > _LONGEST_DIOXOLENE:
                    continue
                if element == _S:
                    if backbone.length(a, b) < _LONGEST_CONJUGATED:
                        yield "dithiolene"
                elif name := _of_ring(backbone, a, b):
                    yield name


def _of_ring(backbone: Backbone, a: int, b: int) -> str | None:
    """Name two O on bonded carbons by the flat ring of six or seven carbons that these are in."""
    shared = [ring for ring in backbone.rings if a in ring and b in ring]
    six = [ring for ring in shared if backbone.formula(ring) == (_C,) * 6]
    if any(all(backbone.is_flat(i) for i in ring) for ring in six):
        return "dioxolene"
    if shared:
        return None
    paths: list[tuple[int, ...]] = [(b, a)]
    for _ in range(5):
        paths = [
            (*path, j)
            for path in paths
            for j in backbone.bonded(path[-1], _C)
            if j not in path and backbone.is_flat(j)
        ]
    return "tropolonate" if any(b in backbone.near[path[-1]] for path in paths) else None


def _three_chain(backbone: Backbone, donor: int, element: int) -> Iterator[str]:
    """X-C-X: amidinate and guanidinate (N), dithiocarbamate, xanthate, dithiocarboxylate (S)."""
    for a in backbone.bonded(donor, _C):
        for end in backbone.bonded(a, element):
            if end <= donor or backbone.aromatic_rings(a) or not backbone.is_flat(a):
                continue
            third = [backbone.elements[j] for j in backbone.near[a] if j not in {donor, end}]
            if element == _N and end in backbone.metals:
                if max(backbone.length(donor, a), backbone.length(a, end)) < _LONGEST_CN:
                    yield "guanidinate" if third == [_N] else "amidinate"
            elif element == _S and all(len(backbone.near[i]) == 1 for i in (donor, end)):
                names = {_N: "dithiocarbamate", _O: "xanthate", _C: "dithiocarboxylate"}
                if third and third[0] in names:
                    yield names[third[0]]


def _is_crown_ether(backbone: Backbone) -> bool:
    """Four or more ether O, each joined by C-C to two others: a ring, three of them on one metal.

    Not all of them need bind: of a crown on a small metal one or two often stay away.
    """
    if sum([backbone.is_(i, _O) for i in backbone.metals]) < _LEAST_BOUND:
        return False
    ethers = {i for i in backbone.atoms if backbone.is_(i, _O) and len(backbone.near[i]) == 2}
    links: dict[int, set[int]] = {i: set() for i in ethers}
    for oxygen in ethers:
        for a in backbone.bonded(oxygen, _C):
            for b in backbone.bonded(a, _C):
                links[oxygen] |= {j for j in backbone.bonded(b, _O) if j in ethers and j != oxygen}
    in_ring = {
        i for i in ethers if len(links[i]) == 2 and all(len(links[j]) == 2 for j in links[i])
    }
    n_bound = Counter(m for i in in_ring for m in backbone.metals.get(i, ()))
    return len(in_ring) >= _LEAST_CROWN and max(n_bound.values(), default=0) >= _LEAST_BOUND
