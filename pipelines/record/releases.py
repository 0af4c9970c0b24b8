"""Official releases as the built-in record has them: those that name China and tell of an act between two states, without text.

Of each the title, address and time, and the events that the project's coder reads in it. They are works of the U.S. federal
government, in the public domain.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from assets.news.articles.read import stage
from assets.news.coding.jsonl import code_lines
from assets.news.published.coded_texts import CODED, SOURCE
from pipelines.util import progress

CODED_TEXTS = SOURCE
RELEASES = Path("more", "official_releases")
"""Below the folder of real files."""
MOMENT = "2022-03-31"
"""Day of the commit with which the newest of them were retrieved."""
FILE = "official_releases.jsonl"
CHINA = r"\b(China|Chinese|PRC|Beijing|Xi Jinping|Hong Kong|Macao|Macau)\b"
"""Of 2,342 releases 386 name it."""
LONGEST = 10_000
"""Characters. What is longer is the transcript of a briefing or an interview, in which questions tell of acts as well: 220."""
_STATED = ("title", "url", "outlet", "language")


def coded_releases(name: str, data: bytes) -> bytes:
    """JSON lines in the layout of ``assets.news.published.coded_texts``.

    Args:
        name: of the file.
        data: JSON lines in the layout of the articles source; an event's place counts in the text as that source cleans it.

    Returns:
        A line for each dated release that names China, in its title or in a text that is no transcript, and of which an event has
        parties of two states, in the order of the file.
    """
    texts = stage({name.removesuffix(".gz"): data}).frames["articles"].drop_nulls("published_at")
    is_statement = pl.col("text").str.len_chars() < LONGEST
    texts = texts.filter(pl.col("title").str.contains(CHINA) | (is_statement & pl.col("text").str.contains(CHINA)))
    found: list[str] = []
    with progress.task(f"coding {name}", texts.height, "texts") as advance:
        for row in texts.iter_rows(named=True):
            at: datetime = row["published_at"]
            published = f"{at:%Y-%m-%d}" if row["published_precision"] == "day" else f"{at:%Y-%m-%dT%H:%M:%S}+00:00"
            asked = {c: row[c] for c in (*_STATED, "text")} | {"id": row["article_id"], "published": f"{at:%Y-%m-%d}"}
            coded = [json.loads(line.json) for line in code_lines([json.dumps(asked)])]
            between = [event for event in coded if _is_between_states(event)]
            if between:
                stated = {c: row[c] for c in _STATED if row[c] is not None} | {"published": published}
                by = {c: between[0][c] for c in ("coder", "coder_version")}
                events = [{c: event[c] for c in CODED if event[c] is not None} for event in between]
                found.append(json.dumps(stated | by | {"events": events}, ensure_ascii=False))
            advance(1)
    return "".join(f"{line}\n" for line in found).encode()


def _is_between_states(event: dict[str, Any]) -> bool:
    sides = event.get("source_country_id"), event.get("target_country_id")
    return None not in sides and sides[0] != sides[1]
