"""One warehouse and all that is done to it: ingest, stage, fold, build, audit, publish.

The Dagster assets and the command line both call these methods; neither holds logic of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

import duckdb
import polars as pl
from filelock import FileLock, Timeout

from assets.contract import Room
from assets.errors import BilateralError
from assets.schema import declared
from pipelines.intake.archive import archive_sources, import_archive
from pipelines.intake.fetch import fetch
from pipelines.intake.fetch.http import Visit
from pipelines.intake.raw_store import RawStore, Receipt, Taken
from pipelines.intake.sources import Source, load_sources
from pipelines.layers import set_aside as aside
from pipelines.layers.core import CoreStore, Manifest, NewSnapshot, SourceState, StagedStore, log, write_json
from pipelines.layers.fingerprint import fingerprint_of
from pipelines.publish import warehouse
from pipelines.publish.audit import Validate, Validation, skipped, validate, why_blocked
from pipelines.publish.expectations import Expectation, expectations_of, from_checks
from pipelines.rooms import DOMAINS, rooms
from pipelines.settings import SAMPLE, Settings

MOST_ROUNDS = 10
"""How often a candidate is checked again without the rows and sources that its checks refused."""

SAY_AGAIN_S = 60
"""How often who waits for another refresh says so, seconds."""


@dataclass
class Origin:
    """Where the data of a warehouse comes from. ``kind``: sample or real; ``last``: sample, live or a folder."""

    kind: Literal["sample", "real"] | None = None
    last: str = "sample"


@dataclass
class Report:
    """What a refresh did, for its summary and its exit code.

    ``left_out``: what a real origin could not give while the sample still stood; nothing was published of it.
    """

    new: list[NewSnapshot] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    published: bool = False
    blocked: bool = False

    @property
    def exit_code(self) -> int:
        """0: published, or nothing new; 1: not published; 3: published, but something failed, was refused or set aside."""
        bad = any(n.verdict in ("quarantined", "failed") for n in self.new)
        trouble = bool(self.problems or self.held_back or self.left_out or self.set_aside or bad)
        if self.blocked or ((self.held_back or self.left_out) and not self.published):
            return 1
        return 3 if trouble else 0


class Project:
    """A warehouse folder with its settings, its rooms and its layers."""

    def __init__(self, settings: Settings | None = None, say: Callable[[str], None] | None = None) -> None:
        """Open the warehouse of ``settings``; ``say`` is told of progress in one line each."""
        self.settings = settings or Settings()
        self.folder = self.settings.warehouse
        self.say = say or log.info
        self.report = Report()
        self.origin_override: str | None = None
        self.validate: Validate = validate
        self._fingerprints: dict[str, str] = {}

    # what there is ----------------------------------------------------------------------------------------------------

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The declared sources by id."""
        return load_sources()

    @cached_property
    def rooms(self) -> dict[str, Room]:
        """The rooms by name, those of reference tables first."""
        return rooms(self.settings.actors)

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
    def _lock(self) -> FileLock:
        return FileLock(self.folder / ".lock")

    @property
    def _writer_file(self) -> Path:
        return self.folder / ".writer.json"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock under which every step writes: one writer at a time per warehouse, across processes.

        Who holds it already, holds it once more: a refresh of the command line holds it from its start to its end. The system
        frees it when its process ends, however it ends. Who waits says for whom, again each minute.

        Raises:
            BilateralError: it was not free within ``BILATERAL_WAIT_S`` seconds.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        is_outermost = not self._lock.is_locked
        self._acquire()
        try:
            if is_outermost:
                writer = {"process": os.getpid(), "computer": platform.node(), "since": datetime.now(UTC).isoformat()}
                self._writer_file.write_text(json.dumps(writer), encoding="utf-8")
            yield
        finally:
            self._lock.release()

    def _acquire(self) -> None:
        deadline = time.monotonic() + self.settings.wait_s
        patience = 0.0
        while True:
            try:
                self._lock.acquire(timeout=patience)
                return
            except Timeout:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise BilateralError(
                        f"{self._writer()} is still writing to {self.folder} after {self.settings.wait_s:,.0f} s of waiting; "
                        "nothing was changed. Wait for it to end, or end that process, then refresh again. "
                        "BILATERAL_WAIT_S says how long to wait."
                    ) from None
                self.say(f"waiting for {self._writer()}, which is writing to {self.folder} (at most {left:,.0f} s more)")
                patience = min(left, SAY_AGAIN_S)

    def _writer(self) -> str:
        """Who holds the lock, as it is said to people."""
        try:
            writer = json.loads(self._writer_file.read_text(encoding="utf-8"))
            since = datetime.fromisoformat(writer["since"])
            return f"another refresh (process {writer['process']} on {writer['computer']}, since {since:%Y-%m-%d %H:%M:%S} UTC)"
        except (OSError, ValueError, KeyError, TypeError):
            return "another refresh"  # it has the lock and has not said yet who it is

    # origin -----------------------------------------------------------------------------------------------------------

    @property
    def _origin_file(self) -> Path:
        return self.folder / "origin.json"

    def origin(self) -> Origin:
        """The origin of this warehouse as it stands: its kind is what the receipts say, whatever a run that was cut off noted."""
        last = json.loads(self._origin_file.read_text(encoding="utf-8"))["last"] if self._origin_file.exists() else "sample"
        return Origin(self._kind(), last)

    def _kind(self) -> Literal["sample", "real"] | None:
        """Whether the raw store holds the sample or real snapshots; None where it holds neither (failed attempts are none)."""
        for source in self.sources:
            for snapshot in self.raw.snapshots(source):
                receipt = self.raw.receipt(source, snapshot)
                if receipt.verdict != "failed":
                    return "sample" if receipt.origin == "sample" else "real"
        return None

    def choose_origin(self, wanted: str | None) -> str:
        """Resolve ``--from``: sample, live, a folder, or None for the origin last used.

        Raises BilateralError where the folder does not exist, or the sample is asked for on real data.
        """
        held = self.origin()
        chosen = wanted if wanted is not None else held.last
        if chosen not in ("sample", "live"):
            folder = Path(chosen).expanduser()
            if not folder.is_dir():
                raise BilateralError(
                    f"--from {chosen}: there is no such folder. Give 'sample', 'live', or a folder that holds "
                    "<source>/<retrieved_at>/<file>. Nothing was changed."
                )
            chosen = str(folder.resolve())
            for misfit in archive_sources(Path(chosen), self.sources)[1]:
                self.say(f"  {misfit}")
        if chosen == "sample" and held.kind == "real":
            raise BilateralError(
                f"{self.folder} holds real data; the sample, which is partly made up, must not be mixed with it. "
                "Nothing was changed. "
                "Use '--from live' or '--from DIR', or set BILATERAL_WAREHOUSE to another folder."
            )
        self.origin_override = chosen
        return chosen

    def sources_in_play(self, domains: Collection[str]) -> list[str]:
        """Sources of these domains that a refresh from the chosen origin can bring anything of, or of which something is held.

        A step for each of the others would cost time and say nothing.
        """
        origin = self.origin_override or self.choose_origin(None)
        folder = None if origin == "live" else SAMPLE if origin == "sample" else Path(origin)
        incoming = RawStore(self.folder / ".incoming")
        return [
            source.id
            for source in self.sources.values()
            if source.domain in domains
            and (
                self.raw.snapshots(source.id)
                or incoming.snapshots(source.id)
                or (source.live == "fetch" if folder is None else (folder / source.id).is_dir())
            )
        ]

    def _note_origin(self, last: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self._origin_file, {"last": last})

    # raw --------------------------------------------------------------------------------------------------------------

    def ingest(self, source_id: str, days: Collection[str] | None = None) -> list[Receipt]:
        """Take in what the origin has of a source; return the receipts of what was new.

        ``days`` (ISO dates) restricts a source that comes in daily partitions. A problem of the source becomes a receipt or
        a line in the report, never an exception.
        """
        source = self.sources[source_id]
        origin = self.origin_override or self.choose_origin(None)
        with self.lock():
            store = self.raw
            incoming = self.folder / ".incoming"
            if incoming.exists() and not self.raw.root.exists():
                incoming.rename(self.raw.root)  # a replacement of the sample was cut off between its steps
            replacing = origin != "sample" and self._kind() == "sample"
            if replacing:
                store = RawStore(incoming)
            try:
                taken = self._take_in(store, source, origin, days)
                receipts = [*taken.receipts, *store.accept_reviewed(source)]
            except BilateralError as problem:
                self.report.problems.append(f"{source_id}: {problem}")
                self.say(f"{source_id}: {problem}")
                return []
            except Exception as fault:  # a fault on what one source served must not keep the others from being published
                log.exception("taking in %s", source_id)
                said = f"{source_id}: the program failed on what it was given: {type(fault).__name__}: {fault}"
                self.report.problems.append(f"{said}; nothing more of it was taken in. Please report this, with refresh.log")
                self.say(said)
                return []
            if not replacing:
                self._note_origin(origin)
            elif any(store.last_accepted(s) is not None for s in self.sources):
                self._replace_sample(incoming, origin)
            else:
                bad = [r for r in receipts if r.verdict in ("quarantined", "failed")]
                self.report.left_out += [f"{source_id} {r.snapshot}: {r.verdict}: {r.reason}; the sample stays" for r in bad]
        self.report.problems += taken.problems
        for note in (*taken.notes, *taken.problems):
            self.say(f"  {note}")
        if taken.gaps:
            first, last = taken.gaps[0], taken.gaps[-1]
            self.say(f"  {source_id}: {len(taken.gaps):,} slots are missing at the source, {first} to {last} UTC")
        accepted = sum(r.verdict == "accepted" for r in receipts)
        bad_ones = sum(r.verdict in ("quarantined", "failed") for r in receipts)
        told = f"{accepted:,} new snapshots" + (f", {bad_ones:,} not accepted" if bad_ones else "")
        self.say(f"{source_id}: {told}" if receipts else f"{source_id}: nothing new")
        return receipts

    def _take_in(self, store: RawStore, source: Source, origin: str, days: Collection[str] | None) -> Taken:
        if origin != "live":
            folder = SAMPLE if origin == "sample" else Path(origin)
            if not (folder / source.id).exists():
                return Taken()  # an archive need not hold every source
            return import_archive(store, source, folder, origin="sample" if origin == "sample" else "archive")
        visit = Visit(source, self.settings.fetch, datetime.now(UTC).replace(microsecond=0), store.held(source.id))
        named = None if days is None else sorted(map(date.fromisoformat, days))
        return store.take(source, fetch(visit, named), origin="live")

    def _replace_sample(self, incoming: Path, origin: str) -> None:
        """Replace everything that came from the sample; the published file stays until its successor has passed.

        Each step is a rename, and raw goes last: cut off at any point, the next run finds the sample's bytes and makes the
        rest again, or finds the real bytes and nothing that was made of the sample.
        """
        retired = self.folder / ".retired"
        shutil.rmtree(retired, ignore_errors=True)
        (retired / "core").mkdir(parents=True)
        for layer in (*(f"core/{domain}" for domain in DOMAINS), "staged", "raw"):
            if (self.folder / layer).exists():
                (self.folder / layer).rename(retired / layer)
        incoming.rename(self.folder / "raw")
        self.raw = RawStore(self.folder / "raw")
        self._note_origin(origin)
        shutil.rmtree(retired)
        self.say("the sample was replaced by real data")

    # staged and core --------------------------------------------------------------------------------------------------

    def stage(self, source_id: str) -> list[str]:
        """Stage what is new of a source; return the snapshots' names."""
        domain = self.sources[source_id].domain
        room = self.rooms[domain]
        code = next(c for c in room.sources if c.source == source_id)
        with self.lock():
            fingerprint = self.fingerprint(source_id)
            return self.staged.stage(code, self.raw, fingerprint, self.core.judged(domain, source_id, fingerprint))

    def fingerprint(self, source_id: str) -> str:
        """Hash of what shapes the rows of a source; or, by the name of a room, of what is made across its sources."""
        if source_id not in self._fingerprints:
            if source_id in self.rooms:
                room = self.rooms[source_id]
                if room.across is None:
                    raise LookupError(f"the room {source_id} has no tables of its own")
                lists = [(s.id, s.list) for s in self.sources.values() if s.domain == source_id and s.list is not None]
                self._fingerprints[source_id] = fingerprint_of(room.across, room, lists)
            else:
                source = self.sources[source_id]
                room = self.rooms[source.domain]
                code = next(c for c in room.sources if c.source == source_id)
                stated = (source.title, source.publisher, source.url, source.licence, source.timezone, source.list)
                self._fingerprints[source_id] = fingerprint_of(code, room, source.rows, stated)
        return self._fingerprints[source_id]

    def expectations(self, domain: str) -> list[Expectation]:
        """Expectations of a domain's core tables that need no other domain."""
        own = [f"core.{t}" for t in self.tables(domain)]
        return [e for name in own for e in expectations_of(name, own) if e.scope == "domain"]

    def tables(self, domain: str) -> tuple[str, ...]:
        """Core tables (bare names) of a domain."""
        return self.rooms[domain].tables

    def sources_of(self, table: str) -> list[str]:
        """Sources that fill a core table (bare name): all of a room where the table is made across them."""
        return [s for room in self.rooms.values() for s in room.sources_of(table)]

    def fold(self, domain: str) -> tuple[Manifest, list[Validation]]:
        """Fold what is new of a domain, validate the candidate, and make it current if its blocking checks pass.

        Rows that break a rule of rows are set aside; a source that has too many of them, or that is to blame for a rule of a
        table, keeps its last core; only where neither helps is the domain held back.

        Returns the manifest that is current afterwards and the validations of the candidate (or of the current one where
        nothing is new).
        """
        room = self.rooms[domain]
        guards = {c.source: self.sources[c.source].rows for c in room.sources}
        reviewed = {c.source: self.sources[c.source].reviewed for c in room.sources}
        across = () if room.across is None else (domain,)
        fingerprints = {name: self.fingerprint(name) for name in (*guards, *across)}
        current = self.core.current(domain)
        with self.lock():
            try:
                candidate, new, failed = self.core.fold(room, self.raw, self.staged, guards, reviewed, fingerprints)
            except BilateralError as problem:
                return self._hold_back(domain, current, str(problem))
            except Exception as fault:
                # the last line of defence: a fault in one domain must not keep the others from being published
                log.exception("folding %s", domain)
                return self._hold_back(domain, current, _fault("the fold failed", fault))
            self.report.new += new
            self.report.problems += failed
            for text in failed:
                self.say(f"  {text}")
            kept = self._kept_validations(domain)
            if candidate.edition == current.edition and kept is not None:
                self.core.promote(candidate)
                return candidate, kept
            self.report.folded.append(domain)
            self.say(f"{domain}: core folded, checking it")
            try:
                candidate, validations, reason = self._admit(room, candidate, current, fingerprints)
            except Exception as fault:
                log.exception("checking %s", domain)  # as above
                return self._hold_back(domain, current, _fault("its checks failed", fault))
            if reason:
                self._hold_back(domain, current, reason)
                return current, validations
            self.core.promote(candidate)
            self._keep_validations(domain, validations)
            self._note_set_aside(aside.lines(aside.set_aside_rows(self.core, candidate)))
        return candidate, validations

    def _note_set_aside(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.report.set_aside.append(line)
            self.say(f"  {line}")

    def _admit(
        self, room: Room, candidate: Manifest, current: Manifest, fingerprints: Mapping[str, str]
    ) -> tuple[Manifest, list[Validation], str]:
        """Check a candidate, without the rows and then the sources that its blocking checks refuse, until these pass.

        Returns:
            The candidate that passed, its validations, and the empty text; or, with the validations of what was checked
            last, the reason why the domain is to be held back.
        """
        guards = {c.source: self.sources[c.source].rows for c in room.sources}
        own = [c.source for c in room.sources]
        held: dict[str, str] = {}
        # each round looks at all rows afresh: what was set aside last time comes back where it breaks no rule any more
        candidate = replace(candidate, set_aside=None, kept={})
        for _ in range(MOST_ROUNDS):
            expectations, fault = self.expectations(room.domain), ""
            try:
                self.core.derive_across(room, candidate, current, fingerprints)
            except Exception as problem:
                # rows may be to blame that break a rule: these are looked for first, by the rules that need no other table
                log.exception("deriving tables across the sources of %s", room.domain)
                fault = _fault("what is made across its sources failed", problem)
                expectations = _of_rows_without(expectations, () if room.across is None else room.across.tables)
            with self._core_views(room.domain, candidate) as database:
                validations = self._validate_core(room.domain, candidate, database, expectations)
                failed = {(v.table_name, v.expectation) for v in validations if v.blocks and v.status == "failed"}
                if not any(v.blocks for v in validations):
                    if fault:
                        return candidate, validations, fault
                    break
                if any(v.blocks and v.status == "error" for v in validations):
                    return candidate, validations, why_blocked(validations)
                broken = [e for e in expectations if (e.table, e.name) in failed]
                of_rows = [e for e in broken if e.is_of_rows]
                with duckdb.connect(str(database), read_only=True, config=dict(self.settings.limits)) as con:
                    found = aside.offences(con, of_rows)
                    # a table's rule may be broken by rows that are to be set aside, so these go first
                    before = candidate
                    candidate, doubted = aside.set_aside(self.core, candidate, found, guards, room.tables)
                    if not doubted and candidate is before:
                        names = [aside.blamed(con, e, candidate, current, own) for e in broken]
                        why = why_blocked(validations)
                        doubted = {} if not all(names) else dict.fromkeys(set().union(*names), why)
            if not doubted:
                if candidate is before:
                    return candidate, validations, why_blocked(validations)
                continue
            if not set(doubted) <= set(own) - set(held):
                return candidate, validations, "; ".join(f"{s}: {text}" for s, text in sorted(doubted.items()))
            held |= doubted
            for source in doubted:
                candidate.sources[source] = current.sources.get(source, SourceState())
            candidate = replace(candidate, set_aside=None, kept={})
        else:
            return candidate, validations, f"after {MOST_ROUNDS} rounds {why_blocked(validations)}"
        for source, text in sorted(held.items()):
            self.report.held_back.append(f"{source}: {text}; the other sources of {room.domain} were taken")
            self.say(f"{source}: HELD BACK, its last core that passed is kept: {text}")
        return candidate, aside.with_counts(validations, aside.set_aside_rows(self.core, candidate)), ""

    def _hold_back(self, domain: str, current: Manifest, reason: str) -> tuple[Manifest, list[Validation]]:
        self.report.held_back.append(f"{domain}: {reason}")
        self.say(f"{domain}: HELD BACK, its last core that passed is kept: {reason}")
        return current, self._kept_validations(domain) or self._check(domain, current)

    def _check(self, domain: str, candidate: Manifest) -> list[Validation]:
        with self._core_views(domain, candidate) as database:
            return self._validate_core(domain, candidate, database, self.expectations(domain))

    def _validate_core(
        self, domain: str, candidate: Manifest, database: Path, expectations: Sequence[Expectation]
    ) -> list[Validation]:
        if self.rooms[domain].sources and not (self.core.snapshots(candidate)["verdict"] == "accepted").any():
            return skipped(expectations, "the domain was never loaded")
        return self.validate(database, expectations, None, self.settings.limits)

    @contextmanager
    def _core_views(self, domain: str, candidate: Manifest) -> Iterator[Path]:
        """A file with a view of each core table of a candidate, for as long as it is checked."""
        path = self.folder / "core" / domain / ".audit.duckdb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with duckdb.connect(str(path)) as con:
            con.execute("CREATE SCHEMA core")
            for name in self.tables(domain):
                files = [str(p) for p in self.core.files(candidate, name)]
                declaration = declared()[f"core.{name}"]
                columns = ", ".join(f'"{c.name}" {c.type}' for c in declaration.columns)
                if files:
                    con.execute(f"CREATE VIEW core.{name} AS SELECT * FROM read_parquet({files!r})")
                else:
                    con.execute(f"CREATE TABLE core.{name} ({columns})")
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _validations_file(self, domain: str) -> Path:
        return self.folder / "core" / domain / "validations.json"

    def _keep_validations(self, domain: str, validations: Sequence[Validation]) -> None:
        rows = [asdict(v) for v in validations]
        write_json(
            self._validations_file(domain), {"expectations": self._fingerprint_of_expectations(domain), "validations": rows}
        )

    def _kept_validations(self, domain: str) -> list[Validation] | None:
        """The validations of the current core; None where there are none, or where something else is expected by now."""
        path = self._validations_file(domain)
        if not path.exists():
            return None
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["expectations"] != self._fingerprint_of_expectations(domain):
            return None
        return [Validation(**{**r, "validated_at": datetime.fromisoformat(r["validated_at"])}) for r in kept["validations"]]

    def _fingerprint_of_expectations(self, domain: str) -> str:
        return hashlib.sha256(repr(self.expectations(domain)).encode()).hexdigest()[:16]

    # build and publication --------------------------------------------------------------------------------------------

    def build_expectations(self) -> list[Expectation]:
        """Everything that is expected of the whole build: core tables with their references, and the marts."""
        core = [name for name in declared() if name.startswith("core.")]
        own = {n: [f"core.{t}" for t in self.tables(d)] for d in self.rooms for n in [f"core.{t}" for t in self.tables(d)]}
        found = [e for name in core for e in expectations_of(name, own.get(name, [name]))]
        return found + [e for e in from_checks() if not e.table.startswith("core.")]

    def versions(self) -> dict[str, str]:
        """Versions of what a build would be made of."""
        return {d: self.core.current(d).edition for d in self.rooms} | {"code": warehouse.code_fingerprint()}

    @property
    def draft(self) -> Path:
        """The file that is being built."""
        return self.folder / ".build" / "bilateral.duckdb"

    def build(self, run_id: str) -> tuple[Path, list[Validation]]:
        """Build and audit the file beside the published one.

        Returns the file that holds the result and its validations: the published file itself, with the validations it was
        published with, where nothing has changed since.
        """
        versions = self.versions()
        published = self.settings.published
        with self.lock():
            if warehouse.published_versions(published) == versions:
                shutil.rmtree(self.draft.parent, ignore_errors=True)  # one that was refused earlier and is wanted no more
                self.say("nothing new: the published file stays as it is")
                with duckdb.connect(str(published), read_only=True) as con:
                    rows = con.sql("SELECT * FROM meta.validations").pl().to_dicts()
                return published, [Validation(**r) for r in rows]
            self.say("building the warehouse file")
            shutil.rmtree(self.draft.parent, ignore_errors=True)
            self.draft.parent.mkdir(parents=True)
            manifests = {d: self.core.current(d) for d in self.rooms}
            core = {t: self.core.files(m, t) for d, m in manifests.items() for t in self.tables(d)}
            origin = self.origin().kind or "sample"
            warehouse.build(
                self.draft,
                core,
                self._meta(manifests, versions, run_id, origin),
                before=published if published.exists() and self._same_origin(published, origin) else None,
                memory_limit=self.settings.memory_limit,
                threads=self.settings.threads,
            )
            self.say("auditing the build")
            validations = self._audit(manifests)
            warehouse.record_validations(self.draft, validations)
            self.report.validations = validations
            self.report.blocked = any(v.blocks for v in validations)
        return self.draft, validations

    def _audit(self, manifests: dict[str, Manifest]) -> list[Validation]:
        never: set[str] = set()
        for domain in DOMAINS:
            if not (self.core.snapshots(manifests[domain])["verdict"] == "accepted").any():
                never |= {f"core.{t}" for t in self.tables(domain)}
        wanted = self.build_expectations()
        runnable = [e for e in wanted if e.table not in never]
        docs = self.folder / "data_docs"
        if self.settings.data_docs:
            shutil.rmtree(docs, ignore_errors=True)
        found = self.validate(self.draft, runnable, docs if self.settings.data_docs else None, self.settings.limits)
        found += skipped([e for e in wanted if e.table in never], "the domain was never loaded")
        listing = pl.concat([aside.set_aside_rows(self.core, m) for m in manifests.values()])
        return sorted(aside.with_counts(found, listing), key=lambda v: (v.table_name, v.expectation))

    def _same_origin(self, published: Path, origin: str) -> bool:
        with duckdb.connect(str(published), read_only=True) as con:
            return con.execute("SELECT origin FROM meta.build").fetchall() == [(origin,)]

    def _meta(
        self, manifests: dict[str, Manifest], versions: dict[str, str], run_id: str, origin: str
    ) -> dict[str, pl.DataFrame]:
        tables = declared()
        snapshots = pl.concat([self.core.snapshots(m) for m in manifests.values()])
        accepted = snapshots.filter(pl.col("verdict") == "accepted")
        sources = pl.DataFrame(
            [
                {
                    "source": s.id,
                    "domain": s.domain,
                    "title": s.title,
                    "publisher": s.publisher,
                    "licence": s.licence,
                    "citation": s.citation,
                    "url": s.url,
                    "cadence": s.cadence,
                    "timezone": s.timezone,
                    "n_snapshots": accepted.filter(pl.col("source") == s.id).height,
                    "last_accepted_at": accepted.filter(pl.col("source") == s.id)["retrieved_at"].max(),
                    "newest_date": None,
                }
                for s in self.sources.values()
            ],
            schema=tables["meta.sources"].polars,
        )
        with_rejects = accepted.filter(pl.col("n_rejected") > 0).select("source", "snapshot").iter_rows()
        rejects = [
            self.staged.rejects(source, snapshot).with_columns(pl.lit(source).alias("source"), pl.lit(snapshot).alias("snapshot"))
            for source, snapshot in with_rejects
        ] + [self.core.rejects(m) for m in manifests.values()]
        empty = tables["meta.rejects"].empty()
        rejects.append(self._set_aside_as_rejects(manifests, snapshots))
        core_versions = {k: v for k, v in versions.items() if k != "code"}
        return {
            "sources": sources,
            "snapshots": snapshots,
            "rejects": pl.concat([empty, *(tables["meta.rejects"].conform(r) for r in rejects)]),
            "build": pl.DataFrame(
                [
                    {
                        "run_id": run_id,
                        "built_at": warehouse.now(),
                        "origin": origin,
                        "code_fingerprint": versions["code"],
                        "core_versions": json.dumps(core_versions),
                    }
                ],
                schema=tables["meta.build"].polars,
            ),
        }

    def _set_aside_as_rejects(self, manifests: Mapping[str, Manifest], snapshots: pl.DataFrame) -> pl.DataFrame:
        """What was set aside, as rows of ``meta.rejects``."""
        first = (
            snapshots.filter(pl.col("verdict") == "accepted")
            .sort("snapshot")
            .unique(["source", "snapshot_id"], keep="first", maintain_order=True)
            .select("source", "snapshot_id", "snapshot")
        )
        listing = pl.concat([aside.set_aside_rows(self.core, m) for m in manifests.values()])
        return listing.join(first, on=["source", "snapshot_id"], how="left", maintain_order="left").drop("snapshot_id")

    def _refuse_unless_passed(self, draft: Path) -> None:
        query = """SELECT count(*), count(*) FILTER (severity = 'critical' AND status IN ('failed', 'error'))
                   FROM meta.validations"""
        try:
            with duckdb.connect(str(draft), read_only=True) as con:
                n_results, n_blocking = con.execute(query).fetchall()[0]
        except duckdb.Error:
            n_results, n_blocking = 0, 0  # it was cut off while it was written
        if n_results == 0 or n_blocking > 0:
            why = f"{n_blocking:,} critical checks failed on it" if n_blocking else "its audit was cut off"
            raise BilateralError(
                f"the build in {draft} was not published: {why}. The published file is as it was. "
                "Run a refresh, or materialize warehouse/build and warehouse/bilateral together."
            )

    def publish(self) -> bool:
        """Put the audited build in place; False where there is none (nothing was new).

        Raises BilateralError where the build was refused by its audit, or never audited: this step can be run alone.
        """
        with self.lock():
            if not self.draft.exists():
                return False
            self._refuse_unless_passed(self.draft)
            warehouse.publish(self.draft, self.settings.published)
            shutil.rmtree(self.draft.parent, ignore_errors=True)
            self.report.published = True
            self.say(f"published {self.settings.published}")
            return True


def _fault(what: str, fault: Exception) -> str:
    """A fault of the code, as it is said to people."""
    return f"{what} ({type(fault).__name__}: {fault}); please report this, with refresh.log"


def _of_rows_without(expectations: Sequence[Expectation], tables: Collection[str]) -> list[Expectation]:
    """The rules of rows that read none of these core tables (bare names)."""
    reads = re.compile(rf"\bcore\.({'|'.join(map(re.escape, tables))})\b") if tables else None
    return [e for e in expectations if e.is_of_rows and (reads is None or reads.search(e.offenders) is None)]
