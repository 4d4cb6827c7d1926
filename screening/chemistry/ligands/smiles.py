"""SMILES of a ligand whose bond orders and charges are known."""

import re
from functools import lru_cache
from typing import Final

from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula
from rdkit.rdBase import BlockLogs

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.cut import Fragment
from screening.chemistry.ligands.lewis import Lewis
from screening.chemistry.ligands.valence import UnclearError
from screening.formula import write_formula

_COUNT: Final = re.compile(r"([A-Z][a-z]?)(\d*)")
_ORDERS: Final = (Chem.BondType.SINGLE, Chem.BondType.DOUBLE, Chem.BondType.TRIPLE)


def write_smiles(fragment: Fragment, backbone: Backbone, lewis: Lewis) -> str:
    """Write the structure by rdkit; UnclearError where rdkit does not read back the same."""
    elements, hydrogens, charges = backbone.elements, backbone.hydrogens, lewis.charges
    # hydrogens count with their atoms, but those of a hydride or of dihydrogen
    written, near = backbone.atoms, backbone.near
    if not written:
        written, near = fragment.atoms, backbone.around
    place = {i: number for number, i in enumerate(written)}
    atoms = tuple([(elements[i], charges.get(i, 0), hydrogens.get(i, 0)) for i in written])
    bonds = tuple(
        [
            (a, place[j], lewis.orders.get((i, j), 0))
            for i, a in place.items()
            for j in near[i]
            if i < j
        ]
    )
    smiles, formula, charge = _written(atoms, bonds)
    if (formula, charge) != (fragment.formula, sum(charges.values())):
        raise UnclearError("rdkit writes a SMILES of another formula")
    return smiles


@lru_cache(maxsize=4096)
def _written(
    atoms: tuple[tuple[int, int, int], ...], bonds: tuple[tuple[int, int, int], ...]
) -> tuple[str, str | None, int | None]:
    """SMILES of a structure, and the formula and charge that rdkit reads from it.

    atoms: (element, charge, number of hydrogens); bonds: (atom, atom, second bonds). The ligands
    of one complex are often the same, atom by atom.
    """
    molecule = Chem.RWMol()
    for kind in atoms:
        molecule.AddAtom(_atom(*kind))
    for a, b, order in bonds:
        molecule.AddBond(a, b, _ORDERS[order])
    with BlockLogs():
        try:
            Chem.SanitizeMol(molecule)
        except ValueError as problem:
            raise UnclearError("rdkit refuses the structure") from problem
        smiles = str(Chem.MolToSmiles(molecule))
        return (smiles, *_read_back(smiles))


@lru_cache(maxsize=4096)
def _atom(element: int, charge: int, n_hydrogens: int) -> Chem.Atom:
    """An atom to be copied into molecules."""
    atom = Chem.Atom(element)
    atom.SetFormalCharge(charge)
    atom.SetNumExplicitHs(n_hydrogens)
    atom.SetNoImplicit(True)
    return atom


@lru_cache(maxsize=4096)
def _read_back(smiles: str) -> tuple[str, int] | tuple[None, None]:
    molecule: Chem.Mol | None = Chem.MolFromSmiles(smiles, sanitize=False)  # without stereo
    if molecule is None:
        return None, None
    try:
        Chem.SanitizeMol(molecule)
    except ValueError:
        return None, None
    # rdkit puts H before other elements also where there is no carbon: H4B- for BH4-
    counts = {element: int(n or 1) for element, n in _COUNT.findall(CalcMolFormula(molecule))}
    return write_formula(counts), Chem.GetFormalCharge(molecule)
