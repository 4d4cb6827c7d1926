"""Explanations: exact where the answer is known, and the same however a molecule is given."""

from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_factory import SPEC, examples

from screening.chemistry.shells import shells
from screening.learning.attention import KEPT, ZONES, Subject, figures, look, shuffle_weights
from screening.learning.explain import Method, explain
from screening.learning.gradients import integrate_gradients
from screening.learning.occlusion import occlude
from screening.learning.scoring import Scoring
from screening.learning.split import Split
from screening.learning.train import train
from screening.learning.training_config import TrainingConfig
from screening.network.calibration import Calibration
from screening.network.predictor import Predictor
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.voxel.molecules import Molecules, pack
from screening.voxel.palette import UNIQUE_RGB
from screening.voxel.rotations import CUBE_ROTATIONS
from screening.voxel.views import SOURCES, Source, Views

METHODS = get_args(Method)
CALIBRATION = Calibration(0.5, -0.2)


def octahedron(far: float = 2.2) -> tuple[np.ndarray, np.ndarray]:
    """Iron, six oxygens, a carbon behind each of two."""
    axes = np.concatenate([np.eye(3), -np.eye(3)])
    positions = np.concatenate([np.zeros((1, 3)), far * axes, 3.4 * axes[[0, 3]]])
    return np.array([26] + [8] * 6 + [6] * 2, dtype=np.uint8), positions


def skewed(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    numbers, positions = octahedron()
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    return numbers, positions @ (turn * np.linalg.det(turn))


def box(numbers, positions) -> Molecules:
    return pack([(numbers, positions)])


def network(seed: int = 0) -> ResNet3d:
    torch.manual_seed(seed)
    model = ResNet3d(ResNet3dConfig(width=4, blocks=(1, 1)))
    for module in model.modules():  # as after training: no norm is still at its start
        if isinstance(module, torch.nn.BatchNorm3d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.uniform_(module.running_mean, -0.2, 0.2)
    torch.nn.init.normal_(model.head.weight)
    return model


def scoring(*members: ResNet3d, rotations: int = 24, source: Source = "grid") -> Scoring:
    predictor = Predictor(members or (network(),), UNIQUE_RGB, CALIBRATION)
    return Scoring(predictor, Views(source, rotations, SPEC))


def adding() -> ResNet3d:
    """A network that adds up the colours of all voxels: what an atom gives to it is known."""
    config = ResNet3dConfig(field=None, width=3, blocks=(1,), stem_kernel=1, stem_stride=1)
    member = ResNet3d(config)
    torch.nn.init.dirac_(member.stem.weight)
    torch.nn.init.constant_(member.norm.weight, (1 + member.norm.eps) ** 0.5)
    # Its block is a short cut alone, as each is at the start; the mean becomes a sum at the end.
    torch.nn.init.normal_(member.head.weight, std=SPEC.edge**3)
    return member


def additive(source: Source) -> tuple[Scoring, np.ndarray]:
    """A scoring that adds up, and what a voxel of each element gives to its log-odds (119,)."""
    torch.manual_seed(1)
    member = adding()
    weights = member.head.weight.detach().double().numpy()[0] / SPEC.edge**3
    values = UNIQUE_RGB.table.astype(float) / 255 @ weights
    return scoring(member, rotations=4, source=source), CALIBRATION.slope * values


@pytest.mark.parametrize("source", SOURCES)
def test_by_occlusion_of_a_sum_an_atom_gives_what_it_hides_less_what_it_hid(source):
    sums, values = additive(source)
    numbers, positions = skewed()
    whole = box(numbers, positions)
    drawn = values[sums.views.draw(whole)[0]].sum(axis=(1, 2, 3))
    changes = occlude(sums, whole, list(np.arange(len(numbers))[:, None]))
    for atom in range(len(numbers)):
        kept = np.delete(np.arange(len(numbers)), atom)
        rest = pack([(numbers[kept], positions[kept])], whole.centres)
        expected = drawn - values[sums.views.draw(rest)[0]].sum(axis=(1, 2, 3))
        assert changes[:, atom] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("source", SOURCES)
def test_by_gradients_of_a_sum_an_atom_gives_its_voxels(source):
    sums, values = additive(source)
    numbers, positions = skewed()
    owners = sums.views.owners(box(numbers, positions))
    volumes = [np.bincount(own[own >= 0], minlength=len(numbers)) for own in owners]
    given_by = integrate_gradients(sums, box(numbers, positions))
    assert given_by == pytest.approx(np.array(volumes) * values[numbers], abs=1e-4)


def test_nothing_taken_away_changes_nothing():
    numbers, positions = skewed()
    assert not occlude(scoring(), box(numbers, positions), [np.array([], dtype=np.intp)]).any()


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("method", METHODS)
def test_an_atom_outside_the_box_has_no_importance(method, source):
    numbers, positions = skewed()
    more = np.append(numbers, 8), np.append(positions, [[40.0, 0.0, 0.0]], axis=0)
    layers = shells(more[0], np.zeros((0, 2)))
    found = explain(scoring(rotations=2, source=source), box(*more), shells=layers, method=method)
    assert found.atoms[-1] == found.spreads[-1] == 0
    assert np.abs(found.atoms[:-1]).min() > 0


@pytest.mark.parametrize("source", SOURCES)
def test_gradients_sum_to_the_change_from_the_empty_box(source):
    some = scoring(network(1), network(2), rotations=3, source=source)
    molecule = box(*skewed())
    views = some.views.draw(molecule)
    expected = some.log_odds(views) - some.log_odds(np.zeros_like(views))
    found = integrate_gradients(some, molecule, steps=256).sum(axis=1)
    assert found == pytest.approx(expected[:, 0], rel=0.02, abs=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_equal_atoms_of_a_symmetric_molecule_have_equal_importance(method):
    numbers, positions = octahedron(far=2.21)
    layers = shells(numbers, np.array([(0, atom) for atom in range(1, 7)]))
    found = explain(scoring(), box(numbers, positions), shells=layers, method=method)
    pair, ring = found.atoms[[1, 4]], found.atoms[[2, 3, 5, 6]]
    size = np.abs(found.atoms).max()
    assert np.ptp(pair) < 1e-3 * size
    assert np.ptp(ring) < 1e-3 * size
    assert np.ptp(found.atoms[7:]) < 1e-3 * size


@settings(deadline=None, max_examples=4)
@given(st.permutations(range(9)), st.integers(0, 23), st.sampled_from(METHODS))
def test_order_and_turns_of_the_box_do_not_show(order, turn, method):
    some = scoring(rotations=24)
    numbers, positions = skewed()
    bonds = np.array([(0, atom) for atom in range(1, 7)])
    plain = explain(some, box(numbers, positions), shells=shells(numbers, bonds), method=method)
    order = np.array(order)
    place = np.argsort(order)
    turned = positions[order] @ CUBE_ROTATIONS[turn].matrix.T
    other = explain(
        some,
        box(numbers[order], turned),
        shells=shells(numbers[order], place[bonds]),
        method=method,
    )
    assert other.atoms == pytest.approx(plain.atoms[order], abs=2e-4)
    assert other.shells[:2] == pytest.approx(plain.shells[:2], abs=2e-4)
    assert other.score == pytest.approx(plain.score, abs=1e-5)


def test_the_score_is_what_predict_gives_and_groups_go_together():
    some = scoring(network(1), network(2), rotations=2, source="atoms")
    numbers, positions = skewed()
    molecule = box(numbers, positions)
    layers = shells(numbers, np.array([(0, atom) for atom in range(1, 7)]))
    ligands = [np.array([1, 2]), np.array([7])]
    found = explain(some, molecule, shells=layers, ligands=ligands)
    views = some.views.draw(molecule)
    assert found.n_looks == 4
    assert found.score == pytest.approx(float(some.predictor.score(views).scores[0]))
    assert found.log_odds == pytest.approx(some.log_odds(views).mean())
    together = occlude(some, molecule, [*ligands, np.array([0]), np.arange(1, 7)]).mean(axis=0)
    assert [*found.ligands, *found.shells[:2]] == pytest.approx(together.tolist(), abs=1e-6)
    assert found.shells[2] is None
    by_gradients = explain(some, molecule, shells=layers, ligands=ligands, method="gradients")
    assert by_gradients.ligands[0] == pytest.approx(by_gradients.atoms[1:3].sum())


def test_shuffled_weights_have_the_same_numbers_and_other_importances():
    some = scoring(network(1), rotations=4)
    other = shuffle_weights(some, seed=3)
    for name, tensor in some.predictor.members[0].state_dict().items():
        twin = other.predictor.members[0].state_dict()[name]
        assert torch.equal(tensor.flatten().sort().values, twin.flatten().sort().values)
    singles = list(np.arange(9)[:, None])
    ours, theirs = (occlude(one, box(*skewed()), singles).mean(axis=0) for one in (some, other))
    assert np.abs(np.corrcoef(ours, theirs)[0, 1]) < 0.9
    assert not np.allclose(ours, theirs, atol=0.1 * np.abs(ours).max())


@pytest.fixture(scope="module")
def trained() -> tuple[Scoring, list[Subject], np.ndarray]:
    """A network that learned whether the donors are sulfur or oxygen, and molecules to look at."""
    some = examples(60, by="donor", seed=2)
    split = Split(np.arange(30), np.arange(30, 48), np.arange(48, 60), seed=0)
    config = TrainingConfig(epochs=25, batch_size=10, learning_rate=1e-2, seed=1)
    fitted = train(some, split, config, ResNet3dConfig(width=8, blocks=(1, 1)), UNIQUE_RGB)
    learned = Scoring(Predictor(fitted.networks, UNIQUE_RGB), Views("atoms", 4, SPEC))
    subjects = []
    for row in split.test:
        traits = some.traits[row]
        molecule = box(traits.atomic_numbers, traits.positions)
        layers = shells(traits.atomic_numbers, traits.bonds)
        found = explain(learned, molecule, shells=layers)
        away = np.linalg.norm(traits.positions - traits.positions[0], axis=1)
        subjects.append(Subject(molecule, layers, away, found.atoms))
    return learned, subjects, some.targets[split.test]


@pytest.mark.parametrize("method", METHODS)
def test_a_network_that_learned_the_donors_looks_at_the_donors(trained, method):
    learned, subjects, targets = trained
    by_class: dict[bool, list[float]] = {False: [], True: []}
    sizes = []
    for subject, positive in zip(subjects, targets, strict=True):
        found = explain(learned, subject.molecule, shells=subject.shells, method=method)
        donors, rest = found.atoms[subject.shells == 1], found.atoms[subject.shells == 3]
        by_class[bool(positive)].append(donors.mean())
        sizes.append((np.abs(donors).mean(), np.abs(rest).mean()))
    assert min(by_class[True]) > max(0, *by_class[False])
    donor, rest = np.mean(sizes, axis=0)
    assert donor > 2 * rest


def test_the_check_finds_where_the_network_looks(trained):
    learned, subjects, targets = trained
    looks = [look(learned, subject, seed) for seed, subject in enumerate(subjects)]
    found = {
        (one.about, one.subject, one.name): one
        for one in figures(looks, targets, np.arange(len(targets)))
    }
    shares = {
        subject: [found["share", subject, zone].value for zone in ZONES]
        for subject in ("network", "shuffled weights", "atoms", "volume")
    }
    for values in shares.values():
        assert sum(values) == pytest.approx(1)
    assert shares["atoms"][:3] == pytest.approx([0.1, 0.6, 0.3])
    assert sum(shares["network"][:2]) > sum(shares["shuffled weights"][:2])
    assert found["auroc", "network", "metals and donors"].value == 1
    assert found["auroc", "network", "metals alone"].value < 0.9
    donor = found["change", "network", "a donor taken away"]
    assert donor.low <= donor.value <= donor.high
    assert donor.n == len(subjects)
    assert found["change", "network", "a hydrogen taken away"].n == 0
    assert {one.name for one in found.values() if one.about == "auroc"} == {n for n, _ in KEPT}
    again = [look(learned, subject, seed) for seed, subject in enumerate(subjects)]
    assert figures(again, targets, np.arange(len(targets))) == tuple(found.values())
