"""GDELT's knowledge graph: which document is about what, and panels by theme, place and organisation."""

from datetime import datetime
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import OutOfOrder, StagedSnapshot
from assets.errors import Quarantine
from assets.news.gdelt import themes
from pipelines.publish.loading import rows_of_single_events
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.sql.conftest import with_actors

SLOT = "20191024143000.gkg.csv"
PLACES = "1#China#CH#CH#35#105#CH;4#Beijing, Beijing, China#CH#CH22#39.9#116.4#-1898541;1#Canada#CA#CA#60#-95#CA"


def line(**values: str) -> str:
    usual = {
        "GKGRECORDID": "20191024143000-7", "DATE": "20191024143000", "SourceCommonName": "example.org",
        "DocumentIdentifier": "https://example.org/a", "Themes": "DRUG_TRADE;TAX_MINISTER;DRUG_TRADE;", "Locations": PLACES,
        "Tone": "-2.5,1,3.5,4.5,20,0,400",
    } | values  # fmt: skip
    return "\t".join(usual.get(column, "") for column in themes.COLUMNS)


def snapshot(name: str, *lines: str, file: str = SLOT) -> StagedSnapshot:
    found = themes.stage({file: ("\n".join(lines) + "\n").encode()})
    assert found.rejects.is_empty(), found.rejects
    return StagedSnapshot(name, datetime(2020, 1, 1), True, found.facts, found.frames)


def test_a_document_has_its_themes_and_the_states_of_its_places_once(fold_in_batches: Any) -> None:
    history = fold_in_batches(themes.fold, [snapshot("a", line()), snapshot("b", line(Themes="OTHER"))])
    assert history.all("gdelt_themes").select(
        "url", "themes", "country_ids", "tone", "known_from", "snapshot_id"
    ).collect().rows() == [
        ("https://example.org/a", "DRUG_TRADE;TAX_MINISTER", "CAN;CHN", -2.5, datetime(2019, 10, 24, 14, 30), "a")
    ]
    with pytest.raises(OutOfOrder, match="1 records are held already"):
        themes.fold_late(history, [snapshot("b", line())])


@pytest.mark.trap("gdelt_v2_gkg", "no-theme")
def test_a_document_without_themes_or_places_has_none_and_a_book_no_address(fold_in_batches: Any) -> None:
    history = fold_in_batches(themes.fold, [snapshot("a", line(Themes="", Locations="", DocumentIdentifier="BBC Monitoring"))])
    row = history.all("gdelt_themes").collect().row(0, named=True)
    assert (row["themes"], row["country_ids"], row["url"], row["report_id"]) == (None, None, None, "BBC Monitoring")


def test_a_row_of_another_day_or_without_a_document_is_rejected_and_another_layout_refused() -> None:
    bad = themes.stage({SLOT: f"{line(DATE='20191124143000')}\n{line(DocumentIdentifier='')}\n{line()}\n".encode()})
    assert bad.rejects.select("row", "column").rows() == [(1, "DATE"), (2, "DocumentIdentifier")]
    with pytest.raises(Quarantine, match="rows with 2 columns; GDELT's knowledge graph"):
        themes.stage({SLOT: b"a\tb\n"})


@given(
    st.binary(max_size=300)
    | st.builds(lambda n, text: f"{line()[:n]}{text}\n{line()}\n".encode(), st.integers(0, 200), st.text())
)
@examples(40)
def test_whatever_the_bytes_every_row_is_read_or_rejected(data: bytes) -> None:
    staged = staged_or_none(themes.stage, {SLOT: data})
    assert staged is None or staged.frames["themes"].height + staged.rejects.height == staged.n_read


def test_where_pairs_are_named_documents_that_name_places_of_both_are_published(tmp_path: Any, fold_in_batches: Any) -> None:
    rows = [line(), line(GKGRECORDID="b", Locations="1#China#CH#CH#35#105#CH"), line(GKGRECORDID="c", Locations="")]
    held = fold_in_batches(themes.fold, [snapshot("a", *rows)]).all("gdelt_themes").collect()
    held.write_parquet(tmp_path / "a.parquet")
    taken = rows_of_single_events([("CHN", "CAN")])["core.gdelt_themes"]
    days = {"files": str(tmp_path / "a.parquet"), "first": "2019-10-24", "last": "2019-10-24"}
    assert [row[0] for row in duckdb.execute(taken, days).fetchall()] == ["20191024143000-7"]


def test_a_panel_by_part_has_a_row_for_each_value_and_one_of_what_is_unknown() -> None:
    warehouse = with_actors()
    day = {"source_id": "USA", "source_country_id": "USA", "target_id": "CHN", "target_country_id": "CHN"}
    day["event_date"] = "2023-11-15"
    url = "https://example.org/a"
    warehouse.put("core.events", day | {"event_id": "a", "place_adm1": "USDC", "source_organization": "WTO", "url": url})
    warehouse.put("core.events", day | {"event_id": "b", "cameo_code": "042", "quad_schrodt": 3})
    warehouse.put("core.events", day | {"event_id": "c", "place_adm1": "USDC", "n_reports": 4})
    warehouse.put("core.gdelt_themes", {"record_id": "r", "url": url, "report_id": url, "themes": "DRUG_TRADE;WB_1"})
    warehouse.build()
    asked = "SELECT date::VARCHAR, value, n_events, n_reports, n_verbal_conflict FROM dyad_panel_by('USA', 'CHN', 'month', '{}')"
    # two rows of one day, parties and code are one event, with all of its reports
    assert warehouse.ask(asked.format("adm1")) == [("2023-11-01", "USDC", 1, 5, 0), ("2023-11-01", None, 1, 1, 1)]
    assert warehouse.ask(asked.format("organization")) == [("2023-11-01", "WTO", 1, 1, 0), ("2023-11-01", None, 2, 5, 1)]
    assert {row[1] for row in warehouse.ask(asked.format("theme"))} == {"DRUG_TRADE", "WB_1", None}
    with pytest.raises(duckdb.Error, match="part is country, adm1, organization or theme"):
        warehouse.ask(asked.format("place"))
