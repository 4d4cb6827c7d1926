"""Recipe: how a model version is made of its examples."""

import hashlib
import json
from dataclasses import dataclass, field, replace

from screening.learning.dataset import Examples
from screening.learning.split import Split, make_split
from screening.learning.split_kind import SplitPlan
from screening.learning.training_config import TrainingConfig
from screening.network.resnet3d import ResNet3dConfig
from screening.voxel.palette import DEFAULT_PALETTE, Palette
from screening.voxel.spec import VoxelSpec
from screening.voxel.views import Source, Views


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recipe:
    """How a model version is made of its examples.

    plan: how they are split. config: how the networks learn. network: what they are built of, but
    for its channels, which are those of *palette*. members: networks that vote. rotations: views
    of a complex that a score is the mean of.
    """

    plan: SplitPlan = field(default_factory=SplitPlan)
    config: TrainingConfig = field(default_factory=TrainingConfig)
    network: ResNet3dConfig = field(default_factory=ResNet3dConfig)
    palette: Palette = DEFAULT_PALETTE
    members: int = 1
    rotations: int = 4

    @property
    def architecture(self) -> ResNet3dConfig:
        """The network with a channel for each of the palette's."""
        return replace(self.network, channels_in=self.palette.channels)

    def views(self, spec: VoxelSpec) -> Views:
        """What a score sees of a complex that *spec* draws.

        It is drawn from its atoms at free turns where the networks learn from free turns; else
        these are turns of its stored grid.
        """
        source: Source = "atoms" if self.config.turns == "free" else "grid"
        return Views(source, self.rotations, spec, self.network.field, self.config.edges)

    def split(self, examples: Examples) -> Split:
        """Split *examples* by the plan; InputError where they do not allow it."""
        return make_split(examples, self.plan, seed=self.config.seed)

    def digest(self, examples: Examples, split: Split) -> str:
        """Short hash of all that decides what a training on *examples* gives."""
        decisive = (
            examples.digest,
            split.to_json(),
            self.config.to_json(),
            self.architecture.to_json(),
            self.palette.name,
            self.members,
        )
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:16]
