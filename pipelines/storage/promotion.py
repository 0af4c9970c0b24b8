"""Whether a candidate of a domain's core may become current: without the rows and sources that its checks refuse."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from assets.contracts import DomainPackage, RowGuard
from assets.schema import declared
from pipelines.checks.expectations import Expectation
from pipelines.checks.validations import Validate, Validation, skipped, why_blocked
from pipelines.storage import quarantined_rows as aside
from pipelines.storage.core import CoreStore, log
from pipelines.storage.manifest import Manifest, SourceState
from pipelines.util.disk_errors import fault_message
from pipelines.util.readers import held, reading

MOST_ROUNDS = 10
"""How often a candidate is checked again without the rows and sources that its checks refused."""


@dataclass(frozen=True)
class PromotionResult:
    """What came of a candidate; ``reason``: why it is not promoted, ``not_promoted``: sources that keep their last core."""

    candidate: Manifest
    validations: list[Validation]
    reason: str = ""
    not_promoted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Promotion:
    """The gate of a domain: what is expected of its tables; ``reference``: cores whose tables the expectations may read."""

    core: CoreStore
    package: DomainPackage
    guards: Mapping[str, RowGuard]
    expectations: Sequence[Expectation]
    validate: Validate
    limits: Mapping[str, str | int]
    reference: Sequence[Manifest] = ()

    def check(self, candidate: Manifest) -> list[Validation]:
        """What is expected of a core, checked as it is."""
        with self._views(candidate) as database:
            return self._validate(candidate, database, self.expectations)

    def admit(self, candidate: Manifest, current: Manifest, fingerprints: Mapping[str, str]) -> PromotionResult:
        """Check a candidate, without rows and then sources that blocking checks refuse; where that does not help, say why."""
        package = self.package
        own = [c.source for c in package.sources]
        not_promoted: dict[str, str] = {}
        # each round looks at all rows afresh: what was set aside last time comes back where it breaks no rule any more
        candidate = replace(candidate, set_aside=None, kept={})
        for _ in range(MOST_ROUNDS):
            expectations, fault = self.expectations, ""
            try:
                self.core.derive_across(package, candidate, current, fingerprints)
            except Exception as problem:
                # rows that break a rule may be to blame: these are looked for first, by rules that need no other table
                log.exception("deriving tables across the sources of %s", package.domain)
                fault = fault_message("what is made across its sources failed", problem)
                made = "|".join(map(re.escape, package.cross_source.tables)) if package.cross_source else "(?!)"
                reads = re.compile(rf"\bcore\.({made})\b")
                expectations = [e for e in expectations if e.is_of_rows and not reads.search(f"{e.table} {e.query}")]
            with self._views(candidate) as database:
                validations = self._validate(candidate, database, expectations)
                failed = {(v.table_name, v.expectation) for v in validations if v.blocks and v.status == "failed"}
                if not any(v.blocks for v in validations):
                    if fault:
                        return PromotionResult(candidate, validations, fault)
                    break
                if any(v.blocks and v.status == "error" for v in validations):
                    return PromotionResult(candidate, validations, why_blocked(validations))
                broken = [e for e in expectations if (e.table, e.name) in failed]
                of_rows = [e for e in broken if e.is_of_rows]
                with reading(database, self.limits) as con:
                    offences = aside.offences(con, of_rows)
                    # a table's rule may be broken by rows that are to be set aside, so these go first
                    before = candidate
                    candidate, doubted = aside.set_aside(self.core, candidate, offences, self.guards, package.tables)
                    if not doubted and candidate is before:
                        names = [aside.blamed(con, e, candidate, current, own) for e in broken]
                        why = why_blocked(validations)
                        doubted = {} if not all(names) else dict.fromkeys(set().union(*names), why)
            if not doubted:
                if candidate is before:
                    return PromotionResult(candidate, validations, why_blocked(validations))
                continue
            if not set(doubted) <= set(own) - set(not_promoted):
                return PromotionResult(candidate, validations, "; ".join(f"{s}: {text}" for s, text in sorted(doubted.items())))
            not_promoted |= doubted
            for source in doubted:
                candidate.sources[source] = current.sources.get(source, SourceState())
            candidate = replace(candidate, set_aside=None, kept={})
        else:
            return PromotionResult(candidate, validations, f"after {MOST_ROUNDS} rounds {why_blocked(validations)}")
        counted = aside.with_counts(validations, aside.rows_of(self.core, candidate))
        return PromotionResult(candidate, counted, not_promoted=dict(sorted(not_promoted.items())))

    def _validate(self, candidate: Manifest, database: Path, expectations: Sequence[Expectation]) -> list[Validation]:
        if self.package.sources and not (self.core.snapshots(candidate)["verdict"] == "accepted").any():
            return skipped(expectations, "the domain was never loaded")
        checked = [e for e in expectations if not self._waits_for_reference(e)]
        found = self.validate(database, checked, self.limits)
        return found + skipped([e for e in expectations if self._waits_for_reference(e)], "no reference tables were made yet")

    def _waits_for_reference(self, expectation: Expectation) -> bool:
        """Whether a rule looks things up in reference tables that were never made: it would find nothing there."""
        return expectation.scope == "build" and not any(m.version for m in self.reference)

    @contextmanager
    def _views(self, candidate: Manifest) -> Iterator[Path]:
        """A file with a view of each core table of a candidate, and of the reference tables, for as long as it is checked."""
        path = self.core.root / self.package.domain / ".audit.duckdb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        con = duckdb.connect(str(path), config=dict(self.limits))
        try:
            # each transaction waits for the disk
            con.execute("BEGIN")
            con.execute("CREATE SCHEMA core")
            shown = [(candidate, name) for name in self.package.tables]
            shown += [(manifest, name) for manifest in self.reference for s in manifest.sources.values() for name in s.tables]
            for manifest, name in shown:
                files = [str(p) for p in self.core.files(manifest, name)]
                columns = ", ".join(f'"{c.name}" {c.type}' for c in declared()[f"core.{name}"].columns)
                view = f"CREATE VIEW core.{name} AS SELECT * FROM read_parquet({files!r})"
                con.execute(view if files else f"CREATE TABLE core.{name} ({columns})")
            con.execute("COMMIT")
            with held(path, con):
                yield path
        finally:
            con.close()
            path.unlink(missing_ok=True)
