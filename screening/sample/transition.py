"""Simple 3d complexes: tetrahedral and octahedral, with pyridines, halides and diketonates."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np

from screening.sample.builder import Builder
from screening.sample.geometry import unit
from screening.sample.lanthanide import DIKETONATES
from screening.sample.ligands import diimine, diketonate, monodentate
from screening.sample.molecule import Molecule, finish
from screening.sample.radii import donor_distance
from screening.sample.recipe import Recipe

_HALF_TURN: Final = np.diag([-1.0, 1.0, -1.0])


def build_tetrahedron(metal: str, neutral: str, anion: str) -> Molecule:
    """[M(N)2X2]: the two-fold axis runs along y."""
    b = Builder()
    centre = b.metal(metal, np.zeros(3), 2)
    charge = b.charge
    for name, way in ((neutral, [0.85, 0.58, 0.0]), (anion, [0.0, -0.55, 0.9])):
        draw, donor = monodentate(name)
        draw(b, centre, unit(way), donor_distance(f"{metal}2", 4, donor))
    b.image(_HALF_TURN, 1, charge=b.charge - charge)
    return finish(b)


def build_trans(metal: str, neutral: str, anion: str) -> Molecule:
    """trans-[M(X)2(N)4]: the metal on an inversion centre."""
    b = Builder()
    centre = b.metal(metal, np.zeros(3), 2)
    charge = b.charge
    for name, way in ((anion, [0, 0, 1.0]), (neutral, [1.0, 0, 0]), (neutral, [0, 1.0, 0])):
        draw, donor = monodentate(name)
        draw(b, centre, unit(way), donor_distance(f"{metal}2", 6, donor))
    b.image(-np.eye(3), 1, charge=b.charge - charge)
    return finish(b)


def build_diketonate(metal: str, ends: tuple[str, str], neutral: str) -> Molecule:
    """trans-[M(diketonate)2(L)2]: the metal on an inversion centre."""
    b = Builder()
    centre = b.metal(metal, np.zeros(3), 2)
    charge = b.charge
    ways = (unit([1.0, 0.95, 0.0]), unit([1.0, -0.95, 0.0]))
    diketonate(b, centre, ways, donor_distance(f"{metal}2", 6, "O") - 0.05, ends)
    draw, donor = monodentate(neutral)
    draw(b, centre, np.array([0.0, 0.0, 1.0]), donor_distance(f"{metal}2", 6, donor))
    b.image(-np.eye(3), 1, charge=b.charge - charge)
    return finish(b)


def build_cis(metal: str, chelate: str, anion: str) -> Molecule:
    """cis-[M(N-N)2X2]."""
    b = Builder()
    centre = b.metal(metal, np.zeros(3), 2)
    x, y, z = np.eye(3)
    for ways in ((x, z), (y, -z)):
        diimine(b, centre, ways, donor_distance(f"{metal}2", 6, "N"), chelate)
    draw, donor = monodentate(anion)
    for way in (-x, -y):
        draw(b, centre, way, donor_distance(f"{metal}2", 6, donor))
    return finish(b)


def recipes() -> Iterator[Recipe]:
    """All families of simple 3d complexes."""
    yield from _tetrahedra()
    for metal in ("Co", "Ni", "Fe", "Mn"):
        yield from _octahedra(metal)


def _tetrahedra() -> Iterator[Recipe]:
    for metal in ("Co", "Zn", "Fe", "Mn"):
        for neutral in ("py", "py-Me", "py-tBu", "py-OMe", "py-Ph"):
            for anion in ("Cl", "Br", "I", "NCS"):
                yield Recipe(
                    "tetrahedron", f"[{metal}({neutral})2({anion})2]", (metal,),
                    frozenset({"CN4", "tetrahedral", anion}),
                    partial(build_tetrahedron, metal, neutral, anion), "twofold",
                )  # fmt: skip


def _octahedra(metal: str) -> Iterator[Recipe]:
    for neutral in ("py", "py-Me", "py-OMe", "py-Ph"):
        for anion in ("NCS", "Cl", "Br"):
            yield Recipe(
                "octahedron", f"trans-[{metal}({neutral})4({anion})2]", (metal,),
                frozenset({"CN6", "trans", anion}),
                partial(build_trans, metal, neutral, anion), "inversion",
            )  # fmt: skip
    for label, ends in DIKETONATES.items():
        for neutral in ("py", "H2O", "MeOH", "py-Me"):
            poor = {"electron-poor"} if "f" in label else set()
            yield Recipe(
                "octahedron", f"trans-[{metal}({label})2({neutral})2]", (metal,),
                frozenset({"CN6", "trans", "diketonate", *poor}),
                partial(build_diketonate, metal, ends, neutral), "inversion",
            )  # fmt: skip
    for chelate in ("phen", "bpy"):
        for anion in ("NCS", "Cl", "N3"):
            yield Recipe(
                "octahedron", f"cis-[{metal}({chelate})2({anion})2]", (metal,),
                frozenset({"CN6", "cis", anion}),
                partial(build_cis, metal, chelate, anion),
            )  # fmt: skip
