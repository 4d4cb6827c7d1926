"""`smmdb predict` on Dask clusters: one worker and two, two runs at once, TLS, nobody there."""

import shutil
import subprocess
import threading
import urllib.request

import numpy as np
import pytest
from distributed import Client, Security
from sqlalchemy import make_url, text
from tiny_model import COMPLEXES, add_tiny_model, cluster_here, scores

from screening.errors import ClusterError, InputError
from screening.inference import drive
from screening.inference.cluster import TlsFiles
from screening.inference.scorer import Scorer
from screening.inference.scorer_plugin import ScorerPlugin, WorkerSettings
from screening.predict import predict
from screening.run import show_run
from screening.store.engine import connect
from screening.store.predictions import SCORE_TOLERANCE


@pytest.fixture
def filled(engine):
    with engine.begin() as connection:
        add_tiny_model(connection)
    return engine


@pytest.fixture
def cluster():
    with cluster_here() as cluster:
        yield cluster


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


def test_two_runs_on_one_scheduler_keep_apart(filled, cluster):
    runs = {}

    def run(model):
        runs[model] = predict(filled, model, scheduler=cluster.scheduler_address)

    threads = [threading.Thread(target=run, args=(model,)) for model in ("tiny:1", "tiny:2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {run.books.done for run in runs.values()} == {COMPLEXES}
    assert [len(scores(filled, version)) for version in (1, 2)] == [COMPLEXES, COMPLEXES]
    plugins = cluster.scheduler.worker_plugins
    assert [name for name in plugins if "smmdb" in name] == [], "the address stays behind"


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_scheduler_without_workers_is_said(filled, monkeypatch, dry_run):
    monkeypatch.setattr(drive, "WORKERS_TIMEOUT_S", 1)
    with (
        cluster_here(0) as empty,
        pytest.raises(ClusterError, match="no worker joined"),
    ):
        predict(filled, "tiny", scheduler=empty.scheduler_address, dry_run=dry_run)
    with filled.connect() as connection:
        states = list(connection.scalars(text("select status from screening_run")))
    assert states == ([] if dry_run else ["failed"])


def test_the_password_is_in_no_log_page_or_text(filled, cluster, database_url, monkeypatch):
    password = "s3cret-word"
    url = make_url(database_url).set(password=password).render_as_string(hide_password=False)
    engine = connect(url)
    plugin = ScorerPlugin(url, 1, 1, WorkerSettings("cpu"))
    assert password not in repr(plugin) + str(plugin) + plugin.name
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
    with cluster_here(1, protocol="tls://", security=security) as cluster:
        address = cluster.scheduler_address
        assert address.startswith("tls://")
        with pytest.raises(InputError, match="needs certificates"):
            predict(filled, "tiny", scheduler=address)
        summary = predict(filled, "tiny", scheduler=address, tls=TlsFiles(cert, cert, key))
    assert summary.books.done == COMPLEXES


def test_a_scheduler_that_is_not_there_leaves_no_run(filled, monkeypatch):
    monkeypatch.setattr("screening.inference.cluster._CONNECT_TIMEOUT_S", 1)
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        predict(filled, "tiny", scheduler="tcp://127.0.0.1:1")
    with filled.connect() as connection:
        assert connection.scalar(text("select count(*) from screening_run")) == 0
