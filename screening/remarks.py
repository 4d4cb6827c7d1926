"""Remarks: what a list says of a complex beside its numbers."""

from collections.abc import Mapping
from typing import Any

from screening.words import counted


def of_structure(row: Mapping[str, Any]) -> list[str]:
    """What makes the molecule itself less sure.

    row: of `complex`, with formula_differs, has_crystal and, where it is known, n_clipped.
    """
    n_clipped = row.get("n_clipped")
    remarks = {
        "metal disordered": row["metal_disordered"],
        "donor disordered": row["donor_disordered"] and not row["metal_disordered"],
        "disordered": row["is_disordered"]
        and not (row["metal_disordered"] or row["donor_disordered"]),
        "atoms do not fit the sum formula": row["formula_differs"],
        f"{row['missing_hydrogens']} H missing": row["missing_hydrogens"],
        f"{counted(n_clipped or 0, 'atom')} outside the box": n_clipped,
        "no crystal": not row["has_crystal"],
        "synthetic": row["is_synthetic"],
    }
    return [remark for remark, holds in remarks.items() if holds]
