"""Draw docs/disorder.svg: what a CIF lists of a disordered complex, and what smmdb keeps of it.

    python docs/draw_disorder.py COD_2200674.cif docs/disorder.svg

The picture shows COD entry 2200674 (public domain): one thf of Yb(CH2SiMe3)3(thf)2 has two of its
carbon atoms in two places, group 1 of occupancy 0.65 and group 2 of 0.35 of one assembly. Needs
matplotlib.
"""

import sys
from pathlib import Path

import gemmi
import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from numpy.typing import NDArray

from screening.crystal.block import parse
from screening.crystal.cell import read_cell
from screening.crystal.complex import Accepted
from screening.crystal.read import read_file
from screening.crystal.sites import Sites, read_sites
from screening.crystal.text import decode
from screening.elements import COVALENT_RADII, symbol

_KEPT, _LEFT_OUT, _ORDERED = "#0b6e4f", "#c4500c", "#444444"
_TOLERANCE = 0.4
_BOND = 1.7
_TURN = -50.0
_SIZE = {"Yb": 330, "Si": 190, "O": 130, "C": 90}


def listed(path: Path) -> tuple[Sites, NDArray[np.float64]]:
    """The sites that are no hydrogen, and their Cartesian places as listed (angstrom)."""
    (block, *_) = parse(decode(path.read_bytes())[0])
    sites = read_sites(block, [])
    sites = sites.take(sites.atomic_numbers > 1)
    cell = read_cell(block, [])
    places = [cell.orthogonalize(gemmi.Fractional(*f)).tolist() for f in sites.fract]
    return sites, np.array(places)


def bonds(sites: Sites, places: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pairs of sites that are bonded and of no two alternatives."""
    radius = COVALENT_RADII[sites.atomic_numbers]
    n = range(len(places))
    return [
        (i, j)
        for i in n
        for j in n
        if i < j
        and np.linalg.norm(places[i] - places[j]) < radius[i] + radius[j] + _TOLERANCE
        and (sites.group[i] == sites.group[j] or not sites.group[i] or not sites.group[j])
    ]


def view(sites: Sites, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Axes (rows): right, from the metal to the disorder; up, askew to the plane of its ring."""
    grouped = np.array([bool(g) for g in sites.group])
    far = np.linalg.norm(places[:, None] - places[grouped][None], axis=2).min(axis=1)
    ring = places[(far < _BOND) & (sites.atomic_numbers < 9)]
    right = ring.mean(axis=0) - places[sites.atomic_numbers.argmax()]
    right /= np.linalg.norm(right)
    spread = (ring - ring.mean(axis=0)) @ (np.eye(3) - np.outer(right, right))
    wide = np.linalg.svd(spread)[2][0]
    turn = np.radians(_TURN)
    up = np.cos(turn) * wide + np.sin(turn) * np.cross(right, wide)
    return np.array([right, up, np.cross(right, up)])


def draw(axes: Axes, sites: Sites, flat: NDArray[np.float64], kept: set[str], title: str) -> None:
    """One panel; sites that are not among the *kept* labels are dashed."""
    for i, j in bonds(sites, flat):
        out = {sites.labels[i], sites.labels[j]} - kept
        x, y = flat[[i, j], 0], flat[[i, j], 1]
        axes.plot(x, y, color=_LEFT_OUT if out else "#888888", ls=":" if out else "-", lw=2)
    middle = flat[sites.occupancy < 1, 1].mean()
    for i, label in enumerate(sites.labels):
        colour = _LEFT_OUT if label not in kept else _KEPT if sites.group[i] else _ORDERED
        element = symbol(int(sites.atomic_numbers[i]))
        size = _SIZE[element]
        axes.scatter(*flat[i, :2], s=size, color=colour, zorder=2, edgecolor="white")
        if sites.occupancy[i] < 1:
            text = f"{label}  {sites.occupancy[i]:g}"
            above = 0.0 if label in kept else 9.0 if flat[i, 1] > middle else -9.0
            axes.annotate(
                text,
                flat[i, :2],
                (9, above - 3),
                textcoords="offset points",
                color=colour,
                fontsize=9,
            )
        elif element in {"Yb", "Si", "O"}:
            axes.annotate(element, flat[i, :2], ha="center", va="center", color="white", fontsize=7)
    axes.set_title(title, fontsize=11)
    axes.set_aspect("equal")
    axes.axis("off")


def main() -> None:
    """Read the CIF named first and write the picture named second."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    sites, places = listed(source)
    outcome = read_file(source.read_bytes(), source.name)[0].outcome
    assert isinstance(outcome, Accepted)
    kept = set(outcome.complexes[0].labels)
    flat = (places - places.mean(axis=0)) @ view(sites, places).T
    mpl.rcParams.update({"svg.hashsalt": "smmdb", "svg.fonttype": "none"})
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.4))
    draw(left, sites, flat, kept, "what the file lists")
    stays = np.array([label in kept for label in sites.labels])
    draw(right, sites.take(stays), flat[stays], kept, "the complex that is stored")
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None)


if __name__ == "__main__":
    main()
