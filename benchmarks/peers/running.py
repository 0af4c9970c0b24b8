"""Environments of peers, runs that alternate between the contenders, and what is made of their figures."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".bench"
"""Environments of peers, never that of the project; git ignores it."""
WORK = Path(__file__).with_name("work")
TIMES = 5
LONGEST = 1_800
"""Seconds after which a run is given up."""


@dataclass(frozen=True)
class Environment:
    """Packages of an index. ``bare``: packages installed without what they ask for, where that has no wheel."""

    name: str
    packages: tuple[str, ...]
    bare: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Contender:
    """One that takes part. ``environment`` None: this project, in its own. ``arguments``: what its work is asked to do."""

    name: str
    environment: Environment | None
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """What is compared: ``work`` is the file in the folder ``work``, ``prepare`` writes the input into a folder.

    ``figures``: what contenders report beside time and memory, with a heading each.
    """

    name: str
    title: str
    says: str
    work: str
    contenders: tuple[Contender, ...]
    prepare: Callable[[Path], str]
    figures: Mapping[str, str] = field(default_factory=dict)
    times: int = TIMES


@dataclass(frozen=True)
class Run:
    """One run of a contender: seconds of processor and by the clock for its work alone, peak memory of the whole process."""

    processor: float
    clock: float
    memory_mb: float
    figures: Mapping[str, Any]


class Failed(Exception):
    """A contender that did not do its work; the text says why."""


class Absent(Exception):
    """What a comparison is made on is not at hand; the text says what."""


def python_of(environment: Environment | None) -> Path:
    """The interpreter of an environment, made anew where it is absent or its packages are others.

    Raises:
        Failed: it cannot be installed from wheels.
    """
    if environment is None:
        return Path(sys.executable)
    folder = CACHE / environment.name
    stamp, wanted = folder / "installed.txt", "\n".join((*environment.packages, "--no-deps", *environment.bare))
    python = folder / "bin" / "python"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    for packages, more in ((environment.packages, ()), (environment.bare, ("--no-deps",))):
        if packages:
            command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
            done = subprocess.run([*command, *more, *packages], capture_output=True, text=True, check=False, timeout=LONGEST)
            if done.returncode != 0:
                raise Failed(f"{environment.name} does not install from wheels: {done.stderr.strip().splitlines()[-1][:200]}")
    stamp.write_text(wanted, encoding="utf-8")
    return python


def run_once(python: Path, work: Path, folder: Path, arguments: Sequence[str]) -> Run:
    """Run the work of a contender in a process of its own.

    The last line of its output is an object with ``processor`` and ``clock`` in seconds and ``memory_mb``, its peak; what else it
    holds are figures.

    Raises:
        Failed: it ended otherwise; with the last line that it wrote on the error output.
    """
    # one thread each: processor seconds of libraries that spin while they wait would not be comparable
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"), "1")
    with (folder / "errors.txt").open("w+b") as errors:
        child = subprocess.Popen(
            [str(python), str(work), str(folder), *arguments],
            cwd=folder,
            env={**os.environ, **single, "PYTHONPATH": str(ROOT) if python == Path(sys.executable) else ""},
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        output, _ = child.communicate()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
    if child.returncode != 0:
        # some errors end with a line that only points at the one above
        lines = [line for line in said.splitlines() if any(letter.isalnum() for letter in line)]
        raise Failed(lines[-1][:300] if lines else "it ended without a word")
    try:
        found = json.loads(output.decode().strip().splitlines()[-1])
        return Run(found.pop("processor"), found.pop("clock"), found.pop("memory_mb"), found)
    except (json.JSONDecodeError, IndexError, KeyError) as error:
        raise Failed(f"its last line is no result: {error!r}") from error


def compare(comparison: Comparison, folder: Path, *, times: int | None = None) -> dict[str, Any]:
    """Run all contenders in turn, ``times`` times round, so that a busy moment of the machine meets them all.

    Returns:
        The result as it is kept: ``title``, ``input``, ``contenders`` (each with its summary, or ``failed``: why not).
    """
    said = comparison.prepare(folder)
    runs: dict[str, list[Run]] = {c.name: [] for c in comparison.contenders}
    failed: dict[str, str] = {}
    for turn in range(times or comparison.times):
        for contender in comparison.contenders:
            if contender.name in failed:
                continue
            try:
                python = python_of(contender.environment)
                runs[contender.name].append(run_once(python, WORK / comparison.work, folder, contender.arguments))
            except Failed as fault:
                failed[contender.name] = str(fault)
            print(
                f"{comparison.name} {turn + 1}: {contender.name} {failed.get(contender.name, 'done')}",
                file=sys.stderr,
                flush=True,
            )
    return {
        "title": comparison.title,
        "says": comparison.says,
        "input": said,
        "figures": dict(comparison.figures),
        "contenders": summaries(runs, failed, {c.name: c.environment.note for c in comparison.contenders if c.environment}),
    }


def summaries(runs: Mapping[str, Sequence[Run]], failed: Mapping[str, str], notes: Mapping[str, str]) -> list[dict[str, Any]]:
    """What is kept of each contender: medians, the spread, and its ratio to the first one, turn by turn.

    ``ratio`` is the median of the ratios of runs that stood beside each other: above 1 is slower than the first contender.
    """
    first = next(iter(runs.values()), [])
    found: list[dict[str, Any]] = []
    for name, own in runs.items():
        if not own or name in failed:
            found.append({"name": name, "failed": failed.get(name, "not run"), "note": notes.get(name, "")})
            continue
        seconds = [run.processor for run in own]
        found.append(
            {
                "name": name,
                "n_runs": len(own),
                "processor": statistics.median(seconds),
                "least": min(seconds),
                "most": max(seconds),
                "clock": statistics.median(run.clock for run in own),
                "memory_mb": statistics.median(run.memory_mb for run in own),
                "ratio": ratio(own, first),
                "figures": dict(own[-1].figures),
                "note": notes.get(name, ""),
            }
        )
    return found


def ratio(own: Sequence[Run], first: Sequence[Run]) -> float | None:
    """Median of the ratios of processor seconds of runs of one turn; None where there are none to compare."""
    pairs = [mine.processor / theirs.processor for mine, theirs in zip(own, first, strict=False) if theirs.processor > 0]
    return statistics.median(pairs) if pairs else None
