"""Find: the ligands of a complex, each perceived and classified."""

from itertools import chain

from screening.chemistry.graph import Graph
from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.cut import Fragment, cut, donor_set
from screening.chemistry.ligands.ligand import Ligand
from screening.chemistry.ligands.ligand_class import classify
from screening.chemistry.ligands.perceive import perceive
from screening.chemistry.ligands.scaffold import read_scaffold
from screening.chemistry.ligands.small_ligand import small_class
from screening.crystal.complex import Complex


def find_ligands(complex_: Complex, graph: Graph) -> tuple[Ligand, ...]:
    """The ligands of a complex, in the order of their first atoms.

    What binds no metal (a solvent molecule in a file without a crystal) is none; a
    polyoxometalate is one even where no further metal is there to bind.
    """
    scaffold = read_scaffold(complex_)
    missing = complex_.missing_hydrogens
    has_hydrogens = not missing and (1 in graph.elements or missing == 0)
    return tuple(
        _ligand(
            graph,
            fragment,
            Backbone(graph, scaffold, fragment, has_hydrogens=has_hydrogens),
        )
        for fragment in cut(graph)
        if fragment.donors or fragment.is_polyoxometalate
    )


def _ligand(graph: Graph, fragment: Fragment, backbone: Backbone) -> Ligand:
    name = small_class(backbone)
    perceived = perceive(fragment, backbone, name)
    donors = {donor for _, donor in fragment.donors}
    return Ligand(
        atoms=fragment.atoms,
        donors=fragment.donors,
        formula=fragment.formula,
        denticity=max(map(len, backbone.donors.values()), default=0),
        hapticity=max(map(len, chain(*backbone.donors.values())), default=0),
        n_metals=len(backbone.donors),
        donor_set=donor_set([graph.elements[i] for i in donors]),
        smiles=perceived.smiles,
        smiles_note=perceived.note,
        charge=perceived.charge,
        classes=classify(backbone, fragment, name),
    )
