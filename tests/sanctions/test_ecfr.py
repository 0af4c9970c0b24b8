"""Lists printed in part 744: the cells of an entry, the XML of eCFR, the JSON of others, and when a text is not believed."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import Judgement, RowGuard, Staged, StagedInfo
from assets.news.articles.stated import as_written
from assets.sanctions.lists.us_bis import denied_persons, ecfr
from assets.sanctions.lists.us_bis.ecfr import stage_list
from assets.sanctions.reading.countries import country_of_address, country_written, is_no_country
from assets.sanctions.reading.entries import Reading, destination, judge_texts, read_citations
from assets.sanctions.reading.names import slug
from assets.sanctions.reading.printed_party import Party, read_party
from pipelines.util.deadline import deadline
from tests.depth import examples
from tests.sanctions.conftest import refuses

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<DIV5 N="744" TYPE="PART"><HEAD>PART 744</HEAD>'
    '<DIV9 N="Supplement No. {n} to Part 744" TYPE="APPENDIX"><HEAD>Supplement No. {n} to Part 744—A List</HEAD><P>Text.</P>'
    '<DIV><DIV class="gpotbl_div"><TABLE><THEAD><TR><TH>Country</TH><TH>Entity</TH></TR></THEAD><TBODY>'
)
TAIL = '</TBODY></TABLE></DIV></DIV></DIV9><DIV9 N="Supplement No. 5 to Part 744" TYPE="APPENDIX"><HEAD>x</HEAD></DIV9></DIV5>'
ALL, DENIED = "For all items subject to the EAR. (See § 744.11 of the EAR)", "Presumption of denial"


def row(*cells: str) -> str:
    return "<TR>" + "".join(f"<TD>{cell}</TD>" for cell in cells) + "</TR>"


def part_744(*rows: str, n: int = 4) -> bytes:
    return (HEAD.format(n=n) + "\n".join(rows) + TAIL).encode()


def entries(data: bytes, name: str = "part744.xml", n: int = 4) -> list[dict[str, Any]]:
    reading = Reading()
    ecfr.read_supplement(reading, name, ecfr.parse_xml(name, data), n)
    return reading.staged().frames["entries"].to_dicts()


@pytest.mark.parametrize(
    ("cell", "party"),
    [
        ("Abdul Satar, 5th Floor, Kabul, Afghanistan; and Flat No. 41, Kabul, Afghanistan. (See alternate addresses under X).",
         Party("Abdul Satar", (), ("5th Floor, Kabul, Afghanistan", "Flat No. 41, Kabul, Afghanistan"))),
        ("Beijing Uni (BUAA), a.k.a., the following two aliases:\n—Beihang; and\n—BUAA Co., Ltd.\n37 Xueyuan Rd, China.",
         Party("Beijing Uni (BUAA)", ("Beihang", "BUAA Co., Ltd."), ("37 Xueyuan Rd, China",))),
        ("Acme, a.k.a., the following two aliases: —Ack; and —Acme Co., Ltd. 37 Xueyuan Rd, Beijing, China.",
         Party("Acme", ("Ack", "Acme Co., Ltd."), ("37 Xueyuan Rd, Beijing, China",))),
        ("Mesbah (a.k.a. “MEC”), 77 A Street, Tehran, Iran", Party("Mesbah", ("MEC",), ("77 A Street, Tehran, Iran",))),
        ("New, f.k.a., the following one alias:\n—Old.\n1 Road", Party("New", ("Old",), ("1 Road",), None, ("Old",))),
        ("Huawei, a.k.a., the following one alias:\n—HW.\nBase, China.\nAffiliated entities:\nLongshine, Beijing",
         Party("Huawei", ("HW",), ("Base, China",), "Longshine, Beijing")),
        ("AKA Trading LLC, 1 Road", Party("AKA Trading LLC", (), ("1 Road",))), ("Lone Name.", Party("Lone Name")),
    ],
)  # fmt: skip
def test_the_cell_of_an_entity_holds_name_aliases_and_addresses(cell: str, party: Party) -> None:
    assert read_party(cell) == party


def test_a_part_of_a_parent_that_is_listed_part_by_part_belongs_to_the_name() -> None:
    wide = frozenset({"academy-of-sciences"})
    assert (
        read_party("Academy of Sciences, Institute of Physics, 2 Road, China", wide).name
        == "Academy of Sciences, Institute of Physics"
    )
    assert read_party("Academy of Sciences, No. 2 Institute Road, China", wide).name == "Academy of Sciences"


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("88 FR 80131, 11/17/23.", [date(2023, 11, 17)]), ("85 FR 83421 12/22/20", [date(2020, 12, 22)]),
        ("64 FR 28909,\n5/28/99.\n75 FR 78883,\n12/17/10.", [date(1999, 5, 28), date(2010, 12, 17)]),
        ("81 FR 61601 preview citation details, 9/7/16", [date(2016, 9, 7)]),
        ("73 FR 54508 9/22/08.\n74 FR 8184", [date(2008, 9, 22), None]), ("12 FR 3, 13/45/20", [None]), ("", []),
    ],
)  # fmt: skip
def test_citations_written_in_an_odd_way_are_read_or_left_without_a_day(cell: str, days: list[date | None]) -> None:
    """31 cells of the list break the pattern: missing comma, line break before the day, year of four digits, no day."""
    assert [day for day, _ in read_citations(cell)] == days


def test_a_country_is_known_however_people_write_it_and_hong_kong_has_the_key_of_china_and_crimea_one_of_its_own() -> None:
    for text, country in (
        ("Congo (Democratic Republic)", "COD"), ("Pakistani", "PAK"), ("Former USSR Currently Ukraine", "UKR"),
        ("USSR (now Russian Federation)", "RUS"), ("Russian SFSR, (now Russian Federation)", "RUS"),
        ("Russia (now Belarus)", "BLR"), ("Ukrainian SSR", "UKR"), ("Iraq (previous address)", "IRQ"),
        ("Russia. Former USSR", "RUS"), ("Iran / unknown", "IRN"),
        # two countries, one that is over, and none
        *((text, None) for text in ("Sudan/South Sudan", "Estonia, Russia", "115088", "", "Possibly X", "Moscow")),
        ("Bahrain (citizenship revoked in Jan. 2015)", None),
    ):  # fmt: skip
        assert (text, country_written(text)) == (text, country)
    # a state that is gone and a dash are no country to be reported
    assert all(map(is_no_country, ("USSR", "USSR (until 1991)", "-", "stateless")))
    assert not is_no_country("Moscow")
    for address, country in (
        ("1 Road, Beijing, China", "CHN"), ("8 marta, 10/1 Russia", "RUS"), ("Dubai, U.A.E.", "ARE"),
        ("Bank St., Kowloon, Hong Kong", "HKG"), ("No. 17, Yungang West Road, Beijing", None), ("", None),
    ):  # fmt: skip
        assert (address, country_of_address(address)) == (address, country)
    assert (destination("HONG KONG"), destination("Atlantis")) == (("chn", "HKG"), ("atlantis", None))
    assert destination("CRIMEA REGION OF UKRAINE") == ("crimea-region-of-ukraine", "UKR")


def test_the_text_of_ecfr_is_read_row_by_row() -> None:
    found = entries(
        part_744(
            row("CHINA, PEOPLE'S REPUBLIC OF", "Acme Co., Ltd.<br/>1 Road, Kowloon, Hong Kong.", f"{ALL} <sup>4</sup>", DENIED,
                "84 FR 22963, 5/21/19."),
            row("", "Beta, <I>a.k.a.,</I> the following one alias:<br/>—Bee.<br/>2 Road, China", ALL, DENIED,
                "85 FR 1, 1/2/20.<br/>86 FR 2, 3/4/21."),
            row("", "[Reserved]", "", "", ""),
            row("", "<P>The following address applies:</P><P>3 Road, China</P>", "", "", ""),
            row("RUSSIA", "", "", "", ""),
            row("", "Gamma", ALL, DENIED, "87 FR 3, 3/3/22"),
        ),
        "part744_2023-12-01.xml",
    )  # fmt: skip
    assert [(e["entry_key"], e["country_id"], e["cited"], e["text_date"]) for e in found] == [
        ("chn.acme-co-ltd", "CHN", [date(2019, 5, 21)], date(2023, 12, 1)),
        ("chn.beta", "CHN", [date(2020, 1, 2), date(2021, 3, 4)], date(2023, 12, 1)),
        ("rus.gamma", "RUS", [date(2022, 3, 3)], date(2023, 12, 1)),
    ]
    assert found[0]["address_countries"] == ["HKG"]
    assert found[0]["license_requirement"] == f"{ALL} [4]"
    assert found[1]["aliases"] == ["Bee"]


def test_a_country_that_spans_its_rows_older_tables_and_other_supplements_are_read_too() -> None:
    iran = row("IRAN", "A", ALL, DENIED, "73 FR 1, 9/22/08")
    assert [e["country_id"] for e in entries(part_744(iran, row("B", ALL, DENIED, "x")))] == ["IRN", "IRN"]
    old = part_744(iran)
    for new, was in (("GPOTABLE", "TABLE"), ("ROW", "TR"), ("ENT", "TD")):
        old = old.replace(f"<{was}>".encode(), f"<{new}>".encode()).replace(f"</{was}>".encode(), f"</{new}>".encode())
    assert [e["name"] for e in entries(old)] == ["A"]
    # entries of one name under one heading have keys of their own
    wongs = row("CHINA", "Wong, 2 Road", ALL, DENIED, "85 FR 2, 1/1/20"), row("", "Wong, 1 Road", ALL, DENIED, "75 FR 1, 1/13/10")
    found = entries(part_744(*wongs))
    assert [(e["entry_key"], e["addresses"]) for e in found] == [("chn.wong.2", ["2 Road"]), ("chn.wong", ["1 Road"])]
    data = part_744(row("CHINA", "Acme, 1 Road, China", "85 FR 83799, 12/23/2020"), n=7)
    assert [(e["name"], e["cited"]) for e in entries(data, n=7)] == [("Acme", [date(2020, 12, 23)])]
    staged = stage_list({"any.xml": part_744(row("CHINA", "Acme", "87 FR 1, 2/8/22"), n=6)}, supplement=6, list_id="bis-uvl")
    assert staged.frames["entries"]["entry_key"].to_list() == ["chn.acme"]


def records(**more: Any) -> dict[str, Any]:
    told = {"name": "Acme", "aliases": ["Ack;"], "country": "China", "address": "1 Road, China", "notes": "n"}
    entity = told | {"federal_register": "85 FR 1, 1/2/20", "effective_date": None, "status": None}
    return {"list_id": "bis-meu", "extracted": "2026-07-09", "count": 1, "entities": [entity | more]}


def stage_records(content: Any) -> Staged:
    return stage_list({"a.json": json.dumps(content).encode()}, supplement=7, list_id="bis-meu")


def test_the_json_of_others_is_read_with_addresses_that_slipped_into_aliases() -> None:
    entry = stage_records(records()).frames["entries"].row(0, named=True)
    assert (entry["entry_key"], entry["aliases"], entry["text_date"], entry["reason"]) == (
        "chn.acme", ["Ack"], date(2026, 7, 9), "n",
    )  # fmt: skip
    stated = stage_records(records(effective_date="June 21, 2022", federal_register=None)).frames["entries"]
    assert stated["listed_on"].to_list() == [date(2022, 6, 21)]
    entry = stage_records(records(aliases=["Bel LLC. 5 Ave., Minsk, Belarus"])).frames["entries"].row(0, named=True)
    assert (entry["aliases"], entry["addresses"]) == (["Bel LLC."], ["5 Ave., Minsk, Belarus", "1 Road, China"])
    # a record without name or country is rejected alone
    for bad in ({"name": ""}, {"name": 3}, {"aliases": "x"}, {"country": ""}, {"address": 5}, {"name": "—"}):
        staged = stage_records(records() | {"count": 2, "entities": [records()["entities"][0], records(**bad)["entities"][0]]})
        assert (staged.frames["entries"].height, staged.rejects["row"].to_list(), staged.n_read) == (1, [2], 2), bad


def test_an_answer_that_is_not_the_list_or_deeply_nested_is_quarantined() -> None:
    refuses(
        lambda data: stage_list({"a.xml": data}, supplement=7, list_id="bis-meu"),
        ("holds no Supplement No. 7", part_744(row("CHINA", "A", "x"), n=4)),
        ("holds 1: it is cut", json.dumps(records() | {"count": 9}).encode()),
        ("wrong folder", json.dumps(records() | {"list_id": "bis-entity-list"}).encode()),
        ("Supplement", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'),
        *(("last good text", data) for data in (b"<a>" * 5000, b"[" * 200_000, b'{"entities":' * 3000)),
    )


GUARD = RowGuard(0.95, 1.25, 0.05)


def judged(n: int, day: str | None, before: tuple[int, str] | None = (100, "2026-01-01"), **facts: Any) -> Judgement:
    def info(n: int, day: str | None, **more: Any) -> StagedInfo:
        told = {"newest_text": day, "n_in_newest_text": n, "n_entries": n, "n_by_destination": {"China": n}, "n_without_date": 0}
        return StagedInfo("x", datetime(2026, 7, 9), n, more.pop("n_rejected", 0), told | more)

    return judge_texts(info(n, day, **facts), None if before is None else info(*before), GUARD)


def test_a_text_that_lost_many_entries_is_refused_and_one_of_the_past_no_baseline() -> None:
    assert "a cut text is no mass delisting" in judged(94, "2026-02-01").refusals[0]
    assert judged(96, "2026-02-01") == Judgement()
    assert judged(0, "2026-02-01", None).refusals == ("it holds no rows",)
    assert judged(40, "2018-01-01") == Judgement(complete=False)
    # a heading that vanished and unknown countries are warned about
    told: dict[str, Any] = {"n_by_destination": {"Russia": 100}, "unknown_destinations": ["Atlantis"], "n_without_date": 3}
    assert [w[:30] for w in judged(100, "2026-02-01", **told).warnings] == [
        "no entry any more under China ", "no country is known for the he", "3 entries have no readable day",
    ]  # fmt: skip
    assert "above 125%" in judged(130, "2026-02-01").warnings[0]
    assert "cannot be read" in judged(100, "2026-02-01", n_rejected=6).refusals[0]


TEXT = st.text(alphabet=st.sampled_from(list("AbcK a.k.a.,;:—-()\n01“”&é\u00a0 the following two aliases Ltd No")), max_size=80)


@examples(200)
@given(TEXT, TEXT)
def test_whatever_a_cell_says_it_is_read(cell: str, citation: str) -> None:
    party = read_party(cell)
    assert all(a == a.strip() and slug(a) for a in party.aliases)
    assert all(isinstance(country_of_address(a), str | None) for a in party.addresses)
    assert len(read_citations(citation)) >= 0


GOOD = (part_744(row("CHINA", "Acme, a.k.a., B", ALL, DENIED, "85 FR 1, 1/2/20"), n=7), json.dumps(records()).encode())


def denied(name: str) -> object:
    header = "Name,Street_Address,City,Country,Effective_Date,Expiration_Date,FR_Citation"
    return denied_persons.stage({"dpl.csv": f'{header}\n"{name}",1 ROAD,X,CN,03/16/2020,12/13/2028,85 F.R. 16054\n'.encode()})


LONG = 40_000
"""Characters: what is linear takes some tenths of a second, what is quadratic minutes of processor time."""


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_party, "A" + ",or  " * 40 + "x"), (read_party, "A" + ", and " * 40 + ",x"),
        (read_party, "A" + ", and " * (LONG // 6) + "x"), (read_party, "A" + "," * LONG + "x"),
        (read_party, "A" + ", Ltd." * (LONG // 6) + ", x"), (lambda t: as_written(t, None), "x" + " " * LONG + "x"),
        (lambda t: as_written(t, None), "published" + " " * LONG), (denied, "A" + " " * LONG + "B"),
        (denied, "A" + "(" * LONG + "B"),
    ],
)  # fmt: skip
def test_a_text_made_to_keep_a_parser_busy_for_ever_is_read_to_its_end(read: Callable[[str], object], text: str) -> None:
    with deadline(20):
        read(text)
