"""The Entity List and its neighbours from real files: known answers, and texts made of them for other days."""

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import polars as pl
import pytest

from assets.contracts import History, StagedSnapshot
from assets.sanctions.history.stated.fold import fold_stated
from assets.sanctions.lists.us_bis import ecfr, entity_list
from assets.sanctions.lists.us_dhs import uflpa
from assets.sanctions.reading.entries import read_citations
from assets.sanctions.reading.names import slug
from tests.made_up import SAMPLE
from tests.sanctions.conftest import Memory, offending, snapshot, unpacked

RULES = SAMPLE / "us_bis_entity_list" / "2023-12-01" / "rules.csv"


@pytest.fixture(scope="module")
def bis(real_data: Path) -> Path:
    return real_data / "sanctions" / "bis"


def taken(files: dict[str, bytes], when: str) -> StagedSnapshot:
    staged = entity_list.stage(files)
    assert (staged.n_rejected, staged.rejects.height) == (0, 0)
    return snapshot(staged, when)


def fold(snapshots: Sequence[StagedSnapshot], list_id: str = "us_bis_entity_list") -> Memory:
    return Memory().after(fold_stated(list_id, Memory(), snapshots))


@pytest.fixture(scope="module")
def whole(bis: Path) -> Any:
    """The record of rules of the sample, the index of documents, and the text of July 2026."""
    snapshots = [
        taken({"rules.csv": RULES.read_bytes()}, "2023-12-01"),
        taken({"index.csv": (bis / "fr_entity_list_rules_index.csv").read_bytes()}, "2025-11-30"),
        taken({"list.json": (bis / "nsfreg_bis_entity_list.json").read_bytes()}, "2026-07-09"),
    ]
    return fold(snapshots)


def in_force(history: History, day: date = date(2026, 7, 9)) -> pl.DataFrame:
    begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
    lasts = pl.col("valid_to").is_null() | (pl.col("valid_to") > day)
    listings = history.all("sanction_listings").filter(pl.col("known_to").is_null(), begun, lasts)
    return listings.collect()


def test_the_list_of_july_2026_has_3409_entries_in_force_and_hong_kong_only_in_addresses(whole: Any) -> None:
    listings = in_force(whole)
    places = whole.all("sanction_countries").filter(pl.col("known_to").is_null(), pl.col("basis") == "list_destination").collect()
    counts = dict(listings.join(places, on="listing_id").group_by("country_id").agg(pl.col("listing_id").n_unique()).iter_rows())
    assert (listings["listing_id"].n_unique(), counts["CHN"], counts["RUS"]) == (3409, 1106, 1081)
    assert "HKG" not in counts
    of_addresses = whole.rows("sanction_countries", "listing_id", country_id="HKG", basis="address", known_to=None)
    assert len(of_addresses) > 250


def test_rules_date_every_entry_that_cites_their_day_and_each_entity_is_one_listing(whole: Any) -> None:
    # the institute of forensic science, which is not in the text of 2026; 22 entities, of which it was removed
    whole.shows(
        "listings valid_from valid_to known_to=- native_id=mps-institute-of-forensic-science: 2020-06-05|2023-11-16",
        "listings valid_from known_to=- native_id=dji: 2020-12-18",
        # 84 FR 22961 of 2019-05-21 took effect on 2019-05-16: Huawei's affiliates too, which only the text names
        "listings valid_from known_from known_to=- native_id=pry.huawei-technologies-paraguay-s-a: "
        "2019-05-16|2019-05-21T23:59:59",
    )
    assert "Forensic Science" not in " ".join(in_force(whole)["name"])
    assert in_force(whole).filter(~pl.col("native_id").str.contains(".", literal=True)).height == 21


@pytest.mark.trap("us_bis_entity_list", "pages-of-citations")
def test_pages_differ_between_the_list_and_the_screening_list_and_days_agree(real_data: Path, bis: Path) -> None:
    """The screening list cites a rule's first page, the list itself the page of the entry: join on the day."""
    cut = unpacked(real_data / "sanctions" / "csl" / "csl_2023-11-30_TRUNCATED.csv.gz").decode("utf-8", "replace")
    rows = csv.DictReader(io.StringIO(cut, newline=""))
    own = entity_list.stage({"list.json": (bis / "nsfreg_bis_entity_list.json").read_bytes()}).frames["entries"]
    cited = {slug(n): (d[0], c[0]) for n, d, c in own.select("name", "cited", "cited_as").iter_rows()}
    pages, days = [], []
    for row in rows:
        if (row["source"] or "").startswith("Entity List") and slug(row["name"]) in cited:
            day, citation = cited[slug(row["name"])]
            theirs = read_citations(row["federal_register_notice"] or "")
            pages.append(bool(theirs) and theirs[0][1] == citation)
            days += [str(day) == row["start_date"]] if row["start_date"] else []
    assert len(pages) > 800
    assert sum(pages) < 0.15 * len(pages)
    assert sum(days) > 0.9 * len(days)


def test_the_odd_citations_are_read_or_left_without_a_day_and_every_check_holds(bis: Path, whole: Any) -> None:
    facts = entity_list.stage({"list.json": (bis / "nsfreg_bis_entity_list.json").read_bytes()}).facts
    assert (facts["n_odd_citations"], facts["n_undated_citations"], facts["n_without_date"]) == (36, 3, 2)
    unknown = whole.rows("sanction_listings", "name", known_to=None, valid_from_basis="left_censored")
    assert unknown == [("New H3C Semiconductor Technologies Co., Ltd.",), ("Antcorp System",)]
    assert offending(whole) == {}


def part_744(entities: list[dict[str, Any]]) -> bytes:
    """The list as eCFR prints it."""
    rows, last = [], None
    for e in entities:
        text = escape(e["name"])
        if e["aliases"]:
            aliases = ";<br/>".join(f"—{escape(a)}" for a in e["aliases"])
            text += f", a.k.a., the following {len(e['aliases'])} aliases:<br/>{aliases}.<br/>{escape(e['address'] or '')}"
        elif e["address"]:
            text += f", {escape(e['address'])}"
        heading = "" if e["country"] == last else escape(e["country"].upper())
        cited = escape(e["federal_register"]).replace("\n", "<br/>")
        cells = (heading, text, escape(e["notes"] or ""), "Presumption of denial", cited)
        rows.append("<TR>" + "".join(f"<TD>{cell}</TD>" for cell in cells) + "</TR>")
        last = e["country"]
    head = '<DIV5 N="744" TYPE="PART"><DIV9 N="Supplement No. 4 to Part 744" TYPE="APPENDIX"><HEAD>x</HEAD><DIV><TABLE><TBODY>'
    return (head + "".join(rows) + "</TBODY></TABLE></DIV></DIV9></DIV5>").encode()


@pytest.fixture(scope="module")
def entities(bis: Path) -> list[dict[str, Any]]:
    entities: list[dict[str, Any]] = json.loads((bis / "nsfreg_bis_entity_list.json").read_text(encoding="utf-8"))["entities"]
    return entities


def test_the_same_list_as_xml_and_as_json_names_the_same_entries(bis: Path, entities: list[dict[str, Any]]) -> None:
    own = entity_list.stage({"part744.xml": part_744(entities)}).frames["entries"]
    theirs = entity_list.stage({"list.json": (bis / "nsfreg_bis_entity_list.json").read_bytes()}).frames["entries"]
    assert own.height == theirs.height == 3409
    assert len(set(own["entry_key"]) & set(theirs["entry_key"])) >= 3407
    assert own["cited"].to_list() == theirs["cited"].to_list()


def test_counts_at_the_day_of_each_text_are_those_of_the_text(entities: list[dict[str, Any]]) -> None:
    """Texts of five years made of the entries cited by then, one without Iran: folded in any order, counts follow the texts."""
    days = [date(year, 1, 15) for year in range(2019, 2024)]

    def at(day: date) -> list[dict[str, Any]]:
        found = []
        for e in entities:
            cited = [d for d, _ in read_citations(e["federal_register"]) if d is not None and d <= day]
            if cited and not (day.year == 2022 and e["country"] == "Iran"):
                found.append(e)
        return found

    snapshots = [taken({f"part744_{d}.xml": part_744(at(d))}, f"2026-01-0{n + 1}") for n, d in enumerate(days)]
    history = fold([snapshots[n] for n in (3, 0, 4, 1, 2)])
    assert offending(history) == {}
    assert [in_force(history, d).height for d in days] == [len(at(d)) for d in days]
    removed = history.all("sanction_events").filter(pl.col("kind") == "removed").collect()
    assert removed["event_date"].unique().to_list() == [date(2022, 1, 15)]


def test_the_military_end_users_and_the_uflpa_list_are_read(bis: Path) -> None:
    # 148 rows: three parties stand under two clauses in spellings that differ in punctuation
    lists = (
        ("us_bis_meu", partial(ecfr.stage_list, supplement=ecfr.MILITARY_END_USERS, list_id="bis-meu"), 70,
         {date(2020, 12, 23), date(2021, 1, 15)}, "federal_register"),
        ("us_dhs_uflpa", uflpa.stage, 145, None, "source_field"),
    )  # fmt: skip
    for list_id, stage, n, days, basis in lists:
        data = (bis / f"nsfreg_{re.sub('^us_', '', list_id)}.json").read_bytes()
        staged = stage({"any.json": data})
        current = in_force(fold([snapshot(staged, "2026-07-09")], list_id))
        assert (staged.rejects.height, current.height) == (0, n)
        assert days is None or set(current["valid_from"]) == days
        assert current["valid_from_basis"].unique().to_list() == [basis]
        assert current["valid_from"].is_null().sum() == 0
