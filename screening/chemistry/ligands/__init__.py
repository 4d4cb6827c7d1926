"""Ligands: bonds to metals cut, bond orders, SMILES, charge and classes."""
