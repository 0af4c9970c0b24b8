"""What the UI shows of the health of sources, kept beside Dagster's storage for those who do not load Dagster.

A refresh of the command line goes by it (``pipelines.steps.in_play``), and its recorder keeps it. A run of Dagster itself drops
it: the next refresh then has Dagster's storage asked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.dagster.home import is_new
from pipelines.layers.atomic_files import write_json
from pipelines.sealed import read_sealed, sealed
from pipelines.steps.in_play import Said
from pipelines.steps.told import Key

if TYPE_CHECKING:
    import dagster as dg


def kept_shown() -> dict[tuple[Key, str], Said] | None:
    """What is shown of checks of health; None where Dagster's storage is to be asked."""
    if is_new():
        return {}
    try:
        return {(tuple(key), name): (passed, text) for key, name, passed, text in read_sealed(_file())[0]["shown"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_shown(shown: Mapping[tuple[Key, str], Said]) -> None:
    """Keep what is shown now."""
    write_json(_file(), sealed({"shown": [[key, name, *said] for (key, name), said in shown.items()]}))


def drop_shown() -> None:
    """Forget it: something else than a recorder writes into Dagster's storage now."""
    _file().unlink(missing_ok=True)


def shown_in(instance: dg.DagsterInstance, checks: Sequence[tuple[Key, str]]) -> dict[tuple[Key, str], Said]:
    """The last results of checks in Dagster's storage."""
    import dagster as dg

    keys = [dg.AssetCheckKey(dg.AssetKey(key), name) for key, name in checks]
    found: dict[tuple[Key, str], Said] = {}
    for key, record in instance.event_log_storage.get_latest_asset_check_execution_by_key(keys).items():
        event = None if record.event is None else record.event.dagster_event
        if event is not None and event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            evaluation = event.asset_check_evaluation_data
            found[tuple(key.asset_key.path), key.name] = (evaluation.passed, evaluation.description)
    return found


def _file() -> Path:
    return Path(os.environ["DAGSTER_HOME"]) / "shown.json"
