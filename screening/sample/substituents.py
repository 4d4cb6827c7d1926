"""Substituents: groups in the place of one H of a ligand."""

import numpy as np

from screening.sample.builder import SINGLE, Builder
from screening.sample.geometry import HINT, Vector, frame, unit


def substitute(b: Builder, atom: int, name: str) -> None:
    """Put a substituent in the place of one H of an sp2 carbon; "H" leaves it as it is."""
    if name == "H":
        return
    b.hydrogens[atom] -= 1
    b.current = b.ligand[atom]
    if name in {"F", "Cl", "Br"}:
        b.extend(name, "ion", atom, {"F": 1.36, "Cl": 1.74, "Br": 1.90}[name])
    elif name == "Me":
        b.extend("C", "sp3", atom, 1.51, hydrogens=3)
    elif name in {"tBu", "CF3"}:
        tert_group(b, atom, name)
    elif name == "OMe":
        oxygen = b.extend("O", "sp2", atom, 1.37)
        b.extend("C", "sp3", oxygen, 1.43, hydrogens=3, direction=_bent(b, oxygen, atom))
    elif name == "NO2":
        nitrogen = b.extend("N", "sp2", atom, 1.46, planar=True)
        _fork(b, nitrogen, atom, "O", 1.22)
    elif name == "Ph":
        way = b.outward(atom)
        first = b.extend("C", "sp2", atom, 1.49)
        b.ring_at(first, way, np.cross(way, HINT), "CCCCC")
    else:
        raise ValueError(f"unknown substituent {name}")


def tert_group(b: Builder, parent: int, name: str) -> None:
    """Put C(CH3)3 ("tBu") or CF3 on an atom."""
    way = b.outward(parent)
    centre = b.extend("C", "sp3", parent, 1.53, direction=way)
    axes = frame(way, HINT)
    ends = []
    for turn in (0.4, 0.4 + 2 * np.pi / 3, 0.4 + 4 * np.pi / 3):
        direction = 0.34 * axes[0] + 0.94 * (np.cos(turn) * axes[1] + np.sin(turn) * axes[2])
        if name == "tBu":
            ends.append(b.extend("C", "sp3", centre, 1.53, hydrogens=3, direction=direction))
        else:
            b.extend("F", "ion", centre, 1.33, direction=direction)
    if name == "tBu":
        b.butyls.append((parent, centre, (ends[0], ends[1], ends[2])))


def _bent(b: Builder, centre: int, parent: int) -> Vector:
    """Direction of a bent bond at *centre*, in the plane of the ring that *parent* is part of."""
    way = unit(b.points[centre] - b.points[parent])
    near = [j for j in b.neighbours(parent) if j != centre]
    return unit(0.5 * way + 0.87 * frame(way, b.points[near[-1]] - b.points[parent])[1])


def _fork(b: Builder, centre: int, parent: int, element: str, length: float) -> None:
    """Put two planar terminal atoms on *centre*, in the plane of the ring at *parent*."""
    way = unit(b.points[centre] - b.points[parent])
    side = frame(way, b.points[b.neighbours(parent)[0]] - b.points[parent])[1]
    for sign in (1.0, -1.0):
        direction = 0.5 * way + sign * 0.87 * side
        b.extend(element, "sp2", centre, length, direction=direction, planar=True)


def put_on_ring(b: Builder, atom: int, group: str, outward: Vector) -> None:
    """Put "Me" or "tBu" in the place of the H of a ring that binds with its face."""
    b.hydrogens[atom] = 0
    if group == "Me":
        b.hydrogens[b.extend("C", "sp3", atom, 1.50, direction=outward)] = 3
        return
    centre = b.extend("C", "sp3", atom, SINGLE, direction=outward)
    axes = frame(outward, HINT)
    ends = []
    for turn in (0.4, 0.4 + 2 * np.pi / 3, 0.4 + 4 * np.pi / 3):
        direction = 0.34 * axes[0] + 0.94 * (np.cos(turn) * axes[1] + np.sin(turn) * axes[2])
        ends.append(b.extend("C", "sp3", centre, 1.53, direction=direction))
        b.hydrogens[ends[-1]] = 3
    b.butyls.append((atom, centre, (ends[0], ends[1], ends[2])))
