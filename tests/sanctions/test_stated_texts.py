"""A list whose history is stated in rules, texts and their citations: what dates an entry, and what is known when."""

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
from assets.sanctions.reading.rule_record import contradictions
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
REMOVED = rule(D3, "remove", effective_date=date(2023, 11, 16), document_number="2023-25557", entity_key=None)
UNDATED = REMOVED | {"effective_date": None}
ACME, BETA = entry("Acme", D1), entry("Beta", D1)
PAGES = [
    document("a", D1, date(2019, 5, 16), start_page=100, end_page=110),
    document("b", D1, date(2019, 5, 20), start_page=111, end_page=120),
]
INTERVALS = "native_id valid_from valid_from_basis valid_to valid_to_basis"
PRINTED = "event_date date_published date_published_basis date_effective date_effective_basis"
RECORD = evidence("2020-01-01", rules=[rule(D1, effective_date=date(2019, 5, 16), name="Acme Co., Ltd.")])
ALIASED = evidence("2020-01-01", rules=[rule(D1, name="Acme", aliases="Ack; Acme Tech")])
SCENARIOS: dict[str, tuple[Any, ...]] = {
    "the first citation is the listing and each other one an amendment": (text("2026-07-09",
     entry("Acme", D1, D2, aliases=["Ack"], addresses=["1 Rd, Hong Kong"], address_countries=["HKG"])),
     "listings valid_from valid_from_basis citation known_from known_to known_basis: "
     "2019-05-21|federal_register|84 FR 1|2019-05-21T23:59:59|2021-03-04T23:59:59|publication / "
     "2019-05-21|federal_register|84 FR 1; 86 FR 2|2021-03-04T23:59:59|-|publication",
     "events kind event_date known_at: added|2019-05-21|2019-05-21T23:59:59 / modified|2021-03-04|2021-03-04T23:59:59",
     "names name known_from: Ack|2021-03-04T23:59:59 / Acme|2019-05-21T23:59:59",
     "countries country_id basis known_from: CHN|list_destination|2019-05-21T23:59:59 / HKG|address|2021-03-04T23:59:59",
     "lists covered_from covered_until: 2026-07-09|2026-07-09"),
    "an entry of a text is an entity and a row of the record what it says": (text("2019-06-01", ACME),
     evidence("2019-06-02", rules=[rule(D1, entity_key="made-up", name="Made Up Person", party_type="individual")]),
     "listings name party_type: Acme|entity / Made Up Person|individual"),
    # the list cites the page of the entry, documents their first page: 84 FR 22963 against 84 FR 22961
    "the effective day is joined by the day of publication and not by the page": (evidence("2020-01-01",
     documents=[document("2019-10616", D1, date(2019, 5, 16), citation="84 FR 22961", start_page=22961, end_page=22968,
     url="https://x"), document("2018-1", date(2018, 1, 1), date(2018, 1, 1), citation="84 FR 22963")]), text("2026-07-09",
     entry("Acme", D1, cited_as=["84 FR 22963"])), "listings valid_from known_from: 2019-05-16|2019-05-21T23:59:59",
     "events event_date detail url: 2019-05-16|FR Doc. 2019-10616|https://x"),
    "a citation alone gives the day of publication": (text("2024-01-02", ACME, text_date=date(2024, 1, 2)),
     f"events {PRINTED}: 2019-05-21|2019-05-21|citation|-|-"),
    "and its document the effective day": (text("2024-01-02", ACME, text_date=date(2024, 1, 2)),
     evidence("2024-01-03", documents=[document("n", D1, date(2019, 5, 16))]),
     f"events {PRINTED}: 2019-05-16|2019-05-21|citation|2019-05-16|document"),
    "of two rules of a day that whose pages hold the entry": (evidence("2020-01-01", documents=PAGES),
     text("2026-07-09", entry("Acme", D1, cited_as=["84 FR 105"]), entry("Beta", D1, cited_as=["84 FR 999"])),
     "listings name valid_from: Acme|2019-05-16 / Beta|2019-05-21"),
    "without a readable day the start is unknown": (text("2022-01-01", entry("Acme", None)),
     text("2023-01-01", entry("Acme", None), entry("Beta", None)),
     f"listings {INTERVALS} valid_from_earliest: chn.acme|-|left_censored|-|-|- / "
     "chn.beta|2023-01-01|snapshot_diff|-|-|2022-01-01", "events kind name: added|Beta"),
    "also where an amendment has one": (text("2022-01-01", entry("Acme", None, D2)),
     "listings valid_from valid_from_basis known_from: -|left_censored|2021-03-04T23:59:59",
     "events kind event_date: modified|2021-03-04"),
    "a removal that no rule states is dated between two texts": (text("2023-11-01", ACME, BETA), text("2023-12-01T12:00", BETA),
     f"listings {INTERVALS} valid_to_earliest known_to=-: "
     "chn.acme|2019-05-21|federal_register|2023-12-01|snapshot_diff|2023-11-01 / "
     "chn.beta|2019-05-21|federal_register|-|-|-",
     "events event_date event_date_earliest known_at kind=removed: 2023-12-01|2023-11-01|2023-12-01T12:00",
     "names name known_to=-: Beta"),
    "record and text are one listing by key": (RECORD,
     text("2026-07-09", entry("ACME Co Ltd", D1, D2), entry("Acme Co., Ltd.", D2, country="Iran")),
     f"listings native_id actor_id name valid_from known_to=-: acme|{LIST}:acme|ACME Co Ltd|2019-05-16 / "
     f"irn.acme-co-ltd|{LIST}:irn.acme-co-ltd|Acme Co., Ltd.|2021-03-04"),
    "or by alias": (ALIASED, text("2026-07-09", entry("Acme Tech", D1)), "listings native_id known_to=-: acme"),
    "but not of another day": (ALIASED, text("2026-07-09", entry("Acme Tech", D2)),
     "listings native_id known_to=-: acme / chn.acme-tech"),
    "an entry spelt otherwise in the next text is the same listing": (text("2020-01-01", entry("Acme Electronics Co", D1),
     entry("Other", D1)), text("2021-06-01", entry("Acme Electronic Co (ACE)", D1, D2), entry("Other", D1)),
     "listings native_id name known_to=-: chn.acme-electronics-co|Acme Electronic Co (ACE) / chn.other|Other"),
    "an entry that was away and came back has two intervals": (text("2020-01-01", ACME), text("2020-06-01", BETA),
     text("2021-06-01", entry("Acme", D2), BETA),
     "listings valid_from valid_to native_id=chn.acme known_to=-: 2019-05-21|2020-06-01 / 2021-03-04|-"),
    "the text of others and that of eCFR make no false changes": (text("2022-01-01",
     entry("Acme", None, addresses=["1 Rd"], address_countries=[None]), form="records"),
     text("2022-02-01", entry("Acme", None, aliases=["A"])), text("2022-03-01", entry("Acme", None, aliases=["A", "B"])),
     "events kind event_date event_date_earliest: modified|2022-03-01|2022-02-01"),
    # the UFLPA Entity List states effective days and no citations
    "a stated day is the start": (text("2026-07-09T12:00", entry("Acme", listed_on=date(2022, 6, 21))),
     "listings valid_from valid_from_basis known_from known_basis: 2022-06-21|source_field|2026-07-09T12:00|snapshot"),
    "former names are of their kind": (text("2022-01-01", entry("Acme", D1, aliases=["Ack", "Old"], former_names=["Old"])),
     "names name kind: Ack|aka / Acme|primary / Old|fka"),
    "a repeat moves the days covered": (text("2022-01-01", ACME),
     StagedSnapshot("text-2022-01-01", datetime(2022, 3, 1, 12), True, {}, {}, is_repeat=True),
     "lists covered_until: 2022-03-01"),
    "a citation of the day of a text comes before it": (text("2019-05-21", ACME),
     f"listings {INTERVALS}: chn.acme|2019-05-21|federal_register|-|-", "events kind event_date: added|2019-05-21"),
    "a change without an effective day has that of its document": (text("2023-11-01", ACME),
     evidence("2024-01-01", actions=[UNDATED], documents=[document("2023-25557", D3, date(2023, 11, 16))]),
     f"events {PRINTED} kind=removed: 2023-11-16|2023-11-17|rule|2023-11-16|document"),
    "and else none": (text("2023-11-01", ACME), evidence("2024-01-01", actions=[UNDATED]),
     f"events {PRINTED} kind=removed: 2023-11-17|2023-11-17|rule|-|-"),
    "a removal before a text that holds the entry still is believed when the next holds it no more": (text("2023-11-20", ACME),
     text("2023-12-20", BETA), evidence("2024-01-01", actions=[REMOVED]),
     "listings valid_to known_to=- native_id=chn.acme: 2023-11-16", "events kind kind=removed: removed"),
    "and not when it goes on to hold it": (evidence("2024-01-01", actions=[REMOVED]), text("2023-11-01", ACME),
     text("2026-01-01", ACME), f"listings {INTERVALS} known_to=-: chn.acme|2019-05-21|federal_register|-|-"),
    "Hong Kong was folded under China and the listing went on": (text("2020-12-01", entry("Acme", D1, country="Hong Kong")),
     text("2021-01-01", entry("Acme", D1, date(2020, 12, 23))),
     "events kind event_date: added|2019-05-21 / modified|2020-12-23",
     "countries country_id known_to: CHN|- / HKG|2020-12-23T23:59:59"),
    "a text never ends what only a rule names": (evidence("2020-01-01", rules=[rule(D1)]),
     text("2026-07-09", entry("Acme Works", D1)), "listings native_id valid_to known_to=-: acme|- / chn.acme-works|-"),
    "what people read stands for what is read by machine": (evidence("2020-01-01", rules=[rule(D1, document_number="2020-1")],
     actions=[rule(D1, entity_key=None, document_number="2020-1", name="Other")]), "listings native_id: acme"),
    "a citation after a text is a slip": (text("2022-01-01", entry("Acme", D1, D3)), "events kind event_date: added|2019-05-21"),
}  # fmt: skip


@pytest.mark.trap("us_bis_entity_list", "removed-before-a-text")
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1)])
def test_a_rule_that_states_a_removal_replaces_the_comparison_whenever_it_arrives(order: Sequence[int]) -> None:
    """EL-IFS: in force until 2023-11-16, known from the publication on 2023-11-17."""
    snapshots = [text("2023-11-01", ACME), text("2023-12-01", BETA), evidence("2024-01-01", actions=[REMOVED])]
    fold(*(snapshots[n] for n in order)).shows(
        "listings valid_to valid_to_basis known_from known_to native_id=chn.acme: "
        "-|-|2019-05-21T23:59:59|2023-11-17T23:59:59 / 2023-11-16|federal_register|2023-11-17T23:59:59|-",
        "events event_date known_at detail kind=removed: 2023-11-16|2023-11-17T23:59:59|FR Doc. 2023-25557",
    )


R1, R2 = date(2020, 6, 5), date(2021, 7, 12)
ADDED = {"publication_date": R1, "citation": "85 FR 34503", "aliases": "Forensic Institute; FI"}
GONE = {
    "publication_date": D3, "effective_date": date(2023, 11, 16), "action": "remove", "citation": "88 FR 80112",
    "document_number": "2023-25557",
}  # fmt: skip


CHANGED = {"publication_date": R2, "action": "modify", "name": "Institute of Forensic Science", "aliases": "IFS"}
MOVED = {"publication_date": R2, "document_number": "2021-2"}
IN_HONG_KONG = ADDED | {"country_id": "HKG"}
OF_RULES: dict[str, tuple[Any, ...]] = {
    # EL-IFS: in force until the effective date, known to be removed from the day of publication on
    "the Institute of Forensic Science is listed from 2020-06-05 to 2023-11-16": (ADDED, GONE,
     "listings valid_from valid_to known_from known_to valid_to_basis known_basis: "
     "2020-06-05|-|2020-06-05T23:59:59|2023-11-17T23:59:59|-|publication / "
     "2020-06-05|2023-11-16|2023-11-17T23:59:59|-|federal_register|publication",
     "listings citation known_to=-: 85 FR 34503; 88 FR 80112", "events kind event_date known_at country_id citation detail: "
     "added|2020-06-05|2020-06-05T23:59:59|CHN|85 FR 34503|FR Doc. 2020-1 / "
     "removed|2023-11-16|2023-11-17T23:59:59|CHN|88 FR 80112|FR Doc. 2023-25557",
     "names name kind known_from known_to: FI|aka|2020-06-05T23:59:59|2023-11-17T23:59:59 / "
     "Forensic Institute|aka|2020-06-05T23:59:59|2023-11-17T23:59:59 / "
     "IFS|primary|2020-06-05T23:59:59|2023-11-17T23:59:59",
     "countries country_id basis known_to: CHN|list_destination|2023-11-17T23:59:59",
     "events event_date date_published date_published_basis date_effective date_effective_basis: "
     "2020-06-05|2020-06-05|rule|2020-06-05|rule / 2023-11-16|2023-11-17|rule|2023-11-16|rule"),
    "the record covers the days from its first rule on": (ADDED,
     "lists covered_from covered_until authority_id kind: 2020-06-05|2024-01-02|USA.BIS|export_control"),
    "an entity under two destinations is one listing": (ADDED, IN_HONG_KONG, "countries country_id: CHN / HKG",
     "events kind: added", "listings name: IFS"),
    "the removal of one destination is a modification": (ADDED, IN_HONG_KONG, GONE | {"country_id": "HKG"},
     "events kind: added / modified", "countries country_id known_to=-: CHN", "listings valid_to known_to=-: -"),
    "a removal without a country is the end": (ADDED, IN_HONG_KONG, GONE | {"country_id": None},
     "listings valid_to known_to=-: 2023-11-16"),
    "what the record never added has an unknown start": (GONE,
     "listings valid_from valid_from_basis valid_to known_from: -|left_censored|2023-11-16|2023-11-17T23:59:59",
     "events kind country_id: removed|CHN"),
    "also what it only modifies": ({"publication_date": R2, "action": "modify"},
     "listings valid_from valid_from_basis valid_to: -|left_censored|-"),
    "a modification states the entry as it now reads": (ADDED, CHANGED,
     "names name kind known_to=-: IFS|aka / Institute of Forensic Science|primary",
     "listings name valid_from known_from known_to: IFS|2020-06-05|2020-06-05T23:59:59|2021-07-12T23:59:59 / "
     "Institute of Forensic Science|2020-06-05|2021-07-12T23:59:59|-",
     "events kind event_date: added|2020-06-05 / modified|2021-07-12"),
    "an entity that is moved in one publication goes on": (ADDED, MOVED | {"action": "remove"},
     MOVED | {"action": "add", "country_id": "HKG"}, "events kind: added / modified",
     "listings valid_from valid_to known_to=-: 2020-06-05|-"),
    "an entity added again has two intervals": (ADDED, GONE,
     ADDED | {"publication_date": date(2023, 12, 1), "document_number": "2023-9"},
     "listings valid_from valid_to known_to=-: 2020-06-05|2023-11-16 / 2023-12-01|-"),
    "what has no number or citation is known by the other": (ADDED | {"document_number": None}, GONE | {"citation": None},
     "events citation detail: 85 FR 34503|- / -|FR Doc. 2023-25557",
     "listings citation known_to=-: 85 FR 34503; FR Doc. 2023-25557"),
    "a rule may take effect later than it is known": (ADDED | {"effective_date": date(2020, 7, 1),
     "announced_date": date(2020, 5, 22), "reason": "Surveillance"},
     "listings valid_from known_from remarks: 2020-07-01|2020-06-05T23:59:59|Surveillance",
     "events detail: FR Doc. 2020-1; announced 2020-05-22; Surveillance"),
}  # fmt: skip


def rules(when: str, *rows: Mapping[str, Any]) -> StagedSnapshot:
    """A record of rules on the Institute of Forensic Science."""
    blank = {"entity_key": "ifs", "name": "IFS", "document_number": "2020-1", "citation": None, "effective_date": None}
    told = [blank | dict(row) for row in rows]
    days = [row["effective_date"] or row["publication_date"] for row in told]
    return evidence(when, rules=[rule(**row | {"published": row["publication_date"], "effective_date": d})
                                 for row, d in zip(told, days, strict=True)])  # fmt: skip


@pytest.mark.trap("us_bis_entity_list", "announced-earlier")
@pytest.mark.trap("us_bis_entity_list", "contradicting-rule")
@pytest.mark.trap("us_bis_entity_list", "hong-kong")
@pytest.mark.trap("us_bis_entity_list", "no-persons")
@pytest.mark.trap("us_bis_entity_list", "pages-of-citations")
@pytest.mark.trap("us_bis_entity_list", "only-what-a-text-held")
@pytest.mark.trap("us_bis_entity_list", "rules-are-prose")
@pytest.mark.parametrize("scenario", [*SCENARIOS.values(), *OF_RULES.values()], ids=[*SCENARIOS, *OF_RULES])
def test_after_these_texts_and_rules_the_history_shows(scenario: tuple[Any, ...]) -> None:
    changes = [v for v in scenario if isinstance(v, dict)]
    snapshots = [rules("2024-01-02T12:00", *changes)] if changes else [v for v in scenario if not isinstance(v, str)]
    fold(*snapshots).shows(*(said for said in scenario if isinstance(said, str)))


def test_the_newest_record_replaces_an_older_one_and_nothing_new_changes_nothing() -> None:
    first, second = rules("2023-11-01T12:00", ADDED), rules("2024-01-02T12:00", ADDED, GONE)
    once, step = fold(first, second), fold(first)
    for later in (second, None):
        step = step.after(fold_stated(LIST, step, [later] if later else []))
        for name in TABLES:
            assert step.all(name).collect().equals(once.all(name).collect())


def keys_are_unique_and_every_check_holds(after: Memory) -> None:
    assert offending(after) == {}
    for name in TABLES[1:]:
        rows = after.all(name).collect()
        assert rows.select(table(f"core.{name}").key).is_duplicated().sum() == 0
        assert "known_to" not in rows.columns or rows.filter(pl.col("known_to") <= pl.col("known_from")).is_empty()
        assert "valid_to" not in rows.columns or rows.filter(pl.col("valid_to") < pl.col("valid_from")).is_empty()


_rule = st.fixed_dictionaries(
    {
        "document_number": st.sampled_from(["a", "b"]),
        "publication_date": st.integers(0, 5).map(lambda n: R1 + timedelta(days=20 * n)),
        "effective_date": st.integers(-3, 130).map(lambda n: R1 + timedelta(days=n)),
        "action": st.sampled_from(["add", "remove", "modify"]),
        "entity_key": st.sampled_from(["x", "y"]),
        "country_id": st.sampled_from([None, "CHN", "HKG"]),
        "name": st.sampled_from(["X", "Y"]),
        "aliases": st.sampled_from([None, "A", "A; X"]),
    }
)


@examples(50)
@given(told=st.lists(_rule, min_size=1, max_size=8))
def test_whatever_the_rules_say_keys_are_unique_and_every_check_holds(told: list[dict[str, Any]]) -> None:
    frame = rules("2024-01-02T12:00", *told).frames["rules"]
    wrong = contradictions(frame)
    good = frame.filter(~pl.col("row").is_in(list(wrong)))
    assert contradictions(good) == {}
    after = fold(taken("sha", "2024-01-02T12:00", {"rules": good}))
    keys_are_unique_and_every_check_holds(after)


NAMES = ("Acme", "Beta Works", "Beta Works Co")
DAYS = st.integers(0, 900).map(lambda n: date(2020, 1, 1) + timedelta(days=n))
ENTRY = st.builds(
    lambda name, cited, country: entry(name, *cited, country=country), st.sampled_from(NAMES),
    st.lists(st.none() | DAYS, max_size=2), st.sampled_from(["China", "Hong Kong", "Iran"]),
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
    keys_are_unique_and_every_check_holds(whole)
    for name in TABLES[1:]:
        assert whole.all(name).collect().equals(step.all(name).collect())
