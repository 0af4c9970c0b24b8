"""Texts that were coded elsewhere: their titles and events, without their text."""

import json
from datetime import datetime
from typing import Any

import pytest

from assets.contracts import StagedSnapshot
from assets.errors import Quarantine
from assets.news.coding.jsonl import code_lines
from assets.news.published import coded_texts
from pipelines.record.make import coded_releases
from tests.news.conftest import folded, snapshot

EVENT = {
    "event_date": "2021-06-04", "event_date_end": "2021-06-05", "date_precision": "day", "source_id": "USA",
    "source_country_id": "USA", "target_id": "CHN", "target_country_id": "CHN", "cameo_code": "112", "modality": "past",
    "confidence": 0.9, "evidence_start": 12, "evidence_end": 60,
}  # fmt: skip
TEXT = {
    "title": "On the Summit", "url": "https://www.state.gov/on-the-summit/", "outlet": "U.S. Department of State",
    "published": "2021-06-04T19:49:26+00:00", "coder": "bilateral", "coder_version": "abc", "events": [EVENT],
}  # fmt: skip


def lines(*texts: dict[str, Any]) -> bytes:
    return "".join(json.dumps(text) + "\n" for text in texts).encode()


def held(data: bytes, name: str = "s1") -> StagedSnapshot:
    return snapshot(coded_texts.stage({"x.jsonl": data}), name, datetime(2022, 3, 31))


def test_an_event_stands_with_its_title_its_place_and_its_coder_and_those_that_came_first_stay() -> None:
    again = TEXT | {"coder_version": "def", "events": [EVENT, EVENT | {"cameo_code": "040"}]}
    for snapshots in ([held(lines(TEXT))], [held(lines(TEXT)), held(lines(again), "s2")]):
        memory = folded(coded_texts.fold, snapshots)
        assert memory.told("articles", "title text source") == "On the Summit|-|coded_texts"
        columns = "event_date cameo_code cameo_root goldstein quad_schrodt evidence evidence_start coder_version known_from"
        assert memory.told("events", columns) == "2021-06-04|112|11|-2.0|3|-|12|abc|2021-06-04T19:49:26"
        ids = memory.told("events", "event_id article_id")
        assert memory.told("event_reports", "event_id article_id") == ids
        assert ids.endswith(memory.told("articles", "article_id"))


def test_a_line_that_is_no_coded_text_is_a_reject_and_the_others_stay() -> None:
    for wrong, reason in (
        ({"events": None}, 'not a JSON object with a list of "events"'),
        ({"published": None}, "no time of publication"),
        ({"title": " "}, "the article has no text"),
    ):
        staged = coded_texts.stage({"x.jsonl": lines(TEXT | wrong, TEXT)})
        assert (staged.n_read, staged.n_rejected, staged.frames["articles"].height) == (2, 1, 1)
        assert reason in staged.rejects["reason"][0]
    with pytest.raises(Quarantine, match="no text with events"):
        coded_texts.stage({"x.jsonl": b"hello\n"})


def test_an_event_that_cannot_be_read_is_left_out_and_said() -> None:
    for wrong in ({"cameo_code": "999"}, {"event_date": "June"}, {"confidence": "high"}):
        staged = coded_texts.stage({"x.jsonl": lines(TEXT | {"events": [EVENT | wrong, EVENT]})})
        assert staged.frames["events"].select("number", "cameo_code").rows() == [(2, "112")]
        assert (staged.n_rejected, staged.rejects.height, staged.facts["n_bad_events"]) == (0, 1, 1)


def test_of_a_release_the_events_between_two_states_are_kept_and_no_word_of_the_text() -> None:
    text = "The United States imposed sanctions on Iran.\n\nPresident Biden met with President Xi of China on November 15, 2021."
    release = {c: TEXT[c] for c in ("title", "url", "outlet", "published")} | {"text": text}
    held = coded_releases("a.jsonl.gz", lines(release, release | {"text": "President Biden met with President Putin of Russia."}))
    assert held
    assert "imposed" not in held.decode()
    staged = coded_texts.stage({"x.jsonl": held})
    whole = [json.loads(line.json) for line in code_lines([json.dumps({"id": 1, **release})])]
    between = [e for e in whole if e["source_country_id"] != e["target_country_id"]]
    found = staged.frames["events"].select("cameo_code", "source_country_id", "target_country_id").rows()
    assert found == [(e["cameo_code"], e["source_country_id"], e["target_country_id"]) for e in between] != []
