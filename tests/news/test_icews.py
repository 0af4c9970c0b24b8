"""ICEWS files: the known answers, NA, lost zeros, sectors."""

import gzip
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import RowGuard, StagedInfo, StagedSnapshot
from assets.errors import Quarantine
from assets.news.published import coded_files, icews
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.news.conftest import Memory

HEADER = (*icews.NEEDED, *icews.OPTIONAL)


def table(*rows: dict[str, str]) -> bytes:
    usual = {
        "Event ID": "1", "Event Date": "2018-06-01", "Source Name": "China", "Source Country": "China", "Source Sectors": "NA",
        "Event Text": "Make a visit", "CAMEO Code": "042", "Intensity": "1.9", "Target Name": "Donald Trump",
        "Target Country": "United States", "Target Sectors": "Executive Office", "Story ID": "7", "Publisher": "Xinhua",
    }  # fmt: skip
    lines = [{"Event ID": str(n), **usual, **{"Event ID": str(n)}, **row} for n, row in enumerate(rows, start=1)]
    return "\n".join(["\t".join(HEADER), *("\t".join(line[c] for c in HEADER) for line in lines)]).encode()


def events(fold_in_batches: Callable[..., Memory], *rows: dict[str, str]) -> list[dict[str, Any]]:
    found = icews.stage({"events.2018.tab": table(*rows)})
    assert found.rejects.is_empty(), found.rejects
    snapshot = StagedSnapshot("a", datetime(2018, 6, 3), True, found.facts, found.frames)
    return fold_in_batches(icews.fold, [snapshot]).all("events").collect().to_dicts()


@pytest.mark.trap("icews", "own-intensity")
def test_an_event_has_its_parties_its_code_and_its_intensity(fold_in_batches: Any) -> None:
    (event,) = events(fold_in_batches, {})
    wanted = ("event_id", "source_id", "target_country_id", "target_sector", "target_name")
    assert [event[k] for k in wanted] == ["icews:1", "CHN", "USA", "GOV", "Donald Trump"]
    assert (event["cameo_code"], event["plover_event"], event["goldstein"], event["intensity"]) == ("042", "CONSULT", 1.9, 1.9)
    assert (event["quad_schrodt"], event["quad_gdelt"]) == (1, None), "GDELT's scheme is GDELT's alone"
    assert (event["known_from"], event["known_basis"]) == (datetime(2018, 6, 3), "snapshot")


@pytest.mark.trap("icews", "na")
def test_na_is_not_namibia(fold_in_batches: Any) -> None:
    nobody, namibia = events(fold_in_batches, {"Source Country": "NA", "Source Name": "NA"}, {"Source Country": "Namibia"})
    assert (nobody["source_country_id"], nobody["source_name"]) == (None, None)
    assert namibia["source_country_id"] == "NAM"


@pytest.mark.trap("icews", "lost-zeros")
def test_a_code_that_lost_its_zero_is_identified_by_its_text(fold_in_batches: Any) -> None:
    # 10 is a root of its own, which the text "Demand" does not gainsay
    codes = "10 Make statement=010, 10 Demand=10, 42 Make a visit=042, NA Consult=040, 100 x=100"
    for written, expected in (pair.split("=") for pair in codes.split(", ")):
        code, _, text = written.partition(" ")
        (event,) = events(fold_in_batches, {"CAMEO Code": code, "Event Text": text})
        assert event["cameo_code"] == expected


def test_sectors_become_roles_of_cameo() -> None:
    sectors = {
        "Military,Government": "MIL",
        "Parties,Legislative / Parliamentary,Government,Military,Executive": "GOV",
        "General Population / Civilian / Social,Social": "CVL",
        "International Government Organization,Global": "IGO",
        "Catholic": None,
    }
    assert {text: icews.sector_of(text) for text in sectors} == sectors


def test_names_of_countries_that_nobody_knows_are_reported() -> None:
    found = icews.stage({"e.tab": table({"Source Country": "Atlantis"})})
    assert found.facts == {"n_countries_unknown": {"Atlantis": 1}}
    judgement = coded_files.judge(StagedInfo("a", datetime(2018, 6, 3), 1, 0, found.facts), None, RowGuard())
    assert "Atlantis (1)" in judgement.warnings[0]


def test_a_bad_value_rejects_its_row_alone_and_another_table_is_quarantined() -> None:
    bad = [("Event ID", "NA"), ("Event Date", "06/01/2018"), ("Intensity", "11"), ("CAMEO Code", "999")]
    found = icews.stage({"e.tab": table({}, *({column: value, "Event Text": "no such text"} for column, value in bad))})
    assert found.frames["events"]["row"].to_list() == [1]
    assert found.rejects.select("row", "column").rows() == [(n, column) for n, (column, _) in enumerate(bad, start=2)]
    with pytest.raises(Quarantine, match="the header lacks Event ID"):
        icews.stage({"e.tab": b"a\tb\n1\t2\n"})


def test_an_event_of_two_files_counts_once_however_it_is_folded(fold_in_batches: Any) -> None:
    snapshots = []
    for name, rows in (("a", ({}, {})), ("b", ({}, {}, {}))):
        found = icews.stage({"e.tab": table(*rows)})
        snapshots.append(StagedSnapshot(name, datetime(2018, 6, 3), True, found.facts, found.frames))
    at_once, one_by_one = (
        fold_in_batches(icews.fold, *b).all("events").collect() for b in ([snapshots], [[s] for s in snapshots])
    )
    assert at_once["snapshot_id"].to_list() == ["a", "a", "b"]
    assert at_once.equals(one_by_one)


@given(st.binary(max_size=200), st.integers(0, 500))
@examples(80)
def test_mutated_files_end_in_quarantine_or_rejects(inserted: bytes, at: int) -> None:
    data = table({}, {})
    found = staged_or_none(icews.stage, {"e.tab": data[:at] + inserted + data[at:]})
    assert found is None or found.n_read == found.frames["events"].height + found.rejects.height


def quads(rows: pl.DataFrame) -> list[int]:
    root = pl.col("cameo_code").str.slice(0, 2)
    quad = 1 + (root > "05").cast(pl.Int8) + (root > "08").cast(pl.Int8) + (root > "13").cast(pl.Int8)
    found = dict(rows.select(quad.alias("quad")).to_series().value_counts().iter_rows())
    return [found.get(q, 0) for q in range(1, 5)]


@pytest.mark.real_data
def test_the_known_answers_of_china_to_the_united_states_all_and_one_a_day(real_data: Path) -> None:
    found = icews.stage({"e.tab": gzip.decompress((real_data / "news/icews/events.2018.sample.tab.gz").read_bytes())})
    assert (found.n_read, found.rejects.height, found.facts) == (3705, 0, {"n_countries_unknown": {}})
    rows = found.frames["events"].filter(source_country="CHN", target_country="USA")
    assert (rows.height, round(rows["intensity"].sum(), 6), quads(rows)) == (30, 60.6, [27, 1, 2, 0])
    once = rows.unique(["event_date", "source_name", "target_name", "cameo_code"])
    assert (once.height, round(once["intensity"].sum(), 6), quads(once)) == (16, 25.0, [13, 1, 2, 0])
