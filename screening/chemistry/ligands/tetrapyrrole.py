"""Tetrapyrroles: porphyrin, phthalocyanine and their kin, found by graph."""

from dataclasses import dataclass
from typing import Literal

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.ring import Ring

_NITROGEN = 7
_CARBON = 6

Kind = Literal["porphyrin", "phthalocyanine", "porphyrazine", "corrole"]


@dataclass(frozen=True, slots=True)
class Tetrapyrrole:
    """kind: its class; nitrogens: the four inner N in the order of the ring."""

    kind: Kind
    nitrogens: tuple[int, ...]


def find_tetrapyrroles(backbone: Backbone) -> list[Tetrapyrrole]:
    """Four rings NC4 whose N bind one metal, joined in a ring by four bridges between alpha C.

    Four bridges, at least one of C: porphyrin (reduced ones such as chlorin too); four N bridges:
    phthalocyanine where each outer bond is shared with an aromatic ring, else porphyrazine; three
    C bridges and one direct bond: corrole.
    """
    found = []
    for groups in backbone.donors.values():
        nitrogens = [g[0] for g in groups if len(g) == 1 and backbone.is_(g[0], _NITROGEN)]
        if len(nitrogens) < 4:
            continue
        pyrroles = {
            nitrogen: ring
            for nitrogen in nitrogens
            for ring in backbone.rings
            if nitrogen in ring and backbone.formula(ring) == (6, 6, 6, 6, 7)
        }
        if len(pyrroles) == 4 and (one := _joined(backbone, pyrroles)):
            found.append(one)
    return found


def _joined(backbone: Backbone, pyrroles: dict[int, Ring]) -> Tetrapyrrole | None:
    owner = {
        alpha: nitrogen
        for nitrogen, ring in pyrroles.items()
        for alpha in backbone.near[nitrogen]
        if alpha in ring
    }
    bridges: list[int] = []
    links: dict[int, set[int]] = {nitrogen: set() for nitrogen in pyrroles}
    for alpha, nitrogen in owner.items():
        for middle in backbone.near[alpha]:
            if middle in pyrroles[nitrogen]:
                continue
            if middle in owner:
                ends = [middle]
                bridge = 0
            else:
                ends = [j for j in backbone.near[middle] if j in owner and j != alpha]
                if backbone.is_(middle, _CARBON) and not backbone.is_flat(middle):
                    continue  # porphyrinogens and calixpyrroles
                bridge = backbone.elements[middle]
            for end in ends:
                links[nitrogen].add(owner[end])
                if alpha < end:
                    bridges.append(bridge)
    if len(bridges) != 4 or any(len(others) != 2 for others in links.values()):
        return None
    kind = _kind(backbone, bridges, list(pyrroles.values()), owner)
    first = min(links)
    second, fourth = sorted(links[first])
    (third,) = set(links) - {first, second, fourth}
    return Tetrapyrrole(kind, (first, second, third, fourth)) if kind else None


def _kind(
    backbone: Backbone, bridges: list[int], pyrroles: list[Ring], owner: dict[int, int]
) -> Kind | None:
    if bridges == [_NITROGEN] * 4:
        betas = [[i for i in ring if i not in owner and backbone.is_(i, 6)] for ring in pyrroles]
        fused = all(
            any(set(beta) <= set(ring) for ring in backbone.aromatic if len(ring) == 6)
            for beta in betas
        )
        return "phthalocyanine" if fused else "porphyrazine"
    if sorted(bridges) == [0, _CARBON, _CARBON, _CARBON]:
        return "corrole"
    return "porphyrin" if set(bridges) <= {_CARBON, _NITROGEN} else None
