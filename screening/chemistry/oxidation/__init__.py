"""Oxidation states: hints from names, charges and bond-valence sums, each with its reason."""
