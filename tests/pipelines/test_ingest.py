"""Taking in one source: its problems are receipts or lines of the report and never keep the others from their turn."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.ingest import archive as archives
from pipelines.ingest.fetch.http import FetchContext
from pipelines.ingest.receipts import Attempt, Finding, Gap, Note
from pipelines.services.ingest import Ingest
from pipelines.services.warehouse import Warehouse
from pipelines.settings import Settings
from tests.whole.archives import put, sdn

MOMENT = datetime(2023, 10, 3)


@pytest.fixture
def live(tmp_path: Path) -> Warehouse:
    project = Warehouse(Settings(warehouse=tmp_path), say=lambda _: None)
    project.chosen_origin = "live"
    return project


def test_what_was_found_is_stored_and_reported_and_a_fault_after_it_is_a_line_of_the_report(
    live: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    live.say = lines.append
    asked: list[object] = []

    def fetch(visit: FetchContext, days: object) -> Iterator[Finding]:
        asked.append((visit.source.id, visit.settings, days))
        yield Attempt(MOMENT, None, "HTTP 500")
        yield Gap(MOMENT)
        yield Note("not asked")
        if days:
            raise ZeroDivisionError("a bug")

    monkeypatch.setattr("pipelines.ingest.fetch.fetch", fetch)
    (receipt,) = Ingest(live).ingest("us_ofac_sdn")
    assert (receipt.verdict, receipt.reason, receipt.origin) == ("failed", "HTTP 500", "live")
    assert live.raw.snapshots("us_ofac_sdn") == ["2023-10-03T000000Z"]
    gap = "1 slots are missing at the source, 2023-10-03 00:00:00 to 2023-10-03 00:00:00 UTC"
    assert lines[:2] == ["  not asked", f"  us_ofac_sdn: {gap}"]
    assert Ingest(live).ingest("gdelt_v2_events", ["2023-10-04", "2023-10-03"]) == []
    days = [datetime(2023, 10, 3).date(), datetime(2023, 10, 4).date()]
    assert asked[-1] == ("gdelt_v2_events", live.settings.fetch, days), "dates in order"
    (problem,) = live.report.problems
    assert problem.startswith("gdelt_v2_events: the program failed on what it was given: ZeroDivisionError: a bug")
    assert live.report.exit_code == 3
    assert live.raw.snapshots("gdelt_v2_events") == ["2023-10-03T000000Z"], "what was stored before it stays"


def test_a_mistake_in_the_own_table_of_feeds_is_the_operators_and_no_failure_of_the_source(tmp_path: Path) -> None:
    listed = tmp_path / "mine.csv"
    listed.write_text("feed,url,outlet,keep_text\npress,ftp://example.org/feed,P,true\n")
    project = Warehouse(Settings(warehouse=tmp_path / "warehouse", feeds=listed), say=lambda _: None)
    project.chosen_origin = "live"
    assert Ingest(project).ingest("feeds") == []
    assert "mine.csv, row 1: url: expected an address that begins with https://" in project.report.problems[0]


SDN = "us_ofac_sdn"
LONG_AGO = 1_600_000_000


def write(archive: Path, moment: str, data: bytes, at: int = LONG_AGO) -> Path:
    put(archive, SDN, moment, "sdn.csv", data)
    file = archive / SDN / moment / "sdn.csv"
    os.utime(file, (at, at))
    return file


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that were read."""
    found: list[str] = []
    load = archives._load
    monkeypatch.setattr(archives, "_load", lambda folder, *rest: found.append(folder.path.name) or load(folder, *rest))  # type: ignore[func-returns-value]
    return found


def ingest(warehouse: Path, archive: Path, *, rehash: bool = False) -> list[str]:
    project = Warehouse(Settings(warehouse=warehouse))
    project.rehash = rehash
    Ingest(project).choose_origin(str(archive))
    return [r.verdict for r in Ingest(project).ingest(SDN)]


def test_what_was_taken_in_is_not_read_again_until_it_changes(tmp_path: Path, read: list[str]) -> None:
    warehouse, archive = tmp_path / "w", tmp_path / "a"
    first = write(archive, "2023-01-01", sdn())
    write(archive, "2023-01-02", sdn(more=1))
    assert ingest(warehouse, archive) == ["accepted", "accepted"]
    assert sorted(read) == ["2023-01-01", "2023-01-02"]
    read.clear()
    assert ingest(warehouse, archive) == []
    assert read == []
    # the same size, another time
    write(archive, "2023-01-01", first.read_bytes().replace(b'PARTY 1"', b'PARTY X"'), LONG_AGO + 1)
    assert ingest(warehouse, archive) == ["accepted"]
    assert read == ["2023-01-01"]
    read.clear()
    write(archive, "2023-01-03", sdn(more=2))
    assert ingest(warehouse, archive) == ["accepted"]
    assert read == ["2023-01-03"]


def test_all_is_read_where_that_is_asked_for_and_from_another_archive(tmp_path: Path, read: list[str]) -> None:
    write(tmp_path / "a", "2023-01-01", sdn())
    write(tmp_path / "b", "2023-01-01", sdn())
    for archive, rehash, expected in (("a", False, 1), ("a", True, 1), ("a", False, 0), ("b", False, 1), ("a", False, 0)):
        ingest(tmp_path / "w", tmp_path / archive, rehash=rehash)
        assert len(read) == expected, (archive, rehash)
        read.clear()


def test_a_snapshot_that_is_not_held_any_more_is_read_again_and_a_damaged_record_costs_time_alone(
    tmp_path: Path, read: list[str]
) -> None:
    write(tmp_path / "a", "2023-01-01", sdn())
    ingest(tmp_path / "w", tmp_path / "a")
    held = tmp_path / "w" / "raw" / SDN / "2023-01-01T235959Z"
    held.rename(tmp_path / "moved")
    assert ingest(tmp_path / "w", tmp_path / "a") == ["accepted"]
    assert (len(read), held.exists()) == (2, True)
    (tmp_path / "w" / "state.db").write_text("{cut", encoding="utf-8")
    assert ingest(tmp_path / "w", tmp_path / "a") == []
    assert len(read) == 3
