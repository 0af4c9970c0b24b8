"""GDELT event files, 2.0 and 1.0: from bytes to typed rows. What the rows mean as events is said in ``assets.news.gdelt.fold``.

2.0: a file is one slot of 15 minutes, ``YYYYMMDDHHMMSS.export.CSV``, 61 columns; DATEADDED is a moment. 1.0: a file is the
day on which events were found, ``YYYYMMDD.export.CSV``, 58 columns; before April 2013 files are months (``YYYYMM.csv``) and
years (``YYYY.csv``) in which events happened, 57 columns without SOURCEURL; DATEADDED is a day. All are tab separated,
without header and without quoting. Column names and their meaning: the GDELT event codebooks.

Nearly every file is whole, so all files of a snapshot are read at once and only a file that is not is read line by line.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
import polars as pl

from assets.actors import registry
from assets.contracts import MOST_VALUE, REJECTS, Judgement, RowGuard, Staged, StagedInfo, judge_rows
from assets.errors import BilateralError, Quarantine, first_few
from assets.news import KEPT
from assets.reading.rejects import Check, reasons, split

SOURCE = "gdelt_v2_events"
SOURCE_V1 = "gdelt_v1_events"
SLOT_MINUTES = 15
SLOTS_A_DAY = 24 * 60 // SLOT_MINUTES

_ACTOR = (
    "Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code",
    "Type1Code", "Type2Code", "Type3Code",
)  # fmt: skip
_GEO = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")


def _columns(geo: Sequence[str]) -> tuple[str, ...]:
    return (
        "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate",
        *(f"Actor{n}{name}" for n in (1, 2) for name in _ACTOR),
        "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale",
        "NumMentions", "NumSources", "NumArticles", "AvgTone",
        *(f"{place}Geo_{name}" for place in ("Actor1", "Actor2", "Action") for name in geo),
        "DATEADDED", "SOURCEURL",
    )  # fmt: skip


COLUMNS: tuple[str, ...] = _columns(_GEO)
"""The 61 columns of 2.0 in their order."""

COLUMNS_V1: tuple[str, ...] = _columns([name for name in _GEO if name != "ADM2Code"])
"""The 58 columns of 1.0 in their order; files before April 2013 lack the last."""

NEEDED: tuple[str, ...] = (
    "GLOBALEVENTID", "SQLDATE",
    "Actor1Code", "Actor1CountryCode", "Actor1KnownGroupCode", "Actor1Type1Code",
    "Actor2Code", "Actor2CountryCode", "Actor2KnownGroupCode", "Actor2Type1Code",
    "EventCode", "QuadClass", "GoldsteinScale", "NumArticles", "ActionGeo_CountryCode", "ActionGeo_ADM1Code", "DATEADDED",
    "SOURCEURL",
)  # fmt: skip
"""The columns that are read. The others (names, coordinates, tone) stay in the raw store: core.events has no place for them."""

STAGED = pl.Schema(
    {
        "file": pl.String(),
        "row": pl.Int64(),
        "global_event_id": pl.Int64(),
        "event_date": pl.Date(),
        "actor1_code": pl.String(),
        "actor1_country_code": pl.String(),
        "actor1_group_code": pl.String(),
        "actor1_type_code": pl.String(),
        "actor2_code": pl.String(),
        "actor2_country_code": pl.String(),
        "actor2_group_code": pl.String(),
        "actor2_type_code": pl.String(),
        "event_code": pl.String(),
        "quad_class": pl.Int8(),
        "goldstein": pl.Float64(),
        "n_articles": pl.Int32(),
        "place_country_code": pl.String(),
        "place_adm1_code": pl.String(),
        "added_at": pl.Datetime("us"),
        "source_url": pl.String(),
    }
)
"""One row per row of a file that could be read; codes as written."""


@dataclass(frozen=True)
class Period:
    """What the name of a file says it holds: ``first`` to ``last`` (naive UTC), and whether rows were added in it.

    Files of months and years are ordered by the date of the event: their rows may have been added at any time.
    """

    first: datetime
    last: datetime
    of_adding: bool = True


@dataclass(frozen=True)
class Layout:
    """A version of GDELT: its columns, the width of its files, how a moment is written, and what a name says."""

    title: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    added_format: str
    added_digits: int
    kind: str
    example: str
    period_of: Callable[[str], Period | None]
    other: str


_SLOT_FILE = re.compile(r"(\d{14})\.export\.csv", re.IGNORECASE)
_DAY_FILE = re.compile(r"(\d{8})(?:\.[a-z]{3}-[a-z]{3})?\.export\.csv", re.IGNORECASE)
PAIR_FILE = re.compile(r"\.([A-Z]{3})-([A-Z]{3})\.export\.CSV$", re.IGNORECASE)
"""Name of a file of which the events between two states alone were kept: ``20180101.USA-CHN.export.CSV``."""
_MONTH_FILE = re.compile(r"(\d{4})(\d{2})?\.csv", re.IGNORECASE)


def pair_of(file: str) -> tuple[str, str] | None:
    """The ids of the two states whose events alone were kept in a file, by its name; None where it is of all."""
    found = PAIR_FILE.search(file)
    return None if found is None else (found[1].upper(), found[2].upper())


def slot_of(file: str) -> datetime | None:
    """Return the start of the slot (naive UTC) that a file name states, or None where it states none."""
    found = _SLOT_FILE.fullmatch(file)
    if found is None:
        return None
    try:
        at = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return at.replace(tzinfo=None) if at.minute % SLOT_MINUTES == 0 and at.second == 0 else None


def _slot_period(file: str) -> Period | None:
    slot = slot_of(file)
    return None if slot is None else Period(slot, slot)


def days_of(file: str) -> Period | None:
    """Return the days that the name of a file of GDELT 1.0 states, or None where it states none."""
    day, month = _DAY_FILE.fullmatch(file), _MONTH_FILE.fullmatch(file)
    try:
        if day is not None:
            at = datetime.strptime(day[1], "%Y%m%d")  # noqa: DTZ007  (naive UTC throughout)
            return Period(at, at)
        if month is not None:
            year, number = int(month[1]), int(month[2] or 1)
            last = int(month[2] or 12)
            return Period(datetime(year, number, 1), datetime(year, last, monthrange(year, last)[1]), of_adding=False)
    except ValueError:
        return None
    return None


V2 = Layout(
    title="GDELT 2.0 event slot",
    columns=COLUMNS,
    widths=(len(COLUMNS),),
    added_format="%Y%m%d%H%M%S",
    added_digits=14,
    kind="an event slot (YYYYMMDDHHMMSS.export.CSV)",
    example="20191024143000.export.CSV, on a quarter of an hour",
    period_of=_slot_period,
    other="57 or 58 columns are the layout of GDELT 1.0 (daily files), another source.",
)
V1 = Layout(
    title="GDELT 1.0 event file",
    columns=COLUMNS_V1,
    widths=(len(COLUMNS_V1), len(COLUMNS_V1) - 1),
    added_format="%Y%m%d",
    added_digits=8,
    kind="a file of a day, month or year (YYYYMMDD.export.CSV, YYYYMM.csv, YYYY.csv)",
    example="20141124.export.CSV, 201303.csv or 1979.csv",
    period_of=days_of,
    other="61 columns are the layout of GDELT 2.0 (files of 15 minutes), another source.",
)


def stage(files: Mapping[str, bytes], layout: Layout = V2) -> Staged:
    """Type the rows of one snapshot: usually one file, or several where an archive keeps them in one folder.

    Args:
        files: name to bytes (already uncompressed).
        layout: version of GDELT.

    Returns:
        Frame ``events`` (``STAGED``); rejects with one row per source row that could not be read, and one per file
        that is no event file; ``facts["slots"]`` (2.0: the slots held, as their 14 digits) or ``facts["days"]`` (1.0: the
        days held, ISO); ``facts["excerpts"]``, where there are any: files that are not whole, whose slots and days are none of
        these; ``facts["pair_days"]``, where there are any: days held of two states alone (``2018-01-01 CHN USA``).

    Raises:
        Quarantine: no event file, an empty one, one cut in its last line, or one whose rows have another number of columns.
    """
    periods = {file: period for file in sorted(files) if (period := layout.period_of(file)) is not None}
    if not periods:
        raise Quarantine(
            f"{first_few(sorted(files), 3) or 'No file'}: none is a {layout.title}. Expected a name such as {layout.example}. "
            f"{KEPT} Rename it as GDELT does, or put it under the source that it belongs to."
        )
    found: list[tuple[pl.DataFrame, pl.DataFrame]] = []
    running: deque[Future[tuple[pl.DataFrame, pl.DataFrame]]] = deque()
    # of a pair a day may be quiet: its file is empty
    parts = (_part(file, files[file], period, layout) for file, period in periods.items() if files[file] or not pair_of(file))
    with ThreadPoolExecutor(_THREADS) as pool:
        for group in _groups(parts):
            running.append(pool.submit(_stage_group, group, layout))
            if len(running) > _THREADS:
                # no more is read than is worked on: a day of slots need not be held at once
                found.append(running.popleft().result())
        found += [one.result() for one in running]
    strange = [(file, None, None, None, f"not {layout.kind}") for file in sorted(files) if file not in periods]
    events = pl.concat([pl.DataFrame(schema=STAGED), *(good for good, _ in found)])
    rejects = pl.concat([*(bad for _, bad in found), pl.DataFrame(strange, schema=REJECTS, orient="row")])
    return Staged(
        frames={"events": events},
        rejects=rejects,
        n_read=events.height + rejects.height,
        facts=_facts(periods, excerpts(events, periods, layout), layout),
    )


stage_v1 = partial(stage, layout=V1)
"""``stage`` of GDELT 1.0."""


def judge_v1(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a snapshot of GDELT 1.0 by its rows; of a pair of states a day may have none."""
    is_quiet = info.n_read == 0 and bool(info.facts.get("pair_days"))
    return Judgement() if is_quiet else judge_rows(info, baseline, guard)


LEAST_IDS = 0.25
"""Share of the ids between its lowest and its highest that a whole file holds at least. They are given out in order: a slot of
2.0 holds all of them, the first rows of a day of 1.0 two thirds; rows picked out by actor hold few."""


MOST_STRANGE = 0.02
"""Share of the rows of a day that may have another width: as many as may be rejected of it (``max_rejected_share``)."""


def excerpts(events: pl.DataFrame, periods: Mapping[str, Period], layout: Layout) -> list[str]:
    """Files that are part of a slot or day: what they leave out is not known to be quiet.

    Such a file bears the names of a pair, lacks most of the ids between its lowest and highest or, of 1.0, tells of no event of
    its own days or the day before (its rows are in order of their dates: the first of them are of years ago).

    Args:
        events: ``STAGED``.
        periods: of each file, what its name states.
        layout: version of GDELT. A slot of 2.0 may be small and tell of nothing new.
    """
    stated = [(file, p.first.date() - timedelta(days=1), p.last.date()) for file, p in periods.items()]
    of_name = pl.DataFrame(stated, schema={"file": pl.String, "first_day": pl.Date, "last_day": pl.Date}, orient="row")
    ids = pl.col("global_event_id")
    told = (
        events.join(of_name, on="file")
        .group_by("file")
        .agg(
            pl.col("event_date").is_between("first_day", "last_day").any().alias("is_of_its_days"),
            (ids.n_unique() / (ids.max() - ids.min() + 1)).alias("share_of_ids"),
        )
    )
    told = told.filter(~pl.col("file").str.contains(f"(?i){PAIR_FILE.pattern}"))
    whole = told.filter(pl.col("is_of_its_days") | pl.lit(layout is V2), pl.col("share_of_ids") >= LEAST_IDS)["file"]
    return sorted(set(events["file"]) - set(whole))


def rows_of_pair(data: bytes, pair: tuple[str, str]) -> bytes:
    """The rows of a file of GDELT 1.0 whose two actors are of two states, in either direction, as served; none on a quiet day.

    Args:
        data: the file, unpacked.
        pair: ids of two states (``USA``, ``CHN``).

    Raises:
        BilateralError: rows of another width: what was not read is not quiet.
    """
    codes = [{code.encode() for code, actor in registry.code_map("cameo").items() if actor == state} for state in pair]
    first, second = (COLUMNS_V1.index(f"Actor{n}CountryCode") for n in (1, 2))
    kept, strange = [], 0
    lines = data.splitlines(keepends=True)
    for line in lines:
        strange += line.count(b"\t") + 1 not in V1.widths
        cells = line.split(b"\t", second + 1)
        if len(cells) > second and any(cells[first] in codes[n] and cells[second] in codes[1 - n] for n in (0, 1)):
            kept.append(line)
    if strange > MOST_STRANGE * len(lines) or not lines:
        raise BilateralError(f"{strange:,} of {len(lines):,} rows are no rows of a {V1.title}: a pair cannot be told")
    return b"".join(kept)


def _facts(periods: Mapping[str, Period], in_part: Collection[str], layout: Layout) -> dict[str, list[str]]:
    whole = [period for file, period in periods.items() if file not in in_part and pair_of(file) is None]
    if layout is V2:
        held = {"slots": [f"{p.first:%Y%m%d%H%M%S}" for p in whole]}
    else:
        days = {p.first.date() + timedelta(n) for p in whole for n in range((p.last - p.first).days + 1)}
        held = {"days": [day.isoformat() for day in sorted(days)]}
    pairs = {f"{p.first:%Y-%m-%d} {' '.join(sorted(pair))}" for file, p in periods.items() if (pair := pair_of(file)) is not None}
    return held | ({"excerpts": list(in_part)} if in_part else {}) | ({"pair_days": sorted(pairs)} if pairs else {})


@dataclass(frozen=True)
class _Part:
    """A file. ``width``: columns of each of its ``n_rows`` rows, as far as its tabs tell; 0: to be read line by line."""

    file: str
    period: Period
    data: bytes
    width: int = 0
    n_rows: int = 0


_GROUP_BYTES = 8_000_000
"""Bytes that are read at once: enough that a call costs nothing, and no more, since some groups are held at a time."""
_THREADS = 2
"""Groups that are read at a time: most of the work is done without the interpreter lock."""


def _groups(parts: Iterable[_Part]) -> Iterator[list[_Part]]:
    """Give files to be read together, in order: those of one width; one that is read line by line stands alone."""
    group: list[_Part] = []
    size = 0
    for part in parts:
        if group and (part.width != group[0].width or not part.width or size + len(part.data) > _GROUP_BYTES):
            yield group
            group, size = [], 0
        group.append(part)
        size += len(part.data)
    if group:
        yield group


def _part(file: str, data: bytes, period: Period, layout: Layout) -> _Part:
    """Return a file, and whether it may be read at once with others."""
    # four times as fast as bytes.count
    n_tabs = int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord("\t")))
    if n_tabs and data.endswith(b"\n") and not data.startswith(b"\xef\xbb\xbf"):
        # one pass over the bytes of a slot: whether there are as many rows is seen once they are read
        n_rows = None if len(layout.widths) == 1 else data.count(b"\n")
        for width in layout.widths:
            if n_tabs % (width - 1) == 0 and n_rows in (None, n_tabs // (width - 1)):
                return _Part(file, period, data, width, n_tabs // (width - 1))
    return _Part(file, period, data)


def _stage_group(parts: Sequence[_Part], layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows and the rejects of files that are read at once."""
    rows = _read_whole(parts, layout) if parts[0].width else None
    if rows is not None:
        return _typed(rows, layout)
    # a row has one column too many and another one too few, or a line break stands where none is meant
    found = [_stage_by_line(part, layout) for part in parts]
    return pl.concat([good for good, _ in found]), pl.concat([bad for _, bad in found])


def _stage_by_line(part: _Part, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of a file and its rejects, those of another width among them."""
    file, data, period = part.file, part.data, part.period
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    ends_in_newline = lines[-1] == b""
    if ends_in_newline:
        lines.pop()
    widths = [line.count(b"\t") + 1 for line in lines]
    width = _check_layout(file, widths, layout, cut=not ends_in_newline)
    good = [i for i, found in enumerate(widths, start=1) if found == width]
    off = [
        (file, i, None, lines[i - 1][:MOST_VALUE].decode(errors="replace"), f"{found} columns instead of {width}")
        for i, found in enumerate(widths, start=1)
        if found != width
    ]
    # no line break but the ones that end rows: a lone one inside a row would be read as another
    text = b"\n".join(lines[i - 1].rstrip(b"\r").replace(b"\r", b" ") for i in good)
    raw = _read(text, width, layout).insert_column(0, pl.Series("row", good, pl.Int64))
    good_rows, bad = _typed(_with_place(raw, [file], [period], [len(good)]), layout)
    return good_rows, pl.concat([pl.DataFrame(off, schema=REJECTS, orient="row"), bad])


def _check_layout(file: str, widths: list[int], layout: Layout, *, cut: bool) -> int:
    """Return the width of the rows. Refuse a file that as a whole has another layout, or whose last row is cut."""
    if not widths:
        raise Quarantine(f"{file}: the file is empty. {KEPT} Fetch it again.")
    usual, n = Counter(widths).most_common(1)[0]
    if usual not in layout.widths:
        hint = (
            "One column is what a web page, an error message or a file with another separator looks like."
            if usual == 1
            else layout.other
            if usual in (*V1.widths, *V2.widths)
            else "Has GDELT changed its layout?"
        )
        expected = " or ".join(str(w) for w in layout.widths)
        raise Quarantine(
            f"{file}: {n:,} of {len(widths):,} rows have {usual} columns; a {layout.title} has {expected}. {hint} {KEPT}"
        )
    if cut and widths[-1] < usual:
        raise Quarantine(
            f"{file}: the last row ends after {widths[-1]} of {usual} columns: the file was cut. {KEPT} Fetch it again."
        )
    return usual


def _read_whole(parts: Sequence[_Part], layout: Layout) -> pl.DataFrame | None:
    """Read whole files of one width at once; None where a row is not as wide as the others after all."""
    counts = [part.n_rows for part in parts]
    data = b"".join(part.data for part in parts) if len(parts) > 1 else parts[0].data
    try:
        raw = _read(data, parts[0].width, layout)
    except pl.exceptions.PolarsError:
        return None
    # where the tabs add up, a row with too many columns comes with one that has too few, and so nothing in the last ones
    last = ["DATEADDED", "SOURCEURL"] if parts[0].width == len(layout.columns) else ["DATEADDED"]
    if raw.height != sum(counts) or any(raw[column].null_count() for column in last):
        return None
    rows = np.arange(sum(counts)) - np.repeat(np.cumsum([0, *counts[:-1]]), counts) + 1
    raw = raw.insert_column(0, pl.Series("row", rows, pl.Int64))
    return _with_place(raw, [p.file for p in parts], [p.period for p in parts], counts)


def _with_place(raw: pl.DataFrame, files: Sequence[str], periods: Sequence[Period], counts: Sequence[int]) -> pl.DataFrame:
    """Add the file, and the bounds between which its rows must have been added (NULL: any time)."""
    places = np.repeat(np.arange(len(files)), counts)
    known = pl.DataFrame(
        {"file": list(files), "first": [p.first if p.of_adding else None for p in periods]},
        schema={"file": pl.String, "first": pl.Datetime("us")},
    )
    return raw.with_columns(known["file"].gather(places), known["first"].gather(places))


def _read(data: bytes, width: int, layout: Layout) -> pl.DataFrame:
    """Read the needed columns as text. Bytes that are no UTF-8 become the replacement character: the row is not lost."""
    try:
        found = _read_utf8(data, width, layout)
    except pl.exceptions.ComputeError:
        try:
            data.decode()
        except UnicodeDecodeError:
            found = _read_utf8(data.decode(errors="replace").encode(), width, layout)
        else:
            raise
    if b"\r" in data:
        found = found.with_columns(_STRIPPED)
    return found.select(pl.when(pl.col(NEEDED).str.len_bytes() > 0).then(pl.col(NEEDED)))


_STRIPPED = pl.col(NEEDED).str.strip_chars()


def _read_utf8(data: bytes, width: int, layout: Layout) -> pl.DataFrame:
    columns = layout.columns[:width]
    found = pl.read_csv(
        data,
        has_header=False,
        new_columns=list(columns),
        columns=[columns.index(name) for name in NEEDED if name in columns],
        separator="\t",
        quote_char=None,
        infer_schema=False,
    )
    return found.select(pl.col(name) if name in columns else pl.lit(None, pl.String).alias(name) for name in NEEDED)


def _typed(rows: pl.DataFrame, layout: Layout, *, is_stripped: bool = False) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split text rows (``row``, ``file``, ``first``, ``NEEDED``) into typed ones and rejects: the first fault is the reason."""
    added = pl.when(pl.col("DATEADDED").str.len_bytes() == layout.added_digits).then(pl.col("DATEADDED")).str
    typed = rows.lazy().with_columns(
        global_event_id=pl.col("GLOBALEVENTID").cast(pl.Int64, strict=False),
        event_date=pl.when(pl.col("SQLDATE").str.len_bytes() == 8).then(pl.col("SQLDATE")).str.to_date("%Y%m%d", strict=False),
        quad_class=pl.col("QuadClass").cast(pl.Int8, strict=False),
        goldstein=pl.col("GoldsteinScale").cast(pl.Float64, strict=False),
        n_articles=pl.col("NumArticles").cast(pl.Int32, strict=False),
        added_at=added.to_datetime(layout.added_format, strict=False, time_unit="us")
        if layout is V2
        else added.to_date(layout.added_format, strict=False).cast(pl.Datetime("us")),
    )
    known_codes = registry.cameo_codes()["cameo_code"].implode()
    # A day of tolerance: SQLDATE is a local day, DATEADDED is UTC; and a late slot may carry rows of the one before.
    checks: tuple[Check, ...] = (
        ("GLOBALEVENTID", pl.col("global_event_id") >= 0, "not a number"),
        ("SQLDATE", pl.col("event_date").is_not_null(), "not a date (YYYYMMDD)"),
        (
            "DATEADDED",
            (pl.col("added_at") - pl.col("first")).abs() <= timedelta(days=1)
            if layout is V2
            else pl.col("added_at").is_not_null()
            & (pl.col("first").is_null() | ((pl.col("added_at") - pl.col("first")).abs() <= timedelta(days=1))),
            pl.format("not a time within a day of the slot {} UTC", pl.col("first").dt.strftime("%Y-%m-%d %H:%M"))
            if layout is V2
            else "not a day (YYYYMMDD) within a day of that of the file",
        ),
        (
            "SQLDATE",
            pl.col("event_date") <= pl.col("added_at").dt.date() + timedelta(days=1),
            "the event is dated after it was known (DATEADDED)",
        ),
        ("EventCode", pl.col("EventCode").is_in(known_codes), "not a CAMEO event code"),
        ("QuadClass", pl.col("quad_class").is_between(1, 4), "not a quad class from 1 to 4"),
        (
            "GoldsteinScale",
            pl.col("goldstein").is_between(-10, 10) | pl.col("GoldsteinScale").is_null(),
            "not a number in [-10, 10]",
        ),
        ("NumArticles", pl.col("n_articles") >= 1, "not a count of at least 1"),
    )
    good, bad = split(typed, checks)
    if not is_stripped and bad.height:
        # white space around a value is so rare that it is looked for only where something is wrong
        return _typed(rows.with_columns(_STRIPPED.replace("", None)), layout, is_stripped=True)
    events = good.select(
        "file",
        "row",
        "global_event_id",
        "event_date",
        *(
            pl.col(f"Actor{n}{name}").alias(f"actor{n}_{column}")
            for n in (1, 2)
            for name, column in (
                ("Code", "code"),
                ("CountryCode", "country_code"),
                ("KnownGroupCode", "group_code"),
                ("Type1Code", "type_code"),
            )
        ),
        pl.col("EventCode").alias("event_code"),
        "quad_class",
        "goldstein",
        "n_articles",
        pl.col("ActionGeo_CountryCode").alias("place_country_code"),
        pl.col("ActionGeo_ADM1Code").alias("place_adm1_code"),
        "added_at",
        pl.col("SOURCEURL").alias("source_url"),
    )
    return events.match_to_schema(STAGED), reasons(bad, checks, pl.col("file"))
