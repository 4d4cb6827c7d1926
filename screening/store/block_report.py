"""Block report: what became of each block of some files, with what its complexes are."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from screening.store.facts import read_facts

_BLOCKS = text("""
    select f.sha256, f.ingested_at = now() as is_new, s.block_name as block, s.line, s.verdict,
        s.code, s.reason, s.notes,
        array(select c.id from structure_complex l join complex c on c.id = l.complex_id
            where l.structure_id = s.id and c.superseded_at is null order by c.id) as complex_ids
    from source_file f
    join structure s on s.source_file_id = f.id and s.superseded_at is null
    where f.sha256 = any(cast(:digests as text[]))
    order by f.id, s.position""")


def read_blocks(connection: Connection, digests: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The current blocks of the files with these sha256, in their order, by sha256.

    is_new: of a file that this transaction has added.
    """
    rows = connection.execute(_BLOCKS, {"digests": list(digests)}).mappings().all()
    facts = read_facts(connection, {i for row in rows for i in row["complex_ids"]})
    blocks: dict[str, list[dict[str, Any]]] = {digest: [] for digest in digests}
    for row in rows:
        held = [facts[i] for i in row["complex_ids"]]
        blocks[row["sha256"]].append(
            {
                **{key: value for key, value in row.items() if key != "sha256"},
                "formulas": [item.formula for item in held],
                "metals": sorted({site.element for item in held for site in item.sites}),
                "sites": [str(site) for item in held for site in item.sites],
                "ligand_classes": sorted({name for item in held for name in item.ligand_classes}),
            }
        )
    return blocks
