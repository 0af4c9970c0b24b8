"""Which of the dates of a text an event has: those of its clause, never those of what is asked for, told beside it or named."""

from __future__ import annotations

from datetime import date

import pytest

from assets.news.coding.coder import RuleCoder
from assets.news.coding.date_anchors import anchored
from assets.news.coding.date_phrases import DateMention, resolve
from assets.news.coding.dated_words import DatedWords
from assets.news.coding.interface import Text
from assets.news.coding.parse import sentences

DAY = date(2024, 6, 12)
"""A Wednesday."""


def words_of(text: str, trigger: str) -> tuple[DatedWords, int]:
    (s,) = sentences([text])
    return DatedWords(s, resolve(text, DAY), 0, DAY), s.words.index(trigger)


def said(d: DateMention | None) -> str | None:
    return None if d is None else f"{d.event_date} {d.precision}"


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("He asked the Dominicans for a protocol, which the ministers had discussed in May.", "asked", None),
        ("He asked the Dominicans for a protocol, which the ministers had discussed in May.", "discussed", "2024-05-01 month"),
        ("Uruguay has asked Chile to stop, after fishermen were seized in March.", "asked", None),
        ("Riyadh blamed Iran for the attack of 2019.", "blamed", None),
        ("Riyadh blamed Iran for the attack of 2019.", "attack", "2019-01-01 year"),
        ("Moscow backed Hanoi in the war of 1965.", "backed", "1965-01-01 year"),
        ("Baku cancelled the shows on Sunday in protest.", "cancelled", "2024-06-09 day"),
        ("Kenya burned the tusks in 2016 and has asked Tanzania to follow.", "asked", None),
        ("In 2016 Kenya burned the tusks and Tanzania praised Nairobi.", "praised", "2016-01-01 year"),
        ("Rajapaksa said on Monday he had asked Russia for credit.", "said", "2024-06-10 day"),
    ],
)
def test_a_date_belongs_to_its_clause(text: str, trigger: str, expected: str | None) -> None:
    words, i = words_of(text, trigger)
    assert said(words.of(i) or words.reached(i, "020")) == expected


def test_what_is_asked_for_has_a_time_of_its_own_what_is_begun_has_not() -> None:
    asked, i = words_of("Seoul asked the North to allow a reunion in October.", "asked")
    assert asked.reached(i, "026") is None
    began, i = words_of("France began to hand its bases to Mali in October.", "began")
    assert said(began.of(i) or began.reached(i, "085")) == "2023-10-01 month"


def test_a_plan_has_the_date_on_which_it_was_told() -> None:
    told, i = words_of("Kenya said on Sunday it would send police to Haiti.", "send")
    assert said(told.of_what_tells_it(i)) == "2024-06-09 day"
    planned, i = words_of("Kenya will send police to Haiti on Sunday.", "send")
    assert planned.of_what_tells_it(i) is None


def events(text: str, published: date = DAY) -> dict[tuple[str | None, str | None, str], date | None]:
    ((_, found),) = RuleCoder().code([Text("t", text, published)])
    return {(e.source_id, e.target_id, e.cameo_code[:2]): e.event_date for e in found}


def test_a_day_after_another_act_counts_back_from_the_day_of_the_first() -> None:
    found = events("Peru expelled the ambassador of Chile on Monday, a day after Chile recalled its envoy from Peru.")
    assert found["PER", "CHL", "16"] == date(2024, 6, 10)
    assert found["CHL", "PER", "16"] == date(2024, 6, 9)


def test_today_in_a_report_with_a_dateline_is_the_day_of_the_dateline() -> None:
    found = events("LIMA, June 9 (wire) - Peru expelled the ambassador of Chile today.")
    assert found["PER", "CHL", "16"] == date(2024, 6, 9)
    much_earlier = events("LIMA, May 9 (wire) - Peru expelled the ambassador of Chile today.")
    assert much_earlier["PER", "CHL", "16"] == DAY


def dates(text: str) -> list[tuple[str, str | None, str]]:
    return [
        (text[d.start : d.end], None if d.event_date is None else str(d.event_date), d.precision)
        for d in anchored(resolve(text, DAY), text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On March 3 Peru left. Two days later it came back.", ("2024-03-05", "day")),
        ("On March 3 Peru left. Chile followed the same day.", ("2024-03-03", "day")),
        ("On March 3 Peru left. The following year it came back.", ("2025-01-01", "year")),
        ("On March 3 Peru left. Two weeks earlier it had threatened to.", ("2024-02-15", "interval")),
        ("In March Peru left. Chile followed that month.", ("2024-03-01", "month")),
        ("In March Peru left and Chile followed the same day.", ("2024-03-01", "month")),
        ("In March Peru left. Chile followed the same day.", (None, "unknown")),
        ("On March 3 Peru left. It had stayed until the day before the talks.", (None, "unknown")),
        ("On March 3 Peru left. Several days later it came back.", (None, "unknown")),
    ],
)
def test_a_date_that_counts_from_an_earlier_one(text: str, expected: tuple[str | None, str]) -> None:
    assert dates(text)[-1][1:] == expected


def test_without_an_earlier_date_the_same_day_is_unknown() -> None:
    assert dates("Chile followed the same day.") == [("the same day", None, "unknown")]


def test_a_sentence_in_the_future_does_not_make_the_weekday_of_the_next_one_a_coming_one() -> None:
    text = 'He said: "They will be judged." A court on Tuesday ended the case.'
    assert dates(text)[-1][1] == "2024-06-11"
