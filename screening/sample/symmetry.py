"""Symmetry of a drawn molecule: made exact, so that the molecule can sit on the element."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from screening.sample.geometry import Vector
from screening.sample.molecule import Molecule
from screening.sample.recipe import Symmetry

MATRICES: Final[dict[Symmetry, Vector]] = {
    "inversion": -np.eye(3),
    "twofold": np.diag([-1.0, 1.0, -1.0]),  # about y, as the b axis of C2/c
}
_TOLERANCE: Final = 0.5


def symmetrise(molecule: Molecule, symmetry: Symmetry) -> tuple[Molecule, NDArray[np.intp]] | None:
    """The molecule averaged with its image about the origin, and each atom's partner.

    None where an atom has no partner of its element within 0.5 angstrom.
    """
    matrix = MATRICES[symmetry]
    centres = {site.element for site in molecule.sites}
    metals = [i for i, element in enumerate(molecule.elements) if element in centres]
    centre = molecule.positions[metals].mean(axis=0)
    fixed = centre if symmetry == "inversion" else centre * np.array([1.0, 0.0, 1.0])
    points = molecule.positions - fixed
    images = points @ matrix.T
    distance = np.linalg.norm(points[:, None, :] - images[None, :, :], axis=2)
    elements = np.array(molecule.elements)
    distance[elements[:, None] != elements[None, :]] = np.inf
    partner = distance.argmin(axis=1)
    if float(distance.min(axis=1).max()) > _TOLERANCE or len(set(partner)) < len(partner):
        return None
    return replace(molecule, positions=(points + images[partner]) / 2.0), partner
