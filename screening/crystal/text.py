"""Bytes of a CIF file to text."""

import codecs
import io
import zlib
from gzip import BadGzipFile, GzipFile

from screening.crystal.verdict import RefusalError

MAX_BYTES = 256 * 2**20
"""Largest text that is read; a gzip bomb stops here."""

_GZIP_MAGIC = b"\x1f\x8b"
_END_OF_FILE = "\x1a"  # Ctrl-Z, with which DOS programs end a text
_HEAD = 64
"""Bytes that tell UTF-16 without a mark."""


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    r"""Decompress (gzip) and decode; return the text and notes on what was unusual.

    UTF-8 or UTF-16 with or without mark, else latin-1, which is noted. NUL bytes behind the last
    line, with which old programs fill a file up, are left out. Line ends become \n, so that line
    numbers agree with an editor. Raises RefusalError.
    """
    notes: list[str] = []
    if data.startswith(_GZIP_MAGIC):
        data = _decompress(data)
        notes.append("gzip-compressed")
    if len(data) > MAX_BYTES:
        raise RefusalError("too_large", f"{len(data)} bytes; the limit is {MAX_BYTES}")
    text = _decode(data, notes)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.rstrip(_END_OF_FILE)
    if text.endswith("\0") and (filled := text.rstrip("\0" + _END_OF_FILE)):
        text = filled
        notes.append("NUL bytes behind the last line left out")
    return text, tuple(notes)


def _decompress(data: bytes) -> bytes:
    try:
        with GzipFile(fileobj=io.BytesIO(data)) as stream:
            plain = stream.read(MAX_BYTES + 1)
    except (BadGzipFile, EOFError, zlib.error) as error:
        raise RefusalError("gzip", f"the gzip stream cannot be read: {error}") from error
    if len(plain) > MAX_BYTES:
        raise RefusalError("too_large", f"more than {MAX_BYTES} bytes after decompression")
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
