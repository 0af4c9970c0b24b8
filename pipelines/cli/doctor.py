"""``bilateral doctor``: what is wrong with an installation, and how to fix it."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from assets.errors import BilateralError
from pipelines.cli.terminal import fold, styled, width_of
from pipelines.readers import connect_for_readers
from pipelines.settings import ROOT

if TYPE_CHECKING:
    from pipelines.settings import Settings

_PACKAGES = ("dagster", "polars", "duckdb", "great-expectations", "duckdb-sqlalchemy", "pyarrow")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``remedy``: what to do where it is not well."""

    is_well: bool
    text: str
    remedy: str = ""


def doctor(settings: Settings) -> int:
    """``bilateral doctor``: exit code 0 where all is well, else 1."""
    findings = list(_findings(settings))
    width = width_of(sys.stdout)
    for finding in findings:
        mark = styled("ok  ", "green") if finding.is_well else styled("MEND", "red")
        text = finding.text if finding.is_well else f"{finding.text}  ->  {finding.remedy}"
        print(f"{mark}  {fold(text, width, '      ').lstrip()}")
    return 0 if all(finding.is_well for finding in findings) else 1


def _findings(settings: Settings) -> Iterator[Finding]:
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
        yield Finding(True, "nothing published yet ('bilateral refresh' does)")
        return
    try:
        with connect_for_readers(settings.published) as con:
            built = con.execute("SELECT built_at FROM meta.build").fetchall()[0][0]
        yield Finding(True, f"published file built {built:%Y-%m-%d %H:%M} UTC")
    except (BilateralError, duckdb.Error) as error:
        remedy = "delete the file and run 'bilateral refresh': it is rebuilt from raw"
        yield Finding(False, f"{settings.published}: {error}", remedy)
