"""``bilateral doctor``: what is wrong with an installation, and how to fix it."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from assets.errors import BilateralError
from pipelines.cli.app import command, read_settings
from pipelines.cli.terminal import fold, say, styled, width_of

if TYPE_CHECKING:
    from pipelines.settings import Settings

_PACKAGES = ("dagster", "polars", "duckdb", "great-expectations", "duckdb-sqlalchemy")
REPORT = "doctor-online.md"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``remedy``: what to do where it is not well."""

    is_well: bool
    text: str
    remedy: str = ""


@command(
    ("bilateral doctor", "what is wrong with this installation, and how to fix it"),
    ("bilateral doctor --online", "and what each source answers today, as a report to paste into an issue"),
)
def doctor(
    online: Annotated[bool, Option("--online", help="Ask each address of live sources once too, and write a report.")] = False,
) -> int:
    """Check the installation and say how to repair what is wrong.

    With --online, exit code 3: an answer of a source would not be accepted.
    """
    settings = read_settings()
    findings = list(_findings(settings))
    width = width_of(sys.stdout)
    for finding in findings:
        mark = styled("ok  ", "green") if finding.is_well else styled("FIX ", "red")
        text = finding.text if finding.is_well else f"{finding.text}  ->  {finding.remedy}"
        print(f"{mark}  {fold(text, width, '      ').lstrip()}")
    if not all(finding.is_well for finding in findings):
        return 1
    return ask_online(settings) if online else 0


def ask_online(settings: Settings, **how: Any) -> int:
    """``bilateral doctor --online``; ``how``: for ``ask_each``. Raises BilateralError without a network or if it cannot write."""
    from pipelines.cli.bars import bars
    from pipelines.ingest.fetch.network import addresses_of, refuse_offline
    from pipelines.ingest.fetch.probe import ask_each
    from pipelines.ingest.raw_store import RawStore
    from pipelines.ingest.sources import load_sources

    sources = load_sources()
    if not how:
        refuse_offline(addresses_of(source for source in sources.values() if source.live == "fetch"))
    now = datetime.now(UTC)
    with bars():
        answers = ask_each(sources.values(), settings.fetch, now, RawStore(settings.warehouse / "raw"), **how)
    n_good = sum(a.is_good for a in answers)
    summary = f"{n_good:,} of {len(answers):,} addresses answer with what would be accepted"
    version = importlib.metadata.version("bilateral-relations-warehouse")
    lines = [
        f"bilateral {version}, Python {sys.version_info.major}.{sys.version_info.minor}, asked {now:%Y-%m-%d %H:%M} UTC as",
        f"`{settings.fetch.agent}`: {summary}.",
        "",
        "| source | file | host | status | bytes | seconds | |",
        "|---|---|---|---|---|---|---|",
    ]
    for a in answers:
        size = "-" if a.n_bytes is None else f"{a.n_bytes:,}"
        says = a.says.replace("`", "'")  # what a server says must not be read as Markdown
        cells = (a.source, a.file, a.host, a.status or "-", size, f"{a.seconds:.1f}", f"`{says}`")
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
        if not a.is_good:
            text = fold(f"{a.source} {a.file}: {a.says}", width_of(sys.stdout), "      ")
            print(f"{styled('FIX ', 'red')}  {text.lstrip()}")
    report = settings.warehouse / REPORT
    try:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text("\n".join([*lines, ""]), encoding="utf-8")
    except OSError as error:
        raise BilateralError(f"{report}: the report cannot be written: {error.strerror or error}") from error
    say(f"{summary}. The report, which can be pasted into an issue: {report}")
    return 0 if n_good == len(answers) else 3


def _findings(settings: Settings) -> Iterator[Finding]:
    import duckdb

    from pipelines.settings import ROOT
    from pipelines.util.readers import connect_for_readers

    version = sys.version_info
    remedy = "install Python 3.11 or newer, then 'make setup'"
    yield Finding(version >= (3, 11), f"Python {version.major}.{version.minor}", remedy)
    for package in _PACKAGES:
        try:
            yield Finding(True, f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            yield Finding(False, f"{package} is not installed", "run 'make setup'")
    import assets
    import pipelines

    here = all(Path(m.__file__ or "").is_relative_to(ROOT) for m in (assets, pipelines))
    yield Finding(here, "pipelines and assets are imported from this checkout", "run 'make setup' in this checkout")
    folder = settings.warehouse
    while not folder.exists():
        folder = folder.parent
    remedy = "set BILATERAL_WAREHOUSE to a folder of yours"
    yield Finding(folder.is_dir() and os.access(folder, os.W_OK), f"{settings.warehouse} can be written", remedy)
    free = shutil.disk_usage(folder).free / 1e9
    yield Finding(free > 2, f"{free:,.0f} GB free", "free some disk space: raw snapshots are kept for ever")
    if not settings.published.exists():
        yield Finding(True, "nothing is published yet: run 'bilateral refresh'")
        return
    try:
        with connect_for_readers(settings.published) as con:
            built = con.execute("SELECT built_at FROM meta.build").fetchall()[0][0]
        yield Finding(True, f"published file built {built:%Y-%m-%d %H:%M} UTC")
    except (BilateralError, duckdb.Error) as error:
        remedy = "delete the file and run 'bilateral refresh': it is rebuilt from raw"
        yield Finding(False, f"{settings.published}: {error}", remedy)
