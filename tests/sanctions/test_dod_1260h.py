"""Reading transcriptions of lists that are published as PDF: section 1260H, OFAC's NS-CMIC, and what all of them share."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import RowGuard, Stage, Staged
from assets.sanctions.history.mirrors import fold_mirror
from assets.sanctions.lists.us_dod.section_1260h import stage
from assets.sanctions.lists.us_ofac import ns_cmic
from assets.sanctions.reading.gather import judge_named as judge
from tests.depth import examples
from tests.sanctions.conftest import Memory, holds, info, refuses, snapshot
from tests.told import told


def entity(name: str, **cells: Any) -> dict[str, Any]:
    blank = dict.fromkeys(("address", "status", "effective_date", "federal_register", "notes"))
    return {"name": name, "aliases": [], "country": "China"} | blank | cells


def file(*entities: Any, **top: Any) -> bytes:
    return json.dumps({"list_id": "dow-1260h", "count": len(entities), "entities": list(entities)} | top).encode()


def read(*entities: Any, by: Stage = stage) -> Staged:
    return by({"x.json": file(*entities)})


ALIBABA = entity(
    "Alibaba Group Holding Limited", aliases=["Alibaba", "Alibaba Group Holding Limited"], effective_date="2026-06-10",
    federal_register="91 FR 35189 (June 10, 2026)",
    notes="Alibaba is indirectly affiliated with SASAC (Section 1260H(g)(2)(B)(i)(I)). More (Section 1260H(g)(3)(B)(i)).",
)  # fmt: skip


@pytest.mark.trap("us_dod_1260h", "whole-list")
def test_the_day_of_the_notice_is_start_and_publication_and_the_grounds_name_their_sections() -> None:
    staged = read(ALIBABA)
    holds(
        staged,
        "listings native_id programs listed_on listed_on_basis published_on citation: "
         "alibaba-group-holding-limited|1260H|2026-06-10|federal_register|2026-06-10|91 FR 35189 (June 10, 2026)",
        "names name: Alibaba", "countries country_id basis: CHN|list_destination",
        "notes text kind=legal_basis: Section 1260H(g)(2)(B)(i)(I) / Section 1260H(g)(3)(B)(i)",
    )  # fmt: skip
    assert staged.frames["notes"]["kind"][-1] == "reason"


def test_what_cannot_be_read_of_a_firm_is_told_and_a_repeated_firm_one_a_nameless_rejected_a_short_file_quarantined() -> None:
    staged = read(entity("A", country="Atlantis", effective_date="2026-02-30"))
    holds(staged, "countries country_id:", "listings listed_on listed_on_basis: -|-", "rejects column: effective_date")
    assert staged.n_rejected == 0
    assert "Atlantis (1)" in " ".join(judge(info(staged), None, RowGuard()).warnings)
    staged = read(ALIBABA, ALIBABA, entity(" "), 7)
    holds(staged, "listings native_id: alibaba-group-holding-limited", "facts n_repeated n_illegible: 1|2")
    assert staged.n_rejected == 2
    refuses(stage, ("says that it holds 80 entities and holds 1", {"x.json": file(ALIBABA, count=80)}))


SUGON = entity(
    "Dawning Information Industry Co., Ltd", aliases=["SUGON", "曙光信息产业股份有限公司"], effective_date="2022-02-14",
    address="36, 8, Dongbeiwang West Road, Beijing 100193, China; Grand Cayman, Cayman Islands",
    notes="Listing Date (CMIC): 16 Dec 2021; USCC: 91120000783342508F (China); Target Type: Public Company; "
     "Program: CMIC-EO13959",
)  # fmt: skip


def test_of_cmic_a_firm_has_both_days_its_numbers_and_names_and_unknown_clauses_as_they_stand() -> None:
    staged = read(SUGON, by=ns_cmic.stage)
    holds(
        staged, "listings programs listed_on listed_on_basis published_on: CMIC-EO13959|2022-02-14|source_field|2021-12-16",
        "identifiers scheme value country_id: uscc|91120000783342508F|CHN", "names name: SUGON / 曙光信息产业股份有限公司",
        "addresses country_id: CHN / CYM", "notes kind text: target_type|Public Company",
    )  # fmt: skip
    holds(read(SUGON | {"notes": "Something else"}, by=ns_cmic.stage), "notes kind text: unread|Something else")
    # the fold carries what the list repeats
    Memory().after(fold_mirror("us_ofac_cmic", Memory(), [snapshot(staged, "2026-07-09")])).shows(
        "list_mirrors program list_id: CMIC-EO13959|us_ofac_cons",
        "listings valid_from known_from known_basis: 2022-02-14|2021-12-16T23:59:59|publication",
    )


@given(st.text(max_size=60))
@examples(80, 20)
def test_notes_of_any_text_are_read_and_never_an_error(notes: str) -> None:
    assert read(SUGON | {"notes": notes + "; USCC:" + notes}, by=ns_cmic.stage).n_read == 1


@pytest.mark.real_data
def test_the_real_transcriptions_hold_80_firms_with_one_notice_and_68_each_with_both_days(real_data: Path) -> None:
    folder = real_data / "sanctions" / "bis"
    staged = stage({"x.json": (folder / "nsfreg_dow_1260h.json").read_bytes()})
    assert (staged.n_read, staged.rejects.height, staged.frames["listings"].height) == (80, 0, 80)
    assert told(staged.frames["listings"].select("listed_on", "citation").unique()) == "2026-06-10|91 FR 35189 (June 10, 2026)"
    staged = ns_cmic.stage({"x.json": (folder / "nsfreg_ofac_nscmic.json").read_bytes()})
    days = staged.frames["listings"].select("published_on", "listed_on")
    assert (days.height, days.null_count().row(0), staged.rejects.height) == (68, (0, 0), 0)
    assert (days["published_on"] < days["listed_on"]).all()
    assert (days["listed_on"].min(), staged.frames["identifiers"].height) == (date(2021, 8, 2), 58)
