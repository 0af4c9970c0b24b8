"""Official acts: registers read from bytes, their sorts, and how listings, documents and the reviewed record become acts."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.actors import registry
from assets.contracts import Staged
from assets.sanctions.acts import gathered, us_federal_register, us_ofac_recent_actions
from assets.sanctions.acts.document_sorts import SORTS, sort_of, states_named
from assets.sanctions.facts.lists import lists
from assets.schema import table
from pipelines.checks.expectations import from_checks
from tests.sanctions.conftest import Memory, refuses, snapshot, unpacked
from tests.told import tables_say, told

REMOVAL: dict[str, Any] = {
    "document_number": "2023-25557", "title": "Removal From the Entity List", "type": "Rule",
    "abstract": "An entry under the destination of China is removed.",
    "agencies": [{"slug": "commerce-department"}, {"slug": "industry-and-security-bureau"}], "publication_date": "2023-11-17",
    "effective_on": "2023-11-16", "citation": "88 FR 80000", "start_page": 80000, "end_page": 80002,
    "html_url": "https://www.federalregister.gov/documents/2023/11/17/2023-25557/x",
}  # fmt: skip


def answer(*documents: Any) -> dict[str, bytes]:
    return {"bis.json": json.dumps({"count": len(documents), "results": documents}).encode()}


def page(*links: tuple[str, str]) -> dict[str, bytes]:
    return {"page.html": "".join(f'<div><a href="{h}">{t}</a></div>' for h, t in links).encode()}


def changes(*rows: dict[str, Any]) -> pl.DataFrame:
    """Changes of listings of one list and day, unless a row says otherwise."""
    base = {
        "kind": "added", "event_date": date(2023, 10, 3), "event_date_earliest": None, "date_published": None,
        "date_effective": None, "list_id": "us_ofac_sdn", "authority_id": "USA.OFAC", "name": "PARTY", "citation": None,
        "url": None, "known_at": datetime(2023, 10, 3, 18, 43), "snapshot_id": "s", "programs": ["SDGT"],
    }  # fmt: skip
    full = [base | {"event_id": f"e{n}", "listing_id": f"l{n}"} | row for n, row in enumerate(rows, 1)]
    schema: dict[str, Any] = {"event_date": pl.Date, "event_date_earliest": pl.Date, "citation": pl.String, "url": pl.String}
    schema |= {"date_published": pl.Date, "date_effective": pl.Date}
    schema |= {"programs": pl.List(pl.String), "known_at": pl.Datetime("us")}
    return pl.DataFrame(full, schema_overrides=schema)


def record(*rows: dict[str, Any]) -> pl.DataFrame:
    """A reviewed record."""
    columns = gathered.reviewed().schema
    return pl.DataFrame([dict.fromkeys(columns) | row for row in rows], schema=columns)


ACTION: dict[str, Any] = {
    "act_id": "the-action", "authority_id": "USA.OFAC", "states": "CHN;HKG", "states_basis": "party", "sort": "listing",
    "effect": "imposed", "date_announced": date(2023, 10, 3), "date_in_force": date(2023, 10, 3), "list_id": "us_ofac_sdn",
    "title": "Suppliers blocked", "terms": "fentanyl", "verified_by": "published",
}  # fmt: skip
NO_DOCUMENTS = table("core.act_documents").empty()
NO_CHANGES = changes({}).clear()


def documents(*rows: dict[str, Any]) -> pl.DataFrame:
    """Staged documents as rows of core.act_documents."""
    base = {"known_from": datetime(2023, 11, 17, 23, 59, 59), "known_to": None, "snapshot_id": "d"}
    full = [
        base | {"register": "us_federal_register", "document_id": f"us_federal_register:{r['document_number']}"} | r for r in rows
    ]
    schema = NO_DOCUMENTS.schema
    return pl.DataFrame([{c: r.get(c) for c in schema} for r in full], schema=schema)


RULE = {
    "document_number": "2025-05426", "authority_id": "USA.BIS", "citation": "90 FR 14035",
    "title": "Additions to the Entity List", "publication_date": date(2025, 3, 28), "effective_date": date(2025, 3, 25),
    "start_page": 14035, "end_page": 14046, "url": "https://www.federalregister.gov/d/2025-05426",
}  # fmt: skip


def read(**changed: Any) -> Staged:
    return us_federal_register.stage(answer(REMOVAL | changed))


def test_a_document_of_the_federal_register_is_read_without_days_that_cannot_be_and_one_without_its_day_is_a_reject() -> None:
    staged = us_federal_register.stage(answer(REMOVAL, REMOVAL | {"document_number": "2023-1", "publication_date": "soon"}))
    columns = "document_number authority_id citation publication_date effective_date start_page end_page"
    said = "2023-25557|USA.BIS|88 FR 80000|2023-11-17|2023-11-16|80000|80002"
    assert told(staged.frames["documents"], columns) == said
    assert (told(staged.rejects, "row column value"), staged.n_read, staged.n_rejected) == ("2|publication_date|soon", 2, 1)
    # FR Doc. E9-31418 of 2010-01-05 is said to be signed on 2010-12-29
    for column, field, day in (("effective_date", "effective_on", "2043-11-16"), ("signing_date", "signing_date", "2024-11-16")):
        staged = read(**{field: day})
        assert (told(staged.frames["documents"], column), told(staged.rejects, "column"), staged.n_rejected) == ("-", field, 0)
    # a search that finds nothing is no damage
    assert us_federal_register.stage({"bis.json": b'{"count": 0, "results": []}'}).n_read == 0
    refuses(us_federal_register.stage, ("document_number", {"bis.json": b'{"errors": []}'}))


@pytest.mark.parametrize(
    ("changed", "authority"),
    [
        ({"type": "Presidential Document"}, "USA.WHITE_HOUSE|register"), ({"abstract": ""}, "-|-"),
        ({"agencies": [{"slug": "x"}], "abstract": "The Department of State asks."}, "-|-"),
        ({"abstract": "The U.S. Department of Commerce (Commerce) finds that a firm sold below."}, "USA.COMMERCE|summary"),
        ({"abstract": "In response to Acme, Inc. (AMI), the Department of Commerce is."}, "USA.COMMERCE|summary"),
        ({"abstract": "The Commission hereby gives notice of reviews under the Tariff Act of 1930."}, "USA.ITC|summary"),
        ({"abstract": "In this rule, the Bureau of Industry and Security (BIS) adds entities."}, "USA.BIS|summary"),
        ({"abstract": "The Federal Aviation Administration (FAA) announces it with the Department of Defense."}, "-|-"),
    ],
)  # fmt: skip
def test_a_document_without_agencies_is_of_the_white_house_or_the_body_with_which_its_summary_begins(
    changed: dict[str, Any], authority: str
) -> None:
    assert told(read(**({"agencies": []} | changed)).frames["documents"], "authority_id authority_basis") == authority


def test_an_action_of_ofac_is_read_from_the_address_of_its_link_whatever_stands_around_it() -> None:
    links = [(f"/recent-actions/2023{n}", t) for n, t in (("1003", "Counter Narcotics"), ("1003_33", "More"), ("1399", "A"))]
    staged, site = us_ofac_recent_actions.stage(page(*links, ("/faqs", "FAQs"))), us_ofac_recent_actions.SITE
    assert told(staged.frames["documents"], "document_number publication_date title url") == (
        f"20231003|2023-10-03|Counter Narcotics|{site}20231003 / 20231003_33|2023-10-03|More|{site}20231003_33"
    )
    assert staged.rejects["reason"].to_list() == ["the address holds no day"]
    refuses(us_ofac_recent_actions.stage, ("no link to an action", page(("/faqs", "FAQs"))))


def test_a_corrected_document_has_two_versions_and_one_that_a_search_leaves_out_stands() -> None:
    other = REMOVAL | {"document_number": "2023-1", "publication_date": "2023-11-20"}
    snapshots = [
        replace(snapshot(us_federal_register.stage(answer(*found)), f"2023-12-0{day}"), complete=False)
        for day, found in enumerate(((REMOVAL, other), (REMOVAL | {"citation": "88 FR 80001"},)), 1)
    ]
    for batches in ([snapshots], [[each] for each in snapshots]):
        history = Memory()
        for batch in batches:
            history = history.after(us_federal_register.SOURCE.fold(history, batch))
        history.shows(
            "act_documents document_number citation known_from known_to: 2023-1|88 FR 80000|2023-11-20T23:59:59|- / "
            "2023-25557|88 FR 80000|2023-11-17T23:59:59|2023-12-02T00:00 / 2023-25557|88 FR 80001|2023-12-02T00:00|-"
        )


@pytest.mark.parametrize("rule", SORTS, ids=lambda r: r.example)
def test_each_rule_of_sorts_is_the_first_that_fits_its_example(rule: Any) -> None:
    assert sort_of(rule.authorities[0], rule.example) == (rule.sort, rule.effect, rule.list_id)


def test_a_title_says_the_sort_whether_it_eases_and_states_by_their_whole_names() -> None:
    for authority, title, *said in (
        ("USA.BIS", "Addition of Entities and Removal of Entities From the Entity List", "listing", "imposed"),
        ("USA.WHITE_HOUSE", "Suspension of Duties on Goods", "tariff", "eased"),
        ("USA.USTR", "Meeting of an Advisory Committee", "other", None),
        ("USA.ITC", "Certain Toner Cartridges, Components Thereof, and Systems; Commission Determination", "trade_remedy", None),
        ("USA.DHS", "Restrictions on Flights With Persons From the People's Republic of China", "other", None),
        ("USA.OFAC", "Counter Narcotics Designations; Issuance of a General License", "listing", None),
    ):
        assert [*sort_of(authority, title)[:2]] == said, title
    assert states_named("Entities of China and Iran", None, "the Chinatown office in the United States") == ["CHN", "IRN"]


DRUGS = {"programs": ["ILLICIT-DRUGS-EO14059"]}
LATER = {"event_date": date(2023, 10, 4)}
COMPARED = LATER | {"event_date_earliest": date(2023, 10, 3)}
CITED = {"list_id": "us_bis_entity_list", "authority_id": "USA.BIS", "event_date": date(2025, 3, 28), "programs": None}
NEXT = RULE | {"document_number": "2025-05427", "citation": "90 FR 14046", "start_page": 14046, "end_page": 14060}
ORDER = RULE | {"authority_id": "USA.WHITE_HOUSE", "effective_date": None, "signing_date": date(2025, 3, 24)}
NOTICE = RULE | {"authority_id": "USA.OFAC", "title": "Notice of OFAC Sanctions Actions", "effective_date": None}
DENIAL = RULE | {"title": "Acme; Order Denying Export Privileges", "effective_date": None}
OF_BIS = {"list_id": "us_bis_entity_list", "date_published": date(2023, 10, 3)}
CITING = ACTION | {"citation": "FR Doc. 2025-05426"}
ACTS: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], list[str]]] = [
    ("what a list shows on a day in one sort is one act", [{}, {}, {"kind": "removed"}], [], [],
     ["official_acts act_id sort effect n_parties origin: us_ofac_sdn:2023-10-03:delisting|delisting|eased|1|listings / "
     "us_ofac_sdn:2023-10-03:listing|listing|imposed|2|listings", "official_act_events basis: day / day / day"]),
    ("drugs are an act of their own", [{}, {"programs": ["SDNTK", "SDGT"]}], [], [],
     ["official_acts act_id subject programs: us_ofac_sdn:2023-10-03:listing|-|SDGT / "
     "us_ofac_sdn:2023-10-03:listing:drugs|drugs|SDGT; SDNTK"]),
    ("a change under another program belongs to another act of that day", [DRUGS, {}], [],
     [ACTION | {"program": "ILLICIT-DRUGS-EO14059"}], ["official_act_events act_id event_id=e1: the-action",
     "official_act_events act_id event_id=e2: us_ofac_sdn:2023-10-03:listing"]),
    ("an edition may show an act on the day after it", [COMPARED], [], [ACTION], ["official_act_events act_id: the-action"]),
    ("but not a stated day", [LATER], [], [ACTION], ["official_act_events act_id: us_ofac_sdn:2023-10-04:listing"]),
    ("nor where the day itself has changes", [{}, COMPARED], [], [ACTION],
     ["official_act_events act_id event_id=e1: the-action",
     "official_act_events act_id event_id=e2: us_ofac_sdn:2023-10-04:listing"]),
    ("a citation of an entry belongs to the rule on whose pages it lies",
     [CITED | {"citation": "90 FR 14040"}, CITED | {"citation": "90 FR 14046"}], [RULE, NEXT], [],
     ["official_act_events act_id basis event_id=e1: us_federal_register:2025-05426|citation",
     "official_act_events act_id basis event_id=e2: us_federal_register:2025-05427|citation"]),
    ("a document that the record cites is its act", [], [RULE],
     [CITING | {"authority_id": "USA.BIS", "list_id": "us_bis_entity_list"}],
     [f"official_acts act_id origin url verified_by: the-action|reviewed|{RULE['url']}|files"]),
    ("an act counts by the first known day", [], [RULE], [],
     ["official_acts date date_announced date_published date_published_basis date_in_force date_in_force_basis: "
     "2025-03-25|-|2025-03-28|register|2025-03-25|register"]),
    ("what was said to last months was not known then", [], [RULE | {"effective_date": date(2024, 7, 6)}], [],
     ["official_acts date date_in_force: 2025-03-28|2024-07-06"]),
    ("an order counts by its signature", [], [ORDER], [], ["official_acts date date_signed_basis: 2025-03-24|register"]),
    ("and one that the record cites by its announcement", [], [ORDER],
     [CITING | {"date_in_force": None, "date_published": date(2025, 3, 28)}],
     ["official_acts date date_published_basis date_signed: 2023-10-03|register|2025-03-24"]),
    ("a notice that prints what was done before takes no change of its own day", [{"event_date": date(2025, 3, 28)}], [NOTICE],
     [], ["official_acts sort act_id=us_federal_register:2025-05426: notice",
     "official_acts sort act_id=us_ofac_sdn:2025-03-28:listing: listing",
     "official_act_events act_id: us_ofac_sdn:2025-03-28:listing"]),
    ("nor does an order of denial", [CITED | {"list_id": "us_bis_dpl", "programs": ["SDGT"]}], [DENIAL], [],
     ["official_act_events act_id: us_bis_dpl:2025-03-28:listing"]),
    ("an entry whose effective day is not stated has its publication alone", [OF_BIS], [], [],
     ["official_acts date_published date_published_basis date_in_force: 2023-10-03|list|-"]),
    ("and else both", [OF_BIS | {"date_effective": date(2023, 10, 3), "date_published": date(2023, 10, 5)}], [], [],
     ["official_acts date date_published date_in_force: 2023-10-03|2023-10-05|2023-10-03"]),
    ("states of the record are kept with their basis", [], [], [ACTION],
     ["official_act_states state_id basis: CHN|party / HKG|party"]),
    ("terms are those of the act, its list, authority, program and sort", [], [],
     [ACTION | {"program": "ILLICIT-DRUGS-EO14059"}], [f"official_act_terms term kind={kind} term={term}: {term}" for kind,
     term in (("topic", "fentanyl"), ("list", "sdn"), ("authority", "treasury"), ("program", "narcotic"),
     ("measure", "sanction"))]),
]  # fmt: skip


@pytest.mark.parametrize("case", ACTS, ids=lambda case: case[0])
def test_changes_documents_and_the_record_become_acts(case: Any) -> None:
    _, changed, printed, reviewed, said = case
    found = gathered.acts(changes(*changed) if changed else NO_CHANGES, documents(*printed), record(*reviewed))
    tables_say(found.__getitem__, *said)


def test_acts_of_the_record_count_by_their_announcement_and_the_duties_of_2018_were_answered_in_turn() -> None:
    """The rule on chips of 2022-10-07, which was printed on 2022-10-13; the duties of June, August and September 2018."""
    (row,) = gathered.reviewed().filter(pl.col("act_id") == "us-2022-chips").to_dicts()
    tables_say(
        gathered.acts(NO_CHANGES, NO_DOCUMENTS, record(row)).__getitem__,
        "official_acts date date_announced date_published date_announced_basis date_published_basis known_from: "
        "2022-10-07|2022-10-07|2022-10-13|statement|citation|2022-10-07T23:59:59",
    )
    found = gathered.acts(NO_CHANGES, NO_DOCUMENTS, gathered.reviewed())["official_acts"]
    duties = found.filter(pl.col("act_id").str.contains(r"^(us|cn)-2018-301-list\d$")).sort("date")
    assert told(duties, "act_id date").replace("-2018-301-list", "").replace("2018-", "") == (
        "us1|06-15 / cn1|06-16 / us2|08-07 / cn2|08-08 / us3|09-17 / cn3|09-18"
    )


def test_a_program_that_a_party_got_later_says_nothing_of_the_act_that_listed_it() -> None:
    listed, later = datetime(2023, 10, 3, 18, 43), datetime(2023, 12, 1)
    programs = pl.DataFrame(
        {"listing_id": ["l1", "l1"], "program": ["SDGT", "SDNTK"], "known_from": [listed, later], "known_to": [None, None]},
        schema_overrides={"known_to": pl.Datetime("us")},
    )
    events = changes({}, {"listing_id": "l1", "kind": "removed", "known_at": datetime(2024, 1, 1)}).drop("programs")
    found = gathered.changes_of({"sanction_events": events.lazy(), "sanction_programs": programs.lazy()}.__getitem__)
    assert found.select("kind", "programs").rows() == [("added", ["SDGT"]), ("removed", ["SDGT", "SDNTK"])]


def test_acts_of_listing_are_complete_on_the_days_that_the_list_covers_and_on_no_others() -> None:
    rows = [("both", date(2026, 2, 1), date(2026, 2, 28)), ("additions", date(2001, 1, 25), date(2026, 2, 28)),
            ("some", date(1999, 1, 1), date(1999, 1, 2))]  # fmt: skip
    spans = pl.DataFrame(
        [("un_sc", "UN.SC", *row) for row in rows], orient="row",
        schema=["list_id", "authority_id", "covers", "covered_from", "covered_to"],
    )  # fmt: skip
    found = gathered.coverage(spans, NO_DOCUMENTS).filter(pl.col("list_id") == "un_sc")
    columns = "sort covered_from covered_until is_complete"
    assert set(told(found, columns).split(" / ")) == {
        "listing|2026-02-01|2026-02-27|True", "delisting|2026-02-01|2026-02-27|True", "listing|2001-01-25|2026-02-27|False",
        "listing|1999-01-01|1999-01-01|False", "delisting|1999-01-01|1999-01-01|False",
    }  # fmt: skip


def test_every_act_of_the_record_has_an_id_a_day_known_words_and_a_citation_or_a_reason() -> None:
    rows, vocabulary = gathered.reviewed(), table("core.official_acts")
    actors = set(registry.actors()["actor_id"])
    assert rows["act_id"].is_unique().all()
    for wrong in (
        pl.all_horizontal(pl.col(c).is_null() for c in gathered.DAYS), pl.col("date_signed") < pl.col("date_announced"),
        pl.col("date_published") < pl.max_horizontal("date_announced", "date_signed"),
        pl.col("states").is_null() != pl.col("states_basis").is_null(),
    ):  # fmt: skip
        assert rows.filter(wrong).is_empty()
    assert {*rows["authority_id"], *(s for states in rows["states"].drop_nulls() for s in states.split(";"))} <= actors
    assert set(rows["sort"]) <= set(vocabulary.vocabulary("sort"))
    assert set(rows["effect"].drop_nulls()) <= set(vocabulary.vocabulary("effect"))
    assert set(rows["list_id"].drop_nulls()) <= set(lists()["list_id"])
    # Talks are dated by readouts that have no number; of the few other acts without one only the day is certain.
    assert rows.filter(pl.col("citation").is_null(), ~pl.col("sort").is_in(["dialogue", "agreement", "diplomatic"])).height <= 10


def test_the_record_holds_the_days_of_citations_and_the_acts_that_a_complete_one_must() -> None:
    """``act_days.csv``: the first 60 by md5 of the id and '60': 30 of the record, 16 of the SDN list, 14 of the Entity List."""
    labels, rows = pl.read_csv(Path(__file__).parent / "act_days.csv", try_parse_dates=True), gathered.reviewed()
    assert labels.height == 60
    mine = labels.filter(pl.col("list_id").is_null())
    found = gathered.acts(NO_CHANGES, NO_DOCUMENTS, rows)["official_acts"]
    days = dict(found.select("act_id", "date").iter_rows())
    wrong = [(act, day, days.get(act)) for act, day in mine.select("act_or_party", "day").iter_rows() if days.get(act) != day]
    assert wrong == []
    tariffs = rows.filter(pl.col("authority_id") == "CHN.CTC", pl.col("effect") == "eased")
    assert {date(2018, 12, 14), date(2019, 3, 31), date(2019, 12, 15)} <= set(tariffs["date_announced"])
    assert {
        "us-2018-232-steel", "us-2024-301-rises", "us-2024-tiktok-law", "us-2023-chips-guardrails", "cn-2023-nncc-notice",
        "cn-2025-port-fees", "us-2026-ieepa-tariffs-end",
    } <= set(rows["act_id"])  # fmt: skip
    for row in pl.read_csv(gathered.HERE / "coverage.csv", try_parse_dates=True).iter_rows(named=True):
        assert rows.filter(pl.col("authority_id") == row["authority_id"], pl.col("sort") == row["sort"]).height >= 2
        assert row["covered_from"] <= row["covered_until"]


def test_of_the_real_documents_without_agencies_three_in_four_are_acts_and_most_on_china_are_trade_remedies(
    real_data: Path,
) -> None:
    packed = unpacked(real_data / "more" / "us_federal_register" / "2026-02-05" / "fr_us_china_2020_2026.json.xz")
    found = us_federal_register.stage({"fr.json": packed}).frames["documents"]
    assert found.group_by("authority_basis").len().sort("authority_basis", nulls_last=True).rows() == [
        ("register", 1606), ("summary", 1408), (None, 414),
    ]  # fmt: skip
    acts = found.drop_nulls("authority_id").select("authority_id", "title").iter_rows()
    assert sum(sort_of(*act)[0] == "trade_remedy" for act in acts) == 1360


CHECKS = {e.name: e for e in from_checks() if e.table == "core.official_acts"}
SPOILS = {
    "every_change_belongs_to_one": ("DELETE FROM core.official_act_events WHERE event_id = 'e1'",
     "UPDATE core.official_acts SET list_id = 'un_sc'",
     "INSERT INTO core.official_acts BY NAME SELECT 'x' AS act_id, 'listings' AS origin, 'listing' AS sort"),
    "dates_in_range": ("UPDATE core.official_acts SET date = date + 1",
     "UPDATE core.official_acts SET date_announced = NULL, date_signed = DATE '2023-10-01'"),
    "known_when_published": ("UPDATE core.official_acts SET known_from = TIMESTAMP '2023-09-01'",
     "UPDATE core.official_acts SET date = DATE '0023-10-03'"),
    "changes_are_of_its_day": ("UPDATE core.sanction_events SET event_date = event_date + 1",
     "UPDATE core.sanction_events SET event_date_earliest = event_date, event_date = event_date + 1 WHERE event_id = 'e1'"),
    "record_agrees_with_register": ("UPDATE core.official_acts SET date_published = DATE '2023-10-05'",
     "UPDATE core.act_documents SET signing_date = DATE '2023-10-02'"),
    "drug_programs_are_drugs": ("UPDATE core.official_acts SET origin = 'listings', subject = 'drugs'",
     "UPDATE core.official_acts SET origin = 'listings', subject = NULL, programs = 'SDNTK'"),
}  # fmt: skip


def test_a_check_holds_on_sound_acts_and_finds_spoiled_ones() -> None:
    assert set(CHECKS) == set(SPOILS)
    events = changes({}, {})
    printed = documents(RULE | {"signing_date": date(2025, 3, 27)})
    days = {"date_published": RULE["publication_date"], "date_signed": date(2025, 3, 27)}
    tables = gathered.acts(events, printed, record(ACTION | {"citation": "FR Doc. 2025-05426"} | days)) | {
        "sanction_events": events, "act_documents": printed,
    }  # fmt: skip
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        for name, spoil in ((name, spoil) for name, spoils in SPOILS.items() for spoil in spoils):
            for table_name, frame in tables.items():
                con.register("frame", frame)
                con.execute(f"CREATE OR REPLACE TABLE core.{table_name} AS FROM frame")
            query = str(CHECKS[name].query)
            assert con.execute(query).fetchall() == []
            con.execute(spoil)
            assert con.execute(query).fetchall() != [], spoil
