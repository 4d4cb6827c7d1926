"""Identifier: what the first column of a findings table can mean."""

import re
from dataclasses import dataclass, replace

from screening.evidence.doi import normalise_doi

_REFCODE = re.compile(
    r"(?:CSD\b)?\s*(?:refcode\b)?[\s:]*([A-Z]{6})(?:[\s-]?(\d{2}))?", re.IGNORECASE
)
_NUMBER = re.compile(
    r"(?:(COD|CCDC)\s*(?:deposition)?\s*(?:ID|nos?\.?|nr\.?|numbers?)?[\s:#-]*)?(\d{5,8})",
    re.IGNORECASE,
)
_COD_DIGITS = 7
_CCDC_DIGITS = (6, 7)
# Spreadsheets write 604034 as 604034.0 or 6.04034E+05.
_WHOLE = re.compile(r"(\d+)\.0+")
_SCIENTIFIC = re.compile(r"(\d)\.(\d+)e\+?0*(\d+)", re.IGNORECASE)
_WITH_FORMULA = re.compile(
    r"(?P<base>.*\S)\s*\((?P<formula>[A-Z][a-z]?\d*(?:\s*[A-Z][a-z]?\d*)*)\)", re.DOTALL
)
_LIKE_A_NUMBER = re.compile(
    r"(?:cod|ccdc)\b.*\d{5}.*|\d{5,}\W.*|\d{5}|\d{8,}|\d[.,]\d+e\+?\d+", re.IGNORECASE
)
_PAPER_LABEL = re.compile(
    r"(?:compound|complex|cpd\.?)?\s*\(?(?:\d{1,3}[a-z]?|[ivx]{1,5}[a-z]?)'*\)?", re.IGNORECASE
)
_SEVERAL_REFCODES = re.compile(
    r"[A-Z]{6}(?:\d{2})?(?:\s*(?:[,;/&+]|and)\s*[A-Z]{6}(?:\d{2})?)+", re.IGNORECASE
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_LIKE_A_DATE = re.compile(
    rf"\d{{1,2}}[-. /]{_MONTH}(?:[-. /]\d+)?|{_MONTH}[-. /]\d+"
    r"|\d{4}-\d\d?-\d\d?(?: [\d:]+)?|\d\d?[./]\d\d?[./]\d{2,4}",
    re.IGNORECASE,
)
_LIKE_A_REFCODE = re.compile(r"[A-Z]{6}\W?\d{1,3}", re.IGNORECASE)

_FORMS = (
    (_LIKE_A_NUMBER, "a COD id or CCDC number"),
    (_LIKE_A_REFCODE, "a refcode"),
    (_SEVERAL_REFCODES, "several refcodes"),
    (_LIKE_A_DATE, "a date (perhaps made by a spreadsheet)"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that one identifier can stand for; None where its form rules it out.

    refcode: upper case; family: its six letters. name: lower case, single spaces.
    A bare number of seven digits can be both a COD id and a CCDC number.
    formula: of the complex that is meant, without spaces, where the identifier ends with it in
    brackets; then the other fields are of what stands before, and whole is the name of it all.
    """

    name: str
    refcode: str | None = None
    family: str | None = None
    cod_id: int | None = None
    ccdc_number: int | None = None
    formula: str | None = None
    whole: str | None = None

    @property
    def is_name(self) -> bool:
        """Whether its form allows nothing but a name."""
        return self.refcode is None and self.cod_id is None and self.ccdc_number is None

    def overlaps(self, other: "Reading") -> bool:
        """Whether both can stand for the same crystal or name."""
        pairs = (
            (self.family, other.family),
            (self.cod_id, other.cod_id),
            (self.ccdc_number, other.ccdc_number),
            (self.name, other.name),
        )
        return any(one is not None and one == two for one, two in pairs)


def read_identifier(text: str) -> Reading:
    """Read *text* as refcode, COD id, CCDC number and name, as far as its form allows each."""
    if match := _WITH_FORMULA.fullmatch(text.strip()):
        formula = "".join(match["formula"].split())
        return replace(_read(match["base"]), formula=formula, whole=_name(text))
    return _read(text)


def one_spelling(text: str) -> str:
    """The text with its refcode or CCDC number in one spelling: "CCDC 604034" as "604034".

    A number of seven digits may also be a COD id, so there the word before it stays.
    """
    text = text.strip()
    match = _WITH_FORMULA.fullmatch(text)
    base, rest = (match["base"], text[match.end("base") :]) if match else (text, "")
    reading = _read(base)
    if reading.refcode is not None:
        return reading.refcode + rest
    number = reading.ccdc_number
    is_sure = number is not None and len(str(number)) < _COD_DIGITS
    return f"{number}{rest}" if is_sure else text


def is_paper_label(text: str) -> bool:
    """Whether *text* is a number that a paper gives its compounds (`1`, `compound 2a`, `(II)`).

    Every paper has a compound 1, so such a name means nothing without the paper. Six bare letters
    are a refcode, also where they could be a roman number (`XIXIVA`).
    """
    bare = text.strip()
    return _PAPER_LABEL.fullmatch(bare) is not None and _REFCODE.fullmatch(bare) is None


def _name(text: str) -> str:
    return " ".join(text.lower().split())


def _read(text: str) -> Reading:
    name = _name(text)
    form = _spreadsheet_number(name.rstrip(".,; "))
    if match := _REFCODE.fullmatch(form):
        family, digits = match[1].upper(), match[2] or ""
        return Reading(name, refcode=family + digits, family=family)
    if match := _NUMBER.fullmatch(form):
        prefix, digits = match[1], match[2]
        is_cod = prefix == "cod" or (prefix is None and len(digits) == _COD_DIGITS)
        is_ccdc = prefix == "ccdc" or (prefix is None and len(digits) in _CCDC_DIGITS)
        return Reading(
            name,
            cod_id=int(digits) if is_cod else None,
            ccdc_number=int(digits) if is_ccdc else None,
        )
    return Reading(name)


def _spreadsheet_number(text: str) -> str:
    """Undo what a spreadsheet does to a whole number, as far as no digit is lost."""
    if match := _WHOLE.fullmatch(text):
        return match[1]
    if (match := _SCIENTIFIC.fullmatch(text)) and len(match[2]) == int(match[3][:3]):
        return match[1] + match[2]
    return text


def doubt(text: str) -> str | None:
    """A warning where *text* can only be read as a name and looks like something else."""
    if not read_identifier(text).is_name:
        return None
    bare = text.strip()
    if normalise_doi(bare):
        return f"{bare!r} is a DOI and belongs in the column doi; here it is read as a name"
    for form, words in _FORMS:
        if form.fullmatch(bare):
            return f"{bare!r} looks like {words}, but is read as a name"
    return None
