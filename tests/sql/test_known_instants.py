"""At which instant a macro takes a row in and leaves it out."""

from collections.abc import Callable

import pytest

from assets.schema import declared
from tests.sql.conftest import Warehouse, tell
from tests.sql.test_macros import with_a_pair

AS_KNOWN = (
    "dyad_panel_as_known('USA', 'CHN', 'day', {})", "events_one_a_day_as_known('USA', 'CHN', {})", "list_coverage_as_known({})",
    "listed_as_known('2023-11-22', {})", "listing_countries_as_known({})", "listing_dyads_as_known({})", "listings_as_known({})",
    "overdose_as_known({})", "overdose_best_as_known({})", "overdose_changes_as_known({})", "overdose_monthly_as_known({})",
    "overdose_shares_as_known({})", "un_dyads_as_known({})",
)  # fmt: skip
FIRST, SECOND, LAST = "2023-11-02T07:00", "2023-11-12T07:00", "2023-11-25T07:00"


def versions(of: str, row: str, values: str, first: str = FIRST, second: str = SECOND) -> str:
    """A row in two versions, which differ in the last column."""
    one, two = values.split()
    return f"core {of} known_from known_to: {row} {one} {first} {second} / {row} {two} {second} -"


def overdoses(w: Warehouse) -> None:
    """Sums to two months of each of two years in two vintages, and the single months of the year before.

    One state has a year, and of one a single month alone was ever known.
    """
    head = "overdose_observations drug actor_id measure basis counts_by source period_start period_end is_provisional value"
    of_vintage = "overdose_vintages source actor_id measure basis counts_by first_period_end last_period_end n_periods drug"
    for number, drug in enumerate(("all", "T40.4"), 1):
        series, month = f"{drug} USA deaths_12m reported occurrence us_cdc_vsrr", "deaths_month final residence us_cdc_wonder"
        sums = ("2021-01-01 2021-12-31", "2022-01-01 2022-12-31", "2022-02-01 2023-01-31")
        months = ("2021-12-01", *(f"2022-{n:02}-01" for n in range(1, 12)))
        whole = f"us_cdc_vsrr USA deaths_12m reported occurrence 2022-12-31 2023-01-31 2 {drug}"
        values, of_month = f"{100 / number} {110 / number}", f"{8 / number} {9 / number}"
        tell(
            w, *(versions(head, f"{series} {period} true", values) for period in sums),
            f"core {of_vintage} known_from: " + " / ".join(f"{whole} {at}" for at in (FIRST, SECOND, LAST)),
            *(versions(head, f"{drug} USA {month} {start} - false", of_month, SECOND, LAST) for start in months),
            f"core {head} known_from: {drug} RUS deaths_year reported occurrence us_cdc_vsrr - 2022-12-31 false 5 {FIRST} / "
            f"{drug} CHN {month} 2022-03-01 - false 1 {LAST}",
            "UPDATE core.overdose_observations SET period_end = last_day(period_start) WHERE measure = 'deaths_month'",
        )  # fmt: skip


@pytest.fixture(scope="module")
def versed(another: Callable[[], Warehouse]) -> Warehouse:
    w = with_a_pair(another())
    tell(
        w, versions("party_actors listing_id registry_id actor_id", "us_list:2 x", "us_list:2 CHN.FIRM"),
        versions("target_evidence listing_id basis strength country_id", "us_list:3 registry sure", "CHN RUS", SECOND, LAST),
        "core sanction_lists list_id: eu_list",
        "core sanction_listings listing_id valid_from known_from: eu_list:1 2023-11-03 2023-11-01 / copy:1 2023-11-07 2023-11-08",
        versions("list_coverage list_id covers covered_from basis covered_to", "eu_list both 2023-11-01 editions",
                 "2023-11-24 2023-11-12"),
        "core sanction_lists list_id covered_from covered_until: copy 2023-10-20 2023-12-05",
        "core list_mirrors mirror_list_id program list_id: copy P us_list",
        f"core sanction_programs listing_id program known_from known_to: copy:1 P {SECOND} {LAST}",
        f"core official_acts act_id date known_from: a 2023-11-10 {SECOND}", "core official_act_states act_id: a",
        f"core event_reports event_id known_from: 1 {SECOND}",
        *(versions("un_ideal_points actor_id session year ideal_point", f"{state} 77 2022", "1 2") for state in ("USA", "CHN")),
        versions("un_agreement actor_id partner_id session year agreement", "USA CHN 77 2022", "0.1 0.2"),
    )  # fmt: skip
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


def test_the_day_that_begins_at_the_moment_is_not_covered_then(warehouse: Warehouse) -> None:
    """A list that repeats another counts until the days of the other are held."""
    then = {"": ("0", "-", "-", "2"), " 00:00:00.000001": ("1", "2023-11-10", "2023-11-10", "1")}
    asked = (
        "count(*) FROM list_coverage_as_known({})", "vintage_date FROM listings_as_known({}) WHERE list_id = 'us_list'",
        "vintage_date FROM listed_as_known('2023-11-10', {}) WHERE list_id = 'us_list'",
        "count(*) FROM listing_dyads_as_known({})",
    )  # fmt: skip
    tell(
        warehouse, "core sanction_lists covered_from covered_until: 2023-11-10 2023-11-20", "core sanction_lists list_id: copy",
        "core list_mirrors mirror_list_id program list_id: copy P us_list",
        "core sanction_programs listing_id program known_from: copy:1 P 2023-11-09",
        "core sanction_listings listing_id known_from: us_list:1 2023-11-09 / copy:1 2023-11-09",
        *(query.replace("{}", f"TIMESTAMP '2023-11-10{at}'") + f" => {answer}" for at, answers in then.items()
          for query, answer in zip(asked, answers, strict=True)),
    )  # fmt: skip
