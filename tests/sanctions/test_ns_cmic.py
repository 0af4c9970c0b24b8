"""Reading the transcription of OFAC's NS-CMIC list."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import Staged
from assets.sanctions.history.mirrors import fold_mirror
from assets.sanctions.lists.us_ofac.ns_cmic import stage
from tests.depth import examples
from tests.sanctions.conftest import holds, snapshot

SUGON = {
    "name": "Dawning Information Industry Co., Ltd",
    "aliases": ["SUGON", "曙光信息产业股份有限公司"],
    "country": "China",
    "address": "36, 8, Dongbeiwang West Road, Beijing 100193, China; Grand Cayman, Cayman Islands",
    "status": None,
    "effective_date": "2022-02-14",
    "federal_register": None,
    "notes": "Listing Date (CMIC): 16 Dec 2021; USCC: 91120000783342508F (China); Target Type: Public Company; "
    "Program: CMIC-EO13959",
}


def read(*entities: Any) -> Staged:
    return stage({"x.json": json.dumps({"count": len(entities), "entities": entities}).encode()})


def test_a_firm_has_both_days_its_numbers_and_names_and_unknown_clauses_as_they_stand() -> None:
    holds(
        read(SUGON),
        "listings programs listed_on listed_on_basis published_on: CMIC-EO13959|2022-02-14|source_field|2021-12-16",
        "identifiers scheme value country_id: uscc|91120000783342508F|CHN", "names name: SUGON / 曙光信息产业股份有限公司",
        "addresses country_id: CHN / CYM", "notes kind text: target_type|Public Company",
    )  # fmt: skip
    holds(read(SUGON | {"notes": "Something else"}), "notes kind text: unread|Something else")


def test_the_fold_carries_what_the_list_repeats(history: Any) -> None:
    history.after(fold_mirror("us_ofac_cmic", history, [snapshot(read(SUGON), "2026-07-09")])).shows(
        "list_mirrors program list_id: CMIC-EO13959|us_ofac_cons",
        "listings valid_from known_from known_basis: 2022-02-14|2021-12-16T23:59:59|publication",
    )


@given(st.text(max_size=60))
@examples(80, 20)
def test_notes_of_any_text_are_read_and_never_an_error(notes: str) -> None:
    assert read(SUGON | {"notes": notes + "; USCC:" + notes}).n_read == 1


@pytest.mark.real_data
def test_the_real_transcription_holds_68_firms_each_with_both_days(real_data: Path) -> None:
    staged = stage({"x.json": (real_data / "sanctions" / "bis" / "nsfreg_ofac_nscmic.json").read_bytes()})
    days = staged.frames["listings"].select("published_on", "listed_on")
    assert (days.height, days.null_count().row(0), staged.rejects.height) == (68, (0, 0), 0)
    assert (days["published_on"] < days["listed_on"]).all()
    assert days["listed_on"].min() == date(2021, 8, 2)
    assert staged.frames["identifiers"].height == 58
