"""Changes: one choice of a plain network or drawing made otherwise, for the ablation."""

from dataclasses import dataclass, replace
from typing import Final

from spin_runs import Look, Method

from screening.learning.training_config import Turns
from screening.network.resnet3d import ResNet3dConfig
from screening.voxel.palette import (
    CHEMISTRY_RGB,
    CLASS_AND_CHEMISTRY,
    ELEMENT_CLASS,
    UNIQUE_RGB,
    Palette,
)
from screening.voxel.spec import DEFAULT_SPEC, Edges, VoxelSpec

_PLAIN: Final = ResNet3dConfig()
_LOOK: Final = Look("atoms", 16)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is trained and how it looks; whatever is not given is as in the plain network.

    That is the default but for hard spheres and the palette of unique RGB, which it was before.

    seeds: of the networks whose scores are averaged.
    """

    spec: VoxelSpec = DEFAULT_SPEC
    network: ResNet3dConfig = _PLAIN
    turns: Turns = "free"
    palette: Palette = UNIQUE_RGB
    edges: Edges = "hard"
    seeds: tuple[int, ...] = (0,)
    look: Look = _LOOK

    def method(self, plain: Method) -> Method:
        """How its networks are made, but for the seed."""
        network = replace(self.network, channels_in=self.palette.channels)
        return Method(
            replace(plain.config, turns=self.turns, edges=self.edges), network, self.palette
        )


# Boxes keep 16 angstrom and fields 10 where the spacing changes, to a voxel.
CHANGES: Final = {
    "none": Change(),
    "seed 1": Change(seeds=(1,)),
    "seed 2": Change(seeds=(2,)),
    "ensemble of 3": Change(seeds=(0, 1, 2)),
    "4 views": Change(look=Look("atoms", 4)),
    "1 view": Change(look=Look("atoms", 1)),
    "stored grid": Change(look=Look("grid", 1)),
    "24 turns of the grid": Change(look=Look("grid", 24)),
    "turns cube": Change(turns="cube"),
    "turns none": Change(turns="none"),
    "spacing 0.4": Change(spec=VoxelSpec(edge=41, spacing=0.4), network=replace(_PLAIN, field=25)),
    "spacing 0.7": Change(spec=VoxelSpec(edge=24, spacing=0.7), network=replace(_PLAIN, field=14)),
    "field 16 (8 A)": Change(network=replace(_PLAIN, field=16)),
    "field 32 (16 A)": Change(network=replace(_PLAIN, field=32)),
    "radii vdw": Change(spec=VoxelSpec(radii="vdw")),
    "nearer atom wins": Change(spec=VoxelSpec(version=2)),
    "no hydrogens": Change(spec=VoxelSpec(hydrogens=False)),
    "palette chemistry": Change(palette=CHEMISTRY_RGB),
    "palette classes": Change(palette=ELEMENT_CLASS),
    "palette classes and chemistry": Change(palette=CLASS_AND_CHEMISTRY),
    "edges soft": Change(edges="soft"),
    "both": Change(palette=CLASS_AND_CHEMISTRY, edges="soft"),
    "both, seed 1": Change(palette=CLASS_AND_CHEMISTRY, edges="soft", seeds=(1,)),
    "width 8": Change(network=replace(_PLAIN, width=8)),
    "width 24": Change(network=replace(_PLAIN, width=24)),
    "depth 1 1": Change(network=replace(_PLAIN, blocks=(1, 1))),
    "depth 2 2 2": Change(network=replace(_PLAIN, blocks=(2, 2, 2))),
}
