"""The staged and core layers, with a source of a few lines that fills core.program_aliases."""

import os
import re
import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.amendments import Amendment
from assets.contracts import (
    FOLD_REJECTS,
    REJECTS,
    CrossSource,
    DomainPackage,
    Folded,
    History,
    Judgement,
    RowGuard,
    SourceCode,
    Staged,
    StagedSnapshot,
)
from assets.errors import Quarantine
from assets.history import compare
from pipelines.ingest.decisions import NONE
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.sources import FileSpec
from pipelines.storage.core import CoreStore
from pipelines.storage.manifest import Manifest, NewSnapshot
from pipelines.storage.planning import SourcePlanner
from pipelines.storage.snapshot_status import AcceptedSnapshot, batches
from pipelines.storage.staged import StagedStore
from pipelines.util import deadline
from pipelines.util.atomic_files import merge_parquet
from tests.pipelines.examples import a_source

SOURCE = a_source(max_bytes=1000, max_line_bytes=100, files={"a.txt": FileSpec()})
GUARDS = {"us_ofac_sdn": RowGuard(min_share=0.6)}


def stage(files: Mapping[str, bytes]) -> Staged:
    """Lines ``raw=program``; a line without ``=`` is a reject, the word STOP a refusal, CRASH a fault of the parser."""
    lines = files["a.txt"].decode().split()
    if "STOP" in lines:
        raise Quarantine("it says STOP")
    if "CRASH" in lines:
        raise ZeroDivisionError("a bug")
    rows = pl.DataFrame([x.split("=") for x in lines if "=" in x], schema=["program_raw", "program"], orient="row")
    of_file = {"file": "a.txt", "column": None, "reason": "no ="}
    bad = [of_file | {"row": i, "value": x} for i, x in enumerate(lines, 1) if "=" not in x]
    return Staged({"rows": rows}, pl.DataFrame(bad, schema=REJECTS), len(lines))


def fold(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Keep the newest value per key open, and what it replaced closed; notes count the snapshots folded."""
    opened, closed, n = history.open("program_aliases"), [], history.notes.get("n", 0)
    for s in snapshots:
        seen = s.frames["rows"].with_columns(pl.lit(s.retrieved_at.isoformat()).alias("note"))
        found = compare(opened, seen, key=["program_raw"], values=["program"])
        new = (frame.select(opened.columns) for frame in (found.replacing, found.new))
        opened = pl.concat([found.unchanged, found.absent, *new])
        closed.append(found.superseded)
        n += 1
    return Folded({"program_aliases": opened}, {"program_aliases": pl.concat(closed)} if closed else {}, {"n": n})


HERE = DomainPackage("sanctions", (SourceCode("us_ofac_sdn", ("program_aliases",), stage, fold),))


def here(**changes: Any) -> DomainPackage:
    """The domain with changes of its source."""
    return replace(HERE, sources=(replace(HERE.sources[0], **changes),))


ANY = dict.fromkeys(("us_ofac_sdn", "us_ofac_cons", "us_bis_dpl", "sanctions"), "any")


Told = tuple[str, str, str | None]
"""Day, verdict and reason of a snapshot."""


class Warehouse:
    """Three layers on a folder, and a refresh that promotes what it folds."""

    def __init__(self, folder: Path) -> None:
        self.raw, self.staged, self.core = RawStore(folder / "raw"), StagedStore(folder / "staged"), CoreStore(folder / "core")

    def put(self, *texts: str, day: int = 1) -> Self:
        """Take in a snapshot of a day, and of those after it."""
        for n, text in enumerate(texts, day):
            self.raw.put(SOURCE, datetime(2023, 1, n), {"a.txt": text.encode()}, origin="archive")
        return self

    def fold(
        self, package: DomainPackage = HERE, guards: Mapping[str, RowGuard] = GUARDS, fingerprint: str = "any"
    ) -> tuple[Manifest, list[NewSnapshot], list[str]]:
        """Stage and fold the sources of a domain; the candidate is not promoted."""
        for code in package.sources:
            self.staged.stage(code, self.raw, fingerprint)
        return self.core.fold(package, self.raw, self.staged, guards, {}, dict.fromkeys(ANY, fingerprint))

    def refresh(self, package: DomainPackage = HERE, guards: Mapping[str, RowGuard] = GUARDS) -> list[Told]:
        candidate, new, _ = self.fold(package, guards)
        self.core.promote(candidate)
        return [(n.snapshot[:10], n.verdict, n.reason) for n in new]

    def rows(self) -> list[tuple[str, str]]:
        files = self.core.files(self.core.current("sanctions"), "program_aliases")
        return sorted(pl.read_parquet(files).select("program_raw", "program").iter_rows()) if files else []

    def version(self) -> str:
        return self.core.current("sanctions").version


@pytest.fixture
def wh(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def test_a_fold_in_steps_gives_what_a_fold_at_once_gives(wh: Warehouse, tmp_path: Path) -> None:
    other = Warehouse(tmp_path / "other")
    for day, text in enumerate(("a=1 b=2", "a=1 b=3", "a=4 b=3 c=5"), 1):
        other.put(text, day=day)
        wh.put(text, day=day).refresh()
    other.refresh()
    assert wh.rows() == other.rows() == [("a", "1"), ("a", "4"), ("b", "2"), ("b", "3"), ("c", "5")]
    assert wh.version() == other.version()


def test_nothing_new_keeps_the_version_and_the_files_and_the_same_bytes_again_are_noted(wh: Warehouse) -> None:
    wh.put("a=1 b=2").refresh()
    before = wh.version(), sorted(p for p in wh.core.root.rglob("*.parquet"))
    assert wh.refresh() == []
    assert (wh.version(), sorted(p for p in wh.core.root.rglob("*.parquet"))) == before
    assert wh.put("a=1 b=2", day=2).refresh() == [("2023-01-02", "unchanged", None)]
    assert wh.version() == before[0]
    assert wh.core.snapshots(wh.core.current("sanctions")).height == 2


def test_a_repeat_reaches_a_source_that_asks_for_it_unless_it_repeats_what_was_refused(wh: Warehouse) -> None:
    seen: list[tuple[int, bool]] = []

    def watch(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        seen.extend((s.retrieved_at.day, s.is_repeat) for s in snapshots)
        return Folded({"program_aliases": history.open("program_aliases")})

    wh.put("a=1 b=2", "a=1 b=2", "STOP a=3", "STOP a=3", "a=1 b=2").refresh(here(fold=watch, takes_repeats=True))
    assert seen == [(1, False), (2, True), (5, False)]


def test_an_older_snapshot_makes_the_source_fold_again_from_raw_and_what_it_came_between_count_again(
    wh: Warehouse, tmp_path: Path
) -> None:
    wh.put("a=3 b=2", day=3).refresh()
    wh.put("a=1 b=2")
    assert [n[0] for n in wh.refresh()] == ["2023-01-01"]
    other = Warehouse(tmp_path / "other").put("a=1 b=2").put("a=3 b=2", day=3)
    other.refresh()
    assert wh.rows() == other.rows() == [("a", "1"), ("a", "3"), ("b", "2")]
    assert wh.version() == other.version()
    wh.put("a=1 b=2", day=4).put("a=1 b=2", day=6).refresh()
    wh.put("a=9 b=2", day=5).refresh()
    opened = wh.core.current("sanctions").sources["us_ofac_sdn"].tables["program_aliases"]["open"]
    current = pl.read_parquet(wh.core.root / "sanctions" / "parts" / opened)
    assert dict(current.select("program_raw", "program").iter_rows()) == {"a": "1", "b": "2"}


def test_a_refusal_and_a_fault_of_the_parser_or_one_without_end_are_quarantined_with_their_reason(
    wh: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stage_or_hang(files: Mapping[str, bytes]) -> Staged:
        while b"SPIN" in files["a.txt"]:
            try:
                re.fullmatch("(x+x+)+y", "x" * 200)
            except Exception:
                continue
        return stage(files)

    monkeypatch.setattr(deadline, "LEAST_S", 0.2)
    wh.put("a=1 b=2", "STOP a=2", "CRASH a=3", "SPIN a=3", "a=4 b=2")
    (first, stop, crash, spin, last) = wh.refresh(here(stage=stage_or_hang))
    assert first[1] == last[1] == "accepted"
    assert stop == ("2023-01-02", "quarantined", "it says STOP")
    assert (crash[1], "ZeroDivisionError: a bug" in str(crash[2])) == ("quarantined", True)
    assert (spin[1], "had not come to an end" in str(spin[2])) == ("quarantined", True)
    assert wh.rows() == [("a", "1"), ("a", "4"), ("b", "2")]


def test_a_larger_snapshot_gets_more_time_and_a_block_that_ends_in_time_leaves_no_timer_behind() -> None:
    assert deadline.seconds_for(0) == deadline.LEAST_S
    assert deadline.seconds_for(10_000_000) == deadline.LEAST_S + 10 * deadline.S_PER_MB
    before = signal.getsignal(signal.SIGVTALRM)
    with deadline.deadline(1000):
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) == before


def test_a_cut_snapshot_is_quarantined_and_no_baseline_and_so_is_one_with_too_many_rows_that_cannot_be_read(
    wh: Warehouse,
) -> None:
    wh.put("a=1 b=2 c=3 d=4", "a=1", "b=1 a=1", "a=1 what is this")
    told = wh.refresh()
    assert [verdict for _, verdict, _ in told] == ["accepted", "quarantined", "quarantined", "quarantined"]
    assert "3 of 4 rows cannot be read" in (told[-1][2] or "")


def test_a_reader_that_stops_seeing_a_column_is_quarantined_and_the_ordinary_snapshot_is_not(wh: Warehouse) -> None:
    def emptied(files: Mapping[str, bytes]) -> Staged:
        staged = stage(files)
        rows = staged.frames["rows"].with_columns(program=pl.col("program").replace({"?": None}))
        return replace(staged, frames={"rows": rows})

    guards = {"us_ofac_sdn": RowGuard(min_share=0.6, fill={"rows": {"program": 0.6}})}
    wh.put("a=1 b=2 c=?", "a=? b=? c=3")
    reason = "column program of rows is filled in 1 of 3 rows (33.3%), below the limit of 60%: has the layout changed?"
    expected = [("2023-01-01", "accepted", None), ("2023-01-02", "quarantined", reason)]
    assert wh.refresh(here(stage=emptied), guards) == expected


def test_a_candidate_that_is_not_promoted_leaves_the_current_core_and_promotion_deletes_what_nothing_refers_to(
    wh: Warehouse,
) -> None:
    wh.put("a=1 b=2").refresh()
    wh.put("a=2 b=2", day=2).fold()
    assert wh.rows() == [("a", "1"), ("b", "2")]
    wh.refresh()
    assert wh.rows() == [("a", "1"), ("a", "2"), ("b", "2")]
    kept = {f for s in wh.core.current("sanctions").sources.values() for f in s.files()}
    assert {p.name for p in (wh.core.root / "sanctions" / "parts").iterdir()} == kept


def test_a_fold_finds_the_frames_it_kept_and_those_alone_stay_on_disk_unpublished(wh: Warehouse) -> None:
    found: list[pl.DataFrame | None] = []

    def keep(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        found.append(history.kept("seen"))
        days = [s.retrieved_at.day for s in snapshots]
        return Folded({"program_aliases": history.open("program_aliases")}, kept={"seen": pl.DataFrame({"day": days})})

    for day in (1, 2, 3):
        wh.put(f"a={day}", day=day).refresh(here(fold=keep))
    assert [None if f is None else f["day"].to_list() for f in found] == [None, [1], [2]]
    state = wh.core.current("sanctions").sources["us_ofac_sdn"]
    parts = wh.core.root / "sanctions" / "parts"
    assert [p.name for p in parts.glob("*kept*")] == [state.kept["seen"]]
    assert pl.read_parquet(parts / state.kept["seen"])["day"].to_list() == [3]
    assert wh.core.files(wh.core.current("sanctions"), "seen") == []


def test_a_fold_that_fails_leaves_its_source_as_it_was_and_the_others_go_on(wh: Warehouse) -> None:
    wh.put("a=1").refresh()

    def broken(*_: object) -> Folded:
        raise KeyError("column")

    other = a_source(id="us_ofac_cons", max_bytes=1000, max_line_bytes=100, files={"a.txt": FileSpec()})
    wh.raw.put(other, datetime(2023, 1, 2), {"a.txt": b"z=9"}, origin="archive")
    codes = here(fold=broken).sources + here(source="us_ofac_cons").sources
    package = DomainPackage("sanctions", codes)
    candidate, new, failed = wh.put("a=2", day=2).fold(package, GUARDS | {"us_ofac_cons": RowGuard()})
    wh.core.promote(candidate)
    assert wh.rows() == [("a", "1"), ("z", "9")]
    assert [n.source for n in new] == ["us_ofac_cons"]
    assert failed == [
        "us_ofac_sdn: its last core stays: the fold failed (KeyError: 'column'); please report this, with refresh.log"
    ]


def test_what_a_fold_rejects_is_kept_with_its_snapshot_and_goes_with_its_core(wh: Warehouse) -> None:
    def rejecting(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        given = list(snapshots)
        reason = [{"snapshot_id": s.snapshot_id, "file": "a.txt", "value": "x", "reason": "not to be coded"} for s in given]
        return replace(fold(history, given), rejects=pl.DataFrame(reason, schema=FOLD_REJECTS))

    for day, fingerprint in ((1, "one"), (2, "one"), (3, "other")):
        candidate, _, _ = wh.put(f"a={day}", day=day).fold(here(fold=rejecting), fingerprint=fingerprint)
        wh.core.promote(candidate)
        rejects = wh.core.rejects(candidate)
        assert [s[:10] for s in rejects["snapshot"]] == [f"2023-01-{n:02d}" for n in range(1, day + 1)]
    assert set(rejects["reason"]) == {"not to be coded"}


def test_what_is_made_across_sources_is_made_again_when_one_of_them_has_changed(wh: Warehouse) -> None:
    calls: list[int] = []

    def decisions(rows: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
        held = rows("program_aliases").collect()
        calls.append(held.height)
        named = {"listing_id": pl.col("program_raw"), "actor_id": pl.col("program")}
        constant = {"other_id": pl.lit("~"), "rule": pl.lit("name"), "is_same": pl.lit(True), "evidence": pl.lit("test")}
        return {"party_decisions": held.select(**named, **constant, score=pl.lit(None, pl.Float64))}

    package = DomainPackage("sanctions", HERE.sources, CrossSource(("party_decisions",), decisions))

    def refresh() -> pl.DataFrame:
        candidate, _, failed = wh.fold(package)
        assert failed == []
        wh.core.derive_across(package, candidate, wh.core.current("sanctions"), ANY)
        wh.core.promote(candidate)
        return pl.read_parquet(wh.core.files(wh.core.current("sanctions"), "party_decisions"))

    wh.put("a=1")
    first = refresh()
    assert_frame_equal(refresh(), first)
    assert calls == [1]
    wh.put("a=1 b=2", day=2)
    assert refresh()["listing_id"].to_list() == ["a", "b"]
    assert calls == [1, 2]


def test_a_correction_whose_row_is_gone_is_a_warning_in_a_complete_snapshot_alone(wh: Warehouse) -> None:
    correction = Amendment("correction", "rows", "program", "1", "9", "a slip", (("program_raw", "a"),), "a notice")
    wh.put("a=1 b=2", "b=2 c=3", "b=2 c=4")
    package = here(judge=lambda info, _base, _guard: Judgement(complete=info.retrieved_at.day != 3))
    wh.staged.stage(package.sources[0], wh.raw, "any", amendments=[correction])
    candidate, new, _ = wh.core.fold(package, wh.raw, wh.staged, GUARDS, {}, ANY)
    wh.core.promote(candidate)
    assert ("a", "9") in wh.rows()
    warned = {n.snapshot[:10]: n.warnings for n in new if n.warnings}
    assert list(warned) == ["2023-01-02"]
    assert "no row is named by that any more" in str(warned["2023-01-02"])


def test_what_a_source_was_folded_to_by_itself_is_taken_by_its_domain_unless_more_came_since_or_a_file_was_damaged(
    wh: Warehouse,
) -> None:
    calls: list[int] = []

    def count(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        calls.append(1)
        return fold(history, snapshots)

    package = here(fold=count)

    def fold_source_alone() -> None:
        wh.staged.stage(package.sources[0], wh.raw, "any")
        planner = SourcePlanner(package.sources[0], wh.raw, wh.staged, GUARDS["us_ofac_sdn"], NONE)
        wh.core.fold_source(wh.core.current("sanctions"), planner, "any")

    def fold_domain() -> int:
        """Of another process, which knows of nothing that was written; how often the source was folded."""
        wh.core = CoreStore(wh.core.root)
        wh.refresh(package)
        return len(calls)

    wh.put("a=1 b=2")
    fold_source_alone()
    assert (fold_domain(), wh.rows()) == (1, [("a", "1"), ("b", "2")])
    wh.put("a=3 b=2", day=2)
    fold_source_alone()
    wh.put("a=4 b=2", day=3)
    assert (fold_domain(), wh.rows()) == (3, [("a", "1"), ("a", "3"), ("a", "4"), ("b", "2")])
    wh.put("a=5 b=2", day=4)
    fold_source_alone()
    known = wh.core.current("sanctions").files()
    new = next(p for p in wh.core.parts("sanctions").glob("*.open.parquet") if p.name not in known)
    new.write_bytes(b"spoiled")
    assert (fold_domain(), len(wh.rows())) == (5, 5)


def fed(*n_rows: int) -> list[AcceptedSnapshot]:
    return [AcceptedSnapshot(str(i), str(i), datetime(2024, 1, 1), True, {}, n_rows=n) for i, n in enumerate(n_rows)]


def test_snapshots_are_folded_as_many_at_a_time_as_hold_so_many_rows() -> None:
    for rows_at_once, expected in ((None, "0123"), (100, "01 2 3"), (1, "0 1 2 3"), (10_000, "0123")):
        found = batches(fed(40, 60, 500, 1), rows_at_once)
        assert " ".join("".join(f.name for f in batch) for batch in found) == expected
    assert list(batches([], 100)) == []


def test_merged_files_hold_the_rows_of_all_in_their_order(tmp_path: Path) -> None:
    frames = [pl.DataFrame({"id": [n, n + 1], "text": [None, "x"]}) for n in (5, 1, 3)]
    files = [tmp_path / f"{n}.parquet" for n in range(3)]
    for frame, file in zip(frames, files, strict=True):
        frame.write_parquet(file)
    merge_parquet(files, tmp_path / "merged.parquet")
    assert_frame_equal(pl.read_parquet(tmp_path / "merged.parquet"), pl.concat(frames))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.parquet", "1.parquet", "2.parquet", "merged.parquet"]


def test_how_far_polars_reads_ahead_is_set_for_a_merge_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, seen, scan = "POLARS_ROW_GROUP_PREFETCH_SIZE", list[str | None](), pl.scan_parquet
    monkeypatch.setattr(pl, "scan_parquet", lambda files: seen.append(os.environ.get(name)) or scan(files))  # type: ignore[func-returns-value]
    pl.DataFrame({"id": [1]}).write_parquet(tmp_path / "one.parquet")
    monkeypatch.delenv(name, raising=False)
    for before in (None, "7"):
        if before:
            monkeypatch.setenv(name, before)
        merge_parquet([tmp_path / "one.parquet"], tmp_path / "merged.parquet")
        assert os.environ.get(name) == before
    assert seen == ["1", "1"]
