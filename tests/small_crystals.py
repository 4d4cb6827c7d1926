"""Small crystals of invented molecules on disk: [M(O-C-C...)n], one a cell, for tests of the whole.

Each has another chain length or metal, so that each is a compound of its own.
"""

from pathlib import Path

METALS = ("Dy", "Co", "Zn", "Gd")
_AXES = ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1))
_DISTANCE = {"Dy": 2.3, "Co": 2.0, "Zn": 2.1, "Gd": 2.35}
EDGE = 30.0


def small_cif(name: str, metal: str, donors: int = 6, chain: int = 1) -> str:
    """One block: *donors* alkoxide chains of *chain* carbons along the axes of a 30 A cube."""
    atoms = [(metal, (15.0, 15.0, 15.0))]
    for axis in _AXES[:donors]:
        for i in range(chain + 1):
            far = _DISTANCE[metal] + 1.45 * i
            place = tuple(15.0 + far * part for part in axis)
            atoms.append(("O" if i == 0 else "C", place))
    lines = [f"data_{name}", "_smmdb_synthetic yes"]
    lines += [f"_cell_length_{side} {EDGE}" for side in "abc"]
    lines += [f"_cell_angle_{angle} 90" for angle in ("alpha", "beta", "gamma")]
    lines += ["loop_", "_space_group_symop_operation_xyz", "x,y,z", "loop_"]
    columns = ("label", "type_symbol", "fract_x", "fract_y", "fract_z")
    lines += [f"_atom_site_{column}" for column in columns]
    lines += [
        f"{element}{i} {element} " + " ".join(f"{x / EDGE:.5f}" for x in place)
        for i, (element, place) in enumerate(atoms, start=1)
    ]
    return "\n".join(lines) + "\n"


def write_small_crystals(folder: Path, count: int) -> list[str]:
    """Write *count* files of different compounds; their block names."""
    folder.mkdir(exist_ok=True, parents=True)
    names = []
    for i in range(count):
        names.append(name := f"small_{i:03d}")
        metal = METALS[i % len(METALS)]
        donors, chain = 3 + (i // len(METALS)) % 4, 1 + i // (4 * len(METALS))
        (folder / f"{name}.cif").write_text(small_cif(name, metal, donors, chain))
    return names


def write_findings(path: Path, names: list[str]) -> None:
    """A finding for each name: Dy and Co compounds are SMMs, the others are not."""
    lines = ["identifier,behaviour,sample,note"]
    for i, name in enumerate(names):
        behaviour = "smm_zero_field" if i % len(METALS) < 2 else "no_signal_observed"
        lines.append(f"{name},{behaviour},neat,synthetic")
    path.write_text("\n".join(lines) + "\n")
