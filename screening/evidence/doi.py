"""DOI: one spelling for the many that people write."""

import re

_PREFIX = re.compile(r"^(?:https?://)?(?:dx\.|www\.)?(?:doi\.org/|doi:?\s*)?", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_SENTENCE = ".,;:!\"'"
_BRACKETS = (("(", ")"), ("[", "]"), ("<", ">"))


def normalise_doi(text: str) -> str | None:
    """The DOI in lower case without resolver or `doi:`; None if *text* holds no DOI.

    DOIs are case-insensitive (DOI Handbook, section on case sensitivity). What a sentence or a
    link leaves behind a DOI (a full stop, a bracket that nothing opens) is no part of it.
    """
    bare = _PREFIX.sub("", text.strip(), count=1).lower()
    while (shorter := _without_end(bare)) != bare:
        bare = shorter
    return bare if _DOI.fullmatch(bare) else None


def _without_end(doi: str) -> str:
    for opening, closing in _BRACKETS:
        if doi.endswith(closing) and doi.count(closing) > doi.count(opening):
            return doi[:-1]
    return doi.rstrip(_SENTENCE)
