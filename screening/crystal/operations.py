"""Operations of symmetry: read, named and checked; each list once, for most crystals share few."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import gemmi
import numpy as np
from numpy.typing import NDArray

from screening.crystal.verdict import RefusalError

_DEN: Final = gemmi.Op.DEN
_MAX_OPERATIONS: Final = 192
_NUMBER: Final = re.compile(r"^\s*\(?\d+[.):]?\s+")
"""The number before an operation: `2 -x,-y,-z`, `(2) -x,-y,-z`."""
_IDENTITY: Final = "x,y,z"
_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")


@lru_cache(maxsize=1024)
def parse_operations(triplets: tuple[str, ...]) -> tuple[gemmi.Op, ...]:
    """Read operations, each once; RefusalError for what is none, or for too many."""
    operations: dict[str, gemmi.Op] = {}
    for triplet in triplets:
        operation = _operation(triplet) or _operation(_plainly(triplet))
        if operation is None:
            raise RefusalError("bad_symmetry", f"{triplet!r} is no symmetry operation")
        operations.setdefault(operation.triplet(), operation)
    if operations and _IDENTITY not in operations:  # some lists begin with the second operation
        operations = {_IDENTITY: gemmi.Op(_IDENTITY), **operations}
    if len(operations) > _MAX_OPERATIONS:
        raise RefusalError(
            "bad_symmetry",
            f"{len(operations)} symmetry operations; the largest space group has {_MAX_OPERATIONS}",
        )
    return tuple(operations.values())


def _operation(triplet: str) -> gemmi.Op | None:
    try:
        operation = gemmi.Op(triplet).wrap()
    except (ValueError, RuntimeError):
        return None
    # `0,y,z` flattens the crystal, and gemmi writes it so that it cannot read it
    return operation if all(operation.triplet().split(",")) else None


def _plainly(triplet: str) -> str:
    """Write an operation without the number, brackets, blanks or dashes that some put into it."""
    text = _NUMBER.sub("", triplet.translate(_DASHES)).strip().strip("();,.").strip()
    if "," not in text:
        text = ",".join(text.split())
    return "".join(text.split())


def named_by(operations: Sequence[gemmi.Op]) -> str | None:
    """Name of the group that the operations make, where the setting is one of gemmi's table."""
    found = _find_group(tuple([op.triplet() for op in operations]))
    return found.hm if found is not None else None


@lru_cache(maxsize=1024)
def _find_group(triplets: tuple[str, ...]) -> gemmi.SpaceGroup | None:
    return gemmi.find_spacegroup_by_ops(gemmi.GroupOps([gemmi.Op(t) for t in triplets]))


@lru_cache(maxsize=1024)
def operations_of(name: str) -> tuple[gemmi.Op, ...]:
    """Operations of the group that gemmi's table calls by this name."""
    group = gemmi.find_spacegroup_by_name(name)
    assert group is not None
    return tuple(group.operations())


@lru_cache(maxsize=1024)
def in_order(triplets: tuple[str, ...]) -> tuple[str, ...]:
    """Identity first, then operations without translations, as the tables have it.

    Which of alternatives stays must not hang on the order of the file.
    """

    def order(triplet: str) -> tuple[bool, int, str]:
        return triplet != _IDENTITY, sum(gemmi.Op(triplet).tran), triplet

    return tuple(sorted(triplets, key=order))


@lru_cache(maxsize=1024)
def matrices(triplets: tuple[str, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rotations, and translations in 24ths; RefusalError for what is no operation of a lattice."""
    operations = [gemmi.Op(t) for t in triplets]
    rotations = np.array([op.rot for op in operations], dtype=np.int64)
    translations = np.array([op.tran for op in operations], dtype=np.int64) % _DEN
    determinants = np.rint(np.linalg.det(rotations / _DEN))
    if np.any(rotations % _DEN) or np.any(np.abs(determinants) != 1):
        bad = next(
            t
            for t, r, d in zip(triplets, rotations, determinants, strict=True)
            if np.any(r % _DEN) or abs(d) != 1
        )
        raise RefusalError("bad_symmetry", f"{bad!r} is no symmetry operation of a lattice")
    rotations //= _DEN
    rotations.setflags(write=False)
    translations.setflags(write=False)
    return rotations, translations


@lru_cache(maxsize=1024)
def check_group(triplets: tuple[str, ...]) -> None:
    """Refuse a list that is not closed under multiplication; a group of gemmi's table is."""
    found = _find_group(triplets)
    if found is not None and {op.triplet() for op in found.operations()} == set(triplets):
        return
    rotations, translations = matrices(triplets)

    def keys(rot: NDArray[np.int64], tran: NDArray[np.int64]) -> NDArray[np.int64]:
        digits = np.concatenate([(rot + 1).reshape(*rot.shape[:-2], 9), tran % _DEN], axis=-1)
        weights = np.array([3**i for i in range(9)] + [3**9 * _DEN**i for i in range(3)])
        return np.asarray(digits @ weights, dtype=np.int64)

    known = keys(rotations, translations)
    products = keys(
        np.einsum("aij,bjk->abik", rotations, rotations),
        np.einsum("aij,bj->abi", rotations, translations) + translations[:, None, :],
    )
    missing = ~np.isin(products, known)
    if missing.any():
        first, second = np.argwhere(missing)[0]
        raise RefusalError(
            "bad_symmetry",
            f"the {len(triplets)} symmetry operations form no group: "
            f"{triplets[first]!r} after {triplets[second]!r} is not among them",
        )
