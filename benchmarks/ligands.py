"""Ligands against MetaLig (charges, SMILES, donors) and tmQM (salen and imine counts).

    python benchmarks/ligands.py metalig csd_ligands.jsonl.xz [--every 10]
    python benchmarks/ligands.py tmqm tmqm_01.xyz.xz tmqm_index.csv [--every 10]
    python benchmarks/ligands.py stability tmqm_01.xyz.xz [--every 20]

MetaLig's charges come from a balance over many CSD entries, its SMILES has no hydrogens and no
charges; only the connectivity is compared. The counts of the tmQM index are bond-length rules of
their own, no truth. Stability: the classes that come or go when every atom moves by 0.03 angstrom,
bonds as before, and when the hydrogens are taken away. Times are CPU time of the ligands alone,
after a warm-up.
"""

import argparse
import csv
import json
import lzma
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
from rdkit import Chem
from rdkit.rdBase import BlockLogs

from screening.chemistry.graph import read_graph
from screening.chemistry.ligands.find import find_ligands
from screening.chemistry.ligands.ligand import Ligand
from screening.crystal.complex import Accepted, Complex
from screening.elements import METALS
from screening.molecule.read import read_molecules

SHOWN, NOISE = 25, 0.03


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("against", choices=["metalig", "tmqm", "stability"])
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--every", type=int, default=10)
    options = parser.parse_args()
    run = {"metalig": against_metalig, "tmqm": against_tmqm, "stability": stability}
    run[options.against](*options.paths, every=options.every)


def read_one(text: str, name: str) -> Complex | None:
    """The complex of an xyz text, where there is exactly one."""
    (verdict,) = read_molecules(text.encode(), name, "xyz")
    outcome = verdict.outcome
    if isinstance(outcome, Accepted) and len(outcome.complexes) == 1:
        return outcome.complexes[0]
    return None


class Clock:
    """CPU milliseconds of `find_ligands` by complex."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def ligands(self, complex_: Complex) -> tuple[Ligand, ...]:
        graph = read_graph(complex_)
        started = time.process_time()
        found = find_ligands(complex_, graph)
        self.times.append(1000 * (time.process_time() - started))
        return found

    def report(self) -> None:
        times = sorted(self.times[10:])
        print(
            f"CPU ms a complex: median {statistics.median(times):.2f}, mean"
            f" {statistics.mean(times):.2f}, 99 % below {times[len(times) * 99 // 100]:.2f},"
            f" most {times[-1]:.1f} ({len(times)} complexes)"
        )


def against_metalig(path: Path, *, every: int) -> None:
    clock, counts, notes, examples = Clock(), Counter[str](), Counter[str](), []
    with lzma.open(path, "rt") as lines:
        for row in map(json.loads, islice(lines, 0, None, every)):
            counts["ligands"] += 1
            symbols = [*row["el"].split(), row["metal"]]
            places = row["xyz"] + row["metal_xyz"]
            atoms = (
                f"{s} {places[3 * i]} {places[3 * i + 1]} {places[3 * i + 2]}"
                for i, s in enumerate(symbols)
            )
            complex_ = read_one("\n".join([str(len(symbols)), row["key"], *atoms]), row["key"])
            found = clock.ligands(complex_) if complex_ else ()
            if len(found) != 1 or len(found[0].atoms) != len(symbols) - 1:
                counts["not read as one ligand"] += 1
                continue
            (ligand,) = found
            counts["read as one ligand"] += 1
            metal = len(symbols) - 1
            ours = {d for m, d in ligand.donors if m == metal}
            counts["same donors"] += ours == set(row["donors"])
            if ligand.smiles is None:
                counts["no SMILES"] += 1
                notes[ligand.smiles_note or ""] += 1
                continue
            counts["SMILES"] += 1
            if row["smiles"]:
                counts["both SMILES"] += 1
                counts["same connectivity"] += skeleton(ligand.smiles) == skeleton(row["smiles"])
            counts["same charge"] += ligand.charge == row["charge"]
            if ligand.charge != row["charge"]:
                examples.append((row["key"], row["metal"], row["charge"], ligand))
    for name in ("ligands", "not read as one ligand", "read as one ligand"):
        print(f"{name:28} {counts[name]:6}")
    share(counts, "same donors", "read as one ligand")
    share(counts, "SMILES", "read as one ligand")
    share(counts, "same charge", "SMILES")
    share(counts, "same connectivity", "both SMILES")
    for note, n in notes.most_common():
        print(f"  no SMILES {n:5}  {note}")
    kinds = Counter((theirs, ligand.charge) for _, _, theirs, ligand in examples)
    for (theirs, ours), n in kinds.most_common():
        print(f"  MetaLig {theirs:+} smmdb {ours:+}  {n}")
    for key, symbol, theirs, ligand in examples[:SHOWN]:
        print(f"  {key} {symbol} {theirs:+} / {ligand.charge:+} {ligand.smiles}")
    clock.report()


def share(counts: Counter[str], part: str, whole: str) -> None:
    print(f"{part:28} {counts[part]:6}  {100 * counts[part] / counts[whole]:.1f} % of {whole}")


def skeleton(smiles: str) -> str:
    """The SMILES of the heavy atoms with all bonds single and no charges."""
    with BlockLogs():
        parsed = Chem.MolFromSmiles(smiles, sanitize=False)
    plain = Chem.RWMol()
    place = {
        atom.GetIdx(): plain.AddAtom(Chem.Atom(atom.GetAtomicNum()))
        for atom in parsed.GetAtoms()
        if atom.GetAtomicNum() > 1
    }
    for atom in plain.GetAtoms():
        atom.SetNoImplicit(True)
    for bond in parsed.GetBonds():
        ends = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        if all(end in place for end in ends):
            plain.AddBond(place[ends[0]], place[ends[1]], Chem.BondType.SINGLE)
    return str(Chem.MolToSmiles(plain))


def molecules(path: Path, every: int) -> Iterator[tuple[str, str]]:
    """(refcode, xyz text) of every n-th molecule."""
    with lzma.open(path, "rt") as lines:
        for number, head in enumerate(lines):
            frame = [head, *islice(lines, int(head) + 1)]
            if number % every == 0:
                yield frame[1].split()[0], "".join(frame)


def against_tmqm(path: Path, index: Path, *, every: int) -> None:
    with index.open() as lines:
        rows = {row["refcode"]: row for row in csv.DictReader(lines)}
    clock, classes, n_read = Clock(), Counter[str](), 0
    tables = {"salen-type": Counter[tuple[bool, bool]](), "schiff-base": Counter()}
    examples: dict[tuple[str, bool, bool], list[str]] = {}
    for refcode, text in molecules(path, every):
        if (complex_ := read_one(text, refcode)) is None:
            continue
        n_read += 1
        found = clock.ligands(complex_)
        names = {name for ligand in found for name in ligand.classes}
        classes.update(names)
        n_imine = int(rows[refcode]["n_imine_N_on_metal"])
        n_phenolate = int(rows[refcode]["n_phenolate_O_on_metal"])
        theirs = {"salen-type": n_imine > 1 and n_phenolate > 1, "schiff-base": n_imine > 0}
        for name, table in tables.items():
            ours = name in names
            table[theirs[name], ours] += 1
            if theirs[name] != ours:
                smiles = [ligand.smiles or ligand.formula for ligand in found]
                examples.setdefault((name, theirs[name], ours), []).append(
                    f"{refcode} {', '.join(sorted(names))}: {' | '.join(sorted(set(smiles)))}"
                )
    print(f"{n_read} complexes")
    for name, table in tables.items():
        for (by_index, ours), n in sorted(table.items()):
            print(f"{name:12} index {by_index!s:5} smmdb {ours!s:5} {n:6}")
    for (name, by_index, _), lines_ in examples.items():
        print(f"{name}: {'index only' if by_index else 'smmdb only'}")
        for line in lines_[:SHOWN]:
            print("  ", line)
    print(", ".join(f"{name} {n}" for name, n in classes.most_common()))
    clock.report()


def stability(path: Path, *, every: int) -> None:
    rng, changes, total, n_read = np.random.default_rng(0), Counter[str](), 0, 0
    for refcode, text in molecules(path, every):
        if (complex_ := read_one(text, refcode)) is None:
            continue
        n_read += 1
        ways = rng.normal(size=complex_.positions.shape)
        noise = NOISE * ways / np.linalg.norm(ways, axis=1)[:, None]
        variants = {
            "noise": replace(complex_, positions=complex_.positions + noise),
            "no hydrogens": without_hydrogens(complex_),
        }
        before = classes_of(complex_)
        total += before.total()
        for kind, other in variants.items():
            after = classes_of(other)
            changes.update(f"{kind:13} gone {name}" for name in before - after)
            changes.update(f"{kind:13} new  {name}" for name in after - before)
    print(f"{n_read} complexes, {total} classes of ligands")
    for change, n in changes.most_common():
        print(f"{n:5}  {change}")


def classes_of(complex_: Complex) -> Counter[str]:
    found = find_ligands(complex_, read_graph(complex_))
    return Counter(name for ligand in found for name in ligand.classes)


def without_hydrogens(complex_: Complex) -> Complex:
    """The complex without the hydrogens that sit on a non-metal."""
    graph = read_graph(complex_)
    keep = [
        i
        for i, z in enumerate(graph.elements)
        if z > 1 or all(graph.elements[j] in METALS for j in graph.neighbours[i])
    ]
    place = np.full(len(graph.elements), -1)
    place[keep] = np.arange(len(keep))
    bonds = place[complex_.bonds]
    return replace(
        complex_,
        atomic_numbers=complex_.atomic_numbers[keep],
        positions=complex_.positions[keep],
        labels=tuple(complex_.labels[i] for i in keep),
        bonds=bonds[(bonds >= 0).all(axis=1)].astype(np.int32),
        missing_hydrogens=None,
    )


if __name__ == "__main__":
    main()
