"""Tells Dagster of a refresh of the command line, through a process of its own.

Dagster takes longer to load than a small refresh takes to work. So the work does not wait for it: another process loads it
meanwhile and writes into Dagster's storage what it is told through a pipe. A recorder that fails or is killed is told in words,
and keeps nothing from being published. Where the refresh is killed the pipe ends, and the recorder writes that.
"""

from __future__ import annotations

import json
import os
import pickle
import platform
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.settings import ROOT

if TYPE_CHECKING:
    # a recorder is started before anything else is loaded
    from pipelines.steps.in_play import Said, ShownChecks
    from pipelines.steps.order import Plan
    from pipelines.steps.told import Key

PROCESS_TAG = "bilateral/process"
"""Tag of a run: computer and number of the process that does its work."""
MODULE = "pipelines.dagster"
PATIENCE_S = 120.0
"""How long the end of a refresh waits for its recorder: it has nothing left to do then but to write what it was told."""


def of_this_process() -> dict[str, str]:
    """The tag of a run whose work this process does."""
    return {PROCESS_TAG: f"{platform.node()} {os.getpid()}"}


@dataclass(frozen=True)
class AskedShown:
    """The recorder is asked what is shown of these checks."""

    checks: Sequence[tuple[Key, str]]


@dataclass(frozen=True)
class RunBegan:
    """A run begins.

    ``tags``: the computer and number of the process that does the work. ``shown``: what is shown of checks of health before it.
    """

    run_id: str
    job: str
    plans: Sequence[Plan]
    tags: Mapping[str, str]
    shown: ShownChecks
    at: float


@dataclass(frozen=True)
class Line:
    """A line that was said while the run went on. ``level``: as Python's ``logging`` counts."""

    text: str
    level: int
    at: float


@dataclass(frozen=True)
class RunEnded:
    """The run has ended. ``stopped``: as somebody asked it to. ``is_well``: not by a fault of the program around its steps."""

    stopped: bool
    is_well: bool
    at: float


def run_behind(pid: int) -> None:
    """Let another process have what this one leaves of the processor: what it works at is not waited for yet."""
    with suppress(OSError):  # it has ended
        os.setpriority(os.PRIO_PROCESS, pid, min(os.getpriority(os.PRIO_PROCESS, 0) + 5, 19))


class Recording:
    """The pipe to a recorder: what is told returns at once, and is written when the recorder has come so far."""

    def __init__(self, log: Path) -> None:
        """Start a recorder.

        Args:
            log: file for what the recorder met that only who mends it can use.
        """
        self._told: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._problem: str | None = None
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []
        try:
            self._process = self._started(log, os.pathsep.join(paths))
        except OSError as error:  # no memory or number for another process: the refresh goes on without it
            self._problem = f"no process could be started for it: {error.strerror}"
            self._answers.put(None)
            return
        self._threads = [threading.Thread(target=work, args=(self._process,), daemon=True) for work in (self._write, self._read)]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _started(log: Path, paths: str) -> subprocess.Popen[bytes]:
        with log.open("ab") as errors:
            process = subprocess.Popen(
                # -P: no module of the folder in which the command was given
                [sys.executable, "-P", "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, "PYTHONPATH": paths},
                # Ctrl-C is for the refresh, whose pipe says the rest
                start_new_session=True,
            )
        run_behind(process.pid)
        return process

    def tell(self, what: object) -> None:
        """Hand something to the recorder."""
        self._told.put(what)

    def shown(self, checks: Sequence[tuple[Key, str]]) -> dict[tuple[Key, str], Said]:
        """What is shown of checks; nothing of any where the recorder cannot say it."""
        self.tell(AskedShown(checks))
        with suppress(queue.Empty):
            answer = self._answers.get(timeout=PATIENCE_S)
            if answer is not None and "shown" in answer:
                return {(tuple(key), name): (passed, text) for key, name, passed, text in answer["shown"]}
            self._answers.put(answer)
        return {}

    def close(self) -> str | None:
        """Wait until all is written; return what went wrong, in words."""
        self._told.put(None)
        answer = None
        with suppress(queue.Empty):
            answer = self._answers.get(timeout=PATIENCE_S)
        self._end(kill=answer is None)
        said = self._problem if answer is None else answer.get("problem")
        if answer is None and said is None:
            said = "the process that writes into Dagster's storage ended without a word: it was killed, or did not come to an end"
        return None if said is None else f"Dagster's record of this run is not complete: {said}"

    def drop(self) -> None:
        """There is nothing to write: end the recorder, wherever it is."""
        self._told.put(None)
        self._end(kill=True)

    def _end(self, *, kill: bool) -> None:
        if self._process is None:
            return
        if kill:
            self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _write(self, process: subprocess.Popen[bytes]) -> None:
        pipe = process.stdin
        assert pipe is not None
        try:
            for what in iter(self._told.get, None):
                pickle.dump(what, pipe)
                pipe.flush()
        except OSError:
            pass  # it has ended, and said why
        except Exception as error:
            self._problem = f"{type(error).__name__}: {error}"
        with suppress(OSError):
            pipe.close()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        pipe = process.stdout
        assert pipe is not None
        for line in pipe:
            with suppress(ValueError):
                self._answers.put(json.loads(line))
        self._answers.put(None)
