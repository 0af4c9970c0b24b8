"""CDC's provisional county counts of overdose deaths: from the bytes of a vintage to core rows.

Belongs here: the layout, FIPS codes, the vintage that the file states, what it changes in what was known. The layout is known
from what its users write of it; no file of the publisher was at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from assets.contracts import Folded, History, Judgement, RowGuard, Staged, StagedInfo, StagedSnapshot, judge_rows
from assets.days import last_instant
from assets.errors import KEPT, Quarantine, refusal
from assets.history import close, compare
from assets.overdose.places import states
from assets.reading import months
from assets.reading.portals import frame_of, is_json_array
from assets.reading.rejects import of_file
from assets.reading.text_frames import stripped
from assets.schema import table

SOURCE = "us_cdc_county_overdose"
TABLE = "county_overdoses"

KEY = ("fips", "period_end")

STAGED = pl.Schema(
    {
        "row": pl.Int64,
        "fips": pl.String,
        "actor_id": pl.String,
        "name": pl.String,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "deaths": pl.Int64,
        "missing_reason": pl.String,
        "percent_pending": pl.Float64,
        "as_of": pl.Date,
    }
)

_COLUMNS = {
    "as_of": ("data_as_of",),
    "year": ("year",),
    "month": ("month",),
    "ending": ("monthendingdate", "month_ending_date"),
    "county": ("countyname", "county_name"),
    "fips": ("fips",),
    "deaths": ("provisional_drug_overdose_deaths", "provisional_drug_overdose"),
    "footnote": ("footnote",),
    "percent": ("percentage_of_records_pending_investigation", "percentage_of_records_pending", "percent_pending_investigation"),
}
"""Names in the bulk CSV and in the API, which cuts long ones, by what the column is here."""

_NEEDED = ("fips", "deaths", "year", "month")
_COUNT = r"^([0-9]{1,3}(,[0-9]{3}){1,2}|[0-9]{1,7})(\.0+)?$"


def stage(files: Mapping[str, bytes]) -> Staged:
    """Shape the bytes of one vintage into typed rows.

    Args:
        files: file name to content, one CSV or JSON file, or the JSON pages of the API.

    Returns:
        A frame ``counties`` (schema ``STAGED``). A FIPS code of four digits has lost its zero and gets it back. A blank count
        is suppressed (1 to 9 deaths) unless its footnote says low data quality. ``percent_pending`` is in percent, 0 to 100:
        the source's column of that name holds a share from 0 to 1.

    Raises:
        Quarantine: no table can be read, a column without which a row means nothing is missing, or the rows state more than
            one vintage.
    """
    if not files:
        raise Quarantine("The snapshot holds no file. Put one file of the vintage into the folder.")
    if len(files) > 1 and any(not is_json_array(data) for data in files.values()):
        raise Quarantine(
            f"The snapshot holds {len(files)} files, and a vintage is one file or the JSON pages of one answer. Nothing of it is "
            "used; the bytes are kept. Leave one file in the folder."
        )
    frames, rejects, n_read, n_blank = [], [], 0, 0
    for name, data in sorted(files.items()):
        read = frame_of(name, data, KEPT)
        held = {meant: next((c for c in names if c in read.table.columns), None) for meant, names in _COLUMNS.items()}
        if not read.table.height and not read.rejects.height:
            continue
        if absent := [meant for meant in _NEEDED if held[meant] is None and not (meant in ("year", "month") and held["ending"])]:
            raise refusal(
                name,
                f"columns that tell {', '.join(absent)} are missing; it has "
                + ", ".join(repr(c[:40]) for c in read.table.columns[1:20]),
                "If the publisher has renamed a column, teach assets/overdose/county.py its name.",
            )
        cells, blank = stripped(read, [c for c in held.values() if c is not None])
        typed = _typed(
            cells.select(
                "row", *[(pl.col(c) if c is not None else pl.lit(None, pl.String)).alias(meant) for meant, c in held.items()]
            )
        )
        frames.append(typed.with_columns(file=pl.lit(name)))
        rejects.append(of_file(read.rejects, pl.lit(name)))
        n_read += cells.height + read.rejects.height
        n_blank += blank
    if not frames:
        raise Quarantine(f"{', '.join(sorted(files))[:200]}: no rows at all. Nothing of it is used; the bytes are kept.")
    typed = pl.concat(frames).with_columns(
        problem=pl.when(pl.col("problem").is_null() & pl.struct(KEY).is_duplicated())
        .then(pl.lit("the county and month stand more than once"))
        .otherwise("problem")
    )
    n_repeated = typed.filter(
        pl.struct(KEY).is_duplicated() & pl.col("fips").is_not_null() & pl.col("period_end").is_not_null()
    ).height
    if len(files) > 1 and n_repeated:
        raise Quarantine(
            f"{n_repeated:,} rows stand on more than one of {len(files)} pages: rows moved while they were fetched, and others "
            "may be on none. Nothing of it is used; the bytes are kept. Fetch all pages again, in the order of :id."
        )
    bad = typed.filter(pl.col("problem").is_not_null()).select(
        "file",
        "row",
        pl.lit(None, pl.String).alias("column"),
        pl.concat_str("code", "year", "month", "ending", "number", separator=" | ", ignore_nulls=True)
        .str.slice(0, 200)
        .alias("value"),
        pl.col("problem").alias("reason"),
    )
    good = typed.filter(pl.col("problem").is_null())
    vintages = sorted(str(day) for day in good["as_of"].drop_nulls().unique())
    if len(vintages) > 1:
        raise Quarantine(
            f"{', '.join(sorted(files))[:200]}: the rows state {len(vintages)} vintages (Data as of {', '.join(vintages[:5])}): "
            "several were joined. Nothing of it is used; the bytes are kept. File each vintage under its own day."
        )
    last = good["period_end"].max()
    return Staged(
        frames={"counties": good.select(*STAGED)},
        rejects=pl.concat([*rejects, bad]),
        n_read=n_read,
        facts={
            "as_of": vintages[0] if vintages else None,
            "max_period": None if last is None else str(last),
            "n_blank_lines": n_blank,
            "n_counties": good["fips"].n_unique(),
            "states": sorted(good["actor_id"].unique()),
        },
    )


def _typed(cells: pl.DataFrame) -> pl.DataFrame:
    """Add what the cells mean; ``problem`` says why a row cannot be used."""
    # spreadsheets take the code for a number and drop its first zero
    fips = pl.when(pl.col("fips").str.contains(r"^[0-9]{4,5}(\.0)?$")).then(pl.col("fips").str.extract(r"^([0-9]+)").str.zfill(5))
    month = pl.coalesce(
        pl.when(pl.col("month").str.contains(r"^([1-9]|0[1-9]|1[0-2])$")).then("month").cast(pl.Int8, strict=False),
        pl.col("month").str.to_lowercase().str.slice(0, 3).replace_strict(months.BY_SHORT, default=None, return_dtype=pl.Int8),
    )
    year = pl.when(pl.col("year").str.contains(r"^20[0-9]{2}$")).then("year").cast(pl.Int32, strict=False)
    footnote = pl.col("footnote").str.to_lowercase().fill_null("")
    number = pl.col("deaths")
    count = (
        pl.when(number.str.contains(_COUNT)).then(number.str.replace_all(",", "")).cast(pl.Float64, strict=False).cast(pl.Int64)
    )
    pending = pl.col("percent")
    is_number = pending.str.contains(r"^[0-9]{1,3}(\.[0-9]{1,20})?%?$")
    number_pending = pl.when(is_number).then(pending.str.strip_chars("%").cast(pl.Float64, strict=False))
    # named a percentage and published as a share, so that a number above 1 has no known meaning
    percent = pl.when(pending.str.ends_with("%")).then(number_pending).when(number_pending <= 1).then(number_pending * 100)
    return (
        cells.with_columns(
            code="fips",
            number="deaths",
            fips=fips,
            period_end=pl.coalesce(pl.date(year, month, 1).dt.month_end(), _day("ending").dt.month_end()),
            deaths=count,
            missing_reason=pl.when(number.is_not_null())
            .then(None)
            .when(footnote.str.contains(r"low\s+data\s+quality"))
            .then(pl.lit("low_quality"))
            .otherwise(pl.lit("suppressed")),
            percent_pending=pl.when(percent <= 100).then(percent.round(10)),
            as_of=_day("as_of"),
            name="county",
        )
        .with_columns(
            actor_id=pl.col("fips").str.slice(0, 2).replace_strict(states(), default=None, return_dtype=pl.String),
            period_start=pl.col("period_end").dt.offset_by("1d").dt.offset_by("-12mo"),
        )
        .with_columns(
            problem=pl.when(pl.col("fips").is_null() | pl.col("actor_id").is_null() | pl.col("fips").str.ends_with("000"))
            .then(pl.lit("no FIPS code of a county in a state"))
            .when(pl.col("period_end").is_null())
            .then(pl.lit("no year and month that can be read"))
            .when(pl.col("number").is_not_null() & pl.col("deaths").is_null())
            .then(pl.lit("not a whole number of deaths"))
            .when(pl.col("number").is_not_null() & pl.col("deaths").is_between(1, 9))
            .then(pl.lit("a count of 1 to 9, which is never published"))
        )
    )


def _day(column: str) -> pl.Expr:
    """A day as the portal (09/13/2023) or the API (2023-09-13T00:00:00.000) writes it."""
    cell = pl.col(column)
    american = cell.str.extract(r"^([0-9]{1,2}/[0-9]{1,2}/20[0-9]{2})")
    iso = cell.str.extract(r"^(20[0-9]{2}-[0-9]{2}-[0-9]{2})")
    return pl.coalesce(american.str.to_date("%m/%d/%Y", strict=False), iso.str.to_date("%Y-%m-%d", strict=False))


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Say whether a vintage may be folded, and whether what it does not hold is withdrawn.

    It is complete where it holds the states of the last complete one, else partial: it then adds and revises, and withdraws
    nothing. Refused: too few rows against the last one; a vintage or months after the retrieval; an older vintage than the
    last one.
    """
    facts = info.facts
    lost = [] if baseline is None else sorted(set(baseline.facts["states"]) - set(facts["states"]))
    rows = judge_rows(info, None if lost else baseline, guard)
    refusals, warnings = list(rows.refusals), list(rows.warnings)
    retrieved = f"{info.retrieved_at:%Y-%m-%d}"
    for what in ("as_of", "max_period"):
        if facts[what] is not None and facts[what] > retrieved:
            refusals.append(
                f"its {'vintage' if what == 'as_of' else 'newest month'} is {facts[what]}, and it was retrieved on {retrieved}"
            )
        if facts[what] is not None and baseline is not None and (baseline.facts[what] or "") > facts[what]:
            refusals.append(
                f"{facts[what]} is older than {baseline.facts[what]} of the last vintage: an old one, saved late? File it under "
                "the day on which it was published"
            )
    if info.n_read and not facts["states"]:
        refusals.append(f"none of its {info.n_read:,} rows can be used")
    if lost:
        warnings.append(f"partial, it withdraws nothing: without {', '.join(lost[:10])}")
    return Judgement(tuple(refusals), tuple(warnings), complete=not lost)


def fold(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Fold accepted vintages, in order of retrieval, into ``core.county_overdoses``.

    A vintage was known at the end of the day that it states (``Data as of``), where that lies after the retrieval of the one
    before and not after its own.
    """
    declared = table(f"core.{TABLE}")
    standing, ended = history.open(TABLE), [declared.empty()]
    last = history.notes.get("last_retrieved_at")
    for snapshot in snapshots:
        at, basis = _known(snapshot.facts, snapshot.retrieved_at, last)
        seen = _completed(
            snapshot.frames["counties"].rename({"row": "row_number"}).drop("as_of"), at, basis, snapshot.snapshot_id
        )
        revision = compare(standing, seen, key=KEY, values=("deaths", "missing_reason"))
        gone = revision.absent.filter(pl.col("missing_reason").ne_missing("withdrawn") & snapshot.complete)
        withdrawn = _completed(
            gone.select("fips", "actor_id", "name", "period_start", "period_end", missing_reason=pl.lit("withdrawn")),
            at,
            basis,
            snapshot.snapshot_id,
        )
        kept = revision.absent.join(gone, on=KEY, how="anti")
        standing = pl.concat([revision.unchanged, kept, revision.replacing, revision.new, withdrawn])
        ended.append(close(pl.concat([revision.superseded, gone]), at))
        last = snapshot.retrieved_at.isoformat()
    return Folded(open={TABLE: standing}, closed={TABLE: pl.concat(ended)}, notes={"last_retrieved_at": last})


def _known(facts: Mapping[str, Any], retrieved_at: datetime, last: str | None) -> tuple[datetime, str]:
    """Since when a vintage was known, and on what basis."""
    if facts["as_of"] is not None and (facts["max_period"] is None or facts["as_of"] > facts["max_period"]):
        stated = last_instant(date.fromisoformat(facts["as_of"]))
        if stated <= retrieved_at and (last is None or stated.isoformat() > last):
            return stated, "publication"
    return retrieved_at, "snapshot"


def _completed(rows: pl.DataFrame, at: datetime, basis: str, snapshot_id: str) -> pl.DataFrame:
    return table(f"core.{TABLE}").conform(
        rows.with_columns(
            known_from=pl.lit(at, pl.Datetime("us")),
            known_basis=pl.lit(basis),
            source=pl.lit(SOURCE),
            snapshot_id=pl.lit(snapshot_id),
        )
    )
