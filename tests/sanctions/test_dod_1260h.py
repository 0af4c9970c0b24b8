"""Reading transcriptions of lists that are published as PDF: section 1260H, and what all of them share."""

import json
from pathlib import Path
from typing import Any

import pytest

from assets.contracts import RowGuard, Staged
from assets.errors import Quarantine
from assets.sanctions.lists.us_dod.section_1260h import stage
from assets.sanctions.reading.gather import judge_named as judge
from tests.sanctions.conftest import holds, info
from tests.told import told


def entity(name: str, **cells: Any) -> dict[str, Any]:
    blank = dict.fromkeys(("address", "status", "effective_date", "federal_register", "notes"))
    return {"name": name, "aliases": [], "country": "China"} | blank | cells


def file(*entities: Any, **top: Any) -> bytes:
    return json.dumps({"list_id": "dow-1260h", "count": len(entities), "entities": list(entities)} | top).encode()


def read(*entities: Any) -> Staged:
    return stage({"nsfreg_dow_1260h.json": file(*entities)})


ALIBABA = entity(
    "Alibaba Group Holding Limited",
    aliases=["Alibaba", "Alibaba Group Holding Limited"],
    effective_date="2026-06-10",
    federal_register="91 FR 35189 (June 10, 2026)",
    notes="Alibaba is indirectly affiliated with SASAC (Section 1260H(g)(2)(B)(i)(I)). More (Section 1260H(g)(3)(B)(i)).",
)


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
    with pytest.raises(Quarantine, match="says that it holds 80 entities and holds 1"):
        stage({"x.json": file(ALIBABA, count=80)})


@pytest.mark.real_data
def test_the_real_transcription_holds_80_firms_with_one_notice(real_data: Path) -> None:
    staged = stage({"x.json": (real_data / "sanctions" / "bis" / "nsfreg_dow_1260h.json").read_bytes()})
    assert (staged.n_read, staged.rejects.height, staged.frames["listings"].height) == (80, 0, 80)
    assert told(staged.frames["listings"].select("listed_on", "citation").unique()) == "2026-06-10|91 FR 35189 (June 10, 2026)"
