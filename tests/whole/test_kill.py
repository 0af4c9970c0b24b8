"""A refresh that is killed, waits or is asked to end: nothing is lost, and the next one ends."""

import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest
from filelock import FileLock

from assets.errors import BilateralError
from pipelines.dagster.runs import WHY_DEAD
from pipelines.services.ingest import Ingest
from tests.depth import DEEP
from tests.whole.archives import SDN, put, sdn
from tests.whole.conftest import Done, Warehouse, ended, instance_of

KILLED_AT_A_CHANGE = """
import os, signal, sys, time
folder, limit, seen = sys.argv[1], float(sys.argv[2]), 0
if limit < 0:
    signal.setitimer(signal.ITIMER_PROF, -limit)  # nobody handles its signal: the system ends the process

def is_change(event, args):
    if event == "open":
        name, mode, flags = args
        return isinstance(name, str) and name.startswith(folder) and bool(flags & (os.O_WRONLY | os.O_RDWR))
    return event in ("os.rename", "os.remove", "os.mkdir") and str(args[0]).startswith(folder)

def hook(event, args):
    global seen
    if is_change(event, args):
        seen += 1
        if seen == limit:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
import dagster as dg
keep = dg.DagsterInstance.handle_new_event
def keep_and_say(self, event, **more):
    keep(self, event, **more)
    if event.dagster_event is not None and event.dagster_event.is_step_start:
        print("step", event.dagster_event.step_key, "after", seen, flush=True)
dg.DagsterInstance.handle_new_event = keep_and_say
from pipelines.cli import main
code = main(["refresh", "--from", sys.argv[3], "--only", "sanctions"])
print("changes", seen, "in", time.process_time(), flush=True)
sys.exit(code)
"""
"""A refresh in a process that ends itself at its n-th change below the warehouse's folder, or (-n) after n seconds of processor
time, without a chance to tidy up; it says how many there were, and before which of them each step of Dagster's began."""
INTERRUPTED = """
import os, signal, sys
from pipelines.services.transform import Transform
fold = Transform.fold
def interrupted(self, domain):
    os.kill(os.getpid(), signal.SIGTERM)
    return fold(self, domain)
Transform.fold = interrupted
from pipelines.cli import main
sys.exit(main(["refresh", "--from", sys.argv[1], "--only", "sanctions"]))
"""
SPREADS = ("changes", "processor time", "steps") if DEEP else ("changes",)
MOMENTS = 13 if DEEP else 2


def asked(archive: Path) -> tuple[str, ...]:
    return "refresh", "--only", "sanctions", "--from", str(archive)


def killed_at(warehouse: Warehouse, archive: Path, moment: float) -> Done:
    return ended(warehouse.begun("-c", KILLED_AT_A_CHANGE, str(warehouse.folder), str(moment), str(archive)))


def refreshed(warehouse: Warehouse, archive: Path) -> Done:
    """The next refresh: in deep tests in a process of its own, else in this one, since to start another takes as long again."""
    return ended(warehouse.begun("-m", "pipelines.cli", *asked(archive))) if DEEP else warehouse.run(*asked(archive))


def archive_of(folder: Path, number: int) -> Path:
    """An archive of one vintage that comes after those of smaller numbers and has as many more parties."""
    put(folder / f"a{number}", SDN, str(date(2023, 1, 1) + timedelta(days=number)), "sdn.csv", sdn(more=number))
    return folder / f"a{number}"


@pytest.mark.parametrize("spread", SPREADS)
def test_after_a_kill_at_any_moment_the_next_refresh_ends_and_publishes(tmp_path: Path, first: Warehouse, spread: str) -> None:
    """Of a run of Dagster by the whole command; in deep tests also by time, since DuckDB's writes are seen by nobody."""
    whole = killed_at(first, archive_of(tmp_path, 2), 0)
    assert whole.code == 0, whole
    ((n_changes, seconds),) = re.findall(r"^changes (\d+) in (.+)$", whole.out, re.M)
    begun = dict(re.findall(r"^step (\w+) after (\d+)$", whole.out, re.M))
    assert begun.keys() >= {f"raw_{SDN}", f"staged_{SDN}", f"folded_{SDN}", "core_sanctions", "build", "publish"}
    evenly = [(2 * k + 1) / (2 * MOMENTS) for k in range(MOMENTS)]
    spreads: dict[str, list[float]] = {
        "changes": [round(share * int(n_changes)) for share in evenly],
        "processor time": [-share * float(seconds) for share in evenly],
        "steps": sorted({int(n) + 1 for n in begun.values()}),
    }
    moments = spreads[spread]
    for number, moment in enumerate(moments, 3):
        archive = archive_of(tmp_path, number)
        killed = killed_at(first, archive, moment)
        # refreshes differ a little: the last moment may lie behind the end
        ends = (-signal.SIGKILL, -signal.SIGPROF, *((0,) if moment == moments[-1] else ()))
        assert killed.code in ends, (moment, killed)
        assert first.n_listings() in (40 + number - 1, 40 + number), "a reader finds a whole file: the one before, or the new one"
        done = refreshed(first, archive)
        assert (done.code in (0, 3), first.n_listings()) == (True, 40 + number), (moment, done)
        assert not (first.folder / ".build").exists()
    with instance_of(first) as instance:
        runs = instance.get_runs()
        assert {r.status for r in runs} == {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}
        # one made what it began with; one that is killed after its run has ended leaves a success
        assert sum(r.status == dg.DagsterRunStatus.SUCCESS for r in runs) in (len(moments) + 2, len(moments) + 3)
        for run in (r for r in runs if r.status == dg.DagsterRunStatus.FAILURE):
            assert WHY_DEAD in [e.dagster_event.message for e in instance.all_logs(run.run_id) if e.dagster_event is not None]


def test_a_refresh_that_waits_says_for_what_for_how_long_and_ends_when_asked_to(tmp_path: Path, empty: Warehouse) -> None:
    empty.folder.mkdir()
    archive = archive_of(tmp_path, 1)
    for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
        with FileLock(empty.folder / ".lock"):
            waiting = empty.begun("-m", "pipelines.cli", *asked(archive))
            assert waiting.stdout is not None
            line = next(line for line in waiting.stdout if "waiting for" in line)
            waiting.send_signal(number)
            done = ended(waiting)
        assert ("another refresh" in line, done.code, "stopped" in done.err) == (True, code, True), done
    assert not empty.file.exists()
    impatient = Ingest(empty.project(wait_s=0))
    impatient.choose_origin(str(archive))
    with empty.project().lock(), pytest.raises(BilateralError) as refused, ThreadPoolExecutor(1) as thread:
        # in a thread of its own, since a lock is known to the thread that holds it
        thread.submit(impatient.ingest, SDN).result()
    for said in (f"process {os.getpid()} on ", "nothing was changed", "BILATERAL_WAIT_S"):
        assert said in str(refused.value)
    assert len(impatient.ingest(SDN)) == 1


def test_a_signal_inside_a_step_ends_the_refresh_and_the_next_one_succeeds(tmp_path: Path, empty: Warehouse) -> None:
    stopped = ended(empty.begun("-c", INTERRUPTED, str(archive := archive_of(tmp_path, 1))))
    assert (stopped.code, empty.file.exists()) == (143, False), stopped
    with instance_of(empty) as instance:
        assert [r.status for r in instance.get_runs()] == [dg.DagsterRunStatus.CANCELED]
    done = refreshed(empty, archive)
    assert done.code == 0, done
