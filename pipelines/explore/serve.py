"""The explorer's server: marimo in app mode, on this machine alone."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import BilateralError
from pipelines.explore.guard import Guard

if TYPE_CHECKING:
    from pipelines.settings import Settings

_HERE = Path(__file__).parent


def serve(settings: Settings, port: int, tell: Callable[[str], None], *, browse: bool) -> None:
    """Serve the page until it is stopped.

    Args:
        settings: where the published file is.
        port: where to listen; 0: any that is free.
        tell: is told the address once the server listens.
        browse: open the address in a browser, where this machine shows one.

    Raises:
        BilateralError: the extra is not installed, or the port is taken.
    """
    with tempfile.TemporaryDirectory() as scratch:
        # what marimo keeps between runs, it keeps here: nothing is left behind, and no settings of your own notebooks are read
        os.environ.update({f"XDG_{kind}_HOME": scratch for kind in ("CONFIG", "CACHE", "STATE", "DATA")})
        os.environ["BILATERAL_WAREHOUSE"] = str(settings.warehouse)
        try:
            import marimo
            import uvicorn
        except ModuleNotFoundError as error:
            raise BilateralError(
                f"the explorer needs {error.name}, which is not installed. 'make setup' installs it; so does, in the project's "
                f"folder: {sys.executable} -m pip install -e '.[explore]'. 'bilateral report' needs nothing more."
            ) from error
        listening = _bound(port)
        port = listening.getsockname()[1]
        secret = secrets.token_urlsafe(24)
        head = f"<style>{style()}</style>"
        page = marimo.create_asgi_app(quiet=True, html_head=head).with_app(path="", root=str(_HERE / "notebook.py")).build()
        config = uvicorn.Config(Guard(page, port, secret), log_level="error", access_log=False, timeout_graceful_shutdown=1)
        address = f"http://127.0.0.1:{port}/?token={secret}"
        tell(address)
        if browse and (sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            threading.Timer(1, webbrowser.open, [address]).start()
        uvicorn.Server(config).run(sockets=[listening])


def style() -> str:
    """The style of what the page shows, which reaches no widget of marimo."""
    figures, own = (
        (path).read_text(encoding="utf-8") for path in (_HERE.parent / "pages" / "figures.css", _HERE / "explore.css")
    )
    return f".explore {{\n{figures}}}\n{own}"


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen()
    except OSError as error:
        listening.close()
        reasons = {errno.EADDRINUSE: "is taken, perhaps by another explorer", errno.EACCES: "may not be used by you"}
        raise BilateralError(
            f"port {port} {reasons.get(error.errno or 0, error.strerror)}: choose another one with --port, or any that is free "
            "with --port 0. Nothing was started."
        ) from error
    return listening
