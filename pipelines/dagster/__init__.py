"""All that knows Dagster: assets, checks, jobs, schedules, the event log, the development server."""

OWNERS = ["team:bilateral-relations"]
"""Whom the UI names for each asset."""
