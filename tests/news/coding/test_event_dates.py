"""Which of the dates of a text an event has: that of its clause, never that of another time told beside it."""

from datetime import date

from assets.news.coding.date_phrases import DateMention, resolve
from assets.news.coding.dated_clauses import DatedClauses
from assets.news.coding.event_date import anchored

DAY = date(2024, 6, 12)
"""A Wednesday."""


def clauses_of(text: str, word: str) -> tuple[DatedClauses, int]:
    return DatedClauses(text, resolve(text, DAY), 0, DAY), text.index(word)


def said(d: DateMention | None) -> str | None:
    return None if d is None else f"{d.event_date} {d.precision}"


def test_a_date_belongs_to_its_clause() -> None:
    for text, party, expected in (
        ("He asked the Dominicans for a protocol, which the ministers had discussed in May.", "Dominicans", None),
        ("Uruguay has asked Chile to stop, after fishermen were seized in March.", "Chile", None),
        ("After Chile closed the border in March, Peru recalled its envoy on Monday.", "Peru", "2024-06-10 day"),
        ("Peru, which had closed the border in May, thanked Chile.", "Chile", None),
        ("Moscow backed Hanoi in the war of 1965.", "Hanoi", "1965-01-01 year"),
        ("In 2016 Kenya burned the tusks and Tanzania praised Nairobi.", "Nairobi", "2016-01-01 year"),
        ("Norway gave money on Monday for homes lost in the wars of the 1990s in Serbia.", "Serbia", "2024-06-10 day"),
        ("France said on Monday that the 2015 accord binds Iran.", "Iran", "2024-06-10 day"),
        ("Peru left the 2015 accord with Chile.", "Chile", "2015-01-01 year"),
        ("On Monday Kenya burned the tusks, and Tanzania praised Nairobi.", "Nairobi", "2024-06-10 day"),
    ):
        clauses, at = clauses_of(text, party)
        assert said(clauses.of(at)) == expected, text


def test_a_plan_has_the_date_on_which_it_was_told() -> None:
    told, at = clauses_of("Kenya said on Sunday it would send police to Haiti.", "Haiti")
    assert said(told.of_what_tells_it(at)) == "2024-06-09 day"
    planned, at = clauses_of("Kenya will send police to Haiti on 3 August.", "Haiti")
    assert planned.of_what_tells_it(at) is None


def test_a_day_after_something_is_counted_from_the_main_clause() -> None:
    clauses, at = clauses_of("Chile recalled its envoy on Monday, a day after Lima expelled the consul.", "Lima")
    apart = clauses.apart(at)
    assert apart is not None
    assert (apart.number, apart.unit, apart.way, said(apart.base)) == (1, "day", 1, "2024-06-10 day")


def test_a_day_beside_a_month_of_its_sentence_is_in_that_month_or_not_known() -> None:
    text = "In March 2020 Peru closed the border; the same day Chile followed."
    assert said(anchored(resolve(text, DAY), text)[-1]) == "2020-03-01 month"
    text = "Peru asked on Monday for talks. Chile landed soldiers in July 2002, and Peru removed them a week later."
    assert anchored(resolve(text, DAY), text)[-1].event_date is None


def test_a_time_beside_a_day_of_its_sentence_is_counted_from_that_day() -> None:
    counted = """two days later = 2024-05-05 day, a day earlier = 2024-05-02 day, the same day = 2024-05-03 day,
        a week later = 2024-05-07 interval, the following week = 2024-05-06 interval, three months later = 2024-08-01 month,
        the previous month = 2024-04-01 month, a year before = 2023-01-01 year, two years earlier = 2022-01-01 year"""
    for words, expected in (pair.strip().split(" = ") for pair in counted.split(",")):
        text = f"Peru closed the border on 3 May 2024, and Chile followed {words}."
        assert said(anchored(resolve(text, DAY), text)[-1]) == expected, words
