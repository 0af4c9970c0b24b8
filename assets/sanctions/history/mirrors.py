"""Folds that add to ``fold_compared`` what a list is among the others: a mirror of them, or a record that keeps what has ended.

The facts on mirrors are those of list_mirrors.csv.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import polars as pl

from assets.contracts import Folded, History, StagedSnapshot
from assets.days import last_instant, last_instants
from assets.sanctions.facts.lists import list_mirrors
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.history.coverage import TABLE as COVERAGE
from assets.sanctions.history.coverage import of_record
from assets.sanctions.history.versioned_rows import frame_of, sorted_by_key

TABLE = "list_mirrors"


def fold_mirror(list_id: str, history: History, snapshots: Iterable[StagedSnapshot], *, is_record: bool = False) -> Folded:
    """``fold_compared`` for a list that repeats others: with its own rows of ``core.list_mirrors``."""
    folded = fold_compared(list_id, history, snapshots, is_record=is_record)
    return replace(folded, open=folded.open | {TABLE: list_mirrors().filter(pl.col("mirror_list_id") == list_id)})


def fold_record(list_id: str, history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """``fold_mirror`` for a record of notices that only grows: what has ended keeps its row, with its end.

    Such a record says who was listed on every day since its first notice, so it covers these days, and not only those since
    the first snapshot. An end that a notice of its own brought was not known before it. What vanishes without an end was
    written down by mistake: it is known no longer, and no event tells of it; nor does one of any other correction.
    """
    folded = _ends_known_on_their_day(fold_mirror(list_id, history, snapshots, is_record=True))
    listings = [folded.open["sanction_listings"], folded.closed["sanction_listings"]]
    first = pl.concat(frame.select("valid_from") for frame in listings)["valid_from"].min()
    days = folded.open["sanction_lists"].with_columns(
        pl.min_horizontal("covered_from", pl.lit(first, pl.Date)).alias("covered_from")
    )
    spans = folded.open[COVERAGE].filter(covers="both").sort("covered_to")
    if isinstance(first, date) and spans.height:
        until, snapshot_id = spans.select(pl.col("covered_to").dt.offset_by("-1d"), "snapshot_id").row(-1)
        row = of_record(list_id, first, until, last_instant(first), snapshot_id)
        folded.open[COVERAGE] = frame_of(COVERAGE, [row])
        folded.closed[COVERAGE] = folded.closed[COVERAGE].clear()
    return replace(folded, open=folded.open | {"sanction_lists": days})


def _ends_known_on_their_day(folded: Folded) -> Folded:
    """Split listings, and their programs, that are known since a notice and ended by a later one: until then without an end."""
    until = folded.open["sanction_lists"]["covered_until"].max()
    ended_at = last_instants(pl.col("valid_to"))
    listings = folded.open["sanction_listings"].filter(valid_to_basis="official_notice", known_basis="publication")
    late = listings.filter(ended_at > pl.col("known_from"), pl.col("valid_to") <= until).select("listing_id", "known_from")
    opened, closed = {}, {}
    for name, ends in (
        ("sanction_listings", ("valid_to", "valid_to_earliest", "valid_to_basis")),
        ("sanction_programs", ("valid_to",)),
    ):
        rows, key = folded.open[name], ["listing_id", "known_from"]
        mine = rows.join(late, on=key, how="semi")
        without_end = mine.with_columns(ended_at.alias("known_to"), *(pl.lit(None, rows.schema[c]).alias(c) for c in ends))
        opened[name] = pl.concat([rows.join(late, on=key, how="anti"), mine.with_columns(ended_at.alias("known_from"))])
        closed[name] = pl.concat([folded.closed[name], without_end])
    sort = {name: sorted_by_key(name, frame) for name, frame in opened.items()}
    return replace(folded, open=folded.open | sort, closed=folded.closed | closed)
