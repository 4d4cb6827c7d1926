"""Ligands of real crystals, checked by eye."""

import pytest

from screening.chemistry.describe import describe
from screening.crystal.complex import Accepted
from screening.crystal.read import read_file


@pytest.mark.parametrize(
    ("file", "metal", "groups", "ligand"),
    [
        # nickel octaethylporphyrin
        ("1514866.cif", "Ni", "N4", ("C36 H44 N4", 4, -2, "porphyrin")),
        # dicyano(phthalocyaninato)cobalt(III), no hydrogens in the file
        ("8000003.cif", "Co", "N4 + 2 C", ("C32 N8", 4, None, "phthalocyanine")),
        # [Dy(W5O18)2]9-
        ("en-DyW5.cif", "Dy", "2 O4", ("O18 W5", 4, None, "polyoxometalate")),
        # bis(hydrotris(pyrazolyl)borato)iron
        ("2013971.cif", "Fe", "2 N3", ("C9 H10 B N6", 3, -1, "pyrazole scorpionate")),
        # tris(oxydiacetato)erbate(III)
        ("1512718.cif", "Er", "3 O3", ("C4 H4 O5", 3, -2, "carboxylate ether")),
        # mu3-oxo manganese triangle with six bridging carboxylates
        ("1517016.cif", "Mn", "N + 5 O", ("C5 H3 O2 S", 1, -1, "carboxylate")),
        # bis(acylhydrazonato)cobalt
        (
            "2227982-symops-over-1.cif",
            "Co",
            "2 N2O",
            ("C19 H13 Cl N3 O", 3, -1, "carboxamide hydrazone pyridine schiff-base"),
        ),
        # tris(oxalato)chromate(III)
        ("2010014.cif", "Cr", "3 O2", ("C2 O4", 2, -2, "oxalate")),
        # carbonato complex of a tetraazamacrocycle
        ("2001207-abs-corr-with-biblio.cif", "Co", "N4 + O2", ("C16 H36 N4", 4, 0, "amine")),
    ],
)
def test_real_ligands(shared_data, file, metal, groups, ligand):
    path = shared_data / "cif" / "real" / "molecular" / file
    described = [
        describe(complex_, verdict.outcome.determination)
        for verdict in read_file(path.read_bytes(), file)
        if isinstance(verdict.outcome, Accepted)
        for complex_ in verdict.outcome.complexes
    ]
    assert groups in {
        site.donor_groups
        for description in described
        for site in description.metal_sites
        if site.element == metal
    }
    assert ligand in {
        (x.formula, x.denticity, x.charge, " ".join(x.classes))
        for description in described
        for x in description.ligands
    }
