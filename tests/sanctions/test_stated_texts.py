"""A list whose history is stated in texts, their citations, and rules: what dates an entry, and what is known when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import StagedSnapshot
from assets.sanctions.history.stated.fold import TABLES, fold_stated
from assets.sanctions.lists.us_bis.entity_list import RULES
from assets.sanctions.lists.us_bis.federal_register import DOCUMENTS
from assets.sanctions.reading.entries import ENTRIES, destination
from assets.sanctions.reading.names import slug
from assets.schema import table
from pipelines.ingest.receipts import parse_moment
from tests.depth import examples
from tests.sanctions.conftest import Memory, offending

LIST = "us_bis_entity_list"
Entry = Mapping[str, Any]


def entry(name: str, *cited: date | None, country: str = "China", **more: Any) -> dict[str, Any]:
    place, country_id = destination(country)
    lists: dict[str, list[str]] = {"aliases": [], "former_names": [], "addresses": [], "address_countries": []}
    told = {
        "name": name, "destination": country, "country_id": country_id, "entry_key": f"{place}.{slug(name)}", "format": "ecfr",
    }  # fmt: skip
    days = {"cited": list(cited), "cited_as": [f"{(d or D1).year - 1935} FR {n}" for n, d in enumerate(cited, 1)]}
    return dict.fromkeys(ENTRIES.names()) | lists | told | days | {"file": "a.xml"} | more


def text(day: str, *entries: Entry, text_date: date | None = None, form: str = "ecfr") -> StagedSnapshot:
    rows = [dict(e) | {"row": n, "text_date": text_date, "format": form} for n, e in enumerate(entries, 1)]
    return taken(f"text-{day}", day, {"entries": pl.DataFrame(rows, schema=ENTRIES)})


def taken(snapshot_id: str, when: str, frames: Mapping[str, pl.DataFrame]) -> StagedSnapshot:
    """A snapshot of a moment, or one that is named by a day alone."""
    named = parse_moment(when)
    at, on = (datetime.fromisoformat(when), None) if named is None else (named[0], named[0].date())
    return StagedSnapshot(snapshot_id, at, True, {}, frames, retrieved_on=on)


def rule(published: date, action: str = "add", **more: Any) -> dict[str, Any]:
    told = {"document_number": "n", "citation": "88 FR 80131", "publication_date": published, "effective_date": published,
            "action": action, "entity_key": "acme", "name": "Acme", "country_id": "CHN"}  # fmt: skip
    return dict.fromkeys(RULES.names()) | told | more


def evidence(day: str, **frames: Sequence[Mapping[str, Any]]) -> StagedSnapshot:
    schemas = {"rules": RULES, "actions": RULES, "documents": DOCUMENTS}
    made = {
        k: pl.DataFrame([{"row": n} | dict(r) | {"row": n} for n, r in enumerate(v, 1)], schema=schemas[k])
        for k, v in frames.items()
    }
    return taken(f"sha-{day}", day, made)


def document(number: str, published: date, effective: date | None = None, **more: Any) -> dict[str, Any]:
    told = {"document_number": number, "publication_date": published, "effective_date": effective, "title": "The Entity List"}
    return dict.fromkeys(DOCUMENTS.names()) | told | more


def fold(*snapshots: StagedSnapshot) -> Memory:
    return Memory().after(fold_stated(LIST, Memory(), snapshots))


D1, D2, D3 = date(2019, 5, 21), date(2021, 3, 4), date(2023, 11, 17)
T1, T2, T3 = (datetime(d.year, d.month, d.day, 23, 59, 59) for d in (D1, D2, D3))
INTERVALS = ("native_id", "valid_from", "valid_from_basis", "valid_to", "valid_to_basis")


@pytest.mark.trap("us_bis_entity_list", "removed-before-a-text")
def test_the_first_citation_is_the_listing_and_each_other_one_an_amendment() -> None:
    acme = entry("Acme", D1, D2, aliases=["Ack"], addresses=["1 Road, Hong Kong"], address_countries=["HKG"])
    after = fold(text("2026-07-09", acme))
    assert after.rows(
        "sanction_listings", "valid_from", "valid_from_basis", "citation", "known_from", "known_to", "known_basis"
    ) == [
        (D1, "federal_register", "84 FR 1", T1, T2, "publication"),
        (D1, "federal_register", "84 FR 1; 86 FR 2", T2, None, "publication"),
    ]
    assert after.rows("sanction_events", "kind", "event_date", "known_at") == [("added", D1, T1), ("modified", D2, T2)]
    assert after.rows("sanction_names", "name", "known_from") == [("Ack", T2), ("Acme", T1)]
    assert after.rows("sanction_countries", "country_id", "basis", "known_from") == [
        ("CHN", "list_destination", T1), ("HKG", "address", T2),
    ]  # fmt: skip
    assert after.rows("sanction_lists", "covered_from", "covered_until") == [(date(2026, 7, 9), date(2026, 7, 9))]


@pytest.mark.trap("us_bis_entity_list", "no-persons")
def test_an_entry_of_a_text_is_an_entity_and_a_row_of_the_record_what_it_says() -> None:
    person = rule(D1, entity_key="made-up", name="Made Up Person", party_type="individual")
    after = fold(text("2019-06-01", entry("Acme", D1)), evidence("2019-06-02", rules=[person]))
    assert after.rows("sanction_listings", "name", "party_type") == [("Acme", "entity"), ("Made Up Person", "individual")]


@pytest.mark.trap("us_bis_entity_list", "pages-of-citations")
def test_the_effective_day_is_joined_by_the_day_of_publication_never_by_the_page() -> None:
    """The list cites the page of the entry, documents their first page: 84 FR 22963 against 84 FR 22961."""
    documents = [
        document("2019-10616", D1, date(2019, 5, 16), citation="84 FR 22961", start_page=22961, end_page=22968, url="https://x")
    ]
    other = document("2018-1", date(2018, 1, 1), date(2018, 1, 1), citation="84 FR 22963")
    after = fold(
        evidence("2020-01-01", documents=[*documents, other]), text("2026-07-09", entry("Acme", D1, cited_as=["84 FR 22963"]))
    )
    assert after.rows("sanction_listings", "valid_from", "known_from") == [(date(2019, 5, 16), T1)]
    assert after.rows("sanction_events", "event_date", "detail", "url") == [
        (date(2019, 5, 16), "FR Doc. 2019-10616", "https://x")
    ]


def test_the_effective_day_is_that_of_the_rule_whose_pages_hold_the_entry_where_stated() -> None:
    days = ("event_date", "date_published", "date_published_basis", "date_effective", "date_effective_basis")
    printed = text("2024-01-02", entry("Acme", D1), text_date=date(2024, 1, 2))
    assert fold(printed).rows("sanction_events", *days) == [(D1, D1, "citation", None, None)]
    known = evidence("2024-01-03", documents=[document("n", D1, date(2019, 5, 16))])
    effective = date(2019, 5, 16)
    assert fold(printed, known).rows("sanction_events", *days) == [(effective, D1, "citation", effective, "document")]
    documents = [
        document("a", D1, date(2019, 5, 16), start_page=100, end_page=110),
        document("b", D1, date(2019, 5, 20), start_page=111, end_page=120),
    ]
    acme, beta = entry("Acme", D1, cited_as=["84 FR 105"]), entry("Beta", D1, cited_as=["84 FR 999"])
    after = fold(evidence("2020-01-01", documents=documents), text("2026-07-09", acme, beta))
    assert after.rows("sanction_listings", "name", "valid_from") == [("Acme", date(2019, 5, 16)), ("Beta", D1)]


def test_without_a_readable_day_the_start_is_unknown() -> None:
    after = fold(text("2022-01-01", entry("Acme", None)), text("2023-01-01", entry("Acme", None), entry("Beta", None)))
    assert after.rows("sanction_listings", *INTERVALS, "valid_from_earliest") == [
        ("chn.acme", None, "left_censored", None, None, None),
        ("chn.beta", date(2023, 1, 1), "snapshot_diff", None, None, date(2022, 1, 1)),
    ]
    assert after.rows("sanction_events", "kind", "name") == [("added", "Beta")]
    after = fold(text("2022-01-01", entry("Acme", None, D2)))
    assert after.rows("sanction_listings", "valid_from", "valid_from_basis", "known_from") == [(None, "left_censored", T2)]
    assert after.rows("sanction_events", "kind", "event_date") == [("modified", D2)]


def test_a_removal_that_no_rule_states_is_dated_between_two_texts() -> None:
    after = fold(text("2023-11-01", entry("Acme", D1), entry("Beta", D1)), text("2023-12-01T12:00", entry("Beta", D1)))
    assert after.rows("sanction_listings", *INTERVALS, "valid_to_earliest", known_to=None) == [
        ("chn.acme", D1, "federal_register", date(2023, 12, 1), "snapshot_diff", date(2023, 11, 1)),
        ("chn.beta", D1, "federal_register", None, None, None),
    ]
    assert after.rows("sanction_events", "event_date", "event_date_earliest", "known_at", kind="removed") == [
        (date(2023, 12, 1), date(2023, 11, 1), datetime(2023, 12, 1, 12))
    ]
    assert after.rows("sanction_names", "name", known_to=None) == [("Beta",)]


REMOVED = rule(D3, "remove", effective_date=date(2023, 11, 16), document_number="2023-25557", entity_key=None)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1)])
def test_a_rule_that_states_a_removal_replaces_the_comparison_whenever_it_arrives(order: Sequence[int]) -> None:
    """EL-IFS: in force until 2023-11-16, known from the publication on 2023-11-17."""
    snapshots = [
        text("2023-11-01", entry("Acme", D1)), text("2023-12-01", entry("Beta", D1)), evidence("2024-01-01", actions=[REMOVED]),
    ]  # fmt: skip
    after = fold(*(snapshots[n] for n in order))
    assert after.rows("sanction_listings", "valid_to", "valid_to_basis", "known_from", "known_to", native_id="chn.acme") == [
        (None, None, T1, T3), (date(2023, 11, 16), "federal_register", T3, None),
    ]  # fmt: skip
    assert after.rows("sanction_events", "event_date", "known_at", "detail", kind="removed") == [
        (date(2023, 11, 16), T3, "FR Doc. 2023-25557")
    ]


@pytest.mark.trap("us_bis_entity_list", "contradicting-rule")
def test_texts_and_removals_that_contradict_each_other() -> None:
    after = fold(
        text("2023-11-20", entry("Acme", D1)), text("2023-12-20", entry("Beta", D1)), evidence("2024-01-01", actions=[REMOVED])
    )
    assert after.rows("sanction_listings", "valid_to", known_to=None, native_id="chn.acme") == [(date(2023, 11, 16),)]
    assert len(after.rows("sanction_events", "kind", kind="removed")) == 1
    after = fold(
        evidence("2024-01-01", actions=[REMOVED]), text("2023-11-01", entry("Acme", D1)), text("2026-01-01", entry("Acme", D1))
    )
    assert after.rows("sanction_listings", *INTERVALS, known_to=None) == [("chn.acme", D1, "federal_register", None, None)]


def test_record_and_text_are_one_listing_by_key_or_alias() -> None:
    record = evidence("2020-01-01", rules=[rule(D1, effective_date=date(2019, 5, 16), name="Acme Co., Ltd.")])
    after = fold(record, text("2026-07-09", entry("ACME Co Ltd", D1, D2), entry("Acme Co., Ltd.", D2, country="Iran")))
    assert after.rows("sanction_listings", "native_id", "actor_id", "name", "valid_from", known_to=None) == [
        ("acme", f"{LIST}:acme", "ACME Co Ltd", date(2019, 5, 16)),
        ("irn.acme-co-ltd", f"{LIST}:irn.acme-co-ltd", "Acme Co., Ltd.", D2),
    ]
    record = evidence("2020-01-01", rules=[rule(D1, name="Acme", aliases="Ack; Acme Tech")])
    assert [
        r[0]
        for r in fold(record, text("2026-07-09", entry("Acme Tech", D1))).rows("sanction_listings", "native_id", known_to=None)
    ] == ["acme"]
    assert (
        len(fold(record, text("2026-07-09", entry("Acme Tech", D2))).rows("sanction_listings", "native_id", known_to=None)) == 2
    )


@pytest.mark.trap("us_bis_entity_list", "hong-kong")
def test_hong_kong_was_folded_under_china_and_the_listing_went_on() -> None:
    moved = date(2020, 12, 23)
    after = fold(
        text("2020-12-01", entry("Acme", D1, country="Hong Kong")),
        text("2021-01-01", entry("Acme", D1, moved, country="China")),
    )
    assert after.rows("sanction_events", "kind", "event_date") == [("added", D1), ("modified", moved)]
    assert after.rows("sanction_countries", "country_id", "known_to") == [
        ("CHN", None), ("HKG", datetime(2020, 12, 23, 23, 59, 59)),
    ]  # fmt: skip


def test_an_entry_spelt_otherwise_in_the_next_text_is_the_same_listing() -> None:
    after = fold(
        text("2020-01-01", entry("Acme Electronics Co", D1), entry("Other", D1)),
        text("2021-06-01", entry("Acme Electronic Co (ACE)", D1, D2), entry("Other", D1)),
    )
    assert after.rows("sanction_listings", "native_id", "name", known_to=None) == [
        ("chn.acme-electronics-co", "Acme Electronic Co (ACE)"), ("chn.other", "Other"),
    ]  # fmt: skip


def test_an_entry_that_was_away_and_came_back_has_two_intervals() -> None:
    texts = [
        text("2020-01-01", entry("Acme", D1)), text("2020-06-01", entry("Beta", D1)),
        text("2021-06-01", entry("Acme", D2), entry("Beta", D1)),
    ]  # fmt: skip
    assert fold(*texts).rows("sanction_listings", "valid_from", "valid_to", native_id="chn.acme", known_to=None) == [
        (D1, date(2020, 6, 1)), (D2, None),
    ]  # fmt: skip


@pytest.mark.trap("us_bis_entity_list", "only-what-a-text-held")
def test_a_text_never_ends_what_only_a_rule_names() -> None:
    after = fold(evidence("2020-01-01", rules=[rule(D1)]), text("2026-07-09", entry("Acme Works", D1)))
    assert after.rows("sanction_listings", "native_id", "valid_to", known_to=None) == [("acme", None), ("chn.acme-works", None)]


def test_the_text_of_others_and_that_of_ecfr_make_no_false_changes() -> None:
    theirs, own = entry("Acme", None, addresses=["1 Rd"], address_countries=[None]), entry("Acme", None, aliases=["A"])
    after = fold(
        text("2022-01-01", theirs, form="records"),
        text("2022-02-01", own),
        text("2022-03-01", dict(own) | {"aliases": ["A", "B"]}),
    )
    assert after.rows("sanction_events", "kind", "event_date", "event_date_earliest") == [
        ("modified", date(2022, 3, 1), date(2022, 2, 1))
    ]


def test_days_former_names_repeats_and_slips_of_a_text() -> None:
    # The UFLPA Entity List states effective days and no citations.
    after = fold(text("2026-07-09T12:00", entry("Acme", listed_on=date(2022, 6, 21))))
    assert after.rows("sanction_listings", "valid_from", "valid_from_basis", "known_from", "known_basis") == [
        (date(2022, 6, 21), "source_field", datetime(2026, 7, 9, 12), "snapshot")
    ]
    after = fold(text("2022-01-01", entry("Acme", D1, aliases=["Ack", "Old"], former_names=["Old"])))
    assert after.rows("sanction_names", "name", "kind") == [("Ack", "aka"), ("Acme", "primary"), ("Old", "fka")]
    again = StagedSnapshot("text-2022-01-01", datetime(2022, 3, 1, 12), True, {}, {}, is_repeat=True)
    assert fold(text("2022-01-01", entry("Acme", D1)), again).rows("sanction_lists", "covered_until") == [(date(2022, 3, 1),)]
    after = fold(text("2022-01-01", entry("Acme", D1, D3)))
    assert after.rows("sanction_events", "kind", "event_date") == [("added", D1)]


@pytest.mark.trap("us_bis_entity_list", "rules-are-prose")
def test_what_people_read_in_a_rule_stands_for_what_is_read_by_machine() -> None:
    read = rule(D1, entity_key=None, document_number="2020-1", name="Other")
    after = fold(evidence("2020-01-01", rules=[rule(D1, document_number="2020-1")], actions=[read]))
    assert after.rows("sanction_listings", "native_id") == [("acme",)]


NAMES = ("Acme", "Beta Works", "Beta Works Co")
DAYS = st.integers(0, 900).map(lambda n: date(2020, 1, 1) + timedelta(days=n))
ENTRY = st.builds(
    lambda name, cited, country: entry(name, *cited, country=country),
    st.sampled_from(NAMES), st.lists(st.none() | DAYS, max_size=2), st.sampled_from(["China", "Hong Kong", "Iran"]),
)  # fmt: skip


def ordered(day: date, action: str, name: str, country: str, lag: int) -> dict[str, Any]:
    told = {"name": name, "country_id": country, "effective_date": day + timedelta(days=lag), "document_number": f"{day}"}
    return rule(day, action, entity_key=None, **told)


COUNTRIES = st.sampled_from(["CHN", "HKG", "IRN"])
ACTIONS = st.sampled_from(["add", "remove", "modify"])
RULE = st.builds(ordered, DAYS, ACTIONS, st.sampled_from(NAMES), COUNTRIES, st.integers(-5, 40))
PART = st.tuples(st.lists(ENTRY, max_size=3, unique_by=lambda e: e["entry_key"]), st.lists(RULE, max_size=2), st.none() | DAYS)


@examples(25)
@given(parts=st.lists(PART, min_size=1, max_size=4), at=st.integers(0, 4))
def test_whatever_the_evidence_every_check_holds_and_steps_make_no_difference(parts: list[Any], at: int) -> None:
    snapshots = []
    for n, (entries, rules, day) in enumerate(parts):
        when = f"2023-0{n + 1}-01T12:00"
        frames = {**text(when, *entries, text_date=day).frames, **(evidence(when, actions=rules).frames if rules else {})}
        snapshots.append(StagedSnapshot(f"sha-{n}", datetime.fromisoformat(when), True, {}, frames))
    empty = Memory()
    whole = empty.after(fold_stated(LIST, empty, snapshots))
    step = empty.after(fold_stated(LIST, empty, snapshots[:at]))
    step = step.after(fold_stated(LIST, step, snapshots[at:]))
    assert offending(whole) == {}
    for name in TABLES[1:]:
        rows = whole.all(name).collect()
        assert rows.equals(step.all(name).collect())
        assert rows.select(table(f"core.{name}").key).is_duplicated().sum() == 0
        assert "known_to" not in rows.columns or rows.filter(pl.col("known_to") <= pl.col("known_from")).is_empty()
