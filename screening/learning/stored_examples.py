"""Stored examples: what the database holds of labelled complexes, as what is learned from."""

from collections.abc import Sequence

import numpy as np

from screening.evidence.property_value import Kind
from screening.learning.dataset import Examples
from screening.learning.split_kind import HEADLINE, SPLIT_KINDS
from screening.learning.traits import Traits
from screening.store.examples import LabelledComplex
from screening.voxel.spec import VoxelSpec


def to_examples(
    labelled: Sequence[LabelledComplex], spec: VoxelSpec, kind: Kind = Kind.BINARY
) -> Examples:
    """Examples with grids of *spec*, in the order given; *kind* of their answers.

    Groups are those of the headline split, by which the figures' intervals are drawn.
    """
    traits = tuple(_traits(item) for item in labelled)
    dtype = np.float64 if kind is Kind.NUMERIC else np.bool_
    return Examples(
        complex_ids=np.array([item.complex_id for item in labelled], dtype=np.int64),
        blobs=tuple(item.blob for item in labelled),
        targets=np.array([item.answer for item in labelled], dtype=dtype),
        groups=SPLIT_KINDS[HEADLINE].groups(traits),
        traits=traits,
        spec=spec,
    )


def _traits(item: LabelledComplex) -> Traits:
    return Traits(
        metals=tuple(item.metals),
        atomic_numbers=np.array(item.atomic_numbers, dtype=np.uint8),
        positions=np.array(item.positions, dtype=np.float32).reshape(-1, 3),
        bonds=np.array(item.bonds, dtype=np.intp).reshape(-1, 2),
        compound=str(item.compound_id),
        skeleton=item.skeleton_key,
        crystal=item.identifier,
        family=item.refcode_family,
        doi=item.doi,
        year=item.year,
        ligand_classes=tuple(item.ligand_classes),
        severities=tuple(item.severities),
    )
