"""``bilateral site``, ``explore`` and ``report``: the page as a folder, on this machine, and of one pair as a file."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import webbrowser
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import BilateralError
from pipelines.site.files import File, one_page, site_files, write_site
from pipelines.site.serve import SiteServer
from pipelines.util.readers import connect_for_readers

if TYPE_CHECKING:
    from pipelines.settings import Settings

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def site(settings: Settings, folder: Path) -> int:
    """Write the page and the published file into a folder for any static host."""
    try:
        written = write_site(settings.published, folder)
    except OSError as error:
        raise BilateralError(f"--to {folder}: {error.strerror or error}. Nothing else was changed.") from error
    size = sum(path.stat().st_size for path in written) / 1e6
    print(f"{folder.resolve()}: {len(written)} files, {size:.0f} MB")
    print("Put the folder on any host of static files that answers byte ranges (GitHub Pages, S3, nginx).")
    return 0


def explore(settings: Settings, port: int, *, browse: bool) -> int:
    """Serve the page on this machine until Ctrl-C."""

    def files() -> tuple[str, dict[str, File]]:
        found = settings.published.stat() if settings.published.exists() else None
        return str(found and (found.st_ino, found.st_mtime_ns)), site_files(settings.published)

    try:
        server = SiteServer(files, port)
    except OSError as error:
        raise BilateralError(f"port {port}: {error.strerror}. Choose another one: --port 0 takes any that is free.") from error
    print(f"The page is on {server.address}  (Ctrl-C ends it)", flush=True)
    if browse:
        webbrowser.open(server.address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nThe page has ended.", flush=True)
    finally:
        server.server_close()
    return 0


def report(settings: Settings, pair: tuple[str, str], view: dict[str, str | None], output: str | None) -> int:
    """Write the page of a pair with its numbers inside, as one HTML file, or print it into a PDF or PNG.

    Args:
        settings: where the file is.
        pair: the two states, as people write them.
        view: known (a day), from and to (days or months), lang.
        output: the file; ``-`` is standard output.
    """
    for name in ("known", "from", "to"):
        if view[name] is not None:
            view[name] = _day(name, str(view[name]))
    a, b = as_actors(settings.published, pair)
    page = one_page(settings.published, a, b, {k: v for k, v in view.items() if v is not None})
    if output == "-":
        sys.stdout.write(page)
        return 0
    path = Path(output or f"{a}-{b}.html").resolve()
    if path.suffix in (".pdf", ".png"):
        _print(page, path)
    else:
        path.write_text(page, encoding="utf-8")
    print(f"{path}  ({path.stat().st_size / 1e6:.1f} MB)")
    return 0


def _print(page: str, path: Path) -> None:
    """Have a browser of this machine print a page.

    Raises:
        BilateralError: there is none, or it has printed nothing.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise BilateralError(
            f"{path.name}: to print needs Chromium or Chrome, and none is on the path. Nothing was written. "
            "Without it: -o FILE.html, opened in any browser and printed from there."
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page, encoding="utf-8")
        pdf = [f"--print-to-pdf={path}", "--no-pdf-header-footer"]
        png = [f"--screenshot={path}", "--window-size=1200,3600", "--hide-scrollbars"]
        quiet = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
        # charts are drawn once their place has a width
        drawn = ["--virtual-time-budget=5000", *(pdf if path.suffix == ".pdf" else png), source.as_uri()]
        asked = [browser, *quiet, *drawn]
        path.unlink(missing_ok=True)
        done = subprocess.run(asked, capture_output=True, text=True, timeout=120, check=False)
    if not path.exists():
        raise BilateralError(f"{browser} has printed nothing: {done.stderr.strip().splitlines()[-1:] or done.returncode}")


def as_actors(published: Path, pair: tuple[str, str]) -> tuple[str, str]:
    """The two states as actor ids, with a word on standard error of what was taken where they were written otherwise."""
    with connect_for_readers(published) as con:
        asked = "SELECT coalesce(actor_named($name), upper($name))"
        found = [str(con.execute(asked, {"name": name}).fetchall()[0][0]) for name in pair]
    for name, actor in zip(pair, found, strict=True):
        if name.upper() != actor:
            print(f"{name}: taken for {actor}", file=sys.stderr)
    return found[0], found[1]


def _day(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        option = "as-known" if name == "known" else name
        raise BilateralError(f"--{option} {text}: expected a date as YYYY-MM-DD. Nothing was written.") from error
