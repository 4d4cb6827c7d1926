"""Molecules without a crystal: xyz, mol2 and SDF text to complexes, a verdict for each molecule."""
