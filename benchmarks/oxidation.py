"""Oxidation states: each source of a hint against the others, which know nothing of it.

    python benchmarks/oxidation.py [--data FOLDER] [--molecules N]

FOLDER holds `cif/real` (CIF files), `labels/ground_spin.xyz.xz` (complexes of Cr, Mn, Fe, Co and Ni
at their positions in the crystal, with charge and number of unpaired electrons) and
`complexes/tmqm_*.xyz.xz` (charge stated, positions computed). Compared are: the name that the file
gives, the charge balance, the bond-valence sum alone, the usual state of an element that has but
one, and the spin: a state is possible if it leaves as many electrons, odd or even, as are
unpaired, and enough of them. A bond-valence sum is compared where positions are measured; and, as
"bonds, parity known", wherever the charge tells whether the metal has an odd number of electrons.
"""

import argparse
import lzma
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from screening.chemistry.electrons import has_odd_electrons
from screening.chemistry.graph import read_graph
from screening.chemistry.ion import read_ion
from screening.chemistry.ligands.find import find_ligands
from screening.chemistry.oxidation.bond_valence import bond_valence_sums, decide
from screening.chemistry.oxidation.charge import read_charge
from screening.chemistry.oxidation.charge_balance import balance_charge
from screening.chemistry.oxidation.hint import (
    donor_distances,
    of_parity,
    usual_state,
    with_oxidation,
)
from screening.chemistry.oxidation.stated import states_in_names
from screening.chemistry.site import read_sites
from screening.crystal.complex import Accepted, BlockVerdict
from screening.crystal.read import read_file
from screening.molecule.read import read_molecules

PARITY = "bonds, parity known"


@dataclass(frozen=True)
class Judged:
    """One site: what each source says of it, and the hint that smmdb gives."""

    where: str
    element: str
    sources: dict[str, int]
    unpaired: int | None
    hint: int | None
    reason: str

    def fits_spin(self, state: int) -> bool:
        count = read_ion(self.element, state).d_count
        return (
            count is not None
            and self.unpaired is not None
            and count % 2 == self.unpaired % 2
            and self.unpaired <= min(count, 10 - count)
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--molecules", type=int, default=3000, help="of tmQM")
    parser.add_argument("--show", action="store_true", help="list each disagreement")
    options = parser.parse_args()
    cifs = sorted(options.data.glob("cif/real/molecular/*.cif"))
    report("CIF files", judge(crystals(cifs), measured=True), options.show)
    spins = options.data / "labels" / "ground_spin.xyz.xz"
    report("spin set", judge(molecules(spins, None), measured=True), options.show)
    shard = options.data / "complexes" / "tmqm_01.xyz.xz"
    report("tmQM", judge(molecules(shard, options.molecules), measured=False), options.show)


def crystals(paths: list[Path]) -> Iterator[BlockVerdict]:
    for path in paths:
        yield from read_file(path.read_bytes(), path.name)


def molecules(path: Path, limit: int | None) -> Iterator[BlockVerdict]:
    """The first *limit* molecules of a compressed xyz file; all where it is None."""
    with lzma.open(path, "rt") as lines:
        number = 0
        while (head := lines.readline()) and (limit is None or number < limit):
            block = head + "".join(lines.readline() for _ in range(int(head) + 1))
            number += 1
            yield from read_molecules(block.encode(), path.name, "xyz", number)


def judge(verdicts: Iterator[BlockVerdict], *, measured: bool) -> Iterator[Judged]:
    for verdict in verdicts:
        if not isinstance(verdict.outcome, Accepted):
            continue
        block = verdict.outcome.determination
        stated = dict(block.stated)
        unpaired = int(stated["mult"]) - 1 if "mult" in stated else None
        named = states_in_names(block)
        for complex_ in verdict.outcome.complexes:
            graph = read_graph(complex_)
            ligands = find_ligands(complex_, graph)
            sites = read_sites(complex_, graph, ligands)
            charge, _ = read_charge(graph.elements, block, verdict.outcome.components)
            usual = {site.atom_index: usual_state(complex_, graph, site) for site in sites}
            hints = with_oxidation(complex_, graph, sites, ligands, charge, block)
            for site, hint in zip(sites, hints, strict=True):
                fixed = {**usual, site.atom_index: None}
                balance = balance_charge(complex_, graph, sites, ligands, charge, fixed)
                donors = donor_distances(graph, site)
                fits = bond_valence_sums(site.element, donors)
                bonds = decide(fits, len(donors))
                is_odd = has_odd_electrons(complex_, charge, block) if len(sites) == 1 else None
                paired = decide(of_parity(site, fits, is_odd), len(donors))
                states = named.get(site.element, set())
                known = {
                    "name": min(states) if len(states) == 1 else None,
                    "charge balance": balance.states.get(site.element),
                    "bonds": bonds.state if bonds and measured else None,
                    PARITY: paired.state if paired and is_odd is not None else None,
                    "usual": usual[site.atom_index],
                }
                sources = {name: state for name, state in known.items() if state is not None}
                reason = hint.oxidation_state_reason or ""
                yield Judged(
                    block.identifier,
                    f"{site.element}",
                    sources,
                    unpaired if len(sites) == 1 else None,
                    hint.oxidation_state,
                    "not known" if hint.oxidation_state is None else reason.split(";")[0],
                )


def report(title: str, found: Iterator[Judged], show: bool) -> None:
    start = time.process_time()
    sites = list(found)
    spent = time.process_time() - start
    print(f"\n{title}: {len(sites):,} sites, {spent:.0f} s CPU with reading and ligands")
    reasons = Counter(
        "bond-valence sum" if site.reason.startswith("bond-v") else site.reason for site in sites
    )
    for reason, n in reasons.most_common():
        print(f"  hint from {reason:<28} {n:>6,}  {n / len(sites):6.1%}")
    for a, b in combinations(("name", "charge balance", "bonds", PARITY, "usual"), 2):
        if (a, b) == ("bonds", PARITY):
            continue
        both = [site for site in sites if a in site.sources and b in site.sources]
        wrong = [site for site in both if site.sources[a] != site.sources[b]]
        _print(f"{a} = {b}", both, wrong, show)
    for name in ("charge balance", "bonds"):
        both = [s for s in sites if name in s.sources and s.unpaired is not None]
        wrong = [site for site in both if not site.fits_spin(site.sources[name])]
        _print(f"{name} fits the spin", both, wrong, show)


def _print(what: str, both: list[Judged], wrong: list[Judged], show: bool) -> None:
    if not both:
        return
    right = len(both) - len(wrong)
    by_metal = ", ".join(f"{e} {n}" for e, n in Counter(s.element for s in wrong).most_common(8))
    print(f"  {what:<36} {right:>5,} of {len(both):>5,}  {right / len(both):6.1%}  {by_metal}")
    for site in wrong if show else ():
        print(f"      {site.where} {site.element} {site.sources} unpaired {site.unpaired}")


if __name__ == "__main__":
    main()
