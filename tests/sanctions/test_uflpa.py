"""The UFLPA Entity List: the page and the JSON of others become the same entries, and what is no list is refused."""

import json
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import RowGuard, Staged
from assets.sanctions.lists.us_dhs import uflpa
from assets.sanctions.lists.us_dhs.uflpa import GROUNDS, read_name
from assets.sanctions.reading.entries import judge_texts
from tests.depth import examples
from tests.sanctions.conftest import info, refuses

DAY = "June 21, 2022"
MINES, WORKS, SOURCES = (f"UFLPA Sec. 2(d)(2)(B)({c}): {GROUNDS[c]}" for c in ("i", "ii", "v"))


def table(clause: str, *rows: tuple[str, str], head: str = "Name of Entity") -> str:
    body = "".join(f"<tr><td>{escape(name)}</td><td>{day}</td></tr>" for name, day in rows)
    return (
        f"<p><strong>A list of entities</strong> <a href='/x'>UFLPA Section 2(d)(2)(B)({clause})</a></p>"
        f'<table class="usa-table"><thead><tr><th>{head}</th><th>Effective Date</th></tr></thead><tbody>{body}</tbody></table>'
    )


def page(*tables: str, title: str = "UFLPA Entity List | Homeland Security") -> bytes:
    intro = "<p>The lists of Section 2(d)(2)(B)(i), 2(d)(2)(B)(ii), 2(d)(2)(B)(iv), and 2(d)(2)(B)(v).</p>"
    body = f"<script>var x = '<b>';</script><table><tr><td>Menu</td></tr></table>{intro}{''.join(tables)}"
    return f"<!DOCTYPE html>\n<html lang='en'><head><title>{title}</title></head><body>{body}</body></html>\n".encode()


def records(*entities: tuple[str, str, str], **more: Any) -> bytes:
    told = [{"name": n, "aliases": [], "country": "China", "effective_date": d, "notes": w} | more for n, d, w in entities]
    top = {"list_id": "dhs-uflpa", "extracted": "2026-07-09", "count": len(told)}
    return json.dumps(top | {"entities": told}).encode()


def stage(data: bytes) -> Staged:
    return uflpa.stage({"any": data})


def entries(data: bytes) -> list[dict[str, Any]]:
    return stage(data).frames["entries"].to_dicts()


def test_each_table_is_a_clause_and_each_row_a_party() -> None:
    read = entries(page(table("i", ("Acme Co., Ltd.", DAY)), table("v", ("Beta", "August 9, 2024"), head="Entity Name")))
    assert [(e["entry_key"], e["name"], e["country_id"], e["listed_on"], e["reason"], e["format"]) for e in read] == [
        ("chn.acme-co-ltd", "Acme Co., Ltd.", "CHN", date(2022, 6, 21), MINES, "page"),
        ("chn.beta", "Beta", "CHN", date(2024, 8, 9), SOURCES, "page"),
    ]


@pytest.mark.trap("us_dhs_uflpa", "two-clauses")
def test_a_party_under_two_clauses_is_one_entry_from_the_earlier_day() -> None:
    """Xinjiang Daqo stands under (i) since 2022 and, with another comma, under (v) since 2024."""
    later = table("v", ("Daqo New Energy Co., Ltd.", "November 25, 2024"))
    read = entries(page(table("i", ("Daqo New Energy, Co. Ltd. (also known as Great Co.)", DAY)), later))
    assert [(e["name"], e["aliases"], e["listed_on"], e["reason"]) for e in read] == [
        ("Daqo New Energy, Co. Ltd.", ["Great Co."], date(2022, 6, 21), f"{MINES}; {SOURCES}")
    ]


@pytest.mark.trap("us_dhs_uflpa", "listed-twice")
def test_a_row_without_a_readable_day_is_kept_without_a_start_and_one_that_names_nobody_is_no_party() -> None:
    for written, day in (
        ("January 15, 2025", date(2025, 1, 15)), (" June&nbsp;12,\n 2023 ", date(2023, 6, 12)), ("08/09/2024", date(2024, 8, 9)),
        ("October 3, 2024*", date(2024, 10, 3)), ("soon", None),
    ):  # fmt: skip
        staged = stage(page(table("i", ("Acme", written))))
        assert staged.frames["entries"]["listed_on"].to_list() == [day]
        assert staged.facts["n_without_date"] == len(judge_texts(info(staged), None, RowGuard()).warnings) == (day is None)
    rows = (("Acme", DAY), ("Name of Entity", "Effective Date"), ("", DAY), ("None at this time", ""), ("—", DAY))
    staged = stage(page(table("i", *rows)))
    assert (staged.frames["entries"]["name"].to_list(), staged.n_read) == (["Acme"], 1)
    # names with and without initials are two
    corps = "Xinjiang Production and Construction Corps"
    read = entries(page(table("i", (f"{corps} (XPCC)", DAY), (corps, DAY))))
    assert len({e["entry_key"] for e in read}) == len(read) == 2


@pytest.mark.trap("us_dhs_uflpa", "no-tables")
def test_what_is_not_the_list_is_quarantined_and_a_page_that_lost_a_table_refused_by_the_guard() -> None:
    refuses(
        stage, ("'Access Denied'.*expected tables", b"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>403</BODY></HTML>"),
        ("expected tables .* found none", page()), ("found none", page(table("i"))),
        ("tables without a row", page(table("i", ("None", "")))),
        ("cut", page(table("i", ("Acme", DAY)), table("v", ("Beta", DAY)))[:-60]), ("cut", page(table("i", ("Acme", DAY)))[:-10]),
        ("wrong folder", json.dumps({"list_id": "bis-meu", "entities": []}).encode()),
    )  # fmt: skip
    whole = stage(page(table("i", *((f"A{n}", DAY) for n in range(5))), table("v", *((f"B{n}", DAY) for n in range(95)))))
    part = stage(page(table("v", *((f"B{n}", DAY) for n in range(80)))))
    assert "no mass delisting" in judge_texts(info(part), info(whole), RowGuard(min_share=0.9)).refusals[0]


@pytest.mark.parametrize(
    ("cell", "name", "aliases", "former", "scope"),
    [
        ("Kashgar Works (Group) Co., Ltd.", "Kashgar Works (Group) Co., Ltd.", [], [], None),
        ("Corps (XPCC) and its subordinate and affiliated entities", "Corps (XPCC)", [], [],
         "and its subordinate and affiliated entities"),
        ("Hoshi (Shan) Co., Ltd (including one alias: Hesh (Shan) Co.) and subsidiaries", "Hoshi (Shan) Co., Ltd",
         ["Hesh (Shan) Co."], [], "and subsidiaries"),
        ("Hoshi Co., Ltd., and Subsidiaries", "Hoshi Co., Ltd.", [], [], "and Subsidiaries"),
        ("Nine and its eight Zhu-based subsidiaries, which include A, and B", "Nine", [], [],
         "and its eight Zhu-based subsidiaries, which include A, and B"),
        ("A (and two aliases: B Iron and Steel; and C)", "A", ["B Iron and Steel", "C"], [], None),
        ("A (including two aliases: B and C)", "A", ["B", "C"], [], None),
        ("A (including one alias: B and C)", "A", ["B and C"], [], None),
        ("A (also known as B Co., Ltd. and C; and formerly known as D Co., Ltd.)", "A", ["B Co., Ltd.", "C", "D Co., Ltd."],
         ["D Co., Ltd."], None),
        ("A (also known as B) (formerly known as C; and D)", "A", ["B", "C", "D"], ["C", "D"], None),
        ("A (also known as B Co. and formerly known as C; D; also known as E)", "A", ["B Co.", "C", "D", "E"], ["C", "D"], None),
        ("A, also known as B", "A", ["B"], [], None), ("A (also known as B", "A", ["B"], [], None),
        ("A) Works (", "A) Works (", [], [], None), ("(also known as B)", "(also known as B)", ["B"], [], None),
        ("Iron and Subsidiary Steel", "Iron", [], [], "and Subsidiary Steel"),
        ("Iron and Steel Subsidiary", "Iron and Steel Subsidiary", [], [], None),
    ],
)  # fmt: skip
def test_aliases_and_scope_are_distinguished_from_the_name(
    cell: str, name: str, aliases: list[str], former: list[str], scope: str | None
) -> None:
    assert read_name(cell) == (name, aliases, former, scope)


def test_both_forms_make_the_same_entries_and_former_names_scope_and_notes_reach_them() -> None:
    own = entries(
        page(table("i", ("Acme Co., Ltd. (also known as Ack) and subsidiaries", DAY)), table("v", ("Acme Co. Ltd", DAY)))
    )
    theirs = entries(
        records(("Acme Co., Ltd and subsidiaries", DAY, "Sec. 2(d)(2)(B)(i): x; Sec. 2(d)(2)(B)(v): y"), aliases=["Ack"])
    )
    same = ("entry_key", "country_id", "aliases", "former_names", "affiliates", "reason", "listed_on")
    assert [[e[c] for c in same] for e in own] == [[e[c] for c in same] for e in theirs]
    assert (theirs[0]["text_date"], theirs[0]["format"]) == (date(2026, 7, 9), "records")
    (read,) = entries(page(table("i", ("Acme (formerly known as Ack Ltd.) and subsidiaries", DAY))))
    former = [read[c] for c in ("name", "aliases", "former_names", "affiliates")]
    assert former == ["Acme", ["Ack Ltd."], ["Ack Ltd."], "and subsidiaries"]
    (read,) = entries(records(("Acme", DAY, "seen; Sec. 2(d)(2)(B)(ii): x; and its subsidiaries")))
    assert (read["reason"], read["affiliates"]) == (f"{WORKS}; seen", "and its subsidiaries")


def test_a_real_list_printed_as_the_page_has_the_same_ids(real_data: Path) -> None:
    data = (real_data / "sanctions" / "bis" / "nsfreg_dhs_uflpa.json").read_bytes()
    rows: dict[str, list[tuple[str, str]]] = {"i": [], "ii": [], "v": []}
    for entity in json.loads(data)["entities"]:
        also = f" (also known as {'; and '.join(entity['aliases'])})" if entity["aliases"] else ""
        scope = " and its subordinate and affiliated entities" if "subordinate" in entity["notes"] else ""
        for clause, found in rows.items():
            if f"({clause})" in entity["notes"]:
                found.append((entity["name"] + also + scope, entity["effective_date"]))
    own = stage(page(*(table(clause, *found) for clause, found in rows.items()))).frames["entries"]
    theirs = stage(data).frames["entries"]
    assert own.height == theirs.height == 145
    columns = ["entry_key", "listed_on", "reason", "affiliates", "aliases", "former_names"]
    assert own.select(columns).sort("entry_key").equals(theirs.select(columns).sort("entry_key"))


GOOD = (
    page(table("i", ("Acme Co., Ltd. (also known as Ack; and formerly known as B) and subsidiaries", DAY)), table("v", ("Beta",
     DAY))),
    records(("Acme", DAY, "2(d)(2)(B)(i)"), ("Beta", DAY, "x"), aliases=["B; and C"]),
)  # fmt: skip


PARTS = [*"Ab(); ,.\u00a0é", "and ", "also known as ", "formerly known as ", "two aliases: ", "Ltd. ", " and its subsidiaries"]


@examples(300)
@given(st.lists(st.sampled_from(PARTS), max_size=20).map("".join))
def test_whatever_a_cell_says_it_has_a_name(cell: str) -> None:
    name, aliases, former, _ = read_name(cell)
    assert name or not cell.split()
    assert set(former) <= set(aliases)
