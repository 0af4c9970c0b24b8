"""What people see: the Data Docs beside the warehouse, and the Dagster UI on it."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from assets.schema import declared
from pipelines.checks.data_docs import page, write_page
from pipelines.checks.validations import Validation
from tests.browser.conftest import HOSTILE, WAIT_S, Browser
from tests.depth import DEEP
from tests.whole.conftest import Warehouse

pytestmark = pytest.mark.browser


def test_data_docs_list_every_table_with_its_expectations_and_need_no_network(browser: Browser, refreshed: Warehouse) -> None:
    browser.faults()
    browser.open((refreshed.folder / "data_docs" / "index.html").as_uri(), "core.sanction_events")
    assert (browser.hosts() - {""}, browser.faults()) == (set(), [])
    cells = [[c.text for c in r.find_elements(By.TAG_NAME, "td")] for r in browser.all(".overview tr")]
    outcomes = {c[0]: c[1] for c in cells if c}
    # of what the sample has no file, nothing is checked
    empty = ("core.drug_seizures", "core.populations", "core.un_", "core.tariff_")
    filled = {n for n in declared() if n.startswith("core.") and not n.startswith(empty)}
    assert filled | {"marts.dyad_day", "marts.timeline"} <= set(outcomes)
    assert set(outcomes.values()) == {"Succeeded"}
    browser.driver.find_element(By.LINK_TEXT, "core.sanction_events").click()
    section = browser.one("[id='core.sanction_events'] + table")
    assert "Every list_id is a row of core.sanction_lists." in section.text
    assert "kind is one of 'added', 'removed'" in section.text
    assert {c.text for c in section.find_elements(By.CSS_SELECTOR, "tbody td:first-child")} == {"passed"}
    with browser.screen(360, 740):
        browser.driver.refresh()
        browser.see("Outcome")
        assert browser.width() <= 360


def test_what_a_source_serves_does_not_run_in_the_data_docs_and_their_policy_stops_it(browser: Browser, tmp_path: Path) -> None:
    long, now = "a_check_with_a_name_that_is_as_long_as_names_of_checks_ever_become_in_this_project", datetime(2026, 1, 1)
    rows = json.dumps([{"name": HOSTILE, "remarks": "</pre></table>" + HOSTILE}])
    failed = Validation("core.t", long, "critical", "failed", HOSTILE, json.dumps(HOSTILE), 1, rows, now)
    write_page(tmp_path, [failed])
    browser.faults()
    address, title = (tmp_path / "index.html").as_uri(), "Data Docs: bilateral-relations warehouse"
    assert browser.open(address, "core.t", "1 failed").count(HOSTILE) == 4
    assert (browser.driver.title, browser.all("img, script")) == (title, [])
    with browser.screen(360, 740):
        browser.open(address, "Outcome")
        assert browser.width() <= 360
    (tmp_path / "index.html").write_text(page([failed]).replace("</body>", HOSTILE + "</body>"), encoding="utf-8")
    browser.open(address, "core.t")
    assert browser.driver.title == title
    assert any("Content Security Policy" in fault for fault in browser.faults())


@pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: the Dagster UI is three processes that load everything")
def test_the_dagster_ui_shows_groups_assets_with_their_checks_schedules_and_sensors(browser: Browser, dagster_ui: str) -> None:
    groups = ("actors", "news", "overdose", "sanctions", "marts", "publication")
    browser.faults()
    text = browser.open(f"{dagster_ui}/asset-groups", "Global asset lineage", *groups)
    assert "Sign up for the Dagster newsletter" not in text
    nodes = browser.driver.find_elements(By.CSS_SELECTOR, "foreignObject")
    left = {g: n.location["x"] for n in nodes for g in groups if n.text.splitlines()[:1] == [g]}
    assert set(left) == set(groups)
    assert left["sanctions"] < left["marts"] < left["publication"]
    assert max(left["news"], left["overdose"]) < left["marts"]
    text = browser.open(f"{dagster_ui}/assets", "core / actors", "Materialized")
    assert declared()["core.actors"].comment in text
    assert "Failed" not in text
    asset = f"{dagster_ui}/assets/core/sanction_events"
    text = browser.open(asset, "Latest materialization", "Row count", "Latest check results", "event_date")
    assert declared()["core.sanction_events"].comment in text
    assert "<listing_id>:<kind>:<known_at>" in text
    assert "Never materialized" not in text
    assert "newest_date" in browser.open(f"{asset}?view=events", "Materialized in run", "snapshot_ids")
    shown = ("expectations_hold", "key_is_unique", "Succeeded", "Evaluation result", "n_expectations")
    assert "Failed" not in browser.open(f"{asset}?view=checks", *shown)
    assert browser.faults() == []
    schedules = (f"refresh_{d}_schedule" for d in ("all", "news", "overdose", "policy", "sanctions"))
    browser.open(f"{dagster_ui}/automation", *schedules, "audit_published_schedule", "runs_that_died", "tell_of_failure")
    switches = "label[class*=Switch] input[type=checkbox]"
    # schedules are off and sensors on; they are drawn before their state is known, and drawn again when it is
    WebDriverWait(browser.driver, WAIT_S, ignored_exceptions=(StaleElementReferenceException,)).until(
        lambda d: sorted(s.is_selected() for s in d.find_elements(By.CSS_SELECTOR, switches)) == [False] * 6 + [True] * 4
    )
