"""The examples run on any warehouse, empty ones too, and answer what their headers ask."""

import pytest

from assets.schema import SQL
from tests.sql.conftest import Warehouse, tell

EXAMPLES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((SQL / "examples").glob("*.sql"))}


def test_an_example_asks_a_question_and_answers_nothing_on_an_empty_warehouse(empty: Warehouse) -> None:
    for name, text in EXAMPLES.items():
        assert text.partition("\n")[0].endswith("?"), name
        assert empty.ask(text) == [], name


INSTITUTE = "Ministry of Public Security's Institute of Forensic Science of China"
OF = "us_bis_entity_list:ifs"
PERIOD = "2022-06-01 2023-05-31 predicted"


@pytest.fixture(scope="module")
def autumn(shared: Warehouse) -> Warehouse:
    """The institute's removal, a summit and the figures of autumn 2023."""
    tell(
        shared, "core sanction_lists list_id covered_from covered_until: us_bis_entity_list 2020-05-22 2023-12-28",
        "core sanction_listings listing_id name valid_from valid_from_basis valid_to known_from known_to: "
        f"{OF}|{INSTITUTE}|2020-06-05|federal_register|-|2020-05-22|2023-11-17 / "
        f"{OF}|{INSTITUTE}|2020-06-05|federal_register|2023-11-16|2023-11-17|-",
        f"core sanction_countries listing_id country_id basis known_from known_to: {OF} CHN list_destination 2020-05-22 "
        "2023-11-17",
        "core sanction_events listing_id name event_id kind event_date known_at citation: "
        f"{OF}|{INSTITUTE}|r|removed|2023-11-16|2023-11-17|FR Doc. 2023-25557",
        "core cameo_codes cameo_code description: 046|Engage in negotiation", "event 1 2023-11-15 cameo_code=046",
        "core news_coverage date: 2023-11-15",
        "core overdose_observations period_start period_end basis value known_from known_to: "
        f"{PERIOD} 112024 2023-10-11 2024-02-14 / {PERIOD} 111877 2024-02-14 -",
    )  # fmt: skip
    return shared.build()


def test_the_autumn_of_2023_is_answered_as_known_then_and_now(autumn: Warehouse) -> None:
    assert [(r[0], r[3], r[4]) for r in autumn.ask(EXAMPLES["01_around_the_summit"])] == [
        ("2023-11-15", "event", "USA -> CHN: Engage in negotiation"),
        ("2023-11-16", "sanction", f"Removed from the Entity List: {INSTITUTE}"),
    ]
    assert [(r[0], r[6], r[7]) for r in autumn.ask(EXAMPLES["03_was_the_institute_listed"])] == [
        ("2023-11-15", True, True), ("2023-11-16", False, True), ("2023-11-17", False, False),
    ]  # fmt: skip
    then_and_now = ("2023-05-31", "predicted", 112024.0, "2023-10-11T00:00:00", 111877.0, -147.0)
    assert autumn.ask(EXAMPLES["04_deaths_known_then_and_now"]) == [then_and_now]
    revisions = autumn.ask(EXAMPLES["07_size_of_revisions"])
    assert [r[2:4] + r[5:6] + r[7:] for r in revisions] == [(2, 112024.0, 111877.0, -0.0013)]
    panel = autumn.ask(EXAMPLES["12_panel_as_known_then"])
    assert [r[3:] for r in panel if r[:3] == ("USA", "CHN", "2023-11-30")] == [(1, 1, 0, 0)]


def test_the_claim_of_two_thirds_is_answered_by_final_counts_and_by_what_was_known_that_day(warehouse: Warehouse) -> None:
    final, rolling = "deaths_year final us_nida_final 2024-05-02 -", "deaths_12m reported us_cdc_vsrr"
    rows = (
        f"70601 106699 2021-12-31 {final}", f"73838 107941 2022-12-31 {final}",
        f"76000 110000 2023-08-31 {rolling} 2023-12-13 2024-06-12", f"77581 111451 2023-08-31 {rolling} 2024-06-12 -",
        f"75000 100000 2023-12-31 {rolling} 2024-05-15 -",
    )  # fmt: skip
    head = "overdose_observations drug value counts_by period_start period_end measure basis source known_from known_to"
    for synthetic, total, more in (row.split(" ", 2) for row in rows):
        of_drugs = (("T40.4", synthetic), ("all", total))
        warehouse.fill(head, *(f"{drug} {value} occurrence 2021-01-01 {more}" for drug, value in of_drugs))
    assert [(r[0], r[3], *r[6:9]) for r in warehouse.build().ask(EXAMPLES["13_fentanyl_two_thirds"])] == [
        ("final", "2021-12-31", 0.6617, False, "2024-05-02T00:00:00"),
        ("final", "2022-12-31", 0.6841, True, "2024-05-02T00:00:00"),
        ("newest known on 2023-12-22", "2023-08-31", 0.6909, True, "2023-12-13T00:00:00"),
        ("to August 2023, as known now", "2023-08-31", 0.6961, True, "2024-06-12T00:00:00"),
    ]
