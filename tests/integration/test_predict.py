"""`smmdb predict` and `smmdb run` on clusters in this process, with a tiny untrained network."""

import json
import logging
import shutil
import subprocess
import threading
import urllib.request
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from distributed import Client, LocalCluster, Security
from factories import add_complex, add_grid, add_spec, add_version
from sqlalchemy import make_url, text

from cli.main import smmdb
from screening import predict as predict_module
from screening.errors import InputError, NotFoundError
from screening.inference import drive
from screening.inference.cluster import TlsFiles
from screening.inference.scorer import Scorer, WorkerSettings
from screening.network.domain import Domain
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.network.weights import to_bytes
from screening.predict import predict
from screening.run import cancel_run, list_runs, show_run
from screening.store.engine import connect
from screening.store.key_ranges import join_ids
from screening.store.predictions import SCORE_TOLERANCE, read_grids
from screening.voxel.codec import encode
from screening.voxel.palette import DEFAULT_PALETTE
from screening.voxel.spec import VoxelSpec

SPEC = VoxelSpec(8, 2.0)
COMPLEXES = 150
ROTATIONS = 3


@pytest.fixture
def filled(engine):
    """150 complexes with grids of noise and two versions of one network with a domain."""
    random = np.random.default_rng(0)
    with engine.begin() as connection:
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
        for _ in range(COMPLEXES):
            grid = random.choice([0, 0, 0, 1, 6, 8, 66], (SPEC.edge,) * 3).astype(np.uint8)
            add_grid(connection, add_complex(connection), spec_id, blob=encode(grid))
        torch.manual_seed(0)
        network = ResNet3d(ResNet3dConfig(width=4, blocks=(1,)))
        with torch.no_grad():
            network.head.weight.normal_(0, 3)
        domain = Domain(torch.zeros(4), torch.eye(4), torch.tensor(0.5))
        weights, sha256 = to_bytes([network], domain)
        for version in (1, 2):
            add_version(
                connection,
                "tiny",
                version,
                spec_id=spec_id,
                palette=DEFAULT_PALETTE.name,
                architecture=network.config.to_json(),
                weights=weights,
                weights_sha256=sha256,
                card={"rotations": ROTATIONS},
                trained_on_synthetic=True,
            )
    return engine


@pytest.fixture
def cluster():
    with LocalCluster(
        n_workers=2,
        threads_per_worker=2,
        processes=False,
        protocol="tcp://",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.ERROR,
    ) as cluster:
        yield cluster


def scores(engine, version):
    with engine.connect() as connection:
        rows = connection.execute(
            text("""
                select complex_id, score, spread, distance from prediction p
                join model_version v on v.id = p.model_version_id
                where v.version = :version order by 1"""),
            {"version": version},
        ).all()
    return np.array([tuple(row) for row in rows], dtype=float)


def test_workers_probe_and_the_run_records_what_they_chose_and_waited(filled, cluster, monkeypatch):
    monkeypatch.setattr(predict_module, "_WORTH_A_PROBE", 1)
    notes = []
    progress = SimpleNamespace(note=notes.append, task=predict_module.SILENT.task)
    summary = predict(
        filled, "tiny:1", scheduler=cluster.scheduler_address, rotations=3, progress=progress
    )
    assert (summary.books.done, summary.books.status) == (COMPLEXES, "done")
    assert 0 <= summary.waited_share <= 1
    assert any(note.startswith("Dask dashboard: http://127.0.0.1:") for note in notes)
    run = show_run(filled, summary.books.id)
    assert run["settings"]["rotations"] == ROTATIONS
    assert 1 <= len(run["settings"]["probes"]) <= 2
    for probe in run["settings"]["probes"]:
        assert probe["mode"]["precision"] == "float32"
        assert probe["rate"] > 0
        assert len(probe["trials"]) == 3
    assert run["measured"]["device_seconds"] > 0
    assert 0 <= run["measured"]["device_waited_share"] <= 1
    stored = scores(filled, 1)
    assert len(stored) == COMPLEXES
    assert (stored[:, 2] > 0).all(), "spread over three rotations"
    assert (stored[:, 3] > 0).all(), "distance in the space of the embeddings"


def test_one_worker_and_two_and_tasks_of_another_size_give_the_same_scores(
    filled, cluster, monkeypatch
):
    address = cluster.scheduler_address
    predict(filled, "tiny:1", scheduler=address)
    cluster.scale(1)
    cluster.sync(cluster._correct_state)
    monkeypatch.setattr(drive, "MIN_ROWS", 7)
    monkeypatch.setattr(drive, "MAX_ROWS", 7)
    predict(filled, "tiny:2", scheduler=address)
    two, one = scores(filled, 1), scores(filled, 2)
    assert np.array_equal(two[:, 0], one[:, 0])
    assert np.abs(two - one)[:, 1:].max() < SCORE_TOLERANCE


def test_another_count_of_rotations_is_refused(filled):
    with pytest.raises(InputError, match=r"tiny:2 was calibrated.*--rotations 3,.*--rotations 8"):
        predict(filled, "tiny", rotations=8)
    assert list_runs(filled, 5) == []


def test_a_dry_run_estimates_and_stores_nothing(filled, cluster, database_url, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    address = cluster.scheduler_address
    shown = CliRunner().invoke(
        smmdb, ["predict", "--model", "tiny", "--scheduler", address, "--dry-run"]
    )
    assert shown.exit_code == 0, shown.output
    assert f"{COMPLEXES} of {COMPLEXES} complexes to score" in shown.stdout
    assert "complexes/s together on cpu (float32" in shown.stdout
    assert list_runs(filled, 5) == []
    assert len(scores(filled, 2)) == 0
    plugins = cluster.scheduler.worker_plugins
    assert [name for name in plugins if "smmdb" in name] == [], "the address stays behind"


def test_a_run_is_cancelled_from_elsewhere_and_then_finished(
    filled, cluster, database_url, monkeypatch
):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    for name, value in {"MAX_ROWS": 1, "MIN_ROWS": 1, "BATCHES_PER_THREAD": 1}.items():
        monkeypatch.setattr(drive, name, value)
    monkeypatch.setattr(drive, "_LOOK_S", 0.01)
    begun, asked = threading.Event(), threading.Event()

    def wait_for_the_request(*arguments):
        begun.set()
        asked.wait(60)
        return read_grids(*arguments)

    monkeypatch.setattr("screening.store.predictions.read_grids", wait_for_the_request)
    summaries = []
    thread = threading.Thread(
        target=lambda: summaries.append(
            predict(filled, "tiny", scheduler=cluster.scheduler_address)
        )
    )
    thread.start()
    assert begun.wait(60)
    runner = CliRunner()
    (run,) = json.loads(runner.invoke(smmdb, ["run", "list", "--format", "json"]).stdout)
    assert (run["status"], run["model"]) == ("running", "tiny:2")
    told = runner.invoke(smmdb, ["run", "cancel", str(run["id"]), "--by", "anna"])
    assert "was asked to stop by anna" in told.stdout
    cancel_run(filled, run["id"], "bert")
    asked.set()
    thread.join(60)
    (summary,) = summaries
    assert summary.cancelled_by == "anna", "the first wish counts"
    assert summary.books.status == "cancelled"
    assert 0 < summary.books.done < COMPLEXES
    assert len(scores(filled, 2)) == summary.books.done
    with pytest.raises(InputError, match="is not running: it is cancelled"):
        cancel_run(filled, run["id"], "anna")
    with pytest.raises(NotFoundError, match="there is no run 99"):
        cancel_run(filled, 99, "anna")
    monkeypatch.setattr(drive, "MAX_ROWS", 64)
    rest = predict(filled, "tiny", scheduler=cluster.scheduler_address)
    assert (rest.books.done, rest.books.skipped) == (
        COMPLEXES - summary.books.done,
        summary.books.done,
    )
    shown = runner.invoke(smmdb, ["run", "show", str(run["id"])]).stdout
    assert "cancelled" in shown
    assert "asked to stop by anna" in shown


def test_the_password_is_in_no_log_page_or_text(filled, cluster, database_url, monkeypatch):
    password = "s3cret-word"
    url = make_url(database_url).set(password=password).render_as_string(hide_password=False)
    engine = connect(url)
    scorer = Scorer(url, 1, 1, WorkerSettings("cpu"))
    assert password not in repr(scorer) + str(scorer) + scorer.name
    seen = []
    take = Scorer.score

    def look_around(self, keys):
        with Client(cluster.scheduler_address, set_as_default=False) as client:
            seen.append(str(client.get_scheduler_logs()) + str(client.get_worker_logs()))
            seen.append(str(client.scheduler_info(n_workers=-1)))
            seen.append(str(client.cluster) + repr(client))
        base = cluster.dashboard_link.rsplit("/", 1)[0]
        for page in ("info/main/workers.html", "info/main/logs.html", "json/identity.json"):
            with urllib.request.urlopen(f"{base}/{page}", timeout=20) as answer:
                seen.append(answer.read().decode())
        return take(self, keys)

    monkeypatch.setattr(drive, "MIN_ROWS", COMPLEXES)
    monkeypatch.setattr(Scorer, "score", look_around)
    summary = predict(engine, "tiny", scheduler=cluster.scheduler_address)
    engine.dispose()
    assert summary.books.done == COMPLEXES
    assert seen
    assert password not in "".join(seen)
    assert password not in str(show_run(filled, summary.books.id))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make certificates with")
def test_predict_over_tls(filled, tmp_path):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = subprocess.run(
        [*request, "-keyout", key, "-out", cert, *names], check=False, capture_output=True
    )
    assert made.returncode == 0, made.stderr
    pair = {
        f"tls_{who}_{what}": str(file)
        for who in ("scheduler", "worker", "client")
        for what, file in (("cert", cert), ("key", key))
    }
    security = Security(tls_ca_file=str(cert), require_encryption=True, **pair)
    with LocalCluster(
        n_workers=1,
        processes=False,
        protocol="tls://",
        security=security,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.ERROR,
    ) as cluster:
        address = cluster.scheduler_address
        assert address.startswith("tls://")
        with pytest.raises(InputError, match="needs certificates"):
            predict(filled, "tiny", scheduler=address)
        summary = predict(filled, "tiny", scheduler=address, tls=TlsFiles(cert, cert, key))
    assert summary.books.done == COMPLEXES


def test_ranges_of_ids_read_only_what_they_hold(filled):
    with filled.connect() as connection:
        ids = list(connection.scalars(text("select complex_id from voxel_grid order by 1")))
        spec_id = connection.scalar(text("select id from voxel_spec"))
        wanted = [*ids[:3], ids[5], *ids[20:22]]
        found = read_grids(connection, 1, spec_id, join_ids(wanted))
        assert [complex_id for complex_id, _ in found] == wanted
