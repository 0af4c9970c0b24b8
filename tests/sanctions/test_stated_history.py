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
ADDED = {"publication_date": D1, "citation": "85 FR 34503", "aliases": "Forensic Institute; FI"}
REMOVED = {
    "publication_date": D3, "effective_date": date(2023, 11, 16), "action": "remove", "citation": "88 FR 80112",
    "document_number": "2023-25557",
}  # fmt: skip


CHANGED = {"publication_date": D2, "action": "modify", "name": "Institute of Forensic Science", "aliases": "IFS"}
MOVED = {"publication_date": D2, "document_number": "2021-2"}
IN_HONG_KONG = ADDED | {"country_id": "HKG"}
SCENARIOS: dict[str, tuple[Any, ...]] = {
    # EL-IFS: in force until the effective date, known to be removed from the day of publication on
    "the Institute of Forensic Science is listed from 2020-06-05 to 2023-11-16": (
        ADDED, REMOVED,
        "listings valid_from valid_to known_from known_to valid_to_basis known_basis: "
        "2020-06-05|-|2020-06-05T23:59:59|2023-11-17T23:59:59|-|publication / "
        "2020-06-05|2023-11-16|2023-11-17T23:59:59|-|federal_register|publication",
        "listings citation known_to=-: 85 FR 34503; 88 FR 80112",
        "events kind event_date known_at country_id citation detail: "
        "added|2020-06-05|2020-06-05T23:59:59|CHN|85 FR 34503|FR Doc. 2020-1 / "
        "removed|2023-11-16|2023-11-17T23:59:59|CHN|88 FR 80112|FR Doc. 2023-25557",
        "names name kind known_from known_to: FI|aka|2020-06-05T23:59:59|2023-11-17T23:59:59 / "
        "Forensic Institute|aka|2020-06-05T23:59:59|2023-11-17T23:59:59 / "
        "IFS|primary|2020-06-05T23:59:59|2023-11-17T23:59:59",
        "countries country_id basis known_to: CHN|list_destination|2023-11-17T23:59:59",
        "events event_date date_published date_published_basis date_effective date_effective_basis: "
        "2020-06-05|2020-06-05|rule|2020-06-05|rule / 2023-11-16|2023-11-17|rule|2023-11-16|rule",
    ),
    "the record covers the days from its first rule on": (
        ADDED, "lists covered_from covered_until authority_id kind: 2020-06-05|2024-01-02|USA.BIS|export_control",
    ),
    "an entity under two destinations is one listing": (
        ADDED, IN_HONG_KONG, "countries country_id: CHN / HKG", "events kind: added", "listings name: IFS",
    ),
    "the removal of one destination is a modification": (
        ADDED, IN_HONG_KONG, REMOVED | {"country_id": "HKG"},
        "events kind: added / modified", "countries country_id known_to=-: CHN", "listings valid_to known_to=-: -",
    ),
    "a removal without a country is the end": (
        ADDED, IN_HONG_KONG, REMOVED | {"country_id": None}, "listings valid_to known_to=-: 2023-11-16",
    ),
    "what the record never added has an unknown start": (
        REMOVED, "listings valid_from valid_from_basis valid_to known_from: -|left_censored|2023-11-16|2023-11-17T23:59:59",
        "events kind country_id: removed|CHN",
    ),
    "also what it only modifies": (
        {"publication_date": D2, "action": "modify"}, "listings valid_from valid_from_basis valid_to: -|left_censored|-",
    ),
    "a modification states the entry as it now reads": (
        ADDED, CHANGED,
        "names name kind known_to=-: IFS|aka / Institute of Forensic Science|primary",
        "listings name valid_from known_from known_to: IFS|2020-06-05|2020-06-05T23:59:59|2021-07-12T23:59:59 / "
        "Institute of Forensic Science|2020-06-05|2021-07-12T23:59:59|-",
        "events kind event_date: added|2020-06-05 / modified|2021-07-12",
    ),
    "an entity that is moved in one publication goes on": (
        ADDED, MOVED | {"action": "remove"}, MOVED | {"action": "add", "country_id": "HKG"},
        "events kind: added / modified", "listings valid_from valid_to known_to=-: 2020-06-05|-",
    ),
    "an entity added again has two intervals": (
        ADDED, REMOVED, ADDED | {"publication_date": date(2023, 12, 1), "document_number": "2023-9"},
        "listings valid_from valid_to known_to=-: 2020-06-05|2023-11-16 / 2023-12-01|-",
    ),
    "what has no number or citation is known by the other": (
        ADDED | {"document_number": None}, REMOVED | {"citation": None},
        "events citation detail: 85 FR 34503|- / -|FR Doc. 2023-25557",
        "listings citation known_to=-: 85 FR 34503; FR Doc. 2023-25557",
    ),
}  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_after_these_rules_the_history_shows(scenario: tuple[Any, ...]) -> None:
    fold(*(v for v in scenario if not isinstance(v, str))).shows(*(text for text in scenario if isinstance(text, str)))


@pytest.mark.trap("us_bis_entity_list", "announced-earlier")
def test_a_rule_may_take_effect_later_than_it_is_known() -> None:
    later = {"effective_date": date(2020, 7, 1), "announced_date": date(2020, 5, 22), "reason": "Surveillance"}
    fold(ADDED | later).shows(
        "listings valid_from known_from remarks: 2020-07-01|2020-06-05T23:59:59|Surveillance",
        "events detail: FR Doc. 2020-1; announced 2020-05-22; Surveillance",
    )


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
