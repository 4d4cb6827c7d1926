"""CIF: the text of a synthetic crystal's data block."""

from typing import Final

import numpy as np

from screening.sample.crystal import Crystal
from screening.sample.molecule import hill

TITLE: Final = "synthetic crystal made by smmdb, not a measurement"


def block_text(name: str, crystal: Crystal, compound: str, style: int) -> str:
    """One data block; *style* varies what real files vary: tag names, H-M symbol, columns."""
    group = crystal.space_group
    cell = crystal.cell
    lengths = [_with_su(v, 3, 2) for v in (cell.a, cell.b, cell.c)]
    angles = [
        f"{v:g}" if v in {90.0, 120.0} else _with_su(v, 3, 4)
        for v in (cell.alpha, cell.beta, cell.gamma)
    ]
    old = style % 3 == 0
    tags = (
        ("_symmetry_space_group_name_H-M", "_symmetry_equiv_pos_as_xyz")
        if old
        else ("_space_group_name_H-M_alt", "_space_group_symop_operation_xyz")
    )
    lines = [
        f"data_{name}",
        f"_audit_creation_method '{TITLE}'",
        "_smmdb_synthetic yes",
        f"_publ_section_title '{TITLE}'",
        f"_chemical_name_systematic '{compound}'",
        f"_chemical_formula_sum '{hill(crystal.formula_sum)}'",
        f"_chemical_formula_moiety '{_moiety(crystal)}'",
        f"_symmetry_cell_setting {group.crystal_system_str()}" if old else
        f"_space_group_crystal_system {group.crystal_system_str()}",
        f"{tags[0]} '{group.hm}'",
    ]  # fmt: skip
    if style % 4 == 1:
        lines.append(f"_space_group_name_Hall '{group.hall}'")
    lines += ["loop_", tags[1]]
    lines += [f"'{op.triplet()}'" for op in group.operations()]
    for tag, value in zip(("a", "b", "c"), lengths, strict=True):
        lines.append(f"_cell_length_{tag} {value}")
    for tag, value in zip(("alpha", "beta", "gamma"), angles, strict=True):
        lines.append(f"_cell_angle_{tag} {value}")
    lines += [
        f"_cell_volume {_with_su(cell.volume, 1, 9)}",
        f"_diffrn_ambient_temperature {crystal.temperature}(2)",
        "_diffrn_radiation_wavelength 0.71073",
        f"_refine_ls_R_factor_gt {crystal.r_factor:.4f}",
        *_site_loop(crystal),
        "",
    ]
    return "\n".join(lines) + "\n"


def _site_loop(crystal: Crystal) -> list[str]:
    lines = ["loop_"] + [
        f"_atom_site_{column}"
        for column in (
            "label", "type_symbol", "fract_x", "fract_y", "fract_z", "U_iso_or_equiv", "occupancy",
            "calc_flag", "disorder_assembly", "disorder_group",
        )
    ]  # fmt: skip
    scale = np.array([crystal.cell.a, crystal.cell.b, crystal.cell.c])
    for site in crystal.sites:
        hydrogen = site.element == "H"
        xyz = []
        for value, length in zip(site.fractional, scale, strict=True):
            if hydrogen:
                xyz.append(f"{value:.5f}")
            elif value in {0.0, 0.25, 0.5}:
                xyz.append(f"{value:g}")
            else:
                xyz.append(_with_su(value, 5, max(1, round(0.003 / length * 1e5))))
        metal = len(site.element) == 2 and site.element not in {"Cl", "Br"}
        u = 0.06 if hydrogen else 0.022 if metal else 0.041
        group = f"A {site.part}" if site.part else ". ."
        flag = "calc" if hydrogen else "d"
        occupancy = f"{site.occupancy:g}"
        lines.append(f"{site.label} {site.element} {' '.join(xyz)} {u} {occupancy} {flag} {group}")
    return lines


def _with_su(value: float, digits: int, uncertainty: int) -> str:
    return f"{value:.{digits}f}({uncertainty})"


def _moiety(crystal: Crystal) -> str:
    parts = []
    for formula, charge, count in crystal.moieties:
        sign = f" {abs(charge)}{'+' if charge > 0 else '-'}" if charge else ""
        text = f"{formula}{sign}"
        parts.append(text if count == 1 else f"{count}({text})")
    return ", ".join(parts)
