"""Dates in the words of a text: from "a day after the November 15 summit" to a day, a month, a year or an interval.

Rules and no model. A mention is found by its atoms (a month with a day, a year, a weekday, "last week", "two days ago"),
then by what comes before and after them ("since", "early", "a day after the", "last year"). Conventions, where words are
vaguer than days:

- A date without a year is the last one on or before the day of publication, unless the clause refers to the future.
- "last August" is the last one before the month of publication, "August last year" that of the year before.
- A week runs from Monday to Sunday; "three weeks ago" is the calendar week that holds that day.
- "early", "mid" and "late" are thirds: of a month the days 1-10, 11-20 and the rest; of a year four months each; of a
  decade the years 0-3, 4-6 and 7-9.
- "since" and "after" give the interval that ends with the day of publication; "before" gives no date.
- A season without a year is no date, for it depends on the hemisphere; with a year it is the year. A fiscal year is no
  calendar year: unknown.

Without a day of publication only dates that state their year are resolved; a relative one is still a mention, with the
precision ``unknown`` and no days. Nothing here knows today's date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from assets.news.coding.date_atoms import Atom, atom_of
from assets.news.coding.date_spans import (
    DAY,
    Days,
    Partial,
    at_distance,
    cut,
    edge_in,
    one_day,
    shift,
    shift_months,
    third,
    week_of_day,
    whole,
)
from assets.news.coding.date_words import (
    ATOM,
    BEFORE,
    ENDING,
    JOIN,
    LIST,
    OF_WEEK,
    OF_YEAR,
    OFFSET,
    ONWARD,
    TRIGGERS,
    WEEK_OF,
    WORD,
    number_of,
    speaks_of_future,
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date that a text states.

    Attributes:
        start: offset of its first character in the text.
        end: offset after its last character.
        event_date: the first day, None where unknown.
        event_date_end: the day after the last, None where unknown.
        precision: day, month, year, interval or unknown.
    """

    start: int
    end: int
    event_date: date | None
    event_date_end: date | None
    precision: str


def resolve(text: str, published: date | None) -> list[DateMention]:
    """Return the dates that ``text`` states, in order of their place, none overlapping.

    Args:
        text: a sentence or a longer text; offsets count its characters.
        published: the day of publication, or None where it is not known: then relative dates have no days.
    """
    words = WORD.findall(text)
    if TRIGGERS.isdisjoint(words):
        return []
    found: list[DateMention] = []
    atoms = [a for m in ATOM.finditer(text) if (a := atom_of(m, text, published)) is not None]
    position = 0
    while position < len(atoms):
        if found and atoms[position].start < found[-1].end:
            position += 1  # "last year" in "August last year"
            continue
        mention, used = _mention(atoms, position, text, published)
        position += used
        while found and mention.start < found[-1].end and found[-1].precision == "unknown":
            found.pop()  # "a day after the" is part of the date that follows
        if not found or mention.start >= found[-1].end:
            found.append(mention)
    return found


def _mention(atoms: list[Atom], i: int, text: str, published: date | None) -> tuple[DateMention, int]:
    """Return the mention that begins with the atom ``i``, and how many atoms it used up."""
    atom, used = atoms[i], 1
    if atom.kind == "weekday" and i + 1 < len(atoms) and re.fullmatch(r",?\s+(?:the\s+)?", text[atom.end : atoms[i + 1].start]):
        following = atoms[i + 1]
        if following.kind in ("date", "stated") and (following.written.day is not None or following.kind == "stated"):
            following.start = atom.start  # "Wednesday, November 15": the date says it all
            mention, more = _mention(atoms, i + 1, text, published)
            return mention, used + more
    start, mods, offset, ending = _prefix(text, atom.start)
    end, year_word = atom.end, None
    if atom.kind == "date" and atom.written.year is None and (m := OF_YEAR.match(text, end)):
        year_word, end = m["word"].casefold(), m.end()
    if atom.kind == "weekday" and (m := OF_WEEK.match(text, end)):
        year_word, end = m["word"].casefold(), m.end()
    if i + 1 < len(atoms) and offset is None and ending is None:
        between = _range(atom, atoms[i + 1], mods, start, year_word, end, text, published)
        if between is not None:
            return between, 2
        if (
            atom.kind == "date"
            and year_word is None
            and atom.written.year is None
            and LIST.fullmatch(text, end, atoms[i + 1].start)
        ):
            later = atoms[i + 1].written  # "in March and May 2020"
            if atoms[i + 1].kind == "date" and later.month is not None and later.year is not None:
                atom.written = Partial(later.year, atom.written.month, atom.written.day, atom.written.last_day)
            elif atoms[i + 1].kind == "date" and (m := OF_YEAR.match(text, atoms[i + 1].end)):
                year_word = m["word"].casefold()
    week_of = WEEK_OF.search(text, max(0, start - 16), start)
    try:
        days = _days(atom, mods, year_word, text, start, published)
        if week_of is not None and days is not None and days.precision == "day":
            days = week_of_day(days.first)
        if days is not None and offset is not None:
            days = at_distance(days, *offset)
            is_dated = atom.kind == "stated" or (atom.kind == "date" and atom.written.year is not None)
            is_ahead = days is not None and published is not None and days.first > published
            if is_ahead and not (is_dated or speaks_of_future(text, start)):
                days = None  # "a day after the November 15 summit", reported on that day: which one is meant is not known
        elif days is not None and ending is not None:
            days = Days(shift(days.end, -ending[0], ending[1]), days.end, "interval")
        elif "before" in mods:
            days = None
        elif days is not None and ("since" in mods or "after" in mods or ("from" in mods and ONWARD.match(text, end))):
            days = _until_published(days, published)
        elif "since" in mods:
            days = None
    except (ValueError, OverflowError):
        days = None
    start = start if week_of is None else week_of.start()
    if days is None:
        return DateMention(start, end, None, None, "unknown"), used
    return DateMention(start, end, days.first, days.end, days.precision), used


def _prefix(text: str, at: int) -> tuple[int, list[str], tuple[int, str, int] | None, tuple[int, str] | None]:
    """Read backwards what comes before an atom.

    Returns:
        the offset where the mention begins; the words that bear on it, nearest first; a distance ("a day after the") as
        (number, unit, direction); the length of a period that ends with the atom ("12 months to") as (number, unit).
    """
    start = at
    mods: list[str] = []
    cursor = at
    for _ in range(4):
        before = text[max(0, cursor - 48) : cursor]
        if m := OFFSET.search(before):
            number = number_of(m["n"]) or 1
            way = -1 if m["way"].casefold().startswith(("before", "prior")) else 1
            return cursor - len(before) + m.start(), mods, (number, m["unit"].casefold(), way), None
        if m := ENDING.search(before):
            return cursor - len(before) + m.start(), mods, None, (number_of(m["n"]) or 1, m["unit"].casefold())
        m = BEFORE.search(before)
        if m is None:
            break
        word = m["mod"].casefold()
        word = word.removeprefix("the ").strip() if " of" in word else word
        cursor = cursor - len(before) + m.start()
        mods.append(word)
        if word in ("in", "on", "during", "of") and not (mods and word == "of"):
            break
        if word not in ("the", "in", "on", "of", "by", "until", "till", "during", "from", "before", "between"):
            start = cursor
    return start, mods, None, None


def _range(
    a: Atom, b: Atom, mods: list[str], start: int, year_word: str | None, end: int, text: str, published: date | None
) -> DateMention | None:
    """Return "between March and May", "from 2015 to 2019", "March 3 - May 5, 2020"; None where the two are apart."""
    join = JOIN.fullmatch(text, end, b.start)
    if join is None or (join["and"] and "between" not in mods) or b.kind not in ("date", "stated", "weekday", "relative"):
        return None
    if a.kind == "relative" or (a.kind == "weekday") != (b.kind == "weekday" and b.kind != "relative"):
        return None
    b_end, b_word = b.end, None
    if b.kind == "date" and b.written.year is None and (m := OF_YEAR.match(text, b.end)):
        b_word, b_end = m["word"].casefold(), m.end()
    opening = "between" in mods or "from" in mods
    if b.kind == "relative" and not opening:
        return None
    whole_start = start
    if opening:
        word = "between" if "between" in mods else "from"
        at = text.casefold().rfind(word, max(0, start - 16), a.start)
        whole_start = at if at >= 0 and len(text.casefold()) == len(text) else start
    try:
        b_mods = [join["part"].strip(" -").casefold()] if join["part"] else []
        last = _days(b, b_mods, b_word, text, b.start, published)
        first = None if last is None else _first_of_range(a, mods, year_word, last, text, published)
    except (ValueError, OverflowError):
        first = last = None
    if first is None or last is None or not first.first < last.end:
        return DateMention(whole_start, b_end, None, None, "unknown")
    return DateMention(whole_start, b_end, first.first, last.end, "interval")


def _first_of_range(
    a: Atom, mods: list[str], year_word: str | None, last: Days, text: str, published: date | None
) -> Days | None:
    """Return the first end of a range: without a year of its own it is the last such date before the other end."""
    if a.kind == "date" and a.written.year is None and year_word is None:
        return _latest(a.written, edge_in(mods), last.first)
    if a.kind == "weekday":
        return one_day(last.first - ((last.first.weekday() - a.weekday) % 7) * DAY)
    return _days(a, mods, year_word, text, a.start, published)


def _days(atom: Atom, mods: list[str], word: str | None, text: str, start: int, published: date | None) -> Days | None:
    """Return the days of one atom with the words around it, None where they are not known."""
    edge = edge_in(mods)
    if atom.kind in ("stated", "relative"):
        return atom.days if edge is None or atom.days is None else third(atom.days, edge)
    if atom.kind == "decade":
        return atom.days if edge is None or atom.days is None else third(atom.days, edge)
    if atom.kind == "weekday":
        return None if published is None else _weekday(atom, mods, word, text, start, published)
    written = atom.written
    if written.year is not None:
        return cut(whole(written), edge)
    if published is None or word in ("the same", "that", "the previous", "the following"):
        return None
    if word is not None or "this" in mods:
        year = published.year + {"last": -1, "this": 0, "next": 1}[word or "this"]
        return cut(whole(Partial(year, written.month, written.day, written.last_day)), edge)
    if "next" in mods or "coming" in mods:
        return _earliest(written, edge, shift_months(published.replace(day=1), 1) if written.day is None else published + DAY)
    if "last" in mods or "past" in mods:
        return _latest(written, edge, published.replace(day=1) - DAY if written.day is None else published - DAY)
    if speaks_of_future(text, start):
        return _earliest(written, edge, published.replace(day=1) if written.day is None else published)
    return _latest(written, edge, published)


def _weekday(atom: Atom, mods: list[str], word: str | None, text: str, start: int, published: date) -> Days:
    monday = published - published.weekday() * DAY
    if word is not None:
        return one_day(monday + ({"last": -7, "this": 0, "next": 7}[word] + atom.weekday) * DAY)
    if "this" in mods:
        return one_day(monday + atom.weekday * DAY)
    if "last" in mods or "past" in mods:
        return one_day(published - ((published.weekday() - atom.weekday - 1) % 7 + 1) * DAY)
    if "next" in mods or "coming" in mods or "following" in mods:
        return one_day(published + ((atom.weekday - published.weekday() - 1) % 7 + 1) * DAY)
    if speaks_of_future(text, start):
        return one_day(published + ((atom.weekday - published.weekday()) % 7) * DAY)
    return one_day(published - ((published.weekday() - atom.weekday) % 7) * DAY)


def _latest(written: Partial, edge: str | None, limit: date) -> Days | None:
    """Return the last such date that begins on or before ``limit``."""
    for year in range(limit.year, max(limit.year - 9, 1), -1):  # nine: the 29th of February
        days = _try(Partial(year, written.month, written.day, written.last_day), edge)
        if days is not None and days.first <= limit:
            return days
    return None


def _earliest(written: Partial, edge: str | None, limit: date) -> Days | None:
    """Return the first such date that begins on or after ``limit``."""
    for year in range(limit.year, min(limit.year + 9, 9998)):
        days = _try(Partial(year, written.month, written.day, written.last_day), edge)
        if days is not None and days.first >= limit:
            return days
    return None


def _try(written: Partial, edge: str | None) -> Days | None:
    try:
        return cut(whole(written), edge)
    except ValueError:
        return None


def _until_published(days: Days, published: date | None) -> Days | None:
    """Return the interval of "since": from the first day to the day of publication; unknown where that is not known."""
    if published is None:
        return None
    return Days(days.first, published + DAY, "interval") if days.first <= published else days
