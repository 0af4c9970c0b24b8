"""All that knows Dagster: assets, checks, jobs, schedules, the refresh as a run of its engine, the development server."""
