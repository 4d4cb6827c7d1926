"""Broken: data blocks that a reader must refuse, each for one stated reason."""

from collections.abc import Callable
from typing import Final

import gemmi

from screening.sample.cif import TITLE

_HEAD: Final = "_smmdb_synthetic yes\n_audit_creation_method '{title}'\n"


def _drop(text: str, start: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(start))


def _atom_rows(lines: list[str]) -> list[int]:
    """Line numbers of the rows of the atom loop, which ends the block."""
    first = next(i for i, line in enumerate(lines) if line.startswith("_atom_site_disorder_group"))
    return [i for i in range(first + 1, len(lines)) if lines[i].strip()]


def _loop_slip(text: str) -> str:
    """One value is gone from the atom loop: its length is no multiple of its columns."""
    lines = text.splitlines()
    row = _atom_rows(lines)[2]
    label, _, *rest = lines[row].split()
    lines[row] = " ".join([label, *rest])
    return "\n".join([*lines, ""])


def _unknown_coordinates(text: str) -> str:
    lines = text.splitlines()
    for row in _atom_rows(lines):
        parts = lines[row].split()
        lines[row] = " ".join([*parts[:2], "?", "?", "?", *parts[5:]])
    return "\n".join([*lines, ""])


def _unknown_group(text: str) -> str:
    lines = text.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("'") and "Hall" not in line]
    loop = next(i for i, line in enumerate(kept) if "symop" in line or "equiv_pos" in line)
    del kept[loop - 1 : loop + 1]
    return "".join(
        f"{line.split()[0]} 'Q 1 7/q 3'\n" if "name_H-M" in line else line for line in kept
    )


def _unknown_element(text: str) -> str:
    lines = text.splitlines()
    row = _atom_rows(lines)[1]
    lines[row] = " ".join(["Qx1", "Qx", *lines[row].split()[2:]])
    return "\n".join([*lines, ""])


def _reflections_only(text: str) -> str:
    head = text[: text.index("loop_\n_atom_site_label")]
    rows = "".join(f"{h} {k} 1 {100 + 7 * h + 3 * k}.0 2.1\n" for h in range(4) for k in range(4))
    columns = ("index_h", "index_k", "index_l", "F_squared_meas", "F_squared_sigma")
    return head + "loop_\n" + "".join(f"_refln_{c}\n" for c in columns) + rows


FAULTS: Final[dict[str, Callable[[str], str]]] = {
    "loop slip": _loop_slip,
    "unknown coordinates": _unknown_coordinates,
    "no cell": lambda text: _drop(text, "_cell_"),
    "unknown space group": _unknown_group,
    "unknown element": _unknown_element,
    "reflections only": _reflections_only,
}
"""Faults made by editing the text of a good block."""


def _plain(name: str, cell: str, group: str, formula: str, atoms: str) -> str:
    lengths = [
        f"_cell_{kind} {value}"
        for kind, value in zip(
            ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma"),
            cell.split(),
            strict=True,
        )
    ]
    operations = [f"'{op.triplet()}'" for op in gemmi.SpaceGroup(group).operations()]
    columns = ("label", "type_symbol", "fract_x", "fract_y", "fract_z")
    return "\n".join(
        [
            f"data_{name}",
            _HEAD.format(title=TITLE).rstrip(),
            f"_chemical_formula_sum '{formula}'",
            f"_space_group_name_H-M_alt '{group}'",
            "loop_",
            "_space_group_symop_operation_xyz",
            *operations,
            *lengths,
            "loop_",
            *(f"_atom_site_{c}" for c in columns),
            *atoms.strip().splitlines(),
            "",
        ]
    )


def chain_block(name: str) -> str:
    """[CoCl2(py)2]n: Co chained by pairs of bridging Cl along c, pyridine N on the axis across.

    Co-Cl 2.50, Co-N 2.15, Co..Co 3.60 angstrom.
    """
    return _plain(
        name, "18.0 9.6 3.6 90 90 90", "P 1", "C10 H10 Cl2 Co N2",
        "\n".join(["Co1 Co 0 0 0", *_chlorides(), *_pyridine("1", 1.0), *_pyridine("2", -1.0)]),
    )  # fmt: skip


def _chlorides() -> list[str]:
    return [f"Cl1 Cl 0 {1.735 / 9.6:.5f} 0.5", f"Cl2 Cl 0 {-1.735 / 9.6:.5f} 0.5"]


def _pyridine(tag: str, sign: float) -> list[str]:
    rows = []
    atoms = [
        ("N", 2.15, 0.0), ("C1", 2.83, 1.15), ("C2", 4.21, 1.19), ("C3", 4.93, 0.0),
        ("C4", 4.21, -1.19), ("C5", 2.83, -1.15), ("H1", 2.35, 1.97), ("H2", 4.66, 2.02),
        ("H3", 5.88, 0.0), ("H4", 4.66, -2.02), ("H5", 2.35, -1.97),
    ]  # fmt: skip
    for label, x, y in atoms:
        rows.append(f"{label}{tag} {label[0]} {sign * x / 18.0:.5f} {y / 9.6:.5f} 0.0")
    return rows


def organic_block(name: str) -> str:
    """Flat benzene rings in P-1: a molecule without a metal."""
    ring = []
    for k, (x, y) in enumerate(((1.39, 0.0), (0.695, 1.204), (-0.695, 1.204))):
        ring.append(f"C{k + 1} C {x / 7.4:.5f} {y / 7.6:.5f} 0.0")
        ring.append(f"H{k + 1} H {1.683 * x / 7.4:.5f} {1.683 * y / 7.6:.5f} 0.0")
    return _plain(name, "7.4 7.6 4.2 90 90 90", "P -1", "C6 H6", "\n".join(ring))
