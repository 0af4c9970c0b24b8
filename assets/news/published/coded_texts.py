"""Texts that were coded elsewhere and are not passed on: their titles and addresses, with the events that were coded from them.

A JSON object a line: what ``assets.news.articles.read`` reads of an article but its ``text``, ``coder``, ``coder_version``,
and ``events``: objects with the columns of ``core.events`` that ``bilateral code`` writes, without the words of the evidence,
whose place in title, line break, text is kept. What a CAMEO code implies is looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from assets import schema
from assets.actors.lookups import lookups
from assets.contracts import REJECTS, Folded, History, Staged, StagedSnapshot
from assets.errors import Quarantine
from assets.news import KEPT
from assets.news.articles import fold as articles
from assets.news.articles.read import values_by_line
from assets.news.articles.reading import STAGED as ARTICLES
from assets.news.articles.reading import Reading
from assets.news.articles.stated import meta_of
from assets.news.articles.texts import clean
from assets.news.coding.fold import not_after_known, reports_of

SOURCE = "coded_texts"

CODED = ("event_date", "event_date_end", "date_precision", "source_id", "source_country_id", "source_sector", "target_id",
         "target_country_id", "target_sector", "cameo_code", "modality", "confidence", "evidence_start",
         "evidence_end")  # fmt: skip
"""Columns of ``core.events`` that an event of a file holds."""
_OF_EVENTS = schema.table("core.events").polars
EVENTS = pl.Schema(
    {
        "file": pl.String(),
        "row": pl.Int64(),
        "article_id": pl.String(),
        "number": pl.Int64(),
        "coder": pl.String(),
        "coder_version": pl.String(),
        **{c: _OF_EVENTS[c] for c in CODED},
    }
)
"""One row an event; ``number``: its place among those of its text, from 1."""
_NEEDED = ("coder", "coder_version", "cameo_code", "date_precision", "modality")


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read texts and their events.

    Args:
        files: name to bytes.

    Returns:
        Frames ``articles`` (as ``assets.news.articles`` gives headlines) and ``events``. A line that is no JSON object, or has no
        title, no time or no list of events, is a reject, and so is an event without a known CAMEO code, a coder or a date that
        can be read; ``n_read`` counts lines.

    Raises:
        Quarantine: there is no line that is a text.
    """
    reading = Reading()
    events: list[dict[str, Any]] = []
    n_bad_events = 0
    for file in sorted(files):
        for row, stated in values_by_line(files[file]):
            if not isinstance(stated, dict) or not isinstance(stated.get("events"), list):
                reading.reject(file, row, 'not a JSON object with a list of "events"')
                continue
            known = {k: v for k, v in stated.items() if k not in ("events", "coder", "coder_version")}
            meta = meta_of(reading, file, row, known)
            if meta.published_at is None:
                reading.reject(file, row, "no time of publication: when its events were known is not known")
                continue
            before = len(reading.articles)
            reading.add(file, row, None, meta)
            if len(reading.articles) == before:
                continue
            article = dict(zip(ARTICLES, reading.articles[-1], strict=True))["article_id"]
            for number, event in enumerate(stated["events"], start=1):
                try:
                    columns = {c: _value(c, stated.get(c)) for c in ("coder", "coder_version")}
                    columns |= {c: _value(c, event.get(c)) for c in CODED}
                except (AttributeError, ValueError) as fault:
                    reading.note(file, row, "events", event, f"{fault}: the event is left out")
                    n_bad_events += 1
                else:
                    events.append({"file": file, "row": row, "article_id": article, "number": number} | columns)
    if not reading.articles:
        raise Quarantine(f"no text with events in the snapshot: JSON lines with title, published and events. {KEPT}")
    rejects = pl.DataFrame(reading.rejects, schema=REJECTS, orient="row")
    return Staged(
        frames={
            "articles": pl.DataFrame(reading.articles, schema=ARTICLES, orient="row"),
            "events": pl.DataFrame(events, schema=EVENTS),
        },
        rejects=rejects,
        n_read=reading.n_read,
        facts={"n_events": len(events), "n_bad_events": n_bad_events},
        n_rejected=rejects.filter(pl.col("column").is_null()).height,
    )


def _value(column: str, value: Any) -> Any:
    """The value of a column of ``EVENTS``. Raises ValueError that says why it is none."""
    if value is None and column not in _NEEDED:
        return None
    if column in ("event_date", "event_date_end"):
        return date.fromisoformat(str(value))
    if EVENTS[column] != pl.String:
        most = 1 if EVENTS[column].is_float() else 2**31 - 1
        if isinstance(value, bool) or not isinstance(value, (int, float) if most == 1 else int) or not 0 <= value <= most:
            raise ValueError(f"{column} is no number from 0 to {most:,}")
        return value
    if not isinstance(value, str):
        raise ValueError(f"{column} is no text")
    if column == "cameo_code" and value not in lookups().cameo:
        raise ValueError(f"{clean(value)[:20]!r} is no CAMEO code")
    return clean(value)


def fold(history: History, snapshots: Iterable[StagedSnapshot], own_actors: Path | None = None) -> Folded:
    """Add the texts that are new, by title alone, and their events; of a text the first snapshot counts.

    Args:
        history: what earlier folds left.
        snapshots: accepted snapshots of ``stage``, in order of retrieval.
        own_actors: folder of actors that the user added.
    """
    came = list(snapshots)
    found = articles.fold(history, came, SOURCE, own_actors)
    fresh = found.closed["articles"]
    of_text = fresh.select("article_id", "snapshot_id", "url", "known_from", "known_basis")
    coded = pl.concat(
        [
            pl.DataFrame(schema={**EVENTS, "snapshot_id": pl.String()}),
            *(s.frames["events"].with_columns(pl.lit(s.snapshot_id).alias("snapshot_id")) for s in came),
        ]
    ).unique(["article_id", "number", "snapshot_id"], keep="first", maintain_order=True)
    codes = pl.DataFrame([{"cameo_code": code, **scale._asdict()} for code, scale in lookups().cameo.items()])
    events = schema.table("core.events").conform(
        coded.join(of_text, on=["article_id", "snapshot_id"], how="inner", maintain_order="left")
        .join(codes, on="cameo_code", how="left", maintain_order="left")
        .with_columns(
            pl.format("{}:{}", "article_id", "number").alias("origin_id"),
            pl.format(f"{SOURCE}:{{}}:{{}}", "article_id", "number").alias("event_id"),
            pl.lit(1, pl.Int32).alias("n_reports"),
            pl.lit(SOURCE).alias("origin"),
            pl.col("row").cast(pl.Int32).alias("row_number"),
        )
        .drop("file", "row", "number")
        .pipe(not_after_known)
    )
    reports = reports_of(events.select("event_id", "article_id", "known_from"), fresh, {})
    return replace(found, closed={**found.closed, "events": events, "event_reports": reports})
