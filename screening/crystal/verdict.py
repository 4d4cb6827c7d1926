"""Why a data block, or a whole file, is refused."""

from typing import Final

CODES: Final[dict[str, str]] = {
    "unreadable": "the file cannot be opened or read",
    "bad_archive": "the archive or compressed file, or a file in it, is damaged",
    "encrypted": "the file in the archive is encrypted",
    "archive_bomb": "the archive unpacks to far more than it holds",
    "nested_archive": "an archive inside an archive is not opened",
    "not_a_file": "a link or device in an archive",
    "reader_crashed": "the reading process died on this file",
    "reader_timeout": "reading the file took too long",
    "reader_memory": "reading the file took too much memory",
    "too_large": "the file is larger than the limit after decompression",
    "gzip": "the gzip stream is damaged or cut off",
    "encoding": "the text cannot be decoded",
    "nul_bytes": "the text holds NUL bytes",
    "syntax": "the text is not of the format that the file's name says",
    "empty": "there is no data block or molecule, or it holds no data",
    "duplicate_tag": "a data name that matters is given twice with different values",
    "no_coordinates": "there are no fractional atom coordinates, or only a drawing's",
    "atom_count": "a molecule has more or fewer atoms than its file says",
    "periodic": "a file of molecules gives a lattice: its atoms are a piece of a crystal",
    "bad_cell": "the unit cell is missing, unknown or impossible",
    "no_symmetry": "neither symmetry operations nor a usable space group are given",
    "bad_symmetry": "the symmetry operations or the space group make no sense",
    "bad_coordinates": "an atom's coordinates are unknown or not usable numbers",
    "unknown_element": "an atom's element cannot be told",
    "occupancy": "an occupancy is negative or clearly above one",
    "no_metal": "the structure holds no metal",
    "ionic_metal_only": "the only metals are alkali or heavy alkaline-earth ions",
    "overlapping_atoms": "atoms in or around a complex stand impossibly close",
    "lone_metal": "no non-metal is bonded to any metal",
    "polymer": "the metal-bearing part is infinite in one, two or three dimensions",
    "too_many_atoms": "the unit cell or the molecule exceeds the limit of atoms",
    "internal_error": "the program failed on this block; the reason holds the exception",
}
"""What each rejection code means."""


class RefusalError(Exception):
    """Ends the reading of one block; becomes a `Rejected`."""

    def __init__(self, code: str, reason: str) -> None:
        """Keep a code of `CODES` and a reason that names the tag, label or value."""
        super().__init__(reason)
        self.code = code
        self.reason = reason
