"""The staged and core layers, with a source of a few lines that fills core.program_aliases; slots of GDELT that come late."""

import os
import re
import signal
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
    OutOfOrder,
    RowGuard,
    SourceCode,
    Staged,
    StagedSnapshot,
)
from assets.errors import Quarantine
from assets.history import close, compare
from assets.news.domain import SOURCES as NEWS
from pipelines.ingest.decisions import NONE
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.sources import FileSpec, load_sources
from pipelines.storage.core import CoreStore
from pipelines.storage.manifest import Manifest, NewSnapshot
from pipelines.storage.planning import SourcePlanner, late_runs
from pipelines.storage.snapshot_status import AcceptedSnapshot, batches
from pipelines.storage.staged import StagedStore
from pipelines.util import deadline
from pipelines.util.atomic_files import merge_parquet
from tests.depth import examples
from tests.made_up import SAMPLE
from tests.pipelines.examples import a_source

SOURCE = a_source(max_bytes=1000, max_line_bytes=100, files={"a.txt": FileSpec()})
GUARDS = {"us_ofac_sdn": RowGuard(min_share=0.6)}


def stage(files: Mapping[str, bytes]) -> Staged:
    """Lines ``raw=program``; a line without ``=`` is a reject; STOP, CRASH and SPIN are faults of the file or parser."""
    lines = files["a.txt"].decode().split()
    if "STOP" in lines:
        raise Quarantine("it says STOP")
    if "CRASH" in lines:
        raise ZeroDivisionError("a bug")
    while "SPIN" in lines:
        try:
            re.fullmatch("(x+x+)+y", "x" * 200)
        except Exception:
            continue
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
ANY = dict.fromkeys(("us_ofac_sdn", "us_ofac_cons", "us_bis_dpl", "sanctions"), "any")


def here(**changes: Any) -> DomainPackage:
    """The domain with changes of its source."""
    return replace(HERE, sources=(replace(HERE.sources[0], **changes),))


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

    def refresh(
        self, package: DomainPackage = HERE, guards: Mapping[str, RowGuard] = GUARDS
    ) -> list[tuple[str, str, str | None]]:
        """Day, verdict and reason of what is new."""
        candidate, new, _ = self.fold(package, guards)
        self.core.promote(candidate)
        return [(n.snapshot[:10], n.verdict, n.reason) for n in new]

    @property
    def current(self) -> Manifest:
        return self.core.current("sanctions")

    @property
    def parts(self) -> Path:
        return self.core.parts("sanctions")

    def rows(self) -> str:
        files = self.core.files(self.current, "program_aliases")
        return " ".join(sorted(f"{a}={b}" for a, b, _ in pl.read_parquet(files).iter_rows())) if files else ""


@pytest.fixture
def wh(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def test_a_fold_in_steps_or_again_from_an_older_snapshot_gives_what_a_fold_at_once_gives(wh: Warehouse, tmp_path: Path) -> None:
    texts = ("a=1 b=2", "a=1 b=3", "a=4 b=3 c=5")
    for name, order in (("steps", (1, 2, 3)), ("late", (3, 1, 2))):
        other = Warehouse(tmp_path / name)
        for day in order:
            assert [n[0][-1] for n in other.put(texts[day - 1], day=day).refresh()] == [str(day)]
        if not wh.rows():
            wh.put(*texts).refresh()
        assert wh.rows() == other.rows() == "a=1 a=4 b=2 b=3 c=5"
        assert wh.current.version == other.current.version
    # what an older one came between counts again
    wh.put("a=1 b=2", day=4).put("a=1 b=2", day=6).refresh()
    wh.put("a=9 b=2", day=5).refresh()
    opened = pl.read_parquet(wh.parts / wh.current.sources["us_ofac_sdn"].tables["program_aliases"]["open"])
    assert dict(opened.select("program_raw", "program").iter_rows()) == {"a": "1", "b": "2", "c": "5"}


def test_nothing_new_or_what_is_not_promoted_keeps_the_version_and_promotion_deletes_what_nothing_refers_to(
    wh: Warehouse,
) -> None:
    def state() -> tuple[str, list[Path]]:
        return wh.current.version, sorted(wh.core.root.rglob("*.parquet"))

    wh.put("a=1 b=2").refresh()
    before = state()
    assert (wh.refresh(), state()) == ([], before)
    assert wh.put("a=1 b=2", day=2).refresh() == [("2023-01-02", "unchanged", None)]
    assert (wh.current.version, wh.core.snapshots(wh.current).height) == (before[0], 2)
    wh.put("a=2 b=2", day=3).fold()
    assert wh.rows() == "a=1 b=2"
    wh.refresh()
    assert wh.rows() == "a=1 a=2 b=2"
    assert {p.name for p in wh.parts.iterdir()} == {f for s in wh.current.sources.values() for f in s.files()}


def test_a_repeat_reaches_a_source_that_asks_for_it_unless_it_repeats_what_was_refused(wh: Warehouse) -> None:
    seen: list[tuple[int, bool]] = []

    def watch(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        seen.extend((s.retrieved_at.day, s.is_repeat) for s in snapshots)
        return Folded({"program_aliases": history.open("program_aliases")})

    wh.put("a=1 b=2", "a=1 b=2", "STOP a=3", "STOP a=3", "a=1 b=2").refresh(here(fold=watch, takes_repeats=True))
    assert seen == [(1, False), (2, True), (5, False)]


def test_what_is_refused_or_fails_is_quarantined_and_no_baseline(wh: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "LEAST_S", 0.2)
    reasons = {
        "STOP a=2": "it says STOP", "CRASH a=3": "ZeroDivisionError: a bug", "SPIN a=3": "had not come to an end",
        "a=1": "", "b=1 a=1": "", "a=1 what is this": "3 of 4 rows cannot be read",
    }  # fmt: skip
    first, *bad, last = wh.put("a=1 b=2 c=3 d=4", *reasons, "a=5 b=2 c=3").refresh()
    assert (first[1], last[1], wh.rows()) == ("accepted", "accepted", "a=1 a=5 b=2 c=3 d=4")
    for (_, verdict, reason), said in zip(bad, reasons.values(), strict=True):
        assert (verdict, said in str(reason)) == ("quarantined", True), reason


def test_a_larger_snapshot_gets_more_time_and_a_block_that_ends_in_time_leaves_no_timer_behind() -> None:
    assert deadline.seconds_for(0) == deadline.LEAST_S
    assert deadline.seconds_for(10_000_000) == deadline.LEAST_S + 10 * deadline.S_PER_MB
    before = signal.getsignal(signal.SIGVTALRM)
    with deadline.deadline(1000):
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    assert (signal.getitimer(signal.ITIMER_VIRTUAL), signal.getsignal(signal.SIGVTALRM)) == ((0, 0), before)


def test_a_reader_that_stops_seeing_a_column_is_quarantined_and_the_ordinary_snapshot_is_not(wh: Warehouse) -> None:
    def emptied(files: Mapping[str, bytes]) -> Staged:
        staged = stage(files)
        return replace(staged, frames={"rows": staged.frames["rows"].with_columns(pl.col("program").replace({"?": None}))})

    guards = {"us_ofac_sdn": RowGuard(min_share=0.6, fill={"rows": {"program": 0.6}})}
    wh.put("a=1 b=2 c=?", "a=? b=? c=3")
    reason = "column program of rows is filled in 1 of 3 rows (33.3%), below the limit of 60%: has the layout changed?"
    expected = [("2023-01-01", "accepted", None), ("2023-01-02", "quarantined", reason)]
    assert wh.refresh(here(stage=emptied), guards) == expected


def test_a_fold_finds_the_frames_it_kept_and_its_rejects_are_kept_with_their_snapshots(wh: Warehouse) -> None:
    found: list[pl.DataFrame | None] = []

    def keep(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        found.append(history.kept("seen"))
        given = list(snapshots)
        reason = [{"snapshot_id": s.snapshot_id, "file": "a.txt", "value": "x", "reason": "not to be coded"} for s in given]
        seen = {"seen": pl.DataFrame({"day": [s.retrieved_at.day for s in given]})}
        return replace(fold(history, given), kept=seen, rejects=pl.DataFrame(reason, schema=FOLD_REJECTS))

    for day, fingerprint in ((1, "one"), (2, "one"), (3, "one"), (4, "other")):
        candidate, _, _ = wh.put(f"a={day}", day=day).fold(here(fold=keep), fingerprint=fingerprint)
        wh.core.promote(candidate)
        rejects = wh.core.rejects(candidate)
        assert [s[:10] for s in rejects["snapshot"]] == [f"2023-01-{n:02d}" for n in range(1, day + 1)]
        assert set(rejects["reason"]) == {"not to be coded"}
        kept = wh.current.sources["us_ofac_sdn"].kept["seen"]
        assert [p.name for p in wh.parts.glob("*kept*")] == [kept]
    assert [None if f is None else f["day"].to_list() for f in found] == [None, [1], [2], None]
    assert pl.read_parquet(wh.parts / kept)["day"].to_list() == [1, 2, 3, 4]
    assert wh.core.files(wh.current, "seen") == []


def test_a_fold_that_fails_leaves_its_source_as_it_was_and_the_others_go_on(wh: Warehouse) -> None:
    def broken(*_: object) -> Folded:
        raise KeyError("column")

    wh.put("a=1").refresh()
    wh.raw.put(SOURCE.model_copy(update={"id": "us_ofac_cons"}), datetime(2023, 1, 2), {"a.txt": b"z=9"}, origin="archive")
    package = DomainPackage("sanctions", here(fold=broken).sources + here(source="us_ofac_cons").sources)
    candidate, new, failed = wh.put("a=2", day=2).fold(package, GUARDS | {"us_ofac_cons": RowGuard()})
    wh.core.promote(candidate)
    assert (wh.rows(), [n.source for n in new]) == ("a=1 z=9", ["us_ofac_cons"])
    said = "us_ofac_sdn: its last core stays: the fold failed (KeyError: 'column'); please report this, with refresh.log"
    assert failed == [said]


def test_what_is_made_across_sources_is_made_again_when_one_of_them_has_changed(wh: Warehouse) -> None:
    calls: list[int] = []

    def decisions(rows: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
        held = rows("program_aliases").collect()
        calls.append(held.height)
        named = {"listing_id": pl.col("program_raw"), "actor_id": pl.col("program")}
        constant = {"other_id": pl.lit("~"), "rule": pl.lit("name"), "is_same": pl.lit(True), "evidence": pl.lit("test")}
        return {"party_decisions": held.select(**named, **constant, score=pl.lit(None, pl.Float64))}

    package = DomainPackage("sanctions", HERE.sources, CrossSource(("party_decisions",), decisions))

    def refresh() -> list[str]:
        candidate, _, failed = wh.fold(package)
        assert failed == []
        wh.core.derive_across(package, candidate, wh.current, ANY)
        wh.core.promote(candidate)
        return pl.read_parquet(wh.core.files(wh.current, "party_decisions"))["listing_id"].to_list()

    wh.put("a=1")
    assert (refresh(), refresh(), calls) == (["a"], ["a"], [1])
    wh.put("a=1 b=2", day=2)
    assert (refresh(), calls) == (["a", "b"], [1, 2])


def test_a_correction_whose_row_is_gone_is_a_warning_in_a_complete_snapshot_alone(wh: Warehouse) -> None:
    correction = Amendment("correction", "rows", "program", "1", "9", "a slip", (("program_raw", "a"),), "a notice")
    wh.put("a=1 b=2", "b=2 c=3", "b=2 c=4")
    package = here(judge=lambda info, _base, _guard: Judgement(complete=info.retrieved_at.day != 3))
    wh.staged.stage(package.sources[0], wh.raw, "any", amendments=[correction])
    candidate, new, _ = wh.core.fold(package, wh.raw, wh.staged, GUARDS, {}, ANY)
    wh.core.promote(candidate)
    assert "a=9" in wh.rows()
    ((snapshot, warnings),) = {n.snapshot[:10]: n.warnings for n in new if n.warnings}.items()
    assert (snapshot, "no row is named by that any more" in str(warnings)) == ("2023-01-02", True)


def test_what_a_source_was_folded_to_alone_is_taken_unless_more_came_or_it_was_damaged(wh: Warehouse) -> None:
    calls: list[int] = []

    def count(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        calls.append(1)
        return fold(history, snapshots)

    package = here(fold=count)

    def fold_source_alone(text: str, day: int) -> None:
        wh.put(text, day=day).staged.stage(package.sources[0], wh.raw, "any")
        planner = SourcePlanner(package.sources[0], wh.raw, wh.staged, GUARDS["us_ofac_sdn"], NONE)
        wh.core.fold_source(wh.current, planner, "any")

    def fold_domain() -> tuple[int, str]:
        """Of another process, which knows of nothing that was written; how often the source was folded."""
        wh.core = CoreStore(wh.core.root)
        wh.refresh(package)
        return len(calls), wh.rows()

    fold_source_alone("a=1 b=2", 1)
    assert fold_domain() == (1, "a=1 b=2")
    fold_source_alone("a=3 b=2", 2)
    wh.put("a=4 b=2", day=3)
    assert fold_domain() == (3, "a=1 a=3 a=4 b=2")
    fold_source_alone("a=5 b=2", 4)
    known = wh.current.files()
    next(p for p in wh.parts.glob("*.open.parquet") if p.name not in known).write_bytes(b"spoiled")
    assert fold_domain() == (5, "a=1 a=3 a=4 a=5 b=2")


def test_snapshots_are_folded_as_many_at_a_time_as_hold_so_many_rows() -> None:
    fed = [AcceptedSnapshot(str(i), str(i), datetime(2024, 1, 1), True, {}, n_rows=n) for i, n in enumerate((40, 60, 500, 1))]
    for rows_at_once, expected in ((None, "0123"), (100, "01 2 3"), (1, "0 1 2 3"), (10_000, "0123")):
        assert " ".join("".join(f.name for f in batch) for batch in batches(fed, rows_at_once)) == expected
    assert list(batches([], 100)) == []


def test_merged_files_hold_all_rows_in_order_and_less_is_read_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, seen, scan = "POLARS_ROW_GROUP_PREFETCH_SIZE", list[str | None](), pl.scan_parquet
    monkeypatch.setattr(pl, "scan_parquet", lambda files: seen.append(os.environ.get(name)) or scan(files))  # type: ignore[func-returns-value]
    frames = [pl.DataFrame({"id": [n, n + 1], "text": [None, "x"]}) for n in (5, 1, 3)]
    files = [tmp_path / f"{n}.parquet" for n in range(3)]
    for frame, file in zip(frames, files, strict=True):
        frame.write_parquet(file)
    monkeypatch.delenv(name, raising=False)
    for before in (None, "7"):
        if before:
            monkeypatch.setenv(name, before)
        merge_parquet(files, tmp_path / "merged.parquet")
        assert os.environ.get(name) == before
    assert seen == ["1", "1"]
    assert_frame_equal(pl.read_parquet(tmp_path / "merged.parquet"), pl.concat(frames))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.parquet", "1.parquet", "2.parquet", "merged.parquet"]


# the rule of comparison that all domains share ---------------------------------------------------------------------------

OPEN = pl.DataFrame({"id": ["a", "b", "c"], "value": [1.0, 2.0, None], "note": ["x", "y", "z"]})


def test_a_snapshot_confirms_revises_adds_and_leaves_out_null_is_a_value_and_fewer_digits_no_revision() -> None:
    seen = pl.DataFrame({"id": ["d", "b", "a"], "value": [4.0, 2.5, 1.0]})
    found = compare(OPEN, seen, key=["id"], values=["value"])
    groups = {name: getattr(found, name)["id"].to_list() for name in ("unchanged", "superseded", "new", "absent")}
    assert groups == {"unchanged": ["a"], "superseded": ["b"], "new": ["d"], "absent": ["c"]}
    assert_frame_equal(found.replacing, pl.DataFrame({"id": ["b"], "value": [2.5]}))
    seen = pl.DataFrame({"id": ["a", "b", "c"], "value": [None, 2.0, None]}, schema={"id": pl.String, "value": pl.Float64})
    found = compare(OPEN, seen, key=["id"], values=["value"], tolerance=1e-6)
    assert (found.superseded["id"].to_list(), found.unchanged["id"].to_list()) == (["a"], ["b", "c"])
    held, seen = (pl.DataFrame({"id": ["a"], "value": [value]}) for value in (80.8766281589967, 80.876628159))
    revised = [compare(held, seen, key=["id"], values=["value"], tolerance=t).superseded.height for t in (1e-6, 0)]
    assert revised == [0, 1]
    rows = pl.DataFrame({"id": ["a"], "known_to": [None]}, schema={"id": pl.String, "known_to": pl.Datetime("us")})
    assert close(rows, datetime(2023, 11, 17))["known_to"].to_list() == [datetime(2023, 11, 17)]


FRAMES = st.dictionaries(st.sampled_from("abcdefgh"), st.none() | st.floats(-5, 5), max_size=8).map(
    lambda d: pl.DataFrame({"id": list(d), "value": list(d.values())}, schema={"id": pl.String, "value": pl.Float64})
)


@settings(max_examples=80, deadline=None)
@given(held=FRAMES, seen=FRAMES)
def test_the_groups_split_both_sides_without_rest(held: pl.DataFrame, seen: pl.DataFrame) -> None:
    found = compare(held, seen, key=["id"], values=["value"])
    assert_frame_equal(pl.concat([found.unchanged, found.superseded, found.absent]), held, check_row_order=False)
    ids = [*found.unchanged["id"], *found.replacing["id"], *found.new["id"]]
    assert sorted(ids) == sorted(seen["id"])


# slots that come late are folded as they come, and give what all slots in order give --------------------------------------

GDELT = load_sources()["gdelt_v2_events"]
CODE = next(code for code in NEWS if code.source == GDELT.id)
LINE = next(SAMPLE.glob(f"{GDELT.id}/*/*.CSV")).read_text(encoding="utf-8").splitlines()[0].split("\t")
FIRST = datetime(2022, 8, 2, 15)


def slot(number: int, ids: Sequence[int], *, is_bad: bool = False) -> dict[str, bytes]:
    """A slot a quarter of an hour after the one before, with these events; a bad one holds nothing that can be read."""
    at = f"{FIRST + timedelta(minutes=15 * number):%Y%m%d%H%M%S}"
    sqldate = "no day" if is_bad else at[:8]
    rows = ["\t".join([str(i), sqldate, *LINE[2:59], at, f"https://example.org/{number}/{i}"]) for i in ids]
    return {f"{at}.export.CSV": ("\n".join(rows) + "\n").encode()}


class Slots(Warehouse):
    """Slots that are taken in and folded in any order."""

    def take(self, slots: dict[int, dict[str, bytes]]) -> None:
        for number, files in slots.items():
            self.raw.put(GDELT, FIRST + timedelta(minutes=15 * number), files, origin="archive")
        self.staged.stage(CODE, self.raw, "any", self.core.judged(self.core.current("news"), GDELT.id, "any"))
        package = DomainPackage("news", (CODE,))
        candidate, _, failed = self.core.fold(package, self.raw, self.staged, {GDELT.id: GDELT.rows}, {}, {GDELT.id: "any"})
        assert failed == []
        self.core.promote(candidate)

    def files(self, table: str) -> set[Path]:
        return set(self.core.files(self.core.current("news"), table))

    def tables(self) -> dict[str, pl.DataFrame]:
        current = self.core.current("news")
        # days are counted by a build alone
        found = {t: pl.read_parquet(files) for t in CODE.tables if (files := self.core.files(current, t))}
        return {t: frame.sort(frame.columns[:2]) for t, frame in found.items()} | {"snapshots": self.core.snapshots(current)}


def test_a_late_slot_is_added_to_what_is_held_and_nothing_else_is_written_again(tmp_path: Path) -> None:
    wh, in_order = Slots(tmp_path), Slots(tmp_path / "in_order")
    for number in (0, 1, 3):
        wh.take({number: slot(number, [100 + number])})
    before = wh.files("events")
    wh.take({2: slot(2, [102])})
    assert (before < wh.files("events"), len(wh.files("events"))) == (True, len(before) + 1)
    in_order.take({number: slot(number, [100 + number]) for number in range(4)})
    for name, frame in in_order.tables().items():
        assert_frame_equal(wh.tables()[name], frame)
    # an event that a late slot held first is taken from it
    wh.take({5: slot(5, [5, 6])})
    wh.take({4: slot(4, [5])})
    urls = dict(wh.tables()["events"].select("origin_id", "url").iter_rows())
    assert (urls["5"], urls["6"]) == ("https://example.org/4/5", "https://example.org/5/6")
    known = pl.DataFrame({"snapshot": ["s1", "s3"], "verdict": ["accepted", "unchanged"], "is_complete": [True, None]})
    with pytest.raises(OutOfOrder, match="after s2"):  # it is folded in order
        late_runs(["s1", "s2", "s3"], known)


@given(
    order=st.permutations(range(6)),
    cuts=st.sets(st.integers(1, 5)),
    shared=st.integers(0, 9),
    bad=st.sets(st.integers(0, 5), max_size=2),
)
@examples(60, usual=6)
def test_slots_in_any_order_give_what_they_give_in_order(order: list[int], cuts: set[int], shared: int, bad: set[int]) -> None:
    # two slots may hold one event, and some hold nothing that can be read
    slots = {n: slot(n, [10 * n, 10 * n + 1, *([999] if n in (shared, shared - 2) else [])], is_bad=n in bad) for n in range(6)}
    with tempfile.TemporaryDirectory() as folder:
        mixed, in_order = Slots(Path(folder) / "mixed"), Slots(Path(folder) / "in_order")
        in_order.take(slots)
        for start, end in pairwise([0, *sorted(cuts), 6]):
            mixed.take({n: slots[n] for n in order[start:end]})
        for name, frame in in_order.tables().items():
            assert_frame_equal(mixed.tables()[name], frame)
