"""Unit cell of a data block."""

import math

import gemmi

from screening.crystal.block import Block
from screening.crystal.numbers import hint, number
from screening.crystal.spacegroup import named_system
from screening.crystal.verdict import RefusalError

_LENGTHS = ("_cell_length_a", "_cell_length_b", "_cell_length_c")
_ANGLES = ("_cell_angle_alpha", "_cell_angle_beta", "_cell_angle_gamma")
_ORTHOGONAL = frozenset({"orthorhombic", "tetragonal", "cubic"})
_MIN_LENGTH = 2.0  # angstrom; an atom does not fit between its own images below it
_MAX_LENGTH = 1000.0  # the largest cells of molecular crystals have some 100
_MIN_HEIGHT = 1.0  # angstrom; thinner than an atom
_VOLUME_TOLERANCE = 0.02  # part of the volume


def read_cell(block: Block, notes: list[str]) -> gemmi.UnitCell:
    """Read the cell (angstrom, degrees).

    An angle left out is 90 only where the crystal system of the named space group asks for it.
    Raises RefusalError (bad_cell) that names the value.
    """
    parameters = [_length(block, name) for name in _LENGTHS]
    parameters += [_angle(block, name, notes) for name in _ANGLES]
    cell = gemmi.UnitCell(*parameters)
    if not cell.volume > 0:  # also catches NaN of angles that do not close
        raise RefusalError("bad_cell", f"the cell angles {_shown(cell)} enclose no volume")
    height = 1 / max(math.hypot(*row) for row in cell.frac.mat.tolist())
    if height < _MIN_HEIGHT:
        raise RefusalError(
            "bad_cell", f"the cell angles {_shown(cell)} leave a cell {height:.2f} angstrom thick"
        )
    stated = number(block.text("_cell_volume"))
    if stated is not None and abs(stated - cell.volume) > _VOLUME_TOLERANCE * cell.volume:
        notes.append(f"_cell_volume {stated:g} does not agree with the cell ({cell.volume:.1f})")
    return cell


def _shown(cell: gemmi.UnitCell) -> str:
    return f"{cell.alpha:g}, {cell.beta:g}, {cell.gamma:g}"


def _length(block: Block, name: str) -> float:
    column = block.column(name)
    value = number(column[0]) if column else None
    if value is None:
        shown = f"{column[0]!r}{hint(column[0])}" if column else "missing"
        raise RefusalError("bad_cell", f"{name} is {shown}")
    if not _MIN_LENGTH < value < _MAX_LENGTH:
        unit = "nanometres" if 0 < value <= _MIN_LENGTH else "picometres"
        raise RefusalError(
            "bad_cell",
            f"{name} is {value:g}: it must be between {_MIN_LENGTH:g} and {_MAX_LENGTH:g} angstrom"
            + (f"; is it in {unit}?" if value > 0 else ""),
        )
    return value


def _angle(block: Block, name: str, notes: list[str]) -> float:
    column = block.column(name)
    if not column:
        system = named_system(block)
        if system not in _ORTHOGONAL:
            raise RefusalError("bad_cell", f"{name} is missing")
        notes.append(f"{name} missing: taken as 90, since the crystal is {system}")
        return 90.0
    value = number(column[0])
    if value is None or not 0 < value < 180:
        why = ": it must be between 0 and 180 degrees" if value is not None else hint(column[0])
        raise RefusalError("bad_cell", f"{name} is {column[0]!r}{why}")
    return value
