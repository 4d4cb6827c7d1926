"""Facts: what is said of a complex, to be held against what a later reading says of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from screening.chemistry.polyhedra.words import shape_words

_FACTS = text("""
    select c.id, c.content_key, c.formula, c.compound_id, c.ligand_classes, c.charge,
        md5(c.atomic_numbers::text || c.positions::text) as atoms,
        coalesce((select jsonb_agg(jsonb_build_array(s.element, s.coordination_number,
                s.polyhedron, s.donor_set, s.oxidation_state) order by s.atom_index)
            from metal_site s where s.complex_id = c.id), '[]') as sites,
        array(select f.rule || ' ' || f.severity from plausibility_flag f
            where f.complex_id = c.id order by f.rule) as flags
    from complex c where c.id = any(cast(:ids as bigint[])) order by c.id""")

CHANGES = (
    "atoms",
    "compound",
    "coordination number",
    "donors",
    "polyhedron",
    "oxidation state",
    "ligand classes",
    "charge",
    "plausibility",
)
"""What can differ between two readings of one complex."""


@dataclass(frozen=True, slots=True)
class Site:
    """One metal: element, coordination number, polyhedron, donors, oxidation state."""

    element: str
    coordination_number: int
    polyhedron: str | None
    donor_set: str
    oxidation_state: int | None

    def __str__(self) -> str:
        shape = shape_words(self.polyhedron, self.coordination_number) if self.polyhedron else ""
        state = f" {self.oxidation_state:+d}" if self.oxidation_state is not None else ""
        words = (self.element, "CN", str(self.coordination_number), shape, self.donor_set)
        return " ".join(filter(None, words)) + state


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row of `complex` says; atoms: hash of elements and positions."""

    id: int
    content_key: str
    formula: str
    compound_id: int
    atoms: str
    sites: tuple[Site, ...]
    ligand_classes: tuple[str, ...]
    charge: int | None
    flags: tuple[str, ...]

    def changes(self, later: "Facts") -> list[str]:
        """Which of `CHANGES` differ."""
        pairs = {
            "atoms": (self.atoms, later.atoms),
            "compound": (self.compound_id, later.compound_id),
            "coordination number": self._of_sites(later, "coordination_number"),
            "donors": self._of_sites(later, "donor_set"),
            "polyhedron": self._of_sites(later, "polyhedron"),
            "oxidation state": self._of_sites(later, "oxidation_state"),
            "ligand classes": (self.ligand_classes, later.ligand_classes),
            "charge": (self.charge, later.charge),
            "plausibility": (self.flags, later.flags),
        }
        return [name for name in CHANGES if pairs[name][0] != pairs[name][1]]

    def _of_sites(self, later: "Facts", name: str) -> tuple[list[object], list[object]]:
        return [getattr(s, name) for s in self.sites], [getattr(s, name) for s in later.sites]


def read_facts(connection: Connection, ids: Iterable[int]) -> dict[int, Facts]:
    """Facts of the complexes *ids*, superseded ones too."""
    return {
        row.id: Facts(
            id=row.id,
            content_key=row.content_key,
            formula=row.formula,
            compound_id=row.compound_id,
            atoms=row.atoms,
            sites=tuple(Site(*site) for site in row.sites),
            ligand_classes=tuple(row.ligand_classes),
            charge=row.charge,
            flags=tuple(row.flags),
        )
        for row in connection.execute(_FACTS, {"ids": list(ids)})
    }


def pair(before: Sequence[Facts], after: Sequence[Facts]) -> list[tuple[Facts, Facts]]:
    """Which complex of a later reading of a block stands for which of the earlier one.

    By content key, then by formula in the order of the block, then the last one left on each side.
    """
    pairs = []
    gone, come = list(before), list(after)
    for key in ("content_key", "formula"):
        for old in list(gone):
            new = next((new for new in come if getattr(new, key) == getattr(old, key)), None)
            if new is not None:
                pairs.append((old, new))
                gone.remove(old)
                come.remove(new)
    if len(gone) == len(come) == 1:
        pairs.append((gone[0], come[0]))
    return pairs
