"""The file that is to be published: built beside the published one, audited, and put in its place.

``Project`` has the layers that it is made of; what is done to the file itself is here.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from assets.errors import BilateralError
from pipelines.checks.audit import Validation, skipped
from pipelines.checks.data_docs import write_page
from pipelines.domains import DOMAINS
from pipelines.publish import build as warehouse
from pipelines.publish import checksum
from pipelines.publish.meta import meta_frames
from pipelines.publish.recorded import published_versions
from pipelines.share.changes import write_feed
from pipelines.storage import quarantined_rows as aside
from pipelines.storage.core import log
from pipelines.storage.manifest import Manifest
from pipelines.storage.staged import REJECTED
from pipelines.util.readers import held_open, reading

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
        manifests = {d: self.project.core.current(d) for d in self.project.packages}
        self._refuse_damaged(manifests)
        before = self._before(published)
        if not anew and not is_sound and published.exists():
            self.project.tell_if_altered(published)
        try:
            self.build_into(self.project.draft, run_id, before=before)
        except BaseException:
            # half a file is of no use, and may be what fills the disk
            shutil.rmtree(self.project.draft.parent, ignore_errors=True)
            raise
        return self.project.draft, self._audited(manifests)

    def _audited(self, manifests: dict[str, Manifest]) -> list[Validation]:
        """Ask all that is expected of the draft, and write it down there and in the report."""
        self.project.say("auditing the build")
        with held_open(self.project.draft, self.project.settings.limits):
            validations = self.audit(manifests)
        warehouse.record_validations(self.project.draft, validations)
        self.project.report.validations = validations
        self.project.report.blocked = any(v.blocks for v in validations)
        return validations

    def rebuild(self, names: Collection[str]) -> tuple[list[str], Path, list[Validation]]:
        """As ``Project.rebuild_marts``."""
        project, published = self.project, self.project.settings.published
        with project.lock():
            if not checksum.is_as_published(published) or published_versions(published) != project.versions():
                raise BilateralError(
                    "a mart is made again alone only of the core and by the code of the published file: the core, the code or "
                    "the file has changed since. The published file is as it was. Run a refresh, or materialize warehouse/build."
                )
            shutil.rmtree(project.draft.parent, ignore_errors=True)
            project.draft.parent.mkdir(parents=True)
            try:
                shutil.copyfile(published, project.draft)
                made = warehouse.rebuild(project.draft, names, project.settings.memory_limit, project.settings.threads)
            except BaseException:
                shutil.rmtree(project.draft.parent, ignore_errors=True)
                raise
            validations = self._audited({d: project.core.current(d) for d in project.packages})
            if project.report.blocked:
                return made, project.draft, validations
            self.publish()
            return made, published, validations

    def build_into(self, target: Path, run_id: str, *, before: Path | None = None) -> None:
        """As ``Project.build_into``."""
        with self.project.lock():
            manifests = {d: self.project.core.current(d) for d in self.project.packages}
            self._stage_what_a_build_reads(manifests)
            core = {t: self.project.core.files(m, t) for d, m in manifests.items() for t in self.project.tables(d)}
            taken = self.project.taken
            if taken:
                core["event_days"] = core["events"]  # days are counted from the events that are not kept
            warehouse.build(
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
                    origin=self.project.origin().kind or "record",
                ),
                before=before,
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
            return None if self._is_of_the_sample(published) else published
        except duckdb.CatalogException:
            return published  # an earlier version of this program knew of no publications
        except duckdb.Error as fault:
            self.project.tell_problem(
                f"{published} cannot be read ({str(fault).splitlines()[0]}): its list of publications begins anew"
            )
            return None

    def audit(self, manifests: dict[str, Manifest]) -> list[Validation]:
        """Ask all that is expected of the draft; write the page of it.

        Args:
            manifests: the current cores that it was built of.
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
        found = self.project.validate(self.project.draft, runnable, self.project.settings.limits)
        if self.project.settings.data_docs:
            write_page(docs, found)
        found += skipped([e for e in wanted if e.table in never], "the domain was never loaded")
        listing = pl.concat([aside.set_aside_rows(self.project.core, m) for m in manifests.values()])
        return sorted(aside.with_counts(found, listing), key=lambda v: (v.table_name, v.expectation))

    def _is_of_the_sample(self, published: Path) -> bool:
        """Whether it was built of the made-up sample of version 0.1.0, of which nothing is to be gone on with."""
        with reading(published) as con:
            return con.execute("SELECT origin FROM meta.build").fetchall() == [("sample",)]

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
