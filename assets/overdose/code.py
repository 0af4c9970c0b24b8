"""The sources of the overdose room, as the runner finds them."""

from __future__ import annotations

from assets.overdose import observations, vsrr
from pipelines.contract import SourceCode

SOURCES: tuple[SourceCode, ...] = (
    SourceCode(
        source=observations.SOURCE,
        tables=(observations.TABLE,),
        stage=vsrr.stage,
        fold=observations.fold,
        judge=vsrr.judge,
    ),
)
