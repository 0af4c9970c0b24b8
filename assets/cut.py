"""Rows of files that were cut to facts: what was cut is unknown, not empty."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from assets.contracts import Staged


def as_cut(staged: Staged, unknown: Collection[str]) -> Staged:
    """What a reader gave of files that were cut, without the frames and columns of which nothing is known any more.

    Args:
        staged: of the reader.
        unknown: frames, and columns as ``frame.column``.

    Returns:
        The same with the fact ``is_cut``. A column of listings is dropped, for which what was known stays; of another frame it is
        NULL.
    """
    frames = {name: frame for name, frame in staged.frames.items() if name not in unknown}
    for name, column in (what.split(".") for what in unknown if "." in what):
        if column in (frame := frames.get(name, pl.DataFrame())).columns:
            nothing = pl.lit(None, frame.schema[column]).alias(column)
            frames[name] = frame.drop(column) if name == "listings" else frame.with_columns(nothing)
    return replace(staged, frames=frames, facts=staged.facts | {"is_cut": True})
