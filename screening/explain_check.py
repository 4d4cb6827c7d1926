"""Explain check: where a version looks on the whole, over complexes that it was tested on."""

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
from sqlalchemy import Engine

from screening import __version__
from screening.errors import InputError
from screening.explain import explain_and_store, scoring_of
from screening.learning.attention import Figure, Subject, figures, look
from screening.learning.dataset import numbered
from screening.model_question import check_yes_or_no
from screening.progress import SILENT, Progress
from screening.store.explanations import add_check, find_check, find_explanation, sample_held_out
from screening.store.models import ModelVersion, find_version
from screening.store.molecules import read_molecule

_CHECK = "attention-v2"
"""What a check measures; other zones or measures are another check."""


@dataclass(frozen=True, slots=True, eq=False)
class CheckedVersion:
    """Where a version looks, over n complexes that it was tested on."""

    version: ModelVersion
    n: int
    figures: tuple[Figure, ...]
    was_stored: bool


def check(
    engine: Engine,
    model: str,
    *,
    sample: int = 200,
    seed: int = 0,
    device: str = "auto",
    progress: Progress = SILENT,
) -> CheckedVersion:
    """Check where the version looks, over *sample* complexes of its test part.

    Explanations by occlusion are stored one by one, the figures at the end; a check that was made
    before is read.

    Raises:
        NotFoundError: for an unknown model.
        InputError: when the database holds no complex that the version was tested on.
    """
    with engine.connect() as connection:
        version = find_version(connection, model)
        check_yes_or_no(version, "importances are shares of log-odds")
        held_out = sample_held_out(connection, version.id, sample, seed)
        if not held_out:
            raise InputError(
                f"no complex that {version.label} was tested on is in this database; "
                "ingest those crystals, or check a version that was trained here"
            )
        molecules = [read_molecule(connection, one.complex_id, version.id) for one in held_out]
        digest = _digest([one.content_key for one in molecules], seed)
        stored = find_check(connection, version.id, digest)
        if stored is not None:
            found = tuple(Figure(**figure) for figure in stored)
            return CheckedVersion(version, len(molecules), found, was_stored=True)
        scoring = scoring_of(connection, version, device)
    looks = []
    with progress.task("Explaining", total=len(molecules)) as task:
        for number, molecule in enumerate(molecules):
            with engine.connect() as connection:
                known = find_explanation(connection, version.id, molecule.complex_id, "occlusion")
            known = known or explain_and_store(engine, scoring, version, molecule, "occlusion")
            subject = Subject(
                molecule.atoms,
                molecule.shells,
                molecule.metal_distances,
                np.array(known.atoms),
            )
            looks.append(look(scoring, subject, seed + number))
            task.advance()
    found = figures(
        looks,
        np.array([one.is_positive for one in held_out]),
        numbered([one.group_key for one in held_out]),
        seed=seed,
    )
    with engine.begin() as connection:
        add_check(
            connection,
            version.id,
            digest=digest,
            n=len(molecules),
            seed=seed,
            figures=[asdict(figure) for figure in found],
            code_version=__version__,
        )
    return CheckedVersion(version, len(molecules), found, was_stored=False)


def _digest(content_keys: list[str], seed: int) -> str:
    asked = json.dumps({"check": _CHECK, "seed": seed, "complexes": content_keys})
    return hashlib.sha256(asked.encode()).hexdigest()
