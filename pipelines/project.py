"""One warehouse and all that is done to it: ingest, stage, fold, build, audit, publish.

The Dagster assets and the command line both call these methods; neither holds logic of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import polars as pl

from assets.contracts import DomainPackage, SourceCode
from assets.errors import BilateralError
from assets.schema import declared
from pipelines.checks.audit import Validate, Validation, validate
from pipelines.checks.expectations import Expectation, expectations_of, expectations_of_core, from_checks
from pipelines.checks.validations import fingerprint_of_expectations, keep_validations, kept_validations
from pipelines.domains import DOMAINS, REFERENCE, packages
from pipelines.drafting import Drafting
from pipelines.ingest import origin as origins
from pipelines.ingest.archive import import_archive
from pipelines.ingest.clock import refuse_clock_set_back
from pipelines.ingest.known_files import Seen
from pipelines.ingest.raw_files import DamagedRaw
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt, Taken
from pipelines.ingest.record import import_record, superseded
from pipelines.ingest.reviews import Reviews
from pipelines.ingest.sources import Source, check_frames, load_sources
from pipelines.publish import build as warehouse
from pipelines.publish import checksum, single_events
from pipelines.publish.recorded import published_versions
from pipelines.report import Report
from pipelines.settings import Settings
from pipelines.storage import quarantined_rows as aside
from pipelines.storage.core import CoreStore, log
from pipelines.storage.fingerprint import Looked, fingerprint_of
from pipelines.storage.manifest import Manifest
from pipelines.storage.promotion import Admission, fault_in_words
from pipelines.storage.staged import StagedStore
from pipelines.util.disk_errors import in_words
from pipelines.util.lock import WriterLock
from pipelines.util.state import State

T = TypeVar("T")


class Project:
    """A warehouse folder with its settings, its domains and its layers."""

    def __init__(self, settings: Settings | None = None, say: Callable[[str], None] | None = None) -> None:
        """Open the warehouse of ``settings``; ``say`` takes progress, one line each."""
        self.settings = settings or Settings()
        self.folder = self.settings.warehouse
        self.say = say or log.info
        self.state = State(self.folder)
        self.report = Report()
        self.origin_override: str | None = None
        self.rehash = False
        self.validate: Validate = validate
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._fingerprints: dict[str, str] = {}
        self._looked = Looked()
        self._taken_in: dict[str, tuple[list[Receipt], Report]] = {}

    # what there is ----------------------------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The declared sources by id."""
        return load_sources()

    @cached_property
    def packages(self) -> dict[str, DomainPackage]:
        """The domains by name, those of reference tables first; each source of them fits its declaration."""
        found = packages(self.settings.actors)
        for code in (code for package in found.values() for code in package.sources):
            check_frames(self.sources[code.source], code)
        return found

    @cached_property
    def raw(self) -> RawStore:
        """The raw store."""
        return RawStore(self.folder / "raw")

    @cached_property
    def staged(self) -> StagedStore:
        """The staged layer."""
        return StagedStore(self.folder / "staged")

    @cached_property
    def core(self) -> CoreStore:
        """The core layer."""
        return CoreStore(self.folder / "core")

    @cached_property
    def _lock(self) -> WriterLock:
        return WriterLock(self.folder, self.settings.wait_s, self.settings.lock)

    @contextmanager
    def lock(self, source: str | None = None) -> Iterator[None]:
        """Hold the lock under which every step writes: one writer at a time per warehouse, across processes.

        Args:
            source: where only what is staged of it is written, beside what other processes stage of other sources.

        Raises:
            BilateralError: it was not free within ``BILATERAL_WAIT_S`` seconds.
        """
        with self._lock.held(self.say, source):
            yield

    # origin -----------------------------------------------------------------------------------------------------------

    def origin(self) -> origins.Origin:
        """The origin of this warehouse as it stands."""
        return origins.origin_of(self.folder, self.raw, self.sources)

    def choose_origin(self, wanted: str | None) -> str:
        """Resolve ``--from``: record, live, a folder, or None for the origin last used.

        Raises BilateralError where the folder does not exist or holds nothing that could be taken in.
        """
        self.origin_override = origins.choose_origin(wanted, self.origin(), self.folder, self.sources, self.say)
        return self.origin_override

    def sources_in_play(self, domains: Collection[str]) -> list[str]:
        """Sources of these domains that a refresh from the chosen origin can bring anything of, or of which something is held."""
        origin = self.origin_override or self.choose_origin(None)
        return origins.sources_in_play(origin, self.sources, domains, [self.raw])

    # raw --------------------------------------------------------------------------------------------------------------

    def ingest_ahead(self, source_ids: Collection[str]) -> bool:
        """Take in what the origin has of sources before any step is run; whether anything came of it.

        The next ``ingest`` of each of them gives what was taken in here.
        """
        self._taken_in = {}
        for source_id in source_ids:
            self.report = Report()
            receipts = self.ingest(source_id)
            self._taken_in[source_id] = (receipts, self.report)
        self.report = Report()
        return any(receipts or report.problems for receipts, report in self._taken_in.values())

    def is_up_to_date(self, domains: Collection[str]) -> bool:
        """Whether the published file is what a refresh of these domains would make of what is held."""
        if self.draft.exists() or published_versions(self.settings.published) != self.versions():
            return False
        if self.tell_if_altered(self.settings.published):
            return False
        return all(self.waiting(domain) == [] for domain in (*REFERENCE, *domains))

    def waiting(self, domain: str) -> list[str] | None:
        """The sources of a domain that a fold would find something new of; None where all of it is to be looked at again.

        That is where something of it is damaged, or what its checks found is not known for what is expected of it now.
        """
        package = self.packages[domain]
        names = [*(c.source for c in package.sources), *(() if package.cross_source is None else (domain,))]
        if self.kept_validations(self.core.current(domain)) is None:
            return None
        return self.core.waiting(package, self.raw, self._reviewed(package), {name: self.fingerprint(name) for name in names})

    def damaged_domains(self) -> list[str]:
        """The domains of whose core a file is not as it was written: a fold makes it again, and no build goes on without it."""
        return [domain for domain in DOMAINS if self.core.current(domain).damaged]

    def brought_anything(self, source_id: str) -> bool:
        """Whether ``ingest_ahead`` took anything of a source in, or has something to say of it."""
        receipts, report = self._taken_in.get(source_id, ([], Report()))
        return bool(receipts or report.problems)

    def ingest(self, source_id: str, days: Collection[str] | None = None) -> list[Receipt]:
        """Take in what the origin has of a source; return the receipts of what was new.

        ``days`` (ISO dates) restricts a source that comes in daily partitions. A problem of the source becomes a receipt or
        a line in the report, never an exception.
        """
        if days is None and source_id in self._taken_in:
            receipts, report = self._taken_in.pop(source_id)
            self.report.problems += report.problems
            return receipts
        source = self.sources[source_id]
        origin = self.origin_override or self.choose_origin(None)
        with self.lock():
            store = self.raw
            try:
                taken = self._around_damage(store, lambda: self._take_in(store, source, origin, days))
                receipts = [*taken.receipts, *self._around_damage(store, lambda: store.accept_reviewed(source))]
            except BilateralError as problem:
                self.report.problems.append(f"{source_id}: {problem}")
                self.say(f"{source_id}: {problem}")
                return []
            except Exception as fault:  # a fault on what one source served must not keep the others from being published
                log.exception("taking in %s", source_id)
                unwritten = in_words(fault, self.folder)
                said = unwritten or f"the program failed on what it was given: {type(fault).__name__}: {fault}"
                more = "" if unwritten else "; nothing more of it was taken in. Please report this, with refresh.log"
                said = f"{source_id}: {said}"
                self.report.problems.append(f"{said}{more}")
                self.say(said)
                return []
            origins.note_origin(self.folder, origin)
        self.report.problems += taken.problems
        for note in (*taken.notes, *taken.problems):
            self.say(f"  {note}")
        if taken.gaps:
            first, last = taken.gaps[0], taken.gaps[-1]
            self.say(f"  {source_id}: {len(taken.gaps):,} slots are missing at the source, {first} to {last} UTC")
        accepted = sum(r.verdict == "accepted" for r in receipts)
        bad_ones = sum(r.verdict in ("quarantined", "failed") for r in receipts)
        summary = f"{accepted:,} new snapshots" + (f", {bad_ones:,} not accepted" if bad_ones else "")
        self.say(f"{source_id}: {summary}" if receipts else f"{source_id}: nothing new")
        return receipts

    def _take_in(self, store: RawStore, source: Source, origin: str, days: Collection[str] | None) -> Taken:
        if origin == origins.RECORD_ORIGIN:
            return import_record(store, source)
        if origin != "live":
            folder = Path(origin)
            if not (folder / source.id).exists():
                return Taken()  # an archive need not hold every source
            seen = Seen(self.state, source, folder, trust=not self.rehash)
            return import_archive(store, source, folder, seen=seen)
        # clients of the web take longer to import than a refresh that finds nothing new takes otherwise
        from pipelines.ingest.fetch import fetch
        from pipelines.ingest.fetch.http import Visit

        now = self.now().replace(microsecond=0)
        refuse_clock_set_back(store, source, now)
        visit = Visit(source, self.settings.fetch, now, store.held(source.id))
        named = None if days is None else sorted(map(date.fromisoformat, days))
        return store.take(source, fetch(visit, named), origin="live")

    def _around_damage(self, store: RawStore, work: Callable[[], T]) -> T:
        """Do a work on raw again without each snapshot that it finds damaged: that is taken out of use, and reported."""
        while True:
            try:
                return work()
            except DamagedRaw as damage:
                store.set_aside(damage)
                said = f"{damage.source} {damage.snapshot} is damaged and was taken out of use: {damage}"
                self.report.problems.append(said)
                self.say(f"  {said}")

    # staged and core --------------------------------------------------------------------------------------------------

    def stage(self, source_id: str) -> list[str]:
        """Stage what is new of a source; return the snapshots' names."""
        code = self._code(source_id)
        with self.lock(source_id):

            def stage() -> list[str]:
                fingerprint, judged = self._judged(source_id)
                return self.staged.stage(code, self.raw, fingerprint, judged, self.sources[source_id].amendments)

            return self._around_damage(self.raw, stage)

    def _judged(self, source_id: str) -> tuple[str, pl.DataFrame]:
        """The fingerprint of a source, and what the current core has judged of it with this code and what people decided."""
        source, fingerprint = self.sources[source_id], self.fingerprint(source_id)
        return fingerprint, self.core.judged(source.domain, source_id, fingerprint, self.raw.reviews(source))

    def _code(self, source_id: str) -> SourceCode:
        return next(c for c in self.packages[self.sources[source_id].domain].sources if c.source == source_id)

    def tell_if_altered(self, published: Path) -> bool:
        """Report where the published file is not as it was published; whether it is not."""
        if checksum.is_not_altered(published):
            return False
        said = f"{published}: its bytes are not those that were published: a disk, or somebody, changed them. It is made again"
        if said not in self.report.problems:
            self.tell_problem(said)
        return True

    def tell_problem(self, text: str) -> None:
        """Put a problem into the report, and say it."""
        self.report.problems.append(text)
        self.say(f"  {text}")

    def stage_again(self, source_id: str, names: Sequence[str]) -> None:
        """Stage snapshots of a source again from raw, whatever is there of them."""
        amendments = self.sources[source_id].amendments
        with self.lock():
            self.staged.stage_again(self._code(source_id), self.raw, names, self.fingerprint(source_id), amendments)

    def fingerprint(self, source_id: str) -> str:
        """Hash of what shapes the rows of a source; or, by the name of a domain, of what is made across its sources."""
        if source_id not in self._fingerprints:
            if source_id in self.packages:
                package = self.packages[source_id]
                if package.cross_source is None:
                    raise LookupError(f"the domain {source_id} has no tables of its own")
                lists = [(s.id, s.list) for s in self.sources.values() if s.domain == source_id and s.list is not None]
                self._fingerprints[source_id] = fingerprint_of(package.cross_source, package, lists, looked=self._looked)
            else:
                source = self.sources[source_id]
                package = self.packages[source.domain]
                code = self._code(source_id)
                stated = (source.title, source.publisher, source.url, source.licence, source.timezone, source.list)
                amended = (*((source.amendments,) if source.amendments else ()), *superseded(self.raw.root, source_id))
                self._fingerprints[source_id] = fingerprint_of(code, package, source.rows, stated, *amended, looked=self._looked)
        return self._fingerprints[source_id]

    def expectations(self, domain: str) -> list[Expectation]:
        """Expectations of a domain's core tables that need no tables but its own and those of reference domains."""
        own, reference = ([f"core.{t}" for d in ds for t in self.tables(d)] for ds in ((domain,), REFERENCE))
        return expectations_of_core(own, reference)

    def tables(self, domain: str) -> tuple[str, ...]:
        """Core tables (bare names) of a domain."""
        return self.packages[domain].tables

    def sources_of(self, table: str) -> list[str]:
        """Sources that fill a core table (bare name): all of a domain where the table is made across them."""
        return [s for package in self.packages.values() for s in package.sources_of(table)]

    def _reviewed(self, package: DomainPackage) -> dict[str, Reviews]:
        return {c.source: self.raw.reviews(self.sources[c.source]) for c in package.sources}

    def fold(self, domain: str) -> tuple[Manifest, list[Validation]]:
        """Fold what is new of a domain, validate the candidate, and make it current if its blocking checks pass.

        Rows that break a rule of rows are set aside; a source that has too many of them, or that is to blame for a rule of a
        table, keeps its last core; only where neither helps is the domain held back.

        Returns the manifest that is current afterwards and the validations of the candidate (or of the current one where
        nothing is new).
        """
        package = self.packages[domain]
        guards = {c.source: self.sources[c.source].rows for c in package.sources}
        reviewed = self._reviewed(package)
        cross_source = () if package.cross_source is None else (domain,)
        fingerprints = {name: self.fingerprint(name) for name in (*guards, *cross_source)}
        with self.lock():
            current = self.core.current(domain)
            for file, what in current.damaged.items():
                self.tell_problem(f"core/{domain}/{file}: {what}. What rests on it is made again from raw")
            try:
                candidate, new, failed = self.core.fold(package, self.raw, self.staged, guards, reviewed, fingerprints)
            except BilateralError as problem:
                return self._hold_back(domain, current, str(problem))
            except Exception as fault:
                # the last line of defence: a fault in one domain must not keep the others from being published
                log.exception("folding %s", domain)
                return self._hold_back(domain, current, fault_in_words("the fold failed", fault))
            if failed and current.damaged:
                # without its last core a source would be published as if it held nothing
                return self._hold_back(domain, current, "; ".join(failed))
            self.report.new += new
            for source in sorted({n.source for n in new if n.verdict == "accepted"}):
                self.report.idle_corrections += [f"{source}: {text}" for text in self.idle_corrections(source)]
            self.report.problems += failed
            for text in failed:
                self.say(f"  {text}")
            kept = self.kept_validations(current)
            # a candidate without what is made across its sources bears no version, as a manifest that is not there
            if candidate.version and candidate.edition == current.edition and kept is not None:
                self.core.promote(candidate)
                return candidate, kept
            self.report.folded.append(domain)
            self.say(f"{domain}: core folded, checking it")
            try:
                admitted = self._admission(domain).admit(candidate, current, fingerprints)
            except Exception as fault:
                log.exception("checking %s", domain)  # as above
                return self._hold_back(domain, current, fault_in_words("its checks failed", fault))
            candidate, validations = admitted.candidate, admitted.validations
            reason = admitted.reason
            if current.damaged and not reason:
                reason = "; ".join(f"{source}: {text}" for source, text in admitted.held.items())  # as above
            if reason:
                self._hold_back(domain, current, reason)
                return current, validations
            for source, text in admitted.held.items():
                self.report.held_back.append(f"{source}: {text}; the other sources of {domain} were taken")
                self.say(f"{source}: HELD BACK, its last core that passed is kept: {text}")
            self.core.promote(candidate)
            keep_validations(self.state, domain, self._expected(candidate), validations)
            self._note_set_aside(aside.lines(aside.set_aside_rows(self.core, candidate)))
        return candidate, validations

    def idle_corrections(self, source_id: str) -> tuple[str, ...]:
        """Corrections that did not find what they expect in the last accepted snapshot of a source, in sentences."""
        last = self.raw.last_accepted(source_id) if self.sources[source_id].corrections else None
        return () if last is None else self.staged.idle_corrections(source_id, last.snapshot)

    def _note_set_aside(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.report.set_aside.append(line)
            self.say(f"  {line}")

    def _admission(self, domain: str) -> Admission:
        package = self.packages[domain]
        guards = {c.source: self.sources[c.source].rows for c in package.sources}
        reference = [] if domain in REFERENCE else [self.core.current(d) for d in REFERENCE]
        return Admission(self.core, package, guards, self.expectations(domain), self.validate, self.settings.limits, reference)

    def _expected(self, manifest: Manifest) -> str:
        """What was expected of which core of a domain, looked up in which reference tables, as a fingerprint."""
        reference = [] if manifest.domain in REFERENCE else [self.core.current(d).edition for d in REFERENCE]
        return fingerprint_of_expectations(self.expectations(manifest.domain), [manifest.edition, *reference])

    def kept_validations(self, manifest: Manifest) -> list[Validation] | None:
        """What the checks of a core found; None where that is not known, or something else is expected by now."""
        return kept_validations(self.state, manifest.domain, self._expected(manifest))

    def _hold_back(self, domain: str, current: Manifest, reason: str) -> tuple[Manifest, list[Validation]]:
        self.report.held_back.append(f"{domain}: {reason}")
        self.say(f"{domain}: HELD BACK, its last core that passed is kept: {reason}")
        return current, self.kept_validations(current) or self._admission(domain).check(current)

    # build and publication --------------------------------------------------------------------------------------------

    def build_expectations(self) -> list[Expectation]:
        """Everything that is expected of the whole build: core tables with their references, and the marts."""
        core = [name for name in declared() if name.startswith("core.")]
        own = {n: [f"core.{t}" for t in self.tables(d)] for d in self.packages for n in [f"core.{t}" for t in self.tables(d)]}
        found = [e for name in core for e in expectations_of(name, own.get(name, [name]))]
        return found + [e for e in from_checks() if not e.table.startswith("core.")]

    def versions(self) -> dict[str, str]:
        """Versions of what a build would be made of."""
        taken = {} if not self.taken else {warehouse.SINGLE_EVENTS: single_events.digest(self.taken)}
        return {d: self.core.current(d).edition for d in self.packages} | taken | {"code": warehouse.code_fingerprint()}

    @cached_property
    def taken(self) -> Mapping[str, str]:
        """What a build takes of the files of core, by full name of the table, where not all rows."""
        return single_events.rows_of(self.settings.single_event_pairs)

    @property
    def draft(self) -> Path:
        """The file that is being built."""
        return self.folder / ".build" / "bilateral.duckdb"

    @cached_property
    def _drafting(self) -> Drafting:
        return Drafting(self)

    def build(self, run_id: str, *, anew: bool = False) -> tuple[Path, list[Validation]]:
        """Build and audit the file beside the published one.

        Args:
            run_id: of the run that builds.
            anew: build though nothing is new: the published file is damaged.

        Returns the file that holds the result and its validations: the published file itself, with the validations it was
        published with, where nothing has changed since.
        """
        return self._drafting.build(run_id, anew=anew)

    def rebuild_marts(self, names: Collection[str]) -> tuple[list[str], Path, list[Validation]]:
        """Make marts again in a copy of the published file, with all that are made of them; audit it whole, and publish it.

        Args:
            names: of marts, without their schema.

        Returns:
            The marts that were made, the file that holds them, and what was found of all that is expected of it: the published
            file, or the draft where a critical check failed.

        Raises:
            BilateralError: the published file is not that of the current core and code.
        """
        return self._drafting.rebuild(names)

    def build_into(self, target: Path, run_id: str, *, before: Path | None = None) -> None:
        """Build a file of the current core, unchecked.

        Args:
            target: the file.
            run_id: of the run that builds.
            before: the published file, whose publications it goes on with.
        """
        self._drafting.build_into(target, run_id, before=before)

    def publish(self) -> bool:
        """Put the audited build in place; False where there is none (nothing was new).

        Raises BilateralError where the build was refused by its audit, or never audited: this step can be run alone.
        """
        return self._drafting.publish()
