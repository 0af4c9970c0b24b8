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

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from assets import schema
from assets.contract import REJECTS, Folded, History, Judgement, RowGuard, Staged, StagedInfo, StagedSnapshot
from assets.days import known_of_day, last_instants
from assets.news.articles import addresses, clusters, headlines, times
from assets.news.gdelt.fold import short_hash
from assets.news.text import mentions

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SOURCE = "articles"

STAGED = pl.Schema(
    {
        "file": pl.String(),
        "row": pl.Int64(),
        "article_id": pl.String(),
        "url": pl.String(),
        "url_canonical": pl.String(),
        "outlet": pl.String(),
        "outlet_country": pl.String(),
        "language": pl.String(),
        "title": pl.String(),
        "published_at": pl.Datetime("us"),
        "published_precision": pl.String(),
        "text": pl.String(),
    }
)
"""One row per article; ``row`` is its place in its file, from 1."""

_META = ".meta.json"
_TEXT_FIELDS = ("url", "outlet", "language", "title")
_NO_ARTICLE = "no article: .txt, .html, .htm, .json, .jsonl, .csv and .tsv are read"


@dataclass
class Meta:
    """What is stated about an article beside its text."""

    url: str | None = None
    outlet: str | None = None
    language: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    published_precision: str = "unknown"

    def or_else(self, other: Meta) -> Meta:
        """Return this with the gaps filled from ``other``."""
        dated = self if self.published_at is not None else other
        filled = {f.name: getattr(self if getattr(self, f.name) is not None else other, f.name) for f in fields(Meta)}
        return Meta(**{**filled, "published_precision": dated.published_precision})


@dataclass
class Reading:
    """What was read so far: articles and rejects as rows of their frames, and the number of source rows."""

    articles: list[tuple[Any, ...]] = field(default_factory=list)
    rejects: list[tuple[Any, ...]] = field(default_factory=list)
    n_read: int = 0

    def add(self, file: str, row: int, text: str | None, meta: Meta, native_id: str | None = None) -> None:
        """Count an article; one without text is a reject, unless ``text`` is None: then it is a headline alone."""
        title = (" ".join(meta.title.split()) or None) if meta.title is not None else None
        if text is not None:
            cleaned = without_boilerplate(text)
            text = text if text == cleaned else cleaned.rstrip()
        if not (title or "" if text is None else text.strip()):
            self.reject(file, row, "the article has no text")
            return
        self.n_read += 1
        address = addresses.canonical(meta.url)
        outlet = addresses.outlet_of(meta.outlet, meta.url)
        identity = address or meta.url or native_id
        if identity is None:
            # what is only a headline is the same whichever file it comes in
            identity = f"{meta.outlet}\n{title}\n{meta.published_at}" if text is None else file
        self.articles.append(
            (
                file,
                row,
                short_hash(f"{identity}\n{text or ''}"),
                meta.url,
                address,
                None if outlet is None else outlet.name,
                None if outlet is None else outlet.country_id,
                meta.language,
                title,
                meta.published_at,
                meta.published_precision,
                text,
            )
        )

    def reject(self, file: str, row: int | None, reason: str, value: str | None = None) -> None:
        """Count a source row that is no article."""
        self.n_read += 1
        self.rejects.append((file, row, None, value, reason))

    def note(self, file: str, row: int | None, column: str, value: object, reason: str) -> None:
        """Note a value that cannot be read; its article is kept without it."""
        self.rejects.append((file, row, column, clean(str(value))[:200], reason))


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
        if name.endswith(_META):
            if not _has_sidecar(file.removesuffix(file[-len(_META) :]), files):
                reading.reject(file, None, f"no article belongs to it: it must be named as its .txt or .html file, then {_META}")
        elif name.endswith(".txt"):
            _read_text(reading, file, data, files.get(file + _META))
        elif name.endswith((".html", ".htm")):
            _read_html(reading, file, data, files.get(file + _META))
        elif name.endswith(".json"):
            _read_json(reading, file, data)
        elif name.endswith(".jsonl"):
            _read_json_lines(reading, file, data)
        elif name.endswith((".csv", ".tsv")):
            _read_headlines(reading, file, data)
        else:
            reading.reject(file, None, _NO_ARTICLE)
    return Staged(
        frames={"articles": pl.DataFrame(reading.articles, schema=STAGED, orient="row")},
        rejects=pl.DataFrame(reading.rejects, schema=REJECTS, orient="row"),
        n_read=reading.n_read,
        facts={"n_articles": len(reading.articles)},
        # a remark on a column (a date that is none) leaves the article in: only a whole row is a rejected one
        n_rejected=sum(column is None for _, _, column, _, _ in reading.rejects),
    )


def _has_sidecar(article: str, files: Mapping[str, bytes]) -> bool:
    return article in files and article.lower().endswith((".txt", ".html", ".htm"))


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Refuse a snapshot without any article. Each one is a batch that only adds: its size says nothing about the last."""
    if info.facts["n_articles"] == 0:
        return Judgement(refusals=(f"none of its {info.n_read:,} files or rows is an article that can be read",))
    return Judgement()


# --- text ---------------------------------------------------------------------------------------------------------------

_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_FURNITURE = frozenset(
    {
        "related posts", "leave a comment", "advertisement", "skip advertisement", "read more", "related stories",
        "related articles", "related topics", "share this article", "share this story", "most read", "most popular",
        "recommended for you", "you may also like", "also read", "sign up for our newsletter", "subscribe now",
        "all rights reserved", "more on this story", "post a comment", "view comments", "show comments",
        "back to top", "print this article", "follow us",
    }
)  # fmt: skip
_CAPTION_WORDS = 4
"""Shorter lines that stand twice may be meant so (a refrain, a score); a caption is a sentence or nearly one."""


def without_boilerplate(text: str) -> str:
    """Drop the lines that a page adds around its text: the length of a film, links to more, a caption printed twice.

    A dropped line takes the empty lines after it along. All other characters stay as they are.
    """
    kept: list[str] = []
    last, dropping = "", False
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if not bare:
            if not dropping:
                kept.append(line)
            continue
        dropping = (
            _CLOCK.fullmatch(bare) is not None
            or bare.lower().rstrip(":.!") in _FURNITURE
            or (bare == last and len(bare.split()) >= _CAPTION_WORDS)
        )
        if not dropping:
            kept.append(line)
            last = bare
    return "".join(kept)


def _read_text(reading: Reading, file: str, data: bytes, sidecar: bytes | None) -> None:
    text = _decode(data)
    if text is None:
        reading.reject(file, 1, "not text in UTF-8 (or UTF-16 with its mark)")
        return
    # before the title is looked for: the first line may be the length of a film
    text = without_boilerplate(text.replace("\r\n", "\n")).strip()
    title, body = split_title(text)
    stated = _sidecar(reading, file, sidecar)
    if stated.title is not None and stated.title != title:
        body = text
    reading.add(file, 1, body, stated.or_else(Meta(title=title)))


def split_title(text: str) -> tuple[str | None, str]:
    """Return title and body of a text: the first line is a title if an empty line follows and no full stop ends it."""
    first, _, rest = text.partition("\n")
    followed_by_empty_line = rest.partition("\n")[0].strip() == ""
    if not rest.strip() or not followed_by_empty_line or first.rstrip().rstrip("\"'”’)").endswith((".", "。")):
        return None, text
    return first.strip(), rest.lstrip()


def _decode(data: bytes, encoding: str = "utf-8-sig") -> str | None:
    """Decode text; None where it is none. A mark at the beginning counts more than ``encoding``."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif data.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError):
        return None
    return None if "\0" in text else clean(text)


def clean(text: str) -> str:
    """Replace what JSON can write and a table cannot hold: NUL, and halves of surrogate pairs."""
    text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


# --- metadata -----------------------------------------------------------------------------------------------------------


def _sidecar(reading: Reading, file: str, data: bytes | None) -> Meta:
    if data is None:
        return Meta()
    found = _json(data)
    if not isinstance(found, dict):
        reading.note(
            file + _META, None, "meta", data[:200].decode(errors="replace"), "not a JSON object: the article is kept without it"
        )
        return Meta()
    return _meta(reading, file + _META, None, found)


def _meta(reading: Reading, file: str, row: int | None, stated: Mapping[str, Any]) -> Meta:
    """Return what a JSON object states about an article; values of the wrong kind are noted and left out."""
    meta = Meta()
    for name in _TEXT_FIELDS:
        value = stated.get(name)
        if isinstance(value, str):
            setattr(meta, name, clean(value).strip() or None)
        elif value is not None:
            reading.note(file, row, name, value, "not a string")
    if meta.language is not None:
        meta.language = language_of(meta.language)
        if meta.language is None:
            reading.note(file, row, "language", stated["language"], "not a language code such as en or zh-CN")
    published = stated.get("published")
    if published is not None and published != "":
        moment = stated_time(published) if isinstance(published, str) else None
        if moment is None:
            reading.note(
                file, row, "published", published, "not an ISO date or time (2023-12-22, 2023-12-22T08:30:00+08:00): date unknown"
            )
        else:
            meta.published_at, meta.published_precision = moment
    return meta


def language_of(code: str) -> str | None:
    """Return the ISO 639-1 code that a code such as ``en`` or ``zh-CN`` begins with; None where it is none."""
    found = re.match(r"([A-Za-z]{2})(?:[-_]|$)", code)
    return found[1].lower() if found is not None else None


_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?P<second>:\d{2}(?:[.,]\d+)?)?\s?(?P<offset>Z|[+-]\d{2}:?\d{2})?)?", re.IGNORECASE
)


def stated_time(text: str) -> tuple[datetime, str] | None:
    """Return the moment (naive UTC) that an ISO text states, and how exact it is; None where it states none.

    A time without its offset is some moment of that day somewhere: only the day is taken.
    """
    text = text.strip()
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        if found["offset"] is None:
            day = date.fromisoformat(text[:10])
            return datetime(day.year, day.month, day.day), "day"
        at = datetime.fromisoformat(text[:10] + "T" + text[11:].replace(" ", "").replace(",", ".").upper())
        return at.astimezone(UTC).replace(tzinfo=None), "second" if found["second"] else "minute"
    except (ValueError, OverflowError):
        return None


# --- JSON ---------------------------------------------------------------------------------------------------------------


def _json(data: bytes) -> Any:
    """Return the JSON value that bytes hold; None where they hold none (or null)."""
    text = _decode(data)
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read_json(reading: Reading, file: str, data: bytes) -> None:
    found = _json(data)
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        reading.reject(file, None, "not JSON with an object or a list of objects")
        return
    for row, one in enumerate(found, start=1):
        _read_object(reading, file, row, one)


def _read_json_lines(reading: Reading, file: str, data: bytes) -> None:
    for row, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            _read_object(reading, file, row, _json(line))


def _read_object(reading: Reading, file: str, row: int, found: object) -> None:
    if not isinstance(found, dict):
        reading.reject(file, row, "not a JSON object")
        return
    text = found.get("text")
    if not isinstance(text, str):
        reading.reject(file, row, 'the article has no "text"', None if text is None else clean(str(text))[:200])
        return
    native_id = found.get("id")
    meta = _meta(reading, file, row, found)
    reading.add(file, row, clean(text), meta, clean(native_id) if isinstance(native_id, str) else None)


def _read_headlines(reading: Reading, file: str, data: bytes) -> None:
    """Read a table of headlines; what is no table, and rows without a headline, are rejects."""
    text = _decode(data)
    rows = headlines.rows_of(text) if text is not None else None
    if rows is None:
        reading.reject(file, None, "no table of headlines: its first line must name a column title or headline")
        return
    for row, found in enumerate(rows, start=1):
        meta = Meta(url=found.url, outlet=found.outlet, title=found.title, language=language_of(found.language or ""))
        if found.published is not None:
            outlet = addresses.outlet_of(found.outlet, found.url)
            moment = times.as_written(found.published, None if outlet is None else outlet.timezone)
            if moment is None:
                reading.note(file, row, "published", found.published, "not a time of a form that is known: date unknown")
            else:
                meta.published_at, meta.published_precision = moment
        if found.title is None and found.text is None:
            reading.reject(file, row, "the row has no headline")
        else:
            reading.add(file, row, found.text, meta)


# --- HTML ---------------------------------------------------------------------------------------------------------------

_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin-1": "cp1252"}
"""Charsets that pages declare and fill with characters of a wider one, as browsers read them."""

_HOST = re.compile(r"https?://(?:www\.)?([^/:?#\s]+)", re.IGNORECASE)

_DATE_XPATHS = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//time[@pubdate]/@datetime",
    "//meta[translate(@name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')='pubdate' or @name='publishdate'"
    " or @name='publish-date' or @name='parsely-pub-date' or @name='dc.date.issued' or @name='DC.date.issued'"
    " or @name='dcterms.issued' or @name='citation_publication_date' or @name='date']/@content",
)
"""Where pages state their date of publication in a form for machines, the surest first."""


def _read_html(reading: Reading, file: str, data: bytes, sidecar: bytes | None) -> None:
    # its import takes a fifth of a second, which most runs need not spend
    import trafilatura
    from lxml.etree import LxmlError

    declared = _CHARSET.search(data, 0, 4096)
    charset = declared[1].decode().lower() if declared is not None else "utf-8"
    page = _decode(data, _WIDER.get(charset, charset))
    if page is None:
        reading.reject(file, 1, f"not text in {charset}, which the page declares or which holds by default")
        return
    try:
        tree = trafilatura.load_html(page)
        if tree is None:
            reading.reject(file, 1, "not HTML")
            return
        stated = _sidecar(reading, file, sidecar).or_else(_head(tree))
        if stated.published_at is None:
            stated = _with_page_date(reading, file, tree, stated)
        found = trafilatura.bare_extraction(tree, include_comments=False)
    # the parsers do not say what a broken page makes them raise; these have been seen in them or in what they call
    except (LxmlError, ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError) as error:
        reading.reject(file, 1, f"the page cannot be read: {error}"[:300])
        return
    text = (found.text or "") if found is not None and not isinstance(found, dict) else ""
    if stated.title is not None and text.startswith(stated.title + "\n"):
        text = text[len(stated.title) :].lstrip()
    reading.add(file, 1, text, stated)


def _head(tree: HtmlElement) -> Meta:
    """Return what a page states of itself, without its date. The outlet is else the host of its address."""
    url = _first(tree, "//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
    host = _HOST.match(url) if url is not None else None
    return Meta(
        url=url if host is not None else None,
        outlet=_first(tree, "//meta[@property='og:site_name']/@content") or (host[1].lower() if host is not None else None),
        language=language_of(_first(tree, "/html/@lang") or ""),
        title=_first(tree, "//meta[@property='og:title']/@content", "//h1[count(//h1) = 1]", "//title"),
    )


def _first(tree: HtmlElement, *xpaths: str) -> str | None:
    """Return the text of the first thing that the paths find and that has any."""
    for xpath in xpaths:
        for found in tree.xpath(xpath):
            text = " ".join((found if isinstance(found, str) else found.text_content()).split())
            if text:
                return text
    return None


def _with_page_date(reading: Reading, file: str, tree: HtmlElement, meta: Meta) -> Meta:
    """Add the date that the page states for machines. Dates in its text, its address or its files are not searched."""
    for value in _page_dates(tree):
        moment = stated_time(value)
        if moment is None:
            reading.note(file, 1, "published", value, "the page's date is not an ISO date or time")
        else:
            meta.published_at, meta.published_precision = moment
            break
    return meta


def _page_dates(tree: HtmlElement) -> Iterator[str]:
    for xpath in _DATE_XPATHS[:1]:
        yield from map(str, tree.xpath(xpath))
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            yield from _ld_dates(json.loads(str(script)))
        except (ValueError, RecursionError):
            continue
    for xpath in _DATE_XPATHS[1:]:
        yield from map(str, tree.xpath(xpath))


def _ld_dates(node: object) -> Iterator[str]:
    """Give the ``datePublished`` of the top objects of a JSON-LD block (a list, or ``@graph``); not of what they refer to."""
    for one in node if isinstance(node, list) else [node]:
        if isinstance(one, dict):
            if isinstance(one.get("datePublished"), str):
                yield one["datePublished"]
            if isinstance(one.get("@graph"), list):
                yield from _ld_dates([n for n in one["@graph"] if isinstance(n, dict) and "@graph" not in n])


# --- fold ---------------------------------------------------------------------------------------------------------------


def fold(history: History, snapshots: Iterable[StagedSnapshot], source: str = SOURCE, own_actors: Path | None = None) -> Folded:
    """Add new articles and the actors that they name.

    The first snapshot that holds an article counts. An article without a date stays open: a later snapshot that brings
    the same text with its date replaces it, and its mentions are found again with the tenures of that day; its cluster stays.
    All others are closed at once. Whether an article is known, and of what it is a copy, is asked of three columns of history
    (some 100 characters an article), never of its text.

    Args:
        history: what earlier folds left.
        snapshots: accepted snapshots of ``stage`` in order of retrieval.
        source: source id.
        own_actors: folder of actors that the user added.

    Returns:
        ``articles`` and ``mentions``, the undated ones open.
    """
    seen = pl.concat(
        [
            pl.DataFrame(schema={**STAGED, "snapshot_id": pl.String, "retrieved_at": pl.Datetime("us")}),
            *(
                s.frames["articles"].with_columns(
                    pl.lit(s.snapshot_id).alias("snapshot_id"), pl.lit(s.retrieved_at, pl.Datetime("us")).alias("retrieved_at")
                )
                for s in snapshots
            ),
        ]
    )
    # a stable sort: dated before undated, and the first to come first among each
    first = seen.sort(pl.col("published_at").is_null(), maintain_order=True).unique(
        "article_id", keep="first", maintain_order=True
    )
    held = (
        history.all("articles")
        .select("article_id", "cluster_id", "buckets", pl.col("published_at").is_null().alias("is_undated"))
        .collect()
    )
    known = held.join(first.select("article_id"), on="article_id", how="semi").select("article_id", "is_undated")
    is_dated = pl.col("published_at").is_not_null()
    new = first.join(known, on="article_id", how="left", maintain_order="left").filter(
        pl.col("is_undated").is_null() | (pl.col("is_undated") & is_dated)
    )
    # in the order in which they came, so that it does not matter in how many folds they came
    came = (
        seen.unique("article_id", keep="first", maintain_order=True)
        .join(held, on="article_id", how="anti", maintain_order="left")
        .select("article_id", pl.coalesce("text", "title").alias("words"))
    )
    placed = pl.concat([clusters.clustered(came, held), held.select("article_id", "cluster_id", "buckets")])
    articles = articles_of(new.join(placed, on="article_id", how="left", maintain_order="left"), source)
    found = mentions_in(articles, own_actors)
    dated = articles.filter(is_dated).select("article_id")

    def still_open(table: str, fresh: pl.DataFrame) -> pl.DataFrame:
        return pl.concat([history.open(table), fresh]).join(dated, on="article_id", how="anti", maintain_order="left")

    return Folded(
        open={"articles": still_open("articles", articles), "mentions": still_open("mentions", found)},
        closed={
            "articles": articles.filter(is_dated),
            "mentions": found.join(dated, on="article_id", how="semi", maintain_order="left"),
        },
    )


def articles_of(rows: pl.DataFrame, source: str = SOURCE) -> pl.DataFrame:
    """Turn staged articles into rows of ``core.articles``.

    Args:
        rows: ``STAGED`` with ``snapshot_id``, ``retrieved_at``, ``cluster_id`` and ``buckets``.
        source: source id.
    """
    day = pl.col("published_at").dt.date()
    is_day = pl.col("published_precision") == "day"
    of_day = known_of_day(day, pl.col("retrieved_at"))
    known_at = pl.when(is_day).then(of_day).otherwise("published_at")
    is_seen_first = is_day & (of_day == pl.col("retrieved_at")) & (of_day < last_instants(day))
    return schema.table("core.articles").conform(
        rows.select(
            *(c for c in STAGED if c != "row"),
            "cluster_id",
            "buckets",
            "snapshot_id",
            pl.coalesce(known_at, "retrieved_at").alias("known_from"),
            pl.when(known_at.is_null() | is_seen_first)
            .then(pl.lit("snapshot"))
            .otherwise(pl.lit("published"))
            .alias("known_basis"),
            pl.lit(source).alias("source"),
        )
    )


def mentions_in(articles: pl.DataFrame, own_actors: Path | None = None) -> pl.DataFrame:
    """Find the rows of ``core.mentions`` for rows of ``core.articles``. An undated article is read without a day."""
    days = articles.select("article_id", "title", pl.col("text").fill_null(""), pl.col("published_at").dt.date())
    found = mentions.rows(days.iter_rows(), own_actors=own_actors).join(
        articles.select("article_id", "known_from"), on="article_id", how="left", maintain_order="left"
    )
    return schema.table("core.mentions").conform(found)
