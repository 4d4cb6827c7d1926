"""A tiny untrained network with grids of noise to score, and Dask workers in this process."""

import logging
from typing import Any

import numpy as np
import torch
from distributed import LocalCluster
from factories import add_complex, add_grid, add_spec, add_version
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, text

from screening.network.domain import Domain
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.network.weights import to_bytes
from screening.predict import PredictSummary, predict
from screening.voxel.codec import encode
from screening.voxel.palette import UNIQUE_RGB
from screening.voxel.spec import VoxelSpec

SPEC = VoxelSpec(8, 2.0)
COMPLEXES = 40
ROTATIONS = 3


def add_grids(connection: Connection, complexes: int) -> int:
    """Complexes with grids of noise, the same each time; the id of their spec."""
    random = np.random.default_rng(0)
    spec_id = add_spec(
        connection,
        name=SPEC.name,
        digest=SPEC.digest,
        edge=SPEC.edge,
        spacing=SPEC.spacing,
        radii=SPEC.radii,
        hydrogens=SPEC.hydrogens,
        version=SPEC.version,
    )
    for _ in range(complexes):
        grid = random.choice([0, 0, 0, 1, 6, 8, 66], (SPEC.edge,) * 3).astype(np.uint8)
        add_grid(connection, add_complex(connection), spec_id, blob=encode(grid))
    return spec_id


def add_tiny_model(connection: Connection) -> None:
    """`COMPLEXES` complexes with grids, and versions 1 and 2 of `tiny`: one network, a domain."""
    spec_id = add_grids(connection, COMPLEXES)
    for version in (1, 2):
        _add_version(connection, spec_id, version, {"rotations": ROTATIONS})


def add_atoms_version(connection: Connection, spec_id: int) -> None:
    """Version 3 of `tiny`, which draws its views from the atoms."""
    _add_version(connection, spec_id, 3, {"rotations": ROTATIONS, "views": "atoms"})


def _add_version(connection: Connection, spec_id: int, version: int, card: dict[str, Any]) -> None:
    torch.manual_seed(0)
    network = ResNet3d(ResNet3dConfig(width=4, blocks=(1,)))
    with torch.no_grad():
        network.head.weight.normal_(0, 3)
    domain = Domain(torch.zeros(4), torch.eye(4), torch.tensor(0.5))
    weights, sha256 = to_bytes([network], domain)
    add_version(
        connection,
        "tiny",
        version,
        spec_id=spec_id,
        palette=UNIQUE_RGB.name,
        architecture=network.config.to_json(),
        weights=weights,
        weights_sha256=sha256,
        card=card,
        trained_on_synthetic=True,
    )


def scores(engine: Engine, version: int) -> NDArray[np.float64]:
    """Complex id, score, spread and distance of all that a version scored: (n, 4), by id."""
    with engine.connect() as connection:
        rows = connection.execute(
            text("""
                select complex_id, score, spread, distance from prediction p
                join model_version v on v.id = p.model_version_id
                where v.version = :version order by 1"""),
            {"version": version},
        ).all()
    return np.array([tuple(row) for row in rows], dtype=float)


def cluster_here(n_workers: int = 2, **options: Any) -> LocalCluster:
    """Workers as threads: no process starts, and what a test patches holds for them too."""
    plain: dict[str, Any] = {
        "threads_per_worker": 2,
        "processes": False,
        "protocol": "tcp://",
        "dashboard_address": "127.0.0.1:0",
        "silence_logs": logging.ERROR,
    }
    return LocalCluster(n_workers=n_workers, **{**plain, **options})


def predict_here(engine: Engine, model: str) -> PredictSummary:
    """Predict by a worker in this process."""
    with cluster_here(1) as cluster:
        return predict(engine, model, scheduler=cluster.scheduler_address)
