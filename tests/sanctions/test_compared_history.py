"""A list whose history is seen by comparing snapshots."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.contracts import Folded, History, StagedSnapshot
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.history.compared.snapshot import programs_in
from assets.sanctions.lists.us_ofac.remarks import reader
from assets.sanctions.reading.shape import DETAILS
from assets.schema import table
from tests.depth import examples

LIST = "us_ofac_sdn"
TABLES = ("sanction_lists", "sanction_listings", "sanction_programs", "sanction_events", *(f"sanction_{n}" for n in DETAILS))
Vintage = Callable[..., StagedSnapshot]
A = {"native_id": "1", "name": "ALPHA CO"}
B = {"native_id": "2", "name": "BETA CO"}


@pytest.fixture
def fold(history: Any, country_ids: Mapping[str, str]) -> Callable[..., Any]:
    """Folds vintages into an empty history and gives the history after."""

    def folded(*snapshots: StagedSnapshot) -> Any:
        return history.after(fold_compared(LIST, history, snapshots, reader(country_ids)))

    return folded


def test_what_the_first_snapshot_holds_has_an_unknown_start_and_aliases_of_programs_come_with_it(
    fold: Any, vintage: Vintage
) -> None:
    after = fold(vintage("2023-01-02T15:00", [A]))
    assert after.rows("sanction_listings", "listing_id", "valid_from", "valid_from_basis", "known_basis") == [
        ("us_ofac_sdn:1", None, "left_censored", "snapshot")
    ]
    assert after.rows("sanction_programs", "program", "valid_from", "valid_from_basis") == [("SDGT", None, "left_censored")]
    assert after.rows("sanction_events", "kind") == []
    assert fold(vintage("2023-01-02T15:00", [A])).rows("program_aliases", "program_raw", "program") == [
        ("BELARUS-EO", "BELARUS-EO14038"), ("ILLICIT-DRUGS-EO", "ILLICIT-DRUGS-EO14059"), ("PEESA-EO", "PEESA-EO14039"),
    ]  # fmt: skip


@pytest.mark.trap("us_ofac_sdn", "washington-day")
def test_an_addition_is_dated_in_the_time_zone_of_the_authority(fold: Any, vintage: Vintage) -> None:
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


def test_an_unchanged_answer_moves_the_lower_bound_of_what_comes_next_and_the_days_covered(fold: Any, vintage: Vintage) -> None:
    repeat = replace(vintage("2021-12-15T12:00", []), frames={}, is_repeat=True)
    after = fold(vintage("2021-12-10T12:00", [A]), repeat)
    assert after.rows("sanction_lists", "covered_from", "covered_until") == [(date(2021, 12, 10), date(2021, 12, 15))]
    assert after.rows("sanction_listings", "native_id", "valid_to") == [("1", None)]
    after = fold(vintage("2021-12-10T12:00", [A]), repeat, vintage("2021-12-20T12:00", [A, B]))
    assert after.rows("sanction_listings", "valid_from", "valid_from_earliest", native_id="2") == [
        (date(2021, 12, 20), date(2021, 12, 15))
    ]


def test_a_removal_leaves_a_current_version_with_its_day_and_closes_names_and_countries(fold: Any, vintage: Vintage) -> None:
    party = A | {"remarks": "nationality China; a.k.a. 'AL'."}
    after = fold(vintage("2023-01-02T15:00", [party, B]), vintage("2023-01-09T15:00", [B]))
    removed = datetime(2023, 1, 9, 15)
    assert after.rows(
        "sanction_listings", "valid_to", "valid_to_basis", "valid_to_earliest", "known_from", "known_to", native_id="1"
    ) == [
        (None, None, None, datetime(2023, 1, 2, 15), removed),
        (date(2023, 1, 9), "snapshot_diff", date(2023, 1, 2), removed, None),
    ]
    assert after.rows("sanction_programs", "valid_to", "known_to", listing_id="us_ofac_sdn:1") == [
        (None, removed),
        (date(2023, 1, 9), None),
    ]
    assert after.rows("sanction_names", "name", "known_to", listing_id="us_ofac_sdn:1") == [
        ("AL", removed),
        ("ALPHA CO", removed),
    ]
    assert after.rows("sanction_countries", "country_id", "known_to") == [("CHN", removed)]
    assert after.rows("sanction_events", "kind", "country_id", "name") == [("removed", "CHN", "ALPHA CO")]


def test_several_edits_of_a_listing_in_one_vintage_are_one_modified_and_one_new_version(fold: Any, vintage: Vintage) -> None:
    edited = A | {"name": "ALPHA LTD", "title": "Director", "remarks": "nationality Iran.", "programs": "SDGT] [IRAN"}
    after = fold(vintage("2023-01-02T15:00", [A]), vintage("2023-01-09T15:00", [edited]))
    assert after.rows("sanction_events", "kind", "detail", "name", "country_id") == [
        ("modified", "name; title; remarks; programs +IRAN", "ALPHA LTD", "IRN")
    ]
    assert after.rows("sanction_listings", "name", "title", "valid_from_basis", "known_to") == [
        ("ALPHA CO", None, "left_censored", datetime(2023, 1, 9, 15)),
        ("ALPHA LTD", "Director", "left_censored", None),
    ]
    assert after.rows("sanction_names", "name", "kind", "known_to") == [
        ("ALPHA CO", "primary", datetime(2023, 1, 9, 15)),
        ("ALPHA LTD", "primary", None),
    ]


def test_a_change_of_programs_alone_is_one_event_per_program_and_no_new_version(fold: Any, vintage: Vintage) -> None:
    after = fold(vintage("2023-01-02T15:00", [A]), vintage("2023-01-09T15:00", [A | {"programs": "IRAN] [NPWMD"}]))
    assert after.rows("sanction_events", "kind", "detail") == [
        ("program_added", "IRAN"),
        ("program_added", "NPWMD"),
        ("program_removed", "SDGT"),
    ]
    assert after.rows("sanction_programs", "program", "valid_from", "valid_to", "known_to") == [
        ("IRAN", date(2023, 1, 9), None, None),
        ("NPWMD", date(2023, 1, 9), None, None),
        ("SDGT", None, None, datetime(2023, 1, 9, 15)),
        ("SDGT", None, date(2023, 1, 9), None),
    ]
    assert after.rows("sanction_listings", "native_id") == [("1",)]


@pytest.mark.trap("us_ofac_sdn", "renamed-program")
def test_a_name_in_other_capitals_is_a_new_version_and_no_edit(fold: Any, vintage: Vintage) -> None:
    before, after = {"native_id": "1", "name": "BEKTAS"}, {"native_id": "1", "name": "Bektas"}
    found = fold(
        vintage("2023-01-02T15:00", [before], aliases=[("1", "aka", "ALI BEKTAS")]),
        vintage("2023-01-03T15:00", [after], aliases=[("1", "aka", "Ali Bektas")]),
    )
    assert found.rows("sanction_events", "kind") == []
    names = [("BEKTAS", datetime(2023, 1, 3, 15)), ("Bektas", None)]
    assert found.rows("sanction_listings", "name", "known_to", native_id="1") == names
    assert ("Ali Bektas", None) in found.rows("sanction_names", "name", "known_to")


def test_a_retag_keeps_the_start_of_the_program_and_the_order_in_a_cell_says_nothing(fold: Any, vintage: Vintage) -> None:
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
    after = fold(
        vintage("2023-01-02T15:00", [A | {"programs": "SDGT] [IRAN"}]),
        vintage("2023-01-09T15:00", [A | {"programs": "IRAN] [SDGT"}]),
    )
    assert after.rows("sanction_events", "kind") == []


@pytest.mark.trap("us_ofac_sdn", "renamed-program")
def test_zimbabwe_to_glomag_is_another_program_and_no_retag(fold: Any, vintage: Vintage) -> None:
    after = fold(
        vintage("2024-03-01T15:00", [A | {"programs": "ZIMBABWE"}]), vintage("2024-03-04T15:00", [A | {"programs": "GLOMAG"}])
    )
    assert after.rows("sanction_events", "kind", "detail") == [("program_added", "GLOMAG"), ("program_removed", "ZIMBABWE")]


@pytest.mark.trap("us_ofac_sdn", "reissued-id")
def test_a_reissued_id_is_one_event_of_the_same_actor_without_a_gap_within_three_days(fold: Any, vintage: Vintage) -> None:
    # TORNADO CASH 38499 -> 39796 on 2022-11-08.
    old, new = A | {"native_id": "38499", "name": "TORNADO CASH"}, A | {"native_id": "39796", "name": "Tornado  Cash"}
    after = fold(vintage("2022-11-07T15:00", [old, B]), vintage("2022-11-09T02:52:16", [B, new]))
    assert after.rows("sanction_events", "kind", "listing_id", "event_date", "detail") == [
        ("reissued", "us_ofac_sdn:39796", date(2022, 11, 8), "replaces us_ofac_sdn:38499")
    ]
    assert after.rows("sanction_listings", "native_id", "actor_id", "valid_from", "valid_to", known_to=None)[1:] == [
        ("38499", "us_ofac_sdn:38499", None, date(2022, 11, 8)),
        ("39796", "us_ofac_sdn:38499", date(2022, 11, 8), None),
    ]
    new = A | {"native_id": "3"}
    after = fold(vintage("2023-01-02T15:00", [A, B]), vintage("2023-01-09T15:00", [B]), vintage("2023-01-12T15:00", [B, new]))
    assert after.rows("sanction_events", "kind", "listing_id") == [("reissued", "us_ofac_sdn:3")]
    assert after.rows("sanction_listings", "valid_to", "known_from", "known_to", native_id="1")[1:] == [
        (date(2023, 1, 9), datetime(2023, 1, 9, 15), datetime(2023, 1, 12, 15)),
        (date(2023, 1, 12), datetime(2023, 1, 12, 15), None),
    ]
    after = fold(
        vintage("2023-01-02T15:00", [A, B]),
        vintage("2023-01-09T15:00", [B]),
        vintage("2023-01-13T15:00", [B, A | {"native_id": "3"}]),
    )
    assert sorted(after.rows("sanction_events", "kind")) == [("added",), ("removed",)]


@pytest.mark.parametrize("other", [{"name": "GAMMA CO"}, {"party_type": "vessel"}])
def test_another_name_or_type_is_no_reissue(fold: Any, vintage: Vintage, other: dict[str, str]) -> None:
    after = fold(vintage("2023-01-02T15:00", [A, B]), vintage("2023-01-09T15:00", [B, A | {"native_id": "3"} | other]))
    assert sorted(after.rows("sanction_events", "kind")) == [("added",), ("removed",)]


def test_an_id_that_was_listed_before_returns_with_two_intervals_and_replaces_nothing(fold: Any, vintage: Vintage) -> None:
    twin = A | {"native_id": "3"}
    after = fold(
        vintage("2023-01-02T15:00", [A, B]),
        vintage("2023-02-01T15:00", [B, twin]),
        vintage("2023-03-01T15:00", [B, A]),
    )
    assert after.rows("sanction_listings", "actor_id", native_id="1", known_to=None) == [("us_ofac_sdn:1",)] * 2
    assert after.rows("sanction_events", "kind", "listing_id", known_at=datetime(2023, 3, 1, 15)) == [
        ("added", "us_ofac_sdn:1"), ("removed", "us_ofac_sdn:3"),
    ]  # fmt: skip
    after = fold(vintage("2023-01-02T15:00", [A, B]), vintage("2023-02-01T15:00", [B]), vintage("2023-03-01T15:00", [A, B]))
    assert after.rows("sanction_listings", "valid_from", "valid_to", "actor_id", native_id="1", known_to=None) == [
        (None, date(2023, 2, 1), "us_ofac_sdn:1"),
        (date(2023, 3, 1), None, "us_ofac_sdn:1"),
    ]


def test_strong_aliases_and_addresses_come_from_their_files(fold: Any, vintage: Vintage) -> None:
    first = vintage(
        "2023-01-02T15:00",
        [A],
        aliases=[("1", "aka", "AL"), ("1", "fka", "OLD AL")],
        addresses=[("1", "Hong Kong"), ("1", "China"), ("1", None), ("1", "undetermined")],
    )
    after = fold(first)
    assert after.rows("sanction_names", "name", "kind", "quality") == [
        ("AL", "aka", "strong"), ("ALPHA CO", "primary", "strong"), ("OLD AL", "fka", "strong"),
    ]  # fmt: skip
    assert after.rows("sanction_countries", "country_id", "basis") == [("CHN", "address"), ("HKG", "address")]


def test_a_file_that_is_absent_says_nothing_and_one_that_holds_nothing_closes(fold: Any, vintage: Vintage) -> None:
    first = vintage("2023-01-02T15:00", [A], aliases=[("1", "aka", "AL")], addresses=[("1", "China")])
    absent = vintage("2023-01-03T15:00", [A | {"title": "Director"}])
    after = fold(first, absent)
    assert after.rows("sanction_names", "name", known_to=None) == [("AL",), ("ALPHA CO",)]
    assert after.rows("sanction_countries", "country_id", known_to=None) == [("CHN",)]
    after = fold(first, vintage("2023-01-04T15:00", [A], aliases=[], addresses=[]))
    assert after.rows("sanction_names", "name", known_to=None) == [("ALPHA CO",)]
    assert after.rows("sanction_countries", "country_id", known_to=None) == []
    assert after.rows("sanction_events", "kind", "detail") == [("modified", "names; addresses")]


def test_what_a_file_holds_that_was_not_there_before_is_learnt_and_no_act(fold: Any, vintage: Vintage) -> None:
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


def test_an_event_is_aimed_at_nationality_before_citizenship_before_address(fold: Any, vintage: Vintage) -> None:
    added = [
        A | {"remarks": "citizen Iran; nationality Russia; nationality China."},
        B | {"remarks": "POB Hong Kong; citizen Iran; Passport 1 (China)."},
        {"native_id": "3", "remarks": "Passport 1 (China)."},
        {"native_id": "4", "remarks": "POB Hong Kong."},
    ]
    addresses = [("1", "Mexico"), ("2", "Mexico"), ("3", "Mexico"), ("3", "Iran")]
    seed = {"native_id": "9", "name": "SEED"}
    after = fold(vintage("2023-01-02T15:00", [seed]), vintage("2023-01-03T15:00", [seed, *added], addresses=addresses))
    assert after.rows("sanction_events", "country_id") == [("RUS",), ("IRN",), ("IRN",), (None,)]


def test_a_listing_whose_row_cannot_be_read_is_not_removed(fold: Any, vintage: Vintage) -> None:
    first = vintage("2023-01-02T15:00", [A, B], aliases=[("1", "aka", "AL")])
    after = fold(first, vintage("2023-01-03T15:00", [B], aliases=[], facts={"unreadable_ids": ["1"], "n_illegible": 0}))
    assert after.rows("sanction_events", "kind") == []
    assert after.rows("sanction_names", "name", known_to=None, listing_id="us_ofac_sdn:1") == [("AL",), ("ALPHA CO",)]
    after = fold(first, vintage("2023-01-03T15:00", [B], facts={"unreadable_ids": [], "n_illegible": 1}))
    assert after.rows("sanction_events", "kind") == []


def test_an_unchanged_vintage_gives_no_rows(fold: Any, vintage: Vintage) -> None:
    listed, more = [A | {"remarks": "nationality China."}, B], {"aliases": [("1", "aka", "AL")], "addresses": [("1", "China")]}
    once, twice = (
        fold(vintage("2023-01-02T15:00", listed, **more)),
        fold(vintage("2023-01-02T15:00", listed, **more), vintage("2023-01-09T15:00", listed, **more)),
    )
    for name in TABLES[1:]:
        assert_frame_equal(once.all(name).collect(), twice.all(name).collect())
    assert twice.rows("sanction_lists", "covered_from", "covered_until") == [(date(2023, 1, 2), date(2023, 1, 9))]


@pytest.mark.parametrize(
    ("cell", "programs"),
    [
        (None, []),
        ("SDGT", ["SDGT"]),
        ("SDGT] [CAATSA - RUSSIA] [SDGT", ["SDGT", "CAATSA - RUSSIA"]),
        ("[A] [B]", ["A", "B"]),
        ("] [", []),
    ],
)
def test_a_cell_holds_programs_each_once(cell: str | None, programs: list[str]) -> None:
    assert programs_in(cell) == programs


def test_what_came_back_under_its_own_id_is_replaced_by_nobody_later(fold: Any, vintage: Vintage) -> None:
    """The removal of 2 is past when 3 appears under the same name."""
    twin = B | {"name": A["name"]}
    after = fold(
        vintage("2023-01-02T15:00", [A, twin]),
        vintage("2023-01-02T16:00", [A]),
        vintage("2023-01-02T17:00", [A, twin]),
        vintage("2023-01-03T15:00", [A, twin | {"native_id": "3"}], facts={"n_illegible": 1}),
    )
    assert sorted(after.rows("sanction_events", "kind", "listing_id")) == [
        ("added", "us_ofac_sdn:2"), ("added", "us_ofac_sdn:3"), ("removed", "us_ofac_sdn:2"),
    ]  # fmt: skip
    assert after.rows("sanction_listings", "valid_from", "valid_to", native_id="2", known_to=None) == [
        (None, date(2023, 1, 2)),
        (date(2023, 1, 2), None),
    ]


# properties -------------------------------------------------------------------------------------------------------------

_listing = st.fixed_dictionaries(
    {
        "native_id": st.sampled_from("12345"),
        "name": st.sampled_from(["ALPHA", "Alpha.", "BETA"]),
        "programs": st.sampled_from(
            [None, "SDGT", "ILLICIT-DRUGS-EO", "ILLICIT-DRUGS-EO14059] [SDGT", "SDGT] [ILLICIT-DRUGS-EO"]
        ),
        "title": st.sampled_from([None, "Director"]),
        "remarks": st.sampled_from([None, "nationality China; a.k.a. 'AL'.", "citizen Iran.", "a.k.a. 'AL'."]),
    }
)
_pairs = st.lists(st.tuples(st.sampled_from("12345"), st.just("aka"), st.sampled_from(["X", "Y"])), max_size=4, unique=True)
_places = st.lists(st.tuples(st.sampled_from("12345"), st.sampled_from(["China", "Iran"])), max_size=4)
_vintages = st.lists(
    st.tuples(
        st.integers(1, 100),
        st.lists(_listing, min_size=1, max_size=5, unique_by=lambda row: row["native_id"]),
        st.none() | _pairs,
        st.none() | _places,
        st.sampled_from([{}, {}, {}, {"unreadable_ids": ["1", "2"]}, {"n_illegible": 1}]),
    ),
    min_size=2,
    max_size=6,
)


def _snapshots(vintage: Vintage, drawn: Sequence[Any]) -> list[StagedSnapshot]:
    when, made = datetime(2023, 1, 2, 15), []
    for hours, listings, aliases, addresses, facts in drawn:
        when += timedelta(hours=hours)
        ids = {row["native_id"] for row in listings}
        unreadable = [i for i in facts.get("unreadable_ids", []) if i not in ids]
        made.append(
            vintage(
                when.isoformat(),
                listings,
                aliases=None if aliases is None else [p for p in aliases if p[0] in ids],
                addresses=None if addresses is None else [p for p in addresses if p[0] in ids],
                facts=facts | ({"unreadable_ids": unreadable} if unreadable else {}),
            )
        )
    return made


@examples(15)
@given(drawn=_vintages, data=st.data())
def test_folding_in_two_parts_is_folding_at_once_and_every_check_holds(
    new_history: Callable[[], Any],
    vintage: Vintage,
    country_ids: Mapping[str, str],
    offending: Callable[[Any], Any],
    drawn: Sequence[Any],
    data: st.DataObject,
) -> None:
    snapshots = _snapshots(vintage, drawn)
    empty = new_history()
    whole = _fold(empty, snapshots, country_ids)
    at = data.draw(st.integers(0, len(snapshots)))
    first = empty.after(_fold(empty, snapshots[:at], country_ids))
    second = _fold(first, snapshots[at:], country_ids)
    parts, once = first.after(second), empty.after(whole)
    for name in TABLES:
        assert_frame_equal(second.open[name], whole.open[name])
        assert_frame_equal(parts.all(name).collect(), once.all(name).collect())
    assert second.notes == whole.notes
    # small lists: what most listings have, and how many change at once, says nothing here
    assert {c: rows for c, rows in offending(once).items() if "most_have" not in c and "few_modified" not in c} == {}
    _keys_are_unique_and_intervals_run_forward(once)


def _fold(history: History, snapshots: Sequence[StagedSnapshot], country_ids: Mapping[str, str]) -> Folded:
    return fold_compared(LIST, history, snapshots, reader(country_ids))


def _keys_are_unique_and_intervals_run_forward(history: Any) -> None:
    for name in TABLES[1:]:
        frame = history.all(name).collect()
        assert frame.select(pl.struct(table(f"core.{name}").key).is_duplicated().any()).item() in (False, None)
        if "known_to" in frame.columns:
            assert frame.filter(pl.col("known_to") <= pl.col("known_from")).height == 0
        if "valid_to" in frame.columns:
            assert frame.filter(pl.col("valid_to") < pl.col("valid_from")).height == 0
