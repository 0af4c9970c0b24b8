"""What an operator is told: which trouble, when again, when it is over; and that no secret is written anywhere."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.checks.validations import Validation
from pipelines.maintenance.alerts import (
    AGAIN_AFTER,
    Alert,
    _is_of,
    between_refreshes,
    due_alerts,
    refresh_alerts,
    send,
    send_due,
    silence_alerts,
    state_alerts,
)
from pipelines.services.report import Report
from pipelines.settings import Settings
from pipelines.storage.manifest import NewSnapshot
from tests.pipelines.publishers import Asked, Said, listening

NOW = datetime(2026, 1, 5, 12)
LATER = NOW + AGAIN_AFTER
STALE = Alert("stale data", "un_sc", "un_sc: its newest date is old")
DOWN = Alert("failed source", "un_sc", "HTTP 503")


@contextmanager
def receiving(status: int = 200) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server of this machine that takes messages; its address, and what came."""
    came: list[dict[str, str]] = []

    def answer(asked: Asked) -> Said:
        came.append(json.loads(asked.body))
        return Said(status)

    with listening() as world:
        world.by_host[f"127.0.0.1:{world.port}"] = answer
        yield f"json://127.0.0.1:{world.port}/a-secret-token", came


def test_each_kind_of_trouble_of_a_refresh_is_an_alert() -> None:
    refused = NewSnapshot("un_sc", "s1", "quarantined", "half a file", None, None, None)
    failed = NewSnapshot("us_csl", "s2", "failed", "HTTP 503", None, None, None)
    report = Report(
        new=[refused, failed, NewSnapshot("us_ofac_sdn", "s3", "accepted", None, None, 1, 0)],
        not_promoted=["news: a check failed"],
        problems=["us_nida_final s1 is damaged"],
        validations=[Validation("core.events", "key_is_unique", "critical", "failed", "A key is there once.", "2", 2, None, NOW)],
        blocked=True,
    )
    assert [f"{a.kind}: {a.subject}" for a in refresh_alerts(report, ["step build failed: no room"])] == [
        "failed refresh: all",
        "failed refresh: all",
        "failed source: us_nida_final s1 is damaged",
        "quarantine: un_sc/s1",
        "failed source: us_csl",
        "not promoted: news",
        "failed expectation: core.events key_is_unique",
    ]
    assert [a.subject for a in state_alerts(["un_sc: its newest date is 2020-01-01"], [])] == ["un_sc"]
    # no refresh for two days is one, and a new folder is none
    for ended_at, n_alerts in (("nonsense", 0), ("2026-01-04T12:00:00Z", 0), ("2026-01-03T12:00:00Z", 1)):
        assert [a.name for a in silence_alerts({"ended_at": ended_at}, NOW)] == ["no refresh: all"] * n_alerts
    assert silence_alerts(None, NOW) == []


def test_an_alert_is_told_once_then_after_a_day_and_once_more_when_it_is_over() -> None:
    first = due_alerts([STALE], {}, NOW)
    soon = due_alerts([STALE], first.state, NOW + timedelta(hours=1))
    later = due_alerts([STALE], soon.state, LATER)
    assert [(due.now, due.over) for due in (first, soon, later)] == [([STALE], []), ([], []), ([STALE], [])]
    assert due_alerts([], later.state, LATER).over == ["stale data: un_sc"]
    news, refused = Alert("watched", "HUAWEI since 2026-01-04", "added"), Alert("quarantine", "un_sc/s1", "half a file")
    told = due_alerts([news, refused], {}, NOW)
    assert told.now == [news, refused]
    assert due_alerts([], told.state, NOW).over == [], "news, and what was refused, do not end"
    # a warning is told once, a critical check each day, and one thing said twice is one alert
    rows = [("warning", "core.events", "a_few", "A few."), ("critical", "core.events", "key_is_unique", "Once.")]
    told = due_alerts(state_alerts([], rows), {}, NOW)
    again = due_alerts(state_alerts([], rows), told.state, LATER)
    assert (len(told.now), [a.subject for a in again.now]) == (2, ["core.events key_is_unique"])
    assert due_alerts(state_alerts([], rows[1:]), again.state, LATER).over == ["failed expectation: core.events a_few"]
    due = due_alerts([Alert("failed refresh", "all", "one"), Alert("failed refresh", "all", "two")], {}, NOW)
    assert [a.text for a in due.now] == ["one\ntwo"]
    # what was not looked at goes on and is not told as over
    between = due_alerts([], due_alerts([STALE, DOWN], {}, NOW).state, NOW, ["stale data"])
    assert between.over == ["stale data: un_sc"]
    assert between.state == {"failed source: un_sc": {"text": "HTTP 503", "at": NOW.isoformat()}}


def test_a_watched_name_is_a_pair_an_id_or_a_part_of_a_name() -> None:
    row = {
        "actor_id": "USA", "target_id": "CHN", "topic": "us_ofac_sdn", "change_id": "listing:us_ofac_sdn:7:added",
        "what": "HUAWEI TECHNOLOGIES", "detail": "member of it",
    }  # fmt: skip
    names = ("USA-CHN", "CHN-USA", "us_ofac_sdn", "us_ofac_sdn:7", "huawei", "uawe", "CHN", "USA-RUS", "xyz", "of")
    assert [name for name in names if _is_of(row, name)] == [*names[:-3]]


def test_a_message_is_sent_once_unless_its_note_is_damaged_and_between_refreshes_silence_alone(tmp_path: Path) -> None:
    state = tmp_path / "alerts.json"
    assert send_due([DOWN], [], state, "here", NOW) == []
    assert not state.exists(), "without an address nothing is sent or noted"
    with receiving() as (url, came):
        for _ in range(2):
            assert send_due([DOWN], [url], state, "here", NOW) == []
        said = ("bilateral: failed source", "failed source: un_sc\nHTTP 503\n\nhere")
        assert [(m["title"], m["message"]) for m in came] == [said]
        assert "a-secret-token" not in state.read_text()
        state.write_text('{"told": {"failed source: un_sc": {"text": "", "at": "2026-01-05T12:00:00"}}, "seal": "no"}')
        assert (send_due([DOWN], [url], state, "here", NOW), len(came)) == ([], 2)
        (tmp_path / "heartbeat.json").write_text('{"ended_at": "2020-01-01T00:00:00Z"}')
        for _ in range(2):
            assert between_refreshes(Settings(warehouse=tmp_path, alert_urls=url)) == []
    (only,) = came[2:]
    assert only["title"] == "bilateral: no refresh"
    assert "the last one ended at 2020-01-01 00:00 UTC" in only["message"]
    told = json.loads(state.read_text())["told"]
    assert told.keys() == {"failed source: un_sc", "no refresh: all"}, "other trouble is as it was"


def test_a_message_that_nobody_takes_is_told_again_and_no_secret_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    state = tmp_path / "alerts.json"
    with receiving(500) as (url, came):
        problems = send_due([STALE], [url, "nonsense-a-secret-token", "nosuch://a-secret-token"], state, "here", NOW)
    assert len(came) >= 1
    assert [text.partition(" (")[0] for text in problems] == [f"address {n} of BILATERAL_ALERT_URLS" for n in (1, 2, 3)]
    assert not state.exists()
    # and where nobody listens any more
    problems += send([url], "t", "b")
    assert "a-secret-token" not in "".join((*problems, *capfd.readouterr(), caplog.text))
