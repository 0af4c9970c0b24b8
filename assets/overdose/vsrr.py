"""CDC's provisional overdose counts (VSRR): from the bytes of one vintage to typed rows, and whether it may be used.

Belongs here: the layouts of 2017 to today, the vocabulary of indicators and jurisdictions, the judgement of a vintage.
Does not: what a vintage changes in what was known (``observations``), fetching, files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import polars as pl

from assets.contracts import Judgement, RowGuard, Staged, StagedInfo, judge_rows
from assets.errors import KEPT, Quarantine, first_few
from assets.reading import months
from assets.reading.bytes import decode, first_sign
from assets.reading.json import NotJson, value_of
from assets.reading.portals import frame_of, is_json_array
from assets.reading.rejects import Check, of_file, reasons, repeated, split
from assets.reading.text_frames import TextFrame


class Series(NamedTuple):
    """What an indicator counts, in the words of ``core.overdose_observations``."""

    measure: str
    drug: str
    unit: str


INDICATORS = {
    # All causes: ten times the overdoses. Two public pipelines take the one for the other.
    "Number of Deaths": Series("all_cause_deaths_12m", "all", "deaths"),
    "Number of Drug Overdose Deaths": Series("deaths_12m", "all", "deaths"),
    # A percent in the column of counts.
    "Percent with drugs specified": Series("pct_drugs_specified", "all", "percent"),
    "Cocaine (T40.5)": Series("deaths_12m", "T40.5", "deaths"),
    "Heroin (T40.1)": Series("deaths_12m", "T40.1", "deaths"),
    "Methadone (T40.3)": Series("deaths_12m", "T40.3", "deaths"),
    "Natural & semi-synthetic opioids (T40.2)": Series("deaths_12m", "T40.2", "deaths"),
    "Psychostimulants with abuse potential (T43.6)": Series("deaths_12m", "T43.6", "deaths"),
    "Synthetic opioids, excl. methadone (T40.4)": Series("deaths_12m", "T40.4", "deaths"),
    # Since 2018.
    "Opioids (T40.0-T40.4,T40.6)": Series("deaths_12m", "T40.0-T40.4,T40.6", "deaths"),
    # Since 2019.
    "Natural & semi-synthetic opioids, incl. methadone (T40.2, T40.3)": Series("deaths_12m", "T40.2,T40.3", "deaths"),
    "Natural, semi-synthetic, & synthetic opioids, incl. methadone (T40.2-T40.4)": Series("deaths_12m", "T40.2-T40.4", "deaths"),
}
"""Indicators as printed, unchanged in spelling from 2017 to 2026, and the series that each one is."""

DATASET = "xkb8-kh2a"
"""Id of the data set on the portal."""

INDICATORS_OF_2017 = frozenset(list(INDICATORS)[:9])
"""The nine indicators of the first vintages: a vintage without one of them is partial."""

TOTALS = ("Number of Deaths", "Number of Drug Overdose Deaths")
"""Indicators that are published for every jurisdiction and add up to the US."""

_STATES = re.findall(
    r"\w{2}",
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV OH OK OR PA"
    " RI SC SD TN TX UT VA VT WA WI WV WY PR",
)
JURISDICTIONS = {"US": "USA", "NY": "US-NY-XNYC", "YC": "US-NY-NYC"} | {code: f"US-{code}" for code in _STATES}
"""VSRR's codes. Its NY is the state without the city, YC the city; Puerto Rico (since 2025) is outside the US total."""

KEY = ("actor_id", "measure", "drug", "period_end")

STAGED = pl.Schema(
    {
        "row": pl.Int64,
        "actor_id": pl.String,
        "measure": pl.String,
        "drug": pl.String,
        "unit": pl.String,
        "period_end": pl.Date,
        "value": pl.Float64,
        "missing_reason": pl.String,
        "predicted": pl.Float64,
        "is_leak": pl.Boolean,
        "is_provisional": pl.Boolean,
        "percent_complete": pl.Float64,
        "percent_complete_is_lower_bound": pl.Boolean,
        "percent_pending": pl.Float64,
    }
)
"""One row per source row. ``missing_reason`` says why ``value`` is NULL, ``is_leak`` that a predicted value was removed."""

UNREADABLE = pl.Schema([("row", pl.Int64), *((k, STAGED[k]) for k in KEY)])
"""What can be known of the keys of rows that were not readable (NULL: not even that); they must not count as absent."""

_ESSENTIAL = ("state", "year", "month", "indicator", "data_value")
_OPTIONAL = (
    "state_name",
    "period",
    "predicted_value",
    "percent_complete",
    "percent_pending_investigation",
    "footnote",
    "footnote_symbol",
)
_COLUMNS = _ESSENTIAL + _OPTIONAL

# Nine digits bound a count: there are fewer Americans. The portal's CSV writes thousands commas, the API does not.
_COUNT = r"^([0-9]{1,3}(,[0-9]{3}){0,2}|[0-9]{1,9})(\.0+)?$"
_PERCENT = r"^[0-9]{1,3}(\.[0-9]{1,30})?$"
_LOWER_BOUND = r"\s*\+$"


def stage(files: Mapping[str, bytes]) -> Staged:
    """Shape the bytes of one vintage into typed rows.

    Args:
        files: file name to content: one file, CSV or JSON, in any layout since 2017, or the JSON pages of the API in the
            order of their names; next to them, or not, what the portal says of the data set (``/api/views/<id>.json``).

    Returns:
        Frames ``observations`` (schema ``STAGED``, one row per source row) and ``unreadable`` (schema ``UNREADABLE``).
        Wholly blank rows are neither read nor rejected, they are counted in ``facts["n_blank_lines"]``. Row numbers
        count every line after the header, so that they name the line of the file; over pages they run on.

    Raises:
        Quarantine: no table can be read from the bytes, a column without which a row means nothing is missing, or the
            pages are not those of one answer.
    """
    said, tables = _apart(files)
    read, pages = _joined(tables)
    name = pages[0][0]
    raw, ragged = read.table, read.rejects
    extra = [c for c in raw.columns if c != "row" and c not in _COLUMNS and not c.startswith(":")]
    present = {c for c in _COLUMNS if c in raw.columns}
    missing = [c.replace("_", " ").title() for c in _ESSENTIAL if c not in present]
    if missing:
        raise Quarantine(
            f"{name}: without the column{'s' * (len(missing) > 1)} {', '.join(missing)} its rows mean nothing; it has only "
            f"{first_few([repr(c[:40]) for c in raw.columns if c != 'row'], 15) or 'no columns'}. Nothing of it is used; the "
            "bytes are kept. If the publisher has renamed a column, teach assets/overdose/vsrr.py its name."
        )
    cells = raw.select(
        "row",
        *[
            (pl.col(c).str.strip_chars().replace("", None) if c in present else pl.lit(None, pl.String)).alias(c)
            for c in _COLUMNS
        ],
    )
    blank = pl.all_horizontal(pl.col(_COLUMNS).is_null())
    n_blank = read.n_blank + cells.select(blank.sum()).item()
    cells = cells.filter(~blank)
    typed = _typed(cells)
    key = pl.format("{} {} {} {}", "state", "indicator", "month", "year")
    readable, failing = split(typed, _CHECKS)
    bad = pl.concat([reasons(failing, _CHECKS), repeated(readable, KEY, ("value", "predicted", "missing_reason"), key)])
    good = typed.join(bad, on="row", how="anti")
    page = pl.lit(name)
    for other, before in pages[1:]:
        page = pl.when(pl.col("row") > before).then(pl.lit(other)).otherwise(page)
    rejects = of_file(pl.concat([ragged, bad]), page).sort("row")
    vocabulary = pl.col("column").is_in(["state", "indicator"]) & pl.col("value").is_not_null()
    unreadable = pl.concat(
        [
            ragged.select("row", *[pl.lit(None, UNREADABLE[k]).alias(k) for k in KEY]),
            typed.join(bad.filter(~vocabulary), on="row", how="semi").select(*UNREADABLE),
        ]
    )
    observations = good.select(*STAGED)
    facts: dict[str, Any] = {
        "n_blank_lines": n_blank,
        "n_pages": len(pages),
        "n_on_two_pages": _on_two_pages(typed, pages),
        "n_gaps": _gaps(good),
        "n_series": good.select(pl.struct("actor_id", "measure", "drug").n_unique()).item(),
        "rows_updated_at": said,
        "n_leaks": int(good["is_leak"].sum()),
        "n_noted_but_shown": good.filter(pl.col("value").is_not_null() & pl.col("noted").is_not_null()).height,
        "n_empty_without_a_reason": good.filter(pl.col("missing_reason") == "not_published").height,
        "n_unread_percents": int(good["is_percent_unread"].sum()),
        "has_predicted": "predicted_value" in present,
        # A transcription leaves out the percent columns; an empty cell of it says nothing but that nobody wrote it down.
        "is_transcription": "percent_complete" not in present,
        "unknown_columns": sorted(c[:80] for c in extra)[:20],
        "unknown_indicators": _counted(rejects, "indicator"),
        "unknown_jurisdictions": _counted(rejects, "state"),
        "n_unknown": int(bad.filter(vocabulary).height),
        "max_period": _iso(good["period_end"].max()),
        "indicators": sorted(good["known_indicator"].unique()),
        "jurisdictions": {total: sorted(good.filter(pl.col("known_indicator") == total)["code"].unique()) for total in TOTALS},
        "sums": {total: _sums(good.filter(pl.col("known_indicator") == total)) for total in TOTALS},
    }
    return Staged(
        frames={"observations": observations, "unreadable": unreadable},
        rejects=rejects,
        n_read=cells.height + ragged.height,
        facts=facts,
    )


def _apart(files: Mapping[str, bytes]) -> tuple[str | None, dict[str, bytes]]:
    """Tell the rows from what the portal says of the data set: when its rows were last updated (ISO, UTC), and the rest.

    ``viewLastModified`` is not it: that moves when a description is edited.
    """
    tables, said = {}, None
    for name in sorted(files, key=_natural):
        about = _about(files[name])
        if about is None:
            tables[name] = files[name]
            continue
        updated = about.get("rowsUpdatedAt")
        if about.get("id", DATASET) != DATASET:
            raise Quarantine(
                f"{name}: it describes the data set {str(about['id'])[:40]!r}, and these are rows of {DATASET}. Nothing of the "
                "snapshot is used; the bytes are kept. Fetch both again."
            )
        if isinstance(updated, int) and 0 < updated < 4_102_444_800:  # to the year 2100
            said = datetime.fromtimestamp(updated, UTC).replace(tzinfo=None).isoformat()
    return said, tables


def _about(data: bytes) -> dict[str, Any] | None:
    """What the portal says of a data set: a JSON object with the times of its rows; None where it is anything else."""
    if first_sign(data) != b"{":
        return None
    try:
        found = value_of(decode(data))
    except (NotJson, UnicodeDecodeError):
        return None
    return found if isinstance(found, dict) and ("rowsUpdatedAt" in found or "viewLastModified" in found) else None


def _natural(name: str) -> list[tuple[int, str]]:
    """Page 2 before page 10."""
    return [(int(part[:12]), "") if part.isdecimal() and part.isascii() else (0, part) for part in re.split(r"([0-9]+)", name)]


def _joined(tables: Mapping[str, bytes]) -> tuple[TextFrame, list[tuple[str, int]]]:
    """Read one file, or several JSON pages as one; with the pages, and how many rows stand before each.

    Raises:
        Quarantine: none or several files that are no pages, or a page that is missing between others by their numbers.
    """
    names = list(tables)
    if not names or (len(names) > 1 and any(not is_json_array(tables[n]) for n in names)):
        raise Quarantine(
            f"The snapshot holds {len(names)} files with rows ({first_few(names) or 'none'}), and a vintage is one CSV or JSON "
            "file or the JSON pages of one answer. Nothing of it is used; the bytes are kept. Leave one file of the vintage "
            "in the folder."
        )
    if len(names) == 1:
        return frame_of(names[0], tables[names[0]], KEPT), [(names[0], 0)]
    numbers = [int(n[-1][:12]) for name in names if (n := re.findall(r"[0-9]+", name))]
    if len(numbers) == len(names) and numbers != list(range(numbers[0], numbers[0] + len(names))):
        raise Quarantine(
            f"The pages are not one after the other: {first_few(names, 20)}. Rows are missing, so nothing of it is used; the "
            "bytes are kept. Fetch all pages again."
        )
    reads, pages, n_rows = [], [], 0
    for name in names:
        read = frame_of(name, tables[name], KEPT)
        pages.append((name, n_rows))
        shift = pl.col("row") + n_rows
        reads.append(TextFrame(read.table.with_columns(shift), read.n_blank, read.rejects.with_columns(shift)))
        n_rows = max([n_rows, *reads[-1].table["row"].tail(1), *reads[-1].rejects["row"].tail(1)])
    return (
        TextFrame(
            # the API leaves out a key that is empty in every row of a page
            pl.concat([r.table for r in reads], how="diagonal"),
            sum(r.n_blank for r in reads),
            pl.concat([r.rejects for r in reads]),
        ),
        pages,
    )


def _on_two_pages(typed: pl.DataFrame, pages: Sequence[tuple[str, int]]) -> int:
    """Keys that stand on more than one page: rows moved while they were fetched, and others may be on none."""
    if len(pages) == 1:
        return 0
    page = pl.sum_horizontal([(pl.col("row") > before).cast(pl.Int32) for _, before in pages])
    keyed = typed.filter(pl.all_horizontal(pl.col(KEY).is_not_null())).with_columns(page=page)
    return keyed.group_by(KEY).agg(pl.col("page").n_unique()).filter(pl.col("page") > 1).height


def _gaps(good: pl.DataFrame) -> int:
    """Months that are missing within a series, over all series: none in any vintage seen."""
    months = pl.col("period_end").dt.year().cast(pl.Int32) * 12 + pl.col("period_end").dt.month()
    series = good.group_by("actor_id", "measure", "drug").agg(gap=months.max() - months.min() + 1 - pl.len().cast(pl.Int32))
    return int(series["gap"].sum())


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Say whether a vintage may be folded, and whether what it does not hold is withdrawn.

    A vintage is complete when it holds every indicator (the nine of 2017 and those of the last complete one) and, in the
    two totals, every jurisdiction of the last complete one. A partial one adds and revises, withdraws nothing and escapes
    the row-count guard. Refused: no readable row; too many unreadable ones; the US not equal to the sum of its parts
    where two or more jurisdictions are there to compare; months that had not ended at retrieval; a complete vintage whose
    newest month is older than that of the last complete one (an old vintage, saved late), or in whose series so many more months
    are missing than in the last one that rows were lost and not withdrawn (the share of ``guard.max_rejected_share``; in pages,
    any).
    """
    facts = info.facts
    known = baseline.facts if baseline is not None else {"indicators": (), "jurisdictions": {}}
    lacking = sorted((INDICATORS_OF_2017 | set(known["indicators"])) - set(facts["indicators"]))
    lost = {total: sorted(set(known["jurisdictions"].get(total, ())) - set(facts["jurisdictions"][total])) for total in TOTALS}
    complete = not lacking and not any(lost.values())
    # An indicator or a place that is new to us affects no other row: it is a warning, and no part of the share of bad rows.
    counted = replace(info, n_rejected=info.n_rejected - facts["n_unknown"])
    rows = judge_rows(counted, baseline if complete else None, guard)
    refusals, warnings, falls = list(rows.refusals), list(rows.warnings), list(rows.falls)

    if facts["n_on_two_pages"]:
        refusals.append(
            f"{facts['n_on_two_pages']:,} keys stand on two of its {facts['n_pages']} pages: rows moved while they were fetched, "
            "and others may be on none. Fetch all pages again, in the order of :id"
        )
    # a month that the publisher leaves out for good must not keep the series out for ever
    had_gaps = 0 if baseline is None else baseline.facts["n_gaps"]
    if facts["n_pages"] > 1 and facts["n_gaps"] > had_gaps:
        falls.append(f"{facts['n_gaps']:,} months are missing within series of its {facts['n_pages']} pages: rows were lost")
    elif complete and facts["n_gaps"] - had_gaps > guard.max_rejected_share * info.n_read:
        falls.append(f"{facts['n_gaps']:,} months are missing within its series: rows were lost")
    elif complete and facts["n_gaps"] > info.n_rejected:
        warnings.append(f"{facts['n_gaps']:,} months are missing within its series: withdrawn where they were held")
    if facts["rows_updated_at"] is not None and datetime.fromisoformat(facts["rows_updated_at"]) > info.retrieved_at:
        warnings.append(
            f"the portal says that its rows were updated at {facts['rows_updated_at']} UTC, after they were retrieved: not used"
        )
    if info.n_read and not facts["indicators"]:
        refusals.append(f"none of its {info.n_read:,} rows can be used")
    refusals += [
        _wrong_sum(total, sums, facts["jurisdictions"][total], info.n_rejected)
        for total, sums in facts["sums"].items()
        if sums["n_wrong"]
    ]
    if facts["max_period"] is not None:
        newest, retrieved = date.fromisoformat(facts["max_period"]), info.retrieved_at.date()
        if newest > retrieved:
            refusals.append(f"it counts deaths to {newest}, and was retrieved on {retrieved}: the date of one of them is wrong")
        if complete and baseline is not None and facts["max_period"] < baseline.facts["max_period"]:
            refusals.append(
                f"its newest month is {newest:%Y-%m}, that of the last complete vintage {baseline.facts['max_period'][:7]}: "
                "an old vintage, saved late? File it under the day on which it was published"
            )
        # The lag has been 3.5 to 8 months.
        elif newest < retrieved - timedelta(days=366):
            warnings.append(f"its newest month, {newest:%Y-%m}, ended more than a year before it was retrieved")

    if not complete:
        reasons = [f"no rows of {first_few(lacking)}"] if lacking else []
        reasons += [f"{total} without {first_few(codes)}" for total, codes in lost.items() if codes and total not in lacking]
        warnings.append(f"partial, it withdraws nothing: {'; '.join(reasons)}")
    elif baseline is not None and facts["n_series"] < baseline.facts["n_series"]:
        warnings.append(
            f"{facts['n_series']:,} series (place and indicator) where the last complete vintage had "
            f"{baseline.facts['n_series']:,}: what is gone is withdrawn"
        )
    warnings += [
        f"unknown {what} (rows rejected): {', '.join(f'{n!r} ({rows_:,})' for n, rows_ in facts[key].items())}"
        for what, key in (("indicators", "unknown_indicators"), ("jurisdictions", "unknown_jurisdictions"))
        if facts[key]
    ]
    if facts["unknown_columns"]:
        warnings.append(f"columns that are not known and not used: {', '.join(facts['unknown_columns'])}")
    if facts["n_unread_percents"]:
        warnings.append(f"{facts['n_unread_percents']:,} percents of completeness or pending records could not be read")
    if facts["n_blank_lines"]:
        warnings.append(f"{facts['n_blank_lines']:,} blank lines")
    if facts["n_noted_but_shown"]:
        warnings.append(f"{facts['n_noted_but_shown']:,} counts stand beside a footnote that says they are not shown: kept")
    if facts["n_empty_without_a_reason"] and not facts["is_transcription"]:
        warnings.append(f"{facts['n_empty_without_a_reason']:,} empty counts have no footnote that says why: not_published")
    if facts["n_leaks"]:
        warnings.append(f"{facts['n_leaks']:,} predicted values removed, where the reported one is not shown")
    return Judgement(tuple(refusals), tuple(warnings), complete) + Judgement(tuple(falls), falls=tuple(falls))


def _wrong_sum(total: str, sums: Mapping[str, Any], held: Sequence[str], n_rejected: int) -> str:
    """The reason for a refusal: where the US first differs from the sum, by how much, how often, and what may explain it."""
    first = sums["first"]
    absent = sorted(set(JURISDICTIONS) - set(held) - {"US", "PR"})
    hints = [f"absent: {first_few(absent)}"] if absent else []
    hints += [f"{n_rejected:,} rows could not be read"] if n_rejected else []
    return (
        f"{total}: the US is not the sum of its jurisdictions in {sums['n_wrong']:,} of {sums['n_months']:,} months; "
        f"first {first['month']}: US {first['us']:,}, sum {first['sum']:,}, difference {first['us'] - first['sum']:,}"
        + (f" ({'; '.join(hints)})" if hints else "")
    )


def _typed(cells: pl.DataFrame) -> pl.DataFrame:
    """Add what each cell means to the frame of stripped strings; ``_CHECKS`` say whether a row can be used."""
    known = {_plain(i): i for i in INDICATORS}
    indicator = (
        pl.col("indicator")
        .str.to_lowercase()
        .str.replace_all(r"\s+", " ")
        .replace_strict(known, default=None, return_dtype=pl.String)
    )
    month = pl.col("month").str.to_lowercase().replace_strict(months.BY_NAME, default=None, return_dtype=pl.Int8)
    year = pl.when(pl.col("year").str.contains(r"^(19|20)[0-9]{2}$")).then(pl.col("year")).cast(pl.Int32)
    footnote = pl.col("footnote").str.to_lowercase().fill_null("")
    # Footnotes repeat blanks and come alone or joined: they are recognised by their words.
    low_quality = footnote.str.contains(r"low\s+data\s+quality")
    suppressed = footnote.str.contains(r"suppressed")
    symbol = pl.coalesce("footnote_symbol", pl.col("footnote").str.extract(r"^\s*(\*{1,2})"))
    series = cells.with_columns(
        known_indicator=indicator, code=pl.col("state").str.to_uppercase(), number=month, year_=year
    ).with_columns(
        actor_id=pl.col("code").replace_strict(JURISDICTIONS, default=None, return_dtype=pl.String),
        period_end=pl.date("year_", "number", 1).dt.month_end(),
        **{
            part: pl.col("known_indicator").replace_strict(
                {i: getattr(s, part) for i, s in INDICATORS.items()}, default=None, return_dtype=pl.String
            )
            for part in Series._fields
        },
    )
    is_percent = pl.col("unit") == "percent"
    return (
        series.with_columns(
            value=pl.when(is_percent).then(_percent("data_value")).otherwise(_count("data_value")),
            predicted=pl.when(is_percent).then(_percent("predicted_value")).otherwise(_count("predicted_value")),
            percent_complete_is_lower_bound=pl.col("percent_complete").str.contains(_LOWER_BOUND),
            complete=_percent(pl.col("percent_complete").str.replace(_LOWER_BOUND, "")),
            percent_pending=_percent("percent_pending_investigation"),
            noted=pl.when(low_quality & suppressed)
            .then(pl.lit("low_quality_and_suppressed"))
            .when(low_quality)
            .then(pl.lit("low_quality"))
            .when(suppressed)
            .then(pl.lit("suppressed")),
            is_provisional=pl.when(symbol == "**")
            .then(False)
            .when((symbol == "*") | footnote.str.contains("underreported"))
            .then(True)
            .when(footnote.str.contains("published reports using final data"))
            .then(False),
        )
        .with_columns(
            missing_reason=pl.when(pl.col("value").is_null()).then(pl.col("noted").fill_null("not_published")),
            is_percent_unread=(pl.col("percent_complete").is_not_null() & pl.col("complete").is_null())
            | (pl.col("percent_pending_investigation").is_not_null() & pl.col("percent_pending").is_null()),
            is_leak=pl.col("predicted").is_not_null() & pl.col("value").is_null() & pl.col("noted").is_not_null(),
        )
        .with_columns(
            percent_complete=pl.col("complete"),
            percent_complete_is_lower_bound=pl.when(pl.col("complete").is_not_null()).then("percent_complete_is_lower_bound"),
            predicted=pl.when(~pl.col("is_leak")).then("predicted"),
        )
    )


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip().lower())


def _count(column: str) -> pl.Expr:
    cell = pl.col(column)
    return pl.when(cell.str.contains(_COUNT)).then(cell.str.replace_all(",", "", literal=True)).cast(pl.Float64, strict=False)


def _percent(column: str | pl.Expr) -> pl.Expr:
    cell = pl.col(column) if isinstance(column, str) else column
    number = pl.when(cell.str.contains(_PERCENT)).then(cell).cast(pl.Float64, strict=False)
    return pl.when(number <= 100).then(number)


def _is_read(column: str, parsed: str) -> pl.Expr:
    return pl.col(column).is_null() | pl.col(parsed).is_not_null()


_CHECKS: tuple[Check, ...] = (
    ("state", pl.col("state").is_not_null(), "no jurisdiction"),
    ("state", pl.col("actor_id").is_not_null(), "a jurisdiction that is not known"),
    ("indicator", pl.col("indicator").is_not_null(), "no indicator"),
    ("indicator", pl.col("known_indicator").is_not_null(), "an indicator that is not known"),
    ("year", pl.col("year_").is_not_null(), "no year"),
    ("month", pl.col("number").is_not_null(), "not the name of a month"),
    (
        "period",
        pl.col("period").is_null() | (pl.col("period").str.to_lowercase().str.replace_all(r"[\s-]+", "") == "12monthending"),
        "another period than the 12 months that end with the month",
    ),
    (
        "data_value",
        _is_read("data_value", "value"),
        "neither a whole number of deaths nor, for a percent, a number from 0 to 100",
    ),
    ("predicted_value", _is_read("predicted_value", "predicted") | pl.col("is_leak"), "not a whole number of deaths"),
)
"""What a row must be to be read. Completeness is not among it: the count is good without it."""


def _counted(rejects: pl.DataFrame, column: str) -> dict[str, int]:
    """The most frequent unknown words of a vocabulary column, with the number of their rows."""
    found = rejects.filter((pl.col("column") == column) & pl.col("value").is_not_null()).group_by("value").len()
    return dict(found.sort(["len", "value"], descending=[True, False]).head(10).rows())


def _sums(total: pl.DataFrame) -> dict[str, Any]:
    """Compare the US with the sum of its jurisdictions, Puerto Rico left out, month by month.

    Where a part is not shown the sum of the others may not exceed the US. With fewer than two jurisdictions there is
    nothing to compare. Rule: exact in every month of every complete vintage from 2017 to 2024.
    """
    nothing = {"n_months": 0, "n_wrong": 0, "first": None}
    if total.filter(pl.col("actor_id") != "USA")["actor_id"].n_unique() < 2:
        return nothing
    us, part = pl.col("actor_id") == "USA", ~pl.col("actor_id").is_in(["USA", "US-PR"])
    months = (
        total.group_by("period_end")
        .agg(
            us=pl.col("value").filter(us).first(),
            sum=pl.col("value").filter(part).sum(),
            n_hidden=pl.col("value").filter(part).null_count(),
        )
        .filter(pl.col("us").is_not_null())
        .sort("period_end")
    )
    wrong = months.filter((pl.col("sum") > pl.col("us")) | ((pl.col("n_hidden") == 0) & (pl.col("sum") != pl.col("us"))))
    if wrong.is_empty():
        return nothing | {"n_months": months.height}
    first = wrong.row(0, named=True)
    return {
        "n_months": months.height,
        "n_wrong": wrong.height,
        "first": {"month": f"{first['period_end']:%Y-%m}", "us": int(first["us"]), "sum": int(first["sum"])},
    }


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()
