"""The staged layer on disk: ``staged/<source>/<snapshot>/`` holds a file per frame, the rejects, and a record of what was found.

It can be rebuilt from raw at any time, and is whenever the code of its domain changes.
"""

from __future__ import annotations

import json
import logging
import shutil
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from assets import progress
from assets.amendments import Amended, Amendment, amend, as_cut
from assets.contracts import REJECTS, SourceCode, Staged, StagedSnapshot
from assets.errors import BilateralError, Quarantine
from assets.schema import table
from pipelines.ingest.raw_files import DamagedRaw
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt
from pipelines.storage.snapshot_status import SNAPSHOTS, AcceptedSnapshot, feeding, idle_corrections, to_judge
from pipelines.util.checksummed import Compared, read_checksummed, sha256_of, with_checksum
from pipelines.util.deadline import OutOfTime, deadline, seconds_for
from pipelines.util.state import SmallFiles, State

log = logging.getLogger(__name__)

RECORD = "staged.json"
"""In the folder of a snapshot, what staging found of it."""


REJECTED = "_rejects.parquet"


class DamagedStaged(BilateralError):
    """A staged snapshot is not as it was written. ``source``, ``snapshot``: its folder."""

    def __init__(self, source: str, snapshot: str, what: str) -> None:
        super().__init__(f"{what}; the next refresh reads the snapshot again from raw")
        self.source, self.snapshot, self.what = source, snapshot, what

    def __reduce__(self) -> tuple[type[DamagedStaged], tuple[str, str, str]]:
        return type(self), (self.source, self.snapshot, self.what)


class StagedStore:
    """``staged/`` of a warehouse."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._state = State(root.parent)
        self._indexes: dict[str, SmallFiles] = {}
        self._compared = Compared()

    def _index(self, source: str) -> SmallFiles:
        if source not in self._indexes:
            self._indexes[source] = SmallFiles(self._state, self.root / source, RECORD)
        return self._indexes[source]

    def record(self, source: str, snapshot: str) -> dict[str, Any] | None:
        """What staging found of a snapshot; None where it was not staged."""
        known = self._index(source).get(snapshot)
        if known is not None:
            return known
        path = self.root / source / snapshot / RECORD
        try:
            read = read_checksummed(path)[0]
            self._index(source).note(snapshot, read)
            return read
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            log.error("%s is damaged: the snapshot counts as not staged, and is read again from raw", path)
            return None

    def frames(self, source: str, snapshot: str) -> dict[str, pl.DataFrame]:
        """The staged frames of a snapshot. Raises BilateralError where one is not as it was written."""
        return {p.stem: pl.read_parquet(p) for p in self._whole(source, snapshot) if p.name != REJECTED}

    def snapshots(self, source: str, accepted: Iterable[AcceptedSnapshot]) -> Iterator[StagedSnapshot]:
        """Accepted snapshots one by one, as a fold is given them; a repeat has no frames. Raises as ``frames`` does."""
        for f in accepted:
            # under no name of its own: it is for the fold to keep or to let go
            yield StagedSnapshot(
                f.snapshot_id,
                f.retrieved_at,
                f.complete,
                f.facts,
                {} if f.is_repeat else self.frames(source, f.name),
                f.is_repeat,
                f.retrieved_on,
            )

    def scans(self, source: str, snapshot: str) -> dict[str, pl.LazyFrame]:
        """The same frames, not read yet, for a look at them; none where one is not as it was written."""
        try:
            return {p.stem: pl.scan_parquet(p) for p in self._whole(source, snapshot) if p.name != REJECTED}
        except DamagedStaged:
            return {}

    def rejects(self, source: str, snapshot: str) -> pl.DataFrame:
        """Rows of a snapshot that could not be read. Raises BilateralError where they are not as they were written."""
        found = self._whole(source, snapshot, [REJECTED])
        return pl.read_parquet(found[0]) if found else pl.DataFrame(schema=REJECTS)

    def _whole(self, source: str, snapshot: str, names: Collection[str] | None = None) -> list[Path]:
        """The files of a staged snapshot (of these names, without them all), each compared with its hash."""
        if damaged := self.damaged(source, snapshot, names):
            raise DamagedStaged(source, snapshot, damaged[0])
        record = self.record(source, snapshot) or {}
        return [self.root / source / snapshot / name for name in record["files"] if names is None or name in names]

    def damaged(self, source: str, snapshot: str, names: Collection[str] | None = None) -> list[str]:
        """What of a staged snapshot (of the files ``names``; without it all) is not as it was written, in words."""
        folder = self.root / source / snapshot
        try:
            record, _ = read_checksummed(folder / RECORD)
        except (OSError, ValueError) as error:
            return [f"{folder / RECORD}: {error}"]
        if "files" not in record:
            return [f"{folder / RECORD}: an earlier version wrote it, and noted no hash of the rows"]
        files = {folder / name: digest for name, digest in record["files"].items() if names is None or name in names}
        return [f"{path}: {what}" for path, digest in files.items() if (what := self._compared.what_is_wrong(path, digest))]

    def amendments(self, source: str, snapshot: str) -> pl.DataFrame:
        """What was amended in a snapshot: rows of ``meta.amendments``."""
        rows = (self.record(source, snapshot) or {}).get("amendments", [])
        named = [{"source": source, "snapshot": snapshot} | row for row in rows]
        return pl.DataFrame(named, schema=table("meta.amendments").polars)

    def idle_corrections(self, source: str, snapshot: str) -> tuple[str, ...]:
        """Corrections that did not find what they expect in a complete snapshot, in sentences."""
        return idle_corrections(self.record(source, snapshot) or {}, is_complete=True)

    def stage(
        self,
        code: SourceCode,
        raw: RawStore,
        fingerprint: str,
        judged: pl.DataFrame | None = None,
        amendments: Sequence[Amendment] = (),
    ) -> list[str]:
        """Stage what feeds the core and is not staged by this code yet; ``judged``: those that need no look. Returns names."""
        names = self.due(code, raw, fingerprint, judged)
        for draft in (self.root / code.source).glob(".*.new") if names else ():
            shutil.rmtree(draft, ignore_errors=True)  # of a run that ended before it could put it into its place
        self.stage_again(code, raw, names, fingerprint, amendments)
        self._index(code.source).save()
        raw.save_index(code.source)
        return names

    def due(self, code: SourceCode, raw: RawStore, fingerprint: str, judged: pl.DataFrame | None = None) -> list[str]:
        """The snapshots that ``stage`` would stage now; arguments as there."""
        known = judged if judged is not None else pl.DataFrame(schema=SNAPSHOTS)
        names, _ = to_judge(raw.snapshots(code.source), known)
        # of a source that may take late ones as they come, what was folded is most probably not read again
        as_noted = set() if code.late is None else set(known["snapshot"])
        found = []
        for name in fed_by(raw, code.source, names):
            record = self.record(code.source, name)
            is_old = record is None or record.get("fingerprint") != fingerprint
            if is_old or (name not in as_noted and self.damaged(code.source, name)):
                found.append(name)
        return found

    def remove(self, source: str, snapshot: str) -> None:
        """Remove what is staged of a snapshot."""
        shutil.rmtree(self.root / source / snapshot, ignore_errors=True)

    def stage_again(
        self, code: SourceCode, raw: RawStore, names: Sequence[str], fingerprint: str, amendments: Sequence[Amendment] = ()
    ) -> None:
        """Stage these snapshots of a source from raw, whatever is there of them; arguments as for ``stage``."""
        for name in progress.each(names, f"{code.source}: reading", "snapshots"):
            self._write(code.source, name, *self._read(code, raw, name, fingerprint, amendments))

    def _read(
        self, code: SourceCode, raw: RawStore, snapshot: str, fingerprint: str, amendments: Sequence[Amendment]
    ) -> tuple[dict[str, Any], Staged | None]:
        """Read a snapshot: the record of what was found, and its rows; None where it is refused."""
        receipt = raw.receipt(code.source, snapshot)
        record: dict[str, Any] = {
            "fingerprint": fingerprint,
            "snapshot_id": receipt.snapshot_id,
            "retrieved_at": receipt.retrieved_at.isoformat(),
            "n_read": None,
            "n_rejected": None,
            "facts": {},
        }
        staged: Staged | None = None
        seconds = seconds_for(sum(f.n_bytes for f in receipt.files))
        try:
            with deadline(seconds):
                files = raw.files(code.source, snapshot)
                staged, amended = amended_stage(code, files, amendments, day_of(receipt))
                staged = staged if receipt.cut is None else as_cut(staged, receipt.cut)
        except OutOfTime:
            log.error("staging %s %s: stopped after %s s", code.source, snapshot, seconds)
            record["refusal"] = (
                f"the parser had not come to an end after {seconds:,.0f} s of processor time and was stopped; "
                "the bytes are kept; please report this: the next version of the parser reads them again"
            )
        except DamagedRaw:
            raise  # no verdict on the snapshot: what its source served is another matter
        except Quarantine as refusal:
            record["refusal"] = str(refusal)
        except Exception as fault:
            # the last line of defence: a fault in one parser must not stop the other sources, and is reported as what it is
            log.exception("staging %s %s", code.source, snapshot)
            record["refusal"] = (
                f"the parser failed on it ({type(fault).__name__}: {fault}); the bytes are kept; "
                "please report this, with refresh.log"
            )
        else:
            info = code.remembered(receipt.snapshot_id or "", receipt.retrieved_at, staged, files)
            record |= info.entry() | {"refusal": None} | (amended.record() if amendments else {})
        return record, staged

    def _write(self, source: str, snapshot: str, record: dict[str, Any], staged: Staged | None) -> None:
        """Write a snapshot beside its place, and rename it into it."""
        draft = self.root / source / f".{snapshot}.{uuid.uuid4().hex}.new"
        draft.mkdir(parents=True)
        if staged is not None:
            for name, frame in staged.frames.items():
                frame.write_parquet(draft / f"{name}.parquet", compression="lz4", statistics=False)
            if staged.rejects.height:
                staged.rejects.write_parquet(draft / REJECTED)
        record["files"] = {path.name: sha256_of(path) for path in sorted(draft.iterdir())}
        # it need not be safe on the disk: what a power cut leaves of it does not fit its seal, and is read again from raw
        (draft / RECORD).write_text(json.dumps(with_checksum(record)), encoding="utf-8")
        folder = self.root / source / snapshot
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
        folder.unlink(missing_ok=True)
        draft.rename(folder)
        self._index(source).note(snapshot, record)


def fed_by(raw: RawStore, source: str, names: Sequence[str]) -> list[str]:
    """Those of a source's snapshots ``names`` (a run up to the newest) that feed the core."""
    before = raw.last_accepted(source, before=names[0]) if names else None
    return feeding([raw.receipt(source, name) for name in names], before)


def amended_stage(code: SourceCode, files: Mapping[str, bytes], wanted: Sequence[Amendment], day: date) -> tuple[Staged, Amended]:
    """What a reader gives of a snapshot, with what the declaration of its source amends in it; ``day`` of its retrieval, UTC."""
    try:
        staged = code.stage(files)
    except BaseException as fault:
        # a parser written in Rust panics with a class that is no Exception, and another one in each library
        if type(fault).__name__ == "PanicException":
            raise RuntimeError(f"the parser panicked: {fault}") from fault
        raise
    amended = amend(staged.frames, wanted, day)
    return replace(staged, frames=amended.frames), amended


def day_of(receipt: Receipt) -> date:
    """Day (UTC) on which a snapshot was retrieved."""
    return receipt.retrieved_on or receipt.retrieved_at.date()
