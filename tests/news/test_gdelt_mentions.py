"""GDELT mentions: which documents tell of which event."""

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import StagedSnapshot
from assets.errors import Quarantine
from assets.news.gdelt import events as gdelt
from assets.news.gdelt import fold as events
from assets.news.gdelt import mentions as gdelt_mentions
from assets.schema import SQL
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.told import told

SLOT = "20191024143000.mentions.CSV"


def line(**values: str) -> str:
    usual = {
        "GLOBALEVENTID": "881990832", "EventTimeDate": "20191024143000", "MentionTimeDate": "20191024143000", "MentionType": "1",
        "MentionSourceName": "example.org", "MentionIdentifier": "https://example.org/a", "SentenceID": "3",
        "Actor1CharOffset": "-1", "Actor2CharOffset": "10", "ActionCharOffset": "20", "InRawText": "1", "Confidence": "80",
        "MentionDocLen": "2579", "MentionDocTone": "0.8", "MentionDocTranslationInfo": "srclc:spa;eng:Moses",
    } | values  # fmt: skip
    return "\t".join(usual.get(column, "") for column in gdelt_mentions.COLUMNS)


def snapshot(name: str, file: str, *lines: str) -> StagedSnapshot:
    found = gdelt_mentions.stage({file: ("\n".join(lines) + "\n").encode()})
    assert found.rejects.is_empty(), found.rejects
    return StagedSnapshot(name, datetime(2020, 1, 1), True, found.facts, found.frames)


@pytest.mark.trap("gdelt_v2_mentions", "confidence")
def test_a_mention_says_which_document_reports_which_event_and_how_surely(fold_in_batches: Any) -> None:
    history = fold_in_batches(gdelt_mentions.fold, [snapshot("a", SLOT, line())])
    wanted = ("event_id", "medium", "outlet", "url", "sentence", "confidence", "translated_from", "known_from")
    assert (
        told(history.all("gdelt_mentions").select(wanted).collect())
        == "gdelt_v2_events:881990832|web|example.org|https://example.org/a|3|0.8|spa|2019-10-24T14:30"
    )
    cited = line(MentionType="2", MentionIdentifier="BBC Monitoring Asia", MentionSourceName="BBC Monitoring")
    row = fold_in_batches(gdelt_mentions.fold, [snapshot("a", SLOT, cited)]).all("gdelt_mentions")
    assert told(row.select("medium", "report_id", "url").collect()) == "citation|BBC Monitoring Asia|-"


def test_mentions_of_events_that_are_not_held_are_kept_and_wait_for_them(fold_in_batches: Any, gdelt_row: Any) -> None:
    other = {"MentionIdentifier": "https://other.org/b", "MentionSourceName": "other.org"}
    lines = [line(), line(SentenceID="7", **other), line(SentenceID="2", Confidence="30", **other)]
    lines += [line(MentionIdentifier="https://www.example.org/news/1"), line(GLOBALEVENTID="1")]
    mentions = fold_in_batches(gdelt_mentions.fold, [snapshot("a", SLOT, *lines)]).all("gdelt_mentions").collect()
    slot = gdelt.stage({"20191024143000.export.CSV": gdelt_row().encode()})
    coded = fold_in_batches(events.fold, [StagedSnapshot("b", datetime(2020, 1, 1), True, slot.facts, slot.frames)])
    with duckdb.connect() as con:
        frames = {"events": coded.all("events").collect(), "event_reports": coded.all("event_reports").collect()}
        con.execute("CREATE SCHEMA core")
        for name, frame in {**frames, "gdelt_mentions": mentions}.items():
            con.register("frame", frame)
            con.execute(f"CREATE TABLE core.{name} AS FROM frame")
        con.execute((SQL / "derive" / "event_reports_mentions.sql").read_text(encoding="utf-8"))
        reports = con.execute("SELECT report_id, outlet, sentence, confidence FROM core.event_reports ORDER BY 1").fetchall()
    assert mentions["event_id"].n_unique() == 2, "the mention of event 1 is not lost"
    assert reports == [
        ("https://example.org/a", "example.org", 3, 0.8),
        ("https://other.org/b", "other.org", 2, 0.8),
        ("https://www.example.org/news/1", "example.org", 3, 0.8),
    ]


def test_a_slot_taken_in_twice_counts_once_however_it_is_folded(fold_in_batches: Any) -> None:
    first = snapshot("a", SLOT, line(), line(SentenceID="4"))
    later = snapshot("b", "20191024144500.mentions.CSV", line(MentionTimeDate="20191024144500"))
    excerpt = snapshot("c", "excerpt.csv", line())
    batches = ([[first, later, first, excerpt]], [[first], [later], [first], [excerpt]])
    at_once, one_by_one = (fold_in_batches(gdelt_mentions.fold, *b).all("gdelt_mentions").collect() for b in batches)
    assert at_once.height == 3
    assert at_once.equals(one_by_one)


@pytest.mark.trap("gdelt_v2_mentions", "no-coverage")
def test_slots_of_mentions_cover_reports_and_not_events(fold_in_batches: Any) -> None:
    history = fold_in_batches(gdelt_mentions.fold, [snapshot("a", SLOT, line()), snapshot("b", "excerpt.csv", line())])
    assert told(history.all("news_coverage").collect(), "source covers n_slots") == "gdelt_v2_mentions|reports|1"


def test_an_excerpt_with_a_header_and_commas_is_read_by_its_content() -> None:
    header = ",".join(gdelt_mentions.COLUMNS).lower()
    found = gdelt_mentions.stage({"sample.csv": f"{header}\n{line().replace(chr(9), ',')}\n".encode()})
    assert found.frames["mentions"]["global_event_id"].to_list() == [881990832]
    assert found.facts == {"slots": []}


def test_a_bad_value_rejects_its_row_alone_and_events_in_place_of_mentions_are_quarantined(gdelt_row: Any) -> None:
    bad = {"GLOBALEVENTID": "x", "MentionTimeDate": "20191224143000", "Confidence": "101", "MentionIdentifier": ""}
    found = gdelt_mentions.stage({SLOT: "\n".join([line(), *(line(**{c: v}) for c, v in bad.items()), ""]).encode()})
    assert found.frames["mentions"]["row"].to_list() == [1]
    assert found.rejects.select("row", "column").rows() == list(enumerate(bad, start=2))
    with pytest.raises(Quarantine, match="61 columns"):
        gdelt_mentions.stage({SLOT: gdelt_row().encode()})


@given(st.binary(max_size=300), st.integers(0, 300))
@examples(80)
def test_mutated_files_end_in_quarantine_or_rejects(inserted: bytes, at: int) -> None:
    data = f"{line()}\n{line()}\n".encode()
    found = staged_or_none(gdelt_mentions.stage, {SLOT: data[:at] + inserted + data[at:]})
    assert found is None or found.n_read == found.frames["mentions"].height + found.rejects.height


@pytest.mark.real_data
def test_a_real_excerpt_is_read_whole(real_data: Path) -> None:
    found = gdelt_mentions.stage({"m.csv": (real_data / "news/gdelt/mentions_sample.csv").read_bytes()})
    rows = found.frames["mentions"]
    assert (rows.height, found.rejects.height) == (1635, 0)
    assert rows["mention_id"].n_unique() == 1635
    assert rows.filter(pl.col("confidence") == 1).height == 837
    assert rows["translated_from"].null_count() < rows.height
