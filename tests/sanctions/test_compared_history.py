"""A list whose history is seen by comparing snapshots, also where it states dates itself."""

from collections.abc import Mapping, Sequence
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
A = {"native_id": "1", "name": "ALPHA CO"}
B = {"native_id": "2", "name": "BETA CO"}


def fold(*seen: Any) -> Memory:
    """The history after these vintages, on which every check holds. A tuple: a day of 2023, and what was listed then."""
    snapshots = [vintage(f"2023-{v[0]}T15:00", v[1:]) if isinstance(v, tuple) else v for v in seen]
    after = Memory().after(fold_compared(LIST, Memory(), snapshots, reader(COUNTRY_IDS)))
    assert {c for c in offending(after) if not any(word in c for word in SMALL)} == set()
    return after


def test_what_the_first_snapshot_holds_has_an_unknown_start_and_aliases_of_programs_come_with_it() -> None:
    after = fold(("01-02", A))
    assert after.rows("sanction_listings", "listing_id", "valid_from", "valid_from_basis", "known_basis") == [
        ("us_ofac_sdn:1", None, "left_censored", "snapshot")
    ]
    assert after.rows("sanction_programs", "program", "valid_from", "valid_from_basis") == [("SDGT", None, "left_censored")]
    assert after.rows("sanction_events", "kind") == []
    assert fold(("01-02", A)).rows("program_aliases", "program_raw", "program") == [
        ("BELARUS-EO", "BELARUS-EO14038"), ("ILLICIT-DRUGS-EO", "ILLICIT-DRUGS-EO14059"), ("PEESA-EO", "PEESA-EO14039"),
    ]  # fmt: skip


@pytest.mark.trap("us_ofac_sdn", "washington-day")
def test_an_addition_is_dated_in_the_time_zone_of_the_authority() -> None:
    """Snapshots are stamped in UTC: 413 of 6,809 real additions would fall on another day."""
    after = fold(vintage("2021-12-14T15:00", [A]), vintage("2021-12-16T01:42:52", [A, B]))
    assert after.rows(
        "sanction_listings", "valid_from", "valid_from_earliest", "valid_from_basis", "known_from", native_id="2"
    ) == [(date(2021, 12, 15), date(2021, 12, 14), "snapshot_diff", datetime(2021, 12, 16, 1, 42, 52))]
    assert after.rows("sanction_events", "event_id", "event_date", "event_date_earliest", "kind", "authority_id", "url") == [
        (
            "us_ofac_sdn:2:added:2021-12-16T01:42:52Z", date(2021, 12, 15), date(2021, 12, 14), "added", "USA.OFAC",
            "https://sanctionssearch.ofac.treas.gov/Details.aspx?id=2",
        )
    ]  # fmt: skip


def test_an_unchanged_answer_moves_the_lower_bound_of_what_comes_next_and_the_days_covered() -> None:
    repeat = replace(vintage("2021-12-15T12:00", []), frames={}, is_repeat=True)
    after = fold(vintage("2021-12-10T12:00", [A]), repeat)
    assert after.rows("sanction_lists", "covered_from", "covered_until") == [(date(2021, 12, 10), date(2021, 12, 15))]
    assert after.rows("sanction_listings", "native_id", "valid_to") == [("1", None)]
    after = fold(vintage("2021-12-10T12:00", [A]), repeat, vintage("2021-12-20T12:00", [A, B]))
    assert after.rows("sanction_listings", "valid_from", "valid_from_earliest", native_id="2") == [
        (date(2021, 12, 20), date(2021, 12, 15))
    ]


def test_a_removal_leaves_a_current_version_with_its_day_and_closes_names_and_countries() -> None:
    party = A | {"remarks": "nationality China; a.k.a. 'AL'."}
    after = fold(("01-02", party, B), ("01-09", B))
    removed = datetime(2023, 1, 9, 15)
    assert after.rows(
        "sanction_listings", "valid_to", "valid_to_basis", "valid_to_earliest", "known_from", "known_to", native_id="1"
    ) == [
        (None, None, None, datetime(2023, 1, 2, 15), removed),
        (date(2023, 1, 9), "snapshot_diff", date(2023, 1, 2), removed, None),
    ]
    assert after.rows("sanction_programs", "valid_to", "known_to", listing_id="us_ofac_sdn:1") == [
        (None, removed), (date(2023, 1, 9), None),
    ]  # fmt: skip
    assert after.rows("sanction_names", "name", "known_to", listing_id="us_ofac_sdn:1") == [
        ("AL", removed), ("ALPHA CO", removed),
    ]  # fmt: skip
    assert after.rows("sanction_countries", "country_id", "known_to") == [("CHN", removed)]
    assert after.rows("sanction_events", "kind", "country_id", "name") == [("removed", "CHN", "ALPHA CO")]


def test_several_edits_of_a_listing_in_one_vintage_are_one_modified_and_one_new_version() -> None:
    edited = A | {"name": "ALPHA LTD", "title": "Director", "remarks": "nationality Iran.", "programs": "SDGT] [IRAN"}
    after = fold(("01-02", A), ("01-09", edited))
    assert after.rows("sanction_events", "kind", "detail", "name", "country_id") == [
        ("modified", "name; title; remarks; programs +IRAN", "ALPHA LTD", "IRN")
    ]
    assert after.rows("sanction_listings", "name", "title", "valid_from_basis", "known_to") == [
        ("ALPHA CO", None, "left_censored", datetime(2023, 1, 9, 15)), ("ALPHA LTD", "Director", "left_censored", None),
    ]  # fmt: skip
    assert after.rows("sanction_names", "name", "kind", "known_to") == [
        ("ALPHA CO", "primary", datetime(2023, 1, 9, 15)), ("ALPHA LTD", "primary", None),
    ]  # fmt: skip


def test_a_change_of_programs_alone_is_one_event_per_program_and_no_new_version() -> None:
    after = fold(("01-02", A), ("01-09", A | {"programs": "IRAN] [NPWMD"}))
    assert after.rows("sanction_events", "kind", "detail") == [
        ("program_added", "IRAN"), ("program_added", "NPWMD"), ("program_removed", "SDGT"),
    ]  # fmt: skip
    assert after.rows("sanction_programs", "program", "valid_from", "valid_to", "known_to") == [
        ("IRAN", date(2023, 1, 9), None, None), ("NPWMD", date(2023, 1, 9), None, None),
        ("SDGT", None, None, datetime(2023, 1, 9, 15)), ("SDGT", None, date(2023, 1, 9), None),
    ]  # fmt: skip
    assert after.rows("sanction_listings", "native_id") == [("1",)]


@pytest.mark.trap("us_ofac_sdn", "renamed-program")
def test_a_name_in_other_capitals_is_a_new_version_and_no_edit() -> None:
    before, after = {"native_id": "1", "name": "BEKTAS"}, {"native_id": "1", "name": "Bektas"}
    found = fold(
        vintage("2023-01-02T15:00", [before], aliases=[("1", "aka", "ALI BEKTAS")]),
        vintage("2023-01-03T15:00", [after], aliases=[("1", "aka", "Ali Bektas")]),
    )
    assert found.rows("sanction_events", "kind") == []
    names = [("BEKTAS", datetime(2023, 1, 3, 15)), ("Bektas", None)]
    assert found.rows("sanction_listings", "name", "known_to", native_id="1") == names
    assert ("Ali Bektas", None) in found.rows("sanction_names", "name", "known_to")


def test_a_retag_keeps_the_start_of_the_program_and_the_order_in_a_cell_says_nothing() -> None:
    # ILLICIT-DRUGS-EO became ILLICIT-DRUGS-EO14059 on 2022-09-22: no delisting and no listing.
    old, new = A | {"programs": "ILLICIT-DRUGS-EO] [SDNTK"}, A | {"programs": "ILLICIT-DRUGS-EO14059] [SDNTK"}
    after = fold(
        vintage("2022-01-01T15:00", [B]), vintage("2022-01-02T15:00", [B, old]), vintage("2022-09-22T18:55:42", [B, new])
    )
    assert after.rows("sanction_events", "kind", "detail")[-1] == (
        "modified", "programs ILLICIT-DRUGS-EO -> ILLICIT-DRUGS-EO14059",
    )  # fmt: skip
    rows = after.rows("sanction_programs", "program_raw", "valid_from", "valid_to", "known_to", program="ILLICIT-DRUGS-EO14059")
    assert rows == [
        ("ILLICIT-DRUGS-EO", date(2022, 1, 2), None, datetime(2022, 9, 22, 18, 55, 42)),
        ("ILLICIT-DRUGS-EO14059", date(2022, 1, 2), None, None),
    ]
    after = fold(("01-02", A | {"programs": "SDGT] [IRAN"}), ("01-09", A | {"programs": "IRAN] [SDGT"}))
    assert after.rows("sanction_events", "kind") == []


@pytest.mark.trap("us_ofac_sdn", "renamed-program")
def test_zimbabwe_to_glomag_is_another_program_and_no_retag() -> None:
    after = fold(
        vintage("2024-03-01T15:00", [A | {"programs": "ZIMBABWE"}]), vintage("2024-03-04T15:00", [A | {"programs": "GLOMAG"}])
    )
    assert after.rows("sanction_events", "kind", "detail") == [("program_added", "GLOMAG"), ("program_removed", "ZIMBABWE")]


@pytest.mark.trap("us_ofac_sdn", "reissued-id")
def test_a_reissued_id_is_one_event_of_the_same_actor_without_a_gap_within_three_days() -> None:
    # TORNADO CASH 38499 -> 39796 on 2022-11-08.
    old, new = A | {"native_id": "38499", "name": "TORNADO CASH"}, A | {"native_id": "39796", "name": "Tornado  Cash"}
    after = fold(vintage("2022-11-07T15:00", [old, B]), vintage("2022-11-09T02:52:16", [B, new]))
    assert after.rows("sanction_events", "kind", "listing_id", "event_date", "detail") == [
        ("reissued", "us_ofac_sdn:39796", date(2022, 11, 8), "replaces us_ofac_sdn:38499")
    ]
    assert after.rows("sanction_listings", "native_id", "actor_id", "valid_from", "valid_to", known_to=None)[1:] == [
        ("38499", "us_ofac_sdn:38499", None, date(2022, 11, 8)), ("39796", "us_ofac_sdn:38499", date(2022, 11, 8), None),
    ]  # fmt: skip
    new = A | {"native_id": "3"}
    after = fold(("01-02", A, B), ("01-09", B), ("01-12", B, new))
    assert after.rows("sanction_events", "kind", "listing_id") == [("reissued", "us_ofac_sdn:3")]
    assert after.rows("sanction_listings", "valid_to", "known_from", "known_to", native_id="1")[1:] == [
        (date(2023, 1, 9), datetime(2023, 1, 9, 15), datetime(2023, 1, 12, 15)),
        (date(2023, 1, 12), datetime(2023, 1, 12, 15), None),
    ]
    after = fold(("01-02", A, B), ("01-09", B), ("01-13", B, A | {"native_id": "3"}))
    assert sorted(after.rows("sanction_events", "kind")) == [("added",), ("removed",)]


@pytest.mark.parametrize("other", [{"name": "GAMMA CO"}, {"party_type": "vessel"}])
def test_another_name_or_type_is_no_reissue(other: dict[str, str]) -> None:
    after = fold(("01-02", A, B), ("01-09", B, A | {"native_id": "3"} | other))
    assert sorted(after.rows("sanction_events", "kind")) == [("added",), ("removed",)]


def test_a_file_that_is_absent_says_nothing_and_one_that_holds_nothing_closes() -> None:
    first = vintage("2023-01-02T15:00", [A], aliases=[("1", "aka", "AL")], addresses=[("1", "China")])
    absent = vintage("2023-01-03T15:00", [A | {"title": "Director"}])
    after = fold(first, absent)
    assert after.rows("sanction_names", "name", known_to=None) == [("AL",), ("ALPHA CO",)]
    assert after.rows("sanction_countries", "country_id", known_to=None) == [("CHN",)]
    after = fold(first, vintage("2023-01-04T15:00", [A], aliases=[], addresses=[]))
    assert after.rows("sanction_names", "name", known_to=None) == [("ALPHA CO",)]
    assert after.rows("sanction_countries", "country_id", known_to=None) == []
    assert after.rows("sanction_events", "kind", "detail") == [("modified", "names; addresses")]


def test_what_a_file_holds_that_was_not_there_before_is_learnt_and_no_act() -> None:
    listed = [A, B]
    full = vintage("2023-01-09T15:00", listed, aliases=[("1", "aka", "AL"), ("2", "aka", "BE")], addresses=[("1", "China")])
    after = fold(vintage("2023-01-02T15:00", listed), full)
    assert after.rows("sanction_names", "name", "known_from", kind="aka") == [
        ("AL", datetime(2023, 1, 9, 15)), ("BE", datetime(2023, 1, 9, 15)),
    ]  # fmt: skip
    assert after.rows("sanction_events", "kind") == []
    c = {"native_id": "3", "name": "GAMMA"}
    without = vintage("2023-01-16T15:00", [*listed, c])
    again = vintage(
        "2023-01-23T15:00", [*listed, c], aliases=[("1", "aka", "AL"), ("3", "aka", "GA")], addresses=[("1", "China")]
    )
    after = fold(vintage("2023-01-02T15:00", listed), full, without, again)
    assert after.rows("sanction_events", "kind", "listing_id") == [("modified", "us_ofac_sdn:2"), ("added", "us_ofac_sdn:3")]


def test_an_event_is_aimed_at_nationality_before_citizenship_before_destination_before_address() -> None:
    added = [
        A | {"remarks": "citizen Iran; nationality Russia; nationality China."},
        B | {"remarks": "POB Hong Kong; citizen Iran; Passport 1 (China)."},
        {"native_id": "3", "remarks": "Passport 1 (China)."},
        {"native_id": "4", "remarks": "POB Hong Kong."},
    ]
    addresses = [("1", "Mexico"), ("2", "Mexico"), ("3", "Mexico"), ("3", "Iran")]
    seed = {"native_id": "9", "name": "SEED"}
    after = fold(("01-02", seed), vintage("2023-01-03T15:00", [seed, *added], addresses=addresses))
    assert after.rows("sanction_events", "country_id") == [("RUS",), ("IRN",), ("IRN",), (None,)]
    aimed = {
        "countries": [
            {"native_id": "2", "country_id": c, "basis": b} for c, b in (("IRN", "address"), ("CHN", "list_destination"))
        ]
    }
    assert fold(("01-02", A), vintage("2023-01-03T15:00", [A, B], details=aimed)).rows("sanction_events", "country_id") == [
        ("CHN",)
    ]


def test_a_listing_whose_row_cannot_be_read_is_not_removed() -> None:
    first = vintage("2023-01-02T15:00", [A, B], aliases=[("1", "aka", "AL")])
    after = fold(first, vintage("2023-01-03T15:00", [B], aliases=[], facts={"unreadable_ids": ["1"], "n_illegible": 0}))
    assert after.rows("sanction_events", "kind") == []
    assert after.rows("sanction_names", "name", known_to=None, listing_id="us_ofac_sdn:1") == [("AL",), ("ALPHA CO",)]
    after = fold(first, vintage("2023-01-03T15:00", [B], facts={"unreadable_ids": [], "n_illegible": 1}))
    assert after.rows("sanction_events", "kind") == []


TABLES = ("sanction_lists", "sanction_listings", "sanction_programs", "sanction_events", *(f"sanction_{n}" for n in DETAILS))
WHEN = datetime(2023, 1, 2, 15)
SMALL = ("most_have", "few_", "no_two_at_once", "lie_within")
"""Warnings that say nothing on small made-up lists."""
DATES = ("valid_from", "valid_from_earliest", "valid_from_basis")


def test_a_stated_start_dates_the_listing_and_its_event_in_the_first_snapshot_too() -> None:
    old, new = A | {"listed_on": date(2010, 5, 1)}, B | {"listed_on": date(2023, 1, 6), "listed_on_basis": "federal_register"}
    after = fold(("01-02", old), ("01-09", old, new))
    assert after.rows("sanction_listings", *DATES, "known_basis") == [
        (date(2010, 5, 1), None, "source_field", "snapshot"), (date(2023, 1, 6), None, "federal_register", "snapshot"),
    ]  # fmt: skip
    assert after.rows("sanction_events", "kind", "event_date", "event_date_earliest", "known_at") == [
        ("added", date(2010, 5, 1), None, WHEN), ("added", date(2023, 1, 6), None, datetime(2023, 1, 9, 15)),
    ]  # fmt: skip
    assert after.rows("sanction_programs", "valid_from", "valid_from_basis")[0] == (date(2010, 5, 1), "source_field")


def test_a_stated_publication_is_since_when_all_of_a_listing_was_known_unless_it_lies_ahead() -> None:
    listing = A | {"listed_on": date(2022, 12, 20), "published_on": date(2022, 12, 22), "remarks": "nationality China."}
    after = fold(("01-02", listing))
    published = datetime(2022, 12, 22, 23, 59, 59)
    assert after.rows("sanction_listings", "known_from", "known_basis") == [(published, "publication")]
    for name in ("sanction_programs", "sanction_names", "sanction_countries"):
        assert after.rows(name, "known_from") == [(published,)]
    assert after.rows("sanction_events", "event_id") == [("us_ofac_sdn:1:added:2022-12-22T23:59:59Z",)]
    after = fold(("01-02", A | {"published_on": date(2023, 1, 3)}))
    assert after.rows("sanction_listings", "known_from", "known_basis") == [(WHEN, "snapshot")]


def test_a_start_that_is_stated_later_replaces_an_unknown_one_without_losing_what_was_known() -> None:
    later = datetime(2023, 2, 1, 15)
    after = fold(("01-02", A), ("02-01", A | {"listed_on": date(2015, 3, 4)}))
    assert after.rows("sanction_listings", *DATES, "known_from", "known_to") == [
        (None, None, "left_censored", WHEN, later), (date(2015, 3, 4), None, "source_field", later, None),
    ]  # fmt: skip
    assert after.rows("sanction_events", "kind", "event_date", "known_at") == [("added", date(2015, 3, 4), later)]
    assert after.rows("sanction_programs", "valid_from", "valid_from_basis", "known_to") == [
        (None, "left_censored", later), (date(2015, 3, 4), "source_field", None),
    ]  # fmt: skip


def test_a_stated_start_that_is_corrected_is_an_edit_and_worse_never_replaces_better() -> None:
    after = fold(("01-02", A | {"listed_on": date(2015, 3, 4)}), ("02-01", A))
    assert after.rows("sanction_listings", "valid_from", "known_to") == [(date(2015, 3, 4), None)]
    after = fold(("01-02", A | {"listed_on": date(2015, 3, 4)}), ("02-01", A | {"listed_on": date(2015, 4, 3)}))
    assert after.rows("sanction_events", "kind", "detail", "event_date") == [
        ("added", None, date(2015, 3, 4)), ("modified", "valid_from", date(2023, 2, 1)),
    ]  # fmt: skip
    assert after.rows("sanction_listings", "valid_from", known_to=None) == [(date(2015, 4, 3),)]
    after = fold(("01-02", A), vintage("2024-01-02T15:00", [A | {"listed_on": date(2023, 12, 1)}]))
    assert after.rows("sanction_listings", "valid_from_basis") == [("left_censored",)]


def test_a_reissue_begins_when_the_other_id_ends_whatever_start_is_stated() -> None:
    old, new = A | {"listed_on": date(2015, 3, 4)}, A | {"native_id": "3", "listed_on": date(2015, 3, 4)}
    within = A | {"native_id": "3", "listed_on": date(2023, 1, 6)}
    for third, start in ((new, date(2023, 1, 9)), (within, date(2023, 1, 6))):
        after = fold(("01-02", old, B), ("01-09", B, third), ("01-16", B, third))
        assert after.rows("sanction_events", "kind", "event_date", listing_id="us_ofac_sdn:3") == [("reissued", start)]
        assert after.rows("sanction_listings", "valid_to", native_id="1", known_to=None) == [(start,)]
        assert after.rows("sanction_listings", "valid_from", native_id="3") == [(start,)]


def test_a_stated_end_is_reported_when_its_day_has_come_by_an_event_of_that_day() -> None:
    listing = A | {"listed_on": date(2022, 1, 1), "ends_on": date(2023, 1, 20), "ends_on_basis": "federal_register"}
    first = vintage("2023-01-02T15:00", [listing, B])
    after = fold(first)
    assert after.rows("sanction_listings", "valid_to", "valid_to_basis", native_id="1") == [
        (date(2023, 1, 20), "federal_register")
    ]
    assert after.rows("sanction_programs", "valid_to", listing_id="us_ofac_sdn:1") == [(date(2023, 1, 20),)]
    assert after.rows("sanction_events", "kind") == [("added",)]
    for then in (vintage("2023-01-25T15:00", [listing, B]), vintage("2023-01-25T15:00", [B])):
        after = fold(first, then, ("03-01", B))
        assert after.rows("sanction_events", "kind", "event_date", "event_date_earliest", "known_at")[1:] == [
            ("removed", date(2023, 1, 20), None, datetime(2023, 1, 20, 5))
        ]
        assert after.rows("sanction_listings", "valid_to", "known_to", native_id="1") == [(date(2023, 1, 20), None)]
        assert after.rows("sanction_names", "known_to", listing_id="us_ofac_sdn:1") != [(None,)]


def test_an_end_in_the_past_is_reported_at_once_and_one_ahead_when_its_day_has_come() -> None:
    repeat = replace(vintage("2023-01-25T15:00", []), frames={}, is_repeat=True)
    after = fold(("01-02", A | {"ends_on": date(2023, 1, 20)}), repeat)
    assert after.rows("sanction_events", "kind", "event_date") == [("removed", date(2023, 1, 20))]
    ended = A | {"listed_on": date(2015, 1, 1), "ends_on": date(2020, 1, 1), "published_on": date(2015, 1, 3)}
    after = fold(("01-02", ended))
    assert after.rows("sanction_events", "kind", "event_date", "known_at") == [
        ("added", date(2015, 1, 1), datetime(2015, 1, 3, 23, 59, 59)), ("removed", date(2020, 1, 1), datetime(2020, 1, 1, 5)),
    ]  # fmt: skip
    after = fold(("01-02", A | {"listed_on": date(2022, 1, 1), "ends_on": date(2021, 1, 1)}))
    assert after.rows("sanction_listings", "valid_to") == [(None,)]


@pytest.mark.parametrize(("moved_to", "removed"), [(date(2024, 1, 1), []), (None, []), (date(2023, 1, 18), [date(2023, 1, 18)])])
def test_an_end_that_was_reported_and_is_moved_is_retracted(moved_to: date | None, removed: list[date]) -> None:
    listing = A | {"listed_on": date(2022, 1, 1), "ends_on": date(2023, 1, 20)}
    after = fold(("01-02", listing), ("01-25", listing), ("03-25", listing | {"ends_on": moved_to}))
    assert [d for (d,) in after.rows("sanction_events", "event_date", kind="removed")] == removed
    assert after.rows("sanction_listings", "valid_from", "valid_to", known_to=None) == [(date(2022, 1, 1), moved_to)]
    assert after.rows("sanction_programs", "valid_to", known_to=None) == [(moved_to,)]
    moved = after.rows("sanction_events", "detail", kind="modified")
    assert moved == ([] if removed else [("valid_to",)])


def test_what_had_ended_and_gone_and_is_shown_again_with_its_old_end_has_not_returned() -> None:
    listing = A | {"listed_on": date(2022, 1, 1), "ends_on": date(2023, 1, 20)}
    after = fold(("01-02", listing, B), ("02-01", B), ("03-01", listing, B), ("04-01", listing, B))
    assert after.rows("sanction_listings", "valid_from", "valid_to", native_id="1") == [(date(2022, 1, 1), date(2023, 1, 20))]
    assert after.rows("sanction_events", "kind") == [("added",), ("removed",)]


PAUSE = {
    "native_id": "1", "status": "suspended", "valid_from": date(2023, 1, 10), "valid_to": date(2023, 4, 10), "citation": "N1",
}  # fmt: skip
STATUS = ("kind", "event_date", "event_date_earliest", "citation")


def _paused(when: str, *pauses: Mapping[str, Any]) -> StagedSnapshot:
    return vintage(when, [A], details={"statuses": pauses})


def test_a_suspension_is_an_interval_with_an_event_and_the_end_is_reported_when_its_day_has_come() -> None:
    first = [_paused("2023-01-02T15:00"), _paused("2023-01-12T15:00", PAUSE)]
    after = fold(*first)
    assert after.rows("sanction_statuses", "valid_from", "valid_to", "known_to") == [(date(2023, 1, 10), date(2023, 4, 10), None)]
    assert after.rows("sanction_events", *STATUS) == [("suspended", date(2023, 1, 10), None, "N1")]
    after = fold(*first, _paused("2023-05-01T15:00", PAUSE))
    assert after.rows("sanction_events", *STATUS)[0] == ("resumed", date(2023, 4, 10), None, "N1")
    assert after.rows("sanction_listings", "valid_to") == [(None,)]


def test_a_suspension_that_is_extended_is_another_version_and_takes_its_end_back() -> None:
    longer = PAUSE | {"valid_to": date(2023, 7, 10)}
    snapshots = [
        _paused(when, pause)
        for when, pause in (("2023-01-12T15:00", PAUSE), ("2023-05-01T15:00", PAUSE), ("2023-05-20T15:00", longer))
    ]
    after = fold(*snapshots)
    assert after.rows("sanction_statuses", "valid_to", "known_to") == [
        (date(2023, 4, 10), datetime(2023, 5, 20, 15)), (date(2023, 7, 10), None),
    ]  # fmt: skip
    assert after.rows("sanction_events", "kind") == [("suspended",)]


def test_a_suspension_that_is_shown_no_more_ended_where_the_snapshot_speaks_of_them() -> None:
    open_end = PAUSE | {"valid_to": None}
    after = fold(_paused("2023-01-12T15:00", open_end), _paused("2023-02-01T15:00"))
    assert after.rows("sanction_statuses", "valid_to", "known_to") == [
        (None, datetime(2023, 2, 1, 15)), (date(2023, 2, 1), None),
    ]  # fmt: skip
    assert after.rows("sanction_events", *STATUS, kind="resumed") == [("resumed", date(2023, 2, 1), date(2023, 1, 12), "N1")]
    after = fold(_paused("2023-01-12T15:00", PAUSE), ("02-01", A))
    assert after.rows("sanction_statuses", "valid_to", "known_to") == [(date(2023, 4, 10), None)]


FULL: dict[str, list[dict[str, Any]]] = {
    "names": [{"native_id": "1", "name": "AL", "kind": "aka", "quality": "strong"}],
    "countries": [{"native_id": "1", "country_id": "CHN", "basis": "nationality"}],
    "identifiers": [{"native_id": "1", "scheme": "passport", "value": "C1", "country_id": "CHN", "note": None}],
    "addresses": [{"native_id": "1", "address": "Wuhan, China", "country_id": "CHN"}],
    "birth_dates": [
        {
            "native_id": "1", "born": "1970", "born_from": date(1970, 1, 1), "born_before": date(1971, 1, 1),
            "precision": "year", "is_circa": False,
        }
    ],
    "birth_places": [{"native_id": "1", "place": "Tehran, Iran", "country_id": "IRN"}],
    "links": [{"native_id": "1", "relation": "owned_by", "linked_name": "BETA", "linked_listing_id": "us_ofac_sdn:2"}],
    "notes": [{"native_id": "1", "kind": "gender", "text": "Male"}],
}  # fmt: skip


def test_every_detail_is_one_open_row_per_fact_with_the_countries_of_addresses_and_births() -> None:
    again = vintage("2023-01-09T15:00", [A], details=FULL)
    after = fold(vintage("2023-01-02T15:00", [A], details=FULL), again)
    for name in DETAILS:
        assert len(after.rows(f"sanction_{name}", "known_from", known_from=WHEN)) == {
            "names": 2, "countries": 3, "statuses": 0,
        }.get(name, 1)  # fmt: skip
    assert after.rows("sanction_countries", "country_id", "basis") == [
        ("CHN", "address"), ("CHN", "nationality"), ("IRN", "place_of_birth"),
    ]  # fmt: skip
    assert after.rows("sanction_events", "kind") == []


def test_details_close_by_one_event_that_names_them_or_with_the_removal() -> None:
    after = fold(vintage("2023-01-02T15:00", [A], details=FULL), vintage("2023-01-09T15:00", [A], details={n: [] for n in FULL}))
    told = "names; countries; identifiers; addresses; birth_dates; birth_places; links; notes"
    assert after.rows("sanction_events", "kind", "detail") == [("modified", told)]
    for name in FULL:
        assert after.rows(f"sanction_{name}", "known_to", known_to=None) == ([(None,)] if name == "names" else [])
    assert after.rows("sanction_listings", "native_id") == [("1",)]
    after = fold(vintage("2023-01-02T15:00", [A, B], details=FULL), vintage("2023-01-09T15:00", [B], details={}))
    for name in FULL:
        assert after.rows(f"sanction_{name}", "known_to", listing_id="us_ofac_sdn:1", known_to=None) == []
    orphan = {"notes": [{"native_id": "9", "kind": "gender", "text": "Male"}]}
    assert fold(vintage("2023-01-02T15:00", [A], details=orphan)).rows("sanction_notes", "text") == []


def test_a_changed_value_is_the_next_row_and_a_changed_citation_is_cited() -> None:
    noted = {"identifiers": [FULL["identifiers"][0] | {"note": "expires 2030"}]}
    after = fold(
        vintage("2023-01-02T15:00", [A], details={"identifiers": FULL["identifiers"]}),
        vintage("2023-01-09T15:00", [A], details=noted),
    )
    assert after.rows("sanction_identifiers", "note", "known_to") == [(None, datetime(2023, 1, 9, 15)), ("expires 2030", None)]
    assert after.rows("sanction_events", "detail") == [("identifiers",)]
    cited = A | {"citation": "88 FR 1", "url": "https://example.org/1"}
    after = fold(("01-02", A | {"citation": "87 FR 2"}), ("01-09", cited))
    assert after.rows("sanction_events", "kind", "detail", "citation", "url") == [
        ("modified", "citation", "88 FR 1", "https://example.org/1")
    ]


def test_another_format_teaches_and_what_it_lacks_says_nothing() -> None:
    noted = {"identifiers": [FULL["identifiers"][0] | {"note": "alternative"}]}
    before = vintage("2023-01-02T15:00", [A], details={"identifiers": FULL["identifiers"]}, facts={"format": "csv"})
    after = fold(before, vintage("2023-01-09T15:00", [A], details=noted, facts={"format": "xml"}))
    assert after.rows("sanction_identifiers", "note", known_to=None) == [("alternative",)]
    assert after.rows("sanction_events", "kind") == []
    full = vintage("2023-01-02T15:00", [A | {"remarks": "nationality China.", "title": "Director"}])
    lacking = vintage("2023-01-09T15:00", [A])
    lacking = replace(lacking, frames={"listings": lacking.frames["listings"].drop("remarks", "title", "programs")})
    after = fold(full, lacking)
    assert after.rows("sanction_listings", "remarks", "title", "known_to") == [("nationality China.", "Director", None)]
    assert after.rows("sanction_programs", "program", known_to=None) == [("SDGT",)]
    assert after.rows("sanction_events", "kind") == []


@pytest.mark.trap("us_ofac_sdn", "cut-remarks")
def test_remarks_that_a_file_without_comments_cuts_stay_as_they_were_known() -> None:
    cut = "Gender Male; nationality Ch"
    whole, facts = A | {"remarks": f"{cut}ina."}, {"cut_ids": ["1"]}
    after = fold(("01-02", whole), vintage("2023-01-09T15:00", [A | {"remarks": cut}], facts=facts))
    assert after.rows("sanction_listings", "remarks", "known_to") == [(f"{cut}ina.", None)]
    after = fold(vintage("2023-01-02T15:00", [A | {"remarks": cut}], facts=facts), ("01-09", whole))
    assert after.rows("sanction_listings", "remarks", known_to=None) == [(f"{cut}ina.",)]
    assert after.rows("sanction_countries", "country_id") == [("CHN",)]
    assert after.rows("sanction_events", "kind") == []


def some(**values: Sequence[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with one of the values of each column."""
    return st.fixed_dictionaries({name: st.sampled_from(of) for name, of in values.items()})


_days = st.none() | st.dates(date(2022, 11, 1), date(2023, 4, 1))
_dated = st.fixed_dictionaries({"listed_on": _days, "published_on": _days, "ends_on": _days})
_written = some(
    native_id="1234",
    name=["ALPHA", "Alpha.", "BETA"],
    programs=[None, "SDGT", "ILLICIT-DRUGS-EO", "ILLICIT-DRUGS-EO14059] [SDGT", "SDGT] [ILLICIT-DRUGS-EO"],
    title=[None, "Director"],
    remarks=[None, "nationality China; a.k.a. 'AL'.", "DOB 1970; Passport 1 (Iran).", "a.k.a. 'AL'."],
    citation=[None, "88 FR 1"],
)
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
