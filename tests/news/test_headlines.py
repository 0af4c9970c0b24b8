"""Tables of headlines among the articles, and feeds, whose they are and whose texts are kept."""

import gzip
import tarfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl
import pytest

from assets.contracts import Staged
from assets.news.articles import addresses, feed_articles, fold
from assets.news.articles import read as articles
from pipelines.ingest.fetch.feeds import own_table, read_feeds
from pipelines.ingest.sources import load_sources
from tests.news.conftest import folded, folded_any_way, snapshot
from tests.told import told

CSV = """outlet,section,captured,published,title
CGTN,CHINA,2022-Apr-18 00:03:12,"23:59, 14-Apr-2022","Beijing says talks ""useful"", more to come"
My Gazette,WORLD,2022-Apr-18 00:03:12,2022-04-14 23:59,Washington reacts
CGTN,CHINA,2022-Apr-18 00:03:12,soon,Undated
CGTN,CHINA,2022-Apr-18 00:03:12,2022-04-14,
"""

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Example News</title><language>en-us</language>
<item><title>Beijing &amp; Washington talk</title><link>https://www.example.org/a?utm_source=rss</link><guid>1</guid>
<pubDate>Fri, 22 Dec 2023 08:30:00 +0800</pubDate><description>What was said.</description></item>
<item><title>Undated</title><link>https://m.scmp.com/b</link></item>
<item><description>no title</description></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Register</title><entry><title>A rule</title>
<link href="https://www.federalregister.gov/d/1"/><updated>2023-11-17T00:00:00Z</updated>
<published>2023-11-16T13:45:00Z</published></entry></feed>"""

PAGE = (
    "<html><body><article><h1>Talk</h1><p>Officials of China and the US met on Friday for two hours.</p></article></body></html>"
)


CARRIED = """<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0"><channel><title>T</title><item>
  <title>Talks resume</title><link>https://www.example.org/a</link><description>In short.</description><content:encoded><![CDATA[
  <h1>Talks resume</h1><p>The two <b>sides</b> met.</p><script>x()</script><ul><li>One</li><li>Two</li></ul>]]></content:encoded>
  </item></channel></rss>"""


def item(link: str = "https://www.example.org/a", day: str = "Thu, 16 Nov 2023 10:00:00 GMT") -> bytes:
    entry = f"<item><title>Talks resume</title><link>{link}</link><pubDate>{day}</pubDate></item>"
    return f'<rss version="2.0"><channel><title>T</title>{entry}</channel></rss>'.encode()


def stage(files: Mapping[str, str | bytes]) -> Staged:
    return feed_articles.stage({file: data.encode() if isinstance(data, str) else data for file, data in files.items()})


def test_a_headline_is_an_article_without_text_dated_as_its_outlet_writes_it_and_its_actors_are_found() -> None:
    found = articles.stage({"headlines.csv": CSV.encode()})
    columns = "row outlet outlet_country title published_at published_precision text"
    assert told(found.frames["articles"], columns) == (
        '1|CGTN|CHN|Beijing says talks "useful", more to come|2022-04-14T15:59|minute|- / '
        "2|My Gazette|-|Washington reacts|2022-04-14T00:00|day|- / 3|CGTN|CHN|Undated|-|unknown|-"
    )
    assert told(found.rejects, "row column reason") == (
        "3|published|not a time of a form that is known: date unknown / 4|-|the row has no headline"
    )
    assert (found.n_read, found.n_rejected) == (4, 1)
    # the same headline in two files is one article
    history = folded(fold.fold, [snapshot(articles.stage({"a.csv": CSV.encode(), "b.csv": CSV.encode()}))])
    assert history.rows("articles").height == 3
    assert sorted(history.told("mentions", "actor_id sentence").split(" / ")) == ["CHN|0", "USA|0"]


def test_other_separators_and_names_of_columns_are_read_and_a_table_without_headlines_is_a_reject() -> None:
    for separator in (";", "\t"):
        text = "Date|Headline|Link\n2022-04-14|X acts|https://bbc.com/x".replace("|", separator)
        rows = articles.stage({"a.tsv": text.encode()}).frames["articles"]
        assert told(rows, "title outlet published_precision") == "X acts|BBC|day"
    for data in ("a,b\n1,2\n", "", "just text", "\0"):
        found = articles.stage({"a.csv": data.encode()})
        assert (found.frames["articles"].height, found.rejects["reason"][0][:22]) == (0, "no table of headlines:")


@pytest.mark.real_data
def test_the_real_headlines_are_read_and_dated(real_data: Path) -> None:
    data = gzip.decompress((real_data / "news/headlines/headlines_until_2022-06.csv.gz").read_bytes())
    found = articles.stage({"headlines.csv": data})
    rows = found.frames["articles"]
    assert (found.n_read, found.n_rejected, rows.height, rows["published_at"].null_count()) == (23868, 424, 23444, 0)
    assert dict(rows["published_precision"].value_counts().iter_rows()) == {"second": 39 + 7331, "minute": 9165 + 2908 + 4001}


def test_an_entry_of_a_feed_is_an_article_without_its_summary_and_a_time_of_updating_no_time_of_publication() -> None:
    found = stage({"example.xml": RSS})
    columns = "url_canonical outlet outlet_country language title published_at published_precision text"
    assert told(found.frames["articles"], columns) == (
        "https://example.org/a|Example News|-|en|Beijing & Washington talk|2023-12-22T00:30|second|- / "
        "https://scmp.com/b|South China Morning Post|HKG|en|Undated|-|unknown|-"
    )
    assert found.rejects["reason"].to_list() == ["the article has no text"]
    for text, published in ((ATOM, "2023-11-16T13:45"), (ATOM.replace("published", "created_x"), "-")):
        assert told(stage({"r.xml": text}).frames["articles"], "published_at outlet") == f"{published}|Federal Register"


def test_what_is_no_feed_or_holds_no_time_or_address_is_a_reject_in_words_and_the_others_are_read(tmp_path: Path) -> None:
    # bytes that are a path do not make that file be read
    (tmp_path / "inner.xml").write_bytes(item())
    inner = b"<item><title>B</title><link>https://www.example.org/c</link><31/02/2023>B</title></item>"
    broken = item().replace(b"</link>", inner + b"</link>", 1)
    no_feed = "not a feed (RSS, Atom or RDF)"
    for data, reason in (
        (b"", no_feed),
        (b"<html><body>not found</body></html>", no_feed),
        (b"\xff\xfe\x00", no_feed),
        (b"{}", no_feed),
        (str(tmp_path / "inner.xml").encode(), no_feed),
        (broken, "the feed is damaged in a way that the reader of feeds does not get over (KeyError: 'links')"),
    ):
        found = stage({"press.xml": data, "other.xml": item()})
        assert told(found.frames["articles"], "url_canonical") == "https://example.org/a"
        assert told(found.rejects, "file reason") == f"press.xml|{reason}"
    for day in ("0000-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", f"Thu, 16 Nov {10**20}"):
        found = stage({"press.xml": item(day=day)})
        assert (told(found.frames["articles"], "published_at"), told(found.rejects, "column")) == ("-", "published")
    found = stage({"press.xml": item("http://[bad"), "other.xml": item()})
    assert told(found.frames["articles"], "url_canonical") == "https://example.org/a / -"


def test_the_text_of_a_page_takes_the_place_of_its_entry_and_an_entry_shown_again_brings_nothing_new() -> None:
    meta = '{"url": "https://example.org/a", "published": "2023-12-22"}'
    first = stage({"example.xml": RSS, "p.html": PAGE, "p.html.meta.json": meta})
    assert first.frames["articles"].select("url_canonical", pl.col("text").is_not_null()).rows() == [
        ("https://example.org/a", True),
        ("https://scmp.com/b", False),
    ]
    snapshots = [snapshot(s, n, datetime(2024, 1, int(n))) for n, s in (("1", first), ("2", stage({"example.xml": RSS})))]
    assert folded_any_way(feed_articles.fold, snapshots, "articles").told("articles", "source") == "feeds / feeds"


def test_the_text_that_a_feed_carries_is_kept_as_it_came_first_where_text_may_be_kept() -> None:
    text = "The two sides met.\nOne\nTwo"
    for name, keeps, kept in (
        ("press", None, "-"), ("press", "true", text), ("state-press-releases", None, text),
        ("state-press-releases", "false", "-"), ("scmp-china", None, "-"),
    ):  # fmt: skip
        meta = {} if keeps is None else {f"{name}.xml.meta.json": f'{{"keep_text": {keeps}}}'}
        found = stage({f"{name}.xml": CARRIED} | meta)
        assert (found.n_read, told(found.frames["articles"], "title text")) == (1, f"Talks resume|{kept}")
        assert found.rejects.is_empty()
    # a text that the feed edits while it shows the entry is no second article
    versions = [stage({"state-press-releases.xml": data}) for data in (CARRIED, CARRIED.replace("sides", "parties"))]
    history = folded(feed_articles.fold, *([snapshot(s, str(n), datetime(2026, 3, 1, n))] for n, s in enumerate(versions)))
    assert history.told("articles", "text") == text


@pytest.mark.real_data
def test_the_releases_of_the_state_department_s_feed_have_their_texts(real_data: Path) -> None:
    with tarfile.open(real_data / "more" / "feeds" / "state_press_releases_rss_2021-05_2022-03.tar.xz") as archive:
        captures = [archive.extractfile(member) for member in archive.getmembers() if member.name.endswith(".xml")][:20]
        pages = [capture.read() for capture in captures if capture is not None]
    entries = pl.concat(stage({"state-press-releases.xml": page}).frames["articles"] for page in pages)
    assert (len(pages), entries["text"].null_count()) == (20, 0)
    assert entries.filter(pl.col("text").str.len_chars() > 500).height > 0.8 * entries.height


def test_the_projects_feeds_are_of_outlets_of_known_states_and_text_is_kept_of_the_federal_government_alone() -> None:
    feeds = read_feeds(own_table(load_sources()["feeds"]))
    outlets = {feed.outlet: addresses.outlet_of(feed.outlet, feed.url) for feed in feeds}
    assert {name for name, known in outlets.items() if known is None or known.country_id is None} == {"UN News"}
    assert len({feed.url for feed in feeds}) == len(feeds)
    kept = [urlsplit(feed.url).hostname or "" for feed in feeds if feed.keep_text]
    assert kept
    assert [host for host in kept if not host.endswith(".gov")] == []
