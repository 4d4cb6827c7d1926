"""Surroundings: what the rules of plausibility look at in a complex."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from screening.chemistry.graph import Graph
from screening.chemistry.ligands.ligand import Ligand
from screening.chemistry.site import MetalSite
from screening.chemistry.spin import (
    is_diamagnetic,
    is_planar,
    ligand_radical,
    oxide_metals,
    redox_active_sites,
)
from screening.crystal.complex import Complex


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A complex, its sites and ligands.

    silent: the sites that surely have no unpaired electron. magnetic: those that may have one; the
    metals of a polyoxometalate are neither. doubtful: indices of metals of a ligand that may be a
    radical. radical: why a ligand may have an unpaired electron.
    """

    complex: Complex
    graph: Graph
    sites: tuple[MetalSite, ...]
    ligands: tuple[Ligand, ...]
    silent: tuple[MetalSite, ...]
    magnetic: tuple[MetalSite, ...]
    doubtful: frozenset[int]
    radical: str | None

    def metals_of(self, ligand_class: str) -> frozenset[int]:
        """Indices of the metals that a ligand of this class binds."""
        return frozenset(
            metal
            for ligand in self.ligands
            if ligand_class in ligand.classes
            for metal, _ in ligand.donors
        )


def look_around(
    complex_: Complex,
    graph: Graph,
    sites: Sequence[MetalSite],
    ligands: Sequence[Ligand],
    *,
    is_odd: bool | None,
) -> Surroundings:
    """Sort the sites by what is known of their spin; is_odd: of `has_odd_electrons`."""
    oxides = oxide_metals(sites, ligands)
    doubtful = redox_active_sites(ligands)

    def is_silent(site: MetalSite) -> bool:
        # planar nickel of unknown state is Ni(II) but beside ligands that may have oxidised it
        is_open = site.oxidation_state is None and site.atom_index in doubtful
        return is_diamagnetic(site) or (is_planar(site, "Ni") and not is_open)

    return Surroundings(
        complex_,
        graph,
        tuple(sites),
        tuple(ligands),
        silent=tuple(s for s in sites if is_silent(s)),
        magnetic=tuple(s for s in sites if not is_silent(s) and s.atom_index not in oxides),
        doubtful=doubtful,
        radical=ligand_radical(ligands, is_odd=is_odd),
    )


def only(sites: Sequence[MetalSite], test: Callable[[MetalSite], bool]) -> bool:
    """Whether there are sites and all pass."""
    return bool(sites) and all(map(test, sites))


def named(sites: Iterable[MetalSite]) -> str:
    """Their labels, each once."""
    return ", ".join(dict.fromkeys(site.label for site in sites))
