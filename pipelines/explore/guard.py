"""Who may talk to the explorer's server, for what, and what its page may load.

The server listens on this machine alone. That keeps out other machines, but neither other users of this one nor a page of the web
that the same browser has open: it could call the address, or point a name of its own at it (DNS rebinding). So each request must
bear the name of this machine, come from no other page, hold the secret that only the address printed at the start gave away, and
ask for one of the few things that the page needs. The page in turn may load nothing but what this server serves.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_SERVED = re.compile(
    r"GET /|GET /assets/[\w.@-]+|GET /@file/(?:\d+-\d+-\w{8}\.\w+|0-empty\.txt)|GET /public-files-sw\.js|GET /health|WS /ws"
    r"|POST /api/kernel/(?:instantiate|set_ui_element_value|function_call)"
)
"""All that the page asks for: widgets tell their values, nobody runs, reads or saves code.

Files have the names that marimo makes. It looks up others in this machine's shared memory, and unlinks there what it gave away.
"""

_OPEN = re.compile(r"GET /(?:favicon\.ico|manifest\.json|apple-touch-icon\.png|android-chrome-\d+x\d+\.png)")
"""Icons and the name of the page, which browsers ask for without cookies."""

_PICTURE_AHEAD = re.compile(rb'<link rel="preload"[^>]* as="image"[^>]*>')
"""Pictures that marimo has fetched ahead for a page that lost its server: browsers warn of what is fetched and not used."""

_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


class Guard:
    """An application that lets only the page of its own server through to another one.

    Args:
        app: the application behind it.
        port: where the server listens.
        secret: what the first address must hold as ``token``; the browser keeps it as a cookie.
    """

    def __init__(self, app: App, port: int, secret: str) -> None:
        self._app = app
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"bilateral_{port}"
        self._port = port
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, refuse it, or pass it on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        kind = "WS" if scope["type"] == "websocket" else scope["method"]
        asked = f"{'GET' if kind == 'HEAD' else kind} {scope['path']}"
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if not self._is_of_this_page(headers):
            await _refuse(scope, receive, send, 403, "This page answers to its own address on this machine alone.")
        elif given and asked == "GET /" and hmac.compare_digest(given.encode(), self._secret.encode()):
            cookie = f"{self._cookie}={self._secret}; HttpOnly; SameSite=Lax; Path=/"
            await _answer(send, 303, "", [(b"location", b"/?show-chrome=false"), (b"set-cookie", cookie.encode())])
        elif _OPEN.fullmatch(asked):
            await self._app(scope, receive, self._hardened(send))
        elif not self._has_secret(headers):
            text = "Open the address that 'bilateral explore' printed: it holds the key to this page."
            await _refuse(scope, receive, send, 403, text)
        elif not _SERVED.fullmatch(asked):
            await _refuse(scope, receive, send, 404, "There is nothing here.")
        else:
            await self._app(scope, receive, self._hardened(send))

    def _is_of_this_page(self, headers: dict[str, str]) -> bool:
        if headers.get("host") not in self._hosts:
            return False
        if "origin" in headers and headers["origin"] not in {f"http://{host}" for host in self._hosts}:
            return False
        # a link elsewhere may lead to the page; nothing else of another page may
        return headers.get("sec-fetch-site", "none") in ("none", "same-origin") or headers.get("sec-fetch-mode") == "navigate"

    def _has_secret(self, headers: dict[str, str]) -> bool:
        try:
            kept = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return False
        return kept is not None and hmac.compare_digest(kept.value.encode(), self._secret.encode())

    def _hardened(self, send: Send) -> Send:
        """Pass answers on with a policy; that of a page names its scripts by their hashes, so a page waits until it is whole."""
        start: Message = {}
        parts: list[bytes] = []

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                start["headers"] = [
                    (name, value)
                    for name, value in message["headers"]
                    if not name.lower().startswith(b"access-control-") and name.lower() != b"referrer-policy"
                ]
                if not _is_page(start):
                    start["headers"] += self._policy([])
                    await send(start)
            elif message["type"] == "http.response.body" and _is_page(start):
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    whole = _PICTURE_AHEAD.sub(b"", b"".join(parts))
                    kept = [
                        (n, v) for n, v in start["headers"] if n.lower() not in (b"cache-control", b"etag", b"content-length")
                    ]
                    start["headers"] = [
                        *kept,
                        (b"content-length", b"%d" % len(whole)),
                        (b"cache-control", b"no-store"),
                        *self._policy(_SCRIPT.findall(whole)),
                    ]
                    await send(start)
                    await send({"type": "http.response.body", "body": whole})
            else:
                await send(message)

        return sent

    def _policy(self, scripts: list[bytes]) -> list[tuple[bytes, bytes]]:
        hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts)
        sockets = " ".join(f"ws://{host}" for host in sorted(self._hosts))
        policy = (
            f"default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
            f"font-src 'self' data:; connect-src 'self' {sockets}; object-src 'none'; base-uri 'self'; form-action 'none'; "
            "frame-ancestors 'none'"
        )
        return [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]


def _is_page(start: Message) -> bool:
    return any(n.lower() == b"content-type" and v.startswith(b"text/html") for n, v in start.get("headers", []))


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": text})
    else:
        await _answer(send, status, text, [])


async def _answer(send: Send, status: int, text: str, headers: list[tuple[bytes, bytes]]) -> None:
    plain = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": [*plain, *headers]})
    await send({"type": "http.response.body", "body": text.encode()})
