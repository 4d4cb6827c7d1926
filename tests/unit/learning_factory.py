"""Made-up labelled complexes for the tests of learning; small boxes, so that training is quick."""

import numpy as np

from screening.learning.dataset import Examples
from screening.learning.traits import Traits
from screening.voxel.codec import encode
from screening.voxel.grid import draw, metal_centroid
from screening.voxel.spec import VoxelSpec

SPEC = VoxelSpec(edge=12, spacing=0.8)
_SYMBOLS = {66: "Dy", 65: "Tb", 29: "Cu", 30: "Zn"}


def examples(
    n: int = 40, *, by: str = "donor", seed: int = 0, group_size: int = 1, twins: int = 1
) -> Examples:
    """Octahedra of six donors about a metal in random directions.

    by: what decides the class: "donor" (sulfur or oxygen), "shell" (whether three carbons lie
    within the box; they are not bonded, so no baseline looks there), "metal" (Dy or not) or
    "chance".
    twins: how often the whole set is repeated, under other ids and groups.
    """
    rng = np.random.default_rng(seed)
    blobs, targets, traits = [], [], []
    for number in range(n):
        metal = int(rng.choice(list(_SYMBOLS)))
        donor = int(rng.choice([8, 16]))
        shell = float(rng.choice([3.5, 9.0])) if by == "shell" else 3.5
        axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        positions = np.concatenate([np.zeros((1, 3)), 2.2 * axes, -2.2 * axes, shell * axes])
        numbers = np.array([metal] + [donor] * 6 + [6] * 3, dtype=np.uint8)
        grid = draw(numbers, positions, SPEC, metal_centroid(numbers, positions))
        blobs.append(encode(grid.elements))
        traits.append(
            Traits(
                metals=(_SYMBOLS[metal],),
                atomic_numbers=numbers,
                positions=positions,
                bonds=np.array([(0, atom) for atom in range(1, 7)]),
                compound=f"compound {number}",
                skeleton=f"skeleton {number // group_size}",
            )
        )
        classes = {
            "donor": donor == 16,
            "shell": shell > 4,
            "metal": metal == 66,
            "chance": bool(rng.random() < 0.5),
        }
        targets.append(classes[by])
    return Examples(
        complex_ids=np.arange(100, 100 + n * twins),
        blobs=tuple(blobs) * twins,
        targets=np.array(targets * twins),
        groups=tuple(f"{twin}-{i // group_size}" for twin in range(twins) for i in range(n)),
        traits=tuple(traits) * twins,
        spec=SPEC,
    )
