"""The staged and core layers, with a source of a few lines that fills core.program_aliases."""

import re
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

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
from pipelines.storage import core
from pipelines.storage.core import CoreStore
from pipelines.storage.planning import SourcePlanner
from pipelines.storage.snapshot_status import to_judge
from pipelines.storage.staged import StagedStore
from pipelines.util import atomic_files, deadline
from tests.pipelines.examples import a_source

SOURCE = a_source(max_bytes=1000, max_line_bytes=100, files={"a.txt": FileSpec()},
)  # fmt: skip
GUARDS = {"us_ofac_sdn": RowGuard(min_share=0.6)}


def stage(files: Mapping[str, bytes]) -> Staged:
    """Lines ``raw=program``; a line without ``=`` is a reject, the word STOP a refusal, CRASH a fault of the parser."""
    lines = files["a.txt"].decode().split()
    if "STOP" in lines:
        raise Quarantine("it says STOP")
    if "CRASH" in lines:
        raise ZeroDivisionError("a bug")
    good = [x.split("=") for x in lines if "=" in x]
    bad = [
        {"file": "a.txt", "row": i, "column": None, "value": x, "reason": "no ="} for i, x in enumerate(lines, 1) if "=" not in x
    ]
    rows = pl.DataFrame(good, schema={"program_raw": pl.String, "program": pl.String}, orient="row")
    return Staged({"rows": rows}, pl.DataFrame(bad, schema=REJECTS), len(lines))


def fold(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Keep the newest value per key open, and what it replaced closed; notes count the snapshots folded."""
    opened, closed, n = history.open("program_aliases"), [], history.notes.get("n", 0)
    for s in snapshots:
        seen = s.frames["rows"].with_columns(pl.lit(s.retrieved_at.isoformat()).alias("note"))
        found = compare(opened, seen, key=["program_raw"], values=["program"])
        opened = pl.concat(
            [found.unchanged, found.absent, found.replacing.select(opened.columns), found.new.select(opened.columns)]
        )
        closed.append(found.superseded)
        n += 1
    return Folded({"program_aliases": opened}, {"program_aliases": pl.concat(closed)} if closed else {}, {"n": n})


SNAPSHOTS_JUDGED = pl.DataFrame({"snapshot": ["s1", "s3"], "verdict": ["accepted", "failed"]})

HERE = DomainPackage("sanctions", (SourceCode("us_ofac_sdn", ("program_aliases",), stage, fold),))
ANY = dict.fromkeys(("us_ofac_sdn", "us_ofac_cons", "us_bis_dpl", "sanctions"), "any")


class Warehouse:
    """Three layers on a folder, and a refresh that promotes what it folds."""

    def __init__(self, folder: Path) -> None:
        self.raw, self.staged, self.core = RawStore(folder / "raw"), StagedStore(folder / "staged"), CoreStore(folder / "core")

    def put(self, day: int, text: str) -> None:
        self.raw.put(SOURCE, datetime(2023, 1, day), {"a.txt": text.encode()}, origin="archive")

    def refresh(self, promote: bool = True) -> list[tuple[str, str, str | None]]:
        self.staged.stage(HERE.sources[0], self.raw, "any")
        candidate, new, _ = self.core.fold(HERE, self.raw, self.staged, GUARDS, {}, ANY)
        if promote:
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
    for day, text in ((1, "a=1 b=2"), (2, "a=1 b=3"), (3, "a=4 b=3 c=5")):
        for w in (wh, other):
            w.put(day, text)
        wh.refresh()
    other.refresh()
    assert wh.rows() == other.rows() == [("a", "1"), ("a", "4"), ("b", "2"), ("b", "3"), ("c", "5")]
    assert wh.version() == other.version()


def test_closed_files_are_merged_by_levels_so_that_rows_are_seldom_written_again(
    wh: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "MOST_PARTS", 2)
    written: list[int] = []
    merge = atomic_files.merge_parquet

    def count(files: Sequence[Path], path: Path) -> None:
        merge(files, path)
        written.append(pl.read_parquet(path).height)

    monkeypatch.setattr(core, "merge_parquet", count)
    n = 28
    for day in range(1, n + 1):
        wh.put(day, f"a={day} b=2")
        wh.refresh()
    assert wh.rows() == sorted([("b", "2"), *(("a", str(day)) for day in range(1, n + 1))])
    files = wh.core.current("sanctions").sources["us_ofac_sdn"].tables["program_aliases"]["closed"]
    # of 27 rows in files of one: nine merges of three, three of nine, one of all
    assert (len(files), len(written), sum(written)) == (1, 13, 3 * 27)
    assert pl.read_parquet([wh.core.parts("sanctions") / f for f in files])["program"].to_list() == [str(d) for d in range(1, n)]


def test_nothing_new_keeps_the_version_and_the_files(wh: Warehouse) -> None:
    wh.put(1, "a=1 b=2")
    wh.refresh()
    before = wh.version(), sorted(p for p in wh.core.root.rglob("*.parquet"))
    assert wh.refresh() == []
    assert (wh.version(), sorted(p for p in wh.core.root.rglob("*.parquet"))) == before


def test_the_same_bytes_again_are_noted_without_another_version(wh: Warehouse) -> None:
    wh.put(1, "a=1 b=2")
    wh.refresh()
    before = wh.version()
    wh.put(2, "a=1 b=2")
    assert wh.refresh() == [("2023-01-02", "unchanged", None)]
    assert wh.version() == before
    assert wh.core.snapshots(wh.core.current("sanctions")).height == 2


def test_a_repeat_reaches_a_source_that_asks_for_it_unless_it_repeats_what_was_refused(wh: Warehouse) -> None:
    seen: list[tuple[int, bool]] = []

    def watch(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        seen.extend((s.retrieved_at.day, s.is_repeat) for s in snapshots)
        return Folded({"program_aliases": history.open("program_aliases")})

    package = DomainPackage("sanctions", (SourceCode("us_ofac_sdn", ("program_aliases",), stage, watch, takes_repeats=True),))
    for day, text in ((1, "a=1 b=2"), (2, "a=1 b=2"), (3, "STOP a=3"), (4, "STOP a=3"), (5, "a=1 b=2")):
        wh.put(day, text)
    wh.staged.stage(package.sources[0], wh.raw, "any")
    wh.core.promote(wh.core.fold(package, wh.raw, wh.staged, GUARDS, {}, ANY)[0])
    assert seen == [(1, False), (2, True), (5, False)]


def test_an_older_snapshot_makes_the_source_fold_again_from_raw(wh: Warehouse, tmp_path: Path) -> None:
    wh.put(3, "a=3 b=2")
    wh.refresh()
    wh.put(1, "a=1 b=2")
    assert [n[0] for n in wh.refresh()] == ["2023-01-01"]
    other = Warehouse(tmp_path / "other")
    other.put(1, "a=1 b=2")
    other.put(3, "a=3 b=2")
    other.refresh()
    assert wh.rows() == other.rows() == [("a", "1"), ("a", "3"), ("b", "2")]
    assert wh.version() == other.version()


def test_a_snapshot_before_a_failed_one_is_late_for_nothing() -> None:
    judged = SNAPSHOTS_JUDGED
    assert to_judge(["s1", "s2", "s3", "s4"], judged) == (["s2", "s4"], False)
    assert to_judge(["s0", "s1", "s2", "s3"], judged) == (["s0", "s1", "s2", "s3"], True)
    assert to_judge(["s1", "s3"], judged) == ([], False)


def test_bytes_that_an_older_import_came_between_count_again(wh: Warehouse) -> None:
    wh.put(1, "a=1 b=2")
    wh.put(3, "a=1 b=2")
    wh.refresh()
    wh.put(2, "a=9 b=2")
    wh.refresh()
    opened = wh.core.current("sanctions").sources["us_ofac_sdn"].tables["program_aliases"]["open"]
    current = pl.read_parquet(wh.core.root / "sanctions" / "parts" / opened)
    assert dict(current.select("program_raw", "program").iter_rows()) == {"a": "1", "b": "2"}


def test_a_refusal_and_a_fault_of_the_parser_are_quarantined_with_their_reason(wh: Warehouse) -> None:
    wh.put(1, "a=1 b=2")
    wh.put(2, "STOP a=2")
    wh.put(3, "CRASH a=3")
    wh.put(4, "a=4 b=2")
    told = {day: (verdict, reason) for day, verdict, reason in wh.refresh()}
    assert told["2023-01-02"] == ("quarantined", "it says STOP")
    assert told["2023-01-03"][0] == "quarantined"
    assert "ZeroDivisionError: a bug" in (told["2023-01-03"][1] or "")
    assert told["2023-01-04"] == ("accepted", None)
    assert wh.rows() == [("a", "1"), ("a", "4"), ("b", "2")]


def test_a_parser_that_does_not_come_to_an_end_is_stopped_and_its_snapshot_quarantined(
    wh: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stage_or_hang(files: Mapping[str, bytes]) -> Staged:
        text = files["a.txt"].decode()
        while "SPIN" in text:
            try:
                re.fullmatch("(x+x+)+y", "x" * 200)
            except Exception:
                continue
        return stage(files)

    monkeypatch.setattr(deadline, "LEAST_S", 0.2)
    wh.put(1, "a=1 b=2")
    wh.put(2, "SPIN a=2")
    wh.put(3, "a=4 b=2")
    StagedStore(wh.staged.root).stage(replace(HERE.sources[0], stage=stage_or_hang), wh.raw, "any")
    told = {day: (verdict, reason) for day, verdict, reason in wh.refresh()}
    assert told["2023-01-02"][0] == "quarantined"
    assert "had not come to an end" in (told["2023-01-02"][1] or "")
    assert told["2023-01-03"] == ("accepted", None)


def test_a_block_that_ends_in_time_leaves_no_timer_behind() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with deadline.deadline(1000):
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) == before


def test_a_larger_snapshot_gets_more_time() -> None:
    assert deadline.seconds_for(0) == deadline.LEAST_S
    assert deadline.seconds_for(10_000_000) == deadline.LEAST_S + 10 * deadline.S_PER_MB


def test_a_cut_snapshot_is_quarantined_and_is_no_baseline_for_the_next(wh: Warehouse) -> None:
    wh.put(1, "a=1 b=2 c=3 d=4")
    wh.put(2, "a=1")
    wh.put(3, "b=1 a=1")
    verdicts = [v for _, v, _ in wh.refresh()]
    assert verdicts == ["accepted", "quarantined", "quarantined"]


def test_too_many_rows_that_cannot_be_read_quarantine_the_snapshot(wh: Warehouse) -> None:
    wh.put(1, "a=1 what is this")
    (_, verdict, reason) = wh.refresh()[0]
    assert verdict == "quarantined"
    assert "3 of 4 rows cannot be read" in (reason or "")


def test_a_reader_that_stops_seeing_a_column_is_quarantined_and_the_ordinary_snapshot_is_not(wh: Warehouse) -> None:
    def emptied(files: Mapping[str, bytes]) -> Staged:
        staged = stage(files)
        rows = staged.frames["rows"].with_columns(program=pl.col("program").replace({"?": None}))
        return replace(staged, frames={"rows": rows})

    guards = {"us_ofac_sdn": RowGuard(min_share=0.6, fill={"rows": {"program": 0.6}})}
    package = DomainPackage("sanctions", (SourceCode("us_ofac_sdn", ("program_aliases",), emptied, fold),))
    wh.put(1, "a=1 b=2 c=?")
    wh.put(2, "a=? b=? c=3")
    wh.staged.stage(package.sources[0], wh.raw, "any")
    _, new, _ = wh.core.fold(package, wh.raw, wh.staged, guards, {}, ANY)
    assert [(n.verdict, n.reason) for n in new] == [
        ("accepted", None),
        (
            "quarantined",
            "column program of rows is filled in 1 of 3 rows (33.3%), below the limit of 60%: has the layout changed?",
        ),
    ]


def test_a_candidate_that_is_not_promoted_leaves_the_current_core(wh: Warehouse) -> None:
    wh.put(1, "a=1 b=2")
    wh.refresh()
    wh.put(2, "a=2 b=2")
    wh.refresh(promote=False)
    assert wh.rows() == [("a", "1"), ("b", "2")]
    wh.refresh()
    assert wh.rows() == [("a", "1"), ("a", "2"), ("b", "2")]


def test_many_closed_files_become_one_without_losing_rows(wh: Warehouse) -> None:
    for day in range(1, 31):
        for text in (f"a={day}", f"a={day}x"):
            wh.raw.put(SOURCE, datetime(2023, 1, day, len(text)), {"a.txt": text.encode()}, origin="archive")
            wh.refresh()
    assert len(wh.rows()) == 60
    assert len(wh.core.files(wh.core.current("sanctions"), "program_aliases")) < 40
    assert wh.core.current("sanctions").sources["us_ofac_sdn"].notes == {"n": 60}


def test_promotion_deletes_what_nothing_refers_to(wh: Warehouse) -> None:
    for day in (1, 2, 3):
        wh.put(day, f"a={day}")
        wh.refresh()
    kept = {f for s in wh.core.current("sanctions").sources.values() for f in s.files()}
    assert {p.name for p in (wh.core.root / "sanctions" / "parts").iterdir()} == kept


def test_a_fold_finds_the_frames_it_kept_and_those_alone_stay_on_disk_unpublished(wh: Warehouse) -> None:
    found: list[pl.DataFrame | None] = []

    def keep(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        found.append(history.kept("seen"))
        days = [s.retrieved_at.day for s in snapshots]
        return Folded({"program_aliases": history.open("program_aliases")}, kept={"seen": pl.DataFrame({"day": days})})

    package = DomainPackage("sanctions", (SourceCode("us_ofac_sdn", ("program_aliases",), stage, keep),), None)
    for day in (1, 2, 3):
        wh.put(day, f"a={day}")
        wh.staged.stage(package.sources[0], wh.raw, "any")
        wh.core.promote(wh.core.fold(package, wh.raw, wh.staged, GUARDS, {}, ANY)[0])
    assert [None if f is None else f["day"].to_list() for f in found] == [None, [1], [2]]
    state = wh.core.current("sanctions").sources["us_ofac_sdn"]
    parts = wh.core.root / "sanctions" / "parts"
    assert [p.name for p in parts.glob("*kept*")] == [state.kept["seen"]]
    assert pl.read_parquet(parts / state.kept["seen"])["day"].to_list() == [3]
    assert wh.core.files(wh.core.current("sanctions"), "seen") == []


def test_a_fold_that_fails_leaves_its_source_as_it_was_and_the_others_go_on(wh: Warehouse) -> None:
    wh.put(1, "a=1")
    wh.refresh()

    def broken(*_: object) -> Folded:
        raise KeyError("column")

    other = a_source(id="us_ofac_cons", max_bytes=1000, max_line_bytes=100, files={"a.txt": FileSpec()})
    wh.raw.put(other, datetime(2023, 1, 2), {"a.txt": b"z=9"}, origin="archive")
    wh.put(2, "a=2")
    codes = (
        SourceCode("us_ofac_sdn", ("program_aliases",), stage, broken),
        SourceCode("us_ofac_cons", ("program_aliases",), stage, fold),
    )
    for code in codes:
        wh.staged.stage(code, wh.raw, "any")
    package = DomainPackage("sanctions", codes)
    guards = GUARDS | {"us_ofac_cons": RowGuard()}
    candidate, new, failed = wh.core.fold(package, wh.raw, wh.staged, guards, {}, ANY)
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

    code = SourceCode("us_ofac_sdn", ("program_aliases",), stage, rejecting)
    package = DomainPackage("sanctions", (code,))
    for day, fingerprint in ((1, "one"), (2, "one"), (3, "other")):
        wh.put(day, f"a={day}")
        wh.staged.stage(code, wh.raw, fingerprint)
        candidate, _, _ = wh.core.fold(package, wh.raw, wh.staged, GUARDS, {}, {"us_ofac_sdn": fingerprint})
        wh.core.promote(candidate)
        rejects = wh.core.rejects(candidate)
        assert [s[:10] for s in rejects["snapshot"]] == [f"2023-01-{n:02d}" for n in range(1, day + 1)]
    assert set(rejects["reason"]) == {"not to be coded"}


def decisions_of(aliases: pl.DataFrame) -> pl.DataFrame:
    """A decision for each alias of a program, as a domain might make one."""
    return aliases.select(
        pl.col("program_raw").alias("listing_id"),
        pl.lit("~").alias("other_id"),
        pl.lit("name").alias("rule"),
        pl.lit(True).alias("is_same"),
        pl.lit("for the test").alias("evidence"),
        pl.lit(None, pl.Float64).alias("score"),
        pl.col("program").alias("actor_id"),
    )


def test_what_is_made_across_sources_is_made_again_when_one_of_them_has_changed(wh: Warehouse) -> None:
    calls: list[int] = []

    def decisions(rows: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
        held = rows("program_aliases").collect()
        calls.append(held.height)
        return {"party_decisions": decisions_of(held)}

    package = DomainPackage("sanctions", HERE.sources, CrossSource(("party_decisions",), decisions))

    def refresh() -> pl.DataFrame:
        wh.staged.stage(HERE.sources[0], wh.raw, "any")
        candidate, _, failed = wh.core.fold(package, wh.raw, wh.staged, GUARDS, {}, ANY)
        assert failed == []
        wh.core.derive_across(package, candidate, wh.core.current("sanctions"), ANY)
        wh.core.promote(candidate)
        return pl.read_parquet(wh.core.files(wh.core.current("sanctions"), "party_decisions"))

    wh.put(1, "a=1")
    first = refresh()
    assert_frame_equal(refresh(), first)
    assert calls == [1]
    wh.put(2, "a=1 b=2")
    assert refresh()["listing_id"].to_list() == ["a", "b"]
    assert calls == [1, 2]


def test_a_correction_whose_row_is_gone_is_a_warning_in_a_complete_snapshot_alone(wh: Warehouse) -> None:
    correction = Amendment("correction", "rows", "program", "1", "9", "a slip", (("program_raw", "a"),), "a notice")
    for day, text in ((1, "a=1 b=2"), (2, "b=2 c=3"), (3, "b=2 c=4")):
        wh.put(day, text)
    code = replace(HERE.sources[0], judge=lambda info, _base, _guard: Judgement(complete=info.retrieved_at.day != 3))
    wh.staged.stage(code, wh.raw, "any", amendments=[correction])
    candidate, new, _ = wh.core.fold(replace(HERE, sources=(code,)), wh.raw, wh.staged, GUARDS, {}, ANY)
    wh.core.promote(candidate)
    assert ("a", "9") in wh.rows()
    warned = {n.snapshot[:10]: n.warnings for n in new if n.warnings}
    assert list(warned) == ["2023-01-02"]
    assert "no row is named by that any more" in str(warned["2023-01-02"])


class Counting:
    """The domain with a fold that counts how often it is called."""

    def __init__(self, wh: Warehouse) -> None:
        self.n, self.wh = 0, wh
        self.package = replace(HERE, sources=(replace(HERE.sources[0], fold=self.count),))

    def count(self, history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        self.n += 1
        return fold(history, snapshots)

    def fold_source_alone(self) -> None:
        self.wh.staged.stage(HERE.sources[0], self.wh.raw, "any")
        planner = SourcePlanner(self.package.sources[0], self.wh.raw, self.wh.staged, GUARDS["us_ofac_sdn"], NONE)
        self.wh.core.fold_source(self.wh.core.current("sanctions"), planner, "any", keep=True)

    def fold_domain(self) -> None:
        self.wh.staged.stage(HERE.sources[0], self.wh.raw, "any")
        # another process, which knows of nothing that was written
        another = CoreStore(self.wh.core.root)
        another.promote(another.fold(self.package, self.wh.raw, self.wh.staged, GUARDS, {}, ANY)[0])


def test_what_a_source_was_folded_to_by_itself_is_taken_by_its_domain_and_not_folded_again(wh: Warehouse) -> None:
    counting = Counting(wh)
    wh.put(1, "a=1 b=2")
    counting.fold_source_alone()
    counting.fold_domain()
    assert (counting.n, wh.rows()) == (1, [("a", "1"), ("b", "2")])
    wh.put(2, "a=3 b=2")
    counting.fold_domain()
    assert (counting.n, wh.rows()) == (2, [("a", "1"), ("a", "3"), ("b", "2")])


def test_a_source_is_folded_again_where_more_came_since_or_a_file_was_damaged(wh: Warehouse) -> None:
    counting = Counting(wh)
    wh.put(1, "a=1")
    counting.fold_source_alone()
    wh.put(2, "a=2")
    counting.fold_domain()
    assert (counting.n, wh.rows()) == (2, [("a", "1"), ("a", "2")])
    wh.put(3, "a=3")
    counting.fold_source_alone()
    known = wh.core.current("sanctions").files()
    new = next(p for p in wh.core.parts("sanctions").glob("*.open.parquet") if p.name not in known)
    new.write_bytes(b"spoiled")
    counting.fold_domain()
    assert (counting.n, wh.rows()) == (4, [("a", "1"), ("a", "2"), ("a", "3")])
