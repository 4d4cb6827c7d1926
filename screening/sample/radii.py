"""Ionic radii, and from them the distance of a metal to its donor.

Effective ionic radii by ion and coordination number (angstrom): R. D. Shannon, Acta Cryst. A32
(1976) 751. Rows that the table lacks are the neighbouring coordination number plus 0.05 per
donor, its usual step. The donors' radii are the usual differences between mean bond lengths in
crystals and those ionic radii; they are of ours, rounded to 0.01-0.05.
"""

from typing import Final

_LN_CN: Final = (6, 7, 8, 9, 10)
_LANTHANIDE: Final[dict[str, tuple[float, ...]]] = {
    "La": (1.032, 1.10, 1.160, 1.216, 1.27),
    "Ce": (1.010, 1.07, 1.143, 1.196, 1.25),
    "Nd": (0.983, 1.046, 1.109, 1.163, 1.213),
    "Eu": (0.947, 1.01, 1.066, 1.120, 1.170),
    "Gd": (0.938, 1.00, 1.053, 1.107, 1.157),
    "Tb": (0.923, 0.98, 1.040, 1.095, 1.145),
    "Dy": (0.912, 0.97, 1.027, 1.083, 1.133),
    "Ho": (0.901, 0.958, 1.015, 1.072, 1.12),
    "Er": (0.890, 0.945, 1.004, 1.062, 1.112),
    "Yb": (0.868, 0.925, 0.985, 1.042, 1.092),
    "Lu": (0.861, 0.919, 0.977, 1.032, 1.082),
    "Y": (0.900, 0.96, 1.019, 1.075, 1.125),
}
_TRANSITION: Final[dict[tuple[str, int], float]] = {
    ("Mn3", 5): 0.58, ("Mn3", 6): 0.645, ("Mn2", 6): 0.83, ("Mn2", 4): 0.66,
    ("Fe3", 5): 0.58, ("Fe3", 6): 0.645, ("Fe2", 6): 0.78, ("Fe2", 4): 0.63,
    ("Co2", 4): 0.58, ("Co2", 5): 0.67, ("Co2", 6): 0.745,
    ("Ni2", 4): 0.49, ("Ni2", 5): 0.63, ("Ni2", 6): 0.69,
    ("Cu2", 4): 0.57, ("Cu2", 5): 0.65, ("Cu2", 6): 0.73,
    ("Zn2", 4): 0.60, ("Zn2", 5): 0.68, ("Zn2", 6): 0.74,
    ("V4", 5): 0.53,
}  # fmt: skip
DONORS: Final[dict[str, float]] = {
    "O": 1.35,  # phenolate, diketonate; Shannon's O2- at coordination number 2
    "O-neutral": 1.42,  # water, alcohol
    "O-ether": 1.54,  # methoxy O of the outer pocket, held by the ligand: long and weak
    "O-alkoxide": 1.14,  # terminal, axial, on a lanthanide
    "O-nitrate": 1.35,
    "N-imine": 1.40,
    "N": 1.50,  # pyridine, phenanthroline, nitrile on a lanthanide
    "N-3d": 1.42,  # the same on a 3d metal
    "N-anion": 1.38,  # azide, isothiocyanate
    "Cl": 1.67,
    "Br": 1.82,
    "I": 2.04,
}


def ionic_radius(ion: str, coordination_number: int) -> float:
    """Radius of an ion such as "Dy" or "Co2" (charge of 3d metals written out)."""
    if ion in _LANTHANIDE:
        return _LANTHANIDE[ion][_LN_CN.index(coordination_number)]
    return _TRANSITION[ion, coordination_number]


def donor_distance(ion: str, coordination_number: int, donor: str) -> float:
    """Metal-donor distance: the sum of the two radii."""
    if donor == "N" and ion not in _LANTHANIDE:
        donor = "N-3d"
    return ionic_radius(ion, coordination_number) + DONORS[donor]
