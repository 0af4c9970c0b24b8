"""Bitemporal history by comparing snapshots: the rule that all domains share.

Open rows carry ``known_from`` and ``known_to`` (NULL). A snapshot either confirms an open row, replaces it by another
version, or brings a new key; what it does not hold is left to the caller, since absence means something else in each
source. Only changes are stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from assets.contracts import Folded, History, StagedSnapshot
from assets.schema import table


@dataclass(frozen=True)
class Revision:
    """Outcome of comparing a snapshot with the open rows, all frames in the columns of the open rows.

    ``unchanged``: open rows that the snapshot confirms, as they were. ``superseded``: open rows that another version
    replaces. ``replacing``: those other versions, as the snapshot gives them. ``new``: rows whose key was not open.
    ``absent``: open rows whose key the snapshot does not hold.
    """

    unchanged: pl.DataFrame
    superseded: pl.DataFrame
    replacing: pl.DataFrame
    new: pl.DataFrame
    absent: pl.DataFrame


def compare(
    open_rows: pl.DataFrame, seen: pl.DataFrame, *, key: Sequence[str], values: Sequence[str], tolerance: float = 0.0
) -> Revision:
    """Compare the rows of a snapshot with the open rows.

    Args:
        open_rows: current rows, one per key.
        seen: rows of the snapshot, one per key, with at least ``key`` and ``values``.
        key: columns that identify a fact; none is NULL.
        values: columns whose change makes another version. NULL equals NULL.
        tolerance: floats that differ by no more are equal (sources re-write the same number with fewer digits).

    Returns:
        The five groups. Together ``unchanged``, ``superseded`` and ``absent`` are ``open_rows``;
        ``unchanged``, ``replacing`` and ``new`` have one row per row of ``seen``.
    """
    keys = list(key)
    old = open_rows.with_row_index("_open")
    new = seen.with_row_index("_seen")
    both = old.select("_open", *keys, *values).join(
        new.select("_seen", *keys, *values), on=keys, how="full", coalesce=True, suffix="_new"
    )
    differs = pl.any_horizontal(
        [
            ~(
                (pl.col(v) - pl.col(f"{v}_new")).abs().le(tolerance).fill_null(pl.col(v).eq_missing(pl.col(f"{v}_new")))
                if tolerance and open_rows.schema[v].is_float()
                else pl.col(v).eq_missing(pl.col(f"{v}_new"))
            )
            for v in values
        ]
    )
    known, held = pl.col("_open").is_not_null(), pl.col("_seen").is_not_null()
    marked = both.select("_open", "_seen", known.alias("known"), held.alias("held"), differs.alias("differs"))

    def pick(frame: pl.DataFrame, index: str, rows: pl.Expr) -> pl.DataFrame:
        return frame[marked.filter(rows)[index].sort()].drop(index)

    return Revision(
        unchanged=pick(old, "_open", known & held & ~pl.col("differs")),
        superseded=pick(old, "_open", known & held & pl.col("differs")),
        replacing=pick(new, "_seen", known & held & pl.col("differs")),
        new=pick(new, "_seen", ~known),
        absent=pick(old, "_open", ~held),
    )


def close(rows: pl.DataFrame, known_to: datetime) -> pl.DataFrame:
    """Return ``rows`` as superseded from ``known_to`` (naive UTC) on."""
    return rows.with_columns(pl.lit(known_to).cast(rows.schema["known_to"]).alias("known_to"))


def fold_whole(
    source: str,
    tables: Mapping[str, tuple[str, Sequence[str], Sequence[str]]],
    history: History,
    snapshots: Iterable[StagedSnapshot],
) -> Folded:
    """Fold snapshots that each hold a table whole, in order of retrieval.

    A key that one lacks is closed, another value is a new version. A snapshot without a row of a table (a layout that has it
    not) says nothing of it.

    Args:
        source: id of the source.
        tables: bare name of each table, with its staged frame (``row``, its key and its values), the key and the values.
        history: what earlier folds left; only its open rows are read.
        snapshots: accepted ones.
    """
    standing = {name: history.open(name) for name in tables}
    ended: dict[str, list[pl.DataFrame]] = {name: [table(f"core.{name}").empty()] for name in tables}
    for snapshot in snapshots:
        for name, (frame, key, values) in tables.items():
            if snapshot.frames[frame].is_empty():
                continue
            seen = (
                snapshot.frames[frame]
                .rename({"row": "row_number"})
                .with_columns(
                    known_from=pl.lit(snapshot.retrieved_at, pl.Datetime("us")),
                    source=pl.lit(source),
                    snapshot_id=pl.lit(snapshot.snapshot_id),
                )
            )
            found = compare(standing[name], table(f"core.{name}").conform(seen), key=key, values=values)
            standing[name] = pl.concat([found.unchanged, found.replacing, found.new])
            ended[name].append(close(pl.concat([found.superseded, found.absent]), snapshot.retrieved_at))
    return Folded(open=standing, closed={name: pl.concat(rows) for name, rows in ended.items()})
