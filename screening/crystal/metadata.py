"""What a data block says of the determination: identifiers, publication, quality."""

import re

import gemmi

from screening.crystal.block import Block
from screening.crystal.complex import Determination
from screening.crystal.names import compound_name
from screening.crystal.numbers import number
from screening.elements import METALS, symbol

OXIDATION_NUMBER = "oxidation number of"
"""Before the symbol of an element, a key of what a file states."""
SYSTEMATIC_NAME = "systematic name"
"""Another such key: of the name that stands beside a common one."""
_METALS = frozenset(symbol(z) for z in METALS)
_ELEMENT = re.compile(r"[A-Za-z]{1,2}")
_REFCODE = re.compile(r"^[A-Z]{6}(\d{2})?$")
_CSD_BLOCK = re.compile(r"^(?:CSD_CIF_)?([A-Z]{6}(?:\d{2})?)$")
_CSD = re.compile(r"Cambridge\s+(?:#\s*)?(?:Structural|Crystallographic)|\bCSD\b|\bCCDC\b")
_DEPOSITED = re.compile(r"contains\W+crystal\W+structure\W+data\W+downloaded\W+from")
"""In the heading of a file as its authors deposited it, who named its blocks."""
_ORIGINS = ("_audit_creation_method", "_audit_update_record", "_computing_publication_material")
_COD = re.compile(r"Crystallography Open Database|crystallography\.net|\bCOD\b", re.IGNORECASE)
_COMPOUND_NAMES = ("_chemical_name_common", "_chemical_name_systematic")
_COD_ID = re.compile(r"^[1-9]\d{6}$")
_CCDC = re.compile(r"(?:^|CCDC[\s:#-]*)(\d{5,8})\b", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_YEARS = range(1900, 2101)


def read_metadata(
    block: Block, cell: gemmi.UnitCell, space_group: str | None, notes: list[str]
) -> Determination:
    """Collect the identifiers and the facts of the measurement; what is unknown stays None."""
    refcode = _refcode(block)
    cod_id = _cod_id(block)
    ccdc = _ccdc_number(block)
    names = _compound_names(block)
    return Determination(
        identifier=refcode
        or (str(cod_id) if cod_id else None)
        or (str(ccdc) if ccdc else None)
        or block.name,
        cell=(cell.a, cell.b, cell.c, cell.alpha, cell.beta, cell.gamma),
        space_group=space_group,
        refcode=refcode,
        cod_id=cod_id,
        ccdc_number=ccdc,
        doi=_doi(block),
        year=_year(block),
        compound_name=names[0] if names else None,
        formula_sum=_one_line(block.text("_chemical_formula_sum")),
        formula_moiety=_one_line(block.text("_chemical_formula_moiety")),
        temperature_k=_temperature(block, notes),
        r_factor=_r_factor(block, notes),
        is_synthetic=(block.text("_smmdb_synthetic") or "").lower() == "yes",
        stated=(*_oxidation_numbers(block), *((SYSTEMATIC_NAME, name) for name in names[1:])),
    )


def _oxidation_numbers(block: Block) -> tuple[tuple[str, str], ...]:
    """The oxidation number that the atom types give each metal: whole, above zero, and but one.

    Programs write 0 for every type where nobody stated any.
    """
    symbols = block.column("_atom_type_symbol") or []
    numbers = block.column("_atom_type_oxidation_number") or []
    found: dict[str, set[float | None]] = {}
    for text, value in zip(symbols, numbers, strict=False):
        match = _ELEMENT.match(text)
        element = match.group().capitalize() if match else ""
        if element in _METALS:
            found.setdefault(element, set()).add(number(value))
    each = {element: min(states, key=lambda n: n or 0) for element, states in found.items()}
    return tuple(
        (f"{OXIDATION_NUMBER} {element}", f"{state:g}")
        for element, state in sorted(each.items())
        if state is not None and state > 0 and state.is_integer() and len(found[element]) == 1
    )


def _one_line(value: str | None) -> str | None:
    return " ".join(value.split()) if value else None


def _compound_names(block: Block) -> list[str]:
    """The common name, by which a compound is called, and the systematic one where it differs."""
    names = (compound_name(block.text(tag)) for tag in _COMPOUND_NAMES)
    return list(dict.fromkeys(name for name in names if name is not None))


def _refcode(block: Block) -> str | None:
    """Read the refcode; a bare block name is one only in a file that speaks of the CSD."""
    for value in (block.text("_database_code_csd"), block.text("_refcode_csd")):
        if value is not None and _REFCODE.match(value.upper()):
            return value.upper()
    match = _CSD_BLOCK.match(block.name)
    if match is None:
        return None
    preamble = "" if _DEPOSITED.search(block.preamble) else block.preamble
    origin = "\n".join([preamble, *(block.text(tag) or "" for tag in _ORIGINS)])
    marked = block.name.startswith("CSD_CIF_") or "_database_code_csd" in block.columns
    return match.group(1) if marked or _CSD.search(origin) else None


def _cod_id(block: Block) -> int | None:
    value = block.text("_cod_database_code")
    if value is not None and _COD_ID.match(value):
        return int(value)
    if not _COD_ID.match(block.name):
        return None
    marked = any(tag.startswith("_cod_") for tag in block.columns)
    return int(block.name) if marked or _COD.search(block.preamble) else None


def _ccdc_number(block: Block) -> int | None:
    names = (
        "_database_code_depnum_ccdc_archive",
        "_ccdc_depnum_archive",
        "_ccdc_number",
        "_database_code_csd",  # some old files hold the deposition number here
    )
    for name in names:
        value = block.text(name)
        match = _CCDC.search(value) if value else None
        if match:
            return int(match.group(1))
    return None


def _doi(block: Block) -> str | None:
    for name in ("_journal_paper_doi", "_citation_doi", "_journal_article_doi", "_publ_doi"):
        value = block.text(name)
        match = _DOI.search(value) if value else None
        if match:
            return match.group().rstrip(".,;'\"")
    return None


def _year(block: Block) -> int | None:
    for name in ("_journal_year", "_citation_year"):
        value = number(block.text(name))
        if value is not None and int(value) in _YEARS:
            return int(value)
    return None


def _temperature(block: Block, notes: list[str]) -> float | None:
    for name in ("_diffrn_ambient_temperature", "_cell_measurement_temperature"):
        value = number((block.text(name) or "").rstrip("K").strip())
        if value is not None:
            if value > 0:
                return value
            notes.append(f"{name} {value:g} is no temperature in kelvin: left out")
    return None


def _r_factor(block: Block, notes: list[str]) -> float | None:
    names = ("_refine_ls_r_factor_gt", "_refine_ls_r_factor_obs", "_refine_ls_r_factor_all")
    for name in names:
        value = number(block.text(name))
        if value is None or value <= 0:
            continue
        if value < 1:
            return value
        if value < 100:
            notes.append(f"{name} {value:g} read as per cent")
            return value / 100
    return None
