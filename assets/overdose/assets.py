"""Dagster assets of the overdose room."""

from __future__ import annotations

import dagster as dg

from pipelines.dagster.assets import room_assets
from pipelines.project import Project


def assets(project: Project) -> list[dg.AssetsDefinition]:
    """All assets of the room."""
    return room_assets(project, "overdose")
