"""Finding: one statement of one paper on one sample."""

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum

_KEY_VERSION = "finding-1"
_SYNTHETIC = "synthetic"
# "Synthetic procedure: see SI" is the note of a chemist and no such word.
_SYNTHETIC_NOTE = re.compile(r"\s*synthetic\s*(?:[,:;].*)?", re.IGNORECASE | re.DOTALL)


class Behaviour(StrEnum):
    """What the paper saw in the ac susceptibility; six states, never a boolean."""

    SMM_ZERO_FIELD = "smm_zero_field"
    SMM_FIELD_INDUCED = "smm_field_induced"
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

    doi: normalised, see `doi.normalise_doi`; year: of that publication.
    dc_field_oe: Oe. t_min_k, ueff_k, tb_k: K. f_max_hz: Hz. tau0_s: s.
    ueff_given, ueff_unit: the barrier as the table gave it, "K" or "cm-1".
    """

    identifier: str
    behaviour: Behaviour
    sample: Sample = Sample.NOT_STATED
    doi: str | None = None
    year: int | None = None
    dc_field_oe: float | None = None
    t_min_k: float | None = None
    f_max_hz: float | None = None
    ueff_k: float | None = None
    ueff_given: float | None = None
    ueff_unit: str | None = None
    tau0_s: float | None = None
    fit: str | None = None
    tb_k: float | None = None
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
        statement = [
            _KEY_VERSION,
            _text(self.identifier),
            self.doi,
            self.sample,
            self.behaviour,
            *map(_number, (self.dc_field_oe, self.t_min_k, self.f_max_hz)),
            *map(_number, (self.ueff_k, self.tau0_s, self.tb_k)),
            *map(_text, (self.fit, self.tb_definition, self.note)),
        ]
        return hashlib.sha256(json.dumps(statement).encode()).hexdigest()


def _text(text: str | None) -> str | None:
    return None if text is None else " ".join(text.casefold().split())


def _number(value: float | None) -> str | None:
    # Six digits are more than any paper gives and hide the rounding of a change of units.
    return None if value is None else f"{value:.6g}"
