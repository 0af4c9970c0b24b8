"""``bilateral backfill``: earlier copies of a source, from archives of the web, a git repository or a deposit."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from assets.errors import BilateralError
from pipelines.intake.attempts import Finding, Note
from pipelines.suggest import did_you_mean

if TYPE_CHECKING:
    from pipelines.intake.backfill import Keeper, Plan
    from pipelines.intake.fetch.http import FetchPolicy
    from pipelines.intake.sources import Source
    from pipelines.project import Project
    from pipelines.settings import Settings

PAUSES_S = {"memento": 6.0, "zenodo": 2.0, "ofac": 2.0, "git": 0.0}
"""Between two requests. The Wayback Machine answers 429 and 403 to quick ones; with six seconds a user was let through (2026)."""
_PATIENT = {"timeout_s": 120.0, "deadline_s": 1800.0, "backoff_s": 15.0, "max_tries": 5, "max_wait_s": 600.0}
"""An archive fetches from tape and disks far away, and asks for pauses of minutes."""
CLONE = ".backfill"
GDELT_BY_DAY = "gdelt_v1_events"
_DAY_S = 20.0
"""For a day of GDELT 1.0: some 10 MB packed."""
_PAIR = re.compile(r"([A-Z]{3})-(?!\1)([A-Z]{3})")


def backfill(
    settings: Settings,
    source_id: str,
    days: tuple[str | None, str | None],
    via: str | None,
    git: tuple[str, str] | None,
    zenodo: tuple[str, str] | None,
    archive: str,
    pause_s: float | None,
    *,
    dry_run: bool,
    pair: str | None = None,
    policy: FetchPolicy | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """``bilateral backfill``; code 0 where all was taken in or is held, 3 where something was refused or could not be had.

    Args:
        settings: of the warehouse.
        source_id: of the source.
        days: first and last (UTC), as they were written.
        via: memento, git, zenodo or ofac; None: by what else is given.
        git: address of a repository, and the path in it.
        zenodo: number of a record, and a pattern of names of files.
        archive: index of an archive of the web.
        pause_s: between two requests; None: what is polite.
        dry_run: print the plan and take in nothing.
        pair: two states (``USA-CHN``), of a source that comes in days.
        policy: which addresses may be asked.
        sleep: waits.

    Raises:
        BilateralError: in words, where nothing can be asked.
    """
    from pipelines.cli.bars import bars
    from pipelines.intake import backfill as backfills
    from pipelines.intake.origin import refuse_sample
    from pipelines.project import Project

    with bars() as say:
        project = Project(settings, say=say)
        source = _source(project, source_id)
        since, until = (_day(text, option) for text, option in zip(days, ("--from", "--to"), strict=True))
        if any(spec.index in ("slots", "days") for spec in source.files.values()):
            return _days(project, source, since, until, pair, say, dry_run=dry_run, sleep=sleep, policy=policy)
        if pair is not None:
            raise BilateralError(f"--pair {pair}: {source.id} does not come in days of events; gdelt does")
        way = via or ("git" if git else "zenodo" if zenodo else "memento")
        if (way == "git") != (git is not None) or (way == "zenodo") != (zenodo is not None):
            raise BilateralError(
                f"--via {way}: give --git ADDRESS PATH for git, --zenodo RECORD PATTERN for zenodo, neither for memento and ofac"
            )
        if not dry_run:
            refuse_sample(project.origin(), project.folder)
        pause = PAUSES_S[way] if pause_s is None else pause_s
        with _keeper(project, source, way, git, zenodo, archive, (since, until), pause, policy, sleep) as keeper:
            plan = backfills.plan(source, keeper, project.raw.held(source.id), since, until)
            for line in plan.lines():
                say(line)
            return 0 if dry_run or not plan.snapshots else _take_in(project, plan, keeper, sleep, say)


def _take_in(project: Project, plan: Plan, keeper: Keeper, sleep: Callable[[float], None], say: Callable[[str], None]) -> int:
    from pipelines.intake.backfill import attempts

    return _store(project, plan.source, attempts(plan, keeper, sleep), say, "archive")


def _store(
    project: Project, source: Source, found: Iterable[Finding], say: Callable[[str], None], origin: Literal["live", "archive"]
) -> int:
    from pipelines.intake.origin import note_origin

    verdicts: dict[str, int] = {}
    n_not_had = 0
    for finding in found:
        if isinstance(finding, Note):
            n_not_had += 1
            say(finding.text)
            continue
        with project.lock():  # not while asking: a refresh need not wait for hours
            (receipt,) = project.raw.take(source, [finding], origin=origin).receipts
            if not project.origin().is_noted:
                note_origin(project.folder, "live")
        verdicts[receipt.verdict] = verdicts.get(receipt.verdict, 0) + 1
        if receipt.verdict in ("quarantined", "failed"):
            say(f"{source.id} {receipt.snapshot}: {receipt.verdict}: {receipt.reason}")
    counts = ", ".join(f"{n:,} {verdict}" for verdict, n in sorted(verdicts.items())) or "nothing taken in"
    say(f"{source.id}: {counts}; {n_not_had:,} could not be had. 'bilateral refresh' publishes what is new")
    return 3 if n_not_had or verdicts.keys() & {"quarantined", "failed"} else 0


def _days(
    project: Project,
    source: Source,
    since: date | None,
    until: date | None,
    pair: str | None,
    say: Callable[[str], None],
    *,
    dry_run: bool,
    sleep: Callable[[float], None],
    policy: FetchPolicy | None,
) -> int:
    """Days that a source itself keeps; of a pair of states their events alone."""
    from pipelines.intake.attempts import Gap
    from pipelines.intake.fetch import fetch
    from pipelines.intake.fetch.gdelt import gdelt_days
    from pipelines.intake.fetch.http import FetchPolicy, Visit
    from pipelines.intake.origin import refuse_sample

    states = _PAIR.fullmatch(pair or "")
    if pair is not None and (states is None or source.id != GDELT_BY_DAY):
        raise BilateralError(f"--pair {pair}: expected two states such as USA-CHN, and the source gdelt, which comes in days")
    now = datetime.now(UTC)
    first, last = since or source.days_since or now.date(), min(until or now.date(), now.date() - timedelta(days=1))
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    what = "all events" if pair is None else f"the events between {' and '.join(pair.split('-'))} alone"
    say(f"{source.id}: {len(days):,} days, {first} to {last}, {what}; what is held of them is not asked for")
    hours = len(days) * _DAY_S / 3600
    say(f"  its list states no sizes; at some 10 MB a day packed and 500 kB a second about {hours:,.1f} hours")
    if dry_run:
        return 0
    refuse_sample(project.origin(), project.folder)
    endless = project.settings.fetch.model_copy(update={"visit_s": 30 * 86_400.0})
    visit = Visit(source, endless, now, project.raw.held(source.id), policy or FetchPolicy(), sleep=sleep)
    found = fetch(visit, days) if states is None else gdelt_days(visit, days, (states[1], states[2]))
    gaps: list[Gap] = []

    def without_gaps() -> Iterator[Finding]:
        for finding in found:
            if isinstance(finding, Gap):
                gaps.append(finding)
            else:
                yield finding

    code = _store(project, source, without_gaps(), say, "live")
    if gaps:
        nothing = "" if pair is None else ", or have no event of the pair"
        say(f"  {len(gaps):,} of them were never published{nothing}: {gaps[0].moment:%Y-%m-%d} to {gaps[-1].moment:%Y-%m-%d}")
    return code


def _source(project: Project, source_id: str) -> Source:
    source_id = GDELT_BY_DAY if source_id == "gdelt" else source_id
    if source_id in project.sources:
        return project.sources[source_id]
    meant = did_you_mean(source_id, project.sources, most=1)
    raise BilateralError(f"{source_id}: not the id of a source.{meant} Known ids: {', '.join(project.sources)}")


def _day(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise BilateralError(f"{option} {text}: expected a day such as 2018-01-31") from None


@contextmanager
def _keeper(
    project: Project,
    source: Source,
    way: str,
    git: tuple[str, str] | None,
    zenodo: tuple[str, str] | None,
    archive: str,
    days: tuple[date | None, date | None],
    pause_s: float,
    policy: FetchPolicy | None,
    sleep: Callable[[float], None],
) -> Iterator[Keeper]:
    """Who is asked; a copy of a repository goes when it is no longer needed."""
    from pipelines.intake.backfill.git import Repository
    from pipelines.intake.backfill.memento import WebArchive
    from pipelines.intake.backfill.ofac import CHANGES, Publications
    from pipelines.intake.backfill.zenodo import ZENODO, Deposit
    from pipelines.intake.fetch.http import FetchPolicy, Visit

    if git is not None:
        clone = project.folder / CLONE
        shutil.rmtree(clone, ignore_errors=True)
        try:
            yield Repository(*git, source, clone)
        finally:
            shutil.rmtree(clone, ignore_errors=True)
        return
    is_ofac = way == "ofac"
    if is_ofac and urlsplit(CHANGES).hostname not in source.hosts:
        raise BilateralError(f"--via ofac: {source.id} is no list of OFAC's service; us_ofac_sdn and us_ofac_cons are")
    base = CHANGES if is_ofac else ZENODO if zenodo is not None else archive
    if urlsplit(base).scheme not in ("https", "http") or not urlsplit(base).hostname:
        raise BilateralError(f"--archive {base}: expected an address that begins with https://")
    if way == "memento" and not source.addresses:
        raise BilateralError(
            f"{source.id}: {source.declared_in} names no addresses under which its files were served, so no archive of the web "
            "can be asked for them. --git and --zenodo need none."
        )
    patient = {name: value for name, value in _PATIENT.items() if value > getattr(project.settings, name)}
    hosts = source.hosts if is_ofac else (urlsplit(base).hostname,)
    asked = source.model_copy(update={"hosts": hosts, "http_with_checksum": False})
    visit = Visit(
        asked,
        project.settings.fetch.model_copy(update=patient),
        datetime.now(UTC),
        project.raw.held(source.id),
        policy or FetchPolicy(),
        sleep=sleep,
    )
    since, until = days
    with visit.asker() as asker:
        if is_ofac:
            yield Publications(asker, since, until or visit.moment.date(), pause_s)
        elif zenodo is not None:
            yield Deposit(asker, *zenodo, pause_s)
        else:
            yield WebArchive(asker, archive, source.addresses, since, until, pause_s)
