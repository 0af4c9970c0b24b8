"""Quantities in news text: what the number is, how it is limited, and what is no quantity."""

import pytest

from assets.news.claims.quantities import KG_TO_LBS, quantities


def read(text: str) -> list[tuple[str, str, str, float, float | None]]:
    return [(text[q.start : q.end], q.kind, q.comparator, round(q.number, 3), q.number_to) for q in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("more than 109,000 people", ("more than 109,000", "C", "more_than", 109000, None)),
        ("at least 12 firms", ("at least 12", "C", "at_least", 12, None)),
        ("fewer than twenty-one firms", ("fewer than twenty-one", "C", "less_than", 21, None)),
        ("up to 1.2 million people", ("up to 1.2 million", "C", "at_most", 1200000, None)),
        ("some one hundred thousand people", ("some one hundred thousand", "C", "about", 100000, None)),
        ("between 105,000 and 110,000 people", ("between 105,000 and 110,000", "C", "between", 105000, 110000)),
        ("topped 100,000 for the first time", ("100,000", "C", "more_than", 100000, None)),
        ("hit a record 107,000 last year", ("107,000", "C", "exactly", 107000, None)),
        ("three dozen firms", ("three dozen", "C", "exactly", 36, None)),
        ("nearly 70 % of deaths", ("nearly 70 %", "P", "nearly", 0.7, None)),
        ("75.4 per cent of deaths", ("75.4 per cent", "P", "exactly", 0.754, None)),
        ("10 to 15 percent of deaths", ("10 to 15 percent", "P", "between", 0.1, 0.15)),
        ("more than two-thirds of deaths", ("more than two-thirds", "P", "more_than", 0.667, None)),
        ("a quarter of deaths", ("a quarter", "P", "exactly", 0.25, None)),
        ("two out of three deaths", ("two out of three", "P", "exactly", 0.667, None)),
        ("seven in 10 deaths", ("seven in 10", "P", "exactly", 0.7, None)),
        ("27,000 pounds of it", ("27,000 pounds", "W", "exactly", 27000, None)),
        ("about 1.5 tons of it", ("about 1.5 tons", "W", "about", 3000, None)),
        ("2 tonnes of it", ("2 tonnes", "W", "exactly", round(2000 * KG_TO_LBS, 3), None)),
    ],
)
def test_a_quantity_is_read_with_its_limit_and_its_unit(text: str, expected: tuple[str, str, str, float, float | None]) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    "text",
    ["$3m of it", "US$40 million", "25 million euros", "COVID-19", "the 6th package", "an 18-year-old", "in 2021",
     "a 90-day reprieve", "12 years", "three times", "two milligrams", "five percentage points"],
)  # fmt: skip
def test_money_names_ordinals_ages_years_and_spans_of_time_are_no_quantities(text: str) -> None:
    assert read(text) == []


def test_two_counts_joined_by_and_stay_two_and_a_year_before_a_number_does_not_hide_it() -> None:
    assert [q[3] for q in read("24 firms and 30 persons")] == [24, 30]
    assert [q[3] for q in read("slipped in 2023 to 107,500")] == [107500]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("107,000 deaths", 106500, 107500),
        ("107,941 deaths", 107940.5, 107941.5),
        ("100,000 deaths", 95000, 105000),
        ("10 firms", 9.5, 10.5),
        ("about 100,000 deaths", 95000, 105000),
        ("nearly 70% of it", 0.665, 0.7),
        ("70% of it", 0.695, 0.705),
        ("more than 100,000 deaths", 100000, None),
        ("no more than 100 deaths", None, 100),
        ("100,000 to 110,000 deaths", 100000, 110000),
    ],
)
def test_what_a_quantity_admits_follows_from_its_limit_and_its_last_digit(
    text: str, low: float | None, high: float | None
) -> None:
    (found,) = quantities(text)
    assert found.admits() == (low if low is None else pytest.approx(low), high if high is None else pytest.approx(high))
