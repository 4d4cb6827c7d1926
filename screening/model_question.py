"""Model question: what a version was asked, and whether two were asked the same."""

from screening.errors import InputError
from screening.evidence.property_value import Kind
from screening.store.models import ModelVersion
from screening.store.targets import SMM


def question(version: ModelVersion) -> str:
    """What a yes, or the number, of the version means, in short."""
    if version.target == SMM:
        return f"smm, {version.policy} v{version.policy_version}"
    words = version.target
    if version.at_least is not None:
        words += f" >= {version.at_least:g}"
    elif version.kind is Kind.NUMERIC:
        unit = version.card["target"].get("unit")
        words += f", in {unit}" if unit else ", a number"
    return words if version.property_source is None else f"{words} ({version.property_source})"


def check_same_question(one: ModelVersion, other: ModelVersion) -> None:
    """Refuse, by InputError, to set versions side by side that were asked different things."""
    asked = [(v.target, v.kind, v.property_source, v.at_least) for v in (one, other)]
    if asked[0] != asked[1]:
        raise InputError(
            f"{one.label} answers another question than {other.label}: {question(one)}, against "
            f"{question(other)}. Their figures cannot be compared."
        )
    if one.trained_on_synthetic != other.trained_on_synthetic:
        made = one.label if one.trained_on_synthetic else other.label
        raise InputError(
            f"{made} was trained on SYNTHETIC complexes and the other on real ones. Their figures "
            "cannot be compared."
        )


def check_yes_or_no(version: ModelVersion, what: str) -> None:
    """Refuse, by InputError, a version that gives numbers; *what* needs a yes or no, in words."""
    if version.kind is Kind.NUMERIC:
        raise InputError(
            f"{version.label} gives numbers ({question(version)}), and {what}: train one on a yes "
            "or no for that (`smmdb train --at-least X`)"
        )
