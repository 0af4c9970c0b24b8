"""Claims beside the figures that were known when they were made, and beside those known now."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.checks.expectations import from_checks
from tests.depth import examples
from tests.sql.conftest import Row, Warehouse, listing

CHECKS = {e.name: e.query for e in from_checks() if e.table == "marts.claims_judged"}
PUBLISHED = "2023-12-22"


def claim(w: Warehouse, number: float, *, key: str = "a", **row: Any) -> None:
    """A claim of an article of 22 December 2023 that is known at the end of that day."""
    full: Row = {
        "article_id": key, "sentence": 0, "char_start": 0, "char_end": 5, "surface": "12345", "evidence": "12345", "rule": "r",
        "measure": "overdose_deaths", "drug": "all", "comparator": "exactly", "number": number, "low": number, "high": number,
        "unit": "deaths", "actor_id": "USA", "period_basis": "none", "published_on": PUBLISHED,
        "known_from": f"{PUBLISHED} 23:59:59",
    }  # fmt: skip
    w.put("core.claims", full | row)


SHARE: Row = {
    "measure": "overdose_deaths_share", "drug": "T40.4", "comparator": "more_than", "high": None, "unit": "share",
}  # fmt: skip
"""The claim of more than two thirds."""


def added(w: Warehouse, number: float, **row: Any) -> None:
    """A claim on parties put on a list by the United States."""
    of_lists = {"measure": "listings_added", "drug": None, "unit": "listings", "actor_id": None, "source_id": "USA"}
    claim(w, number, **(of_lists | row))


def deaths(w: Warehouse, value: float, period_end: str, known: str, known_to: str | None = None, **row: Any) -> None:
    """A count of twelve months."""
    end = date.fromisoformat(period_end)
    start = (end.replace(day=1) - timedelta(days=330)).replace(day=1)
    of = {"period_start": start.isoformat(), "period_end": period_end, "value": value, "counts_by": "occurrence"}
    w.put("core.overdose_observations", of | {"known_from": known, "known_to": known_to} | row)


def final(w: Warehouse, value: float, year: int, drug: str = "all", known: str = "2024-05-02") -> None:
    """A final count of a year."""
    of = {"source": "us_nida_final", "measure": "deaths_year", "basis": "final", "counts_by": "residence", "drug": drug}
    period = {"period_start": f"{year}-01-01", "period_end": f"{year}-12-31"}
    w.put("core.overdose_observations", of | period | {"value": value, "known_from": known})


def vintage(w: Warehouse, known: str, period_end: str, all_drugs: float, synthetic: float) -> None:
    """A vintage that holds both cells of one period."""
    for drug, value in (("all", all_drugs), ("T40.4", synthetic)):
        deaths(w, value, period_end, known, drug=drug)
        held = {"source": "us_cdc_vsrr", "snapshot_id": known, "vintage_scope": "partial", "actor_id": "USA", "n_periods": 1}
        cell = {"measure": "deaths_12m", "drug": drug, "basis": "reported", "counts_by": "occurrence", "known_from": known}
        w.put("core.overdose_vintages", held | cell | {"first_period_end": period_end, "last_period_end": period_end})


def judged(w: Warehouse, columns: str = "verdict, reason, figure, verdict_now, figure_now") -> list[tuple[Any, ...]]:
    w.build()
    assert {name: w.ask(query) for name, query in CHECKS.items()} == {name: [] for name in CHECKS}
    return w.ask(f"SELECT {columns} FROM marts.claims_judged ORDER BY article_id, char_start")


def test_more_than_two_thirds_is_supported_by_what_was_known_then_and_by_final_2022_and_not_by_2021(warehouse: Warehouse) -> None:
    vintage(warehouse, "2023-05-17", "2022-12-31", 105452, 72027)
    of_2021 = {"known": "2022-12-22"}
    for year, value, synthetic, known in ((2022, 107941, 73838, {}), (2021, 106699, 70601, of_2021)):
        final(warehouse, value, year, **known)
        final(warehouse, synthetic, year, "T40.4", **known)
    claim(warehouse, 2 / 3, **SHARE)
    claim(warehouse, 2 / 3, **SHARE, key="b", period_from="2021-01-01", period_to="2021-12-31", period_basis="stated")
    then = "verdict, round(figure, 3), figure_to, basis, vintage_date, vintage_age_days"
    assert judged(warehouse, f"{then}, verdict_now, round(figure_now, 3)") == [
        ("supported", 0.683, "2022-12-31", "reported", "2023-05-17", 219, "supported", 0.684),
        ("contradicted", 0.662, "2021-12-31", "final", "2022-12-22", 365, "contradicted", 0.662),
    ]


def test_a_figure_that_came_after_the_article_is_not_read_and_is_what_is_known_now(warehouse: Warehouse) -> None:
    deaths(warehouse, 111355, "2023-04-30", "2023-09-13", "2024-02-14")
    deaths(warehouse, 112285, "2023-04-30", "2024-02-14")
    deaths(warehouse, 109000, "2023-08-31", "2024-01-17")
    claim(warehouse, 111355)
    assert judged(warehouse) == [("supported", None, 111355, "contradicted", 112285)]


def test_without_a_period_the_newest_known_counts_unless_it_is_two_years_old(warehouse: Warehouse) -> None:
    deaths(warehouse, 67152, "2018-09-30", "2019-04-24")
    final(warehouse, 107941, 2022)
    claim(warehouse, 100000, comparator="more_than", high=None)
    too_old = "too old: the newest period of which a figure was known then had ended 1909 days before"
    rule = "none stated: newest twelve months known at publication"
    assert judged(warehouse, "verdict, reason, figure, vintage_age_days, verdict_now, figure_now, period_rule") == [
        ("cannot be checked", too_old, 67152, 1703, "supported", 107941, rule)
    ]


def test_a_final_count_goes_before_a_prediction_and_that_before_a_report(warehouse: Warehouse) -> None:
    for basis, value in (("reported", 1.0), ("predicted", 2.0)):
        deaths(warehouse, value, "2022-12-31", "2023-05-17", basis=basis)
    claim(warehouse, 2)
    assert judged(warehouse, "figure, basis, verdict") == [(2, "predicted", "supported")]
    final(warehouse, 3, 2022, known="2023-06-01")
    assert judged(warehouse, "figure, basis, verdict") == [(3, "final", "contradicted")]


def test_what_cannot_be_checked_says_why(warehouse: Warehouse) -> None:
    deaths(warehouse, 100, "2023-04-30", "2023-09-13")
    of_2019 = {"period_basis": "stated", "period_from": "2019-01-01", "period_to": "2019-12-31"}
    reasons: dict[str, Row] = {
        "the text names no place": {"actor_id": None},
        "not held: overdose deaths in CHN (all)": {"actor_id": "CHN"},
        "not held: overdose deaths in USA (T40.1)": {"drug": "T40.1"},
        "the period that the text states is not understood, or is no year": {"period_basis": "not_read"},
        "the day of publication is not known": {"published_on": None},
        "no figure of that period was known then": of_2019,
    }
    for number, row in enumerate(reasons.values()):
        claim(warehouse, 100, key=str(number), **row)
    assert judged(warehouse, "verdict, reason") == [("cannot be checked", reason) for reason in reasons]


def test_a_change_is_that_on_the_year_before(warehouse: Warehouse) -> None:
    deaths(warehouse, 100, "2022-04-30", "2023-09-13")
    deaths(warehouse, 97, "2023-04-30", "2023-09-13")
    change: Row = {"measure": "overdose_deaths_change", "unit": "share", "low": -0.035, "high": -0.025}
    claim(warehouse, -0.03, **change)
    assert judged(warehouse, "verdict, round(figure, 3), figure_to") == [("supported", -0.03, "2023-04-30")]


def seizures(w: Warehouse, months: int, known: str = "2023-11-08") -> None:
    """A pound a month of the fiscal year 2023, from October on."""
    for n in range(months):
        month = date(2022 + (9 + n) // 12, (9 + n) % 12 + 1, 1)
        end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        of = {"drug": "Fentanyl", "period_end": end.isoformat(), "fiscal_year": 2023, "quantity_lbs": 1.0, "known_from": known}
        w.put("core.drug_seizures", of | {"land_filter": "L", "area": "A", "source": "us_cbp_drug_seizures"})


def test_seizures_are_summed_over_the_fiscal_year_where_all_its_months_are_held(warehouse: Warehouse) -> None:
    seized: Row = {"measure": "drugs_seized", "drug": "Fentanyl", "unit": "pounds"}
    seizures(warehouse, 11)
    claim(warehouse, 12, **seized)
    assert judged(warehouse, "verdict, reason") == [("cannot be checked", "no figure was known then")]
    warehouse.change("DELETE FROM core.drug_seizures")
    seizures(warehouse, 12)
    claim(warehouse, 12, **seized, key="b", source_body_id="USA.DEA")
    assert judged(warehouse, "verdict, reason, figure, figure_from, figure_to") == [
        ("supported", None, 12, "2022-10-01", "2023-09-30"),
        ("cannot be checked", "not held: what USA.DEA seized", None, None, None),
    ]


def parties(w: Warehouse, n: int, day: str, known: str | None = None, kind: str = "added", country: str = "CHN") -> None:
    """Parties that came on the list or went from it on a day."""
    (number,) = w.ask("SELECT count(*)::INT FROM core.sanction_listings")[0]
    for i in range(number, number + n):
        listing(w, i, day, states=country)
    changed = "UPDATE core.sanction_events SET kind = ?, known_at = ? WHERE event_date = ?"
    w.change(changed, [kind, known or day, day])


def listed(w: Warehouse, until: str = "2023-12-31") -> None:
    w.put("core.sanction_lists", {"covered_from": "2023-01-01", "covered_until": until})


def test_as_many_as_were_added_on_the_newest_day_of_the_week_support_a_claim_and_fewer_may_contradict_it(
    warehouse: Warehouse,
) -> None:
    """Only where all lists cover the days; with more it is open, since a claim may mean some of them."""
    listed(warehouse)
    for n, day in ((3, "2023-12-21"), (2, "2023-12-18"), (9, "2023-12-01")):
        parties(warehouse, n, day)
    for key, number in (("a", 3), ("b", 5), ("c", 2)):
        added(warehouse, number, key=key)
    of_day = (3, "2023-12-21", "2023-12-21", "us_list")
    more = "more parties were listed or taken off on these days, of whom the claim may mean some"
    assert judged(warehouse, "verdict, reason, figure, figure_from, figure_to, source") == [
        ("supported", None, *of_day), ("contradicted", None, *of_day), ("cannot be checked", more, *of_day),
    ]  # fmt: skip
    warehouse.put("core.sanction_lists", {"list_id": "us_other"})
    not_covered = "not covered: 1 of 2 lists of USA showed all of these days"
    assert judged(warehouse, "verdict, reason")[1] == ("cannot be checked", not_covered)


def test_none_is_0_where_the_list_covers_the_days_and_unknown_elsewhere(warehouse: Warehouse) -> None:
    listed(warehouse)
    added(warehouse, 5)
    assert judged(warehouse, "verdict, figure") == [("contradicted", 0)]
    warehouse.change("DELETE FROM core.list_coverage")
    not_covered = "not covered: 0 of 1 lists of USA showed all of these days"
    assert judged(warehouse, "verdict, reason, figure") == [("cannot be checked", not_covered, None)]


def test_a_listing_that_became_known_after_the_article_counts_now_alone(warehouse: Warehouse) -> None:
    listed(warehouse)
    parties(warehouse, 3, "2023-12-21", known="2023-12-28")
    added(warehouse, 3)
    assert judged(warehouse, "verdict, figure, verdict_now, figure_now") == [("contradicted", 0, "supported", 3)]


def test_parties_are_counted_of_the_state_the_sort_and_the_list_that_the_text_names(warehouse: Warehouse) -> None:
    listed(warehouse)
    parties(warehouse, 3, "2023-12-21")
    parties(warehouse, 2, "2023-12-20", country="RUS")
    said: list[tuple[int, Row, str, str | None]] = [
        (2, {"target_id": "RUS"}, "supported", None),
        (3, {"target_id": "CHN", "party_type": "entity"}, "supported", None),
        (3, {"party_type": "person"}, "contradicted", None),
        (3, {"list_id": "us_unheld"}, "cannot be checked", "not held: the list us_unheld"),
        (3, {"source_id": "CHN"}, "cannot be checked", "not held: no list of CHN"),
        (3, {"source_id": None}, "cannot be checked", "the text does not say who listed"),
    ]
    for key, (number, row, *_) in zip("abcdef", said, strict=True):
        added(warehouse, number, key=key, **row)
    assert judged(warehouse, "verdict, reason") == [(verdict, reason) for *_, verdict, reason in said]


def test_removals_and_parties_in_force_are_counted_too(warehouse: Warehouse) -> None:
    listed(warehouse)
    parties(warehouse, 4, "2023-12-21", kind="removed")
    added(warehouse, 4, measure="listings_removed")
    added(warehouse, 4, key="b", measure="listings_in_force")
    added(warehouse, 3, key="c", measure="listings_in_force")
    assert judged(warehouse, "verdict, figure") == [("supported", 4), ("supported", 4), ("contradicted", 4)]


FAULTS = [
    ("grain_is_unique", "INSERT INTO {} FROM {}"),
    ("words_are_of_their_vocabularies", "UPDATE {} SET verdict = 'unclear'"),
    ("no_look_ahead", "UPDATE {} SET figure_known_from = TIMESTAMP '2024-01-01'"),
    ("no_look_ahead", "UPDATE {} SET figure = figure + 1"),
    ("no_look_ahead", "UPDATE {} SET figure = NULL"),
    ("verdicts_follow_from_figures", "UPDATE {} SET verdict = 'contradicted'"),
    ("verdicts_follow_from_figures", "UPDATE {} SET verdict_now = 'contradicted'"),
    ("verdicts_follow_from_figures", "UPDATE {} SET reason = 'so'"),
    ("verdicts_follow_from_figures", "UPDATE {} SET verdict = 'cannot be checked'"),
    ("verdicts_follow_from_figures", "DELETE FROM {}"),
]


def test_a_fault_is_found_by_the_check_that_is_for_it(warehouse: Warehouse) -> None:
    assert {name for name, _ in FAULTS} == set(CHECKS)
    deaths(warehouse, 100, "2023-04-30", "2023-09-13")
    claim(warehouse, 100)
    assert judged(warehouse, "verdict, verdict_now") == [("supported", "supported")]
    for name, fault in FAULTS:
        assert warehouse.broken(str(CHECKS[name]), fault.replace("{}", "marts.claims_judged")) != [], fault


@pytest.fixture(scope="module")
def built(shared: Warehouse) -> Warehouse:
    return shared.build()


VERSIONS = st.lists(
    st.tuples(
        st.sampled_from(["2022-06-30", "2022-12-31", "2023-03-31"]),
        st.sampled_from(["reported", "predicted"]),
        st.integers(1, 20),
        st.integers(0, 900),
    ),
    max_size=8,
)


@examples(30)
@given(versions=VERSIONS, day=st.integers(0, 900), stated=st.booleans())
def test_a_claim_is_judged_by_the_versions_that_stood_when_its_article_was_known(
    built: Warehouse, versions: list[tuple[str, str, int, int]], day: int, stated: bool
) -> None:
    """Against a plain reading of the same versions: the last of each period and basis that was known by then."""
    first = datetime(2021, 6, 1)
    published = first + timedelta(days=day)
    for table in ("core.overdose_observations", "core.claims"):
        built.change(f"DELETE FROM {table}")
    series: dict[tuple[str, str], dict[datetime, int]] = {}
    for end, basis, value, since in versions:
        series.setdefault((end, basis), {})[first + timedelta(days=since)] = value
    for (end, basis), values in series.items():
        moments = sorted(values)
        for n, moment in enumerate(moments):
            until = moments[n + 1].isoformat() if n + 1 < len(moments) else None
            deaths(built, values[moment], end, moment.isoformat(), until, basis=basis)
    row: Row = {"published_on": published.date().isoformat(), "known_from": published.isoformat()}
    if stated:
        row |= {"period_basis": "stated", "period_from": "2022-01-01", "period_to": "2022-12-31"}
    claim(built, 10, **row)
    stood = {
        key: values[max(m for m in values if m <= published)]
        for key, values in series.items()
        if min(values) <= published and (not stated or key[0] == "2022-12-31")
    }
    expected = max(((end, basis == "predicted", value) for (end, basis), value in stood.items()), default=None)
    ((figure, at),) = built.ask("SELECT figure, known_from FROM (SELECT 1) LEFT JOIN claim_figures('core.claims') ON true")
    assert figure == (None if expected is None else expected[2])
    assert at is None or at <= published.isoformat()
