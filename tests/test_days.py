"""What is dated with a day alone is known at the last instant of that day, and not before."""

from datetime import date, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.days import known_of_day, last_instant, last_instants, utc_of

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31))


def known(day: date | None, retrieved_at: datetime) -> datetime | None:
    frame = pl.DataFrame({"day": [day], "at": [retrieved_at]}, schema={"day": pl.Date, "at": pl.Datetime("us")})
    known: datetime | None = frame.select(known_of_day(pl.col("day"), pl.col("at"))).item()
    return known


@given(DAYS, MOMENTS, st.lists(st.none() | DAYS))
def test_what_a_day_dates_is_known_at_its_end(day: date, retrieved_at: datetime, days: list[date | None]) -> None:
    first = datetime(day.year, day.month, day.day)
    assert first < last_instant(day) < first + timedelta(days=1)
    assert last_instant(day).date() == day
    found = pl.select(last_instants(pl.lit(pl.Series("day", days, dtype=pl.Date)))).to_series()
    assert (found.dtype, found.to_list()) == (pl.Datetime("us"), [None if d is None else last_instant(d) for d in days])
    at = known(day, retrieved_at)
    assert at is not None
    assert at == last_instant(day) or (retrieved_at < last_instant(day) and at == max(retrieved_at, first))


def test_the_last_day_that_there_is_has_a_last_instant_and_of_an_hour_that_occurs_twice_the_later_one_counts() -> None:
    assert last_instant(date.max) == datetime(9999, 12, 31, 23, 59, 59)
    for local, utc in (
        (datetime(2023, 7, 1, 12), datetime(2023, 7, 1, 16)),
        (datetime(2023, 11, 5, 1, 30), datetime(2023, 11, 5, 6, 30)),  # occurs twice: 05:30 and 06:30
        (datetime(2023, 11, 5, 2, 30), datetime(2023, 11, 5, 7, 30)),
    ):
        assert utc_of(local, "America/New_York") == utc
