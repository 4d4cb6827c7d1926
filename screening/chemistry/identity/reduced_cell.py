"""Reduced cell: a crystal's lattice in numbers that no choice of cell or setting changes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import gemmi

SAME_CELL: Final = 0.015
"""Largest relative difference in a length that leaves two lattices one phase.

Cooling from room temperature to 100 K shortens molecular crystals by up to that; other phases
differ by more.
"""
_VOLUME_BIN: Final = 0.05
"""Of the logarithm of the volume; wider than three times `SAME_CELL`, see `near_bins`."""
_CENTRINGS: Final = frozenset("ABCFHIPR")


@dataclass(frozen=True, slots=True)
class ReducedCell:
    """The seven Voronoi vectors of the primitive lattice, as lengths in ascending order.

    lengths: angstrom, of the shortest vector of each class of the lattice modulo its double.
    volume: of the primitive cell, cubic angstrom.

    Together with how they add up they determine a lattice (Conway and Sloane, Proc. R. Soc. Lond. A
    1992, 436, 55). Unlike the parameters of the Niggli cell they are continuous: a strain of 1 %
    changes none of them by more, however the cell was chosen.
    """

    lengths: tuple[float, ...]
    volume: float

    @property
    def bin(self) -> int:
        """Bin of the volume, coarse enough to be part of a key."""
        return math.floor(math.log(self.volume) / _VOLUME_BIN)

    def deviation(self, other: "ReducedCell") -> float:
        """Largest relative difference of two corresponding lengths, or of the volumes' edges."""
        mine = (*self.lengths, math.cbrt(self.volume))
        theirs = (*other.lengths, math.cbrt(other.volume))
        return max(abs(a - b) / min(a, b) for a, b in zip(mine, theirs, strict=True))


def near_bins(volume_bin: int) -> tuple[int, int, int]:
    """The bins in which a cell within `SAME_CELL` of one in *volume_bin* can be."""
    return volume_bin - 1, volume_bin, volume_bin + 1


def reduce_cell(cell: Sequence[float], space_group: str | None) -> ReducedCell:
    """Reduce a cell (a, b, c in angstrom, alpha, beta, gamma in degrees).

    space_group: its first letter tells the centring; without one the cell counts as primitive.
    The reduction to an obtuse superbase (Delaunay, by Selling's algorithm) is gemmi's.
    """
    selling = gemmi.GruberVector(gemmi.UnitCell(*cell), _centring(cell, space_group)).selling()
    selling.reduce()
    bc, ac, ab, ad, bd, cd = (-product for product in selling.parameters)
    squares = (
        ab + ac + ad,
        ab + bc + bd,
        ac + bc + cd,
        ad + bd + cd,
        ac + ad + bc + bd,
        ab + ad + bc + cd,
        ab + ac + bd + cd,
    )
    return ReducedCell(tuple(sorted(map(math.sqrt, squares))), selling.get_cell().volume)


def _centring(cell: Sequence[float], space_group: str | None) -> str:
    letter = (space_group or "P").strip()[:1].upper()
    if letter not in _CENTRINGS:
        return "P"
    if letter == "R" and not math.isclose(cell[5], 120.0, abs_tol=0.5):
        return "P"  # rhombohedral axes
    return letter
