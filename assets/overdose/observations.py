"""What each vintage of overdose counts changes in what was known: the fold into ``core.overdose_observations``.

Belongs here: revisions, withdrawals, New York State as the sum of its two parts, and which series each vintage held
(``core.overdose_vintages``). Does not: reading files (``vsrr``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import polars as pl

from assets.contracts import Folded, History, StagedSnapshot
from assets.history import close, compare
from assets.overdose.vsrr import DATASET, KEY
from assets.schema import table

TABLE = "overdose_observations"
VINTAGES = "overdose_vintages"
SOURCE = "us_cdc_vsrr"

_KEY = (*KEY, "basis")
# Completeness and the provisional mark are provenance of the row that brought the value: a change of these alone is no
# revision of what was known. The source re-writes percents with fewer digits (80.8766281589967, then 80.876628159).
_VALUES = ("value", "missing_reason")
_TOLERANCE = 1e-6

# Deaths that occur in the place, of residents or not.
_COUNTS_BY = "occurrence"

_NEW_YORK = "US-NY"
_NEW_YORK_PARTS = ("US-NY-XNYC", "US-NY-NYC")


def fold(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Fold accepted vintages, in order of retrieval, into the observations.

    Args:
        history: what earlier folds left; only its open rows are read, so that the cost is that of the vintages.
        snapshots: frames ``observations`` and ``unreadable`` of ``vsrr.stage``.

    Returns:
        All open rows, and the rows closed by these vintages. A key has exactly one open row from its first vintage on.
        The series that each vintage holds are facts of that vintage: closed rows, one that repeats another has its own.
    """
    declared = {name: table(f"core.{name}") for name in (TABLE, VINTAGES)}
    standing, ended, held = history.open(TABLE), [declared[TABLE].empty()], [declared[VINTAGES].empty()]
    last = history.notes.get("last_retrieved_at")
    for snapshot in snapshots:
        known = _known(snapshot, last)
        standing, closed = _apply(standing, snapshot, known)
        ended.append(closed)
        held.append(declared[VINTAGES].conform(_held(snapshot, known)))
        last = snapshot.retrieved_at.isoformat()
    return Folded(
        open={TABLE: declared[TABLE].conform(standing)},
        closed={TABLE: declared[TABLE].conform(pl.concat(ended)), VINTAGES: declared[VINTAGES].conform(pl.concat(held))},
        notes={"last_retrieved_at": last},
    )


class _Known(NamedTuple):
    """Since when a vintage was known, and how that is known."""

    at: datetime
    basis: str


def _known(snapshot: StagedSnapshot, last: str | None) -> _Known:
    """The update that the portal states, where it lies between the retrieval before and this one; else the retrieval.

    What differs from the vintage before cannot have been out when that one was retrieved, whatever is stated.
    """
    stated, newest = snapshot.facts.get("rows_updated_at"), snapshot.facts.get("max_period")
    if stated is not None and (last is None or stated > last) and (newest is None or stated > newest):
        moment = datetime.fromisoformat(stated)
        if moment <= snapshot.retrieved_at:
            return _Known(moment, "publication")
    return _Known(snapshot.retrieved_at, "snapshot")


def _apply(standing: pl.DataFrame, snapshot: StagedSnapshot, known: _Known) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that are current after a vintage, and those that it ended."""
    rows = snapshot.frames["observations"]
    published, derived = standing.filter(~pl.col("is_derived")), standing.filter("is_derived")

    seen = _complete_row(_seen(rows, published, snapshot.facts), snapshot, known)
    revision = compare(published, seen, key=_KEY, values=_VALUES, tolerance=_TOLERANCE)
    gone = _gone(revision.absent, snapshot).select(_KEY) if snapshot.complete else revision.absent.select(_KEY).clear()
    withdrawn = revision.absent.join(gone, on=_KEY, how="semi")
    published = pl.concat(
        [
            revision.unchanged,
            revision.absent.join(gone, on=_KEY, how="anti"),
            revision.replacing,
            revision.new,
            _complete_row(withdrawn.select(*_KEY, "unit", missing_reason=pl.lit("withdrawn")), snapshot, known),
        ]
    )

    sums = _complete_row(_new_york(published), snapshot, known)
    derivation = compare(derived, sums, key=_KEY, values=_VALUES, tolerance=_TOLERANCE)
    standing = pl.concat([published, derivation.unchanged, derivation.absent, derivation.replacing, derivation.new])
    ended = pl.concat([revision.superseded, withdrawn, derivation.superseded])
    return standing, close(ended, known.at)


def _seen(rows: pl.DataFrame, published: pl.DataFrame, facts: Mapping[str, Any]) -> pl.DataFrame:
    """Observations that a vintage states: reported, predicted, and predicted values that it no longer shows.

    An empty predicted cell is a statement only where a predicted value was known before: for most series there never is one.
    A vintage without the column says nothing about predicted values, unless it now hides the reported one; a transcription
    says nothing by an empty cell.
    """
    speaks = facts["has_predicted"] and not facts["is_transcription"]
    hidden = pl.col("missing_reason").fill_null("").is_in(["low_quality", "suppressed", "low_quality_and_suppressed"])
    stood = published.filter((pl.col("basis") == "predicted") & pl.col("value").is_not_null()).select(KEY)
    emptied = (
        rows.filter(pl.col("predicted").is_null() & ~pl.col("is_leak") & (pl.lit(speaks) | hidden))
        .join(stood, on=KEY, how="semi")
        .with_columns(
            basis=pl.lit("predicted"),
            value=pl.lit(None, pl.Float64),
            missing_reason=pl.col("missing_reason").fill_null("not_published"),
        )
    )
    return pl.concat([_stated(rows, facts), emptied]).rename({"row": "row_number"}).drop("predicted", "is_leak")


def _stated(rows: pl.DataFrame, facts: Mapping[str, Any]) -> pl.DataFrame:
    """Observations that a vintage states whatever was known before it: reported ones, and predicted ones where it prints them."""
    reported = rows.with_columns(basis=pl.lit("reported"))
    if facts["is_transcription"]:
        reported = reported.filter(pl.col("value").is_not_null())
    predicted = rows.filter(pl.col("predicted").is_not_null() | pl.col("is_leak")).with_columns(
        basis=pl.lit("predicted"), value=pl.col("predicted"), missing_reason=pl.when("is_leak").then("missing_reason")
    )
    return pl.concat([reported, predicted])


def _held(snapshot: StagedSnapshot, known: _Known) -> pl.DataFrame:
    """First and last month of each series of a vintage, in how many months between them it has a row, and the last closed one.

    A month of New York State is one that both of its parts have.
    """
    closed = pl.when(~pl.col("is_provisional") & (pl.col("basis") == "reported")).then("period_end")
    months = _stated(snapshot.frames["observations"], snapshot.facts).select(*_KEY, "unit", closed=closed)
    parts = months.filter((pl.col("unit") == "deaths") & pl.col("actor_id").is_in(_NEW_YORK_PARTS))
    # a key occurs once in a vintage
    whole = parts.group_by([c for c in _KEY if c != "actor_id"]).agg(
        n_parts=pl.len(), closed=pl.when(pl.col("closed").is_not_null().all()).then(pl.col("closed").first())
    )
    new_york = whole.filter(pl.col("n_parts") == len(_NEW_YORK_PARTS)).select(
        pl.lit(_NEW_YORK).alias("actor_id"), *[c for c in _KEY if c != "actor_id"], "closed"
    )
    return (
        pl.concat([months.select(*_KEY, "closed"), new_york.select(*_KEY, "closed")])
        .group_by([c for c in _KEY if c != "period_end"])
        .agg(
            first_period_end=pl.col("period_end").min(),
            last_period_end=pl.col("period_end").max(),
            n_periods=pl.len(),
            last_closed_period_end=pl.col("closed").max(),
        )
        .sort([c for c in _KEY if c != "period_end"])
        .with_columns(
            source=pl.lit(SOURCE),
            snapshot_id=pl.lit(snapshot.snapshot_id),
            known_from=pl.lit(known.at, pl.Datetime("us")),
            vintage_scope=pl.lit("complete" if snapshot.complete else "partial"),
            counts_by=pl.lit(_COUNTS_BY),
        )
    )


def _gone(absent: pl.DataFrame, snapshot: StagedSnapshot) -> pl.DataFrame:
    """Open rows that a complete vintage withdraws: it holds their key in no basis, and no row that may have been theirs.

    Rows that are withdrawn already stay as they are. An unreadable row keeps every key that it may have had.
    """
    gone = absent.filter(pl.col("missing_reason").ne_missing("withdrawn")).join(
        snapshot.frames["observations"], on=KEY, how="anti"
    )
    unreadable = snapshot.frames["unreadable"].select(KEY).unique()
    for legible in unreadable.select(pl.concat_list(pl.all().is_not_null()).alias("legible"))["legible"].unique(
        maintain_order=True
    ):
        known = [column for column, is_known in zip(KEY, legible, strict=True) if is_known]
        if not known:
            return gone.clear()
        same = unreadable.filter(pl.all_horizontal(pl.col(c).is_not_null() == (c in known) for c in KEY))
        gone = gone.join(same, on=known, how="anti")
    return gone


def _new_york(published: pl.DataFrame) -> pl.DataFrame:
    """New York State as people mean it, from the open rows of the city and of the state without it; counts only.

    Known as long as both parts are; NULL where a part is, for the reason of that part.
    """
    counts = published.filter((pl.col("unit") == "deaths") & pl.col("actor_id").is_in(_NEW_YORK_PARTS))
    state, city = (counts.filter(pl.col("actor_id") == part) for part in _NEW_YORK_PARTS)
    key = [column for column in _KEY if column != "actor_id"]
    return state.join(city, on=key, suffix="_city").select(
        *key,
        "unit",
        actor_id=pl.lit(_NEW_YORK),
        value=pl.col("value") + pl.col("value_city"),
        missing_reason=pl.coalesce("missing_reason", "missing_reason_city"),
        is_provisional=pl.any_horizontal("is_provisional", "is_provisional_city"),
        is_derived=pl.lit(True),
    )


def _complete_row(rows: pl.DataFrame, snapshot: StagedSnapshot, known: _Known) -> pl.DataFrame:
    """Give rows the columns that a vintage determines, and the declared form."""
    month_after = pl.col("period_end").dt.offset_by("1d")
    is_derived = pl.col("is_derived") if "is_derived" in rows.columns else pl.lit(False)
    return table(f"core.{TABLE}").conform(
        rows.with_columns(
            period_start=month_after.dt.offset_by("-12mo"),
            is_derived=is_derived,
            vintage_scope=pl.lit("complete" if snapshot.complete else "partial"),
            counts_by=pl.lit(_COUNTS_BY),
            known_from=pl.lit(known.at, pl.Datetime("us")),
            known_basis=pl.lit(known.basis),
            source=pl.lit(SOURCE),
            dataset=pl.lit(DATASET),
            snapshot_id=pl.lit(snapshot.snapshot_id),
        )
    )


# exports of closed files ----------------------------------------------------------------------------------------------

EXPORTED = pl.Schema(
    [
        ("file", pl.String),
        ("row", pl.Int64),
        ("dataset", pl.String),
        ("actor_id", pl.String),
        ("measure", pl.String),
        ("drug", pl.String),
        ("basis", pl.String),
        ("counts_by", pl.String),
        ("unit", pl.String),
        ("period_start", pl.Date),
        ("period_end", pl.Date),
        ("value", pl.Float64),
        ("missing_reason", pl.String),
        ("is_provisional", pl.Boolean),
        ("is_partial", pl.Boolean),
        ("is_query_stated", pl.Boolean),
        ("asked_at", pl.Datetime("us")),
    ]
)
"""A figure of an export or a workbook. ``asked_at``: when the source answered the query, UTC; NULL where it does not say."""

EXPORTED_KEY = ("actor_id", "measure", "drug", "basis", "counts_by", "period_end")


def fold_exports(source: str, ranks: Mapping[str, int], history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Fold accepted exports, in order of retrieval, into the observations.

    An export is what somebody chose to ask, so what it does not hold says nothing and nothing is withdrawn. It was known when
    the source answered (``asked_at``), or when it was retrieved, whichever is earlier. One that is older than what stands, or
    of a data set over which another takes precedence (``ranks``), adds what was not there and revises nothing.

    Args:
        source: id of the source.
        ranks: data set to rank; the higher takes precedence, unknown ones have 0.
        history: what earlier folds left; only its open rows are read.
        snapshots: a frame ``observations`` each, schema ``EXPORTED``.
    """
    declared = table(f"core.{TABLE}")
    standing, ended = history.open(TABLE), [declared.empty()]
    for snapshot in snapshots:
        seen = _exported(source, snapshot)
        revision = compare(standing, seen, key=EXPORTED_KEY, values=_VALUES, tolerance=_TOLERANCE)
        rank = [
            f.select(*EXPORTED_KEY, "known_from", rank=pl.col("dataset").replace_strict(ranks, default=0, return_dtype=pl.Int64))
            for f in (revision.superseded, revision.replacing)
        ]
        newer = (
            rank[0]
            .join(rank[1], on=EXPORTED_KEY, suffix="_new")
            .filter((pl.col("known_from_new") > pl.col("known_from")) & (pl.col("rank_new") >= pl.col("rank")))
            .select(*EXPORTED_KEY, "known_from_new")
        )
        standing = pl.concat(
            [
                revision.unchanged,
                revision.absent,
                revision.superseded.join(newer, on=EXPORTED_KEY, how="anti"),
                revision.replacing.join(newer, on=EXPORTED_KEY, how="semi"),
                revision.new,
            ]
        )
        replaced = revision.superseded.join(newer, on=EXPORTED_KEY, how="inner")
        ended.append(replaced.with_columns(known_to="known_from_new").drop("known_from_new"))
    return Folded(open={TABLE: declared.conform(standing)}, closed={TABLE: declared.conform(pl.concat(ended))})


def _exported(source: str, snapshot: StagedSnapshot) -> pl.DataFrame:
    """Rows of a snapshot as observations; a period that had not ended by then is no count of that period and is left out."""
    retrieved = pl.lit(snapshot.retrieved_at, pl.Datetime("us"))
    rows = snapshot.frames["observations"].with_columns(known_from=pl.min_horizontal("asked_at", retrieved))
    return table(f"core.{TABLE}").conform(
        rows.filter(pl.col("period_end") < pl.col("known_from").dt.date()).select(
            *[c for c in EXPORTED if c not in ("file", "row", "asked_at")],
            is_derived=pl.lit(False),
            vintage_scope=pl.lit("partial"),
            known_from="known_from",
            known_basis=pl.when(pl.col("asked_at") < retrieved).then(pl.lit("query")).otherwise(pl.lit("snapshot")),
            source=pl.lit(source),
            snapshot_id=pl.lit(snapshot.snapshot_id),
            row_number="row",
        )
    )
