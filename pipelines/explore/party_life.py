"""A party's life on all lists: a search by name, and what is known of its listings as a chart, in words and in tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.explore.opened import OpenedFile, day_of, in_words, rows, said
from pipelines.pages.drawing import BAND, BLACK, BLUE, GAP, GREEN, ORANGE, RULE, Chart, Key, bar, box, line, place, point
from pipelines.pages.escaping import link, plain
from pipelines.pages.figures import Html, figure, table
from pipelines.pages.holdings import Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_HITS = 50
MOST_ARTICLES = 100
_LANE = 44
_MARKS = {
    "added": (BLACK, "square"),
    "resumed": (BLACK, "square"),
    "reissued": (BLACK, "square"),
    "removed": (GREEN, "round"),
    "suspended": (ORANGE, "round"),
}
"""How changes of a listing are marked; those of another kind are edits."""


@dataclass(frozen=True)
class Life:
    """What is known of a party at a moment; every list of rows is in the order of its query.

    ``as_known``: the day whose first instant, UTC, is the moment; None: by current knowledge.
    """

    actor_id: str
    as_known: date | None
    listings: list[Row]
    changes: list[Row]
    names: list[Row]
    decisions: list[Row]
    articles: list[Row]


def search(file: OpenedFile, name: str) -> tuple[dict[str, str], str]:
    """Parties to choose from whose names are like one, and what came of the search as a piece of a page."""
    found: dict[str, str] = {}
    if not name.strip():
        return found, "<p>Type a name and press Enter. Misspellings, other scripts and another order of words are found too.</p>"

    def piece() -> str:
        with file.cursor() as con:
            found.update(choices(find(con, name)))
        if not found:
            return f'<p class="warn" role="status">No listed party has a name like {plain(repr(name.strip()))}.</p>'
        n = f"the {len(found)} likest" if len(found) == MOST_HITS else str(len(found))
        return (
            f'<p role="status">Parties found: {n}, the likest first. A similar name is no proof that it is the one you mean.</p>'
        )

    html = said(piece)
    return found, html


def look(file: OpenedFile, actor_id: str, as_known: str) -> str:
    """A party's life as a piece of a page; or the sentence that says why it is not there."""

    def piece() -> str:
        day = day_of("As known on", as_known)
        with file.cursor() as con:
            return in_words(con) + shown(life(con, actor_id, day))

    return said(piece)


def find(con: DuckDBPyConnection, name: str) -> list[Row]:
    """Listed parties whose names are like one, removed ones too, the likest first; none for an empty name."""
    return rows(con, "party_hits", {"name": name.strip(), "most": MOST_HITS}) if name.strip() else []


def choices(hits: Sequence[Row]) -> dict[str, str]:
    """What to choose among parties that were found: a line for each, and its actor. No two lines are alike."""
    found: dict[str, str] = {}
    for hit in hits:
        states = f", {hit['target_ids']}" if hit["target_ids"] else ""
        line = f"{hit['name']} ({hit['lists']}{states}; likeness {hit['score']:.2f})"
        found[line if line not in found else f"{line} {hit['actor_id']}"] = hit["actor_id"]
    return found


def life(con: DuckDBPyConnection, actor_id: str, as_known: date | None) -> Life:
    """Read what is known of a party.

    Raises:
        duckdb.Error: the file lacks what is read.
    """
    now: datetime = con.execute("SELECT end_of_time()").fetchall()[0][0]
    known = now if as_known is None else datetime.combine(as_known, datetime.min.time())
    asked = {"actor": actor_id, "known": known}
    found = {name: rows(con, f"party_{name}", asked) for name in ("listings", "changes", "names", "decisions", "articles")}
    return Life(actor_id, as_known, **found)


def status(row: Row) -> str:
    """What is known of a listing, in words."""
    since = "on the list since a day that is not known" if row["valid_from"] is None else f"in force from {row['valid_from']}"
    if row["valid_from_earliest"] is not None and (row["valid_from"] - row["valid_from_earliest"]).days > 1:
        gap = ", while no edition is held" if row["is_within_gap"] else ""
        since = f"came between {row['valid_from_earliest']} and {row['valid_from']}{gap}"
    if row["valid_to"] is None and row["vintage_date"] is None:
        return f"{since}; no edition of the list says until when"
    if row["valid_to"] is None:
        return f"{since}; still there on {row['vintage_date']}, the last day held"
    if row["vintage_date"] is not None and row["valid_to"] > row["vintage_date"]:
        return f"{since}; to end on {row['valid_to']}, as the list says; last day held {row['vintage_date']}"
    if row["valid_to_earliest"] is not None and (row["valid_to"] - row["valid_to_earliest"]).days > 1:
        return f"{since}; went between {row['valid_to_earliest']} and {row['valid_to']}"
    return f"{since}; removed on {row['valid_to']}"


def chart(found: Life) -> Chart:
    """The listings of a party as strips over time; what is not known of one is grey."""
    days = [
        day
        for row in found.listings
        for day in (row["valid_from"], row["valid_from_earliest"], row["certain_from"], row["certain_to"], row["valid_to"])
        if day is not None
    ] + [row["event_date"] for row in found.changes]
    since = min(days, default=date(2000, 1, 1)) - timedelta(60)
    until = max(days, default=date(2000, 1, 1)) + timedelta(60)
    by_listing: dict[str, list[Row]] = {}
    for row in found.listings:
        by_listing.setdefault(row["listing_id"], []).append(row)
    lanes = {listing: n * _LANE for n, listing in enumerate(by_listing)}

    def draw(scale: float) -> str:
        x = place(since, scale)
        marks = []
        for listing, versions in by_listing.items():
            for row in versions:
                marks += _strip(row, x, lanes[listing], until)
        for change in found.changes:
            if change["listing_id"] in lanes:
                colour, cap = _MARKS.get(change["kind"], (RULE, "round"))
                text = f"{change['event_date']}: {change['kind']}" + (f" ({change['detail']})" if change["detail"] else "")
                size = 9 if change["kind"] in _MARKS else 5
                marks.append(point(x(change["event_date"]), lanes[change["listing_id"]] + 28, colour, text, cap, size))
        return "".join(marks)

    n_lists = len({row["list_id"] for row in found.listings})
    words = "; ".join(f"{row['list_name']}: {status(row)}" for row in found.listings[:12])
    more = f"; and {len(found.listings) - 12} more, in the table" if len(found.listings) > 12 else ""
    return Chart(
        name="party",
        title="Listings over time",
        says=f"{len(by_listing)} listings on {n_lists} lists, a strip each. {words}{more}.",
        since=since,
        until=until,
        height=max(_LANE * len(lanes), 40),
        draw=draw,
        ticks=[],
        keys=[
            Key(BLUE, "in force"),
            Key(BLUE, "came or went on one of these days", "dashes"),
            Key(GAP, "not known: no edition held", "gap"),
            Key(BLACK, "added, re-issued or resumed", "square"),
            Key(GREEN, "removed", "dot"),
            Key(ORANGE, "suspended", "dot"),
            Key(RULE, "another change (small)", "dot"),
        ],
        columns=("list", "listing", "name", "from", "from: basis", "until", "until: basis", "what is known", "programs"),
        rows=[
            (
                row["list_name"],
                row["listing_id"],
                row["name"],
                row["valid_from"],
                row["valid_from_basis"],
                row["valid_to"] or "no end known",
                row["valid_to_basis"] or "",
                status(row),
                row["programs"] or "",
            )
            for row in found.listings
        ],
        labels=[(lanes[listing] + 14, _label(versions[0], found)) for listing, versions in by_listing.items()],
        empty="" if found.listings else "No listing of this party was known then.",
    )


def _label(row: Row, found: Life) -> str:
    """The list of a strip, and the name there where it is another one than that above the chart."""
    same = row["name"].casefold() == found.listings[0]["name"].casefold()
    return row["list_name"] if same else f"{row['list_name']}: {row['name']}"


def _strip(row: Row, x: Callable[[date], float], lane: int, until: date) -> list[str]:
    """A listing as a strip: certain days, days on which it came or went, and what is not known before and after them."""
    top, base = lane + 21, lane + 35
    marks = []
    start = row["certain_from"] or row["valid_from"]
    end = row["certain_to"] or row["valid_to"] or start
    if row["valid_to"] is not None and row["valid_to_earliest"] is not None and end is not None:
        # the last edition that showed it
        end = min(end, row["valid_to_earliest"] + timedelta(1))
    if start is None or end is None:
        return [box(0, x(until), top, base, GAP, "not known: no edition of this list is held")]
    if row["valid_from"] is None:
        marks.append(box(0, x(start), top, base, GAP, f"before {start}: not known, the first edition held has it already"))
    elif row["valid_from_earliest"] is not None and row["valid_from_earliest"] < row["valid_from"]:
        came = f"came after {row['valid_from_earliest']}, at the latest on {row['valid_from']}"
        marks += _perhaps(x(row["valid_from_earliest"]), x(row["valid_from"]), top, base, came)
    if start < end:
        marks.append(bar(x(start), x(end), top, base, BLUE, f"{start} to {end - timedelta(1)}: in force"))
    if row["valid_to"] is None:
        marks.append(box(x(end), x(until), top, base, GAP, f"from {end} on: not known, no later edition is held"))
    elif end < row["valid_to"]:
        marks += _perhaps(x(end), x(row["valid_to"]), top, base, f"went after {end - timedelta(1)}, by {row['valid_to']}")
    return marks


def _perhaps(left: float, right: float, top: float, base: float, says: str) -> list[str]:
    """Days on one of which something came or went: told by dashes too, since pale colours look alike to some."""
    middle = (top + base) / 2
    return [box(left, right, top, base, BAND, says), line([(left, middle), (right, middle)], BLUE, "5 4", 2)]


def shown(found: Life) -> str:
    """A party's life as a piece of a page."""
    if not found.listings:
        when = f"at the beginning of {found.as_known} (UTC)" if found.as_known else "now"
        return f'<p class="warn" role="status">No listing of {plain(found.actor_id)} is known {plain(when)}.</p>'
    drawn = chart(found)
    states = f"<p>{plain(_known(found))}</p>"
    kept = [
        ("What is known of each listing", len(drawn.rows), table("Listings of this party", drawn.columns, drawn.rows)),
        ("Changes, the newest first", len(found.changes), _changes(found.changes)),
        ("Names", len(found.names), _names(found.names)),
        ("Why these are one party, and others are not", len(found.decisions), _decisions(found.decisions)),
        ("Articles held that name it", len(found.articles), _articles(found.articles)),
    ]
    folded = "".join(
        f"<details{' open' if n == 0 else ''}><summary>{plain(title)} ({count:,})</summary>{inner}</details>"
        for n, (title, count, inner) in enumerate(kept)
    )
    heading = f"<h2>{plain(found.listings[0]['name'])}</h2>"
    return f"{heading}{states}{figure(drawn, numbers=False)}{folded}"


def _known(found: Life) -> str:
    if found.as_known is None:
        return f"Actor {found.actor_id}, as known now."
    ages = {
        row["list_name"]: f"{row['list_name']}: {row['vintage_date']}, {row['vintage_age_days']} days old"
        for row in found.listings
        if row["vintage_date"] is not None
    }
    return (
        f"Actor {found.actor_id}, as known at the beginning of {found.as_known} (UTC). Newest day of each list held then: "
        f"{'; '.join(ages.values()) or 'none'}. Who is one party with whom is decided by current knowledge."
    )


def _changes(changes: Sequence[Row]) -> str:
    columns = ("day", "what", "list", "name", "detail", "citation", "known from (UTC)")
    return table(
        "What was done to its listings",
        columns,
        [
            (
                row["event_date"]
                if row["event_date_earliest"] is None
                else f"{row['event_date_earliest']} to {row['event_date']}",
                row["kind"],
                row["list_name"],
                row["name"],
                row["detail"] or "",
                Html(link(row["url"], row["citation"] or ("the act" if row["url"] else ""))),
                f"{row['known_at']:%Y-%m-%d %H:%M}",
            )
            for row in changes
        ],
    )


def _day(change: Row) -> str:
    earliest, day = change["event_date_earliest"], change["event_date"]
    return str(day) if earliest is None else f"{earliest} to {day}"


def _names(names: Sequence[Row]) -> str:
    return table(
        "Names as the lists have them",
        ("name", "kind", "quality", "lists"),
        [(row["name"], row["kind"], row["quality"], row["lists"]) for row in names],
    )


def _decisions(decisions: Sequence[Row]) -> str:
    return table(
        "Decisions on pairs of listings",
        ("listing", "other", "one party", "rule", "evidence", "objection"),
        [
            (
                row["listing_id"],
                row["other_id"],
                "yes" if row["is_same"] else "no",
                row["rule"],
                row["evidence"] or "",
                row["objection"] or "",
            )
            for row in decisions
        ],
    )


def _articles(articles: Sequence[Row]) -> str:
    cut = f"<p>The newest {MOST_ARTICLES} of {len(articles):,}.</p>" if len(articles) > MOST_ARTICLES else ""
    listed: dict[Any, str] = {True: "yes", False: "no", None: "not known"}
    return cut + table(
        "Articles that name it",
        ("published", "outlet", "title", "named as", "listed then"),
        [
            (
                "not known" if row["published_at"] is None else f"{row['published_at']:%Y-%m-%d}",
                row["outlet"] or "not known",
                Html(link(row["url"], row["title"] or "without a title")),
                row["named_as"],
                listed[row["was_listed"]],
            )
            for row in articles[:MOST_ARTICLES]
        ],
    )
