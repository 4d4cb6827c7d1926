"""Cluster: what one asymmetric unit holds: a complex, its counter-ions, its solvent, disorder."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.sample.geometry import Vector, random_rotation, rotation, unit
from screening.sample.molecule import Molecule

MAJOR: Final = 0.6
"""Occupancy of the first of two disordered parts."""
_RADII: Final = {"H": 0.97, "C": 1.56, "N": 1.56, "O": 1.56, "F": 1.56, "B": 1.56}
_LARGE: Final = 1.75  # P, S and halogens
_METAL: Final = 2.05


@dataclass(slots=True, eq=False)
class Entity:
    """One molecule or ion in the asymmetric unit.

    parts: disorder group of each atom, 0 for none.
    """

    molecule: Molecule
    elements: list[str]
    positions: Vector
    parts: NDArray[np.intp]

    @property
    def radii(self) -> Vector:
        """(n,) half of the least distance to an atom of the same kind in another molecule."""
        metals = {site.element for site in self.molecule.sites}
        return np.array([_METAL if e in metals else _RADII.get(e, _LARGE) for e in self.elements])


def entity(molecule: Molecule) -> Entity:
    """An ordered molecule."""
    size = len(molecule.elements)
    return Entity(
        molecule, list(molecule.elements), molecule.positions.copy(), np.zeros(size, dtype=np.intp)
    )


def touches(a: Entity, b: Entity) -> bool:
    """Whether two molecules come too near to each other."""
    between = np.linalg.norm(a.positions[:, None, :] - b.positions[None, :, :], axis=2)
    return bool((between < a.radii[:, None] + b.radii[None, :]).any())


def _own(guest: Entity, matrix: Vector | None) -> bool:
    if matrix is None:
        return False
    image = Entity(guest.molecule, guest.elements, guest.positions @ matrix.T, guest.parts)
    return touches(guest, image)


def settle(
    placed: list[Entity], guest: Molecule, rng: np.random.Generator, matrix: Vector | None = None
) -> Entity:
    """Put one more molecule against the others, from a random side and turned at random.

    matrix: symmetry of the first molecule about the origin, whose copy of the guest is kept off.
    """
    new = entity(guest)
    new.positions = (new.positions - new.positions.mean(axis=0)) @ random_rotation(rng).T
    way = unit(rng.normal(size=3))
    centre = placed[0].positions.mean(axis=0)
    distance = 2.0
    start = new.positions
    while True:
        new.positions = start + centre + distance * way
        if not any(touches(other, new) for other in placed) and not _own(new, matrix):
            return new
        distance += 0.4


def disorder_butyl(host: Entity) -> bool:
    """Give the first tert-butyl group a second orientation, turned by 60 degrees.

    False, and nothing done, where there is none or the second orientation would clash.
    """
    molecule = host.molecule
    for root, centre, ends in molecule.butyls:
        moving = sorted(
            {*ends, *(b for a, b in molecule.bonds if a in ends and molecule.elements[b] == "H")}
        )
        axis = host.positions[centre] - host.positions[root]
        origin = host.positions[centre]
        copies = (host.positions[moving] - origin) @ rotation(axis, 60.0).T + origin
        rest = [i for i in range(len(molecule.elements)) if i not in moving and i != centre]
        if _clash(host, moving, copies, rest):
            continue
        host.parts[moving] = 1
        _append(host, [host.elements[i] for i in moving], copies)
        return True
    return False


def disorder_guest(guest: Entity, rng: np.random.Generator) -> bool:
    """Give a free molecule a second orientation about its centre; not for water."""
    if guest.molecule.formula == "H2 O":
        return False
    centre = guest.positions.mean(axis=0)
    turn = rotation(rng.normal(size=3), 40.0)
    copies = (guest.positions - centre) @ turn.T + centre
    guest.parts[:] = 1
    _append(guest, list(guest.elements), copies)
    return True


def _clash(host: Entity, moving: list[int], copies: Vector, rest: list[int]) -> bool:
    distance = np.linalg.norm(copies[:, None, :] - host.positions[rest][None, :, :], axis=2)
    hydrogen = np.array([e == "H" for e in host.elements])
    count = hydrogen[moving].astype(int)[:, None] + hydrogen[rest].astype(int)[None, :]
    least = np.array([2.35, 2.0, 1.6])[count]
    return bool((distance < least).any())


def _append(host: Entity, elements: list[str], copies: Vector) -> None:
    host.elements.extend(elements)
    host.positions = np.concatenate([host.positions, copies])
    host.parts = np.concatenate([host.parts, np.full(len(elements), 2, dtype=np.intp)])
