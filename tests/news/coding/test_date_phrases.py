"""Dates in words: tables of what each phrase means, read on a Friday; and which of the dates of a text an event has."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.news.coding.date_phrases import DateMention, resolve
from assets.news.coding.dated_clauses import DatedClauses
from assets.news.coding.event_date import anchored
from tests.depth import examples

FRIDAY = date(2023, 12, 22)

# the words of the date in brackets; before them its first day, the day after its last (unless it is a day), its precision
STATED = """
2023-11-15 day: signed on [November 15, 2023] | signed on [Nov. 15, 2023], | signed on [15 November 2023] |
signed on the [15th of November, 2023] | dated [15-Nov-2023] | On [Wednesday, November 15, 2023], they met |
as of [2023-11-15] | as of [2023/11/15] | as of [15/11/2023] | as of [11/15/2023] | 于[2023年11月15日]会晤;
2023-11-04 day: am [4.11.2023]; 2023-11-01 2023-12-01 month: 于[2023年11月]会晤 | in [November 2023];
2021-05-03 day: SEOUL, [MAY 3, 2021]; 2021-09-01 2021-10-01 month: in [Sept. 2021];
2021-05-01 2021-06-01 month: in [May of 2021]; 2019-12-01 2020-01-01 month: in [2019-12];
2020-01-01 2021-01-01 year: was blacklisted in [2020] over; 2019-01-01 2020-01-01 year: primary source until [2019], when |
in [the summer of 2019]; 2016-01-01 2017-01-01 year: the [2016] ruling | the pact ([2016]);
2022-11-15 2022-11-18 interval: [November 15-17, 2022] | [15 to 17 November 2022];
2020-03-03 2020-05-06 interval: [from 3 March to 5 May 2020]; 2020-03-01 2020-06-01 interval: [between March and May 2020];
2019-11-01 2020-03-01 interval: [between November and February 2020]; 2015-01-01 2020-01-01 interval: [between 2015 and 2019] |
[from 2015 to 2019] | the [2015–2019] talks | the [2015-19] talks;
2021-05-01 2022-05-01 interval: the [12 months to April 2022] | in the [12-month period ending April 2022];
2021-04-01 2022-04-01 interval: in the [year to March 2022];
2022-04-01 2022-07-01 interval: in the [three months ended June 30, 2022];
2020-01-01 2020-04-01 interval: the [first quarter of 2020]; 2022-07-01 2022-10-01 interval: in [Q3 2022];
2020-07-01 2021-01-01 interval: the [second half of 2020]; 2020-01-01 2020-05-01 interval: in [early 2020];
2019-05-01 2019-09-01 interval: in [mid-2019]; 2019-09-01 2020-01-01 interval: in [late 2019] | at [the end of 2019];
2019-05-21 2019-06-01 interval: in [late May 2019]; 1990-01-01 2000-01-01 interval: throughout the [1990s];
1997-01-01 2000-01-01 interval: in the [late 1990s]; 2022-08-03 day: updated [2022-08-03T10:15:00Z];
2022-10-01 2023-01-01 interval: in the [last three months of 2022];
2022-01-01 2022-10-01 interval: in the [first nine months of 2022];
2023-11-13 2023-11-20 interval: [the week of November 15, 2023]; 2017-01-01 2018-01-01 year: [two years after the 2015] deal;
2021-05-01 day: [three days before May 4, 2021]; 2001-09-11 day: ever since, the [September 11] attacks
"""
RELATIVE = """
2023-11-16 day: [a day after the November 15] summit | [the day after the November 15] summit;
2023-11-29 day: [two days before the December 1] vote; 2023-11-19 2023-11-26 interval: [a week after the November 15] summit;
2023-12-01 2024-01-01 month: [a month after the November 15] summit; 2023-11-15 day: the [November 15] summit;
2022-12-24 day: on [24 December]; 2020-02-29 day: on [Feb. 29]; 2023-12-22 day: on [December 22] | said on [Friday] | [today] |
[this morning]; 2023-11-15 2023-11-18 interval: on [November 15-17];
2022-08-01 2022-09-01 month: interrupted in [August last year], as | in [August of last year];
2023-03-01 2023-04-01 month: in [March this year]; 2023-08-01 2023-12-23 interval: [since last August];
2023-08-01 2023-09-01 month: [last August] | in [August] | [August]'s meeting; 2022-12-01 2023-01-01 month: [last December];
2023-05-01 2023-06-01 month: in [May] the two sides | in the month of [May]; 2023-03-01 2023-12-23 interval: [since March];
2023-11-01 2023-11-11 interval: early in the year, in [early November]; 2023-11-11 2023-11-21 interval: in [mid-November];
2023-03-01 2023-06-01 interval: [between March and May]; 2022-11-01 2023-03-01 interval: [from November to February];
2023-12-18 2023-12-21 interval: [from Monday to Wednesday]; 2023-12-20 day: said on [Wednesday] | said on [Wed.] |
said on [Wednesday] it would respond | was blacklisted by China on [Wednesday] | [the day before yesterday] | [two days ago];
2023-12-19 day: arrived on [Tues] for talks; 2023-12-21 day: [Thursday]'s raid | [yesterday] | [last night];
2023-12-15 day: [last Friday]; 2023-12-29 day: [next Friday]; 2023-12-18 day: [this Monday];
2023-12-12 day: on [Tuesday last week]; 2023-11-27 2023-12-04 interval: [three weeks ago];
2023-10-01 2023-11-01 month: [two months ago]; 2021-01-01 2022-01-01 year: [a couple of years ago];
2023-12-11 2023-12-18 interval: [last week]; 2023-12-18 2023-12-23 interval: [this week];
2023-11-01 2023-12-01 month: [last month]; 2023-11-21 2023-12-01 interval: [late last month];
2023-12-01 2023-12-23 interval: [earlier this month]; 2022-01-01 2023-01-01 year: [last year] | [last year]'s visit;
2023-01-01 2024-01-01 year: [this year]; 2022-01-01 2022-05-01 interval: [early last year];
2023-12-16 2023-12-18 interval: over the [weekend]; 2022-12-23 2023-12-23 interval: over the [past year] | over the [last year];
2023-09-23 2023-12-23 interval: in the [past three months]; 2019-01-01 2023-12-23 interval: [since 2019] | [since early 2019];
2023-11-15 2023-12-23 interval: [since the November 15] summit | [after the November 15] summit;
2023-12-21 2023-12-23 interval: [since yesterday]; 2023-01-01 2023-07-01 interval: the [first six months of this year];
2023-11-13 2023-11-20 interval: [the week of November 15]; 2022-09-01 2023-01-01 interval: at [the end of last year];
2023-07-01 2023-10-01 interval: in the [third quarter] | in the [last quarter] | [Q3] exports;
2022-07-01 2022-10-01 interval: the [third quarter of last year]
"""
FUTURE = """
2023-12-27: will meet on [Wednesday]; 2024-03-01: is due to visit in [March] | China to host summit in [March];
2024-01-01: will take effect on [January 1] | [next month] | [next year] | in [January next year];
2023-12-25: talks scheduled for [Monday] | [next week]; 2023-12-23: [tomorrow]; 2023-12-22: [later this month];
2030-01-01: by [2030]; 2023-09-01: by [the end of the year]
"""
UNKNOWN = """
unknown: on [3/4/2020], which is spring in either reading | before [2019] | [last summer] | in [fiscal 2022] |
[a few days ago] | [the following day] | [two years after] the war | in [August of that year] | [a day after the 2015] deal |
in [recent weeks] | in the [coming weeks] | [the previous month] | On [the 12th], they met | protested on [the 3rd]. |
struck on [Christmas Day] | on [New Year's Eve] they met | shelled the town during [Ramadan] |
at a parade on [Independence Day] | met on [the eve of the] summit | protested over [the summer] | met [the other day]
"""
NO_DATE = """
none: The ministry may respond. | May the two sides agree. | Theresa May said so. | Prime Minister May flew home. |
a speech by May on trade | They march on the capital. | March for freedom drew thousands. | the March on Washington |
a Long March 5 rocket | Section 301 tariffs | 2,021 people and 1,000 homes | guards around the clock, 24/7 | a 1990s-era jet |
Resolution 1973 of the council | Made in China 2025 | the 2030 Agenda | In all 2000 troops left. | the 2000 soldiers |
Black Friday sales | the Sunday Times | November 31 does not exist | a year-end review and year-on-year growth |
second half goals | July Smith won | the man of the year | the G20 and the F-16 and COVID-19 | $2020 and 2020% |
since the fall of Kabul | on the 12th floor | New Zealand thanked Japan | in the Winter Olympics |
a good deal for Chinese ships
"""

Seen = tuple[str, str | None, str | None, str]


def said(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def seen(text: str, published: date | None = FRIDAY) -> list[Seen]:
    """Return (words, first day, day after the last, precision) of each mention."""
    return [(text[m.start : m.end], said(m.event_date), said(m.event_date_end), m.precision) for m in resolve(text, published)]


def rows(table: str) -> dict[str, Seen]:
    """What a table says that is to be seen in each of its texts."""
    found: dict[str, Seen] = {}
    for group in table.replace("\n", " ").split(";"):
        when, texts = group.strip().split(": ", maxsplit=1)
        first, *end, precision = *when.split(), *([""] if " " not in when else [])
        if precision == "day":
            end = [f"{date.fromisoformat(first) + timedelta(days=1)}"]
        for text in texts.split(" | "):
            found[text.replace("[", "").replace("]", "")] = (
                text.partition("[")[2].partition("]")[0],
                first,
                "".join(end),
                precision,
            )
    return found


def starts(text: str, published: date | None = FRIDAY) -> list[str | None]:
    return [first for _, first, *_ in seen(text, published)]


@pytest.mark.parametrize("published", [FRIDAY, None])
def test_a_date_with_its_year_needs_no_publication_date(published: date | None) -> None:
    assert {text: seen(text, published) for text in rows(STATED)} == {text: [row] for text, row in rows(STATED).items()}


def test_a_relative_date_is_measured_from_the_publication() -> None:
    assert {text: seen(text) for text in rows(RELATIVE)} == {text: [row] for text, row in rows(RELATIVE).items()}
    assert starts("on Wednesday", date(2023, 12, 20)) == ["2023-12-20"]
    assert starts("in December") == ["2023-12-01"]


@pytest.mark.trap("articles", "no-date")
def test_without_publication_date_a_relative_date_is_unknown() -> None:
    for text, (words, *_) in rows(RELATIVE).items():
        assert seen(text, None)[-1] == (words, None, None, "unknown")


def test_words_about_the_future_look_ahead() -> None:
    assert {t: [m[:2] for m in seen(t)] for t in rows(FUTURE)} == {t: [row[:2]] for t, row in rows(FUTURE).items()}


def test_what_the_words_leave_open_stays_unknown_and_what_only_looks_like_a_date_is_none() -> None:
    assert {t: seen(t) for t in rows(UNKNOWN)} == {t: [(row[0], None, None, "unknown")] for t, row in rows(UNKNOWN).items()}
    assert {text: found for text in ("", *rows(NO_DATE)) if (found := seen(text))} == {}


@pytest.mark.parametrize(
    ("text", "first_days"),
    [
        ("in March and May 2020", ["2020-03-01", "2020-05-01"]),
        ("in November and December last year", ["2022-11-01", "2022-12-01"]),
        ("in 2022, 2021 and 2020", ["2022-01-01", "2021-01-01", "2020-01-01"]),
        ("The firm, blacklisted in 2020, was removed a day after the November 15 summit.", ["2020-01-01", "2023-11-16"]),
    ],
)
def test_dates_of_one_sentence_share_the_words_that_follow_and_are_mentions_of_their_own(
    text: str, first_days: list[str]
) -> None:
    assert starts(text) == first_days


PIECES = [
    *rows(STATED + ";" + RELATIVE),
    *rows(FUTURE),
    *rows(UNKNOWN),
    *rows(NO_DATE),
    *["since", "the", "to", "and", "-", "31", "May", "2020"],
]


@examples(300)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=6).map(" ".join), st.none() | st.dates())
def test_whatever_the_text_mentions_lie_in_it_apart_and_end_after_they_start(text: str, published: date | None) -> None:
    position = 0
    for m in resolve(text, published):
        assert position <= m.start < m.end <= len(text)
        assert text[m.start : m.end].strip() == text[m.start : m.end]
        assert (m.event_date is None) == (m.event_date_end is None) == (m.precision == "unknown")
        if m.event_date is not None and m.event_date_end is not None:
            assert m.event_date < m.event_date_end
            assert m.precision != "day" or m.event_date_end - m.event_date == timedelta(days=1)
        position = m.end


@examples(100)
@given(
    st.sampled_from([t for t in rows(RELATIVE) if not any(word in t for word in ("20", "next", "this Monday", "this year"))]),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)
def test_nothing_said_of_the_past_lies_after_the_publication(text: str, published: date) -> None:
    assert all(m.event_date is None or m.event_date <= published for m in resolve(text, published))


def test_a_day_counted_from_today_that_would_lie_ahead_is_not_known_unless_the_text_looks_ahead() -> None:
    text, day = "a day after the November 15 summit", date(2023, 11, 15)
    assert [m.event_date for m in resolve(f"They met {text}", day)] == [None]
    assert resolve(f"We will meet {text}", day) == [DateMention(13, 40, date(2023, 11, 16), date(2023, 11, 17), "day")]


WEDNESDAY = date(2024, 6, 12)


def clauses_of(text: str, word: str) -> tuple[DatedClauses, int]:
    return DatedClauses(text, resolve(text, WEDNESDAY), 0, WEDNESDAY), text.index(word)


def dated(d: DateMention | None) -> str | None:
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
        ("Peru left the 2015 accord with Chile.", "Chile", None),
        ("Peru called that a breach of the treaty of 1994 with Chile.", "Chile", None),
        ("The last expulsion was in 1996, when Peru sent home four officers of Chile.", "Chile", "1996-01-01 year"),
        ("Chile praised it on Monday, when trains stood still.", "trains", "2024-06-10 day"),
        ("On Monday Kenya burned the tusks, and Tanzania praised Nairobi.", "Nairobi", "2024-06-10 day"),
    ):
        clauses, at = clauses_of(text, party)
        assert dated(clauses.of(at)) == expected, text
    # a date of a thing is that of the event which is the thing
    clauses, at = clauses_of("Peru called that a breach of the treaty of 1994 with Chile.", "Chile")
    assert (dated(clauses.of(at, "05")), clauses.of(at, "11")) == ("1994-01-01 year", None)
    # a plan has the date on which it was told
    told, at = clauses_of("Kenya said on Sunday it would send police to Haiti.", "Haiti")
    assert dated(told.of_what_tells_it(at)) == "2024-06-09 day"
    planned, at = clauses_of("Kenya will send police to Haiti on 3 August.", "Haiti")
    assert planned.of_what_tells_it(at) is None
    # a day after something is counted from the main clause
    clauses, at = clauses_of("Chile recalled its envoy on Monday, a day after Lima expelled the consul.", "Lima")
    apart = clauses.apart(at)
    assert apart is not None
    assert (apart.number, apart.unit, apart.way, dated(apart.base)) == (1, "day", 1, "2024-06-10 day")


def test_a_day_beside_a_month_of_its_sentence_is_in_that_month_or_not_known_and_a_time_beside_a_day_counted_from_it() -> None:
    text = "In March 2020 Peru closed the border; the same day Chile followed."
    assert dated(anchored(resolve(text, WEDNESDAY), text)[-1]) == "2020-03-01 month"
    text = "Peru asked on Monday for talks. Chile landed soldiers in July 2002, and Peru removed them a week later."
    assert anchored(resolve(text, WEDNESDAY), text)[-1].event_date is None
    counted = """two days later = 2024-05-05 day, a day earlier = 2024-05-02 day, the same day = 2024-05-03 day,
        a week later = 2024-05-07 interval, the following week = 2024-05-06 interval, three months later = 2024-08-01 month,
        the previous month = 2024-04-01 month, a year before = 2023-01-01 year, two years earlier = 2022-01-01 year"""
    for words, expected in (pair.strip().split(" = ") for pair in counted.split(",")):
        text = f"Peru closed the border on 3 May 2024, and Chile followed {words}."
        assert dated(anchored(resolve(text, WEDNESDAY), text)[-1]) == expected, words
