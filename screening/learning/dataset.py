"""Examples: complexes with a grid and an answer, a class or a number."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from screening.errors import InputError
from screening.learning.traits import Traits
from screening.voxel.codec import decode_batch
from screening.voxel.molecules import Molecules, pack
from screening.voxel.spec import VoxelSpec
from screening.voxel.views import Views


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Complexes with an answer, one entry a complex in every field.

    complex_ids: (n,) int64, each once.
    blobs: n encoded grids of one edge.
    targets: (n,) bool, True for the positive class; or float64, a number in the unit of a property.
    groups: n keys; examples of one group are no independent witnesses.
    traits: what else is known of each complex.
    spec: how every grid was drawn from the atoms that the traits have.
    """

    complex_ids: NDArray[np.int64]
    blobs: tuple[bytes, ...]
    targets: NDArray[np.bool_] | NDArray[np.float64]
    groups: tuple[str, ...]
    traits: tuple[Traits, ...]
    spec: VoxelSpec

    def __post_init__(self) -> None:
        sizes = {len(self.complex_ids), len(self.blobs), len(self.targets)}
        if sizes | {len(self.groups), len(self.traits)} != {len(self.complex_ids)}:
            raise InputError("examples: every field must have one entry for each complex")
        if self.targets.dtype not in (np.bool_, np.float64):
            raise InputError(f"examples: targets are bool or float64, not {self.targets.dtype}")
        if len(np.unique(self.complex_ids)) != len(self.complex_ids):
            raise InputError("examples: a complex stands twice among them")

    def __len__(self) -> int:
        return len(self.complex_ids)

    @property
    def are_numbers(self) -> bool:
        """Whether the answers are numbers."""
        return self.targets.dtype == np.float64

    @property
    def classes(self) -> NDArray[np.bool_]:
        """The class (n,) of each; of numbers the upper half, which splits share out alike."""
        if not self.are_numbers:
            return self.targets.astype(np.bool_)
        middle = np.median(self.targets)
        # Where many numbers are the same, the middle one goes where the halves are more alike.
        halves = (self.targets > middle, self.targets >= middle)
        return min(halves, key=lambda upper: abs(float(upper.mean()) - 0.5))

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The answers (n,) as numbers: 1 and 0 of the classes."""
        return self.targets.astype(np.float64)

    def scale_of(self, rows: NDArray[np.intp]) -> tuple[float, float]:
        """Mean and standard deviation of the numbers of some rows; networks learn them scaled."""
        own = self.numbers[rows]
        return float(own.mean()), float(own.std())

    @property
    def edge(self) -> int:
        """Voxels along each side of every grid."""
        return self.spec.edge

    def grids(self, rows: NDArray[np.intp]) -> NDArray[np.uint8]:
        """Decode the grids of some rows: (b, edge, edge, edge) uint8.

        Raises:
            IntegrityError: when a blob is damaged or has another edge than the spec.
        """
        return decode_batch([self.blobs[row] for row in rows], self.edge)

    def molecules(self, rows: NDArray[np.intp]) -> Molecules:
        """The atoms of some rows, in the boxes that their grids were drawn in."""
        traits = [self.traits[row] for row in rows]
        return pack([(one.atomic_numbers, one.positions) for one in traits])

    def views(self, rows: NDArray[np.intp], views: Views) -> NDArray[np.integer]:
        """What *views* shows of some rows: (b, turns, d, d, d); errors as of `grids`."""
        if views.source == "grid":
            return views.decode([self.blobs[row] for row in rows])
        return views.draw(self.molecules(rows))

    def group_numbers(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Groups of some rows as numbers from 0."""
        return numbered([self.groups[row] for row in rows])

    @property
    def digest(self) -> str:
        """sha256 of what is learned from, the same in any order of the rows."""
        total = hashlib.sha256(f"spec {self.spec.digest}\n".encode())
        for row in np.argsort(self.complex_ids):
            grid = hashlib.sha256(self.blobs[row]).hexdigest()
            fields = (
                self.complex_ids[row],
                f"{float(self.targets[row]):.17g}",
                self.groups[row],
                grid,
            )
            total.update((" ".join(map(str, fields)) + "\n").encode())
        return total.hexdigest()


def numbered(keys: Sequence[str]) -> NDArray[np.intp]:
    """Number keys from 0 in their sorted order: (n,) intp."""
    numbers: NDArray[np.intp] = np.unique(np.array(keys, dtype=object), return_inverse=True)[1]
    return numbers
