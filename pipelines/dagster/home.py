"""The folder in which Dagster keeps its runs, and the settings that it needs there."""

import os
import signal
import sqlite3
import sys
import uuid
from pathlib import Path

from pipelines.settings import ROOT, Settings
from pipelines.util.disk_errors import chain_of

DAGSTER_YAML = """# Written by bilateral, and again where it differs. Delete this line to have your changes left alone.
telemetry:
  enabled: false
nux:
  enabled: false
python_logs:
  managed_python_loggers: [pipelines]
  python_log_level: INFO
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 7
      failure: 90
      success: 90
"""
"""No telemetry and no newsletter prompt; what the pipeline says is in the log of its run. What schedules and sensors did is kept
for 90 days; runs are removed by ``bilateral gc``."""


def runs_not_ended() -> bool:
    """Whether a run left its file (``pipelines.dagster.runs``): it is under way, or its process died."""
    return any((Path(os.environ["DAGSTER_HOME"]) / "alive").glob("*.lock"))


def name_dagster_home(settings: Settings) -> Path:
    """The folder of Dagster, below the warehouse unless DAGSTER_HOME names another, as Dagster looks for it; it is not made."""
    home = Path(os.environ.get("DAGSTER_HOME") or settings.warehouse / "dagster").expanduser().resolve()
    os.environ["DAGSTER_HOME"] = str(home)  # Dagster stops at an empty one, and at one that is not absolute
    return home


def prepare_dagster_home(settings: Settings) -> None:
    """Give Dagster its folder and the settings that it needs there."""
    home = name_dagster_home(settings)
    home.mkdir(parents=True, exist_ok=True)
    file = home / "dagster.yaml"
    if file.is_dir():
        # no settings, and Dagster would stop at it: put beside, so that the run is recorded
        file.rename(home / f"dagster.yaml.{uuid.uuid4().hex}")
    found = file.read_text(encoding="utf-8") if file.exists() else None
    ours = found is None or found.startswith(DAGSTER_YAML.splitlines()[0])
    if ours and found != DAGSTER_YAML:
        file.write_text(DAGSTER_YAML, encoding="utf-8")


def damage_message(error: BaseException) -> str | None:
    """What an error of Dagster's own storage means and what to do; None where it is of another kind."""
    import yaml  # a refresh that finds nothing new does not wait for it

    home = Path(os.environ["DAGSTER_HOME"])
    for one in chain_of(error):
        if type(one).__module__.startswith(("dagster_postgres", "psycopg2")):
            return (
                "the PostgreSQL database that keeps Dagster's runs (dagster.yaml) does not answer. No data hang on it: start it, "
                "and the next run is recorded again."
            )
        if isinstance(one, sqlite3.DatabaseError) and not isinstance(one, sqlite3.OperationalError):
            return (
                f"{home}: Dagster's record of its runs is damaged ({one}). No data are in it, and none were changed. Move this "
                "folder away and refresh again: the history of runs, and which schedules are on, are lost, nothing else."
            )
        if isinstance(one, yaml.YAMLError):
            reason = " ".join(str(one).split())
            return (
                f"{home / 'dagster.yaml'} cannot be read ({reason}). No data were changed. Mend it, or delete it: the next "
                "refresh writes it again."
            )
    return None


def main() -> None:
    """Prepare the folder before Dagster looks for it; with arguments become ``dagster`` with these (``dev --port 3001``)."""
    prepare_dagster_home(Settings())
    if len(sys.argv) < 2:
        return
    import dagster as dg

    from pipelines.dagster.runs import close_dead

    with dg.DagsterInstance.get() as instance:
        close_dead(instance)
    os.chdir(ROOT)
    # a script that starts this in the background makes it ignore SIGINT, and Dagster then SIGTERM too
    signal.signal(signal.SIGINT, signal.default_int_handler)
    dagster = Path(sys.executable).with_name("dagster")
    os.execv(dagster, [str(dagster), *sys.argv[1:]])


if __name__ == "__main__":
    main()
