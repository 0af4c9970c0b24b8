"""The event log that keeps its files open holds the same events as Dagster's own, for whoever reads it next."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from pipelines.dagster.event_log import keep_open


@dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="numbers")])
def numbers() -> dg.MaterializeResult:
    """Something to be told of."""
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name="holds", passed=True)])


def events(home: Path, *, is_kept_open: bool) -> list[str]:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        if is_kept_open:
            keep_open(instance)
            assert type(instance.event_log_storage).__name__ == "_KeptOpen"
        result = dg.materialize([numbers], instance=instance)
    # another process reads what was written
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance.get_latest_materialization_event(dg.AssetKey("numbers")) is not None
        return [str(e.dagster_event.event_type_value) for e in instance.all_logs(result.run_id) if e.dagster_event is not None]


def test_every_event_of_a_run_is_there_after_it(tmp_path: Path) -> None:
    homes = [tmp_path / "kept", tmp_path / "own"]
    for home in homes:
        home.mkdir()
        (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    assert events(homes[0], is_kept_open=True) == events(homes[1], is_kept_open=False)


def test_another_storage_is_left_alone() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        before = type(instance.event_log_storage)
        keep_open(instance)
        assert type(instance.event_log_storage) is before
