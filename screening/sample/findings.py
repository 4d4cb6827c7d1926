"""Findings: what the synthetic rule says of a compound, as rows of a findings table.

The rule is of ours and is no knowledge: docs/sample.md states it. It is there so that a model
trained on the sample has something to find in the metals and in the geometry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from screening.sample.recipe import Recipe

COLUMNS: Final = (
    "identifier", "doi", "year", "sample", "behaviour", "dc_field_oe", "t_min_k", "f_max_hz",
    "ueff_k", "tau0_s", "fit", "tb_k", "tb_definition", "note",
)  # fmt: skip
NOTE: Final = "synthetic, made by rule"
SHARE: Final = 0.62
"""Part of the compounds that get a finding."""
NOISE: Final = 0.10
"""Part of the findings that say the opposite of the rule: signal for none, none for a signal."""

_OBLATE: Final = {"Dy": 0, "Tb": -1, "Ho": -2, "Nd": -1, "Ce": -1}
_PROLATE: Final = {"Er": 0, "Yb": -1}
_AXIAL: Final = {
    "axial": 4, "half-axial": 3, "sandwich": 4, "bent-sandwich": 2, "antiprism": 2, "crossed": 3,
    "dimer": 2, "diketonate": 2, "nitrate": 1,
}  # fmt: skip
"""How strongly a geometry puts charge on the axis: what an oblate ion wants."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule says; strength scales the barrier."""

    behaviour: str
    strength: float = 0.0


def judge(recipe: Recipe) -> Verdict:
    """Apply the rule: metals first, then geometry and the ligands' electron wealth."""
    lead = recipe.metals[0]
    if lead in _OBLATE or lead in _PROLATE:
        return _lanthanide(recipe, lead)
    if "Co" in recipe.metals and len(recipe.metals) > 1:
        # A diamagnetic or isotropic lanthanide beside Co(II): the Co may relax by itself.
        poor = "electron-poor" in recipe.tags
        return Verdict("no_signal_observed") if poor else Verdict("smm_field_induced", 1.0)
    if len(recipe.metals) > 1 or lead in {"Gd", "Eu", "La", "Lu", "Y"}:
        return Verdict("no_signal_observed")
    return _transition(recipe, lead)


def _lanthanide(recipe: Recipe, lead: str) -> Verdict:
    axial = max(_AXIAL.get(tag, 0) for tag in recipe.tags)
    if lead in _OBLATE:
        score = axial + _OBLATE[lead]
        score -= "electron-poor" in recipe.tags
        score -= "Cu" in recipe.metals  # a spin that couples to the lanthanide
        score -= bool(recipe.tags & {"H2O", "MeCN"})
        score -= "CN8" in recipe.tags and "dimer" in recipe.tags
    else:
        score = {4: 0, 3: 1, 2: 2, 1: 2}[axial] + _PROLATE[lead]
        score += bool(recipe.tags & {"sandwich"}) * 3 - ("electron-poor" in recipe.tags)
    if score >= 2:
        return Verdict("smm_zero_field", float(score))
    return Verdict("smm_field_induced", 1.0) if score == 1 else Verdict("no_signal_observed")


def _transition(recipe: Recipe, lead: str) -> Verdict:
    tags = recipe.tags
    field_induced = (
        (lead == "Co" and "tetrahedron" in recipe.family and bool(tags & {"Br", "I", "NCS"}))
        or (lead == "Co" and "CN6" in tags and "electron-poor" not in tags)
        or (lead == "Mn" and "salen" in tags and "CN6" in tags)
        or (lead == "Fe" and "CN4" in tags and "NCS" not in tags)
    )
    if field_induced:
        return Verdict("smm_field_induced", 0.6)
    if lead == "V" or (lead == "Cu" and "electron-poor" in tags):
        return Verdict("slow_relaxation_no_barrier")
    return Verdict("no_signal_observed")


def finding_row(identifier: str, verdict: Verdict, rng: np.random.Generator) -> dict[str, str]:
    """One row in the columns of a findings table; numbers follow the behaviour."""
    row = dict.fromkeys(COLUMNS, "")
    row |= {"identifier": identifier, "behaviour": verdict.behaviour, "note": NOTE}
    row["sample"] = str(rng.choice(["neat", "neat", "neat", "diluted", "not_stated"]))
    row["f_max_hz"] = str(rng.choice(["1000", "1488", "10000"]))
    row["t_min_k"] = str(rng.choice(["1.8", "2", "2"]))
    if verdict.behaviour == "not_measured":
        return row | {"f_max_hz": "", "t_min_k": ""}
    row["dc_field_oe"] = "0"
    if verdict.behaviour in {"smm_field_induced", "slow_relaxation_no_barrier"}:
        row["dc_field_oe"] = str(rng.choice(["800", "1000", "1500", "2000"]))
    if verdict.behaviour.startswith("smm"):
        barrier = 22.0 * max(verdict.strength, 0.6) ** 2.2 * float(rng.lognormal(0.0, 0.25))
        row["ueff_k"] = f"{max(barrier, 8.0):.1f}"
        row["tau0_s"] = f"{10 ** float(rng.uniform(-10.5, -6.5)):.2e}"
        row["fit"] = str(rng.choice(["Arrhenius", "Orbach + Raman", "Orbach + Raman + QTM"]))
        if verdict.strength >= 4:
            row["tb_k"] = f"{barrier / 40.0:.1f}"
            row["tb_definition"] = "hysteresis, 200 Oe/s"
    return row


def find_all(
    compounds: Sequence[tuple[str, Recipe]], rng: np.random.Generator
) -> list[dict[str, str]]:
    """Rows for about 62 % of the compounds, with noise, contradictions and rows of no structure.

    compounds: (identifier, recipe), one for each compound.
    """
    rows = []
    for identifier, recipe in compounds:
        if rng.random() > SHARE:
            continue
        verdict = judge(recipe)
        if rng.random() < NOISE:
            verdict = _opposite(verdict, rng)
        rows.append(finding_row(identifier, verdict, rng))
        if rng.random() < 0.04:  # a second paper that says otherwise
            other = (
                "no_signal_observed" if verdict.behaviour.startswith("smm") else "smm_zero_field"
            )
            rows.append(finding_row(identifier, Verdict(other, 1.5), rng))
    special = rng.choice(len(compounds), size=min(6, len(compounds)), replace=False)
    for index, behaviour in zip(special, ("conflict", *("not_measured",) * 5), strict=False):
        if not any(row["identifier"] == compounds[index][0] for row in rows):
            rows.append(finding_row(compounds[index][0], Verdict(behaviour), rng))
    for number in range(1, 5):
        name = f"synthetic compound without a crystal {number}"
        rows.append(finding_row(name, _opposite(Verdict("no_signal_observed"), rng), rng))
    return rows


def _opposite(verdict: Verdict, rng: np.random.Generator) -> Verdict:
    if verdict.behaviour.startswith("smm"):
        return Verdict("no_signal_observed")
    return Verdict(str(rng.choice(["smm_zero_field", "smm_field_induced"])), 1.5)
