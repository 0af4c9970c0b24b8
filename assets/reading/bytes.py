"""Bytes as text: which encoding a file is in, whether it holds anything, and whether it is markup."""

from __future__ import annotations

import codecs
from typing import Literal

from assets.errors import Quarantine

Errors = Literal["strict", "replace"]

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOTHING = b" \t\r\n\0" + codecs.BOM_UTF8 + codecs.BOM_UTF16_LE
"""White space, NUL (every second byte of UTF-16 is one) and the bytes of byte order marks."""
_HEAD = 4_096


def decode(data: bytes, *, encoding: str = "utf-8", legacy: str | None = "cp1252", errors: Errors = "strict") -> str:
    """Text without its byte order mark. A mark (of UTF-8 or UTF-16) counts more than anything else.

    Args:
        data: the bytes of a file.
        encoding: of a file without a mark: what it declares, or what holds by default.
        legacy: tried where ``encoding`` does not fit: the code page of Windows, in which spreadsheets save copies. None: nothing.
        errors: what is done with bytes that fit nothing: refuse the file (``strict``), or replace them by U+FFFD.

    Raises:
        UnicodeDecodeError: with ``strict``, where the bytes are text in none of the encodings.
        LookupError: ``encoding`` is the name of none.
    """
    if is_utf_16(data):
        return data.decode("utf-16", errors)
    if data.startswith(codecs.BOM_UTF8) or encoding == "utf-8":
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        if legacy is None and errors == "strict":
            raise
    return data.decode(legacy or encoding, errors)


def is_utf_16(data: bytes) -> bool:
    """Whether the bytes begin with a mark of UTF-16."""
    return data.startswith(_UTF_16)


def read_text(name: str, data: bytes, kept: str, *, legacy: str | None = "cp1252", errors: Errors = "strict") -> str:
    """A file as text.

    Args:
        name: of the file.
        data: its bytes.
        kept: what stands after a refusal, and what to do.
        legacy: as in ``decode``.
        errors: as in ``decode``.

    Raises:
        Quarantine: it is empty, a web page or XML, or text in no encoding.
    """
    refuse_blank(name, data, kept)
    if begins_as_markup(data):
        begin = decode(data[:100], errors="replace").lstrip()[:40]
        raise Quarantine(f"{name} is a web page or XML, not the list or table: it begins with {begin!r}. {kept}")
    return decoded(name, data, kept, legacy=legacy, errors=errors)


def decoded(name: str, data: bytes, kept: str, *, legacy: str | None = "cp1252", errors: Errors = "strict") -> str:
    """As ``read_text``, whatever the text is. Raises Quarantine where it is text in no encoding."""
    try:
        return decode(data, legacy=legacy, errors=errors)
    except UnicodeDecodeError as error:
        tried = "UTF-8 nor in UTF-16" if legacy is None else "UTF-8 nor in UTF-16 nor in Windows-1252"
        raise Quarantine(f"{name}: from byte {error.start:,} on it is text neither in {tried}: it is damaged. {kept}") from error


def refuse_blank(name: str, data: bytes, kept: str) -> None:
    """Raise Quarantine where a file holds no character: the answer failed, and does not say that nothing is left."""
    if is_blank(data):
        raise Quarantine(
            f"{name} is empty ({len(data):,} bytes): that the file is blank does not say that nothing is left. {kept}"
        )


def is_blank(data: bytes) -> bool:
    """Whether there is nothing but white space, NUL and byte order marks."""
    return not first_sign(data) and not data.strip(_NOTHING)


def begins_as_markup(data: bytes) -> bool:
    """Whether the first sign is ``<``: a web page, or XML. The beginning of a file is enough."""
    return first_sign(data) == b"<"


def first_sign(data: bytes) -> bytes:
    """The first byte that is neither white space nor part of a byte order mark; empty where the beginning holds none."""
    return data[:_HEAD].lstrip(_NOTHING)[:1]
