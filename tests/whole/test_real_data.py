"""The real files through the whole way: from an archive to the published file, asked with the contract's own macros."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.whole.conftest import Warehouse

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def real(real_data: Path, sdn_history: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of 260 SDN vintages, all VSRR vintages, a GDELT slot and the seed article with its date."""
    folder = tmp_path_factory.mktemp("real")
    archive = folder / "archive"
    archive.mkdir()
    (archive / "us_ofac_sdn").symlink_to(sdn_history / "us_ofac_sdn")
    with (real_data / "CATALOG.csv").open(encoding="utf-8") as catalog:
        for entry in csv.DictReader(catalog):
            if entry["source"] in ("us_cdc_vsrr", "gdelt_v2_events", "articles"):
                target = archive / entry["source"] / entry["retrieved_at"]
                target.mkdir(parents=True, exist_ok=True)
                shutil.copy(real_data / entry["path"], target)
    (article,) = (archive / "articles").glob("*/*.txt")
    article.with_name(f"{article.name}.meta.json").write_text('{"published": "2023-12-22", "outlet": "South China Morning Post"}')
    warehouse = Warehouse(folder / "warehouse")
    report = warehouse.refresh(archive)
    assert report.published, report
    assert [(n.source, n.snapshot[:10]) for n in report.new if n.verdict != "accepted"] == [("us_cdc_vsrr", "2019-10-15")]
    assert report.exit_code == 3
    again = warehouse.refresh(archive)
    assert (again.published, again.new, again.exit_code) == (False, [], 0)
    return warehouse


def test_every_name_of_the_contract_is_there(real: Warehouse, real_data: Path) -> None:
    tool = real_data.parent / "tools" / "check_contract.py"
    done = subprocess.run(
        [sys.executable, str(tool), str(real.folder / "bilateral.duckdb")], capture_output=True, text=True, check=False
    )
    assert "all names of the contract are there" in done.stdout, done.stdout + done.stderr


def test_sdn_rows_of_the_first_vintage_are_in_force_on_its_day(real: Warehouse) -> None:
    """SDN-ROWS-20210818, and the same as known then."""
    assert real.rows("SELECT count(*) FROM listed_on(DATE '2021-08-18')") == [(9083,)]
    assert real.rows("SELECT count(*) FROM listed_as_known(DATE '2021-08-18', TIMESTAMP '2021-08-19')") == [(9083,)]


def test_designations_of_chinese_parties_fall_on_their_eastern_days(real: Warehouse) -> None:
    """SDN-20211215, SDN-20230414, SDN-20231003-ADDS and -CN."""
    found = real.rows(
        """SELECT event_date::VARCHAR, count(*), count(*) FILTER (listing_id IN (
                      SELECT listing_id FROM core.sanction_countries WHERE country_id IN ('CHN', 'HKG', 'MAC')))
           FROM core.sanction_events
           WHERE kind = 'added' AND event_date IN ('2021-12-15', '2023-04-14', '2023-10-03') GROUP BY 1 ORDER BY 1"""
    )
    assert found == [("2021-12-15", 8, 5), ("2023-04-14", 7, 6), ("2023-10-03", 28, 25)]


def test_first_rows_plus_additions_less_removals_are_the_last_rows(real: Warehouse) -> None:
    """SDN-DEV-BALANCE: a re-issue is an addition and a removal there."""
    ((added, removed, reissued),) = real.rows(
        """SELECT count(*) FILTER (kind = 'added'), count(*) FILTER (kind = 'removed'), count(*) FILTER (kind = 'reissued')
           FROM core.sanction_events"""
    )
    assert (added + reissued, removed + reissued, reissued) == (5553, 815, 2)
    assert real.rows("SELECT count(*) FROM listed_on(DATE '2023-12-28')") == [(9083 + 5553 - 815,)]
    edits = """SELECT count(DISTINCT (listing_id, known_at)) FROM core.sanction_events
               WHERE kind IN ('modified', 'program_added', 'program_removed')"""
    assert real.rows(edits) == [(1070,)]


def test_tornado_cash_is_one_actor_with_two_ids_and_no_gap(real: Warehouse) -> None:
    """SDN-TORNADO."""
    found = real.rows(
        """SELECT native_id, actor_id, valid_from::VARCHAR, valid_to::VARCHAR FROM core.sanction_listings
           WHERE native_id IN ('38499', '39796') AND known_to IS NULL ORDER BY 1"""
    )
    assert found == [
        ("38499", "us_ofac_sdn:38499", "2022-08-08", "2022-11-08"),
        ("39796", "us_ofac_sdn:38499", "2022-11-08", None),
    ]


@pytest.mark.parametrize(("known", "value"), [("2018-01-01", 66324), ("2018-05-01", 67356), ("2019-05-01", 68370)])
def test_the_twelve_months_to_may_2017_as_known_at_three_times(real: Warehouse, known: str, value: int) -> None:
    """K4."""
    query = f"""SELECT value FROM overdose_as_known(DATE '{known}')
                WHERE actor_id = 'USA' AND measure = 'deaths_12m' AND drug = 'all'
                  AND basis = 'reported' AND period_end = '2017-05-31'"""
    assert real.rows(query) == [(value,)]


def test_reported_and_predicted_to_november_2023_and_new_york_as_people_mean_it(real: Warehouse) -> None:
    """K2 and K9."""
    query = """SELECT actor_id, basis, value FROM overdose_as_known(DATE '2024-05-01')
               WHERE measure = 'deaths_12m' AND drug = 'all' AND period_end = '2023-11-30'
                 AND actor_id IN ('USA', 'US-NY', 'US-NY-NYC', 'US-NY-XNYC')"""
    found = {(actor, basis): value for actor, basis, value in real.rows(query)}
    assert (found["USA", "reported"], found["USA", "predicted"]) == (105384, 109527)
    assert [found[a, "reported"] for a in ("US-NY-XNYC", "US-NY-NYC", "US-NY")] == [3231, 3029, 6260]


def test_the_gdelt_slot_is_there_row_by_row(real: Warehouse) -> None:
    """The ``gdelt`` counts of rows and addresses; a slot is a 96th of a day."""
    assert real.rows("SELECT count(*), count(DISTINCT url) FROM core.events") == [(2111, 425)]
    assert real.rows("SELECT n_slots, coverage_share FROM core.news_coverage") == [(1, pytest.approx(1 / 96))]


def test_the_seed_article_names_its_actors(real: Warehouse) -> None:
    actors = {a for (a,) in real.rows("SELECT DISTINCT actor_id FROM core.mentions")}
    assert {"USA", "CHN", "TWN", "MEX"} <= actors
    assert real.rows("SELECT count(*) FROM core.mentions WHERE surface LIKE '%South China%'") == [(0,)]


def test_every_example_runs(real: Warehouse) -> None:
    for path in sorted((Path(__file__).resolve().parents[2] / "sql" / "examples").glob("*.sql")):
        real.rows(path.read_text(encoding="utf-8"))
