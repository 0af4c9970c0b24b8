"""At which instant a macro takes a row in and leaves it out."""

from collections.abc import Callable
from typing import Any

import pytest

from assets.schema import declared
from tests.sql.conftest import Warehouse
from tests.sql.test_macros import put_listing, with_a_pair

AS_KNOWN = (
    "dyad_panel_as_known('USA', 'CHN', 'day', {})",
    "events_one_a_day_as_known('USA', 'CHN', {})",
    "list_coverage_as_known({})",
    "listed_as_known('2023-11-22', {})",
    "listing_countries_as_known({})",
    "listing_dyads_as_known({})",
    "listings_as_known({})",
    "overdose_as_known({})",
    "overdose_best_as_known({})",
    "overdose_changes_as_known({})",
    "overdose_monthly_as_known({})",
    "overdose_shares_as_known({})",
    "un_dyads_as_known({})",
)
FIRST, SECOND, LAST = "2023-11-02 07:00", "2023-11-12 07:00", "2023-11-25 07:00"


def versions(
    row: dict[str, Any], column: str, values: tuple[Any, Any], at: tuple[str, str] = (FIRST, SECOND)
) -> list[dict[str, Any]]:
    """A row in two versions."""
    return [row | {column: values[0], "known_from": at[0], "known_to": at[1]}, row | {column: values[1], "known_from": at[1]}]


def overdoses(w: Warehouse) -> None:
    """Sums to two months of each of two years in two vintages, and the single months of the year before."""
    table = "core.overdose_observations"
    for number, drug in enumerate(("all", "T40.4"), 1):
        series = {"actor_id": "USA", "measure": "deaths_12m", "drug": drug, "basis": "reported", "counts_by": "occurrence"}
        for start, end in (("2021-01-01", "2021-12-31"), ("2022-01-01", "2022-12-31"), ("2022-02-01", "2023-01-31")):
            row = series | {"period_start": start, "period_end": end, "is_provisional": True}
            w.put(table, *versions(row, "value", (100 / number, 110 / number), (FIRST, SECOND)))
        whole = series | {
            "source": "us_cdc_vsrr",
            "first_period_end": "2022-12-31",
            "last_period_end": "2023-01-31",
            "n_periods": 2,
        }
        w.put("core.overdose_vintages", *(whole | {"known_from": at} for at in (FIRST, SECOND, LAST)))
        month = series | {"measure": "deaths_month", "basis": "final", "counts_by": "residence", "source": "us_cdc_wonder"}
        for year, n in ((2021, 12), *((2022, n) for n in range(1, 12))):
            w.put(table, *versions(month | {"period_start": f"{year}-{n}-01"}, "value", (8 / number, 9 / number), (SECOND, LAST)))
        # one state with a year, and one of which a single month alone was ever known
        w.put(
            table,
            series | {"actor_id": "RUS", "measure": "deaths_year", "period_end": "2022-12-31", "value": 5, "known_from": FIRST},
        )
        w.put(table, month | {"actor_id": "CHN", "period_start": "2022-03-01", "value": 1, "known_from": LAST})
        w.change(f"UPDATE {table} SET period_end = last_day(period_start) WHERE measure = 'deaths_month'")


@pytest.fixture(scope="module")
def versed(another: Callable[[], Warehouse]) -> Warehouse:
    w = another()
    with_a_pair(w)
    alone = {"listing_id": "us_list:2", "registry_id": "x"}
    w.put("core.party_actors", *versions(alone, "actor_id", ("us_list:2", "CHN.FIRM")))
    w.put(
        "core.target_evidence",
        *versions(
            {"listing_id": "us_list:3", "basis": "registry", "strength": "sure"}, "country_id", ("CHN", "RUS"), (SECOND, LAST)
        ),
    )
    w.put("core.sanction_lists", {"list_id": "eu_list"})
    put_listing(w, listing_id="eu_list:1", list_id="eu_list", valid_from="2023-11-03", known_from="2023-11-01")
    span = {"list_id": "eu_list", "covers": "both", "covered_from": "2023-11-01", "basis": "editions"}
    w.put("core.list_coverage", *versions(span, "covered_to", ("2023-11-24", "2023-11-12")))
    w.put("core.sanction_lists", {"list_id": "copy", "covered_from": "2023-10-20", "covered_until": "2023-12-05"})
    w.put("core.list_mirrors", {"mirror_list_id": "copy", "program": "P", "list_id": "us_list"})
    put_listing(w, listing_id="copy:1", list_id="copy", valid_from="2023-11-07", known_from="2023-11-08")
    w.put("core.sanction_programs", {"listing_id": "copy:1", "program": "P", "known_from": SECOND, "known_to": LAST})
    act = {"act_id": "a", "date": "2023-11-10", "known_from": SECOND}
    w.put("core.official_acts", act)
    w.put("core.official_act_states", {"act_id": "a"})
    w.put("core.event_reports", {"event_id": "1", "known_from": SECOND})
    for state in ("USA", "CHN"):
        w.put("core.un_ideal_points", *versions({"actor_id": state, "session": 77, "year": 2022}, "ideal_point", (1, 2)))
    w.put(
        "core.un_agreement",
        *versions({"actor_id": "USA", "partner_id": "CHN", "session": 77, "year": 2022}, "agreement", (0.1, 0.2)),
    )
    overdoses(w)
    # at midnight a day is added to what is covered: no row is known, or ends, then
    for name, table in declared().items():
        for column in {c.name for c in table.columns if name.startswith("core.")} & {"known_from", "known_to", "known_at"}:
            w.change(f"UPDATE {name} SET {column} = {column} + INTERVAL 61 MINUTE")
    return w.build()


@pytest.mark.parametrize("macro", AS_KNOWN)
def test_a_version_stands_from_the_instant_at_which_it_is_known_until_the_one_that_ends_it(versed: Warehouse, macro: str) -> None:
    answers = []
    for known in (FIRST, SECOND, LAST, "2023-11-08", "2023-11-14 22:00", "2023-11-15"):
        at, after = (f"TIMESTAMP '{known}' + INTERVAL 61 MINUTE + INTERVAL {n} MICROSECOND" for n in (0, 1))
        answers.append(versed.ask(f"FROM {macro.format(at)} ORDER BY ALL"))
        assert answers[-1] == versed.ask(f"FROM {macro.format(after)} ORDER BY ALL"), known
    assert any(answer != answers[0] for answer in answers)


@pytest.mark.parametrize(
    ("asked", "first", "then"),
    [
        ("SELECT count(*) FROM list_coverage_as_known({})", 0, 1),
        ("SELECT vintage_date FROM listings_as_known({}) WHERE list_id = 'us_list'", None, "2023-11-10"),
        ("SELECT vintage_date FROM listed_as_known('2023-11-10', {}) WHERE list_id = 'us_list'", None, "2023-11-10"),
        # a list that repeats another counts until the days of the other are held
        ("SELECT count(*) FROM listing_dyads_as_known({})", 2, 1),
    ],
)
def test_the_day_that_begins_at_the_moment_is_not_covered_then(warehouse: Warehouse, asked: str, first: Any, then: Any) -> None:
    warehouse.put("core.sanction_lists", {"covered_from": "2023-11-10", "covered_until": "2023-11-20"})
    warehouse.put("core.sanction_lists", {"list_id": "copy"})
    warehouse.put("core.list_mirrors", {"mirror_list_id": "copy", "program": "P", "list_id": "us_list"})
    warehouse.put("core.sanction_programs", {"listing_id": "copy:1", "program": "P", "known_from": "2023-11-09"})
    put_listing(warehouse, known_from="2023-11-09")
    put_listing(warehouse, listing_id="copy:1", list_id="copy", known_from="2023-11-09")
    warehouse.build()
    assert warehouse.ask(asked.format("TIMESTAMP '2023-11-10'")) == [(first,)]
    assert warehouse.ask(asked.format("TIMESTAMP '2023-11-10 00:00:00.000001'")) == [(then,)]
