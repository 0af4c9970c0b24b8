"""The report as one HTML page: nothing is loaded from anywhere, and nothing that a source served can run in it."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.pages.charts import charts
from pipelines.pages.escaping import link, plain
from pipelines.pages.figures import Html, figure, table
from pipelines.pages.holdings import Holdings, Row

MOST_FACTS = 6000
"""So many facts of the chronicle are in the page at most, the newest: a page of more is slow on a phone."""
SHOWN_AT_FIRST = 100

_HERE = Path(__file__).parent


def page(held: Holdings, version: str) -> str:
    """The whole page.

    Args:
        held: what it shows.
        version: of this program, for the citation.
    """
    style = "".join((_HERE / f"{name}.css").read_text(encoding="utf-8") for name in ("figures", "page"))
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    a, b = held.question.source, held.question.target
    title = f"{held.names[a]} and {held.names[b]}"
    drawn = charts(held)
    of_coverage = [c for c in drawn if c.name == "coverage"]
    parts = [
        ("short", "In short", in_short(held)),
        ("charts", "Tone, events, listings, deaths", "".join(figure(c) for c in drawn if c.name != "coverage")),
        ("acts", "Official acts and the news that tells of them" if held.acts_are_official else "Acts on lists", _acts(held)),
        ("claims", "Claims in articles", _claims(held)),
        ("chronicle", "Chronicle", _chronicle(held)),
        ("coverage", "Coverage", _lists_note(held) + "".join(figure(c) for c in of_coverage)),
        ("sources", "Sources and vintages", _sources(held)),
        ("checks", "Checks", _checks(held)),
        ("cite", "How to cite", _cite(held, version)),
    ]
    links = "".join(f'<li><a href="#{name}">{plain(text)}</a></li>' for name, text, _ in parts)
    body = "".join(
        f'<section id="{name}" aria-labelledby="h-{name}"><h2 id="h-{name}">{plain(text)}</h2>{inner}</section>'
        for name, text, inner in parts
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="data:,">\n<title>{plain(title)}: what is known</title>\n<style>{style}</style>\n</head>\n'
        f'<body data-since="{held.since}" data-days="{(held.until - held.since).days + 1}" data-first="{SHOWN_AT_FIRST}">\n'
        f'<a class="skip" href="#short">To the content</a>\n<header><h1>{plain(title)}</h1>{_head(held)}'
        f'<nav aria-label="Parts of the report"><ul>{links}</ul></nav></header>\n'
        f"{_brush(held)}<main>{body}</main>\n<script>{script}</script>\n</body>\n</html>\n"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _head(held: Holdings) -> str:
    known = (
        f"as known at the beginning of {held.question.as_known} (UTC), beside what is known now"
        if held.question.as_known
        else "as known now"
    )
    text = f"<p>{held.since} to {held.until}, {known}. From a file built on {held.build['built_at']:%Y-%m-%d %H:%M} UTC.</p>"
    if held.build["origin"] == "record":
        text += "<p>This is the built-in record alone: real rows, cut to facts, which end where it ends.</p>"
    return text + "<p>Grey means that nothing is held that could say; it never means none.</p>"


def _brush(held: Holdings) -> str:
    """The control of the period, which all charts and the chronicle follow. Without scripts it is not shown."""
    days = (held.until - held.since).days + 1
    top = max((r["n_events"] or 0 for r in held.panel), default=0) or 1
    bars = "".join(
        f'<rect x="{max((r["date"] - held.since).days, 0)}" y="{24 - 22 * r["n_events"] / top:.1f}" '
        f'width="{(r["period_end"] - r["date"]).days + 1}" height="{22 * r["n_events"] / top:.1f}" fill="#0072B2"/>'
        for r in held.panel
        if r["n_events"]
    )
    acts = "".join(
        f'<rect x="{(r["date"] - held.since).days}" y="26" width="{max(days / 400, 1):.1f}" height="8" fill="#D55E00"/>'
        for r in held.acts
    )
    slider = 'class="handle" role="slider" tabindex="0" aria-valuemin="0"'
    return (
        '<form id="period" class="period" hidden aria-label="Period shown in all charts and in the chronicle">'
        f'<label>From <input type="date" id="from" min="{held.since}" max="{held.until}"></label>'
        f'<label>to <input type="date" id="to" min="{held.since}" max="{held.until}"></label>'
        '<button type="button" id="all">All</button>'
        '<div id="brush" class="brush" title="Drag to choose a period">'
        f'<svg width="100%" height="36" viewBox="0 0 {days} 36" preserveAspectRatio="none" aria-hidden="true">{bars}{acts}</svg>'
        f'<div id="window" class="window"></div>'
        f'<div id="left" {slider} aria-valuemax="{days}" aria-label="First day shown"></div>'
        f'<div id="right" {slider} aria-valuemax="{days}" aria-label="Last day shown"></div></div>'
        '<p id="said" role="status" aria-live="polite"></p></form>'
        "<noscript><p>Without scripts this page shows the whole period; charts and tables are complete.</p></noscript>"
    )


def in_short(held: Holdings) -> str:
    """Sums over the period, by direction: as known on the day that is asked for, and now."""
    a, b = held.question.source, held.question.target
    columns = ["", *(f"{s} to {t}" for s, t in ((a, b), (b, a)))]
    asked: list[tuple[str, Sequence[Row]]] = [("", held.panel)]
    if held.question.as_known:
        asked = [(f" (known on {held.question.as_known})", held.panel), (" (known now)", held.panel_now)]
    rows: list[tuple[Any, ...]] = []
    for what, column in (
        ("Events", "n_events"),
        ("Listings added, of those whose day is known", "n_listings_added"),
        ("Listings removed", "n_listings_removed"),
    ):
        rows += [
            (what + when, *(_total(panel, pair, column, held.grain, held.n_periods) for pair in ((a, b), (b, a))))
            for when, panel in asked
        ]
    rows += [("In force at the end" + when, *(_last(panel, pair) for pair in ((a, b), (b, a)))) for when, panel in asked]
    return table("Sums over the whole period, as far as anything is held", columns, rows)


def _total(panel: Iterable[Row], pair: tuple[str, str], column: str, grain: str, n_periods: int) -> str:
    of = [r for r in panel if (r["source_id"], r["target_id"]) == pair]
    known = [r[column] for r in of if r[column] is not None]
    return f"{sum(known):,} (something is held of {len(known):,} of {n_periods:,} {grain}s)" if known else "not known"


def _last(panel: Iterable[Row], pair: tuple[str, str]) -> str:
    known = [r for r in panel if (r["source_id"], r["target_id"]) == pair and r["n_listings_in_force"] is not None]
    if not known:
        return "not known"
    last = known[-1]
    text = f"{last['n_listings_in_force']:,} listings of {last['n_parties_in_force']:,} parties on {last['period_end']}"
    if n_old := last["n_listings_not_contradicted"]:
        text += f", {n_old:,} of them on lists without a later vintage (the oldest of {last['lists_vintage_date']})"
    return text


def _acts(held: Holdings) -> str:
    if not held.acts_are_official:
        begin = (
            "<p>This file has no table of official acts yet (<code>core.official_acts</code>): days on which parties were put on "
            "or taken off a list stand in for them, and acts without listings are missing. <code>bilateral refresh</code> writes "
            "it anew.</p>"
        )
    else:
        begin = "<p>In the news: events that the file matches with the act by dyad, sort, day and what their sentence names.</p>"
    rows = [
        (
            row["date"],
            f"{row['source_id']} to {row['target_id']}",
            Html(link(row["url"], row["title"])),
            _told(row) if held.acts_are_official else "not matched",
            row["sort"],
            row["effect"] or "",
            "" if row["n_parties"] is None else row["n_parties"],
            row["citation"] or "",
        )
        for row in reversed(held.acts)
    ]
    columns = ("day", "direction", "act", "in the news", "sort", "effect", "parties", "citation")
    shown = table("Acts, the newest first", columns, rows)
    return begin + (shown if rows else "<p>None is held of this period.</p>")


def _told(row: Row) -> str:
    if row["n_events_that_tell"] is None:
        return "no event held tells of it"
    return f"{row['n_events_that_tell']} events; the plainest {row['lag_days']:+d} days from it, score {row['score']:.2f}"


_MEASURES = {
    "overdose_deaths": "overdose deaths",
    "overdose_deaths_share": "share in overdose deaths",
    "overdose_deaths_change": "change of overdose deaths on the year before",
    "drugs_seized": "drugs seized",
    "listings_added": "parties put on lists",
    "listings_removed": "parties taken off lists",
    "listings_in_force": "parties on lists",
}


def _claims(held: Holdings) -> str:
    if held.claims is None:
        return "<p>This file has no claims of articles yet: <code>bilateral refresh</code> writes it anew.</p>"
    begin = (
        "<p>Numbers that articles state of deaths, seizures and lists, each beside the figure that was known on the day of the "
        "article; what became known later is not held against it. Where a text states no period, the newest twelve months known "
        "then are taken (of lists the newest change of the week). What is known now of the same period stands beside it.</p>"
    )
    is_then = held.question.as_known is not None
    rows = [
        (
            row["published_on"],
            Html(link(row["url"], row["evidence"])),
            f"{row['surface']}: {_MEASURES[row['measure']]}" + (f" ({row['drug']})" if row["drug"] not in (None, "all") else ""),
            row["whose"] or "not said",
            row["verdict"],
            _figure_of_claim(row, ""),
            *(() if is_then else (row["verdict_now"], _figure_of_claim(row, "_now"))),
        )
        for row in held.claims
    ]
    columns = ("published", "sentence", "claim", "of", "as known then", "figure known then")
    now = () if is_then else ("as known now", "figure known now")
    return begin + (table("Claims, the newest first", (*columns, *now), rows) if rows else "<p>None is found in this period.</p>")


def _figure_of_claim(row: Row, when: str) -> str:
    """The figure with its period, vintage and age, and why it says nothing where it does not."""
    parts = [] if row[f"reason{when}"] is None else [row[f"reason{when}"]]
    value = row[f"figure{when}"]
    if value is not None:
        shown = f"{value:.1%}" if row["unit"] == "share" else f"{value:,.0f} {row['unit']}"
        first, last = row[f"figure{when}_from"], row[f"figure{when}_to"]
        days = f"{first}" if first == last else f"{first} to {last}"
        vintage = f"{row[f'source{when}']}, vintage of {row[f'vintage_date{when}']}"
        days_old = row["vintage_age_days"]
        age = f", {days_old:,} {'day' if days_old == 1 else 'days'} old" if when == "" else ""
        basis = f", {row[f'basis{when}']}" if row[f"basis{when}"] else ""
        parts.append(f"{shown} ({days}{basis}; {vintage}{age})")
    return "; ".join(parts)


def _chronicle(held: Holdings) -> str:
    facts = held.chronicle[:MOST_FACTS]
    kinds = sorted({f["kind"] for f in facts})
    a, b = held.question.source, held.question.target
    options = "".join(f'<label><input type="checkbox" name="kind" value="{plain(k)}" checked> {plain(k)}</label>' for k in kinds)
    cut = (
        f"<p>Of {len(held.chronicle):,} facts the newest {len(facts):,} are here; a shorter period (--from, --to) shows "
        "the others.</p>"
        if len(facts) < len(held.chronicle)
        else ""
    ) + (f"<p>{held.not_told}</p>" if held.not_told else "")
    rows = "".join(
        f'<tr data-day="{(f["date"] - held.since).days}" data-kind="{plain(f["kind"])}" data-way="{_way(f)}">'
        f'<td class="day">{_day(f)}</td><td>{plain(_way(f) or "both")}</td><td>{plain(f["kind"])}</td>'
        f"<td>{link(f['url'], f['headline'])}</td><td>{plain(f['citation'] or '')}</td><td>{f['known_from']:%Y-%m-%d}</td></tr>"
        for f in facts
    )
    head = "".join(f'<th scope="col">{c}</th>' for c in ("day", "direction", "kind", "what", "citation or outlet", "known from"))
    return (
        f'{cut}<form id="filters" class="filters" hidden aria-label="Filters of the chronicle">'
        f"<fieldset><legend>Kinds</legend>{options}</fieldset>"
        '<label>Direction <select id="way"><option value="">both</option>'
        f"<option>{a} to {b}</option><option>{b} to {a}</option></select>"
        '</label><label>Words <input type="search" id="words"></label></form><p id="counted" role="status"></p>'
        '<div class="scroll" role="region" tabindex="0" aria-label="Chronicle">'
        f'<table id="facts"><caption>Facts, the newest first</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        '<button type="button" id="more" hidden>Show all that match</button>'
    )


def _way(fact: Row) -> str:
    """The direction of a fact; an article has none."""
    return "" if fact["kind"] == "article" else f"{fact['source_id']} to {fact['target_id']}"


def _day(fact: Row) -> str:
    day: date = fact["date"]
    return {"month": f"{day:%Y-%m}", "year": f"{day:%Y}"}.get(fact["date_precision"], str(day))


def _lists_note(held: Holdings) -> str:
    known = {r["date"] for r in held.panel if r["n_events"] is not None}
    n = held.n_periods
    return (
        f"<p>Of {n:,} {held.grain}s, something is known of events in {len(known):,}, be it of one day. Of the other "
        f"{n - len(known):,} it is not known whether they were quiet.</p>"
    )


def _sources(held: Holdings) -> str:
    rows = [
        (
            Html(link(s["url"], s["title"])),
            s["publisher"],
            s["licence"],
            s["citation"],
            s["n_snapshots"],
            "not known" if s["last_accepted_at"] is None else f"{s['last_accepted_at']:%Y-%m-%d}",
            s["newest_date"] or "not known",
        )
        for s in held.sources
    ]
    columns = ("source", "publisher", "licence", "citation", "vintages held", "last vintage", "newest day in it")
    return table("Sources of which something is held", columns, rows)


def _checks(held: Holdings) -> str:
    counts = Counter((c["severity"], c["status"]) for c in held.checks)
    failed = [c for c in held.checks if c["status"] in ("failed", "error")]
    text = "; ".join(f"{n:,} {severity} {status}" for (severity, status), n in sorted(counts.items()))
    rows = [(c["severity"], c["table_name"], c["description"], c["n_unexpected"]) for c in failed]
    shown = (
        table("Checks that did not hold", ("severity", "table", "what was expected", "rows that differ"), rows) if rows else ""
    )
    return f"<p>{plain(text)}. A file with a critical check that fails is never published.</p>{shown}"


def _cite(held: Holdings, version: str) -> str:
    build, question = held.build, held.question
    publication = build.get("publication_id") or build["run_id"]
    known = f", as known on {question.as_known}" if question.as_known else ""
    text = (
        f"Bilateral-relations warehouse, version {version} (code {build['code_fingerprint']}), report on {question.source} and "
        f"{question.target}, {held.since} to {held.until}{known}; data of origin '{build['origin']}', built "
        f"{build['built_at']:%Y-%m-%d %H:%M} UTC, publication {publication}."
    )
    command = f"bilateral report {question.source} {question.target} --from {held.since} --to {held.until}" + (
        f" --as-known {question.as_known}" if question.as_known else ""
    )
    return (
        f"<blockquote>{plain(text)}</blockquote><p>Cite each source that you use as well, as the table of sources says, with its "
        f"vintage. To make this page again from that file: <code>{plain(command)}</code></p>"
    )
