"""Dagster assets of the news room. GDELT comes in 15-minute slots, or by days: its raw assets are partitioned by day."""

from __future__ import annotations

import dagster as dg

from pipelines.dagster.assets import room_assets
from pipelines.project import Project

GDELT_DAYS = dg.DailyPartitionsDefinition(start_date="2013-04-01", timezone="UTC", end_offset=1)
"""Days (UTC) of GDELT; today is open. One calendar for all its assets, since a job cannot mix two: 1.0 comes by days since
2013-04-01 (2014-01-23 to -25 and 2014-03-19 were never published), 2.0 has its first slot on 2015-02-18."""


def assets(project: Project) -> list[dg.AssetsDefinition]:
    """All assets of the room."""
    days = {"gdelt_v2_events": GDELT_DAYS, "gdelt_v2_mentions": GDELT_DAYS, "gdelt_v1_events": GDELT_DAYS}
    return room_assets(project, "news", days)
