"""GDELT mentions: which documents tell of which event."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.contracts import StagedSnapshot
from assets.errors import Quarantine
from assets.news.gdelt import events as gdelt
from assets.news.gdelt import fold as events
from assets.news.gdelt import mentions
from assets.schema import SQL
from tests.news.conftest import folded, folded_any_way, gdelt_row, snapshot, writer
from tests.told import told

SLOT = "20191024143000.mentions.CSV"
line = writer(
    {
        "GLOBALEVENTID": "881990832", "EventTimeDate": "20191024143000", "MentionTimeDate": "20191024143000", "MentionType": "1",
        "MentionSourceName": "example.org", "MentionIdentifier": "https://example.org/a", "SentenceID": "3",
        "Actor1CharOffset": "-1", "Actor2CharOffset": "10", "ActionCharOffset": "20", "InRawText": "1", "Confidence": "80",
        "MentionDocLen": "2579", "MentionDocTone": "0.8", "MentionDocTranslationInfo": "srclc:spa;eng:Moses",
    },
    mentions.COLUMNS,
)  # fmt: skip


def held(name: str, file: str, *lines: str) -> StagedSnapshot:
    found = mentions.stage({file: ("\n".join(lines) + "\n").encode()})
    assert found.rejects.is_empty(), found.rejects
    return snapshot(found, name)


@pytest.mark.trap("gdelt_v2_mentions", "confidence")
@pytest.mark.trap("gdelt_v2_mentions", "no-coverage")
def test_a_mention_says_which_document_reports_which_event_and_how_surely_and_covers_reports_alone() -> None:
    history = folded(mentions.fold, [held("a", SLOT, line()), held("b", "excerpt.csv", line())])
    assert history.told("gdelt_mentions", "event_id medium outlet url sentence confidence translated_from known_from") == (
        "gdelt_v2_events:881990832|web|example.org|https://example.org/a|3|0.8|spa|2019-10-24T14:30"
    )
    assert history.told("news_coverage", "source covers n_slots") == "gdelt_v2_mentions|reports|1"
    cited = line(MentionType="2", MentionIdentifier="BBC Monitoring Asia", MentionSourceName="BBC Monitoring")
    history = folded(mentions.fold, [held("a", SLOT, cited)])
    assert history.told("gdelt_mentions", "medium report_id url") == "citation|BBC Monitoring Asia|-"


def test_mentions_of_events_that_are_not_held_are_kept_and_wait_for_them() -> None:
    other = {"MentionIdentifier": "https://other.org/b", "MentionSourceName": "other.org"}
    lines = [line(), line(SentenceID="7", **other), line(SentenceID="2", Confidence="30", **other)]
    lines += [line(MentionIdentifier="https://www.example.org/news/1"), line(GLOBALEVENTID="1")]
    found = folded(mentions.fold, [held("a", SLOT, *lines)]).rows("gdelt_mentions")
    coded = folded(events.fold, [snapshot(gdelt.stage({"20191024143000.export.CSV": gdelt_row().encode()}))])
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        frames = {t: coded.rows(t) for t in ("events", "event_reports")} | {"gdelt_mentions": found}
        for name, frame in frames.items():
            con.register("frame", frame)
            con.execute(f"CREATE TABLE core.{name} AS FROM frame")
        con.execute((SQL / "derive" / "event_reports_mentions.sql").read_text(encoding="utf-8"))
        reports = con.execute("SELECT report_id, outlet, sentence, confidence FROM core.event_reports ORDER BY 1").fetchall()
    assert found["event_id"].n_unique() == 2, "the mention of event 1 is not lost"
    assert told(reports) == (
        "https://example.org/a|example.org|3|0.8 / https://other.org/b|other.org|2|0.8 / "
        "https://www.example.org/news/1|example.org|3|0.8"
    )


def test_a_slot_taken_in_twice_counts_once_however_it_is_folded() -> None:
    first = held("a", SLOT, line(), line(SentenceID="4"))
    later = held("b", "20191024144500.mentions.CSV", line(MentionTimeDate="20191024144500"))
    snapshots = [first, later, first, held("c", "excerpt.csv", line())]
    assert folded_any_way(mentions.fold, snapshots, "gdelt_mentions").rows("gdelt_mentions").height == 3


def test_an_excerpt_is_read_by_its_header_a_bad_value_rejects_its_row_alone_and_events_are_quarantined() -> None:
    header = ",".join(mentions.COLUMNS).lower()
    found = mentions.stage({"sample.csv": f"{header}\n{line().replace(chr(9), ',')}\n".encode()})
    assert (found.frames["mentions"]["global_event_id"].to_list(), found.facts) == ([881990832], {"slots": []})
    bad = {"GLOBALEVENTID": "x", "MentionTimeDate": "20191224143000", "Confidence": "101", "MentionIdentifier": ""}
    found = mentions.stage({SLOT: "\n".join([line(), *(line(**{c: v}) for c, v in bad.items()), ""]).encode()})
    assert found.frames["mentions"]["row"].to_list() == [1]
    assert found.rejects.select("row", "column").rows() == list(enumerate(bad, start=2))
    with pytest.raises(Quarantine, match="61 columns"):
        mentions.stage({SLOT: gdelt_row().encode()})


@pytest.mark.real_data
def test_a_real_excerpt_is_read_whole(real_data: Path) -> None:
    found = mentions.stage({"m.csv": (real_data / "news/gdelt/mentions_sample.csv").read_bytes()})
    rows = found.frames["mentions"]
    assert (rows.height, found.rejects.height, rows["mention_id"].n_unique()) == (1635, 0, 1635)
    assert rows.filter(pl.col("confidence") == 1).height == 837
    assert rows["translated_from"].null_count() < rows.height
