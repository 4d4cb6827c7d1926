"""Views: the turns at which a model version looks at a molecule, and the grids that it sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from screening.errors import InputError
from screening.voxel.batch import draw_batch, draw_edges
from screening.voxel.codec import decode_batch
from screening.voxel.molecules import Molecules
from screening.voxel.owners import draw_owners
from screening.voxel.rotations import CUBE_ROTATIONS, rotate, spread_rotations
from screening.voxel.spec import EDGES, Edges, VoxelSpec

T = TypeVar("T", bound=np.generic)
Source = Literal["atoms", "grid"]
SOURCES: Final[tuple[Source, ...]] = get_args(Source)
MAX_TURNS: Final = len(CUBE_ROTATIONS)


@dataclass(frozen=True, slots=True)
class Views:
    """What a version sees of each molecule, always the same.

    source: atoms, which are drawn anew at *turns* free turns (`spread_rotations`); or the stored
    grid, at the first *turns* rotations of the box.
    spec: how the molecules are drawn.
    field: voxels along each side of the middle part that the networks look at; None: all.
    edges: hard spheres, element grids of uint8; or soft ones, which only the atoms tell, int16
    (`voxel.batch.draw_soft`).
    """

    source: Source
    turns: int
    spec: VoxelSpec
    field: int | None = None
    edges: Edges = "hard"

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise InputError(f"views are of the {' or the '.join(SOURCES)}, not {self.source!r}")
        if self.edges not in EDGES:
            raise InputError(f"edges are {' or '.join(EDGES)}, not {self.edges!r}")
        if self.edges == "soft" and self.source == "grid":
            raise InputError("soft edges are drawn from the atoms: a stored grid has none")
        if not 1 <= self.turns <= MAX_TURNS:
            raise InputError(f"a score is the mean of 1 to {MAX_TURNS} turns, not {self.turns}")

    @classmethod
    def of_card(
        cls,
        card: Mapping[str, Any],
        spec: VoxelSpec,
        architecture: Mapping[str, Any],
        turns: int | None = None,
    ) -> "Views":
        """Those of a stored version, or as many *turns* of its kind.

        Versions that were trained before views of the atoms look at the grid, and those before
        soft edges at hard ones.
        """
        return cls(
            card.get("views", "grid"),
            int(card["rotations"]) if turns is None else turns,
            spec,
            architecture.get("field"),
            card.get("edges", "hard"),
        )

    @property
    def edge(self) -> int:
        """Voxels along each side of a view."""
        return self.spec.edge if self.field is None else min(self.field, self.spec.edge)

    def shape(self, n: int) -> tuple[int, ...]:
        """Shape of the views of n molecules: (n, turns, edge, edge, edge)."""
        return (n, self.turns, *(self.edge,) * 3)

    def empty(self, n: int) -> NDArray[Any]:
        """Memory for the views of n molecules: uint8, or int16 with soft edges."""
        return np.empty(self.shape(n), dtype=np.uint8 if self.edges == "hard" else np.int16)

    def decode(
        self, blobs: Sequence[bytes], out: NDArray[np.uint8] | None = None
    ) -> NDArray[np.uint8]:
        """Views of n stored grids: (n, turns, edge, edge, edge) uint8, in *out* if given.

        Raises:
            InputError: for views of the atoms.
            IntegrityError: for the first blob that cannot be decoded or has another edge.
        """
        if self.source != "grid":
            raise InputError("views of the atoms are not in a stored grid")
        return self._turned(decode_batch(blobs, self.spec.edge), out)

    def draw(self, molecules: Molecules, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Views of n molecules: (n, turns, edge, edge, edge) as `empty`, in *out* if given.

        A view of the stored grid is that of the grid drawn again, voxel for voxel.
        """
        if self.source == "grid":
            return self._turned(draw_batch(molecules, self.spec).elements, out)
        n = len(molecules)
        each = molecules.take(np.repeat(np.arange(n), self.turns))
        turns = np.tile(spread_rotations(self.turns), (n, 1, 1))
        views = self.empty(n) if out is None else out
        spec = self._drawn
        if spec.edge == self.edge:
            memory = views.reshape(n * self.turns, *views.shape[2:])
            draw_edges(each, spec, self.edges, memory, rotations=turns)
        else:
            drawn = draw_edges(each, spec, self.edges, rotations=turns)
            views[:] = self._middle(drawn).reshape(views.shape)
        return views

    def owners(self, molecule: Molecules) -> NDArray[np.int32]:
        """Index of the atom that has each voxel: (turns, edge, edge, edge), -1 where it is empty.

        As `voxel.owners.draw_owners`, of one molecule.
        """
        if self.source == "grid":
            middle = self._middle(draw_owners(molecule, self.spec))
            return np.stack([rotate(middle, turn) for turn in CUBE_ROTATIONS[: self.turns]])
        matrices = spread_rotations(self.turns)
        owners = [draw_owners(molecule, self._drawn, matrix, self.edges) for matrix in matrices]
        return self._middle(np.stack(owners))

    @property
    def _drawn(self) -> VoxelSpec:
        """The least box about the same middle that has all of a view, on the same voxels."""
        return replace(self.spec, edge=self.edge + (self.spec.edge - self.edge) % 2)

    def _middle(self, grids: NDArray[T]) -> NDArray[T]:
        start = (grids.shape[-1] - self.edge) // 2
        part = slice(start, start + self.edge)
        return grids[..., part, part, part]

    def _turned(self, grids: NDArray[np.uint8], out: NDArray[Any] | None) -> NDArray[Any]:
        middle = self._middle(grids)
        views = self.empty(len(grids)) if out is None else out
        for number, turn in enumerate(CUBE_ROTATIONS[: self.turns]):
            views[:, number] = rotate(middle, turn)
        return views
