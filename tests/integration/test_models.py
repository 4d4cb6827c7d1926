"""Model versions by command: list, show, aliases with their history, export and import."""

import json

import factories as make
import pytest
import torch
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cli.main import smmdb
from screening.errors import InputError, IntegrityError, NotFoundError
from screening.model import list_aliases, list_models, remove_alias, set_alias, show_model
from screening.model_transfer import export_model, import_model
from screening.network.model_file import pack, unpack
from screening.network.resnet3d import ResNet3d, ResNet3dConfig
from screening.network.weights import to_bytes
from screening.store import migrate
from screening.store.example_keys import read_example_keys
from screening.store.examples import snapshot_digest
from screening.store.models import add_version, find_version

CONFIG = ResNet3dConfig(width=4, blocks=(1,))
VERDICT = "The network beats the best baseline, random-forest (AUROC +0.02, 95 % interval ...)."


def add_model(connection, name="spin", seed=0, **given):
    """A version with real weights that was trained on two complexes and tested on one."""
    torch.manual_seed(seed)
    weights, digest = to_bytes([ResNet3d(CONFIG)])
    split = {
        "kind": "skeleton",
        "group": "compound, isostructural skeleton",
        "held_out": [],
        "seed": seed,
        "n": {"train": 2, "validation": 0, "test": 1},
        "n_left_out": 0,
    }
    target = {"question": "labels under the policy paper-binary v1", "description": None}
    card = {
        "target": target,
        "rotations": 2,
        "threshold": 0.5,
        "verdict": VERDICT,
        "best_baseline": "random-forest",
    }
    made = {
        "version": 1,
        "target": "smm",
        "policy": "paper-binary",
        "palette": "unique-rgb-v1",
        "architecture": CONFIG.to_json(),
        "weights": weights,
        "weights_sha256": digest,
        "split": split,
        "card": card,
    }
    complexes = [
        make.add_complex(
            connection,
            metals=(metal,),
            content_key=f"{seed:02}{number:030x}",
            skeleton_key=f"{number:032x}",
            compound_id=make.add_compound(connection, key=f"{seed:02}c{number:029x}"),
        )
        for number, metal in enumerate(("Dy", "Mn", "Co"))
    ]
    keys = [(one, float(number == 0)) for number, one in enumerate(complexes)]
    made["snapshot_digest"] = digest_of(connection, keys)
    version = make.add_version(connection, name, **{**made, **given})
    for (complex_id, answer), part in zip(keys, ("train", "train", "test"), strict=True):
        make.add_example(connection, version, complex_id, answer=answer, part=part)
    for name_, value in (("auroc", 0.9), ("accuracy", 0.8)):
        make.add_metric(
            connection, version, name=name_, value=value, low=value - 0.1, high=value + 0.05, n=1
        )
    make.add_metric(connection, version, name="auroc", subject="random-forest", value=0.88, n=1)
    return version


def digest_of(connection, keys):
    class Example:
        def __init__(self, content_key, answer):
            self.content_key, self.answer = content_key, answer

    query = text("select content_key from complex where id = :id")
    found = [Example(connection.scalar(query, {"id": one}), yes) for one, yes in keys]
    return snapshot_digest(found)


@pytest.fixture
def filled(engine, database_url, monkeypatch):
    monkeypatch.setenv("SMMDB_DATABASE_URL", database_url)
    with engine.begin() as connection:
        add_model(connection)
    return engine


@pytest.fixture
def elsewhere(empty_engine):
    """Another database, with none of the structures."""
    migrate.upgrade(empty_engine)
    return empty_engine


def run(*arguments, code=0):
    result = CliRunner().invoke(smmdb, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


def test_list_and_show_say_what_a_version_is_worth(filled):
    table = run("model", "list")
    assert "spin:1" in table
    assert "0.900" in table
    assert "beats the best baseline" in table
    (row,) = json.loads(run("model", "list", "--format", "json"))
    assert (row["auroc"], row["auroc_low"], row["accuracy"]) == (0.9, 0.8, 0.8)
    assert row["data"] == "real"
    sheet = run("model", "show", "spin")
    for words in ("paper-binary v1", "2 train", "width 4", "unique-rgb-v1", "random-forest"):
        assert words in sheet
    shown = json.loads(run("model", "show", "spin:1", "--format", "json"))
    assert shown["card"]["verdict"] == VERDICT
    assert {m["subject"] for m in shown["metrics"]} == {"network", "random-forest"}
    assert "weights" not in shown
    assert "no model is called 'x'" in run("model", "show", "x", code=5)


def test_an_alias_names_one_version_and_keeps_its_history(filled):
    with filled.begin() as connection:
        make.add_version(connection, "spin", 2, target="smm")
    assert "production -> spin:1" in run("model", "alias", "production", "spin:1", "--by", "anna")
    assert "already" in run("model", "alias", "production", "spin:1", "--by", "anna")
    with filled.connect() as connection:
        assert find_version(connection, "production").label == "spin:1"
        assert find_version(connection, "spin").label == "spin:2"
    moved = run("model", "alias", "production", "spin", "--by", "ben")
    assert "production -> spin:2 (before: spin:1)" in moved
    rows = json.loads(run("model", "alias", "production", "--history", "--format", "json"))
    assert [(r["model"], r["set_by"], r["ended_by"]) for r in rows] == [
        ("spin:1", "anna", "ben"),
        ("spin:2", "ben", None),
    ]
    assert rows[0]["valid_to"] == rows[1]["valid_from"]
    assert list_models(filled, "production")[0]["aliases"] == ["production"]
    assert len(show_model(filled, "spin:1")["alias_history"]) == 1
    assert "names nothing now" in run("model", "alias", "production", "--remove", "--by", "ben")
    assert list_aliases(filled) == []
    assert len(list_aliases(filled, history=True)) == 2
    with pytest.raises(NotFoundError, match="is no alias now"):
        remove_alias(filled, "production", by="ben")
    with filled.connect() as connection, pytest.raises(NotFoundError, match="no model is called"):
        find_version(connection, "production")


def test_a_model_and_an_alias_never_have_one_name(filled):
    with pytest.raises(InputError, match="a model is called 'spin'"):
        set_alias(filled, "spin", "spin:1", by="me")
    with pytest.raises(InputError, match="cannot name an alias"):
        set_alias(filled, "production:1", "spin:1", by="me")
    set_alias(filled, "best", "spin:1", by="me")
    with filled.begin() as connection:
        with pytest.raises(InputError, match="'best' is an alias of spin:1"):
            add_version(connection, "best", weights=b"", fields={}, examples=(), metrics=())
        with pytest.raises(NotFoundError, match="is an alias of spin:1 and has no versions"):
            find_version(connection, "best:1")


def test_an_alias_can_name_an_alias_s_version(filled):
    set_alias(filled, "best", "spin:1", by="me")
    assert set_alias(filled, "production", "best", by="me") == ("spin:1", None)


@pytest.mark.parametrize(
    "statement",
    [
        "update model_alias set alias = 'other'",
        "update model_alias set set_by = 'other'",
        "update model_alias set valid_to = now()",
        "delete from model_alias",
        "truncate model_alias",
        "update model_version set name = 'other'",
        "delete from model_version",
        "update metric set value = 1",
        "delete from training_example",
    ],
)
def test_what_was_said_of_a_version_never_changes(filled, statement):
    set_alias(filled, "best", "spin:1", by="me")
    with filled.begin() as connection, pytest.raises(DBAPIError, match=r"refused|ended_by"):
        connection.execute(text(statement))


def test_an_ended_alias_does_not_come_back(filled):
    set_alias(filled, "best", "spin:1", by="me")
    remove_alias(filled, "best", by="me")
    with filled.begin() as connection, pytest.raises(DBAPIError, match="refused"):
        connection.execute(text("update model_alias set valid_to = null, ended_by = null"))


def test_a_version_travels_whole(filled, elsewhere, tmp_path):
    path = tmp_path / "spin.safetensors"
    written = export_model(filled, "spin", path)
    done = import_model(elsewhere, path, by="ben", sha256=written.sha256)
    assert (done.is_new, done.version.label) == (True, "spin:1")
    here, there = show_model(filled, "spin"), show_model(elsewhere, "spin")
    assert there["imported"]["by"] == "ben"
    for key in ("metrics", "trained_at", "snapshot_digest", "weights_sha256", "spec", "split"):
        assert here[key] == there[key], key
    with filled.connect() as one, elsewhere.connect() as other:
        keys = read_example_keys(one, find_version(one, "spin").id)
        assert keys == read_example_keys(other, find_version(other, "spin").id)
        assert other.scalar(text("select count(*) from training_example")) == 0
    again = import_model(elsewhere, path, by="ben")
    assert (again.is_new, again.version.label) == (False, "spin:1")
    back = export_model(elsewhere, "spin", tmp_path / "back.safetensors")
    assert back.sha256 == written.sha256
    assert not import_model(filled, path, by="me").is_new, "it never left"


def test_a_taken_name_gives_the_next_version_and_that_is_said(
    filled, elsewhere, tmp_path, monkeypatch
):
    path = tmp_path / "spin.safetensors"
    export_model(filled, "spin", path)
    with elsewhere.begin() as connection:
        add_model(connection, seed=1)
    monkeypatch.setenv("SMMDB_DATABASE_URL", elsewhere.url.render_as_string(hide_password=False))
    assert "whole and not here yet" in run("model", "import", str(path), "--dry-run")
    said = run("model", "import", str(path), "--by", "ben")
    assert "Added as spin:2 (it was spin:1 where it was trained)" in said
    assert "No complex here is drawn as it needs" in said
    assert "here already, as spin:2" in run("model", "import", str(path), "--name", "other")
    assert "imported" in run("model", "list")
    assert "Imported" in run("model", "show", "spin:2")


def test_a_version_keeps_its_number_where_that_is_free(filled, elsewhere, tmp_path):
    with filled.begin() as connection:
        add_model(connection, seed=3, version=7)
    export_model(filled, "spin:7", tmp_path / "spin.safetensors")
    done = import_model(elsewhere, tmp_path / "spin.safetensors", by="ben")
    assert done.version.label == "spin:7"
    other = import_model(elsewhere, tmp_path / "spin.safetensors", by="ben", name="mine")
    assert not other.is_new


def test_a_file_is_never_overwritten_unasked(filled, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "spin-1.safetensors" in run("model", "export", "spin")
    assert "exists already" in run("model", "export", "spin", code=2)
    assert "spin-1.safetensors" in run("model", "export", "spin", "--overwrite")


def test_damaged_weights_are_not_exported(engine, tmp_path):
    with engine.begin() as connection:
        add_model(connection, weights=b"damaged")
    with pytest.raises(IntegrityError, match="altered"):
        export_model(engine, "spin", tmp_path / "spin.safetensors")
    assert not list(tmp_path.iterdir())


def test_another_file_than_the_sender_s_is_refused(filled, tmp_path):
    export_model(filled, "spin", tmp_path / "spin.safetensors")
    with pytest.raises(InputError, match="another file"):
        import_model(filled, tmp_path / "spin.safetensors", by="me", sha256="0" * 64)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.update(seed=True), "no valid seed"),
        (lambda c: c.update(seed=2**70), "too large"),
        (lambda c: c.update(version=0), "no valid version"),
        (lambda c: c.update(policy=None), "no valid policy"),
        (lambda c: c.update(property_source="x"), "no valid target"),
        (lambda c: c.update(name="a\x1b[31m"), "cannot be shown"),
        (lambda c: c.update(name="a b"), "cannot name a model"),
        (lambda c: c.update(extra=1), "lacks or does not know: extra"),
        (lambda c: c.pop("split"), "lacks or does not know: split"),
        (lambda c: c["split"].pop("seed"), "no valid seed"),
        (lambda c: c["card"].update(rotations=25), "no valid rotations"),
        (lambda c: c["card"].update(views="mirror"), "no valid views"),
        (lambda c: c["card"].update(imported={}), "says that it was imported"),
        (lambda c: c["card"].update(members=5), "no valid members"),
        (lambda c: c["card"].update(members=[{"seed": 1}]), "no valid members"),
        (lambda c: c["card"].update(target="spin"), "no valid target"),
        (
            lambda c: c["card"].update(target={"question": "q", "description": None, "unit": 1}),
            "no valid target",
        ),
        (lambda c: c["card"].update(other=1), "no valid other"),
        (lambda c: c["card"].update(calibration={"slope": -1, "intercept": 0}), "slope"),
        (lambda c: c["card"].pop("verdict"), "lacks verdict"),
        (lambda c: c["architecture"].update(width=8), "do not fit the architecture"),
        (lambda c: c["architecture"].update(width="4"), "architecture"),
        (lambda c: c["architecture"].update(blocks=[10**9]), "no valid architecture"),
        (lambda c: c["architecture"].update(kind="Other"), "not a ResNet3d"),
        (lambda c: c.update(palette="rainbow"), "unknown palette"),
        (lambda c: c["spec"].update(edge=10**6), "no valid edge"),
        (lambda c: c.update(weights_sha256="0" * 64), "altered"),
        (lambda c: c.update(trained_at="yesterday"), "when it was trained"),
        (lambda c: c["metrics"][0].__setitem__(3, "0.9"), "figure that cannot be read"),
        (lambda c: c["metrics"][0].__setitem__(3, 1.7), "figure that cannot be read"),
        (lambda c: c["metrics"][0].__setitem__(4, 0.99), "figure that cannot be read"),
        (lambda c: c["card"].update(base_rate=7), "no valid base_rate"),
        (lambda c: c["metrics"].append(c["metrics"][0]), "figure of the model stands there twice"),
        (lambda c: c["examples"].pop(), "not as many"),
        (lambda c: c["examples"][1].__setitem__(5, 1.0), "snapshot's digest"),
        (lambda c: c["examples"][1].__setitem__(5, True), "example that cannot be read"),
        (lambda c: c["examples"][1].__setitem__(5, 0.5), "answers yes or no, and an example"),
        (lambda c: c.update(kind="other"), "no valid kind"),
        (lambda c: c.update(kind="numeric"), "no valid target"),
        (lambda c: c["card"].pop("threshold"), "lacks threshold"),
        (
            lambda c: c["card"].update(
                calibration={"slope": 1.0, "intercept": 0.0, "link": "identity"}
            ),
            "calibration does not fit what it answers",
        ),
        (lambda c: c["examples"][0].__setitem__(0, "'; drop"), "example that cannot be read"),
    ],
)
def test_a_card_that_was_written_by_somebody_else_is_refused(filled, tmp_path, change, words):
    """The digests of these files are right: they were made anew around the changed card."""
    export_model(filled, "spin", tmp_path / "spin.safetensors")
    card, weights = unpack((tmp_path / "spin.safetensors").read_bytes())
    change(card)
    path = tmp_path / "forged.safetensors"
    path.write_bytes(pack(card, weights))
    before = list_models(filled)
    with pytest.raises((InputError, IntegrityError), match=words):
        import_model(filled, path, by="me")
    assert list_models(filled) == before
