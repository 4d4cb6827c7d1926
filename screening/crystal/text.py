"""Bytes of a CIF file to text."""

import codecs
import io
import zlib
from bz2 import BZ2File
from gzip import GzipFile
from lzma import LZMAError, LZMAFile

from screening.crystal.source import MAX_FILE_BYTES
from screening.crystal.verdict import RefusalError

_PACKINGS = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
"""First bytes of compressed files, and what each is."""
_ARCHIVES = {b"PK\x03\x04": "ZIP", b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!": "RAR"}
_END_OF_FILE = "\x1a"  # Ctrl-Z, with which DOS programs end a text
_MARK = "\ufeff"  # of UTF-8; files that were joined hold it inside too
_HEAD = 64
"""Bytes that tell UTF-16 without a mark."""


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    r"""Decompress (gzip, bzip2, xz) and decode; return the text and notes on what was unusual.

    UTF-8 or UTF-16 with or without mark, else latin-1, which is noted. NUL bytes behind the last
    line, with which old programs fill a file up, are left out. Line ends become \n, so that line
    numbers agree with an editor. Raises RefusalError.
    """
    notes: list[str] = []
    if (packing := _begins(data, _PACKINGS)) is not None:
        data = _decompress(data, packing)
        notes.append(f"{packing}-compressed")
    if (archive := _begins(data, _ARCHIVES)) is not None:
        what = "call it .zip" if archive == "ZIP" else "unpack it"
        raise RefusalError("bad_archive", f"not a text but a {archive} archive: {what}")
    if len(data) > MAX_FILE_BYTES:
        raise RefusalError("too_large", f"{len(data)} bytes; the limit is {MAX_FILE_BYTES}")
    text = _decode(data, notes)
    if _MARK in text:
        text = text.replace(_MARK, "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.rstrip(_END_OF_FILE)
    if text.endswith("\0") and (filled := text.rstrip("\0" + _END_OF_FILE)):
        text = filled
        notes.append("NUL bytes behind the last line left out")
    return text, tuple(notes)


def _begins(data: bytes, kinds: dict[bytes, str]) -> str | None:
    return next((kind for start, kind in kinds.items() if data.startswith(start)), None)


def _opened(stream: io.BytesIO, packing: str) -> GzipFile | BZ2File | LZMAFile:
    if packing == "gzip":
        return GzipFile(fileobj=stream)
    return BZ2File(stream) if packing == "bzip2" else LZMAFile(stream)


def _decompress(data: bytes, packing: str) -> bytes:
    try:
        with _opened(io.BytesIO(data), packing) as stream:
            plain = stream.read(MAX_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error, LZMAError) as error:
        code = "gzip" if packing == "gzip" else "bad_archive"
        raise RefusalError(code, f"the {packing} stream cannot be read: {error}") from error
    if len(plain) > MAX_FILE_BYTES:
        raise RefusalError("too_large", f"more than {MAX_FILE_BYTES} bytes after decompression")
    return plain


def _decode(data: bytes, notes: list[str]) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        notes.append("UTF-16 text")
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise RefusalError("encoding", f"UTF-16 mark, but not UTF-16: {error}") from error
    if (encoding := _utf16_without_mark(data[:_HEAD])) is not None:
        notes.append("UTF-16 text without a mark")
        return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append("not UTF-8; read as latin-1")
        return data.decode("latin-1")


def _utf16_without_mark(head: bytes) -> str | None:
    """Tell by the NUL byte that every second byte of an English text is then."""
    first, second = head[::2], head[1::2]
    if not first or len(first) != len(second):
        return None
    if not second.strip(b"\0") and 0 not in first:
        return "utf-16-le"
    return "utf-16-be" if not first.strip(b"\0") and 0 not in second else None
