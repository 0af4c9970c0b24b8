"""What an operator is told: which trouble, when again, when it is over; and that no secret is written anywhere."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

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

NOW = datetime(2026, 1, 5, 12)
STALE = Alert("stale data", "un_sc", "un_sc: its newest date is old")


@contextmanager
def receiving(status: int = 200) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server of this machine that takes messages; its address, and what came."""
    came: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"json://127.0.0.1:{server.server_port}/a-secret-token", came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


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
    assert [(a.kind, a.subject) for a in refresh_alerts(report, ["step build failed: no room"])] == [
        ("failed refresh", "all"),
        ("failed refresh", "all"),
        ("failed source", "us_nida_final s1 is damaged"),
        ("quarantine", "un_sc/s1"),
        ("failed source", "us_csl"),
        ("not promoted", "news"),
        ("failed expectation", "core.events key_is_unique"),
    ]
    assert [a.subject for a in state_alerts(["un_sc: its newest date is 2020-01-01"], [])] == ["un_sc"]


def test_an_alert_is_told_once_then_after_a_day_and_once_more_when_it_is_over() -> None:
    first = due_alerts([STALE], {}, NOW)
    assert (first.now, first.over) == ([STALE], [])
    soon = due_alerts([STALE], first.state, NOW + timedelta(hours=1))
    assert (soon.now, soon.over) == ([], [])
    later = due_alerts([STALE], soon.state, NOW + AGAIN_AFTER)
    assert later.now == [STALE]
    assert due_alerts([], later.state, NOW + AGAIN_AFTER).over == ["stale data: un_sc"]
    news = Alert("watched", "HUAWEI since 2026-01-04", "added")
    refused = Alert("quarantine", "un_sc/s1", "half a file")
    told = due_alerts([news, refused], {}, NOW)
    assert [a.kind for a in told.now] == ["watched", "quarantine"]
    assert due_alerts([], told.state, NOW).over == [], "news, and what was refused, do not end"


def test_a_warning_is_told_once_a_critical_check_each_day_and_one_thing_said_twice_is_one_alert() -> None:
    rows = [("warning", "core.events", "a_few", "A few."), ("critical", "core.events", "key_is_unique", "Once.")]
    told = due_alerts(state_alerts([], rows), {}, NOW)
    assert len(told.now) == 2
    again = due_alerts(state_alerts([], rows), told.state, NOW + AGAIN_AFTER)
    assert [a.subject for a in again.now] == ["core.events key_is_unique"]
    over = due_alerts(state_alerts([], rows[1:]), again.state, NOW + AGAIN_AFTER).over
    assert over == ["failed expectation: core.events a_few"]
    due = due_alerts([Alert("failed refresh", "all", "one"), Alert("failed refresh", "all", "two")], {}, NOW)
    assert [a.text for a in due.now] == ["one\ntwo"]


def test_what_was_not_looked_at_goes_on_and_is_not_told_as_over() -> None:
    refused = Alert("failed source", "un_sc", "HTTP 503")
    told = due_alerts([STALE, refused], {}, NOW)
    between = due_alerts([], told.state, NOW, ["stale data"])
    assert between.over == ["stale data: un_sc"]
    assert between.state == {"failed source: un_sc": {"text": "HTTP 503", "at": NOW.isoformat()}}


def test_a_watched_name_is_a_pair_an_id_or_a_part_of_a_name() -> None:
    row = {
        "actor_id": "USA", "target_id": "CHN", "topic": "us_ofac_sdn", "change_id": "listing:us_ofac_sdn:7:added",
        "what": "HUAWEI TECHNOLOGIES", "detail": "member of it",
    }  # fmt: skip
    names = ("USA-CHN", "CHN-USA", "us_ofac_sdn", "us_ofac_sdn:7", "huawei", "uawe", "CHN")
    assert [name for name in names if not _is_of(row, name)] == []
    assert not any(_is_of(row, name) for name in ("USA-RUS", "xyz", "of"))


def told_in(state: Path) -> list[str]:
    return list(json.loads(state.read_text())["told"])


def test_a_message_reaches_its_address_and_what_was_told_is_kept_unless_its_note_is_damaged(tmp_path: Path) -> None:
    state = tmp_path / "alerts.json"
    assert send_due([STALE], [], state, "here", NOW) == []
    assert not state.exists(), "without an address nothing is sent or noted"
    with receiving() as (url, came):
        assert send_due([STALE], [url], state, "here", NOW) == []
        assert send_due([STALE], [url], state, "here", NOW) == []
        assert [(m["title"], m["message"]) for m in came] == [
            ("bilateral: stale data", "stale data: un_sc\nun_sc: its newest date is old\n\nhere")
        ]
        assert told_in(state) == ["stale data: un_sc"]
        assert "a-secret-token" not in state.read_text()
        state.write_text('{"told": {"stale data: un_sc": {"text": "", "at": "2026-01-05T12:00:00"}}, "seal": "no"}')
        assert send_due([STALE], [url], state, "here", NOW) == []
    assert len(came) == 2


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
    out, err = capfd.readouterr()
    assert "a-secret-token" not in "".join(problems) + out + err + caplog.text


def test_no_refresh_for_two_days_is_an_alert_and_a_new_folder_is_none() -> None:
    for ended_at, n_alerts in (("nonsense", 0), ("2026-01-04T12:00:00Z", 0), ("2026-01-03T12:00:00Z", 1)):
        assert [a.name for a in silence_alerts({"ended_at": ended_at}, NOW)] == ["no refresh: all"] * n_alerts
    assert silence_alerts(None, NOW) == []


def test_between_refreshes_silence_is_told_once_and_other_trouble_is_left_as_it_is(tmp_path: Path) -> None:
    with receiving() as (url, came):
        settings = Settings(warehouse=tmp_path, alert_urls=url)
        (tmp_path / "heartbeat.json").write_text('{"ended_at": "2020-01-01T00:00:00Z"}')
        assert send_due([Alert("failed source", "un_sc", "HTTP 503")], [url], tmp_path / "alerts.json", "here", NOW) == []
        assert between_refreshes(settings) == []
        assert between_refreshes(settings) == []
    (_, only) = came
    assert only["title"] == "bilateral: no refresh"
    assert "the last one ended at 2020-01-01 00:00 UTC" in only["message"]
    assert set(told_in(tmp_path / "alerts.json")) == {"failed source: un_sc", "no refresh: all"}


@contextmanager
def mailbox() -> Iterator[tuple[int, list[str]]]:
    """A mail server of this machine: its port, and the letters that came, as sent."""
    letters: list[str] = []

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            for line in self.rfile:
                word = line.split(maxsplit=1)[0].upper() if line.strip() else b""
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = list(iter(self.rfile.readline, b".\r\n"))
                    letters.append(b"".join(lines).decode())
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1], letters
        finally:
            server.shutdown()
            thread.join()
