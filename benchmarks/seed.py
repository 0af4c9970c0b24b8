"""What one careful reader finds in the seed article, and what must not be found in it.

The article (news/articles in the folder of real files) tells of the removal of an institute from a trade blacklist. The
twelve counted events come from the published reading of it; codes are alternatives, any is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets.news.coding.interface import Event
from benchmarks.scoring import quad

PUBLISHED = date(2023, 12, 22)
_SUMMIT = date(2023, 11, 15)


@dataclass(frozen=True)
class Wanted:
    """An event to be found: pairs of countries (any), codes (any; a root stands for all its codes), words of its sentence."""

    name: str
    dyads: tuple[tuple[str, str], ...]
    codes: tuple[str, ...]
    words: tuple[str, ...]
    first: date | None = None
    last: date | None = None
    precision: str | None = None

    def codes_agree(self, code: str) -> bool:
        """Say whether the code is one of the alternatives."""
        return any(code == c or (len(c) == 2 and code.startswith(c)) for c in self.codes)

    def matches(self, event: Event) -> bool:
        """Say whether pair, code and sentence agree."""
        return (
            (event.source_country_id, event.target_country_id) in self.dyads
            and self.codes_agree(event.cameo_code)
            and any(w in event.evidence for w in self.words)
        )

    def is_dated_by(self, event: Event) -> bool:
        """Say whether the date agrees too; always where none is wanted."""
        if self.first is None or self.last is None:
            return True
        return (
            event.event_date is not None
            and self.first <= event.event_date <= self.last
            and (self.precision is None or event.date_precision == self.precision)
        )


_OUT, _BACK = ("USA", "CHN"), ("CHN", "USA")
_MET = ("046", "040", "042", "043")
_DAY_AFTER, _AUGUST, _YEAR = date(2023, 11, 16), date(2022, 8, 1), date(2020, 1, 1)
WANTED = (
    Wanted("A1 removed from the blacklist", (_OUT,), ("085",), ("trade blacklist", "The lifting"), _DAY_AFTER, _DAY_AFTER, "day"),
    Wanted("A2 blacklisted in 2020", (_OUT,), ("163",), ("blacklisted in 2020",), _YEAR, _YEAR, "year"),
    Wanted("A3 summit, one way", (_OUT,), _MET, ("summit",), _SUMMIT, _SUMMIT, "day"),
    Wanted("A3 summit, the other way", (_BACK,), _MET, ("summit",), _SUMMIT, _SUMMIT, "day"),
    Wanted("A4 pledge of a crackdown", (_BACK,), ("030", "0313"), ("pledged",), date(2023, 11, 14), date(2023, 11, 16)),
    Wanted("A6 exchanges cut off", (_BACK,), ("160", "161", "164"), ("cut off",), _AUGUST, _AUGUST, "month"),
    Wanted("A7 visit to Taiwan", (("USA", "TWN"),), ("042", "043"), ("visit to Taiwan",), _AUGUST, _AUGUST, "month"),
    Wanted("A8 manufacturers charged", (_OUT,), ("173", "115", "1121", "112"), ("charges Chinese manufacturers",)),
    Wanted("A12 communication resumed", (_OUT, _BACK), ("040", "046", "050"), ("resumed since",), _SUMMIT, PUBLISHED),
    Wanted("A14 case leads verified", (_BACK,), ("063",), ("case leads",)),
    Wanted("A15 close communication", (_OUT, _BACK), ("040", "036"), ("close communication",), PUBLISHED, PUBLISHED),
    Wanted("A18 pressure kept up", (_OUT,), ("10", "02"), ("kept up pressure",)),
)  # fmt: skip


def article(real_data: Path) -> str | None:
    """Return the text of the article, None where the file is absent."""
    found = sorted((real_data / "news" / "articles").glob("000_*.txt"))
    return found[0].read_text(encoding="utf-8") if found else None


def found(events: Sequence[Event]) -> list[tuple[Wanted, bool, bool]]:
    """Return for each wanted event whether it was found, and whether with its date."""
    rows = []
    for wanted in WANTED:
        matching = [e for e in events if wanted.matches(e)]
        rows.append((wanted, bool(matching), any(wanted.is_dated_by(e) for e in matching)))
    return rows


def forbidden(events: Sequence[Event], text: str) -> list[str]:
    """Return what was coded though it must not be, in words."""
    headline = text.splitlines()[0]
    wrong = []
    for e in events:
        dyad, code = (e.source_country_id, e.target_country_id), e.cameo_code
        what = f"{e.source_country_id} > {e.target_country_id} {code}: {e.evidence[:60]}"
        if dyad == _BACK and code[:2] in ("17", "18", "19"):
            wrong.append(f"coercion or force by China against the US ({what})")
        if dyad == _OUT and code.startswith("174"):
            wrong.append(f"expulsion ({what})")
        if "from a trade blacklist" in e.evidence and quad(code) == 4 and "blacklisted in 2020" not in e.evidence:
            wrong.append(f"material conflict from the removal ({what})")
        if e.evidence in headline and dyad == _BACK and quad(code) >= 3:
            wrong.append(f"conflict from the headline ({what})")
        if e.evidence.strip() in ("02:23", "South China Morning Post", "Related posts", "Leave a Comment"):
            wrong.append(f"an event from the furniture of the page ({what})")
        if dyad == ("USA", "MEX"):
            wrong.append(f"Mexico as a target ({what})")
        if e.event_date is not None and e.event_date > PUBLISHED:
            wrong.append(f"dated after the publication ({what})")
    charged = [e for e in events if WANTED[7].matches(e)]
    if len(charged) > 1:
        wrong.append("the caption printed twice is two events")
    return wrong


def resolved_without_publication(events: Sequence[Event]) -> list[str]:
    """Return the dates given to events of the article although no publication date was known, but for years in the text."""
    stated = {date(2019, 1, 1), date(2020, 1, 1)}
    return [f"{e.event_date} in: {e.evidence[:60]}" for e in events if e.event_date is not None and e.event_date not in stated]
