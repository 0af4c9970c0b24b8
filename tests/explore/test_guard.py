"""The explorer's server answers its own page alone, and that page loads from nowhere else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from typing import Any

import pytest

from pipelines.explore.guard import Guard

PAGE = b'<html><script data-marimo="true">let a = 1;</script><script src="./a.js"></script></html>'
AHEAD = b'<link rel="preload" href="./assets/noise.png" as="image" />'


async def behind(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 what servers call with
    """What the guard stands before: a page, a file, and a socket."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    kind = b"text/html; charset=utf-8" if scope["path"] == "/" else b"text/javascript"
    headers = [(b"content-type", kind), (b"access-control-allow-origin", b"*"), (b"etag", b"x"), (b"content-length", b"999")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": AHEAD, "more_body": True})
    await send({"type": "http.response.body", "body": PAGE})


def asked(path: str, method: str = "GET", query: str = "", *, secret: bool = True, **headers: str) -> list[dict[str, Any]]:
    """What the guard of port 2719 answers."""
    given = {"host": "127.0.0.1:2719"} | ({"cookie": "other=1; bilateral_2719=key"} if secret else {}) | headers
    named = [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items()]
    kind = "websocket" if method == "WS" else "http"
    scope = {"type": kind, "method": method, "path": path, "query_string": query.encode(), "headers": named}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    asyncio.run(Guard(behind, 2719, "key")(scope, receive, send))
    return sent


def status_of(*args: Any, **kwargs: Any) -> int:
    status: int = asked(*args, **kwargs)[0]["status"]
    return status


def test_who_has_the_key_sees_the_page_and_who_has_not_is_told_where_it_is() -> None:
    assert status_of("/") == 200
    refused = asked("/", secret=False)
    assert refused[0]["status"] == 403
    assert b"bilateral explore" in refused[1]["body"]
    assert status_of("/", cookie="bilateral_2719=other") == 403
    assert status_of("/", query="token=other", secret=False) == 403


def test_the_key_of_the_address_becomes_a_cookie_that_scripts_do_not_see() -> None:
    answer = asked("/", query="token=key", secret=False)[0]
    headers = dict(answer["headers"])
    assert answer["status"] == 303
    assert b"token" not in headers[b"location"]
    assert headers[b"set-cookie"] == b"bilateral_2719=key; HttpOnly; SameSite=Lax; Path=/"


@pytest.mark.parametrize("host", ["evil.example:2719", "127.0.0.1:80", "evil.example", "127.0.0.1.evil.example:2719"])
def test_another_name_for_this_machine_is_refused(host: str) -> None:
    assert status_of("/", host=host) == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:8080", "https://127.0.0.1:2719"])
def test_another_page_may_neither_call_nor_listen(origin: str) -> None:
    assert status_of("/api/kernel/set_ui_element_value", "POST", origin=origin) == 403
    told = asked("/", host="x")[1]["body"].decode()
    assert asked("/ws", "WS", origin=origin)[0] == {
        "type": "websocket.close",
        "code": 1008,
        "reason": told,
    }


def test_another_page_may_link_here_and_not_load_from_here() -> None:
    assert status_of("/", sec_fetch_site="cross-site", sec_fetch_mode="navigate") == 200
    assert status_of("/assets/a.js", sec_fetch_site="cross-site", sec_fetch_mode="no-cors") == 403


def test_the_page_of_the_server_may_tell_the_values_of_its_widgets() -> None:
    assert asked("/ws", "WS", origin="http://127.0.0.1:2719") == [{"type": "websocket.accept"}]
    assert status_of("/api/kernel/set_ui_element_value", "POST", origin="http://localhost:2719", host="localhost:2719") == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/kernel/run"),
        ("POST", "/api/kernel/save"),
        ("POST", "/api/kernel/execute"),
        ("POST", "/api/kernel/read_code"),
        ("POST", "/api/files/list_files"),
        ("POST", "/api/export/html"),
        ("GET", "/api/status"),
        ("GET", "/auth/login"),
        ("GET", "/assets/../secret"),
        ("DELETE", "/"),
    ],
)
def test_nobody_runs_reads_or_saves_code(method: str, path: str) -> None:
    assert status_of(path, method) == 404


@pytest.mark.parametrize("name", ["64-psm_1234abcd", "64-sem.mp-x", "10-x.csv", "4096-7-psm_12345.shm"])
def test_nothing_but_marimos_own_files_is_given_from_shared_memory(name: str) -> None:
    """A file of that name below /dev/shm was read, and deleted when the explorer ended."""
    assert status_of(f"/@file/{name}") == 404
    assert status_of("/@file/421-71234-aB3dE6gH.csv") == 200


def test_the_terminal_is_not_there() -> None:
    assert asked("/terminal/ws", "WS")[0]["type"] == "websocket.close"


def test_a_page_may_load_from_its_server_alone_and_run_its_own_scripts_alone() -> None:
    start, body = asked("/")
    headers = dict(start["headers"])
    policy = headers[b"content-security-policy"].decode()
    of_script = base64.b64encode(hashlib.sha256(b"let a = 1;").digest()).decode()
    assert f"script-src 'self' 'sha256-{of_script}';" in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert set(re.findall(r"\w+://[^ ;]+", policy)) == {"ws://127.0.0.1:2719", "ws://localhost:2719"}
    assert body["body"] == PAGE
    assert headers[b"content-length"] == str(len(PAGE)).encode()
    assert headers[b"cache-control"] == b"no-store"
    assert b"etag" not in headers


def test_no_answer_is_open_to_other_pages() -> None:
    for path in ("/", "/assets/a.js"):
        headers = dict(asked(path)[0]["headers"])
        assert b"access-control-allow-origin" not in headers
        assert headers[b"cross-origin-resource-policy"] == b"same-origin"
