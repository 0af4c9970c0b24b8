"""The core layer on disk: Parquet files, made by the domains' pure functions, current only once they passed.

``core/<domain>/parts/`` holds immutable files; a manifest lists, per source and table, the file of open rows and the files of
closed rows. ``current.json`` is the manifest whose blocking checks passed; a candidate replaces it in one step.
"""

import hashlib
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path

import polars as pl

from assets import progress
from assets.contracts import FOLD_REJECTS, CrossSource, DomainPackage, Folded, OutOfOrder, RowGuard, SourceCode
from assets.errors import BilateralError
from assets.schema import table
from pipelines.ingest.decisions import NONE, Reviews
from pipelines.ingest.raw_store import RawStore
from pipelines.storage.manifest import (
    NO_FILES,
    HistoryFiles,
    Manifest,
    NewSnapshot,
    SourceState,
    across_that_stands,
    digest_across,
    stands_as,
)
from pipelines.storage.planning import Plan, SourcePlanner, new_snapshots
from pipelines.storage.snapshot_status import SNAPSHOTS, batches, to_judge
from pipelines.storage.staged import DamagedStaged, StagedStore
from pipelines.util.atomic_files import make_folder, merge_parquet, write_json, write_parquet
from pipelines.util.checksummed import Compared, read_checksummed, sha256_of, with_checksum
from pipelines.util.disk_errors import fault_message
from pipelines.util.state import State

log = logging.getLogger(__name__)

MOST_PARTS = 32
"""Closed files of one level before a fold merges them into one of the next: a row is written again once a level, not at every
merge, so that a history of thousands of days costs what its days cost."""
_LEVEL = re.compile(r"\.merged(\d*)\.parquet$")


class CoreStore:
    """``core/`` of a warehouse: files that a manifest names, of the current one those that have the hash noted in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._state = State(root.parent)
        self._written: dict[Path, str] = {}
        self._compared = Compared()

    def current(self, domain: str) -> Manifest:
        """The manifest that passed its checks last, without what rests on damaged files (``damaged``); an empty one at first."""
        noted = self.noted(domain)
        damaged = {} if noted.damaged else self.damaged(noted)
        return noted.without(damaged) if damaged else noted

    def noted(self, domain: str) -> Manifest:
        """The manifest as it was written, whatever became of the files that it names."""
        try:
            content, _ = read_checksummed(self.root / domain / "current.json")
            sources = {k: SourceState(**v) for k, v in content["sources"].items()}
            kept, sums = content.get("kept", {}), content.get("sums", {})
            return Manifest(domain, content["version"], sources, content.get("set_aside"), kept, sums)
        except FileNotFoundError:
            return Manifest(domain)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            return Manifest(domain, damaged={"current.json": f"the manifest cannot be read: {error}"})

    def damaged(self, manifest: Manifest) -> dict[str, str]:
        """Files of a manifest that are not as they were written (or bear no hash: an earlier version), with what is wrong."""
        found = {}
        for file in sorted(manifest.files()):
            path = self.parts(manifest.domain) / file
            digest = self._written.get(path) or manifest.sums.get(file)
            if what := "no hash of it is noted" if digest is None else self._compared.what_is_wrong(path, digest):
                found[file] = what
        return found

    def wrote(self, path: Path) -> None:
        """Note that a file of parts was written, with its hash."""
        self._written[path] = sha256_of(path)

    def parts(self, domain: str) -> Path:
        """The folder of a domain's files."""
        return self.root / domain / "parts"

    def files(self, manifest: Manifest, name: str) -> list[Path]:
        """Parquet files of a core table (bare name), open and closed rows of all sources, without what was set aside."""
        parts = self.parts(manifest.domain)
        return [parts / f for source in manifest.sources for _, f in manifest.published_files(source, name)]

    def judged(self, manifest: Manifest, source: str, fingerprint: str, reviews: Reviews = NONE) -> pl.DataFrame:
        """The snapshots that a core has judged with this code and these reviews: rows of ``meta.snapshots``."""
        state = manifest.sources.get(source)
        if state is None or (state.fingerprint, state.reviews) != (fingerprint, reviews.digest):
            return pl.DataFrame(schema=SNAPSHOTS)
        return self._known(manifest.domain, state)

    def snapshots(self, manifest: Manifest) -> pl.DataFrame:
        """All snapshots that the manifest has judged: rows of ``meta.snapshots``."""
        states = manifest.sources.values()
        return pl.concat([pl.DataFrame(schema=SNAPSHOTS), *(self._known(manifest.domain, s) for s in states if s.snapshots)])

    def rejects(self, manifest: Manifest) -> pl.DataFrame:
        """What the folds could not make of rows that were read: rows of ``meta.rejects``."""
        parts = self.root / manifest.domain / "parts"
        of_source = [
            pl.read_parquet([parts / f for f in s.rejects]).with_columns(pl.lit(source).alias("source"))
            for source, s in manifest.sources.items()
            if s.rejects
        ]
        names = self.snapshots(manifest).filter(pl.col("verdict") == "accepted").select("source", "snapshot_id", "snapshot")
        found = pl.concat([FOLD_REJECTS.to_frame().with_columns(pl.lit(None, pl.String).alias("source")), *of_source])
        return found.join(names, on=["source", "snapshot_id"], how="inner", maintain_order="left").drop("snapshot_id")

    def promote(self, manifest: Manifest) -> None:
        """Make a candidate current and delete files that nothing names. Raises ValueError where it is not signed."""
        if not manifest.version:
            raise ValueError(f"the candidate of {manifest.domain} is not complete: it is not signed")
        folder = self.root / manifest.domain
        folder.mkdir(parents=True, exist_ok=True)
        kept, parts, known = manifest.files(), folder / "parts", self.noted(manifest.domain).sums
        # a file is hashed once, when it is written: what is on the disk later is compared with that
        manifest.sums = {f: self._written.get(parts / f) or known.get(f) or sha256_of(parts / f) for f in sorted(kept)}
        write_json(folder / "current.json", with_checksum(manifest.content()))
        for file in kept:
            self._written.pop(parts / file, None)
        for path in parts.rglob("*"):
            if path.is_file() and str(path.relative_to(parts)) not in kept:
                path.unlink()

    def waiting(
        self, package: DomainPackage, raw: RawStore, reviewed: Mapping[str, Reviews], fingerprints: Mapping[str, str]
    ) -> list[str] | None:
        """Sources of which a fold would find something new; None: all is to be folded, as something of it is damaged."""
        current = self.current(package.domain)
        if current.damaged:
            return None
        found = []
        for source in (code.source for code in package.sources):
            state, wanted = current.sources.get(source), (fingerprints[source], reviewed.get(source, NONE).digest)
            is_known = state is not None and (state.fingerprint, state.reviews) == wanted
            if state is None or not is_known or to_judge(raw.snapshots(source), self._known(package.domain, state))[0]:
                found.append(source)
        if found or package.cross_source is None:
            return found
        candidate = Manifest(package.domain, sources=dict(current.sources), set_aside=current.set_aside)
        stands = across_that_stands(candidate, current, digest_across(candidate, fingerprints[package.domain]))
        return None if stands is None else []

    def _known(self, domain: str, state: SourceState) -> pl.DataFrame:
        """The snapshots that a state has judged."""
        if state.snapshots is None:
            return pl.DataFrame(schema=SNAPSHOTS)
        path = self.parts(domain) / state.snapshots
        return _snapshots_in(path, path.stat().st_mtime_ns)

    def fold(
        self,
        package: DomainPackage,
        raw: RawStore,
        staged: StagedStore,
        guards: Mapping[str, RowGuard],
        reviewed: Mapping[str, Reviews],
        fingerprints: Mapping[str, str],
    ) -> tuple[Manifest, list[NewSnapshot], list[str]]:
        """Fold what is new of every source of a domain into a candidate manifest; a source whose fold fails stays as it was.

        ``guards``, ``reviewed``: by source, bounds on its rows, and what people decided. ``fingerprints``: what shapes
        the rows, by source, and by the domain's name for what is made across them.

        Returns the candidate (with the current version where nothing is new), the snapshots seen for the first time, and
        what failed. Where something is new, the tables across sources are still to be made: ``derive_across``.
        """
        current = self.current(package.domain)
        candidate = Manifest(package.domain)
        seen: list[NewSnapshot] = []
        failed: list[str] = []
        for code in progress.each(package.sources, f"{package.domain}: folding", "sources"):
            source = code.source
            candidate.sources[source] = current.sources.get(source, SourceState())
            planner = SourcePlanner(code, raw, staged, guards[source], reviewed.get(source, NONE))
            try:
                candidate.sources[source], new = self.fold_source(current, planner, fingerprints[source])
                seen += new
            except BilateralError as problem:
                failed.append(f"{source}: {problem}; its last core stays")
                if isinstance(problem, DamagedStaged):
                    staged.remove(problem.source, problem.snapshot)
            except Exception as fault:
                # the last line of defence: a fault in the fold of one source must not keep the others from being published
                log.exception("folding %s", source)
                failed.append(f"{source}: its last core stays: {fault_message('the fold failed', fault, self.root)}")

        if stands_as(current, candidate):
            candidate.set_aside, candidate.kept = current.set_aside, dict(current.kept)
        if package.cross_source is None:
            candidate.sign()
        else:
            stands = across_that_stands(candidate, current, digest_across(candidate, fingerprints[package.domain]))
            if stands is not None:
                candidate.sources[package.domain] = stands
                candidate.sign()
        return candidate, seen, failed

    def fold_source(self, current: Manifest, planner: SourcePlanner, fingerprint: str) -> tuple[SourceState, list[NewSnapshot]]:
        """Fold what is new of a source; return state and new snapshots, which are noted for whoever folds the same next."""
        source, parts = planner.code.source, self.parts(current.domain)
        before = current.sources.get(source, SourceState())
        based_on = (fingerprint, planner.reviews.digest, planner.raw.snapshots(source), asdict(before))
        valid = hashlib.sha256(json.dumps(based_on).encode()).hexdigest()
        noted = self._state.get("folded", source, valid)
        if noted is not None and not any(self._compared.what_is_wrong(parts / f, digest) for f, digest in noted["sums"].items()):
            self._written |= {parts / file: digest for file, digest in noted["sums"].items()}
            return SourceState(**noted["state"]), [NewSnapshot(**entry) for entry in noted["new"]]
        state, new = self._fold_source(current.domain, planner, before, fingerprint)
        if state is not before:
            sums = {f: self._written[parts / f] for f in state.files() if parts / f in self._written}
            entry = {"state": asdict(state), "new": [asdict(n) for n in new], "sums": sums}
            self._state.put("folded", {source: (valid, entry)})
        return state, new

    def derive_across(
        self, package: DomainPackage, candidate: Manifest, current: Manifest, fingerprints: Mapping[str, str]
    ) -> None:
        """Make the tables across the sources of a domain again where one of these has changed, and sign the candidate.

        They are made of what is published, without quarantined rows. Raises what the domain's function raises.
        """
        if package.cross_source is not None:
            before = candidate.sources.pop(package.domain, None)
            fingerprint = fingerprints[package.domain]
            digest = digest_across(candidate, fingerprint)
            stands = across_that_stands(candidate, current, digest, before)
            candidate.sources[package.domain] = stands or self._across(package.cross_source, candidate, fingerprint, digest)
        candidate.sign()

    def _across(self, cross_source: CrossSource, candidate: Manifest, fingerprint: str, digest: str) -> SourceState:
        label = digest if candidate.set_aside is None else f"{digest}-{candidate.set_aside.split('.')[1]}"
        parts = self.parts(candidate.domain)
        make_folder(parts)

        def rows(name: str) -> pl.LazyFrame:
            files = self.files(candidate, name)
            return pl.scan_parquet(files) if files else table(f"core.{name}").empty().lazy()

        tables = {}
        for name, frame in cross_source.derive(rows).items():
            written = self._write(parts, f"{candidate.domain}.{name}.{label}", name, frame)
            tables[name] = {"open": written, "closed": []}
        notes = {} if candidate.set_aside is None else {"set_aside": candidate.set_aside}
        return SourceState(fingerprint=fingerprint, tables=tables, notes=notes, digest=digest)

    def _fold_source(
        self, domain: str, planner: SourcePlanner, before: SourceState, fingerprint: str
    ) -> tuple[SourceState, list[NewSnapshot]]:
        """Judge and fold what is new of a source; return its state, and the snapshots that were seen for the first time."""
        code = planner.code
        names = planner.raw.snapshots(code.source)
        known = self._known(domain, before)
        is_same_code = (before.fingerprint, before.reviews) == (fingerprint, planner.reviews.digest)
        todo, from_raw = to_judge(names, known) if is_same_code else (names, True)
        if not todo and is_same_code:
            return before, []
        fresh = set(names) - set(known["snapshot"])
        if from_raw and is_same_code and code.late is not None:
            try:
                plan = planner.judge_late(names, known, before.baseline)
                return self._carry_out(domain, planner, before, plan, fingerprint), new_snapshots(plan.snapshots, fresh)
            except OutOfOrder as why:
                log.info("%s: folding again from raw: %s", code.source, why)
        state, known = (SourceState(), known.clear()) if from_raw else (before, known)
        plan = planner.judge(todo, known, state.baseline)
        return self._carry_out(domain, planner, state, plan, fingerprint), new_snapshots(plan.snapshots, fresh)

    def _carry_out(self, domain: str, planner: SourcePlanner, state: SourceState, plan: Plan, fingerprint: str) -> SourceState:
        """Fold what was judged, in batches, upon a state."""
        code, snapshots, parts = planner.code, plan.snapshots, self.parts(domain)
        # the same bytes served again are noted, but make no other version of the core
        changed = snapshots.filter(pl.col("verdict") != "unchanged")
        digest, label = (hashlib.sha256(f"{fingerprint}{f.rows()}".encode()).hexdigest()[:12] for f in (changed, snapshots))
        make_folder(parts)
        jobs = [(fold, batch) for fold, fed in plan.folds for batch in batches(fed, code.rows_at_once)]
        for n, (fold, batch) in enumerate(jobs):
            result = fold(HistoryFiles(parts, state), planner.staged.snapshots(code.source, batch))
            state = self._with_rows(parts, code, state, result, label if n == 0 else f"{label}-{n}")
        return replace(
            state,
            fingerprint=fingerprint,
            snapshots=self._write_part(snapshots, parts / f"{code.source}.snapshots.{label}.parquet"),
            baseline=plan.baseline,
            digest=digest,
            reviews=planner.reviews.digest,
        )

    def _with_rows(self, parts: Path, code: SourceCode, state: SourceState, result: Folded, label: str) -> SourceState:
        """A state with what a fold gave, in files named by ``label``; closed files are merged when they have become many."""
        tables = {}
        for name in code.tables:
            stem, entry = f"{code.source}.{name}.{label}", state.tables.get(name, NO_FILES)
            opened, closed = entry["open"], list(entry["closed"])
            if name in result.closed and result.closed[name].height:
                closed.append(self._write(parts, f"{stem}.closed", name, result.closed[name]))
            while (level := _full_level(closed)) is not None:
                rest = [f for f in closed if _level_of(f) > level]
                merged = f"{stem}.merged{level + 1}.parquet"
                merge_parquet([parts / f for f in closed[len(rest) :]], parts / merged)
                self.wrote(parts / merged)
                closed = [*rest, merged]
            if name in result.open:
                opened = self._write(parts, f"{stem}.open", name, result.open[name])
            tables[name] = {"open": opened, "closed": closed}
        kept = {n: self._write_part(f, parts / f"{code.source}.kept.{n}.{label}.parquet") for n, f in result.kept.items()}
        rejects = list(state.rejects)
        if result.rejects.height:
            rejects.append(self._write_part(result.rejects, parts / f"{code.source}.rejects.{label}.parquet"))
        return replace(state, kept=kept, tables=tables, notes=result.notes, rejects=rejects)

    def _write(self, parts: Path, stem: str, name: str, frame: pl.DataFrame) -> str:
        return self._write_part(table(f"core.{name}").conform(frame), parts / f"{stem}.parquet")

    def _write_part(self, frame: pl.DataFrame, path: Path) -> str:
        write_parquet(frame, path)
        self.wrote(path)
        return path.name


def _level_of(file: str) -> int:
    """How often the rows of a closed file were merged: 0 as a fold wrote them. Files of an earlier version bear no number."""
    found = _LEVEL.search(file)
    return 0 if found is None else int(found[1] or 1)


def _full_level(closed: Sequence[str]) -> int | None:
    """The level of closed files (in the order of their rows, so of falling levels) that has too many; None where none has."""
    levels = [_level_of(file) for file in closed]
    return next((level for level in sorted(set(levels)) if levels.count(level) > MOST_PARTS), None)


@lru_cache(maxsize=256)
def _snapshots_in(path: Path, _changed: int) -> pl.DataFrame:
    # each table and each check of a source asks for them; those of an earlier version lack the precision, and were of no day
    found = table("meta.snapshots").conform(pl.read_parquet(path))
    return found.with_columns(pl.col("retrieved_precision").fill_null("second"))
