"""The second audit: everything that is expected of the published file, asked again, by Great Expectations itself.

A refresh asks the same as plain SQL (``pipelines.checks.audit``). This asks the library and compares: on demand
(``bilateral verify --audit``) and by the weekly schedule of the job ``audit_published``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.checks.expectations import Expectation
from pipelines.checks.validations import Limits, Validation
from pipelines.util.readers import connect_for_readers


@dataclass(frozen=True)
class SecondAudit:
    """What was found, and what the file says was found when it was published: status by table and expectation."""

    found: Sequence[Validation]
    recorded: dict[tuple[str, str], str]

    @property
    def broken(self) -> list[Validation]:
        """What does not hold or could not be asked."""
        return [v for v in self.found if v.status in ("failed", "error")]

    @property
    def changed(self) -> list[Validation]:
        """Verdicts that are others than the recorded ones."""
        return [v for v in self.found if self.recorded.get((v.table_name, v.expectation), v.status) != v.status]

    @property
    def is_good(self) -> bool:
        """Whether every critical check holds and no verdict is another than the recorded one."""
        return not self.changed and not any(v.blocks for v in self.found)

    def lines(self) -> Iterator[str]:
        """The outcome in words: what does not hold, what differs, and how many of all."""
        for v in self.broken:
            yield f"{v.severity} {v.table_name} {v.expectation}: {v.description} Observed: {v.observed}"
        for v in self.changed:
            before = self.recorded[v.table_name, v.expectation]
            yield f"{v.table_name} {v.expectation}: {v.status}, recorded when it was published: {before}"
        n_critical = sum(v.blocks for v in self.found)
        n_skipped = sum(status == "skipped" for status in self.recorded.values())
        yield (
            f"{len(self.found) - len(self.broken):,} hold, {n_critical:,} critical and {len(self.broken) - n_critical:,} "
            f"warnings do not, {n_skipped:,} skipped (nothing loaded); {len(self.changed):,} verdicts differ from the recorded "
            "ones"
        )


def recorded_verdicts(published: Path) -> dict[tuple[str, str], str]:
    """Status of each check, by table and name, as the published file records it.

    Raises:
        BilateralError: nothing is published, or it cannot be read.
    """
    with connect_for_readers(published) as con:
        rows = con.execute("SELECT table_name, expectation, status FROM meta.validations").fetchall()
    return {(table, name): status for table, name, status in rows}


def audit_again(published: Path, expectations: Sequence[Expectation], limits: Limits) -> SecondAudit:
    """Ask Great Expectations all that is expected of the published file, but of domains that were never loaded.

    Raises:
        BilateralError: nothing is published, or it cannot be read.
    """
    from pipelines.checks import gx

    recorded = recorded_verdicts(published)
    asked = [e for e in expectations if recorded.get((e.table, e.name)) != "skipped"]
    return SecondAudit(gx.validate(published, asked, limits), recorded)
