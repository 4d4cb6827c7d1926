"""Lanthanide complexes without a 3d metal: diketonates, bipyramids, sandwiches, dimers."""

from collections.abc import Iterator
from functools import partial
from itertools import combinations
from typing import Final

import numpy as np

from screening.sample.builder import SINGLE, Builder
from screening.sample.geometry import Vector, spread, unit
from screening.sample.ligands import (
    alkoxide,
    cyclopentadienyl,
    diimine,
    diketonate,
    halide,
    monodentate,
    pyridine,
)
from screening.sample.molecule import Molecule, finish
from screening.sample.radii import donor_distance
from screening.sample.recipe import Recipe
from screening.sample.substituents import substitute

_UP: Final = np.array([0.0, 0.0, 1.0])
_METALS: Final = ("Dy", "Tb", "Er", "Gd", "Ho", "Yb", "Y", "Nd", "Eu", "Ce", "Lu", "La")
DIKETONATES: Final[dict[str, tuple[str, str]]] = {
    "acac": ("Me", "Me"), "dpm": ("tBu", "tBu"), "hfac": ("CF3", "CF3"), "tfac": ("CF3", "Me"),
    "dbm": ("Ph", "Ph"), "btfa": ("Ph", "CF3"),
}  # fmt: skip


def build_antiprism(ln: str, ends: tuple[str, str], neutral: str) -> Molecule:
    """[Ln(diketonate)3(N-N)] or [Ln(diketonate)3(L)2]: coordination number 8, square antiprism."""
    b = Builder()
    centre = b.metal(ln, np.zeros(3), 3)
    corners = []
    for sign, start in ((1.0, 0.0), (-1.0, np.pi / 4)):
        for k in range(4):
            angle = start + k * np.pi / 2
            corners.append(unit([0.84 * np.cos(angle), 0.84 * np.sin(angle), sign * 0.54]))
    for i in (0, 2, 4):
        ways = (corners[i], corners[i + 1])
        diketonate(b, centre, ways, donor_distance(ln, 8, "O"), ends)
    if neutral in {"phen", "bpy"}:
        diimine(b, centre, (corners[6], corners[7]), donor_distance(ln, 8, "N"), neutral)
    else:
        draw, donor = monodentate(neutral)
        for corner in corners[6:]:
            draw(b, centre, corner, donor_distance(ln, 8, donor))
    return finish(b)


def build_bipyramid(ln: str, group: str, para: str, axial: str) -> Molecule:
    """[Ln(OR)X(py)5]+: pentagonal bipyramid, OR and X (a second OR or Cl) on the axis."""
    b = Builder()
    centre = b.metal(ln, np.zeros(3), 3)
    short = donor_distance(ln, 7, "O-alkoxide")
    alkoxide(b, centre, _UP, short, group)
    if axial == "OR":
        alkoxide(b, centre, -_UP, short, group)
    else:
        halide(b, centre, -_UP, donor_distance(ln, 7, "Cl"))
    for k in range(5):
        angle = 2 * np.pi * k / 5
        way = np.array([np.cos(angle), np.sin(angle), 0.0])
        tilt = _UP + 0.8 * np.cross(_UP, way)
        pyridine(b, centre, way, donor_distance(ln, 7, "N") + 0.05, para, tilt)
    return finish(b)


def build_sandwich(ln: str, groups: str, extra: str) -> Molecule:
    """[Ln(Cp)2]+, or bent [Ln(Cp)2Cl(L)] when *extra* names a neutral donor."""
    b = Builder()
    centre = b.metal(ln, np.zeros(3), 3)
    distance = donor_distance(ln, 8, "O") + 0.26  # to carbon: 2.64 angstrom for Dy
    bend = 0.0 if extra == "none" else -0.55
    for sign, turn in ((1.0, 0.0), (-1.0, np.pi / 5)):
        cyclopentadienyl(b, centre, unit([bend, 0.0, sign]), distance, groups, turn)
    if extra != "none":
        halide(b, centre, unit([0.72, 0.7, 0.0]), donor_distance(ln, 8, "Cl") - 0.1)
        draw, donor = monodentate(extra)
        draw(b, centre, unit([0.72, -0.7, 0.0]), donor_distance(ln, 8, donor))
    return finish(b)


def build_dimer(ln: str, arm: str, para: str, neutral: str) -> Molecule:
    """[Ln2(L)2(acac)4(S)2] about an inversion centre; L: salicylaldiminate, its O bridging."""
    number = 7 if neutral == "none" else 8
    b = Builder()
    centre = b.metal(ln, np.array([1.9, 0.0, 0.0]), 3)
    b.open_ligand(-1)
    flat = {
        "O": (0.0, 1.35),
        "C2": (0.15, 2.65),
        "C1": (1.1, 3.65),
        "C7": (2.4, 3.5),
        "N": (2.75, 2.35),
    }
    atoms = {
        name: b.atom(name[0], "sp2", np.array([x, y, 0.0]), int(name == "C7"))
        for name, (x, y) in flat.items()
    }
    bridge = donor_distance(ln, number, "O") - 0.02
    b.bond(centre, atoms["O"], bridge)
    b.bond(centre, atoms["N"], donor_distance(ln, number, "N"))
    for i, j, length in (
        ("O", "C2", 1.34),
        ("C2", "C1", 1.41),
        ("C1", "C7", 1.44),
        ("C7", "N", 1.285),
    ):
        b.bond(atoms[i], atoms[j], length, planar=True)
    ring = b.ring_on(atoms["C2"], atoms["C1"], b.points[centre])
    substitute(b, ring[1], para)
    way = np.array([0.75, 0.65, 0.0])
    if arm == "Ph":
        first = b.extend("C", "sp2", atoms["N"], 1.43, direction=way)
        b.ring_at(first, way, _UP, "CCCCC")
    else:
        b.extend(
            "C", "sp3", atoms["N"], 1.47 if arm == "Me" else SINGLE, direction=way, hydrogens=3
        )
    _fill(b, centre, ln, number, neutral)
    copies = b.image(-np.eye(3), 0, charge=b.charge)
    b.bond(centre, copies[atoms["O"]], bridge)
    b.bond(copies[centre], atoms["O"], bridge)
    return finish(b)


def _fill(b: Builder, centre: int, ln: str, number: int, neutral: str) -> None:
    """Two acac and the neutral ligand in the room that two bridging O and an N leave."""
    taken = np.array([unit([-0.82, 0.58, 0]), unit([-0.82, -0.58, 0]), unit([0.35, 0.94, 0])])
    # The other metal stands behind the bridging O: nothing may point there.
    free = list(spread(np.concatenate([taken, [[-1.0, 0.0, 0.0]]]), number - 3))
    for _ in range(2):
        i, j = max(combinations(range(len(free)), 2), key=lambda p: _closeness(free, p))
        diketonate(b, centre, (free[i], free[j]), donor_distance(ln, number, "O"), ("Me", "Me"))
        free = [way for k, way in enumerate(free) if k not in (i, j)]
    if neutral != "none":
        draw, donor = monodentate(neutral)
        draw(b, centre, free[0], donor_distance(ln, number, donor))


def _closeness(free: list[Vector], pair: tuple[int, int]) -> float:
    """Prefer a close pair whose removal leaves the others close too: rounded for stable choice."""
    return round(float(free[pair[0]] @ free[pair[1]]), 6)


def recipes() -> Iterator[Recipe]:
    """All lanthanide families."""
    for ln in _METALS:
        for label, ends in DIKETONATES.items():
            poor = {"electron-poor"} if "f" in label else set()
            for neutral in ("phen", "bpy", "H2O", "py"):
                yield Recipe(
                    "diketonate",
                    f"[{ln}({label})3({neutral}){'' if neutral in {'phen', 'bpy'} else '2'}]",
                    (ln,),
                    frozenset({"antiprism", "CN8", neutral, *poor}),
                    partial(build_antiprism, ln, ends, neutral),
                )
        for group in ("tBu", "CMe2Ph", "Ph"):
            for para in ("H", "Me", "tBu"):
                for axial in ("OR", "Cl"):
                    ends_text = f"(O{group})2" if axial == "OR" else f"(O{group})Cl"
                    yield Recipe(
                        "bipyramid",
                        f"[{ln}{ends_text}(py-4-{para})5]+",
                        (ln,),
                        frozenset({"axial" if axial == "OR" else "half-axial", "CN7", group}),
                        partial(build_bipyramid, ln, group, para, axial),
                    )
        yield from _sandwiches(ln)
        for arm in ("Ph", "Me"):
            for para in ("H", "Br", "OMe", "NO2"):
                for neutral in ("none", "MeOH", "H2O"):
                    poor = {"electron-poor"} if para == "NO2" else set()
                    yield Recipe(
                        "dimer",
                        f"[{ln}2(sal-{arm}-5-{para})2(acac)4({neutral})2]",
                        (ln,),
                        frozenset({"dimer", "CN7" if neutral == "none" else "CN8", *poor}),
                        partial(build_dimer, ln, arm, para, neutral),
                        "inversion",
                    )


def _sandwiches(ln: str) -> Iterator[Recipe]:
    for groups in ("H", "Me5", "tBu2"):
        for extra in ("none", "py", "MeCN"):
            if extra != "none" and groups == "tBu2":
                continue
            bent = "" if extra == "none" else f"Cl({extra})"
            yield Recipe(
                "sandwich",
                f"[{ln}(Cp-{groups})2{bent}]{'' if bent else '+'}",
                (ln,),
                frozenset({"sandwich" if extra == "none" else "bent-sandwich", groups}),
                partial(build_sandwich, ln, groups, extra),
            )
