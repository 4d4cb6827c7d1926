"""Train: labelled complexes to an immutable model version, measured beside its baselines."""

import platform
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed_version

import numpy as np
from sqlalchemy import Connection, Engine

from screening import __version__
from screening.errors import InputError, NotFoundError
from screening.evidence.policy import Policy, load_policy
from screening.learning.dataset import Examples
from screening.learning.evaluate import Evaluation, evaluate
from screening.learning.split import Split, make_split
from screening.learning.split_kind import HEADLINE, SPLIT_KINDS, SplitPlan
from screening.learning.train import TrainedModel, TrainingConfig
from screening.learning.train import train as fit
from screening.learning.traits import Traits
from screening.network.device import pick_device, thread_count
from screening.network.resnet3d import ResNet3dConfig
from screening.network.weights import to_bytes
from screening.progress import SILENT, Progress
from screening.store.examples import (
    LabelledComplex,
    count_labelled_by_origin,
    labelled_complexes,
    snapshot_digest,
)
from screening.store.labels import resolve_labels
from screening.store.models import (
    MetricValue,
    ModelVersion,
    TrainingExample,
    add_version,
    find_version,
)
from screening.store.structures import ensure_spec
from screening.voxel.palette import DEFAULT_PALETTE, Palette
from screening.voxel.spec import DEFAULT_SPEC

_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,63}")
_CARD_LIBRARIES = ("numpy", "rdkit", "scikit-learn", "torch")


@dataclass(frozen=True, slots=True)
class TrainSummary:
    """The stored version, its metrics, and how many examples each part has."""

    version: ModelVersion
    metrics: tuple[MetricValue, ...]
    verdict: str
    parts: dict[str, int]


def train(
    engine: Engine,
    name: str,
    *,
    policy: Policy | None = None,
    synthetic: bool = False,
    plan: SplitPlan | None = None,
    config: TrainingConfig | None = None,
    network: ResNet3dConfig | None = None,
    palette: Palette = DEFAULT_PALETTE,
    rotations: int = 4,
    device: str = "auto",
    progress: Progress = SILENT,
) -> TrainSummary:
    """Train under *policy* on the real (or only the synthetic) labelled complexes, and store it.

    plan: how to split, by default by isostructural skeleton.
    rotations: how many turns of the box a score of this version is the mean of.

    Raises InputError when the labelled complexes are too few, naming what to do.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot name a model: up to 64 letters, digits and . _ + - are allowed"
        )
    policy = policy or load_policy()
    config = config or TrainingConfig()
    network = network or ResNet3dConfig()
    with engine.begin() as connection:
        spec_id = ensure_spec(connection, DEFAULT_SPEC)
        resolve_labels(connection, policy)  # the policy may be newer than the labels
        labelled = _labelled(connection, policy, spec_id, synthetic=synthetic)
    examples = _examples(labelled)
    split = make_split(examples, plan, seed=config.seed)
    place = pick_device(device)
    trained = fit(examples, split, config, network, palette, progress=progress, device=place)
    evaluation = evaluate(trained, examples, split, palette, rotations=rotations, device=place)
    weights, sha256 = to_bytes(trained.networks)
    fields = {
        "target": "smm",
        "spec_id": spec_id,
        "palette": palette.name,
        "architecture": network.to_json(),
        "weights_sha256": sha256,
        "policy": policy.name,
        "policy_version": policy.version,
        "snapshot_digest": snapshot_digest(labelled),
        "split": split.to_json(),
        "seed": config.seed,
        "code_version": __version__,
        "card": _card(trained, config, evaluation, rotations, place),
        "trained_on_synthetic": synthetic,
    }
    metrics = tuple(MetricValue(**asdict(metric)) for metric in evaluation.metrics)
    with engine.begin() as connection:
        version = add_version(
            connection,
            name,
            weights=weights,
            fields=fields,
            examples=_parts(examples, split),
            metrics=metrics,
        )
    parts = {part: len(split.rows(part)) for part in ("train", "validation", "test")}
    return TrainSummary(version, metrics, evaluation.verdict, parts)


def trained_on_the_same(
    engine: Engine, name: str, *, policy: Policy | None = None, synthetic: bool = False
) -> ModelVersion | None:
    """The newest version of *name*, if this program trained it on exactly today's labels.

    Another split than the headline one does not count.
    """
    policy = policy or load_policy()
    with engine.begin() as connection:
        spec_id = ensure_spec(connection, DEFAULT_SPEC)
        try:
            version = find_version(connection, name)
        except NotFoundError:
            return None
        digest = snapshot_digest(_labelled(connection, policy, spec_id, synthetic=synthetic))
    made = (version.snapshot_digest, version.code_version, version.split.get("kind"))
    same = made == (digest, __version__, HEADLINE)
    return version if same else None


def _labelled(
    connection: Connection, policy: Policy, spec_id: int, *, synthetic: bool
) -> list[LabelledComplex]:
    counts = count_labelled_by_origin(connection, policy.name, policy.version)
    if not counts[synthetic]:
        hint = (
            f" There are {counts[True]:,} synthetic ones: --synthetic trains a demonstration."
            if counts[True]
            else " Import findings with `smmdb label import`, and the crystals they speak of."
        )
        kind = "synthetic" if synthetic else "real"
        raise InputError(f"no {kind} complex has a label under the policy {policy.name}.{hint}")
    return labelled_complexes(
        connection,
        policy=policy.name,
        policy_version=policy.version,
        spec_id=spec_id,
        synthetic=synthetic,
    )


def _examples(labelled: Sequence[LabelledComplex]) -> Examples:
    traits = tuple(_traits(item) for item in labelled)
    return Examples(
        complex_ids=np.array([item.complex_id for item in labelled], dtype=np.int64),
        blobs=tuple(item.blob for item in labelled),
        targets=np.array([item.is_positive for item in labelled], dtype=np.bool_),
        groups=SPLIT_KINDS[HEADLINE].groups(traits),
        traits=traits,
        edge=DEFAULT_SPEC.edge,
    )


def _traits(item: LabelledComplex) -> Traits:
    return Traits(
        metals=tuple(item.metals),
        atomic_numbers=np.array(item.atomic_numbers, dtype=np.uint8),
        positions=np.array(item.positions, dtype=np.float32).reshape(-1, 3),
        bonds=np.array(item.bonds, dtype=np.intp).reshape(-1, 2),
        compound=str(item.compound_id),
        skeleton=item.skeleton_key,
        crystal=item.identifier,
        family=item.refcode_family,
        doi=item.doi,
        year=item.year,
        ligand_classes=tuple(item.ligand_classes),
        severities=tuple(item.severities),
    )


def _parts(examples: Examples, split: Split) -> list[TrainingExample]:
    groups = SPLIT_KINDS[split.plan.kind].groups(examples.traits)
    return [
        TrainingExample(
            complex_id=int(examples.complex_ids[row]),
            is_positive=bool(examples.targets[row]),
            part=part,
            group_key=groups[row],
        )
        for row, part in split.part_of_rows().items()
    ]


def _card(
    trained: TrainedModel,
    config: TrainingConfig,
    evaluation: Evaluation,
    rotations: int,
    device: str,
) -> dict[str, object]:
    return {
        "training": config.to_json(),
        "rotations": rotations,
        "threshold": trained.threshold,
        "members": [member.to_json() for member in trained.members],
        "parameters": sum(network.n_parameters for network in trained.networks),
        "best_baseline": evaluation.best_baseline,
        "verdict": evaluation.verdict,
        "device": device,
        "threads": thread_count(),
        "python": platform.python_version(),
        "libraries": {name: installed_version(name) for name in _CARD_LIBRARIES},
    }
