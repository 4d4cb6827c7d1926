"""3d-4f complexes: a salen ligand holds the 3d metal, its phenolate O bridge to a lanthanide."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np

from screening.sample.builder import Builder
from screening.sample.geometry import Vector, rotation, unit
from screening.sample.ligands import diketonate, monodentate, nitrate
from screening.sample.molecule import Molecule, finish
from screening.sample.radii import donor_distance
from screening.sample.recipe import Recipe
from screening.sample.salen import BRIDGES, Salen, draw_salen

_APART: Final = 3.5
_THREE_D: Final[dict[str, str | None]] = {"Zn": "Cl", "Ni": None, "Cu": None, "Co": "py"}
"""Apical ligand of the 3d metal(II)."""
_LANTHANIDES: Final = ("Dy", "Dy", "Tb", "Gd", "Er", "Ho", "Yb", "Y", "La", "Nd", "Eu", "Ce", "Lu")


def _half(
    b: Builder, metal: str, apical: str | None, salen: Salen, turn: Vector, point: Vector
) -> tuple[tuple[int, int], tuple[int, ...]]:
    number = 4 if apical is None else 5
    ion = f"{metal}2"
    centre = b.metal(metal, point, 2)
    lengths = (donor_distance(ion, number, "N-imine"), donor_distance(ion, number, "O"))
    pocket = draw_salen(b, centre, salen, lengths, turn)
    if apical:
        draw, donor = monodentate(apical)
        draw(b, centre, turn @ np.array([0.0, 0.0, 1.0]), donor_distance(ion, number, donor))
    return pocket.phenolates, pocket.ethers


def _join(
    b: Builder, ln: int, element: str, number: int, pocket: tuple[tuple[int, int], tuple[int, ...]]
) -> None:
    for oxygen in pocket[0]:
        b.bond(ln, oxygen, donor_distance(element, number, "O") - 0.05)
    for oxygen in pocket[1]:
        b.bond(ln, oxygen, donor_distance(element, number, "O-ether"))


def build_nitrate(metal: str, ln: str, salen: Salen) -> Molecule:
    """[M(L)Ln(NO3)3]: coordination number 10, four O of the ligand's outer pocket."""
    b = Builder()
    pocket = _half(b, metal, _apical(metal), salen, np.eye(3), np.zeros(3))
    centre = b.metal(ln, np.array([0.0, -_APART, 0.0]), 3)
    _join(b, centre, ln, 10, pocket)
    length = donor_distance(ln, 10, "O-nitrate")
    for axis in ([0, -1, 0], [0, -0.25, 1], [0, -0.25, -1]):
        middle = unit(axis)
        side = np.array([0.45, 0.0, 0.0])
        nitrate(b, centre, (unit(middle + side), unit(middle - side)), length)
    return finish(b)


def _apical(metal: str) -> str | None:
    # Chloride would give the neutral trinitrate a charge: Zn takes water there.
    return "H2O" if metal == "Zn" else _THREE_D[metal]


def build_diketonate(metal: str, ln: str, salen: Salen, ends: tuple[str, str]) -> Molecule:
    """[M(L)Ln(diketonate)3]: coordination number 8, two phenolate O."""
    b = Builder()
    pocket = _half(b, metal, None if metal != "Zn" else "H2O", salen, np.eye(3), np.zeros(3))
    centre = b.metal(ln, np.array([0.0, -_APART, 0.0]), 3)
    _join(b, centre, ln, 8, (pocket[0], ()))
    length = donor_distance(ln, 8, "O")
    for turn in (0.0, 120.0, 240.0):
        spin = rotation([0.0, 1.0, 0.0], turn)
        ways = (spin @ unit([0.42, -0.75, 0.55]), spin @ unit([-0.35, 0.0, 0.93]))
        diketonate(b, centre, ways, length, ends)
    return finish(b)


def build_trinuclear(metal: str, ln: str, salen: Salen) -> Molecule:
    """[(M(L)Cl)2Ln]+: two crossed ligands, coordination number 8."""
    b = Builder()
    down = np.eye(3)
    up = rotation([0.0, 1.0, 0.0], 90.0) @ rotation([0.0, 0.0, 1.0], 180.0)
    centre = b.metal(ln, np.zeros(3), 3)
    for turn, y in ((down, _APART), (up, -_APART)):
        pocket = _half(b, metal, "Cl", salen, turn, np.array([0.0, y, 0.0]))
        _join(b, centre, ln, 8, pocket)
    return finish(b)


def recipes() -> Iterator[Recipe]:
    """Nitrates and diketonates of M-Ln, and M-Ln-M cations."""
    for ln in dict.fromkeys(_LANTHANIDES):
        for metal in _THREE_D:
            for bridge in BRIDGES:
                yield from _valen(metal, ln, bridge)
                for label, ends in (("acac", ("Me", "Me")), ("hfac", ("CF3", "CF3"))):
                    salen = Salen(bridge)
                    poor = {"electron-poor"} if label == "hfac" else set()
                    yield Recipe(
                        family="3d-4f",
                        name=f"[{metal}(salen-{bridge}){ln}({label})3]",
                        metals=(ln, metal),
                        tags=frozenset({"diketonate", "CN8", *poor}),
                        build=partial(build_diketonate, metal, ln, salen, ends),
                    )


def _valen(metal: str, ln: str, bridge: str) -> Iterator[Recipe]:
    for para in ("H", "Br", "Me", "NO2"):
        salen = Salen(bridge, "OMe", para)
        poor = {"electron-poor"} if para == "NO2" else set()
        yield Recipe(
            family="3d-4f",
            name=f"[{metal}(valen-{bridge}-5-{para}){ln}(NO3)3]",
            metals=(ln, metal),
            tags=frozenset({"nitrate", "CN10", *poor}),
            build=partial(build_nitrate, metal, ln, salen),
        )
        if metal in {"Zn", "Co"}:
            yield Recipe(
                family="3d-4f-3d",
                name=f"[({metal}(valen-{bridge}-5-{para})Cl)2{ln}]+",
                metals=(ln, metal),
                tags=frozenset({"crossed", "CN8", *poor}),
                build=partial(build_trinuclear, metal, ln, salen),
            )
