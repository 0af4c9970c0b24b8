"""Answers that are taken away: ``changes``, ``export``, ``release``, ``cite``."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import BilateralError
from pipelines.cli.answers import tell
from pipelines.cli.input import as_text
from pipelines.cli.rows import write_answer
from pipelines.util.readers import connect_for_readers

if TYPE_CHECKING:
    from pipelines.settings import Settings


def changes(settings: Settings, since: str | None, form: str, limit: int | None) -> int:
    """``bilateral changes``: what became known since a day, or what publications since one were the first to hold."""
    from pipelines.share.changes import changes_in, feed_of, span_of
    from pipelines.share.feed import atom

    with connect_for_readers(settings.published) as con:
        span = span_of(con, since, datetime.now(UTC).replace(tzinfo=None))
        if since is None and span.after is None:
            tell("no publication before this one is known, so that all is new; --since 2026-01-31 asks from a day on")
        if form == "atom":
            sys.stdout.write(atom(feed_of(con, span)))
        elif write_answer(changes_in(con, span, in_short=form == "table"), form, limit) == 0 and form == "table":
            tell("nothing changed")
    return 0


def export(settings: Settings, what: str | None, everything: bool, folder: Path, form: str, force: bool) -> int:
    """``bilateral export``: a table, an answer or all tables as files."""
    from pipelines.share.export import DESCRIPTION, export, like_formulas

    if (what is None) != everything:
        raise BilateralError("give the name of a table, or a query, or --all. Nothing was written.")
    files = export(settings.published, None if what is None else as_text(what), folder, form, force=force)
    for file in files:
        print(f"{folder / file.path}  {file.n_rows:,} rows, {file.n_bytes:,} bytes")
    print(f"{folder / DESCRIPTION}  what they are, with sources and terms")
    if form == "csv" and (n := sum(like_formulas(folder / file.path) for file in files)):
        tell(
            f"{n:,} cells begin like a formula (= + - @) and are written as they are: a spreadsheet would run them. "
            "For a spreadsheet take --format xlsx, in which they are texts."
        )
    return 0


def release(settings: Settings, name: str, folder: Path | None, force: bool, keep: list[str]) -> int:
    """``bilateral release``: a folder to be deposited."""
    from pipelines.share.cite import build_of, sources_of
    from pipelines.share.release import MOST_BYTES, SUMS, release, too_large

    made, withheld = release(settings.published, name, folder or settings.warehouse / "releases", force=force, keep=keep)
    with connect_for_readers(made / "bilateral.duckdb") as con:
        build, sources = build_of(con), sources_of(con)
    n_bytes = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
    print(f"{made}  publication {build.publication_id}, {n_bytes:,} bytes; {SUMS} has the checksums")
    tell(f"before you pass it on, read the terms of its {len(sources):,} sources in README.md")
    if withheld:
        tell(
            f"left out, since no terms that are known allow everyone to pass them on: {', '.join(withheld)} "
            "(--keep SOURCE keeps one)"
        )
    for path in too_large(made):
        tell(
            f"{path.relative_to(made)} has more than the {MOST_BYTES // 1024**2} MB that GitHub takes in git: do not commit it. "
            "Pages takes it from the workflow publish.yml; BILATERAL_SINGLE_EVENTS=USA-CHN makes a smaller file at the next one."
        )
    return 0


def cite(settings: Settings, table: str | None) -> int:
    """``bilateral cite``: how to cite the file, or a table of it, and the sources."""
    from pipelines.share.cite import build_of, citation, sources_of, table_named

    with connect_for_readers(settings.published) as con:
        name = None if table is None else table_named(con, table)
        print(citation(build_of(con), sources_of(con, None if name is None else [name]), table=name))
    return 0
