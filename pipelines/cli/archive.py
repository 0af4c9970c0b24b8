"""``bilateral archive``: an archive of a folder of downloads."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import BilateralError
from pipelines.cli.answers import tell
from pipelines.cli.terminal import fold, width_of, write_table

if TYPE_CHECKING:
    from pipelines.settings import Settings


def archive(settings: Settings, folder: Path, to: Path | None, *, dry_run: bool) -> int:
    """``bilateral archive``; code 0 where every file was placed, else 3."""
    from pipelines.cli.bars import bars
    from pipelines.services.sorting import PlacedFile, UnplacedFile, sort_files, write_archive
    from pipelines.services.warehouse import Warehouse

    warehouse = Warehouse(settings, say=tell)
    codes = {code.source: code for package in warehouse.packages.values() for code in package.sources}
    target = to or folder.with_name(f"{folder.resolve().name}.archive")
    if target.resolve().is_relative_to(folder.resolve()):
        raise BilateralError(f"--to {target}: the archive cannot lie in the folder that it is made of")
    with bars():
        sorted_ = sort_files(folder, warehouse.sources, codes, datetime.now(UTC))
    placed = sorted((s for s in sorted_ if isinstance(s, PlacedFile)), key=lambda s: (s.source, s.moment))
    left = [s for s in sorted_ if isinstance(s, UnplacedFile)]
    try:
        left += [] if dry_run else write_archive(placed, target, shutil.copy2)
    except OSError as error:
        raise BilateralError(f"{error.filename}: cannot be written: {error.strerror or error}") from error
    rows = [(s.source, s.moment, s.basis or "-", ", ".join(str(p.relative_to(folder)) for p in s.files)) for s in placed]
    if rows:
        write_table(("source", "moment", "basis", "files"), rows, sys.stdout, width=width_of(sys.stdout))
    for one in left:
        print(fold(f"not placed: {one.file.relative_to(folder)}: {one.reason}", width_of(sys.stdout), "  "))
    n_files = sum(len(s.files) for s in placed)
    what = "would be placed" if dry_run else f"placed in {target}; 'bilateral refresh --from {target}' takes them in"
    print(
        fold(f"{n_files:,} files of {len({s.source for s in placed}):,} sources {what}; {len(left):,} not", width_of(sys.stdout))
    )
    return 3 if left else 0
