"""Dagster assets of the news room. GDELT comes in 15-minute slots: its raw asset is partitioned by day."""

from __future__ import annotations

import dagster as dg

from pipelines.project import Project
from pipelines.room_assets import room_assets

GDELT_DAYS = dg.DailyPartitionsDefinition(start_date="2015-02-18", timezone="UTC", end_offset=1)
"""Days (UTC) of GDELT 2.0, whose first slot is of 2015-02-18; today is open."""


def assets(project: Project) -> list[dg.AssetsDefinition]:
    """All assets of the room."""
    return room_assets(project, "news", {"gdelt_v2_events": GDELT_DAYS})
