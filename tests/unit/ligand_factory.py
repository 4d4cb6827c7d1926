"""Complexes drawn as SMILES, with a geometry embedded by rdkit."""

from functools import cache

import numpy as np
from rdkit import Chem
from rdkit.Chem import AllChem
from rdkit.rdBase import BlockLogs

from screening.chemistry.graph import read_graph
from screening.chemistry.ligands.find import find_ligands
from screening.chemistry.ligands.ligand import Ligand
from screening.crystal.complex import Complex
from screening.elements import METALS


@cache
def drawn(smiles: str) -> Complex:
    """Return a complex from SMILES; bonds to metals as `->`, `<-` or `-`, lengths by rdkit."""
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    with BlockLogs():
        assert AllChem.EmbedMolecule(molecule, randomSeed=7, useRandomCoords=True) == 0
    z = np.array([a.GetAtomicNum() for a in molecule.GetAtoms()], dtype=np.uint8)
    bonds = [(b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in molecule.GetBonds()]
    return Complex(
        z,
        molecule.GetConformer().GetPositions(),
        tuple(f"{a.GetSymbol()}{a.GetIdx()}" for a in molecule.GetAtoms()),
        np.sort(np.array(bonds, dtype=np.int32), axis=1),
    )


def ligands(complex_: Complex) -> tuple[Ligand, ...]:
    return find_ligands(complex_, read_graph(complex_))


def taken(complex_: Complex, index: np.ndarray, positions: np.ndarray | None = None) -> Complex:
    """The atoms of *index*, in that order."""
    place = np.full(len(complex_.labels), -1)
    place[index] = np.arange(len(index))
    bonds = place[complex_.bonds]
    bonds = np.sort(bonds[(bonds >= 0).all(axis=1)], axis=1).astype(np.int32)
    points = complex_.positions if positions is None else positions
    return Complex(
        complex_.atomic_numbers[index],
        points[index],
        tuple(complex_.labels[i] for i in index),
        bonds,
    )


def without_hydrogens(complex_: Complex) -> Complex:
    """Drop the hydrogens, but not hydrides."""
    z = complex_.atomic_numbers
    on_metal = {
        int(h)
        for pair in complex_.bonds
        for h, other in (pair, pair[::-1])
        if z[h] == 1 and z[other] in METALS
    }
    keep = [i for i in range(len(z)) if z[i] > 1 or i in on_metal]
    return taken(complex_, np.array(keep))
