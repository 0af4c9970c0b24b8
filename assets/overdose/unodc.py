"""Drugs seized and their prices by state and year, as states report to the UN Office on Drugs and Crime.

Belongs here: two tables of dataunodc.un.org, each with its column names, saved as JSON or CSV. Seizures: ``msCode``, ``Drug``,
``Year``, ``Kilograms``. Amounts in kilograms, litres and tablets are rows of their own there, converted into kilograms, so that
rows of one drug, state and year add up. Prices: ``Country/Territory``, ``Drug``, ``LevelOfSale``, ``Year``, typical, least and
highest price in US dollars for an amount (``Unit``), here by gram, litre or piece.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from assets.actors import registry
from assets.contracts import Staged
from assets.errors import KEPT, Quarantine, refusal
from assets.overdose.canada import KEY, STAGED
from assets.reading.portals import frame_of
from assets.reading.rejects import Check, of_file, reasons, repeated, split
from assets.reading.text_frames import TextFrame, stripped

SEIZURES, PRICES = "unodc_seizures", "unodc_prices"
_GRAMS = {"g": 1, "kg": 1000, "mg": 0.001, "pound": 453.592, "ounce": 28.3495}
_LITRES = {"l": 1, "ml": 0.001}
_PIECES = (
    "tablet",
    "unit",
    "dose",
    "pill",
    "trip",
    "blotting paper",
    "capsule",
    "stamp",
    "rock",
    "cigarette",
    "plasters",
    "vials",
)
AMOUNTS = (
    {unit: ("usd_per_gram", float(grams)) for unit, grams in _GRAMS.items()}
    | {unit: ("usd_per_litre", float(litres)) for unit, litres in _LITRES.items()}
    | dict.fromkeys(_PIECES, ("usd_per_piece", 1.0))
)
"""Unit of core.drug_harms, and how much of it, by the word for an amount. Packets and marks are of no known size."""
_FIGURES = {"typical_usd": "", "minimum_usd": "_low", "maximum_usd": "_high"}


def stage_seizures(files: Mapping[str, bytes]) -> Staged:
    """Read one table of seizures: a row a state, drug and year, with the sum of its rows; ``row`` is the first of them.

    Raises:
        Quarantine: there is not one file, or it has another layout.
    """
    name, read, cells = _cells(files, ("mscode", "drug", "year", "kilograms"))
    states = {state: state for state in registry.actors().filter(kind="state")["actor_id"]}
    typed = cells.with_columns(
        actor_id=pl.col("mscode").replace_strict(states, default=None, return_dtype=pl.String),
        measure=pl.lit("drugs_seized"),
        unit=pl.lit("kilograms"),
        value=pl.col("kilograms").cast(pl.Float64, strict=False),
    )
    checks: list[Check] = [
        ("mscode", pl.col("actor_id").is_not_null(), "not a state that is known"),
        ("year", pl.col("period_start").is_not_null(), "not a year"),
        ("drug", pl.col("substance").is_not_null(), "no drug"),
        ("kilograms", pl.col("value") >= 0, "not an amount"),
    ]
    good, bad = split(typed, checks)
    first = [pl.col(c).first() for c in STAGED if c not in (*KEY, "value")]
    sums = good.group_by(KEY, maintain_order=True).agg(*first, pl.col("value").sum())
    return _staged(name, read.rejects, cells, "seizures", sums, [reasons(bad, checks)])


def stage_prices(files: Mapping[str, bytes]) -> Staged:
    """Read one table of prices: typical, least, highest. Raises Quarantine: not one file, or another layout."""
    name, read, cells = _cells(files, ("country/territory", "drug", "levelofsale", "year", "unit", *_FIGURES))
    amount = pl.col("unit").str.to_lowercase().str.extract_groups(r"^(?:(?<n>[0-9]+) )?(?<of>[a-z ]+)$")
    of = amount.struct.field("of")
    sizes = {unit: size for unit, (_, size) in AMOUNTS.items()}
    times = amount.struct.field("n").cast(pl.Float64).fill_null(1) * of.replace_strict(
        sizes, default=None, return_dtype=pl.Float64
    )
    countries = registry.code_map("country_name")
    typed = cells.with_columns(
        actor_id=pl.col("country/territory").str.to_lowercase().replace_strict(countries, default=None, return_dtype=pl.String),
        level=pl.col("levelofsale").str.to_lowercase() + "_price",
        per=of.replace_strict({u: to for u, (to, _) in AMOUNTS.items()}, default=None, return_dtype=pl.String),
        times=times,
        **{figure: pl.col(figure).cast(pl.Float64, strict=False) for figure in _FIGURES},
    )
    checks: list[Check] = [
        ("country/territory", pl.col("actor_id").is_not_null(), "not a state that is known"),
        ("year", pl.col("period_start").is_not_null(), "not a year"),
        ("drug", pl.col("substance").is_not_null(), "no drug"),
        ("levelofsale", pl.col("level").is_in(["retail_price", "wholesale_price"]), "neither retail nor wholesale"),
        ("unit", pl.col("times").is_not_null(), "an amount that is not known"),
        ("typical_usd", pl.any_horizontal(pl.col(*_FIGURES) >= 0), "no price"),
    ]
    good, bad = split(typed, checks)
    key = ("actor_id", "substance", "level", "per", "period_start")
    again = repeated(
        good, key, (*_FIGURES, "times"), pl.concat_str("country/territory", "drug", "levelofsale", "year", separator=" ")
    )
    kept = good.join(again, on="row", how="anti")
    figures = [
        kept.with_columns(measure=pl.col("level") + end, unit=pl.col("per"), value=pl.col(figure) / pl.col("times")).filter(
            pl.col("value") >= 0
        )
        for figure, end in _FIGURES.items()
    ]
    return _staged(name, read.rejects, cells, "prices", pl.concat(figures), [reasons(bad, checks), again])


def _cells(files: Mapping[str, bytes], columns: Collection[str]) -> tuple[str, TextFrame, pl.DataFrame]:
    if len(files) != 1:
        raise Quarantine(f"The snapshot holds {len(files)} files; one table is a vintage. {KEPT}")
    ((name, data),) = files.items()
    read = frame_of(name, data, KEPT)
    if missing := set(columns) - set(read.table.columns):
        raise refusal(name, f"it lacks the columns {', '.join(sorted(missing))}", "Take the table of dataunodc.un.org.")
    cells, _ = stripped(read, sorted(columns))
    year = pl.col("year").cast(pl.Int32, strict=False)
    year = pl.when(year.is_between(1980, 2100)).then(year)
    return (
        name,
        read,
        cells.with_columns(
            substance=pl.col("drug").str.to_lowercase(),
            manner=pl.lit("all"),
            period_basis=pl.lit("stated"),
            missing_reason=pl.lit(None, pl.String),
            period_start=pl.date(year, 1, 1),
            period_end=pl.date(year, 12, 31),
        ),
    )


def _staged(
    name: str, unread: pl.DataFrame, cells: pl.DataFrame, frame: str, rows: pl.DataFrame, rejects: list[pl.DataFrame]
) -> Staged:
    return Staged(
        frames={frame: rows.select(*STAGED)},
        rejects=of_file(pl.concat([unread, *rejects]).sort("row"), pl.lit(name)),
        n_read=cells.height + unread.height,
    )
