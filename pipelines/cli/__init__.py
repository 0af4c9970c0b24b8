"""The command line ``bilateral``, also ``python -m pipelines.cli``.

Each module declares its commands, in the order in which the help has them, and imports what it needs when one runs, so that
help and completion come at once. Queries need DuckDB alone; Dagster and the domains are imported only where a job is run.
"""

# isort: off
from pipelines.cli import refresh, query, describe, status, share, upkeep, backfill, doctor

# isort: on
from pipelines.cli.app import main
from pipelines.cli.app import run as command

__all__ = ["backfill", "command", "describe", "doctor", "main", "query", "refresh", "share", "status", "upkeep"]
