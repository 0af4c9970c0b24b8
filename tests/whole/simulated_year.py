"""Days of a warehouse that is refreshed by a schedule: sources publish, deliver late or cut, and disks, files and clocks fail.

What the sources publish on a day follows from the day alone, so that a year with faults can be compared with one without.
``python -m tests.whole.simulated_year [DAYS [SEED [EVERY]]]`` runs one with a fault on one day in EVERY, and says what came;
with ``--dagster`` each refresh is the whole command, with its run of Dagster.
"""

import errno
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import duckdb

from assets.errors import BilateralError
from pipelines.checks.validations import why_blocked
from pipelines.domains import DOMAINS
from pipelines.maintenance.alerts import after_refresh
from pipelines.maintenance.verify import Finding, differences, repair, verify_core, verify_published, verify_raw, verify_staged
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.report import Report
from pipelines.services.warehouse import Warehouse
from pipelines.util.disk_errors import disk_error_message
from tests.made_up import SAMPLE
from tests.news.test_gdelt_v1 import line
from tests.whole.archives import put, sdn
from tests.whole.conftest import ROOT, steps
from tests.whole.conftest import Warehouse as Commands

BEGIN = date(2023, 1, 2)


class Vintage(NamedTuple):
    """A file that a source publishes."""

    source: str
    moment: str
    name: str
    data: bytes


def published_on(number: int) -> list[Vintage]:
    """What the sources publish on a day: GDELT on Mondays, a list on most of them and seldom else, counts once a month."""
    day = BEGIN + timedelta(days=number)
    found = []
    if day.weekday() == 0:
        before = f"{day - timedelta(days=1):%Y%m%d}"
        rows = [
            line(
                GLOBALEVENTID=str(10_000 * number + n), SQLDATE=before, DATEADDED=before, Actor1CountryCode=one, Actor1Code=one,
                Actor2CountryCode=other, Actor2Code=other, NumArticles=str(n + 1),
                SOURCEURL=f"https://www.example.org/news/{number}-{n}",
            )
            for n, (one, other) in enumerate((("USA", "CHN"), ("CHN", "USA"), ("USA", "RUS"), ("CHN", "AUS"), ("JPN", "CHN")))
        ]  # fmt: skip
        found.append(Vintage("gdelt_v1_events", f"{day}T110000Z", f"{before}.export.CSV", "".join(rows).encode()))
    if number == 0 or random.Random(f"list {number}").random() < (0.7 if day.weekday() == 0 else 0.04):
        chance = random.Random(f"list {number}")
        changes = {n: f"nationality {chance.choice(('China', 'Russia', 'Iran'))}." for n in chance.sample(range(1, 40), 3)}
        data = sdn(changes, without=(1 + number % 37,), more=number // 30)
        found.append(Vintage("us_ofac_sdn", f"{day}T220000Z", "sdn.csv", data))
    if day.day == 15 or number == 0:
        counts = (SAMPLE / "us_cdc_vsrr" / "2018-10-15T160500Z" / "rows.csv").read_text(encoding="utf-8").splitlines()[:40]
        cells = [row.split(",") for row in counts]
        revised = [cells[0], *([*c[:6], str(int(c[6]) + number) if c[6].isdecimal() else c[6], *c[7:]] for c in cells[1:])]
        found.append(Vintage("us_cdc_vsrr", f"{day}T140000Z", "rows.csv", "\n".join(map(",".join, revised)).encode() + b"\n"))
    return found


class Outcome(NamedTuple):
    """What came of a refresh: its exit code, and what it says is wrong."""

    code: int
    told: list[str]


def wrong(report: Report) -> list[str]:
    bad = [f"{n.source} {n.snapshot}: {n.verdict}: {n.reason}" for n in report.new if n.verdict in ("quarantined", "failed")]
    blocked = [why_blocked(report.validations)] if report.blocked else []
    return [*blocked, *report.problems, *report.not_promoted, *bad]


def refresh(folder: Path, archive: Path, fingerprints: dict[str, str] | None = None) -> Outcome:
    """What ``bilateral refresh`` does, step by step in this process, without a run of Dagster around it.

    ``fingerprints``: of the code, by source, as taken before: the code stays the same from day to day.
    """
    project = Commands(folder).project(lambda _: None, wait_s=300)
    project._fingerprints = {} if fingerprints is None else fingerprints
    failures: list[str] = []
    try:
        Ingest(project).choose_origin(str(archive))
        with project.lock():
            sources = Ingest(project).sources_in_play(DOMAINS)
            if Ingest(project).ingest_ahead(sources) or not Publish(project).is_up_to_date(DOMAINS):
                steps(project, archive)
    except Exception as error:
        said = str(error) if isinstance(error, BilateralError) else disk_error_message(error, folder)
        if said is None:
            raise
        failures.append(said)
    code = 1 if failures else project.report.exit_code
    after_refresh(project.settings, project.report, failures, code)
    return Outcome(code, [*failures, *wrong(project.report)])


def command(folder: Path, archive: Path, _: object = None) -> Outcome:
    done = Commands(folder).run("refresh", "--from", str(archive))
    assert not re.search("Traceback|please report", done.out + done.err), done.out + done.err
    return Outcome(done.code, [line for line in (done.out + done.err).splitlines() if done.code])


def is_whole(folder: Path) -> bool:
    """Whether what a reader finds is a whole version: its counts are those that it notes, and its checks are in it."""
    with duckdb.connect(str(folder / "bilateral.duckdb"), read_only=True) as con:
        noted = con.execute("SELECT table_name, n_rows FROM meta.row_counts WHERE table_name LIKE 'core.%'").fetchall()
        checks = con.execute("SELECT count(*) FROM meta.validations WHERE status = 'passed'").fetchall()[0][0]
        counts = [con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] == n for table, n in noted]
    return checks > 50 and all(counts)


def looked_at(folder: Path) -> list[Finding]:
    project = Commands(folder).project(lambda _: None)
    layers = (
        verify_raw(project.raw, project.sources), verify_staged(project.staged),
        verify_core(project.core, project.packages), verify_published(project.settings.published),
    )  # fmt: skip
    return [finding for layer in layers for finding in layer.findings]


class Disk:
    """What the system says to whoever opens, makes, renames or removes something below a folder, from the n-th time on."""

    folder, error, after = "", 0, 0
    is_hooked = False

    @classmethod
    def hook(cls, event: str, args: tuple[Any, ...]) -> None:
        if not cls.error or event not in ("open", "os.mkdir", "os.rename"):
            return
        path = args[0]
        writes = event != "open" or bool((args[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if writes and isinstance(path, (str, Path)) and str(path).startswith(cls.folder) and not str(path).endswith(".lock"):
            cls.after -= 1
            if cls.after < 0:
                raise OSError(cls.error, os.strerror(cls.error), str(path))

    @classmethod
    @contextmanager
    def failing(cls, folder: Path, error: int, after: int) -> Iterator[None]:
        if not cls.is_hooked:
            cls.is_hooked = True
            sys.addaudithook(cls.hook)
        cls.folder, cls.error, cls.after = str(folder), error, after
        try:
            yield
        finally:
            cls.error = 0


LAYERS = {
    "raw file": "raw/*/*/*.zst",
    "receipt": "raw/*/*/receipt.json",
    "staged rows": "staged/*/*/*.parquet",
    "staged record": "staged/*/*/staged.json",
    "part of core": "core/*/parts/*.parquet",
    "manifest": "core/*/current.json",
    "published file": "bilateral.duckdb",
    "note of the published file": "published.json",
    "what is remembered": "state.db",
    "note of the origin": "origin.json",
}
"""What may be damaged, as a pattern below the warehouse's folder."""
UNSEALED = ("state.db", "origin.json")
"""Notes of which nothing hangs but time: a damage to them costs a step, and need not be told."""


def damage(chance: random.Random, path: Path, how: str) -> None:
    """A flipped bit, a cut end, the file (or folder) gone, or a folder or a link to nothing in its place."""
    data = bytearray() if path.is_dir() else bytearray(path.read_bytes())
    if how == "flipped":
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
    elif how == "truncated" and not path.is_dir():
        path.write_bytes(data[: len(data) // 2])
    else:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if how == "a folder":
        path.mkdir()
        (path / "something").write_text("in the way")
    elif how == "a link":
        path.symlink_to("nowhere")


def _as_it_is(path: Path) -> bytes | str | None:
    return path.read_bytes() if path.is_file() else str(path.lstat()) if path.is_symlink() or path.exists() else None


@dataclass
class World:
    """A warehouse, the archive from which it is refreshed, and what was met so far."""

    folder: Path
    archive: Path
    chance: random.Random
    number: int = 0
    waiting: dict[int, list[Vintage]] = field(default_factory=dict)
    met: list[tuple[int, str, list[str]]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    down: dict[str, int] = field(default_factory=dict)
    publish: Callable[[int], list[Vintage]] = published_on
    fingerprints: dict[str, str] = field(default_factory=dict)
    way: Callable[..., Outcome] = refresh

    def refresh(self, *vintages: Vintage) -> Outcome:
        self.deliver(vintages)
        self.counts["refreshes"] += 1
        now = datetime.combine(BEGIN + timedelta(days=self.number), clock(23))
        with patch("pipelines.publish.build.now", lambda: now):
            return self.way(self.folder, self.archive, self.fingerprints)

    def deliver(self, vintages: Iterable[Vintage]) -> None:
        for vintage in vintages:
            put(self.archive, *vintage)

    def apart(self, program: str, *args: str) -> subprocess.Popen[bytes]:
        """A refresh in a process of its own; ``{}`` in the program is a refresh of its first argument from its last one."""
        self.counts["refreshes"] += 1
        name = self.way.__name__
        way = f"from pathlib import Path\nfrom tests.whole.simulated_year import {name}\n"
        way += f"code = {name}(Path(sys.argv[1]), Path(sys.argv[-1])).code"
        command = [sys.executable, "-c", program.replace("{}", way), str(self.folder), *args, str(self.archive)]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


Fault = Callable[[World, list[Vintage]], list[str]]
"""Meets a day on which these vintages are published, with its refresh; returns what was told of it."""


def damaged(pattern: str, how: str) -> Fault:
    """A file, or folder, that is damaged before a refresh; what the refresh has no need of is found by who verifies."""

    def meet(world: World, vintages: list[Vintage]) -> list[str]:
        path = world.chance.choice(sorted(world.folder.glob(pattern)))
        damage(world.chance, path, how)
        before = _as_it_is(path)
        told = world.refresh(*vintages).told
        project = Commands(world.folder).project(lambda _: None)
        for _ in range(3):
            left = [finding for finding in looked_at(world.folder) if "taken out of use" not in finding.what]
            told += [f"{finding.where}: {finding.what}: {finding.todo}" for finding in left]
            if not left:
                break
            repair(project, left, "mend")
        is_replaced = _as_it_is(path) != before
        return told or (["it was made anew before anything read it"] if is_replaced or pattern in UNSEALED else [])

    return meet


def _disk(error: int) -> Fault:
    def meet(world: World, vintages: list[Vintage]) -> list[str]:
        world.deliver(vintages)
        with Disk.failing(world.folder, error, world.chance.randrange(60)):
            outcome = world.refresh()
        assert is_whole(world.folder)
        return outcome.told or ["there was nothing left to write"]

    return meet


def _late(days: int) -> Fault:
    def meet(world: World, vintages: list[Vintage]) -> list[str]:
        late = world.chance.choice(("us_ofac_sdn", "gdelt_v1_events", "us_cdc_vsrr"))
        for more in range(days):
            # what it would have published until then comes at once, when it is back
            coming = vintages if more == 0 else world.publish(world.number + more)
            world.waiting.setdefault(world.number + days, []).extend(v for v in coming if v.source == late)
        world.down[late] = max(world.down.get(late, 0), world.number + days)
        outcome = world.refresh(*(v for v in vintages if v.source != late))
        return outcome.told or ["nothing came: its age in status grows"]

    return meet


def _cut(world: World, vintages: list[Vintage]) -> list[str]:
    """A cut file comes first, and the whole one with the next day's delivery."""
    whole = sdn(more=20)
    cut = Vintage("us_ofac_sdn", f"{BEGIN + timedelta(days=world.number)}T210000Z", "sdn.csv", whole[: len(whole) // 3])
    return world.refresh(cut, *vintages).told


def _killed(world: World, vintages: list[Vintage]) -> list[str]:
    from tests.whole.test_kill import KILLED_AT_A_CHANGE

    world.deliver(vintages)
    program = re.sub(r"from pipelines.cli.*\ncode = .*", "{}", KILLED_AT_A_CHANGE)
    child = world.apart(program, str(1 + world.chance.randrange(40)))
    _, err = child.communicate(timeout=600)
    assert child.returncode in (-signal.SIGKILL, 0), err.decode()
    assert is_whole(world.folder)
    return ["killed: the heartbeat is old, and the run is marked by the next one"] if child.returncode else ["it ended before"]


def _two(world: World, vintages: list[Vintage]) -> list[str]:
    world.deliver(vintages)
    other = world.apart("import sys\n{}\nsys.exit(code)")
    mine = world.refresh()
    _, err = other.communicate(timeout=600)
    assert other.returncode == 0, err.decode()
    assert mine.code == 0, mine.told
    return ["one waited for the other, and both ended well"]


def _new_code(world: World, vintages: list[Vintage]) -> list[str]:
    fingerprint = Warehouse.fingerprint
    with patch.object(Warehouse, "fingerprint", lambda self, name: f"{fingerprint(self, name)}-another"):
        assert (outcome := world.refresh(*vintages)).code == 0, outcome.told
    return ["all was folded again from old raw"]


def _set_back(world: World, vintages: list[Vintage]) -> list[str]:
    number, world.number = world.number, max(0, world.number - 3)
    assert (outcome := world.refresh(*vintages)).code == 0, outcome.told
    world.number = number
    return ["the publication bears the clock's day; vintages of an archive bear their own"]


FAULTS: dict[str, Fault] = {
    "disk full": _disk(errno.ENOSPC),
    "disk read-only": _disk(errno.EROFS),
    "may not write": _disk(errno.EACCES),
    "disk error": _disk(errno.EIO),
    "a late delivery": _late(3),
    "a source down for a month": _late(30),
    "a cut file": _cut,
    "killed": _killed,
    "two refreshes at once": _two,
    "old raw under new code": _new_code,
    "clock set back": _set_back,
    **{f"{layer} {how}": damaged(LAYERS[layer], how) for layer in LAYERS for how in ("flipped", "truncated", "missing")},
}


@dataclass
class Year:
    """Tables that differ from those of a year without faults, what was met and told, what went wrong."""

    days: int
    differences: list[str]
    met: list[tuple[int, str, list[str]]]
    counts: Counter[str]
    failed: list[str]

    @property
    def untold(self) -> list[tuple[int, str]]:
        return [(number, fault) for number, fault, told in self.met if not told]


def plan_of(chance: random.Random, days: int, every: int = 5) -> dict[int, str]:
    """A fault in each so many days, of all kinds in an order that is drawn; on a day of publications, where there is one."""
    kinds = list(FAULTS)
    chance.shuffle(kinds)
    found = {}
    for n, start in enumerate(range(every, days, every)):
        window = range(start, min(days, start + every))
        busy = [number for number in window if published_on(number)]
        found[chance.choice(busy or list(window))] = kinds[n % len(kinds)]
    return found


def simulate(
    folder: Path,
    days: int,
    seed: int,
    plan: Mapping[int, str] | None = None,
    publish: Callable[[int], list[Vintage]] = published_on,
    way: Callable[..., Outcome] = refresh,
) -> Year:
    """Refresh day by day, with faults (``plan``: by day; none given: of all kinds), then compare with a warehouse without any."""
    chance = random.Random(seed)
    world = World(folder / "warehouse", folder / "archive", chance, publish=publish, way=way)
    planned = plan_of(chance, days) if plan is None else plan
    failed: list[str] = []
    for number in range(days):
        world.number = number
        coming = [v for v in publish(number) if world.down.get(v.source, 0) <= number]
        coming += world.waiting.pop(number, [])
        fault = planned.get(number)
        if fault is None:
            failed += [f"day {number}: {text}" for text in world.refresh(*coming).told]
            continue
        try:
            told = FAULTS[fault](world, coming)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            failed.append(f"day {number}, {fault}: {type(error).__name__}: {error} ({place.filename}:{place.lineno})")
            told = [failed[-1]]
        world.met.append((number, fault, told))
        healed = world.refresh()
        if healed.code != 0:
            # a part of core that the build met is folded again by the next one
            world.counts["healed by the second refresh"] += 1
            healed = world.refresh()
        failed += [f"day {number}, after {fault}: {text}" for text in healed.told]
        if not is_whole(world.folder):
            failed.append(f"day {number}, after {fault}: what is published is not whole")
    world.refresh(*(vintage for vintages in world.waiting.values() for vintage in vintages))
    quiet = World(folder / "quiet", folder / "quiet-archive", chance, days - 1)
    for number in range(max([days, *world.waiting])):
        quiet.deliver([v for v in publish(number) if number < days or world.down.get(v.source, 0) > number])
    outcome = quiet.refresh()
    assert outcome.code == 0, outcome.told
    differing = differences(world.folder / "bilateral.duckdb", quiet.folder / "bilateral.duckdb")
    return Year(days, [d for d in differing if d.startswith(("core.", "marts."))], world.met, world.counts, failed)


def main() -> int:
    given = [int(argument) for argument in sys.argv[1:] if argument != "--dagster"]
    days, seed, every = (*given, *(365, 1, 5)[len(given) :])
    plan = plan_of(random.Random(seed), days, every)
    with tempfile.TemporaryDirectory(prefix="bilateral-year-") as folder:
        year = simulate(Path(folder), days, seed, plan, way=command if "--dagster" in sys.argv else refresh)
    for number, fault, told in year.met:
        print(f"day {number:>3} {fault}: {'; '.join(told)[:300] or 'NOTHING WAS TOLD'}")
    counted = {"faults": len(year.met), "kinds": len({fault for _, fault, _ in year.met}), "untold": year.untold}
    print(json.dumps({"seed": seed, **asdict(year), "met": counted}, indent=1))
    return 1 if year.differences or year.untold or year.failed else 0


if __name__ == "__main__":
    sys.exit(main())
