"""CDC's SUDORS dashboard: the download of deaths by jurisdiction and year, from bytes to typed rows.

Belongs here: the layout, what the columns count, the marks of what is not shown. Does not: what a download changes in what was
known (``observations``). The layout is known from a published copy of a download and from what its users read of it; no file
of the publisher was at hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from assets.contracts import Judgement, RowGuard, Staged, StagedInfo, judge_rows
from assets.errors import KEPT, Quarantine, first_few, refusal
from assets.overdose.observations import EXPORTED
from assets.overdose.places import states_by_name
from assets.reading import months
from assets.reading.bytes import decoded
from assets.reading.rejects import SHAPE, misshapen, of_file, rejected, repeated
from assets.reading.tables import by_width, column_name, csv_rows, is_blank, refuse_repeated
from assets.reading.workbooks import is_packed, sheets

SOURCE = "us_cdc_sudors"
DATASET = "sudors_dashboard"

DRUGS = {
    "alldrug": "all",
    "opioids": "any_opioids",
    "imfs": "illicitly_manufactured_fentanyls",
    "heroin": "heroin",
    "rxopioids": "prescription_opioids",
    "stimulant": "any_stimulants",
    "cocaine": "cocaine",
    "meth": "methamphetamine",
    "benzodiazepines": "benzodiazepines",
    "nonopioid_sedatives": "nonopioid_sedatives",
    "opioids_stim": "opioids_with_stimulants",
    "opioids_nostim": "opioids_without_stimulants",
    "stim_noopioids": "stimulants_without_opioids",
    "noopioids_nostim": "neither_opioids_nor_stimulants",
    "carfentanil": "carfentanil",
    "parafluorofentanyl": "para_fluorofentanyl",
    "other_illegal_opioids": "other_illegal_opioids",
    "nitazenes": "nitazenes",
    "isotonitazene": "isotonitazene",
    "metonitazene": "metonitazene",
    "illegal_benzodiazepines": "illegal_benzodiazepines",
    "bromazolam": "bromazolam",
    "etizolam": "etizolam",
    "flualprazolam": "flualprazolam",
    "kratom": "kratom",
    "cathinones": "cathinones",
    "xylazine": "xylazine",
}
"""Beginnings of columns, and what is counted: substances by name, since the deaths are not distinguished by ICD-10 codes."""

_MONTHS = {f"{month}_deaths": number for month, number in months.BY_SHORT.items()}


class _Figure(NamedTuple):
    """What a column holds. ``month``: 1 to 12, NULL for the year."""

    measure: str
    drug: str
    unit: str
    month: int | None


FIGURES = (
    {f"{c}_deaths": _Figure("unintentional_deaths_year", drug, "deaths", None) for c, drug in DRUGS.items()}
    | {f"{c}_rate": _Figure("unintentional_age_adjusted_rate_year", drug, "per_100k", None) for c, drug in DRUGS.items()}
    | {c: _Figure("unintentional_deaths_month", "all", "deaths", number) for c, number in _MONTHS.items()}
)
"""Columns that are taken over."""

# Columns of the download that are known and not taken: shares, parts of the population, circumstances, frequent combinations.
_CIRCUMSTANCES = (
    "intervopp|curr_sudtrt|drugusewitnessed|mhdiag|bystander|priorod|recentrelease|byst_noresp|byst_space|byst_unaware"
    "|byst_notrecog|byst_notrecog_od|byst_sub_alc|byst_publicspace|hx_anydrug|hx_opioid|hx_stim|recentopioid|priorod_mon"
    "|ever_mhsudtrt|curr_mhsudtrt|hx_selfharm|od_house_apt|od_home|od_hotel|homeless|curr_paintrt|nopulse|naloxone|ed|hospital"
    "|ingestion|injection|smoking|snorting|otherroute|noroute|rx_drugs|illegal_drugs|counterfeit_pills|evertx|rx_oud"
)
_NOT_TAKEN = re.compile(
    r"combo[0-9]_(drugs|deaths|percent)"
    r"|((age|male|female)_(under[0-9]+|[0-9]+_[0-9]+|[0-9]+plus)|male|female|hisp|[a-z]+_nh)_(deaths|rate|percent)"
    rf"|({'|'.join(DRUGS)})_percent|({_CIRCUMSTANCES})_(deaths|percent)"
)

_ALL_JURISDICTIONS = "overall"
_NOT_PLACED = "new york"
"""Whether the row of that name would hold New York City could not be verified, so it belongs to no actor."""

_MARK = r"^9999(\.0+)?$"
_COUNT = r"^([0-9]{1,3}(,[0-9]{3}){1,2}|[0-9]{1,7})(\.0+)?$"
_RATE = r"^[0-9]{1,4}(\.[0-9]{1,17})?$"
_HIGHEST_RATE = 1_000.0
"""Per 100,000; the highest of a jurisdiction seen is 87. Programs that read the file write marks of their own above this."""

_HIDDEN = "not shown"
_KEY = ("actor_id", "year")

_MOST_COLUMNS = 1_000
_MOST_LINES_ABOVE = 20

_Rows = Sequence[Sequence[str | None]]


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read the counts and age-adjusted rates of each jurisdiction and year.

    Args:
        files: file name to content; one download, as the workbook or as a CSV saved from it.

    Returns:
        A frame ``observations`` (schema ``observations.EXPORTED``), a row per jurisdiction, period, measure and drug. 9999 is
        NULL: of a rate ``unreliable`` (fewer than 20 deaths), of a count ``not_published``, since counts are printed however
        small. A count of 9999 with a share or rate beside it is a count. A blank cell is ``not_published``; a column that is not
        there gives no row. The row of all jurisdictions together is no actor: it is compared with their sum, and counted in
        ``facts``.

    Raises:
        Quarantine: no table can be read, it is cut, or it has not the columns of a jurisdiction, a year and its deaths.
    """
    if len(files) != 1:
        raise Quarantine(
            f"The snapshot holds {len(files)} files, and a download is one. Nothing of it is used; the bytes are kept. Leave one "
            "file in the folder."
        )
    [(name, data)] = files.items()
    table, ragged = _table(name, data)
    columns = [c for c in table.columns if c not in ("row", "jurisdiction", "year")]
    unknown = [c for c in columns if c not in FIGURES and not _NOT_TAKEN.fullmatch(c)]
    taken = [c for c in columns if c in FIGURES]

    place = pl.col("jurisdiction").str.to_lowercase().str.replace_all(r"\s+", " ")
    rows = table.with_columns([_marked(c, columns) for c in taken]).with_columns(
        place=place,
        text=pl.format("{} {}", pl.col("jurisdiction").fill_null("?"), pl.col("year").fill_null("?")),
        actor_id=place.replace_strict(states_by_name(), default=None, return_dtype=pl.String),
        year=pl.when(pl.col("year").str.contains(r"^20[0-9]{2}(\.0+)?$"))
        .then(pl.col("year").str.slice(0, 4))
        .cast(pl.Int32, strict=False),
        total=_count("alldrug_deaths"),
    )
    bad = _unusable(rows)
    good = rows.join(bad, on="row", how="anti")
    held = good.filter(pl.col("actor_id").is_not_null() & (pl.col("place") != _NOT_PLACED))
    again = repeated(held, _KEY, taken, pl.col("text"))
    held = held.join(again, on="row", how="anti")
    figures = _figures(held, taken)
    wrong = figures.filter(pl.col("problem").is_not_null()).select(
        "row", "column", pl.col("cell").str.slice(0, 200).alias("value"), pl.col("problem").alias("reason")
    )
    observations = _observations(figures.filter(pl.col("problem").is_null()), name)
    rejects = pl.concat([ragged, bad, again, wrong.select(*SHAPE)]).sort("row", maintain_order=True)
    last = observations["period_end"].max()
    return Staged(
        frames={"observations": observations},
        rejects=of_file(rejects, pl.lit(name)),
        n_read=table.height + ragged.height,
        n_rejected=rejects["row"].n_unique(),
        facts={
            "jurisdictions": sorted(f"{a} {y}" for a, y in held.select(_KEY).iter_rows()),
            "max_period": None if last is None else str(last),
            "sums": _sums(good, held),
            "n_not_placed": good.filter(pl.col("place") == _NOT_PLACED).height,
            "n_months_not_the_year": held.filter(_months(taken) < pl.col("total")).height,
            "n_columns_not_taken": len(columns) - len(taken) - len(unknown),
            "n_columns_unknown": len(unknown),
            "columns_unknown": [c[:60] for c in unknown[:20]],
            "n_hidden": observations["missing_reason"].is_not_null().sum(),
        },
    )


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Say whether a download may be folded.

    Which jurisdictions a year holds is decided again by the publisher each time, so fewer rows are no refusal; nothing is
    withdrawn. Refused: years that had not ended, an older newest year than the last one's, and jurisdictions with more deaths
    than all of them together.
    """
    facts = info.facts
    rows = judge_rows(info, None, guard)
    refusals, warnings = list(rows.refusals), list(rows.warnings)
    if info.n_read and not facts["jurisdictions"]:
        refusals.append("no row is of a jurisdiction")
    newest = facts["max_period"]
    if newest is not None and newest >= f"{info.retrieved_at:%Y-%m-%d}":
        refusals.append(f"it holds a period that ends on {newest}, and was retrieved on {info.retrieved_at:%Y-%m-%d}")
    for year, (overall, parts) in facts["sums"].items():
        text = f"in {year} its jurisdictions have {parts:,} deaths, and all together {overall:,}"
        if parts > overall:
            refusals.append(f"{text}: rows of another year or download are among them")
        elif parts < overall:
            warnings.append(f"{text}: a jurisdiction is missing")
    if baseline is not None:
        lost = sorted(set(baseline.facts["jurisdictions"]) - set(facts["jurisdictions"]))
        if lost:
            warnings.append(f"without {first_few(lost)}, which the last download had; what stood stays")
        if (newest or "") < (baseline.facts["max_period"] or ""):
            refusals.append(
                f"its newest year is {(newest or 'none')[:4]}, that of the last one {baseline.facts['max_period'][:4]}: an old "
                "download, saved late? File it under its day"
            )
    if facts["n_columns_unknown"]:
        warnings.append(
            f"{facts['n_columns_unknown']:,} columns are not known and not taken: {first_few(facts['columns_unknown'])}"
        )
    if facts["n_not_placed"]:
        warnings.append(f"{facts['n_not_placed']:,} rows of New York are not taken: whether they hold the city is not known")
    if facts["n_months_not_the_year"]:
        warnings.append(f"in {facts['n_months_not_the_year']:,} rows the months have fewer deaths than the year")
    return Judgement(tuple(refusals), tuple(warnings))


# what the cells mean --------------------------------------------------------------------------------------------------


def _marked(column: str, columns: Sequence[str]) -> pl.Expr:
    """Cells with one text for what is not shown. A count of 9999 is one where its own share or rate is a number."""
    is_mark = pl.col(column).str.contains(_MARK)
    if column.endswith("_deaths"):
        stem = column.removesuffix("_deaths")
        beside = [pl.col(c) for c in (f"{stem}_percent", f"{stem}_rate") if c in columns]
        is_mark &= ~pl.any_horizontal(
            pl.lit(False), *[c.str.contains(_RATE).fill_null(False) & ~c.str.contains(_MARK).fill_null(False) for c in beside]
        )
    return pl.when(is_mark).then(pl.lit(_HIDDEN)).otherwise(column).alias(column)


def _count(column: str) -> pl.Expr:
    cell = pl.col(column)
    return pl.when(cell.str.contains(_COUNT)).then(cell.str.replace_all(",", "")).cast(pl.Float64, strict=False)


def _months(taken: Sequence[str]) -> pl.Expr:
    """Deaths of the twelve months; NULL where one of them is not there."""
    if not set(_MONTHS) <= set(taken):
        return pl.lit(None, pl.Float64)
    return pl.sum_horizontal([_count(c) for c in _MONTHS], ignore_nulls=False)


def _unusable(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without a place or a year that can be read."""
    problem = (
        pl.when(pl.col("year").is_null())
        .then(pl.lit("no year that can be read"))
        .when(pl.col("actor_id").is_null() & pl.col("place").ne_missing(_ALL_JURISDICTIONS))
        .then(pl.lit("not the name of a state, the District of Columbia or Puerto Rico"))
    )
    return rejected(rows.with_columns(problem=problem).filter(pl.col("problem").is_not_null()), pl.col("text"), pl.col("problem"))


def _figures(rows: pl.DataFrame, taken: Sequence[str]) -> pl.DataFrame:
    """A row per cell, with what it holds; ``problem`` says why it cannot be used."""
    meaning = pl.DataFrame(
        [(c, *FIGURES[c]) for c in taken],
        schema={"column": pl.String, "measure": pl.String, "drug": pl.String, "unit": pl.String, "month": pl.Int8},
        orient="row",
    )
    cell, is_count = pl.col("cell"), pl.col("unit") == "deaths"
    rate = pl.when(cell.str.contains(_RATE)).then("cell").cast(pl.Float64, strict=False)
    return (
        rows.with_columns(months=_months(taken))
        .unpivot(taken, index=["row", "actor_id", "year", "total", "months"], variable_name="column", value_name="cell")
        .join(meaning, on="column", maintain_order="left")
        .with_columns(
            value=pl.when(is_count).then(_count("cell")).when(rate <= _HIGHEST_RATE).then(rate),
            missing_reason=pl.when(cell.is_null() | ((cell == _HIDDEN) & is_count))
            .then(pl.lit("not_published"))
            .when(cell == _HIDDEN)
            .then(pl.lit("unreliable")),
        )
        .with_columns(deaths=pl.when(is_count & pl.col("month").is_null()).then("value").max().over("row", "drug"))
        .with_columns(
            problem=pl.when(pl.col("missing_reason").is_not_null())
            .then(None)
            .when(pl.col("value").is_null())
            .then(pl.when(is_count).then(pl.lit("not a number of deaths")).otherwise(pl.lit("not a rate per 100,000")))
            .when(~is_count & (pl.col("value") == 0) & (pl.col("deaths") > 0))
            .then(pl.lit("a rate of 0 beside deaths: somebody has put 0 for the mark 9999"))
            .when(is_count & (pl.col("value") > pl.col("total")))
            .then(pl.lit("more deaths than of all drugs in the year"))
            .when(pl.col("month").is_not_null() & (pl.col("months") > pl.col("total")))
            .then(pl.lit("the months have more deaths than the year"))
        )
    )


def _observations(figures: pl.DataFrame, name: str) -> pl.DataFrame:
    """Figures in the shape of exports.

    They are by place of occurrence and count the deaths that the investigations of that download had come to: a later download
    revises them, so that they are reported and not final.
    """
    start = pl.date("year", pl.col("month").fill_null(1), 1)
    found = figures.with_columns(
        file=pl.lit(name),
        dataset=pl.lit(DATASET),
        basis=pl.lit("reported"),
        counts_by=pl.lit("occurrence"),
        period_start=start,
        period_end=pl.when(pl.col("month").is_null()).then(pl.date("year", 12, 31)).otherwise(start.dt.month_end()),
        is_provisional=pl.lit(None, pl.Boolean),
        is_partial=pl.lit(None, pl.Boolean),
        is_query_stated=pl.lit(None, pl.Boolean),
        asked_at=pl.lit(None, pl.Datetime("us")),
    )
    return found.select(pl.col(c).cast(t) for c, t in EXPORTED.items()).sort("row", maintain_order=True)


def _sums(good: pl.DataFrame, held: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """Deaths of all jurisdictions together as printed, and their sum, by year; a year without both is left out."""
    overall = good.filter((pl.col("place") == _ALL_JURISDICTIONS) & pl.col("total").is_not_null())
    # New York is in the total, though it is nobody's row here
    known = pl.concat([held, good.filter(pl.col("place") == _NOT_PLACED)]).filter(pl.col("total").is_not_null())
    parts = known.group_by("year").agg(parts=pl.col("total").sum())
    both = overall.unique("year", keep="none").join(parts, on="year").sort("year")
    return {str(year): (int(a), int(b)) for year, a, b in both.select("year", "total", "parts").iter_rows()}


# the file -------------------------------------------------------------------------------------------------------------


def _table(name: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table as text (``row`` from 1 after the header, a column per column, NULL where blank), and rows of a wrong shape."""
    rows = _sheet(name, data) if is_packed(data) else csv_rows(name, decoded(name, data, KEPT), KEPT)
    header = _header(rows)
    if header is None:
        raise refusal(
            name,
            "no line names the columns Jurisdiction, year and alldrug_deaths: this is not the download of the SUDORS dashboard",
            "If the publisher has renamed a column, teach assets/overdose/sudors.py its name.",
        )
    names = _names(rows[header])
    refuse_repeated(name, names, KEPT)
    found = by_width(name, rows[header], rows[header + 1 :], KEPT)
    whole = [(i, row) for i, row in found.whole if not is_blank(row)]
    ragged = [
        (i, ",".join(cell or "" for cell in row), f"{len(row)} fields where the header has {len(names)}")
        for i, row in found.ragged
    ]
    cells = [
        pl.Series(column, [row[at] for _, row in whole], pl.String).str.strip_chars().replace("", None)
        for at, column in enumerate(names)
        if column and column != "row"
    ]
    table = pl.DataFrame([pl.Series("row", [i for i, _ in whole], pl.Int64), *cells])
    return table, misshapen(ragged)


def _names(row: Sequence[str | None]) -> list[str]:
    return [column_name(cell) for cell in row]


def _header(rows: _Rows) -> int | None:
    needed = {"jurisdiction", "year", "alldrug_deaths"}
    above = enumerate(rows[: _MOST_LINES_ABOVE + 1])
    return next((i for i, row in above if len(row) <= _MOST_COLUMNS and needed <= set(_names(row))), None)


def _sheet(name: str, data: bytes) -> _Rows:
    """The rows of the one sheet that holds the table; beside it a workbook may have notes."""
    found = {title: rows for title, rows in sheets(name, data, KEPT) if _header(rows) is not None}
    if len(found) > 1:
        raise refusal(
            name,
            f"{len(found)} of its sheets hold a table of jurisdictions and years ({', '.join(t[:40] for t in sorted(found))})",
            "Leave the one with the final data.",
        )
    return next(iter(found.values()), [])
