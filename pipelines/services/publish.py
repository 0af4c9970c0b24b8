"""The third service: a file of the current core is built beside the published one, audited, and put in its place."""

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cached_property
from pathlib import Path

import duckdb
import polars as pl

from assets.errors import BilateralError
from pipelines.checks.data_docs import write_page
from pipelines.checks.validations import Validation, skipped
from pipelines.domains import DOMAINS, REFERENCE
from pipelines.publish import build as files
from pipelines.publish import checksum
from pipelines.publish.checksum import published_versions
from pipelines.publish.loading import digest_of, rows_of_single_events
from pipelines.publish.meta import domains_read, meta_frames
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse
from pipelines.share.changes import write_feed
from pipelines.storage import quarantined_rows
from pipelines.storage.core import log
from pipelines.storage.manifest import Manifest
from pipelines.storage.staged import REJECTED
from pipelines.util.readers import held_open, reading


class Publish:
    """Build, audit and publish the file of a warehouse."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    def is_up_to_date(self, domains: Collection[str]) -> bool:
        """Whether the published file is what a refresh of these domains would make of what is in raw."""
        published = self.warehouse.settings.published
        is_current = published_versions(published) == self.versions() and self._is_as_published(published)
        if self.warehouse.draft.exists() or not is_current:
            return False
        return all(Transform(self.warehouse).waiting(domain) == [] for domain in (*REFERENCE, *domains))

    def versions(self) -> dict[str, str]:
        """Versions of what a build would be made of."""
        taken = {} if not self._taken else {files.SINGLE_EVENTS: digest_of(self._taken)}
        return {d: m.edition for d, m in self._manifests().items()} | taken | {"code": files.code_fingerprint()}

    def build(self, run_id: str, *, anew: bool = False) -> tuple[Path, list[Validation]]:
        """Build and audit a file (``anew``: though nothing is new); return it, or the published one, with its validations."""
        published = self.warehouse.settings.published
        with self.warehouse.lock():
            is_sound = checksum.is_as_published(published)
            # one that is damaged can make DuckDB refuse all that open it while it is held open
            with held_open(published) if is_sound else nullcontext():
                return self._build(run_id, published, is_sound=is_sound, anew=anew)

    def rebuild_marts(self, names: Collection[str]) -> tuple[list[str], Path, list[Validation]]:
        """Make marts and what is made of them again in a copy of the published file; audit and publish it. Returns what was made.

        Raises BilateralError where the published file is not that of the current core and code.
        """
        wh, published = self.warehouse, self.warehouse.settings.published
        with wh.lock():
            if not checksum.is_as_published(published) or published_versions(published) != self.versions():
                raise BilateralError(
                    "a mart is made again alone only of the core and by the code of the published file: the core, the code or "
                    "the file has changed since. The published file is as it was. Run a refresh, or materialize warehouse/build."
                )
            with self._drafting():
                shutil.copyfile(published, wh.draft)
                made = files.rebuild(wh.draft, names, wh.settings.memory_limit, wh.settings.threads)
            validations = self._audited(self._manifests())
            if wh.report.blocked:
                return made, wh.draft, validations
            self.publish()
            return made, published, validations

    def unchanged(self, folding: Collection[str] = ()) -> frozenset[str]:
        """Tables (full names) whose rows a build would find as they stand in the published file, once ``folding`` is folded.

        None of them where other code or settings built that file, or its bytes are others by now.
        """
        wh, now = self.warehouse, self.versions()
        before = published_versions(wh.settings.published)
        whole = {"code", files.SINGLE_EVENTS}
        if any(before.get(k) != now.get(k) for k in whole) or not checksum.is_as_published(wh.settings.published):
            return frozenset()
        same = {domain for domain in wh.packages if before.get(domain) == now[domain] and domain not in folding}
        read = domains_read({f"core.{table}": domain for domain in wh.packages for table in wh.tables(domain)})
        return frozenset(name for name, domains in read.items() if domains <= same)

    def build_into(self, target: Path, run_id: str, *, before: Path | None = None, unchanged: Collection[str] = ()) -> None:
        """Build a file of the current core, unchecked; ``before``: the published file, whose publications it goes on with.

        ``unchanged``: what is copied from that file.
        """
        wh = self.warehouse
        with wh.lock():
            manifests = self._manifests()
            self._stage_what_a_build_reads(manifests)
            core = {t: wh.core.files(m, t) for d, m in manifests.items() for t in wh.tables(d)}
            if self._taken:
                core["event_days"] = core["events"]  # days are counted from the events that are not kept
            meta = meta_frames(
                wh.core,
                wh.staged,
                list(manifests.values()),
                list(wh.sources.values()),
                tables={s: [t for t in wh.tables(source.domain) if s in wh.sources_of(t)] for s, source in wh.sources.items()},
                versions=self.versions(),
                run_id=run_id,
                origin=wh.origin().kind or "record",
            )
            memory_limit, threads = wh.settings.memory_limit, wh.settings.threads
            files.build(
                target,
                core,
                meta,
                before=before,
                taken=self._taken,
                unchanged=unchanged,
                memory_limit=memory_limit,
                threads=threads,
            )

    def publish(self) -> bool:
        """Put the audited build in place; False where there is none. Raises BilateralError where its audit did not pass."""
        wh = self.warehouse
        with wh.lock():
            if not wh.draft.exists():
                return False
            with held_open(wh.draft):
                self._refuse_unless_passed(wh.draft)
                checksum.note_publication(wh.draft, wh.settings.published)
            files.publish(wh.draft, wh.settings.published)
            shutil.rmtree(wh.draft.parent, ignore_errors=True)
            wh.report.published = True
            wh.say(f"published {wh.settings.published}")
            try:
                write_feed(wh.settings.published, wh.settings.feed)
            except (OSError, duckdb.Error) as fault:  # the file is published by then
                log.exception("writing the feed")
                wh.report.problems.append(f"{wh.settings.feed} was not renewed: {fault}. The published file is whole.")
            return True

    def audit(self, manifests: Mapping[str, Manifest]) -> list[Validation]:
        """Check all that is expected of the draft, which was built of these cores; write the page of it."""
        wh = self.warehouse
        never: set[str] = set()
        for domain in DOMAINS:
            if not (wh.core.snapshots(manifests[domain])["verdict"] == "accepted").any():
                never |= {f"core.{t}" for t in wh.tables(domain)}
        wanted = wh.build_expectations()
        docs = wh.folder / "data_docs"
        found = wh.validate(wh.draft, [e for e in wanted if e.table not in never], wh.settings.limits)
        if wh.settings.data_docs:
            shutil.rmtree(docs, ignore_errors=True)
            write_page(docs, found)
        found += skipped([e for e in wanted if e.table in never], "the domain was never loaded")
        listing = pl.concat([quarantined_rows.rows_of(wh.core, m) for m in manifests.values()])
        return sorted(quarantined_rows.with_counts(found, listing), key=lambda v: (v.table_name, v.expectation))

    @cached_property
    def _taken(self) -> Mapping[str, str]:
        """What a build takes of the files of core, by full name of the table, where not all rows."""
        return rows_of_single_events(self.warehouse.settings.single_event_pairs)

    def _manifests(self) -> dict[str, Manifest]:
        return {d: self.warehouse.core.current(d) for d in self.warehouse.packages}

    def _is_as_published(self, published: Path) -> bool:
        """Whether the published file is noted, and as it was published; where its bytes are others, that is reported."""
        if checksum.is_as_published(published):
            return True
        if checksum.is_as_published(published, unnoted=True):
            return False
        message = f"{published}: its bytes are not those that were published: a disk, or somebody, changed them. It is made again"
        if message not in self.warehouse.report.problems:
            self.warehouse.tell_problem(message)
        return False

    @contextmanager
    def _drafting(self) -> Iterator[None]:
        """A folder for the draft, removed where what is done in it fails: half a file is of no use, and fills the disk."""
        folder = self.warehouse.draft.parent
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _build(self, run_id: str, published: Path, *, is_sound: bool, anew: bool) -> tuple[Path, list[Validation]]:
        """``is_sound``: whether the published file has the bytes that were published."""
        wh = self.warehouse
        is_new = published_versions(published) != self.versions()
        if not anew and not is_new and is_sound:
            shutil.rmtree(wh.draft.parent, ignore_errors=True)  # one that was refused earlier and is wanted no more
            wh.say("nothing new: the published file stays as it is")
            with reading(published) as con:
                rows = pl.DataFrame(con.sql("SELECT * FROM meta.validations")).to_dicts()
            return published, [Validation(**r) for r in rows]
        wh.say("building the warehouse file")
        manifests = self._manifests()
        with self._drafting():
            # without what is damaged sources would be published as if they held nothing
            if found := [f"core/{d}/{file}: {what}" for d, m in manifests.items() for file, what in m.damaged.items()]:
                raise BilateralError(
                    f"{'; '.join(found)}. It is not used, and the published file is as it was. Each refresh tries to make it "
                    "again from raw: what else it says is why it could not; 'bilateral verify' looks for more."
                )
            before = self._before(published)
            if not anew and not is_sound and published.exists():
                self._is_as_published(published)
            unchanged = frozenset() if anew or before is None else self.unchanged()
            self.build_into(wh.draft, run_id, before=before, unchanged=unchanged)
        return wh.draft, self._audited(manifests)

    def _audited(self, manifests: Mapping[str, Manifest]) -> list[Validation]:
        """Check the draft, and write the outcome down there and in the report."""
        wh = self.warehouse
        wh.say("checking the build")
        with held_open(wh.draft, wh.settings.limits):
            validations = self.audit(manifests)
        files.record_validations(wh.draft, validations)
        wh.report.validations = validations
        wh.report.blocked = any(v.blocks for v in validations)
        return validations

    def _stage_what_a_build_reads(self, manifests: Mapping[str, Manifest]) -> None:
        """Stage again the accepted snapshots whose rejects and amendments a build reads, where they are gone or damaged."""
        wh = self.warehouse
        for manifest in manifests.values():
            accepted = wh.core.snapshots(manifest).filter(pl.col("verdict") == "accepted")
            for source, snapshot, n_rejected in accepted.select("source", "snapshot", "n_rejected").iter_rows():
                is_read = bool(n_rejected) or bool(wh.sources[source].amendments)
                if is_read and wh.staged.damaged(source, snapshot, [REJECTED]):
                    Transform(wh).stage_again(source, [snapshot])

    def _before(self, published: Path) -> Path | None:
        """The published file, where a new one may go on with its list of publications."""
        if not published.exists():
            return None
        try:
            with reading(published) as con:
                # what is read of it later must be readable
                con.execute("FROM meta.publications").fetchall()
                is_of_the_sample = con.execute("SELECT origin FROM meta.build").fetchall() == [("sample",)]
            return None if is_of_the_sample else published  # the made-up sample of version 0.1.0
        except duckdb.CatalogException:
            return published  # an earlier version of this program knew of no publications
        except duckdb.Error as fault:
            what = str(fault).splitlines()[0]
            self.warehouse.tell_problem(f"{published} cannot be read ({what}): its list of publications starts again")
            return None

    def _refuse_unless_passed(self, draft: Path) -> None:
        query = """SELECT count(*), count(*) FILTER (severity = 'critical' AND status IN ('failed', 'error'))
                   FROM meta.validations"""
        try:
            with reading(draft) as con:
                n_results, n_blocking = con.execute(query).fetchall()[0]
        except duckdb.Error:
            n_results, n_blocking = 0, 0  # it was cut off while it was written
        if n_results == 0 or n_blocking > 0:
            why = f"{n_blocking:,} critical checks failed on it" if n_blocking else "its audit was cut off"
            todo = "Run a refresh, or materialize warehouse/build and warehouse/bilateral together."
            raise BilateralError(f"the build in {draft} was not published: {why}. The published file is as it was. {todo}")
