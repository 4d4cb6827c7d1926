"""The worker's inside: modes, the probe, decoding ahead, bad grids, memory that runs out."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from screening.errors import IntegrityError
from screening.inference.device_clock import DeviceClock
from screening.inference.mode import SAFE_MODE, Mode, modes_for
from screening.inference.pipeline import Pipeline
from screening.inference.probe import tune
from screening.inference.tuned import TunedPredictor, is_out_of_memory
from screening.inference.view_reader import ViewReader
from screening.network.calibration import Calibration
from screening.network.predictor import Predictor, Scores
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.store.predictions import SCORE_TOLERANCE
from screening.voxel.codec import encode
from screening.voxel.molecules import pack
from screening.voxel.palette import UNIQUE_RGB
from screening.voxel.rotations import CUBE_ROTATIONS, rotate
from screening.voxel.spec import EDGES, VoxelSpec
from screening.voxel.views import Views

EDGE = 8
GRID = Views("grid", 1, VoxelSpec(edge=EDGE))


@pytest.fixture(scope="module")
def predictor():
    torch.manual_seed(0)
    network = ResNet3d(ResNet3dConfig(width=4, blocks=(1, 1))).eval()
    with torch.no_grad():
        network.head.weight.normal_(0, 1)  # scores that differ
    return Predictor((network,), UNIQUE_RGB)


@pytest.fixture(scope="module")
def grids():
    rng = np.random.default_rng(0)
    return rng.integers(0, 119, (150, EDGE, EDGE, EDGE), dtype=np.uint8)


@pytest.fixture(scope="module")
def blobs(grids):
    return [(100 + i, encode(grid)) for i, grid in enumerate(grids)]


class Fussy:
    """A predictor that scores the sum of voxels, and is troubled by what a test says."""

    device = torch.device("cpu")

    def __init__(self, most_rows=None, poison=()):
        self.most_rows, self.poison, self.sizes = most_rows, set(poison), []

    def score(self, views, *, batch_size=64, whole=False):
        for start in range(0, len(views), batch_size):
            part = views[start : start + batch_size]
            self.sizes.append(len(part))
            if self.most_rows is not None and len(part) > self.most_rows:
                raise torch.OutOfMemoryError("CUDA out of memory")
        sums = views.sum(axis=(1, 2, 3, 4), dtype=np.float64)
        if self.poison & set(sums.tolist()):
            raise IntegrityError("the network gave a score that is not a number")
        return Scores((sums / 1e6).astype(np.float32), None, None)


def viewed(grids, turns=1):
    return np.stack([rotate(grids, turn) for turn in CUBE_ROTATIONS[:turns]], axis=1)


def open_pipeline(tuned, views=GRID):
    return Pipeline(tuned, ViewReader(views, 1, 1), DeviceClock(), pin=False)


def test_scores_do_not_depend_on_the_batch(predictor, blobs, grids):
    alone = np.concatenate([predictor.score(viewed(grid[None], 2)).scores for grid in grids])
    for batch in (1, 16, 64):
        pipeline = open_pipeline(
            TunedPredictor(predictor, Mode(batch=batch)), replace(GRID, turns=2)
        )
        outcome = pipeline.score(blobs)
        assert [row.complex_id for row in outcome.scored] == [i for i, _ in blobs]
        assert np.abs([row.score for row in outcome.scored] - alone).max() < SCORE_TOLERANCE
        assert all(row.spread is not None for row in outcome.scored)
        pipeline.close()


def test_bad_grids_fail_alone_with_their_reasons(blobs, grids):
    poisoned = float(grids[70].sum(dtype=np.float64))
    given = list(blobs)
    given[3] = (103, b"not a grid")
    given[90] = (190, encode(np.zeros((4, 4, 4), dtype=np.uint8)))
    pipeline = open_pipeline(TunedPredictor(Fussy(poison=[poisoned])))
    outcome = pipeline.score(given)
    reasons = {i: (code, reason) for i, code, reason in outcome.failures}
    assert {i: code for i, (code, _) in reasons.items()} == {
        103: "damaged_grid",
        170: "not_scored",
        190: "damaged_grid",
    }
    assert "4 voxels a side, not 8" in reasons[190][1]
    assert "not a number" in reasons[170][1]
    scored = {row.complex_id: row.score for row in outcome.scored}
    assert scored.keys() == {i for i, _ in given} - reasons.keys()
    assert scored[249] == pytest.approx(grids[149].sum(dtype=np.float64) / 1e6)
    pipeline.close()


@pytest.mark.parametrize("edges", EDGES)
def test_bad_atoms_fail_alone_with_their_reasons(predictor, edges):
    rng = np.random.default_rng(1)
    numbers = np.array([26, 8, 7, 6], dtype=np.int16)
    given = [(i, (numbers, rng.normal(size=(4, 3)).astype(np.float32))) for i in range(70)]
    given[3] = (3, (numbers[1:], given[3][1][1][1:]))  # no metal
    given[68] = (68, (numbers, np.full((4, 3), np.nan, dtype=np.float32)))
    views = Views("atoms", 3, VoxelSpec(edge=EDGE), field=6, edges=edges)
    pipeline = open_pipeline(TunedPredictor(predictor), views)
    outcome = pipeline.score(given)
    assert {(i, code) for i, code, _ in outcome.failures} == {
        (3, "damaged_atoms"),
        (68, "damaged_atoms"),
    }
    assert any("no metal centre" in reason for _, _, reason in outcome.failures)
    good = [stored for i, stored in given if i not in {3, 68}]
    expected = predictor.score(views.draw(pack(good)))
    assert np.allclose([row.score for row in outcome.scored], expected.scores, atol=SCORE_TOLERANCE)
    assert np.allclose([row.spread for row in outcome.scored], expected.spread, atol=1e-4)
    pipeline.close()


def test_without_memory_batches_are_halved_for_good(grids):
    fussy = Fussy(most_rows=10)
    tuned = TunedPredictor(fussy)
    expected = Fussy().score(viewed(grids)).scores
    assert np.array_equal(tuned.score(viewed(grids)).scores, expected)
    assert tuned.mode.batch == 9  # of 150: 75, 37, 18
    fussy.sizes.clear()
    tuned.score(viewed(grids))
    assert max(fussy.sizes) == 9
    with pytest.raises(MemoryError, match="one view"):
        TunedPredictor(Fussy(most_rows=0)).score(viewed(grids))


def test_what_torch_says_without_memory_is_understood():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)
    assert not is_out_of_memory(RuntimeError("shapes do not fit"))


def test_the_probe_measures_numbers_by_their_scale(predictor, grids):
    small = Calibration(1e-6, 0.0, "identity")
    of_numbers = Predictor(predictor.members, predictor.palette, small)
    _, probe = tune(of_numbers, viewed(grids), modes=[Mode(batch=16), Mode("bfloat16", batch=64)])
    exact, rough = probe.trials
    assert exact.refused is None
    assert rough.difference < SCORE_TOLERANCE / 2
    assert rough.refused == "scores differ too much"


def test_the_probe_takes_the_fastest_mode_that_agrees(predictor, grids):
    ticks = iter(range(10**6))
    modes = [Mode(batch=16), Mode(batch=64), Mode("bfloat16", batch=64)]
    tuned, probe = tune(predictor, viewed(grids, 4), modes=modes, clock=lambda: next(ticks))
    assert probe.mode == tuned.mode
    assert probe.mode.precision == "float32"
    (rough,) = [trial for trial in probe.trials if trial.mode.precision == "bfloat16"]
    assert rough.refused == "scores differ too much"
    assert rough.difference > SCORE_TOLERANCE / 2
    assert rough.rate is None
    assert all(trial.difference < SCORE_TOLERANCE / 2 for trial in probe.trials[:2])
    assert probe.rate == pytest.approx(64 / 4)  # a tick for all 64, which four rotations share
    views = viewed(grids, 4)
    assert np.array_equal(tuned.score(views).scores, predictor.score(views).scores)


def test_a_mode_that_fails_is_refused_and_another_serves(predictor, grids):
    def no_compiler(_function):
        raise RuntimeError("no compiler\nfor miles")

    modes = [Mode(compiled=True)]
    tuned, probe = tune(predictor, viewed(grids), modes=modes, compile_=no_compiler)
    assert probe.trials[0].refused == "RuntimeError: no compiler"
    assert tuned.mode == SAFE_MODE


def test_compiled_networks_see_batches_of_one_size_only(predictor, grids):
    shapes = []

    def compile_(embed):
        def compiled(x):
            shapes.append(tuple(x.shape))
            return embed(x)

        return compiled

    modes = [Mode(compiled=True, batch=32)]
    tuned, probe = tune(predictor, viewed(grids, 2), modes=modes, compile_=compile_)
    assert probe.mode.compiled
    found = tuned.score(viewed(grids[:50], 2))
    assert {shape[0] for shape in shapes} == {32}
    expected = predictor.score(viewed(grids[:50], 2))
    assert np.abs(found.scores - expected.scores).max() < SCORE_TOLERANCE
    assert len(found.scores) == len(found.spread) == 50


def test_lower_precision_that_overflows_is_scored_again_in_float32(predictor, blobs, grids):
    huge = ResNet3d(predictor.members[0].config).eval()
    huge.load_state_dict(predictor.members[0].state_dict())
    with torch.no_grad():
        huge.norm.weight.mul_(1e6)  # beyond the largest float16
        huge.head.weight.mul_(1e-6)
    strong = replace(predictor, members=(huge,))
    pipeline = open_pipeline(TunedPredictor(strong, Mode("float16", batch=8)))
    outcome = pipeline.score(blobs[:8])
    assert outcome.failures == []
    expected = strong.score(viewed(grids[:8])).scores
    assert np.allclose([row.score for row in outcome.scored], expected, atol=SCORE_TOLERANCE)
    pipeline.close()


def test_modes_of_a_gpu_keep_their_views_in_64_mebibytes():
    assert {mode.precision for mode in modes_for("cpu", 32**3)} == {"float32"}
    for n_bytes in (20**3, 32**3, 128**3):
        modes = modes_for("cuda", n_bytes)
        assert any(mode.precision == "float32" and not mode.compiled for mode in modes)
        assert all(mode.batch == 64 or mode.batch * n_bytes <= 64 * 2**20 for mode in modes)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no GPU here")
def test_a_gpu_gives_the_scores_of_the_cpu(predictor, grids):
    views = viewed(grids, 4)
    expected = predictor.to("cpu").score(views).scores
    tuned, _ = tune(predictor.to("cuda"), views)
    assert np.abs(tuned.score(views).scores - expected).max() < SCORE_TOLERANCE
    predictor.to("cpu")


def test_the_clock_tells_computing_from_waiting():
    now = [0.0]
    clock = DeviceClock(lambda: now[0])
    assert clock.take() == (0.0, 0.0)
    clock.start()
    now[0] = 2.0
    with clock.computing():
        now[0] = 5.0
        assert clock.take() == (5.0, 3.0)
        now[0] = 6.0
    now[0] = 10.0
    assert clock.take() == (5.0, 1.0)
