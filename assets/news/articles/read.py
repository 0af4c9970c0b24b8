"""News articles from files of a user's own: text, HTML or JSON, folded into ``core.articles`` and ``core.mentions``.

A snapshot is a folder with any number of files:

- ``.txt``: the first line is the title if an empty line follows it and it does not end in a full stop.
- ``.html``, ``.htm``: a page as saved; its main text is taken, and what its head states.
- ``.json`` (an object, or a list of objects) and ``.jsonl`` (an object a line): ``text``, and optionally ``title``,
  ``published``, ``url``, ``outlet``, ``language``, ``id``.
- ``.csv`` and ``.tsv``: a headline a row; see ``assets.news.articles.headlines``.

What the text does not hold comes with it as ``<file>.meta.json`` beside a .txt or .html file, with the same keys.
``published`` is an ISO date, or an ISO time with its offset. An article without it has no date: none is guessed from the
text, from a file time or from the day of the download.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from assets.contracts import REJECTS, Judgement, RowGuard, Staged, StagedInfo
from assets.news.articles import addresses, headlines
from assets.news.articles.pages import read_page
from assets.news.articles.reading import STAGED, Meta, Reading
from assets.news.articles.stated import META, as_written, is_like_a_date, language_of, meta_of, sidecar_of
from assets.news.articles.texts import clean, json_of, split_title, text_in, without_boilerplate
from assets.reading.bytes import is_utf_16

_NO_ARTICLE = "no article: .txt, .html, .htm, .json, .jsonl, .csv and .tsv are read"


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read the articles of one snapshot.

    Args:
        files: name to bytes. See the head of the module for the kinds.

    Returns:
        Frame ``articles`` (``STAGED``). Rejects with ``column`` NULL are files or rows that are no article
        (accepted + these = read); those with a column are values that were left out of an article that is kept.
        ``facts["n_articles"]``: accepted articles.
    """
    reading = Reading()
    for file in sorted(files):
        name, data = file.lower(), files[file]
        if name.endswith(META):
            if not _has_sidecar(file.removesuffix(file[-len(META) :]), files):
                reading.reject(file, None, f"no article belongs to it: it must be named as its .txt or .html file, then {META}")
        elif name.endswith(".txt"):
            _read_text(reading, file, data, files.get(file + META))
        elif name.endswith((".html", ".htm")):
            read_page(reading, file, data, files.get(file + META))
        elif name.endswith(".json"):
            read_json(reading, file, data)
        elif name.endswith(".jsonl"):
            read_json_lines(reading, file, data)
        elif name.endswith((".csv", ".tsv")):
            _read_headlines(reading, file, data)
        else:
            reading.reject(file, None, _NO_ARTICLE)
    return Staged(
        frames={"articles": pl.DataFrame(reading.articles, schema=STAGED, orient="row")},
        rejects=pl.DataFrame(reading.rejects, schema=REJECTS, orient="row"),
        n_read=reading.n_read,
        facts={"n_articles": len(reading.articles), "unread_dates": [list(found) for found in reading.unread_dates]},
        # a remark on a column (a date that is none) leaves the article in: only a whole row is a rejected one
        n_rejected=sum(column is None for _, _, column, _, _ in reading.rejects),
    )


def _has_sidecar(article: str, files: Mapping[str, bytes]) -> bool:
    return article in files and article.lower().endswith((".txt", ".html", ".htm"))


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:  # noqa: ARG001 all judges have one signature
    """Refuse a snapshot without any article. Each one is a batch that only adds: its size says nothing about the last."""
    if info.facts["n_articles"] == 0:
        return Judgement(refusals=(f"none of its {info.n_read:,} files or rows is an article that can be read",))
    return Judgement(warnings=tuple(_unread(info.facts.get("unread_dates", ()))))


def _unread(found: Sequence[Sequence[str]]) -> Iterator[str]:
    """A sentence for each name of a column that looks like a date and is not read."""
    for name in dict.fromkeys(column for _, column in found):
        files = [file for file, column in found if column == name]
        others = f" and {len(files) - 1:,} others" if len(files) > 1 else ""
        yield (
            f"{name} in {files[0]}{others} looks like a date and is no column that is read: its articles have no date of "
            "publication; call it published"
        )


def _read_text(reading: Reading, file: str, data: bytes, sidecar: bytes | None) -> None:
    text = text_in(data)
    if text is None:
        reading.reject(file, 1, "not text in UTF-8 (or UTF-16 with its mark)")
        return
    # before the title is looked for: the first line may be the length of a film
    text = without_boilerplate(text.replace("\r\n", "\n")).strip()
    title, body = split_title(text)
    stated = sidecar_of(reading, file, sidecar)
    if stated.title is not None and stated.title != title:
        body = text
    reading.add(file, 1, body, stated.or_else(Meta(title=title)))


def _read_headlines(reading: Reading, file: str, data: bytes) -> None:
    """Read a table of headlines; what is no table, and rows without a headline, are rejects."""
    text = text_in(data)
    if text is None:
        reading.reject(file, None, "no table of headlines: not text in UTF-8 (or UTF-16 with its mark)")
        return
    rows = headlines.rows_of(text)
    if rows is None:
        reading.reject(file, None, "no table of headlines: its first line must name a column title or headline")
        return
    unread = headlines.columns_of(text).items()
    reading.unread_dates |= {(file, name): None for name, cells in unread if is_like_a_date(name, cells)}
    for row, found in enumerate(rows, start=1):
        meta = Meta(url=found.url, outlet=found.outlet, title=found.title, language=language_of(found.language or ""))
        if found.published is not None:
            outlet = addresses.outlet_of(found.outlet, found.url)
            moment = as_written(found.published, None if outlet is None else outlet.timezone)
            if moment is None:
                reading.note(file, row, "published", found.published, "not a time of a form that is known: date unknown")
            else:
                meta.published_at, meta.published_precision = moment
        if found.title is None and found.text is None:
            reading.reject(file, row, "the row has no headline")
        else:
            reading.add(file, row, found.text, meta)


def read_json(reading: Reading, file: str, data: bytes) -> None:
    """Read an object, or a list of objects."""
    found = json_of(data)
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        reading.reject(file, None, "not JSON with an object or a list of objects")
        return
    for row, one in enumerate(found, start=1):
        _read_object(reading, file, row, one)


def read_json_lines(reading: Reading, file: str, data: bytes) -> None:
    """Read an object a line."""
    for row, found in values_by_line(data):
        _read_object(reading, file, row, found)


def values_by_line(data: bytes) -> Iterator[tuple[int, Any]]:
    """The number and the value of each line that is not empty; None where it is no JSON."""
    if is_utf_16(data):
        # a line of UTF-16 does not end with the byte of a line break
        data = (text_in(data) or "").encode()
    for row, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield row, json_of(line)


def _read_object(reading: Reading, file: str, row: int, found: object) -> None:
    if not isinstance(found, dict):
        reading.reject(file, row, "not a JSON object")
        return
    text = found.get("text")
    if not isinstance(text, str):
        reading.reject(file, row, 'the article has no "text"', None if text is None else clean(str(text))[:200])
        return
    native_id = found.get("id")
    meta = meta_of(reading, file, row, found)
    reading.add(file, row, clean(text), meta, clean(native_id) if isinstance(native_id, str) else None)
