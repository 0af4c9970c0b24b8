"""The average course of a measure around dates, against the same worked out with Polars."""

import hashlib
from datetime import date, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.depth import examples
from tests.sql.conftest import Warehouse

MONDAY = date(1970, 1, 5)
Series = dict[date, float | None]


def place_of(day: date, grain: str) -> int:
    """Number of the period that holds a day."""
    days = (day - MONDAY).days
    return {"day": days, "week": days // 7, "month": 12 * (day.year - 1970) + day.month - 1}[grain]


def by_polars(
    series: Series, grain: str, dates: list[date], before: int, after: int, n_draws: int, seed: int
) -> list[tuple[Any, ...]]:
    """The rows that the macro must give."""
    at = [place_of(d, grain) for d in series]
    calendar = pl.DataFrame({"place": at, "amount": [*series.values()]}, schema={"place": pl.Int64, "amount": pl.Float64})
    places = [place_of(d, grain) for d in sorted(set(dates))]
    steps = pl.DataFrame({"step": range(-before, after + 1)}, schema={"step": pl.Int64})
    events = pl.DataFrame({"number": range(1, len(places) + 1), "at": places}, schema={"number": pl.Int64, "at": pl.Int64})
    held = calendar.with_columns(is_held=True)
    windows = events.join(steps, how="cross").with_columns(place=pl.col("at") + pl.col("step"))
    windows = windows.join(held, on="place", how="left").with_columns(pl.col("is_held").fill_null(value=False))
    used = windows.group_by("number").agg(pl.col("amount").count()).filter(pl.col("amount") > 0)["number"]
    known = calendar.drop_nulls("amount").sort("place")["place"].to_list()
    draws: list[dict[str, int]] = []
    fewest: list[int] = []
    for number, at in events.rows():
        candidates = [p for p in known if grain != "day" or (p - at) % 7 == 0] if number in used else []
        if candidates:
            fewest.append(len(candidates))
            for draw in range(n_draws):
                digest = int(hashlib.md5(f"{seed}:{draw}:{number}".encode()).hexdigest()[:8], 16)
                draws.append({"draw": draw, "number": number, "at": candidates[digest % len(candidates)]})
    drawn = pl.DataFrame(draws, schema={"draw": pl.Int64, "number": pl.Int64, "at": pl.Int64})
    laid = drawn.join(steps, how="cross").with_columns(place=pl.col("at") + pl.col("step"))
    means = laid.join(calendar, on="place", how="left").group_by("draw", "step").agg(pl.col("amount").mean())
    overlapping = sum(any(i != j and abs(a - b) <= before + after for j, b in enumerate(places)) for i, a in enumerate(places))
    rows: list[tuple[Any, ...]] = []
    for step in steps["step"]:
        here = windows.filter(pl.col("step") == step)
        chance = means.filter(pl.col("step") == step)["amount"].drop_nulls()
        unknown = here.filter(pl.col("is_held") & pl.col("amount").is_null()).height
        amounts = (
            here["amount"].count(),
            unknown,
            here.filter(~pl.col("is_held")).height,
            here["amount"].mean(),
            here["amount"].std(),
        )
        by_chance = (chance.mean(), chance.quantile(0.05, "linear"), chance.quantile(0.95, "linear"), len(chance))
        rows.append((step, here.height, overlapping, *amounts, *by_chance, min(fewest, default=0)))
    return rows


def by_macro(w: Warehouse, series: Series, grain: str, dates: list[date], *of: int) -> list[tuple[Any, ...]]:
    w.con.execute("CREATE OR REPLACE TEMP TABLE series (date DATE, value DOUBLE)")
    if series:
        w.con.executemany("INSERT INTO series VALUES (?, ?)", [list(row) for row in series.items()])
    return w.con.execute(f"FROM event_study('series', '{grain}', ?::DATE[], {', '.join(map(str, of))})", [dates]).fetchall()


DAYS = st.dates(date(2023, 1, 1), date(2023, 3, 31))


@examples(100, usual=25)
@given(
    grain=st.sampled_from(["day", "week", "month"]),
    values=st.lists(st.none() | st.integers(-9, 9), max_size=40),
    gaps=st.sets(st.integers(0, 39), max_size=6),
    dates=st.lists(DAYS, max_size=4),
    before=st.integers(0, 3),
    after=st.integers(0, 3),
    seed=st.integers(0, 5),
)
def test_the_macro_gives_what_polars_gives(
    empty: Warehouse, grain: str, values: list[int | None], gaps: set[int], dates: list[date], before: int, after: int, seed: int
) -> None:
    steps = {"day": timedelta(1), "week": timedelta(7), "month": timedelta(31)}
    firsts = [date(2023, 1, 10) - timedelta(7 if grain == "day" else 65) + n * steps[grain] for n in range(40)]
    series: Series = {day: value for n, (day, value) in enumerate(zip(firsts, values, strict=False)) if n not in gaps}
    asked = (series, grain, dates, before, after, 20, seed)
    found, expected = by_macro(empty, *asked), by_polars(*asked)
    assert len(found) == (before + after + 1 if dates else 0)
    for row, wanted in zip(found, expected if dates else [], strict=True):
        assert row == pytest.approx(wanted, nan_ok=True)


DAILY: Series = {date(2023, 11, 1) + timedelta(days=n): float(n) for n in range(28)}
WEEKS: Series = {date(2023, 1, 2) + timedelta(weeks=n): float(n) for n in range(52)}


def test_what_is_not_known_overlaps_or_stands_twice_is_said(empty: Warehouse) -> None:
    series: Series = {**DAILY, date(2023, 11, 14): None}
    rows = by_macro(empty, series, "day", [date(2023, 11, 15), date(2024, 5, 1)], 1, 0, 10, 1)
    assert [row[:6] for row in rows] == [(-1, 2, 0, 0, 1, 1), (0, 2, 0, 1, 0, 1)]
    dates = [date(2023, 11, 10), date(2023, 11, 12), date(2023, 11, 12), date(2023, 11, 20)]
    (row, *_) = by_macro(empty, DAILY, "day", dates, 1, 1, 10, 1)
    assert row[1:3] == (3, 2)
    with pytest.raises(duckdb.InvalidInputException, match="several rows of one month: sum or filter them first"):
        by_macro(empty, DAILY, "month", [date(2023, 11, 15)], 0, 0, 3, 1)


def test_one_seed_draws_the_same_and_the_course_as_known_is_that_of_the_series_handed_in(empty: Warehouse) -> None:
    one, again, other = (by_macro(empty, WEEKS, "week", [date(2023, 11, 15)], 0, 0, 3, seed) for seed in (1, 1, 2))
    assert one == again != other
    then = "SELECT p.date, p.n_events AS value FROM dyad_panel_as_known('USA', 'CHN', 'day', DATE '2023-01-01') AS p"
    known = f"WITH known_then AS ({then}) FROM event_study('known_then', 'day', [DATE '2022-11-14'], 1, 1, 5, 1)"
    assert [row[:6] for row in empty.con.execute(known).fetchall()] == [(n, 1, 0, 0, 0, 1) for n in (-1, 0, 1)]
