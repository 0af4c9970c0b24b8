"""Taking in one source: its problems are receipts or lines of the report and never keep the others from their turn."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from multiprocessing import Pipe
from pathlib import Path

import pytest

from pipelines.ingest import archive as archives
from pipelines.ingest.fetch.http import FetchContext
from pipelines.ingest.receipts import Attempt, Finding, Gap, Note
from pipelines.services import beside
from pipelines.services.ingest import Ingest
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse
from pipelines.settings import Settings
from tests.whole.archives import put, sdn

SDN = "us_ofac_sdn"
MOMENT = datetime(2023, 10, 3)


def test_what_was_found_is_stored_and_a_fault_after_it_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    asked: list[object] = []
    listed = tmp_path / "mine.csv"
    listed.write_text("feed,url,outlet,keep_text\npress,ftp://example.org/feed,P,true\n")
    live = Warehouse(Settings(warehouse=tmp_path / "w", feeds=listed), say=lines.append)
    live.chosen_origin = "live"

    def fetch(visit: FetchContext, days: object) -> Iterator[Finding]:
        asked.append((visit.source.id, visit.settings, days))
        yield Attempt(MOMENT, None, "HTTP 500")
        yield Gap(MOMENT)
        yield Note("not asked")
        if days:
            raise ZeroDivisionError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.ingest.fetch.fetch", fetch)
        (receipt,) = Ingest(live).ingest(SDN)
        assert (receipt.verdict, receipt.reason, receipt.origin) == ("failed", "HTTP 500", "live")
        assert live.raw.snapshots(SDN) == ["2023-10-03T000000Z"]
        gap = "1 slots are missing at the source, 2023-10-03 00:00:00 to 2023-10-03 00:00:00 UTC"
        assert lines[:2] == ["  not asked", f"  us_ofac_sdn: {gap}"]
        assert Ingest(live).ingest("gdelt_v2_events", ["2023-10-04", "2023-10-03"]) == []
    assert asked[-1] == ("gdelt_v2_events", live.settings.fetch, [date(2023, 10, 3), date(2023, 10, 4)]), "dates in order"
    assert live.report.exit_code == 3
    assert live.raw.snapshots("gdelt_v2_events") == ["2023-10-03T000000Z"], "what was stored before it stays"
    assert Ingest(live).ingest("feeds") == []
    fault, mistake = live.report.problems
    assert fault.startswith("gdelt_v2_events: the program failed on what it was given: ZeroDivisionError: a bug")
    assert "mine.csv, row 1: url: expected an address that begins with https://" in mistake


class Archive:
    """Archives of OFAC's list, the warehouse that they are taken into, and the folders that were read."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.read = folder, list[str]()

    def write(self, moment: str, data: bytes, at: int = 1_600_000_000, archive: str = "a") -> None:
        put(self.folder / archive, SDN, moment, "sdn.csv", data)
        os.utime(self.folder / archive / SDN / moment / "sdn.csv", (at, at))

    def taken(self, archive: str = "a", *, rehash: bool = False) -> tuple[int, list[str]]:
        """How many snapshots were accepted, and which folders were read."""
        self.read.clear()
        project = Warehouse(Settings(warehouse=self.folder / "w"))
        project.rehash = rehash
        Ingest(project).choose_origin(str(self.folder / archive))
        verdicts = [r.verdict for r in Ingest(project).ingest(SDN)]
        assert set(verdicts) <= {"accepted"}
        return len(verdicts), sorted(self.read)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    made, load = Archive(tmp_path), archives._load
    monkeypatch.setattr(archives, "_load", lambda folder, *rest: made.read.append(folder.path.name) or load(folder, *rest))  # type: ignore[func-returns-value]
    return made


def test_what_was_taken_in_is_not_read_again_until_it_changes_or_is_not_held_any_more(archive: Archive, tmp_path: Path) -> None:
    days = ["2023-01-01", "2023-01-02", "2023-01-03"]
    archive.write(days[0], sdn())
    archive.write(days[1], sdn(more=1))
    assert (archive.taken(), archive.taken()) == ((2, days[:2]), (0, []))
    # the same size, another time
    archive.write(days[0], sdn().replace(b'PARTY 1"', b'PARTY X"'), 1_600_000_001)
    assert archive.taken() == (1, days[:1])
    archive.write(days[2], sdn(more=2))
    assert archive.taken() == (1, days[2:])
    held = tmp_path / "w" / "raw" / SDN / f"{days[2]}T235959Z"
    held.rename(tmp_path / "moved")
    assert (archive.taken(), held.exists()) == ((1, days[2:]), True)
    # a damaged record costs time alone
    (tmp_path / "w" / "state.db").write_text("{cut", encoding="utf-8")
    assert archive.taken() == (0, days)


def test_all_is_read_where_that_is_asked_for_and_from_another_archive(archive: Archive) -> None:
    for name in ("a", "b"):
        archive.write("2023-01-01", sdn(), archive=name)
    for name, rehash, expected in (("a", False, 1), ("a", True, 1), ("a", False, 0), ("b", False, 1), ("a", False, 0)):
        assert len(archive.taken(name, rehash=rehash)[1]) == expected, (name, rehash)


# a second process stages and folds the source of which most came in ------------------------------------------------------


@pytest.fixture
def warehouse(archive: Archive, tmp_path: Path) -> Warehouse:
    for day, more in ((1, 0), (2, 1)):
        archive.write(f"2023-01-0{day}T000000Z", sdn(more=more))
    found = Warehouse(Settings(warehouse=tmp_path / "w"))
    Ingest(found).choose_origin(str(tmp_path / "a"))
    Ingest(found).ingest_ahead([SDN])
    return found


def test_what_a_second_process_made_is_not_made_again(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_here(*_: object) -> None:
        pytest.fail("done twice")

    beside.begin(warehouse, ExitStack())
    assert not warehouse.beside, "a few snapshots are worth no process"
    monkeypatch.setattr(beside, "MANY", 2)
    monkeypatch.setattr(beside.os, "cpu_count", lambda: 2)  # type: ignore[attr-defined]
    monkeypatch.setattr(warehouse.staged, "stage", not_here)
    monkeypatch.setattr(warehouse.core, "_fold_source", not_here)
    with warehouse.lock(), ExitStack() as stack:
        beside.begin(warehouse, stack)
        assert list(warehouse.beside) == [SDN]
        assert Transform(warehouse).stage(SDN) == warehouse.raw.snapshots(SDN)
        state, new = Transform(warehouse).fold_source(SDN)
    assert [n.verdict for n in new] == ["accepted"] * 2
    assert all((warehouse.core.parts("sanctions") / file).exists() for file in state.files())


def test_what_a_second_process_did_not_end_is_done_here(warehouse: Warehouse) -> None:
    warehouse.beside[SDN], answer = Pipe(duplex=False)
    answer.close()
    assert Transform(warehouse).stage(SDN) == warehouse.raw.snapshots(SDN)
    assert not warehouse.beside
