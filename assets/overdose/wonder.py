"""CDC WONDER: exports of the mortality data bases, final and provisional, from bytes to typed rows.

Belongs here: the layout of an export, its trailer as provenance, the check that it counts overdoses of everyone. Does not:
what an export changes in what was known (``observations``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from assets.contracts import Judgement, RowGuard, Staged, StagedInfo, judge_fill, judge_rows
from assets.days import utc_of
from assets.errors import KEPT, Quarantine, first_few, refusal
from assets.overdose.drugs import OVERDOSE, codes, label
from assets.overdose.observations import EXPORTED, EXPORTED_KEY
from assets.overdose.places import states
from assets.reading import months
from assets.reading.bytes import decoded
from assets.reading.rejects import of_file, rejected
from assets.reading.text_frames import frame_of_csv, stripped

RANKS = {"D157": 2, "D158": 2, "D77": 1, "D76": 1}
"""Where two final data sets give the same figure, the newer edition takes precedence."""

_PROVISIONAL = "D176"

_PLACES = {"state": "residence", "residence_state": "residence", "occurrence_state": "occurrence"}
"""Columns of states, and whose deaths they count: WONDER's are by residence unless they say otherwise."""

_GROUPS = (
    *("year", "year_code", "month", "month_code"),
    *(f"{place}{end}" for place in _PLACES for end in ("", "_code")),
    *("multiple_cause_of_death", "multiple_cause_of_death_code"),
)
_MEASURES = re.compile(
    r"notes|deaths|population|(crude|age_adjusted)_rate.*|%_of_total_deaths|rate_(lower|upper)_95%.*|.*standard_error|:unnamed_.*"
)
_USED = ("notes", *_GROUPS, "deaths", "age_adjusted_rate")

_COUNT = r"^([0-9]{1,3}(,[0-9]{3}){0,2}|[0-9]{1,9})$"
_RATE = r"^[0-9]{1,5}(\.[0-9]{1,15})?$"
_DRUGS = re.compile(r"T(3[6-9]|4[0-9]|50)(\.[0-9])?")

_PARAMETER = re.compile(r"([A-Z0-9][^:()]{0,70}): ?(.*)")
# Settings of the display, and the period, which do not choose among the deaths of a period.
_HARMLESS = re.compile(
    r"title|group by|query parameters|dataset|show .*|calculate rates.*|rate options|standard population|population"
    r"|year|years|year/month|year and month|(residence|occurrence) year.*|age adjusted.*|precision"
)
_MONTH_CHOSEN = re.compile(r"[0-9]{4}/[0-9]{2}|\b[A-Z][a-z]{2}\.?, [0-9]{4}")
_ALL = re.compile(r"|\*?all\*?|all (?!other)[a-z/ -]{1,40}")
_ASKED = re.compile(r"([A-Z][a-z]{2})[a-z]*\.? ([0-9]{1,2}), ([0-9]{4}) ([0-9]{1,2}):([0-9]{2}):([0-9]{2}) ([AP]M)")


@dataclass(frozen=True)
class _Trailer:
    """What an export says of the query that made it. ``asked_at``: naive UTC."""

    title: str
    dataset: str | None
    parameters: Sequence[tuple[str, str]] = ()
    asked_at: datetime | None = None


@dataclass(frozen=True)
class _Export:
    """One file, typed: rows (schema ``EXPORTED``), rejects without the name of the file, and facts of it."""

    rows: pl.DataFrame
    rejects: pl.DataFrame
    n_read: int
    facts: dict[str, Any] = field(default_factory=dict)


def stage(files: Mapping[str, bytes]) -> Staged:
    """Shape one or several exports into typed rows.

    Args:
        files: file name to content; each an export with tabs or commas, grouped by year, or year and month, and by state or
            not, with the trailer of WONDER or without it.

    Returns:
        A frame ``observations`` (schema ``observations.EXPORTED``), one row per figure. Total rows are neither read nor
        rejected: they are compared with the sum of their parts and counted in ``facts``. A cell that an export leaves out
        is unknown and gives no row. Where two files give a figure of one key, the newer data set goes first, then the
        newer query.

    Raises:
        Quarantine: a file is no export, is cut, counts other deaths than overdoses (by its trailer), counts a part of the
            population, or has totals that are not the sum of its rows.
    """
    if not files:
        raise Quarantine("The snapshot holds no file. Put at least one export of CDC WONDER into the folder.")
    exports = {name: _export(name, data) for name, data in sorted(files.items())}
    rows = pl.concat([e.rows for e in exports.values()]).with_columns(
        rank=pl.col("dataset").replace_strict(RANKS, default=0, return_dtype=pl.Int8)
    )
    best = rows.sort("rank", "asked_at", descending=True, nulls_last=True, maintain_order=True).unique(
        EXPORTED_KEY, keep="first", maintain_order=True
    )
    other = rows.join(best, on=EXPORTED_KEY, suffix="_best").filter(
        pl.col("value").ne_missing(pl.col("value_best")) & pl.col("value").is_not_null()
    )
    rejects = pl.concat([of_file(e.rejects, pl.lit(name)) for name, e in exports.items()])
    return Staged(
        frames={"observations": best.sort("file", "row").select(*EXPORTED)},
        rejects=rejects,
        n_read=sum(e.n_read for e in exports.values()),
        facts={"exports": {name: e.facts for name, e in exports.items()}, "n_overlaps_that_differ": other.height},
    )


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:  # noqa: ARG001 all judges have one signature
    """Say whether exports may be folded. Snapshots hold different exports, so their row counts are not compared."""
    exports = info.facts["exports"]
    warnings = []
    bare = [name for name, facts in exports.items() if not facts["is_query_stated"]]
    if bare:
        warnings.append(
            f"without the trailer that states the query, so that the list of ICD codes cannot be checked: {first_few(bare)} (its "
            "rows have is_query_stated = false)"
        )
    if info.facts["n_overlaps_that_differ"]:
        warnings.append(
            f"{info.facts['n_overlaps_that_differ']:,} figures stand in two of its files with different values: that of the "
            "newer data set, or of the newer query, is used"
        )
    off = [f"{name} ({facts['n_rates_off']:,} rows)" for name, facts in exports.items() if facts["n_rates_off"]]
    if off:
        warnings.append(
            f"crude rates that are not the deaths per 100,000 of the population: {first_few(off)}; one of the three columns may "
            "be that of another export (population and crude rate are not used here)"
        )
    rows = judge_rows(info, None, guard) + judge_fill(info, None, guard)
    return Judgement(rows.refusals, (*rows.warnings, *warnings), complete=False)


def _export(name: str, data: bytes) -> _Export:
    body, trailer = _split(decoded(name, data, KEPT))
    read = frame_of_csv(name, body, KEPT)
    _check_columns(name, read.table.columns)
    cells, _ = stripped(read, _USED)
    place = next((p for p in _PLACES if f"{p}_code" in read.table.columns or p in read.table.columns), None)
    has_code = "multiple_cause_of_death_code" in read.table.columns
    is_monthly = "month_code" in read.table.columns or "month" in read.table.columns
    total = pl.col("notes").str.to_lowercase().str.starts_with("total").fill_null(False)
    totals, parts = cells.filter(total), cells.filter(~total)
    n_other = 0
    if has_code:
        # grouped by multiple cause, an export also holds what else stands on the certificates
        is_other = pl.col("multiple_cause_of_death_code").str.contains(r"^[A-Z][0-9]{2}(\.[0-9])?$") & ~pl.col(
            "multiple_cause_of_death_code"
        ).str.contains(f"^{_DRUGS.pattern}$").fill_null(True)
        n_other = parts.filter(is_other).height
        parts = parts.filter(~is_other.fill_null(False))

    query = None if trailer is None else _query(name, trailer)
    drug = None if query is None else _checked(name, query, place=place, is_monthly=is_monthly)
    if query is None and not has_code:
        raise refusal(
            name,
            "it has no trailer with the query and no column of multiple causes, so nothing tells which deaths it counts",
            "Export it again, with the lines below the table.",
        )
    typed = _typed(parts, place, drug if not has_code else None)
    if query is not None and has_code and drug not in (None, "all"):
        asked = codes(drug)
        typed = typed.with_columns(
            problem=pl.when(~pl.col("drug").is_in(list(asked))).then(pl.lit("a code that the query did not ask for"))
            .otherwise("problem")
        )  # fmt: skip
    dataset = query.dataset if query is not None else _guessed(name, typed, place)
    bad = _bad(typed)
    good = typed.join(bad, on="row", how="anti")
    if not has_code:
        _check_totals(name, good, totals, is_national_monthly=is_monthly and place is None)
    rows = _figures(good).with_columns(
        file=pl.lit(name),
        dataset=pl.lit(dataset, pl.String),
        basis=pl.lit("reported" if dataset == _PROVISIONAL else "final"),
        counts_by=pl.lit(_PLACES[place] if place is not None else "residence"),
        is_provisional=pl.when(dataset == _PROVISIONAL).then("is_provisional").otherwise(pl.lit(False)),
        is_query_stated=pl.lit(query is not None),
        asked_at=pl.lit(None if query is None else query.asked_at, pl.Datetime("us")),
    )
    rejects = pl.concat([read.rejects, bad]).sort("row")
    return _Export(
        rows.select(*EXPORTED),
        rejects,
        parts.height + read.rejects.height,
        {
            "dataset": dataset,
            "is_query_stated": query is not None,
            "title": None if query is None else query.title[:200],
            "asked_at": None if query is None or query.asked_at is None else query.asked_at.isoformat(),
            "drugs": sorted(good["drug"].unique())[:40],
            "parameters": {} if query is None else {k[:80]: v[:400] for k, v in query.parameters[:40]},
            "n_totals": totals.height,
            "n_other_causes": n_other,
            "n_suppressed": good["is_suppressed"].sum(),
            "n_rates_off": _rates_off(read.table),
        },
    )


def _split(text: str) -> tuple[str, list[str] | None]:
    """The table, and the lines below its first ``---`` without quotation marks and padding; None where there is none."""
    lines = re.split(r"\r\n|\r|\n", text)
    rule = next((i for i, line in enumerate(lines) if line.strip('", \t') == "---"), None)
    if rule is None:
        return text, None
    return "\n".join(lines[:rule]) + "\n", [line.strip().rstrip(",\t").strip().strip('"').strip() for line in lines[rule + 1 :]]


def _check_columns(name: str, columns: Sequence[str]) -> None:
    if "deaths" not in columns or not {"year", "year_code", "month_code"} & set(columns):
        raise refusal(
            name,
            "it has no column Deaths, or none of Year and Month: this is not an export of CDC WONDER by year or month",
            "Group the results by year, or by year and month.",
        )
    extra = [c for c in columns if c != "row" and c not in _GROUPS and not _MEASURES.fullmatch(c)]
    if extra:
        raise refusal(
            name,
            f"it is grouped by more than period, state and drug ({', '.join(c[:40] for c in extra[:5])}), so that its rows are "
            "parts of the deaths",
            "Export it without these groups.",
        )


def _rates_off(table: pl.DataFrame) -> int:
    """Rows whose crude rate is not the deaths per 100,000 of the population, but for its one decimal."""
    rate = next((c for c in table.columns if c.startswith("crude_rate")), None)
    if rate is None or "population" not in table.columns:
        return 0
    deaths, population, stated = (
        pl.col(c).str.replace_all(",", "").cast(pl.Float64, strict=False) for c in ("deaths", "population", rate)
    )
    return table.filter((stated - deaths / population * 100_000).abs() > 0.051).height


# the trailer ----------------------------------------------------------------------------------------------------------


def _query(name: str, lines: Sequence[str]) -> _Trailer:
    """Read the trailer: parameters that run over several lines are joined."""
    parameters: list[tuple[str, str]] = []
    for line in lines:
        if line == "---" and parameters:
            break
        found = _PARAMETER.fullmatch(line)
        if found is not None:
            parameters.append((found[1].strip().casefold(), found[2].strip()))
        elif parameters and line != "---":
            key, value = parameters[-1]
            parameters[-1] = (key, f"{value} {line}".strip())
    held = dict(parameters)
    title = held.get("dataset", "")
    dataset = _dataset(title)
    if dataset is None:
        raise refusal(
            name,
            f"its trailer names the data set {title[:80]!r}, which is none of Multiple Cause of Death, Underlying Cause of Death "
            "and Provisional Mortality Statistics",
            "Export the figures from one of these.",
        )
    return _Trailer(title, dataset, parameters, _asked_at(lines))


def _dataset(title: str) -> str | None:
    """WONDER's number of a data set by its title. D176 was called Provisional Multiple Cause of Death at first."""
    words = title.casefold()
    if words.startswith("provisional"):
        return _PROVISIONAL
    for begin, single, bridged in (("multiple cause of death", "D157", "D77"), ("underlying cause of death", "D158", "D76")):
        if words.startswith(begin):
            return single if "single race" in words else bridged
    return None


def _asked_at(lines: Sequence[str]) -> datetime | None:
    """Moment of the query, UTC; WONDER writes the time of Atlanta, and of an hour that occurs twice not which: the later one."""
    line = next((line for line in lines if line.startswith("Query Date:")), "")
    found = _ASKED.search(line)
    if found is None or found[1].casefold() not in months.BY_SHORT:
        return None
    month, day, year, hour, minute, second = (months.BY_SHORT[found[1].casefold()], *map(int, found.groups()[1:6]))
    try:
        local = datetime(year, month, day, hour % 12 + 12 * (found[7] == "PM"), minute, second)
        return utc_of(local, "America/New_York")
    except (ValueError, OverflowError):
        return None


def _checked(name: str, query: _Trailer, *, place: str | None, is_monthly: bool) -> str:
    """The drug that the query counts, by its trailer. Raises Quarantine: not overdoses of everyone over whole periods."""
    underlying: frozenset[str] | None = None
    drug: str | None = None
    for key, value in query.parameters:
        bare = key.removeprefix("ucd - ")
        is_all = _ALL.fullmatch(value.casefold()) is not None
        if key.startswith("mcd - "):
            if is_all:
                continue
            if drug is not None:
                raise _refused(name, "two lists of multiple causes, so that it counts deaths that involve drugs of both")
            drug = _drug(name, value)
        elif key.startswith("ucd - ") or bare in ("icd-10 codes", "drug/alcohol induced causes"):
            if not is_all:
                found = frozenset(codes(value))
                underlying = found if underlying is None else underlying & found
        elif _HARMLESS.fullmatch(key) or is_all or (place is not None and key in ("states", f"{place.replace('_', ' ')}s")):
            continue
        else:
            raise _refused(name, f"only a part of the deaths ({key}: {value[:80]})")
    if underlying != OVERDOSE:
        raise refusal(
            name,
            f"its query counts another set of underlying causes than the overdoses (X40-X44, X60-X64, X85, Y10-Y14): "
            f"{_difference(underlying)}",
            "Export it again with this list.",
        )
    if not is_monthly and any("year" in key and _MONTH_CHOSEN.search(value) for key, value in query.parameters):
        raise _refused(name, "years of which only some months were chosen")
    return drug if drug is not None else "all"


def _refused(name: str, what: str) -> Quarantine:
    return refusal(name, f"by its trailer it counts {what}", "Export it again without this choice.")


def _difference(found: frozenset[str] | None) -> str:
    if found is None:
        return "it states none, that is every cause of death"
    parts = [("absent", OVERDOSE - found), ("not wanted", found - OVERDOSE)]
    return "; ".join(f"{word}: {label(some)[:200]}" for word, some in parts if some)


def _drug(name: str, value: str) -> str:
    """The label of the drugs in a list of multiple causes, such as ``T40.1 (Heroin), T40.4 (Other synthetic narcotics)``."""
    outside, depth = "", 0
    for sign in value:
        depth += sign == "("
        outside += sign if depth == 0 else ""
        depth -= sign == ")" and depth > 0
    if re.search(r"\band\b", outside, re.IGNORECASE):
        raise _refused(name, "deaths that involve drugs of two lists at once")
    found = codes(outside)
    if not found or not all(_DRUGS.fullmatch(code) for code in found):
        raise _refused(name, f"multiple causes that are not drugs (T36 to T50): {value[:80]}")
    return label(found)


def _guessed(name: str, typed: pl.DataFrame, place: str | None) -> str | None:
    """The data set of an export without a trailer, where its columns and years leave only one; else None."""
    if place in ("residence_state", "occurrence_state") or typed["is_provisional"].any():
        return _PROVISIONAL
    first, last = typed["year"].min(), typed["year"].max()
    if not isinstance(first, int) or not isinstance(last, int):
        return None
    if first < 2018 <= 2020 < last:
        raise refusal(
            name,
            f"it has no trailer, and its years {first} to {last} are in no one data set of WONDER: joined by hand?",
            "Keep the exports apart as they came.",
        )
    return "D77" if first < 2018 else "D157" if last > 2020 else None


# rows -----------------------------------------------------------------------------------------------------------------


def _typed(parts: pl.DataFrame, place: str | None, drug: str | None) -> pl.DataFrame:
    """Add what each cell means; ``problem`` says why a row cannot be used."""
    period = pl.coalesce("year", "year_code", "month").fill_null("") + " " + pl.col("month").fill_null("")
    month_code = pl.coalesce("month_code", "month")
    year = pl.coalesce("year_code", "year", "month_code").str.extract(r"^((?:19|20)[0-9]{2})").cast(pl.Int32)
    is_monthly = pl.col("month_code").is_not_null() | pl.col("month").is_not_null()
    month_year = month_code.str.extract(r"^((?:19|20)[0-9]{2})[/-][0-9]{2}$").cast(pl.Int32)
    month = month_code.str.extract(r"^[0-9]{4}[/-](0[1-9]|1[0-2])$").cast(pl.Int8)
    state = pl.lit("USA")
    if place is not None:
        state = pl.col(f"{place}_code").str.zfill(2).replace_strict(states(), default=None, return_dtype=pl.String)
    deaths, rate = pl.col("deaths"), pl.col("age_adjusted_rate")
    return parts.with_columns(
        year=year,
        period_start=pl.when(is_monthly).then(pl.date(month_year, month, 1)).otherwise(pl.date(year, 1, 1)),
        is_monthly=is_monthly,
        actor_id=state,
        drug=pl.lit(drug) if drug is not None else pl.col("multiple_cause_of_death_code"),
        is_provisional=period.str.contains("provisional"),
        is_partial=period.str.contains("partial"),
        is_suppressed=deaths.str.to_lowercase() == "suppressed",
        count=pl.when(deaths.str.contains(_COUNT)).then(deaths.str.replace_all(",", "")).cast(pl.Float64, strict=False),
        rate=pl.when(rate.str.contains(_RATE)).then(rate).cast(pl.Float64, strict=False),
    ).with_columns(
        problem=pl.when(pl.col("period_start").is_null() | (is_monthly & (month_year != year)).fill_null(False))
        .then(pl.lit("no year and month that can be read"))
        .when(pl.col("actor_id").is_null())
        .then(pl.lit("a state that is not known by its code"))
        .when(pl.col("drug").is_null())
        .then(pl.lit("no code of the multiple cause"))
        .when(pl.col("count").is_null() & ~pl.col("is_suppressed").fill_null(False))
        .then(pl.lit("neither a whole number of deaths nor Suppressed"))
    )  # fmt: skip


def _bad(typed: pl.DataFrame) -> pl.DataFrame:
    """Rows with a problem, and all whose key occurs more than once in one export: nothing says which one is meant."""
    cells = pl.concat_str(pl.col([c for c in _USED if c != "notes"]).cast(pl.String), separator=" | ", ignore_nulls=True)
    has_problem = pl.col("problem").is_not_null()
    again = typed.filter(~has_problem).filter(pl.struct("actor_id", "drug", "period_start", "is_monthly").is_duplicated())
    twice = pl.lit("the period of this place and drug stands more than once")
    return pl.concat(
        [
            rejected(typed.filter(has_problem), cells, pl.col("problem")),
            rejected(again, pl.format("{} {} {}", "actor_id", "drug", "period_start"), twice),
        ]
    )


def _figures(good: pl.DataFrame) -> pl.DataFrame:
    """A row per figure: the count, and the age-adjusted rate where the export has it; crude rates are not taken over."""
    end = (
        pl.when("is_monthly")
        .then(pl.col("period_start").dt.month_end())
        .otherwise(pl.date(pl.col("period_start").dt.year(), 12, 31))
    )
    common = [pl.col("row", "actor_id", "drug", "period_start", "is_provisional", "is_partial"), end.alias("period_end")]
    counts = good.select(
        *common,
        measure=pl.when("is_monthly").then(pl.lit("deaths_month")).otherwise(pl.lit("deaths_year")),
        unit=pl.lit("deaths"),
        value="count",
        missing_reason=pl.when(pl.col("count").is_null()).then(pl.lit("suppressed")),
    )
    words = pl.col("age_adjusted_rate").str.to_lowercase()
    reason = (
        pl.when(pl.col("rate").is_not_null())
        .then(None)
        .when(words.str.contains("unreliable"))
        .then(pl.lit("unreliable"))
        .when(words == "suppressed")
        .then(pl.lit("suppressed"))
    )
    rates = good.filter(~pl.col("is_monthly")).with_columns(missing_reason=reason).filter(
        pl.col("rate").is_not_null() | pl.col("missing_reason").is_not_null()
    )  # fmt: skip
    return pl.concat(
        [
            counts,
            rates.select(
                *common,
                measure=pl.lit("age_adjusted_rate_year"),
                unit=pl.lit("per_100k"),
                value="rate",
                missing_reason="missing_reason",
            ),
        ]
    )


def _check_totals(name: str, good: pl.DataFrame, totals: pl.DataFrame, *, is_national_monthly: bool) -> None:
    """Refuse an export whose Total rows are less than the sum of their rows, or differ where no row can be missing.

    Cells below 10 may be left out or suppressed, so a total may be more than the sum. Of a nation by months, with all
    twelve there and none suppressed, it is the sum.
    """
    groups = ["year_code", "month_code", *(f"{p}_code" for p in _PLACES)]
    read = totals.with_columns(
        total=pl.when(pl.col("deaths").str.contains(_COUNT)).then(pl.col("deaths").str.replace_all(",", "")).cast(pl.Float64)
    ).filter(pl.col("total").is_not_null())
    for pattern in read.select(pl.concat_list(pl.col(groups).is_not_null()).alias("held"))["held"].unique(maintain_order=True):
        held = [g for g, is_held in zip(groups, pattern, strict=True) if is_held]
        mine = read.filter(pl.all_horizontal(pl.col(g).is_not_null() == (g in held) for g in groups))
        everything = pl.lit(True).alias("everything")
        sums = good.group_by(*held, everything).agg(
            n_parts=pl.len(), n_hidden=pl.col("count").null_count(), added=pl.col("count").sum()
        )
        is_whole = (pl.col("n_parts") == 12) & (pl.col("n_hidden") == 0) & pl.lit(is_national_monthly and held == ["year_code"])
        wrong = mine.with_columns(everything).join(sums, on=[*held, "everything"]).filter(
            (pl.col("added") > pl.col("total")) | (is_whole & (pl.col("added") != pl.col("total")))
        )  # fmt: skip
        if wrong.height:
            first = wrong.sort("row").row(0, named=True)
            where = ", ".join(str(first[g]) for g in held) or "all"
            raise refusal(
                name,
                f"its total of {where} is {first['total']:,.0f} and its rows add up to {first['added']:,.0f}: rows were changed, "
                "or lost",
                "Export it again.",
            )
