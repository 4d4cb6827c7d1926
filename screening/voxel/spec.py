"""VoxelSpec: how a molecule is drawn on a grid."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final, Literal, get_args

RadiusSet = Literal["covalent", "vdw"]
Winner = Literal["heavier", "nearer"]

WINNERS: Final[dict[int, Winner]] = {1: "heavier", 2: "nearer"}
"""Which of the atoms that reach a voxel has it, by the version of the drawing rule.

heavier: the one of highest atomic number. nearer: the one whose centre is nearest to the midpoint
of the voxel, and of several as near the heaviest.
"""

Edges = Literal["hard", "soft"]
EDGES: Final[tuple[Edges, ...]] = get_args(Edges)
"""Of the spheres that a network sees. hard: a voxel is an atom's or not, by the rule of the spec,
as grids are stored. soft: it also tells how much of it the atom covers (`batch.draw_soft`).
"""

MAX_EDGE: Final = 256
"""Voxels along a side that a grid may have; its bytes are refused above."""


@dataclass(frozen=True, slots=True)
class VoxelSpec:
    """A cube of voxels centred on the centroid of the metals.

    edge: voxels along each side.
    spacing: voxel edge in angstrom.
    radii: which atomic radii the spheres have.
    hydrogens: whether hydrogen atoms are drawn.
    version: of the drawing rule, 1 or 2 (`WINNERS`); another rule is another version.
    """

    edge: int = 32
    spacing: float = 0.5
    radii: RadiusSet = "covalent"
    hydrogens: bool = True
    version: int = 1

    @property
    def name(self) -> str:
        """A readable name that is unique for the spec."""
        hydrogens = "H" if self.hydrogens else "noH"
        return f"{self.edge}x{self.spacing:g}A-{self.radii}-{hydrogens}-v{self.version}"

    @property
    def winner(self) -> Winner:
        """Which atom has a contested voxel; KeyError for a rule that this program does not know."""
        return WINNERS[self.version]

    @property
    def digest(self) -> str:
        """sha256 of the canonical JSON of the spec."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


DEFAULT_SPEC = VoxelSpec()
