"""All that knows Dagster: assets, checks, jobs, schedules, the event log, the development server."""
