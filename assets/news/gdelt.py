"""GDELT 2.0 event files: from bytes to typed rows. What the rows mean as events is said in ``assets.news.events``.

A file is one slot of 15 minutes: ``YYYYMMDDHHMMSS.export.CSV``, tab separated, without header and without quoting, 61
columns. Column names and their meaning: the GDELT 2.0 Event Codebook.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl

from assets.actors import registry
from pipelines.contract import REJECTS, Staged
from pipelines.errors import Quarantine

SOURCE = "gdelt_v2_events"
SLOT_MINUTES = 15
SLOTS_A_DAY = 24 * 60 // SLOT_MINUTES

_ACTOR = (
    "Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code", "Religion2Code",
    "Type1Code", "Type2Code", "Type3Code",
)  # fmt: skip
_GEO = ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID")

COLUMNS: tuple[str, ...] = (
    "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate",
    *(f"Actor{n}{name}" for n in (1, 2) for name in _ACTOR),
    "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale",
    "NumMentions", "NumSources", "NumArticles", "AvgTone",
    *(f"{place}Geo_{name}" for place in ("Actor1", "Actor2", "Action") for name in _GEO),
    "DATEADDED", "SOURCEURL",
)  # fmt: skip
"""The 61 columns in their order."""

NEEDED: tuple[str, ...] = (
    "GLOBALEVENTID", "SQLDATE",
    "Actor1Code", "Actor1CountryCode", "Actor1KnownGroupCode", "Actor1Type1Code",
    "Actor2Code", "Actor2CountryCode", "Actor2KnownGroupCode", "Actor2Type1Code",
    "EventCode", "QuadClass", "GoldsteinScale", "NumArticles", "DATEADDED", "SOURCEURL",
)  # fmt: skip
"""The columns that are read. The others (names, geography, tone) stay in the raw store: core.events has no place for them."""

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
        "added_at": pl.Datetime("us"),
        "source_url": pl.String(),
    }
)
"""One row per row of a slot file that could be read; codes as they stand there."""

_FILE = re.compile(r"(\d{14})\.export\.csv", re.IGNORECASE)
_KEEP = "The file is kept in the raw store; nothing of it was taken in."


def slot_of(file: str) -> datetime | None:
    """Return the start of the slot (naive UTC) that a file name states, or None where it states none."""
    found = _FILE.fullmatch(file)
    if found is None:
        return None
    try:
        at = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return at.replace(tzinfo=None) if at.minute % SLOT_MINUTES == 0 and at.second == 0 else None


def stage(files: Mapping[str, bytes]) -> Staged:
    """Type the rows of one snapshot: usually one slot, or several where an archive keeps a day in one folder.

    Args:
        files: name to bytes (already uncompressed) of ``YYYYMMDDHHMMSS.export.CSV`` files.

    Returns:
        Frame ``events`` (``STAGED``); rejects with one row per source row that could not be read, and one per file
        that is no slot; ``facts["slots"]``, the slots held, as their 14 digits.

    Raises:
        Quarantine: no slot file, an empty one, one cut in its last line, or one whose rows have not 61 columns.
    """
    slots = {file: slot for file in sorted(files) if (slot := slot_of(file)) is not None}
    if not slots:
        raise Quarantine(
            f"{_names(files)}: none is a GDELT 2.0 event slot. Expected a name such as 20191024143000.export.CSV, on a quarter "
            f"of an hour. {_KEEP} Rename it as GDELT does, or put it under the source that it belongs to."
        )
    read = [_stage_slot(file, files[file], slot) for file, slot in slots.items()]
    others = pl.DataFrame(
        [
            (file, None, None, None, "not an event slot (YYYYMMDDHHMMSS.export.CSV)")
            for file in sorted(files)
            if file not in slots
        ],
        schema=REJECTS,
        orient="row",
    )
    return Staged(
        frames={"events": pl.concat([events for events, _, _ in read])},
        rejects=pl.concat([*(rejects for _, rejects, _ in read), others]),
        n_read=sum(n for _, _, n in read) + others.height,
        facts={"slots": [f"{slot:%Y%m%d%H%M%S}" for slot in slots.values()]},
    )


def _names(files: Mapping[str, bytes]) -> str:
    names = sorted(files)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "") if names else "No file"


def _stage_slot(file: str, data: bytes, slot: datetime) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Return the rows, the rejects and the number of rows of one slot file."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    ends_in_newline = lines[-1] == b""
    if ends_in_newline:
        lines.pop()
    widths = [line.count(b"\t") + 1 for line in lines]
    _check_layout(file, widths, cut=not ends_in_newline and widths[-1] < len(COLUMNS))
    good = [i for i, width in enumerate(widths, start=1) if width == len(COLUMNS)]
    whole = data if len(good) == len(lines) else b"\n".join(lines[i - 1] for i in good)
    off = [
        (file, i, None, lines[i - 1][:200].decode(errors="replace"), f"{width} columns instead of {len(COLUMNS)}")
        for i, width in enumerate(widths, start=1)
        if width != len(COLUMNS)
    ]
    del lines
    raw = _read(whole).insert_column(0, pl.Series("row", good, pl.Int64))
    events, rejects = _typed(file, raw, slot)
    return events, pl.concat([pl.DataFrame(off, schema=REJECTS, orient="row"), rejects]), len(widths)


def _check_layout(file: str, widths: list[int], *, cut: bool) -> None:
    """Refuse a file that as a whole has another layout than 61 columns, or whose last row is cut."""
    if not widths:
        raise Quarantine(f"{file}: the file is empty. {_KEEP} Fetch the slot again.")
    usual, n = Counter(widths).most_common(1)[0]
    if usual != len(COLUMNS):
        hint = (
            "57 or 58 columns are the layout of GDELT 1.0 (daily files), another source."
            if usual in (57, 58)
            else "One column is what a web page, an error message or a file with another separator looks like."
            if usual == 1
            else "Has GDELT changed its layout?"
        )
        raise Quarantine(
            f"{file}: {n:,} of {len(widths):,} rows have {usual} columns; a GDELT 2.0 event slot has {len(COLUMNS)}. "
            f"{hint} {_KEEP}"
        )
    if cut:
        raise Quarantine(
            f"{file}: the last row ends after {widths[-1]} of {len(COLUMNS)} columns: the file was cut. "
            f"{_KEEP} Fetch the slot again."
        )


def _read(data: bytes) -> pl.DataFrame:
    """Read the needed columns as text. Bytes that are no UTF-8 become the replacement character: the row is not lost."""
    try:
        data.decode()
    except UnicodeDecodeError:
        data = data.decode(errors="replace").encode()
    return pl.read_csv(
        data,
        has_header=False,
        new_columns=list(COLUMNS),
        columns=[COLUMNS.index(name) for name in NEEDED],
        separator="\t",
        quote_char=None,
        infer_schema=False,
    ).select(pl.col(NEEDED).str.strip_chars().replace("", None))


def _typed(file: str, raw: pl.DataFrame, slot: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split text rows (``row`` and ``NEEDED``) into typed ones and rejects. The first thing that is wrong is the reason."""
    text = raw.lazy()
    typed = text.with_columns(
        global_event_id=pl.col("GLOBALEVENTID").cast(pl.Int64, strict=False),
        event_date=pl.when(pl.col("SQLDATE").str.len_bytes() == 8).then(pl.col("SQLDATE")).str.to_date("%Y%m%d", strict=False),
        quad_class=pl.col("QuadClass").cast(pl.Int8, strict=False),
        goldstein=pl.col("GoldsteinScale").cast(pl.Float64, strict=False),
        n_articles=pl.col("NumArticles").cast(pl.Int32, strict=False),
        added_at=pl.when(pl.col("DATEADDED").str.len_bytes() == 14)
        .then(pl.col("DATEADDED"))
        .str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us"),
    )
    known_codes = registry.cameo_codes()["cameo_code"].implode()
    # A day of tolerance: SQLDATE is a local day, DATEADDED is UTC; and a late slot may carry rows of the one before.
    checks: tuple[tuple[str, pl.Expr, str], ...] = (
        ("GLOBALEVENTID", pl.col("global_event_id") >= 0, "not a number"),
        ("SQLDATE", pl.col("event_date").is_not_null(), "not a date (YYYYMMDD)"),
        (
            "DATEADDED",
            (pl.col("added_at") - pl.lit(slot)).abs() <= timedelta(days=1),
            f"not a time within a day of the slot {slot:%Y-%m-%d %H:%M} UTC",
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
    failed = pl.coalesce(
        *(pl.when(ok.fill_null(False).not_()).then(pl.lit(i, pl.Int8)) for i, (_, ok, _) in enumerate(checks)),
        pl.lit(None, pl.Int8),
    )
    judged = typed.with_columns(failed.alias("failed")).collect()
    bad = judged.filter(pl.col("failed").is_not_null())

    def by_check(values: list[pl.Expr]) -> pl.Expr:
        return pl.coalesce(*(pl.when(pl.col("failed") == i).then(value) for i, value in enumerate(values)))

    rejects = bad.select(
        pl.lit(file).alias("file"),
        "row",
        by_check([pl.lit(name) for name, _, _ in checks]).alias("column"),
        by_check([pl.col(name).str.slice(0, 200) for name, _, _ in checks]).alias("value"),
        by_check([pl.lit(reason) for _, _, reason in checks]).alias("reason"),
    )
    events = judged.filter(pl.col("failed").is_null()).select(
        pl.lit(file).alias("file"),
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
        "added_at",
        pl.col("SOURCEURL").alias("source_url"),
    )
    return events.match_to_schema(STAGED), rejects.match_to_schema(REJECTS)
