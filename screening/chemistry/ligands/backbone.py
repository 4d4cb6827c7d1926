"""Backbone: the heavy atoms of one ligand with their lengths, angles and small rings.

Everything here works without hydrogens: a carbon is flat or not, a bond is long or short.
"""

import math
from collections.abc import Sequence

from screening.chemistry.graph import Graph
from screening.chemistry.ligands.cut import LONE_PAIR_DONORS, Fragment, side_on_groups
from screening.chemistry.ligands.ring import Ring
from screening.chemistry.ligands.scaffold import Scaffold
from screening.elements import COVALENT_RADII


class Backbone:
    """One ligand without its hydrogens; atoms keep their indices of the complex.

    elements, around and near: of the whole complex, see `Graph`. atoms: the heavy ones.
    hydrogens: number of them by atom. metals: by donor. donors: by metal, side-on groups together.
    has_hydrogens: the complex has all of them as far as is known, so that an atom drawn without one
    has none.
    """

    def __init__(
        self, graph: Graph, scaffold: Scaffold, fragment: Fragment, *, has_hydrogens: bool
    ) -> None:
        self.elements, self.around, self.near = graph.elements, graph.around, graph.near
        self.has_hydrogens = has_hydrogens
        self.scaffold = scaffold
        self.bends = scaffold.bends
        self._positions = scaffold.positions
        self.atoms = tuple([i for i in fragment.atoms if graph.elements[i] > 1])
        self.hydrogens = {i: len(self.around[i]) - len(self.near[i]) for i in self.atoms}
        self.metals: dict[int, list[int]] = {}
        by_metal: dict[int, list[int]] = {}
        for metal, donor in fragment.donors:
            self.metals.setdefault(donor, []).append(metal)
            by_metal.setdefault(metal, []).append(donor)
        self.donors = {m: side_on_groups(graph, atoms) for m, atoms in by_metal.items()}
        least = [i for i in self.atoms if i in scaffold.rings]
        self.rings = tuple([ring for i in least for ring in scaffold.rings[i]])
        self.aromatic = tuple([ring for ring in self.rings if ring in scaffold.aromatic])
        self._aromatic_of: dict[int, list[Ring]] = {}
        for ring in self.aromatic:
            for i in ring:
                self._aromatic_of.setdefault(i, []).append(ring)

    def is_(self, atom: int, element: int) -> bool:
        """Whether *atom* has this atomic number."""
        return self.elements[atom] == element

    def bonded(self, atom: int, element: int) -> list[int]:
        """The heavy neighbours of one element."""
        return [j for j in self.near[atom] if self.elements[j] == element]

    def formula(self, ring: Sequence[int]) -> tuple[int, ...]:
        """Atomic numbers, ascending."""
        return tuple(sorted(self.elements[i] for i in ring))

    def aromatic_rings(self, atom: int, size: int = 0) -> list[Ring]:
        """The aromatic rings (of this size) that hold *atom*."""
        return [r for r in self._aromatic_of.get(atom, ()) if size in {0, len(r)}]

    def phenol_rings(self, atom: int) -> list[Ring]:
        """The aromatic six-membered rings of *atom* of carbon, or of carbon and one N."""
        rings = self.aromatic_rings(atom, 6)
        return [r for r in rings if self.formula(r)[:5] == (6,) * 5 and self.formula(r)[5] < 8]

    def binds_end_on(self, group: Sequence[int]) -> bool:
        """Whether a group binds by one atom, or atom by atom through a lone pair of each.

        So the two N of a pyrazolate, or N and O of an oximate, on one metal.
        """
        return len(group) == 1 or all(self.elements[i] in LONE_PAIR_DONORS for i in group)

    def length(self, i: int, j: int) -> float:
        """Distance in angstrom."""
        return math.dist(self._positions[i], self._positions[j])

    def metal_ratio(self, donor: int) -> float:
        """Distance to the nearest metal over the sum of the covalent radii."""
        radius = float(COVALENT_RADII[self.elements[donor]])
        return min(
            self.length(donor, metal) / (float(COVALENT_RADII[self.elements[metal]]) + radius)
            for metal in self.metals[donor]
        )

    def angle(self, i: int, centre: int, j: int) -> float:
        """Angle i-centre-j in degrees."""
        a, b, c = self._positions[i], self._positions[centre], self._positions[j]
        u = (a[0] - b[0], a[1] - b[1], a[2] - b[2])
        v = (c[0] - b[0], c[1] - b[1], c[2] - b[2])
        cosine = (u[0] * v[0] + u[1] * v[1] + u[2] * v[2]) / (math.hypot(*u) * math.hypot(*v))
        return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))

    def angles(self, centre: int, others: Sequence[int]) -> list[float]:
        """All angles between *others* at *centre*, degrees."""
        x, y, z = self._positions[centre]
        arms = []
        for other in others:
            at = self._positions[other]
            arm = (at[0] - x, at[1] - y, at[2] - z)
            arms.append((*arm, math.hypot(*arm)))
        return [
            math.degrees(
                math.acos(
                    max(-1.0, min(1.0, (u[0] * v[0] + u[1] * v[1] + u[2] * v[2]) / (u[3] * v[3])))
                )
            )
            for k, u in enumerate(arms)
            for v in arms[:k]
        ]

    def is_flat(self, atom: int) -> bool:
        """Whether an atom looks sp2: three heavy neighbours in its plane, or two of them.

        Two are read so above 116 degrees, with or without a hydrogen, which may be lost; and at a
        smaller angle where a hydrogen is drawn in their plane.
        """
        near = self.near[atom]
        if len(near) == 3:
            return sum(self.angles(atom, near)) > 350
        if len(near) != 2:
            return False
        by_hydrogen = len(self.around[atom]) == 3 and self.bends[atom] > 350
        return by_hydrogen or self.angle(near[0], atom, near[1]) > 116

    def is_linear(self, atom: int) -> bool:
        """Two heavy neighbours on a line with the atom."""
        near = self.near[atom]
        return len(near) == 2 and self.angle(near[0], atom, near[1]) > 150

    def chelates(self, *atoms: int) -> bool:
        """Whether one metal binds all these atoms."""
        first, *rest = (set(self.metals.get(i, ())) for i in atoms)
        return bool(first.intersection(*rest))
