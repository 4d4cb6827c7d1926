"""Explanations: what they cost beside the bare network, and how far the two methods agree.

    python benchmarks/explain.py MODEL [--sample 20]

MODEL is a version in the database of the settings, such as the one that docs/explain.md trains.
Over complexes of its test part: the CPU time of an explanation by occlusion over that of the same
number of grids through the network alone, the rank correlation of the importances (with sign) of
both methods and of the sums over ligands, and how far the integrated gradients miss the change
that they must sum to.
"""

import argparse
import time

import numpy as np
from scipy.stats import spearmanr

from screening.config import load_settings
from screening.learning.explain import Explanation, explain
from screening.learning.scoring import Scoring
from screening.network.memory import keep_memory
from screening.network.weights import read_predictor
from screening.store.engine import open_database
from screening.store.explanations import sample_held_out
from screening.store.models import find_version, read_weights
from screening.store.molecules import StoredMolecule, read_molecule
from screening.voxel.views import Views


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--sample", type=int, default=20)
    given = parser.parse_args()
    keep_memory()
    engine = open_database(load_settings())
    with engine.connect() as connection:
        version = find_version(connection, given.model)
        predictor = read_predictor(version, read_weights(connection, version.id))
        held_out = sample_held_out(connection, version.id, given.sample, seed=0)
        molecules = [read_molecule(connection, one.complex_id, version.id) for one in held_out]
    engine.dispose()
    scoring = Scoring(predictor, Views.of_card(version.card, version.spec, version.architecture))
    explained(scoring, molecules[0], "occlusion")  # compiles what draws
    rows = [measured(scoring, molecule) for molecule in molecules]
    print(f"{version.label}, {len(rows)} complexes, {scoring.n_looks} looks; medians:")
    for name in rows[0]:
        values = np.array([row[name] for row in rows])
        low, middle, high = np.nanpercentile(values, [10, 50, 90])
        print(f"{name:<52}{middle:9.3f}   (tenth {low:.3f}, nine tenths {high:.3f})")


def measured(scoring: Scoring, molecule: StoredMolecule) -> dict[str, float]:
    start = time.process_time()
    by_occlusion = explained(scoring, molecule, "occlusion")
    occlusion_s = time.process_time() - start
    start = time.process_time()
    by_gradients = explained(scoring, molecule, "gradients")
    gradients_s = time.process_time() - start
    n = len(molecule.labels)
    whole = scoring.views.draw(molecule.atoms)
    many = np.repeat(whole, n, axis=0)
    start = time.process_time()
    scoring.log_odds(many)
    bare_s = time.process_time() - start
    said, empty = (scoring.log_odds(one).mean() for one in (whole, np.zeros_like(whole)))
    return {
        "atoms": n,
        "occlusion, CPU s": occlusion_s,
        "occlusion over one molecule an atom through the network": occlusion_s / bare_s,
        "gradients, CPU s": gradients_s,
        "agreement of the methods, atoms": agreement(by_occlusion.atoms, by_gradients.atoms),
        "agreement of the sizes, atoms": agreement(
            np.abs(by_occlusion.atoms), np.abs(by_gradients.atoms)
        ),
        "gradients: missed share of the change": abs(by_gradients.atoms.sum() - (said - empty))
        / abs(said - empty),
        "occlusion: sum of the donors over the donors at once": share(by_occlusion, molecule),
    }


def explained(scoring: Scoring, molecule: StoredMolecule, method) -> Explanation:  # noqa: ANN001
    ligands = [np.array(ligand.atoms) for ligand in molecule.ligands]
    return explain(scoring, molecule.atoms, shells=molecule.shells, ligands=ligands, method=method)


def share(by_occlusion: Explanation, molecule: StoredMolecule) -> float:
    together = by_occlusion.shells[1]
    if not together:
        return float("nan")
    return float(by_occlusion.atoms[molecule.shells == 1].sum()) / together


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    return float(spearmanr(one, other).statistic)


if __name__ == "__main__":
    main()
