"""A list whose history is seen by comparing snapshots, also where it states dates itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.contracts import StagedSnapshot
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.us_ofac.remarks import reader
from assets.sanctions.reading.shape import DETAILS
from assets.schema import table
from tests.depth import examples
from tests.sanctions.conftest import COUNTRY_IDS, Memory, offending, vintage

LIST = "us_ofac_sdn"
TABLES = ("sanction_lists", "sanction_listings", "sanction_programs", "sanction_events", *(f"sanction_{n}" for n in DETAILS))
SMALL = ("most_have", "few_", "no_two_at_once", "lie_within")
"""Warnings that say nothing on small made-up lists."""
A = {"native_id": "1", "name": "ALPHA CO"}
B = {"native_id": "2", "name": "BETA CO"}
CHINESE = A | {"remarks": "nationality China; a.k.a. 'AL'."}
NEW_ID = A | {"native_id": "3"}
DATED = A | {"listed_on": "2015-03-04"}
ENDING = A | {"listed_on": "2022-01-01", "ends_on": "2023-01-20"}
ENDING_BY_NOTICE = ENDING | {"ends_on_basis": "federal_register"}
TORNADO = A | {"native_id": "38499", "name": "TORNADO CASH"}
PAUSE = {"native_id": "1", "status": "suspended", "valid_from": "2023-01-10", "valid_to": "2023-04-10", "citation": "N1"}
FULL: dict[str, list[dict[str, Any]]] = {
    "names": [{"native_id": "1", "name": "AL", "kind": "aka", "quality": "strong"}],
    "countries": [{"native_id": "1", "country_id": "CHN", "basis": "nationality"}],
    "identifiers": [{"native_id": "1", "scheme": "passport", "value": "C1", "country_id": "CHN", "note": None}],
    "addresses": [{"native_id": "1", "address": "Wuhan, China", "country_id": "CHN"}],
    "birth_dates": [{"native_id": "1", "born": "1970", "born_from": "1970-01-01", "born_before": "1971-01-01",
     "precision": "year", "is_circa": False}],
    "birth_places": [{"native_id": "1", "place": "Tehran, Iran", "country_id": "IRN"}],
    "links": [{"native_id": "1", "relation": "owned_by", "linked_name": "BETA", "linked_listing_id": "us_ofac_sdn:2"}],
    "notes": [{"native_id": "1", "kind": "gender", "text": "Male"}],
}  # fmt: skip
IDENTIFIED = {"identifiers": FULL["identifiers"]}


def noted(note: str) -> dict[str, list[dict[str, Any]]]:
    return {"identifiers": [FULL["identifiers"][0] | {"note": note}]}


def programs(cell: str, of: dict[str, str] = A) -> dict[str, str]:
    return of | {"programs": cell}


def repeat(when: str) -> StagedSnapshot:
    return replace(vintage(when, []), frames={}, is_repeat=True)


def paused(when: str, *pauses: dict[str, Any]) -> StagedSnapshot:
    return vintage(when, [A], details={"statuses": pauses})


def lacking(*columns: str) -> StagedSnapshot:
    made = vintage("01-09", [A])
    return replace(made, frames={"listings": made.frames["listings"].drop(columns)})


def fold(*seen: Any) -> Memory:
    """The history after these vintages, on which every check holds. A tuple: a day, of 2023, and what was listed then."""
    snapshots = [vintage(v[0], v[1:]) if isinstance(v, tuple) else v for v in seen]
    after = Memory().after(fold_compared(LIST, Memory(), snapshots, reader(COUNTRY_IDS)))
    assert {c for c in offending(after) if not any(word in c for word in SMALL)} == set()
    return after


FULLY_NAMED = vintage("01-02", [A], aliases=[("1", "aka", "AL")], addresses=[("1", "China")])
BOTH_NAMED = vintage("01-09", [A, B], aliases=[("1", "aka", "AL"), ("2", "aka", "BE")], addresses=[("1", "China")])
TWO_NAMED = vintage("01-02", [A, B], aliases=[("1", "aka", "AL")])
GAMMA = {"native_id": "3", "name": "GAMMA"}
AIMED = [
    A | {"remarks": "citizen Iran; nationality Russia; nationality China."},
    B | {"remarks": "POB Hong Kong; citizen Iran; Passport 1 (China)."},
    {"native_id": "3", "remarks": "Passport 1 (China)."},
    {"native_id": "4", "remarks": "POB Hong Kong."},
]
AIMED_AT = [("1", "Mexico"), ("2", "Mexico"), ("3", "Mexico"), ("3", "Iran")]
CUT = {"cut_ids": ["1"]}
SHORT, WHOLE = (A | {"remarks": f"Gender Male; nationality Ch{end}"} for end in ("", "ina."))
SCENARIOS: dict[str, Sequence[Any]] = {
    "what the first snapshot holds has an unknown start, and aliases of programs come with it": (("01-02", A),
     "listings listing_id valid_from valid_from_basis known_basis: us_ofac_sdn:1|-|left_censored|snapshot",
     "programs program valid_from valid_from_basis: SDGT|-|left_censored", "events kind:",
     "program_aliases program_raw program: BELARUS-EO|BELARUS-EO14038 / ILLICIT-DRUGS-EO|ILLICIT-DRUGS-EO14059"
     " / PEESA-EO|PEESA-EO14039"),
    "an unchanged answer moves the days covered": (("2021-12-10T12:00", A), repeat("2021-12-15T12:00"),
     "lists covered_from covered_until: 2021-12-10|2021-12-15", "listings native_id valid_to: 1|-"),
    "an unchanged answer moves the lower bound of what comes next": (("2021-12-10T12:00", A), repeat("2021-12-15T12:00"),
     ("2021-12-20T12:00", A, B), "listings valid_from valid_from_earliest native_id=2: 2021-12-20|2021-12-15"),
    "a removal leaves a current version with its day, and closes names and countries": (("01-02", CHINESE, B), ("01-09", B),
     "listings valid_to valid_to_basis valid_to_earliest known_from known_to native_id=1: "
     "-|-|-|2023-01-02T15:00|2023-01-09T15:00 / 2023-01-09|snapshot_diff|2023-01-02|2023-01-09T15:00|-",
     "programs valid_to known_to listing_id=us_ofac_sdn:1: -|2023-01-09T15:00 / 2023-01-09|-",
     "names name known_to listing_id=us_ofac_sdn:1: AL|2023-01-09T15:00 / ALPHA CO|2023-01-09T15:00",
     "countries country_id known_to: CHN|2023-01-09T15:00", "events kind country_id name: removed|CHN|ALPHA CO"),
    "several edits in one vintage are one modified and one new version": (("01-02", A),
     ("01-09", A | {"name": "ALPHA LTD", "title": "Director", "remarks": "nationality Iran.", "programs": "SDGT] [IRAN"}),
     "events kind detail name country_id: modified|name; title; remarks; programs +IRAN|ALPHA LTD|IRN",
     "listings name title valid_from_basis known_to: "
     "ALPHA CO|-|left_censored|2023-01-09T15:00 / ALPHA LTD|Director|left_censored|-",
     "names name kind known_to: ALPHA CO|primary|2023-01-09T15:00 / ALPHA LTD|primary|-"),
    "a change of programs alone is one event per program and no new version": (("01-02", A),
     ("01-09", programs("IRAN] [NPWMD")), "events kind detail: program_added|IRAN / program_added|NPWMD / program_removed|SDGT",
     "programs program valid_from valid_to known_to: IRAN|2023-01-09|-|- / NPWMD|2023-01-09|-|-"
     " / SDGT|-|-|2023-01-09T15:00 / SDGT|-|2023-01-09|-", "listings native_id: 1"),
    # ILLICIT-DRUGS-EO became ILLICIT-DRUGS-EO14059 on 2022-09-22: no delisting and no listing
    "a retag keeps the start of the program": (("2022-01-01T15:00", B),
     ("2022-01-02T15:00", B, programs("ILLICIT-DRUGS-EO] [SDNTK")),
     ("2022-09-22T18:55:42", B, programs("ILLICIT-DRUGS-EO14059] [SDNTK")),
     "events kind detail: added|- / modified|programs ILLICIT-DRUGS-EO -> ILLICIT-DRUGS-EO14059",
     "programs program_raw valid_from valid_to known_to program=ILLICIT-DRUGS-EO14059: "
     "ILLICIT-DRUGS-EO|2022-01-02|-|2022-09-22T18:55:42 / ILLICIT-DRUGS-EO14059|2022-01-02|-|-"),
    "the order in a cell says nothing": (("01-02", programs("SDGT] [IRAN")), ("01-09", programs("IRAN] [SDGT")), "events kind:"),
    "an id issued again has no gap within three days": (("01-02", A, B), ("01-09", B), ("01-12", B, NEW_ID),
     "events kind listing_id: reissued|us_ofac_sdn:3",
     "listings valid_to known_from known_to native_id=1: -|2023-01-02T15:00|2023-01-09T15:00"
     " / 2023-01-09|2023-01-09T15:00|2023-01-12T15:00 / 2023-01-12|2023-01-12T15:00|-"),
    "four days later it is another": (("01-02", A, B), ("01-09", B), ("01-13", B, NEW_ID), "events kind: removed / added"),
    "another name is no reissue": (("01-02", A, B), ("01-09", B, NEW_ID | {"name": "GAMMA CO"}), "events kind: removed / added"),
    "another type is no reissue": (("01-02", A, B), ("01-09", B, NEW_ID | {"party_type": "vessel"}),
     "events kind: removed / added"),
    "a file that is absent says nothing": (FULLY_NAMED, ("01-03", A | {"title": "Director"}),
     "names name known_to=-: AL / ALPHA CO", "countries country_id known_to=-: CHN"),
    "a file that holds nothing closes": (FULLY_NAMED, vintage("01-04", [A], aliases=[], addresses=[]),
     "names name known_to=-: ALPHA CO", "countries country_id known_to=-:", "events kind detail: modified|names; addresses"),
    "what a file holds that was not there before is learnt and no act": (("01-02", A, B), BOTH_NAMED,
     "names name known_from kind=aka: AL|2023-01-09T15:00 / BE|2023-01-09T15:00", "events kind:"),
    "a file that comes back tells of those whom it knew": (("01-02", A, B), BOTH_NAMED, ("01-16", A, B, GAMMA),
     vintage("01-23", [A, B, GAMMA], aliases=[("1", "aka", "AL"), ("3", "aka", "GA")], addresses=[("1", "China")]),
     "events kind listing_id: modified|us_ofac_sdn:2 / added|us_ofac_sdn:3"),
    "an event is aimed at nationality before citizenship before address": (("01-02", {"native_id": "9", "name": "SEED"}),
     vintage("01-03", [{"native_id": "9", "name": "SEED"}, *AIMED], addresses=AIMED_AT),
     "events country_id: RUS / IRN / IRN / -"),
    "an event is aimed at a destination before an address": (("01-02", A), vintage("01-03", [A, B],
     details={"countries": [{"native_id": "2", "country_id": "IRN", "basis": "address"}, {"native_id": "2", "country_id": "CHN",
     "basis": "list_destination"}]}), "events country_id: CHN"),
    "a listing whose row cannot be read is not removed": (TWO_NAMED,
     vintage("01-03", [B], aliases=[], facts={"unreadable_ids": ["1"], "n_illegible": 0}), "events kind:",
     "names name known_to=- listing_id=us_ofac_sdn:1: AL / ALPHA CO"),
    "where an id cannot be read nobody is removed": (TWO_NAMED,
     vintage("01-03", [B], facts={"unreadable_ids": [], "n_illegible": 1}), "events kind:"),
    "a stated start dates the listing and its event in the first snapshot too": (("01-02", A | {"listed_on": "2010-05-01"}),
     ("01-09", A | {"listed_on": "2010-05-01"}, B | {"listed_on": "2023-01-06", "listed_on_basis": "federal_register"}),
     "listings valid_from valid_from_earliest valid_from_basis known_basis: "
     "2010-05-01|-|source_field|snapshot / 2023-01-06|-|federal_register|snapshot",
     "events kind event_date event_date_earliest known_at: "
     "added|2010-05-01|-|2023-01-02T15:00 / added|2023-01-06|-|2023-01-09T15:00",
     "programs valid_from valid_from_basis listing_id=us_ofac_sdn:1: 2010-05-01|source_field"),
    "a stated publication is since when all of a listing was known": (("01-02",
     A | {"listed_on": "2022-12-20", "published_on": "2022-12-22", "remarks": "nationality China."}),
     "listings known_from known_basis: 2022-12-22T23:59:59|publication",
     *(f"{table} known_from: 2022-12-22T23:59:59" for table in ("programs", "names", "countries")),
     "events event_id: us_ofac_sdn:1:added:2022-12-22T23:59:59Z"),
    "a publication that lies ahead is not": (("01-02", A | {"published_on": "2023-01-03"}),
     "listings known_from known_basis: 2023-01-02T15:00|snapshot"),
    "a start that is stated later replaces an unknown one without losing what was known": (("01-02", A), ("02-01", DATED),
     "listings valid_from valid_from_basis known_from known_to: -|left_censored|2023-01-02T15:00|2023-02-01T15:00"
     " / 2015-03-04|source_field|2023-02-01T15:00|-", "events kind event_date known_at: added|2015-03-04|2023-02-01T15:00",
     "programs valid_from valid_from_basis known_to: -|left_censored|2023-02-01T15:00 / 2015-03-04|source_field|-"),
    "no start replaces none": (("01-02", DATED), ("02-01", A), "listings valid_from known_to: 2015-03-04|-"),
    "a stated start that is corrected is an edit": (("01-02", DATED), ("02-01", A | {"listed_on": "2015-04-03"}),
     "events kind detail event_date: added|-|2015-03-04 / modified|valid_from|2023-02-01",
     "listings valid_from known_to=-: 2015-04-03"),
    "a start after the party was seen is not believed": (("01-02", A), ("2024-01-02T15:00", A | {"listed_on": "2023-12-01"}),
     "listings valid_from_basis: left_censored"),
    "what is listed until a day is dated by it": (("01-02", ENDING_BY_NOTICE, B),
     "listings valid_to valid_to_basis native_id=1: 2023-01-20|federal_register",
     "programs valid_to listing_id=us_ofac_sdn:1: 2023-01-20", "events kind: added"),
    "an end in the past is reported at once": (("01-02",
     A | {"listed_on": "2015-01-01", "ends_on": "2020-01-01", "published_on": "2015-01-03"}),
     "events kind event_date known_at: added|2015-01-01|2015-01-03T23:59:59 / removed|2020-01-01|2020-01-01T05:00"),
    "an end ahead is reported when its day has come, also by a repeat": (("01-02", A | {"ends_on": "2023-01-20"}),
     repeat("01-25"), "events kind event_date: removed|2023-01-20"),
    "an end before the start is none": (("01-02", A | {"listed_on": "2022-01-01", "ends_on": "2021-01-01"}),
     "listings valid_to: -"),
    "what had ended and is shown again with its old end has not returned": (("01-02", ENDING, B), ("02-01", B),
     ("03-01", ENDING, B), ("04-01", ENDING, B), "listings valid_from valid_to native_id=1: 2022-01-01|2023-01-20",
     "events kind: added / removed"),
    "a suspension is an interval with an event": (paused("01-02"), paused("01-12", PAUSE),
     "statuses valid_from valid_to known_to: 2023-01-10|2023-04-10|-",
     "events kind event_date event_date_earliest citation: suspended|2023-01-10|-|N1"),
    "the end of a suspension is reported when its day has come": (paused("01-02"), paused("01-12", PAUSE),
     paused("05-01", PAUSE), "events kind event_date event_date_earliest citation kind=resumed: resumed|2023-04-10|-|N1",
     "listings valid_to: -"),
    "a suspension that is extended is another version and takes its end back": (paused("01-12", PAUSE), paused("05-01", PAUSE),
     paused("05-20", PAUSE | {"valid_to": "2023-07-10"}),
     "statuses valid_to known_to: 2023-04-10|2023-05-20T15:00 / 2023-07-10|-", "events kind: suspended"),
    "a suspension that is shown no more has ended": (paused("01-12", PAUSE | {"valid_to": None}), paused("02-01"),
     "statuses valid_to known_to: -|2023-02-01T15:00 / 2023-02-01|-",
     "events kind event_date event_date_earliest citation kind=resumed: resumed|2023-02-01|2023-01-12|N1"),
    "a snapshot that does not speak of suspensions ends none": (paused("01-12", PAUSE), ("02-01", A),
     "statuses valid_to known_to: 2023-04-10|-"),
    "details close by one event that names them": (vintage("01-02", [A], details=FULL),
     vintage("01-09", [A], details={n: [] for n in FULL}),
     "events kind detail: modified|names; countries; identifiers; addresses; birth_dates; birth_places; links; notes",
     *(f"{name} known_to known_to=-: {'-' if name == 'names' else ''}" for name in FULL), "listings native_id: 1"),
    "details close with the removal": (vintage("01-02", [A, B], details=FULL), vintage("01-09", [B], details={}),
     *(f"{name} known_to listing_id=us_ofac_sdn:1 known_to=-:" for name in FULL)),
    "a detail of nobody is left out": (vintage("01-02", [A],
     details={"notes": [{"native_id": "9", "kind": "gender", "text": "Male"}]}), "notes text:"),
    "a changed value is the next row": (vintage("01-02", [A], details=IDENTIFIED),
     vintage("01-09", [A], details=noted("expires 2030")), "identifiers note known_to: -|2023-01-09T15:00 / expires 2030|-",
     "events detail: identifiers"),
    "a changed citation is cited": (("01-02", A | {"citation": "87 FR 2"}),
     ("01-09", A | {"citation": "88 FR 1", "url": "https://example.org/1"}),
     "events kind detail citation url: modified|citation|88 FR 1|https://example.org/1"),
    "another format teaches": (vintage("01-02", [A], details=IDENTIFIED, facts={"format": "csv"}),
     vintage("01-09", [A], details=noted("alternative"), facts={"format": "xml"}), "identifiers note known_to=-: alternative",
     "events kind:"),
    "what a format lacks says nothing": (("01-02", A | {"remarks": "nationality China.", "title": "Director"}),
     lacking("remarks", "title", "programs"), "listings remarks title known_to: nationality China.|Director|-",
     "programs program known_to=-: SDGT", "events kind:"),
    # snapshots are stamped in UTC: 413 of 6,809 real additions would fall on another day
    "an addition is dated in the time zone of the authority": (("2021-12-14T15:00", A), ("2021-12-16T01:42:52", A, B),
     "listings valid_from valid_from_earliest valid_from_basis known_from native_id=2: "
     "2021-12-15|2021-12-14|snapshot_diff|2021-12-16T01:42:52",
     "events event_id event_date event_date_earliest kind authority_id url: us_ofac_sdn:2:added:2021-12-16T01:42:52Z"
     "|2021-12-15|2021-12-14|added|USA.OFAC|https://sanctionssearch.ofac.treas.gov/Details.aspx?id=2"),
    "a name in other capitals is a new version and no edit": (vintage("01-02", [A | {"name": "BEKTAS"}],
     aliases=[("1", "aka", "ALI BEKTAS")]), vintage("01-03", [A | {"name": "Bektas"}], aliases=[("1", "aka", "Ali Bektas")]),
     "events kind:", "listings name known_to: BEKTAS|2023-01-03T15:00 / Bektas|-", "names name kind=aka known_to=-: Ali Bektas"),
    "Zimbabwe to GLOMAG is no retag": (("2024-03-01T15:00", programs("ZIMBABWE")), ("2024-03-04T15:00", programs("GLOMAG")),
     "events kind detail: program_added|GLOMAG / program_removed|ZIMBABWE"),
    "a reissued id is one event of the same actor": (("2022-11-07T15:00", TORNADO, B),
     ("2022-11-09T02:52:16", B, TORNADO | {"native_id": "39796", "name": "Tornado  Cash"}),
     "events kind listing_id event_date detail: reissued|us_ofac_sdn:39796|2022-11-08|replaces us_ofac_sdn:38499",
     "listings native_id actor_id valid_from valid_to known_to=-: 2|us_ofac_sdn:2|-|-"
     " / 38499|us_ofac_sdn:38499|-|2022-11-08 / 39796|us_ofac_sdn:38499|2022-11-08|-"),
    # a file without comments cuts remarks
    "cut remarks stay as they were known": (("01-02", WHOLE), vintage("01-09", [SHORT], facts=CUT),
     "listings remarks known_to: Gender Male; nationality China.|-"),
    "and whole ones teach": (vintage("01-02", [SHORT], facts=CUT), ("01-09", WHOLE),
     "listings remarks known_to=-: Gender Male; nationality China.", "countries country_id: CHN", "events kind:"),
    **{f"an id that is issued again begins when the other ends, whatever start is stated: {stated}": (("01-02", DATED, B),
     *((day, B, NEW_ID | {"listed_on": stated}) for day in ("01-09", "01-16")),
     f"events kind event_date listing_id=us_ofac_sdn:3: reissued|{start}", f"listings valid_to native_id=1 known_to=-: {start}",
     f"listings valid_from native_id=3: {start}") for stated,
     start in (("2015-03-04", "2023-01-09"), ("2023-01-06", "2023-01-06"))},
    **{f"a stated end is reported when its day has come by an event of that day: {len(shown)}": (("01-02", ENDING_BY_NOTICE, B),
     ("01-25", *shown), ("03-01", B),
     "events kind event_date event_date_earliest known_at kind=removed: removed|2023-01-20|-|2023-01-20T05:00",
     "listings valid_to known_to native_id=1: 2023-01-20|-",
     "names name known_to=-: BETA CO") for shown in ((ENDING_BY_NOTICE, B), (B,))},
    **{f"an end that was reported and is moved is retracted: {moved_to}": (("01-02", ENDING), ("01-25", ENDING),
     ("03-25", ENDING | {"ends_on": moved_to}), f"events kind detail: {events}",
     f"events event_date kind=removed: {'' if 'modified' in events else moved_to}",
     f"listings valid_from valid_to known_to=-: 2022-01-01|{moved_to or '-'}",
     f"programs valid_to known_to=-: {moved_to or '-'}") for moved_to, events in (("2024-01-01", "added|- / modified|valid_to"),
     (None, "added|- / modified|valid_to"), ("2023-01-18", "added|- / removed|-"))},
}  # fmt: skip


@pytest.mark.trap("us_ofac_sdn", "washington-day")
@pytest.mark.trap("us_ofac_sdn", "renamed-program")
@pytest.mark.trap("us_ofac_sdn", "reissued-id")
@pytest.mark.trap("us_ofac_sdn", "cut-remarks")
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_after_these_vintages_the_history_shows(scenario: Sequence[Any]) -> None:
    fold(*(v for v in scenario if not isinstance(v, str))).shows(*(text for text in scenario if isinstance(text, str)))


def test_every_detail_is_one_open_row_per_fact_with_the_countries_of_addresses_and_births() -> None:
    after = fold(vintage("01-02", [A], details=FULL), vintage("01-09", [A], details=FULL))
    for name in DETAILS:
        n_rows = {"names": 2, "countries": 3, "statuses": 0}.get(name, 1)
        assert after.rows(f"sanction_{name}", "known_from") == [(datetime(2023, 1, 2, 15),)] * n_rows
    after.shows("countries country_id basis: CHN|address / CHN|nationality / IRN|place_of_birth", "events kind:")


def some(**values: Sequence[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with one of the values of each column."""
    return st.fixed_dictionaries({name: st.sampled_from(of) for name, of in values.items()})


_days = st.none() | st.dates(date(2022, 11, 1), date(2023, 4, 1))
_dated = st.fixed_dictionaries({"listed_on": _days, "published_on": _days, "ends_on": _days})
_written = some(
    native_id="1234", name=["ALPHA", "Alpha.", "BETA"],
    programs=[None, "SDGT", "ILLICIT-DRUGS-EO", "ILLICIT-DRUGS-EO14059] [SDGT", "SDGT] [ILLICIT-DRUGS-EO"],
    title=[None, "Director"], remarks=[None, "nationality China; a.k.a. 'AL'.", "DOB 1970; Passport 1 (Iran).", "a.k.a. 'AL'."],
    citation=[None, "88 FR 1"],
)  # fmt: skip
_listing = st.builds(lambda written, dated: written | dated, _written, _dated)
ENDS = [None, date(2022, 12, 20), date(2023, 1, 8), date(2023, 1, 20), date(2023, 6, 1)]
_detail = {
    "names": some(name="XY", kind=["aka"], quality=["strong", "weak"]),
    "countries": some(country_id=["CHN", "IRN"], basis=["nationality", "address", "list_destination"]),
    "identifiers": some(scheme=["passport"], value="12", note=[None, "x"]),
    "addresses": some(address="PQ", country_id=[None, "CHN", "MEX"]),
    "birth_places": some(place="PQ", country_id=[None, "IRN"]),
    "notes": some(kind=["gender"], text=["Male", "Female"]),
    "statuses": some(status=["suspended"], valid_from=[date(2022, 12, 1), date(2023, 1, 10)], valid_to=ENDS),
}
_details = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(st.builds(lambda native_id, row: {"native_id": native_id} | row, st.sampled_from("1234"), row), max_size=4)
        for name, row in _detail.items()
    },
)
_vintages = st.lists(
    st.tuples(
        st.integers(1, 400),
        st.lists(_listing, min_size=1, max_size=4, unique_by=lambda row: row["native_id"]),
        _details,
        st.sampled_from([{}, {}, {"unreadable_ids": ["1", "2"]}, {"n_illegible": 1}, {"format": "a"}, {"format": "b"}]),
        st.sampled_from([True, True, True, False]),
        st.sampled_from(["new", "new", "new", "repeat"]),
    ),
    min_size=2,
    max_size=6,
)


def _snapshots(drawn: Sequence[Any]) -> list[StagedSnapshot]:
    when, made = datetime(2023, 1, 2, 15), []
    for hours, listings, details, facts, complete, kind in drawn:
        when += timedelta(hours=hours)
        ids = {row["native_id"] for row in listings}
        facts = facts | {"unreadable_ids": [i for i in facts.get("unreadable_ids", []) if i not in ids]}
        pauses = {r["native_id"]: r for r in details.get("statuses", [])}
        details = details | ({"statuses": list(pauses.values())} if "statuses" in details else {})
        made.append(vintage(when.isoformat(), listings, details=details, facts=facts, complete=complete))
        if kind == "repeat" and len(made) > 1:
            made[-1] = replace(made[-1], frames={}, facts={}, is_repeat=True, complete=True)
    return made


@examples(15)
@given(drawn=_vintages, data=st.data())
def test_folding_in_two_parts_is_folding_at_once_and_every_check_holds_with_stated_dates(
    drawn: Sequence[Any], data: st.DataObject
) -> None:
    snapshots = _snapshots(drawn)
    read, empty = reader(COUNTRY_IDS), Memory()
    whole = fold_compared(LIST, empty, snapshots, read)
    at = data.draw(st.integers(0, len(snapshots)))
    first = empty.after(fold_compared(LIST, empty, snapshots[:at], read))
    second = fold_compared(LIST, first, snapshots[at:], read)
    parts, once = first.after(second), empty.after(whole)
    for name in TABLES:
        assert_frame_equal(second.open[name], whole.open[name])
        assert_frame_equal(parts.all(name).collect(), once.all(name).collect())
    assert second.notes == whole.notes
    assert {c: rows for c, rows in offending(once).items() if not any(word in c for word in SMALL)} == {}
    for name in TABLES[1:]:
        frame = once.all(name).collect()
        assert frame.select(pl.struct(table(f"core.{name}").key).is_duplicated().any()).item() in (False, None)
        assert "known_to" not in frame.columns or frame.filter(pl.col("known_to") <= pl.col("known_from")).is_empty()
        assert "valid_to" not in frame.columns or frame.filter(pl.col("valid_to") < pl.col("valid_from")).is_empty()


@examples(40)
@given(drawn=_vintages)
def test_at_every_snapshot_those_are_in_force_that_it_shows(drawn: Sequence[Any]) -> None:
    """What was known at a whole snapshot about its day: who is shown, has begun and has not ended is in force, others are not."""
    snapshots = _snapshots(drawn)
    empty = Memory()
    after = empty.after(fold_compared(LIST, empty, snapshots, reader(COUNTRY_IDS)))
    listings = after.all("sanction_listings").collect()
    ahead: set[str] = set()
    for snapshot in snapshots:
        if snapshot.is_repeat:
            continue
        day, now = snapshot.retrieved_at.date(), snapshot.retrieved_at
        standing = listings.filter(pl.col("known_from") <= now, pl.col("known_to").is_null() | (pl.col("known_to") > now))
        covers = (pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)) & (
            pl.col("valid_to").is_null() | (pl.col("valid_to") > day)
        )
        in_force = standing.filter(covers)["native_id"].to_list()
        assert len(in_force) == len(set(in_force))
        shown = snapshot.frames["listings"]
        ahead |= set(shown.filter(pl.col("listed_on") > day)["native_id"])
        begun = shown.filter(pl.col("ends_on").is_null() | (pl.col("ends_on") > day))
        assert set(begun["native_id"]) - ahead <= set(in_force)
        if snapshot.complete and not snapshot.facts.get("n_illegible"):
            held = set(snapshot.facts["unreadable_ids"])
            # what was published before a later snapshot showed it was known already
            published = set(standing.filter(known_basis="publication")["native_id"])
            assert set(in_force) <= set(shown["native_id"]) | held | published
