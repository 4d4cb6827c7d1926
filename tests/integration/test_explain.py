"""Explain on small invented complexes: stored once, shown, exported; the check of a version."""

import csv
import io
import json

import numpy as np
import pytest
from click.testing import CliRunner
from reading_here import ingest_here
from small_crystals import small_cif, write_findings, write_small_crystals
from sqlalchemy import text
from tiny_model import predict_here

from cli.main import smmdb
from screening import explain as use_case
from screening import explain_check
from screening.crystal.complex import Accepted
from screening.errors import InputError, NotFoundError
from screening.explain import explain
from screening.explain_check import check
from screening.label import import_findings
from screening.learning.attention import KEPT, ZONES
from screening.learning.recipe import Recipe
from screening.learning.training_config import TrainingConfig
from screening.molecule.read import read_molecules
from screening.network.resnet3d import ResNet3dConfig
from screening.show import show
from screening.train import train

LABELLED, ALL = 32, 36


@pytest.fixture(scope="module")
def template(fill_once, tmp_path_factory):
    """36 synthetic complexes and a network of two epochs."""
    folder = tmp_path_factory.mktemp("small")

    def fill(engine):
        names = write_small_crystals(folder / "cif", ALL)
        ingest_here(engine, folder / "cif")
        write_findings(folder / "findings.csv", names[:LABELLED])
        import_findings(engine, folder / "findings.csv", entered_by="test")
        train(
            engine,
            "small",
            synthetic=True,
            recipe=Recipe(
                config=TrainingConfig(epochs=2, seed=1),
                network=ResNet3dConfig(width=4, blocks=(1,)),
                rotations=2,
            ),
        )

    return fill_once(fill)


@pytest.fixture
def trained(engine, database_url, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    return engine


def never(*_arguments, **_options):
    pytest.fail("what is stored was computed again")


def test_a_score_is_explained_once_and_shown(trained, monkeypatch):
    predict_here(trained, "small")
    found = explain(trained, "small_032", "small")
    (details,) = show(trained, "small_032")
    assert found.explanation.score == pytest.approx(details["predictions"][0]["score"], abs=1e-5)
    assert found.explanation.looks == 2
    assert not found.was_stored
    assert len(found.atoms) == len(found.molecule.labels)
    sizes = [abs(row["importance"]) for row in found.atoms]
    assert sizes == sorted(sizes, reverse=True)
    (metal,) = [row for row in found.atoms if row["shell"] == "metals"]
    assert (metal["element"], metal["metal_distance"], metal["ligand"]) == ("Dy", 0, None)
    donors = [row for row in found.atoms if row["shell"] == "donors"]
    assert {row["element"] for row in donors} == {"O"}
    assert [row["metal_distance"] for row in donors] == pytest.approx([2.3] * len(donors), abs=0.01)
    assert {row["ligand_position"] for row in donors} == set(range(len(found.ligands)))

    with monkeypatch.context() as patch:
        patch.setattr(use_case, "run_explain", never)
        again = explain(trained, "small_032", "small:1")
    assert again.was_stored
    assert (again.atoms, again.ligands, again.shells) == (found.atoms, found.ligands, found.shells)

    explain(trained, "small_032", "small", method="gradients")
    (details,) = show(trained, "small_032")
    assert [row["method"] for row in details["explanations"]] == ["occlusion", "gradients"]
    top = details["explanations"][0]["top_atoms"]
    assert [row["label"] for row in top] == [row["label"] for row in found.atoms[:5]]
    assert "Atoms that drive a score" in CliRunner().invoke(smmdb, ["show", "small_032"]).stdout


def test_the_view_says_the_same_atom_by_atom(trained):
    found = explain(trained, "small_000", "small")
    query = text("select * from explanations where identifier = 'small_000' order by rank, label")
    with trained.connect() as connection:
        rows = connection.execute(query).mappings().all()
    assert len(rows) == len(found.atoms)
    by_index = {row["atom_index"]: row for row in found.atoms}
    for row in rows:
        told = by_index[row["atom_index"]]
        for key in ("label", "ligand_position"):
            assert row[key] == told[key]
        for key in ("x", "y", "z", "metal_distance", "importance", "spread"):
            assert row[key] == pytest.approx(told[key], abs=1e-5)
    assert rows[0]["rank"] == 1
    assert {row["method"] for row in rows} == {"occlusion"}
    assert all(row["trained_on_synthetic"] and row["is_synthetic"] for row in rows)


def test_rows_and_files_hold_every_atom(trained, tmp_path):
    runner = CliRunner()
    xyz = tmp_path / "small.xyz"
    command = ["explain", "small_001", "--model", "small"]
    table = runner.invoke(smmdb, [*command, "--top", "2", "--xyz", str(xyz)])
    assert table.exit_code == 0
    assert "SYNTHETIC" in table.stdout
    assert "(2 of 7)" in table.stdout
    rows = list(
        csv.DictReader(io.StringIO(runner.invoke(smmdb, [*command, "--format", "csv"]).stdout))
    )
    listed = json.loads(runner.invoke(smmdb, [*command, "--format", "json"]).stdout)
    assert len(rows) == len(listed) == 7
    assert [row["label"] for row in rows] == [row["label"] for row in listed]
    assert float(rows[0]["importance"]) == listed[0]["importance"]

    # The file is read by our own reader as by others.
    (verdict,) = read_molecules(xyz.read_bytes(), "small.xyz", "xyz")
    assert isinstance(verdict.outcome, Accepted)
    (complex_,) = verdict.outcome.complexes
    places = {row["atom_index"]: (row["x"], row["y"], row["z"]) for row in listed}
    wanted = np.array([places[atom] for atom in range(7)])
    assert np.allclose(complex_.positions, wanted, atol=1e-3)
    first = xyz.read_text().splitlines()[2].split()
    importance = next(row["importance"] for row in listed if row["atom_index"] == 0)
    assert float(first[4]) == pytest.approx(importance, rel=1e-4)


def test_what_cannot_be_explained_is_told(trained, tmp_path):
    with pytest.raises(NotFoundError, match="no complex is called 'nothing'"):
        explain(trained, "nothing", "small")
    with pytest.raises(NotFoundError, match="no model is called"):
        explain(trained, "small_000", "other")
    twin = tmp_path / "twin.cif"
    twin.write_text(small_cif("small_000", "Dy", 3).replace("Dy", "Tb"))
    ingest_here(trained, twin)
    with pytest.raises(InputError, match=r"2 complexes are called 'small_000'.*'row \d+'"):
        explain(trained, "small_000", "small")
    for wrong in (
        ["explain", "--model", "small"],
        ["explain", "small_000", "--model", "small", "--check"],
        ["explain", "--model", "small", "--check", "--method", "gradients"],
    ):
        assert CliRunner().invoke(smmdb, wrong).exit_code == InputError.exit_code
    nowhere = ["explain", "small_001", "--model", "small", "--xyz", str(tmp_path / "no" / "a.xyz")]
    refused = CliRunner().invoke(smmdb, nowhere)
    assert refused.exit_code == InputError.exit_code
    assert "cannot be written" in refused.stderr


def test_a_version_is_checked_once(trained, monkeypatch):
    found = check(trained, "small", sample=3)
    assert found.n == 3
    shares = {
        one.name: one.value
        for one in found.figures
        if (one.about, one.subject) == ("share", "atoms")
    }
    assert list(shares) == list(ZONES)
    assert sum(shares.values()) == pytest.approx(1)
    assert [one.name for one in found.figures if one.about == "auroc"] == [name for name, _ in KEPT]
    with trained.connect() as connection:
        # Each complex of the sample is explained, and of the part that the version was tested on.
        query = text("""
            select count(*), bool_and(t.part = 'test') from explanation e
            join training_example t using (model_version_id, complex_id)""")
        assert connection.execute(query).one() == (3, True)
    with monkeypatch.context() as patch:
        patch.setattr(explain_check, "look", never)
        again = check(trained, "small", sample=3)
    assert again.was_stored
    assert again.figures == found.figures
    assert check(trained, "small", sample=2).n == 2

    runner = CliRunner()
    shown = runner.invoke(smmdb, ["explain", "--model", "small", "--check", "--sample", "3"])
    assert shown.exit_code == 0
    assert "SYNTHETIC" in shown.stdout
    assert "Metals and what lies within 2.8 A" in shown.stdout
    rows = json.loads(
        runner.invoke(
            smmdb, ["explain", "--model", "small", "--check", "--sample", "3", "--format", "json"]
        ).stdout
    )
    assert {row["about"] for row in rows} == {"share", "agreement", "change", "auroc"}
