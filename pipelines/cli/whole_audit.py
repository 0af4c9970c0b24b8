"""``bilateral audit``: everything that is expected of the published file, asked again, by Great Expectations itself."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pipelines.checks.weekly_audit import audit_again, recorded_verdicts
from pipelines.cli.bars import bars
from pipelines.cli.terminal import fold, width_of

if TYPE_CHECKING:
    from pipelines.settings import Settings


def audit(settings: Settings) -> int:
    """``bilateral audit``: code 0 where every critical check holds and no verdict is another than the recorded one, else 1."""
    recorded_verdicts(settings.published)  # where nothing is published there is nothing to prepare
    from pipelines.services.warehouse import Warehouse

    expectations = Warehouse(settings).build_expectations()
    with bars() as say:
        say(f"asking {len(expectations):,} expectations of {settings.published}")
        again = audit_again(settings.published, expectations, settings.limits)
    for line in again.lines():
        print(fold(line, width_of(sys.stdout), ""))
    return 0 if again.is_good else 1
