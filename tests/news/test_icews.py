"""ICEWS files: the known answers, NA, lost zeros, sectors."""

import gzip
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from assets.contracts import RowGuard, StagedInfo
from assets.errors import Quarantine
from assets.news.published import coded_files, icews
from tests.news.conftest import Memory, folded, folded_any_way, snapshot, writer
from tests.told import told

HEADER = (*icews.NEEDED, *icews.OPTIONAL)
AT = datetime(2018, 6, 3)
row = writer(
    {
        "Event Date": "2018-06-01", "Source Name": "China", "Source Country": "China", "Source Sectors": "NA",
        "Event Text": "Make a visit", "CAMEO Code": "042", "Intensity": "1.9", "Target Name": "Donald Trump",
        "Target Country": "United States", "Target Sectors": "Executive Office", "Story ID": "7", "Publisher": "Xinhua",
    },
    HEADER,
)  # fmt: skip


def table(*rows: dict[str, str]) -> bytes:
    lines = (row(**{"Event ID": str(n)} | values) for n, values in enumerate(rows, start=1))
    return "\n".join(["\t".join(HEADER), *lines]).encode()


def events(*rows: dict[str, str]) -> Memory:
    found = icews.stage({"events.2018.tab": table(*rows)})
    assert found.rejects.is_empty(), found.rejects
    return folded(icews.fold, [snapshot(found, at=AT)])


@pytest.mark.trap("icews", "own-intensity")
@pytest.mark.trap("icews", "na")
def test_an_event_has_its_parties_its_code_and_its_intensity_and_na_is_not_namibia() -> None:
    # GDELT's scheme of quad classes is GDELT's alone
    columns = """event_id source_id target_country_id target_sector target_name cameo_code plover_event goldstein intensity
        quad_schrodt quad_gdelt known_from known_basis"""
    assert events({}).told("events", columns) == (
        "icews:1|CHN|USA|GOV|Donald Trump|042|CONSULT|1.9|1.9|1|-|2018-06-03T00:00|snapshot"
    )
    nobody = {"Source Country": "NA", "Source Name": "NA"}
    found = events(nobody, {"Source Country": "Namibia"})
    assert found.told("events", "source_country_id source_name") == "-|- / NAM|China"


@pytest.mark.trap("icews", "lost-zeros")
def test_a_code_that_lost_its_zero_is_identified_by_its_text() -> None:
    # 10 is a root of its own, which the text "Demand" does not gainsay
    codes = "10 Make statement=010, 10 Demand=10, 42 Make a visit=042, NA Consult=040, 100 x=100"
    written = [pair.partition("=")[0].partition(" ") for pair in codes.split(", ")]
    found = events(*({"CAMEO Code": code, "Event Text": text} for code, _, text in written))
    assert found.told("events", "cameo_code") == " / ".join(pair.partition("=")[2] for pair in codes.split(", "))


def test_sectors_become_roles_of_cameo() -> None:
    sectors = {
        "Military,Government": "MIL",
        "Parties,Legislative / Parliamentary,Government,Military,Executive": "GOV",
        "General Population / Civilian / Social,Social": "CVL",
        "International Government Organization,Global": "IGO",
        "Catholic": None,
    }
    assert {text: icews.sector_of(text) for text in sectors} == sectors


def test_unknown_countries_are_reported_a_bad_value_rejects_its_row_alone_and_another_table_is_quarantined() -> None:
    found = icews.stage({"e.tab": table({"Source Country": "Atlantis"})})
    assert found.facts == {"n_countries_unknown": {"Atlantis": 1}}
    assert "Atlantis (1)" in coded_files.judge(StagedInfo("a", AT, 1, 0, found.facts), None, RowGuard()).warnings[0]
    bad = [("Event ID", "NA"), ("Event Date", "06/01/2018"), ("Intensity", "11"), ("CAMEO Code", "999")]
    found = icews.stage({"e.tab": table({}, *({column: value, "Event Text": "no such text"} for column, value in bad))})
    assert found.frames["events"]["row"].to_list() == [1]
    assert found.rejects.select("row", "column").rows() == [(n, column) for n, (column, _) in enumerate(bad, start=2)]
    with pytest.raises(Quarantine, match="the header lacks Event ID"):
        icews.stage({"e.tab": b"a\tb\n1\t2\n"})


def test_an_event_of_two_files_counts_once_however_it_is_folded() -> None:
    files = {"a": table({}, {}), "b": table({}, {}, {})}
    snapshots = [snapshot(icews.stage({"e.tab": data}), name, AT) for name, data in files.items()]
    assert folded_any_way(icews.fold, snapshots, "events").told("events", "snapshot_id") == "a / a / b"


@pytest.mark.real_data
def test_the_known_answers_of_china_to_the_united_states_all_and_one_a_day(real_data: Path) -> None:
    found = icews.stage({"e.tab": gzip.decompress((real_data / "news/icews/events.2018.sample.tab.gz").read_bytes())})
    assert (found.n_read, found.rejects.height, found.facts) == (3705, 0, {"n_countries_unknown": {}})
    rows = found.frames["events"].filter(source_country="CHN", target_country="USA")
    root = pl.col("cameo_code").str.slice(0, 2)
    quad = 1 + (root > "05").cast(pl.Int8) + (root > "08").cast(pl.Int8) + (root > "13").cast(pl.Int8)
    once = rows.unique(["event_date", "source_name", "target_name", "cameo_code"])
    for of, n, intensity, quads in ((rows, 30, 60.6, "1|27 / 2|1 / 3|2"), (once, 16, 25.0, "1|13 / 2|1 / 3|2")):
        assert (of.height, round(of["intensity"].sum(), 6)) == (n, intensity)
        assert told(of.group_by(quad.alias("quad")).len().sort("quad")) == quads
