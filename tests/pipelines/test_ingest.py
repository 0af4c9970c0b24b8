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


def test_what_was_found_is_stored_and_reported(live: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    live.say = lines.append

    def fetch(*_: object) -> Iterator[Finding]:
        yield Attempt(MOMENT, None, "HTTP 500")
        yield Gap(MOMENT)
        yield Note("not asked")

    monkeypatch.setattr("pipelines.ingest.fetch.fetch", fetch)
    (receipt,) = Ingest(live).ingest("us_ofac_sdn")
    assert (receipt.verdict, receipt.reason, receipt.origin) == ("failed", "HTTP 500", "live")
    assert live.raw.snapshots("us_ofac_sdn") == ["2023-10-03T000000Z"]
    assert lines[:2] == [
        "  not asked",
        "  us_ofac_sdn: 1 slots are missing at the source, 2023-10-03 00:00:00 to 2023-10-03 00:00:00 UTC",
    ]


def test_a_fault_is_a_line_of_the_report_and_what_was_stored_before_it_stays(
    live: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(*_: object) -> Iterator[Finding]:
        yield Attempt(MOMENT, None, "HTTP 500")
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("pipelines.ingest.fetch.fetch", fetch)
    assert Ingest(live).ingest("us_ofac_sdn") == []
    (problem,) = live.report.problems
    assert problem.startswith("us_ofac_sdn: the program failed on what it was given: ZeroDivisionError: a bug")
    assert live.report.exit_code == 3
    assert live.raw.snapshots("us_ofac_sdn") == ["2023-10-03T000000Z"]


def test_a_mistake_in_the_own_table_of_feeds_is_the_operators_and_no_failure_of_the_source(tmp_path: Path) -> None:
    listed = tmp_path / "mine.csv"
    listed.write_text("feed,url,outlet,keep_text\npress,ftp://example.org/feed,P,true\n")
    project = Warehouse(Settings(warehouse=tmp_path / "warehouse", feeds=listed), say=lambda _: None)
    project.chosen_origin = "live"
    assert Ingest(project).ingest("feeds") == []
    assert "mine.csv, row 1: url: expected an address that begins with https://" in project.report.problems[0]


def test_the_days_that_are_asked_for_reach_the_fetcher_as_dates_in_order(
    live: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def fetch(visit: FetchContext, days: object) -> Iterator[Finding]:
        asked.append((visit.source.id, visit.settings, days))
        return iter(())

    monkeypatch.setattr("pipelines.ingest.fetch.fetch", fetch)
    assert Ingest(live).ingest("gdelt_v2_events", ["2023-10-04", "2023-10-03"]) == []
    assert asked == [
        ("gdelt_v2_events", live.settings.fetch, [datetime(2023, 10, 3).date(), datetime(2023, 10, 4).date()]),
    ]
