"""Coded events: folding the rows of GDELT 2.0 and 1.0 into ``core.events``, ``core.event_reports`` and ``core.news_coverage``.

Events are never changed once folded: the first row with a GLOBALEVENTID counts, a later one is a copy. Three facts about
the source decide how this is done in proportion to the new snapshot:

- GLOBALEVENTIDs are given out in order, so the slots of a day hold a narrow range of them. The notes keep that range for
  each day of DATEADDED. Only a snapshot whose ids fall into a range held already (a slot taken in twice, or out of order)
  makes the fold read history, and then only the ids of the days in question.
- A slot is 15 minutes. The notes keep, per day, which of the 96 are held (a bit each), so that a slot taken in twice
  counts once. A day without all of its slots is a gap in coverage, not a quiet day.
- GDELT publishes a slot when it ends and never changes it; DATEADDED is when its rows could first be known.

GDELT 1.0 is published by day: a day is held or not. Its DATEADDED is a day, at whose last instant (UTC) its rows are known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial, reduce
from operator import or_

import polars as pl

from assets import schema
from assets.actors import registry
from assets.contracts import Folded, History, OutOfOrder, StagedSnapshot
from assets.days import last_instant, last_instants
from assets.news.gdelt import events as gdelt

CODER = "gdelt"
CODER_VERSION = "2.0"
CODER_VERSION_V1 = "1.0"

_ROLES = (
    "COP GOV INS JUD MIL OPP REB SEP SPY UAF AGR BUS CRM CVL DEV EDU ELI ENV HLH HRI LAB LEG MED REF MOD RAD "
    "AMN IRC GRP UNO PKO UIS IGO IMG INT MNC NGM NGO SET"
)
SECTORS = frozenset(_ROLES.split())
"""CAMEO's codes for roles of actors (CAMEO manual, chapter 3; GDELT's lookup of actor types)."""


def fold(history: History, snapshots: Iterable[StagedSnapshot], source: str = gdelt.SOURCE, *, is_late: bool = False) -> Folded:
    """Add the events of new files.

    Args:
        history: what earlier folds left. Notes: ``id_ranges`` (day of DATEADDED to lowest and highest id) and, of 2.0,
            ``slots`` (day to the slots held, bit i = the slot that begins i * 15 minutes after midnight UTC, hexadecimal),
            of 1.0 ``days`` (those held) and ``pair_days`` (those of two states alone).
        snapshots: accepted snapshots of ``gdelt.stage`` in order of retrieval.
        source: source id.
        is_late: whether snapshots are held that come after these.

    Returns:
        Closed rows of ``events`` and ``event_reports``; ``news_coverage`` open, since a late slot changes its day, and of 1.0
        ``news_pair_coverage``.

    Raises:
        OutOfOrder: late snapshots hold an event that is held: whose row counts is for their order to say.
    """
    id_ranges = {day: (low, high) for day, (low, high) in history.notes.get("id_ranges", {}).items()}
    slots = {day: int(held, 16) for day, held in history.notes.get("slots", {}).items()}
    days, pair_days = set(history.notes.get("days", ())), set(history.notes.get("pair_days", ()))
    frames = [pl.DataFrame(schema={**gdelt.STAGED, "snapshot_id": pl.String})]
    for snapshot in snapshots:
        frames.append(
            snapshot.frames["events"]
            .sort("added_at", "file", "row")
            .with_columns(pl.lit(snapshot.snapshot_id).alias("snapshot_id"))
        )
        days.update(snapshot.facts.get("days", ()))
        pair_days.update(snapshot.facts.get("pair_days", ()))
        for slot in snapshot.facts.get("slots", ()):
            day, bit = _day_and_bit(slot)
            slots[day] = slots.get(day, 0) | bit
    rows = pl.concat(frames)
    if rows["global_event_id"].n_unique() < rows.height:
        rows = rows.unique("global_event_id", keep="first", maintain_order=True)
    n_rows = rows.height
    rows = _without_known(rows, history, id_ranges)
    if is_late and rows.height < n_rows:
        raise OutOfOrder(f"{n_rows - rows.height:,} events are held already")
    for day, low, high in _id_ranges(rows):
        before = id_ranges.get(day, (low, high))
        id_ranges[day] = (min(low, before[0]), max(high, before[1]))
    events = events_of(rows, source)
    held: dict[str, object]
    if source == gdelt.SOURCE:
        covered = {"news_coverage": coverage(slots)}
        held = {"slots": {d: f"{bits:x}" for d, bits in sorted(slots.items())}}
    else:
        covered = {"news_coverage": coverage_of_days(days, source), "news_pair_coverage": coverage_of_pairs(pair_days, source)}
        held = {"days": sorted(days), "pair_days": sorted(pair_days)}
    return Folded(
        open=covered,
        closed={"events": events, "event_reports": reports_of(events)},
        notes={"id_ranges": {d: list(r) for d, r in sorted(id_ranges.items())}, **held},
    )


fold_v1 = partial(fold, source=gdelt.SOURCE_V1)
"""``fold`` of GDELT 1.0."""
fold_late = partial(fold, is_late=True)
"""``fold`` of slots that come late."""
fold_late_v1 = partial(fold, source=gdelt.SOURCE_V1, is_late=True)
"""``fold`` of days of GDELT 1.0 that come late."""


def _day_and_bit(slot: str) -> tuple[str, int]:
    at = datetime.strptime(slot, "%Y%m%d%H%M%S")  # noqa: DTZ007  (naive UTC throughout)
    return f"{at:%Y-%m-%d}", 1 << (at.hour * 60 + at.minute) // gdelt.SLOT_MINUTES


def _id_ranges(rows: pl.DataFrame) -> Iterable[tuple[str, int, int]]:
    """Give the lowest and highest id of each day of DATEADDED."""
    return (
        rows.group_by(pl.col("added_at").dt.date().alias("day"))
        .agg(pl.col("global_event_id").min().alias("low"), pl.col("global_event_id").max().alias("high"))
        .sort("day")
        .with_columns(pl.col("day").cast(pl.String))
        .iter_rows()
    )


def _without_known(rows: pl.DataFrame, history: History, id_ranges: Mapping[str, tuple[int, int]]) -> pl.DataFrame:
    """Drop rows whose id history holds already, reading only the days whose ids may hold them."""
    if rows.is_empty() or not id_ranges:
        return rows
    ids = rows["global_event_id"].sort()
    days = [
        date.fromisoformat(day)
        for day, (low, high) in id_ranges.items()
        if ids.search_sorted(low) < ids.search_sorted(high, side="right")
    ]
    if not days:
        return rows
    # a plain disjunction of bounds, so that the row groups of other days are skipped by their statistics
    of_these_days = reduce(
        or_, [pl.col("known_from").is_between(_midnight(d), _midnight(d + timedelta(1)), closed="left") for d in days]
    )
    known = (
        history.all("events").filter(of_these_days).select(pl.col("origin_id").cast(pl.Int64).alias("global_event_id")).collect()
    )
    return rows.join(known, on="global_event_id", how="anti", maintain_order="left")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def events_of(rows: pl.DataFrame, source: str = gdelt.SOURCE) -> pl.DataFrame:
    """Turn staged GDELT rows (``gdelt.STAGED`` with ``snapshot_id``) into rows of ``core.events``.

    GDELT's quad class and Goldstein value stay as landed; Schrodt's quad class and the PLOVER event come from
    ``core.cameo_codes``. SQLDATE may lie a day, a week, a month or a year before the slot: phrases such as "a year ago",
    resolved by GDELT. The text holds no modality that GDELT would report, so every event is taken as past.
    """
    codes = registry.cameo_codes().select("cameo_code", "cameo_root", "plover_event", "quad_schrodt")
    events = (
        rows.join(codes, left_on="event_code", right_on="cameo_code", how="left", maintain_order="left")
        .with_columns(*_party(1, "source"), *_party(2, "target"))
        .select(
            pl.format(f"{source}:{{}}", "global_event_id").alias("event_id"),
            "event_date",
            (pl.col("event_date") + timedelta(days=1)).alias("event_date_end"),
            pl.lit("day").alias("date_precision"),
            *(f"{side}_{column}" for side in ("source", "target") for column in ("id", "country_id", "sector")),
            pl.col("event_code").alias("cameo_code"),
            "cameo_root",
            "plover_event",
            "goldstein",
            "quad_schrodt",
            pl.col("quad_class").alias("quad_gdelt"),
            pl.lit("past").alias("modality"),
            pl.lit(CODER).alias("coder"),
            pl.lit(CODER_VERSION if source == gdelt.SOURCE else CODER_VERSION_V1).alias("coder_version"),
            pl.col("n_articles").alias("n_reports"),
            (pl.col("added_at") if source == gdelt.SOURCE else last_instants(pl.col("added_at").dt.date())).alias("known_from"),
            pl.lit("date_added").alias("known_basis"),
            pl.col("source_url").alias("url"),
            _lookup(pl.col("place_country_code"), registry.code_map("fips")).alias("place_country_id"),
            # of a place that is a whole state GDELT repeats the state's code
            pl.when(pl.col("place_adm1_code").str.len_bytes() > 2).then("place_adm1_code").alias("place_adm1"),
            *(pl.col(f"actor{n}_group_code").alias(f"{side}_organization") for n, side in ((1, "source"), (2, "target"))),
            pl.lit(source).alias("origin"),
            pl.col("global_event_id").cast(pl.String).alias("origin_id"),
            "snapshot_id",
            pl.col("row").alias("row_number").cast(pl.Int32),
        )
    )
    return schema.table("core.events").conform(events)


def short_hash(text: str) -> str:
    """A hash of 32 hexadecimal digits, the same on every machine."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@cache
def states_by_code() -> dict[str, str]:
    """CAMEO code to the state it stands for; regions and organisations are no states."""
    kinds = dict(registry.actors().select("actor_id", "kind").iter_rows())
    return {code: actor for code, actor in registry.code_map("cameo").items() if kinds[actor] == "state"}


@cache
def _organisation_of() -> dict[str, str]:
    """CAMEO code of a known group to the organisation it stands for."""
    kinds = dict(registry.actors().select("actor_id", "kind").iter_rows())
    return {code: actor for code, actor in registry.code_map("cameo").items() if kinds[actor] == "organisation"}


def _party(n: int, side: str) -> list[pl.Expr]:
    """Actor, state and sector of one side: the state, else the organisation, else the region that the codes name."""
    country, group = pl.col(f"actor{n}_country_code"), pl.col(f"actor{n}_group_code")
    sector = pl.col(f"actor{n}_type_code")
    state = _lookup(country, states_by_code())
    return [
        pl.coalesce(state, _lookup(group, _organisation_of()), _lookup(country, registry.code_map("cameo"))).alias(f"{side}_id"),
        state.alias(f"{side}_country_id"),
        pl.when(sector.is_in(sorted(SECTORS))).then(sector).alias(f"{side}_sector"),
    ]


def _lookup(code: pl.Expr, table: Mapping[str, str]) -> pl.Expr:
    return code.replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.String)


def reports_of(events: pl.DataFrame) -> pl.DataFrame:
    """One row of ``core.event_reports`` per event with an address. The outlet is the host without ``www.``.

    GDELT also names reports that are no web page (a monitoring service, a book): those have neither ``url`` nor outlet.
    """
    reports = events.select("event_id", "url", "known_from").filter(pl.col("url").is_not_null())
    # an article tells of several events: its address is taken apart once
    host = pl.col("url").str.extract(r"(?i)^https?://(?:[^/@?#]*@)?(?:www\.)?([^/:?#]+)").str.to_lowercase()
    outlets = reports.select("url").unique().with_columns(host.alias("outlet"))
    return schema.table("core.event_reports").conform(
        reports.join(outlets, on="url", how="left", maintain_order="left").select(
            "event_id",
            pl.col("url").alias("report_id"),
            pl.when(pl.col("outlet").is_not_null()).then("url").alias("url"),
            "outlet",
            pl.col("known_from").alias("reported_at"),
            "known_from",
        )
    )


def coverage(slots: Mapping[str, int], source: str = gdelt.SOURCE, covers: str = "events") -> pl.DataFrame:
    """Rows of ``core.news_coverage``: how many of a day's 96 slots are held. Days without any are absent, not 0.

    Args:
        slots: day (ISO) to a bit per slot held. ``known_from`` is the start of the earliest slot held: the moment at which
            the day began to be known, whenever the slot was downloaded.
        source: source id.
        covers: what the slots hold: events or reports.
    """
    days = sorted(slots)
    first = [
        datetime.fromisoformat(d) + timedelta(minutes=gdelt.SLOT_MINUTES * ((slots[d] & -slots[d]).bit_length() - 1))
        for d in days
    ]
    return _coverage(
        [date.fromisoformat(d) for d in days], [slots[d].bit_count() for d in days], first, gdelt.SLOTS_A_DAY, source, covers
    )


def coverage_of_days(days: Iterable[str], source: str) -> pl.DataFrame:
    """Rows of ``core.news_coverage`` of a source published by day: the days (ISO) that are held, each known at its end."""
    held = [date.fromisoformat(d) for d in sorted(days)]
    return _coverage(held, [1] * len(held), [last_instant(d) for d in held], 1, source, "events")


def coverage_of_pairs(pair_days: Iterable[str], source: str) -> pl.DataFrame:
    """Rows of ``core.news_pair_coverage`` of days held of two states alone (``2018-01-01 CHN USA``), each known at its end."""
    days = [(date.fromisoformat(day), low, high) for day, low, high in map(str.split, sorted(pair_days))]
    of = pl.DataFrame(
        [(source, low, high, day, last_instant(day)) for day, low, high in days],
        schema=dict.fromkeys(("source", "low_id", "high_id"), pl.String) | {"date": pl.Date, "known_from": pl.Datetime("us")},
        orient="row",
    )
    return schema.table("core.news_pair_coverage").conform(of)


def _coverage(
    days: list[date], n_slots: list[int], known_from: list[datetime], expected: int, source: str, covers: str
) -> pl.DataFrame:
    counts = pl.DataFrame(
        {"date": days, "n_slots": n_slots, "known_from": known_from},
        schema={"date": pl.Date, "n_slots": pl.Int32, "known_from": pl.Datetime("us")},
    )
    return schema.table("core.news_coverage").conform(
        counts.with_columns(
            pl.lit(source).alias("source"),
            pl.lit(covers).alias("covers"),
            pl.lit(expected, pl.Int32).alias("n_slots_expected"),
            (pl.col("n_slots") / expected).alias("coverage_share"),
        )
    )
