"""Perceive: SMILES and charge of a free ligand, or the reason why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from screening.chemistry.ligands.backbone import Backbone
from screening.chemistry.ligands.bare_oxygen import is_oxide_by_valence
from screening.chemistry.ligands.cut import Fragment
from screening.chemistry.ligands.formal import known_states, n_oxides
from screening.chemistry.ligands.lengths import FARTHEST_AMIDE, SHORTEST_AMINE
from screening.chemistry.ligands.lewis import Bond, Lewis, solve
from screening.chemistry.ligands.ligand import UNDECIDED
from screening.chemistry.ligands.oxygen_donor import is_lost_alcohol
from screening.chemistry.ligands.smiles import write_smiles
from screening.chemistry.ligands.valence import Place, State, UnclearError, states

MAX_ATOMS: Final = 400
"""A larger ligand gets no SMILES."""
_SURE: Final = 0.35
"""Least `margin` of a structure that is believed."""
_RARE: Final = 1.2
"""A structure with an atom in a state this costly is not believed."""
_STRONG_ACIDS: Final = frozenset(
    {
        "nitrate",
        "nitrite",
        "perchlorate",
        "azide",
        "cyanate",
        "fulminate",
        "thiocyanate",
        "selenocyanate",
        "dicyanamide",
        "tricyanomethanide",
    }
)
"""Anions that no crystal holds with a hydrogen on them while they bind a metal."""
_LONGEST_N2: Final = 1.16
"""Angstrom: N2 is 1.10-1.14 on a metal; 1.24, 1.40 and 1.50 with two, three and four electrons."""
_LONGEST_NITROXIDE: Final = 1.35
"""Angstrom: N-O is 1.26-1.31 in nitroxides, 1.39-1.46 in hydroxylaminates."""
_SHORTEST_PHENOL: Final = 1.34
"""Angstrom: C-O is 1.35-1.38 in phenols, 1.25-1.33 in phenolates without a metal."""
_PROTONATED: Final = frozenset({7, 8, 15, 16, 34})
"""Elements whose negative atoms are told from protonated ones by their hydrogens only."""
_CARBON, _SILICON = 6, 14
_MOST_BARE: Final = 2
"""Ring carbons without hydrogen or substituent: one of an aryl or a carbene, two of an aryne."""
_MAY_BE_LINEAR: Final = frozenset({6, 7})
_LINEAR: Final = 150.0
_PLANAR: Final = 345.0
"""Degrees: least angle at an atom on a line, and least sum of the three at a flat carbon (328 in a
tetrahedron)."""
_HYDRIDE: Final = {0: State(-1)}


@dataclass(frozen=True, slots=True)
class Perception:
    """smiles: canonical by rdkit, without stereo; note: why there is none; charge: e."""

    smiles: str | None = None
    note: str | None = None
    charge: int | None = None


def perceive(fragment: Fragment, backbone: Backbone, name: str | None) -> Perception:
    """Bond orders, charge and SMILES of a ligand. name: its `small_class`.

    Where hydrogens are missing only a ligand without negative atoms is believed. The SMILES is read
    back, and given only if it has the formula and the charge of the ligand.
    """
    if fragment.is_polyoxometalate:
        return Perception(note="polyoxometalate: no SMILES for a metal-oxo cluster")
    if len(fragment.atoms) > MAX_ATOMS:
        return Perception(note=f"more than {MAX_ATOMS} atoms")
    try:
        _check_rings(backbone)
        oxides = n_oxides(backbone)
        lewis = _lewis(fragment, backbone, oxides)
        _check(backbone, name, lewis, oxides)
        smiles = write_smiles(fragment, backbone, lewis)
    except UnclearError as problem:
        return Perception(note=str(problem))
    return Perception(smiles=smiles, charge=sum(lewis.charges.values()))


def _check_rings(backbone: Backbone) -> None:
    """Raise UnclearError for a cyclopentadienyl or arene drawn without its hydrogens."""
    for ring in backbone.rings:
        bare = [i for i in ring if backbone.is_(i, _CARBON) and len(backbone.around[i]) == 2]
        if len(bare) > _MOST_BARE:
            raise UnclearError("hydrogens are missing: carbons of a ring have none")


def _check(
    backbone: Backbone,
    name: str | None,
    lewis: Lewis,
    oxides: Sequence[Bond],
) -> None:
    _check_small(backbone, name)
    lacks_hydrogens = not backbone.has_hydrogens
    if _is_bare_oxygen(backbone):
        lacks_hydrogens = lacks_hydrogens and not is_oxide_by_valence(backbone, backbone.atoms[0])
    if lewis.worst >= _RARE:
        raise UnclearError("only an unusual structure fits: a radical, or hydrogens are missing")
    if lewis.margin < _SURE:
        raise UnclearError(UNDECIDED)
    unsaturated = {i for bond in lewis.orders for i in bond}
    if name not in _STRONG_ACIDS:
        for atom, charge in lewis.charges.items():
            if charge < 0 and backbone.elements[atom] in _PROTONATED:
                _check_anion(backbone, atom, unsaturated, lacks_hydrogens=lacks_hydrogens)
    for oxygen, nitrogen in oxides:
        if nitrogen not in unsaturated and backbone.length(oxygen, nitrogen) < _LONGEST_NITROXIDE:
            raise UnclearError("nitroxide: a radical has no structure with closed shells")


def _check_small(backbone: Backbone, name: str | None) -> None:
    """Raise UnclearError for small ligands whose lengths tell more than closed shells can."""
    if _is_bare_oxygen(backbone) and name != "oxo":
        raise UnclearError("hydrogens are missing: oxide, hydroxide or water")
    if name == "superoxo":
        raise UnclearError("superoxide: a radical has no structure with closed shells")
    elements = [backbone.elements[i] for i in backbone.atoms]
    if elements == [7, 7] and backbone.length(*backbone.atoms) > _LONGEST_N2:
        raise UnclearError(UNDECIDED)


def _is_bare_oxygen(backbone: Backbone) -> bool:
    atoms = backbone.atoms
    return len(atoms) == 1 and backbone.is_(atoms[0], 8) and not backbone.hydrogens[atoms[0]]


def _check_anion(
    backbone: Backbone, atom: int, unsaturated: set[int], *, lacks_hydrogens: bool
) -> None:
    """Raise UnclearError where a negative atom may rather have a hydrogen that the file lacks."""
    if lacks_hydrogens:
        raise UnclearError("hydrogens are missing: a negative atom may have one")
    if atom not in backbone.metals and unsaturated.isdisjoint(backbone.near[atom]):
        raise UnclearError("hydrogens are missing: an alkoxide or amide that binds no metal")
    if atom not in backbone.metals and _is_long_phenolate(backbone, atom):
        raise UnclearError("hydrogens are missing: a phenolate that binds no metal")
    if _is_long_amide(backbone, atom):
        raise UnclearError("an amide N this far from its metal may be an amine")
    if _is_long_alkoxide(backbone, atom):
        raise UnclearError("an alkoxide O this far from its metal may be an alcohol")


def _is_long_amide(backbone: Backbone, atom: int) -> bool:
    """A negative N between sp3 carbons whose bonds to metals are as long as those of an amine."""
    return (
        backbone.is_(atom, 7)
        and atom in backbone.metals
        and all(backbone.is_(j, 6) for j in backbone.near[atom])
        and all(backbone.length(atom, j) > SHORTEST_AMINE for j in backbone.near[atom])
        and backbone.metal_ratio(atom) > FARTHEST_AMIDE
    )


def _is_long_phenolate(backbone: Backbone, atom: int) -> bool:
    """A negative O as far from its aromatic ring as that of a phenol."""
    return backbone.is_(atom, 8) and any(
        backbone.phenol_rings(j) and backbone.length(atom, j) > _SHORTEST_PHENOL
        for j in backbone.near[atom]
    )


def _is_long_alkoxide(backbone: Backbone, atom: int) -> bool:
    """A negative O on saturated C or Si whose one bond to a metal is that of an alcohol."""
    if not backbone.is_(atom, 8) or atom not in backbone.metals or len(backbone.near[atom]) != 1:
        return False
    (beside,) = backbone.near[atom]
    is_saturated = backbone.elements[beside] in {_CARBON, _SILICON}
    is_saturated &= len(backbone.around[beside]) == 4
    return is_saturated and is_lost_alcohol(backbone, atom)


def _lewis(fragment: Fragment, backbone: Backbone, oxides: Sequence[Bond]) -> Lewis:
    elements, around, bends = backbone.elements, backbone.around, backbone.bends
    side_on = {
        atom
        for groups in backbone.donors.values()
        for group in groups
        if len(group) > 1
        for atom in group
    }
    choices = known_states(backbone, oxides)
    for i in fragment.atoms:
        near = around[i]
        z, n = elements[i], len(near)
        if z == 1:
            if n > 1:
                raise UnclearError("a hydrogen bridges two atoms")
            if n == 0:
                choices[i] = _HYDRIDE
        elif i not in choices:
            is_donor, is_side_on = i in backbone.metals, i in side_on
            linear = n == 2 and z in _MAY_BE_LINEAR and bends[i] > _LINEAR
            planar = n == 3 and z == _CARBON and bends[i] > _PLANAR
            beside = tuple([elements[j] for j in near])
            ends = tuple([elements[j] for j in near if len(around[j]) == 1])
            n_hydrogens = backbone.hydrogens[i]
            place = Place(z, n, n_hydrogens, is_donor, is_side_on, linear, planar, beside, ends)
            choices[i] = states(place)
    whole = backbone.scaffold
    return solve(choices, around, whole.places, whole.atomic_numbers)
