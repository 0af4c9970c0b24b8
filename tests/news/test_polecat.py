"""POLECAT files, on rows made to the published column layout."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.actors import registry
from assets.contracts import StagedSnapshot
from assets.errors import Quarantine
from assets.news.published import polecat
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.news.conftest import Memory

HEADER = """Event ID|Event Date|Event Type|Event Mode|Intensity|Quad Code|Contexts|Actor Name|Actor Country|Actor COW|
Primary Actor Sector|Actor Sectors|Actor Title|Actor Name Raw|Wikipedia Actor ID|Recipient Name|Recipient Country|Recipient COW|
Primary Recipient Sector|Recipient Sectors|Recipient Title|Recipient Name Raw|Wikipedia Recipient ID|Placename|City|District|
Province|Country|Latitude|Longitude|GeoNames ID|Raw Placename|Feature Type|Source|Publication Date|Story People|
Story Organizations|Story Locations|Language|Version"""
COLUMNS = HEADER.replace("\n", "").split("|")


def row(**values: str) -> str:
    usual = dict.fromkeys(COLUMNS, "None") | {
        "Event ID": "20230101_7_1", "Event Date": "2023-01-01", "Event Type": "SANCTION", "Intensity": "-5.5",
        "Quad Code": "MATERIAL CONFLICT", "Actor Name": "Bureau of Industry and Security", "Actor Country": "USA",
        "Primary Actor Sector": "GOV", "Recipient Name": "China", "Recipient Country": "CHN", "Source": "Xinhua",
        "Publication Date": "2023-01-02",
    }  # fmt: skip
    return "\t".join((usual | values).values())


def table(*rows: str, header: list[str] = COLUMNS) -> bytes:
    return "\n".join(["\t".join(header), *rows]).encode()


def events(fold_in_batches: Callable[..., Memory], *rows: str, header: list[str] = COLUMNS) -> list[dict[str, Any]]:
    found = polecat.stage({"ngecEvents.DV.2023.txt": table(*rows, header=header)})
    assert found.rejects.is_empty(), found.rejects
    snapshot = StagedSnapshot("a", datetime(2023, 2, 1), True, found.facts, found.frames)
    return fold_in_batches(polecat.fold, [snapshot]).all("events").collect().to_dicts()


def test_an_event_is_of_plover_and_no_cameo_code_is_made_up(fold_in_batches: Any) -> None:
    (event,) = events(fold_in_batches, row())
    wanted = ("plover_event", "cameo_code", "cameo_root", "goldstein", "intensity", "quad_schrodt", "quad_gdelt")
    assert [event[k] for k in wanted] == ["SANCTION", None, None, None, -5.5, 4, None]
    assert (event["source_country_id"], event["source_sector"], event["target_country_id"]) == ("USA", "GOV", "CHN")
    known = (date(2023, 1, 1), datetime(2023, 1, 2, 23, 59, 59), "published")
    assert (event["event_date"], event["known_from"], event["known_basis"]) == known


def test_an_event_of_several_countries_is_one_row_a_pair(fold_in_batches: Any) -> None:
    rows = events(fold_in_batches, row(**{"Actor Country": "USA; Japan", "Recipient Country": "CHN;None"}))
    assert [(e["origin_id"], e["source_country_id"], e["target_country_id"]) for e in rows] == [
        ("20230101_7_1", "USA", "CHN"),
        ("20230101_7_1#2", "USA", None),
        ("20230101_7_1#3", "JPN", "CHN"),
        ("20230101_7_1#4", "JPN", None),
    ]


def test_none_means_that_there_is_nothing_and_a_missing_quad_class_is_that_of_the_event(fold_in_batches: Any) -> None:
    (event,) = events(fold_in_batches, row(**{"Recipient Country": "None", "Recipient Name": "None", "Event Date": "None"}))
    assert (event["target_country_id"], event["target_name"], event["date_precision"]) == (None, None, "unknown")
    for kind, quad in (("AID", 2), ("REJECT", 3)):
        assert events(fold_in_batches, row(**{"Quad Code": "None", "Event Type": kind}))[0]["quad_schrodt"] == quad


def test_a_header_that_names_columns_which_no_row_holds_and_rows_that_end_in_empty_cells_are_read(fold_in_batches: Any) -> None:
    header = [*COLUMNS[:1], "Headline", "Event Text", *COLUMNS[1:], "Feed", "Story ID"]
    assert events(fold_in_batches, row(), header=header)[0]["source_country_id"] == "USA"
    assert events(fold_in_batches, row() + "\t\t", header=[*COLUMNS, "", ""])[0]["source_country_id"] == "USA"


def test_the_sixteen_events_are_those_of_the_crosswalk() -> None:
    assert set(polecat.EVENTS) == set(registry.cameo_codes()["plover_event"].drop_nulls())


def test_a_bad_value_rejects_its_row_alone_and_another_table_is_quarantined() -> None:
    bad = [("Event Type", "TALK"), ("Event Date", "1/1/2023"), ("Intensity", "-11")]
    found = polecat.stage({"x.txt": table(row(), *(row(**{column: value}) for column, value in bad))})
    assert found.frames["events"]["row"].to_list() == [1]
    assert found.rejects.select("row", "column").rows() == [(n, column) for n, (column, _) in enumerate(bad, start=2)]
    with pytest.raises(Quarantine, match="the header lacks"):
        polecat.stage({"x.txt": b"Event ID\tEvent Date\n1\t2\n"})


@given(st.binary(max_size=200), st.integers(0, 1500))
@examples(80)
def test_mutated_files_end_in_quarantine_or_rejects(inserted: bytes, at: int) -> None:
    data = table(row(), row(**{"Event ID": "2"}))
    found = staged_or_none(polecat.stage, {"x.txt": data[:at] + inserted + data[at:]})
    assert found is None or found.n_read <= found.frames["events"].height + found.rejects.height
