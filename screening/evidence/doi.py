"""DOI: one spelling for the many that people write."""

import re

_PREFIX = re.compile(r"^(?:https?://)?(?:dx\.)?(?:doi\.org/|doi:?\s*)?", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")


def normalise_doi(text: str) -> str | None:
    """The DOI in lower case without resolver or `doi:`; None if *text* holds no DOI.

    DOIs are case-insensitive (DOI Handbook, section on case sensitivity).
    """
    bare = _PREFIX.sub("", text.strip(), count=1).lower()
    return bare if _DOI.fullmatch(bare) else None
