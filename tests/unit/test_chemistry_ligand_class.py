"""Ligand classes: told by elements, bonds, lengths and angles, with and without hydrogens."""

from pathlib import Path

import numpy as np
import pytest
from crystal_factory import Atom, accept, cif, moved, ring
from hypothesis import given, settings
from hypothesis import strategies as st
from ligand_factory import drawn, ligands, taken, without_hydrogens

from screening.chemistry.ligands.abbreviation import ABBREVIATIONS

CASES = {
    "C1CN2=Cc3ccccc3O[Zn]24Oc5ccccc5C=N14": "phenoxide salen-type schiff-base",
    "c16ccccc1N2=Cc3ccccc3O[Zn]24Oc5ccccc5C=N64": "phenoxide salen-type schiff-base",
    "C1CN2=C(C)c3ccc7ccccc7c3O[Zn]24Oc5ccccc5C=N14": "phenoxide salen-type schiff-base",
    "C1C[NH+]2Cc3ccccc3O[Zn-2]24Oc5ccccc5C[NH+]14": "amine phenoxide salan-type",
    "C1CN2=Cc3ccccc3O[Zn-]24Oc5ccccc5C[NH+]14": "amine phenoxide salalen-type schiff-base",
    "CN1=Cc2ccccc2O[Zn]1Cl": "phenoxide schiff-base",
    "C1CN2=C(C)C=C(C)O[Zn]24OC(C)=CC(C)=N14": "schiff-base",
    "CC(=O)NN1=Cc2ccccc2O[Zn]1Cl": "hydrazone phenoxide schiff-base",
    "ON1=Cc2ccccc2O[Zn]1Cl": "oxime phenoxide",
    "CC1=CC(C)=O[Zn](Cl)O1": "beta-diketonate",
    "FC(F)(F)C1=CC(c2cccs2)=O[Zn](Cl)O1": "beta-diketonate",
    "CC1=CC(C)=N(C)[Zn](Cl)N1C": "beta-diketiminate",
    "Cl[Zn]1(Cl)<-n2ccccc2-c2ccccn->12": "2,2'-bipyridine",
    "Cl[Zn]1(Cl)<-n2cccc3ccc4cccn->1c4c32": "1,10-phenanthroline",
    "c1ccn(->[Zn](Cl)Cl)cc1": "pyridine",
    "Cn1ccn(->[Zn](Cl)Cl)c1": "imidazole",
    "Cn1cccn1->[Zn](Cl)Cl": "pyrazole",
    "CC(=O)O[Zn]Cl": "carboxylate",
    "COC(C)=O->[Zn](Cl)Cl": "ester",
    "c1ccc2O[Zn]Oc2c1": "catecholate dioxolene phenoxide",
    "c1ccccc1O[Zn]Cl": "phenoxide",
    "CN(C)C1=S[Zn](Cl)S1": "dithiocarbamate",
    "CC1=N(C)[Zn](Cl)N1C": "amidinate",
    "C[Si](C)(C)N([Zn]Cl)[Si](C)(C)C": "silylamide",
    "CP(C)(C)->[Zn](Cl)Cl": "phosphine",
    "CP(C)(C)=O->[Zn](Cl)Cl": "phosphine oxide",
    "CS(C)=O->[Zn](Cl)Cl": "sulfoxide",
    "CN(C)C=O->[Zn](Cl)Cl": "carboxamide",
    "C1CCCO1->[Zn](Cl)Cl": "ether",
    "c1ccccc1[Zn]Cl": "aryl",
    "CC#N->[Zn](Cl)Cl": "nitrile",
    "CS[Zn]Cl": "thiolate",
    "CN1=C2c3cccc4cccc(c34)C2=N(C)[Zn]1(Cl)Cl": "schiff-base",
    "CN1=C2C=CC=CC2=O[Zn]1(Cl)Cl": "",
    "c1ccc(nc1)O[Zn]Cl": "pyridonate",
    "c1cc(cnc1)O[Zn]Cl": "phenoxide",
    "Cn1ccc(=O->[Zn](Cl)Cl)cc1": "pyridone",
    "CN1CCCCN(C)C1=[Zn](Cl)Cl": "n-heterocyclic carbene",
    "CN1CCCCCN(C)C1=[Zn](Cl)Cl": "n-heterocyclic carbene",
    "CN1CCCCCCN(C)C1=[Zn](Cl)Cl": "n-heterocyclic carbene",
    "CN(C)C(N(C)C)=[Zn](Cl)Cl": "diaminocarbene",
    "CN1C(C)(C)CC(C)(C)C1=[Zn](Cl)Cl": "cyclic alkyl amino carbene",
    "CN(C)C(C(C)(C)C)=[Zn](Cl)Cl": "",
    "C[Si](C)(C)[Zn]Cl": "silyl",
    "CC(=O)[Zn]Cl": "acyl",
    "COC(C)=[Zn](Cl)Cl": "alkoxycarbene",
    "CC(C)=C(C)[Zn]Cl": "alkenyl",
    "O=c1ccccn1[Zn]Cl": "pyridine pyridonate",
}
CLEAR = (
    "C1CN2=Cc3ccccc3O[Zn]24Oc5ccccc5C=N14",
    "CC1=CC(C)=O[Zn](Cl)O1",
    "Cl[Zn]1(Cl)<-n2ccccc2-c2ccccn->12",
    "CC(=O)NN1=Cc2ccccc2O[Zn]1Cl",
    "CC(=O)O[Zn]Cl",
)
WITH_HYDROGENS = {
    "CN(C)[Zn]Cl": "amide",
    "c1ccccc1[NH2]->[Zn](Cl)Cl": "amine",
    "CC(=O)N(C)[Zn]Cl": "carboxamide",
    "CS(=O)(=O)N(C)[Zn]Cl": "sulfonamide",
    "CC(=O)N([Zn]Cl)S(=O)(=O)C": "sulfonamide",
    "CS(=O)(=O)N([Zn]Cl)C(C)=O": "sulfonamide",
    "CC=O->[Zn](Cl)Cl": "aldehyde",
    "CC(O)=O->[Zn](Cl)Cl": "carboxylic acid",
    "c1ccccc1O([H])->[Zn](Cl)Cl": "phenol",
    "CC=N([Zn]Cl)O": "oxime",
    "CC=NO[Zn]Cl": "oxime",
    "CC(C)=O->[Zn](Cl)Cl": "ketone",
    "OC(c1ccccc1)(c1ccccc1)O[Zn]Cl": "alkoxide",
    "COC(c1ccccc1)(c1ccccc1)O[Zn]Cl": "alkoxide",
    "C[As](C)(C)=O->[Zn](Cl)Cl": "arsine oxide",
    "CC(C)(C)P(NC(C)C)(NC(C)C)=O->[Zn](Cl)Cl": "phosphoramide",
    "CN(C)P(N(C)C)(N(C)C)=O->[Zn](Cl)Cl": "phosphoramide",
    "N#CC(C#N)=C=N[Zn]Cl": "tricyanomethanide",
    "NC(N)=S->[Zn](Cl)Cl": "thioamide",
    "CC(=O)S[Zn]Cl": "thiocarboxylate",
    "COP1(OC)=S[Zn](Cl)S1": "dithiophosphate",
    "CN(C)C(=O)S[Zn]Cl": "thiocarbamate",
    "C[Si](C)(C)S[Zn]Cl": "silanethiolate",
    "CN1CCCN(C)C1=[Zn](Cl)Cl": "n-heterocyclic carbene",
    "C[GeH2][Zn]Cl": "germyl",
    "C[SiH2][Zn]Cl": "silyl",
    "C[Se][Zn]Cl": "selenolate",
    "C[Se](C)->[Zn](Cl)Cl": "selenoether",
    "C[Sb](C)(C)->[Zn](Cl)Cl": "stibine",
    "COP(C)(C)->[Zn](Cl)Cl": "phosphinite",
    "COP(C)(OC)->[Zn](Cl)Cl": "phosphonite",
    "CN(C)P(C)(C)->[Zn](Cl)Cl": "phosphine",
    "FP(C)(C)->[Zn](Cl)Cl": "phosphine",
    "C[Si](C)(C)C[Zn]Cl": "alkyl",
    "FC(F)(F)[Zn]Cl": "alkyl",
    "c1cnccn1->[Zn](Cl)Cl": "pyrazine",
    "c1ccn(->[Zn](Cl)Cl)nc1": "pyridazine",
    "c1cn(->[Zn](Cl)Cl)cnc1": "pyrimidine",
    "c1nn(->[Zn](Cl)Cl)cnn1": "tetrazine",
    "c1ncn(->[Zn](Cl)Cl)cn1": "triazine",
    "Cl[Zn]1(Cl)<-n2cccnc2-c2nccc[n]->12": "2,2'-bipyrimidine pyrimidine",
    "C1COC(C)=[N]1->[Zn](Cl)Cl": "oxazoline",
    "C1CNC(C)=[N]1->[Zn](Cl)Cl": "imidazoline",
    "c1ccc[n+]([O-]->[Zn](Cl)Cl)c1": "n-oxide",
    "S[Zn]Cl": "hydrosulfido",
}
"""Classes that need the hydrogens drawn, or of which no more is asked."""
SMALL = {
    "C[Zn]Cl": "alkyl",
    "C=[Zn](Cl)Cl": "",
    "CN(C)C=[Zn](Cl)Cl": "",
    "C#C[Zn]Cl": "alkynyl",
    "O=[N+]1O[Zn](Cl)[O-]1": "nitrate",
    "S=C=N[Zn]Cl": "thiocyanate",
    "[N-]=[N+]=N[Zn]Cl": "azide",
    "N#C[Zn]Cl": "cyanide",
    "O=I(=O)O[Zn]Cl": "iodate",
    "O=S=O->[Zn](Cl)Cl": "sulfur dioxide",
    "O[Zn]Cl": "hydroxo",
    "[OH2]->[Zn](Cl)Cl": "aqua",
    "[NH3]->[Zn](Cl)Cl": "ammine",
    "CO([H])->[Zn](Cl)Cl": "alcohol",
    "O=C1O[Zn]OC1=O": "oxalate",
    "[O+]#[C-]->[Zn](Cl)Cl": "carbonyl",
    "[C-]#[O+]->[Zn](Cl)Cl": "",
}


def names(complex_):
    return [" ".join(x.classes) for x in ligands(complex_) if x.classes != ("halide",)]


@pytest.mark.parametrize(("smiles", "expected"), CASES.items())
def test_classes_with_and_without_hydrogens(smiles, expected):
    complex_ = drawn(smiles)
    assert names(complex_) == [expected]
    assert names(without_hydrogens(complex_)) == [expected]


@pytest.mark.parametrize(("smiles", "expected"), SMALL.items())
def test_small_ligands(smiles, expected):
    assert names(drawn(smiles)) == [expected]


@pytest.mark.parametrize(("smiles", "expected"), WITH_HYDROGENS.items())
def test_classes_with_hydrogens(smiles, expected):
    assert names(drawn(smiles)) == [expected]


def at(smiles: str, donor: int, distance: float):
    """A complex of zinc with its one *donor* (atomic number) that far away, angstrom."""
    complex_ = drawn(smiles)
    z, bonds = complex_.atomic_numbers, complex_.bonds
    zinc = int(np.flatnonzero(z == 30)[0])
    (atom,) = (a for a in {*bonds[(bonds == zinc).any(axis=1)].flat} - {zinc} if z[a] == donor)
    positions = complex_.positions.copy()
    arm = positions[zinc] - positions[atom]
    positions[zinc] = positions[atom] + arm * distance / np.linalg.norm(arm)
    return taken(complex_, np.arange(len(z)), positions)


@pytest.mark.parametrize(
    ("smiles", "near", "far"),
    [
        ("c1ccccc1[NH][Zn]", "amide", ""),
        ("C[Si](C)(C)N([Zn])c1ccccc1", "silylamide", "silylamide"),
        ("CC(C)[NH][Zn]", "amide", ""),
    ],
)
def test_an_amide_as_far_from_its_metal_as_an_amine_is_not_named(smiles, near, far):
    """Its hydrogen may be lost."""
    assert names(at(smiles, 7, 1.84)) == [near]
    assert names(at(smiles, 7, 2.10)) == [far]


@pytest.mark.parametrize(
    ("smiles", "near", "far"),
    [
        ("CO[Zn]", "alkoxide", "alcohol"),
        ("CCC(C)O[Zn]", "alkoxide", "alcohol"),
        ("C[Si](C)(C)O[Zn]", "siloxide", "silanol"),
    ],
)
def test_an_alkoxide_as_far_from_its_metal_as_an_alcohol_is_one_without_hydrogen(smiles, near, far):
    """Whether the file draws other hydrogens or none."""
    for distance, expected in ((1.88, near), (2.10, far)):
        complex_ = at(smiles, 8, distance)
        assert names(complex_) == [expected]
        assert names(without_hydrogens(complex_)) == [expected]
        (ligand,) = ligands(complex_)
        assert ligand.charge == (-1 if expected == near else None)


def test_three_and_four_pyridines_in_a_row_and_phenanthroline_with_one():
    three = "Cl[Zn]12(Cl)<-n3ccccc3-c3cccc(n->13)-c1ccccn->21"
    assert names(drawn(three)) == ["terpyridine"]
    fused = "Cl[Zn]12(Cl)<-n3ccccc3-c3ccc4ccc5cccn->1c5c4n->23"
    assert names(drawn(fused)) == ["1,10-phenanthroline 2,2'-bipyridine"]


def test_a_crown_is_one_where_one_oxygen_stays_away_and_a_glyme_is_none():
    crown = "Cl[Zn]123(Cl)<-O(CCOCCO->1CC4)CCO->2CCO->34"
    glyme = "C[O]1->[Zn]23(Cl)(Cl)<-O(CC1)CCO->2CCO->3C"
    assert names(drawn(crown)) == ["crown ether ether"]
    assert names(drawn(glyme)) == ["ether"]


def test_two_salicylaldimines_are_no_salen():
    found = ligands(drawn("CN1=Cc2ccccc2O[Zn]13Oc4ccccc4C=N3C"))
    assert [x.classes for x in found] == [("phenoxide", "schiff-base")] * 2


def test_four_donors_shared_between_two_metals_are_no_salen():
    """Each metal has one N and one O of the ligand."""
    assert names(drawn("C(CN1=Cc2ccccc2O[Zn]1Cl)N1=Cc2ccccc2O[Zn]1Cl")) == ["phenoxide schiff-base"]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(CLEAR),
    st.integers(0, 2**32 - 1),
)
def test_noise_changes_no_class(smiles, seed):
    """Each atom moved by 0.02 angstrom at random; what 0.03 changes is counted by a benchmark."""
    complex_ = drawn(smiles)
    ways = np.random.default_rng(seed).normal(size=complex_.positions.shape)
    noise = 0.02 * ways / np.linalg.norm(ways, axis=1)[:, None]
    noisy = taken(complex_, np.arange(len(noise)), complex_.positions + noise)
    assert names(noisy) == [CASES[smiles]]
    assert names(without_hydrogens(noisy)) == [CASES[smiles]]


def test_a_ring_that_binds_by_two_of_its_carbons_is_a_cyclopentadienyl():
    outwards = np.array([np.cos(np.pi / 5), np.sin(np.pi / 5), 0])  # over the middle of a bond
    metal = 0.963 * outwards + 2.243 * (0.42 * outwards + 0.91 * np.array([0, 0, 1]))
    atoms = [Atom("Mn", tuple(metal)), *ring("C", 5, 1.19, 0, (0, 0, 0))]
    (complex_,) = accept(cif(moved(atoms, (5, 5, 5)))).complexes
    (found,) = ligands(complex_)
    assert (found.hapticity, found.classes) == (2, ("cyclopentadienyl",))


def test_every_abbreviation_stands_for_a_documented_class():
    text = (Path(__file__).parents[2] / "docs" / "ligands.md").read_text()
    assert [name for name in ABBREVIATIONS.values() if f"`{name}`" not in text] == []
