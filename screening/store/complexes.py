"""Store complexes: compound, atoms, metal sites, ligands, plausibility flags, voxel grids."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from screening.crystal.complex import Accepted
from screening.schema import ComplexRow, CompoundRow
from screening.store.complex_parts import copy_flags, copy_ligands, copy_metal_sites
from screening.store.copy import copy_rows
from screening.store.counts import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screening.file_reading import BlockReading, ComplexReading


@dataclass(slots=True)
class Added(Counts):
    """What one call of `add_files` put into the database; metals, ligand_classes: new complexes."""

    files: int = 0
    known_files: int = 0
    accepted: int = 0
    complexes: int = 0
    known_complexes: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    metals: Counter[str] = field(default_factory=Counter)
    ligand_classes: Counter[str] = field(default_factory=Counter)


def existing_ids(
    connection: Connection, key: Any, identity: Any, values: Iterable[str]
) -> dict[str, int]:
    """Ids of the rows whose *key* column is among *values*, by key; superseded rows left out."""
    wanted = bindparam("wanted", list(values), type_=ARRAY(Text))
    query = select(key, identity).where(key == any_(wanted))
    if "superseded_at" in key.class_.__table__.c:
        query = query.where(key.class_.superseded_at.is_(None))
    rows = connection.execute(query)
    return {row[0]: row[1] for row in rows}


def new_id_block(connection: Connection, table: str, count: int) -> list[int]:
    """Take *count* fresh ids of *table*, so that rows can refer to each other before COPY."""
    statement = text(
        "select nextval(pg_get_serial_sequence(:table, 'id')) from generate_series(1, :count)"
    )
    return list(connection.scalars(statement, {"table": table, "count": count}))


def add_complexes(
    connection: Connection, blocks: Sequence[BlockReading], spec_id: int, added: Added
) -> dict[str, int]:
    """Add the new complexes of *blocks* with all that is known of them; ids of all by content key.

    Of a complex that several blocks hold, the first block tells paper and solvent.
    """
    items: dict[str, tuple[ComplexReading, Accepted]] = {}
    for block in blocks:
        for item in block.complexes:
            items.setdefault(item.description.content_key, (item, accepted(block)))
    ids = existing_ids(connection, ComplexRow.content_key, ComplexRow.id, items)
    new = {key: item for key, item in items.items() if key not in ids}
    added.complexes = len(new)
    added.known_complexes = sum(len(block.complexes) for block in blocks) - len(new)
    for item, _ in new.values():
        added.metals.update(item.description.metals)
        added.ligand_classes.update(item.description.ligand_classes)
    new_ids = dict(zip(new, new_id_block(connection, "complex", len(new)), strict=True))
    insert_complexes(connection, new, new_ids, spec_id)
    return ids | new_ids


def accepted(block: BlockReading) -> Accepted:
    """The verdict of a block that holds complexes."""
    assert isinstance(block.verdict.outcome, Accepted)
    return block.verdict.outcome


def insert_complexes(
    connection: Connection,
    new: dict[str, tuple[ComplexReading, Accepted]],
    new_ids: dict[str, int],
    spec_id: int,
) -> None:
    """Copy the complexes *new*, by content key, under *new_ids*, with sites, ligands and grids."""
    compound_ids = _add_compounds(connection, [item for item, _ in new.values()])
    _copy_complexes(connection, new, new_ids, compound_ids)
    copy_metal_sites(connection, new, new_ids)
    copy_ligands(connection, new, new_ids)
    copy_flags(connection, new, new_ids)
    copy_grids(connection, {new_ids[key]: item for key, (item, _) in new.items()}, spec_id)


def copy_grids(connection: Connection, items: dict[int, ComplexReading], spec_id: int) -> None:
    """Copy the voxel grids of *items*, by complex id."""
    copy_rows(
        connection,
        "voxel_grid",
        ("spec_id", "complex_id", "blob", "n_clipped"),
        ("int8", "int8", "bytea", "int2"),
        ((spec_id, i, item.blob, item.n_clipped) for i, item in items.items()),
    )


def _add_compounds(connection: Connection, items: Sequence[ComplexReading]) -> dict[str, int]:
    keys = {item.description.compound_key: item for item in items}
    ids = existing_ids(connection, CompoundRow.key, CompoundRow.id, keys)
    new = [key for key in keys if key not in ids]
    new_ids = dict(zip(new, new_id_block(connection, "compound", len(new)), strict=True))
    copy_rows(
        connection,
        "compound",
        ("id", "key", "formula"),
        ("int8", "text", "text"),
        ((new_ids[key], key, keys[key].description.formula) for key in new),
    )
    return ids | new_ids


_COMPLEX_COLUMNS = {
    "id": "int8",
    "compound_id": "int8",
    "content_key": "text",
    "determination_key": "text",
    "skeleton_key": "text",
    "chemistry_key": "text",
    "identifier": "text",
    "refcode": "text",
    "cod_id": "int8",
    "ccdc_number": "int8",
    "doi": "text",
    "year": "int2",
    "compound_name": "text",
    "formula": "text",
    "formula_sum": "text",
    "formula_moiety": "text",
    "metals": "text[]",
    "nuclearity": "int2",
    "n_atoms": "int8",
    "molar_mass": "float8",
    "cell": "float4[]",
    "space_group": "text",
    "temperature_k": "float8",
    "r_factor": "float8",
    "is_disordered": "bool",
    "metal_disordered": "bool",
    "donor_disordered": "bool",
    "missing_hydrogens": "int8",
    "charge": "int2",
    "charge_reason": "text",
    "ligand_classes": "text[]",
    "is_synthetic": "bool",
    "stated": "jsonb",
    "components": "jsonb",
    "atomic_numbers": "int2[]",
    "positions": "float4[]",
    "atom_labels": "text[]",
    "bonds": "int2[]",
}


def _copy_complexes(
    connection: Connection,
    new: dict[str, tuple[ComplexReading, Accepted]],
    ids: dict[str, int],
    compound_ids: dict[str, int],
) -> None:
    copy_rows(
        connection,
        "complex",
        tuple(_COMPLEX_COLUMNS),
        tuple(_COMPLEX_COLUMNS.values()),
        (
            _complex_row(ids[key], compound_ids[item.description.compound_key], item, block)
            for key, (item, block) in new.items()
        ),
    )


def _complex_row(
    identity: int, compound_id: int, item: ComplexReading, block: Accepted
) -> tuple[object, ...]:
    origin, described, atoms = block.determination, item.description, item.complex
    return (
        identity,
        compound_id,
        described.content_key,
        described.determination_key,
        described.skeleton_key,
        item.chemistry_key,
        origin.identifier,
        origin.refcode,
        origin.cod_id,
        origin.ccdc_number,
        origin.doi,
        origin.year,
        origin.compound_name,
        described.formula,
        origin.formula_sum,
        origin.formula_moiety,
        list(described.metals),
        described.nuclearity,
        len(atoms.atomic_numbers),
        described.molar_mass,
        None if origin.cell is None else list(origin.cell),
        origin.space_group,
        origin.temperature_k,
        origin.r_factor,
        atoms.is_disordered,
        atoms.metal_disordered,
        atoms.donor_disordered,
        atoms.missing_hydrogens,
        described.charge,
        described.charge_reason,
        list(described.ligand_classes),
        origin.is_synthetic,
        Jsonb(dict(origin.stated)),
        Jsonb([asdict(component) for component in block.components]),
        atoms.atomic_numbers,
        atoms.positions,
        list(atoms.labels),
        atoms.bonds,
    )
