"""Filters: what a complex must be to be listed or ranked, as SQL conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

OWN_EXAMPLES: Final = """
    with recursive own (id) as (
        select complex_id from training_example where model_version_id = :version_id
        union
        select x.id from imported_example i join complex x on x.content_key = i.content_key
        where i.model_version_id = :version_id
        union
        select x.superseded_by from own join complex x on x.id = own.id
        where x.superseded_by is not null
    )
    select id from own"""
"""The examples of a version, also as read anew; of one trained elsewhere, known by their keys."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a candidate must be; None and empty ask nothing.

    metals: all of these elements are in the complex.
    ligand_classes: all of these are among the classes of its ligands.
    skeletons: its isostructural skeleton key is one of these.
    ordered: no complex with a disordered metal or donor.
    plausible: no complex that a plausibility rule of high severity speaks against.
    crystal: True only what was measured in a crystal, False only what was not.
    synthetic: True only synthetic complexes, False only real ones.
    labelled: also complexes that have a positive or negative label; by a model of a property, also
    its own examples.
    """

    metals: Sequence[str] = ()
    ligand_classes: Sequence[str] = ()
    skeletons: Sequence[str] = ()
    coordination_number: int | None = None
    min_nuclearity: int | None = None
    max_nuclearity: int | None = None
    min_score: float | None = None
    ordered: bool = False
    plausible: bool = False
    crystal: bool | None = None
    synthetic: bool | None = None
    labelled: bool = True

    def sql(self) -> tuple[str, dict[str, Any]]:
        """The conditions and their values."""
        conditions = {
            "c.metals @> cast(:metals as text[])": ("metals", list(self.metals) or None),
            "c.ligand_classes @> cast(:ligands as text[])": (
                "ligands",
                list(self.ligand_classes) or None,
            ),
            "c.skeleton_key = any(cast(:skeletons as text[]))": (
                "skeletons",
                list(self.skeletons) or None,
            ),
            "exists (select from metal_site s where s.complex_id = c.id"
            " and s.coordination_number = :cn)": ("cn", self.coordination_number),
            "c.nuclearity >= :min_nuclearity": ("min_nuclearity", self.min_nuclearity),
            "c.nuclearity <= :max_nuclearity": ("max_nuclearity", self.max_nuclearity),
            "p.score >= :min_score": ("min_score", self.min_score),
            "(c.cell is not null) = :crystal": ("crystal", self.crystal),
            "c.is_synthetic = :synthetic": ("synthetic", self.synthetic),
        }
        wanted = {sql: pair for sql, pair in conditions.items() if pair[1] is not None}
        values = dict(wanted.values())
        fixed = {
            "not (c.metal_disordered or c.donor_disordered)": self.ordered,
            "not exists (select from plausibility_flag f where f.complex_id = c.id"
            " and f.severity = 'high')": self.plausible,
            "coalesce(l.class, '') not in ('positive', 'negative')"
            f" and (v.policy is not null or c.id not in ({OWN_EXAMPLES}))": not self.labelled,
        }
        asked = [*wanted, *(sql for sql, is_asked in fixed.items() if is_asked)]
        return "".join(f" and {sql}" for sql in asked), values
