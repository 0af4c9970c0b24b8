"""Articles from files: text, HTML and JSON; and their fold with mentions."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.contracts import Judgement, RowGuard, StagedInfo, StagedSnapshot
from assets.news.articles import fold, texts
from assets.news.articles import read as articles
from tests.depth import examples
from tests.fuzz import damaged
from tests.told import told

PAGE = """<!doctype html><html lang="en-GB"><head><title>China and US talk</title>{head}
<link rel="canonical" href="https://news.example.org/x"><meta property="og:site_name" content="Example News"></head><body>
<nav><a href="/">Home</a></nav><article><h1>China and US talk</h1><p>Officials of China and the US met on Friday, 3 March 2017.
They spoke about fentanyl for two hours.</p><p>More talks will follow in January, both sides said.</p></article></body></html>"""


def read(files: dict[str, str | bytes]) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    found = articles.stage({name: data.encode() if isinstance(data, str) else data for name, data in files.items()})
    whole_rows = found.rejects.filter(pl.col("column").is_null()).height
    assert found.n_read == found.frames["articles"].height + whole_rows
    return found.frames["articles"].to_dicts(), found.rejects.select("file", "row", "column", "value").rows()


def one(files: dict[str, str | bytes]) -> dict[str, Any]:
    rows, rejects = read(files)
    assert rejects == []
    assert len(rows) == 1
    return rows[0]


def snapshot(name: str, files: dict[str, str]) -> StagedSnapshot:
    found = articles.stage({file: data.encode() for file, data in files.items()})
    return StagedSnapshot(name, datetime(2024, 1, int(name), 8), True, found.facts, found.frames)


def test_the_first_line_is_the_title_if_it_is_no_sentence_and_an_empty_line_follows() -> None:
    article = one({"a.txt": "China acts\n\nBeijing said so.\nIt did.\n"})
    assert (article["title"], article["text"]) == ("China acts", "Beijing said so.\nIt did.")
    for text in ("China acts.\n\nIt did.", "China acts\nIt did.\n\nMore.", "China acts", "“It acts.”\n\nIt did."):
        article = one({"a.txt": text})
        assert (article["title"], article["text"]) == (None, text)


def test_boilerplate_is_not_news_and_nothing_else_is_lost() -> None:
    text = (
        "First.\n\n02:23\n\nUS charges makers of fentanyl\n\nUS charges makers of fentanyl\n\nSecond.\n\nAt 02:23 he left.\n\n"
        "No!\nNo!\n\nUS charges makers of fentanyl\n\nRelated posts\n\nLeave a Comment\n"
    )
    kept = "First.\n\nUS charges makers of fentanyl\n\nSecond.\n\nAt 02:23 he left.\n\nNo!\nNo!\n\nUS charges makers of fentanyl"
    assert one({"a.txt": text})["text"] == kept


@given(st.text(st.sampled_from("ab .\n\r\t\u2028"), max_size=80))
def test_text_without_boilerplate_is_not_touched(text: str) -> None:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(set(lines)) == len(lines):
        assert texts.without_boilerplate(text) == text


def test_text_is_read_in_utf8_or_with_its_mark() -> None:
    text = "T\n\nB é"
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16"), text.replace("\n", "\r\n").encode()):
        article = one({"a.txt": data})
        assert (article["title"], article["text"]) == ("T", "B é")


@pytest.mark.trap("articles", "no-date")
def test_published_is_exact_to_what_is_stated_and_never_guessed() -> None:
    article = one({"2023-12-22.txt": "Title\n\nIn August last year, on November 15, it began. Published 2023-12-22."})
    assert (article["published_at"], article["published_precision"]) == (None, "unknown")
    for published, stated in (
        ("2023-12-22", "2023-12-22 00:00:00 day"),
        ("2023-12-22T08:30+08:00", "2023-12-22 00:30:00 minute"),
        ("2023-12-22T08:30:15+08:00", "2023-12-22 00:30:15 second"),
        ("2023-12-22 08:30:15Z", "2023-12-22 08:30:15 second"),
        ("2023-12-22T08:30:15.123456789Z", "2023-12-22 08:30:15.123456 second"),
        ("2023-12-22T23:30:00", "2023-12-22 00:00:00 day"),
        (None, "None unknown"),
        ("", "None unknown"),
    ):
        article = one({"a.json": json.dumps({"text": "x", "published": published})})
        assert f"{article['published_at']} {article['published_precision']}" == stated
    bad = ["yesterday", "2023-13-40", "22/12/2023", 20231222, "0001-01-01T00:00:00+23:00", "2023-12-22T25:00:00Z"]
    rows, rejects = read({"a.json": json.dumps([{"text": str(n), "published": at} for n, at in enumerate(bad)])})
    assert {(r["published_at"], r["published_precision"]) for r in rows} == {(None, "unknown")}
    assert rejects == [("a.json", n, "published", str(at)) for n, at in enumerate(bad, start=1)]


def test_a_sidecar_states_what_the_text_does_not_and_a_broken_one_loses_no_article() -> None:
    meta = {"outlet": "SCMP", "url": "https://example.org/1", "title": "Given", "language": "zh-CN", "published": "2023-12-22"}
    article = one({"a.txt": "Own title\n\nBody.", "a.txt.meta.json": json.dumps(meta)})
    stated = {"language": "zh", "text": "Own title\n\nBody.", "published_at": datetime(2023, 12, 22), "title": "Given"}
    assert {k: article[k] for k in (*stated, "outlet", "url")} == stated | {k: meta[k] for k in ("outlet", "url")}
    rows, rejects = read({"a.txt": "Body.", "a.txt.meta.json": "{", "b.meta.json": "{}"})
    assert [r["text"] for r in rows] == ["Body."]
    assert sorted(rejects) == [("a.txt.meta.json", None, "meta", "{"), ("b.meta.json", None, None, None)]


def test_json_holds_one_article_or_many() -> None:
    rows, _ = read({
        "a.json": '{"text": "one"}',
        "b.json": '[{"text": "two"}, {"text": "three", "title": " A  b\\n"}]',
        "c.jsonl": '{"text": "four"}\n\n{"text": "five"}',
    })  # fmt: skip
    assert [(r["file"], r["row"], r["text"], r["title"]) for r in rows] == [
        ("a.json", 1, "one", None), ("b.json", 1, "two", None), ("b.json", 2, "three", "A b"),
        ("c.jsonl", 1, "four", None), ("c.jsonl", 3, "five", None),
    ]  # fmt: skip
    text = '{"text": "First."}\n{"text": "Second."}\n'
    assert [r["text"] for r in read({"a.jsonl": text.encode("utf-16")})[0]] == ["First.", "Second."]


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
        rows, rejects = read({file: data, "good.txt": "Body."})
        assert [r["file"] for r in rows] == ["good.txt"]
        assert [(f, column) for f, _, column, _ in rejects] == [(file, None)]
    found = articles.stage({"a.csv": "title\nMünchen\n".encode("latin-1")})
    assert found.rejects["reason"].to_list() == ["no table of headlines: not text in UTF-8 (or UTF-16 with its mark)"]
    # half a surrogate pair does not lose the article
    assert one({"a.json": '{"text": "a \\ud83d b \\ud83d\\ude42 \\u0000"}'})["text"] == "a \ufffd b \U0001f642 \ufffd"


def test_a_page_gives_its_text_and_what_its_head_states() -> None:
    article = one({"a.html": PAGE.format(head='<meta property="article:published_time" content="2023-12-22T10:00:00+08:00">')})
    assert article["title"] == "China and US talk"
    assert article["text"].startswith("Officials of China")
    assert article["text"].endswith("both sides said.")
    assert (article["url"], article["outlet"], article["language"]) == ("https://news.example.org/x", "Example News", "en")
    assert (article["published_at"], article["published_precision"]) == (datetime(2023, 12, 22, 2), "second")


@pytest.mark.trap("articles", "no-date")
def test_a_page_states_its_date_in_several_ways_and_it_is_never_guessed() -> None:
    for head in (
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "datePublished": "2023-12-22"}]}</script>',
        '<meta itemprop="datePublished" content="2023-12-22">',
        '<meta name="pubdate" content="2023-12-22">',
    ):
        assert one({"a.html": PAGE.format(head=head)})["published_at"] == datetime(2023, 12, 22)
    for head in (
        "",
        '<meta property="article:modified_time" content="2024-01-01">',
        '<script type="application/ld+json">{"@type": "WebPage", "mentions": {"datePublished": "1999-01-01"}}</script>',
        '<script type="application/ld+json">{"datePublished": </script>',
    ):
        article = one({"2023-12-22.html": PAGE.format(head=head)})
        assert (article["published_at"], article["published_precision"]) == (None, "unknown")


def test_a_page_in_a_declared_charset_is_read_in_it() -> None:
    text = "中国商务部星期五宣布对美国企业采取反制措施，并表示将继续维护国家利益。" * 3
    page = f'<html><head><meta charset="gb2312"><title>公告</title></head><body><article><p>{text}</p></article></body></html>'
    article = one({"a.htm": page.encode("gb18030")})
    assert (article["title"], article["text"]) == ("公告", text)


@pytest.mark.trap("articles", "copies")
def test_two_versions_of_a_text_are_two_articles_and_copies_share_a_cluster(fold_in_batches: Any) -> None:
    files = {"a.txt": "China acts now.", "b.txt": "CHINA  acts\nnow.", "c.txt": "China acted."}
    rows = fold_in_batches(fold.fold, [snapshot("1", files)]).all("articles").sort("file").collect().to_dicts()
    assert len({r["article_id"] for r in rows}) == 3
    assert rows[0]["cluster_id"] == rows[1]["cluster_id"] != rows[2]["cluster_id"]
    # an address and not the name of the file makes the identity
    first, second = (one({name: '{"text": "x", "url": "https://example.org/1"}'}) for name in ("a.json", "b.json"))
    assert first["article_id"] == second["article_id"]


def judged(files: dict[str, str], baseline: StagedInfo | None = None) -> Judgement:
    found = articles.stage({name: data.encode() for name, data in files.items()})
    info = StagedInfo("x", datetime(2024, 1, 1), found.n_read, found.rejects.height, found.facts)
    return articles.judge(info, baseline, RowGuard())


def test_only_a_batch_without_any_article_is_refused_and_a_column_that_looks_like_a_date_and_is_not_read_is_named() -> None:
    big = StagedInfo("w", datetime(2023, 1, 1), 10_000, 0, {"n_articles": 10_000})
    batches = [{"a.txt": "Body.", "b.pdf": "", "c.pdf": ""}, {"a.pdf": ""}, {}]
    assert [bool(judged(files, big).refusals) for files in batches] == [False, True, True]
    for name, text, column in (
        ("a.csv", "title,published_on\nTalks resume,2023-11-16\n", "published_on"),
        ("a.csv", "headline,when\nTalks resume,16 November 2023\nTalks end,17 November 2023\n", "when"),
        ("a.csv", "title,date,captured\nTalks resume,2023-11-16,2024-01-01\n", None),
        ("a.csv", "title,section\nTalks resume,World\n", None),
        ("a.jsonl", '{"text": "Talks resume.", "published_on": "2023-11-16"}\n', "published_on"),
        ("a.json", '{"text": "Talks resume.", "published": "2023-11-16", "captured_at": "2024-01-01"}', None),
    ):
        told = judged({name: text}).warnings
        assert [column] * bool(column) == [warning.split(" in ")[0] for warning in told]
        assert all(f"in {name} looks like a date and is no column that is read" in warning for warning in told)


def test_an_article_is_known_from_its_publication_or_from_the_first_snapshot_that_holds_it(fold_in_batches: Any) -> None:
    files = {"a.txt": "Taiwan votes.", "b.json": '{"text": "Dated.", "published": "2023-12-22"}'}
    memory = fold_in_batches(fold.fold, [snapshot("3", files)], [snapshot("4", files)])
    known = memory.all("articles").select("text", "snapshot_id", "known_from", "known_basis").sort("text").collect()
    assert told(known) == "Dated.|3|2023-12-22T23:59:59|published / Taiwan votes.|3|2024-01-03T08:00|snapshot"
    assert told(memory.all("mentions").select("surface", "actor_id", "known_from").collect()) == "Taiwan|TWN|2024-01-03T08:00"


@pytest.mark.parametrize("k", [1, 3])
def test_folding_in_two_steps_gives_what_folding_at_once_gives(fold_in_batches: Callable[..., Any], k: int) -> None:
    dated = '{"published": "2023-12-22"}'
    snapshots = [
        snapshot("1", {"a.txt": "Taiwan votes.", "b.txt": "China acts."}),
        snapshot("2", {"a.txt": "Taiwan votes.", "a.txt.meta.json": dated, "c.txt": "Mexico.", "c.txt.meta.json": dated}),
        snapshot("3", {"a.txt": "Taiwan votes.", "c.txt": "Mexico.", "d.txt": "Taiwan votes."}),
        snapshot("4", {"d.txt": "Taiwan votes.", "d.txt.meta.json": dated}),
    ]
    at_once, split = fold_in_batches(fold.fold, snapshots), fold_in_batches(fold.fold, snapshots[:k], snapshots[k:])
    for table, key in (("articles", ["article_id"]), ("mentions", ["article_id", "char_start"])):
        assert_frame_equal(at_once.all(table).collect().sort(key), split.all(table).collect().sort(key))
        assert_frame_equal(at_once.open(table).sort(key), split.open(table).sort(key))
    assert at_once.all("articles").collect()["article_id"].is_unique().all()
    # a date that comes later completes the article and its mentions
    end = datetime(2023, 12, 22, 23, 59, 59)
    assert (datetime(2023, 12, 22), end) in at_once.all("articles").select("published_at", "known_from").collect().rows()
    assert ("Taiwan", end) in at_once.all("mentions").select("surface", "known_from").collect().rows()


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
def test_whatever_the_bytes_articles_and_rejects_add_up(files: dict[str, bytes]) -> None:
    found = articles.stage(files)
    rejected = found.rejects.filter(pl.col("column").is_null()).height
    assert found.n_read == found.frames["articles"].height + rejected
    assert found.rejects["reason"].null_count() == 0


@pytest.mark.real_data
def test_the_seed_article_has_its_title_no_date_and_no_boilerplate(real_data: Path) -> None:
    article = one({"a.txt": (real_data / "news/articles/000_466c3d37c6bb4997.txt").read_bytes()})
    assert article["title"] == "China cracks down on fentanyl as drug control talks with US restart after Xi-Biden summit"
    assert (article["published_at"], article["published_precision"]) == (None, "unknown")
    lines = article["text"].splitlines()
    assert not {"02:23", "Related posts", "Leave a Comment"} & set(lines)
    assert sum(line.startswith("US charges Chinese manufacturers") for line in lines) == 1
