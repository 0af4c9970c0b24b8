"""Dates that are counted from the one before them in the text: ``the same day``, ``two days later``, ``that month``.

- They are counted from the last date of the text that is as fine as they are: days and weeks from a day, months from a day or a
  month, years from any of the three. Without one they stay unknown; the day of publication is never taken for it. ``The same
  day`` as something that the sentence puts in March is in March.
- A distance in weeks gives the seven days around, one in months a month, one in years a year.
- A distance before something that is named (``the day before the talks``) is counted from that, not from the last date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assets.news.coding.date_phrases import DateMention
from assets.news.coding.date_spans import DAY, Days, Partial, one_day, shift, week_of_day, whole
from assets.news.coding.date_words import number_of

_FINE_ENOUGH = {
    "day": ("day",),
    "night": ("day",),
    "week": ("day",),
    "month": ("day", "month"),
    "year": ("day", "month", "year"),
}

_SAME = re.compile(r"(?i)(?:the\s+same|that)\s+(?P<unit>day|night|week|month|year)")
_BESIDE = re.compile(r"(?i)the\s+(?P<way>following|next|previous|preceding)\s+(?P<unit>day|night|week|month|year)")
_APART = re.compile(r"(?i)(?P<n>\w+)\s+(?P<unit>day|night|week|month|year)s?\s+(?P<way>later|earlier|after|before)")
_NOTHING_NAMED = re.compile(r"\s*(?:[,.;:)\"”]|$|and\b|but\b|when\b)")

_SENTENCE_ENDS = re.compile(r"[.!?][\"'”’)]*\s|\n")


def anchored(mentions: Sequence[DateMention], text: str) -> list[DateMention]:
    """Return the mentions, in order, those that are counted from an earlier one with their days where that is known."""
    found: list[DateMention] = []
    for mention in mentions:
        days = None if mention.precision != "unknown" else _counted(mention, text, found)
        found.append(
            mention
            if days is None
            else replace(mention, event_date=days.first, event_date_end=days.end, precision=days.precision)
        )
    return found


def _counted(mention: DateMention, text: str, earlier: Sequence[DateMention]) -> Days | None:
    words, after = text[mention.start : mention.end], text[mention.end : mention.end + 8]
    match = _SAME.fullmatch(words) or _BESIDE.fullmatch(words) or _APART.fullmatch(words)
    if match is None:
        return None
    unit, said = match["unit"].casefold(), match.groupdict()
    last = earlier[-1] if earlier and not _SENTENCE_ENDS.search(text, earlier[-1].end, mention.start) else None
    if (
        match.re is _SAME
        and last is not None
        and last.precision in ("month", "year")
        and last.precision not in _FINE_ENOUGH[unit]
    ):
        return Days(last.event_date, last.event_date_end, last.precision) if last.event_date and last.event_date_end else None
    way = (said.get("way") or "").casefold()
    if way in ("after", "before") and not _NOTHING_NAMED.match(after):
        return None
    number = number_of(said["n"]) if "n" in said else 1 if way else 0
    anchor = next((m for m in reversed(earlier) if m.precision in _FINE_ENOUGH[unit]), None)
    if anchor is None or anchor.event_date is None or number is None:
        return None
    try:
        then = shift(anchor.event_date, -number if way in ("earlier", "before", "previous", "preceding") else number, unit)
        if unit in ("day", "night"):
            return one_day(then)
        if unit == "week":
            return Days(then - 3 * DAY, then + 4 * DAY, "interval") if "n" in said else week_of_day(then)
        return whole(Partial(then.year, then.month if unit == "month" else None))
    except (ValueError, OverflowError):
        return None
