"""Number arrays: numpy arrays and lists of numbers as PostgreSQL's binary arrays, and back."""

import struct
from typing import Any, ClassVar

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import postgres, pq
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.errors import DataError

_EMPTY = struct.Struct("!iiI")
_FLAT = struct.Struct("!iiIii")


class _NumberArrayDumper(Dumper):
    """One dimension, in one step; psycopg's own dumper turns each number by itself."""

    format = pq.Format.BINARY
    element_oid: ClassVar[int]
    dtype: ClassVar[np.dtype[Any]]

    def dump(self, obj: Any) -> bytes:
        """Write a header, and each number after its length in bytes; DataError if one is too big.

        Source: array_send in PostgreSQL's src/backend/utils/adt/arrayfuncs.c.
        """
        values = np.asarray(obj).ravel()
        if not values.size:
            return _EMPTY.pack(0, 0, self.element_oid)
        if self.dtype.kind == "i":
            limits = np.iinfo(self.dtype)
            if values.min() < limits.min or values.max() > limits.max:
                raise DataError(f"a number of the array is beyond {limits.min} to {limits.max}")
        items = np.empty(values.size, dtype=_items(self.dtype))
        items["length"] = self.dtype.itemsize
        items["value"] = values
        return _FLAT.pack(1, 0, self.element_oid, values.size, 1) + items.tobytes()


class _Int2ArrayDumper(_NumberArrayDumper):
    oid = postgres.types["int2"].array_oid
    element_oid = postgres.types["int2"].oid
    dtype = np.dtype(">i2")


class _Float4ArrayDumper(_NumberArrayDumper):
    oid = postgres.types["float4"].array_oid
    element_oid = postgres.types["float4"].oid
    dtype = np.dtype(">f4")


def register_number_arrays(cursor: psycopg.Cursor) -> None:
    """Let *cursor* write columns of int2[] and float4[] from numpy arrays and from lists."""
    cursor.adapters.register_dumper(None, _Int2ArrayDumper)
    cursor.adapters.register_dumper(None, _Float4ArrayDumper)


class _NumberArrayLoader(Loader):
    """One dimension without nulls, as numbers of the machine's own order."""

    format = pq.Format.BINARY
    dtype: ClassVar[np.dtype[Any]]

    def load(self, data: Buffer) -> NDArray[Any]:
        """Read what array_send wrote: (n,)."""
        if len(data) <= _EMPTY.size:
            return np.empty(0, dtype=self.dtype.newbyteorder("="))
        items = np.frombuffer(data, dtype=_items(self.dtype), offset=_FLAT.size)
        return items["value"].astype(self.dtype.newbyteorder("="))


class _Int2ArrayLoader(_NumberArrayLoader):
    dtype = np.dtype(">i2")


class _Float4ArrayLoader(_NumberArrayLoader):
    dtype = np.dtype(">f4")


def load_number_arrays(cursor: psycopg.Cursor[Any]) -> None:
    """Let *cursor*, a binary one, read columns of int2[] and float4[] as numpy arrays."""
    cursor.adapters.register_loader(postgres.types["int2"].array_oid, _Int2ArrayLoader)
    cursor.adapters.register_loader(postgres.types["float4"].array_oid, _Float4ArrayLoader)


def _items(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype([("length", ">i4"), ("value", dtype)])
