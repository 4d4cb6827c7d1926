"""Finding: one statement of one paper on one sample."""

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum

from screening.evidence.identifier import one_spelling

_KEY_VERSION = "finding-1"
_LATER_NUMBERS = (
    *("ueff_low_k", "ueff_high_k", "ueff_sigma_k"),
    *("tau0_low_s", "tau0_high_s", "tau0_sigma_s"),
    *("tb_low_k", "tb_high_k", "tb_sigma_k"),
    *("raman_n", "tau_qtm_s"),
)
_SYNTHETIC = "synthetic"
# "Synthetic procedure: see SI" is the note of a chemist and no such word.
_SYNTHETIC_NOTE = re.compile(r"\s*synthetic\s*(?:[,:;].*)?", re.IGNORECASE | re.DOTALL)


class Behaviour(StrEnum):
    """What the paper saw in the ac susceptibility; states, never a boolean.

    SMM_FIELD_NOT_STATED: called a magnet without saying (or without the reader having seen) in
    which field. SIGNAL_ONLY: an out-of-phase signal, and neither a barrier nor a mechanism.
    """

    SMM_ZERO_FIELD = "smm_zero_field"
    SMM_FIELD_INDUCED = "smm_field_induced"
    SMM_FIELD_NOT_STATED = "smm_field_not_stated"
    SIGNAL_ONLY = "signal_only"
    SLOW_RELAXATION_NO_BARRIER = "slow_relaxation_no_barrier"
    NO_SIGNAL_OBSERVED = "no_signal_observed"
    NOT_MEASURED = "not_measured"
    CONFLICT = "conflict"


class Sample(StrEnum):
    """The solid that was measured; dilution in a diamagnetic host can change the behaviour."""

    NEAT = "neat"
    DILUTED = "diluted"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A statement as it is stored; None where the paper (or its reader) says nothing.

    stated_formula: of the compound, as the paper has it. host: the diamagnetic host of a diluted
    sample and the share in it. doi: normalised, see `doi.normalise_doi`; year: of that publication.
    dc_field_oe: Oe. t_min_k, ueff_k, tb_k: K. f_max_hz: Hz. tau0_s, tau_qtm_s: s. raman_n: the
    exponent of tau^-1 = C T^n.
    ueff_given, ueff_unit: the barrier as the table gave it, "K" or "cm-1".
    *_low_*, *_high_*: of a range or a bound, whose value is then None; *_sigma_*: the standard
    uncertainty of the value.
    """

    identifier: str
    behaviour: Behaviour
    stated_formula: str | None = None
    sample: Sample = Sample.NOT_STATED
    host: str | None = None
    doi: str | None = None
    year: int | None = None
    dc_field_oe: float | None = None
    t_min_k: float | None = None
    f_max_hz: float | None = None
    ueff_k: float | None = None
    ueff_low_k: float | None = None
    ueff_high_k: float | None = None
    ueff_sigma_k: float | None = None
    ueff_given: float | None = None
    ueff_unit: str | None = None
    tau0_s: float | None = None
    tau0_low_s: float | None = None
    tau0_high_s: float | None = None
    tau0_sigma_s: float | None = None
    fit: str | None = None
    raman_n: float | None = None
    tau_qtm_s: float | None = None
    tb_k: float | None = None
    tb_low_k: float | None = None
    tb_high_k: float | None = None
    tb_sigma_k: float | None = None
    tb_definition: str | None = None
    note: str | None = None

    @property
    def is_synthetic(self) -> bool:
        """Whether the statement was made up for tests or demonstrations, as its text says."""
        named = self.identifier.lstrip().casefold().startswith(_SYNTHETIC)
        return named or bool(_SYNTHETIC_NOTE.fullmatch(self.note or ""))

    @property
    def key(self) -> str:
        """Sha256 of what is stated: one for the same statement in two tables or two units."""
        statement: list[str | dict[str, str | None] | None] = [
            _KEY_VERSION,
            _text(one_spelling(self.identifier)),
            self.doi,
            self.sample,
            self.behaviour,
            *map(_number, (self.dc_field_oe, self.t_min_k, self.f_max_hz)),
            *map(_number, (self.ueff_k, self.tau0_s, self.tb_k)),
            *map(_text, (self.fit, self.tb_definition, self.note)),
        ]
        # Named, and only where stated: what was stored before these were known keeps its key.
        later: dict[str, str | None] = {
            name: _number(getattr(self, name)) for name in _LATER_NUMBERS
        }
        later |= {"stated_formula": _text(self.stated_formula), "host": _text(self.host)}
        if any(later.values()):
            statement.append({name: text for name, text in sorted(later.items()) if text})
        return hashlib.sha256(json.dumps(statement).encode()).hexdigest()


def spread_fields(field: str) -> tuple[str, str, str]:
    """The fields of a range and an uncertainty beside *field*: `ueff_k` has `ueff_low_k` ..."""
    quantity, _, unit = field.rpartition("_")
    return (f"{quantity}_low_{unit}", f"{quantity}_high_{unit}", f"{quantity}_sigma_{unit}")


def _text(text: str | None) -> str | None:
    return None if text is None else " ".join(text.casefold().split())


def _number(value: float | None) -> str | None:
    # Six digits are more than any paper gives and hide the rounding of a change of units.
    return None if value is None else f"{value:.6g}"
