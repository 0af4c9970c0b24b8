"""Input text from people, a file or standard input, in whatever encoding their tools write."""

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from assets.errors import BilateralError
from pipelines.cli.app import tell

_FALLBACK = "cp1252"
"""What text that is not UTF-8 is read as: the Latin-1 of Windows. Bytes that it has no letter for are those of Latin-1."""


@contextmanager
def lines_of(file: str | None) -> Iterator[Iterator[str]]:
    """Lines of a file, or of standard input (None, ``-``), without line breaks. Raises BilateralError where it cannot be read.

    UTF-8 with or without its mark, UTF-16 with its mark or plainly so by its zeros; a line that is neither is read as the
    Latin-1 of Windows, and that is said once on standard error.
    """
    if file is None or file == "-":
        yield _decoded(getattr(sys.stdin, "buffer", None) or io.BytesIO(sys.stdin.read().encode()), "standard input")
        return
    try:
        with Path(file).open("rb") as opened:
            yield _decoded(opened, file)
    except OSError as error:
        raise BilateralError(f"{file} cannot be read: {error.strerror}") from error


def text_of(file: str) -> str:
    """The whole text of a file or of standard input (``-``), read as ``lines_of`` does."""
    with lines_of(file) as lines:
        return "\n".join(lines)


def as_text(argument: str) -> str:
    """An argument of the command line as text, whatever the locale says it is in: UTF-8, else the Latin-1 of Windows."""
    try:
        data = os.fsencode(argument)
    except UnicodeEncodeError:
        return argument  # not from a command line
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _of_windows(data)


def _decoded(stream: BinaryIO, name: str) -> Iterator[str]:
    try:
        first = stream.readline()
        wide = _utf_16(first)
        if wide is not None:
            # a line of UTF-16 does not end with the byte of a line break: the whole is read
            text = (first + stream.read()).decode(wide)
            yield from text.removeprefix("\ufeff").splitlines()
            return
        first = first.removeprefix(codecs.BOM_UTF8)
        was_said, number, line = False, 0, first
        while line:
            number += 1
            bare = line.removesuffix(b"\n").removesuffix(b"\r")
            try:
                yield bare.decode("utf-8")
            except UnicodeDecodeError:
                if not was_said:
                    tell(f"{name}, line {number:,}: not UTF-8; it is read as Windows-1252 (Latin-1), as are others like it")
                was_said = True
                yield _of_windows(bare)
            line = stream.readline()
    except UnicodeDecodeError as error:
        raise BilateralError(f"{name}: begins as UTF-16 and is none: {error.reason} at byte {error.start:,}") from error
    except OSError as error:
        raise BilateralError(f"{name} cannot be read: {error.strerror}") from error


def _of_windows(data: bytes) -> str:
    try:
        return data.decode(_FALLBACK)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _utf_16(first: bytes) -> str | None:
    """The kind of UTF-16 that a first line is in; None where it is in none."""
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # JSON and names begin with a letter of ASCII more often than not: every other byte is zero then
    if len(first) >= 4 and first[1] == first[3] == 0 != first[0]:
        return "utf-16-le"
    if len(first) >= 4 and first[0] == first[2] == 0 != first[1]:
        return "utf-16-be"
    return None
