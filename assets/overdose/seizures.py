"""Drugs seized by US Customs and Border Protection: from a file of four fiscal years to core rows.

Belongs here: the layout of the file, fiscal years, the judgement of a file, what it changes in what was known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from assets.contracts import Folded, History, Judgement, RowGuard, Staged, StagedInfo, StagedSnapshot, judge_rows
from assets.errors import KEPT, Quarantine, refusal
from assets.history import close, compare
from assets.reading import months
from assets.reading.portals import frame_of
from assets.reading.rejects import of_file, rejected, repeated
from assets.reading.text_frames import stripped
from assets.schema import table

SOURCE = "us_cbp_drug_seizures"
TABLE = "drug_seizures"

KG_PER_LB = 0.45359237
"""Exact, by the international agreement of 1959."""

KEY = ("region", "component", "land_filter", "area", "drug", "period_end")
"""What identifies a row: six of the seven columns of the source's key, fiscal year and month being one."""

_COLUMNS = {
    "fy": "fiscal_year",
    "fiscal_year": "fiscal_year",
    "month_(abbv)": "month",
    "month": "month",
    "component": "component",
    "region": "region",
    "land_filter": "land_filter",
    "area_of_responsibility": "area",
    "drug_type": "drug",
    "count_of_event": "n_events",
    "event_count": "n_events",
    "sum_qty_(lbs)": "quantity_lbs",
}
_NEEDED = tuple(dict.fromkeys(_COLUMNS.values()))
# quantities begin at a hundredth of a gram, 2e-05 pounds; files print 13 digits
_TOLERANCE = 1e-9

STAGED = pl.Schema(
    {
        "row": pl.Int64,
        "region": pl.String,
        "component": pl.String,
        "land_filter": pl.String,
        "area": pl.String,
        "drug": pl.String,
        "period_end": pl.Date,
        "fiscal_year": pl.Int32,
        "n_events": pl.Int64,
        "quantity_lbs": pl.Float64,
    }
)


def stage(files: Mapping[str, bytes]) -> Staged:
    """Shape the bytes of one file into typed rows.

    Args:
        files: file name to content; one CSV of all drugs, areas and months of its fiscal years.

    Returns:
        A frame ``seizures`` (schema ``STAGED``). The fiscal year begins in October: OCT of 2023 is October 2022.

    Raises:
        Quarantine: no table can be read from it, or a column without which a row means nothing is missing.
    """
    if len(files) != 1:
        raise Quarantine(
            f"The snapshot holds {len(files)} files, and a vintage is one CSV. Nothing of it is used; the bytes are kept. Leave "
            "one file in the folder: the older one belongs into the folder of its own day."
        )
    [(name, data)] = files.items()
    read = frame_of(name, data, KEPT)
    held: dict[str, str] = {}
    for column in read.table.columns:
        meant = _COLUMNS.get(column)
        if meant is not None and meant not in held:
            held[meant] = column
    if absent := [c.replace("_", " ") for c in _NEEDED if c not in held]:
        raise refusal(
            name,
            f"columns that tell {', '.join(absent)} are missing; it has "
            + ", ".join(repr(c[:40]) for c in read.table.columns[1:15]),
            "If the publisher has renamed a column, teach assets/overdose/seizures.py its name.",
        )
    cells, n_blank = stripped(read, list(held.values()))
    typed = _typed(cells.rename({column: meant for meant, column in held.items()}))
    key = pl.concat_str(pl.col(KEY).cast(pl.String), separator=" | ")
    needed = pl.concat_str(pl.col(_NEEDED).cast(pl.String), separator=" | ", ignore_nulls=True)
    bad = pl.concat(
        [
            rejected(typed.filter(pl.col("problem").is_not_null()), needed, pl.col("problem")),
            repeated(typed.filter(pl.col("problem").is_null()), KEY, ("n_events", "quantity_lbs"), key),
        ]
    )
    good = typed.join(bad, on="row", how="anti").select(*STAGED)
    months = good.group_by("fiscal_year").agg(
        n_rows=pl.len(), n_months=pl.col("period_end").n_unique(), last=pl.col("period_end").max()
    )
    last = good["period_end"].max()
    return Staged(
        frames={"seizures": good},
        rejects=of_file(pl.concat([read.rejects, bad]), pl.lit(name)).sort("row"),
        n_read=cells.height + read.rejects.height,
        facts={
            "n_blank_lines": n_blank,
            "max_period": None if last is None else str(last),
            "fiscal_years": {str(r["fiscal_year"]): [r["n_rows"], r["n_months"]] for r in months.sort("fiscal_year").to_dicts()},
            "months": sorted(str(m) for m in good["period_end"].unique()),
            "n_without_quantity": good.filter((pl.col("quantity_lbs") == 0) & (pl.col("n_events") > 0)).height,
        },
    )


def _typed(cells: pl.DataFrame) -> pl.DataFrame:
    """Add what the cells mean; ``problem`` says why a row cannot be used."""
    # the year that is not over is printed as 2025 (FYTD) in some files
    year = pl.col("fiscal_year").str.to_uppercase().str.extract(r"^(?:FY ?)?(20[0-9]{2})(?: ?\(FYTD\))?$").cast(pl.Int32)
    month = pl.col("month").str.to_lowercase().str.slice(0, 3).replace_strict(months.BY_SHORT, default=None, return_dtype=pl.Int8)
    events, quantity = pl.col("n_events"), pl.col("quantity_lbs")
    number = events.str.replace_all(",", "")
    pounds = quantity.str.replace_all(",", "")
    return cells.with_columns(
        fiscal_year=year,
        period_end=pl.date(pl.when(month >= 10).then(year - 1).otherwise(year), month, 1).dt.month_end(),
        # asterisks refer to a note below the source's table
        drug=pl.col("drug").str.replace(r"\s*\*+$", ""),
        n_events=pl.when(number.str.contains(r"^[0-9]{1,9}(\.0+)?$")).then(number).cast(pl.Float64, strict=False).cast(pl.Int64),
        quantity_lbs=pl.when(pounds.str.contains(r"^[0-9]{1,12}(\.[0-9]{1,20})?([eE]([+]?0?[0-9]|-[0-9]{1,2}))?$"))
        .then(pounds)
        .cast(pl.Float64, strict=False),
    ).with_columns(
        problem=pl.when(pl.col("period_end").is_null())
        .then(pl.lit("no fiscal year and month that can be read"))
        .when(pl.any_horizontal(pl.col(KEY).is_null()))
        .then(pl.lit("office, region, area or drug is missing"))
        .when(pl.col("n_events").is_null())
        .then(pl.lit("not a number of events"))
        .when(pl.col("quantity_lbs").is_null())
        .then(pl.lit("not a quantity in pounds"))
    )


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Say whether a file may be folded.

    Each file drops the oldest fiscal year and adds one, so what is compared is the number of rows of each fiscal year that
    both hold. Refused: fewer than ``min_share`` of the rows of such a year; a newest month that is older than that of the
    last file (an old file, saved late) or after the retrieval. A year before the newest with fewer than 12 months is a
    warning.
    """
    facts = info.facts
    rows = judge_rows(info, None, guard)
    refusals, warnings = list(rows.refusals), list(rows.warnings)
    years: Mapping[str, Any] = facts["fiscal_years"]
    if info.n_read and not years:
        refusals.append(f"none of its {info.n_read:,} rows can be used")
    for year, (n_rows, n_months) in years.items():
        if n_months < 12 and year != max(years):
            warnings.append(f"fiscal year {year} has {n_months} months")
        before = None if baseline is None else baseline.facts["fiscal_years"].get(year)
        if before is not None and n_rows < guard.min_share * before[0]:
            refusals.append(
                f"fiscal year {year} has {n_rows:,} rows where the last file had {before[0]:,} (limit {guard.min_share:.0%})"
            )
    if facts["max_period"] is not None:
        if facts["max_period"] > f"{info.retrieved_at:%Y-%m-%d}" and facts["max_period"][:7] > f"{info.retrieved_at:%Y-%m}":
            refusals.append(f"it holds {facts['max_period'][:7]}, and was retrieved on {info.retrieved_at:%Y-%m-%d}")
        if baseline is not None and facts["max_period"] < baseline.facts["max_period"]:
            refusals.append(
                f"its newest month is {facts['max_period'][:7]}, that of the last file {baseline.facts['max_period'][:7]}: an "
                "old file, saved late? File it under the day on which it was published"
            )
    return Judgement(tuple(refusals), tuple(warnings))


def fold(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Fold accepted files, in order of retrieval, into ``core.drug_seizures``.

    A row that a file gives with other numbers is closed and opened again. A row that it does not hold is closed where the
    file holds its month at all: within a month the file is whole. Months that it leaves out, as each file leaves out the
    oldest year, stay as they were. The newest month may be incomplete; a later file revises it.
    """
    declared = table(f"core.{TABLE}")
    standing, ended = history.open(TABLE), [declared.empty()]
    for snapshot in snapshots:
        rows = snapshot.frames["seizures"]
        seen = declared.conform(
            rows.rename({"row": "row_number"}).with_columns(
                actor_id=pl.lit("USA"),
                quantity_kg=pl.col("quantity_lbs") * KG_PER_LB,
                known_from=pl.lit(snapshot.retrieved_at, pl.Datetime("us")),
                source=pl.lit(SOURCE),
                snapshot_id=pl.lit(snapshot.snapshot_id),
            )
        )
        revision = compare(standing, seen, key=KEY, values=("n_events", "quantity_lbs"), tolerance=_TOLERANCE)
        months = rows.select("period_end").unique()
        gone = revision.absent.join(months, on="period_end", how="semi")
        kept = revision.absent.join(months, on="period_end", how="anti")
        standing = pl.concat([revision.unchanged, kept, revision.replacing, revision.new])
        ended.append(close(pl.concat([revision.superseded, gone]), snapshot.retrieved_at))
    return Folded(open={TABLE: standing}, closed={TABLE: pl.concat(ended)})
