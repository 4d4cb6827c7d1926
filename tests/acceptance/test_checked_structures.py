"""Structures whose files were read by a person: each gets the verdict written down for it.

Ground of each row in the table. Of those accepted, beside a look at each: `moiety`, `sum`, `cell`:
the complexes (in `cell` with all that is left out) are those of the file's moiety or sum formula,
to the hydrogen, and every metal has the neighbours of the authors' own list of bonds; `name`: the
compound's name tells formula and surroundings; `hydrogenless`: as `moiety`, the file lists no
hydrogen; `looked`: the places of the atoms. Of those refused: what the block holds instead of a
complex; `name`: catena-poly to its authors; `bonds`: infinite by the distances; `looked`: several
orientations, all full; `dummies`: atoms of no element on top of others.
"""

import csv
from pathlib import Path

import pytest

from screening.chemistry.describe import describe
from screening.crystal.complex import BlockVerdict, Rejected
from screening.crystal.read import read_file

with Path(__file__).with_name("checked_structures.csv").open(newline="") as stream:
    CHECKED = list(csv.DictReader(stream))

Verdicts = dict[str, list[BlockVerdict]]


@pytest.fixture(scope="module")
def verdicts(shared_data: Path) -> Verdicts:
    paths = {p.name: p for p in (shared_data / "cif" / "real" / "molecular").glob("*.cif")}
    names = dict.fromkeys(row["file"] for row in CHECKED)
    return {name: read_file(paths[name].read_bytes(), name) for name in names}


@pytest.mark.parametrize("row", CHECKED, ids=lambda row: f"{row['file']}-{row['block']}")
def test_a_structure_is_judged_as_a_person_judged_it(verdicts: Verdicts, row):
    found = verdicts[row["file"]][int(row["block"])].outcome
    if isinstance(found, Rejected):
        assert (row["verdict"], row["code"]) == ("rejected", found.code), found.reason
        return
    described = [describe(complex_, found.determination) for complex_ in found.complexes]
    sites = {
        f"{site.element}{site.coordination_number}:{site.donor_set}"
        for description in described
        for site in description.metal_sites
    }
    assert row["verdict"] == "accepted"
    assert len(described) == int(row["complexes"])
    assert "; ".join(sorted({d.formula for d in described})) == row["formulas"]
    assert " ".join(str(n) for n in sorted({d.nuclearity for d in described})) == row["nuclearity"]
    assert " ".join(sorted(sites)) == row["sites"]


def test_the_checked_structures_are_a_fair_sample():
    accepted = [row for row in CHECKED if row["verdict"] == "accepted"]
    assert len({row["file"] for row in CHECKED}) >= 60
    assert len(CHECKED) - len(accepted) >= 10
    assert sum(int(row["complexes"]) > 1 for row in accepted) >= 5
    assert sum(row["nuclearity"] != "1" for row in accepted) >= 10
    assert (
        len({site[:2].strip(":0123456789") for row in accepted for site in row["sites"].split()})
        >= 20
    )
