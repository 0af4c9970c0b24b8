"""Tables that R saved (``save()``: ``.rda``, ``.RData``), as far as data frames of numbers, texts and factors go.

The format is R's own (R Internals, section 1.8, "Serialization Formats"): XDR, big endian. Each item begins with an integer whose
lowest byte is its type and whose bits 9 and 10 say that attributes and a tag follow. Names (symbols) are numbered as they come,
for later items to refer to.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import polars as pl

from assets.errors import Quarantine

MAGIC = (b"RDX2\nX\n", b"RDX3\nX\n")
_SYMBOL, _PAIRS, _TEXT, _LOGICAL, _INTEGER, _REAL, _TEXTS, _LIST, _NULL, _REFERENCE = 1, 2, 9, 10, 13, 14, 16, 19, 254, 255
_ATTRIBUTES, _TAG = 0x200, 0x400
_NUMBERS = {_LOGICAL: ">i4", _INTEGER: ">i4", _REAL: ">f8"}


class _Items:
    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at
        self.symbols: list[str] = []

    def integer(self) -> int:
        self.at += 4
        return int(struct.unpack_from(">i", self.data, self.at - 4)[0])

    def item(self) -> tuple[Any, dict[str, Any]]:
        """The next item and its attributes: of a pair list a dict by tag."""
        flags = self.integer()
        kind = flags & 0xFF
        if kind == _NULL:
            return None, {}
        if kind == _REFERENCE:
            return self.symbols[(flags >> 8 or self.integer()) - 1], {}
        if kind == _SYMBOL:
            self.symbols.append(self.item()[0])
            return self.symbols[-1], {}
        if kind == _TEXT:
            return self._text(), {}
        if kind == _PAIRS:
            return self._pairs(flags), {}
        n = self.integer()
        value: Any
        if kind in _NUMBERS:
            value = np.frombuffer(self.data, _NUMBERS[kind], n, self.at)
            self.at += value.nbytes
        elif kind == _TEXTS:
            value = [self._text() for _ in range(n) if self.integer() is not None]
        elif kind == _LIST:
            value = [self.item() for _ in range(n)]
        else:
            raise ValueError(f"type {kind}")
        return value, self.item()[0] or {} if flags & _ATTRIBUTES else {}

    def _text(self) -> str | None:
        n = self.integer()
        if n < 0:
            return None
        self.at += n
        return self.data[self.at - n : self.at].decode("utf-8", "replace")

    def _pairs(self, flags: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while flags & 0xFF == _PAIRS:
            if flags & _ATTRIBUTES:
                self.item()
            tag = self.item()[0] if flags & _TAG else ""
            found[tag] = self.item()
            flags = self.integer()
        return found


def frames_of(name: str, data: bytes, kept: str) -> dict[str, pl.DataFrame]:
    """The data frames of an unpacked file by name, factors as texts. Raises Quarantine: no such file, cut, or something else."""
    try:
        items = _Items(data, data.index(b"X\n") + 2)
        version = items.integer()
        items.at += 8
        if version == 3:  # the encoding of its texts
            items.at += items.integer()
        return {table: pl.DataFrame(_columns(*item)) for table, item in items.item()[0].items()}
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        struct.error,
        RecursionError,
        pl.exceptions.PolarsError,
    ) as e:
        raise Quarantine(f"{name} is no whole file of tables saved by R ({e}). {kept}") from e


def _columns(columns: list[tuple[Any, dict[str, Any]]], about: dict[str, Any]) -> dict[str, pl.Series]:
    found = {}
    for column, (values, said) in zip(about["names"][0], columns, strict=True):
        if "levels" in said:
            levels = dict(enumerate(said["levels"][0], start=1))
            series = pl.Series(values.astype("=i4")).replace_strict(levels, default=None, return_dtype=pl.String)
        else:
            series = pl.Series(values.astype(values.dtype.newbyteorder("=")) if isinstance(values, np.ndarray) else values)
        found[column] = series
    return found
