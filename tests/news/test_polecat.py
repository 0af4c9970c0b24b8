"""POLECAT files, on rows made to the published column layout."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.actors import registry
from assets.errors import Quarantine
from assets.news.published import polecat
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.news.conftest import folded, snapshot, writer

HEADER = """Event ID|Event Date|Event Type|Event Mode|Intensity|Quad Code|Contexts|Actor Name|Actor Country|Actor COW|
Primary Actor Sector|Actor Sectors|Actor Title|Actor Name Raw|Wikipedia Actor ID|Recipient Name|Recipient Country|Recipient COW|
Primary Recipient Sector|Recipient Sectors|Recipient Title|Recipient Name Raw|Wikipedia Recipient ID|Placename|City|District|
Province|Country|Latitude|Longitude|GeoNames ID|Raw Placename|Feature Type|Source|Publication Date|Story People|
Story Organizations|Story Locations|Language|Version"""
COLUMNS = HEADER.replace("\n", "").split("|")


row = writer(
    dict.fromkeys(COLUMNS, "None") | {
        "Event ID": "20230101_7_1", "Event Date": "2023-01-01", "Event Type": "SANCTION", "Intensity": "-5.5",
        "Quad Code": "MATERIAL CONFLICT", "Actor Name": "Bureau of Industry and Security", "Actor Country": "USA",
        "Primary Actor Sector": "GOV", "Recipient Name": "China", "Recipient Country": "CHN", "Source": "Xinhua",
        "Publication Date": "2023-01-02",
    },
    COLUMNS,
)  # fmt: skip


def table(*rows: str, header: list[str] = COLUMNS) -> bytes:
    return "\n".join(["\t".join(header), *rows]).encode()


def events(columns: str, *rows: str, header: list[str] = COLUMNS) -> str:
    found = polecat.stage({"ngecEvents.DV.2023.txt": table(*rows, header=header)})
    assert found.rejects.is_empty(), found.rejects
    return folded(polecat.fold, [snapshot(found, at=datetime(2023, 2, 1))]).told("events", columns)


def test_an_event_is_of_plover_and_no_cameo_code_is_made_up() -> None:
    assert events("plover_event cameo_code cameo_root goldstein intensity quad_schrodt quad_gdelt", row()) == (
        "SANCTION|-|-|-|-5.5|4|-"
    )
    columns = "source_country_id source_sector target_country_id event_date known_from known_basis"
    assert events(columns, row()) == "USA|GOV|CHN|2023-01-01|2023-01-02T23:59:59|published"
    assert set(polecat.EVENTS) == set(registry.cameo_codes()["plover_event"].drop_nulls())


def test_an_event_of_several_countries_is_one_row_a_pair_and_none_means_that_there_is_nothing() -> None:
    several = row(**{"Actor Country": "USA; Japan", "Recipient Country": "CHN;None"})
    assert events("origin_id source_country_id target_country_id", several) == (
        "20230101_7_1|USA|CHN / 20230101_7_1#2|USA|- / 20230101_7_1#3|JPN|CHN / 20230101_7_1#4|JPN|-"
    )
    nobody = row(**{"Recipient Country": "None", "Recipient Name": "None", "Event Date": "None"})
    assert events("target_country_id target_name date_precision", nobody) == "-|-|unknown"
    # a missing quad class is that of the event
    for kind, quad in (("AID", "2"), ("REJECT", "3")):
        assert events("quad_schrodt", row(**{"Quad Code": "None", "Event Type": kind})) == quad


def test_a_header_that_names_columns_which_no_row_holds_and_rows_that_end_in_empty_cells_are_read() -> None:
    header = [*COLUMNS[:1], "Headline", "Event Text", *COLUMNS[1:], "Feed", "Story ID"]
    assert events("source_country_id", row(), header=header) == "USA"
    assert events("source_country_id", row() + "\t\t", header=[*COLUMNS, "", ""]) == "USA"


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
