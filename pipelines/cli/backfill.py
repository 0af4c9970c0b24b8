"""Earlier copies of a source (``backfill``), downloads of one's own (``archive``), what its reader makes of a file (``try``)."""

from __future__ import annotations

import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from typer import Argument, Option

from assets.errors import BilateralError
from pipelines.cli.app import DryRun, command, day_of, plain, read_settings, sources_beginning, tell

if TYPE_CHECKING:
    from pipelines.ingest.backfill import Keeper
    from pipelines.ingest.fetch.http import FetchContext, FetchPolicy
    from pipelines.ingest.receipts import Finding, Gap
    from pipelines.ingest.sources import Source
    from pipelines.services.warehouse import Warehouse
    from pipelines.settings import Settings

WAYBACK = "https://web.archive.org/cdx/search/cdx"
PAUSES_S = {"memento": 6.0, "zenodo": 2.0, "ofac": 2.0}
"""Between two requests. The Wayback Machine answers 429 and 403 to quick ones; with six seconds a user was let through (2026)."""
_PATIENT = {
    "timeout_s": 120.0, "deadline_s": 1800.0, "visit_s": 30 * 86_400.0, "backoff_s": 15.0, "max_tries": 5, "max_wait_s": 600.0,
}  # fmt: skip
"""An archive has its files on disks far away, asks for pauses of minutes, and holds thousands of them."""
CLONE = ".backfill"
Sleep = Callable[[float], None]
GDELT_BY_DAY = "gdelt_v1_events"
_DAY_S = 20.0
"""For a day of GDELT 1.0: some 10 MB packed."""


_Source = Annotated[str, Argument(metavar="SOURCE", help="Id of a declared source.", autocompletion=sources_beginning)]


@command(
    ("bilateral backfill us_ofac_sdn --from 2018-01-01 --dry-run", "what archives of the web hold of it, and how long it takes"),
    ("bilateral backfill us_ofac_sdn --git https://example.org/lists.git data/sdn.csv", "from a repository that kept it"),
    ("bilateral backfill gdelt --pair USA-CHN --from 2018-01-01", "days of GDELT, the events of a pair of states alone"),
    ("bilateral backfill us_cdc_vsrr --zenodo 1234567 '*.csv'", "from the versions of a deposit"),
    name="backfill",
)
def backfill_command(
    source: _Source,
    since: Annotated[str | None, Option("--from", metavar="DAY", help="First day (UTC). Without it all there is.")] = None,
    until: Annotated[str | None, Option("--to", metavar="DAY", help="Last day (UTC). Without it all there is.")] = None,
    via: Annotated[
        Literal["memento", "git", "zenodo", "ofac"] | None,
        Option("--via", help="Whom to ask: web archives, a git repository, a deposit at Zenodo, OFAC's own history of changes."),
    ] = None,
    git: Annotated[
        tuple[str, str] | None,
        Option("--git", metavar="ADDRESS PATH", help="A repository that kept the file, and the path of file or folder in it."),
    ] = None,
    zenodo: Annotated[
        tuple[str, str] | None,
        Option("--zenodo", metavar="RECORD PATTERN", help="A record at Zenodo, and which of its files: '*.csv'."),
    ] = None,
    archive: Annotated[
        str,
        Option(
            "--archive",
            metavar="ADDRESS",
            help="Index of an archive of the web: its CDX interface, or what stands before an address in its TimeMaps.",
        ),
    ] = WAYBACK,
    pause: Annotated[
        float | None,
        Option("--pause", min=0, metavar="S", help="Seconds between two requests. Without it 6 (memento) or 2 (zenodo, ofac)."),
    ] = None,
    pair: Annotated[str | None, Option("--pair", metavar="USA-CHN", help="Only GDELT's events between these two states.")] = None,
    dry_run: DryRun = False,
) -> int:
    """Ingest earlier copies of a source that others kept, each as of the moment at which it was kept.

    A plan is printed first. Stopped at any time, the same command goes on where it stopped; the next refresh publishes what came.
    Exit code 0: all was ingested or is here already. 3: something was refused or failed. 1: nothing could be requested.
    """
    return backfill(read_settings(), BackfillRequest(source, since, until, via, git, zenodo, archive, pause, pair, dry_run))


@command(
    ("bilateral archive downloads/ --dry-run", "which source and which day each file belongs to"),
    ("bilateral archive downloads/ --to archive/", "and copies them into the layout that 'refresh --from' takes"),
)
def archive(
    folder: Annotated[Path, Argument(metavar="FOLDER", help="Your downloads, in any order.")],
    to: Annotated[Path | None, Option("--to", metavar="DIR", help="Where to; without it FOLDER.archive, beside it.")] = None,
    dry_run: DryRun = False,
) -> int:
    """Make an archive of a folder of downloads: which source each file belongs to, which moment it is of, and why.

    What cannot be placed is listed with the reason. Exit code 0: every file was placed. 3: some were not.
    """
    from pipelines.cli.bars import bars
    from pipelines.cli.terminal import say, write_table
    from pipelines.services.sorting import PlacedFile, UnplacedFile, sort_files, write_archive
    from pipelines.services.warehouse import Warehouse

    warehouse = Warehouse(read_settings(), say=tell)
    codes = {code.source: code for package in warehouse.packages.values() for code in package.sources}
    target = to or folder.with_name(f"{folder.resolve().name}.archive")
    if target.resolve().is_relative_to(folder.resolve()):
        raise BilateralError(f"--to {target}: the archive cannot lie in the folder that it is made of")
    with bars():
        sorted_ = sort_files(folder, warehouse.sources, codes, datetime.now(UTC))
    placed = sorted((s for s in sorted_ if isinstance(s, PlacedFile)), key=lambda s: (s.source, s.moment))
    left = [s for s in sorted_ if isinstance(s, UnplacedFile)]
    try:
        left += [] if dry_run else write_archive(placed, target, shutil.copy2)
    except OSError as error:
        raise BilateralError(f"{error.filename}: cannot be written: {error.strerror or error}") from error
    rows = [(s.source, s.moment, s.basis or "-", ", ".join(str(p.relative_to(folder)) for p in s.files)) for s in placed]
    if rows:
        write_table(("source", "moment", "basis", "files"), rows, sys.stdout)
    for one in left:
        say(f"not placed: {one.file.relative_to(folder)}: {one.reason}", "  ")
    n_files = sum(len(s.files) for s in placed)
    what = "would be placed" if dry_run else f"placed in {target}; 'bilateral refresh --from {target}' takes them in"
    say(f"{n_files:,} files of {len({s.source for s in placed}):,} sources {what}; {len(left):,} not")
    return 3 if left else 0


@command(("bilateral try us_ofac_sdn downloads/sdn.csv", "what the reader of a source makes of a file"), name="try")
def try_source(
    source: _Source,
    file: Annotated[list[Path], Argument(metavar="FILE", help="Files of one snapshot (also .gz, .zst, .zip), or their folder.")],
) -> int:
    """What the reader of a source makes of files: frames, rejects, validation. Writes nothing.

    Exit code 0 where they would be accepted, 1 where not.
    """
    from pipelines.services.trial import as_lines, try_files
    from pipelines.services.warehouse import Warehouse

    warehouse = Warehouse(read_settings())
    trial = try_files(_source(warehouse, source), warehouse.code(source), file)
    for line in as_lines(trial):
        print(plain(line))
    return 0 if trial.is_accepted else 1


@dataclass(frozen=True)
class BackfillRequest:
    """What is asked for, as it was written: see the help of the command."""

    source: str
    since: str | None = None
    until: str | None = None
    via: str | None = None
    git: tuple[str, str] | None = None
    zenodo: tuple[str, str] | None = None
    archive: str = WAYBACK
    pause_s: float | None = None
    pair: str | None = None
    dry_run: bool = False

    @property
    def way(self) -> str:
        """Whom to ask. Raises BilateralError where what else is given does not fit."""
        way = self.via or ("git" if self.git else "zenodo" if self.zenodo else "memento")
        if (way == "git") != (self.git is not None) or (way == "zenodo") != (self.zenodo is not None):
            raise BilateralError(
                f"--via {way}: give --git ADDRESS PATH with git, --zenodo RECORD PATTERN with zenodo, neither else"
            )
        if self.zenodo is not None and not self.zenodo[0].isdecimal():
            raise BilateralError(f"--zenodo {self.zenodo[0]}: expected the number of a record, as at the end of its address")
        return way

    @property
    def days(self) -> tuple[date | None, date | None]:
        """First and last day. Raises BilateralError where one is none."""
        return day_of("--from", self.since), day_of("--to", self.until)


def backfill(settings: Settings, wanted: BackfillRequest, policy: FetchPolicy | None = None, sleep: Sleep = time.sleep) -> int:
    """``bilateral backfill``; ``policy``: which addresses may be asked. Raises BilateralError where nothing can be asked."""
    from pipelines.cli.bars import bars
    from pipelines.ingest.backfill import attempts, plan
    from pipelines.ingest.origin import refuse_sample
    from pipelines.services.warehouse import Warehouse

    with bars() as say:
        warehouse = Warehouse(settings, say=say)
        source = _source(warehouse, GDELT_BY_DAY if wanted.source == "gdelt" else wanted.source)
        since, until = wanted.days
        if not wanted.dry_run:
            refuse_sample(warehouse.origin(), warehouse.folder)
        if any(spec.index in ("slots", "days") for spec in source.files.values()):
            return _days(warehouse, source, wanted, policy, sleep)
        if wanted.pair is not None:
            raise BilateralError(f"--pair {wanted.pair}: {source.id} does not come in days of events; gdelt does")
        with _keeper(warehouse, source, wanted, policy, sleep) as keeper:
            planned = plan(source, keeper, warehouse.raw, since, until, datetime.now(UTC).replace(tzinfo=None))
            for line in planned.lines():
                say(line)
            if wanted.dry_run or not planned.snapshots:
                return 0
            return _store(warehouse, source, attempts(planned, keeper, sleep), "archive")


def _store(warehouse: Warehouse, source: Source, found: Iterable[Finding], origin: Literal["live", "archive"]) -> int:
    from pipelines.ingest.origin import note_origin
    from pipelines.ingest.receipts import Gap, Note

    verdicts: Counter[str] = Counter()
    gaps: list[Gap] = []
    for finding in found:
        if isinstance(finding, Gap):
            gaps.append(finding)
        elif isinstance(finding, Note):
            verdicts["could not be had"] += 1
            warehouse.say(finding.text)
        else:
            with warehouse.lock():  # not while asking: a refresh need not wait for hours
                (receipt,) = warehouse.raw.take(source, [finding], origin=origin).receipts
                if not warehouse.origin().is_noted:
                    note_origin(warehouse.folder, "live")
            verdicts[receipt.verdict] += 1
            if receipt.verdict in ("quarantined", "failed"):
                warehouse.say(f"{source.id} {receipt.snapshot}: {receipt.verdict}: {receipt.reason}")
    if gaps:
        first, last = gaps[0].moment, gaps[-1].moment
        warehouse.say(f"  {len(gaps):,}, {first:%Y-%m-%d} to {last:%Y-%m-%d}, were never published or hold nothing asked for")
    counts = ", ".join(f"{n:,} {what}" for what, n in sorted(verdicts.items())) or "nothing ingested"
    warehouse.say(f"{source.id}: {counts}. 'bilateral refresh' publishes what is new")
    return 3 if verdicts.keys() & {"quarantined", "failed", "could not be had"} else 0


def _days(warehouse: Warehouse, source: Source, wanted: BackfillRequest, policy: FetchPolicy | None, sleep: Sleep) -> int:
    """Days that a source itself keeps; of a pair of states their events alone."""
    from assets.news.gdelt.fold import states_by_code
    from pipelines.ingest.fetch import fetch
    from pipelines.ingest.fetch.gdelt import gdelt_days
    from pipelines.ingest.fetch.network import addresses_of, refuse_offline
    from pipelines.settings import PAIR

    states = PAIR.fullmatch(wanted.pair or "")
    strange = states is not None and not {*states.groups()} <= {*states_by_code().values()}  # a region, or no state at all
    if wanted.pair is not None and (states is None or strange or source.id != GDELT_BY_DAY):
        raise BilateralError(f"--pair {wanted.pair}: expected two states such as USA-CHN, and the source gdelt")
    (since, until), today = wanted.days, datetime.now(UTC).date()
    first, last = since or source.days_since or today, min(until or today, today - timedelta(days=1))
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    what = "all events" if states is None else f"the events between {states[1]} and {states[2]} alone"
    warehouse.say(f"{source.id}: {len(days):,} days, {first} to {last}, {what}; what is here already is not requested")
    hours = len(days) * _DAY_S / 3600
    warehouse.say(f"  its list states no sizes; at some 10 MB a day packed and 500 kB a second about {hours:,.1f} hours")
    if wanted.dry_run:
        return 0
    if policy is None:
        refuse_offline(addresses_of([source]))
    visit = _visit(warehouse, source, policy, sleep)
    found = fetch(visit, days) if states is None else gdelt_days(visit, days, (states[1], states[2]))
    return _store(warehouse, source, found, "live")


def _source(warehouse: Warehouse, source_id: str) -> Source:
    """The declaration of a source. Raises BilateralError where there is none of that id."""
    from pipelines.util.suggest import did_you_mean

    if source_id in warehouse.sources:
        return warehouse.sources[source_id]
    meant = did_you_mean(source_id, warehouse.sources, most=1)
    raise BilateralError(f"{source_id}: not the id of a source.{meant} Known ids: {', '.join(warehouse.sources)}")


def _visit(warehouse: Warehouse, source: Source, policy: FetchPolicy | None, sleep: Sleep) -> FetchContext:
    from pipelines.ingest.fetch.http import FetchContext, FetchPolicy

    patient = {name: value for name, value in _PATIENT.items() if value > getattr(warehouse.settings, name)}
    settings = warehouse.settings.fetch.model_copy(update=patient)
    return FetchContext(source, settings, datetime.now(UTC), warehouse.raw, policy or FetchPolicy(), sleep=sleep)


@contextmanager
def _keeper(
    warehouse: Warehouse, source: Source, wanted: BackfillRequest, policy: FetchPolicy | None, sleep: Sleep
) -> Iterator[Keeper]:
    """Who is asked; a copy of a repository goes when it is no longer needed."""
    from pipelines.ingest.backfill.git import Repository
    from pipelines.ingest.backfill.listings import CHANGES, ZENODO, Deposit, Publications
    from pipelines.ingest.backfill.memento import WebArchive
    from pipelines.ingest.fetch.network import refuse_offline

    way = wanted.way
    if wanted.git is not None:
        clone = warehouse.folder / CLONE
        shutil.rmtree(clone, ignore_errors=True)
        try:
            yield Repository(*wanted.git, source, clone)
        finally:
            shutil.rmtree(clone, ignore_errors=True)
        return
    base = {"ofac": CHANGES, "zenodo": ZENODO}.get(way, wanted.archive)
    host = urlsplit(base).hostname
    if urlsplit(base).scheme not in ("https", "http") or not host:
        raise BilateralError(f"--archive {base}: expected an address that begins with https://")
    if way == "ofac" and host not in source.hosts:
        raise BilateralError(f"--via ofac: {source.id} is no list of OFAC's service; us_ofac_sdn and us_ofac_cons are")
    if way == "memento" and not source.addresses:
        raise BilateralError(
            f"{source.id}: {source.declared_in} names no addresses, so no web archive can be asked. --git and --zenodo need none."
        )
    if policy is None:
        refuse_offline([base])
    pause_s = PAUSES_S[way] if wanted.pause_s is None else wanted.pause_s
    reached = source.model_copy(update={"hosts": source.hosts if way == "ofac" else (host,), "http_with_checksum": False})
    visit = _visit(warehouse, reached, policy, sleep)
    since, until = wanted.days
    with visit.asker() as asker:
        if way == "ofac":
            yield Publications(asker, since, until or visit.moment.date(), pause_s)
        elif wanted.zenodo is not None:
            yield Deposit(asker, *wanted.zenodo, pause_s)
        else:
            yield WebArchive(asker, base, source.addresses, since, until, pause_s)
