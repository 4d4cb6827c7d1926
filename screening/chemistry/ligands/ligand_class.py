"""Ligand classes: the names by which a chemist asks for a ligand, defined in `docs/ligands.md`."""

from collections.abc import Iterator
from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.chelate import chelate_classes
from screening.chemistry.ligands.cut import Fragment
from screening.chemistry.ligands.donor_class import donor_classes
from screening.chemistry.ligands.heterocycle import heterocycle_classes
from screening.chemistry.ligands.imine import imines, salen_class
from screening.chemistry.ligands.pi_ligand import carbon_classes
from screening.chemistry.ligands.quinone import quinone_classes
from screening.chemistry.ligands.tetrapyrrole import find_tetrapyrroles

_N, _O = 7, 8
_TOLD: Final = {
    "beta-diketonate": {"ketone", "aldehyde"},
    "acylpyrazolonate": {"ketone", "aldehyde", "carboxamide"},
}
"""Classes of donors that a chelate of the ligand includes."""


def classify(backbone: Backbone, fragment: Fragment, name: str | None) -> tuple[str, ...]:
    """All classes of a ligand, sorted; empty where none is sure. name: its `small_class`.

    From elements, bonds, lengths and angles: the same with and without hydrogens wherever lengths
    tell (see the docs for alcohols, amides and the like, where they do not).
    """
    if fragment.is_polyoxometalate:
        return ("polyoxometalate",)
    if name:
        return (name,)
    return tuple(sorted(set(_classes(backbone))))


def _classes(backbone: Backbone) -> Iterator[str]:
    if tetrapyrroles := find_tetrapyrroles(backbone):
        yield from (found.kind for found in tetrapyrroles)
        return
    if salen := salen_class(backbone):
        yield salen
    chelates = set(chelate_classes(backbone))
    yield from chelates
    if "beta-diketiminate" not in chelates:
        yield from _imine_classes(backbone)
    yield from heterocycle_classes(backbone)
    yield from carbon_classes(backbone)
    yield from quinone_classes(backbone)
    # the two C-O of a diketonate have no other name
    told = set().union(*(names for chelate, names in _TOLD.items() if chelate in chelates))
    yield from set(donor_classes(backbone)) - told


def _imine_classes(backbone: Backbone) -> Iterator[str]:
    """Schiff bases in the wide sense: hydrazones belong, oximes do not."""
    for other in imines(backbone).values():
        if other == _O:
            yield "oxime"
        else:
            yield "schiff-base"
            if other == _N:
                yield "hydrazone"
