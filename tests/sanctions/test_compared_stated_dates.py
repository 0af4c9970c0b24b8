"""A list seen by comparing snapshots that states dates itself: starts, publications, ends, suspensions, and details."""

from collections.abc import Callable, Mapping, Sequence
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

LIST = "us_ofac_sdn"
TABLES = ("sanction_lists", "sanction_listings", "sanction_programs", "sanction_events", *(f"sanction_{n}" for n in DETAILS))
Vintage = Callable[..., StagedSnapshot]
A = {"native_id": "1", "name": "ALPHA CO"}
B = {"native_id": "2", "name": "BETA CO"}
WHEN = datetime(2023, 1, 2, 15)
SMALL = ("most_have", "few_", "no_two_at_once", "lie_within")
"""Warnings that say nothing on small made-up lists."""
DATES = ("valid_from", "valid_from_earliest", "valid_from_basis")


@pytest.fixture
def fold(history: Any, country_ids: Mapping[str, str], offending: Callable[..., Any]) -> Callable[..., Any]:
    """Folds vintages into an empty history and gives the history after, on which every check holds."""

    def folded(*snapshots: StagedSnapshot) -> Any:
        after = history.after(fold_compared(LIST, history, snapshots, reader(country_ids)))
        assert {c for c in offending(after) if not any(word in c for word in SMALL)} == set()
        return after

    return folded


# starts -----------------------------------------------------------------------------------------------------------------


def test_a_stated_start_dates_the_listing_and_its_event_in_the_first_snapshot_too(fold: Any, vintage: Vintage) -> None:
    old, new = A | {"listed_on": date(2010, 5, 1)}, B | {"listed_on": date(2023, 1, 6), "listed_on_basis": "federal_register"}
    after = fold(vintage("2023-01-02T15:00", [old]), vintage("2023-01-09T15:00", [old, new]))
    assert after.rows("sanction_listings", *DATES, "known_basis") == [
        (date(2010, 5, 1), None, "source_field", "snapshot"),
        (date(2023, 1, 6), None, "federal_register", "snapshot"),
    ]
    assert after.rows("sanction_events", "kind", "event_date", "event_date_earliest", "known_at") == [
        ("added", date(2010, 5, 1), None, WHEN),
        ("added", date(2023, 1, 6), None, datetime(2023, 1, 9, 15)),
    ]
    assert after.rows("sanction_programs", "valid_from", "valid_from_basis")[0] == (date(2010, 5, 1), "source_field")


def test_a_stated_publication_is_since_when_all_of_a_listing_was_known_unless_it_lies_ahead(fold: Any, vintage: Vintage) -> None:
    listing = A | {"listed_on": date(2022, 12, 20), "published_on": date(2022, 12, 22), "remarks": "nationality China."}
    after = fold(vintage("2023-01-02T15:00", [listing]))
    published = datetime(2022, 12, 22, 23, 59, 59)
    assert after.rows("sanction_listings", "known_from", "known_basis") == [(published, "publication")]
    for name in ("sanction_programs", "sanction_names", "sanction_countries"):
        assert after.rows(name, "known_from") == [(published,)]
    assert after.rows("sanction_events", "event_id") == [("us_ofac_sdn:1:added:2022-12-22T23:59:59Z",)]
    after = fold(vintage("2023-01-02T15:00", [A | {"published_on": date(2023, 1, 3)}]))
    assert after.rows("sanction_listings", "known_from", "known_basis") == [(WHEN, "snapshot")]


def test_a_start_that_is_stated_later_replaces_an_unknown_one_without_losing_what_was_known(fold: Any, vintage: Vintage) -> None:
    later = datetime(2023, 2, 1, 15)
    after = fold(vintage("2023-01-02T15:00", [A]), vintage("2023-02-01T15:00", [A | {"listed_on": date(2015, 3, 4)}]))
    assert after.rows("sanction_listings", *DATES, "known_from", "known_to") == [
        (None, None, "left_censored", WHEN, later),
        (date(2015, 3, 4), None, "source_field", later, None),
    ]
    assert after.rows("sanction_events", "kind", "event_date", "known_at") == [("added", date(2015, 3, 4), later)]
    assert after.rows("sanction_programs", "valid_from", "valid_from_basis", "known_to") == [
        (None, "left_censored", later), (date(2015, 3, 4), "source_field", None),
    ]  # fmt: skip


def test_a_start_that_is_stated_later_replaces_a_compared_one_whose_event_stays(fold: Any, vintage: Vintage) -> None:
    dated = B | {"listed_on": date(2023, 1, 5)}
    after = fold(vintage("2023-01-02T15:00", [A]), vintage("2023-01-09T15:00", [A, B]), vintage("2023-02-01T15:00", [A, dated]))
    assert after.rows("sanction_listings", *DATES, native_id="2") == [
        (date(2023, 1, 9), date(2023, 1, 2), "snapshot_diff"), (date(2023, 1, 5), None, "source_field"),
    ]  # fmt: skip
    assert after.rows("sanction_events", "kind", "event_date", "event_date_earliest") == [
        ("added", date(2023, 1, 9), date(2023, 1, 2))
    ]
    assert after.rows("sanction_programs", "valid_from", listing_id="us_ofac_sdn:2", known_to=None) == [(date(2023, 1, 5),)]


def test_a_program_that_came_later_keeps_its_own_start(fold: Any, vintage: Vintage) -> None:
    after = fold(
        vintage("2023-01-02T15:00", [A]),
        vintage("2023-01-09T15:00", [A | {"programs": "IRAN] [SDGT"}]),
        vintage("2023-02-01T15:00", [A | {"programs": "IRAN] [SDGT", "listed_on": date(2015, 3, 4)}]),
    )
    assert after.rows("sanction_programs", "program", "valid_from", known_to=None) == [
        ("IRAN", date(2023, 1, 9)), ("SDGT", date(2015, 3, 4)),
    ]  # fmt: skip


def test_a_stated_start_that_is_corrected_is_an_edit_and_worse_never_replaces_better(fold: Any, vintage: Vintage) -> None:
    after = fold(vintage("2023-01-02T15:00", [A | {"listed_on": date(2015, 3, 4)}]), vintage("2023-02-01T15:00", [A]))
    assert after.rows("sanction_listings", "valid_from", "known_to") == [(date(2015, 3, 4), None)]
    after = fold(
        vintage("2023-01-02T15:00", [A | {"listed_on": date(2015, 3, 4)}]),
        vintage("2023-02-01T15:00", [A | {"listed_on": date(2015, 4, 3)}]),
    )
    assert after.rows("sanction_events", "kind", "detail", "event_date") == [
        ("added", None, date(2015, 3, 4)), ("modified", "valid_from", date(2023, 2, 1)),
    ]  # fmt: skip
    assert after.rows("sanction_listings", "valid_from", known_to=None) == [(date(2015, 4, 3),)]
    after = fold(vintage("2023-01-02T15:00", [A]), vintage("2024-01-02T15:00", [A | {"listed_on": date(2023, 12, 1)}]))
    assert after.rows("sanction_listings", "valid_from_basis") == [("left_censored",)]


def test_a_party_that_returns_does_not_begin_before_it_had_gone(fold: Any, vintage: Vintage) -> None:
    dated = A | {"listed_on": date(2015, 3, 4)}
    after = fold(
        vintage("2023-01-02T15:00", [dated, B]), vintage("2023-02-01T15:00", [B]), vintage("2023-03-01T15:00", [dated, B])
    )
    assert after.rows("sanction_listings", "valid_from", "valid_to", native_id="1", known_to=None) == [
        (date(2015, 3, 4), date(2023, 2, 1)), (date(2023, 3, 1), None),
    ]  # fmt: skip


def test_a_reissue_begins_when_the_other_id_ends_whatever_start_is_stated(fold: Any, vintage: Vintage) -> None:
    old, new = A | {"listed_on": date(2015, 3, 4)}, A | {"native_id": "3", "listed_on": date(2015, 3, 4)}
    within = A | {"native_id": "3", "listed_on": date(2023, 1, 6)}
    for third, start in ((new, date(2023, 1, 9)), (within, date(2023, 1, 6))):
        after = fold(
            vintage("2023-01-02T15:00", [old, B]),
            vintage("2023-01-09T15:00", [B, third]),
            vintage("2023-01-16T15:00", [B, third]),
        )
        assert after.rows("sanction_events", "kind", "event_date", listing_id="us_ofac_sdn:3") == [("reissued", start)]
        assert after.rows("sanction_listings", "valid_to", native_id="1", known_to=None) == [(start,)]
        assert after.rows("sanction_listings", "valid_from", native_id="3") == [(start,)]


# ends -------------------------------------------------------------------------------------------------------------------


def test_a_stated_end_is_reported_when_its_day_has_come_by_an_event_of_that_day(fold: Any, vintage: Vintage) -> None:
    listing = A | {"listed_on": date(2022, 1, 1), "ends_on": date(2023, 1, 20), "ends_on_basis": "federal_register"}
    first = vintage("2023-01-02T15:00", [listing, B])
    after = fold(first)
    assert after.rows("sanction_listings", "valid_to", "valid_to_basis", native_id="1") == [
        (date(2023, 1, 20), "federal_register")
    ]
    assert after.rows("sanction_programs", "valid_to", listing_id="us_ofac_sdn:1") == [(date(2023, 1, 20),)]
    assert after.rows("sanction_events", "kind") == [("added",)]
    for then in (vintage("2023-01-25T15:00", [listing, B]), vintage("2023-01-25T15:00", [B])):
        after = fold(first, then, vintage("2023-03-01T15:00", [B]))
        assert after.rows("sanction_events", "kind", "event_date", "event_date_earliest", "known_at")[1:] == [
            ("removed", date(2023, 1, 20), None, datetime(2023, 1, 20, 5))
        ]
        assert after.rows("sanction_listings", "valid_to", "known_to", native_id="1") == [(date(2023, 1, 20), None)]
        assert after.rows("sanction_names", "known_to", listing_id="us_ofac_sdn:1") != [(None,)]


def test_an_end_in_the_past_is_reported_at_once_and_one_ahead_when_its_day_has_come(fold: Any, vintage: Vintage) -> None:
    repeat = replace(vintage("2023-01-25T15:00", []), frames={}, is_repeat=True)
    after = fold(vintage("2023-01-02T15:00", [A | {"ends_on": date(2023, 1, 20)}]), repeat)
    assert after.rows("sanction_events", "kind", "event_date") == [("removed", date(2023, 1, 20))]
    ended = A | {"listed_on": date(2015, 1, 1), "ends_on": date(2020, 1, 1), "published_on": date(2015, 1, 3)}
    after = fold(vintage("2023-01-02T15:00", [ended]))
    assert after.rows("sanction_events", "kind", "event_date", "known_at") == [
        ("added", date(2015, 1, 1), datetime(2015, 1, 3, 23, 59, 59)), ("removed", date(2020, 1, 1), datetime(2020, 1, 1, 5)),
    ]  # fmt: skip
    after = fold(vintage("2023-01-02T15:00", [A | {"listed_on": date(2022, 1, 1), "ends_on": date(2021, 1, 1)}]))
    assert after.rows("sanction_listings", "valid_to") == [(None,)]


@pytest.mark.parametrize(("moved_to", "removed"), [(date(2024, 1, 1), []), (None, []), (date(2023, 1, 18), [date(2023, 1, 18)])])
def test_an_end_that_was_reported_and_is_moved_is_retracted(
    fold: Any, vintage: Vintage, moved_to: date | None, removed: list[date]
) -> None:
    listing = A | {"listed_on": date(2022, 1, 1), "ends_on": date(2023, 1, 20)}
    after = fold(
        vintage("2023-01-02T15:00", [listing]),
        vintage("2023-01-25T15:00", [listing]),
        vintage("2023-03-25T15:00", [listing | {"ends_on": moved_to}]),
    )
    assert [d for (d,) in after.rows("sanction_events", "event_date", kind="removed")] == removed
    assert after.rows("sanction_listings", "valid_from", "valid_to", known_to=None) == [(date(2022, 1, 1), moved_to)]
    assert after.rows("sanction_programs", "valid_to", known_to=None) == [(moved_to,)]
    moved = after.rows("sanction_events", "detail", kind="modified")
    assert moved == ([] if removed else [("valid_to",)])


def test_a_listing_that_goes_before_its_stated_end_was_removed_then(fold: Any, vintage: Vintage) -> None:
    after = fold(vintage("2023-01-02T15:00", [A | {"ends_on": date(2030, 1, 1)}, B]), vintage("2023-02-01T15:00", [B]))
    assert after.rows("sanction_listings", "valid_to", "valid_to_basis", native_id="1", known_to=None) == [
        (date(2023, 2, 1), "snapshot_diff")
    ]
    assert after.rows("sanction_events", "kind", "event_date") == [("removed", date(2023, 2, 1))]


def test_what_had_ended_and_gone_and_is_shown_again_with_its_old_end_has_not_returned(fold: Any, vintage: Vintage) -> None:
    listing = A | {"listed_on": date(2022, 1, 1), "ends_on": date(2023, 1, 20)}
    after = fold(
        vintage("2023-01-02T15:00", [listing, B]),
        vintage("2023-02-01T15:00", [B]),
        vintage("2023-03-01T15:00", [listing, B]),
        vintage("2023-04-01T15:00", [listing, B]),
    )
    assert after.rows("sanction_listings", "valid_from", "valid_to", native_id="1") == [(date(2022, 1, 1), date(2023, 1, 20))]
    assert after.rows("sanction_events", "kind") == [("added",), ("removed",)]


def test_what_begins_and_ends_on_one_day_ahead_counts_until_then_unless_it_is_removed_before(fold: Any, vintage: Vintage) -> None:
    """A reissue of a reissue is removed, and the first id comes back for one day that is ahead: the balance holds."""
    day = date(2023, 4, 1)
    shown = [A | {"native_id": i} for i in "134"] + [A | {"listed_on": day, "ends_on": day}]
    days = ("2023-01-13T18:00", "2023-01-23T18:00", "2023-02-02T18:00", "2023-02-03T18:00")
    snapshots = [vintage(when, [listing]) for when, listing in zip(days, shown, strict=True)]
    returned = fold(*snapshots)
    assert returned.rows("sanction_events", "kind", "event_date", listing_id="us_ofac_sdn:1") == [("added", day)]
    gone = fold(*snapshots, vintage("2023-02-10T18:00", [B]))
    assert gone.rows("sanction_events", "event_date", listing_id="us_ofac_sdn:1", kind="removed") == [(date(2023, 2, 10),)]


# suspensions ------------------------------------------------------------------------------------------------------------

PAUSE = {
    "native_id": "1",
    "status": "suspended",
    "valid_from": date(2023, 1, 10),
    "valid_to": date(2023, 4, 10),
    "citation": "N1",
}
STATUS = ("kind", "event_date", "event_date_earliest", "citation")


def _paused(vintage: Vintage, when: str, *pauses: Mapping[str, Any]) -> StagedSnapshot:
    return vintage(when, [A], details={"statuses": pauses})


def test_a_suspension_is_an_interval_with_an_event_and_the_end_is_reported_when_its_day_has_come(
    fold: Any, vintage: Vintage
) -> None:
    first = [_paused(vintage, "2023-01-02T15:00"), _paused(vintage, "2023-01-12T15:00", PAUSE)]
    after = fold(*first)
    assert after.rows("sanction_statuses", "valid_from", "valid_to", "known_to") == [(date(2023, 1, 10), date(2023, 4, 10), None)]
    assert after.rows("sanction_events", *STATUS) == [("suspended", date(2023, 1, 10), None, "N1")]
    after = fold(*first, _paused(vintage, "2023-05-01T15:00", PAUSE))
    assert after.rows("sanction_events", *STATUS)[0] == ("resumed", date(2023, 4, 10), None, "N1")
    assert after.rows("sanction_listings", "valid_to") == [(None,)]


def test_a_suspension_that_is_extended_is_another_version_and_takes_its_end_back(fold: Any, vintage: Vintage) -> None:
    longer = PAUSE | {"valid_to": date(2023, 7, 10)}
    snapshots = [
        _paused(vintage, when, pause)
        for when, pause in (("2023-01-12T15:00", PAUSE), ("2023-05-01T15:00", PAUSE), ("2023-05-20T15:00", longer))
    ]
    after = fold(*snapshots)
    assert after.rows("sanction_statuses", "valid_to", "known_to") == [
        (date(2023, 4, 10), datetime(2023, 5, 20, 15)), (date(2023, 7, 10), None),
    ]  # fmt: skip
    assert after.rows("sanction_events", "kind") == [("suspended",)]


def test_a_suspension_that_is_shown_no_more_ended_where_the_snapshot_speaks_of_them(fold: Any, vintage: Vintage) -> None:
    open_end = PAUSE | {"valid_to": None}
    after = fold(_paused(vintage, "2023-01-12T15:00", open_end), _paused(vintage, "2023-02-01T15:00"))
    assert after.rows("sanction_statuses", "valid_to", "known_to") == [
        (None, datetime(2023, 2, 1, 15)), (date(2023, 2, 1), None),
    ]  # fmt: skip
    assert after.rows("sanction_events", *STATUS, kind="resumed") == [("resumed", date(2023, 2, 1), date(2023, 1, 12), "N1")]
    after = fold(_paused(vintage, "2023-01-12T15:00", PAUSE), vintage("2023-02-01T15:00", [A]))
    assert after.rows("sanction_statuses", "valid_to", "known_to") == [(date(2023, 4, 10), None)]


# details ----------------------------------------------------------------------------------------------------------------

FULL: dict[str, list[dict[str, Any]]] = {
    "names": [{"native_id": "1", "name": "AL", "kind": "aka", "quality": "strong"}],
    "countries": [{"native_id": "1", "country_id": "CHN", "basis": "nationality"}],
    "identifiers": [{"native_id": "1", "scheme": "passport", "value": "C1", "country_id": "CHN", "note": None}],
    "addresses": [{"native_id": "1", "address": "Wuhan, China", "country_id": "CHN"}],
    "birth_dates": [
        {
            "native_id": "1",
            "born": "1970",
            "born_from": date(1970, 1, 1),
            "born_before": date(1971, 1, 1),
            "precision": "year",
            "is_circa": False,
        }
    ],
    "birth_places": [{"native_id": "1", "place": "Tehran, Iran", "country_id": "IRN"}],
    "links": [{"native_id": "1", "relation": "owned_by", "linked_name": "BETA", "linked_listing_id": "us_ofac_sdn:2"}],
    "notes": [{"native_id": "1", "kind": "gender", "text": "Male"}],
}


def test_every_detail_is_one_open_row_per_fact_with_the_countries_of_addresses_and_births(fold: Any, vintage: Vintage) -> None:
    again = vintage("2023-01-09T15:00", [A], details=FULL)
    after = fold(vintage("2023-01-02T15:00", [A], details=FULL), again)
    for name in DETAILS:
        assert len(after.rows(f"sanction_{name}", "known_from", known_from=WHEN)) == {
            "names": 2,
            "countries": 3,
            "statuses": 0,
        }.get(name, 1)
    assert after.rows("sanction_countries", "country_id", "basis") == [
        ("CHN", "address"), ("CHN", "nationality"), ("IRN", "place_of_birth"),
    ]  # fmt: skip
    assert after.rows("sanction_events", "kind") == []


def test_details_close_by_one_event_that_names_them_or_with_the_removal(fold: Any, vintage: Vintage) -> None:
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


def test_a_changed_value_is_the_next_row_and_a_changed_citation_is_cited(fold: Any, vintage: Vintage) -> None:
    noted = {"identifiers": [FULL["identifiers"][0] | {"note": "expires 2030"}]}
    after = fold(
        vintage("2023-01-02T15:00", [A], details={"identifiers": FULL["identifiers"]}),
        vintage("2023-01-09T15:00", [A], details=noted),
    )
    assert after.rows("sanction_identifiers", "note", "known_to") == [(None, datetime(2023, 1, 9, 15)), ("expires 2030", None)]
    assert after.rows("sanction_events", "detail") == [("identifiers",)]
    cited = A | {"citation": "88 FR 1", "url": "https://example.org/1"}
    after = fold(vintage("2023-01-02T15:00", [A | {"citation": "87 FR 2"}]), vintage("2023-01-09T15:00", [cited]))
    assert after.rows("sanction_events", "kind", "detail", "citation", "url") == [
        ("modified", "citation", "88 FR 1", "https://example.org/1")
    ]


def test_another_format_teaches_and_what_it_lacks_says_nothing(fold: Any, vintage: Vintage) -> None:
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


def test_a_listing_of_another_list_points_to_the_page_of_the_list(history: Any, vintage: Vintage) -> None:
    after = history.after(
        fold_compared("us_bis_dpl", history, [vintage("2023-01-02T15:00", [A, B | {"url": "https://x.org/2"}])])
    )
    pages = [url for (url,) in after.rows("sanction_listings", "url")]
    assert pages[1] == "https://x.org/2"
    assert pages[0].startswith("https://www.bis.")


# remarks that are cut ---------------------------------------------------------------------------------------------------


@pytest.mark.trap("us_ofac_sdn", "cut-remarks")
def test_remarks_that_a_file_without_comments_cuts_stay_as_they_were_known(fold: Any, vintage: Vintage) -> None:
    cut = "Gender Male; nationality Ch"
    whole, facts = A | {"remarks": f"{cut}ina."}, {"cut_ids": ["1"]}
    after = fold(vintage("2023-01-02T15:00", [whole]), vintage("2023-01-09T15:00", [A | {"remarks": cut}], facts=facts))
    assert after.rows("sanction_listings", "remarks", "known_to") == [(f"{cut}ina.", None)]
    after = fold(vintage("2023-01-02T15:00", [A | {"remarks": cut}], facts=facts), vintage("2023-01-09T15:00", [whole]))
    assert after.rows("sanction_listings", "remarks", known_to=None) == [(f"{cut}ina.",)]
    assert after.rows("sanction_countries", "country_id") == [("CHN",)]
    assert after.rows("sanction_events", "kind") == []


# partial snapshots ------------------------------------------------------------------------------------------------------


def test_a_snapshot_that_is_not_complete_removes_nobody_and_moves_no_lower_bound(fold: Any, vintage: Vintage) -> None:
    after = fold(
        vintage("2023-01-02T15:00", [A, B]),
        vintage("2023-01-09T15:00", [B], complete=False),
        vintage("2023-01-16T15:00", [B]),
    )
    assert after.rows("sanction_events", "kind", "event_date", "event_date_earliest") == [
        ("removed", date(2023, 1, 16), date(2023, 1, 2))
    ]


# properties -------------------------------------------------------------------------------------------------------------

_ids = st.sampled_from("1234")
_days = st.none() | st.dates(date(2022, 11, 1), date(2023, 4, 1))
_listing = st.fixed_dictionaries(
    {
        "native_id": _ids,
        "name": st.sampled_from(["ALPHA", "Alpha.", "BETA"]),
        "programs": st.sampled_from([None, "SDGT", "ILLICIT-DRUGS-EO", "ILLICIT-DRUGS-EO14059] [SDGT"]),
        "title": st.sampled_from([None, "Director"]),
        "remarks": st.sampled_from([None, "nationality China; a.k.a. 'AL'.", "DOB 1970; Passport 1 (Iran)."]),
        "citation": st.sampled_from([None, "88 FR 1"]),
        "listed_on": _days,
        "published_on": _days,
        "ends_on": _days,
    }
)
_detail: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "names": st.fixed_dictionaries(
        {"name": st.sampled_from("XY"), "kind": st.just("aka"), "quality": st.sampled_from(["strong", "weak"])}
    ),
    "countries": st.fixed_dictionaries(
        {"country_id": st.sampled_from(["CHN", "IRN"]), "basis": st.sampled_from(["nationality", "address", "list_destination"])}
    ),
    "identifiers": st.fixed_dictionaries(
        {"scheme": st.just("passport"), "value": st.sampled_from("12"), "note": st.sampled_from([None, "x"])}
    ),
    "addresses": st.fixed_dictionaries({"address": st.sampled_from("PQ"), "country_id": st.sampled_from([None, "CHN", "MEX"])}),
    "birth_places": st.fixed_dictionaries({"place": st.sampled_from("PQ"), "country_id": st.sampled_from([None, "IRN"])}),
    "notes": st.fixed_dictionaries({"kind": st.just("gender"), "text": st.sampled_from(["Male", "Female"])}),
    "statuses": st.fixed_dictionaries(
        {
            "status": st.just("suspended"),
            "valid_from": st.sampled_from([date(2022, 12, 1), date(2023, 1, 10)]),
            "valid_to": st.sampled_from([None, date(2022, 12, 20), date(2023, 1, 8), date(2023, 1, 20), date(2023, 6, 1)]),
        }
    ),
}
_details = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(st.builds(lambda native_id, row: {"native_id": native_id} | row, _ids, row), max_size=4)
        for name, row in _detail.items()
    },
)
_vintages = st.lists(
    st.tuples(
        st.integers(1, 400),
        st.lists(_listing, min_size=1, max_size=4, unique_by=lambda row: row["native_id"]),
        _details,
        st.sampled_from([{}, {}, {"unreadable_ids": ["1", "2"]}, {"format": "a"}, {"format": "b"}]),
        st.sampled_from([True, True, True, False]),
        st.sampled_from(["new", "new", "new", "repeat"]),
    ),
    min_size=2,
    max_size=6,
)


def _snapshots(vintage: Vintage, drawn: Sequence[Any]) -> list[StagedSnapshot]:
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
    new_history: Callable[[], Any],
    vintage: Vintage,
    country_ids: Mapping[str, str],
    offending: Callable[[Any], Any],
    drawn: Sequence[Any],
    data: st.DataObject,
) -> None:
    snapshots = _snapshots(vintage, drawn)
    read, empty = reader(country_ids), new_history()
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
    for column, other in (("known_from", "known_to"), ("valid_from", "valid_to")):
        assert once.all("sanction_listings").filter(pl.col(other) < pl.col(column)).collect().height == 0


@examples(40)
@given(drawn=_vintages)
def test_at_every_snapshot_those_are_in_force_that_it_shows(
    new_history: Callable[[], Any], vintage: Vintage, country_ids: Mapping[str, str], drawn: Sequence[Any]
) -> None:
    """What was known at a whole snapshot about its day: who is shown, has begun and has not ended is in force, others are not."""
    snapshots = _snapshots(vintage, drawn)
    empty = new_history()
    after = empty.after(fold_compared(LIST, empty, snapshots, reader(country_ids)))
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
        if snapshot.complete:
            held = set(snapshot.facts["unreadable_ids"])
            # what was published before a later snapshot showed it was known already
            published = set(standing.filter(known_basis="publication")["native_id"])
            assert set(in_force) <= set(shown["native_id"]) | held | published
