"""Rules of the Federal Register: documents, and what of their orders can be read for certain."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from assets.contracts import RowGuard, Staged
from assets.sanctions.lists.us_bis.entity_list import judge, stage
from tests.sanctions.conftest import info, refuses
from tests.told import told

PAGE = """<html>
<head><title>Federal Register, Volume 88 Issue 221 (Friday, November 17, 2023)</title></head>
<body><pre>
[Federal Register Volume 88, Number 221 (Friday, November 17, 2023)]
[Rules and Regulations]
[Pages 80131-80134]
From the Federal Register Online via the Government Publishing Office [<a href="http://www.gpo.gov">www.gpo.gov</a>]
[FR Doc No: 2023-25557]

DATES: This rule is effective November 16, 2023.

1. The authority citation for 15 CFR part 744 continues to read as follows:

2. Supplement No. 4 to part 744 is amended {orders}

    The additions and revisions read as follows:

Supplement No. 4 to Part 744--Entity List
CHINA ``Not this''
[FR Doc. 2023-25557 Filed 11-16-23; 4:15 pm]
</pre></body></html>
"""
RULE = """<RULE><PREAMB><EFFDATE><HD>DATES:</HD><P>This rule is effective March 2, 2023.</P></EFFDATE></PREAMB><REGTEXT>
<AMDPAR>2. Supplement No. 4 to part 744 is amended under CHINA, PEOPLE'S REPUBLIC OF, by adding, in alphabetical order,
an entry for “Inspur Group Co., Ltd.,” and by removing the entry for “Old Co.”</AMDPAR>
<GPOTABLE COLS="5"><BOXHD><CHED H="1">Country</CHED></BOXHD><ROW><ENT I="22"/></ROW>
<ROW><ENT I="01">CHINA, PEOPLE'S REPUBLIC OF</ENT><ENT>Inspur Group Co., Ltd., a.k.a., the following two aliases:
<LI>—Inspur Group; <E T="03">and</E></LI><LI>—IGL.</LI><LI>1036 Langchao Road, Jinan, China.</LI></ENT>
<ENT>For all items</ENT><ENT>Presumption of denial</ENT><ENT>88 FR [INSERT FR PAGE NUMBER], 3/6/2023.</ENT></ROW>
<ROW><ENT/><ENT>Kept Co., Beijing, China</ENT><ENT>x</ENT><ENT>y</ENT>
<ENT>75 FR 78883, 12/17/10. 88 FR [INSERT FR PAGE NUMBER], 3/6/2023.</ENT></ROW>
<ROW><ENT/><ENT>Untouched Co., Beijing, China</ENT><ENT>x</ENT><ENT>y</ENT><ENT>75 FR 78883, 12/17/10.</ENT></ROW>
</GPOTABLE></REGTEXT><FRDOC>[FR Doc. 2023-04558 Filed 3-2-23; 4:15 pm]</FRDOC></RULE>"""
CHINA = "under CHINA, PEOPLE'S REPUBLIC OF, "
TEXT = PAGE.format(orders=CHINA + "by removing the entry for ``A'' and adding the entry for ``B''").encode()


DOCUMENT: Mapping[str, Any] = {
    "document_number": "2023-25557", "publication_date": "2023-11-17", "effective_on": "2023-11-16", "citation": "88 FR 80131",
    "start_page": 80131, "end_page": 80134, "title": "Removal From the Entity List",
    "html_url": "https://www.federalregister.gov/d/1",
}  # fmt: skip


def ordered(orders: str) -> Staged:
    return stage({"2023-25557.txt": PAGE.format(orders=orders).encode()})


def changes(staged: Staged) -> str:
    return told(staged.frames["actions"], "action name country_id") if "actions" in staged.frames else ""


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        (CHINA + "by removing the entry for ``Ministry of Public Security's Institute of\nForensic Science of China.''",
         "remove|Ministry of Public Security's Institute of Forensic Science of China.|CHN"),
        (":\na. Under CHINA, by:\ni. Removing the entry for ``A'';\nii. Adding in alphabetical order entries for "
         "``B Co., Ltd.,'' ``C;''\n\n[[Page 80133]]\n\nand ``D''; and\niii. Revising the entry for ``E;''\n"
         "b. Under the destination of the UNITED ARAB EMIRATES, by adding one entity, ``F FZE''.",
         "remove|A|CHN / add|B Co., Ltd.|CHN / add|C|CHN / add|D|CHN / modify|E|CHN / add|F FZE|ARE"),
        ("by adding, under TURKEY, in alphabetical order, two Turkish entities, “G A.S.” and “H A.S.”",
         "add|G A.S.|TUR / add|H A.S.|TUR"),
        (CHINA + "by adding an entry for ``Micro-\nelectronics Co.''", "add|Micro-electronics Co.|CHN"),
    ],
)  # fmt: skip
def test_orders_to_add_revise_or_remove_entries_are_read(orders: str, expected: str) -> None:
    staged = ordered(orders)
    assert (changes(staged), staged.rejects.height) == (expected, 0)


@pytest.mark.trap("us_bis_entity_list", "rules-are-prose")
def test_an_order_that_is_not_certain_is_a_reject_and_never_a_guess() -> None:
    alone = "ordered by adding, revising or removing the entry alone"
    for orders, why in (
        (CHINA + "by adding one alias ``A'' to the entry for ``B''", alone),
        (CHINA + "by removing ``A'' and adding ``B'' in its place", "replaced"), (CHINA + "``A''", "ordered by"),
        ("by removing the entry for ``A''", "no destination"), (CHINA + "by redesignating the entry ``A''", "ordered by"),
        (CHINA + "by adding the entry ``---''", "no name"),
    ):  # fmt: skip
        staged = ordered(orders)
        assert (changes(staged), staged.n_rejected, staged.n_read) == ("", 0, 1)
        assert why in staged.rejects["reason"][0]


COLUMNS = "document_number citation publication_date effective_date start_page end_page url"


def test_a_raw_text_shows_its_days_and_pages_and_an_index_or_the_api_its_documents() -> None:
    found = ordered(CHINA + "by removing the entry for ``A''").frames["documents"]
    assert told(found, COLUMNS[:-4]) == "2023-25557|88 FR 80131|2023-11-17|2023-11-16|80131|80134"
    index = 'publication_date,document_number,title,summary,url\n2023-11-17,2023-25557,Removal,"a, b",https://x.example\n'
    found = stage({"index.csv": index.encode()}).frames["documents"]
    assert told(found, COLUMNS) == "2023-25557|-|2023-11-17|-|-|-|https://x.example"
    bad = [dict(DOCUMENT) | {"publication_date": None}, dict(DOCUMENT) | {"document_number": 5}]
    for content in (DOCUMENT, [DOCUMENT], {"count": 1, "results": [DOCUMENT]}, {"results": [DOCUMENT, *bad]}):
        staged = stage({"documents.json": json.dumps(content).encode()})
        url = "https://www.federalregister.gov/d/1"
        assert told(staged.frames["documents"], COLUMNS) == f"2023-25557|88 FR 80131|2023-11-17|2023-11-16|80131|80134|{url}"
    assert (staged.rejects["row"].to_list(), staged.n_rejected) == ([2, 3], 2)


def test_the_table_of_a_rule_in_xml_gives_additions_and_revisions_with_aliases() -> None:
    staged = stage({"rule.xml": RULE.encode()})
    assert told(staged.frames["actions"].sort("action"), "action name aliases effective_date") == (
        "add|Inspur Group Co., Ltd.|Inspur Group; IGL|2023-03-02 / modify|Kept Co.|-|2023-03-02 / remove|Old Co.|-|2023-03-02"
    )
    assert staged.frames["documents"]["publication_date"].to_list() == [date(2023, 3, 6)]


def test_kinds_of_evidence_lie_in_one_snapshot_under_any_name() -> None:
    rules = (
        "document_number,citation,publication_date,effective_date,action,entity_key,name,aliases,party_type,country,reason,url\n"
        "2020-1,,2020-06-05,2020-06-05,add,a,A,,,China,,\n"
    )
    files = {"x.csv": rules.encode(), "y.json": json.dumps([DOCUMENT]).encode(), "z.xml": RULE.encode()}
    staged = stage(files)
    assert sorted(staged.frames) == ["actions", "documents", "rules"]
    assert staged.n_read == 3
    refuses(stage, ("second record of rules", files | {"w.csv": rules.encode()}))


def test_uncertain_orders_are_warned_about_and_documents_alone_are_no_baseline() -> None:
    staged = ordered(CHINA + "by redesignating the entry ``A''")
    found = info(staged)
    judgement = judge(found, None, RowGuard(0.95, 1.25, 0.05))
    assert (judgement.refusals, judgement.complete) == ((), False)
    assert "cannot be read for certain" in judgement.warnings[0]
    whole, part = (replace(found, facts={"n_rules": n}) for n in (100, 94))
    assert "is cut" in judge(part, whole, RowGuard(0.95, 1.25, 0.05)).refusals[0]
    assert "94 rows in the record of rules" in judge(part, whole, RowGuard(0.9, 1.25, 0.05)).warnings[0]
