"""The staged and the core layer on disk: Parquet files, made by the rooms' pure functions, current only once they passed.

staged: ``staged/<source>/<snapshot>/`` holds a file per frame, the rejects, and a record of what was found. It can be
rebuilt from raw at any time, and is whenever the code of its room changes.

core: ``core/<domain>/parts/`` holds immutable files; a manifest lists, per source and table, the file of open rows and the
files of closed rows. ``current.json`` is the manifest whose blocking checks passed; a candidate replaces it in one step.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from assets.contract import (
    FOLD_REJECTS,
    REJECTS,
    Across,
    Folded,
    Room,
    RowGuard,
    SourceCode,
    Staged,
    StagedInfo,
    StagedSnapshot,
    count_filled,
)
from assets.errors import BilateralError, Quarantine
from assets.schema import table
from pipelines.intake.raw_store import RawStore, Receipt
from pipelines.layers.deadline import OutOfTime, deadline, seconds_for

log = logging.getLogger(__name__)

MOST_PARTS = 32
"""Closed files per table before a fold merges them into one."""

SNAPSHOTS = table("meta.snapshots").polars


def write_json(path: Path, content: Any) -> None:
    """Write JSON so that a reader sees the old file or the new one, never a part."""
    draft = path.with_name(f".{path.name}.new")
    with draft.open("w", encoding="utf-8") as out:
        json.dump(content, out, indent=1, default=str)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write Parquet under a temporary name, then rename."""
    draft = path.with_name(f".{path.name}.new")
    frame.write_parquet(draft, compression="lz4")
    draft.replace(path)


def merge_parquet(files: Sequence[Path], path: Path) -> None:
    """Write the rows of many files to one, in their order and piece by piece: they need not fit into memory."""
    draft = path.with_name(f".{path.name}.new")
    pl.scan_parquet(list(files)).sink_parquet(draft, compression="lz4", maintain_order=True)
    draft.replace(path)


def feeding(raw: RawStore, source: str, names: Sequence[str]) -> list[str]:
    """Those of ``names`` (a run of snapshots up to the newest) that feed the core: each differs from the one before it.

    An ``unchanged`` one is among them where an older snapshot was taken in later and came between it and its like.
    """
    before = raw.last_accepted(source, before=names[0]) if names else None
    last = None if before is None else before.snapshot_id
    fed = []
    for name in names:
        receipt = raw.receipt(source, name)
        if receipt.verdict in ("accepted", "unchanged") and receipt.snapshot_id != last:
            fed.append(name)
            last = receipt.snapshot_id
    return fed


def to_judge(names: Sequence[str], judged: pl.DataFrame) -> tuple[list[str], bool]:
    """Which of a source's snapshots are to be judged, and whether that means all of them, from the first one on.

    A snapshot older than the newest good one that was judged changes what each later one is new against. One that failed or
    was refused left no trace, so that a snapshot before it is late for nothing.
    """
    known = set(judged["snapshot"])
    fresh = [name for name in names if name not in known]
    newest = judged.filter(pl.col("verdict").is_in(["accepted", "unchanged"]))["snapshot"].max()
    if fresh and isinstance(newest, str) and fresh[0] < newest:
        return list(names), True
    return fresh, False


# staged ---------------------------------------------------------------------------------------------------------------


class StagedStore:
    """``staged/`` of a warehouse."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def record(self, source: str, snapshot: str) -> dict[str, Any] | None:
        """What staging found of a snapshot; None where it was not staged."""
        path = self.root / source / snapshot / "staged.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def frames(self, source: str, snapshot: str) -> dict[str, pl.DataFrame]:
        """The staged frames of a snapshot."""
        folder = self.root / source / snapshot
        return {p.stem: pl.read_parquet(p) for p in sorted(folder.glob("*.parquet")) if p.stem != "_rejects"}

    def rejects(self, source: str, snapshot: str) -> pl.DataFrame:
        """Rows of a snapshot that could not be read."""
        path = self.root / source / snapshot / "_rejects.parquet"
        return pl.read_parquet(path) if path.exists() else pl.DataFrame(schema=REJECTS)

    def stage(self, code: SourceCode, raw: RawStore, fingerprint: str, judged: pl.DataFrame | None = None) -> list[str]:
        """Stage every raw snapshot that feeds the core and is not staged by this code yet; return their names.

        ``judged``: snapshots that need no look, since the core has judged them with this code (rows of ``meta.snapshots``).
        """
        names, _ = to_judge(raw.snapshots(code.source), judged if judged is not None else pl.DataFrame(schema=SNAPSHOTS))
        names = [s for s in feeding(raw, code.source, names) if self._is_due(code.source, s, fingerprint)]
        # one after the other, in the main thread: only there can a parser be stopped (pipelines.layers.deadline)
        for name in names:
            self._stage_one(code, raw, name, fingerprint)
        return names

    def _is_due(self, source: str, snapshot: str, fingerprint: str) -> bool:
        record = self.record(source, snapshot)
        return record is None or record["fingerprint"] != fingerprint

    def _stage_one(self, code: SourceCode, raw: RawStore, snapshot: str, fingerprint: str) -> None:
        receipt = raw.receipt(code.source, snapshot)
        record: dict[str, Any] = {
            "fingerprint": fingerprint,
            "snapshot_id": receipt.snapshot_id,
            "retrieved_at": receipt.retrieved_at.isoformat(),
        }
        staged: Staged | None = None
        seconds = seconds_for(sum(f.n_bytes for f in receipt.files))
        try:
            with deadline(seconds):
                staged = code.stage(raw.files(code.source, snapshot))
        except OutOfTime:
            log.error("staging %s %s: stopped after %s s", code.source, snapshot, seconds)
            record |= {
                "refusal": f"the parser had not come to an end after {seconds:,.0f} s of processor time and was stopped; "
                "the bytes are kept; please report this: the next version of the parser reads them again",
                "n_read": None,
                "n_rejected": None,
                "facts": {},
            }
        except Quarantine as refusal:
            record |= {"refusal": str(refusal), "n_read": None, "n_rejected": None, "facts": {}}
        except Exception as fault:
            # the last line of defence: a fault in one parser must not stop the other sources, and is told as what it is
            log.exception("staging %s %s", code.source, snapshot)
            record |= {
                "refusal": f"the parser failed on it ({type(fault).__name__}: {fault}); the bytes are kept; "
                "please report this, with refresh.log",
                "n_read": None,
                "n_rejected": None,
                "facts": {},
            }
        else:
            record |= {"refusal": None, "n_read": staged.n_read, "n_rejected": n_rejected(staged), "facts": staged.facts}
            record |= {"filled": count_filled(staged.frames)}
        folder = self.root / code.source / snapshot
        draft = folder.with_name(f".{snapshot}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        if staged is not None:
            for name, frame in staged.frames.items():
                frame.write_parquet(draft / f"{name}.parquet", compression="lz4", statistics=False)
            if staged.rejects.height:
                staged.rejects.write_parquet(draft / "_rejects.parquet")
        write_json(draft / "staged.json", record)
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)


def n_rejected(staged: Staged) -> int:
    """How many of the rows that the guards count were rejected."""
    return staged.rejects.height if staged.n_rejected is None else staged.n_rejected


# core -----------------------------------------------------------------------------------------------------------------


@dataclass
class SourceState:
    """What a manifest says of one source. Paths are relative to the domain's ``parts`` folder."""

    fingerprint: str = ""
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    snapshots: str | None = None
    baseline: dict[str, Any] | None = None
    digest: str = ""
    rejects: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)

    def files(self) -> Iterator[str]:
        """All files that the state refers to."""
        for entry in self.tables.values():
            if entry["open"] is not None:
                yield entry["open"]
            yield from entry["closed"]
        yield from self.rejects
        yield from self.kept.values()
        if self.snapshots is not None:
            yield self.snapshots


@dataclass
class Manifest:
    """The core of a domain at one moment.

    ``version`` is that of what the folds made. ``set_aside`` names the file of rows that broke a rule and are not published,
    ``kept`` the copies without them of the files in which they stand (``pipelines.layers.set_aside``). The folds' own files stay
    whole, so that a later fold works as if nothing had happened, and a mended rule brings the rows back.
    """

    domain: str
    version: str = ""
    sources: dict[str, SourceState] = field(default_factory=dict)
    set_aside: str | None = None
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def edition(self) -> str:
        """Version of what is published: of the folds, and of what was set aside."""
        return self.version if self.set_aside is None else f"{self.version}-{self.set_aside.split('.')[1]}"

    def published_files(self, source: str, name: str) -> list[tuple[str, str]]:
        """The files of a source's rows of a core table: as folded, and the one to be read in its place."""
        entry = self.sources[source].tables.get(name) if source in self.sources else None
        files = [] if entry is None else [f for f in (entry["open"], *entry["closed"]) if f is not None]
        return [(f, self.kept.get(f, f)) for f in files]

    def sign(self) -> None:
        """Set the version by what the sources hold."""
        content = {k: [s.fingerprint, s.digest] for k, s in sorted(self.sources.items())}
        self.version = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class NewSnapshot:
    """A snapshot that this refresh saw for the first time, with its verdict."""

    source: str
    snapshot: str
    verdict: str
    reason: str | None
    warnings: str | None
    n_rows: int | None
    n_rejected: int | None


def _stands_as(current: Manifest, candidate: Manifest) -> bool:
    """Whether a candidate's sources say what the current ones say, in the same files where rows of these were set aside."""

    def content(manifest: Manifest) -> dict[str, tuple[str, str]]:
        return {k: (s.fingerprint, s.digest) for k, s in manifest.sources.items() if k != manifest.domain}

    across = current.sources.get(current.domain, SourceState())
    files = {f for s in (*candidate.sources.values(), across) for f in s.files()}
    return content(candidate) == content(current) and set(current.kept) <= files


def _digest_across(candidate: Manifest, fingerprint: str) -> str:
    """What the tables made across the sources of a candidate are made of."""
    content = [[k, s.fingerprint, s.digest] for k, s in sorted(candidate.sources.items()) if k != candidate.domain]
    return hashlib.sha256(json.dumps([fingerprint, content]).encode()).hexdigest()[:12]


def _across_that_stands(
    candidate: Manifest, current: Manifest, digest: str, made: SourceState | None = None
) -> SourceState | None:
    """What was made across these very sources without these very rows, by ``made`` or in the current core; None if neither."""
    for before in (made, current.sources.get(candidate.domain)):
        if before is not None and before.digest == digest and before.notes.get("set_aside") == candidate.set_aside:
            return before
    return None


class _History:
    """The files of a source's state as the fold sees them."""

    def __init__(self, parts: Path, state: SourceState) -> None:
        self._parts, self._state = parts, state
        self.notes: Mapping[str, Any] = state.notes

    def open(self, name: str) -> pl.DataFrame:
        entry = self._state.tables.get(name)
        declared = table(f"core.{name}")
        return declared.empty() if entry is None or entry["open"] is None else pl.read_parquet(self._parts / entry["open"])

    def all(self, name: str) -> pl.LazyFrame:
        entry = self._state.tables.get(name)
        files = [] if entry is None else [f for f in (entry["open"], *entry["closed"]) if f is not None]
        declared = table(f"core.{name}")
        return declared.empty().lazy() if not files else pl.scan_parquet([self._parts / f for f in files])

    def kept(self, name: str) -> pl.DataFrame | None:
        file = self._state.kept.get(name)
        return None if file is None else pl.read_parquet(self._parts / file)


class CoreStore:
    """``core/`` of a warehouse."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def current(self, domain: str) -> Manifest:
        """The manifest that passed its checks last; an empty one at first."""
        return self._read(self.root / domain / "current.json", domain)

    def _read(self, path: Path, domain: str) -> Manifest:
        if not path.exists():
            return Manifest(domain)
        content = json.loads(path.read_text(encoding="utf-8"))
        sources = {k: SourceState(**v) for k, v in content["sources"].items()}
        return Manifest(domain, content["version"], sources, content.get("set_aside"), content.get("kept", {}))

    def parts(self, domain: str) -> Path:
        """The folder of a domain's files."""
        return self.root / domain / "parts"

    def files(self, manifest: Manifest, name: str) -> list[Path]:
        """Parquet files of a core table (bare name), open and closed rows of all sources, without what was set aside."""
        parts = self.parts(manifest.domain)
        return [parts / f for source in manifest.sources for _, f in manifest.published_files(source, name)]

    def judged(self, domain: str, source: str, fingerprint: str) -> pl.DataFrame:
        """The snapshots that the current core has judged with this code: rows of ``meta.snapshots``."""
        state = self.current(domain).sources.get(source)
        if state is None or state.fingerprint != fingerprint or state.snapshots is None:
            return pl.DataFrame(schema=SNAPSHOTS)
        return _read_snapshots(self.root / domain / "parts" / state.snapshots)

    def snapshots(self, manifest: Manifest) -> pl.DataFrame:
        """All snapshots that the manifest has judged: rows of ``meta.snapshots``."""
        parts = self.root / manifest.domain / "parts"
        frames = [_read_snapshots(parts / s.snapshots) for s in manifest.sources.values() if s.snapshots is not None]
        return pl.concat(frames) if frames else pl.DataFrame(schema=SNAPSHOTS)

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
        """Make a candidate current, then delete the files that nothing refers to any more."""
        folder = self.root / manifest.domain
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "current.json", asdict(manifest))
        kept = {f for state in manifest.sources.values() for f in state.files()} | {*manifest.kept.values(), manifest.set_aside}
        for path in (folder / "parts").rglob("*"):
            if path.is_file() and str(path.relative_to(folder / "parts")) not in kept:
                path.unlink()

    def fold(
        self,
        room: Room,
        raw: RawStore,
        staged: StagedStore,
        guards: Mapping[str, RowGuard],
        reviewed: Mapping[str, Sequence[str]],
        fingerprints: Mapping[str, str],
    ) -> tuple[Manifest, list[NewSnapshot], list[str]]:
        """Fold what is new of every source of a room into a candidate manifest, which is not current yet.

        A source whose fold fails stays as it was, and the others go on.

        Args:
            room: the room.
            raw: the raw snapshots.
            staged: their staged rows.
            guards: by source, bounds on its rows.
            reviewed: by source, ids of snapshots that a person accepts.
            fingerprints: by source, and by the room's own name for what is made across them: what shapes their rows.

        Returns:
            The candidate (with the current version where nothing is new), the snapshots seen for the first time, and what
            failed. Where something is new, the tables across sources are still to be made: ``derive_across``.
        """
        current = self.current(room.domain)
        candidate = Manifest(room.domain)
        seen: list[NewSnapshot] = []
        failed: list[str] = []
        for code in room.sources:
            before = current.sources.get(code.source, SourceState())
            try:
                state, new = self._fold_source(
                    room.domain,
                    code,
                    before,
                    raw,
                    staged,
                    fingerprints[code.source],
                    guards[code.source],
                    reviewed.get(code.source, ()),
                )
            except BilateralError as problem:
                state, new = before, []
                failed.append(f"{code.source}: {problem}; its last core stays")
            except Exception as fault:
                # the last line of defence: a fault in the fold of one source must not keep the others from being published
                log.exception("folding %s", code.source)
                state, new = before, []
                failed.append(
                    f"{code.source}: the fold failed ({type(fault).__name__}: {fault}); its last core stays; "
                    "please report this, with refresh.log"
                )
            candidate.sources[code.source] = state
            seen += new
        if _stands_as(current, candidate):
            candidate.set_aside, candidate.kept = current.set_aside, dict(current.kept)
        if room.across is None:
            candidate.sign()
        else:
            stands = _across_that_stands(candidate, current, _digest_across(candidate, fingerprints[room.domain]))
            if stands is not None:
                candidate.sources[room.domain] = stands
                candidate.sign()
        return candidate, seen, failed

    def derive_across(self, room: Room, candidate: Manifest, current: Manifest, fingerprints: Mapping[str, str]) -> None:
        """Make the tables that are made of all sources of a room, anew where one of these has changed, and sign the candidate.

        They are made of what is published: where rows have been set aside, they are made again without these. Raises what
        the room's function raises; the candidate has no such tables then.
        """
        if room.across is not None:
            before = candidate.sources.pop(room.domain, None)
            digest = _digest_across(candidate, fingerprints[room.domain])
            stands = _across_that_stands(candidate, current, digest, before)
            candidate.sources[room.domain] = stands or self._across(room.across, candidate, fingerprints[room.domain], digest)
        candidate.sign()

    def _across(self, across: Across, candidate: Manifest, fingerprint: str, digest: str) -> SourceState:
        label = digest if candidate.set_aside is None else f"{digest}-{candidate.set_aside.split('.')[1]}"
        parts = self.parts(candidate.domain)
        parts.mkdir(parents=True, exist_ok=True)

        def rows(name: str) -> pl.LazyFrame:
            files = self.files(candidate, name)
            return pl.scan_parquet(files) if files else table(f"core.{name}").empty().lazy()

        frames = across.derive(rows)
        tables = {
            name: {"open": self._write(parts, f"{candidate.domain}.{name}.{label}", name, frames[name]), "closed": []}
            for name in across.tables
        }
        notes = {} if candidate.set_aside is None else {"set_aside": candidate.set_aside}
        return SourceState(fingerprint=fingerprint, tables=tables, notes=notes, digest=digest)

    def _fold_source(
        self,
        domain: str,
        code: SourceCode,
        before: SourceState,
        raw: RawStore,
        staged: StagedStore,
        fingerprint: str,
        guard: RowGuard,
        reviewed: Sequence[str],
    ) -> tuple[SourceState, list[NewSnapshot]]:
        parts = self.root / domain / "parts"
        names = raw.snapshots(code.source)
        known = pl.DataFrame(schema=SNAPSHOTS) if before.snapshots is None else _read_snapshots(parts / before.snapshots)
        same_code = before.fingerprint == fingerprint
        todo, from_raw = to_judge(names, known) if same_code else (names, True)
        if not todo and same_code:
            return before, []
        fresh = set(names) - set(known["snapshot"])
        state = before
        if from_raw:
            state, known = SourceState(), known.clear()
        records, fed, baseline = self._judge(code, raw, staged, todo, state.baseline, guard, reviewed)
        if code.takes_repeats:
            fed = _with_repeats(fed, raw, code.source, todo, known)
        snapshots = pl.concat([known, pl.DataFrame(records, schema=SNAPSHOTS, orient="row")]).sort("snapshot")
        # the same bytes served again are noted, but make no other version of the core
        telling = snapshots.filter(pl.col("verdict") != "unchanged")
        digest, label = (hashlib.sha256(f"{fingerprint}{f.rows()}".encode()).hexdigest()[:12] for f in (telling, snapshots))
        parts.mkdir(parents=True, exist_ok=True)
        tables = dict(state.tables)
        notes, rejects = state.notes, state.rejects
        held = state
        for number, batch in enumerate(_batches(fed, code.rows_at_once)):
            result = code.fold(_History(parts, held), _load(code.source, staged, batch))
            part = label if number == 0 else f"{label}-{number}"
            tables = {name: self._add(parts, code.source, name, part, tables.get(name), result) for name in code.tables}
            notes = result.notes
            if result.rejects.height:
                rejects = [*rejects, f"{code.source}.rejects.{part}.parquet"]
                write_parquet(result.rejects, parts / rejects[-1])
            kept = {}
            for name, frame in result.kept.items():
                kept[name] = f"{code.source}.kept.{name}.{part}.parquet"
                write_parquet(frame, parts / kept[name])
            held = replace(held, tables=tables, notes=notes, kept=kept)
        snapshots_file = f"{code.source}.snapshots.{label}.parquet"
        write_parquet(snapshots, parts / snapshots_file)
        folded = SourceState(fingerprint, tables, notes, snapshots_file, baseline, digest, rejects, held.kept)
        new = [
            NewSnapshot(*row)
            for row in snapshots.filter(pl.col("snapshot").is_in(list(fresh)))
            .select("source", "snapshot", "verdict", "reason", "warnings", "n_rows", "n_rejected")
            .iter_rows()
        ]
        return folded, new

    def _add(
        self, parts: Path, source: str, name: str, label: str, entry: dict[str, Any] | None, result: Folded
    ) -> dict[str, Any]:
        """Write what a fold gave for one table; merge the closed files when they have become many."""
        opened, closed = (None, []) if entry is None else (entry["open"], list(entry["closed"]))
        if name in result.closed and result.closed[name].height:
            closed.append(self._write(parts, f"{source}.{name}.{label}.closed", name, result.closed[name]))
        if len(closed) > MOST_PARTS:
            merged = f"{source}.{name}.{label}.merged.parquet"
            merge_parquet([parts / f for f in closed], parts / merged)
            closed = [merged]
        if name in result.open:
            opened = self._write(parts, f"{source}.{name}.{label}.open", name, result.open[name])
        return {"open": opened, "closed": closed}

    def _write(self, parts: Path, stem: str, name: str, frame: pl.DataFrame) -> str:
        write_parquet(table(f"core.{name}").conform(frame), parts / f"{stem}.parquet")
        return f"{stem}.parquet"

    def _judge(
        self,
        code: SourceCode,
        raw: RawStore,
        staged: StagedStore,
        names: Sequence[str],
        baseline: dict[str, Any] | None,
        guard: RowGuard,
        reviewed: Sequence[str],
    ) -> tuple[list[dict[str, Any]], list[_Fed], dict[str, Any] | None]:
        """Judge snapshots in order of retrieval; a complete accepted one is the baseline of the next."""
        base = (
            None
            if baseline is None
            else StagedInfo(**{**baseline, "retrieved_at": datetime.fromisoformat(baseline["retrieved_at"])})
        )
        records: list[dict[str, Any]] = []
        accepted: list[_Fed] = []
        fed = set(feeding(raw, code.source, names))
        for name in names:
            record = _snapshot_record(raw.receipt(code.source, name))
            if name in fed:
                record |= {"verdict": "accepted"}
                found = staged.record(code.source, name)
                if found is None:
                    raise BilateralError(f"{code.source} {name}: not staged yet; materialize staged/{code.source} first")
                info = StagedInfo(
                    str(found["snapshot_id"]),
                    datetime.fromisoformat(found["retrieved_at"]),
                    found["n_read"] or 0,
                    found["n_rejected"] or 0,
                    found["facts"],
                )
                record |= {"n_rows": found["n_read"], "n_rejected": found["n_rejected"]}
                if found["refusal"] is not None:
                    record |= {"verdict": "quarantined", "reason": found["refusal"]}
                else:
                    judgement = code.judge_whole(info, base, guard, found.get("filled", {}))
                    refusals = () if info.snapshot_id in reviewed else judgement.refusals
                    warnings = judgement.warnings + (judgement.refusals if refusals != judgement.refusals else ())
                    record |= {"warnings": "; ".join(warnings) or None}
                    if refusals:
                        record |= {"verdict": "quarantined", "reason": "; ".join(refusals)}
                    else:
                        record |= {"is_complete": judgement.complete}
                        accepted.append(
                            _Fed(
                                name,
                                info.snapshot_id,
                                info.retrieved_at,
                                judgement.complete,
                                info.facts,
                                n_rows=info.n_read,
                                retrieved_on=raw.receipt(code.source, name).retrieved_on,
                            )
                        )
                        base = info if judgement.complete else base
            records.append(record)
        kept = None if base is None else {**asdict(base), "retrieved_at": base.retrieved_at.isoformat()}
        return records, accepted, kept


@dataclass(frozen=True)
class _Fed:
    """A snapshot that goes into a fold: an accepted one, or a repeat of the last accepted one."""

    name: str
    snapshot_id: str
    retrieved_at: datetime
    complete: bool
    facts: Mapping[str, Any]
    is_repeat: bool = False
    n_rows: int = 0
    retrieved_on: date | None = None


def _with_repeats(fed: Sequence[_Fed], raw: RawStore, source: str, names: Sequence[str], known: pl.DataFrame) -> list[_Fed]:
    """Put between the accepted snapshots those that served the bytes of the last accepted one again.

    The last one that the raw store accepted may have been refused for its content: a repeat of that confirms nothing.
    """
    by_name = {f.name: f for f in fed}
    before = known.filter(pl.col("verdict") == "accepted")["snapshot_id"]
    last = before[-1] if len(before) else None
    found = []
    for name in names:
        if name in by_name:
            found.append(by_name[name])
            last = by_name[name].snapshot_id
            continue
        receipt = raw.receipt(source, name)
        if receipt.verdict == "unchanged" and receipt.snapshot_id is not None and receipt.snapshot_id == last:
            on = receipt.retrieved_on
            found.append(_Fed(name, receipt.snapshot_id, receipt.retrieved_at, True, {}, is_repeat=True, retrieved_on=on))
    return found


def _batches(fed: Sequence[_Fed], rows_at_once: int | None) -> Iterator[Sequence[_Fed]]:
    """Snapshots to be folded together: all, or as many as hold so many rows. A fold gives the same either way."""
    batch: list[_Fed] = []
    n_rows = 0
    for f in fed:
        if batch and rows_at_once is not None and n_rows + f.n_rows > rows_at_once:
            yield batch
            batch, n_rows = [], 0
        batch.append(f)
        n_rows += f.n_rows
    if batch:
        yield batch


def _load(source: str, staged: StagedStore, fed: Sequence[_Fed]) -> Iterator[StagedSnapshot]:
    for f in fed:
        frames = {} if f.is_repeat else staged.frames(source, f.name)
        yield StagedSnapshot(f.snapshot_id, f.retrieved_at, f.complete, f.facts, frames, f.is_repeat, f.retrieved_on)


def _read_snapshots(path: Path) -> pl.DataFrame:
    """Stored rows of ``meta.snapshots``; those of an earlier version lack the precision, and none of them was read as a day."""
    found = table("meta.snapshots").conform(pl.read_parquet(path))
    return found.with_columns(pl.col("retrieved_precision").fill_null("second"))


def _snapshot_record(receipt: Receipt) -> dict[str, Any]:
    first = receipt.files[0] if receipt.files else None
    return {
        "source": receipt.source,
        "retrieved_at": receipt.retrieved_at,
        "retrieved_precision": receipt.retrieved_precision,
        "snapshot": receipt.snapshot,
        "snapshot_id": receipt.snapshot_id,
        "verdict": receipt.verdict,
        "reason": receipt.reason,
        "warnings": None,
        "is_complete": None,
        "url": first.url if first else None,
        "http_status": first.http_status if first else None,
        "etag": first.etag if first else None,
        "last_modified": first.last_modified if first else None,
        "n_bytes": sum(f.n_bytes for f in receipt.files),
        "n_files": len(receipt.files),
        "n_rows": None,
        "n_rejected": None,
    }
