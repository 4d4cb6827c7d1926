"""Donor charges: where the charge of a ligand stands."""

import pytest
from ligand_factory import drawn, ligands

from screening.chemistry.donor_charge import donor_charges
from screening.chemistry.graph import read_graph


@pytest.mark.parametrize(
    ("smiles", "expected"),
    [
        ("C1CN2=Cc3ccccc3O[Zn]24Oc5ccccc5C=N14", {7: [0, 0], 8: [1, 1]}),
        ("CC1=CC(C)=O[Zn](Cl)O1", {8: [0.5, 0.5], 17: [1]}),
        ("c1ccn(->[Zn](Cl)Cl)cc1", {7: [0], 17: [1, 1]}),
        ("[OH2]->[Zn](Cl)Cl", {8: [0], 17: [1, 1]}),
        ("C[Si](C)(C)N([Zn]Cl)[Si](C)(C)C", {7: [1], 17: [1]}),
        ("C1CCCO1->[Zn](Cl)Cl", {8: [0], 17: [1, 1]}),
    ],
)
def test_charges_of_donors(smiles, expected):
    complex_ = drawn(smiles)
    graph = read_graph(complex_)
    (zinc,) = graph.centres
    charges = donor_charges(graph, ligands(complex_), zinc)
    assert charges is not None
    found: dict[int, list[float]] = {}
    for donor, charge in zip(graph.donors[zinc], charges, strict=True):
        found.setdefault(graph.elements[donor], []).append(charge)
    assert found == expected


def test_an_unknown_charge_is_told():
    complex_ = drawn("c1ccc2O[Zn]Oc2c1")
    graph = read_graph(complex_)
    (zinc,) = graph.centres
    assert all(ligand.charge is not None for ligand in ligands(complex_))
    assert donor_charges(graph, (), zinc) is None
