"""Articles from files: text, HTML and JSON; and their fold with mentions."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import Judgement, RowGuard, Staged, StagedInfo, StagedSnapshot
from assets.news.articles import fold, texts
from assets.news.articles import read as articles
from tests import told as tables
from tests.depth import examples
from tests.fuzz import damaged
from tests.news.conftest import folded, folded_any_way, snapshot

PAGE = """<!doctype html><html lang="en-GB"><head><title>China and US talk</title>{head}
<link rel="canonical" href="https://news.example.org/x"><meta property="og:site_name" content="Example News"></head><body>
<nav><a href="/">Home</a></nav><article><h1>China and US talk</h1><p>Officials of China and the US met on Friday, 3 March 2017.
They spoke about fentanyl for two hours.</p><p>More talks will follow in January, both sides said.</p></article></body></html>"""
Files = dict[str, str | bytes]


def stage(files: Files) -> Staged:
    found = articles.stage({name: data.encode() if isinstance(data, str) else data for name, data in files.items()})
    assert found.n_read == found.frames["articles"].height + found.rejects.filter(pl.col("column").is_null()).height
    return found


def told(files: Files, columns: str) -> str:
    """These columns of articles, of which nothing was rejected."""
    found = stage(files)
    assert found.rejects.is_empty(), found.rejects
    return tables.told(found.frames["articles"], columns)


def at(day: int, files: Files) -> StagedSnapshot:
    return snapshot(stage(files), str(day), datetime(2024, 1, day, 8))


def test_the_first_line_is_the_title_if_it_is_no_sentence_and_boilerplate_is_not_news() -> None:
    assert told({"a.txt": "China acts\n\nBeijing said so.\nIt did.\n"}, "title text") == "China acts|Beijing said so.\nIt did."
    for text in ("China acts.\n\nIt did.", "China acts\nIt did.\n\nMore.", "China acts", "“It acts.”\n\nIt did."):
        assert told({"a.txt": text}, "title text") == f"-|{text}"
    text = (
        "First.\n\n02:23\n\nUS charges makers of fentanyl\n\nUS charges makers of fentanyl\n\nSecond.\n\nAt 02:23 he left.\n\n"
        "No!\nNo!\n\nUS charges makers of fentanyl\n\nRelated posts\n\nLeave a Comment\n"
    )
    kept = "First.\n\nUS charges makers of fentanyl\n\nSecond.\n\nAt 02:23 he left.\n\nNo!\nNo!\n\nUS charges makers of fentanyl"
    assert told({"a.txt": text}, "text") == kept
    text = "T\n\nB é"
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"), text.replace("\n", "\r\n").encode()):
        assert told({"a.txt": data}, "title text") == "T|B é"


@given(st.text(st.sampled_from("ab .\n\r\t\u2028"), max_size=80))
def test_text_without_boilerplate_is_not_touched(text: str) -> None:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(set(lines)) == len(lines):
        assert texts.without_boilerplate(text) == text


@pytest.mark.trap("articles", "no-date")
def test_published_is_exact_to_what_is_stated_and_never_guessed() -> None:
    dated = "published_at published_precision"
    text = "Title\n\nIn August last year, on November 15, it began. Published 2023-12-22."
    assert told({"2023-12-22.txt": text}, dated) == "-|unknown"
    for published, stated in (
        ("2023-12-22", "2023-12-22T00:00|day"),
        ("2023-12-22T08:30+08:00", "2023-12-22T00:30|minute"),
        ("2023-12-22T08:30:15+08:00", "2023-12-22T00:30:15|second"),
        ("2023-12-22 08:30:15Z", "2023-12-22T08:30:15|second"),
        ("2023-12-22T08:30:15.123456789Z", "2023-12-22T08:30:15.123456|second"),
        ("2023-12-22T23:30:00", "2023-12-22T00:00|day"),
        (None, "-|unknown"),
        ("", "-|unknown"),
    ):
        assert told({"a.json": json.dumps({"text": "x", "published": published})}, dated) == stated
    bad = ["yesterday", "2023-13-40", "22/12/2023", 20231222, "0001-01-01T00:00:00+23:00", "2023-12-22T25:00:00Z"]
    found = stage({"a.json": json.dumps([{"text": str(n), "published": at} for n, at in enumerate(bad)])})
    assert tables.told(found.frames["articles"], dated) == " / ".join(["-|unknown"] * len(bad))
    rejected = found.rejects.select("row", "column", "value").rows()
    assert rejected == [(n, "published", str(at)) for n, at in enumerate(bad, start=1)]


def test_a_sidecar_states_what_the_text_does_not_and_json_holds_one_article_or_many() -> None:
    meta = {"outlet": "SCMP", "url": "https://example.org/1", "title": "Given", "language": "zh-CN", "published": "2023-12-22"}
    stated = told(
        {"a.txt": "Own title\n\nBody.", "a.txt.meta.json": json.dumps(meta)}, "title text language published_at outlet url"
    )
    assert stated == "Given|Own title\n\nBody.|zh|2023-12-22T00:00|SCMP|https://example.org/1"
    found = stage({"a.txt": "Body.", "a.txt.meta.json": "{", "b.meta.json": "{}"})
    assert found.frames["articles"]["text"].to_list() == ["Body."]
    assert sorted(tables.told(found.rejects, "file column value").split(" / ")) == ["a.txt.meta.json|meta|{", "b.meta.json|-|-"]
    many: Files = {
        "a.json": '{"text": "one"}',
        "b.json": '[{"text": "two"}, {"text": "three", "title": " A  b\\n"}]',
        "c.jsonl": '{"text": "four"}\n\n{"text": "five"}',
    }
    assert told(many, "file row text title") == (
        "a.json|1|one|- / b.json|1|two|- / b.json|2|three|A b / c.jsonl|1|four|- / c.jsonl|3|five|-"
    )
    assert told({"a.jsonl": '{"text": "First."}\n{"text": "Second."}\n'.encode("utf-16")}, "text") == "First. / Second."


NO_ARTICLES: dict[str, list[str | bytes]] = {
    "a.json": ["{", "3", "[" * 100_000, '{"title": "no text"}', '{"text": 3}', '{"text": " "}', "[3]", b"\xff\xfe\xfa"],
    "a.jsonl": ["not json"],
    "a.txt": [b"\xff\xfa\xe9", b"PK\x00\x01", "", "02:23\n"],
    "a.html": ["   ", b"<meta charset=koi-9><p>\xff", b"<p>\xff no charset"],
    "a.pdf": ["x"],
    "README.md": ["x"],
}


def test_what_is_no_article_is_a_reject_and_the_others_are_kept() -> None:
    for file, data in ((file, data) for file, contents in NO_ARTICLES.items() for data in contents):
        found = stage({file: data, "good.txt": "Body."})
        assert found.frames["articles"]["file"].to_list() == ["good.txt"]
        assert tables.told(found.rejects, "file column") == f"{file}|-"
    found = stage({"a.csv": "title\nMünchen\n".encode("latin-1")})
    assert found.rejects["reason"].to_list() == ["no table of headlines: not text in UTF-8 (or UTF-16 with its mark)"]
    # half a surrogate pair does not lose the article
    assert told({"a.json": '{"text": "a \\ud83d b \\ud83d\\ude42 \\u0000"}'}, "text") == "a \ufffd b \U0001f642 \ufffd"


def test_a_page_gives_its_text_what_its_head_states_and_its_date_which_is_never_guessed() -> None:
    article = stage({"a.html": PAGE.format(head="")}).frames["articles"].row(0, named=True)
    assert [article[c] for c in ("title", "url", "outlet", "language")] == [
        "China and US talk", "https://news.example.org/x", "Example News", "en",
    ]  # fmt: skip
    assert article["text"].startswith("Officials of China")
    assert article["text"].endswith("both sides said.")
    ld = '<script type="application/ld+json">{}</script>'
    for head, published in (
        ('<meta property="article:published_time" content="2023-12-22T10:00:00+08:00">', "2023-12-22T02:00|second"),
        (ld.format('{"@graph": [{"@type": "NewsArticle", "datePublished": "2023-12-22"}]}'), "2023-12-22T00:00|day"),
        ('<meta itemprop="datePublished" content="2023-12-22">', "2023-12-22T00:00|day"),
        ('<meta name="pubdate" content="2023-12-22">', "2023-12-22T00:00|day"),
        ("", "-|unknown"),
        ('<meta property="article:modified_time" content="2024-01-01">', "-|unknown"),
        (ld.format('{"@type": "WebPage", "mentions": {"datePublished": "1999-01-01"}}'), "-|unknown"),
        (ld.format('{"datePublished": '), "-|unknown"),
    ):
        assert told({"2023-12-22.html": PAGE.format(head=head)}, "published_at published_precision") == published
    # in its declared charset
    text = "中国商务部星期五宣布对美国企业采取反制措施，并表示将继续维护国家利益。" * 3
    page = f'<html><head><meta charset="gb2312"><title>公告</title></head><body><article><p>{text}</p></article></body></html>'
    assert told({"a.htm": page.encode("gb18030")}, "title text") == f"公告|{text}"


@pytest.mark.trap("articles", "copies")
def test_two_versions_of_a_text_are_two_articles_and_copies_share_a_cluster() -> None:
    files: Files = {"a.txt": "China acts now.", "b.txt": "CHINA  acts\nnow.", "c.txt": "China acted."}
    rows = folded(fold.fold, [at(1, files)]).rows("articles").sort("file")
    first, copy, other = rows["cluster_id"]
    assert (rows["article_id"].n_unique(), first == copy, first == other) == (3, True, False)
    # an address and not the name of the file makes the identity
    ids = {told({name: '{"text": "x", "url": "https://example.org/1"}'}, "article_id") for name in ("a.json", "b.json")}
    assert len(ids) == 1


def judged(files: Files, baseline: StagedInfo | None = None) -> Judgement:
    found = stage(files)
    info = StagedInfo("x", datetime(2024, 1, 1), found.n_read, found.rejects.height, found.facts)
    return articles.judge(info, baseline, RowGuard())


def test_only_a_batch_without_any_article_is_refused_and_a_column_that_looks_like_a_date_and_is_not_read_is_named() -> None:
    big = StagedInfo("w", datetime(2023, 1, 1), 10_000, 0, {"n_articles": 10_000})
    batches: list[Files] = [{"a.txt": "Body.", "b.pdf": "", "c.pdf": ""}, {"a.pdf": ""}, {}]
    assert [bool(judged(files, big).refusals) for files in batches] == [False, True, True]
    for name, text, column in (
        ("a.csv", "title,published_on\nTalks resume,2023-11-16\n", "published_on"),
        ("a.csv", "headline,when\nTalks resume,16 November 2023\nTalks end,17 November 2023\n", "when"),
        ("a.csv", "title,date,captured\nTalks resume,2023-11-16,2024-01-01\n", None),
        ("a.csv", "title,section\nTalks resume,World\n", None),
        ("a.jsonl", '{"text": "Talks resume.", "published_on": "2023-11-16"}\n', "published_on"),
        ("a.json", '{"text": "Talks resume.", "published": "2023-11-16", "captured_at": "2024-01-01"}', None),
    ):
        warnings = judged({name: text}).warnings
        assert len(warnings) == bool(column)
        assert all(said.startswith(f"{column} in {name} looks like a date and is no column that is read") for said in warnings)


def test_an_article_is_known_from_its_publication_or_the_first_snapshot_that_holds_it_however_it_is_folded() -> None:
    files: Files = {"a.txt": "Taiwan votes.", "b.json": '{"text": "Dated.", "published": "2023-12-22"}'}
    memory = folded(fold.fold, [at(3, files)], [at(4, files)])
    known = tables.told(memory.rows("articles").sort("text"), "text snapshot_id known_from known_basis")
    assert known == "Dated.|3|2023-12-22T23:59:59|published / Taiwan votes.|3|2024-01-03T08:00|snapshot"
    assert memory.told("mentions", "surface actor_id known_from") == "Taiwan|TWN|2024-01-03T08:00"
    # a date that comes later completes the article and its mentions
    dated = '{"published": "2023-12-22"}'
    snapshots = [
        at(1, {"a.txt": "Taiwan votes.", "b.txt": "China acts."}),
        at(2, {"a.txt": "Taiwan votes.", "a.txt.meta.json": dated, "c.txt": "Mexico.", "c.txt.meta.json": dated}),
        at(3, {"a.txt": "Taiwan votes.", "c.txt": "Mexico.", "d.txt": "Taiwan votes."}),
        at(4, {"d.txt": "Taiwan votes.", "d.txt.meta.json": dated}),
    ]
    memory = folded_any_way(fold.fold, snapshots, "articles", "mentions")
    assert memory.rows("articles")["article_id"].is_unique().all()
    assert "2023-12-22T00:00|2023-12-22T23:59:59" in memory.told("articles", "published_at known_from")
    assert "Taiwan|2023-12-22T23:59:59" in memory.told("mentions", "surface known_from")


NAMES = st.sampled_from(["a.txt", "a.txt.meta.json", "a.html", "a.json", "a.jsonl", "b.txt", "c.bin"])
VALID = [
    b"Title\n\nBody.",
    PAGE.encode(),
    b'<?xml version="1.0" encoding="latin-1"?><html><body><p>x</p></body></html>',
    b'{"text": "x", "published": "2023-12-22", "url": 3, "language": "english"}',
    b'[{"text": "x"}, null, {"text": "y", "id": "1"}]',
]


@given(st.dictionaries(NAMES, st.binary(max_size=60) | damaged(*VALID), max_size=4))
@examples(120)
def test_whatever_the_bytes_articles_and_rejects_add_up(files: dict[str, Any]) -> None:
    assert stage(files).rejects["reason"].null_count() == 0


@pytest.mark.real_data
def test_the_seed_article_has_its_title_no_date_and_no_boilerplate(real_data: Path) -> None:
    data = (real_data / "news/articles/000_466c3d37c6bb4997.txt").read_bytes()
    title = "China cracks down on fentanyl as drug control talks with US restart after Xi-Biden summit"
    assert told({"a.txt": data}, "title published_at published_precision") == f"{title}|-|unknown"
    lines = told({"a.txt": data}, "text").splitlines()
    assert not {"02:23", "Related posts", "Leave a Comment"} & set(lines)
    assert sum(line.startswith("US charges Chinese manufacturers") for line in lines) == 1
