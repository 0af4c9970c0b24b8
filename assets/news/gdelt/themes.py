"""GDELT 2.0's Global Knowledge Graph: what each document is about, from bytes to ``core.gdelt_themes``.

A file is one slot of 15 minutes: ``YYYYMMDDHHMMSS.gkg.csv``, tab separated, without header and without quoting, 27 columns
(codebook of GKG 2.1). Read are the document, its themes, the states of the places it names, and its tone; persons, quotations
and counts stay in the raw store. No real file was at hand: built to the documented layout.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial

import polars as pl

from assets import schema
from assets.actors import registry
from assets.contracts import REJECTS, Folded, History, OutOfOrder, Staged, StagedSnapshot
from assets.errors import Quarantine
from assets.news import KEPT
from assets.news.gdelt import events as gdelt
from assets.news.gdelt.mentions import without_known
from assets.reading.bytes import decode
from assets.reading.rejects import Check, reasons, split
from assets.reading.tables import frame_of_lines, lines_of

SOURCE = "gdelt_v2_gkg"
COLUMNS: tuple[str, ...] = (
    "GKGRECORDID", "DATE", "SourceCollectionIdentifier", "SourceCommonName", "DocumentIdentifier", "Counts", "EnhancedCounts",
    "Themes", "EnhancedThemes", "Locations", "EnhancedLocations", "Persons", "EnhancedPersons", "Organizations",
    "EnhancedOrganizations", "Tone", "EnhancedDates", "GCAM", "SharingImage", "RelatedImages", "SocialImageEmbeds",
    "SocialVideoEmbeds", "Quotations", "AllNames", "Amounts", "TranslationInfo", "Extras",
)  # fmt: skip
"""The 27 columns in their order."""
STAGED = pl.Schema(
    {"file": pl.String(), "row": pl.Int64(), "record_id": pl.String(), "seen_at": pl.Datetime("us"), "outlet": pl.String()}
    | dict.fromkeys(("report_id", "themes", "country_ids"), pl.String())
    | {"tone": pl.Float64(), "translated_from": pl.String()}
)
"""One row per row that could be read."""

_FILE = re.compile(r"(\d{14})(?:\.translation)?\.gkg\.csv", re.IGNORECASE)


def stage(files: Mapping[str, bytes]) -> Staged:
    """Type the rows of one snapshot: slots by their name. Raises Quarantine for no file, or one in another layout."""
    if not files:
        raise Quarantine(f"no file of the knowledge graph in the snapshot. {KEPT}")
    frames, rejects, n_read = [pl.DataFrame(schema=STAGED)], [pl.DataFrame(schema=REJECTS)], 0
    for file in sorted(files):
        lines = lines_of(decode(files[file], errors="replace"))
        if not lines:
            continue
        usual = Counter(line.count("\t") + 1 for line in lines).most_common(1)[0][0]
        if usual != len(COLUMNS):
            raise Quarantine(f"{file}: rows with {usual} columns; GDELT's knowledge graph 2.1 has {len(COLUMNS)}. {KEPT}")
        rows, off = frame_of_lines(file, lines, COLUMNS, (), KEPT)
        good, bad = _typed(file, rows)
        frames.append(good)
        rejects += [off, bad]
        n_read += len(lines)
    return Staged(frames={"themes": pl.concat(frames)}, rejects=pl.concat(rejects), n_read=n_read)


def _typed(file: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    named = _FILE.fullmatch(file)
    slot = gdelt.slot_of(f"{named[1]}.export.CSV") if named else None
    seen = pl.when(pl.col("DATE").str.len_bytes() == 14).then(pl.col("DATE"))
    typed = rows.with_columns(
        seen_at=seen.str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us"),
        tone=pl.col("Tone").str.split(",").list.first().cast(pl.Float64, strict=False),
    )
    near = pl.lit(value=True) if slot is None else (pl.col("seen_at") - pl.lit(slot)).abs() <= timedelta(days=1)
    checks: tuple[Check, ...] = (
        ("GKGRECORDID", pl.col("GKGRECORDID").is_not_null(), "no record is named"),
        ("DATE", pl.col("seen_at").is_not_null() & near, "not a time (YYYYMMDDHHMMSS) within a day of the slot"),
        ("DocumentIdentifier", pl.col("DocumentIdentifier").is_not_null(), "no document is named"),
    )
    good, failing = split(typed, checks)
    fips = registry.code_map("fips")
    states = (
        pl.col("Locations").str.split(";").list.eval(
            pl.element().str.split("#").list.get(2, null_on_oob=True)
            .replace_strict(list(fips), list(fips.values()), default=None, return_dtype=pl.String)
        )
    )  # fmt: skip
    staged = good.select(
        pl.lit(file).alias("file"),
        "row",
        pl.col("GKGRECORDID").alias("record_id"),
        "seen_at",
        pl.col("SourceCommonName").alias("outlet"),
        pl.col("DocumentIdentifier").alias("report_id"),
        _joined(pl.col("Themes").str.split(";")).alias("themes"),
        _joined(states).alias("country_ids"),
        pl.when(pl.col("tone").is_finite()).then("tone").alias("tone"),
        pl.col("TranslationInfo").str.extract(r"(?i)srclc:\s*([a-z]{2,3})").str.to_lowercase().alias("translated_from"),
    )
    return staged.match_to_schema(STAGED), reasons(failing, checks, pl.lit(file))


def _joined(values: pl.Expr) -> pl.Expr:
    """Each value once, in the order of the alphabet, joined by semicolons; NULL where there is none."""
    text = values.list.eval(pl.element().filter(pl.element().str.len_bytes() > 0)).list.unique().list.sort().list.join(";")
    return pl.when(text.str.len_bytes() > 0).then(text)


def fold(history: History, snapshots: Iterable[StagedSnapshot], *, is_late: bool = False) -> Folded:
    """Add the documents of new slots.

    Args:
        history: what earlier folds left. Notes: ``days``, those of which any document is held: only their rows are read.
        snapshots: accepted snapshots of ``stage`` in order of retrieval.
        is_late: whether snapshots are held that come after these.

    Raises:
        OutOfOrder: late snapshots hold a record that is held: whose row counts is for their order to say.
    """
    days = set(history.notes.get("days", ()))
    frames = [pl.DataFrame(schema={**STAGED, "snapshot_id": pl.String})]
    frames += [s.frames["themes"].with_columns(pl.lit(s.snapshot_id).alias("snapshot_id")) for s in snapshots]
    rows = pl.concat(frames).unique("record_id", keep="first", maintain_order=True)
    own_days = set(rows.select(pl.col("seen_at").dt.date().cast(pl.String).unique()).to_series())
    new = without_known(rows, history, sorted(own_days & days), "gdelt_themes", "record_id")
    if is_late and new.height < rows.height:
        raise OutOfOrder(f"{rows.height - new.height:,} records are held already")
    themes = schema.table("core.gdelt_themes").conform(
        new.with_columns(
            url=pl.when(pl.col("report_id").str.contains("(?i)^https?://")).then("report_id"),
            known_from=pl.col("seen_at"),
            row_number=pl.col("row").cast(pl.Int32),
        ).drop("file", "row")
    )
    return Folded(open={}, closed={"gdelt_themes": themes}, notes={"days": sorted(days | own_days)})


fold_late = partial(fold, is_late=True)
"""``fold`` of slots that come late."""
