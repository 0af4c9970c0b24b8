"""A server of a site for this machine alone: files that are named, parts of them on request (``Range``), nothing else.

DuckDB reads the published file by ranges, which Python's own server does not know.
"""

import os
import re
import sys
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from pipelines.site.files import File

MOST_AT_ONCE = 16
"""Requests that are answered at the same time; a browser opens six connections to one server."""
PIECE = 1 << 18
IDLE_S = 30
TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class SiteServer(ThreadingHTTPServer):
    """Serves a site on 127.0.0.1. A refresh may replace the published file: each request for the page looks for it anew."""

    daemon_threads = True

    def __init__(self, files: Callable[[], tuple[str, dict[str, File]]], port: int = 0) -> None:
        """Serve what ``files`` gives: an id of the edition, and its files by their path."""
        super().__init__(("127.0.0.1", port), _Handler)
        self._files = files
        self._lock = threading.Lock()
        self.slots = threading.BoundedSemaphore(MOST_AT_ONCE)
        self.edition: str | None = None
        self.files: dict[str, File] = {}
        self.handles: dict[Path, BinaryIO] = {}
        self._opened: list[BinaryIO] = []
        self._is_closed = False
        self.look()

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_port}/"

    def look(self) -> None:
        """Take the files of the newest edition."""
        with self._lock:
            edition, files = self._files()
            if edition != self.edition:
                self.edition, self.files = edition, files
                # opened once: a file that is replaced is read to its end as it was
                self.handles = {file: file.open("rb") for file in files.values() if isinstance(file, Path)}
                self._opened += self.handles.values()

    def server_close(self) -> None:
        """End, and close the files of all editions: until then a request may still read an old one."""
        self._is_closed = True
        super().server_close()
        for handle in self._opened:
            handle.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away before the end of an answer, nor of answers that the end of this cuts off."""
        if not self._is_closed and not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def content(self, name: str) -> bytes | BinaryIO | None:
        """A file by its path; None where the site has none of that name."""
        file = self.files.get(name)
        if file is None or isinstance(file, bytes):
            return file
        if isinstance(file, Path):
            return self.handles.get(file)
        with self._lock:
            made = file()
            self.files[name] = made
            return made


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    server: SiteServer

    def do_GET(self) -> None:
        with self.server.slots:
            self._answer(body=True)

    def do_HEAD(self) -> None:
        with self.server.slots:
            self._answer(body=False)

    def log_message(self, *_: object) -> None:
        """Say nothing: who reads what is nobody's business."""

    def _answer(self, *, body: bool) -> None:
        # a name of the web that was pointed at this machine is refused
        if (self.headers.get("Host") or "").rpartition(":")[0] not in ("127.0.0.1", "localhost"):
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        asked = urlsplit(self.path)
        name = unquote(asked.path).lstrip("/") or "index.html"
        if name == "index.html":
            self.server.look()
        found = self.server.content(name)
        if found is None:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        size = len(found) if isinstance(found, bytes) else os.fstat(found.fileno()).st_size
        part = _part(self.headers.get("Range"), size)
        if part is None:
            self._refuse(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, f"bytes */{size}")
            return
        first, end = part
        whole = (first, end) == (0, size) and "Range" not in self.headers
        self.send_response(HTTPStatus.OK if whole else HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", TYPES.get(name.rpartition(".")[2], "application/octet-stream"))
        self.send_header("Content-Length", str(end - first))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        if not whole:
            self.send_header("Content-Range", f"bytes {first}-{end - 1}/{size}")
        self.end_headers()
        while body and first < end:
            if isinstance(found, bytes):
                piece = found[first : min(end, first + PIECE)]
            else:
                piece = os.pread(found.fileno(), min(PIECE, end - first), first)
            if not piece:
                break
            self.wfile.write(piece)
            first += len(piece)

    def _refuse(self, status: HTTPStatus, span: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if span:
            self.send_header("Content-Range", span)
        self.end_headers()


def _part(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; the whole file without a range or for one of another form, None beyond its end."""
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return 0, size
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size
    if int(first) >= size or (last and int(last) < int(first)):
        return None
    return int(first), min(size, int(last) + 1) if last else size
