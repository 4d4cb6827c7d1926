"""Store the parts of new complexes: metal sites, ligands, plausibility flags."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from screening.store.copy import copy_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from screening.crystal.complex import Accepted
    from screening.file_reading import ComplexReading

_SITE_COLUMNS = {
    "atom_index": "int8",
    "label": "text",
    "element": "text",
    "coordination_number": "int2",
    "donor_set": "text",
    "mean_distance": "float8",
    "min_distance": "float8",
    "max_distance": "float8",
    "donor_groups": "text",
    "polyhedron": "text",
    "shape_measure": "float8",
    "shape_note": "text",
    "bond_valence_sum": "float8",
    "oxidation_state": "int2",
    "oxidation_state_reason": "text",
    "d_count": "int2",
    "f_count": "int2",
    "is_kramers": "bool",
    "anisotropy": "text",
}
"""The fields of `MetalSite`."""
_site_values = attrgetter(*_SITE_COLUMNS)


def copy_metal_sites(
    connection: Connection, new: dict[str, tuple[ComplexReading, Accepted]], ids: dict[str, int]
) -> None:
    """Copy the metal sites of the complexes *new*, by content key, under their *ids*."""
    copy_rows(
        connection,
        "metal_site",
        ("complex_id", *_SITE_COLUMNS),
        ("int8", *_SITE_COLUMNS.values()),
        (
            (ids[key], *_site_values(site))
            for key, (item, _) in new.items()
            for site in item.description.metal_sites
        ),
    )


_LIGAND_COLUMNS = {
    "formula": "text",
    "smiles": "text",
    "smiles_note": "text",
    "charge": "int2",
    "denticity": "int2",
    "hapticity": "int2",
    "n_metals": "int2",
    "donor_set": "text",
    "classes": "text[]",
    "atoms": "int2[]",
}


def copy_ligands(
    connection: Connection, new: dict[str, tuple[ComplexReading, Accepted]], ids: dict[str, int]
) -> None:
    """Copy their ligands, in the order of their description."""
    copy_rows(
        connection,
        "ligand",
        ("complex_id", "position", *_LIGAND_COLUMNS),
        ("int8", "int2", *_LIGAND_COLUMNS.values()),
        (
            (ids[key], position, *(_as_column(getattr(ligand, name)) for name in _LIGAND_COLUMNS))
            for key, (item, _) in new.items()
            for position, ligand in enumerate(item.description.ligands)
        ),
    )


def _as_column(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def copy_flags(
    connection: Connection, new: dict[str, tuple[ComplexReading, Accepted]], ids: dict[str, int]
) -> None:
    """Copy their plausibility flags."""
    copy_rows(
        connection,
        "plausibility_flag",
        ("complex_id", "rule", "severity", "reason"),
        ("int8", "text", "text", "text"),
        (
            (ids[key], flag.rule, flag.severity, flag.reason)
            for key, (item, _) in new.items()
            for flag in item.description.flags
        ),
    )
