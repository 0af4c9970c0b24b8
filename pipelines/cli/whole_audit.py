"""``bilateral audit``: everything that is expected of the published file, asked again, by Great Expectations itself."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pipelines.cli.bars import bars
from pipelines.cli.terminal import fold, width_of
from pipelines.readers import connect_for_readers

if TYPE_CHECKING:
    from pipelines.settings import Settings


def audit(settings: Settings) -> int:
    """``bilateral audit``: code 0 where every critical check holds and no verdict is another than the recorded one, else 1."""
    with connect_for_readers(settings.published) as con:
        rows = con.execute("SELECT table_name, expectation, status FROM meta.validations").fetchall()
    recorded = {(table, name): status for table, name, status in rows}
    from pipelines.project import Project
    from pipelines.publish import gx

    asked = [e for e in Project(settings).build_expectations() if recorded.get((e.table, e.name)) != "skipped"]
    with bars() as say:
        say(f"asking {len(asked):,} expectations of {settings.published}")
        found = gx.validate(settings.published, asked, None, settings.limits)
    bad = [v for v in found if v.status in ("failed", "error")]
    for v in bad:
        _print(f"{v.severity} {v.table_name} {v.expectation}: {v.description} Observed: {v.observed}")
    changed = [v for v in found if recorded.get((v.table_name, v.expectation), v.status) != v.status]
    for v in changed:
        before = recorded[v.table_name, v.expectation]
        _print(f"{v.table_name} {v.expectation}: {v.status}, recorded when it was published: {before}")
    n_skipped = sum(status == "skipped" for status in recorded.values())
    _print(
        f"{len(found) - len(bad):,} hold, {sum(v.blocks for v in found):,} critical and {sum(not v.blocks for v in bad):,} "
        f"warnings do not, {n_skipped:,} skipped (nothing loaded); {len(changed):,} verdicts differ from the recorded ones"
    )
    return 1 if changed or any(v.blocks for v in found) else 0


def _print(line: str) -> None:
    print(fold(line, width_of(sys.stdout), ""))
