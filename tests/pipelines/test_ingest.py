"""Taking in one source: its problems are receipts or lines of the report and never keep the others from their turn."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.ingest.fetch.http import FetchContext
from pipelines.ingest.receipts import Attempt, Finding, Gap, Note
from pipelines.services.ingest import Ingest
from pipelines.services.warehouse import Warehouse
from pipelines.settings import Settings

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
