"""The command line ``bilateral``, also ``python -m pipelines.cli``.

``app`` declares names, options and help and imports little, so that help and completion come at once; each command imports
what it needs when it runs. Queries need DuckDB alone; Dagster and the domains are imported only where a job is run.
"""

from pipelines.cli.app import command, main

__all__ = ["command", "main"]
