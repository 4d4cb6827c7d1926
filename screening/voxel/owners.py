"""Owners: which atom each voxel of a drawn molecule belongs to."""

from itertools import starmap

import numpy as np
from numpy.typing import NDArray

from screening.errors import InputError
from screening.voxel.batch import draw_edges
from screening.voxel.molecules import Molecules
from screening.voxel.placing import in_voxels, radii_in_voxels
from screening.voxel.soft_spheres import COVERED, RAMP
from screening.voxel.spec import Edges, VoxelSpec


def draw_owners(
    molecule: Molecules,
    spec: VoxelSpec,
    rotation: NDArray[np.floating] | None = None,
    edges: Edges = "hard",
) -> NDArray[np.int32]:
    """Index of the atom that has each voxel: (edge, edge, edge) int32, -1 where it is empty.

    edges: of the spheres; where they are soft, an atom has what it covers most of.
    rotation: (3, 3), by which the atoms are turned about the middle of the box.

    The grid of *molecule*, which is one, tells the element; where several atoms of that element
    reach a voxel, the one whose centre is nearest to its midpoint has it, and of atoms as near the
    first.

    Raises:
        InputError: for several molecules, or a spec that cannot be drawn.
    """
    if len(molecule) != 1:
        raise InputError(f"the owners of one molecule's voxels were asked of {len(molecule)}")
    turns = None if rotation is None else rotation[None]
    grid = draw_edges(molecule, spec, edges, rotations=turns)[0]
    places, radii = in_voxels(molecule, spec, turns), radii_in_voxels(spec)
    owners = np.full(grid.shape, -1, dtype=np.int32)
    nearest = np.full(grid.shape, np.inf)
    elements = grid if edges == "hard" else grid % COVERED
    margin = 0.0 if edges == "hard" else RAMP
    for atom, (number, place) in enumerate(
        zip(molecule.atomic_numbers.tolist(), places, strict=True)
    ):
        if number == 1 and not spec.hydrogens:
            continue
        own = np.floor(place)  # the voxel of its centre, however small it is
        reach = radii[number] + margin
        first = np.clip(np.minimum(own, np.floor(place - reach)), 0, spec.edge)
        last = np.clip(np.maximum(own + 1, np.ceil(place + reach)), 0, spec.edge)
        window = tuple(starmap(slice, zip(first.astype(int), last.astype(int), strict=True)))
        axes = [np.arange(part.start, part.stop) for part in window]
        x, y, z = np.ix_(*axes)
        squares = (x + 0.5 - place[0]) ** 2 + (y + 0.5 - place[1]) ** 2 + (z + 0.5 - place[2]) ** 2
        reached = (squares <= reach**2) | ((x == own[0]) & (y == own[1]) & (z == own[2]))
        wins = reached & (elements[window] == number) & (squares < nearest[window])
        owners[window][wins] = atom
        nearest[window][wins] = squares[wins]
    return owners
