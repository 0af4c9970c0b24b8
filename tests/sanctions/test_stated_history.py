"""A list whose history is stated in rules."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.contracts import StagedSnapshot
from assets.sanctions.history.stated.fold import fold_stated
from assets.sanctions.lists.us_bis.entity_list import RULES
from assets.sanctions.reading.rule_record import contradictions
from assets.schema import table
from tests.depth import examples
from tests.sanctions.conftest import Memory, offending

LIST = "us_bis_entity_list"
TABLES = ("sanction_lists", "sanction_listings", "sanction_names", "sanction_countries", "sanction_events")


def record(rules: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    blank = {
        "document_number": "2020-1", "action": "add", "entity_key": "ifs", "name": "IFS", "party_type": "entity",
        "country_id": "CHN",
    }  # fmt: skip
    rows = [{"row": n} | dict.fromkeys(RULES.names()[1:]) | blank | dict(rule) for n, rule in enumerate(rules, 1)]
    return pl.DataFrame(
        [row | {"effective_date": row["effective_date"] or row["publication_date"]} for row in rows], schema=RULES
    )


def snapshot(rules: Sequence[Mapping[str, Any]], when: str = "2024-01-02T12:00") -> StagedSnapshot:
    return StagedSnapshot(f"sha-{when}", datetime.fromisoformat(when), True, {}, {"rules": record(rules)})


def fold(*rules: Mapping[str, Any]) -> Memory:
    return Memory().after(fold_stated(LIST, Memory(), [snapshot(rules)]))


D1, D2, D3 = date(2020, 6, 5), date(2021, 7, 12), date(2023, 11, 17)
T1, T2, T3 = (datetime(d.year, d.month, d.day, 23, 59, 59) for d in (D1, D2, D3))
ADDED = {"publication_date": D1, "citation": "85 FR 34503", "aliases": "Forensic Institute; FI"}
REMOVED = {
    "publication_date": D3, "effective_date": date(2023, 11, 16), "action": "remove", "citation": "88 FR 80112",
    "document_number": "2023-25557",
}  # fmt: skip


def test_the_institute_of_forensic_science_is_listed_from_2020_06_05_to_2023_11_16() -> None:
    """EL-IFS: in force until the effective date, known to be removed from the day of publication on."""
    after = fold(ADDED, REMOVED)
    assert after.rows(
        "sanction_listings", "valid_from", "valid_to", "known_from", "known_to", "valid_to_basis", "known_basis"
    ) == [
        (D1, None, T1, T3, None, "publication"),
        (D1, date(2023, 11, 16), T3, None, "federal_register", "publication"),
    ]
    assert after.rows("sanction_listings", "citation", known_to=None) == [("85 FR 34503; 88 FR 80112",)]
    assert after.rows("sanction_events", "kind", "event_date", "known_at", "country_id", "citation", "detail") == [
        ("added", D1, T1, "CHN", "85 FR 34503", "FR Doc. 2020-1"),
        ("removed", date(2023, 11, 16), T3, "CHN", "88 FR 80112", "FR Doc. 2023-25557"),
    ]
    assert after.rows("sanction_names", "name", "kind", "known_from", "known_to") == [
        ("FI", "aka", T1, T3), ("Forensic Institute", "aka", T1, T3), ("IFS", "primary", T1, T3),
    ]  # fmt: skip
    assert after.rows("sanction_countries", "country_id", "basis", "known_to") == [("CHN", "list_destination", T3)]


def test_a_rule_has_two_days_and_lists_under_several_destinations_from_the_first_on() -> None:
    assert fold(ADDED, REMOVED).rows(
        "sanction_events", "event_date", "date_published", "date_published_basis", "date_effective", "date_effective_basis"
    ) == [(D1, D1, "rule", D1, "rule"), (date(2023, 11, 16), D3, "rule", date(2023, 11, 16), "rule")]
    assert fold(ADDED).rows("sanction_lists", "covered_from", "covered_until", "authority_id", "kind") == [
        (D1, date(2024, 1, 2), "USA.BIS", "export_control")
    ]
    after = fold(ADDED, ADDED | {"country_id": "HKG"})
    assert after.rows("sanction_countries", "country_id") == [("CHN",), ("HKG",)]
    assert after.rows("sanction_events", "kind") == [("added",)]
    assert len(after.rows("sanction_listings", "name")) == 1


def test_a_removal_of_one_destination_is_a_modification_and_without_country_the_end() -> None:
    after = fold(ADDED, ADDED | {"country_id": "HKG"}, REMOVED | {"country_id": "HKG"})
    assert after.rows("sanction_events", "kind") == [("added",), ("modified",)]
    assert after.rows("sanction_countries", "country_id", known_to=None) == [("CHN",)]
    assert after.rows("sanction_listings", "valid_to", known_to=None) == [(None,)]
    after = fold(ADDED, ADDED | {"country_id": "HKG"}, REMOVED | {"country_id": None})
    assert after.rows("sanction_listings", "valid_to", known_to=None) == [(date(2023, 11, 16),)]


def test_what_the_record_never_added_has_an_unknown_start() -> None:
    after = fold(REMOVED)
    assert after.rows("sanction_listings", "valid_from", "valid_from_basis", "valid_to", "known_from") == [
        (None, "left_censored", date(2023, 11, 16), T3)
    ]
    assert after.rows("sanction_events", "kind", "country_id") == [("removed", "CHN")]
    after = fold({"publication_date": D2, "action": "modify"})
    assert after.rows("sanction_listings", "valid_from", "valid_from_basis", "valid_to") == [(None, "left_censored", None)]


def test_a_modification_states_the_entry_as_it_now_reads() -> None:
    change = {"publication_date": D2, "action": "modify", "name": "Institute of Forensic Science", "aliases": "IFS"}
    after = fold(ADDED, change)
    assert after.rows("sanction_names", "name", "kind", known_to=None) == [
        ("IFS", "aka"), ("Institute of Forensic Science", "primary"),
    ]  # fmt: skip
    assert after.rows("sanction_listings", "name", "valid_from", "known_from", "known_to") == [
        ("IFS", D1, T1, T2), ("Institute of Forensic Science", D1, T2, None),
    ]  # fmt: skip
    assert after.rows("sanction_events", "kind", "event_date") == [("added", D1), ("modified", D2)]


def test_an_entity_added_again_goes_on_in_one_publication_and_has_two_intervals_else() -> None:
    moved = {"publication_date": D2, "document_number": "2021-2"}
    after = fold(ADDED, moved | {"action": "remove"}, moved | {"action": "add", "country_id": "HKG"})
    assert after.rows("sanction_events", "kind") == [("added",), ("modified",)]
    assert after.rows("sanction_listings", "valid_from", "valid_to", known_to=None) == [(D1, None)]
    again = ADDED | {"publication_date": date(2023, 12, 1), "document_number": "2023-9"}
    after = fold(ADDED, REMOVED, again)
    assert after.rows("sanction_listings", "valid_from", "valid_to", known_to=None) == [
        (D1, date(2023, 11, 16)), (date(2023, 12, 1), None),
    ]  # fmt: skip


@pytest.mark.trap("us_bis_entity_list", "announced-earlier")
def test_a_rule_may_take_effect_later_and_be_known_by_its_citation() -> None:
    after = fold(ADDED | {"effective_date": date(2020, 7, 1), "announced_date": date(2020, 5, 22), "reason": "Surveillance"})
    assert after.rows("sanction_listings", "valid_from", "known_from", "remarks") == [(date(2020, 7, 1), T1, "Surveillance")]
    assert after.rows("sanction_events", "detail") == [("FR Doc. 2020-1; announced 2020-05-22; Surveillance",)]
    after = fold(ADDED | {"document_number": None}, REMOVED | {"citation": None})
    assert after.rows("sanction_events", "citation", "detail") == [("85 FR 34503", None), (None, "FR Doc. 2023-25557")]
    assert after.rows("sanction_listings", "citation", known_to=None) == [("85 FR 34503; FR Doc. 2023-25557",)]


def test_the_newest_record_replaces_an_older_one_and_nothing_new_changes_nothing(history: Any) -> None:
    first, second = snapshot([ADDED], "2023-11-01T12:00"), snapshot([ADDED, REMOVED])
    once = history.after(fold_stated(LIST, history, [first, second]))
    step = history.after(fold_stated(LIST, history, [first]))
    step = step.after(fold_stated(LIST, step, [second]))
    for name in TABLES:
        assert_frame_equal(step.all(name).collect(), once.all(name).collect())
    before = history.after(fold_stated(LIST, history, [snapshot([ADDED])]))
    assert_frame_equal(
        before.after(fold_stated(LIST, before, [])).all("sanction_events").collect(), before.all("sanction_events").collect()
    )


_rule = st.fixed_dictionaries(
    {
        "document_number": st.sampled_from(["a", "b"]),
        "publication_date": st.integers(0, 5).map(lambda n: D1 + timedelta(days=20 * n)),
        "effective_date": st.integers(-3, 130).map(lambda n: D1 + timedelta(days=n)),
        "action": st.sampled_from(["add", "remove", "modify"]),
        "entity_key": st.sampled_from(["x", "y"]),
        "country_id": st.sampled_from([None, "CHN", "HKG"]),
        "name": st.sampled_from(["X", "Y"]),
        "aliases": st.sampled_from([None, "A", "A; X"]),
    }
)


@examples(50)
@given(rules=st.lists(_rule, min_size=1, max_size=8))
def test_whatever_the_rules_say_keys_are_unique_and_every_check_holds(rules: list[dict[str, Any]]) -> None:
    frame = record(rules)
    wrong = contradictions(frame)
    good = frame.filter(~pl.col("row").is_in(list(wrong)))
    assert contradictions(good) == {}
    empty = Memory()
    whole = StagedSnapshot("sha", datetime(2024, 1, 2), True, {}, {"rules": good})
    after = empty.after(fold_stated(LIST, empty, [whole]))
    assert offending(after) == {}
    for name in TABLES[1:]:
        rows = after.all(name).collect()
        assert rows.select(table(f"core.{name}").key).is_duplicated().sum() == 0
        if "valid_to" in rows.columns:
            assert rows.filter(pl.col("valid_to") < pl.col("valid_from")).height == 0
