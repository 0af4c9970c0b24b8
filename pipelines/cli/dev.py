"""``make dev``: the Dagster UI on the warehouse of the settings."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import dagster as dg

from pipelines.cli.answers import read_settings
from pipelines.dagster.home import prepare_dagster_home
from pipelines.dagster.runs import close_dead
from pipelines.settings import ROOT


def main() -> None:
    """Become ``dagster dev``; further arguments are passed on (``--port 3001``)."""
    prepare_dagster_home(read_settings())
    with dg.DagsterInstance.get() as instance:
        close_dead(instance)
    os.chdir(ROOT)
    # a script that starts this in the background makes it ignore SIGINT, and Dagster then SIGTERM too
    signal.signal(signal.SIGINT, signal.default_int_handler)
    dagster = Path(sys.executable).with_name("dagster")
    os.execv(dagster, [str(dagster), "dev", "-m", "pipelines.definitions", *sys.argv[1:]])


if __name__ == "__main__":
    main()
