"""The file that is to be published: built beside the published one, audited, and put in its place.

``Project`` has the layers that it is made of; what is done to the file itself is here.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from assets.errors import BilateralError
from pipelines.layers import set_aside as aside
from pipelines.layers.core import log
from pipelines.layers.manifest import Manifest
from pipelines.layers.staged import REJECTED
from pipelines.publish import checksum, new_rows, single_events, warehouse
from pipelines.publish.audit import Validation, skipped
from pipelines.publish.carried import carried, narrowed, of_core, passed_in, same_tables, tables_read
from pipelines.publish.data_docs import write_page
from pipelines.publish.dyads_in_place import RenewedDyads
from pipelines.publish.expectations import Expectation
from pipelines.publish.extending import Parts
from pipelines.publish.meta import meta_frames
from pipelines.publish.recorded import published_versions, row_counts
from pipelines.readers import held_open, reading
from pipelines.rooms import DOMAINS
from pipelines.share.changes import write_feed

if TYPE_CHECKING:
    from pipelines.project import Project


class Drafting:
    """The draft of one warehouse: what ``Project.build`` and ``Project.publish`` do."""

    def __init__(self, project: Project) -> None:
        """``project``: the warehouse."""
        self.project = project

    def build(self, run_id: str, *, anew: bool = False) -> tuple[Path, list[Validation]]:
        """As ``Project.build``."""
        published = self.project.settings.published
        with self.project.lock():
            is_sound = checksum.is_as_published(published)
            # one that is damaged can make DuckDB refuse all that open it while it is held open
            with held_open(published) if is_sound else nullcontext():
                return self._build(run_id, published, is_sound=is_sound, anew=anew)

    def _build(self, run_id: str, published: Path, *, is_sound: bool, anew: bool) -> tuple[Path, list[Validation]]:
        """``is_sound``: whether the published file has the bytes that were published."""
        is_new = published_versions(published) != self.project.versions()
        if not anew and not is_new and (is_sound or checksum.is_not_altered(published)):
            shutil.rmtree(self.project.draft.parent, ignore_errors=True)  # one that was refused earlier and is wanted no more
            self.project.say("nothing new: the published file stays as it is")
            with reading(published) as con:
                rows = con.sql("SELECT * FROM meta.validations").pl().to_dicts()
            return published, [Validation(**r) for r in rows]
        self.project.say("building the warehouse file")
        shutil.rmtree(self.project.draft.parent, ignore_errors=True)
        self.project.draft.parent.mkdir(parents=True)
        manifests = {d: self.project.core.current(d) for d in self.project.rooms}
        self._refuse_damaged(manifests)
        before = self._before(published)
        if not anew and not is_sound and published.exists():
            self.project.tell_if_altered(published)
        # what was altered since it was published, by a disk or a person, would else be published again
        sound = before if is_sound and not anew else None
        validations = self._build_and_audit(run_id, manifests, before, sound)
        if sound is not None and any(v.status == "error" for v in validations):
            # what was taken over is not read, but by checks: what cannot be read of it must not keep the next file away
            log.warning("a check of a build that took tables over could not be run: all of it is built anew")
            self.project.draft.unlink()
            validations = self._build_and_audit(run_id, manifests, before, None)
        warehouse.record_validations(self.project.draft, validations)
        self.project.report.validations = validations
        self.project.report.blocked = any(v.blocks for v in validations)
        return self.project.draft, validations

    def _build_and_audit(
        self, run_id: str, manifests: dict[str, Manifest], before: Path | None, sound: Path | None
    ) -> list[Validation]:
        """Build the draft, with what may be taken over from ``sound``, and ask all that is expected of it."""
        try:
            built = self.build_into(self.project.draft, run_id, before=before, take_over=sound is not None)
        except BaseException:
            shutil.rmtree(
                self.project.draft.parent, ignore_errors=True
            )  # half a file is of no use, and may be what fills the disk
            raise
        self.project.say("auditing the build")
        with held_open(self.project.draft, self.project.settings.limits):
            return self.audit(manifests, sound, built)

    def build_into(self, target: Path, run_id: str, *, before: Path | None = None, take_over: bool = False) -> warehouse.Built:
        """As ``Project.build_into``."""
        with self.project.lock():
            manifests = {d: self.project.core.current(d) for d in self.project.rooms}
            self._stage_what_a_build_reads(manifests)
            core = {t: self.project.core.files(m, t) for d, m in manifests.items() for t in self.project.tables(d)}
            loaded = {t: self.project.core.content(m, t) for d, m in manifests.items() for t in self.project.tables(d)}
            hashes = {t: self.project.core.contents(m, t) for d, m in manifests.items() for t in self.project.tables(d)}
            taken = self.project.taken
            if taken:
                # days are counted from the events that are not kept, and all of these are others with another setting
                core["event_days"], hashes["event_days"] = core["events"], hashes["events"]
                digest = single_events.digest(taken)
                made_of = f"{digest}:{loaded['events']}:{loaded['event_reports']}"
                for name in (name.removeprefix("core.") for name in taken):
                    hashes[name] = [f"{digest}:{of}" for of in hashes[name]]
                    loaded[name] = made_of
            return warehouse.build(
                target,
                core,
                meta_frames(
                    self.project.core,
                    self.project.staged,
                    list(manifests.values()),
                    list(self.project.sources.values()),
                    tables={
                        s: [t for t in self.project.tables(self.project.sources[s].domain) if s in self.project.sources_of(t)]
                        for s in self.project.sources
                    },
                    versions=self.project.versions(),
                    run_id=run_id,
                    origin=self.project.origin().kind or "sample",
                ),
                before=before,
                loaded=loaded,
                parts={f"core.{t}": Parts(files, hashes[t]) for t, files in core.items()},
                take_over=take_over,
                taken=taken,
                memory_limit=self.project.settings.memory_limit,
                threads=self.project.settings.threads,
            )

    def _refuse_damaged(self, manifests: Mapping[str, Manifest]) -> None:
        """See that all of the core is as it was written.

        Raises:
            BilateralError: something is not; without it sources would be published as if they held nothing.
        """
        found = [f"core/{domain}/{file}: {what}" for domain, m in manifests.items() for file, what in m.damaged.items()]
        if found:
            raise BilateralError(
                f"{'; '.join(found)}. It is not used, and the published file is as it was. Each refresh tries to make it again "
                "from raw: what else it says is why it could not; 'bilateral verify' looks for more."
            )

    def _stage_what_a_build_reads(self, manifests: Mapping[str, Manifest]) -> None:
        """Stage again the accepted snapshots whose rejects and amendments a build reads, where they are gone or damaged."""
        for manifest in manifests.values():
            accepted = self.project.core.snapshots(manifest).filter(pl.col("verdict") == "accepted")
            for source, snapshot, n_rejected in accepted.select("source", "snapshot", "n_rejected").iter_rows():
                is_read = bool(n_rejected) or bool(self.project.sources[source].amendments)
                if is_read and self.project.staged.damaged(source, snapshot, [REJECTED]):
                    self.project.stage_again(source, [snapshot])

    def _before(self, published: Path) -> Path | None:
        """The published file, where a new one may go on with its list of publications."""
        if not published.exists():
            return None
        try:
            with reading(published) as con:
                # what is read of it later must be readable
                con.execute("FROM meta.publications").fetchall()
            return published if self._same_origin(published, self.project.origin().kind or "sample") else None
        except duckdb.CatalogException:
            return published  # an earlier version of this program knew of no publications
        except duckdb.Error as fault:
            self.project.tell_problem(
                f"{published} cannot be read ({str(fault).splitlines()[0]}): its list of publications begins anew"
            )
            return None

    def audit(self, manifests: dict[str, Manifest], before: Path | None, built: warehouse.Built) -> list[Validation]:
        """Ask all that is expected of the draft, but what holds since it held of the same before; write the page of it.

        Args:
            manifests: the current cores that it was built of.
            before: the published file, as it was published; None where nothing is to be taken over.
            built: what the build left where it was in it.
        """
        never: set[str] = set()
        for domain in DOMAINS:
            if not (self.project.core.snapshots(manifests[domain])["verdict"] == "accepted").any():
                never |= {f"core.{t}" for t in self.project.tables(domain)}
        wanted = self.project.build_expectations()
        runnable = [e for e in wanted if e.table not in never]
        docs = self.project.folder / "data_docs"
        if self.project.settings.data_docs:
            shutil.rmtree(docs, ignore_errors=True)
        found = [] if before is None else carried(before, self.project.draft, runnable, warehouse.now())
        if before is not None and built.dyads is not None:
            found += self._of_renewed(before, built.dyads, runnable)
        if before is not None and built.grown:
            found += self._of_new_rows(before, built.grown, runnable)
        held = {(v.table_name, v.expectation) for v in found}
        for domain, manifest in manifests.items():
            rest = [e for e in runnable if (e.table, e.name) not in held and not self._reads_some_rows(e)]
            of_domain = of_core(
                self.project.kept_validations(manifest) or (), self.project.expectations(domain), rest, warehouse.now()
            )
            held |= {(v.table_name, v.expectation) for v in of_domain}
            found += of_domain
        asked = [e for e in runnable if (e.table, e.name) not in held]
        found += self.project.validate(self.project.draft, asked, self.project.settings.limits)
        if self.project.settings.data_docs:
            write_page(docs, found)
        found += skipped([e for e in wanted if e.table in never], "the domain was never loaded")
        listing = pl.concat([aside.set_aside_rows(self.project.core, m) for m in manifests.values()])
        return sorted(aside.with_counts(found, listing), key=lambda v: (v.table_name, v.expectation))

    def _reads_some_rows(self, e: Expectation) -> bool:
        """Whether it reads tables that take not all rows of the core: what held of all of them need not hold of some."""
        tables = tables_read(e)
        return tables is None or not tables.isdisjoint(self.project.taken)

    def _of_renewed(self, before: Path, renewed: RenewedDyads, runnable: Sequence[Expectation]) -> list[Validation]:
        """The results that hold of all pairs since they held before and hold of the renewed ones; what fails is asked of all."""
        few = narrowed(before, runnable, renewed, warehouse.now())
        results = self.project.validate(self.project.draft, [e for e, _ in few], self.project.settings.limits)
        return [earlier for (_, earlier), v in zip(few, results, strict=True) if v.status == "passed"]

    def _of_new_rows(self, before: Path, grown: Mapping[str, int], runnable: Sequence[Expectation]) -> list[Validation]:
        """The results that hold of all rows of tables that only grew, by what is asked of the new ones."""
        new = new_rows.NewRows(
            # rows lie in a file in the order in which they were put there
            of={name: f"(SELECT * FROM {name} WHERE rowid >= {n})" for name, n in grown.items()},
            same=same_tables(before, self.project.draft),
            n_rows=row_counts(self.project.draft),
        )
        earlier = passed_in(before, warehouse.now())
        return new_rows.ask(
            runnable,
            earlier.values(),
            new,
            warehouse.now(),
            lambda few: self.project.validate(self.project.draft, few, self.project.settings.limits),
        )

    def _same_origin(self, published: Path, origin: str) -> bool:
        with reading(published) as con:
            return con.execute("SELECT origin FROM meta.build").fetchall() == [(origin,)]

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
            raise BilateralError(
                f"the build in {draft} was not published: {why}. The published file is as it was. "
                "Run a refresh, or materialize warehouse/build and warehouse/bilateral together."
            )

    def publish(self) -> bool:
        """As ``Project.publish``."""
        with self.project.lock():
            if not self.project.draft.exists():
                return False
            with held_open(self.project.draft):
                self._refuse_unless_passed(self.project.draft)
                checksum.note_publication(self.project.draft, self.project.settings.published)
            warehouse.publish(self.project.draft, self.project.settings.published)
            shutil.rmtree(self.project.draft.parent, ignore_errors=True)
            self.project.report.published = True
            self.project.say(f"published {self.project.settings.published}")
            self._write_feed()
            return True

    def _write_feed(self) -> None:
        """Renew ``changes.atom``. The file is published by then: a feed that cannot be written is reported, and no more."""
        try:
            write_feed(self.project.settings.published, self.project.settings.feed)
        except (OSError, duckdb.Error) as fault:
            log.exception("writing the feed")
            self.project.report.problems.append(
                f"{self.project.settings.feed} was not renewed: {fault}. The published file is whole."
            )
