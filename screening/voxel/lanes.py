"""Lanes: eight voxels of a row decided by one vector instruction, for the drawing of spheres.

numba compiles the plain loop over a row to a branch for each voxel, and the branches that end a
row are what drawing then waits for; written with LLVM's vectors the same comparison has none.
"""

from collections.abc import Callable
from typing import Any, Final

from llvmlite import ir  # type: ignore[import-untyped]  # it has no types
from numba import types
from numba.extending import intrinsic

LANES: Final = 8

_I32: Final = ir.VectorType(ir.IntType(32), LANES)
_F64: Final = ir.VectorType(ir.DoubleType(), LANES)
_U8: Final = ir.VectorType(ir.IntType(8), LANES)
_SPHERE: Final = (types.float64,) * 3


def _spread(builder: Any, value: Any, lanes: Any) -> Any:
    """The same number in every lane."""
    one = builder.insert_element(ir.Constant(lanes, ir.Undefined), value, ir.IntType(32)(0))
    return builder.shuffle_vector(one, one, ir.Constant(_I32, [0] * LANES))


def _squares(builder: Any, k: Any, z: Any, across: Any) -> Any:
    """`across + (k + 0.5 - z) ** 2` for k and the voxels after it, rounded as scalar code does."""
    halves = ir.Constant(_F64, [lane + 0.5 for lane in range(LANES)])
    first = _spread(builder, builder.sitofp(k, ir.DoubleType()), _F64)
    dz = builder.fsub(builder.fadd(first, halves), _spread(builder, z, _F64))
    return builder.fadd(_spread(builder, across, _F64), builder.fmul(dz, dz))


def _pointer(context: Any, builder: Any, array: tuple[Any, Any], offset: Any, lanes: Any) -> Any:
    """Where the lanes from *offset* on lie in a one-dimensional array (its type, its value)."""
    kind, value = array
    data = context.make_array(kind)(context, builder, value).data
    return builder.bitcast(builder.gep(data, [offset]), lanes.as_pointer())


def _claim_heavier(
    _typing: Any,
    voxels: Any,
    _start: Any,
    _k: Any,
    _number: Any,
    _z: Any,
    _across: Any,
    _reach: Any,
) -> Any:
    signature = types.void(voxels, types.intp, types.intp, types.uint8, *_SPHERE)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        voxels, start, k, number, z, across, reach = args
        squares = _squares(builder, k, z, across)
        inside = builder.fcmp_ordered("<=", squares, _spread(builder, reach, _F64))
        place = _pointer(context, builder, (signature.args[0], voxels), start, _U8)
        old, new = builder.load(place, align=1), _spread(builder, number, _U8)
        wins = builder.and_(inside, builder.icmp_unsigned(">", new, old))
        builder.store(builder.select(wins, new, old), place, align=1)
        return context.get_dummy_value()

    return signature, generate


def _claim_nearer(
    _typing: Any,
    voxels: Any,
    nearest: Any,
    _start: Any,
    _k: Any,
    _number: Any,
    _z: Any,
    _across: Any,
    _reach: Any,
) -> Any:
    signature = types.void(voxels, nearest, types.intp, types.intp, types.uint8, *_SPHERE)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        voxels, nearest, start, k, number, z, across, reach = args
        squares = _squares(builder, k, z, across)
        inside = builder.fcmp_ordered("<=", squares, _spread(builder, reach, _F64))
        place = _pointer(context, builder, (signature.args[0], voxels), start, _U8)
        record = _pointer(context, builder, (signature.args[1], nearest), start, _F64)
        old, new = builder.load(place, align=1), _spread(builder, number, _U8)
        least = builder.load(record, align=8)
        empty = builder.icmp_unsigned("==", old, ir.Constant(_U8, [0] * LANES))
        is_nearer = builder.fcmp_ordered("<", squares, least)
        as_near = builder.fcmp_ordered("==", squares, least)
        heavier = builder.and_(as_near, builder.icmp_unsigned(">", new, old))
        wins = builder.and_(inside, builder.or_(empty, builder.or_(is_nearer, heavier)))
        builder.store(builder.select(wins, new, old), place, align=1)
        builder.store(builder.select(wins, squares, least), record, align=8)
        return context.get_dummy_value()

    return signature, generate


claim_heavier: Final[Callable[..., None]] = intrinsic(_claim_heavier)
"""Give the voxels of a row within reach of an atom to it, where it is heavier than what is there.

voxels: one grid (edge^3,) uint8, changed from *start* on; start: flat index of voxel k of the row;
number: of the atom; z: of the atom along the row; across: squared distance of the atom from the
row; reach: squared radius. Lengths are in voxels; *start* + LANES must not pass the end.
"""

claim_nearer: Final[Callable[..., None]] = intrinsic(_claim_nearer)
"""The same, where the atom is nearer than what is there, or as near and heavier.

nearest: (edge^3,) float64, the squared distance of the atom that has each voxel; anything where
the voxel is empty.
"""
