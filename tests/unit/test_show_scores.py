"""The table of scores in `smmdb show`: what each score speaks of."""

from cli.show.records import print_scores

PLAIN = {
    "model": "m:1",
    "target": "spin_splitting",
    "target_description": None,
    "at_least": None,
    "unit": "",
    "score": 0.5,
    "spread": None,
    "out_of_domain": [],
    "rank": 1,
    "scored": 2,
    "training_part": None,
    "trained_on_synthetic": False,
}


def shown(capsys, **row):
    print_scores({"predictions": [PLAIN | row], "explanations": [], "prediction_failures": []})
    return capsys.readouterr().out


def test_a_number_has_its_unit_and_a_yes_its_threshold(capsys):
    assert "spin_splitting, kcal/mol" in shown(capsys, unit="kcal/mol")
    assert "spin_splitting >= 0" in shown(capsys, at_least=0.0)
    assert ">=" not in shown(capsys)


def test_synthetic_training_is_told_where_it_was(capsys):
    assert "Synthetic" not in shown(capsys)
    assert "Synthetic training" in shown(capsys, trained_on_synthetic=True)
