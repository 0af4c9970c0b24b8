"""Which core tables of the published file only grow."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.publish.extending import EVENTS, MENTIONS, REPORTS, Parts, grown, noted

NONE: frozenset[str] = frozenset()


def parts(*content: str) -> Parts:
    return Parts([Path(f"{c}.parquet") for c in content], content)


NO_MENTIONS = {MENTIONS: parts()}


def test_where_all_files_are_held_but_some_the_others_are_what_is_new_wherever_they_stand() -> None:
    before = {EVENTS: ["a", "b", "c"]}
    assert grown(before, {EVENTS: parts("a", "late", "b", "c")}, NONE) == {EVENTS: [Path("late.parquet")]}
    assert grown(before, {EVENTS: parts("a", "b", "c")}, NONE) == {EVENTS: []}


def test_two_files_that_hold_the_same_are_two() -> None:
    assert grown({EVENTS: ["a"]}, {EVENTS: parts("a", "a")}, NONE) == {EVENTS: [Path("a.parquet")]}
    assert grown({EVENTS: ["a", "a"]}, {EVENTS: parts("a", "b")}, NONE) == {}


def test_a_file_that_was_merged_or_taken_out_has_the_table_loaded_anew() -> None:
    assert grown({EVENTS: ["a", "b"]}, {EVENTS: parts("a", "c")}, NONE) == {}


def test_more_that_is_new_than_old_has_the_table_loaded_anew_in_full_runs() -> None:
    assert grown({EVENTS: ["a", "b"]}, {EVENTS: parts("a", "b", "c", "d", "e")}, NONE) == {}


def test_a_table_that_is_sorted_as_a_whole_or_the_same_does_not_grow() -> None:
    now = {"core.sanction_names": parts("a", "b"), EVENTS: parts("a")}
    assert grown({"core.sanction_names": ["a"], EVENTS: ["a"]}, now, frozenset({EVENTS})) == {}


def test_reports_do_not_grow_where_mentions_change_those_that_are_held() -> None:
    before, now = {REPORTS: ["a"]}, {REPORTS: parts("a", "b")}
    assert grown(before, now | NO_MENTIONS, NONE) == {REPORTS: [Path("b.parquet")]}
    assert grown(before, now | {MENTIONS: parts("m")}, NONE) == {}
    assert grown(before | {MENTIONS: ["m"]}, now | NO_MENTIONS, NONE) == {}
    assert grown(before, now, NONE) == {}


def test_a_file_that_notes_nothing_or_cannot_be_read_holds_no_parts(tmp_path: Path) -> None:
    (tmp_path / "damaged.duckdb").write_bytes(b"no database")
    duckdb.connect(str(tmp_path / "earlier.duckdb")).close()
    assert [noted(path) for path in (None, tmp_path / "damaged.duckdb", tmp_path / "earlier.duckdb")] == [{}, {}, {}]
