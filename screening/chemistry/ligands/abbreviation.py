"""Abbreviations: what chemists write for a ligand class."""

from collections.abc import Mapping
from typing import Final

ABBREVIATIONS: Final[Mapping[str, str]] = {
    "acac": "beta-diketonate",
    "bipy": "2,2'-bipyridine",
    "bpy": "2,2'-bipyridine",
    "cat": "catecholate",
    "cot": "cyclooctatetraenyl",
    "cp": "cyclopentadienyl",
    "diketonate": "beta-diketonate",
    "dtc": "dithiocarbamate",
    "nacnac": "beta-diketiminate",
    "nhc": "n-heterocyclic carbene",
    "oac": "carboxylate",
    "pc": "phthalocyanine",
    "phen": "1,10-phenanthroline",
    "pom": "polyoxometalate",
    "por": "porphyrin",
    "py": "pyridine",
    "sq": "semiquinonate",
    "terpy": "terpyridine",
    "tp": "scorpionate",
    "tpy": "terpyridine",
}
"""Class by abbreviation in small letters; a class that a ligand of this name belongs to."""
