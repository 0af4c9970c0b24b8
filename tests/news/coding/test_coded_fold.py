"""Folding articles with their events: an event always has its article, copies are reports, undated ones stay open."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from assets import schema
from assets.contracts import Folded, History, StagedSnapshot
from assets.news.coding import fold as coding
from assets.news.coding.interface import Event, Text
from assets.progress import watched_by
from pipelines.cli.bars import Lines
from tests.news.conftest import Memory

AT = datetime(2023, 12, 22)


class OneEventEach:
    """A coder that finds one event in every text, so that the fold alone is tested."""

    name = "test"
    version = "0"

    def code(self, texts: Iterable[Text]) -> Iterator[tuple[Text, list[Event]]]:
        for text in texts:
            if "fails" in text.text:
                raise IndexError("list index out of range")
            yield text, [self.relation(text, "US", "China")]

    def relation(self, text: Text, source: str, target: str) -> Event:  # noqa: ARG002 as the coder
        end = None if text.published is None else date(2023, 12, 23)
        return Event(
            text.published, end, "unknown" if text.published is None else "day", "USA", "USA", None, "CHN", "CHN", None,
            "163", "past", 0.5, None, text.text, 0, len(text.text),
        )  # fmt: skip


def article(name: str, published: datetime | None = AT, **values: Any) -> dict[str, Any]:
    return {
        "article_id": name, "url": f"https://example.org/{name}", "outlet": "Example", "language": None, "title": None,
        "published_at": published, "published_precision": "unknown" if published is None else "day",
        "known_from": AT, "known_basis": "snapshot" if published is None else "published", "cluster_id": name,
        "text": "The US imposed sanctions on China.", "source": "articles", "snapshot_id": "s", "file": "a.txt",
    } | values  # fmt: skip


def articles_fold(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """What a fold of articles does: dated ones are closed, undated ones open until their date comes."""
    rows = pl.concat([schema.table("core.articles").empty(), *(s.frames["articles"] for s in snapshots)])
    dated = rows.filter(pl.col("published_at").is_not_null())
    opened = pl.concat([history.open("articles"), rows.filter(pl.col("published_at").is_null())])
    return Folded(
        open={"articles": opened.join(dated.select("article_id"), on="article_id", how="anti")}, closed={"articles": dated}
    )


def snapshot(*articles: dict[str, Any]) -> StagedSnapshot:
    frame = schema.table("core.articles").conform(pl.DataFrame(articles, infer_schema_length=None).with_columns(
        pl.col("published_at").cast(pl.Datetime("us")), pl.col("language", "title").cast(pl.String)
    ))  # fmt: skip
    return StagedSnapshot("s", AT, True, {}, {"articles": frame})


@pytest.fixture
def run(fold_in_batches: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *batches: fold_in_batches(coding.with_events(articles_fold, "articles", OneEventEach), *batches)


def rows(memory: Memory, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return memory.all(table).select(columns).sort(columns).collect().rows()


def test_an_event_has_its_article_and_copies_of_any_batch_are_reports_of_it(run: Callable[..., Any]) -> None:
    memory = run([snapshot(article("a"), article("b", cluster_id="a"))], [snapshot(article("c", cluster_id="a"))])
    assert rows(memory, "events", "event_id", "article_id", "origin", "coder", "evidence_end", "quad_schrodt") == [
        ("articles:a:1", "a", "articles", "test", 34, 4)
    ]
    assert sorted(rows(memory, "event_reports", "article_id", "event_id", "report_id")) == [
        ("a", "articles:a:1", "https://example.org/a"), ("b", "articles:a:1", "b"), ("c", "articles:a:1", "c"),
    ]  # fmt: skip


def test_a_copy_that_appeared_earlier_reports_the_event_only_since_it_is_known(run: Callable[..., Any]) -> None:
    copy = article("b", datetime(2023, 12, 21), cluster_id="a", known_from=datetime(2023, 12, 21))
    memory = run([snapshot(article("a"))], [snapshot(copy)])
    assert rows(memory, "event_reports", "article_id", "reported_at", "known_from") == [
        ("a", AT, AT),
        ("b", datetime(2023, 12, 21), AT),
    ]


def test_an_undated_article_has_events_of_its_own_of_unknown_date_until_its_date_comes(run: Callable[..., Any]) -> None:
    undated = [snapshot(article("a", None), article("b", cluster_id="a"))]
    assert rows(run(undated), "events", "event_id", "date_precision") == [("articles:a:1", "unknown"), ("articles:b:1", "day")]
    memory = run([snapshot(article("a", None))], [snapshot(article("a"))])
    assert rows(memory, "events", "event_id", "event_date") == [("articles:a:1", date(2023, 12, 22))]
    assert memory.open("events").is_empty()
    assert len(rows(memory, "event_reports", "event_id")) == 1


def test_an_article_in_chinese_is_coded_by_the_lexicon_and_one_in_russian_is_not(run: Callable[..., Any]) -> None:
    russian = snapshot(article("a", language="ru"), article("b", text="МИД Китая осудил санкции США."))
    assert rows(run([russian]), "events", "event_id") == []
    text = "中国外交部发言人周三谴责美国制裁。"
    memory = Memory()
    fold = coding.with_events(articles_fold, "articles")
    folded = fold(memory, [snapshot(article("a", text=text, title=None), article("b", text=text + "完", language="zh"))])
    events = folded.closed["events"]
    assert events.select("article_id", "source_id", "target_id", "cameo_code", "coder").rows() == [
        (article_id, "CHN.MFA", "USA", "111", "bilateral-lexicon-zh") for article_id in ("a", "b")
    ]


def test_an_article_on_which_the_coder_fails_stays_without_events_and_a_reject_says_why() -> None:
    fold = coding.with_events(articles_fold, "articles", OneEventEach)
    assert fold(Memory(), [snapshot(article("a"))]).rejects.is_empty()
    folded = fold(Memory(), [snapshot(article("a"), article("b", text="It fails."), article("c"))])
    assert folded.closed["articles"]["article_id"].to_list() == ["a", "b", "c"]
    assert folded.closed["events"]["article_id"].to_list() == ["a", "c"]
    (reject,) = folded.rejects.iter_rows(named=True)
    assert (reject["snapshot_id"], reject["file"], reject["value"]) == ("s", "a.txt", "It fails.")
    assert "IndexError" in reject["reason"]
    assert reject["reason"].endswith("article b is kept, its events are missing")


def test_folding_at_once_gives_what_folding_in_parts_gives(run: Callable[..., Any]) -> None:
    parts = [snapshot(article("a")), snapshot(article("b", None)), snapshot(article("b"), article("c", cluster_id="a"))]
    at_once, in_parts = run(parts), run(*([p] for p in parts))
    for table in ("events", "event_reports"):
        columns = schema.table(f"core.{table}").polars.names()
        assert rows(at_once, table, *columns) == rows(in_parts, table, *columns)


class DatedAhead(OneEventEach):
    """A coder that dates every event 2023, as the text says."""

    def relation(self, text: Text, source: str, target: str) -> Event:
        event = super().relation(text, source, target)
        return replace(event, event_date=date(2023, 1, 1), event_date_end=date(2024, 1, 1), date_precision="year")


def test_an_event_of_an_undated_headline_is_not_dated_after_it_was_known(fold_in_batches: Callable[..., Any]) -> None:
    headline = "EU gives Croatia final approval to adopt euro currency in 2023"
    fold = coding.with_events(articles_fold, "articles", DatedAhead)
    for known, expected in (
        (datetime(2022, 9, 1), (None, None, "unknown")),
        (datetime(2023, 9, 1), (date(2023, 1, 1), date(2023, 9, 2), "year")),
        (datetime(2024, 9, 1), (date(2023, 1, 1), date(2024, 1, 1), "year")),
    ):
        memory = fold_in_batches(fold, [snapshot(article("a", None, known_from=known, text=headline, language="en"))])
        assert rows(memory, "events", "event_date", "event_date_end", "date_precision") == [expected]


def test_long_coding_says_how_many_articles_are_done() -> None:
    said: list[str] = []
    frame = schema.table("core.articles").conform(
        pl.DataFrame([article(n) for n in "abc"], schema_overrides={"language": pl.String, "title": pl.String})
    )
    with watched_by(Lines(said.append, every_s=0)):
        coding.events_of(frame, "articles", OneEventEach)
    assert said == [f"articles: coding: {n} of 3 articles" for n in (1, 2, 3)]
