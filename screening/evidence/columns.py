"""Columns of a findings table: names, meanings, units and limits."""

import difflib
import re
from dataclasses import dataclass
from typing import Final

from screening.evidence.finding import Behaviour, Sample
from screening.units import KELVIN_PER_WAVENUMBER

OERSTED_PER_TESLA: Final = 1.0e4


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading and what to write in it."""

    name: str
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class NumberColumn(Column):
    """A column of numbers.

    field: the field of `Finding` that it fills; factor: to that field's unit.
    above_zero: zero is refused (a negative number always is).
    has_spread: a range, a bound and an uncertainty are stored too.
    usual: (low, high) in the field's unit; a number outside is taken, with a warning.
    """

    field: str = ""
    unit: str = ""
    factor: float = 1.0
    above_zero: bool = True
    has_spread: bool = False
    usual: tuple[float, float] | None = None


_UEFF_K = (5.0, 2500.0)
_FIELD_OE = (0.0, 1.0e5)

COLUMNS: Final[tuple[Column, ...]] = (
    Column(
        "identifier",
        "CSD refcode, CCDC number, COD id or compound name; with a plain number you can write"
        " COD 1234567 or CCDC 1234567 to say which; empty where formula is filled",
    ),
    Column(
        "formula",
        "formula of the compound, C20 H18 Dy N5 O9 or [Dy(C5H7O2)3(H2O)2]; with the DOI it finds"
        " a crystal that the identifier does not",
    ),
    Column("doi", "DOI of the paper, for example 10.1021/ic5001599"),
    Column("year", "year of the paper"),
    Column("sample", f"what was measured: {', '.join(Sample)} (empty: not_stated)"),
    Column(
        "host", "host of a diluted sample and the share in it, for example 5 % in the Y analogue"
    ),
    Column(
        "behaviour",
        f"what the ac susceptibility showed, one of: {', '.join(Behaviour)}",
        required=True,
    ),
    NumberColumn(
        "dc_field_oe",
        "dc field of the ac measurement in Oe, 0 for none (or a column dc_field_t in tesla)",
        field="dc_field_oe",
        unit="Oe",
        above_zero=False,
        usual=_FIELD_OE,
    ),
    NumberColumn(
        "t_min_k",
        "lowest temperature measured, K; without it a missing signal proves little",
        field="t_min_k",
        unit="K",
        usual=(0.02, 300.0),
    ),
    NumberColumn(
        "f_max_hz",
        "highest ac frequency measured, Hz",
        field="f_max_hz",
        unit="Hz",
        usual=(20.0, 1.0e7),  # below, kHz may be meant
    ),
    NumberColumn(
        "ueff_k",
        "effective barrier Ueff in K (or a column ueff_cm-1 in cm-1)",
        field="ueff_k",
        unit="K",
        has_spread=True,
        usual=_UEFF_K,
    ),
    NumberColumn(
        "tau0_s",
        "pre-exponential factor tau0, s",
        field="tau0_s",
        unit="s",
        has_spread=True,
        usual=(1e-13, 1e-4),
    ),
    Column("fit", "how Ueff was fitted, for example Arrhenius or Orbach + Raman + QTM"),
    NumberColumn(
        "raman_n",
        "exponent n of a Raman process, 1/tau = C T^n",
        field="raman_n",
        usual=(1.0, 9.0),
    ),
    NumberColumn(
        "tau_qtm_s", "time of quantum tunnelling of the fit, s", field="tau_qtm_s", unit="s"
    ),
    NumberColumn(
        "tb_k",
        "blocking temperature, K",
        field="tb_k",
        unit="K",
        has_spread=True,
        usual=(0.02, 150.0),
    ),
    Column(
        "tb_definition",
        "what tb_k is, for example hysteresis at 200 Oe/s, tau = 100 s, or ZFC/FC maximum",
    ),
    Column("note", "anything else; `synthetic` or `synthetic, ...` where the row is made up"),
)

ALTERNATIVES: Final[tuple[NumberColumn, ...]] = (
    NumberColumn(
        "ueff_cm-1",
        "effective barrier Ueff in cm-1",
        field="ueff_k",
        unit="cm-1",
        factor=KELVIN_PER_WAVENUMBER,
        has_spread=True,
        usual=_UEFF_K,
    ),
    NumberColumn(
        "dc_field_t",
        "dc field in tesla",
        field="dc_field_oe",
        unit="T",
        factor=OERSTED_PER_TESLA,
        above_zero=False,
        usual=_FIELD_OE,
    ),
)
"""The same quantities in the other unit in use; a row fills one of the two."""

_BY_NAME: Final = {column.name: column for column in (*COLUMNS, *ALTERNATIVES)}
_UNITS: Final[dict[str, list[str]]] = {}
"""The headings of each quantity: ueff as ueff_k and as ueff_cm-1."""
for _column in _BY_NAME.values():
    if isinstance(_column, NumberColumn):
        _UNITS.setdefault(_column.field.rpartition("_")[0], []).append(_column.name)
NUMBER_COLUMNS: Final = tuple(
    column for column in (*COLUMNS, *ALTERNATIVES) if isinstance(column, NumberColumn)
)
_SPELLINGS: Final = {
    "ueff_cm1": "ueff_cm-1",
    "behavior": "behaviour",
    "dc_field_tesla": "dc_field_t",
}


def find_column(heading: str) -> Column | None:
    """The column that *heading* names: `ueff_cm-1`, `Ueff [cm-1]` and `Ueff / cm^-1` are one."""
    name = _plain(heading)
    return _BY_NAME.get(_SPELLINGS.get(name, name))


def heading_hint(heading: str) -> str | None:
    """What may be meant by an unknown heading; never a quantity in another unit."""
    name = _plain(heading)
    near = difflib.get_close_matches(name, _BY_NAME, n=1, cutoff=0.6)
    if near and not isinstance(_BY_NAME[near[0]], NumberColumn):
        return f"did you mean {near[0]}?"
    for quantity, names in _UNITS.items():
        if name == quantity or name.startswith(f"{quantity}_"):
            return f"give it as {' or '.join(names)}"
    if near and near[0].rpartition("_")[2] == name.rpartition("_")[2]:
        return f"did you mean {near[0]}?"
    return None


def _plain(heading: str) -> str:
    name = heading.casefold().replace("⁻¹", "-1").replace("\N{MINUS SIGN}", "-").replace("^", "")
    return re.sub(r"[\s\[\]()/_]+", "_", name).strip("_")
