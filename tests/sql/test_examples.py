"""The examples run on any warehouse, empty ones too, and answer what their headers ask."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from assets.schema import SQL

if TYPE_CHECKING:
    from tests.sql.conftest import Warehouse

EXAMPLES = sorted((SQL / "examples").glob("*.sql"))


def query(stem: str) -> str:
    return (SQL / "examples" / f"{stem}.sql").read_text(encoding="utf-8")


def test_an_example_asks_its_question_in_one_sentence_and_answers_nothing_on_an_empty_warehouse(empty: Warehouse) -> None:
    for path in EXAMPLES:
        text = path.read_text(encoding="utf-8")
        assert re.match(r"-- [A-Z].*\?\n-- How to read it: ", text), path
        assert empty.ask(text) == [], path


@pytest.fixture(scope="module")
def autumn(shared: Warehouse) -> Warehouse:
    """The institute's removal, a summit and the figures of autumn 2023."""
    w = shared
    w.put("core.sanction_lists", {"list_id": "us_bis_entity_list", "covered_from": "2020-05-22", "covered_until": "2023-12-28"})
    listing_id, name = "us_bis_entity_list:ifs", "Ministry of Public Security's Institute of Forensic Science of China"
    listed = {"listing_id": listing_id, "list_id": "us_bis_entity_list", "name": name}
    before = {"known_from": "2020-05-22", "known_to": "2023-11-17"}
    row = listed | {"actor_id": listing_id, "valid_from": "2020-06-05", "valid_from_basis": "federal_register"}
    w.put("core.sanction_listings", row | before, row | {"valid_to": "2023-11-16", "known_from": "2023-11-17"})
    w.put("core.sanction_countries", before | {"listing_id": listing_id, "country_id": "CHN", "basis": "list_destination"})
    removed = {"event_id": "r", "kind": "removed", "event_date": "2023-11-16", "known_at": "2023-11-17"}
    w.put("core.sanction_events", listed | removed | {"citation": "FR Doc. 2023-25557"})
    w.put("core.cameo_codes", {"cameo_code": "046", "description": "Engage in negotiation"})
    states = {"source_country_id": "USA", "target_country_id": "CHN"}
    w.put("core.events", states | {"event_id": "e", "event_date": "2023-11-15", "cameo_code": "046"})
    w.put("core.news_coverage", {"date": "2023-11-15"})
    period = {"period_start": "2022-06-01", "period_end": "2023-05-31", "basis": "predicted"}
    w.put(
        "core.overdose_observations",
        period | {"value": 112024, "known_from": "2023-10-11", "known_to": "2024-02-14"},
        period | {"value": 111877, "known_from": "2024-02-14"},
    )
    return w.build()


def test_the_autumn_of_2023_is_answered_as_known_then_and_now(autumn: Warehouse) -> None:
    assert [(r[0], r[3], r[4]) for r in autumn.ask(query("01_around_the_summit"))] == [
        ("2023-11-15", "event", "USA -> CHN: Engage in negotiation"),
        (
            "2023-11-16",
            "sanction",
            "Removed from the Entity List: Ministry of Public Security's Institute of Forensic Science of China",
        ),
    ]
    assert [(r[0], r[6], r[7]) for r in autumn.ask(query("03_was_the_institute_listed"))] == [
        ("2023-11-15", True, True),
        ("2023-11-16", False, True),
        ("2023-11-17", False, False),
    ]
    assert autumn.ask(query("04_deaths_known_then_and_now")) == [
        ("2023-05-31", "predicted", 112024.0, "2023-10-11T00:00:00", 111877.0, -147.0)
    ]
    assert [r[2:4] + r[5:6] + r[7:] for r in autumn.ask(query("07_size_of_revisions"))] == [(2, 112024.0, 111877.0, -0.0013)]
    november = [r for r in autumn.ask(query("12_panel_as_known_then")) if r[:3] == ("USA", "CHN", "2023-11-30")]
    assert november == [("USA", "CHN", "2023-11-30", 1, 1, 0, 0)]


def test_the_claim_of_two_thirds_is_answered_by_final_counts_and_by_what_was_known_that_day(warehouse: Warehouse) -> None:
    def counts(both: tuple[float, float], end: str, **other: str | None) -> None:
        for drug, value in zip(("T40.4", "all"), both, strict=True):
            row = {"drug": drug, "value": value, "period_start": "2021-01-01", "period_end": end, "counts_by": "occurrence"}
            warehouse.put("core.overdose_observations", row | other)

    final = {"measure": "deaths_year", "basis": "final", "source": "us_nida_final", "known_from": "2024-05-02"}
    counts((70601, 106699), "2021-12-31", **final)
    counts((73838, 107941), "2022-12-31", **final)
    counts((76000, 110000), "2023-08-31", known_from="2023-12-13", known_to="2024-06-12")
    counts((77581, 111451), "2023-08-31", known_from="2024-06-12")
    counts((75000, 100000), "2023-12-31", known_from="2024-05-15")
    assert [(r[0], r[3], *r[6:9]) for r in warehouse.build().ask(query("13_fentanyl_two_thirds"))] == [
        ("final", "2021-12-31", 0.6617, False, "2024-05-02T00:00:00"),
        ("final", "2022-12-31", 0.6841, True, "2024-05-02T00:00:00"),
        ("newest known on 2023-12-22", "2023-08-31", 0.6909, True, "2023-12-13T00:00:00"),
        ("to August 2023, as known now", "2023-08-31", 0.6961, True, "2024-06-12T00:00:00"),
    ]
