"""Writes the run of a refresh of the command line into Dagster's storage: the process that ``pipelines.steps.recording`` starts.

It is told through its standard input, and answers on its standard output, a line of JSON each. A run so written stands in the UI
as one that Dagster ran: with its job, its plan, its steps, what was made and what was checked. Dagster is not asked to run
anything, which for a small refresh takes longer than the work.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import IO, Any, NoReturn

import dagster as dg
import duckdb
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluation,
    AssetCheckEvaluationPlanned,
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_IS_USER_PROVIDED_TAG,
    DATA_VERSION_TAG,
    DEFAULT_DATA_VERSION,
    NULL_EVENT_POINTER,
    compute_logical_data_version,
    get_input_data_version_tag,
    get_input_event_pointer_tag,
)
from dagster._core.definitions.dependency import NodeHandle
from dagster._core.event_api import EventLogRecord
from dagster._core.events import (
    AssetMaterializationPlannedData,
    DagsterEvent,
    StepMaterializationData,
)
from dagster._core.events.log import EventLogEntry
from dagster._core.execution.plan.handle import StepHandle
from dagster._core.execution.plan.objects import ErrorSource, StepFailureData, StepSuccessData
from dagster._core.storage.dagster_run import DagsterRun
from dagster._core.storage.tags import CODE_LOCATION_TAG
from dagster._utils.error import SerializableErrorInfo  # type: ignore[attr-defined]  # of a package that is no dependency

from pipelines.cannot_write import in_words
from pipelines.dagster.code_location import MODULE, of_job
from pipelines.dagster.event_log import KeptOpenEventLog
from pipelines.dagster.handing_on import metadata_of, severity_of
from pipelines.dagster.home import damage_in_words
from pipelines.dagster.plans import Planned, planned
from pipelines.dagster.runs import WHY_DEAD, begin, release
from pipelines.dagster.shown_checks import drop_shown, keep_shown, shown_in
from pipelines.publish import column_lineage
from pipelines.steps.health_checks import ACCEPTED, CURRENT, FRESH, TAKEN
from pipelines.steps.in_play import Said as ShownAs
from pipelines.steps.order import Began, Ended, Failed, Plan, Said, Skipped
from pipelines.steps.previews import files_held_open
from pipelines.steps.recording import AskedShown, Line, RunBegan, RunEnded
from pipelines.steps.told import Checked, Fault, Key, Made, Remark

MOST_AT_ONCE = 200
"""Messages that are written in one transaction."""


def main() -> NoReturn:
    """Write what standard input tells until it ends; the exit code is 1 where that could not be done."""
    # the refresh is told to stop, and tells it on
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    # answers alone go to standard output, whatever a library prints
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    problem = None
    try:
        with dg.DagsterInstance.get() as instance:
            record(instance, sys.stdin.buffer, answers)
    except Exception as error:
        traceback.print_exc()
        problem = (
            in_words(error, Path(os.environ["DAGSTER_HOME"])) or damage_in_words(error) or f"{type(error).__name__}: {error}"
        )
    _answer(answers, {"problem": problem})
    sys.stderr.flush()
    # all is written: to take so many libraries down in order would keep who waits for nothing
    os._exit(int(problem is not None))


def _answer(answers: IO[str], what: Mapping[str, Any]) -> None:
    with suppress(OSError):  # nobody listens any more
        print(json.dumps(what), file=answers, flush=True)


def record(instance: dg.DagsterInstance, told: IO[bytes], answers: IO[str]) -> None:
    """Write what is told into the storage of an instance until it ends."""
    run: Run | None = None
    for messages in _in_batches(told):
        with _together(instance), files_held_open():
            for message in messages:
                match message:
                    case AskedShown(checks):
                        found = shown_in(instance, checks)
                        _answer(answers, {"shown": [(key, name, *said) for (key, name), said in found.items()]})
                    case RunBegan():
                        run = Run(instance, message)
                        _get_ready()
                    case _ if run is not None:
                        run.write(message)
                    case _:
                        raise ValueError(f"told before the run began: {message}")
    if run is not None:
        run.close()


def _get_ready() -> None:
    """Load what shows a build: there is time for it now, and none when the build is told."""
    importlib.import_module("pyarrow")  # by which DuckDB hands tables to Polars
    column_lineage.held()
    with duckdb.connect() as con:
        con.sql("SELECT DATE '2000-01-01' AS date, 1.0 AS n").pl()


def _in_batches(told: IO[bytes]) -> Iterator[list[Any]]:
    """What was told since the last look, until the pipe ends; also where it ends in the middle of a message."""
    arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def read() -> None:
        with suppress(EOFError, pickle.UnpicklingError):
            while True:
                arrived.put(pickle.load(told))
        arrived.put(None)

    threading.Thread(target=read, daemon=True).start()
    while (first := arrived.get()) is not None:
        batch = [first]
        # a question is answered at once, and the beginning of a run is to be seen
        while len(batch) < MOST_AT_ONCE and not isinstance(batch[-1], (AskedShown, RunBegan)):
            with suppress(queue.Empty):
                batch.append(arrived.get_nowait())
                if batch[-1] is not None:
                    continue
            break
        yield [message for message in batch if message is not None]
        if batch[-1] is None:
            return


def _together(instance: dg.DagsterInstance) -> AbstractContextManager[None]:
    log = instance.event_log_storage
    return log.together() if isinstance(log, KeptOpenEventLog) else nullcontext()


class Run:
    """A run that is written while it goes on."""

    def __init__(self, instance: dg.DagsterInstance, began: RunBegan) -> None:
        """Write that it has begun; runs that died are ended first, as at the beginning of each run."""
        self._instance, self._began = instance, began
        self._plans = {plan.name: plan for plan in began.plans}
        self._shown: dict[tuple[Key, str], ShownAs] = {}
        self._failed: list[str] = []
        self._is_over = False
        drop_shown()  # until this run has ended
        begin(instance, began.run_id)
        self._graph: Planned = planned(instance, began.job, began.plans)
        self._known: dict[dg.AssetKey, EventLogRecord] = {}
        self._to_learn = {key for keys in self._graph.deps.values() for key in keys} | set(self._graph.deps)
        instance.run_storage.add_run(self._run())
        self._event("PIPELINE_START", f'Started execution of run for "{began.job}".', at=began.at)

    def write(self, message: object) -> None:
        """Write what happened."""
        match message:
            case Began(step, at):
                self._event("STEP_START", f'Started execution of step "{step}".', step, at=at)
            case Said(step, Made() as made, at):
                self._write_made(step, made, at)
            case Said(step, Checked() as checked, at):
                self._write_checked(step, checked, at)
            case Said(step, Remark(text, level), at):
                self._line(text, level, step, at)
            case Ended(step, seconds, at):
                took = f"{seconds:.2f}s" if seconds >= 1 else f"{seconds * 1000:.0f}ms"
                text = f'Finished execution of step "{step}" in {took}.'
                data: Any = StepSuccessData(seconds * 1000)  # type: ignore[no-untyped-call]
                self._event("STEP_SUCCESS", text, step, data, at=at)
            case Failed(step, fault, at):
                self._failed.append(step)
                data = StepFailureData(_error(fault), None, ErrorSource.USER_CODE_ERROR)  # type: ignore[no-untyped-call]
                self._event("STEP_FAILURE", f'Execution of step "{step}" failed.', step, data, at=at, level=logging.ERROR)
                self._write_planned(self._plans[step], at)
            case Skipped(step, at):
                text = f"Skipping step {step}: one that it needs did not end well."
                self._event("STEP_SKIPPED", text, step, at=at)
                self._write_planned(self._plans[step], at)
            case Line(text, level, at):
                self._line(text, level, None, at)
            case RunEnded():
                self._end(message)

    def close(self) -> None:
        """The pipe has ended: where that is not the end of the run, its process was killed."""
        if not self._is_over:
            self._event("PIPELINE_FAILURE", WHY_DEAD, at=time.time(), level=logging.ERROR)
        release(self._instance, self._began.run_id)

    def _end(self, ended: RunEnded) -> None:
        job = self._began.job
        if ended.stopped:
            self._event("PIPELINE_CANCELED", f'Execution of run for "{job}" was stopped.', at=ended.at, level=logging.ERROR)
        elif self._failed or not ended.is_well:
            text = f'Execution of run for "{job}" failed. Steps failed: {self._failed}.'
            self._event("PIPELINE_FAILURE", text, at=ended.at, level=logging.ERROR)
        else:
            self._event("PIPELINE_SUCCESS", f'Finished execution of run for "{job}".', at=ended.at)
        self._is_over = True
        health = {key: said for key, said in self._shown.items() if key[1] in (ACCEPTED, CURRENT, FRESH, TAKEN)}
        keep_shown({**self._began.shown, **health})

    def _run(self) -> DagsterRun:
        origin = of_job(self._began.job)
        return DagsterRun(
            job_name=self._began.job,
            run_id=self._began.run_id,
            run_config={},
            asset_selection={dg.AssetKey(key) for plan in self._began.plans for key in plan.makes},
            step_keys_to_execute=[plan.name for plan in self._began.plans],
            tags={**self._began.tags, CODE_LOCATION_TAG: MODULE},
            job_snapshot_id=self._graph.job,
            execution_plan_snapshot_id=self._graph.plan,
            remote_job_origin=origin,
        )

    # what was made and checked ----------------------------------------------------------------------------------------

    def _write_made(self, step: str, made: Made, at: float) -> None:
        key = dg.AssetKey(made.key)
        if made.partition is not None:
            self._store(step, dg.AssetMaterialization(key, partition=made.partition), at)
            return
        try:
            shown = metadata_of(made.metadata())
        except Exception as error:  # what cannot be looked at any more was made all the same
            traceback.print_exc()
            shown = {"not_shown": f"{type(error).__name__}: {error}"}
        self._store(step, dg.AssetMaterialization(key, metadata=shown, tags=self._version_tags(key, made.version)), at)
        self._to_learn.add(key)

    def _store(self, step: str, materialization: dg.AssetMaterialization, at: float) -> None:
        text = f"Materialized value {' '.join(materialization.asset_key.path)}."
        self._event("ASSET_MATERIALIZATION", text, step, StepMaterializationData(materialization), at=at)

    def _version_tags(self, key: dg.AssetKey, version: str | None) -> dict[str, str]:
        """By which the UI sees whether what an asset was made of is newer than it: as Dagster puts them together."""
        of = self._latest(self._graph.deps.get(key, ()))
        versions = {dep: _version_of(record) for dep, record in of.items()}
        # without a version of the code Dagster takes each run for another code
        code = self._began.run_id
        data = dg.DataVersion(version) if version is not None else compute_logical_data_version(code, versions)
        tags = {CODE_VERSION_TAG: code, DATA_VERSION_TAG: data.value}
        for dep, record in of.items():
            tags[get_input_data_version_tag(dep)] = versions[dep].value
            tags[get_input_event_pointer_tag(dep)] = NULL_EVENT_POINTER if record is None else str(record.storage_id)
        return tags if version is None else tags | {DATA_VERSION_IS_USER_PROVIDED_TAG: "true"}

    def _latest(self, keys: Iterable[dg.AssetKey]) -> dict[dg.AssetKey, EventLogRecord | None]:
        """The last materialization of assets; asked for many at once, when it is needed of one that was made since."""
        wanted = list(keys)
        if not self._to_learn.isdisjoint(wanted):
            for record in self._instance.event_log_storage.get_asset_records(sorted(self._to_learn)):
                if (found := record.asset_entry.last_materialization_record) is not None:
                    self._known[record.asset_entry.asset_key] = found
            self._to_learn = set()
        return {key: self._known.get(key) for key in wanted}

    def _write_checked(self, step: str, checked: Checked, at: float) -> None:
        key = dg.AssetKey(checked.key)
        target = self._latest([key])[key]
        evaluation = AssetCheckEvaluation(
            asset_key=key,
            check_name=checked.name,
            passed=checked.passed,
            metadata=metadata_of(checked.metadata),
            target_materialization_data=None
            if target is None
            else AssetCheckEvaluationTargetMaterializationData(
                storage_id=target.storage_id, run_id=target.run_id, timestamp=target.timestamp
            ),
            severity=severity_of(checked),
            description=checked.description,
            blocking=checked.is_blocking,
        )
        text = f"Asset check '{checked.name}' on '{key.to_user_string()}' {'passed' if checked.passed else 'did not pass'}."
        if checked.description:
            text += f" Description: '{checked.description}'"
        self._event("ASSET_CHECK_EVALUATION", text, step, evaluation, at=at)
        self._shown[checked.key, checked.name] = (checked.passed, checked.description)

    def _write_planned(self, plan: Plan, at: float) -> None:
        """What a step that did not come to it would have made and checked, by which the UI shows it as failed."""
        job = self._began.job
        for key in map(dg.AssetKey, plan.makes):
            text = f"{job} intends to materialize asset {key.to_string()}"
            self._event("ASSET_MATERIALIZATION_PLANNED", text, plan.name, AssetMaterializationPlannedData(key), at=at)
        for asset, name in plan.checks:
            if (asset, name) not in self._shown:
                key = dg.AssetKey(asset)
                text = f"{job} intends to execute asset check {name} on asset {key.to_string()}"
                data = AssetCheckEvaluationPlanned(asset_key=key, check_name=name)
                self._event("ASSET_CHECK_EVALUATION_PLANNED", text, plan.name, data, at=at)

    # events -----------------------------------------------------------------------------------------------------------

    def _event(
        self, kind: str, text: str, step: str | None = None, data: Any = None, *, at: float, level: int = logging.DEBUG
    ) -> None:
        handle = None if step is None else NodeHandle(step, None)
        event = DagsterEvent(
            event_type_value=kind,
            job_name=self._began.job,
            step_handle=None if handle is None else StepHandle(handle, step),
            node_handle=handle,
            step_kind_value=None if handle is None else "COMPUTE",
            event_specific_data=data,
            message=text,
            pid=os.getpid(),
            step_key=step,
        )
        self._instance.handle_new_event(self._entry(text, level, step, at, event))

    def _line(self, text: str, level: int, step: str | None, at: float) -> None:
        self._instance.handle_new_event(self._entry(text, level, step, at, None))

    def _entry(self, text: str, level: int, step: str | None, at: float, event: DagsterEvent | None) -> EventLogEntry:
        return EventLogEntry(  # type: ignore[no-untyped-call]
            error_info=None,
            level=level,
            user_message=text,
            run_id=self._began.run_id,
            timestamp=at,
            step_key=step,
            job_name=self._began.job,
            dagster_event=event,
        )


def _version_of(record: EventLogRecord | None) -> dg.DataVersion:
    made = None if record is None else record.asset_materialization
    version = None if made is None or made.tags is None else made.tags.get(DATA_VERSION_TAG)
    return DEFAULT_DATA_VERSION if version is None else dg.DataVersion(version)


def _error(fault: Fault) -> SerializableErrorInfo:
    cause = None if fault.cause is None else _error(fault.cause)
    return SerializableErrorInfo(fault.message, fault.stack, fault.cls_name, cause)
