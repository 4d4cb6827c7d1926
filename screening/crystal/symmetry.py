"""Symmetry operations of a data block."""

import re
from dataclasses import dataclass, replace

import gemmi
import numpy as np
from numpy.typing import NDArray

from screening.crystal.block import Block
from screening.crystal.numbers import number
from screening.crystal.operations import (
    check_group,
    in_order,
    matrices,
    named_by,
    operations_of,
    parse_operations,
)
from screening.crystal.spacegroup import LAST_NUMBER, NAMES, NUMBER, named
from screening.crystal.verdict import RefusalError

_OPERATIONS = ("_space_group_symop_operation_xyz", "_symmetry_equiv_pos_as_xyz")
_OPERATION_NUMBERS = ("_space_group_symop_id", "_symmetry_equiv_pos_site_id")
_MAGNETIC_OPERATIONS = "_space_group_symop_magn_operation_xyz"
_MAGNETIC_CENTRINGS = "_space_group_symop_magn_centering_xyz"
_TIME_REVERSAL = re.compile(r",\s*(?:[+-]?1|m)\s*$")
_MAGNETIC_PART = re.compile(r",[^,]*m[xyz].*$", re.IGNORECASE)
_SUPERSPACE_OPERATIONS = (
    "_space_group_symop_ssg_operation_algebraic",
    "_space_group_symop_magn_ssg_operation_algebraic",
)
_SUPERSPACE_CENTRINGS = "_space_group_symop_magn_ssg_centering_algebraic"
_AXES = str.maketrans("123", "xyz")
_HALL = ("_space_group_name_hall", "_symmetry_space_group_name_hall")
_METRIC_TOLERANCE = 0.03
"""Part by which an operation may change the metric of the cell, which may be rounded."""
_LAST_TRICLINIC = 2  # P1 and P-1: other settings are curiosities


Ops = tuple[gemmi.Op, ...]


@dataclass(frozen=True, slots=True)
class Symmetry:
    """The operations of the whole cell, identity first.

    rotations: (m, 3, 3) and translations: (m, 3), both on fractional coordinates.
    name: of the group that the operations make, or that the file names; own_name: the former.
    whole: where the list holds fewer operations than the named group, that group, by each origin.
    other_origin: where only a name with two origins is given, the group by the second origin.
    Both are for `setting.settle`, which knows the sites.
    """

    rotations: NDArray[np.float64]
    translations: NDArray[np.float64]
    name: str | None
    own_name: str | None = None
    whole: "tuple[Symmetry, ...]" = ()
    other_origin: "Symmetry | None" = None


def read_symmetry(block: Block, cell: gemmi.UnitCell, notes: list[str]) -> Symmetry:
    """Read the operations: the explicit list, else Hall, else Hermann-Mauguin, else the number.

    A number is taken only where it leaves no choice of setting. The group carries the name that its
    operations have, also where the file names another one or none. Raises RefusalError
    (no_symmetry, bad_symmetry), also for operations that form no group or do not fit the cell.
    """
    known = named(block, cell.alpha, cell.gamma)
    full = operations_of(known.group.xhm()) if known is not None else ()
    whole: list[gemmi.SpaceGroup] = []
    other: gemmi.SpaceGroup | None = None
    if (listed := _listed(block)) is not None:
        operations = listed
        if known is not None:
            operations = _compared(operations, known.group, full, notes)
            if len(operations) < len(full):
                whole = [known.group, *([known.other] if known.other else [])]
    elif (hall := _hall_symbol(block)) is not None and (found := _hall(hall)) is not None:
        operations = found
        notes.append(f"symmetry from the Hall symbol {hall}")
    elif known is not None:
        operations, other = full, known.other
        notes.append(f"symmetry from the space group name {known.group.hm}")
    else:
        operations = _from_number(block, cell, notes)
    symmetry = _checked(operations, cell)
    told = known.group.hm if known is not None else block.text(*NAMES)
    own = named_by(operations) or told
    if known is not None and named_by(full) == own:
        own = told  # one group has two names: C c c a and C c c b
    if not whole and known is not None and own != told:
        notes.append(f"the operations are those of {own}, the name says {told}")
    return replace(
        symmetry,
        name=told if whole else own,
        own_name=own,
        whole=_fitting(whole, cell),
        other_origin=_checked(tuple(other.operations()), cell, other.xhm()) if other else None,
    )


def _fitting(groups: list[gemmi.SpaceGroup], cell: gemmi.UnitCell) -> tuple[Symmetry, ...]:
    """Return the groups that the cell allows; the name of another one is wrong."""
    found = []
    for group in groups:
        try:
            found.append(_checked(tuple(group.operations()), cell, group.xhm()))
        except RefusalError:
            continue
    return tuple(found)


def _listed(block: Block) -> Ops | None:
    """Read the list of operations, if there is one.

    Of a magnetic group without time reversal; of superspace what it does to the average crystal.
    """
    for tag in _OPERATIONS:
        triplets = _known(block, tag)
        if triplets:
            return parse_operations(tuple(triplets))
    triplets = [_without_time(t) for t in _known(block, _MAGNETIC_OPERATIONS)]
    if triplets:
        return _centred(triplets, [_without_time(t) for t in _known(block, _MAGNETIC_CENTRINGS)])
    for tag in _SUPERSPACE_OPERATIONS:
        triplets = [_in_three_dimensions(t) for t in _known(block, tag)]
        if triplets:
            centrings = [_in_three_dimensions(t) for t in _known(block, _SUPERSPACE_CENTRINGS)]
            return _centred(triplets, centrings)
    return None


def _centred(triplets: list[str], centrings: list[str]) -> Ops:
    operations = parse_operations(tuple(triplets))
    if not centrings:
        return operations
    products = [(c * op).wrap() for c in parse_operations(tuple(centrings)) for op in operations]
    return tuple({op.triplet(): op for op in products}.values())


def _without_time(triplet: str) -> str:
    return _TIME_REVERSAL.sub("", _MAGNETIC_PART.sub("", triplet))


def _in_three_dimensions(triplet: str) -> str:
    """Return `x,-y,z+1/2` of `x1,-x2,x3+1/2,x4`: the part that acts on the average crystal."""
    parts = [part.strip() for part in triplet.split(",")[:3]]
    return ",".join(re.sub(r"x([1-3])", lambda m: m[1].translate(_AXES), p) for p in parts)


def _known(block: Block, tag: str) -> list[str]:
    """Return the column if anything of it is known.

    A text with a line for each operation is such a column; so is `x, y, z` without quotes, which
    the parser takes for three values, and `1 'x,y,z'` where the number has no column of its own.
    """
    column = block.column(tag) or []
    if len(column) == 1 and "\n" in column[0].strip():
        column = [line for line in column[0].split("\n") if line.strip()]
    if column and all(c.endswith(",") == (i % 3 < 2) for i, c in enumerate(column)):
        column = ["".join(column[i : i + 3]) for i in range(0, len(column), 3)]
    numbers = block.column(*_OPERATION_NUMBERS) or []
    if len(numbers) == len(column) and all(c.endswith(",") for c in column[::2] + numbers[1::2]):
        # `1 x, y, z` without quotes fills both columns of two rows
        parts = zip(column[::2], numbers[1::2], column[1::2], strict=False)
        column = ["".join(part) for part in parts]
    if len(column) % 2 == 0 and column[::2] == [str(i + 1) for i in range(len(column) // 2)]:
        column = column[1::2]
    return column if any(t.strip() not in ("?", ".") for t in column) else []


def _compared(
    operations: Ops,
    group: gemmi.SpaceGroup,
    whole: Ops,
    notes: list[str],
) -> Ops:
    """Add the lattice centring where a list leaves it out; the list counts more than the name.

    Whether a shorter list may stand is for `setting.settle`.
    """
    if len(operations) == len(whole):
        return operations
    full = group.operations()
    rotations = {tuple(map(tuple, op.rot)) for op in operations}
    if (
        len(full.cen_ops) > 1
        and 1 < len(operations) == len(full.sym_ops)
        and rotations == {tuple(map(tuple, op.rot)) for op in full.sym_ops}
    ):
        notes.append(f"the symmetry operations leave out the centring of {group.hm}: added")
        return tuple(op.translated(shift).wrap() for shift in full.cen_ops for op in operations)
    notes.append(f"{len(operations)} symmetry operations listed; {group.hm} has {len(whole)}")
    return operations


def _hall_symbol(block: Block) -> str | None:
    """The Hall symbol, also in the place of the other name: that one never begins with a minus."""
    hall, name = block.text(*_HALL), block.text(*NAMES)
    return name if hall is None and name is not None and name[0] == "-" else hall


def _hall(symbol: str) -> Ops | None:
    try:
        return tuple(gemmi.symops_from_hall(symbol))
    except (ValueError, RuntimeError):
        return None


def _from_number(block: Block, cell: gemmi.UnitCell, notes: list[str]) -> Ops:
    value = number(block.text(*NUMBER))
    named = block.text(*NAMES) or block.text(*_HALL)
    if value is None or not 1 <= value <= LAST_NUMBER:
        if named is not None:
            raise RefusalError("bad_symmetry", f"the space group {named!r} is not known")
        raise RefusalError("no_symmetry", "no symmetry operations, no space group")
    settings = [g for g in gemmi.spacegroup_table() if g.number == int(value)]
    if {g.ext for g in settings} == {"H", "R"}:  # only the cell tells these apart
        settings = [g for g in settings if _fitting([g], cell)]
    if len(settings) > 1 and value > _LAST_TRICLINIC:
        told = f"the name {named!r} is not known and " if named else ""
        raise RefusalError(
            "no_symmetry",
            f"{told}the number {int(value)} alone leaves {len(settings)} settings open",
        )
    if not settings:
        raise RefusalError("bad_symmetry", f"the cell fits no setting of the number {int(value)}")
    notes.append(f"symmetry from the space group number {int(value)}")
    return tuple(settings[0].operations())


def _checked(operations: Ops, cell: gemmi.UnitCell, name: str | None = None) -> Symmetry:
    triplets = in_order(tuple([op.triplet() for op in operations]))
    whole_rotations, translations = matrices(triplets)
    rotations = whole_rotations.astype(np.float64)
    orth = np.array(cell.orth.mat.tolist())
    metric = orth.T @ orth
    lengths = np.sqrt(metric.diagonal())
    change = np.abs(rotations.transpose(0, 2, 1) @ metric @ rotations - metric)
    change /= lengths[:, None] * lengths
    if change.max() > _METRIC_TOLERANCE:
        bad = triplets[int(change.max((1, 2)).argmax())]
        raise RefusalError("bad_symmetry", f"{bad!r} is no symmetry of the cell")
    check_group(triplets)
    return Symmetry(rotations, translations / gemmi.Op.DEN, name)
