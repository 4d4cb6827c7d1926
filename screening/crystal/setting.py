"""What of the symmetry only the atom sites decide: two origins, and lists cut short."""

from dataclasses import replace

import gemmi
import numpy as np
from numpy.typing import NDArray

from screening.crystal.bonds import find_bonds
from screening.crystal.faults import find_faults, with_metals_around
from screening.crystal.lattice import fill
from screening.crystal.ordered import fill_ordered
from screening.crystal.overlap import is_loose
from screening.crystal.sites import Sites
from screening.crystal.symmetry import Symmetry
from screening.crystal.verdict import RefusalError

_SAME_PLACE = 0.3
_MARGIN = 0.2
"""Part of a cell around it within which images are looked for; cells are 2 angstrom at least."""
_MAX_TESTED = 2000


def settle(sites: Sites, symmetry: Symmetry, cell: gemmi.UnitCell, notes: list[str]) -> Symmetry:
    """Return the symmetry to fill the cell by.

    A list of operations that is shorter than the named group stands where the sites are
    themselves closed under the group, as in a cell written out atom by atom, and where the list
    builds a sound crystal while the group makes atoms clash: then the name is wrong. Of two
    origins the one that builds a crystal without clashes counts. Raises RefusalError
    (bad_symmetry, no_symmetry) where neither can be told.
    """
    if symmetry.whole and _is_name_wrong(sites, symmetry, cell):
        notes.append(f"the name {symmetry.name} is wrong: its group makes atoms clash")
        symmetry = replace(symmetry, name=symmetry.own_name)
    other = symmetry.other_origin
    if other is None:
        return symmetry
    sound = [_is_sound(sites, choice, cell) for choice in (symmetry, other)]
    if sound[0] == sound[1]:
        how = "both build" if sound[0] else "neither builds"
        raise RefusalError(
            "no_symmetry",
            f"two origins open: {how} a crystal without clashes; the operations of "
            f"{symmetry.name}, or its name with :1 or :2, would tell",
        )
    chosen = symmetry if sound[0] else replace(other, name=symmetry.name)
    notes.append(f"of the two origins of {symmetry.name}, choice {1 if sound[0] else 2} fits")
    return chosen


def _is_sound(sites: Sites, symmetry: Symmetry, cell: gemmi.UnitCell) -> bool:
    """Whether no ordered atom is at fault; disorder clashes by whatever symmetry."""
    try:
        sites, atoms = fill_ordered(sites, symmetry, cell, [])
    except RefusalError:
        return False
    faulty = list(with_metals_around(find_faults(sites, atoms, find_bonds(atoms)), atoms))
    return bool(is_loose(sites, atoms)[faulty].all())


def _is_name_wrong(sites: Sites, symmetry: Symmetry, cell: gemmi.UnitCell) -> bool:
    """Whether a list shorter than its name stands since the name is wrong; RefusalError if cut."""
    strays = [_stray(sites, symmetry, group, cell) for group in symmetry.whole]
    if not all(stray is not None for stray in strays):
        return False
    name_is_wrong = _is_sound(sites, symmetry, cell) and not any(
        _is_sound(sites, group, cell) for group in symmetry.whole
    )
    if not name_is_wrong:
        n, of = len(symmetry.rotations), len(symmetry.whole[0].rotations)
        raise RefusalError(
            "bad_symmetry",
            f"only {n} of the {of} operations of {symmetry.name} are listed, and the others take "
            f"{strays[0]} to where no atom is listed",
        )
    return True


def _stray(sites: Sites, symmetry: Symmetry, group: Symmetry, cell: gemmi.UnitCell) -> str | None:
    """Label of an atom that *group* takes to a place where none of its element is; else None."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 - few files ask; its import takes long

    atoms = fill(sites, symmetry, cell, [])
    heavy = np.flatnonzero(sites.atomic_numbers > 1)
    tested = heavy[:: len(heavy) // _MAX_TESTED + 1]
    images = np.einsum("mij,nj->nmi", group.rotations, sites.fract[tested]) + group.translations
    images -= np.floor(images)
    for z in np.unique(sites.atomic_numbers[tested]):
        tree = cKDTree(_around(atoms.fract[atoms.atomic_numbers == z]) @ atoms.orth.T)
        mine = sites.atomic_numbers[tested] == z
        distance, _ = tree.query(images[mine] @ atoms.orth.T)
        far = np.flatnonzero((distance > _SAME_PLACE).any(axis=1))
        if far.size:
            return str(sites.labels[tested[mine][far[0]]])
    return None


def _around(fract: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the cell and of the margin around it."""
    grid = np.array(np.meshgrid(*[[-1, 0, 1]] * 3, indexing="ij")).reshape(3, -1).T
    points = (fract[:, None] + grid).reshape(-1, 3)
    return np.asarray(points[((points > -_MARGIN) & (points < 1 + _MARGIN)).all(axis=1)])
