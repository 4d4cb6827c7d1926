"""Molecules: the atoms of stored complexes, to be drawn and looked at anew."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from screening.chemistry.shells import shells
from screening.voxel.molecules import Molecules, pack


@dataclass(frozen=True, slots=True)
class BoundLigand:
    """One ligand of a stored complex; atoms: indices into the complex."""

    position: int
    formula: str
    classes: list[str]
    atoms: list[int]


@dataclass(frozen=True, slots=True, eq=False)
class StoredMolecule:
    """The n atoms of a stored complex.

    atomic_numbers: (n,) uint8. positions: (n, 3) float64 angstrom. labels: n. bonds: (m, 2) pairs
    of atoms. metal_sites: indices of atoms. training_part: what the version that was asked for
    saw it, or an earlier reading of it, as (None: it did not).
    """

    complex_id: int
    content_key: str
    identifier: str
    formula: str
    is_synthetic: bool
    atomic_numbers: NDArray[np.uint8]
    positions: NDArray[np.float64]
    labels: tuple[str, ...]
    bonds: NDArray[np.intp]
    metal_sites: tuple[int, ...]
    ligands: tuple[BoundLigand, ...]
    training_part: str | None

    @property
    def atoms(self) -> Molecules:
        """As it was drawn: in a box about the mean position of its metal centres."""
        return pack([(self.atomic_numbers, self.positions)])

    @property
    def shells(self) -> NDArray[np.uint8]:
        """Shell of each atom (n,), see `chemistry.shells`."""
        return shells(self.atomic_numbers, self.bonds)

    @property
    def metal_distances(self) -> NDArray[np.float64]:
        """From each atom to the nearest metal site (n,), angstrom."""
        away = self.positions[:, None] - self.positions[list(self.metal_sites)][None]
        nearest: NDArray[np.float64] = np.linalg.norm(away, axis=2).min(axis=1)
        return nearest


def read_molecule(connection: Connection, complex_id: int, version_id: int) -> StoredMolecule:
    """The atoms of a complex, and which part a version's training had it in."""
    values = {"id": complex_id, "version_id": version_id}
    row = connection.execute(_MOLECULE, values).one()
    ligands = connection.execute(_LIGANDS, {"id": complex_id})
    return StoredMolecule(
        row.complex_id,
        row.content_key,
        row.identifier,
        row.formula,
        row.is_synthetic,
        np.array(row.atomic_numbers, dtype=np.uint8),
        np.array(row.positions, dtype=np.float64).reshape(-1, 3),
        tuple(row.atom_labels),
        np.array(row.bonds, dtype=np.intp).reshape(-1, 2),
        tuple(row.metal_sites),
        tuple(BoundLigand(*ligand) for ligand in ligands),
        row.training_part,
    )


_MOLECULE = text("""
    select c.id as complex_id, c.content_key, c.identifier, c.formula, c.is_synthetic,
        c.atomic_numbers, c.positions, c.atom_labels, c.bonds,
        array(select s.atom_index from metal_site s where s.complex_id = c.id
            order by s.atom_index) as metal_sites,
        coalesce(
            (with recursive reading (id) as (
                select c.id
                union
                select o.id from complex o join reading on o.superseded_by = reading.id)
            select e.part from training_example e join reading on reading.id = e.complex_id
                where e.model_version_id = :version_id limit 1),
            (select i.part from imported_example i
                where i.model_version_id = :version_id and i.content_key = c.content_key)
        ) as training_part
    from complex c where c.id = :id""")

_LIGANDS = text("""
    select position, formula, classes, atoms from ligand
    where complex_id = :id order by position""")
