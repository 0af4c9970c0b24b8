"""Answers that are taken away: ``report``, ``explore``, ``site``, ``changes``, ``export``, ``release``, ``cite``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from typer import Argument, Option

from assets.errors import BilateralError
from pipelines.cli.app import Limit, command, day_of, read_settings, tell

if TYPE_CHECKING:
    from pipelines.site.files import File

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@command(
    ("bilateral report USA CHN", "writes USA-CHN.html: charts, acts, claims, sources"),
    ("bilateral report USA CHN --as-known 2023-12-22 --from 2022-01-01 -o then.html", "what was known on a day"),
    ("bilateral report USA CHN -o USA-CHN.pdf", "on paper, where this machine has Chromium"),
)
def report(
    one: Annotated[str, Argument(metavar="STATE", help="A state, such as USA.")],
    other: Annotated[str, Argument(metavar="STATE", help="Another one, such as CHN.")],
    as_known: Annotated[
        str | None,
        Option("--as-known", metavar="DATE", help="As known at the beginning of that day, UTC, beside what is known now."),
    ] = None,
    since: Annotated[str | None, Option("--from", metavar="DATE", help="First day. Without it 2017.")] = None,
    until: Annotated[str | None, Option("--to", metavar="DATE", help="Last day. Without it the newest.")] = None,
    chinese: Annotated[bool, Option("--chinese", help="Labels in Chinese.")] = False,
    output: Annotated[
        str | None,
        Option("--output", "-o", metavar="FILE", help=".html, .pdf or .png (-: standard output). Without it USA-CHN.html."),
    ] = None,
) -> int:
    """The page of two states as one HTML file that needs no network, or printed as PDF or PNG (by Chromium)."""
    settings = read_settings()
    from pipelines.site.files import one_page

    days = {"known": day_of("--as-known", as_known), "from": day_of("--from", since), "to": day_of("--to", until)}
    a, b = as_actors(settings.published, (one, other))
    view = {name: str(value) for name, value in {**days, "lang": "zh" if chinese else None}.items() if value is not None}
    page = one_page(settings.published, a, b, view)
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
    """Have a browser of this machine print a page. Raises BilateralError where there is none, or it has printed nothing."""
    import shutil
    import subprocess
    import tempfile

    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise BilateralError(
            f"{path.name}: to print needs Chromium or Chrome. Nothing was written. Or: -o FILE.html, for any browser."
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page, encoding="utf-8")
        pdf = [f"--print-to-pdf={path}", "--no-pdf-header-footer"]
        png = [f"--screenshot={path}", "--window-size=1200,3600", "--hide-scrollbars"]
        quiet = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
        # charts are drawn once their place has a width
        drawn = ["--virtual-time-budget=5000", *(pdf if path.suffix == ".pdf" else png), source.as_uri()]
        path.unlink(missing_ok=True)
        done = subprocess.run([browser, *quiet, *drawn], capture_output=True, text=True, timeout=120, check=False)
    if not path.exists():
        raise BilateralError(f"{browser} has printed nothing: {done.stderr.strip().splitlines()[-1:] or done.returncode}")


def as_actors(published: Path, pair: tuple[str, str]) -> tuple[str, str]:
    """The two states as actor ids, with a word on standard error of what was taken where they were written otherwise."""
    from pipelines.util.readers import connect_for_readers

    with connect_for_readers(published) as con:
        query = "SELECT coalesce(actor_named($name), upper($name))"
        found = [str(con.execute(query, {"name": name}).fetchall()[0][0]) for name in pair]
    for name, actor in zip(pair, found, strict=True):
        if name.upper() != actor:
            print(f"{name}: taken for {actor}", file=sys.stderr)
    return found[0], found[1]


@command(
    ("bilateral explore", "pairs of states, parties, acts, SQL, as known on any day"),
    ("bilateral explore --port 0 --no-browser", "on any free port; open the address yourself"),
)
def explore(
    port: Annotated[int, Option("--port", min=0, max=65535, metavar="N", help="Where to listen (0: any that is free).")] = 2719,
    browser: Annotated[bool, Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
) -> int:
    """The page on this machine: pairs of states, parties, acts, SQL, as known on any day. Needs no network."""
    settings = read_settings()
    import webbrowser

    from pipelines.site.files import site_files
    from pipelines.site.serve import SiteServer

    def files() -> tuple[str, dict[str, File]]:
        found = settings.published.stat() if settings.published.exists() else None
        return str(found and (found.st_ino, found.st_mtime_ns)), site_files(settings.published)

    try:
        server = SiteServer(files, port)
    except OSError as error:
        raise BilateralError(f"port {port}: {error.strerror}. Choose another one: --port 0 takes any that is free.") from error
    print(f"The page is on {server.address}  (Ctrl-C ends it)", flush=True)
    if browser:
        webbrowser.open(server.address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("\nThe page has ended.", flush=True)
    finally:
        server.server_close()
    return 0


@command(("bilateral site --to public/", "a folder for GitHub Pages, S3 or a USB stick"))
def site(to: Annotated[Path, Option("--to", metavar="DIR", help="Folder to write into.")]) -> int:
    """The page and the published file as one folder for any static host: no server, no build."""
    from pipelines.site.files import write_site

    try:
        written = write_site(read_settings().published, to)
    except OSError as error:
        raise BilateralError(f"--to {to}: {error.strerror or error}. Nothing else was changed.") from error
    size = sum(path.stat().st_size for path in written) / 1e6
    print(f"{to.resolve()}: {len(written)} files, {size:.0f} MB")
    print("Put the folder on any host of static files that answers byte ranges (GitHub Pages, S3, nginx).")
    return 0


@command(
    ("bilateral changes", "what the newest publication was the first to hold"),
    ("bilateral changes --since 2023-11-15", "what became known from a day on"),
    ("bilateral changes --since 2023-11-15 --format atom > changes.atom", "as a feed"),
)
def changes(
    since: Annotated[
        str | None,
        Option(
            "--since",
            metavar="DATE|PUBLICATION",
            help="What became known from a day on; or what is new since a publication. Without it: since the one before.",
        ),
    ] = None,
    form: Annotated[Literal["table", "json", "atom"], Option("--format", help="How changes are written.")] = "table",
    limit: Limit = None,
) -> int:
    """What changed: listings, revised counts with old and new value, new events and articles, stale sources."""
    settings = read_settings()
    from pipelines.cli.terminal import write_answer
    from pipelines.share.changes import atom, changes_in, feed_of, span_of
    from pipelines.util.readers import connect_for_readers

    with connect_for_readers(settings.published) as con:
        span = span_of(con, since, datetime.now(UTC).replace(tzinfo=None))
        if since is None and span.after is None:
            tell("no publication before this one is known, so that all is new; --since 2026-01-31 asks from a day on")
        if form == "atom":
            sys.stdout.write(atom(feed_of(con, span)))
        elif write_answer(changes_in(con, span, in_short=form == "table"), form, limit) == 0 and form == "table":
            tell("nothing changed")
    return 0


@command(
    ("bilateral export dyad_month --to panel/ --format csv", "a table, with datapackage.json beside it"),
    ("bilateral export \"FROM listed_on(DATE '2023-11-15')\" --to listed/ --format xlsx", "an answer as a workbook"),
    ("bilateral export --all --to tables/", "all tables as Parquet"),
)
def export(
    to: Annotated[Path, Option("--to", metavar="DIR", help="Folder to write into; nothing is written elsewhere.")],
    what: Annotated[str | None, Argument(metavar="TABLE|QUERY", help="A table, or a query that reads.")] = None,
    everything: Annotated[bool, Option("--all", help="All tables.")] = False,
    form: Annotated[Literal["parquet", "csv", "xlsx"], Option("--format", help="How tables are written.")] = "parquet",
    force: Annotated[bool, Option("--force", help="Write over files of the same names.")] = False,
) -> int:
    """Tables or an answer as files, with a datapackage.json that describes them, with sources and terms."""
    settings = read_settings()
    from pipelines.cli.input import as_text
    from pipelines.share.export import DESCRIPTION, export, like_formulas

    if (what is None) != everything:
        raise BilateralError("give the name of a table, or a query, or --all. Nothing was written.")
    files = export(settings.published, None if what is None else as_text(what), to, form, force=force)
    for file in files:
        print(f"{to / file.path}  {file.n_rows:,} rows, {file.n_bytes:,} bytes")
    print(f"{to / DESCRIPTION}  what they are, with sources and terms")
    if form == "csv" and (n := sum(like_formulas(to / file.path) for file in files)):
        tell(
            f"{n:,} cells begin like a formula (= + - @) and are written as they are: a spreadsheet would run them. "
            "For a spreadsheet take --format xlsx, in which they are texts."
        )
    return 0


@command(("bilateral release 2026-11", "a folder for a repository: file, Parquet, checksums, citation"))
def release(
    name: Annotated[str, Argument(metavar="NAME", help="Name of the release, 2026-11 for instance.")],
    to: Annotated[Path | None, Option("--to", metavar="DIR", help="Where to; without it releases/ beside the data.")] = None,
    force: Annotated[bool, Option("--force", help="Replace a release of that name.")] = False,
    keep: Annotated[
        list[str] | None,
        Option("--keep", metavar="SOURCE", help="Keep the rows of a source that not everyone may pass on; several times."),
    ] = None,
) -> int:
    """A folder for GitHub Pages or Zenodo: the page, the file, Parquet, datapackage.json, checksums, citations, changes."""
    settings = read_settings()
    from pipelines.share.cite import build_of, sources_of
    from pipelines.share.release import MOST_BYTES, SUMS, release, too_large
    from pipelines.util.readers import connect_for_readers

    made, withheld = release(settings.published, name, to or settings.warehouse / "releases", force=force, keep=keep or [])
    with connect_for_readers(made / "bilateral.duckdb") as con:
        build, sources = build_of(con), sources_of(con)
    n_bytes = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
    print(f"{made}  publication {build.publication_id}, {n_bytes:,} bytes; {SUMS} has the checksums")
    tell(f"before you pass it on, read the terms of its {len(sources):,} sources in README.md")
    if withheld:
        tell(f"left out, since no known terms let everyone pass them on: {', '.join(withheld)} (--keep SOURCE keeps one)")
    for path in too_large(made):
        tell(
            f"{path.relative_to(made)} has more than the {MOST_BYTES // 1024**2} MB that GitHub takes in git: do not commit it. "
            "Pages takes it from the workflow publish.yml; BILATERAL_SINGLE_EVENTS=USA-CHN makes a smaller file at the next one."
        )
    return 0


@command(
    ("bilateral cite", "the file and its sources, each with its vintage"),
    ("bilateral cite overdose_monthly", "a table and the sources that it rests on"),
)
def cite(table: Annotated[str | None, Argument(metavar="TABLE", help="Only this table and its sources.")] = None) -> int:
    """How to cite the published file and its sources, each with its vintage."""
    settings = read_settings()
    from pipelines.share.cite import build_of, citation, sources_of, table_named
    from pipelines.util.readers import connect_for_readers

    with connect_for_readers(settings.published) as con:
        name = None if table is None else table_named(con, table)
        print(citation(build_of(con), sources_of(con, None if name is None else [name]), table=name))
    return 0
