"""Health Infobase Canada: opioid- and stimulant-related harms, by province, period and substance.

Belongs here: three layouts, known by their columns. 2021: no period beside the overall numbers, which stand in the order of
their periods; 2023: ``Type_Event`` and ``Year_Quarter``, suppressed as -1 and not available as -2; 2026: no ``Type_Event``,
``Suppr.`` and ``n/a``. Read are the overall numbers and the types of opioids and stimulants; age, sex and origin are left out,
and so are parts of provinces and the territories taken together.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from assets.actors import registry
from assets.contracts import Staged
from assets.errors import KEPT, Quarantine, refusal
from assets.reading.portals import frame_of
from assets.reading.rejects import of_file, reasons, repeated, split
from assets.reading.text_frames import stripped

SOURCE = "ca_opioid"
TABLE = "drug_harms"
STAGED = pl.Schema(
    {"row": pl.Int64}
    | dict.fromkeys(("actor_id", "measure", "substance", "manner", "unit"), pl.String)
    | {
        "period_start": pl.Date,
        "period_end": pl.Date,
        "period_basis": pl.String,
        "value": pl.Float64,
        "missing_reason": pl.String,
    }
)
KEY = ("actor_id", "measure", "substance", "manner", "unit", "period_start", "period_end")
FOLDED = {TABLE: ("harms", KEY, ("value", "missing_reason"))}
_COLUMNS = ("substance", "source", "specific_measure", "region", "time_period", "unit", "aggregator", "disaggregator", "value")
_MEASURES = {"Deaths": "apparent_deaths", "Hospitalizations": "hospitalizations"}
_MEASURES |= {"Emergency Department (ED) Visits": "ed_visits", "Emergency Medical Services (EMS)": "ems_responses"}
_UNITS = {"Number": "count", "Percent": "percent", "Crude rate": "crude_rate"}
_UNITS |= {"Age-adjusted rate": "age_adjusted_rate", "Adjusted rate": "age_adjusted_rate"}
_MISSING = {"Suppressed": "suppressed", "-1": "suppressed", "Suppr.": "suppressed", "Not applicable": "not_applicable"}
_MISSING |= dict.fromkeys(("Not available", "-2", "n/a"), "not_available")
_MONTHS = {m: i for i, m in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1)}
_SERIES = ("substance", "source", "type_event", "region", "time_period", "unit")


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one download of the harms. Raises Quarantine where there is not one file, or it has none of the three layouts."""
    if len(files) != 1:
        raise Quarantine(f"The snapshot holds {len(files)} files; one download (SubstanceHarmsData.csv) is a vintage. {KEPT}")
    ((name, data),) = files.items()
    read = frame_of(name, data, KEPT)
    if missing := set(_COLUMNS) - set(read.table.columns):
        raise refusal(name, f"it lacks the columns {', '.join(sorted(missing))}", "Take the download of Health Infobase.")
    cells, _ = stripped(read, [*_COLUMNS, "type_event", "year_quarter"])
    kind = pl.col("specific_measure").str.replace(" breakdown", "")
    places = dict(registry.actors().filter(country_id="CAN", kind="subdivision").select("name", "actor_id").iter_rows()) | {
        "Canada": "CAN"
    }
    left_out = ~kind.is_in(["Overall numbers", "Type of opioids", "Type of stimulants"])
    left_out |= pl.col("region").str.contains(r"^(Territories|(Winnipeg|Whitehorse|Yellowknife|Northern and [Rr]ural)\b.*)$")
    rows = cells.filter(~left_out.fill_null(False))
    is_overall = pl.col("specific_measure") == "Overall numbers"
    said = pl.coalesce("year_quarter", pl.when(~is_overall).then("aggregator"))
    rows = rows.with_columns(said=said, place=pl.int_range(pl.len()).over(_SERIES), n=pl.len().over(_SERIES)).join(
        _by_place(cells["aggregator"]), on=["time_period", "place", "n"], how="left"
    )
    period = pl.coalesce("said", pl.when(is_overall & pl.col("year_quarter").is_null()).then("inferred"))
    year, quarter = period.str.extract(r"^(20\d\d)").cast(pl.Int32), period.str.extract(r"^20\d\d Q([1-4])$").cast(pl.Int32)
    months = [period.str.extract(rf"^20\d\d \((?:\w+ to )?{end}\)$") for end in (r"(\w{3}) to \w{3}", r"(\w{3})")]
    first, last = (m.replace_strict(_MONTHS, default=None, return_dtype=pl.Int32) for m in (months[0], months[1]))
    whole = period.str.contains(r"^20\d\d$")
    start = pl.coalesce(quarter * 3 - 2, first, pl.when(whole).then(1))
    end = pl.coalesce(quarter * 3, last, pl.when(whole).then(12))
    event = pl.col("type_event").str.to_lowercase()
    typed = rows.with_columns(
        actor_id=pl.col("region").replace_strict(places, default=None, return_dtype=pl.String),
        measure=pl.col("source").replace_strict(_MEASURES, default=None, return_dtype=pl.String),
        kind=pl.when(is_overall).then("substance").otherwise("disaggregator").str.to_lowercase().str.replace_all(r"[ -]", "_"),
        manner=pl.when(event.str.contains("^accidental")).then(pl.lit("accidental"))
        .when(event.str.contains("^(suicide|intentional)")).then(pl.lit("intentional"))
        .when(event.is_null() & ~is_overall).then(pl.lit("not_stated")).otherwise(pl.lit("all")),
        in_unit=pl.col("unit").replace_strict(_UNITS, default=None, return_dtype=pl.String),
        period_start=pl.date(year, start, 1),
        period_end=pl.date(year, end, 1).dt.month_end(),
        period_basis=pl.when(pl.col("said").is_null()).then(pl.lit("order")).otherwise(pl.lit("stated")),
        missing_reason=pl.col("value").replace_strict(_MISSING, default=None, return_dtype=pl.String),
        number=pl.col("value").cast(pl.Float64, strict=False),
    )  # fmt: skip
    checks = [
        ("region", pl.col("actor_id").is_not_null(), "not a province or territory of Canada"),
        ("source", pl.col("measure").is_not_null(), "not deaths, hospitalizations, ED visits or EMS responses"),
        ("unit", pl.col("in_unit").is_not_null(), "not a unit that is known"),
        ("disaggregator", pl.col("kind").is_not_null(), "no substance"),
        ("year_quarter", pl.col("period_end").is_not_null(), "states no period, and its series lacks some"),
        ("value", pl.col("missing_reason").is_not_null() | (pl.col("number") >= 0), "neither a number nor a known mark"),
    ]  # fmt: skip
    good, bad = split(typed, checks)
    shaped = good.select(
        *("row", "actor_id", "measure", "manner", "period_start", "period_end", "period_basis", "missing_reason"),
        substance="kind",
        unit="in_unit",
        value=pl.when(pl.col("missing_reason").is_null()).then("number"),
    )
    again = repeated(shaped, KEY, ("value", "missing_reason"), pl.concat_str(*KEY[:5], separator=" "))
    return Staged(
        frames={"harms": shaped.join(again, on="row", how="anti").select(*STAGED)},
        rejects=of_file(pl.concat([read.rejects, reasons(bad, checks), again]).sort("row"), pl.lit(name)),
        n_read=rows.height + read.rejects.height,
        facts={"n_left_out": cells.height - rows.height},
    )


def _by_place(labels: pl.Series) -> pl.DataFrame:
    """The periods of the layout of 2021 by their place in a series of all of them, from those that other rows state."""
    found = sorted({label for label in labels.drop_nulls() if label[:2] == "20"})
    years = [x for x in found if len(x) == 4 or (x[4:9] == " (Jan" and x[:4] not in found)]
    last = max((x for x in found if x[4:6] == " Q"), default="")
    quarters = [q for y in years for n in range(1, 5) if (q := f"{y[:4]} Q{n}") <= last]
    rows = [(kind, i, len(of), x) for kind, of in (("By year", years), ("By quarter", quarters)) for i, x in enumerate(of)]
    return pl.DataFrame(
        rows, schema={"time_period": pl.String, "place": pl.Int64, "n": pl.UInt32, "inferred": pl.String}, orient="row"
    )
