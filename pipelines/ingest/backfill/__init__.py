"""Earlier copies of what a source served, kept by others: which there are, and each taken in as of the moment it was kept.

``memento`` asks archives of the web, ``git`` the history of a repository, ``listings`` publishers that list versions. What is
had goes the way of any vintage: the guards, a receipt, the readers. What a copy holds was known at its moment, no earlier.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Protocol

from assets import progress
from assets.errors import BilateralError
from pipelines.ingest.archive import files_in
from pipelines.ingest.fetch.http import Failure, Requester, Response
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Attempt, Basis, Http, Note
from pipelines.ingest.sources import Source

TOGETHER = timedelta(minutes=10)
"""Files of one source that a crawler asked for so shortly after each other are of one vintage, known at the last moment."""
PATIENCE = 3
"""After so many copies in a row for which whoever keeps them does not answer, it is left alone until the next run."""
_BYTES_PER_S = 500_000


@dataclass(frozen=True)
class Copy:
    """One file as somebody kept it; ``moment``: naive UTC, ``name``: packed or not, ``digest``: what the same bytes share."""

    moment: datetime
    name: str
    place: str
    n_bytes: int | None = None
    digest: str | None = None


class Keeper(Protocol):
    """Who keeps copies. ``pause_s``: between two requests; ``basis``: what the moment of a copy rests on."""

    basis: Basis
    pause_s: float

    def copies(self) -> tuple[list[Copy], list[str]]:
        """The copies there are, in any order, and in sentences what was left out. Raises BilateralError where nobody says."""

    def read(self, copy: Copy, limit: int) -> tuple[bytes, Http]:
        """Its bytes, at most ``limit``. Raises Failure, also where they are not those of the copy."""


class OnlineKeeper:
    """One that is asked over the web."""

    def __init__(self, asker: Requester, pause_s: float) -> None:
        """``asker``: asks the hosts of whoever keeps the copies and no other."""
        self.asker, self.pause_s = asker, pause_s

    def read(self, copy: Copy, limit: int) -> tuple[bytes, Http]:
        """Its bytes, at most ``limit``. Raises Failure, also where they are not those of the copy."""
        answer = self.asker.ask(copy.place, limit)
        if (problem := self.misfit(copy, answer)) is not None:
            raise Failure(problem, http=answer.http)
        return answer.body or b"", answer.http

    def misfit(self, copy: Copy, answer: Response) -> str | None:  # noqa: ARG002 (not all state what could be compared)
        """What shows that an answer is not the copy that was asked for."""
        return None


@dataclass(frozen=True)
class Plan:
    """What is to be taken in, each snapshot as its moment and its files, in order; ``n_held``: snapshots that are held."""

    source: Source
    snapshots: Sequence[tuple[datetime, tuple[Copy, ...]]]
    n_held: int
    left_out: Sequence[str]
    pause_s: float

    def lines(self) -> Iterator[str]:
        """The plan in words."""
        yield from self.left_out
        held = f"{self.n_held:,} are here already" if self.n_held else "none is here yet"
        if not self.snapshots:
            yield f"{self.source.id}: nothing to ingest; {held}"
            return
        copies = [copy for _, group in self.snapshots for copy in group]
        sizes = [copy.n_bytes for copy in copies if copy.n_bytes is not None]
        asked = len({copy.digest or copy.place for copy in copies})
        unknown = f" and {len(copies) - len(sizes):,} of unknown size" if len(sizes) < len(copies) else ""
        hours = (asked * self.pause_s + sum(sizes) / _BYTES_PER_S) / 3600
        yield (
            f"{self.source.id}: {len(self.snapshots):,} captures to ingest, {self.snapshots[0][0]:%Y-%m-%d} to "
            f"{self.snapshots[-1][0]:%Y-%m-%d}; {held}"
        )
        yield (
            f"  {asked:,} requests with {self.pause_s:g} s between them, {sum(sizes) / 1e6:,.1f} MB stated{unknown}: "
            f"about {hours:,.1f} hours"
        )
        by_year = Counter(moment.year for moment, _ in self.snapshots)
        yield "  by year: " + ", ".join(f"{year}: {n:,}" for year, n in sorted(by_year.items()))


def plan(source: Source, keeper: Keeper, raw: RawStore, since: date | None, until: date | None, now: datetime) -> Plan:
    """What of the copies is missing, within days (UTC, both included). Raises BilateralError where nobody says which exist."""
    found, left_out = keeper.copies()
    first, last = since or date.min, min(until or date.max, now.date())
    within = [c for c in found if first <= c.moment.date() <= last and c.moment <= now]
    if n_ahead := sum(c.moment > now for c in found):
        left_out = [*left_out, f"{n_ahead:,} left out: they claim to be of days to come"]
    groups = _vintages(_thinned(within))
    # what was cut to facts is filled in by the whole file
    missing = set(raw.missing(source.id, (moment for moment, _ in groups), lambda receipt: receipt.cut is None))
    todo = [group for group in groups if group[0] in missing]
    return Plan(source, todo, len(groups) - len(todo), left_out, keeper.pause_s)


def _thinned(copies: Iterable[Copy]) -> list[Copy]:
    """The copies in order, without what says the same twice: one file at one moment, or the same bytes again on the same day."""
    ordered = sorted({(c.moment, c.name): c for c in copies}.values(), key=lambda c: (c.name, c.moment))
    kept = ordered[:1]
    for before, copy in pairwise(ordered):
        is_same = copy.digest is not None and (copy.name, copy.digest) == (before.name, before.digest)
        if not (is_same and copy.moment.date() == before.moment.date()):
            kept.append(copy)
    return sorted(kept, key=lambda c: (c.moment, c.name))


def _vintages(copies: Sequence[Copy]) -> list[tuple[datetime, tuple[Copy, ...]]]:
    groups: list[list[Copy]] = []
    for copy in copies:
        last = groups[-1] if groups else []
        if last and copy.moment - last[0].moment <= TOGETHER and all(copy.name != other.name for other in last):
            last.append(copy)
        else:
            groups.append([copy])
    return [(group[-1].moment, tuple(group)) for group in groups]


def attempts(plan: Plan, keeper: Keeper, sleep: Callable[[float], None] = time.sleep) -> Iterator[Attempt | Note]:
    """The snapshots of a plan in order of time; what cannot be had is a note, and the next run asks for it again."""
    source = plan.source
    last: dict[str, tuple[str, bytes, Http]] = {}  # by name the digest, the bytes and the answer had last
    n_refused, is_first = 0, True
    for moment, group in progress.each(plan.snapshots, f"{source.id}: taking in", "captures"):
        files: dict[str, bytes] = {}
        http: dict[str, Http] = {}
        try:
            for copy in group:
                known = last.get(copy.name)
                if known is None or copy.digest is None or known[0] != copy.digest:
                    if not is_first:
                        sleep(plan.pause_s)
                    is_first = False
                    data, said = keeper.read(copy, source.max_bytes)
                    known = last[copy.name] = (copy.digest or "", data, said)
                _, data, said = known
                for name, content in files_in(copy.name, data, source, source.max_bytes).items():
                    files[name], http[name] = content, Http(copy.place, said.status, said.etag, said.last_modified)
        except (Failure, BilateralError) as problem:
            yield Note(f"{source.id} {moment:%Y-%m-%d %H:%M:%S} could not be had: {problem}")
            n_refused = n_refused + 1 if isinstance(problem, Failure) and is_of_the_keeper(problem) else 0
            if n_refused == PATIENCE:
                yield Note(f"{PATIENCE} in a row could not be had: left alone now; the same command goes on where this one stops")
                return
        else:
            n_refused = 0
            yield Attempt(moment, files, None, http, basis=keeper.basis)


def is_of_the_keeper(failure: Failure) -> bool:
    """Whether a failure says something of whoever keeps the copies, and not of this copy."""
    status = failure.http.status
    return status is None or status in (401, 429) or status >= 500
