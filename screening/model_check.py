"""Model check: whether a version's figures hold what they say."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from screening.errors import InputError
from screening.learning.dataset import Examples
from screening.learning.fitting import look_at
from screening.learning.leakage import Leakage, measure_leakage
from screening.learning.permutation import Permutation, permute_baselines, permute_network
from screening.learning.split import PARTS
from screening.learning.train import train
from screening.learning.training_config import TrainingConfig
from screening.model_question import check_yes_or_no
from screening.model_scores import read_snapshot, score_examples
from screening.network.device import pick_device
from screening.network.predictor import Predictor
from screening.network.resnet3d import ResNet3dConfig
from screening.progress import SILENT, Progress
from screening.store.duplicates import count_linked
from screening.store.models import ModelVersion, find_version
from screening.voxel.palette import named_palette
from screening.voxel.views import Views


@dataclass(frozen=True, slots=True)
class LeakageReport:
    """What tells of the training in a version's test part.

    n_near_duplicates: test complexes that may be the same determination as one of the other parts.
    are_stored: the scores were read, not computed.
    """

    version: ModelVersion
    leakage: Leakage
    n_near_duplicates: int
    are_stored: bool


@dataclass(frozen=True, slots=True)
class PermutationReport:
    """What each subject learns from shuffled labels of a version's snapshot.

    n_test: complexes of the test part. epochs: of each training of a network, if one was asked for.
    """

    version: ModelVersion
    permutations: tuple[Permutation, ...]
    n_test: int
    epochs: int | None


def check_leakage(
    engine: Engine, reference: str, *, device: str = "auto", progress: Progress = SILENT
) -> LeakageReport:
    """Set the error on each test complex of a version beside its nearest training complex.

    Raises NotFoundError for an unknown model, InputError where its examples are not here.
    """
    with engine.connect() as connection:
        version = find_version(connection, reference)
        check_yes_or_no(version, "this check is of classes")
        examples, split = read_snapshot(connection, version)
        ids = {part: examples.complex_ids[split.rows(part)].tolist() for part in PARTS}
        near = count_linked(connection, ids["test"], ids["train"] + ids["validation"])
    scored = score_examples(engine, version, examples, split.test, device=device, progress=progress)
    leakage = measure_leakage(
        examples,
        split,
        scored.scores,
        scored.distances,
        threshold=float(version.card["threshold"]),
    )
    return LeakageReport(version, leakage, near, scored.are_stored)


def check_permutation(
    engine: Engine,
    reference: str,
    *,
    times: int = 20,
    seed: int = 0,
    network: bool = False,
    epochs: int | None = None,
    device: str = "auto",
    progress: Progress = SILENT,
) -> PermutationReport:
    """Learn from shuffled labels of a version's snapshot, and test on the true ones.

    network: train networks as the version was trained, for *epochs* at most, and not the baselines.
    Raises NotFoundError for an unknown model, InputError where its examples are not here.
    """
    with engine.connect() as connection:
        version = find_version(connection, reference)
        check_yes_or_no(version, "this check is of classes")
        examples, split = read_snapshot(connection, version)
    if not network:
        found = permute_baselines(examples, split, times=times, seed=seed, progress=progress)
        return PermutationReport(version, found, len(split.test), None)
    config = _config(version.card.get("training", {}), epochs)
    architecture = ResNet3dConfig.from_json(version.architecture)
    palette = named_palette(version.palette)
    place = pick_device(device)
    views = Views.of_card(version.card, version.spec, version.architecture)

    def learn(shuffled: Examples, own_seed: int) -> NDArray[np.floating]:
        own = replace(config, seed=own_seed)
        trained = train(
            shuffled, split, own, architecture, palette, progress=progress, device=place
        )
        predictor = Predictor(trained.networks, palette).to(place)
        return predictor.judge(look_at(predictor, shuffled, split.test, views)).scores

    permutation = permute_network(examples, split, learn, times=times, seed=seed)
    return PermutationReport(version, (permutation,), len(split.test), config.epochs)


def _config(stored: dict[str, Any], epochs: int | None) -> TrainingConfig:
    known = {field.name for field in fields(TrainingConfig)}
    if stored.keys() - known:
        strange = ", ".join(sorted(stored.keys() - known))
        raise InputError(f"this smmdb does not know how the version was trained: {strange}")
    config = TrainingConfig(**stored)
    return config if epochs is None else replace(config, epochs=epochs)
