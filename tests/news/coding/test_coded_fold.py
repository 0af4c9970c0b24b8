"""Folding articles with their events: an event always has its article, copies are reports, undated ones stay open."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl

from assets import schema
from assets.contracts import Folded, History, StagedSnapshot
from assets.news.coding import fold as coding
from assets.news.coding.interface import Event, Text
from assets.progress import watched_by
from pipelines.cli.bars import Lines
from tests.news.conftest import Memory, folded, folded_any_way
from tests.told import told

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
    types: dict[str, Any] = {"language": pl.String, "title": pl.String, "published_at": pl.Datetime("us")}
    frame = pl.DataFrame(articles, infer_schema_length=None, schema_overrides=types)
    return StagedSnapshot("s", AT, True, {}, {"articles": schema.table("core.articles").conform(frame)})


FOLD = coding.with_events(articles_fold, "articles", OneEventEach)


def rows(memory: Memory, table: str, columns: str) -> str:
    return " / ".join(sorted(memory.told(table, columns).split(" / ")))


def test_an_event_has_its_article_and_copies_are_reports_of_it_since_it_is_known() -> None:
    memory = folded(FOLD, [snapshot(article("a"), article("b", cluster_id="a"))], [snapshot(article("c", cluster_id="a"))])
    columns = "event_id article_id origin coder evidence_end quad_schrodt"
    assert rows(memory, "events", columns) == "articles:a:1|a|articles|test|34|4"
    assert rows(memory, "event_reports", "article_id event_id report_id") == (
        "a|articles:a:1|https://example.org/a / b|articles:a:1|b / c|articles:a:1|c"
    )
    before = datetime(2023, 12, 21)
    memory = folded(FOLD, [snapshot(article("a"))], [snapshot(article("b", before, cluster_id="a", known_from=before))])
    assert rows(memory, "event_reports", "article_id reported_at known_from") == (
        "a|2023-12-22T00:00|2023-12-22T00:00 / b|2023-12-21T00:00|2023-12-22T00:00"
    )


def test_an_undated_article_has_events_of_its_own_of_unknown_date_until_its_date_comes() -> None:
    undated = snapshot(article("a", None), article("b", cluster_id="a"))
    known = rows(folded(FOLD, [undated]), "events", "event_id date_precision")
    assert known == "articles:a:1|unknown / articles:b:1|day"
    memory = folded(FOLD, [snapshot(article("a", None))], [snapshot(article("a"))])
    assert rows(memory, "events", "event_id event_date") == "articles:a:1|2023-12-22"
    assert (memory.open("events").height, memory.rows("event_reports").height) == (0, 1)


def test_an_article_in_chinese_is_coded_by_the_lexicon_and_one_in_russian_is_not() -> None:
    russian = snapshot(article("a", language="ru"), article("b", text="МИД Китая осудил санкции США."))
    assert folded(FOLD, [russian]).rows("events").is_empty()
    text = "中国外交部发言人周三谴责美国制裁。"
    chinese = snapshot(article("a", text=text, title=None), article("b", text=text + "完", language="zh"))
    memory = folded(coding.with_events(articles_fold, "articles"), [chinese])
    assert rows(memory, "events", "article_id source_id target_id cameo_code coder") == (
        "a|CHN.MFA|USA|111|bilateral-lexicon-zh / b|CHN.MFA|USA|111|bilateral-lexicon-zh"
    )


def test_an_article_on_which_the_coder_fails_stays_without_events_and_a_reject_says_why() -> None:
    assert FOLD(Memory(), [snapshot(article("a"))]).rejects.is_empty()
    found = FOLD(Memory(), [snapshot(article("a"), article("b", text="It fails."), article("c"))])
    assert [found.closed[t]["article_id"].to_list() for t in ("articles", "events")] == [["a", "b", "c"], ["a", "c"]]
    assert told(found.rejects, "snapshot_id file value") == "s|a.txt|It fails."
    reason = found.rejects["reason"].item()
    assert "IndexError" in reason
    assert reason.endswith("article b is kept, its events are missing")


def test_folding_at_once_gives_what_folding_in_parts_gives() -> None:
    parts = [snapshot(article("a")), snapshot(article("b", None)), snapshot(article("b"), article("c", cluster_id="a"))]
    folded_any_way(FOLD, parts, "events", "event_reports")


class DatedAhead(OneEventEach):
    """A coder that dates every event 2023, as the text says."""

    def relation(self, text: Text, source: str, target: str) -> Event:
        event = super().relation(text, source, target)
        return replace(event, event_date=date(2023, 1, 1), event_date_end=date(2024, 1, 1), date_precision="year")


def test_an_event_of_an_undated_headline_is_not_dated_after_it_was_known() -> None:
    headline = {"text": "EU gives Croatia final approval to adopt euro currency in 2023", "language": "en"}
    fold = coding.with_events(articles_fold, "articles", DatedAhead)
    for year, expected in ((2022, "-|-|unknown"), (2023, "2023-01-01|2023-09-02|year"), (2024, "2023-01-01|2024-01-01|year")):
        memory = folded(fold, [snapshot(article("a", None, known_from=datetime(year, 9, 1), **headline))])
        assert rows(memory, "events", "event_date event_date_end date_precision") == expected


def test_long_coding_says_how_many_articles_are_done() -> None:
    said: list[str] = []
    with watched_by(Lines(said.append, every_s=0)):
        coding.events_of(snapshot(*map(article, "abc")).frames["articles"], "articles", OneEventEach)
    assert said == [f"articles: coding: {n} of 3 articles" for n in (1, 2, 3)]
