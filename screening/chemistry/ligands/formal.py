"""Formal charges that chemistry knows where lengths and valence alone could go wrong."""

from collections.abc import Iterable

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.lewis import Bond
from screening.chemistry.ligands.tetrapyrrole import find_tetrapyrroles
from screening.chemistry.ligands.valence import State, States, UnclearError
from screening.elements import ACTINIDES, LANTHANIDES

_CARBON = 6


def known_states(backbone: Backbone, oxides: Iterable[Bond]) -> dict[int, States]:
    """States of the atoms that carry the charge of a tetrapyrrole or a cyclooctatetraenyl.

    Also of the O of N-oxides (of `n_oxides`), never doubly bonded, and of the N of an aromatic one
    (pyridine N-oxide), which is positive.

    Porphyrins and their kin are counted as dianions with two opposite N negative, corroles as
    trianions; a ring of eight carbons on an f element is a dianion. Raises UnclearError for such a
    ring on other metals, and for four or more pyrroles that are conjugated in another way.
    """
    found: dict[int, States] = {
        nitrogen: {1: State(1)} for _, nitrogen in oxides if backbone.aromatic_rings(nitrogen, 6)
    } | {oxygen: {0: State(-1, 0.3)} for oxygen, _ in oxides}
    tetrapyrroles = find_tetrapyrroles(backbone)
    if not tetrapyrroles and _are_conjugated_pyrroles(backbone):
        raise UnclearError("pyrroles joined in an unusual way: their charge is not known")
    for ring in tetrapyrroles:
        is_core = all(len(backbone.near[i]) + backbone.hydrogens[i] == 2 for i in ring.nitrogens)
        if is_core:
            first, second, third, fourth = ring.nitrogens
            negative = (first, second, third) if ring.kind == "corrole" else (first, third)
            found |= {i: {1: State(0)} for i in (second, fourth)}
            found |= {i: {0: State(-1)} for i in negative}
    for metal, groups in backbone.donors.items():
        for group in groups:
            if len(group) == 8 and all(backbone.is_(i, _CARBON) for i in group):
                if backbone.elements[metal] not in LANTHANIDES | ACTINIDES:
                    raise UnclearError("cyclooctatetraene or its dianion")
                found |= {i: {0: State(-1)} for i in _pair(backbone, group)}
    return found


def _are_conjugated_pyrroles(backbone: Backbone) -> bool:
    """Whether there are four pyrroles, two of them joined directly or by a flat atom.

    Those of a porphyrinogen (calixpyrrole) are joined by sp3 carbons: each is an anion by itself.
    """
    pyrroles = [ring for ring in backbone.aromatic if backbone.formula(ring) == (6, 6, 6, 6, 7)]
    if len(pyrroles) < 4:
        return False
    alphas = {i: ring for ring in pyrroles for i in ring if set(backbone.bonded(i, 7)) & set(ring)}
    return any(
        j in alphas
        or (backbone.is_flat(j) and any(k in alphas for k in backbone.near[j] if k != i))
        for i, ring in alphas.items()
        for j in backbone.near[i]
        if j not in ring
    )


def _pair(backbone: Backbone, ring: tuple[int, ...]) -> tuple[int, int]:
    """Two neighbours of the ring without a substituent that could take part in double bonds."""
    free = [
        i for i in ring if all(j in ring or len(backbone.near[j]) > 3 for j in backbone.near[i])
    ]
    for i in free:
        for j in backbone.near[i]:
            if j in free:
                return i, j
    raise UnclearError("cyclooctatetraenyl with conjugated substituents")


def n_oxides(backbone: Backbone) -> list[Bond]:
    """List (O, N) of O on an N with two other neighbours: N-oxides, nitroxides; no nitro."""
    return [
        (oxygen, nitrogen)
        for oxygen in backbone.atoms
        if backbone.elements[oxygen] == 8
        and len(backbone.near[oxygen]) == 1
        and not backbone.hydrogens[oxygen]
        for nitrogen in backbone.bonded(oxygen, 7)
        if len(backbone.near[nitrogen]) == 3 and len(backbone.bonded(nitrogen, 8)) == 1
    ]
