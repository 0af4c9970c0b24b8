"""GDELT 2.0 mentions: which documents tell of which event, from bytes to ``core.gdelt_mentions``.

A file is one slot of 15 minutes: ``YYYYMMDDHHMMSS.mentions.CSV``, tab separated, without header and without quoting, 16
columns. Excerpts that people keep may have a header, and commas; then the header names the columns. A mention belongs to an
event of any earlier slot, so most events gain mentions for days. Those whose event is not held are kept all the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial, reduce
from operator import or_

import polars as pl

from assets import schema
from assets.contracts import REJECTS, Folded, History, OutOfOrder, Staged, StagedSnapshot
from assets.errors import Quarantine
from assets.news import KEPT
from assets.news.gdelt import events as gdelt
from assets.news.gdelt import fold as events
from assets.reading.bytes import decode
from assets.reading.rejects import Check, reasons, split
from assets.reading.tables import frame_of_lines, lines_of

SOURCE = "gdelt_v2_mentions"

COLUMNS: tuple[str, ...] = (
    "GLOBALEVENTID", "EventTimeDate", "MentionTimeDate", "MentionType", "MentionSourceName", "MentionIdentifier", "SentenceID",
    "Actor1CharOffset", "Actor2CharOffset", "ActionCharOffset", "InRawText", "Confidence", "MentionDocLen", "MentionDocTone",
    "MentionDocTranslationInfo", "Extras",
)  # fmt: skip
"""The 16 columns in their order."""

MEDIA = ("web", "citation", "core", "dtic", "jstor", "nontext")
"""Types of mention 1 to 6."""

STAGED = pl.Schema(
    {
        "file": pl.String(),
        "row": pl.Int64(),
        "mention_id": pl.String(),
        "global_event_id": pl.Int64(),
        "event_added_at": pl.Datetime("us"),
        "mentioned_at": pl.Datetime("us"),
        "medium": pl.String(),
        "outlet": pl.String(),
        "report_id": pl.String(),
        "sentence": pl.Int32(),
        "is_in_raw_text": pl.Boolean(),
        "confidence": pl.Float64(),
        "document_length": pl.Int32(),
        "tone": pl.Float64(),
        "translated_from": pl.String(),
    }
)
"""One row per row that could be read."""

_FILE = re.compile(r"(\d{14})\.mentions\.csv", re.IGNORECASE)


def slot_of(file: str) -> datetime | None:
    """Return the start of the slot (naive UTC) that a file name states, or None where it states none."""
    found = _FILE.fullmatch(file)
    return None if found is None else gdelt.slot_of(f"{found[1]}.export.CSV")


def stage(files: Mapping[str, bytes]) -> Staged:
    """Type the rows of one snapshot.

    Args:
        files: name to bytes: slots, or excerpts of them under any name.

    Returns:
        Frame ``mentions`` (``STAGED``); rejects; ``facts["slots"]``, the slots that whole files hold, as their 14 digits.

    Raises:
        Quarantine: no file, an empty one, or one in another layout.
    """
    if not files:
        raise Quarantine(f"no file of mentions in the snapshot. {KEPT}")
    frames, rejects, n_read = [], [], 0
    for file in sorted(files):
        rows, off, n = _stage_file(file, files[file])
        frames.append(rows)
        rejects.append(off)
        n_read += n
    return Staged(
        frames={"mentions": pl.concat(frames)},
        rejects=pl.concat(rejects),
        n_read=n_read,
        facts={"slots": [f"{slot:%Y%m%d%H%M%S}" for file in sorted(files) if (slot := slot_of(file)) is not None]},
    )


def _stage_file(file: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    lines = lines_of(decode(data, errors="replace"))
    if not lines:
        # a slot in which nothing was mentioned would be an empty file
        return pl.DataFrame(schema=STAGED), pl.DataFrame(schema=REJECTS), 0
    names, body = _header(lines)
    if names is None:
        names, body = list(COLUMNS), lines
        usual = Counter(line.count("\t") + 1 for line in lines).most_common(1)[0][0]
        if usual not in (len(COLUMNS), len(COLUMNS) - 1):
            raise Quarantine(
                f"{file}: rows with {usual} columns; GDELT 2.0 mentions have {len(COLUMNS)} "
                f"(61 columns are events, another source). {KEPT}"
            )
        if usual == len(COLUMNS) - 1:
            names = names[:-1]
    rows, off = frame_of_lines(file, body, names, (), KEPT)
    rows = rows.select("row", *(pl.col(c) if c in names else pl.lit(None, pl.String).alias(c) for c in COLUMNS))
    good, bad = _typed(file, rows)
    return good, pl.concat([off, bad]), len(body)


def _header(lines: list[str]) -> tuple[list[str] | None, list[str]]:
    """Return the columns that a header names, and the rows as tab separated lines; None where there is no header."""
    known = {c.casefold(): c for c in COLUMNS}
    for separator in "\t,":
        names = [known.get(cell.strip().strip('"').casefold()) for cell in lines[0].split(separator)]
        if "GLOBALEVENTID" not in names or "MentionIdentifier" not in names:
            continue
        labels = [name or f"_{i}" for i, name in enumerate(names)]
        if separator == "\t":
            return labels, lines[1:]
        try:
            cells = list(csv.reader(io.StringIO("\n".join(lines[1:]))))
        except csv.Error:
            return labels, ["\t".join(line.split(",")) for line in lines[1:]]
        return labels, ["\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) for row in cells]
    return None, lines


def _typed(file: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    slot = slot_of(file)

    def moment(column: str) -> pl.Expr:
        text = pl.when(pl.col(column).str.len_bytes() == 14).then(pl.col(column))
        return text.str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us")

    typed = rows.with_columns(
        global_event_id=pl.col("GLOBALEVENTID").cast(pl.Int64, strict=False),
        event_added_at=moment("EventTimeDate"),
        mentioned_at=moment("MentionTimeDate"),
        kind=pl.col("MentionType").cast(pl.Int8, strict=False),
        percent=pl.col("Confidence").cast(pl.Float64, strict=False),
        tone=pl.col("MentionDocTone").cast(pl.Float64, strict=False),
    )
    checks: tuple[Check, ...] = (
        ("GLOBALEVENTID", pl.col("global_event_id") >= 0, "not a number"),
        ("EventTimeDate", pl.col("event_added_at").is_not_null(), "not a time (YYYYMMDDHHMMSS)"),
        (
            "MentionTimeDate",
            pl.col("mentioned_at").is_not_null()
            if slot is None
            else (pl.col("mentioned_at") - pl.lit(slot)).abs() <= timedelta(days=1),
            "not a time (YYYYMMDDHHMMSS)" + ("" if slot is None else " within a day of the slot"),
        ),
        ("MentionIdentifier", pl.col("MentionIdentifier").is_not_null(), "no document is named"),
        ("Confidence", pl.col("percent").is_between(0, 100) | pl.col("Confidence").is_null(), "not a percentage"),
    )
    good, failing = split(typed, checks)
    bad = reasons(failing, checks, pl.lit(file))
    identity = ("GLOBALEVENTID", "MentionTimeDate", "MentionIdentifier", "SentenceID", "Actor1CharOffset", "Actor2CharOffset",
                "ActionCharOffset")  # fmt: skip
    staged = good.select(
        pl.lit(file).alias("file"),
        "row",
        pl.concat_str(identity, separator="\x1f", ignore_nulls=True)
        .map_elements(events.short_hash, return_dtype=pl.String)
        .alias("mention_id"),
        "global_event_id",
        "event_added_at",
        "mentioned_at",
        pl.col("kind").replace_strict(dict(enumerate(MEDIA, start=1)), default=None, return_dtype=pl.String).alias("medium"),
        pl.col("MentionSourceName").alias("outlet"),
        pl.col("MentionIdentifier").alias("report_id"),
        pl.col("SentenceID").cast(pl.Int32, strict=False).alias("sentence"),
        pl.when(pl.col("InRawText").is_in(["0", "1"])).then(pl.col("InRawText") == "1").alias("is_in_raw_text"),
        (pl.col("percent") / 100).alias("confidence"),
        pl.col("MentionDocLen").cast(pl.Int32, strict=False).alias("document_length"),
        pl.when(pl.col("tone").is_finite()).then("tone").alias("tone"),
        pl.col("MentionDocTranslationInfo").str.extract(r"(?i)srclc:\s*([a-z]{2,3})").str.to_lowercase().alias("translated_from"),
    )
    return staged.match_to_schema(STAGED), bad


def fold(history: History, snapshots: Iterable[StagedSnapshot], *, is_late: bool = False) -> Folded:
    """Add the mentions of new slots.

    Args:
        history: what earlier folds left. Notes: ``slots`` as in ``assets.news.gdelt.fold.fold`` (whole files held), and
            ``days``, those of which any mention is held: only for these is history read, and only their rows.
        snapshots: accepted snapshots of ``stage`` in order of retrieval.
        is_late: whether snapshots are held that come after these.

    Returns:
        Closed rows of ``gdelt_mentions``; ``news_coverage`` open, with ``covers`` 'reports'.

    Raises:
        OutOfOrder: late snapshots hold a mention that is held: whose row counts is for their order to say.
    """
    slots = {day: int(held, 16) for day, held in history.notes.get("slots", {}).items()}
    days = set(history.notes.get("days", ()))
    held_slots = dict(slots)
    frames = [pl.DataFrame(schema={**STAGED, "snapshot_id": pl.String})]
    repeated = False
    for snapshot in snapshots:
        frames.append(snapshot.frames["mentions"].with_columns(pl.lit(snapshot.snapshot_id).alias("snapshot_id")))
        of_slots = snapshot.facts["slots"]
        repeated |= not of_slots
        for slot in of_slots:
            at = datetime.strptime(slot, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            day, bit = f"{at:%Y-%m-%d}", 1 << (at.hour * 60 + at.minute) // gdelt.SLOT_MINUTES
            repeated |= bool(held_slots.get(day, 0) & bit)
            slots[day] = slots.get(day, 0) | bit
    rows = pl.concat(frames).unique("mention_id", keep="first", maintain_order=True)
    own_days = set(rows.select(pl.col("mentioned_at").dt.date().cast(pl.String).unique()).to_series())
    if repeated or (own_days & days) - set(held_slots):
        n_rows = rows.height
        rows = without_known(rows, history, sorted(own_days & days))
        if is_late and rows.height < n_rows:
            raise OutOfOrder(f"{n_rows - rows.height:,} mentions are held already")
    url = pl.col("report_id").str.contains("(?i)^https?://")
    mentions = schema.table("core.gdelt_mentions").conform(
        rows.select(
            "mention_id",
            pl.format(f"{gdelt.SOURCE}:{{}}", "global_event_id").alias("event_id"),
            *(c for c in STAGED if c not in ("file", "row", "mention_id", "global_event_id")),
            pl.when(url).then("report_id").alias("url"),
            pl.col("mentioned_at").alias("known_from"),
            "snapshot_id",
            pl.col("row").cast(pl.Int32).alias("row_number"),
        )
    )
    return Folded(
        open={"news_coverage": events.coverage(slots, SOURCE, "reports")},
        closed={"gdelt_mentions": mentions},
        notes={"slots": {d: f"{held:x}" for d, held in sorted(slots.items())}, "days": sorted(days | own_days)},
    )


fold_late = partial(fold, is_late=True)
"""``fold`` of slots that come late."""


def without_known(
    rows: pl.DataFrame, history: History, days: list[str], table: str = "gdelt_mentions", key: str = "mention_id"
) -> pl.DataFrame:
    """Drop rows whose key history holds already, reading only the days (ISO) that may hold them."""
    if rows.is_empty() or not days:
        return rows
    bounds = [date.fromisoformat(day) for day in days]
    of_these_days = reduce(
        or_,
        [
            pl.col("known_from").is_between(
                datetime(d.year, d.month, d.day), datetime(d.year, d.month, d.day) + timedelta(1), closed="left"
            )
            for d in bounds
        ],
    )
    known = history.all(table).filter(of_these_days).select(key).collect()
    return rows.join(known, on=key, how="anti", maintain_order="left")
