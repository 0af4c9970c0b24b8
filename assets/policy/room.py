"""The sources of the policy room, as the runner finds them."""

from __future__ import annotations

from functools import partial

from assets.contract import Across, Room, SourceCode
from assets.history import fold_whole
from assets.policy import tariffs, un_votes


def room() -> Room:
    """The room: votes in the United Nations, and duties."""
    source = SourceCode(
        source=un_votes.SOURCE,
        tables=tuple(un_votes.TABLES),
        stage=un_votes.stage,
        fold=partial(fold_whole, un_votes.SOURCE, un_votes.TABLES),
        frames=un_votes.STAGED,
    )
    return Room("policy", (source,), Across(tariffs.TABLES, tariffs.tables))
