"""Lengths: limits of bonds that more than one rule goes by.

Bonds to metals are in sums of the covalent radii, which makes metals comparable.
"""

from typing import Final

MULTIPLE: Final = 0.86
"""A bond of a metal to a lone O or N this short is a multiple one: oxo, nitrido."""
AQUA_OR_AMMINE: Final = 1.03
"""A bond of a metal to a lone O or N this long or longer is to water or ammonia."""
LONGEST_AMIDE: Final = 0.95
"""Bond of an amide N, 0.82-0.96; of an amine 0.95-1.08: the limit where hydrogens are not drawn."""
FARTHEST_AMIDE: Final = 0.97
"""The same where they are: an N drawn without hydrogen is an amide up to the longest of them."""
SHORTEST_AMINE: Final = 1.42
"""Angstrom: C-N is 1.45-1.50 where both are sp3, 1.33-1.43 where either is flat."""
