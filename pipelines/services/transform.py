"""The second service: raw becomes staged rows, and staged rows the core of a domain."""

from collections.abc import Sequence

from assets import progress
from assets.contracts import DomainPackage
from assets.errors import BilateralError
from pipelines.checks.validations import Validation, fingerprint_of_expectations, keep_validations, kept_validations
from pipelines.domains import REFERENCE
from pipelines.ingest.decisions import Reviews
from pipelines.services.warehouse import Warehouse
from pipelines.storage import quarantined_rows
from pipelines.storage.core import log
from pipelines.storage.manifest import Manifest, NewSnapshot, SourceState
from pipelines.storage.planning import SourcePlanner
from pipelines.storage.promotion import Promotion
from pipelines.util.disk_errors import fault_message


class Transform:
    """Stage sources and fold domains of a warehouse."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse

    def waiting(self, domain: str) -> list[str] | None:
        """Sources that a fold finds something new of; None: all, as something is damaged or its validations are not known."""
        wh, package = self.warehouse, self.warehouse.packages[domain]
        if self.kept_validations(wh.core.current(domain)) is None:
            return None
        return wh.core.waiting(package, wh.raw, self._reviewed(package), self._fingerprints(package))

    def stage(self, source_id: str) -> list[str]:
        """Stage what is new of a source; return the snapshots' names."""
        wh, source, code = self.warehouse, self.warehouse.sources[source_id], self.warehouse.code(source_id)

        def stage() -> list[str]:
            fingerprint = wh.fingerprint(source_id)
            judged = wh.core.judged(wh.core.current(source.domain), source_id, fingerprint, wh.raw.reviews(source))
            return wh.staged.stage(code, wh.raw, fingerprint, judged, source.amendments)

        with wh.lock(source_id):
            names = self._staged_beside(source_id)
            return wh.without_damaged(stage) if names is None else names

    def _staged_beside(self, source_id: str) -> list[str] | None:
        """What a second process staged of a source; None where there is none, or it failed: here it is seen why."""
        wh = self.warehouse
        if source_id not in wh.beside:
            return None
        with wh.beside.pop(source_id) as answer, progress.task(f"{source_id}: read by a second process", None, "snapshots"):
            try:
                names, said, report = answer.recv()
            except EOFError:
                return None
        wh.report.add(report)
        for line in said:
            wh.say(line)
        return list(names)

    def stage_again(self, source_id: str, names: Sequence[str]) -> None:
        """Stage snapshots of a source again from raw, whatever is there of them."""
        wh = self.warehouse
        with wh.lock():
            amendments = wh.sources[source_id].amendments
            wh.staged.stage_again(wh.code(source_id), wh.raw, names, wh.fingerprint(source_id), amendments)

    def fold_source(self, source_id: str) -> tuple[SourceState, list[NewSnapshot]]:
        """Fold what is new of a source for the ``fold`` of its domain, which meets again what this raises."""
        wh, source = self.warehouse, self.warehouse.sources[source_id]
        with wh.lock(source_id):
            current = wh.core.current(source.domain)
            if current.damaged:  # the domain says what is, before it is made again
                return current.sources.get(source_id, SourceState()), []
            planner = SourcePlanner(wh.code(source_id), wh.raw, wh.staged, source.rows, wh.raw.reviews(source))
            return wh.core.fold_source(current, planner, wh.fingerprint(source_id))

    def fold(self, domain: str) -> tuple[Manifest, list[Validation]]:
        """Fold what is new of a domain, validate the candidate, and make it current if its blocking checks pass.

        Rows that break a rule of rows are quarantined; a source that has too many of them, or is to blame for a rule of a
        table, keeps its last core; only where neither helps is the domain not promoted. Returns the manifest that is
        current then, and the validations of the candidate (of the current one where nothing is new).
        """
        wh, package = self.warehouse, self.warehouse.packages[domain]
        guards = {c.source: wh.sources[c.source].rows for c in package.sources}
        reviewed, fingerprints = self._reviewed(package), self._fingerprints(package)
        with wh.lock():
            current = wh.core.current(domain)
            for file, what in current.damaged.items():
                wh.tell_problem(f"core/{domain}/{file}: {what}. What rests on it is made again from raw")
            try:
                candidate, new, failed = wh.core.fold(package, wh.raw, wh.staged, guards, reviewed, fingerprints)
            except BilateralError as problem:
                return self._hold_back(domain, current, str(problem))
            except Exception as fault:
                # the last line of defence: a fault in one domain must not keep the others from being published
                log.exception("folding %s", domain)
                return self._hold_back(domain, current, fault_message("the fold failed", fault))
            if failed and current.damaged:
                # without its last core a source would be published as if it held nothing
                return self._hold_back(domain, current, "; ".join(failed))
            wh.report.new += new
            for source in sorted({n.source for n in new if n.verdict == "accepted"}):
                if wh.sources[source].corrections and (last := wh.raw.last_accepted(source)) is not None:
                    idle = wh.staged.idle_corrections(source, last.snapshot)
                    wh.report.idle_corrections += [f"{source}: {text}" for text in idle]
            for text in failed:
                wh.tell_problem(text)
            kept = self.kept_validations(current)
            # a candidate without what is made across its sources bears no version, as a manifest that is not there
            if candidate.version and candidate.edition == current.edition and kept is not None:
                wh.core.promote(candidate)
                return candidate, kept
            wh.report.folded.append(domain)
            wh.say(f"{domain}: history updated, checking it")
            try:
                admitted = self._admission(domain).admit(candidate, current, fingerprints)
            except Exception as fault:
                log.exception("checking %s", domain)  # as above
                return self._hold_back(domain, current, fault_message("its checks failed", fault))
            candidate, validations, reason = admitted.candidate, admitted.validations, admitted.reason
            if current.damaged and not reason:
                reason = "; ".join(f"{source}: {text}" for source, text in admitted.not_promoted.items())  # as above
            if reason:
                self._hold_back(domain, current, reason)
                return current, validations
            for source, text in admitted.not_promoted.items():
                wh.report.not_promoted.append(f"{source}: {text}; the other sources of {domain} were taken")
                wh.say(f"{source}: NOT PROMOTED, its last good state stays in use: {text}")
            wh.core.promote(candidate)
            keep_validations(wh.state, domain, self._expected(candidate), validations)
            for line in quarantined_rows.lines(quarantined_rows.rows_of(wh.core, candidate)):
                wh.report.quarantined_rows.append(line)
                wh.say(f"  {line}")
        return candidate, validations

    def kept_validations(self, manifest: Manifest) -> list[Validation] | None:
        """What the checks of a core found; None where that is not known, or something else is expected by now."""
        return kept_validations(self.warehouse.state, manifest.domain, self._expected(manifest))

    def _reviewed(self, package: DomainPackage) -> dict[str, Reviews]:
        return {c.source: self.warehouse.raw.reviews(self.warehouse.sources[c.source]) for c in package.sources}

    def _fingerprints(self, package: DomainPackage) -> dict[str, str]:
        cross_source = () if package.cross_source is None else (package.domain,)
        return {name: self.warehouse.fingerprint(name) for name in (*(c.source for c in package.sources), *cross_source)}

    def _reference(self, domain: str) -> list[Manifest]:
        return [] if domain in REFERENCE else [self.warehouse.core.current(d) for d in REFERENCE]

    def _admission(self, domain: str) -> Promotion:
        wh, package = self.warehouse, self.warehouse.packages[domain]
        guards = {c.source: wh.sources[c.source].rows for c in package.sources}
        expected = wh.expectations(domain)
        return Promotion(wh.core, package, guards, expected, wh.validate, wh.settings.limits, self._reference(domain))

    def _expected(self, manifest: Manifest) -> str:
        """What was expected of which core of a domain, looked up in which reference tables, as a fingerprint."""
        editions = [manifest.edition, *(m.edition for m in self._reference(manifest.domain))]
        return fingerprint_of_expectations(self.warehouse.expectations(manifest.domain), editions)

    def _hold_back(self, domain: str, current: Manifest, reason: str) -> tuple[Manifest, list[Validation]]:
        self.warehouse.report.not_promoted.append(f"{domain}: {reason}")
        self.warehouse.say(f"{domain}: NOT PROMOTED, its last good state stays in use: {reason}")
        return current, self.kept_validations(current) or self._admission(domain).check(current)
