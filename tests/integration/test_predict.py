"""`smmdb predict` and `smmdb run`, with a tiny untrained network."""

import json
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from factories import add_complex, add_grid
from sqlalchemy import text
from tiny_model import (
    COMPLEXES,
    ROTATIONS,
    SPEC,
    add_atoms_version,
    add_grids,
    add_tiny_model,
    cluster_here,
    scores,
)

from cli.main import smmdb
from screening import predict as predict_module
from screening.errors import InputError, IntegrityError, NotFoundError
from screening.inference import drive
from screening.network.weights import read_predictor
from screening.predict import predict
from screening.run import cancel_run, list_runs, show_run
from screening.store.key_ranges import KeyRanges
from screening.store.models import find_version, read_weights
from screening.store.predictions import PredictionValues, add_predictions, read_grids
from screening.voxel.molecules import pack
from screening.voxel.views import Views


@pytest.fixture
def filled(engine):
    with engine.begin() as connection:
        add_tiny_model(connection)
    return engine


@pytest.fixture
def cluster():
    with cluster_here() as cluster:
        yield cluster


def test_workers_probe_and_the_run_records_what_they_chose_and_waited(filled, cluster, monkeypatch):
    monkeypatch.setattr(predict_module, "WORTH_A_PROBE", 1)
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
        assert len(probe["trials"]) == 2
    assert run["measured"]["device_seconds"] > 0
    assert 0 <= run["measured"]["device_waited_share"] <= 1
    stored = scores(filled, 1)
    assert len(stored) == COMPLEXES
    assert (stored[:, 2] > 0).all(), "spread over three rotations"
    assert (stored[:, 3] > 0).all(), "distance in the space of the embeddings"


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
    assert "complexes/s together on " in shown.stdout
    assert "cpu (float32" in shown.stdout
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

    monkeypatch.setattr("screening.inference.view_reader.read_grids", wait_for_the_request)
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


def test_ranges_of_ids_read_only_what_they_hold(filled):
    with filled.connect() as connection:
        ids = list(connection.scalars(text("select complex_id from voxel_grid order by 1")))
        spec_id = connection.scalar(text("select id from voxel_spec"))
        wanted = [*ids[:3], ids[5], *ids[20:22]]
        ranges = KeyRanges([(ids[0], ids[2]), (ids[5], ids[5]), (ids[20], ids[21])])
        found = read_grids(connection, 1, spec_id, ranges)
        assert [complex_id for complex_id, _ in found] == wanted


def test_views_are_drawn_from_the_stored_atoms(engine, cluster):
    random = np.random.default_rng(5)
    atoms = [
        (np.array([66, 8, 8, 7], dtype=np.int16), random.normal(scale=2, size=(4, 3)))
        for _ in range(6)
    ]
    with engine.begin() as connection:
        spec_id = add_grids(connection, 0)
        ids = [
            add_complex(connection, atomic_numbers=numbers.tolist(), positions=places.ravel())
            for numbers, places in atoms
        ]
        metal_free = add_complex(connection, atomic_numbers=[8, 8], positions=[0.0] * 6)
        for complex_id in (*ids, metal_free):
            add_grid(connection, complex_id, spec_id, blob=b"of no matter")
        add_atoms_version(connection, spec_id)
        version = find_version(connection, "tiny")
        predictor = read_predictor(version, read_weights(connection, version.id))
    summary = predict(engine, "tiny", scheduler=cluster.scheduler_address)
    assert (summary.books.done, summary.books.failed) == (6, 1)
    views = Views("atoms", ROTATIONS, SPEC)
    expected = predictor.score(views.draw(pack(atoms)))
    stored = scores(engine, 3)
    assert stored[:, 0].tolist() == ids
    assert np.allclose(stored[:, 1], expected.scores, atol=1e-6)
    assert np.allclose(stored[:, 2], expected.spread, atol=1e-6)
    assert np.ptp(stored[:, 1]) > 1e-3
    with engine.connect() as connection:
        failure = connection.execute(text("select complex_id, code from prediction_failure"))
        assert failure.one() == (metal_free, "damaged_atoms")


def test_a_damaged_grid_is_a_failure_with_a_reason_and_not_a_score(filled, cluster):
    with filled.begin() as connection:
        spec_id = connection.scalar(text("select id from voxel_spec"))
        damaged = add_complex(connection, identifier="damaged")
        connection.execute(
            text("insert into voxel_grid values (:spec, :complex, :blob, 0)"),
            {"spec": spec_id, "complex": damaged, "blob": b"not a grid"},
        )
    summary = predict(filled, "tiny:1", scheduler=cluster.scheduler_address)
    assert (summary.books.done, summary.books.failed) == (COMPLEXES, 1)
    assert summary.books.asked == COMPLEXES + 1
    with filled.connect() as connection:
        failure = connection.execute(text("select complex_id, code from prediction_failure"))
        assert failure.one() == (damaged, "damaged_grid")


def test_a_score_that_differs_from_the_stored_one_is_refused_by_the_scale_of_the_scores(
    filled, cluster
):
    run_id = predict(filled, "tiny:1", scheduler=cluster.scheduler_address).books.id
    with filled.connect() as connection:
        query = text("select complex_id, score from prediction order by 1 limit 1")
        complex_id, score = connection.execute(query).one()
        moved = [PredictionValues(complex_id, score + 0.01, None, None)]
        assert add_predictions(connection, 1, run_id, moved, scale=200.0) == 0
        with pytest.raises(IntegrityError, match=f"complex {complex_id} has the score"):
            add_predictions(connection, 1, run_id, moved, scale=1.0)
