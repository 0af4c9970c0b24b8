"""Quantities in news text: what the number is, how it is limited, and what is no quantity."""

import pytest

from assets.news.claims.quantities import quantities

READ = """
[more than 109,000] people = C more_than 109000
[at least 12] firms = C at_least 12
[fewer than twenty-one] firms = C less_than 21
[up to 1.2 million] people = C at_most 1200000
[some one hundred thousand] people = C about 100000
[between 105,000 and 110,000] people = C between 105000 110000
topped [100,000] for the first time = C more_than 100000
hit a record [107,000] last year = C exactly 107000
[three dozen] firms = C exactly 36
[nearly 70 %] of deaths = P nearly 0.7
[75.4 per cent] of deaths = P exactly 0.754
[10 to 15 percent] of deaths = P between 0.1 0.15
[more than two-thirds] of deaths = P more_than 0.667
[a quarter] of deaths = P exactly 0.25
[two out of three] deaths = P exactly 0.667
[seven in 10] deaths = P exactly 0.7
[27,000 pounds] of it = W exactly 27000
[about 1.5 tons] of it = W about 3000
[2 tonnes] of it = W exactly 4409.245
"""


def read(text: str) -> list[str]:
    return [
        f"{text[: q.start]}[{text[q.start : q.end]}]{text[q.end :]} = {q.kind} {q.comparator} {round(q.number, 3):.10g}"
        + (f" {q.number_to:.10g}" if q.number_to is not None else "")
        for q in quantities(text)
    ]


def test_a_quantity_is_read_with_its_limit_and_its_unit() -> None:
    for row in READ.strip().splitlines():
        assert read(row.replace("[", "").replace("]", "").partition(" = ")[0]) == [row]


def test_money_names_ordinals_ages_years_and_spans_of_time_are_no_quantities() -> None:
    words = (
        "$3m of it|US$40 million|25 million euros|COVID-19|the 6th package|an 18-year-old|in 2021|a 90-day reprieve|12 years|"
        "three times|two milligrams|five percentage points"
    )
    assert {text: read(text) for text in words.split("|") if read(text)} == {}


def test_two_counts_joined_by_and_stay_two_and_a_year_before_a_number_does_not_hide_it() -> None:
    assert [q.number for q in quantities("24 firms and 30 persons")] == [24, 30]
    assert [q.number for q in quantities("slipped in 2023 to 107,500")] == [107500]


def test_what_a_quantity_admits_follows_from_its_limit_and_its_last_digit() -> None:
    for text, low, high in (
        ("107,000 deaths", 106500, 107500), ("107,941 deaths", 107940.5, 107941.5), ("100,000 deaths", 95000, 105000),
        ("10 firms", 9.5, 10.5), ("about 100,000 deaths", 95000, 105000), ("nearly 70% of it", 0.665, 0.7),
        ("70% of it", 0.695, 0.705), ("more than 100,000 deaths", 100000, None), ("no more than 100 deaths", None, 100),
        ("100,000 to 110,000 deaths", 100000, 110000),
    ):  # fmt: skip
        (found,) = quantities(text)
        assert found.admits() == tuple(limit if limit is None else pytest.approx(limit) for limit in (low, high)), text
