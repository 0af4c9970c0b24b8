"""Dates in words: a table of what each phrase means, read on a Friday."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.news.coding.date_phrases import DateMention, resolve
from tests.depth import examples

FRIDAY = date(2023, 12, 22)


def seen(text: str, published: date | None = FRIDAY) -> list[tuple[str, str | None, str | None, str]]:
    """Return (words, first day, day after the last, precision) of each mention."""
    return [
        (
            text[m.start : m.end],
            None if m.event_date is None else m.event_date.isoformat(),
            None if m.event_date_end is None else m.event_date_end.isoformat(),
            m.precision,
        )
        for m in resolve(text, published)
    ]


STATED = [
    ("signed on November 15, 2023", "November 15, 2023", "2023-11-15", "2023-11-16", "day"),
    ("signed on Nov. 15, 2023,", "Nov. 15, 2023", "2023-11-15", "2023-11-16", "day"),
    ("signed on 15 November 2023", "15 November 2023", "2023-11-15", "2023-11-16", "day"),
    ("signed on the 15th of November, 2023", "15th of November, 2023", "2023-11-15", "2023-11-16", "day"),
    ("dated 15-Nov-2023", "15-Nov-2023", "2023-11-15", "2023-11-16", "day"),
    ("On Wednesday, November 15, 2023, they met", "Wednesday, November 15, 2023", "2023-11-15", "2023-11-16", "day"),
    ("as of 2023-11-15", "2023-11-15", "2023-11-15", "2023-11-16", "day"),
    ("as of 2023/11/15", "2023/11/15", "2023-11-15", "2023-11-16", "day"),
    ("as of 15/11/2023", "15/11/2023", "2023-11-15", "2023-11-16", "day"),
    ("as of 11/15/2023", "11/15/2023", "2023-11-15", "2023-11-16", "day"),
    ("am 4.11.2023", "4.11.2023", "2023-11-04", "2023-11-05", "day"),
    ("于2023年11月15日会晤", "2023年11月15日", "2023-11-15", "2023-11-16", "day"),
    ("于2023年11月会晤", "2023年11月", "2023-11-01", "2023-12-01", "month"),
    ("SEOUL, MAY 3, 2021", "MAY 3, 2021", "2021-05-03", "2021-05-04", "day"),
    ("in November 2023", "November 2023", "2023-11-01", "2023-12-01", "month"),
    ("in Sept. 2021", "Sept. 2021", "2021-09-01", "2021-10-01", "month"),
    ("in May of 2021", "May of 2021", "2021-05-01", "2021-06-01", "month"),
    ("in 2019-12", "2019-12", "2019-12-01", "2020-01-01", "month"),
    ("was blacklisted in 2020 over", "2020", "2020-01-01", "2021-01-01", "year"),
    ("primary source until 2019, when", "2019", "2019-01-01", "2020-01-01", "year"),
    ("the 2016 ruling", "2016", "2016-01-01", "2017-01-01", "year"),
    ("the pact (2016)", "2016", "2016-01-01", "2017-01-01", "year"),
    ("in the summer of 2019", "the summer of 2019", "2019-01-01", "2020-01-01", "year"),
    ("November 15-17, 2022", "November 15-17, 2022", "2022-11-15", "2022-11-18", "interval"),
    ("15 to 17 November 2022", "15 to 17 November 2022", "2022-11-15", "2022-11-18", "interval"),
    ("from 3 March to 5 May 2020", "from 3 March to 5 May 2020", "2020-03-03", "2020-05-06", "interval"),
    ("between March and May 2020", "between March and May 2020", "2020-03-01", "2020-06-01", "interval"),
    ("between November and February 2020", "between November and February 2020", "2019-11-01", "2020-03-01", "interval"),
    ("between 2015 and 2019", "between 2015 and 2019", "2015-01-01", "2020-01-01", "interval"),
    ("from 2015 to 2019", "from 2015 to 2019", "2015-01-01", "2020-01-01", "interval"),
    ("the 2015–2019 talks", "2015–2019", "2015-01-01", "2020-01-01", "interval"),
    ("the 2015-19 talks", "2015-19", "2015-01-01", "2020-01-01", "interval"),
    ("the 12 months to April 2022", "12 months to April 2022", "2021-05-01", "2022-05-01", "interval"),
    ("in the 12-month period ending April 2022", "12-month period ending April 2022", "2021-05-01", "2022-05-01", "interval"),
    ("in the year to March 2022", "year to March 2022", "2021-04-01", "2022-04-01", "interval"),
    ("in the three months ended June 30, 2022", "three months ended June 30, 2022", "2022-04-01", "2022-07-01", "interval"),
    ("the first quarter of 2020", "first quarter of 2020", "2020-01-01", "2020-04-01", "interval"),
    ("in Q3 2022", "Q3 2022", "2022-07-01", "2022-10-01", "interval"),
    ("the second half of 2020", "second half of 2020", "2020-07-01", "2021-01-01", "interval"),
    ("in early 2020", "early 2020", "2020-01-01", "2020-05-01", "interval"),
    ("in mid-2019", "mid-2019", "2019-05-01", "2019-09-01", "interval"),
    ("in late 2019", "late 2019", "2019-09-01", "2020-01-01", "interval"),
    ("at the end of 2019", "the end of 2019", "2019-09-01", "2020-01-01", "interval"),
    ("in late May 2019", "late May 2019", "2019-05-21", "2019-06-01", "interval"),
    ("throughout the 1990s", "1990s", "1990-01-01", "2000-01-01", "interval"),
    ("in the late 1990s", "late 1990s", "1997-01-01", "2000-01-01", "interval"),
    ("updated 2022-08-03T10:15:00Z", "2022-08-03T10:15:00Z", "2022-08-03", "2022-08-04", "day"),
    ("in the last three months of 2022", "last three months of 2022", "2022-10-01", "2023-01-01", "interval"),
    ("in the first nine months of 2022", "first nine months of 2022", "2022-01-01", "2022-10-01", "interval"),
    ("the week of November 15, 2023", "the week of November 15, 2023", "2023-11-13", "2023-11-20", "interval"),
    ("two years after the 2015 deal", "two years after the 2015", "2017-01-01", "2018-01-01", "year"),
    ("three days before May 4, 2021", "three days before May 4, 2021", "2021-05-01", "2021-05-02", "day"),
    ("ever since, the September 11 attacks", "September 11", "2001-09-11", "2001-09-12", "day"),
]

RELATIVE = [
    ("a day after the November 15 summit", "a day after the November 15", "2023-11-16", "2023-11-17", "day"),
    ("the day after the November 15 summit", "the day after the November 15", "2023-11-16", "2023-11-17", "day"),
    ("two days before the December 1 vote", "two days before the December 1", "2023-11-29", "2023-11-30", "day"),
    ("a week after the November 15 summit", "a week after the November 15", "2023-11-19", "2023-11-26", "interval"),
    ("a month after the November 15 summit", "a month after the November 15", "2023-12-01", "2024-01-01", "month"),
    ("the November 15 summit", "November 15", "2023-11-15", "2023-11-16", "day"),
    ("on 24 December", "24 December", "2022-12-24", "2022-12-25", "day"),
    ("on Feb. 29", "Feb. 29", "2020-02-29", "2020-03-01", "day"),
    ("on December 22", "December 22", "2023-12-22", "2023-12-23", "day"),
    ("on November 15-17", "November 15-17", "2023-11-15", "2023-11-18", "interval"),
    ("interrupted in August last year, as", "August last year", "2022-08-01", "2022-09-01", "month"),
    ("in August of last year", "August of last year", "2022-08-01", "2022-09-01", "month"),
    ("in March this year", "March this year", "2023-03-01", "2023-04-01", "month"),
    ("since last August", "since last August", "2023-08-01", "2023-12-23", "interval"),
    ("last August", "last August", "2023-08-01", "2023-09-01", "month"),
    ("last December", "last December", "2022-12-01", "2023-01-01", "month"),
    ("in August", "August", "2023-08-01", "2023-09-01", "month"),
    ("August's meeting", "August", "2023-08-01", "2023-09-01", "month"),
    ("in May the two sides", "May", "2023-05-01", "2023-06-01", "month"),
    ("since March", "since March", "2023-03-01", "2023-12-23", "interval"),
    ("early in the year, in early November", "early November", "2023-11-01", "2023-11-11", "interval"),
    ("in mid-November", "mid-November", "2023-11-11", "2023-11-21", "interval"),
    ("between March and May", "between March and May", "2023-03-01", "2023-06-01", "interval"),
    ("from November to February", "from November to February", "2022-11-01", "2023-03-01", "interval"),
    ("from Monday to Wednesday", "from Monday to Wednesday", "2023-12-18", "2023-12-21", "interval"),
    ("said on Wednesday", "Wednesday", "2023-12-20", "2023-12-21", "day"),
    ("said on Wed.", "Wed.", "2023-12-20", "2023-12-21", "day"),
    ("arrived on Tues for talks", "Tues", "2023-12-19", "2023-12-20", "day"),
    ("said on Friday", "Friday", "2023-12-22", "2023-12-23", "day"),
    ("Thursday's raid", "Thursday", "2023-12-21", "2023-12-22", "day"),
    ("last Friday", "last Friday", "2023-12-15", "2023-12-16", "day"),
    ("next Friday", "next Friday", "2023-12-29", "2023-12-30", "day"),
    ("this Monday", "this Monday", "2023-12-18", "2023-12-19", "day"),
    ("on Tuesday last week", "Tuesday last week", "2023-12-12", "2023-12-13", "day"),
    ("said on Wednesday it would respond", "Wednesday", "2023-12-20", "2023-12-21", "day"),
    ("was blacklisted by China on Wednesday", "Wednesday", "2023-12-20", "2023-12-21", "day"),
    ("yesterday", "yesterday", "2023-12-21", "2023-12-22", "day"),
    ("today", "today", "2023-12-22", "2023-12-23", "day"),
    ("this morning", "this morning", "2023-12-22", "2023-12-23", "day"),
    ("last night", "last night", "2023-12-21", "2023-12-22", "day"),
    ("the day before yesterday", "the day before yesterday", "2023-12-20", "2023-12-21", "day"),
    ("two days ago", "two days ago", "2023-12-20", "2023-12-21", "day"),
    ("three weeks ago", "three weeks ago", "2023-11-27", "2023-12-04", "interval"),
    ("two months ago", "two months ago", "2023-10-01", "2023-11-01", "month"),
    ("a couple of years ago", "a couple of years ago", "2021-01-01", "2022-01-01", "year"),
    ("last week", "last week", "2023-12-11", "2023-12-18", "interval"),
    ("this week", "this week", "2023-12-18", "2023-12-23", "interval"),
    ("last month", "last month", "2023-11-01", "2023-12-01", "month"),
    ("late last month", "late last month", "2023-11-21", "2023-12-01", "interval"),
    ("earlier this month", "earlier this month", "2023-12-01", "2023-12-23", "interval"),
    ("last year", "last year", "2022-01-01", "2023-01-01", "year"),
    ("last year's visit", "last year", "2022-01-01", "2023-01-01", "year"),
    ("this year", "this year", "2023-01-01", "2024-01-01", "year"),
    ("early last year", "early last year", "2022-01-01", "2022-05-01", "interval"),
    ("over the weekend", "weekend", "2023-12-16", "2023-12-18", "interval"),
    ("over the past year", "past year", "2022-12-23", "2023-12-23", "interval"),
    ("over the last year", "last year", "2022-12-23", "2023-12-23", "interval"),
    ("in the past three months", "past three months", "2023-09-23", "2023-12-23", "interval"),
    ("since 2019", "since 2019", "2019-01-01", "2023-12-23", "interval"),
    ("since early 2019", "since early 2019", "2019-01-01", "2023-12-23", "interval"),
    ("since the November 15 summit", "since the November 15", "2023-11-15", "2023-12-23", "interval"),
    ("after the November 15 summit", "after the November 15", "2023-11-15", "2023-12-23", "interval"),
    ("since yesterday", "since yesterday", "2023-12-21", "2023-12-23", "interval"),
    ("the first six months of this year", "first six months of this year", "2023-01-01", "2023-07-01", "interval"),
    ("the week of November 15", "the week of November 15", "2023-11-13", "2023-11-20", "interval"),
    ("at the end of last year", "the end of last year", "2022-09-01", "2023-01-01", "interval"),
    ("in the month of May", "May", "2023-05-01", "2023-06-01", "month"),
    ("in the third quarter", "third quarter", "2023-07-01", "2023-10-01", "interval"),
    ("the third quarter of last year", "third quarter of last year", "2022-07-01", "2022-10-01", "interval"),
    ("in the last quarter", "last quarter", "2023-07-01", "2023-10-01", "interval"),
    ("Q3 exports", "Q3", "2023-07-01", "2023-10-01", "interval"),
]

FUTURE = [
    ("will meet on Wednesday", "Wednesday", "2023-12-27"),
    ("is due to visit in March", "March", "2024-03-01"),
    ("China to host summit in March", "March", "2024-03-01"),
    ("will take effect on January 1", "January 1", "2024-01-01"),
    ("talks scheduled for Monday", "Monday", "2023-12-25"),
    ("tomorrow", "tomorrow", "2023-12-23"),
    ("next week", "next week", "2023-12-25"),
    ("next month", "next month", "2024-01-01"),
    ("next year", "next year", "2024-01-01"),
    ("in January next year", "January next year", "2024-01-01"),
    ("later this month", "later this month", "2023-12-22"),
    ("by 2030", "2030", "2030-01-01"),
    ("by the end of the year", "the end of the year", "2023-09-01"),
]

UNKNOWN = [
    ("on 3/4/2020, which is spring in either reading", "3/4/2020"),
    ("before 2019", "2019"),
    ("last summer", "last summer"),
    ("in fiscal 2022", "fiscal 2022"),
    ("a few days ago", "a few days ago"),
    ("the following day", "the following day"),
    ("two years after the war", "two years after"),
    ("in August of that year", "August of that year"),
    ("a day after the 2015 deal", "a day after the 2015"),
    ("in recent weeks", "recent weeks"),
    ("in the coming weeks", "coming weeks"),
    ("the previous month", "the previous month"),
    ("On the 12th, they met", "the 12th"),
    ("protested on the 3rd.", "the 3rd"),
    ("struck on Christmas Day", "Christmas Day"),
    ("on New Year's Eve they met", "New Year's Eve"),
    ("shelled the town during Ramadan", "Ramadan"),
    ("at a parade on Independence Day", "Independence Day"),
    ("met on the eve of the summit", "the eve of the"),
    ("protested over the summer", "the summer"),
    ("met the other day", "the other day"),
]

NO_DATE = [
    "The ministry may respond.",
    "May the two sides agree.",
    "Theresa May said so.",
    "Prime Minister May flew home.",
    "a speech by May on trade",
    "They march on the capital.",
    "March for freedom drew thousands.",
    "the March on Washington",
    "a Long March 5 rocket",
    "Section 301 tariffs",
    "2,021 people and 1,000 homes",
    "guards around the clock, 24/7",
    "a 1990s-era jet",
    "Resolution 1973 of the council",
    "Made in China 2025",
    "the 2030 Agenda",
    "In all 2000 troops left.",
    "the 2000 soldiers",
    "Black Friday sales",
    "the Sunday Times",
    "November 31 does not exist",
    "a year-end review and year-on-year growth",
    "second half goals",
    "July Smith won",
    "the man of the year",
    "the G20 and the F-16 and COVID-19",
    "$2020 and 2020%",
    "",
    "since the fall of Kabul",
    "on the 12th floor",
    "New Zealand thanked Japan",
    "in the Winter Olympics",
    "a good deal for Chinese ships",
]


@pytest.mark.parametrize(("text", "words", "first", "end", "precision"), STATED)
@pytest.mark.parametrize("published", [FRIDAY, None])
def test_a_date_with_its_year_needs_no_publication_date(
    text: str, words: str, first: str, end: str, precision: str, published: date | None
) -> None:
    assert seen(text, published) == [(words, first, end, precision)]


@pytest.mark.parametrize(("text", "words", "first", "end", "precision"), RELATIVE)
def test_a_relative_date_is_measured_from_the_publication(text: str, words: str, first: str, end: str, precision: str) -> None:
    assert seen(text)[-1] == (words, first, end, precision)
    assert len(seen(text)) == 1


@pytest.mark.trap("articles", "no-date")
@pytest.mark.parametrize(("text", "words"), [(t, w) for t, w, *_ in RELATIVE])
def test_without_publication_date_a_relative_date_is_unknown(text: str, words: str) -> None:
    assert seen(text, None)[-1] == (words, None, None, "unknown")


@pytest.mark.parametrize(("text", "words", "first"), FUTURE)
def test_words_about_the_future_look_ahead(text: str, words: str, first: str) -> None:
    assert [m[:2] for m in seen(text)] == [(words, first)]


@pytest.mark.parametrize(("text", "words"), UNKNOWN)
def test_what_the_words_leave_open_stays_unknown(text: str, words: str) -> None:
    assert seen(text) == [(words, None, None, "unknown")]


@pytest.mark.parametrize("text", NO_DATE)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert seen(text) == []


def test_months_in_a_list_share_the_year_that_follows() -> None:
    assert [m[1] for m in seen("in March and May 2020", None)] == ["2020-03-01", "2020-05-01"]


def test_months_in_a_list_share_the_words_that_follow() -> None:
    assert [m[1] for m in seen("in November and December last year")] == ["2022-11-01", "2022-12-01"]


def test_years_in_a_list_are_years() -> None:
    assert [m[1] for m in seen("in 2022, 2021 and 2020", None)] == ["2022-01-01", "2021-01-01", "2020-01-01"]


def test_two_dates_of_one_sentence_are_two_mentions() -> None:
    text = "The institute, blacklisted in 2020, was removed a day after the November 15 summit."
    assert [m[1] for m in seen(text)] == ["2020-01-01", "2023-11-16"]


def test_on_the_day_of_the_week_of_publication_it_is_that_day() -> None:
    assert seen("on Wednesday", date(2023, 12, 20))[0][1] == "2023-12-20"


def test_in_the_month_of_publication_the_bare_month_is_this_one() -> None:
    assert seen("in December")[0][1] == "2023-12-01"


_PIECES = st.sampled_from(
    [t for t, *_ in STATED + RELATIVE]
    + [t for t, *_ in FUTURE + UNKNOWN]
    + [*NO_DATE, "since", "the", "to", "and", "-", "31", "May", "2020", "a day after"]
)


@examples(300)
@given(st.lists(_PIECES | st.text(max_size=12), max_size=6).map(" ".join), st.none() | st.dates())
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
    st.sampled_from([t for t, *_ in RELATIVE if "20" not in t and "next" not in t]), st.dates(date(1950, 1, 1), date(2100, 1, 1))
)
def test_nothing_said_of_the_past_lies_after_the_publication(text: str, published: date) -> None:
    for m in resolve(text, published):
        if "this Monday" not in text and "this year" not in text:
            assert m.event_date is None or m.event_date <= published


def test_a_day_counted_from_today_that_would_lie_ahead_is_not_known_unless_the_text_looks_ahead() -> None:
    text, day = "a day after the November 15 summit", date(2023, 11, 15)
    assert [m.event_date for m in resolve(f"They met {text}", day)] == [None]
    assert [m.event_date for m in resolve(f"They will meet {text}", day)] == [date(2023, 11, 16)]


def test_a_mention_is_plain_data() -> None:
    assert resolve("in 2020", None) == [DateMention(3, 7, date(2020, 1, 1), date(2021, 1, 1), "year")]
