"""Claims beside the figures that were known when they were made, and beside those known now."""

from datetime import date, datetime, timedelta
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.checks.expectations import from_checks
from tests.depth import examples
from tests.sql.conftest import Row, Warehouse, listing, tell

CHECKS = {e.name: e.query for e in from_checks() if e.table == "marts.claims_judged"}
PUBLISHED = "2023-12-22"
VERDICTS = "verdict, reason, figure, verdict_now, figure_now"


def claim(w: Warehouse, number: str, key: str = "a", **row: object) -> None:
    """A claim of an article of 22 December 2023 that is known at the end of that day."""
    full: Row = {
        "article_id": key, "sentence": 0, "char_start": 0, "char_end": 5, "surface": "12345", "evidence": "12345", "rule": "r",
        "measure": "overdose_deaths", "drug": "all", "comparator": "exactly", "number": number, "low": number, "high": number,
        "unit": "deaths", "actor_id": "USA", "period_basis": "none", "published_on": PUBLISHED,
        "known_from": f"{PUBLISHED} 23:59:59",
    }  # fmt: skip
    w.put("core.claims", full | row)


def added(w: Warehouse, number: str, key: str = "a", **row: object) -> None:
    """A claim on parties put on a list by the United States."""
    of_lists = {"measure": "listings_added", "drug": None, "unit": "listings", "actor_id": None, "source_id": "USA"}
    claim(w, number, key, **(of_lists | row))


def deaths(w: Warehouse, value: object, end: str, known: str, known_to: object = None, **row: object) -> None:
    """A count of twelve months."""
    start = (date.fromisoformat(end).replace(day=1) - timedelta(days=330)).replace(day=1)
    of = {"period_start": start, "period_end": end, "value": value, "counts_by": "occurrence"}
    w.put("core.overdose_observations", of | {"known_from": known, "known_to": known_to} | row)


def final(w: Warehouse, value: str, year: str, known: str = "2024-05-02", drug: str = "all") -> None:
    """A final count of a year."""
    of = {"source": "us_nida_final", "measure": "deaths_year", "basis": "final", "counts_by": "residence", "drug": drug}
    deaths(w, value, f"{year}-12-31", known, period_start=f"{year}-01-01", **of)


def vintage(w: Warehouse, drug: str, value: str) -> None:
    """A vintage of May 2023 that holds a figure of 2022."""
    end, known = "2022-12-31", "2023-05-17"
    deaths(w, value, end, known, drug=drug)
    head = "source snapshot_id vintage_scope actor_id n_periods measure drug basis counts_by known_from first_period_end"
    row = f"us_cdc_vsrr {known} partial USA 1 deaths_12m {drug} reported occurrence {known} {end} {end}"
    w.fill(f"overdose_vintages {head} last_period_end", row)


def seized(w: Warehouse, first: str, last: str) -> None:
    """A pound a month, of the months of the fiscal year 2023 from October on."""
    ends = (date(2022 + n // 12, n % 12 + 1, 1) - timedelta(1) for n in range(int(first) + 9, int(last) + 10))
    head = "drug_seizures drug period_end fiscal_year quantity_lbs known_from land_filter area source"
    w.fill(head, *(f"Fentanyl {end} 2023 1.0 2023-11-08 L A us_cbp_drug_seizures" for end in ends))


def parties(w: Warehouse, n: str, day: str, known: str | None = None, kind: str = "added", country: str = "CHN") -> None:
    """Parties that came on the list or went from it on a day."""
    (number,) = w.ask("SELECT count(*)::INT FROM core.sanction_listings")[0]
    for i in range(number, number + int(n)):
        listing(w, i, day, states=country)
    w.change("UPDATE core.sanction_events SET kind = ?, known_at = ? WHERE event_date = ?", [kind, known or day, day])


SHARE = "measure=overdose_deaths_share|drug=T40.4|comparator=more_than|high=-|unit=share"
"""The claim of more than two thirds."""
LISTS = "core sanction_lists covered_from covered_until: 2023-01-01 2023-12-31"
NO = "cannot be checked"
JUDGED = "FROM marts.claims_judged ORDER BY article_id, char_start =>"
STORIES = {
    "more than two thirds is supported by what was known then and by final 2022 and not by 2021": (
        "vintage all 105452", "vintage T40.4 72027", "final 107941 2022", "final 73838 2022 drug=T40.4",
        "final 106699 2021 2022-12-22", "final 70601 2021 2022-12-22 T40.4", f"claim 0.66667|{SHARE}",
        f"claim 0.66667|b|{SHARE}|period_from=2021-01-01|period_to=2021-12-31|period_basis=stated",
        f"verdict, round(figure, 3), figure_to, basis, vintage_date, vintage_age_days, verdict_now, round(figure_now, 3) "
        f"{JUDGED} supported|0.683|2022-12-31|reported|2023-05-17|219|supported|0.684"
        " / contradicted|0.662|2021-12-31|final|2022-12-22|365|contradicted|0.662",
    ),
    "a figure that came after the article is not read and is what is known now": (
        "deaths 111355 2023-04-30 2023-09-13 2024-02-14", "deaths 112285 2023-04-30 2024-02-14",
        "deaths 109000 2023-08-31 2024-01-17", "claim 111355", f"{VERDICTS} {JUDGED} supported|-|111355.0|contradicted|112285.0",
    ),
    "without a period the newest known counts unless it is two years old": (
        "deaths 67152 2018-09-30 2019-04-24", "final 107941 2022", "claim 100000 comparator=more_than high=-",
        f"{VERDICTS}, vintage_age_days, period_rule {JUDGED} {NO}|too old: the newest period of which a figure was known then "
        "had ended 1909 days before|67152.0|supported|107941.0|1703|none stated: newest twelve months known at publication",
    ),
    "a final count goes before a prediction and that before a report": (
        "deaths 1 2022-12-31 2023-05-17", "deaths 2 2022-12-31 2023-05-17 basis=predicted", "claim 2",
        f"figure, basis, verdict {JUDGED} 2.0|predicted|supported", "final 3 2022 2023-06-01",
        f"figure, basis, verdict {JUDGED} 3.0|final|contradicted",
    ),
    "what cannot be checked says why": (
        "deaths 100 2023-04-30 2023-09-13", "claim 100 a actor_id=-", "claim 100 b actor_id=CHN", "claim 100 c drug=T40.1",
        "claim 100 d period_basis=not_read", "claim 100 e published_on=-",
        "claim 100 f period_basis=stated period_from=2019-01-01 period_to=2019-12-31",
        f"verdict, reason {JUDGED} {NO}|the text names no place / {NO}|not held: overdose deaths in CHN (all)"
        f" / {NO}|not held: overdose deaths in USA (T40.1) / {NO}|the period that the text states is not understood, or is no "
        f"year / {NO}|the day of publication is not known / {NO}|no figure of that period was known then",
    ),
    "a change is that on the year before": (
        "deaths 100 2022-04-30 2023-09-13", "deaths 97 2023-04-30 2023-09-13",
        "claim -0.03 measure=overdose_deaths_change unit=share low=-0.035 high=-0.025",
        f"verdict, round(figure, 3), figure_to {JUDGED} supported|-0.03|2023-04-30",
    ),
    "seizures are summed over the fiscal year where all its months are held": (
        "seized 1 11", "claim 12 measure=drugs_seized drug=Fentanyl unit=pounds",
        f"verdict, reason {JUDGED} {NO}|no figure was known then", "seized 12 12",
        "claim 12 b measure=drugs_seized drug=Fentanyl unit=pounds source_body_id=USA.DEA",
        f"verdict, reason, figure, figure_from, figure_to {JUDGED} supported|-|12.0|2022-10-01|2023-09-30"
        f" / {NO}|not held: what USA.DEA seized|-|-|-",
    ),
    "as many as were added on the newest day of the week support a claim, fewer may contradict it, and more leave it open": (
        LISTS, "parties 3 2023-12-21", "parties 2 2023-12-18", "parties 9 2023-12-01", "added 3 a", "added 5 b", "added 2 c",
        f"verdict, reason, figure, figure_from, figure_to, source {JUDGED} supported|-|3.0|2023-12-21|2023-12-21|us_list"
        f" / contradicted|-|3.0|2023-12-21|2023-12-21|us_list / {NO}|more parties were listed or taken off on these days, of whom"
        " the claim may mean some|3.0|2023-12-21|2023-12-21|us_list",
        "core sanction_lists list_id: us_other", "DELETE FROM core.claims WHERE article_id <> 'b'",
        f"verdict, reason {JUDGED} {NO}|not covered: 1 of 2 lists of USA showed all of these days",
    ),
    "none is 0 where the list covers the days and unknown elsewhere": (
        LISTS, "added 5", f"verdict, figure {JUDGED} contradicted|0.0", "DELETE FROM core.list_coverage",
        f"verdict, reason, figure {JUDGED} {NO}|not covered: 0 of 1 lists of USA showed all of these days|-",
    ),
    "a listing that became known after the article counts now alone": (
        LISTS, "parties 3 2023-12-21 2023-12-28", "added 3",
        f"verdict, figure, verdict_now, figure_now {JUDGED} contradicted|0.0|supported|3.0",
    ),
    "parties are counted of the state, the sort and the list that the text names": (
        LISTS, "parties 3 2023-12-21", "parties 2 2023-12-20 country=RUS", "added 2 a target_id=RUS",
        "added 3 b target_id=CHN party_type=entity", "added 3 c party_type=person", "added 3 d list_id=us_unheld",
        "added 3 e source_id=CHN", "added 3 f source_id=-",
        f"verdict, reason {JUDGED} supported|- / supported|- / contradicted|- / {NO}|not held: the list us_unheld"
        f" / {NO}|not held: no list of CHN / {NO}|the text does not say who listed",
    ),
    "removals and parties in force are counted too": (
        LISTS, "parties 4 2023-12-21 kind=removed", "added 4 a measure=listings_removed", "added 4 b measure=listings_in_force",
        "added 3 c measure=listings_in_force", f"verdict, figure {JUDGED} supported|4.0 / supported|4.0 / contradicted|4.0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", STORIES, ids=str)
def test_of_a_claim(warehouse: Warehouse, what: str) -> None:
    actions = (claim, added, deaths, final, vintage, seized, parties)
    tell(warehouse, *STORIES[what], **{action.__name__: action for action in actions})
    assert [name for name, query in CHECKS.items() if warehouse.ask(str(query))] == []


FAULTS = {
    "grain_is_unique": ["INSERT INTO {} FROM {}"],
    "words_are_of_their_vocabularies": ["UPDATE {} SET verdict = 'unclear'"],
    "no_look_ahead": ["figure_known_from = TIMESTAMP '2024-01-01'", "figure = figure + 1", "figure = NULL"],
    "verdicts_follow_from_figures": [
        "verdict = 'contradicted'", "verdict_now = 'contradicted'", "reason = 'so'", "verdict = 'cannot be checked'",
        "DELETE FROM {}",
    ],
}  # fmt: skip


def test_a_fault_is_found_by_the_check_that_is_for_it(warehouse: Warehouse) -> None:
    assert set(FAULTS) == set(CHECKS)
    deaths(warehouse, 100, "2023-04-30", "2023-09-13")
    claim(warehouse, "100")
    tell(warehouse, f"verdict, verdict_now {JUDGED} supported|supported")
    for name, faults in FAULTS.items():
        statements = (fault if "{}" in fault else f"UPDATE {{}} SET {fault}" for fault in faults)
        warehouse.finds(str(CHECKS[name]), *(s.replace("{}", "marts.claims_judged") for s in statements))


@pytest.fixture(scope="module")
def built(shared: Warehouse) -> Warehouse:
    return shared.build()


ENDS, BASES = (st.sampled_from(of) for of in (["2022-06-30", "2022-12-31", "2023-03-31"], ["reported", "predicted"]))


@examples(30)
@given(
    versions=st.lists(st.tuples(ENDS, BASES, st.integers(1, 20), st.integers(0, 900)), max_size=8),
    day=st.integers(0, 900),
    stated=st.booleans(),
)
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
        for moment, until in zip_longest(sorted(values), sorted(values)[1:]):
            deaths(built, values[moment], end, moment.isoformat(), until and until.isoformat(), basis=basis)
    of_2022 = {"period_basis": "stated", "period_from": "2022-01-01", "period_to": "2022-12-31"} if stated else {}
    claim(built, "10", published_on=published.date().isoformat(), known_from=published.isoformat(), **of_2022)
    stood = (
        (end, basis == "predicted", values[max(m for m in values if m <= published)])
        for (end, basis), values in series.items()
        if min(values) <= published and (not stated or end == "2022-12-31")
    )
    expected = max(stood, default=(None,))[-1]
    ((figure, at),) = built.ask("SELECT figure, known_from FROM (SELECT 1) LEFT JOIN claim_figures('core.claims') ON true")
    assert figure == expected
    assert at is None or at <= published.isoformat()
