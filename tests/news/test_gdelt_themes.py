"""GDELT's knowledge graph: which document is about what, and panels by theme, place and organisation."""

from pathlib import Path

import duckdb
import pytest

from assets.contracts import OutOfOrder, StagedSnapshot
from assets.errors import Quarantine
from assets.news.gdelt import themes
from pipelines.publish.loading import rows_of_single_events
from tests.news.conftest import folded, snapshot, writer
from tests.sql.conftest import with_actors
from tests.told import told

SLOT = "20191024143000.gkg.csv"
PLACES = "1#China#CH#CH#35#105#CH;4#Beijing, Beijing, China#CH#CH22#39.9#116.4#-1898541;1#Canada#CA#CA#60#-95#CA"


line = writer(
    {
        "GKGRECORDID": "20191024143000-7", "DATE": "20191024143000", "SourceCommonName": "example.org",
        "DocumentIdentifier": "https://example.org/a", "Themes": "DRUG_TRADE;TAX_MINISTER;DRUG_TRADE;", "Locations": PLACES,
        "Tone": "-2.5,1,3.5,4.5,20,0,400",
    },
    themes.COLUMNS,
)  # fmt: skip


def held(*lines: str, name: str = "a") -> StagedSnapshot:
    found = themes.stage({SLOT: ("\n".join(lines) + "\n").encode()})
    assert found.rejects.is_empty(), found.rejects
    return snapshot(found, name)


@pytest.mark.trap("gdelt_v2_gkg", "no-theme")
def test_a_document_has_its_themes_and_the_states_of_its_places_once_or_none_and_a_book_no_address() -> None:
    history = folded(themes.fold, [held(line()), held(line(Themes="OTHER"), name="b")])
    assert history.told("gdelt_themes", "url themes country_ids tone known_from snapshot_id") == (
        "https://example.org/a|DRUG_TRADE;TAX_MINISTER|CAN;CHN|-2.5|2019-10-24T14:30|a"
    )
    with pytest.raises(OutOfOrder, match="1 records are held already"):
        themes.fold_late(history, [held(line())])
    history = folded(themes.fold, [held(line(Themes="", Locations="", DocumentIdentifier="BBC Monitoring"))])
    assert history.told("gdelt_themes", "themes country_ids url report_id") == "-|-|-|BBC Monitoring"


def test_a_row_of_another_day_or_without_a_document_is_rejected_and_another_layout_refused() -> None:
    bad = themes.stage({SLOT: f"{line(DATE='20191124143000')}\n{line(DocumentIdentifier='')}\n{line()}\n".encode()})
    assert told(bad.rejects, "row column") == "1|DATE / 2|DocumentIdentifier"
    with pytest.raises(Quarantine, match="rows with 2 columns; GDELT's knowledge graph"):
        themes.stage({SLOT: b"a\tb\n"})


def test_where_pairs_are_named_documents_that_name_places_of_both_are_published(tmp_path: Path) -> None:
    rows = [line(), line(GKGRECORDID="b", Locations="1#China#CH#CH#35#105#CH"), line(GKGRECORDID="c", Locations="")]
    folded(themes.fold, [held(*rows)]).rows("gdelt_themes").write_parquet(tmp_path / "a.parquet")
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
